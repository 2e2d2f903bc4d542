"""What can still be read of a damaged ledger, saved into a new one.

An item is taken over where all its rows can be read and are, by its digest, those that were written; otherwise it is
left out whole and named, so that its source can be loaded again. Decisions and rejections are taken over one by one.
All that is derived is made anew. The damaged file is copied first and never written to.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.accounts import VERDICTS
from kg.errors import LedgerError, StorageError, UsageError
from kg.ledger import Ledger
from kg.quarantine import COLUMNS, is_whole
from kg.sqlite import HEADER
from kg.store import Store
from kg.stored import is_minted_so, restorable, stored
from kg.tables import APPLICATION_ID, FORMAT, ROW_BITS, first_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.intake import Rows
    from kg.schema import Schema

__all__ = ["Lost", "Recovered", "recover"]

_TOGETHER: Final = 100
_DECISION: Final = "key, verdict, a, b, reason, recorded, undone"


@dataclass(frozen=True, slots=True)
class Lost:
    """An item that could not be taken over."""

    key: int
    """Its sequence number in the damaged ledger."""
    id: str | None
    """None where not even that can be read; so are the others."""
    title: str | None
    source: str | None
    reason: str


@dataclass(slots=True)
class Recovered:
    """What became of a damaged ledger."""

    items: int = 0
    rejections: int = 0
    decisions: int = 0
    lost: list[Lost] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What `Ledger.check` says of the new one: nothing, or where the present ontology is another."""


def recover(path: Path, target: Path, schema: Schema) -> Recovered:
    """Save what is whole of the ledger at `path` into a new one at `target`.

    Raises UsageError where the target is there already, LedgerError where nothing at all can be read.
    """
    if target.exists():
        raise UsageError(f"{target} is there already; name a new file")
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    with tempfile.TemporaryDirectory(prefix=".recover-", dir=target.absolute().parent) as folder:
        copy = Path(folder, "copy.db")
        shutil.copyfile(path, copy)
        _lengthen(copy)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name("copy.db-wal"))
        fresh = Path(folder, "fresh.db")
        store = _opened(copy, path)
        try:
            with Ledger.open(fresh, schema) as ledger:
                report = _Salvage(store, ledger).report
                report.problems = ledger.check()
        finally:
            store.close()
        fresh.rename(target)
    return report


def _lengthen(copy: Path) -> None:
    """Give a file that was cut short the length that its header tells: SQLite reads none of it otherwise."""
    with copy.open("r+b") as stream:
        head = stream.read(32)
        page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
        if head[:16] == HEADER and page * pages > stream.seek(0, 2):
            with suppress(OSError):
                stream.truncate(page * pages)


def _opened(copy: Path, path: Path) -> Store:
    store = Store(sqlite3.connect(copy, isolation_level=None), copy, read_only=False)
    try:
        ((application,),) = store.all("PRAGMA application_id")
        ((version,),) = store.all("PRAGMA user_version")
        store.all("SELECT COUNT(*) FROM sqlite_master")
    except LedgerError as error:
        store.close()
        raise LedgerError(f"{path}: nothing can be read of it. Load the sources into a new ledger.") from error
    if (application, version) != (APPLICATION_ID, FORMAT):
        store.close()
        raise LedgerError(f"{path} is no ledger of kg of format {FORMAT}; only those can be recovered.")
    # Entries that an index lacks are no loss.
    for (index,) in store.all("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"):
        with suppress(sqlite3.Error):
            store.execute(f'REINDEX "{index}"')
    return store


class _Salvage:
    """The work on one ledger."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self.report = Recovered()
        self._met: set[str] = set()
        into = ledger._store
        with ledger.bulk():
            decisions = [row for row in self._both_ways(_DECISION, "decision") if row[1] in VERDICTS]
            sql = f"INSERT OR IGNORE INTO decision ({_DECISION}) VALUES (?, ?, ?, ?, ?, ?, ?)"
            self.report.decisions = into.write(lambda: into.many(sql, decisions))
            whole: list[Rows] = []
            for key in self._items():
                if (rows := self._whole(key)) is not None:
                    whole.append(rows)
                if len(whole) >= _TOGETHER:
                    self._keep(whole)
                    whole = []
            self._keep(whole)
            refused = [row for row in self._both_ways(COLUMNS, "quarantine") if is_whole(row)]
            sql = f"INSERT OR IGNORE INTO quarantine VALUES ({', '.join('?' * 13)})"
            self.report.rejections = into.write(lambda: into.many(sql, refused))

    def _items(self) -> Iterable[int]:
        """Keys of items, or all that they can be."""
        try:
            keys = {key for (key,) in self._store.all("SELECT key FROM item")}
            words = self._store.all(f"SELECT DISTINCT key >> {ROW_BITS} FROM passage")
            return sorted(keys.union(key for (key,) in words))
        except StorageError:
            last = 0
            for sql in ("SELECT sequence FROM state", f"SELECT MAX(key) >> {ROW_BITS} FROM passage"):
                with suppress(StorageError):
                    row = self._store.one(sql)
                    last = max(last, int(row[0] or 0) if row else 0)
            return range(1, last + 1)

    def _whole(self, key: int) -> Rows | None:
        """The rows of an item, None where it is not there or not whole."""
        try:
            found = stored(self._store, key)
            if found is None:
                within = (first_row(key), first_row(key + 1))
                if self._store.one("SELECT 1 FROM passage WHERE key >= ? AND key < ?", within) is not None:
                    self._lose(key, "the row of the item itself is gone")
                return None
            rows, written = found
            if self._fits(rows, written):
                self._met.add(rows.item[0])
                return restorable(rows, self._ledger._intake.fold, self._ledger.schema.kinds)
            self._lose(key, "its rows are not those that were written")
        except (LedgerError, TypeError, ValueError) as error:
            # Damage also puts numbers where words belong.
            self._lose(key, f"its rows cannot be read ({type(error.__cause__ or error).__name__})")
        return None

    def _fits(self, rows: Rows, written: int) -> bool:
        """Whether the rows are those that were written, with all that they point to."""
        return (
            rows.digest == written
            and rows.item[0] not in self._met
            and len(rows.statements) == len({row[1] for row in rows.evidence})
            and all(map(is_minted_so, rows.statements))
            and len(rows.entities) == len({row[0] for row in rows.mentions})
        )

    def _lose(self, key: int, reason: str) -> None:
        known: tuple[Any, ...] | None = None
        with suppress(LedgerError):
            known = self._store.one("SELECT id, title, source FROM item WHERE key = ?", (key,))
        identifier, title, source = known or (None, None, None)
        self.report.lost.append(Lost(key, identifier, title, source, reason))

    def _keep(self, whole: list[Rows]) -> None:
        journal = self._ledger._journal
        if whole:
            self._ledger._store.write(lambda: journal.write(whole, journal.step(len(whole)) - len(whole) + 1))
            self.report.items += len(whole)

    def _both_ways(self, columns: str, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table by their keys: from the first on, and where that ends at a damaged page from the last."""
        met: set[int] = set()
        for order in ("", " DESC"):
            try:
                for row in self._store.rows(f"SELECT {columns} FROM {table} ORDER BY key{order}"):
                    if row[0] not in met:
                        met.add(row[0])
                        yield row
                return
            except (StorageError, ValueError, TypeError):
                continue
