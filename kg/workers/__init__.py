"""Who extracts: this process, several processes, or the workers of a cluster.

All give the same: what is to be kept of each item, in the order of the items. Only where it is made differs.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from kg.errors import UsageError
from kg.workers.parcel import length
from kg.workers.pool import Pool, cores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model import NewsItem
    from kg.reading import Filed, Reader

__all__ = ["AUTO", "FEW", "Readers", "readers"]

T = TypeVar("T")
AUTO: Final = 0
"""As many workers as there are cores."""
FEW: Final = 20_000
"""Letters that are no work for several processes: some two seconds of extraction."""
_MANY_ITEMS: Final = 1_000


class Readers(Protocol):
    """Whoever extracts."""

    def read(self, stream: Iterable[tuple[T, NewsItem | None]], /) -> Iterator[tuple[T, Filed | None]]:
        """What is to be kept of each item, in the order of the stream; where that has None, None. What the stream
        gives beside an item comes back with it. A few items are read ahead, never many."""
        ...


@contextmanager
def readers(reader: Reader, workers: int = 1, cluster: str | None = None) -> Iterator[Readers]:
    """Those who extract, until the context ends.

    One worker is this process. With `AUTO` it is as many processes as there are cores, started once there are more
    than `FEW` letters to read; what is less is read in this process. `cluster` is a dask scheduler's address.

    Raises UsageError where both are asked for or one is none, WorkerError where the cluster cannot be reached.
    """
    if workers < 0:
        raise UsageError(f"{workers} workers are none; give a number from 1, or 0 for one on each core")
    if cluster is not None:
        if workers > 1:
            raise UsageError("workers and a cluster exclude each other; a cluster has its own workers")
        from kg.workers.cluster import Cluster

        with Cluster(reader, cluster) as there:
            yield there
        return
    count = workers or cores()
    if count == 1:
        yield _Here(reader)
    else:
        with Pool(reader, count) as pool:
            yield _Sparing(reader, pool) if workers == AUTO else pool


class _Here:
    """This process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, stream: Iterable[tuple[T, NewsItem | None]], /) -> Iterator[tuple[T, Filed | None]]:
        for context, item in stream:
            if item is None:
                yield context, None
            else:
                self._reader.prepare()
                yield context, self._reader.read(item)


class _Sparing:
    """This process for little, several for much."""

    def __init__(self, reader: Reader, pool: Pool) -> None:
        self._reader = reader
        self._pool = pool

    def read(self, stream: Iterable[tuple[T, NewsItem | None]], /) -> Iterator[tuple[T, Filed | None]]:
        rest = iter(stream)
        ahead: list[tuple[T, NewsItem | None]] = []
        letters = 0
        for context, item in rest:
            if item is None and not ahead:
                yield context, None
                continue
            ahead.append((context, item))
            letters += 0 if item is None else length(item)
            if letters > FEW or len(ahead) > _MANY_ITEMS:
                yield from self._pool.read(chain(ahead, rest))
                return
        yield from _Here(self._reader).read(ahead)
