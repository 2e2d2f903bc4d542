"""Documents of our own RDF: what `kg.export` wrote of a ledger, made into what the ledger was told.

Only what items say is read. What is told across items (facts, which entities are one) follows from it, and comes to be
in the ledger as it did the first time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import pyoxigraph as ox

from kg.errors import SourceError
from kg.export.terms import DCTERMS, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, XSD
from kg.model import (
    Document,
    Entity,
    Event,
    Evidence,
    LiteralValue,
    NewsItem,
    Node,
    Observation,
    Rejection,
    Span,
    Statement,
)
from kg.rdf.nodes import Broken, Nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.model import Value
    from kg.rdf.reading import Term
    from kg.schema import Schema

__all__ = ["FARTHEST", "Restored", "is_ours"]

FARTHEST: Final = 64 << 20
"""The largest offset of evidence that is taken: that of the largest source that can be loaded."""


def is_ours(store: ox.Store, schema: Schema, name: str) -> bool:
    """Whether a file is an export of a ledger, with its items.

    Raises SourceError for one that was written for neosemantics, which keeps no evidence.
    """
    kind, item = ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{schema.iri}NewsItem")
    if not any(True for _ in store.quads_for_pattern(None, kind, item)):
        return False
    if any(True for _ in store.quads_for_pattern(None, ox.NamedNode(f"{schema.iri}statement"), None)):
        raise SourceError(f"{name}: was exported with --provenance rdfstar, which keeps no evidence; export it anew.")
    return True


@dataclass(slots=True)
class _Sayings:
    """What one item says."""

    statements: list[Statement] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


class Restored(Nodes):
    """The documents of one file."""

    def __iter__(self) -> Iterator[Document]:
        """A document of each item, by their IRIs. What could not be made of it is in its rejections (`bad-record`)."""
        for iri in self._subjects(f"{RDF}type", self._kg("NewsItem")):
            yield self._document(ox.NamedNode(iri))

    def decisions(self) -> Iterator[tuple[str, str, str, str]]:
        """What was decided: `merge` or `split`, the ids of both, the reason. Sorted."""
        found = []
        for quad in self._match(None, f"{RDF}type", self._kg("Decision")):
            node = quad.subject
            a, b = self._id(self._one(node, f"{RDF}subject")), self._id(self._one(node, f"{RDF}object"))
            link = self._one(node, f"{RDF}predicate")
            verdict = "merge" if isinstance(link, ox.NamedNode) and link.value == f"{OWL}sameAs" else "split"
            if a and b:
                found.append((verdict, a, b, self._word(node, f"{RDFS}comment") or ""))
        return iter(sorted(found))

    # -- items

    def _document(self, node: ox.NamedNode) -> Document:
        item = NewsItem(
            self._item_id(node.value),
            self._word(node, f"{DCTERMS}title") or "",
            "",
            (),
            self._word(node, f"{DCTERMS}source") or "",
            self._word(node, f"{SCHEMA}articleSection"),
            self._word(node, f"{DCTERMS}issued"),
            self._word(node, self._kg("referenceDate")),
            self._word(node, f"{SCHEMA}url"),
            self._word(node, self._kg("origin")) or "",
        )
        entities = self._entities(node)
        called: dict[str, Node] = {}
        for entity in entities:
            called.setdefault(entity.id, entity.node)
        told = _Sayings()
        for said in self._subjects(f"{PROV}wasQuotedFrom", node):
            try:
                self._saying(ox.NamedNode(said), item, called, told)
            except Broken as broken:
                reason = f"{self._name}: {said}: {broken}"
                told.rejections.append(Rejection("read", "bad-record", reason, item.id, item.source, text=said))
        text = _text(e for e in self._evidence_of(told) if e.field == "text")
        return Document(
            replace(item, text=text),
            tuple(entities),
            tuple(told.statements),
            tuple(told.events),
            tuple(told.observations),
            tuple(told.rejections),
        )

    @staticmethod
    def _evidence_of(told: _Sayings) -> Iterator[Evidence]:
        kinds: tuple[Sequence[Statement | Event | Observation], ...] = (
            told.statements,
            told.events,
            told.observations,
        )
        for kind in kinds:
            yield from (candidate.evidence for candidate in kind)

    def _entities(self, item: ox.NamedNode) -> list[Entity]:
        """Whom the item mentions, as it calls them; where it says nothing of its own, as all do."""
        found: list[Entity] = []
        own: set[str] = set()
        for mention in sorted(o.value for o in self._all(item, self._kg("mention")) if isinstance(o, ox.NamedNode)):
            node = ox.NamedNode(mention)
            minted = self._id(self._one(node, self._kg("mentionOf")))
            name, cls = self._word(node, f"{RDFS}label"), self._local(self._one(node, self._kg("ofClass")))
            if minted is None:
                continue
            own.add(self._canonical.get(minted, minted))
            aliases = sorted(o.value for o in self._all(node, f"{SKOS}altLabel") if isinstance(o, ox.Literal))
            if name is None or not cls:
                canonical = ox.NamedNode(self._schema.base_iri + self._canonical.get(minted, minted))
                name, cls = self._whole(canonical)
            found.append(Entity(minted, name, cls, tuple(aliases)))
        for mentioned in self._all(item, f"{SCHEMA}mentions"):
            identifier = self._id(mentioned)
            if identifier is not None and identifier not in own and isinstance(mentioned, ox.NamedNode):
                found.append(Entity(identifier, *self._whole(mentioned)))
        return sorted(found, key=lambda e: (e.id, e.name, e.type))

    # -- what it says

    def _saying(self, said: ox.NamedNode, item: NewsItem, called: Mapping[str, Node], told: _Sayings) -> None:
        kg = self._kg
        evidence, extractor = self._evidence(said, item.id), self._word(said, kg("extractor")) or ""
        tells = self._one(said, kg("tells"))
        if isinstance(tells, ox.NamedNode):
            cls = self._local(self._one(said, kg("ofClass")))
            told.events.append(self._event(tells, said, said, cls, evidence, extractor, called))
            return
        if self._one(said, kg("mintedPredicate")) is not None:
            told.statements.append(self._statement(None, said, evidence, extractor, called))
            return
        owners = self._subjects(kg("evidence"), said)
        if not owners:
            raise Broken("belongs to no statement, event or figure")
        for iri in owners:
            owner = ox.NamedNode(iri)
            kinds = {t.value for t in self._all(owner, f"{RDF}type") if isinstance(t, ox.NamedNode)}
            if kg("Statement") in kinds:
                told.statements.append(self._statement(owner, said, evidence, extractor, called))
            elif kg("Observation") in kinds:
                told.observations.append(self._observation(owner, said, evidence, extractor, called))
            else:
                local = sorted(filter(None, (self._local(ox.NamedNode(k)) for k in kinds)))
                told.events.append(
                    self._event(owner, owner, said, local[0] if local else "", evidence, extractor, called)
                )

    def _evidence(self, said: ox.NamedNode, item: str) -> Evidence:
        kg = self._kg
        sentence, start, end = (self._word(said, kg(name)) for name in ("sentence", "start", "end"))
        if sentence is None or start is None or end is None:
            raise Broken("has no sentence, start or end")
        try:
            span = Span(int(start), int(end))
        except ValueError:
            raise Broken(f"'{start}' and '{end}' are no offsets") from None
        if not 0 <= span.start <= span.end <= FARTHEST:
            raise Broken(f"{span.start}–{span.end} is no place in a text")
        text = self._word(said, kg("text")) or sentence
        escaped = self._word(said, kg("escapedText"))
        if escaped is not None:
            try:
                text = str(json.loads(f'"{escaped}"'))
            except ValueError:
                raise Broken("has an escaped text that is no JSON string") from None
        references = sorted(o.value for o in self._all(said, kg("reference")) if isinstance(o, ox.Literal))
        listed = self._word(said, kg("references"))
        if listed is not None:
            try:
                references = [str(reference) for reference in json.loads(listed)]
            except (ValueError, TypeError):
                raise Broken("has references that are no JSON list") from None
        in_title = self._word(said, kg("inTitle")) in ("true", "1")
        cue = self._word(said, kg("cue"))
        return Evidence(
            item, span.start, span.end, text, sentence, "title" if in_title else "text", tuple(references), cue
        )

    def _statement(
        self,
        owner: ox.NamedNode | None,
        said: ox.NamedNode,
        evidence: Evidence,
        extractor: str,
        called: Mapping[str, Node],
    ) -> Statement:
        kg = self._kg
        subject, predicate, object_ = self._parts(owner) if owner is not None else (None, None, None)
        identifier = self._id(self._one(said, kg("mintedStatement"))) or (self._id(owner) if owner else None)
        predicate = self._one(said, kg("mintedPredicate")) or predicate
        subject = self._one(said, kg("mintedSubject")) or subject
        object_ = self._one(said, kg("mintedObject")) or object_
        name = self._local(predicate)
        if identifier is None or not name or subject is None or object_ is None:
            raise Broken("is of a statement without id, subject, relation or object")
        end: Node | LiteralValue
        if isinstance(object_, ox.Literal):
            end = LiteralValue(object_.value, unquote(object_.datatype.value.removeprefix(XSD)))
        else:
            end = self._called(object_, called)
        alone = owner is not None and len(self._all(owner, kg("evidence"))) == 1
        qualifiers: dict[str, Value] = {}
        for node in (owner, said) if alone else (said,):
            if node is not None:
                qualifiers.update(self._values(node, self._qualifiers, said))
        caused = self._one(said, kg("impliedBy"))
        if caused is None and alone and owner is not None:
            caused = self._one(owner, kg("impliedBy"))
        event = self._id(caused)
        return Statement(
            identifier,
            self._called(subject, called),
            name,
            end,
            self._status(said),
            self._confidence(said),
            evidence,
            extractor,
            dict(sorted(qualifiers.items())),
            event if event is not None and event.startswith("v") else None,
        )

    def _parts(self, owner: ox.NamedNode) -> tuple[Term | None, Term | None, Term | None]:
        reified = self._one(owner, f"{RDF}reifies")
        if isinstance(reified, ox.Triple):
            return reified.subject, reified.predicate, reified.object
        return (
            self._one(owner, f"{RDF}subject"),
            self._one(owner, f"{RDF}predicate"),
            self._one(owner, f"{RDF}object"),
        )

    def _event(
        self,
        event: ox.NamedNode,
        node: ox.NamedNode,
        said: ox.NamedNode,
        cls: str,
        evidence: Evidence,
        extractor: str,
        called: Mapping[str, Node],
    ) -> Event:
        kg = self._kg
        identifier = self._id(event)
        if identifier is None or not cls:
            raise Broken("is of an event without id or class")
        definition = self._schema.events.get(cls)
        ordered: dict[str, list[tuple[int, Term]]] = {}
        for order in self._all(node, kg("order")):
            if isinstance(order, ox.NamedNode):
                role = self._local(self._one(order, kg("ofRole")))
                ordered[role] = [
                    (int(number), q.object)
                    for q in self._match(order, None, None)
                    if (number := q.predicate.value.removeprefix(f"{RDF}_")).isdigit()
                ]
        fillers: dict[str, list[Term]] = defaultdict(list)
        values: list[str] = []
        for quad in self._match(node, None, None):
            name = self._local(quad.predicate)
            filler = self._id(quad.object)
            known = definition is not None and (name in definition.roles or name in definition.values)
            if not name or (not known and name in _OF_EVENTS):
                continue
            if filler is not None and filler.startswith("e"):
                fillers[name].append(quad.object)
            elif name not in _OF_EVENTS or known:
                values.append(name)
        roles: dict[str, tuple[Node, ...]] = {}
        for role in sorted({*fillers, *ordered}):
            told = [t for _, t in sorted(ordered.get(role, ()), key=lambda o: o[0])]
            told = told or sorted(fillers[role], key=str)
            roles[role] = tuple(self._called(t, called) for t in told)
        return Event(
            identifier,
            cls,
            self._status(node),
            roles,
            dict(sorted(self._values(node, frozenset(values), said).items())),
            self._confidence(node),
            evidence,
            extractor,
        )

    def _observation(
        self, node: ox.NamedNode, said: ox.NamedNode, evidence: Evidence, extractor: str, called: Mapping[str, Node]
    ) -> Observation:
        kg = self._kg
        identifier = self._id(node)
        if identifier is None:
            raise Broken("is of a figure without id")
        value = self._word(node, kg("value"))
        try:
            number = None if value is None else float(value)
        except ValueError:
            raise Broken(f"the value '{value}' is no number") from None
        reporter = self._one(said, kg("mintedReporter")) or self._one(node, kg("reporter"))
        unit, period, scope, change = (self._word(node, kg(name)) for name in ("unit", "period", "scope", "change"))
        return Observation(
            identifier,
            self._word(node, kg("indicator")) or "",
            number,
            unit,
            period,
            scope,
            change,
            None if reporter is None else self._called(reporter, called),
            self._confidence(node),
            evidence,
            extractor,
        )


_OF_EVENTS: Final = frozenset(
    (
        *("status", "confidence", "evidence", "order", "tells", "ofClass", "extractor", "sentence", "text", "start"),
        *("end", "cue", "reference", "references", "escapedText", "inTitle"),
    )
)
"""What nodes of events and their evidence say that is no value of the event."""


def _text(passages: Iterator[Evidence]) -> str:
    """As much of a source's text as its evidence holds: passages where they stand, blanks between them."""
    parts: list[str] = []
    at = 0
    for start, text in sorted({(e.start, e.text) for e in passages}, key=lambda p: (p[0], -len(p[1]))):
        if start + len(text) <= at:
            continue
        if start >= at:
            parts += (" " * (start - at), text)
        else:
            parts.append(text[at - start :])
        at = start + len(text)
    return "".join(parts)
