"""People who just came into a ledger, many at once, and with whom they are one.

`kg.link` says who is one with whom, for everyone and at any time. Those who just came can only be one with those who
are met under the same name with the same witness: that is looked up for all of them together, and settled in memory in
the order of their coming.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kg.store import Store

__all__ = ["meet"]

_PAIRS: Final = 200
"""Pairs in one command."""


def meet(
    store: Store, newcomers: Mapping[int, Collection[tuple[int, int]]], relink: Callable[[Iterable[int]], set[int]]
) -> set[int]:
    """Write down the witnesses of people who just came, and make them one with those that they share a name and a
    witness with. Returns those whose canonical id changed. `newcomers` has (witness, name) for each; where a decision
    speaks of somebody, `relink` is asked."""
    changed: set[int] = set()
    waiting = dict(newcomers)
    while waiting:
        round_ = _Round(store, waiting)
        changed |= round_.settle()
        if round_.decided is not None:
            changed |= relink((round_.decided,))
    return changed


class _Round:
    """What can be settled before a decision has to be looked at."""

    def __init__(self, store: Store, waiting: dict[int, Collection[tuple[int, int]]]) -> None:
        self._store = store
        self._waiting = waiting
        """Whoever is settled is taken out of it."""
        self.decided: int | None = None
        """Of whose group a decision speaks. Its witnesses are written down."""
        self._same = self._groups({witness for pairs in waiting.values() for witness, _ in pairs})
        self._met = self._seen({(w, name) for pairs in waiting.values() for w, name in self._everyone(pairs)})
        root: dict[int, int] = {p: p for p in (*waiting, *self._met.values())}
        root.update(store.among("SELECT entity, canonical FROM canonical WHERE entity IN ({})", list(root)))
        self._root = root
        self._members: dict[int, list[int]] = defaultdict(list)
        sql = "SELECT entity, canonical FROM canonical WHERE canonical IN ({})"
        for entity, head in list(store.among(sql, set(root.values()))):
            root[entity] = head
            self._members[head].append(entity)
        ends = store.all("SELECT a, b FROM decision WHERE undone IS NULL")
        self._spoken_of = {entity for pair in ends for entity in pair}

    def settle(self) -> set[int]:
        """Settle people in their order, up to the first whom a decision concerns."""
        changed: set[int] = set()
        settled: dict[int, Collection[tuple[int, int]]] = {}
        for person, pairs in self._waiting.items():
            settled[person] = pairs
            heads = {self._root.get(person, person)}
            # Those who share name and witness are one already, or a decision keeps them apart: any one will do.
            others = (self._met.get(pair) for pair in self._everyone(pairs))
            heads.update(self._root.get(other, other) for other in others if other is not None)
            if self._spoken_of and any(m in self._spoken_of for h in heads for m in (h, *self._members.get(h, ()))):
                self.decided = person
                break
            changed.update(self._join(heads))
            for pair in pairs:
                self._met.setdefault(pair, person)
        for person in settled:
            del self._waiting[person]
        rows = sorted((*pair, person) for person, pairs in settled.items() for pair in pairs)
        self._store.many("INSERT INTO witness VALUES (?, ?, ?)", rows)
        moved = [(entity, self._root[entity]) for entity in sorted(changed)]
        self._store.many("INSERT OR REPLACE INTO canonical VALUES (?, ?)", moved)
        return changed

    def _join(self, heads: set[int]) -> Iterable[int]:
        """Make groups one. Those whose canonical one is another now."""
        head = min(heads)
        moved = [m for other in heads if other != head for m in (other, *self._members.pop(other, ()))]
        if moved:
            self._members[head] += moved
            self._root.update(dict.fromkeys(moved, head))
        return moved

    def _everyone(self, pairs: Collection[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The pairs, with all who are one with their witnesses."""
        for witness, name in pairs:
            for same in self._same.get(witness, (witness,)):
                yield same, name

    def _groups(self, entities: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Everyone who is one with an entity, itself included, for those that are one with others."""
        sql = "SELECT entity, canonical FROM canonical WHERE {} IN ({{}})"
        heads = dict(self._store.among(sql.format("entity"), entities))
        groups: dict[int, list[int]] = defaultdict(list)
        for entity, head in self._store.among(sql.format("canonical"), {*entities, *heads.values()}):
            groups[head].append(entity)
        everyone = {head: (head, *others) for head, others in groups.items()}
        return {e: everyone[heads.get(e, e)] for e in entities if heads.get(e, e) in everyone}

    def _seen(self, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """For each pair of witness and name somebody who is seen so, where there is anybody."""
        found = {}
        waiting = iter(sorted(pairs))
        while some := list(islice(waiting, _PAIRS)):
            sql = (
                f"WITH sought(witness, name) AS (VALUES {','.join(['(?, ?)'] * len(some))})"
                " SELECT witness, name, (SELECT person FROM witness w WHERE w.witness = s.witness AND w.name = s.name"
                " LIMIT 1) FROM sought s"
            )
            for witness, name, person in self._store.rows(sql, [value for pair in some for value in pair]):
                if person is not None:
                    found[witness, name] = person
        return found
