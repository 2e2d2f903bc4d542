"""Events, observations and items as readers of a ledger see them, and what changed.

Everything is read lazily, in the order of ids, or of arrival for items.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kg.accounts import Changes
from kg.codec import values_of
from kg.facts import chunks, evidence_of
from kg.model import Event, NewsItem, Node, Observation
from kg.tables import first_row, id_of, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kg.entities import Entities
    from kg.groups import Groups
    from kg.link import Linker
    from kg.model import Status
    from kg.store import Store

__all__ = ["Naming", "Roles", "Views"]

_Row: TypeAlias = tuple[Any, ...]
Roles: TypeAlias = "Mapping[str, tuple[str, ...]]"
"""Who fills which role, as minted."""


class Naming(NamedTuple):
    """What one item calls an entity."""

    minted: str
    entity: Node
    """Which entity that is now, as all items call it."""
    names: tuple[tuple[str, str], ...]
    """Names with the class that the item gives the entity by that name; empty for an alias. Preferred names first."""


_EVENT = (
    'SELECT v.key, v.type, v.status, v.confidence, v."values", v.extractor,'
    ' i.id, p.start, p."end", p.text, p.sentence, p.field, v.refs, v.cue'
    " FROM event v JOIN item i ON i.key = v.item JOIN passage p ON p.key = v.passage"
)
_OBSERVATION = (
    "SELECT o.key, o.indicator, o.value, o.unit, o.period, o.scope, o.change, o.reporter, o.confidence, o.extractor,"
    ' i.id, p.start, p."end", p.text, p.sentence, p.field, o.refs, o.cue'
    " FROM observation o JOIN item i ON i.key = o.item JOIN passage p ON p.key = o.passage"
)
_ROLES = "SELECT event, role, entity FROM event_role"
_ITEM = "SELECT id, title, source, section, published, reference, url, origin FROM item"


class Views:
    """Reads of one ledger, beside entities and facts."""

    def __init__(self, store: Store, linker: Linker, entities: Entities, groups: Groups) -> None:
        self._store = store
        self._linker = linker
        self._entities = entities
        self._groups = groups

    def events(
        self,
        *,
        keys: Iterable[int] | None = None,
        type: str | None = None,
        status: Status | None = None,
        entity: str | None = None,
    ) -> Iterator[Event]:
        """Events, of the keys or all; those that the filters let through."""
        return (event for event, _ in self.told_events(keys=keys, type=type, status=status, entity=entity))

    def told_events(
        self,
        *,
        keys: Iterable[int] | None = None,
        type: str | None = None,
        status: Status | None = None,
        entity: str | None = None,
    ) -> Iterator[tuple[Event, Roles]]:
        """As `events`, each with its roles as the item's entities were minted, in their order there."""
        if keys is None and type is not None:
            # Few, mostly: then their entities are looked up one by one.
            keys = [key for (key,) in self._store.all("SELECT key FROM event WHERE type = ?", (type,))]
        self._entities.refresh(everything=keys is None and entity is None)
        if entity is not None:
            sql = "SELECT event FROM event_role WHERE entity = ?"
            found = {k for m in self._entities.members(entity) for (k,) in self._store.rows(sql, (m,))}
            keys = found if keys is None else found.intersection(keys)
        conditions = {"v.type": type, "v.status": status}
        fillers = self._fillers_in_turn() if keys is None else self._fillers_of
        for row in self._select(_EVENT, "v", keys, conditions):
            roles: dict[str, list[Node]] = defaultdict(list)
            minted: dict[str, list[str]] = defaultdict(list)
            for _, role, filler in fillers(row[0]):
                node = self._entities.node(filler)
                minted[role].append(id_of("e", filler))
                if node not in roles[role]:
                    roles[role].append(node)
            event = _event(row, {role: tuple(nodes) for role, nodes in roles.items()})
            yield event, {role: tuple(ids) for role, ids in minted.items()}

    def _fillers_of(self, event: int) -> Iterable[_Row]:
        """Event, role and entity of an event's roles."""
        return self._store.all(f"{_ROLES} WHERE event = ? ORDER BY role, number", (event,))

    def _fillers_in_turn(self) -> Callable[[int], Iterable[_Row]]:
        """As `_fillers_of`, for events that are asked for in the order of their keys: one reading for all."""
        rows = self._store.rows(f"{_ROLES} ORDER BY event, role, number")
        ahead = next(rows, None)

        def fillers(event: int) -> Iterator[_Row]:
            nonlocal ahead
            while ahead is not None and ahead[0] <= event:
                if ahead[0] == event:
                    yield ahead
                ahead = next(rows, None)

        return fillers

    def observations(self, *, keys: Iterable[int] | None = None, entity: str | None = None) -> Iterator[Observation]:
        """Observations, of the keys or all; `entity` is who reported them."""
        return (observation for observation, _ in self.told_observations(keys=keys, entity=entity))

    def told_observations(
        self, *, keys: Iterable[int] | None = None, entity: str | None = None
    ) -> Iterator[tuple[Observation, str | None]]:
        """As `observations`, each with its reporter as minted."""
        self._entities.refresh()
        if entity is not None:
            sql = "SELECT key FROM observation WHERE reporter = ?"
            found = {k for m in self._entities.members(entity) for (k,) in self._store.rows(sql, (m,))}
            keys = found if keys is None else found.intersection(keys)
        for row in self._select(_OBSERVATION, "o", keys, {}):
            key, indicator, value, unit, period, scope, change, minted, confidence, extractor = row[:10]
            what = (id_of("b", key), indicator, value, unit, period, scope, change)
            reporter = None if minted is None else self._entities.node(minted)
            observation = Observation(*what, reporter, confidence, evidence_of(row[10:]), extractor)
            yield observation, None if minted is None else id_of("e", minted)

    def _select(
        self, sql: str, table: str, keys: Iterable[int] | None, conditions: Mapping[str, str | None]
    ) -> Iterator[_Row]:
        given = {column: value for column, value in conditions.items() if value is not None}
        where = [f"{column} = ?" for column in given]
        parts: Iterable[list[int]] = [[]] if keys is None else chunks(sorted(keys))
        for chunk in parts:
            all_ = [*where, f"{table}.key IN ({','.join('?' * len(chunk))})"] if keys is not None else where
            tail = f" WHERE {' AND '.join(all_)}" if all_ else ""
            yield from self._store.rows(f"{sql}{tail} ORDER BY {table}.key", (*given.values(), *chunk))

    # -- items

    def items(self, ids: Iterable[str] | None = None) -> Iterator[NewsItem]:
        """Items in the order in which they came, or those of the ids, sorted. Their text is not kept: `text` and
        `blocks` are empty."""
        if ids is None:
            yield from (_item(row) for row in self._store.rows(f"{_ITEM} ORDER BY key"))
            return
        for identifier in sorted(set(ids)):
            row = self._store.one(f"{_ITEM} WHERE id = ?", (identifier,))
            if row is not None:
                yield _item(row)

    def mentions(
        self, *, since: int = 0, entity: str | None = None, item: str | None = None
    ) -> Iterator[tuple[str, str]]:
        """Which item mentions which canonical entity, each pair once, by item."""
        sql = (
            "SELECT DISTINCT i.id, COALESCE(c.canonical, m.entity) FROM mention m {} JOIN item i ON i.key = m.item"
            " LEFT JOIN canonical c ON c.entity = m.entity WHERE {} ORDER BY m.item, 2"
        )
        if entity is not None:
            members = self._entities.members(entity)
            told = {
                pair
                for m in members
                for pair in self._store.rows(sql.format("", "m.entity = ?"), (m,))
                if item is None or pair[0] == item
            }
            pairs: Iterable[_Row] = sorted(told)
        elif item is not None:
            pairs = self._store.rows(sql.format("INDEXED BY mention_item", "i.id = ?"), (item,))
        else:
            yield from self._all_mentions(since)
            return
        for identifier, key in pairs:
            yield identifier, id_of("e", key)

    def _all_mentions(self, since: int) -> Iterator[tuple[str, str]]:
        # Each id comes many times, and looking it up takes less time, and no memory, where making it anew does.
        items = dict(self._store.rows("SELECT key, id FROM item WHERE key > ?", (since,)))
        entities: dict[int, str] = {}
        for item, key in self._store.rows(
            "SELECT DISTINCT m.item, COALESCE(c.canonical, m.entity) FROM mention m INDEXED BY mention_item"
            " LEFT JOIN canonical c ON c.entity = m.entity WHERE m.item > ? ORDER BY m.item, 2",
            (since,),
        ):
            entity = entities.get(key)
            if entity is None:
                entity = entities[key] = id_of("e", key)
            yield items[item], entity

    def namings(self, ids: Iterable[str] | None = None) -> Iterator[tuple[NewsItem, list[Naming]]]:
        """Items in the order of their ids, all or those of the ids, each with what it calls whom it mentions."""
        sql = (
            "SELECT m.entity, COALESCE(c.canonical, m.entity), m.name, m.type FROM mention m INDEXED BY mention_item"
            " LEFT JOIN canonical c ON c.entity = m.entity WHERE m.item = ?"
            " ORDER BY m.entity, m.type = '', m.name, m.type"
        )
        self._entities.refresh(everything=ids is None)
        node, item = self._entities.node, f"SELECT key, {_ITEM.removeprefix('SELECT ')}"
        if ids is None:
            rows: Iterable[_Row] = self._store.rows(f"{item} ORDER BY id")
        else:
            rows = (row for i in sorted(set(ids)) for row in self._store.all(f"{item} WHERE id = ?", (i,)))
        for row in rows:
            told = groupby(self._store.all(sql, row[:1]), key=itemgetter(0, 1))
            namings = [
                Naming(id_of("e", minted), node(root), tuple((name, cls) for _, _, name, cls in names))
                for (minted, root), names in told
            ]
            yield _item(row[1:]), namings

    # -- changes

    def changes(self, since: int) -> Changes:
        """What was added, changed or went since a sequence number; see `Changes`."""
        sequence = self._store.one("SELECT sequence FROM state")
        logged: dict[str, set[str]] = defaultdict(set)
        for kind, identifier in self._store.rows("SELECT kind, id FROM change WHERE sequence > ?", (since,)):
            logged[kind].add(identifier)
        items = {i for (i,) in self._store.rows("SELECT id FROM item WHERE key > ?", (since,))} | logged["item"]
        statements = self._keys("SELECT statement FROM evidence NOT INDEXED WHERE key >= ?", first_row(since + 1))
        statements |= {key_of(i) for i in logged["statement"]}
        events = self._keys("SELECT key FROM event WHERE item > ?", since) | {key_of(i) for i in logged["event"]}
        figures = self._keys("SELECT key FROM observation WHERE item > ?", since)
        figures |= {key_of(i) for i in logged["observation"]}
        entities = self._keys("SELECT entity FROM mention INDEXED BY mention_item WHERE item > ?", since)
        linked = {key_of(i) for i in logged["link"]}
        entities |= {key_of(i) for i in logged["entity"]} | linked
        for entity in linked:
            # The ends of what they take part in have other ids now.
            statements |= self._keys("SELECT key FROM statement WHERE subject = ?", entity)
            statements |= self._keys("SELECT key FROM statement WHERE object = ?", entity)
            events |= self._keys("SELECT event FROM event_role WHERE entity = ?", entity)
            figures |= self._keys("SELECT key FROM observation WHERE reporter = ?", entity)
        facts = {k for key in statements for k in (key, *self._groups.of(key))}
        entities |= {self._linker.canonical(e) for e in entities}
        return Changes(
            since,
            sequence[0] if sequence else 0,
            frozenset(items),
            frozenset(id_of("e", k) for k in entities),
            frozenset(id_of("s", k) for k in facts),
            frozenset(id_of("v", k) for k in events),
            frozenset(id_of("b", k) for k in figures),
            frozenset(id_of("e", k) for k in linked | {self._linker.canonical(e) for e in linked}),
        )

    def _keys(self, sql: str, *parameters: int) -> set[int]:
        return {key for (key,) in self._store.rows(sql, parameters)}


def _event(row: _Row, roles: Mapping[str, tuple[Node, ...]]) -> Event:
    key, type_, status, confidence, values, extractor = row[:6]
    evidence = evidence_of(row[6:])
    return Event(id_of("v", key), type_, status, roles, values_of(values), confidence, evidence, extractor)


def _item(row: _Row) -> NewsItem:
    identifier, title, source, section, published, reference, url, origin = row
    return NewsItem(identifier, title, "", (), source, section, published, reference, url, origin)
