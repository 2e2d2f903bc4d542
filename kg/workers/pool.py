"""Extraction in processes of this machine.

Each worker has a pipe of its own to this process, so when one dies it is known at which item: only that is doubted,
and nothing else is read twice. A worker ends when its pipe is closed, whatever closed it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kg.errors import KgError, WorkerError
from kg.model import Document
from kg.reading import Filed, Reader, failure, told
from kg.workers.parcel import pack, unpack
from kg.workers.window import ITEMS, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from kg.model import NewsItem
    from kg.workers.window import Place

__all__ = ["Pool", "cores", "start_method"]

T = TypeVar("T")
DEATHS: Final = 3
"""So many workers may die at one item."""
_AHEAD: Final = 3
"""Chunks for each worker that may be read ahead of the one that is written."""
_STARTS: Final = 3
"""So many workers in a row may die before they are ready."""
_PATIENCE: Final = 5.0
"""Seconds that a worker has to end."""


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_method() -> str:
    """`fork` where that is safe: on Linux, in a process without other threads. Workers then share the word lists and
    models of this process, and start in milliseconds. Elsewhere `spawn`: each reads them for itself."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection
    ready: bool = False
    chunk: deque[Place[Any]] = field(default_factory=deque)
    """What it has to read, without what it gave back."""


class Pool:
    """Up to `count` processes that extract. They are started as they are needed, and end with the context."""

    def __init__(self, reader: Reader, count: int, *, method: str | None = None) -> None:
        self._reader = reader
        self._count = count
        self._method = method or start_method()
        self._packed: bytes | None = None
        self._workers: list[_Worker] = []
        self._failed = 0
        """Workers in a row that died before they were ready."""

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(at_once=kind is not None)

    def close(self, *, at_once: bool = False) -> None:
        """End the workers; with `at_once` in the middle of what they do."""
        for worker in self._workers:
            if at_once or worker.chunk:
                worker.process.kill()
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of the workers' processes."""
        return tuple(w.process.pid for w in self._workers if w.process.pid is not None)

    def read(self, stream: Iterable[tuple[T, NewsItem | None]]) -> Iterator[tuple[T, Filed | None]]:
        """What is to be kept of each item, in the order of the stream, which is asked for a little more than is read.

        Raises WorkerError where workers cannot be started, OntologyError and the like where they cannot be made ready.
        """
        window = Window(stream, self._count * _AHEAD * ITEMS)
        retry: deque[list[Place[Any]]] = deque()
        while True:
            self._send(window, retry)
            found = window.settled()
            if found is not None:
                yield found
                self._receive(retry, 0)
            elif any(worker.chunk for worker in self._workers) or retry:
                self._receive(retry, None)
            elif window.exhausted:
                return

    # -- the traffic

    def _send(self, window: Window[Any], retry: deque[list[Place[Any]]]) -> None:
        while retry or not window.exhausted:
            worker = next((w for w in self._workers if not w.chunk), None)
            if worker is None and len(self._workers) >= self._count:
                return
            chunk = retry.popleft() if retry else window.chunk()
            if not chunk:
                return
            worker = worker or self._start()
            worker.chunk.extend(chunk)
            try:
                worker.pipe.send_bytes(pack([place.item for place in chunk if place.item is not None]))
            except OSError:
                # It died with nothing to do, so none of these is to blame.
                worker.chunk.clear()
                retry.appendleft(chunk)
                self._bury(worker, retry)

    def _receive(self, retry: deque[list[Place[Any]]], timeout: float | None) -> None:
        """Take what workers have given back; wait for that up to `timeout` seconds, None without end."""
        pipes = {worker.pipe: worker for worker in self._workers}
        for pipe in wait([*pipes], timeout):
            worker = pipes[pipe]  # type: ignore[index]
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                self._bury(worker, retry)
                continue
            if isinstance(answer, Exception):
                raise answer
            if answer is not None:
                worker.chunk.popleft().settle(answer)
            worker.ready = True
            self._failed = 0

    # -- the workers

    def _start(self) -> _Worker:
        context: Any = multiprocessing.get_context(self._method)
        ours, theirs = context.Pipe()
        arguments: tuple[Any, ...]
        if self._method == "fork":
            self._reader.prepare()
            arguments = (theirs, self._reader, [ours, *(w.pipe for w in self._workers)])
        else:
            self._packed = self._packed or _packed(self._reader)
            arguments = (theirs, self._packed, [])
        process = context.Process(target=_work, args=arguments, name="kg-worker", daemon=True)
        with warnings.catch_warnings():
            # Libraries' own threads (numpy has some) are not asked for anything after the fork.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _bury(self, worker: _Worker, retry: deque[list[Place[Any]]]) -> None:
        """Take leave of a dead worker; what it had to read is read by others."""
        worker.process.join(_PATIENCE)
        how = _ended(worker.process.exitcode)
        worker.pipe.close()
        self._workers.remove(worker)
        if not worker.ready:
            self._failed += 1
            if self._failed >= _STARTS:
                raise WorkerError(
                    f"processes that are to extract end before they are ready ({how}); "
                    'in a script of your own load under `if __name__ == "__main__":`, or do with one worker'
                )
            if worker.chunk:
                retry.appendleft([*worker.chunk])
            return
        if not worker.chunk:
            return
        first, *rest = worker.chunk
        first.deaths += 1
        if rest:
            retry.appendleft(rest)
        if first.deaths < DEATHS:
            retry.appendleft([first])
        else:
            first.refuse(f"{first.deaths} workers died at it, the last {how}; the others go on")


def _packed(reader: Reader) -> bytes:
    try:
        return pickle.dumps(reader, pickle.HIGHEST_PROTOCOL)
    except KgError:
        raise
    except Exception as error:
        raise WorkerError(
            f"the extractor cannot be handed to other processes ({told(error)}); make it pickle, or use one worker"
        ) from error


def _ended(code: int | None) -> str:
    if code is None:
        return "without a word"
    if code >= 0:
        return f"with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"by {name}{', perhaps for want of memory' if name == 'SIGKILL' else ''}"


def _work(pipe: Connection, given: Reader | bytes, others: Sequence[Connection]) -> None:
    """A worker's life: chunks in, an answer for each item out, until the pipe is closed."""
    # Whoever interrupts the load interrupts it in the process that began it, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    try:
        reader: Reader = pickle.loads(given) if isinstance(given, bytes) else given
        reader.prepare()
        gc.freeze()
        pipe.send(None)
    except OSError:
        return
    except Exception as error:
        pipe.send(_sendable(error))
        return
    while True:
        try:
            for item in unpack(pipe.recv_bytes()):
                _answer(pipe, item, reader.read(item))
        except (EOFError, OSError):
            return


def _answer(pipe: Connection, item: NewsItem, filed: Filed) -> None:
    try:
        sent = pickle.dumps(filed, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        sent = pickle.dumps(Filed(failure=failure("extract", Document(item), error)), pickle.HIGHEST_PROTOCOL)
    pipe.send_bytes(sent)


def _sendable(error: Exception) -> Exception:
    """The error, or its words where it does not survive the way."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return WorkerError(f"a worker cannot be made ready: {told(error)}")
    return error if isinstance(error, KgError) else WorkerError(f"a worker cannot be made ready: {told(error)}")
