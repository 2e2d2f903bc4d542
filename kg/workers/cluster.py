"""Extraction by the workers of a dask cluster.

A worker loads the extractor once, from its own installation or the folder of the same path, and refuses to extract
where that is not what this process has: so the result is the same as here.
"""

from __future__ import annotations

import pickle
import re
import time
import uuid
from collections import deque
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kg.errors import KgError, UsageError, WorkerError
from kg.reading import Reader, told
from kg.workers.edition import differences, edition
from kg.workers.parcel import pack, unpack
from kg.workers.window import ITEMS, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.model import NewsItem
    from kg.reading import Filed
    from kg.workers.window import Place

__all__ = ["Cluster", "address"]

T = TypeVar("T")
PORT: Final = 8786
"""Where a scheduler listens unless told otherwise."""
CONNECT: Final = 10.0
"""Seconds that a scheduler has to answer, and then a first worker to be there."""
PATIENCE: Final = 60.0
"""Seconds without any worker after which a load is given up: a worker that died is mostly started again."""
_AHEAD: Final = 3
"""Chunks for each thread of a worker that are on their way at once."""
_LOOK: Final = 2.0
"""Seconds between two looks at the workers."""
_ADDRESS: Final = re.compile(r"(dask|tcp|tls)://(\[[^]/]+\]|[^]:/\[]+)(?::([0-9]+))?")
_LOADING: Final = Lock()


def address(given: str) -> str:
    """A scheduler's address as dask writes it: `dask://host` is `tcp://host:8786`. Raises UsageError for others."""
    found = _ADDRESS.fullmatch(given.strip())
    if found is None:
        raise UsageError(f"'{given}' is no cluster's address; write dask://host:{PORT}")
    scheme, host, port = found.groups()
    return f"{'tcp' if scheme == 'dask' else scheme}://{host}:{port or PORT}"


class Cluster:
    """A scheduler's workers, from the time they answered until the context ends."""

    def __init__(self, reader: Reader, place: str) -> None:
        """Raises UsageError where the address is none or dask is not installed."""
        self._address = address(place)
        try:
            import distributed
        except ImportError as error:
            raise UsageError(
                "a cluster needs dask.distributed; install it here and there: pip install 'kg-news[cluster]'"
            ) from error
        self._dask: Any = distributed
        self._folder: Path | None = getattr(reader.extractor, "folder", None)
        self._edition = edition(self._folder)
        try:
            self._reader = pickle.dumps(reader, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            raise WorkerError(f"the extractor cannot be handed to other machines ({told(error)})") from error
        self._name = f"kg-{uuid.uuid4().hex[:8]}"
        self._sent = 0
        self._client: Any = None
        self._flight: deque[tuple[Any, list[Place[Any]]]] = deque()
        self._threads = 1
        self._seen = 0.0

    def __enter__(self) -> Cluster:
        """Raises WorkerError where no scheduler or no worker answers, or workers differ from this process."""
        try:
            self._client = self._dask.Client(self._address, timeout=CONNECT, set_as_default=False, name=self._name)
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            raise WorkerError(
                f"no dask scheduler answers at {self._address} ({told(error)}); start one with `dask scheduler`, "
                "or look at address and firewall"
            ) from error
        try:
            self._meet()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Call back what is on its way, and part from the scheduler."""
        if self._client is None:
            return
        for future, _ in self._flight:
            future.release()
        self._flight.clear()
        self._client.close(timeout=2)
        self._client = None

    def read(self, stream: Iterable[tuple[T, NewsItem | None]]) -> Iterator[tuple[T, Filed | None]]:
        """What is to be kept of each item, in the order of the stream, which is asked for a little more than is read.

        Raises WorkerError where the scheduler or all workers went and do not come back, or one that came late differs.
        """
        window: Window[T] = Window(stream, ITEMS)
        while True:
            room = 2 + _AHEAD * self._count()
            window.limit = room * ITEMS
            while len(self._flight) < room and (chunk := window.chunk()):
                self._flight.append((self._submit(chunk), chunk))
            found = window.settled()
            if found is not None:
                yield found
            elif self._flight:
                self._settle(*self._flight.popleft())
            elif window.exhausted:
                return

    # -- the workers

    def _meet(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError as error:
            raise WorkerError(
                f"the scheduler at {self._address} has no workers; start some with `dask worker {self._address}`"
            ) from error
        answers: dict[str, Any] = self._client.run(_edition, self._folder, on_error="return")
        wrong = [f"{worker}: {why}" for worker, found in answers.items() if (why := _unlike(self._edition, found))]
        if wrong:
            raise _refused(wrong)
        # They were here now, and how many is to be looked at.
        self._seen = time.monotonic() - _LOOK

    def _count(self) -> int:
        """Threads of all workers. Raises WorkerError where the scheduler is gone, or no worker was there for long."""
        now = time.monotonic()
        if now - self._seen < _LOOK:
            return self._threads
        try:
            threads = sum(self._client.nthreads().values())
        except Exception as error:
            raise self._gone(told(error)) from error
        if threads:
            self._threads, self._seen = threads, now
        elif now - self._seen > PATIENCE:
            raise WorkerError(
                f"the scheduler at {self._address} has had no worker for {PATIENCE:.0f} s; start some with "
                f"`dask worker {self._address}` and load again: what was loaded before is kept"
            )
        return self._threads

    def _gone(self, why: str) -> WorkerError:
        return WorkerError(
            f"the scheduler at {self._address} is gone ({why}); start it and load again: what was loaded before is kept"
        )

    # -- the traffic

    def _submit(self, chunk: list[Place[Any]]) -> Any:
        self._sent += 1
        parcel = pack([place.item for place in chunk if place.item is not None])
        key = f"{self._name}-{self._sent}"
        return self._client.submit(_read, self._reader, self._folder, self._edition, parcel, key=key, pure=False)

    def _settle(self, future: Any, chunk: list[Place[Any]]) -> None:
        try:
            self._take(future, chunk)
        except self._dask.KilledWorker:
            # Blamed is whatever its workers had to do, so the items are tried again with nothing else on its way.
            for other, _ in self._flight:
                self._until_done(other)
            for place in chunk:
                self._try_alone(place)

    def _try_alone(self, place: Place[Any]) -> None:
        try:
            self._take(self._submit([place]), [place])
        except self._dask.KilledWorker as error:
            place.refuse(f"{error.allowed_failures + 1} workers died at it; the others go on")

    def _take(self, future: Any, chunk: list[Place[Any]]) -> None:
        self._until_done(future)
        try:
            answers: list[Filed] = pickle.loads(future.result())
        except (KgError, self._dask.KilledWorker):
            raise
        except self._dask.CancelledError as error:
            raise self._gone("it does not know what it had to do any more") from error
        except Exception as error:
            raise WorkerError(f"a worker of {self._address} cannot extract: {told(error)}") from error
        for place, filed in zip(chunk, answers, strict=True):
            place.settle(filed)
        future.release()

    def _until_done(self, future: Any) -> None:
        while True:
            try:
                future.exception(timeout=_LOOK)
                return
            except TimeoutError:
                self._count()
            except self._dask.CancelledError:
                return


# ---- in the workers -------------------------------------------------------------------------------------------------


def _read(reader: bytes, folder: Path | None, expected: Mapping[str, str], parcel: bytes) -> bytes:
    """What is to be kept of the items of a parcel, pickled."""
    # A worker may have threads, and dask gives a function no other place to keep what a process needs once.
    with _LOADING:
        ready = _ready(reader, folder, tuple(expected.items()))
    return pickle.dumps([ready.read(item) for item in unpack(parcel)], pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=2)
def _ready(reader: bytes, folder: Path | None, expected: tuple[tuple[str, str], ...]) -> Reader:
    """The reader, made ready once in a process. Looks again at what it depends on: a worker may come late."""
    if why := _unlike(dict(expected), edition(folder)):
        raise _refused([f"a worker: {why}"])
    read: Reader = pickle.loads(reader)
    read.prepare()
    return read


def _edition(folder: Path | None) -> dict[str, str]:
    return edition(folder)


def _unlike(here: Mapping[str, str], there: object) -> str:
    """How a worker's edition differs from ours, empty where it does not."""
    if isinstance(there, BaseException):
        return f"{type(there).__name__}: {there}"
    return "; ".join(differences(here, there)) if isinstance(there, dict) else f"no answer but {there!r}"


def _refused(wrong: list[str]) -> WorkerError:
    return WorkerError(
        f"workers differ from this machine and would extract differently: {' | '.join(wrong)}. "
        "Install the same kg and libraries there, and copy the ontology's folder to the same path; then start them anew"
    )
