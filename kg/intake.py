"""From a document to the rows that a ledger keeps of it: a pure step, before anything is written.

It also keeps the account: of every candidate that a document brings, it is settled here whether it is accepted, was or
is rejected, or is skipped because the document says it twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from kg.accounts import Tally
from kg.codec import dumps, to_json, values_text
from kg.link import WITNESSES
from kg.model import Event, LiteralValue, Node, Observation, Rejection, Span, Statement
from kg.tables import is_minted, key_of, text_key
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from kg.codec import Candidate
    from kg.model import Document, Evidence, NewsItem, Value
    from kg.schema import Schema

__all__ = ["Intake", "Rows", "marks", "origin_key"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_REMEMBERED = 50_000
_T = TypeVar("_T", Statement, Event, Observation)
_Row: TypeAlias = tuple[Any, ...]


@dataclass(slots=True)
class Rows:
    """The rows of one document. The item's key, which is known only when it is written, is left out of them."""

    item: _Row
    content: int
    """Fingerprint of the item as loaded."""
    reading: int
    """Fingerprint of what was made of it."""
    origin: int
    entities: list[_Row] = field(default_factory=list)
    """(key, kind)."""
    names: list[_Row] = field(default_factory=list)
    """(entity, name, folded, preferred, alias)."""
    mentions: list[_Row] = field(default_factory=list)
    """(entity, name, type)."""
    witnesses: dict[int, set[tuple[int, int]]] = field(default_factory=dict)
    """Person → (witness, name)."""
    passages: list[_Row] = field(default_factory=list)
    statements: list[_Row] = field(default_factory=list)
    evidence: list[_Row] = field(default_factory=list)
    """(number of the passage, statement, …)."""
    events: list[_Row] = field(default_factory=list)
    """(key, number of the passage, …)."""
    roles: list[_Row] = field(default_factory=list)
    observations: list[_Row] = field(default_factory=list)
    """(key, number of the passage, …)."""
    rejections: list[_Row] = field(default_factory=list)
    tallies: tuple[Tally, Tally, Tally] = (Tally(), Tally(), Tally())
    """Of statements, events, observations."""
    digest: int = 0
    """Fingerprint of the rows that the item owns."""

    def own(self) -> int:
        """Fingerprint of what the item says. It puts the rows in the order of their keys."""
        self.mentions.sort()
        self.events.sort(key=_first)
        self.roles.sort()
        self.observations.sort(key=_first)
        # Statements are left out: their keys, which are in the evidence, say the same.
        told = (self.mentions, self.passages, self.evidence, self.events, self.roles, self.observations)
        return text_key(repr(told))

    def signature(self, own: int) -> int:
        """What `digest` is, given what `own` gives."""
        return text_key(repr((self.item, self.content, self.origin, own)))


_first = itemgetter(0)


def marks(schema: Schema, predicate: str, qualifiers: Mapping[str, Value], fold: Callable[[str], str] = fold) -> str:
    """The identifying qualifiers in matching form: statements of one relation between the same ends that have equal
    marks are one fact."""
    told = [
        f"{name}={fold(str(getattr(qualifiers[name], 'literal', qualifiers[name])))}"
        for name in schema.properties[predicate].identifying
        if qualifiers.get(name) is not None
    ]
    return "\x1f".join(told)


class Intake:
    """Turns documents into rows, by one ontology."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._kinds = schema.kinds
        self._folded: dict[str, str] = {}
        self._keys: dict[str, int] = {}

    def key(self, entity: str) -> int | None:
        """The key of an entity's id, remembered likewise; None for what is no such id."""
        key = self._keys.get(entity)
        if key is None and is_minted(entity, "e"):
            if len(self._keys) > _REMEMBERED:
                self._keys.clear()
            key = self._keys[entity] = key_of(entity)
        return key

    def fold(self, name: str) -> str:
        """`kg.text.fold`, remembered: the same names come again and again."""
        folded = self._folded.get(name)
        if folded is None:
            if len(self._folded) > _REMEMBERED:
                self._folded.clear()
            folded = self._folded[name] = fold(name)
        return folded

    def rows(self, document: Document) -> Rows:
        """The rows of a document."""
        return _Filing(self, self._schema, document).rows

    def content(self, item: NewsItem) -> int:
        """Fingerprint of an item as loaded: of its words, where they stand, and what is known about it."""
        blocks = [(b.kind, b.field, [(s.start, s.end, item.slice(s, b.field)) for s in b.spans]) for b in item.blocks]
        return text_key(repr((_item_row(item), blocks)))

    def rejection(self, rejection: Rejection, item: str | None = None) -> _Row:
        """The row of a rejection, without ontology and time."""
        span, candidate = rejection.span, rejection.candidate
        row = (
            item or rejection.item,
            rejection.stage,
            rejection.rule,
            _whole(rejection.reason),
            rejection.source,
            span.start if span else None,
            span.end if span else None,
            _whole(rejection.text),
            type(candidate).__name__.lower() if candidate is not None else None,
            _whole(dumps(to_json(candidate))) if candidate is not None else None,
        )
        return (text_key(repr(row)), *row)


class _Filing:
    """The work on one document."""

    def __init__(self, intake: Intake, schema: Schema, document: Document) -> None:
        self._intake, self._schema, self._document = intake, schema, document
        self._kinds = intake._kinds
        item = document.item
        self._item = item
        self._keys: dict[str, int] = {}
        self._passages: dict[_Row, int] = {}
        self._mentions: dict[tuple[str, str, str], None] = {}
        self._seen_with: dict[str, set[str]] = {}
        self._refused: list[Rejection] = []
        self._taken: set[str] = set()
        self._said: set[_Row] = set()
        self._texts: dict[int, str] = {}
        self.rows = rows = Rows(_item_row(item), intake.content(item), 0, origin_key(item.id, item.origin))
        for entity in document.entities:
            if self._fits(entity.id, entity.type):
                self._mentions[entity.id, entity.name, entity.type] = None
                for alias in filter(None, entity.aliases):
                    self._mentions[entity.id, alias, ""] = None
            else:
                self._refused.append(self._refusal(entity.node, None, entity.name))
        tallies = (
            self._file(document.events, Event, self._event),
            self._file(document.statements, Statement, self._statement),
            self._file(document.observations, Observation, self._observation),
        )
        rows.tallies = (tallies[1], tallies[0], tallies[2])
        # What is whole together is whole in its parts, as almost every item is.
        words = "".join([word for passage in self._passages for word in passage[3:]])
        whole = str if _whole(words) is words else _whole
        for (start, stop, where, text, sentence), number in self._passages.items():
            rows.passages.append(
                (number, start, stop, where, None if text == sentence else whole(text), whole(sentence))
            )
        self._name()
        rejections = (intake.rejection(r, item.id) for r in (*document.rejections, *self._refused))
        rows.rejections = list({row[0]: row for row in rejections}.values())
        own = rows.own()
        rows.reading = text_key(repr((own, [row[0] for row in rows.rejections])))
        rows.digest = rows.signature(own)

    # -- the account

    def _file(self, candidates: Iterable[_T], sort: type[_T], take: Any) -> Tally:
        accepted = skipped = read = 0
        before = len(self._refused)
        for candidate in candidates:
            read += 1
            taken = take(candidate)
            accepted += taken is True
            skipped += taken is False
        refused = len(self._refused) - before
        earlier = sum(isinstance(r.candidate, sort) for r in self._document.rejections)
        return Tally(read + earlier, accepted, refused + earlier, skipped)

    def _fits(self, identifier: str, type_: str) -> bool:
        """Whether an entity can be kept; then its key is in `_keys`."""
        if type_ not in self._kinds:
            return False
        if identifier not in self._keys:
            key = self._intake.key(identifier)
            if key is None:
                return False
            self._keys[identifier] = key
        return True

    def _refusal(self, node: Node | None, candidate: Candidate | None, text: str = "") -> Rejection:
        if node is not None and node.type not in self._kinds:
            near = ", ".join(self._schema.nearest(node.type, 3))
            rule, reason = "vocabulary", f"{node.name} is of the class '{node.type}', which no entity can have"
            reason += f"; did you mean {near}?" if near else "."
        elif node is not None:
            rule, reason = "bad-id", f"the id '{node.id}' of {node.name} is not minted; use Schema.entity_id."
        elif isinstance(candidate, Statement) and candidate.predicate not in self._schema.properties:
            near = ", ".join(self._schema.nearest(candidate.predicate, 3))
            rule, reason = "vocabulary", f"there is no relation '{candidate.predicate}'"
            reason += f"; did you mean {near}?" if near else "."
        else:
            rule, reason = "bad-id", f"the id '{getattr(candidate, 'id', '')}' is not minted; use kg.model.mint."
        evidence = None if candidate is None else candidate.evidence
        return Rejection(
            "store",
            rule,
            reason,
            self._item.id,
            self._item.source,
            Span(evidence.start, evidence.end) if evidence else None,
            evidence.text if evidence else text,
            candidate,
        )

    def _accepts(self, candidate: Candidate, prefix: str, nodes: Iterable[Node]) -> bool:
        for node in nodes:
            if not self._fits(node.id, node.type):
                self._refused.append(self._refusal(node, candidate))
                return False
        if not is_minted(candidate.id, prefix) or (
            isinstance(candidate, Statement) and candidate.predicate not in self._schema.properties
        ):
            self._refused.append(self._refusal(None, candidate))
            return False
        for node in nodes:
            self._mentions.setdefault((node.id, node.name, node.type))
        return True

    # -- True: accepted; False: skipped; None: refused

    def _statement(self, statement: Statement) -> bool | None:
        end = statement.object
        nodes = (statement.subject, end) if isinstance(end, Node) else (statement.subject,)
        if not self._accepts(statement, "s", nodes):
            return None
        rows, evidence = self.rows, statement.evidence
        key = key_of(statement.id)
        event = statement.event
        said = (
            self._passage(evidence),
            key,
            statement.status,
            float(statement.confidence),
            self._text(statement.qualifiers),
            key_of(event) if event is not None and is_minted(event, "v") else None,
            statement.extractor,
            evidence.cue,
            _references(evidence),
        )
        if said not in self._said:
            self._said.add(said)
            rows.evidence.append(said)
        if self._known(statement.id):
            return False
        subject = self._keys[statement.subject.id]
        if isinstance(end, LiteralValue):
            tail: _Row = (subject, None, end.value, end.datatype)
        else:
            object_ = self._keys[end.id]
            if self._schema.properties[statement.predicate].symmetric and object_ < subject:
                subject, object_ = object_, subject
            tail = (subject, object_, None, None)
            self._meet((statement.subject, end))
        found = (
            marks(self._schema, statement.predicate, statement.qualifiers, self._intake.fold)
            if statement.qualifiers
            else ""
        )
        rows.statements.append((key, statement.predicate, *tail, found))
        return True

    def _event(self, event: Event) -> bool | None:
        nodes = [node for filled in event.roles.values() for node in filled]
        if not self._accepts(event, "v", nodes):
            return None
        key, evidence = key_of(event.id), event.evidence
        if self._known(event.id):
            return False
        self._meet(nodes)
        self.rows.events.append(
            (
                key,
                self._passage(evidence),
                event.type,
                event.status,
                float(event.confidence),
                self._text(event.values),
                event.extractor,
                evidence.cue,
                _references(evidence),
            )
        )
        self.rows.roles += [
            (key, role, number, self._keys[node.id])
            for role, filled in event.roles.items()
            for number, node in enumerate(dict.fromkeys(filled))
        ]
        return True

    def _observation(self, observation: Observation) -> bool | None:
        reporter = observation.reporter
        if not self._accepts(observation, "b", () if reporter is None else (reporter,)):
            return None
        key, evidence = key_of(observation.id), observation.evidence
        if self._known(observation.id):
            return False
        self.rows.observations.append(
            (
                key,
                self._passage(evidence),
                observation.indicator,
                None if observation.value is None else float(observation.value),
                observation.unit,
                observation.period,
                observation.scope,
                observation.change,
                None if reporter is None else self._keys[reporter.id],
                float(observation.confidence),
                observation.extractor,
                evidence.cue,
                _references(evidence),
            )
        )
        return True

    # -- parts

    def _known(self, identifier: str) -> bool:
        """Whether a candidate of that id was taken before."""
        if identifier in self._taken:
            return True
        self._taken.add(identifier)
        return False

    def _text(self, values: Mapping[str, Value]) -> str:
        """`values_text`; an event and the statements that it implies mostly have their values in common."""
        if (text := self._texts.get(id(values))) is None:
            text = self._texts[id(values)] = values_text(values)
        return text

    def _passage(self, evidence: Evidence) -> int:
        row = (evidence.start, evidence.end, evidence.field, evidence.text, evidence.sentence)
        return self._passages.setdefault(row, len(self._passages))

    def _meet(self, nodes: Collection[Node]) -> None:
        """Note whom each person is seen with."""
        kinds = self._kinds
        for person in nodes:
            if kinds[person.type] == "person":
                seen = self._seen_with.setdefault(person.id, set())
                seen.update(n.id for n in nodes if kinds[n.type] in WITNESSES)

    def _name(self) -> None:
        rows, keys, fold_ = self.rows, self._keys, self._intake.fold
        kinds: dict[int, str] = {}
        names: dict[tuple[int, str], list[int]] = {}
        for entity, name, type_ in self._mentions:
            key = keys[entity]
            if type_:
                kinds.setdefault(key, self._kinds[type_])
            rows.mentions.append((key, name, type_))
            names.setdefault((key, name), [0, 0])[0 if type_ else 1] = 1
        rows.entities = [*kinds.items()]
        rows.names = [(key, name, fold_(name), *use) for (key, name), use in names.items()]
        for person, seen in self._seen_with.items():
            called = {text_key(fold_(n)) for e, n, type_ in self._mentions if e == person and type_}
            rows.witnesses[keys[person]] = {(keys[witness], name) for witness in seen for name in called}


def _item_row(item: NewsItem) -> _Row:
    return (
        item.id,
        _whole(item.title),
        item.source,
        item.section,
        item.published,
        item.reference,
        item.url,
        item.origin,
    )


def origin_key(identifier: str, origin: str) -> int:
    """What tells an item's wording from others: its origin, or else the item itself."""
    return text_key(origin or f"item\x1f{identifier}")


def _references(evidence: Evidence) -> str | None:
    return dumps(list(evidence.references)) if evidence.references else None


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, which a broken JSON escape can bring and no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
