"""Which entity a name means across items.

Organisations, places, products … of one name and kind are one by their id. Beyond that, two minted entities are one

- where an item declares the other's preferred name as an alias (以下简称蓝湖 joins 蓝湖科技有限公司 and 蓝湖), unless
  a statement relates the two, or the alias is declared for several entities that nothing else makes one (交大);
- for people, who are minted per item: where they share their preferred name and a *witness*, an organisation, project,
  award or conference that both are seen with;
- where a person decided so; and never where a person decided against it, whatever the rest says.

All of it is derived from the rows that are there now, never from the order in which they came, and nothing is merged
for good: when rows go, `canonical` becomes what it would be had they never been. Only what a change can reach is looked
at. Likeness of names merges nothing; it yields candidates to decide on.
"""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, TypeAlias

from kg.newcomers import meet
from kg.tables import text_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kg.store import Store

__all__ = ["WITNESSES", "Linker", "likely", "partition"]

WITNESSES: Final = frozenset(("organization", "project", "award", "event"))
"""Kinds of entities that tell people of one name apart."""

_PERSON: Final = "person"
_ALIKE: Final = 0.75
_WINDOW: Final = 4
"""So many names that sort next to each other are compared."""

Pair: TypeAlias = tuple[int, int]
"""Two entities, the smaller first."""


class _Sets:
    """Disjoint sets that never join two members which are kept apart. The smallest member is a set's root."""

    def __init__(self, members: Iterable[int], apart: Iterable[Pair]) -> None:
        self.root = {m: m for m in members}
        self._members = {m: [m] for m in self.root}
        self._apart: dict[int, set[int]] = defaultdict(set)
        for a, b in apart:
            self._apart[a].add(b)
            self._apart[b].add(a)

    def join(self, a: int, b: int) -> bool:
        """Make two sets one. Whether they are one now."""
        a, b = sorted((self.root[a], self.root[b]))
        if a == b:
            return True
        if self._apart:
            kept_away = {other for m in self._members[b] for other in self._apart.get(m, ())}
            if not kept_away.isdisjoint(self._members[a]):
                return False
        for member in self._members[b]:
            self.root[member] = a
        self._members[a] += self._members.pop(b)
        return True


def partition(
    members: Iterable[int],
    merges: Iterable[Pair],
    splits: Iterable[Pair],
    declared: Mapping[tuple[str, str], tuple[Collection[int], Collection[int]]],
    related: Collection[Pair],
    shared: Mapping[Pair, Iterable[int]],
) -> dict[int, int]:
    """Every member's canonical one. It depends on what is given, not on its order.

    `merges` and `splits` are decisions; `declared` has for a kind and an alias those for whom it is declared and those
    whose preferred name it is; `related` are ends of one statement; `shared` has for a name and a witness the people
    seen so.
    """
    sets = _Sets(members, splits)
    for a, b in sorted(merges):
        sets.join(a, b)
    unsure = sorted(declared)
    before = -1
    while before != len(unsure):
        # Whatever became one in this round may settle whom an alias means in the next.
        before, waiting, unsure = len(unsure), unsure, []
        for key in waiting:
            declarers, owners = declared[key]
            if len({sets.root[d] for d in declarers}) > 1:
                unsure.append(key)
                continue
            for owner in sorted(owners):
                for declarer in sorted(declarers):
                    if _pair(owner, declarer) not in related:
                        sets.join(declarer, owner)
    for _, people in sorted(shared.items()):
        heads: list[int] = []
        for person in sorted(people):
            if not any(sets.join(head, person) for head in heads):
                heads.append(person)
    return sets.root


class Linker:
    """Keeps `canonical` true to the other tables. What changes rows runs within the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- groups as they are

    def canonical(self, entity: int) -> int:
        row = self._store.one("SELECT canonical FROM canonical WHERE entity = ?", (entity,))
        return entity if row is None else int(row[0])

    def members(self, entity: int) -> list[int]:
        """Everyone who is one with an entity, itself included, smallest first."""
        root = self.canonical(entity)
        return sorted((root, *self._column("SELECT entity FROM canonical WHERE canonical = ?", root)))

    # -- bringing them up to date

    def relink(self, touched: Iterable[int]) -> set[int]:
        """Derive anew the groups that the touched entities are, were, or could be in; they may be gone. Returns the
        entities whose canonical id changed or whose group lost members to another."""
        touched = [e for e in touched if not self._alone(e)]
        if not touched:
            return set()
        kinds = self._kinds(touched)
        people = {e for e in touched if kinds.get(e, _PERSON) == _PERSON}
        others = {e for e in touched if kinds.get(e) != _PERSON}
        changed = self._regroup(others, self._by_name, self._groups_by_name)
        for entity in changed:
            # Witnesses that became one, or several, make people so.
            people.update(self._column("SELECT DISTINCT person FROM witness WHERE witness = ?", entity))
        return changed | self._regroup(people, self._by_witness, self._groups_by_witness)

    def meet(self, newcomers: Mapping[int, Collection[Pair]]) -> set[int]:
        """As `relink` for people who just came, without looking at all their namesakes. For each it is given with whom
        and as what they are seen, (witness, name); that is written down here."""
        return meet(self._store, newcomers, self.relink)

    def lost_witnesses(self) -> Iterator[str]:
        """Where `witness` is not what the other tables make of it."""
        listed: dict[int, set[Pair]] = defaultdict(set)
        for witness, name, person in self._store.rows("SELECT witness, name, person FROM witness"):
            listed[person].add((witness, name))
        for person in self._column("SELECT key FROM entity WHERE kind = 'person'"):
            if listed.pop(person, set()) != self._seen_with(person):
                yield f"the witnesses of person e{person:016x} are not those of its statements"
        for person in listed:
            yield f"there are witnesses of e{person:016x}, which is no person"

    def problems(self) -> Iterator[str]:
        """Where `canonical` is not what the other tables make of it."""
        for touched, neighbours, groups in (
            (self._joinable_by_name(), self._by_name, self._groups_by_name),
            (self._joinable_by_witness(), self._by_witness, self._groups_by_witness),
        ):
            people = neighbours == self._by_witness
            listed = {
                e: root
                for e, root, kind in self._store.rows(
                    "SELECT c.entity, c.canonical, e.kind FROM canonical c LEFT JOIN entity e ON e.key = c.entity"
                )
                if (kind == _PERSON) == people
            }
            expected = groups(self._closure({*touched, *listed}, neighbours))
            linked = {e: root for e, root in expected.items() if e != root}
            for entity in sorted(linked.keys() | listed.keys()):
                if linked.get(entity) != listed.get(entity):
                    is_, ought = listed.get(entity, entity), linked.get(entity, entity)
                    yield f"entity e{entity:016x} is linked to e{is_:016x}, but the rows say e{ought:016x}"

    def _alone(self, entity: int) -> bool:
        """Whether nobody else has one of its names, and it is in no group and no decision: what most newcomers are."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM name n JOIN name o ON o.folded = n.folded AND o.entity <> n.entity"
            " WHERE n.entity = ?) OR EXISTS (SELECT 1 FROM canonical WHERE entity = ?)"
            " OR EXISTS (SELECT 1 FROM canonical WHERE canonical = ?)"
            " OR EXISTS (SELECT 1 FROM decision WHERE a = ?) OR EXISTS (SELECT 1 FROM decision WHERE b = ?)"
        )
        return self._store.one(sql, (entity,) * 5) == (0,)

    def _regroup(self, touched: set[int], neighbours: _Neighbours, groups: _Groups) -> set[int]:
        if not touched:
            return set()
        # What was one with a touched entity may be so no longer.
        start = {m for entity in touched for m in (entity, *self.members(entity))}
        kinds = self._kinds(start)
        people = neighbours == self._by_witness
        made = groups(self._closure((e for e, kind in kinds.items() if (kind == _PERSON) == people), neighbours))
        changed: set[int] = set()
        former: dict[int, list[int]] = defaultdict(list)
        for entity, root in made.items():
            old = self.canonical(entity)
            former[old].append(entity)
            if old != root:
                changed.add(entity)
        for members in former.values():
            if len({made[m] for m in members}) > 1:
                changed.update(members)
        moved = [(e, made[e]) for e in changed]
        self._store.many("DELETE FROM canonical WHERE entity = ?", [(e,) for e in (*(start - kinds.keys()), *changed)])
        self._store.many("INSERT INTO canonical VALUES (?, ?)", [(e, root) for e, root in moved if e != root])
        return changed

    def _closure(self, start: Iterable[int], neighbours: _Neighbours) -> set[int]:
        found = set(start)
        queue = list(found)
        while queue:
            for other in neighbours(queue.pop()):
                if other not in found:
                    found.add(other)
                    queue.append(other)
        return found

    # -- by name

    def _by_name(self, entity: int) -> Iterator[int]:
        """Those with whom a declared alias or a decision could make it one."""
        yield from self._merged(entity)
        yield from self._column(
            "SELECT o.entity FROM name n JOIN entity e ON e.key = n.entity"
            " JOIN name o ON o.folded = n.folded AND o.entity <> n.entity"
            " AND ((n.alias AND o.preferred) OR (n.preferred AND o.alias))"
            " JOIN entity k ON k.key = o.entity AND k.kind = e.kind WHERE n.entity = ?",
            entity,
        )

    def _joinable_by_name(self) -> Iterable[int]:
        sql = (
            "SELECT DISTINCT o.entity FROM name n JOIN name o ON o.folded = n.folded AND o.entity <> n.entity"
            f" JOIN entity k ON k.key = o.entity AND k.kind <> '{_PERSON}' WHERE n.alias AND o.preferred"
        )
        return (*self._column(sql), *(e for e in self._decided_ends() if self._kinds((e,)).get(e, _PERSON) != _PERSON))

    def _groups_by_name(self, members: set[int]) -> dict[int, int]:
        declared: dict[tuple[str, str], tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        for entity in members:
            sql = (
                "SELECT e.kind, n.folded, n.alias, n.preferred FROM name n JOIN entity e ON e.key = n.entity"
                " WHERE n.entity = ?"
            )
            rows = self._store.all(sql, (entity,))
            preferred = {folded for _, folded, _, is_preferred in rows if is_preferred}
            for kind, folded, is_alias, _ in rows:
                if folded in preferred:
                    declared[kind, folded][1].add(entity)
                elif is_alias:
                    declared[kind, folded][0].add(entity)
        pairs = {key: sides for key, sides in declared.items() if all(sides)}
        related = {
            _pair(d, o)
            for declarers, owners in pairs.values()
            for d in declarers
            for o in owners
            if self._related(d, o)
        }
        merges, splits = self._verdicts(members)
        return partition(members, merges, splits, pairs, related, {})

    def _related(self, a: int, b: int) -> bool:
        sql = "SELECT 1 FROM statement WHERE subject = ? AND object = ?"
        return self._store.one(sql, (a, b)) is not None or self._store.one(sql, (b, a)) is not None

    # -- by witness

    def _by_witness(self, person: int) -> Iterator[int]:
        """Those with whom a shared witness or a decision could make a person one."""
        yield from self._merged(person)
        for witness, name in self._store.all("SELECT witness, name FROM witness WHERE person = ?", (person,)):
            for same in self.members(witness):
                yield from self._column("SELECT person FROM witness WHERE witness = ? AND name = ?", same, name)

    def _joinable_by_witness(self) -> Iterable[int]:
        sql = (
            "SELECT DISTINCT person FROM witness WHERE name IN"
            " (SELECT name FROM witness GROUP BY name HAVING COUNT(DISTINCT person) > 1)"
        )
        return (*self._column(sql), *(e for e in self._decided_ends() if self._kinds((e,)).get(e) == _PERSON))

    def _groups_by_witness(self, members: set[int]) -> dict[int, int]:
        shared: dict[Pair, set[int]] = defaultdict(set)
        for person in members:
            for witness, name in self._store.all("SELECT witness, name FROM witness WHERE person = ?", (person,)):
                shared[name, self.canonical(witness)].add(person)
        merges, splits = self._verdicts(members)
        return partition(members, merges, splits, {}, (), shared)

    # -- decisions

    def _decisions(self, entity: int) -> dict[Pair, str]:
        """Pairs that it is part of → the verdict in force."""
        rows = self._store.all(
            "SELECT a, b, verdict FROM decision WHERE undone IS NULL AND (a = ? OR b = ?) ORDER BY key",
            (entity, entity),
        )
        return {_pair(a, b): verdict for a, b, verdict in rows}

    def _merged(self, entity: int) -> Iterable[int]:
        others = [a if b == entity else b for (a, b), v in self._decisions(entity).items() if v == "merge"]
        return self._kinds(others).keys()

    def _verdicts(self, members: Collection[int]) -> tuple[list[Pair], list[Pair]]:
        """The merges and the splits between members."""
        found: dict[Pair, str] = {}
        for member in members:
            found.update(self._decisions(member))
        inside = {pair: v for pair, v in found.items() if pair[0] in members and pair[1] in members}
        return [p for p, v in inside.items() if v == "merge"], [p for p, v in inside.items() if v == "split"]

    def decided(self, entities: Iterable[int]) -> set[int]:
        """Those of the entities that a decision speaks of, in force or not."""
        if self._store.one("SELECT 1 FROM decision LIMIT 1") is None:
            return set()
        sql = "SELECT {0} FROM decision WHERE {0} IN ({{}})"
        entities = list(entities)
        return {e for end in "ab" for (e,) in self._store.among(sql.format(end), entities)}

    def _decided_ends(self) -> list[int]:
        live = "SELECT {0} FROM decision JOIN entity ON entity.key = {0} WHERE undone IS NULL"
        return self._column(f"{live.format('a')} UNION {live.format('b')}")

    # -- witnesses

    def witness(self, person: int) -> None:
        """Write down anew whom a person is seen with; where there is no such person any more, nobody."""
        self._store.execute("DELETE FROM witness WHERE person = ?", (person,))
        self._store.many("INSERT INTO witness VALUES (?, ?, ?)", [(w, n, person) for w, n in self._seen_with(person)])

    def _seen_with(self, person: int) -> set[Pair]:
        """Witness and name, for every witness of a person and every name that some item prefers for them."""
        sql = (
            "SELECT object FROM statement WHERE subject = ? AND object IS NOT NULL"
            " UNION SELECT subject FROM statement WHERE object = ?"
            " UNION SELECT o.entity FROM event_role r JOIN event_role o ON o.event = r.event WHERE r.entity = ?"
        )
        kinds = self._kinds(self._column(sql, person, person, person))
        called = self._store.all("SELECT DISTINCT folded FROM name WHERE entity = ? AND preferred", (person,))
        return {(other, text_key(name)) for other, kind in kinds.items() if kind in WITNESSES for (name,) in called}

    # -- rows

    def _kinds(self, entities: Iterable[int]) -> dict[int, str]:
        """The kinds of those that exist."""
        return dict(self._store.among("SELECT key, kind FROM entity WHERE key IN ({})", entities))

    def _column(self, sql: str, *parameters: int) -> list[int]:
        return [value for (value,) in self._store.all(sql, parameters)]


def _pair(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


def likely(store: Store, linker: Linker) -> Iterator[tuple[int, int, float]]:
    """Pairs of entities of one kind that are not one and whose names are alike, with how alike, in (0, 1].

    Names are compared with the few that sort next to them, so the work is linear, and likeness at the end of names
    (上海蓝湖, 蓝湖) is not found. Pairs that were decided upon are left out. Each pair comes once.
    """
    sql = "SELECT n.folded, n.entity, e.kind FROM name n JOIN entity e ON e.key = n.entity ORDER BY n.folded, n.entity"
    window: list[tuple[str, int, str]] = []
    seen: set[Pair] = set()
    for folded, entity, kind in store.all(sql):
        for other, neighbour, its_kind in window:
            pair = _pair(entity, neighbour)
            if kind != its_kind or entity == neighbour or pair in seen:
                continue
            score = 1.0 if folded == other else SequenceMatcher(None, folded, other).ratio()
            if folded.startswith(other) and len(other) > 1:
                score = max(score, _ALIKE)
            if score >= _ALIKE and linker.canonical(entity) != linker.canonical(neighbour):
                seen.add(pair)
                if pair not in linker._decisions(entity):
                    yield (*pair, round(score, 3))
        window = [*window[1 - _WINDOW :], (folded, entity, kind)]


_Neighbours: TypeAlias = "Callable[[int], Iterable[int]]"
_Groups: TypeAlias = "Callable[[set[int]], dict[int, int]]"
