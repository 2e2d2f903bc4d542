"""Rows on their way to a server: gathered into steps, those into transactions, and read ahead of the sending."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from kg.graph.base import NodeRow
from kg.graph.project import create_nodes, create_relationships

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from kg.graph.base import RelationshipRow
    from kg.graph.project import Step

__all__ = ["BATCH", "Batches", "ahead", "batched", "together"]

_T = TypeVar("_T")

BATCH: Final = 5_000
"""Rows in one transaction: more go hardly faster, and cost the server memory."""
_WAITING: Final = 10
"""Batches' worth of rows that wait for their batch to fill, of all kinds together: what bounds the memory of a push."""
_DEPTH: Final = 3
"""Batches that are read ahead of the sending."""


class Batches:
    """Rows become steps of up to `size` rows each, sorted, in an order in which a relationship finds its ends.

    A step is of one kind (one set of labels, or one type between two base labels), so that its query is the same every
    time. It is full unless it is the last of its kind, or many rows of other kinds wait as well.
    """

    def __init__(self, size: int = BATCH) -> None:
        self._size = size
        self._nodes: dict[tuple[str, tuple[str, ...]], list[NodeRow]] = {}
        self._relationships: dict[tuple[str, str, str], list[RelationshipRow]] = {}
        self._waiting = 0

    def add(self, row: NodeRow | RelationshipRow) -> Iterator[Step]:
        """Add a row, and give the steps for which it is time."""
        self._waiting += 1
        if isinstance(row, NodeRow):
            nodes = self._nodes.setdefault((row.base, row.labels), [])
            nodes.append(row)
            if len(nodes) >= self._size:
                yield from self._take_nodes([(row.base, row.labels)])
        else:
            key = (row.type, row.start_base, row.end_base)
            group = self._relationships.setdefault(key, [])
            group.append(row)
            if len(group) >= self._size:
                yield from self._take_relationships(key)
        if self._waiting >= self._size * _WAITING:
            if self._relationships:
                yield from self._take_relationships(max(self._relationships, key=lambda k: len(self._relationships[k])))
            else:
                yield from self._take_nodes(list(self._nodes))

    def rest(self) -> Iterator[Step]:
        """The steps of all rows that wait."""
        yield from self._take_nodes(list(self._nodes))
        for key in sorted(self._relationships):
            yield from self._take_relationships(key)

    def _take_nodes(self, keys: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Step]:
        for key in sorted(keys):
            group = self._nodes.pop(key)
            self._waiting -= len(group)
            yield from create_nodes(group)

    def _take_relationships(self, key: tuple[str, str, str]) -> Iterator[Step]:
        yield from self._take_nodes([k for k in self._nodes if k[0] in key[1:]])
        group = self._relationships.pop(key)
        self._waiting -= len(group)
        yield from create_relationships(group)


def batched(rows: Iterable[NodeRow | RelationshipRow], size: int = BATCH) -> Iterator[Step]:
    """The steps of rows, as `Batches` makes them."""
    batches = Batches(size)
    for row in rows:
        yield from batches.add(row)
    yield from batches.rest()


def together(steps: Iterable[Step], size: int = BATCH) -> Iterator[list[Step]]:
    """The steps in lists of at most `size` rows, one for each transaction; longer steps are divided."""
    some: list[Step] = []
    count = 0
    for cypher, rows in steps:
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            if some and count + len(part) > size:
                yield some
                some, count = [], 0
            some.append((cypher, part))
            count += len(part)
    if some:
        yield some


def ahead(items: Iterable[_T], depth: int = _DEPTH) -> Generator[_T]:
    """The same items, which a thread makes up to `depth` ahead of their being asked for.

    What making them raises is raised here, in its place. Until the iterator ends or is closed, nobody else may use what
    the items are made of.
    """
    made: queue.Queue[tuple[list[_T], BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def put(found: list[_T], error: BaseException | None = None) -> bool:
        while not stopped.is_set():
            with suppress(queue.Full):
                made.put((found, error), timeout=0.1)
                return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not put([item]):
                    return
        except BaseException as error:
            put([], error)
        else:
            put([])

    thread = threading.Thread(target=make, name="kg-ahead", daemon=True)
    thread.start()
    try:
        while True:
            found, error = made.get()
            if error is not None:
                raise error
            if not found:
                return
            yield found[0]
    finally:
        stopped.set()
        thread.join()
