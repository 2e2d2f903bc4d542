"""A part of a ledger: what an export, a table or a push shows where it is not to show all.

A `Selection` says what is wanted; `Selection.of` gives the part of a ledger that it chooses, which is read like the
ledger itself. So whatever takes a `Readable` takes either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Protocol, TypeAlias

from kg.errors import UnknownNameError, UsageError
from kg.graph.rows import days_of
from kg.lookup import entity_named, predicates_named
from kg.model import STATUSES, LiteralValue, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from kg.accounts import Decision, LedgerEntity
    from kg.facts import Testified
    from kg.ledger import Ledger
    from kg.model import Event, Fact, NewsItem, Node, Observation, Summary, Value
    from kg.rollup import Testimony
    from kg.schema import Schema
    from kg.views import Naming, Roles

__all__ = ["Readable", "Selected", "Selection"]

_Days: TypeAlias = tuple[str, str]
_LAST: _Days = ("0001-01-01", "9999-12-31")


class Readable(Protocol):
    """The views of a ledger that show the whole of it: a `Ledger`, or a part of one."""

    @property
    def id(self) -> str: ...

    @property
    def sequence(self) -> int: ...

    def reading(self) -> AbstractContextManager[None]: ...

    def items(self) -> Iterator[NewsItem]: ...

    def item(self, identifier: str, /) -> NewsItem | None: ...

    def entities(self) -> Iterator[LedgerEntity]: ...

    def entity(self, identifier: str, /) -> LedgerEntity | None: ...

    def facts(self, *, predicate: str | None = None, status: Status | None = None) -> Iterator[Fact]: ...

    def summaries(self) -> Iterator[Summary]: ...

    def testimonies(self, fact: str, /) -> list[Testimony]: ...

    def events(self, *, type: str | None = None, status: Status | None = None) -> Iterator[Event]: ...

    def observations(self) -> Iterator[Observation]: ...

    def mentions(self) -> Iterator[tuple[str, str]]: ...

    def testified(self, *, predicate: str | None = None, status: Status | None = None) -> Iterator[Testified]: ...

    def void(self) -> Iterator[tuple[str, list[Testimony]]]: ...

    def told_events(
        self, *, type: str | None = None, ids: Iterable[str] | None = None
    ) -> Iterator[tuple[Event, Roles]]: ...

    def told_observations(self) -> Iterator[tuple[Observation, str | None]]: ...

    def namings(self) -> Iterator[tuple[NewsItem, list[Naming]]]: ...

    def decisions(self) -> list[Decision]: ...

    def rows(self) -> dict[str, int]: ...


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a ledger is wanted; what is left empty restricts nothing, and all that is given must hold.

    A fact that is chosen comes whole, with all its evidence. With it come its ends, and the items that say it. Two
    selections of the same words are equal, so a selection may be a key.

    >>> Selection(predicates=("acquired",), start="2021-Q3", min_confidence=0.8)        # doctest: +ELLIPSIS
    Selection(classes=(), predicates=('acquired',), ...)
    """

    classes: tuple[str, ...] = ()
    """Only nodes (entities, events, `Observation`) of these classes and of those below; a fact or a role where both its
    ends are."""
    predicates: tuple[str, ...] = ()
    """Only facts of these relations, by their names, relationship types or inverses; no events, no figures."""
    start: str | None = None
    end: str | None = None
    """Only what was so on some day from `start` to `end`, both at any precision (`2021`, `2021-Q3`, `2021-11-03`) and
    included: by the date that a fact or event tells of itself, else by the dates of the items that say it. What has no
    date at all is left out."""
    min_confidence: float = 0.0
    """Only what is at least as sure, in [0, 1]."""
    statuses: tuple[Status, ...] = ()
    """Only facts and events of these; a figure, which has none, counts as asserted."""
    items: tuple[str, ...] = ()
    """Only what these items say, and whom they mention."""
    around: tuple[str, ...] = ()
    """Only what is within `hops` steps of one of these entities, given by name or id. A step is a fact or a shared
    event that the other wishes let through. Facts between entities that are so near are all there; an event is where
    all its entities are so near; a figure, where its reporter is."""
    hops: int = 1

    def __post_init__(self) -> None:
        for date in (self.start, self.end):
            if date is not None and days_of(date) is None:
                raise UsageError(f"'{date}' is no date; write 2021, 2021-H1, 2021-Q3, 2021-11 or 2021-11-03")
        if self.start and self.end and (self._days[0] > self._days[1]):
            raise UsageError(f"nothing is from {self.start} to {self.end}; give the earlier date first")
        if not 0 <= self.min_confidence <= 1:
            raise UsageError(f"a confidence is from 0 to 1, not {self.min_confidence}")
        for status in self.statuses:
            if status not in STATUSES:
                raise UnknownNameError("status", status, STATUSES)
        if self.hops < 0:
            raise UsageError(f"hops are 0 or more, not {self.hops}")

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self.restricts_statements or bool(self.classes)

    @property
    def restricts_statements(self) -> bool:
        """Whether it chooses by more than classes: then entities of which nothing chosen tells are left out."""
        return bool(
            self.predicates
            or self.start
            or self.end
            or self.min_confidence > 0
            or self.statuses
            or self.items
            or self.around
        )

    @property
    def _days(self) -> _Days:
        start = days_of(self.start) or _LAST
        end = days_of(self.end) or _LAST
        return start[0], end[1]

    def of(self, ledger: Ledger, schema: Schema) -> Ledger | Selected:
        """The part of a ledger that is wanted; the ledger itself where that is all of it.

        Raises UnknownNameError, with the nearest names, for a class, relation, item or entity that is none, UsageError
        for a name that several entities bear.
        """
        if not self:
            return ledger
        for name in self.classes:
            if name not in schema.classes:
                raise UnknownNameError("class", name, tuple(n for n in schema.nearest(name) if n in schema.classes))
        for item in self.items:
            if ledger.item(item) is None:
                raise UnknownNameError("item", item)
        wanted = replace(self, predicates=tuple(sorted(predicates_named(schema, self.predicates))))
        centres = frozenset(entity_named(ledger, name).id for name in self.around)
        return Selected(ledger, schema, wanted, centres)


class Selected:
    """A part of a ledger, read like the ledger: lazily, in the ledger's order.

    What it chooses is settled on the first read; the ids of that are held in memory. Read it within `reading()` where
    others may write.
    """

    def __init__(self, ledger: Ledger, schema: Schema, selection: Selection, centres: frozenset[str]) -> None:
        self._ledger = ledger
        self._schema = schema
        self._wanted = selection
        self._centres = centres
        self._days = selection._days
        self._dated = selection.start is not None or selection.end is not None
        self._below = frozenset(
            c for c in schema.classes if not selection.classes or any(schema.is_a(c, up) for up in selection.classes)
        )

    @property
    def id(self) -> str:
        return self._ledger.id

    @property
    def sequence(self) -> int:
        return self._ledger.sequence

    def lineage(self, sequence: int) -> str:
        return self._ledger.lineage(sequence)

    def reading(self) -> AbstractContextManager[None]:
        return self._ledger.reading()

    # -- what is chosen

    def facts(self, *, predicate: str | None = None, status: Status | None = None) -> Iterator[Fact]:
        for only in self._only(predicate):
            yield from filter(self._shows, self._ledger.facts(predicate=only, status=status))

    def summaries(self) -> Iterator[Summary]:
        if self._wanted.predicates:
            # Those of a few relations are found faster than among all.
            yield from (fact.summary for fact in self.facts())
        else:
            yield from filter(self._shows, self._ledger.summaries())

    def testified(self, *, predicate: str | None = None, status: Status | None = None) -> Iterator[Testified]:
        for only in self._only(predicate):
            for fact, told in self._ledger.testified(predicate=only, status=status):
                if self._shows(fact):
                    yield fact, told

    def void(self) -> Iterator[tuple[str, list[Testimony]]]:
        """Nothing: what is no fact cannot be chosen."""
        return iter(())

    def events(self, *, type: str | None = None, status: Status | None = None) -> Iterator[Event]:
        if not self._wanted.predicates:
            shown = map(self._part_of, self._ledger.events(type=type, status=status))
            yield from (event for event in shown if event is not None)

    def told_events(
        self, *, type: str | None = None, ids: Iterable[str] | None = None
    ) -> Iterator[tuple[Event, Roles]]:
        if self._wanted.predicates:
            return
        for event, roles in self._ledger.told_events(type=type, ids=ids):
            part = self._part_of(event)
            if part is not None:
                # Who is left out is left out as minted too.
                kept = {n.id for n in _fillers(part)}
                canonical: dict[str, str] = {}
                if self._wanted.classes:
                    found = {m: self._ledger.entity(m) for minted in roles.values() for m in minted}
                    canonical = {m: entity.id for m, entity in found.items() if entity is not None}
                yield (
                    part,
                    {
                        role: tuple(m for m in minted if not canonical or canonical.get(m) in kept)
                        for role, minted in roles.items()
                        if role in part.roles
                    },
                )

    def observations(self) -> Iterator[Observation]:
        return (observation for observation, _ in self.told_observations())

    def told_observations(self) -> Iterator[tuple[Observation, str | None]]:
        if self._wanted.predicates or "Observation" not in self._below:
            return
        near = self._near
        for observation, minted in self._ledger.told_observations():
            reporter = observation.reporter
            if self._takes_observation(observation) and (
                near is None or (reporter is not None and reporter.id in near)
            ):
                known = reporter is None or self._is(reporter)
                yield (observation, minted) if known else (replace(observation, reporter=None), None)

    def entities(self) -> Iterator[LedgerEntity]:
        if not self._wanted.restricts_statements:
            yield from (e for e in self._ledger.entities() if e.type in self._below)
            return
        entities, _ = self._told
        yield from (e for e in self._ledger.entities(ids=entities) if e.type in self._below)

    def entity(self, identifier: str, /) -> LedgerEntity | None:
        """The entity that an id stands for, where it is among those chosen."""
        found = self._ledger.entity(identifier)
        if found is None or found.type not in self._below:
            return None
        return found if not self._wanted.restricts_statements or found.id in self._told[0] else None

    def items(self) -> Iterator[NewsItem]:
        """Those that say what is chosen."""
        _, items = self._told
        yield from (item for item in self._ledger.items() if item.id in items)

    def item(self, identifier: str, /) -> NewsItem | None:
        return self._ledger.item(identifier) if identifier in self._told[1] else None

    def mentions(self) -> Iterator[tuple[str, str]]:
        """What the chosen items mention of the chosen entities."""
        entities, items = self._told
        yield from (pair for pair in self._ledger.mentions() if pair[0] in items and pair[1] in entities)

    def namings(self) -> Iterator[tuple[NewsItem, list[Naming]]]:
        entities, items = self._told
        for item, told in self._ledger.namings():
            if item.id in items:
                yield item, [naming for naming in told if naming.entity.id in entities]

    def testimonies(self, fact: str, /) -> list[Testimony]:
        return self._ledger.testimonies(fact)

    def decisions(self) -> list[Decision]:
        """Those on entities that are chosen."""
        entities = self._told[0]
        return [
            d
            for d in self._ledger.decisions()
            if {e.id for i in (d.a, d.b) if (e := self._ledger.entity(i))} <= entities
        ]

    def rows(self) -> dict[str, int]:
        return self._ledger.rows()

    # -- choosing

    @cached_property
    def _told(self) -> tuple[frozenset[str], frozenset[str]]:
        """Ids of the entities and of the items that come with what is chosen."""
        entities: set[str] = set(self._centres)
        items: set[str] = set(self._wanted.items)
        for fact in self.facts():
            entities.update(_ends(fact))
            items.update(fact.items)
        for event in self.events():
            entities.update(n.id for n in _fillers(event))
            items.add(event.evidence.item)
        for observation in self.observations():
            entities.update([observation.reporter.id] if observation.reporter is not None else [])
            items.add(observation.evidence.item)
        if not self._wanted.restricts_statements:
            entities.update(e.id for e in self.entities())
            items.update(item for item, entity in self._ledger.mentions() if entity in entities)
        elif self._wanted.items and not self._centres:
            for item in self._wanted.items:
                entities.update(entity for _, entity in self._ledger.mentions(item=item))
        return frozenset(entities), frozenset(items)

    @cached_property
    def _near(self) -> frozenset[str] | None:
        """Entities within reach; None where reach does not matter."""
        if not self._centres:
            return None
        near: set[str] = set(self._centres)
        edge = set(self._centres)
        for _ in range(self._wanted.hops):
            reached: set[str] = set()
            for entity in sorted(edge):
                for fact in self._ledger.facts(entity=entity):
                    if self._takes_fact(fact):
                        reached.update(_ends(fact))
                for event in self._ledger.events(entity=entity) if not self._wanted.predicates else ():
                    if self._takes_event(event):
                        reached.update(n.id for n in _fillers(self._cut(event)))
            edge = reached - near
            near |= edge
            if not edge:
                break
        return frozenset(near)

    def _only(self, predicate: str | None) -> tuple[str | None, ...]:
        """The relation to read, if it is one; none at all where it is not wanted."""
        wanted = self._wanted.predicates
        if predicate is not None:
            return (predicate,) if not wanted or predicate in wanted else ()
        return (wanted[0] if len(wanted) == 1 else None,)

    def _shows(self, fact: Fact | Summary) -> bool:
        return self._takes_fact(fact) and (self._near is None or self._near.issuperset(_ends(fact)))

    def _part_of(self, event: Event) -> Event | None:
        """What is shown of an event; None where it is not shown."""
        if not self._takes_event(event):
            return None
        part = self._cut(event)
        return part if self._near is None or self._near.issuperset(n.id for n in _fillers(part)) else None

    def _is(self, node: Node) -> bool:
        return node.type in self._below

    def _takes_fact(self, fact: Fact | Summary) -> bool:
        wanted = self._wanted
        return (
            (not wanted.predicates or fact.predicate in wanted.predicates)
            and fact.confidence >= wanted.min_confidence
            and (not wanted.statuses or fact.status in wanted.statuses)
            and self._is(fact.subject)
            and (isinstance(fact.object, LiteralValue) or self._is(fact.object))
            and self._said_by(fact.items)
            and (not self._dated or self._meets(_when(fact.qualifiers) or _hull(fact.first_seen, fact.last_seen)))
        )

    def _takes_event(self, event: Event) -> bool:
        wanted = self._wanted
        return (
            event.confidence >= wanted.min_confidence
            and (not wanted.statuses or event.status in wanted.statuses)
            and (not wanted.classes or event.type in self._below)
            and self._said_by((event.evidence.item,))
            and (not self._dated or self._meets(_when(event.values) or self._published(event.evidence.item)))
        )

    def _takes_observation(self, observation: Observation) -> bool:
        wanted = self._wanted
        return (
            observation.confidence >= wanted.min_confidence
            and (not wanted.statuses or "asserted" in wanted.statuses)
            and self._said_by((observation.evidence.item,))
            and (
                not self._dated
                or self._meets(days_of(observation.period) or self._published(observation.evidence.item))
            )
        )

    def _said_by(self, items: Iterable[str]) -> bool:
        return not self._wanted.items or not set(self._wanted.items).isdisjoint(items)

    def _meets(self, days: _Days | None) -> bool:
        return days is not None and days[0] <= self._days[1] and self._days[0] <= days[1]

    def _published(self, item: str) -> _Days | None:
        found = self._ledger.item(item)
        return None if found is None else days_of(found.published)

    def _cut(self, event: Event) -> Event:
        """The event without fillers of classes that are not wanted."""
        if not self._wanted.classes:
            return event
        roles = {role: tuple(n for n in nodes if self._is(n)) for role, nodes in event.roles.items()}
        return replace(event, roles={role: nodes for role, nodes in roles.items() if nodes})


def _ends(fact: Fact | Summary) -> tuple[str, ...]:
    return (fact.subject.id,) if isinstance(fact.object, LiteralValue) else (fact.subject.id, fact.object.id)


def _fillers(event: Event) -> Iterator[Node]:
    return chain.from_iterable(event.roles.values())


def _when(values: Mapping[str, Value]) -> _Days | None:
    """The days of which qualifiers tell: those of its date or year, or from its beginning to its end."""
    for name in ("date", "year"):
        if (days := days_of(_word(values, name))) is not None:
            return days
    start, end = days_of(_word(values, "from")), days_of(_word(values, "to"))
    if start is None and end is None:
        return None
    return (start or _LAST)[0], (end or _LAST)[1]


def _word(values: Mapping[str, Value], name: str) -> str | None:
    value = values.get(name)
    return str(value) if isinstance(value, str | int) else None


def _hull(first: str | None, last: str | None) -> _Days | None:
    start, end = days_of(first), days_of(last)
    return (start[0], end[1]) if start and end else None
