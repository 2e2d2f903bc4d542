"""The file of a ledger as SQLite has it: what cannot be one, how it is opened, and what its errors mean in words."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from kg.errors import LedgerError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HEADER", "MEMORY", "code_of", "connect", "in_words", "look_at"]

HEADER: Final = b"SQLite format 3\x00"
MEMORY: Final = ":memory:"


def connect(uri: str, timeout: float) -> sqlite3.Connection:
    """Open a file by its URI, or `MEMORY`; `timeout` is in seconds."""
    return sqlite3.connect(
        uri,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
        uri=uri != MEMORY,
        # Lists of keys differ in length, and so do the commands that take them.
        cached_statements=1024,
    )


def look_at(file: Path, *, read_only: bool) -> bool:
    """Whether the file is still to be made. Raises LedgerError where it cannot be a ledger."""
    if file.is_dir():
        raise LedgerError(f"{file} is a folder. Name a file, such as {file / 'kg.db'}.")
    try:
        with file.open("rb") as stream:
            head = stream.read(len(HEADER))
    except FileNotFoundError:
        if read_only:
            raise LedgerError(f"There is no ledger at {file}. Load something first: kg load FILE --db {file}") from None
        if not file.absolute().parent.is_dir():
            raise LedgerError(f"The folder {file.parent} does not exist. Make it, or choose another file.") from None
        return True
    except OSError as error:
        raise LedgerError(f"{file} cannot be read: {error.strerror}. Check its permissions.") from error
    if head and head != HEADER:
        raise LedgerError(f"{file} is no ledger: it is not a SQLite file. Choose another file with --db.")
    log = file.with_name(f"{file.name}-wal")
    if not head and log.exists() and log.stat().st_size:
        raise StorageError(f"{file} is damaged: it is empty, but {log.name} is not. Restore a copy of both.")
    if read_only and not head:
        raise LedgerError(f"{file} is empty. Load something first: kg load FILE --db {file}")
    return not head


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where Python raised the error itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def in_words(error: sqlite3.Error, path: Path | None, writer: str | None) -> LedgerError:
    """What an error means for the ledger at `path` (None: in memory); `writer` is who keeps others out, where known."""
    code, where = code_of(error), path or "the ledger in memory"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        who = writer or "another process is writing to it"
        return StorageError(f"{where} is locked: {who}. Wait until that is done and try again.")
    if code == sqlite3.SQLITE_FULL:
        return StorageError(f"{where} cannot grow: the disk is full. The last change was taken back; make room.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StorageError(f"{where} cannot be written: file or folder is read-only. Change that, or copy it.")
    # That a text is none is found by Python, which gives no code.
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode to UTF-8" in str(error):
        return StorageError(
            f"{where} is damaged ({error}). Restore a copy of it, or save what can be read: kg recover {where} -o NEW"
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StorageError(
            f"{where} cannot be opened ({error}). Check the permissions of file and folder, and that there is room."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StorageError(
            f"{where} cannot be read or written ({error}). The last change was taken back; look for a full disk, a "
            "quota, a limit on the size of files, or a broken disk."
        )
    return LedgerError(f"{where}: {error}.")
