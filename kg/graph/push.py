"""Bringing a Neo4j database up to date with a ledger.

The stamp in the database says which state of which ledger it shows. Where it is an older state, what changed is sent:
in one transaction with the new stamp, if it is not much. Where the database is empty, all is sent. Everywhere else (a
push was cut off, the ontology changed, a copy of the ledger was restored, others edited the graph) the database is
compared with the ledger and what differs is put right. While several transactions are needed the stamp says so, so that
a push that dies leaves a graph that the next one compares; hence it ends the same however often it was killed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from kg.errors import GraphError, LimitError, QueryError
from kg.graph.base import BASE_LABELS, ENTITY, NodeRow
from kg.graph.batches import BATCH, Batches, ahead, batched
from kg.graph.comparison import Mismatch, compare
from kg.graph.constraints import declare
from kg.graph.delivery import UNFINISHED, Delivery, Progress, TooLargeError, exchange, records, turn
from kg.graph.holdings import Holdings, held_rows
from kg.graph.neo4j import Neo4jGraph, stamp_of, translated
from kg.graph.project import Projection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from neo4j import Session

    from kg.accounts import Changes
    from kg.graph.project import Delta, Stamp, Step
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["PATIENCE", "Pushed", "Way", "push"]

Way = Literal["nothing", "changes", "whole", "compared"]

PATIENCE: Final = 30.0
"""Seconds that a push waits for another to end."""
_ONE_TRANSACTION: Final = 10_000
"""Rows of a change that go in one transaction, so that nobody ever sees half of it."""
_CHANGES: Final = 100_000
"""Ids that changed, above which comparing everything is cheaper than replacing each."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did. `written` and `removed` count rows sent, of nodes and relationships together."""

    way: Way
    """`nothing`: it was up to date. `changes`: what changed since. `whole`: all, into an empty database. `compared`:
    what differed."""
    written: int
    removed: int
    sequence: int
    """Of the ledger, which the graph shows now."""
    seconds: float


def push(
    ledger: Ledger,
    schema: Schema,
    uri: str,
    auth: tuple[str, str] | None = None,
    database: str | None = None,
    *,
    replace_other: bool = False,
    repair: bool = False,
    batch: int = BATCH,
    patience: float = PATIENCE,
    retry: float = 30.0,
    progress: Callable[[Progress], None] | None = None,
) -> Pushed:
    """Bring the graph at `uri` (`neo4j://…`, `bolt://…`) up to date with a ledger.

    With `repair`, whatever the stamp says, the database is compared and what differs put right. `replace_other` allows
    to replace the graph of another ledger, or nodes of our labels that no push wrote. `batch` is in rows;
    `patience` in seconds: how long to wait for another push; `retry` too: how long a transaction is tried again where
    the server is away.

    Raises UsageError where the URI is none, GraphError where the database cannot be reached or written, another push
    does not end in time, or something is in the way that `replace_other` would replace. What was sent until then
    stays, and the next push goes on from there.
    """
    with Neo4jGraph.connect(uri, auth, database, schema, retry=retry) as graph:
        try:
            with translated(uri), graph.session() as session, graph.session() as lock:
                return _Push(ledger, schema, session, lock, batch, progress).run(replace_other, repair, patience)
        except LimitError as error:
            raise GraphError(
                f"{uri}: the server ended a transaction for its time; raise its db.transaction.timeout"
            ) from error
        except QueryError as error:
            raise GraphError(f"{uri} did not take the graph: {error}; kg push --repair may put it right") from error


class _Push:
    def __init__(
        self,
        ledger: Ledger,
        schema: Schema,
        session: Session,
        lock: Session,
        batch: int,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._ledger = ledger
        self._schema = schema
        self._session = session
        self._lock = lock
        self._batch = batch
        self._progress = progress
        self._stage = "writing"
        self._done = 0
        self._items = 0
        self._delivery = Delivery(session, batch, self._count)

    def _count(self, rows: int) -> None:
        self._done += rows
        if self._progress:
            self._progress(Progress(self._stage, self._done, self._items))

    def run(self, replace_other: bool, repair: bool, patience: float) -> Pushed:
        started = time.perf_counter()
        projection = Projection(self._ledger, self._schema)
        old = stamp_of(self._session)
        if old is not None and old == projection.stamp and not repair:
            return Pushed("nothing", 0, 0, old.sequence, time.perf_counter() - started)
        self._check_owner(old, projection.stamp, replace_other)
        declare(self._session, self._schema, repair=repair)
        with turn(self._lock, patience), self._ledger.reading():
            new, old = projection.stamp, stamp_of(self._session)
            self._check_owner(old, new, replace_other)
            way, written, removed = self._bring(projection, old, new, repair)
        return Pushed(way, written, removed, new.sequence, time.perf_counter() - started)

    def _bring(self, projection: Projection, old: Stamp | None, new: Stamp, repair: bool) -> tuple[Way, int, int]:
        if old is not None and old.ledger == new.ledger:
            if old == new and not repair:
                return "nothing", 0, 0
            if projection.continues(old) and old.sequence != UNFINISHED and not repair:
                changes = self._ledger.changes(old.sequence)
                if _size(changes) <= _CHANGES:
                    delta = projection.delta(changes, self._names)
                    self._replace(delta, old, new)
                    return "changes", delta.written, delta.removed
            self._delivery.begin(new)
            written, removed = self._put_right(projection)
            self._delivery.end(new)
            return "compared", written, removed
        self._delivery.begin(new)
        removed = sum(self._clear(base) for base in BASE_LABELS)
        self._items = self._ledger.extent
        with closing(ahead(batched(projection.rows(), self._batch))) as steps:
            written = self._delivery.send(steps)
        self._delivery.end(new)
        return "whole", written, removed

    # -- what changed

    def _names(self, ids: list[str]) -> dict[str, str]:
        cypher = f"UNWIND $ids AS id MATCH (n:{ENTITY} {{id: id}}) RETURN n.id, n.name"
        found: dict[str, str] = {}
        for start in range(0, len(ids), BATCH):
            rows = self._session.execute_read(records, cypher, ids=ids[start : start + BATCH])
            found.update((row[0], row[1]) for row in rows)
        return found

    def _replace(self, delta: Delta, old: Stamp, new: Stamp) -> None:
        self._items = delta.written + delta.removed
        steps = list(delta.steps(self._schema))
        if self._items <= _ONE_TRANSACTION:
            try:
                exchange(self._session, old, new, steps)
            except TooLargeError:
                pass
            else:
                self._count(self._items)
                return
        self._delivery.begin(new)
        self._delivery.send(steps)
        self._delivery.end(new)

    # -- what differs

    def _put_right(self, projection: Projection) -> tuple[int, int]:
        """Compare, and send what differs; how many rows were written and removed."""
        send, batch = self._delivery.send, self._batch
        self._items = 2 * self._ledger.extent
        self._stage = "comparing"
        with Holdings() as holdings, closing(compare(projection.rows(), holdings, self._count)) as mismatches:
            stray: list[str] = []
            for page in held_rows(self._session):
                holdings.add(row for row in page if row.key)
                stray += [row.element for row in page if not row.key]
                self._count(len(page))
            # They go first: a node with the base label of another would stand in its way.
            removed, written = send(_delete(stray, node=True)), 0
            batches, changed = Batches(batch), list[Mismatch]()
            surplus: dict[bool, list[str]] = {False: [], True: []}
            for mismatch in mismatches:
                if mismatch.row is None:
                    elements = surplus[mismatch.node]
                    elements.append(mismatch.element or "")
                    if len(elements) >= batch:
                        removed += send(_delete(elements, node=mismatch.node))
                        elements.clear()
                elif mismatch.element is None:
                    written += send(batches.add(mismatch.row))
                else:
                    changed.append(mismatch)
                    if len(changed) >= batch:
                        written += send(self._rewrite(changed))
                        changed.clear()
            written += send(self._rewrite(changed)) + send(batches.rest())
            removed += sum(send(_delete(elements, node=node)) for node, elements in surplus.items())
        return written, removed

    def _rewrite(self, changed: Iterable[Mismatch]) -> Iterator[Step]:
        """Cypher that makes what differs as the ledger has it."""
        relationships = []
        nodes: list[tuple[str, NodeRow]] = []
        for mismatch in changed:
            element, row = mismatch.element or "", mismatch.row
            if isinstance(row, NodeRow):
                nodes.append((element, row))
            elif row is not None:
                relationships.append({"element": element, "properties": row.properties})
        if relationships:
            match = "UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row.element"
            yield f"{match} SET r = row.properties", relationships
        if not nodes:
            return
        cypher = "UNWIND $ids AS id MATCH (n) WHERE elementId(n) = id RETURN id, labels(n)"
        found = self._session.execute_read(records, cypher, ids=[element for element, _ in nodes])
        bears = {element: set(labels) for element, labels in found}
        groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        for element, row in nodes:
            wanted, has = {row.base, *row.labels}, bears.get(element, set())
            key = (tuple(sorted(has - wanted)), tuple(sorted(wanted - has)))
            groups[key].append({"element": element, "properties": row.properties})
        for (less, more), rows in sorted(groups.items()):
            match = "UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row.element SET n = row.properties"
            yield f"{match}{_labels(' REMOVE n', less)}{_labels(' SET n', more)}", rows

    def _clear(self, base: str) -> int:
        """Remove all nodes of a base label, relationships first, a batch at a time."""
        removed = 0
        for cypher in (
            f"MATCH (:{base})-[r]->() WITH r LIMIT {self._batch} DELETE r RETURN count(*)",
            f"MATCH (n:{base}) WITH n LIMIT {self._batch} DETACH DELETE n RETURN count(*)",
        ):
            removed += self._delivery.exhaust(cypher)
        return removed

    # -- the database as such

    def _check_owner(self, old: Stamp | None, new: Stamp, replace_other: bool) -> None:
        """A push may only replace what a push wrote."""
        if replace_other:
            return
        if old is not None and old.ledger != new.ledger:
            raise GraphError(
                "the database shows the graph of another ledger; push into a database of its own (--database), "
                "or replace that graph (--replace)"
            )
        if old is None:
            labels = "|".join(BASE_LABELS)
            cypher = f"MATCH (n:{labels}) RETURN 1 LIMIT 1"
            if self._session.execute_read(records, cypher):
                raise GraphError(
                    f"the database holds nodes with the labels {', '.join(BASE_LABELS)} that no push wrote; "
                    "push into an empty database (--database), or remove those nodes (--replace)"
                )


def _size(changes: Changes) -> int:
    return sum(map(len, (changes.items, changes.entities, changes.facts, changes.events, changes.observations)))


def _delete(elements: list[str], *, node: bool) -> Iterator[Step]:
    if elements:
        match, detach = ("(n)", "DETACH ") if node else ("()-[n]->()", "")
        yield f"UNWIND $rows AS element MATCH {match} WHERE elementId(n) = element {detach}DELETE n", elements


def _labels(head: str, labels: Iterable[str]) -> str:
    told = "".join(":`" + label.replace("`", "``") + "`" for label in labels)
    return f"{head}{told}" if told else ""
