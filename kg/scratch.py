"""What is derived while a ledger is read and may be as large as the ledger itself: tables of a database of its own.

SQLite keeps them in memory while they are small and in a temporary file beyond that, which is gone with the last who
reads it. Nothing in here ever gets into the ledger.
"""

from __future__ import annotations

import sqlite3
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kg.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Scratch"]

_CACHE: Final = 2048
"""KB that are held in memory."""
_FETCHED: Final = 200


class Scratch:
    """A temporary database, made of the commands that are given. Threads may read it together.

    All raise StorageError where there is no room for temporary files; then it is of no use any more.
    """

    def __init__(self, schema: str) -> None:
        # A file without a name, where nobody else finds it.
        with _words():
            self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            # Nothing in it outlives the process, so nothing is kept to take changes back.
            self._connection.executescript(
                f"PRAGMA cache_size = -{_CACHE}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {schema}"
            )
        weakref.finalize(self, self._connection.close)

    def execute(self, sql: str) -> None:
        with _words():
            self._connection.execute(sql)

    def fill(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a command that inserts for every row."""
        with _words():
            self._connection.execute("BEGIN")
            self._connection.executemany(sql, rows)
            self._connection.execute("COMMIT")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, lazily."""
        with _words():
            cursor = self._connection.execute(sql, parameters)
            while rows := cursor.fetchmany(_FETCHED):
                yield from rows

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row, None where there is none."""
        try:
            row: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        except sqlite3.Error as error:
            raise _said(error) from error
        return row


@contextmanager
def _words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _said(error) from error


def _said(error: sqlite3.Error) -> StorageError:
    return StorageError(
        f"a temporary file cannot be written or read ({error}). Make room where temporary files are, or name another "
        "folder for them in SQLITE_TMPDIR."
    )
