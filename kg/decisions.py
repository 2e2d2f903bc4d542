"""What a person decided about two entities: kept as rows, each of which can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.accounts import Decision
from kg.errors import UnknownNameError, UsageError
from kg.store import now
from kg.tables import id_of, key_of

if TYPE_CHECKING:
    from kg.accounts import LedgerEntity, Verdict
    from kg.journal import Journal
    from kg.link import Linker
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["Decisions"]


class Decisions:
    """Reads and writes of one ledger's decisions. An entity is given as the id that the user means and what it is."""

    def __init__(self, store: Store, schema: Schema, linker: Linker, journal: Journal) -> None:
        self._store = store
        self._schema = schema
        self._linker = linker
        self._journal = journal

    def all(self) -> list[Decision]:
        """Oldest first, those taken back too."""
        rows = self._store.all("SELECT key, verdict, a, b, reason, recorded, undone FROM decision ORDER BY key")
        return [Decision(key, v, id_of("e", a), id_of("e", b), *rest) for key, v, a, b, *rest in rows]

    def merge(self, a: tuple[str, LedgerEntity], b: tuple[str, LedgerEntity], reason: str) -> Decision:
        (first, one), (second, other) = a, b
        people = {self._schema.kind(e.type) == "person" for e in (one, other)}
        if len(people) > 1 or self._schema.disjoint(one.type, other.type):
            raise UsageError(f"{one.name} is {one.type} and {other.name} is {other.type}: nothing is both.")
        return self._decide("merge", first, second, reason)

    def split(self, a: tuple[str, LedgerEntity], b: tuple[str, LedgerEntity], reason: str) -> Decision:
        return self._decide("split", a[0], b[0], reason)

    def undo(self, number: int) -> Decision:
        return self._store.write(lambda: self._undo(number))

    def _undo(self, number: int) -> Decision:
        found = next((d for d in self.all() if d.id == number and d.undone is None), None)
        if found is None:
            raise UnknownNameError("decision in force", str(number))
        undone = now()
        self._store.execute("UPDATE decision SET undone = ? WHERE key = ?", (undone, number))
        self._settle(key_of(found.a), key_of(found.b))
        return Decision(found.id, found.verdict, found.a, found.b, found.reason, found.recorded, undone)

    def _decide(self, verdict: Verdict, a: str, b: str, reason: str) -> Decision:
        if a == b:
            raise UsageError(f"{a} is one entity; give two ids. Those that it stands for are its members.")
        first, second = sorted((key_of(a), key_of(b)))
        return self._store.write(lambda: self._write(verdict, first, second, reason))

    def _write(self, verdict: Verdict, a: int, b: int, reason: str) -> Decision:
        kept, recorded = self._kept(), now()
        self._store.execute(
            "INSERT INTO decision (verdict, a, b, reason, recorded) VALUES (?, ?, ?, ?, ?)",
            (verdict, a, b, reason, recorded),
        )
        self._settle(a, b)
        if verdict == "merge" and not self._kept().issuperset({*kept, (a, b)}):
            raise UsageError(f"Other decisions keep {id_of('e', a)} and {id_of('e', b)} apart; undo those first.")
        row = self._store.one("SELECT MAX(key) FROM decision")
        return Decision(row[0] if row else 0, verdict, id_of("e", a), id_of("e", b), reason, recorded)

    def _kept(self) -> set[tuple[int, int]]:
        """The pairs decided to be one that are one: decisions to the contrary may keep some apart."""
        sql = "SELECT DISTINCT min(a, b), max(a, b) FROM decision WHERE undone IS NULL AND verdict = 'merge'"
        pairs = self._store.all(sql)
        return {(a, b) for a, b in pairs if self._linker.canonical(a) == self._linker.canonical(b)}

    def _settle(self, a: int, b: int) -> None:
        self._journal.log(self._journal.step(), "link", self._linker.relink({a, b}))
