"""What is known about an entity: its profile, its neighbours, its timeline, and how two are linked.

All of it is read from the ledger, so it needs no graph. A *name* is any name of an entity, in traditional or simplified
letters, or its id.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from kg.errors import UsageError
from kg.findings import Figure, Happening, Hop, Link, Neighbour, Profile, Relation, Said, TimelineEntry
from kg.graph.rows import days_of
from kg.lookup import entity_named, predicates_named
from kg.model import Node, happened
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kg.ledger import Ledger, LedgerEntity
    from kg.model import Event, Evidence, Fact, Observation, Status, Value
    from kg.schema import Schema

__all__ = ["Direction", "neighbours", "path", "profile", "timeline"]

Direction: TypeAlias = Literal["out", "in", "both"]


def profile(ledger: Ledger, schema: Schema, name: str) -> Profile:
    """What is known about an entity, whatever its status; each thing with its sentences.

    Raises UnknownNameError or UsageError as `entity_named`.
    """
    entity = entity_named(ledger, name)
    reader = _Reader(ledger, schema)
    facts = [reader.relation(fact, entity.id) for fact in ledger.facts(entity=entity.id)]
    posts = [r for r in facts if r.predicate == "worksFor" and r.direction == "out"]
    rest = [r for r in facts if not (r.predicate == "worksFor" and r.direction == "out")]
    order = list(schema.properties)
    return Profile(
        id=entity.id,
        name=entity.name,
        type=entity.type,
        types=schema.labels(entity.type),
        aliases=tuple(entity.aliases),
        posts=tuple(sorted(posts, key=_post_order)),
        relations=tuple(
            sorted(rest, key=lambda r: (not happened(r.status), order.index(r.predicate), r.direction, _when(r), r.id))
        ),
        events=tuple(sorted((reader.happening(e, entity.id) for e in reader.events(entity.id)), key=_event_order)),
        figures=tuple(reader.figure(o) for o in reader.observations(entity)),
        items=tuple(reader.items(entity.id)),
    )


def neighbours(
    ledger: Ledger,
    schema: Schema,
    name: str,
    *,
    depth: int = 1,
    predicates: Collection[str] = (),
    direction: Direction = "both",
) -> tuple[Neighbour, ...]:
    """Entities within `depth` statements that happened, each once for each statement of its last step; nearest first.

    `predicates` are names of relations, also as relationship types (`RAISED_FROM`) or inverses (`investedIn`).
    `direction` is followed at every step; a symmetric relation goes both ways. Raises UnknownNameError for a relation
    that is none, and as `entity_named`.
    """
    if depth < 1:
        raise UsageError(f"depth must be 1 or more, not {depth}")
    start = entity_named(ledger, name)
    wanted = predicates_named(schema, predicates)
    reader = _Reader(ledger, schema)
    distances = {start.id: 0}
    frontier = [Node(start.id, start.name, start.type)]
    found: list[Neighbour] = []
    for distance in range(1, depth + 1):
        reached: dict[str, Node] = {}
        for via in frontier:
            for relation in reader.steps(via.id, wanted, direction):
                other = relation.other
                assert isinstance(other, Node)
                if distances.setdefault(other.id, distance) == distance:
                    found.append(Neighbour(other, distance, via, relation))
                    reached[other.id] = other
        frontier = sorted(reached.values(), key=lambda n: (n.name, n.id))
    return tuple(
        sorted(found, key=lambda n: (n.distance, n.entity.name, n.entity.id, n.relation.predicate, n.relation.id))
    )


def path(ledger: Ledger, schema: Schema, a: str, b: str, *, max_hops: int = 6) -> Link | None:
    """A shortest chain of statements that happened between two entities, in either direction; None where there is none
    of at most `max_hops`.

    Claims and news items do not count as links. Of several equally short chains it is always the same one. Raises as
    `entity_named`.
    """
    if max_hops < 1:
        raise UsageError(f"max_hops must be 1 or more, not {max_hops}")
    ends = [Node(e.id, e.name, e.type) for e in (entity_named(ledger, a), entity_named(ledger, b))]
    if ends[0].id == ends[1].id:
        return Link(ends[0], ends[1], ())
    reader = _Reader(ledger, schema)
    sides = (_Side(ends[0]), _Side(ends[1]))
    for _ in range(max_hops):
        side, other = sorted(sides, key=lambda s: len(s.frontier))
        if not side.frontier:
            return None
        side.grow(reader)
        meeting = min((n for n in side.frontier if n in other.came), default=None)
        if meeting is not None:
            return Link(ends[0], ends[1], tuple(_hops(reader, sides[0].back(meeting), sides[1].back(meeting))))
    return None


def timeline(ledger: Ledger, schema: Schema, name: str) -> tuple[TimelineEntry, ...]:
    """What is told of an entity, in order of time; undated things last. Raises as `entity_named`.

    A statement that an event implies is not told twice: the event stands for it.
    """
    entity = entity_named(ledger, name)
    reader = _Reader(ledger, schema)
    entries: list[TimelineEntry] = []
    for fact in ledger.facts(entity=entity.id):
        if not fact.events:
            r = reader.relation(fact, entity.id)
            other = r.other.name if isinstance(r.other, Node) else r.other.value
            entries.append(
                _entry(r.date, r.said, "statement", r.predicate, (r.label_zh, r.label_en), r.status, (other,))
            )
    for event in reader.events(entity.id):
        h = reader.happening(event, entity.id)
        others = dict.fromkeys(n.name for fillers in h.roles.values() for n in fillers if n.id != entity.id)
        entries.append(_entry(h.date, h.said, "event", h.type, (h.label_zh, h.label_en), h.status, tuple(others)))
    for observation in reader.observations(entity):
        f = reader.figure(observation)
        labels = (f.indicator, f.indicator)
        entries.append(_entry(f.period, f.said, "figure", f.indicator, labels, "asserted", ()))
    return tuple(sorted(entries, key=lambda e: (*_day(e.date), e.kind, e.what, e.others)))


# ---- reading


class _Reader:
    """The ledger's views as values of this module; items are read once."""

    def __init__(self, ledger: Ledger, schema: Schema) -> None:
        self._ledger = ledger
        self._schema = schema
        self._titles: dict[str, tuple[str, str | None]] = {}

    def said(self, evidence: Evidence) -> Said:
        if evidence.item not in self._titles:
            item = self._ledger.item(evidence.item)
            self._titles[evidence.item] = (item.title, item.published) if item is not None else ("", None)
        return Said(evidence.sentence, evidence.item, *self._titles[evidence.item])

    def relation(self, fact: Fact, seen_from: str) -> Relation:
        definition = self._schema.properties[fact.predicate]
        outward = fact.subject.id == seen_from or definition.symmetric
        other = fact.object if fact.subject.id == seen_from else fact.subject
        return Relation(
            id=fact.id,
            direction="out" if outward else "in",
            predicate=fact.predicate,
            label_zh=definition.label_zh,
            label_en=definition.label_en,
            other=other,
            qualifiers=dict(fact.qualifiers),
            status=fact.status,
            confidence=fact.confidence,
            sources=fact.sources,
            date=_told(fact.qualifiers),
            first_seen=fact.first_seen,
            last_seen=fact.last_seen,
            said=tuple(self.said(e) for e in fact.evidence),
        )

    def steps(self, entity: str, predicates: Collection[str] = (), direction: Direction = "both") -> Iterator[Relation]:
        """The statements that happened and lead from an entity to another, in a fixed order."""
        facts = sorted(self._ledger.facts(entity=entity), key=lambda f: (-f.confidence, f.id))
        for fact in facts:
            if not happened(fact.status) or (predicates and fact.predicate not in predicates):
                continue
            relation = self.relation(fact, entity)
            symmetric = self._schema.properties[fact.predicate].symmetric
            if isinstance(relation.other, Node) and (direction in ("both", relation.direction) or symmetric):
                yield relation

    def events(self, entity: str) -> Iterator[Event]:
        return iter(self._ledger.events(entity=entity))

    def happening(self, event: Event, entity: str) -> Happening:
        definition = self._schema.events[event.type]
        part = next((role for role, fillers in event.roles.items() if any(f.id == entity for f in fillers)), "")
        return Happening(
            id=event.id,
            type=event.type,
            label_zh=definition.label_zh,
            label_en=definition.label_en,
            role=part,
            roles=dict(event.roles),
            values=dict(event.values),
            status=event.status,
            confidence=event.confidence,
            date=_told(event.values),
            said=(self.said(event.evidence),),
        )

    def observations(self, entity: LedgerEntity) -> list[Observation]:
        """Figures that it reported, and figures of a scope that bears its name."""
        names = {fold(n) for n in (entity.name, *entity.aliases)}
        found = [
            o
            for o in self._ledger.observations()
            if (o.reporter is not None and o.reporter.id == entity.id) or (o.scope and fold(o.scope) in names)
        ]
        return sorted(found, key=lambda o: (o.indicator, o.scope or "", *_day(o.period), o.id))

    def figure(self, o: Observation) -> Figure:
        return Figure(
            o.id,
            o.indicator,
            o.value,
            o.unit,
            o.period,
            o.scope,
            o.change,
            o.reporter,
            o.confidence,
            (self.said(o.evidence),),
        )

    def items(self, entity: str) -> list[str]:
        return sorted(item for item, _ in self._ledger.mentions(entity=entity))


class _Side:
    """One of the two searches of a path: who was reached from whom, and who was reached last."""

    def __init__(self, start: Node) -> None:
        self.nodes = {start.id: start}
        self.came: dict[str, str | None] = {start.id: None}
        self.frontier = [start.id]

    def grow(self, reader: _Reader) -> None:
        reached: list[str] = []
        for entity in self.frontier:
            for relation in reader.steps(entity):
                other = relation.other
                if isinstance(other, Node) and other.id not in self.came:
                    self.came[other.id] = entity
                    self.nodes[other.id] = other
                    reached.append(other.id)
        self.frontier = reached

    def back(self, entity: str) -> list[Node]:
        """The nodes from an entity back to the start."""
        chain: list[Node] = []
        at: str | None = entity
        while at is not None:
            chain.append(self.nodes[at])
            at = self.came[at]
        return chain


def _hops(reader: _Reader, to_start: list[Node], to_end: list[Node]) -> Iterator[Hop]:
    chain = [*reversed(to_start), *to_end[1:]]
    for start, end in pairwise(chain):
        relation = next(r for r in reader.steps(start.id) if isinstance(r.other, Node) and r.other.id == end.id)
        yield Hop(start, end, relation)


def _told(values: Mapping[str, Value]) -> str | None:
    """The date that qualifiers tell: of the thing, of its beginning or of its end, or its year."""
    for key in ("date", "from", "to", "year"):
        if (value := values.get(key)) is not None:
            return str(value)
    return None


def _day(date: str | None) -> tuple[int, str]:
    """A key that puts dates in order and what has none last."""
    days = days_of(date)
    return (0, days[0]) if days else (1, date or "")


def _when(relation: Relation) -> tuple[int, str]:
    return _day(relation.date or relation.first_seen)


def _post_order(relation: Relation) -> tuple[bool, bool, list[int], str]:
    newest = relation.date or relation.last_seen or ""
    return relation.status == "ended", not happened(relation.status), [-ord(c) for c in newest], relation.id


def _event_order(event: Happening) -> tuple[int, str, str]:
    return *_day(event.date or event.said[0].published), event.id


def _entry(
    date: str | None,
    said: tuple[Said, ...],
    kind: Literal["statement", "event", "figure"],
    what: str,
    labels: tuple[str, str],
    status: Status,
    others: tuple[str, ...],
) -> TimelineEntry:
    reported = min((s.published for s in said if s.published), default=None)
    return TimelineEntry(date or reported, date is None, kind, what, labels[0], labels[1], status, others, said)
