"""Canonical entities: what all items together call them and take them for, and finding them by name."""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.accounts import LedgerEntity, Likeness
from kg.link import likely
from kg.model import Node
from kg.rollup import class_of, name_of
from kg.scratch import Scratch
from kg.tables import id_of, is_minted, key_of
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.link import Linker
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["Entities"]

_Row: TypeAlias = tuple[Any, ...]
_CHUNK: Final = 400
_MOST: Final = 1000
"""Rows that one search looks at."""
_PIECES: Final = 24
_HELD: Final = 32_768
"""Entities that are remembered, so that memory does not grow with the ledger."""
_TABLE: Final = "CREATE TABLE node (entity INTEGER PRIMARY KEY, id TEXT, name TEXT, type TEXT)"
_FILL: Final = "INSERT OR REPLACE INTO node VALUES (?, ?, ?, ?)"
_NODE: Final = "SELECT id, name, type FROM node WHERE entity = ?"
_VOTES = "SELECT {0} name, type, COUNT(DISTINCT origin) FROM mention {1} GROUP BY {0} name, type"
# Beside them: whom an entity belongs to, and whether others belong to it. Groups come in order, since they are those of
# the primary key; asked for an order, SQLite would sort them once more.
_ALL_VOTES = (
    "SELECT m.entity, c.canonical, EXISTS (SELECT 1 FROM canonical o WHERE o.canonical = m.entity), m.name, m.type,"
    " COUNT(DISTINCT m.origin) FROM mention m LEFT JOIN canonical c ON c.entity = m.entity"
    " GROUP BY m.entity, m.name, m.type"
)


class Entities:
    """Reads of the entities of one ledger. Forgets what it remembers of them whenever the file changed."""

    def __init__(self, store: Store, schema: Schema, linker: Linker) -> None:
        self._store = store
        self._schema = schema
        self._linker = linker
        self._nodes: dict[int, Node] = {}
        """Those that were asked for lately."""
        self._all: Scratch | None = None
        """All of them, where they were read."""
        self._state: object = None

    def get(self, identifier: str) -> LedgerEntity | None:
        """The entity that a minted id, canonical or not, stands for; None where there is none."""
        if not is_minted(identifier, "e"):
            return None
        return self._entity(self._linker.members(key_of(identifier)))

    def all(self, keys: Iterable[int] | None = None) -> Iterator[LedgerEntity]:
        """All canonical entities, or those of the keys."""
        if keys is not None:
            for root in sorted({self._linker.canonical(key) for key in keys}):
                if (entity := self._entity(self._linker.members(root))) is not None:
                    yield entity
            return
        self.refresh()
        state, scratch = self._state, None if self._all is not None else Scratch(_TABLE)
        held: list[_Row] = []
        for entity in self._everyone():
            if scratch is not None:
                held += [(key_of(member), entity.id, entity.name, entity.type) for member in entity.members]
                if len(held) >= _CHUNK:
                    scratch.fill(_FILL, held)
                    held.clear()
            yield entity
        if scratch is not None:
            scratch.fill(_FILL, held)
            if state == self._state:
                self._all = scratch

    def _everyone(self) -> Iterator[LedgerEntity]:
        rows = self._store.rows(_ALL_VOTES)
        for (key, root, several), votes in groupby(rows, key=itemgetter(0, 1, 2)):
            if root is not None:
                continue
            if several:
                if (entity := self._entity(self._linker.members(key))) is not None:
                    yield entity
            else:
                yield self._tell((key,), [row[3:] for row in votes])

    def _entity(self, members: Sequence[int]) -> LedgerEntity | None:
        where = f"WHERE entity IN ({','.join('?' * len(members))})"
        if len(members) <= _CHUNK:
            votes = self._store.all(_VOTES.format("", where), members)
        else:
            votes = [v for m in members for v in self._store.all(_VOTES.format("", "WHERE entity = ?"), (m,))]
        return self._tell(members, votes) if votes else None

    def _tell(self, members: Sequence[int], votes: Sequence[_Row]) -> LedgerEntity:
        if len(members) == len(votes) == 1:
            # As most are.
            ((name, type_, _),) = votes
            id_ = id_of("e", members[0])
            return LedgerEntity(id_, name, type_, (), (type_,), (id_,))
        preferred: dict[str, int] = defaultdict(int)
        classes: dict[str, int] = defaultdict(int)
        names: dict[str, int] = defaultdict(int)
        for name, type_, count in votes:
            names[name] += count
            if type_:
                preferred[name] += count
                classes[type_] += count
        name = name_of(preferred)
        return LedgerEntity(
            id_of("e", members[0]),
            name,
            class_of(classes, self._schema),
            tuple(sorted(names.keys() - {name}, key=lambda n: (-names[n], n))),
            tuple(sorted(classes, key=lambda c: (-classes[c], c))),
            tuple(id_of("e", m) for m in members),
        )

    def node(self, key: int) -> Node:
        """The canonical entity of a key, as it stands at the end of a fact."""
        node = self._nodes.get(key)
        if node is None:
            if len(self._nodes) >= _HELD:
                self._nodes.clear()
            node = self._nodes[key] = self._node(key)
        return node

    def _node(self, key: int) -> Node:
        if self._all is not None and (row := self._all.one(_NODE, (key,))) is not None:
            return Node(*row)
        entity = self._entity(self._linker.members(key))
        return entity.node if entity else Node(id_of("e", key), "", "Agent")

    def refresh(self, *, everything: bool = False) -> None:
        """Forget nodes that others, or this ledger, may have changed since; read all of them where all are needed."""
        state = self._store.state()
        if state != self._state:
            self._nodes, self._all, self._state = {}, None, state
        if everything and self._all is None:
            for _ in self.all():
                pass

    def members(self, identifier: str) -> list[int]:
        """The keys of all minted entities that an id stands for."""
        return self._linker.members(key_of(identifier)) if is_minted(identifier, "e") else []

    # -- by name

    def find(self, name: str, limit: int) -> list[LedgerEntity]:
        """Entities of a name: those that bear it, or else those with a name that begins with it, or else those with a
        name that holds it. Those that prefer it come first, then the most mentioned."""
        folded = fold(name)
        if not folded:
            return []
        for where, parameters in (
            ("folded = ?", (folded,)),
            ("folded >= ? AND folded < ?", (folded, f"{folded}\U0010ffff")),
            ("instr(folded, ?)", (folded,)),
        ):
            rows = self._store.all(
                f"SELECT entity, MAX(preferred) FROM name WHERE {where} GROUP BY entity LIMIT {_MOST}", parameters
            )
            if rows:
                break
        else:
            return []
        preferred: dict[int, int] = defaultdict(int)
        mentions: dict[int, int] = defaultdict(int)
        for entity, is_preferred in rows:
            root = self._linker.canonical(entity)
            preferred[root] = max(preferred[root], is_preferred)
            mentions[root] += self._count(entity)
        order = sorted(preferred, key=lambda root: (-preferred[root], -mentions[root], root))
        found = (self._entity(self._linker.members(root)) for root in order[:limit])
        return [entity for entity in found if entity is not None]

    def _count(self, entity: int) -> int:
        row = self._store.one("SELECT COUNT(*) FROM mention WHERE entity = ?", (entity,))
        return int(row[0]) if row else 0

    def nearest(self, name: str, n: int) -> tuple[str, ...]:
        """Names that come close to one that nobody bears, best first.

        One pass over the index of names counts the letters and pairs of letters that each shares with it; the best few
        hundred are then compared in full. That takes about 0.4 s for a million names.
        """
        folded = fold(name)
        pieces = sorted({folded[i : i + 2] for i in range(len(folded) - 1)} | {c for c in folded if not c.isascii()})
        pieces = (pieces or [folded])[:_PIECES]
        if not folded:
            return ()
        score = " + ".join(["(instr(folded, ?) > 0)"] * len(pieces))
        rows = self._store.all(
            f"SELECT folded, {score} AS score FROM (SELECT DISTINCT folded FROM name WHERE length(folded) <= ?)"
            f" WHERE score > 0 ORDER BY score DESC, abs(length(folded) - ?), folded LIMIT {_MOST // 4}",
            (*pieces, 3 * len(folded) + 8, len(folded)),
        )
        matcher = SequenceMatcher(None, b=folded, autojunk=False)
        scored = []
        for candidate, _ in rows:
            matcher.set_seq1(candidate)
            ratio = matcher.ratio()
            if folded in candidate or candidate in folded:
                ratio = max(ratio, 0.6)
            if ratio >= 0.4:
                scored.append((-ratio, candidate))
        found: dict[str, None] = {}
        for _, candidate in sorted(scored)[:n]:
            row = self._store.one("SELECT MIN(name) FROM name WHERE folded = ?", (candidate,))
            if row is not None:
                found[row[0]] = None
        return tuple(found)

    def likely(self) -> Iterator[Likeness]:
        """Pairs that may be one and are not; see `kg.link.likely`."""
        for a, b, score in likely(self._store, self._linker):
            pair = [self._entity(self._linker.members(key)) for key in (a, b)]
            if pair[0] is not None and pair[1] is not None:
                yield Likeness(pair[0], pair[1], score)
