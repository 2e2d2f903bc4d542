"""Which statements are one fact, since their ends were minted apart and are one entity now.

How many these are depends on how many entities were joined, so all of them together are never held in memory.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.link import Linker
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["Groups", "Joined"]

_Row: TypeAlias = tuple[Any, ...]

_TABLES: Final = """
-- Statements with an end that is one with others, as what tells facts apart; keys of canonical entities.
CREATE TABLE linked (
  key INTEGER, predicate TEXT, subject INTEGER, object INTEGER, value TEXT, datatype TEXT, marks TEXT
);
-- Those of them that are one fact with others, and the smallest that is.
CREATE TABLE joined (key INTEGER PRIMARY KEY, first INTEGER NOT NULL);
"""
_JOIN: Final = """
INSERT INTO joined SELECT key, first FROM (
  SELECT key, MIN(key) OVER same AS first, COUNT(*) OVER same AS size FROM linked
  WINDOW same AS (PARTITION BY predicate, subject, object, value, datatype, marks)
) WHERE size > 1 ORDER BY key
"""
_IN_GROUPS: Final = "SELECT entity FROM canonical UNION ALL SELECT DISTINCT canonical FROM canonical"
_LINKED: Final = (
    "SELECT s.key, s.predicate, COALESCE(a.canonical, s.subject), COALESCE(b.canonical, s.object), s.value,"
    f" s.datatype, s.marks FROM ({_IN_GROUPS}) g CROSS JOIN statement s ON s.{{}} = g.entity"
    " LEFT JOIN canonical a ON a.entity = s.subject LEFT JOIN canonical b ON b.entity = s.object"
)
_NOT_BY_SUBJECT: Final = (
    " WHERE a.entity IS NULL AND NOT EXISTS (SELECT 1 FROM canonical WHERE canonical.canonical = s.subject)"
)


class Groups:
    """Reads of the statements of one ledger that are one fact."""

    def __init__(self, store: Store, schema: Schema, linker: Linker) -> None:
        self._store = store
        self._schema = schema
        self._linker = linker
        self._joined: Joined | None = None
        self._state: object = None

    def symmetric(self, predicate: str) -> bool:
        """Whether the order of the ends of a relation says nothing."""
        known = self._schema.properties.get(predicate)
        return known is not None and known.symmetric

    def of(self, key: int) -> list[int]:
        """The statements that are one fact with that of the key, smallest first; empty where there is none."""
        sql = "SELECT predicate, subject, object, value, datatype, marks FROM statement WHERE key = ?"
        row = self._store.one(sql, (key,))
        if row is None:
            return []
        predicate, subject, object_, *rest = row
        subjects = self._linker.members(subject)
        objects = [None] if object_ is None else self._linker.members(object_)
        if len(subjects) == 1 and len(objects) == 1:
            return [key]
        found = {key}
        both = self.symmetric(predicate)
        sql = (
            "SELECT key FROM statement WHERE subject = ? AND object IS ? AND predicate = ? AND value IS ?"
            " AND datatype IS ? AND marks = ?"
        )
        for s in subjects:
            for o in objects:
                ends = [(s, o), (o, s)] if both and o is not None else [(s, o)]
                for a, b in ends:
                    found.update(k for (k,) in self._store.rows(sql, (a, b, predicate, *rest)))
        return sorted(found)

    def all(self) -> Joined:
        """All statements that are one fact with others, as the ledger is now."""
        state = self._store.state()
        if self._joined is None or state != self._state:
            scratch = Scratch(_TABLES)
            rows = chain(
                self._store.rows(_LINKED.format("subject")),
                self._store.rows(_LINKED.format("object") + _NOT_BY_SUBJECT),
            )
            scratch.fill("INSERT INTO linked VALUES (?, ?, ?, ?, ?, ?, ?)", map(self._ordered, rows))
            scratch.execute(_JOIN)
            scratch.execute("CREATE INDEX joined_first ON joined (first)")
            self._joined, self._state = Joined(scratch), state
        return self._joined

    def _ordered(self, row: _Row) -> _Row:
        """A statement whose ends are in the order that a symmetric relation has them in."""
        key, predicate, subject, object_, *rest = row
        if object_ is not None and object_ < subject and self.symmetric(predicate):
            return (key, predicate, object_, subject, *rest)
        return row


class Joined:
    """Statements that are one fact with others, and those whose two ends are one."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch

    def keys(self) -> Iterator[int]:
        """Those that are one fact with others."""
        return (key for (key,) in self._scratch.rows("SELECT key FROM joined ORDER BY key"))

    def void(self) -> Iterator[int]:
        """Those whose two ends are one, in order: they say nothing, and are no facts."""
        return (key for (key,) in self._scratch.rows("SELECT key FROM linked WHERE subject = object ORDER BY key"))

    def others(self, first: int) -> list[int]:
        """Those that are one fact with the smallest of them, in order."""
        sql = "SELECT key FROM joined WHERE first = ? AND key <> first ORDER BY key"
        return [key for (key,) in self._scratch.rows(sql, (first,))]

    def firsts(self) -> Callable[[int], int | None]:
        """The smallest statement that is one fact with one, None where that is alone: for keys that are asked for in
        their order."""
        rows = self._scratch.rows("SELECT key, first FROM joined ORDER BY key")
        ahead = next(rows, None)

        def first(key: int) -> int | None:
            nonlocal ahead
            while ahead is not None and ahead[0] < key:
                ahead = next(rows, None)
            return ahead[1] if ahead is not None and ahead[0] == key else None

        return first
