"""One SQLite file: opening it safely, transactions, and errors in words.

Nothing in here knows what the tables mean.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

from kg.errors import LedgerError
from kg.files import is_running
from kg.sqlite import MEMORY, code_of, connect, in_words, look_at
from kg.tables import APPLICATION_ID, FORMAT, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Batch", "Store", "now"]

_T = TypeVar("_T")
_LONGEST: Final = 400
"""Keys in one command."""
_FETCHED: Final = 200
"""Rows taken from a query at a time."""
_LONGEST_TRANSACTION: Final = 2.0
"""Seconds that others wait at most for one transaction of a long write to end."""
_POLL: Final = 0.005
_LONG: Final = 0.5
"""Seconds between two tries of a writer who waits, and after how many a long write leaves it the time for one."""
_READER = "cache_size = -8192"
"""A reader goes through the file once, and the system has its pages at hand anyway."""
_PRAGMAS = (
    # Readers go on while one writes. The log is merged late: a merge rewrites all the pages that random keys touched.
    "journal_mode = WAL",
    "wal_autocheckpoint = 20000",
    "journal_size_limit = 67108864",
    # A killed process loses nothing; a power cut may lose the last transactions, never the consistency of the file, and
    # nothing of a write that came to its end: see `flush`.
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "cache_size = -131072",
    "temp_store = MEMORY",
)


def now() -> str:
    """The present in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """A connection to a ledger's file. It may be shared by threads: writes follow one another."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path | None, *, read_only: bool, timeout: float = 10.0
    ) -> None:
        self.connection = connection
        self._timeout = timeout
        self.path = path
        """None in memory."""
        self.read_only = read_only
        self._lock = threading.RLock()
        self._batch: Batch | None = None
        self._writing = False
        self._announced = self._unflushed = False
        self._reading = 0

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = False, timeout: float = 10.0) -> Store:
        """Open a file, or make it if there is none. Raises LedgerError where it is no ledger or cannot be used."""
        if str(path) == MEMORY:
            store = cls(connect(MEMORY, timeout), None, read_only=False, timeout=timeout)
        else:
            file = Path(path)
            fresh = look_at(file, read_only=read_only)
            # A reader of a file in a folder that it may not write to cannot share the log's index with a writer.
            log = file.with_name(f"{file.name}-wal")
            mode = "rwc" if not read_only else "ro" if fresh or log.exists() or os.access(file.parent, os.W_OK) else ""
            uri = f"file:{quote(str(file.absolute()))}?{f'mode={mode}' if mode else 'immutable=1'}"
            try:
                store = cls(connect(uri, timeout), file, read_only=read_only, timeout=timeout)
            except sqlite3.Error as error:
                raise in_words(error, file, None) from error
        try:
            store._prepare()
        except BaseException:
            store.connection.close()
            raise
        return store

    def _prepare(self) -> None:
        with self._words():
            self._check_header()
            for pragma in (*_PRAGMAS[4:], _READER) if self.read_only else _PRAGMAS:
                self.connection.execute(f"PRAGMA {pragma}")
            if not self.read_only and self._header() == (0, 0):
                self.write(self._make)

    def _make(self) -> None:
        # Two processes may have found the file empty; the second to get here finds it made.
        if self._header() == (0, 0):
            for command in SCHEMA.split(";\n"):
                self.connection.execute(command)
            self.connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self.connection.execute(f"PRAGMA user_version = {FORMAT}")
            self.connection.execute("INSERT INTO state (one, id, sequence) VALUES (1, lower(hex(randomblob(16))), 0)")

    def _header(self) -> tuple[int, int]:
        (application,) = self.connection.execute("PRAGMA application_id").fetchone()
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        return application, version

    def _check_header(self) -> None:
        application, version = self._header()
        if application == APPLICATION_ID:
            if version > FORMAT:
                raise LedgerError(
                    f"{self.path} is a ledger of format {version}; this kg knows format {FORMAT}. "
                    "Use the kg that wrote it, or a newer one."
                )
            if version < FORMAT:
                raise LedgerError(
                    f"{self.path} is a ledger of format {version}, which this kg no longer reads. "
                    "Load the sources into a new file, or use the kg that wrote it."
                )
            return
        (tables,) = self.connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if application or version or tables or (self.read_only and self.path is not None):
            raise LedgerError(f"{self.path} is a SQLite database, but no ledger of kg. Choose another file with --db.")

    def close(self) -> None:
        with suppress(OSError):
            self.flush()
        self.connection.close()

    def flush(self) -> None:
        """See to it that what was written is on the disk, and survives a power cut. Raises OSError."""
        if self.path is not None and self._unflushed:
            self._unflushed = False
            log = self.path.with_name(f"{self.path.name}-wal")
            # SQLite locks other files than this one, so opening it once more takes no lock away.
            with log.open("rb+") if log.exists() else nullcontext() as stream:
                if stream is not None:
                    os.fsync(stream.fileno())

    @property
    def size(self) -> int:
        """Bytes on disk, the log included; 0 in memory."""
        if self.path is None:
            return 0
        return sum(p.stat().st_size for p in (self.path, self.path.with_name(f"{self.path.name}-wal")) if p.exists())

    # -- reading

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, lazily. Nothing may be written before the last one is taken."""
        with self._words():
            cursor = self.connection.execute(sql, parameters)
            # One by one, each row would pass through here and cost as much again.
            while rows := cursor.fetchmany(_FETCHED):
                yield from rows

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise self._said(error) from error

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row, None where there is none."""
        try:
            row: tuple[Any, ...] | None = self.connection.execute(sql, parameters).fetchone()
        except sqlite3.Error as error:
            raise self._said(error) from error
        return row

    def among(self, sql: str, keys: Iterable[int | str], parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query whose braces take a list of keys as `IN ({})`, however many these are; `parameters` come
        before them."""
        keys = list(keys)
        for start in range(0, len(keys), _LONGEST):
            part = keys[start : start + _LONGEST]
            yield from self.rows(sql.format(",".join("?" * len(part))), (*parameters, *part))

    def state(self) -> object:
        """Equal as long as nobody changed the file: what was remembered of it is still so."""
        return self.one("PRAGMA data_version"), self.one("SELECT sequence FROM state")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All reads within see one state of the file, whatever others write meanwhile. What is sorted there may be as
        large as the file, so that is done in temporary files."""
        with self._lock:
            outer = not self.connection.in_transaction
            if outer:
                with self._words():
                    self.connection.execute("PRAGMA temp_store = FILE")
                    self.connection.execute("BEGIN")
            self._reading += 1
        try:
            yield
        finally:
            with self._lock:
                self._reading -= 1
                if outer and self.connection.in_transaction:
                    # What could not be read cannot be committed either; nothing was changed.
                    self.connection.execute("ROLLBACK")
                    self.connection.execute("PRAGMA temp_store = MEMORY")

    # -- writing

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one command; how many rows it touched."""
        return self.connection.execute(sql, parameters).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one command for every row; how many rows it touched."""
        return self.connection.executemany(sql, rows).rowcount

    def write(self, part: Callable[[], _T]) -> _T:
        """Run what writes as one transaction: all of it or nothing. Within `batching`, several make one transaction; it
        may then be run a second time, where a later part fails. Within another part it belongs to that.

        Raises LedgerError where the file cannot be written or another process keeps it longer than the timeout.
        """
        with self._lock, self._words():
            if self._writing:
                return part()
            self._check_writable()
            self._writing = self._unflushed = True
            try:
                return self._transaction(part) if self._batch is None else self._batch.run(part)
            finally:
                self._writing = False

    def _check_writable(self) -> None:
        if self.read_only:
            raise LedgerError(f"{self.path} was opened for reading only. Open it for writing to change it.")
        if self._reading:
            raise LedgerError("The ledger is being read as of one moment; finish reading before writing to it.")

    def _begin(self) -> None:
        """Begin a transaction that writes, waiting for others to end theirs. SQLite itself would look ten times a
        second, and so might never meet the moment between two transactions of a load."""
        end = time.monotonic() + self._timeout
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    self.connection.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if code_of(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                        raise
                time.sleep(_POLL)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(self._timeout * 1000)}")

    def _transaction(self, part: Callable[[], _T]) -> _T:
        self._begin()
        try:
            result = part()
            self.connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        return result

    def _roll_back(self) -> None:
        # A full disk may have rolled back already.
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    @contextmanager
    def batching(self, most: int) -> Iterator[Batch]:
        """Writes within make transactions of up to `most` of them, or of what came within two seconds. What was done
        before an error stays done."""
        with self._lock, self.announced():
            outer, self._batch = self._batch, Batch(self, most)
            batch = self._batch
            try:
                yield batch
            finally:
                self._batch = outer
                batch.commit()

    @contextmanager
    def announced(self) -> Iterator[None]:
        """Tell others that a long write of several transactions goes on, so that who waits in vain can say for whom."""
        me = (os.getpid(), socket.gethostname())
        if self._announced:
            yield
            return
        self.write(lambda: self._announce(*me))
        self._announced = True
        try:
            yield
        finally:
            self._announced = False
            # The write may have ended for want of room or of a file: it is gone from the list when its process is.
            with suppress(LedgerError, OSError):
                self.write(lambda: self.execute("DELETE FROM writer WHERE pid = ? AND host = ?", me))
                self.flush()

    def _announce(self, pid: int, host: str) -> None:
        there = self.all("SELECT pid FROM writer WHERE host = ?", (host,))
        gone = [(other, host) for (other,) in there if not is_running(other)]
        self.many("DELETE FROM writer WHERE pid = ? AND host = ?", gone)
        self.execute("INSERT OR REPLACE INTO writer VALUES (?, ?, ?)", (pid, host, now()))

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._said(error) from error

    def _said(self, error: sqlite3.Error) -> LedgerError:
        return in_words(error, self.path, self._writer(error))

    def _writer(self, error: sqlite3.Error) -> str | None:
        """Who writes, where that is why an error arose and it is known."""
        if code_of(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return None
        try:
            rows = self.connection.execute("SELECT pid, host, started FROM writer ORDER BY started").fetchall()
        except sqlite3.Error:
            return None
        here = socket.gethostname()
        others = [r for r in rows if r[1] != here or (r[0] != os.getpid() and is_running(r[0]))]
        # This process may have the file open twice.
        known = others or [r for r in rows if not self._announced and is_running(r[0])]
        if not known:
            return None
        pid, host, started = known[0]
        return f"process {pid} on {host} has been writing to it since {started}"


class Batch:
    """A long write: the parts of one open transaction after the other."""

    def __init__(self, store: Store, most: int) -> None:
        self._store = store
        self._most = most
        self._began = 0.0
        self._paused = time.monotonic()
        self._done: list[Callable[[], object]] = []

    @property
    def full(self) -> bool:
        """Whether it is time to commit."""
        return bool(self._done) and (
            len(self._done) >= self._most or time.monotonic() - self._began > _LONGEST_TRANSACTION
        )

    def run(self, part: Callable[[], _T]) -> _T:
        """Run one part. Where it fails the transaction is taken back, and those before it are run again: that is rare,
        and guarding each by a savepoint would make all of them slower by a fifth."""
        if self.full:
            self.commit()
        connection = self._store.connection
        if not connection.in_transaction:
            self._store._begin()
            self._began = time.monotonic()
        try:
            result = part()
        except BaseException:
            self._store._roll_back()
            done, self._done = self._done, []
            if done:
                self._store._begin()
                try:
                    for earlier in done:
                        earlier()
                except BaseException:
                    self._store._roll_back()
                    raise
                self._done = done
            raise
        self._done.append(part)
        return result

    def commit(self) -> None:
        """Make all parts so far last."""
        self._done.clear()
        if self._store.connection.in_transaction:
            with self._store._words():
                try:
                    self._store.connection.execute("COMMIT")
                except BaseException:
                    self._store._roll_back()
                    raise
            if time.monotonic() - self._paused > _LONG:
                # Let those in who wait, however short the transactions are that follow one another.
                time.sleep(2 * _POLL)
                self._paused = time.monotonic()
