"""A candidate against the ontology: the compiled check on the way into the ledger.

What passes is kept as it is; what does not becomes a `Rejection` with the rule it broke and a reason for a person. The
rules, in the order in which they are tried (a candidate is refused for the first it breaks):

    vocabulary   class, relation, event, role, value or qualifier that the ontology does not have
    main-role    an event without the role that makes it one
    domain       a subject of a class that the relation does not take
    range        an object, a role's entity or a reporter of a class that is not taken there
    self         a relation from an entity to itself
    datatype     a date, year, amount, share … that is none, or a word outside a closed list
    order        a post that ends before it begins
    number       an observation that has neither a value nor a change
    status       a status that is none
    confidence   not in (0, 1]
    evidence     no words, words that are not in the source, or words that do not name what they should prove

All checks are pure and read only what they are given.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from kg.model import OMITTED, STATUSES, Amount, LiteralValue, Rejection, Span
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.model import Document, Entity, Event, Evidence, NewsItem, Node, Observation, Statement
    from kg.schema import QualifierDef, Schema

__all__ = ["Names", "Violation", "check_event", "check_observation", "check_statement", "check_value", "validate"]

Candidate: TypeAlias = "Statement | Event | Observation"

_DATE = re.compile(r"[1-9][0-9]{3}(?:-(?:H[12]|Q[1-4]|(?:0[1-9]|1[0-2])(?:-[0-9]{2})?))?")
_LATER_END = re.compile(r"H[12]|Q[1-4]|(?:0[1-9]|1[0-2])(?:-[0-9]{2})?")
_PERCENT = re.compile(
    r"[^\d%]{0,4}\d+(?:\.\d+)?%?(?:[-~至到]\d+(?:\.\d+)?)?%[^\d%]{0,3}|百分之[\d.零〇一二三四五六七八九十百点]+"
)
_CHANGE = re.compile(r"[+-]\d[\d,]*(?:\.\d+)?\S*(?: \S+){0,3}")


@dataclass(frozen=True, slots=True)
class Violation:
    """The rule that a candidate breaks, and what is wrong, for a person to read."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the entities of an item are called there, in matching form."""

    by_id: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _folded: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, entities: Iterable[Entity]) -> Names:
        return cls({e.id: frozenset(filter(None, map(fold, (e.name, *e.aliases)))) for e in entities})

    def says(self, evidence: Evidence, node: Node) -> bool:
        """Whether the words name the entity, or hold a recorded reference to it (`该公司→蓝湖`)."""
        names = self.by_id.get(node.id, frozenset()) | {self._fold(node.name)}
        said = (self._fold(evidence.sentence), self._fold(evidence.text))
        if any(name and name in words for name in names for words in said):
            return True
        for reference in evidence.references:
            word, arrow, name = reference.rpartition("→")
            if not arrow or self._fold(name) not in names:
                continue
            if word == OMITTED or any(self._fold(word) in words for words in said):
                return True
        return False

    def _fold(self, text: str) -> str:
        """Folding costs more than looking up, and a sentence proves several statements."""
        if text not in self._folded:
            self._folded[text] = fold(text)
        return self._folded[text]


def validate(document: Document, schema: Schema) -> Document:
    """The document with what the ontology accepts; the rest is added to its rejections, so that nothing vanishes.

    A statement whose event was refused is judged by itself, and loses the link to it. An entity of an unknown class is
    refused too: its rejection has the entity's name as its text and no candidate.
    """
    item = document.item
    rejections: list[Rejection] = []

    def passes(candidate: Candidate, violation: Violation | None) -> bool:
        if violation is not None:
            evidence = candidate.evidence
            rejections.append(
                Rejection(
                    stage="validate",
                    rule=violation.rule,
                    reason=violation.reason,
                    item=item.id,
                    source=item.source,
                    span=Span(evidence.start, evidence.end),
                    text=evidence.text,
                    candidate=candidate,
                )
            )
        return violation is None

    entities = []
    for entity in document.entities:
        if entity.type in schema.classes:
            entities.append(entity)
        else:
            reason = f"the entity {entity.name} is of the class {_unknown(entity.type, schema.classes)}"
            rejections.append(
                Rejection("validate", "vocabulary", reason, item=item.id, source=item.source, text=entity.name)
            )
    names = Names.of(entities)
    events = tuple(e for e in document.events if passes(e, check_event(e, item, schema, names)))
    accepted = {event.id for event in events}
    statements = tuple(
        statement if statement.event is None or statement.event in accepted else replace(statement, event=None)
        for statement in document.statements
        if passes(statement, check_statement(statement, item, schema, names))
    )
    observations = tuple(o for o in document.observations if passes(o, check_observation(o, item, schema)))
    return replace(
        document,
        entities=tuple(entities),
        events=events,
        statements=statements,
        observations=observations,
        rejections=(*document.rejections, *rejections),
    )


def check_statement(statement: Statement, item: NewsItem, schema: Schema, names: Names) -> Violation | None:
    """The first rule that a statement breaks, None where it breaks none."""
    subject, object_ = statement.subject, statement.object
    relation = schema.properties.get(statement.predicate)
    if relation is None:
        if (forward := schema.inverses.get(statement.predicate)) is not None:
            return Violation(
                "vocabulary", f"{statement.predicate} is {forward} read backwards; say {forward} from the other end"
            )
        near = schema.nearest(statement.predicate)
        known = [name for name in near if name in schema.properties]
        return Violation("vocabulary", f"there is no relation '{statement.predicate}'{_did_you_mean(known)}")
    for node in (subject, object_):
        if not isinstance(node, LiteralValue) and node.type not in schema.classes:
            return Violation("vocabulary", f"{node.name} is of the class {_unknown(node.type, schema.classes)}")
    qualifiers = {q.name: q for q in relation.qualifiers}
    for name in statement.qualifiers:
        if name not in qualifiers:
            return Violation("vocabulary", f"{relation.name} has the qualifier {_unknown(name, qualifiers)}")
    if not schema.accepts(relation.name, "domain", subject.type):
        return Violation("domain", f"{relation.name} goes from {_or(relation.domain)}, but {_what(subject)}")
    if isinstance(object_, LiteralValue):
        return Violation("range", f"{relation.name} goes to {_or(relation.range)}, but '{object_.value}' is a literal")
    if not schema.accepts(relation.name, "range", object_.type):
        return Violation("range", f"{relation.name} goes to {_or(relation.range)}, but {_what(object_)}")
    if subject.id == object_.id:
        return Violation("self", f"{relation.name} goes from {subject.name} to itself")
    for name, value in statement.qualifiers.items():
        if wrong := check_value(qualifiers[name], value):
            return Violation("datatype", f"{relation.name}: {wrong}")
    start, end = (statement.qualifiers.get(name) for name in ("from", "to"))
    if isinstance(start, str) and isinstance(end, str) and _is_later(start, end):
        return Violation("order", f"{relation.name} ends in {end}, before it begins in {start}")
    return _check_common(statement, statement.status, item) or _check_naming(
        statement.evidence, (subject, object_), names
    )


def check_event(event: Event, item: NewsItem, schema: Schema, names: Names) -> Violation | None:
    """The first rule that an event breaks, None where it breaks none. Its words must name someone in the main role."""
    definition = schema.events.get(event.type)
    if definition is None:
        return Violation("vocabulary", f"there is no event {_unknown(event.type, schema.events)}")
    for name in event.roles:
        if name not in definition.roles:
            return Violation("vocabulary", f"{event.type} has the role {_unknown(name, definition.roles)}")
    for name in event.values:
        if name not in definition.values:
            return Violation("vocabulary", f"{event.type} has the value {_unknown(name, definition.values)}")
    for nodes in event.roles.values():
        for node in nodes:
            if node.type not in schema.classes:
                return Violation("vocabulary", f"{node.name} is of the class {_unknown(node.type, schema.classes)}")
    main = event.roles.get(definition.main, ())
    if not main:
        return Violation(
            "main-role", f"{event.type} needs a {definition.main} ({definition.roles[definition.main].label_zh})"
        )
    for name, nodes in event.roles.items():
        wanted = definition.roles[name].range
        for node in nodes:
            if not any(schema.is_a(node.type, cls) for cls in wanted):
                return Violation("range", f"the {name} of {event.type} is {_or(wanted)}, but {_what(node)}")
    for name, value in event.values.items():
        if wrong := check_value(definition.values[name], value):
            return Violation("datatype", f"{event.type}: {wrong}")
    if violation := _check_common(event, event.status, item):
        return violation
    if not any(names.says(event.evidence, node) for node in main):
        return _check_naming(event.evidence, main[:1], names)
    return None


def check_observation(observation: Observation, item: NewsItem, schema: Schema) -> Violation | None:
    """The first rule that an observation breaks, None where it breaks none."""
    value, period, reporter = observation.value, observation.period, observation.reporter
    if reporter is not None:
        if reporter.type not in schema.classes:
            return Violation("vocabulary", f"{reporter.name} is of the class {_unknown(reporter.type, schema.classes)}")
        wanted = attribute.range if (attribute := schema.attributes.get("reporter")) is not None else None
        if wanted is not None and not schema.is_a(reporter.type, wanted):
            return Violation("range", f"a reporter is {wanted}, but {_what(reporter)}")
    if not observation.indicator.strip():
        return Violation("datatype", "the observation does not say what is measured: its indicator is empty")
    if value is not None and not _is_number(value):
        return Violation("datatype", f"the value {value!r} of {observation.indicator} is no number")
    if period is not None and not _is_period(period):
        return Violation(
            "datatype", f"the period '{period}' is none; write 2021, 2021-H1, 2021-Q1/Q3, 2021-01/2021-09 …"
        )
    if observation.change is not None and not _CHANGE.fullmatch(observation.change):
        return Violation(
            "datatype", f"the change '{observation.change}' is none; write its sign and basis, as +25.4% YoY"
        )
    if value is None and observation.change is None:
        return Violation("number", f"{observation.indicator} has neither a value nor a change")
    return _check_common(observation, None, item)


def check_value(definition: QualifierDef, value: object) -> str | None:
    """What is wrong with a value of an event or qualifier, None where nothing is."""
    words = definition.values
    if words:
        if value in words:
            return None
        return f"the {definition.name} '{value}' is not one of {', '.join(words)}"
    test, right = _DATATYPES[definition.datatype]
    if test(value):
        return None
    shown = value.literal or value if isinstance(value, Amount) else value
    return f"the {definition.name} '{shown}' is no {definition.datatype}; {right}"


# ---- datatypes ------------------------------------------------------------------------------------------------------


def _is_date(value: object) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    if len(value) < len("2021-11-03"):
        return True
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_period(value: str) -> bool:
    """A date, or two joined by a slash; the second may leave out the year that it shares with the first."""
    start, slash, end = value.partition("/")
    if not slash:
        return _is_date(start)
    if _LATER_END.fullmatch(end):
        end = f"{start[:4]}-{end}"
    return _is_date(start) and _is_date(end)


_FIRST_MONTHS = {"H1": "01", "H2": "07", "Q1": "01", "Q2": "04", "Q3": "07", "Q4": "10"}
_LAST_MONTHS = {"H1": "06", "H2": "12", "Q1": "03", "Q2": "06", "Q3": "09", "Q4": "12"}


def _is_later(start: str, end: str) -> bool:
    """Whether all of one date lies after all of another, as far as both are told: 2021-11 is not after 2021."""
    first, last = (f"{d[:5]}{m.get(d[5:], d[5:])}" for d, m in ((start, _FIRST_MONTHS), (end, _LAST_MONTHS)))
    width = min(len(first), len(last))
    return first[:width] > last[:width]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_year(value: object) -> bool:
    return bool(re.fullmatch(r"[1-9][0-9]{3}", str(value))) and isinstance(value, str | int)


def _is_integer(value: object) -> bool:
    return isinstance(value, str | int) and bool(re.fullmatch(r"[+-]?[0-9]+", str(value)))


def _is_percent(value: object) -> bool:
    return isinstance(value, str) and bool(_PERCENT.fullmatch(value))


def _is_amount(value: object) -> bool:
    if not isinstance(value, Amount) or not value.literal.strip() or not re.fullmatch(r"[A-Z]{3}", value.currency):
        return False
    bounds = [bound for bound in (value.low, value.high) if bound is not None]
    return all(_is_number(bound) and bound >= 0 for bound in bounds) and bounds == sorted(bounds)


def _is_string(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_DATATYPES: dict[str, tuple[Callable[[object], bool], str]] = {
    "date": (_is_date, "write 2021, 2021-H1, 2021-Q3, 2021-11 or 2021-11-03"),
    "year": (_is_year, "write four digits"),
    "amount": (_is_amount, "it needs its literal, bounds with low <= high, and an ISO 4217 currency"),
    "percent": (_is_percent, "write a number with its sign, as 51%"),
    "integer": (_is_integer, "write digits"),
    "string": (_is_string, "write words"),
    "entity": (_is_string, "write an entity's name"),
}


# ---- what all candidates share --------------------------------------------------------------------------------------


def _check_common(candidate: Candidate, status: str | None, item: NewsItem) -> Violation | None:
    if status is not None and status not in STATUSES:
        return Violation("status", f"there is no status '{status}'; it is one of {', '.join(STATUSES)}")
    confidence = candidate.confidence
    if not _is_number(confidence) or not 0 < confidence <= 1:
        return Violation("confidence", f"the confidence {confidence} is not above 0 and at most 1")
    return _check_evidence(candidate.evidence, item)


def _check_evidence(evidence: Evidence, item: NewsItem) -> Violation | None:
    """Whether the words are this item's, letter by letter."""
    if evidence.item != item.id:
        return Violation("evidence", f"the words are of the item '{evidence.item}', the candidate of '{item.id}'")
    if not evidence.text.strip() or not evidence.sentence.strip():
        return Violation("evidence", "there are no words that prove it")
    start, end = evidence.start, evidence.end
    spans = [span for block in item.blocks if block.field == evidence.field for span in block.spans]
    first = min((span.start for span in spans), default=0)
    last = max((span.end for span in spans), default=len(item.title if evidence.field == "title" else item.text))
    if not first <= start < end <= last:
        return Violation(
            "evidence", f"the span {start}–{end} is not within the item's {evidence.field}, {first}–{last}"
        )
    said = item.slice(Span(start, end), evidence.field)
    if said != evidence.text:
        return Violation("evidence", f"the source has '{_short(said)}' at {start}–{end}, not '{_short(evidence.text)}'")
    return None


def _check_naming(evidence: Evidence, nodes: Iterable[Node], names: Names) -> Violation | None:
    for node in nodes:
        if not names.says(evidence, node):
            sentence = _short(evidence.sentence)
            return Violation("evidence", f"'{sentence}' names neither {node.name} nor what stands for it")
    return None


def _what(node: Node) -> str:
    return f"{node.name} is {node.type}"


def _or(names: Iterable[str]) -> str:
    return " or ".join(names)


def _unknown(name: str, known: Iterable[str]) -> str:
    return (
        f"'{name}', which the ontology does not have there{_did_you_mean(get_close_matches(name, list(known), 3, 0.5))}"
    )


def _did_you_mean(names: Iterable[str]) -> str:
    near = _or(names)
    return f"; did you mean {near}?" if near else ""


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
