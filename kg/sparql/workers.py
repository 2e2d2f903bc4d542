"""Processes that run queries, and one answer of theirs.

At most so many run at once; one that was cut short is ended, and a new one takes its place when it is needed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

from kg.errors import GraphError, LimitError, QueryError
from kg.sparql.worker import read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from kg.sparql.formats import Kind

__all__ = ["DEFAULT_MEMORY", "Answer", "Busy", "Gone", "Refused", "Unacceptable", "Workers"]

DEFAULT_MEMORY: Final = 2 << 30
"""Bytes that a query may take."""


class Refused(QueryError):
    """A query that is well-formed, and not allowed."""


class Unacceptable(QueryError):
    """No format that the client takes can hold the kind of result that the query gives."""


class Busy(LimitError):
    """As many queries as may run at once did not end in time."""


class Gone(GraphError):
    """The store that was to be asked is not there any more, since a newer one took its place."""


class Answer:
    """What a query gives, as bytes in parts. A context manager: its worker is free for others once it is closed.

    Iterating raises LimitError where a limit strikes on the way; then what was given so far is not the whole.
    """

    def __init__(self, worker: _Worker, workers: Workers, seconds: float | None) -> None:
        self._worker = worker
        self._workers = workers
        self._seconds = seconds
        self._lock = threading.Lock()
        self._late = self._closed = False
        self._timer = threading.Timer(seconds, self._strike) if seconds is not None else None
        self.head: Mapping[str, Any] = {}
        """As the worker said it: `kind` and `format`, or `columns` for plain rows."""
        self.ending: Mapping[str, Any] = {}
        """Once all parts are taken."""
        self._first = b""
        self._over = False

    @property
    def kind(self) -> Kind:
        return cast("Kind", self.head["kind"])

    def __enter__(self) -> Answer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        part = self._first
        while part:
            yield part
            part = self._next()

    def close(self) -> None:
        """Give the worker back, or end it where it has more to say."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._workers._give_back(self._worker, whole=self._over and not self._late)

    def begin(self, request: Mapping[str, Any]) -> None:
        """Send the request and wait for the first part."""
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        self._worker.send({**request, "seconds": self._seconds or 0})
        letter, data = self._worker.read()
        if letter == b"H":
            self.head = json.loads(data)
            self._first = self._next()
        else:
            self._ended(letter, data)

    def _next(self) -> bytes:
        letter, data = self._worker.read()
        if letter == b"D":
            return data
        self._ended(letter, data)
        return b""

    def _ended(self, letter: bytes, data: bytes) -> None:
        if letter != b"E":
            if self._late:
                raise LimitError(f"the query took longer than {self._seconds:g} seconds; narrow it, or raise the limit")
            if not self._worker.opened:
                raise Gone("the store for SPARQL cannot be opened")
            raise LimitError("the query took more memory than it may have, or was too deeply nested; narrow it")
        self._over = True
        self.ending = json.loads(data)
        if "error" in self.ending:
            raise _error(self.ending)

    def _strike(self) -> None:
        with self._lock:
            if not self._closed:
                self._late = True
                self._worker.end()


def _error(ending: Mapping[str, Any]) -> Exception:
    text = ending.get("text", "")
    match ending["error"]:
        case "syntax":
            return QueryError(f"SPARQL: {text}")
        case "service":
            return Refused("SERVICE is not allowed: a query asks this store alone. Where it is a prefix, rename that.")
        case "unacceptable":
            return Unacceptable("the result cannot be written in any of the formats asked for")
        case "rows":
            return LimitError("the result has more rows than the limit allows; add LIMIT to the query")
        case "size":
            return LimitError("the result is larger than the limit allows; add LIMIT to the query")
        case "gone":
            return Gone(text)
        case _:
            return QueryError(f"SPARQL: the query failed: {text}")


class Workers:
    """A pool of processes, `most` at once. Safe to use from several threads."""

    def __init__(self, most: int = 1, *, memory: int = DEFAULT_MEMORY) -> None:
        self._memory = memory
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._running: set[_Worker] = set()
        self._closed = False

    def ask(
        self, folder: Path, request: Mapping[str, Any], *, timeout: float | None, patience: float | None = None
    ) -> Answer:
        """Run one query on the store in a folder; see `kg.sparql.worker` for what a request holds.

        It waits up to `patience` seconds for a free worker, and has `timeout` seconds in all, until its last part.
        Raises QueryError, LimitError, Busy, Gone.
        """
        if not self._free.acquire(timeout=patience):
            raise Busy("too many queries run at once; try again in a while")
        try:
            worker = self._take(folder)
        except BaseException:
            self._free.release()
            raise
        answer = Answer(worker, self, timeout)
        try:
            answer.begin(request)
        except BaseException:
            answer.close()
            raise
        return answer

    def _take(self, folder: Path) -> _Worker:
        with self._lock:
            if self._closed:
                raise Busy("no more queries are taken")
            # Those that have an older store open are of no use any more.
            fits = [w for w in self._idle if w.folder == folder and w.alive]
            useless = [w for w in self._idle if w not in fits]
            fit = fits.pop() if fits else None
            self._idle = fits
        for old in useless:
            old.close()
        worker = fit or _Worker(folder, self._memory)
        with self._lock:
            self._running.add(worker)
        return worker

    def _give_back(self, worker: _Worker, *, whole: bool) -> None:
        with self._lock:
            if worker not in self._running:
                return
            self._running.remove(worker)
            keep = whole and not self._closed and worker.alive
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.close()
        self._free.release()

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for worker in self._running:
                worker.end()
        for worker in idle:
            worker.close()


class _Worker:
    """One process, which has a store open."""

    def __init__(self, folder: Path, memory: int) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.sparql.worker", str(folder), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # A Ctrl-C at the terminal is for the one who asked to handle.
            start_new_session=True,
        )
        self.opened = False

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, request: Mapping[str, Any]) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                write_frame(self._process.stdin, b"Q", json.dumps(request).encode())

    def read(self) -> tuple[bytes, bytes]:
        """The next frame of an answer; an empty letter where the process ended."""
        if self._process.stdout is None:
            return b"", b""
        letter, data = read_frame(self._process.stdout)
        if letter == b"R" and not self.opened:
            self.opened = True
            letter, data = read_frame(self._process.stdout)
        return letter, data

    def end(self) -> None:
        """Kill the process; who reads from it finds the end."""
        self._process.kill()

    def close(self) -> None:
        """Kill it, and let nothing of it be left."""
        self.end()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        self._process.wait()
