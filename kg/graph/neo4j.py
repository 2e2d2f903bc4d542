"""A ledger's graph in a Neo4j that a team runs: the same rows, the same Cypher.

The database holds one ledger's graph and says which in a `Projection` node, written last: a push that was cut off
leaves a stamp that says so, and the next one begins anew. A push of what changed can be repeated without harm.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kg.errors import GraphError, LimitError, QueryError
from kg.graph.base import BASE_LABELS, DEFAULT_LIMIT, DEFAULT_TIMEOUT, ENTITY, PROJECTION, NodeRow, Result
from kg.graph.project import Projection, Stamp, create_nodes, create_relationships, stamp_step
from kg.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    from neo4j import Driver, ManagedTransaction, Session

    from kg.graph.base import RelationshipRow
    from kg.graph.project import Step
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["BATCH", "Neo4jGraph", "Pushed", "constraints", "push"]

BATCH: Final = 5_000
"""Rows in one transaction: more do not go faster, and cost the server memory."""
_SCHEMES: Final = frozenset(f"{scheme}{tls}" for scheme in ("neo4j", "bolt") for tls in ("", "+s", "+ssc"))
_LOADING: Final = -1
"""Sequence number of a stamp while a whole graph is being written."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did. `written` and `removed` count rows sent, of nodes and relationships together."""

    full: bool
    written: int
    removed: int
    sequence: int
    seconds: float


def push(
    ledger: Ledger,
    schema: Schema,
    uri: str,
    auth: tuple[str, str] | None = None,
    database: str | None = None,
    *,
    replace_other: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Pushed:
    """Bring the graph at `uri` (`neo4j://…`, `bolt://…`) up to date with a ledger; see `Neo4jGraph.push`."""
    with Neo4jGraph.connect(uri, auth, database, schema) as graph:
        return graph.push(ledger, replace_other=replace_other, progress=progress)


class Neo4jGraph:
    """A connection to one database; also a `View`."""

    def __init__(self, driver: Driver, schema: Schema, database: str | None = None) -> None:
        self._driver = driver
        self._schema = schema
        self._database = database
        self._vocabulary = Vocabulary.of(schema)

    @classmethod
    def connect(cls, uri: str, auth: tuple[str, str] | None, database: str | None, schema: Schema) -> Neo4jGraph:
        """Raises GraphError where no Neo4j answers there, or refuses the credentials."""
        import neo4j

        try:
            if uri.partition("://")[0] not in _SCHEMES:
                raise ValueError("this is no address of Bolt, Neo4j's protocol")
            driver = neo4j.GraphDatabase.driver(uri, auth=auth, notifications_min_severity="OFF")
        except (ValueError, neo4j.exceptions.ConfigurationError) as error:
            raise GraphError(f"{uri}: {error}; write it as neo4j://host:7687 or bolt://host:7687") from error
        graph = cls(driver, schema, database)
        try:
            with _translated(uri):
                driver.verify_connectivity()
        except GraphError:
            driver.close()
            raise
        return graph

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Neo4jGraph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def stamp(self) -> Stamp | None:
        """Which state of which ledger the database shows; None where none was ever pushed."""
        with _translated(), self._session() as session:
            rows = session.execute_read(_rows, f"MATCH (n:{PROJECTION}) RETURN properties(n) AS p LIMIT 1", {})
        return Stamp.of_row(rows[0][0]) if rows else None

    def push(
        self,
        ledger: Ledger,
        *,
        replace_other: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Pushed:
        """Bring the database up to date with a ledger: what changed since the last push, or all of it.

        `progress` is called with the number of rows sent since it was last called. Raises GraphError where the database
        cannot be reached or written, holds nodes of ours that no push wrote, or shows another ledger and
        `replace_other` is not set.
        """
        started = time.perf_counter()
        projection = Projection(ledger, self._schema)
        told = progress or (lambda _: None)
        with ledger.reading(), _translated(), self._session() as session:
            new, old = projection.stamp, self.stamp
            if old is not None and old.sequence != _LOADING and new.continues(old):
                if new == old:
                    return Pushed(False, 0, 0, new.sequence, time.perf_counter() - started)
                delta = projection.delta(ledger.changes(old.sequence), self._names)
                self._send(session, delta.steps(self._schema), told)
                self._send(session, [stamp_step(new)], told)
                return Pushed(False, delta.written, delta.removed, new.sequence, time.perf_counter() - started)
            self._check_owner(session, old, new, replace_other)
            for cypher in constraints(self._schema):
                session.run(cypher).consume()
            self._send(session, [stamp_step(replace(new, sequence=_LOADING))], told)
            removed = sum(self._clear(session, base) for base in BASE_LABELS)
            written = self._send(session, _batched(projection.rows()), told)
            self._send(session, [stamp_step(new)], told)
        return Pushed(True, written, removed, new.sequence, time.perf_counter() - started)

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        limit: int | None = DEFAULT_LIMIT,
        write: bool = False,
    ) -> Result:
        """As `View.query`."""
        import neo4j

        started = time.perf_counter()
        warnings = self._vocabulary.check(cypher)
        mode = neo4j.WRITE_ACCESS if write else neo4j.READ_ACCESS
        text = neo4j.Query(cypher, timeout=timeout)
        with _translated(), self._driver.session(database=self._database, default_access_mode=mode) as session:
            answer = session.run(text, dict(params or {}))
            columns = tuple(answer.keys())
            records = answer.fetch(limit + 1) if limit is not None else list(answer)
            answer.consume()
            cut = limit is not None and len(records) > limit
            if cut:
                records = records[:limit]
                warnings = (*warnings, f"only the first {limit} rows are shown: raise the limit, or add LIMIT")
            ids: dict[str, Any] = {}
            for record in records:
                _note_ids(record.values(), ids)
            if unknown := [key for key, known in ids.items() if known is None]:
                found = session.run("MATCH (n) WHERE elementId(n) IN $ids RETURN elementId(n), n.id", ids=unknown)
                ids.update(tuple(r.values()) for r in found)
        rows = tuple(tuple(_plain(v, ids) for v in record.values()) for record in records)
        return Result(columns, rows, cut, time.perf_counter() - started, warnings)

    def _session(self) -> Session:
        return self._driver.session(database=self._database)

    def _names(self, ids: list[str]) -> dict[str, str]:
        cypher = f"UNWIND $ids AS id MATCH (n:{ENTITY} {{id: id}}) RETURN n.id, n.name"
        with self._session() as session:
            return {row[0]: row[1] for row in session.execute_read(_rows, cypher, {"ids": ids})}

    def _send(self, session: Session, steps: Iterable[Step], progress: Callable[[int], None]) -> int:
        """Run each step in transactions of `BATCH` rows, which the driver tries again where the server asks for it."""
        sent = 0
        for cypher, rows in steps:
            for start in range(0, len(rows), BATCH):
                part = rows[start : start + BATCH]
                session.execute_write(_consume, cypher, part)
                sent += len(part)
                progress(len(part))
        return sent

    def _clear(self, session: Session, base: str) -> int:
        """Remove all nodes of a base label, a batch at a time."""
        removed = 0
        cypher = f"MATCH (n:{base}) WITH n LIMIT {BATCH} DETACH DELETE n RETURN count(*) AS n"
        while count := session.execute_write(_rows, cypher, {})[0][0]:
            removed += count
        return removed

    def _check_owner(self, session: Session, old: Stamp | None, new: Stamp, replace_other: bool) -> None:
        """A push may only replace what a push wrote."""
        if old is not None and old.ledger != new.ledger and not replace_other:
            raise GraphError(
                "the database shows the graph of another ledger; push into a database of its own (--database), "
                "or replace that graph"
            )
        if old is None:
            labels = "|".join(BASE_LABELS)
            if session.execute_read(_rows, f"MATCH (n:{labels}) RETURN 1 LIMIT 1", {}):
                raise GraphError(
                    f"the database holds nodes with the labels {', '.join(BASE_LABELS)} that no push wrote; "
                    "push into an empty database (--database)"
                )


def _batched(rows: Iterable[NodeRow | RelationshipRow]) -> Iterator[Step]:
    """Steps of at most `BATCH` rows each, in an order in which a relationship finds its ends."""
    nodes: list[NodeRow] = []
    waiting: dict[tuple[str, str, str], list[RelationshipRow]] = defaultdict(list)
    for row in rows:
        if isinstance(row, NodeRow):
            nodes.append(row)
            if len(nodes) >= BATCH:
                yield from create_nodes(nodes)
                nodes = []
            continue
        key = (row.type, row.start_base, row.end_base)
        waiting[key].append(row)
        if len(waiting[key]) >= BATCH:
            yield from create_nodes(nodes)
            nodes = []
            yield from create_relationships(waiting.pop(key))
    yield from create_nodes(nodes)
    for group in waiting.values():
        yield from create_relationships(group)


def constraints(schema: Schema) -> Iterator[str]:
    """Cypher that makes what a push needs: unique ids, and indexes of names and statements."""
    for base in (*BASE_LABELS, PROJECTION):
        yield f"CREATE CONSTRAINT kg_{base.lower()}_id IF NOT EXISTS FOR (n:{base}) REQUIRE n.id IS UNIQUE"
    yield "CREATE INDEX kg_entity_name IF NOT EXISTS FOR (n:Entity) ON (n.name)"
    for prop in schema.properties.values():
        kind = prop.relationship_type
        yield f"CREATE INDEX kg_{kind.lower()} IF NOT EXISTS FOR ()-[r:{kind}]-() ON (r.statement)"


def _consume(tx: ManagedTransaction, cypher: str, rows: list[Any]) -> None:
    tx.run(cypher, rows=rows).consume()


def _rows(tx: ManagedTransaction, cypher: str, params: Mapping[str, Any]) -> list[list[Any]]:
    return [record.values() for record in tx.run(cypher, **params)]


@contextmanager
def _translated(uri: str = "the database") -> Iterator[None]:
    """The driver's exceptions as ours."""
    from neo4j import exceptions as e

    try:
        yield
    except e.AuthError as error:
        raise GraphError(f"{uri} refuses the user name or password; set NEO4J_USERNAME and NEO4J_PASSWORD") from error
    except e.ClientError as error:
        code = error.code or ""
        if "Timeout" in code or "TimedOut" in code or "Terminated" in code:
            raise LimitError(
                "the query took longer than its time limit; anchor it on a name, or raise the limit"
            ) from error
        if code.startswith("Neo.ClientError.Database"):
            raise GraphError(f"{uri}: {error.message}; check the name of the database") from error
        raise QueryError(error.message or str(error)) from error
    except (e.ServiceUnavailable, e.SessionExpired, OSError) as error:
        raise GraphError(f"{uri} cannot be reached ({error}); start Neo4j, or check address and port") from error
    except (e.Neo4jError, e.DriverError) as error:
        raise GraphError(f"{uri}: {error}") from error


def _note_ids(value: Any, ids: dict[str, Any]) -> None:
    """Element id → id for every node in a value; None for those that a relationship only points to."""
    from neo4j.graph import Node, Path, Relationship

    if isinstance(value, Node):
        ids[value.element_id] = value.get("id")
    elif isinstance(value, Relationship):
        for node in value.nodes:
            if node is not None and ids.get(node.element_id) is None:
                ids[node.element_id] = node.get("id")
    elif isinstance(value, Path):
        _note_ids([*value.nodes, *value.relationships], ids)
    elif isinstance(value, dict):
        _note_ids(list(value.values()), ids)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _note_ids(one, ids)


def _plain(value: Any, ids: Mapping[str, Any]) -> Any:
    """A value of the driver as `Result` promises it."""
    from neo4j.graph import Node, Path, Relationship

    if isinstance(value, Node):
        properties = {k: _plain(v, ids) for k, v in sorted(value.items())}
        head = {"id": properties.pop("id", None), "name": properties.pop("name", None)}
        base = min((b for b in BASE_LABELS if b in value.labels), key=BASE_LABELS.index, default="")
        return {**head, "labels": sorted(value.labels, key=lambda label: (label != base, label)), **properties}
    if isinstance(value, Relationship):
        start, end = (ids.get(node.element_id) if node is not None else None for node in value.nodes)
        return {"type": value.type, "start": start, "end": end, **{k: _plain(v, ids) for k, v in sorted(value.items())}}
    if isinstance(value, Path):
        nodes, relationships = value.nodes, value.relationships
        return {"nodes": [_plain(n, ids) for n in nodes], "relationships": [_plain(r, ids) for r in relationships]}
    if isinstance(value, dict):
        return {k: _plain(v, ids) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v, ids) for v in value]
    if hasattr(value, "iso_format"):
        return value.iso_format()
    return value
