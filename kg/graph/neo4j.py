"""A graph in a Neo4j that a team runs: connecting, asking, and its errors in words. `kg.graph.push` writes it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kg.errors import GraphError, LimitError, QueryError, UsageError
from kg.graph.base import BASE_LABELS, DEFAULT_LIMIT, DEFAULT_TIMEOUT, PROJECTION, Result, moment
from kg.graph.project import STAMP_ID, Stamp
from kg.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from neo4j import Driver, ManagedTransaction, Session

    from kg.schema import Schema

__all__ = ["Neo4jGraph", "check_address", "stamp_of", "translated"]

_SCHEMES: Final = tuple(f"{scheme}{tls}" for scheme in ("neo4j", "bolt") for tls in ("", "+s", "+ssc"))


def check_address(uri: str) -> None:
    """Raises UsageError, which never repeats a password, where a URI is none of Neo4j's protocol."""
    try:
        parts = urlsplit(uri)
        host, user = parts.hostname, parts.username
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"{_shown(uri)}: {error}; write it as neo4j://host:7687") from error
    if user is not None:
        raise UsageError(
            "no user or password in the address: command lines are kept in histories and shown to all users. Write "
            f"{_shown(uri)}, and set NEO4J_USERNAME and NEO4J_PASSWORD, or leave them unset to be asked"
        )
    if parts.scheme not in _SCHEMES or not host:
        raise UsageError(
            f"{uri}: no address of Bolt, Neo4j's protocol; write it as neo4j://host:7687 or bolt://host:7687, with "
            "encryption as neo4j+s://host"
        )


def _shown(uri: str) -> str:
    """A URI without user and password."""
    scheme, mark, rest = uri.rpartition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"


class Neo4jGraph:
    """A connection to one database; also a `View`."""

    def __init__(self, driver: Driver, schema: Schema, database: str | None = None) -> None:
        self._driver = driver
        self._schema = schema
        self._database = database
        self._vocabulary = Vocabulary.of(schema)

    @classmethod
    def connect(
        cls, uri: str, auth: tuple[str, str] | None, database: str | None, schema: Schema, *, retry: float = 30.0
    ) -> Neo4jGraph:
        """`retry` is in seconds: how long a transaction is tried again where the server is away or busy.

        Raises UsageError where the URI is no address of Neo4j, GraphError where none answers there or the credentials
        are refused.
        """
        import neo4j

        check_address(uri)
        try:
            driver = neo4j.GraphDatabase.driver(
                uri, auth=auth, notifications_min_severity="OFF", max_transaction_retry_time=retry
            )
        except (ValueError, neo4j.exceptions.ConfigurationError) as error:
            raise UsageError(f"{uri}: {error}; write it as neo4j://host:7687 or bolt://host:7687") from error
        graph = cls(driver, schema, database)
        try:
            with translated(uri):
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
        with translated(), self.session() as session:
            return stamp_of(session)

    @property
    def schema(self) -> Schema:
        return self._schema

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
        with (
            translated(timeout=timeout),
            self._driver.session(database=self._database, default_access_mode=mode) as session,
        ):
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

    def session(self) -> Session:
        return self._driver.session(database=self._database)


def stamp_of(session: Session) -> Stamp | None:
    """The stamp of the database of a session."""

    def work(tx: ManagedTransaction) -> Stamp | None:
        found = tx.run(f"MATCH (n:{PROJECTION} {{id: $id}}) RETURN properties(n)", id=STAMP_ID).single()
        return Stamp.of_row(found[0]) if found is not None else None

    return session.execute_read(work)


@contextmanager
def translated(uri: str = "the database", *, timeout: float | None = None) -> Iterator[None]:
    """The driver's exceptions as ours; `timeout` is the limit in seconds that the query had."""
    from neo4j import exceptions as e

    try:
        yield
    except e.AuthError as error:
        raise GraphError(f"{uri} refuses the user name or password; set NEO4J_USERNAME and NEO4J_PASSWORD") from error
    except e.ClientError as error:
        code = error.code or ""
        if code == "Neo.ClientError.Security.Forbidden":
            raise GraphError(f"{uri}: {error.message}; use an account that may do this") from error
        if "Timeout" in code or "TimedOut" in code or "Terminated" in code:
            limit = f"{timeout:g} seconds" if timeout is not None else "the server allows"
            raise LimitError(
                f"the query took longer than {limit}; anchor it on a name or an id, or raise the time limit"
            ) from error
        if code == "Neo.ClientError.Statement.AccessMode":
            raise QueryError("the query would change the graph, and only reading is allowed") from error
        if code.startswith("Neo.ClientError.Database"):
            raise GraphError(f"{uri}: {error.message}; check the name of the database") from error
        raise QueryError(error.message or str(error)) from error
    except (e.ServiceUnavailable, e.SessionExpired, OSError) as error:
        raise GraphError(f"{uri} cannot be reached ({error}); start Neo4j, or check address and port") from error
    except (e.Neo4jError, e.DriverError) as error:
        if isinstance(error, e.Neo4jError) and error.code == "Neo.DatabaseError.Statement.ExecutionFailed":
            # An argument that a function does not take.
            raise QueryError(error.message or str(error)) from error
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
    if hasattr(value, "iso_format"):
        # Before the tuples: a duration is one.
        return moment(value.iso_format())
    if isinstance(value, (list, tuple)):
        return [_plain(v, ids) for v in value]
    return value
