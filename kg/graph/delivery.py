"""How rows get to a Neo4j server: gathered into batches, read ahead of the sending, written exactly once.

One push writes at a time. While it runs it holds a lock in a transaction that is never committed, so the server frees
it with the connection of a process that dies. That is courtesy; what keeps the graph whole is that every transaction of
a push checks, under a lock on the stamp, that the push is still the database's writer and that this batch is not there
yet. So a transaction of a dead process that is still on its way either came first or is refused, and one whose answer
was lost can be sent again.
"""

from __future__ import annotations

import queue
import threading
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from kg.errors import GraphError
from kg.graph.base import PROJECTION, NodeRow
from kg.graph.project import STAMP_ID, Stamp, create_nodes, create_relationships, stamp_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from neo4j import ManagedTransaction, Session

    from kg.graph.base import RelationshipRow
    from kg.graph.project import Step

__all__ = [
    "BATCH",
    "UNFINISHED",
    "Batches",
    "Delivery",
    "Progress",
    "TooLargeError",
    "ahead",
    "batched",
    "exchange",
    "records",
    "surely",
    "together",
    "turn",
]

_T = TypeVar("_T")
_P = ParamSpec("_P")

BATCH: Final = 5_000
"""Rows in one transaction: more go hardly faster, and cost the server memory."""
UNFINISHED: Final = -1
"""Sequence number of the stamp while the graph is being written and shows no state of the ledger."""
_WAITING: Final = 10
"""Batches' worth of rows that wait for their batch to fill, of all kinds together: what bounds the memory of a push."""
_DEPTH: Final = 3
"""Batches that are read ahead of the sending."""
_TRIES: Final = 4
"""How often a transaction is sent whose answer was lost."""
_LOCK: Final = f"CREATE (:{PROJECTION} {{id: 'push'}})"
_METADATA: Final = {"app": "kg push"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a push or a comparison has come."""

    source: str
    """What is being done."""
    done: int
    """Rows done."""
    items: int
    """Rows in all, as far as known beforehand."""

    @property
    def share(self) -> float:
        """The part that is done, in [0, 1]."""
        return min(1.0, self.done / self.items) if self.items else 0.0


# ---- batches ---------------------------------------------------------------------------------------------------------


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


def ahead(items: Iterable[_T], depth: int = _DEPTH) -> Iterator[_T]:
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


# ---- transactions ----------------------------------------------------------------------------------------------------


def records(tx: ManagedTransaction, /, cypher: str, **parameters: Any) -> list[list[Any]]:
    """The rows of a query, as lists of its columns."""
    return [record.values() for record in tx.run(cypher, parameters)]


def surely(
    session: Session, work: Callable[Concatenate[ManagedTransaction, _P], _T], *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """Run a managed transaction that may be repeated: also where the connection broke while it was committed, when
    nobody knows whether it came through."""
    import neo4j

    told = neo4j.unit_of_work(metadata=_METADATA)(work)
    for _ in range(_TRIES - 1):
        with suppress(neo4j.exceptions.IncompleteCommit):
            return session.execute_write(told, *args, **kwargs)
    return session.execute_write(told, *args, **kwargs)


@contextmanager
def turn(session: Session, patience: float) -> Iterator[None]:
    """One push at a time: waits up to `patience` seconds for another to end.

    Raises GraphError where it takes longer. Needs the constraint on the stamp's id, which is what makes one wait.
    """
    import neo4j

    try:
        with session.begin_transaction(metadata=_METADATA, timeout=patience) as first:
            first.run(_LOCK).consume()
            first.rollback()
    except neo4j.exceptions.Neo4jError as error:
        if not any(word in (error.code or "") for word in ("TimedOut", "Terminated", "LockClientStopped")):
            raise
        raise GraphError(
            f"another push is writing to the database, and was not done within {patience:.0f} seconds; "
            "push again when it is"
        ) from error
    held = session.begin_transaction(metadata=_METADATA, timeout=0)
    try:
        held.run(_LOCK).consume()
        yield
    finally:
        # Where the server went away meanwhile, so did the lock.
        with suppress(neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError, OSError):
            held.rollback()


class TooLargeError(Exception):
    """The server has not the memory for a transaction; it is divided, or done in another way."""


class Delivery:
    """The transactions of one push, between `begin` and `end`."""

    def __init__(self, session: Session, size: int, told: Callable[[int], None]) -> None:
        """`told` is called with the number of rows after each transaction."""
        self._session = session
        self._size = size
        self._told = told
        self._writer = uuid.uuid4().hex
        self._number = 0

    def begin(self, stamp: Stamp) -> None:
        """Become the database's writer. From now on until `end` the stamp says that the graph is unfinished."""
        cypher, _ = stamp_step(stamp)
        row = {**replace(stamp, sequence=UNFINISHED).row.properties, "writer": self._writer, "batch": 0}
        surely(self._session, _run, [(cypher, [row])])

    def send(self, steps: Iterable[Step]) -> int:
        """Run steps in transactions of so many rows; how many rows these were."""
        sent = 0
        for some in together(steps, self._size):
            sent += self._send(some)
        return sent

    def end(self, stamp: Stamp) -> None:
        """Write the stamp that says what the graph shows."""

        def work(tx: ManagedTransaction) -> None:
            held = _hold(tx)
            if held.get("writer") == self._writer:
                _run(tx, [stamp_step(stamp)])
            elif Stamp.of_row(held) != stamp:
                raise _taken_over()

        surely(self._session, work)

    def _send(self, steps: Sequence[Step]) -> int:
        count = sum(len(rows) for _, rows in steps)
        try:
            self._commit(steps)
        except TooLargeError as error:
            if count == 1:
                raise GraphError(
                    f"the server has not the memory for one row ({error.__cause__}); raise its "
                    "dbms.memory.transaction.total.max or its heap"
                ) from error.__cause__
            return sum(self._send(half) for half in together(steps, (count + 1) // 2))
        self._told(count)
        return count

    def _commit(self, steps: Sequence[Step]) -> None:
        self._number += 1
        number = self._number

        def work(tx: ManagedTransaction) -> None:
            held = _hold(tx)
            if held.get("writer") != self._writer:
                raise _taken_over()
            if held["batch"] != number:
                _run(tx, steps)
                tx.run(f"MATCH (n:{PROJECTION} {{id: $id}}) SET n.batch = $number", id=STAMP_ID, number=number)

        surely(self._session, work)


def exchange(session: Session, old: Stamp, new: Stamp, steps: Sequence[Step]) -> None:
    """Run all steps in one transaction that takes the graph from one stamp to the next."""

    def work(tx: ManagedTransaction) -> None:
        held = Stamp.of_row(_hold(tx))
        if held == old:
            _run(tx, [*steps, stamp_step(new)])
        elif held != new:
            raise _taken_over()

    surely(session, work)


def _hold(tx: ManagedTransaction) -> dict[str, Any]:
    """The properties of the stamp, which nobody else can change until the transaction ends."""
    # It is written, and so locked, before it is read.
    tx.run(f"MATCH (n:{PROJECTION} {{id: $id}}) SET n.held = true", id=STAMP_ID).consume()
    found = records(tx, f"MATCH (n:{PROJECTION} {{id: $id}}) RETURN properties(n)", id=STAMP_ID)
    return dict(found[0][0]) if found else {}


def _run(tx: ManagedTransaction, steps: Iterable[Step]) -> None:
    import neo4j

    try:
        for cypher, rows in steps:
            tx.run(cypher, rows=rows).consume()
    except neo4j.exceptions.TransientError as error:
        # The driver would try the same again for half a minute.
        if "OutOfMemory" in (error.code or ""):
            raise TooLargeError from error
        raise


def _taken_over() -> GraphError:
    return GraphError("another push has taken the database over; push again when it is done")
