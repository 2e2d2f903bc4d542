"""kglite, the engine of the embedded graph; nothing else imports it.

What it does otherwise than Neo4j, and what is done about it:

- `add_relationships` merges parallel relationships unless it is the first load of a type from a base label. So a whole
  build gives it all rows of a type at once, counts what it made, and adds what is left over one by one.
- with its optimizer on, some counts and orders come out wrong; every query runs without it.
- returned nodes carry `title` and `type` keys that nobody stored, and relationships name their ends by numbers of the
  engine; both are put right.
- it writes warnings on standard error by itself; here they are part of a result.
- what it makes of Cypher is for `dialect` and `differences`.
"""

from __future__ import annotations

import gc
import logging
from collections import defaultdict
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.errors import GraphError, LimitError, QueryError
from kg.graph.base import PROJECTION, NodeRow, RelationshipRow, moment
from kg.graph.project import Stamp, create_relationships, stamp_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.graph.project import Step
    from kg.schema import Schema

__all__ = ["Engine", "Values", "build", "empty", "is_engine_error", "load", "run", "stamp_of", "write"]

Engine: TypeAlias = Any
"""A `kglite.KnowledgeGraph`."""

_NodeKey: TypeAlias = tuple[str, tuple[str, ...]]
"""Base label, further labels."""
_TypeKey: TypeAlias = tuple[str, str, str]
"""Relationship type, base labels of its ends."""

_FROM: Final = "from id"
_TO: Final = "to id"
"""Columns of a frame that no property can be called."""
_TURNED: Final = 500
"""Rows that wait to be turned into columns."""
_DURATION: Final = frozenset(("months", "days", "seconds", "nanoseconds"))
_log = logging.getLogger(__name__)


def empty() -> Engine:
    """A graph without anything."""
    import kglite

    kglite.set_query_warning_policy("silent")
    return kglite.KnowledgeGraph()


def load(path: Path) -> Engine | None:
    """The snapshot, or None where there is none or it is damaged."""
    import kglite

    kglite.set_query_warning_policy("silent")
    if not path.exists():
        return None
    try:
        engine = kglite.load(str(path))
        # Sections that stay mapped are not read, hence not checked, when a file is loaded.
        if engine.verify_integrity()["ok"] and stamp_of(engine) is not None:
            return engine
        reason = "is damaged"
    except Exception as error:
        if not is_engine_error(error):
            raise
        reason = f"cannot be read ({error})"
    _log.warning("%s %s; building the graph anew", path.name, reason)
    return None


def is_engine_error(error: Exception) -> bool:
    import kglite

    return isinstance(error, (kglite.KgError, OSError, ValueError, RuntimeError))


def run(
    engine: Engine,
    cypher: str,
    params: Mapping[str, Any] | None,
    timeout: float | None,
    limit: int | None,
    **options: Any,
) -> Any:
    """Run a query, with kglite's exceptions as ours."""
    import kglite

    try:
        view = engine.cypher(
            cypher,
            params=dict(params or {}),
            timeout_ms=0 if timeout is None else max(1, int(timeout * 1000)),
            row_limit=limit,
            disable_optimizer=True,
            hide_structural_keys=True,
            **options,
        )
    except kglite.CypherTimeoutError as error:
        raise LimitError(
            f"the query took longer than {timeout:g} seconds; anchor it on a name or an id, or raise the time limit"
        ) from error
    except kglite.ReadOnlyError as error:
        raise QueryError("the query would change the graph, and only reading is allowed") from error
    except kglite.CypherError as error:
        text = str(error)
        if "write scope violation" in text:
            raise QueryError("the query would change the graph, and only reading is allowed") from error
        if "budget" in text or "safety limit" in text or "backstop" in text:
            raise LimitError(f"the query is too large: {text}") from error
        raise QueryError(text) from error
    except (kglite.KgError, ValueError, TypeError, OverflowError) as error:
        raise QueryError(str(error)) from error
    if isinstance(view, str):
        raise QueryError("FORMAT CSV is not Cypher; ask for CSV with --format csv")
    return view


def write(engine: Engine, step: Step) -> None:
    cypher, rows = step
    engine.cypher(cypher, params={"rows": rows}, timeout_ms=0, disable_optimizer=True)


def stamp_of(engine: Engine) -> Stamp | None:
    rows = run(engine, f"MATCH (n:{PROJECTION}) RETURN properties(n) AS p", None, None, None).to_list()
    return Stamp.of_row(rows[0]["p"]) if len(rows) == 1 else None


def build(rows: Iterable[NodeRow | RelationshipRow], schema: Schema, stamp: Stamp) -> Engine:
    """A graph of all these rows. Raises GraphError where the engine fails or does not keep every relationship."""
    with _without_collecting():
        return _built(rows, schema, stamp)


def _built(rows: Iterable[NodeRow | RelationshipRow], schema: Schema, stamp: Stamp) -> Engine:
    nodes: dict[_NodeKey, Columns] = defaultdict(Columns)
    relationships: dict[_TypeKey, Columns] = defaultdict(Columns)
    for row in rows:
        if isinstance(row, NodeRow):
            base, _, labels, properties = row
            nodes[base, labels].add(properties)
        else:
            kind, start_base, start, end_base, end, properties = row
            relationships[kind, start_base, end_base].add(properties, start, end)
    engine = empty()
    wanted = sum(columns.length for columns in relationships.values())
    try:
        for base, labels in sorted(nodes):
            frame = nodes.pop((base, labels)).frame()
            engine.add_nodes(frame, base, "id", "name", labels=list(labels) or None)
        for step in _add_relationships(engine, relationships):
            write(engine, step)
        _index(engine, schema)
        write(engine, stamp_step(stamp))
    except Exception as error:
        if not is_engine_error(error):
            raise
        raise GraphError(f"the graph cannot be built: {error}") from error
    if engine.shape[1] != wanted:
        raise GraphError(
            f"the graph engine kept {engine.shape[1]} of {wanted} relationships; check the ledger with 'kg check'"
        )
    return engine


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Millions of values come to stay, and none of them is in a cycle: looking for cycles again and again would cost a
    fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _index(engine: Engine, schema: Schema) -> None:
    """An index on `statement` for each type, which also holds that no statement is there twice."""
    for definition in schema.properties.values():
        kind = definition.relationship_type
        write(engine, (f"CREATE CONSTRAINT FOR ()-[r:{kind}]-() REQUIRE r.statement IS UNIQUE", []))


class Columns:
    """Rows of one kind, kept by column: a third of the memory of dicts, and what a frame is made of."""

    __slots__ = ("_columns", "_ends", "_starts", "_waiting", "length")

    def __init__(self) -> None:
        self.length = 0
        self._columns: dict[str, list[Any]] = {}
        self._starts: list[str] = []
        self._ends: list[str] = []
        self._waiting: list[Mapping[str, Any]] = []

    def add(self, properties: Mapping[str, Any], start: str | None = None, end: str | None = None) -> None:
        """Add a row; a relationship's with the ids of its ends."""
        self._waiting.append(properties)
        if start is not None and end is not None:
            self._starts.append(start)
            self._ends.append(end)
        self.length += 1
        if len(self._waiting) >= _TURNED:
            self._turn()

    def _turn(self) -> None:
        """Rows that wait go into the columns, many at once: value by value it takes three times as long."""
        before = self.length - len(self._waiting)
        for name in set(chain.from_iterable(self._waiting)):
            column = self._columns.setdefault(name, [])
            column.extend([None] * (before - len(column)))
            column.extend([row.get(name) for row in self._waiting])
        self._waiting.clear()

    def frame(self) -> Any:
        """A pandas frame of object columns, since in any other dtype a gap turns whole numbers into fractions. The
        columns go into it, and it is all that is left of the rows."""
        import pandas

        self._turn()
        columns, length = self._columns, self.length
        if self._starts:
            columns[_FROM], columns[_TO] = self._starts, self._ends
        self._columns, self._starts, self._ends, self.length = {}, [], [], 0
        frame = {}
        for name in sorted(columns):
            column = columns.pop(name)
            column.extend([None] * (length - len(column)))
            frame[name] = pandas.Series(column, dtype=object)
        return pandas.DataFrame(frame)


def _add_relationships(engine: Engine, groups: dict[_TypeKey, Columns]) -> Iterator[Step]:
    """Load relationships in bulk, one call for each type and base label of its starts, and yield the steps that create
    those which a second call would merge."""
    loaded: set[tuple[str, str]] = set()
    for key in sorted(groups, key=lambda k: (-groups[k].length, k)):
        kind, start, end = key
        wanted, frame = groups[key].length, groups[key].frame()
        if (kind, start) in loaded:
            rows = [{k: v for k, v in row.items() if v is not None} for row in frame.to_dict("records")]
            yield from create_relationships(
                RelationshipRow(kind, start, row.pop(_FROM), end, row.pop(_TO), row) for row in rows
            )
            continue
        loaded.add((kind, start))
        report = engine.add_relationships(frame, kind, start, _FROM, end, _TO)
        if report["connections_created"] != wanted or report.get("stubs_vivified"):
            raise GraphError(
                f"of {wanted} relationships {kind} the engine made {report['connections_created']}, and "
                f"{report.get('stubs_vivified', 0)} of their ends are no nodes; check the ledger with 'kg check'"
            )


class Values:
    """Values of one result as plain ones. The engine names a relationship's ends by its own numbers, so the numbers met
    are remembered, and looked up where no node of the result has them."""

    def __init__(self, engine: Engine, *, durations: bool = False) -> None:
        """With `durations`, a map that looks like one is one; the engine does not tell them apart."""
        self._engine = engine
        self._durations = durations
        self._ids: dict[int, Any] = {}

    def plain(self, value: Any) -> Any:
        if isinstance(value, dict):
            keys = value.keys()
            if keys == {"id", "labels", "properties"}:
                return self._node(value)
            if keys == {"id", "start", "end", "type", "properties"}:
                return {
                    "type": value["type"],
                    "start": self._id(value["start"]),
                    "end": self._id(value["end"]),
                    **{k: self.plain(v) for k, v in value["properties"].items()},
                }
            if self._durations and {"months", "days", "seconds"} <= keys <= _DURATION:
                from neo4j.time import Duration

                return Duration(**value).iso_format()
            return {k: self.plain(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(v) for v in value]
        if hasattr(value, "isoformat"):
            return moment(value.isoformat())
        return value

    def _node(self, value: Mapping[str, Any]) -> dict[str, Any]:
        properties = dict(value["properties"])
        self._ids[value["id"]] = properties.get("id")
        labels = list(value["labels"])
        properties.pop("title", None)
        if properties.get("type") == labels[0]:
            del properties["type"]
        return {
            "id": properties.pop("id", None),
            "name": properties.pop("name", None),
            "labels": labels,
            **{k: self.plain(v) for k, v in properties.items()},
        }

    def _id(self, number: int) -> Any:
        if number not in self._ids:
            found = run(
                self._engine,
                "MATCH (n) WHERE elementId(n) = $number RETURN n.id AS id",
                {"number": str(number)},
                None,
                1,
            )
            self._ids[number] = next((row["id"] for row in found), None)
        return self._ids[number]
