"""The embedded graph: kglite in this process, as a view of the ledger.

kglite is kept behind this module. What it does otherwise than Neo4j, and what is done about it:

- `add_relationships` merges parallel relationships unless it is the first load of a type from a base label. So a whole
  build gives it all rows of a type at once, counts what it made, and adds what is left over one by one.
- with its optimizer on, some counts and orders come out wrong; every query runs without it.
- returned nodes carry `title` and `type` keys that nobody stored; they are taken off.
- a copy shares its data with the original until one of them changes. So a change is made in a copy that takes the place
  of the graph when it is whole: readers never see half of one, and a failure leaves everything as it was.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.errors import GraphError, LimitError, QueryError
from kg.graph.base import DEFAULT_LIMIT, DEFAULT_TIMEOUT, ENTITY, PROJECTION, NodeRow, RelationshipRow, Result
from kg.graph.project import Projection, Stamp, create_relationships, stamp_step
from kg.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from kg.graph.project import Delta, Step
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["EmbeddedGraph"]

_Engine: TypeAlias = Any
"""A `kglite.KnowledgeGraph`."""

_NodeKey: TypeAlias = tuple[str, tuple[str, ...]]
"""Base label, further labels."""
_TypeKey: TypeAlias = tuple[str, str, str]
"""Relationship type, base labels of its ends."""

_FROM: Final = "from id"
_TO: Final = "to id"
"""Columns of a frame that no property can be called."""
_log = logging.getLogger(__name__)
_SAVE_AFTER: Final = 20_000
"""Changed rows after which a snapshot is worth writing again: replaying more takes longer than saving."""
_FEW: Final = 1_000
_SHARE: Final = 8
"""Where fewer than so many things changed, or less than one in so many, replaying is faster than building anew."""


class EmbeddedGraph:
    """A graph in this process that shows a ledger's present state. Safe to query from several threads."""

    def __init__(self, engine: _Engine, projection: Projection, path: Path | None) -> None:
        self._engine = engine
        self._projection = projection
        self._path = path
        self._unsaved = 0
        self._writing = threading.Lock()
        self._vocabulary = Vocabulary.of(projection.schema)

    @classmethod
    def open(cls, path: Path | None, ledger: Ledger, schema: Schema) -> EmbeddedGraph:
        """The graph of a ledger, up to date.

        With a path, the snapshot there is loaded and what changed since is replayed; a snapshot of another ledger or
        ontology, or a damaged one, is built anew and replaced. Without, the graph lives in memory only.

        Raises GraphError where the engine fails. A snapshot that cannot be written is logged and not an error, since the
        graph can always be built again.
        """
        import kglite

        # kglite prints warnings on standard error by itself; here they are part of a result.
        kglite.set_query_warning_policy("silent")
        engine = _load(path) if path is not None else None
        graph = cls(engine if engine is not None else kglite.KnowledgeGraph(), Projection(ledger, schema), path)
        graph.refresh()
        return graph

    @property
    def stamp(self) -> Stamp | None:
        """Which state of which ledger the graph shows."""
        return _stamp(self._engine)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of nodes and relationships, without the node that holds the stamp."""
        nodes, relationships = self._engine.shape
        return nodes - (self.stamp is not None), relationships

    def refresh(self) -> bool:
        """Bring the graph up to date with its ledger. Whether anything changed."""
        with self._writing, self._projection.ledger.reading():
            new, old = self._projection.stamp, self.stamp
            if new == old:
                return False
            if old is not None and new.continues(old):
                touched = self._projection.ledger.changes(old.sequence)
                if len(touched.facts) + len(touched.entities) < max(_FEW, self._engine.shape[1] // _SHARE):
                    try:
                        delta = self._projection.delta(touched, self._names)
                        self._replace(self._changed(delta, new), delta.removed + delta.written)
                        return True
                    except Exception as error:
                        if not _is_engine_error(error):
                            raise
                        _log.warning("graph: changes could not be replayed (%s); building it anew", error)
            self._replace(self._built(new), None)
            return True

    def save(self) -> None:
        """Write the snapshot, whole or not at all. Raises GraphError where that fails; without a path does nothing."""
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._engine.save(str(self._path))
            except Exception as error:
                if not _is_engine_error(error):
                    raise
                raise GraphError(f"{self._path.name}: the graph cannot be saved ({error})") from error
            self._unsaved = 0

    def close(self) -> None:
        """Save what is worth saving. The graph stays usable."""
        if self._unsaved:
            self._try_save()

    def __enter__(self) -> EmbeddedGraph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        limit: int | None = DEFAULT_LIMIT,
        write: bool = False,
    ) -> Result:
        """As `View.query`. With `write` the change lasts until the graph is built anew: the ledger does not know it."""
        started = time.perf_counter()
        warnings = list(self._vocabulary.check(cypher))
        if write:
            with self._writing:
                draft = self._engine.copy()
                draft.read_only(False)
                view = _run(draft, cypher, params, timeout, limit)
                if view.stats and any(view.stats.values()):
                    self._engine = draft
                    self._try_save()
                    warnings.append("the change is lost when the graph is next built from the ledger")
        else:
            view = _run(self._engine, cypher, params, timeout, limit, write_scope=[])
        columns = tuple(view.columns)
        values = _Values(self._engine)
        rows = tuple(tuple(values.plain(row[c]) for c in columns) for row in view)
        total = (view.diagnostics or {}).get("total_rows")
        if total is not None:
            warnings.append(f"only the first {len(rows)} of {total} rows are shown: raise the limit, or add LIMIT")
        return Result(columns, rows, total is not None, time.perf_counter() - started, tuple(warnings))

    def dump(self) -> Iterator[str]:
        """Every node, then every relationship, one line each, sorted: equal graphs have equal dumps, however they came
        to be. The stamp is left out."""
        yield from sorted(
            f"({labels}) {_sorted(properties)}"
            for labels, properties in self._ask("MATCH (n) RETURN labels(n) AS l, properties(n) AS p", "l", "p")
            if PROJECTION not in labels
        )
        yield from sorted(
            f"({start})-[{kind}]->({end}) {_sorted(properties)}"
            for start, kind, end, properties in self._ask(
                "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS t, b.id AS b, properties(r) AS p", "a", "t", "b", "p"
            )
        )

    def _ask(self, cypher: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        for row in _run(self._engine, cypher, None, None, None):
            yield tuple(sorted(v) if isinstance(v, list) else v for v in (row[c] for c in columns))

    def _replace(self, engine: _Engine, changed: int | None) -> None:
        engine.read_only(True)
        self._engine = engine
        self._unsaved += changed or 0
        if changed is None or self._unsaved >= _SAVE_AFTER:
            self._try_save()

    def _try_save(self) -> None:
        try:
            self.save()
        except GraphError as error:
            _log.warning("%s; it will be built again next time", error)

    # ---- writing: the whole graph

    def _built(self, stamp: Stamp) -> _Engine:
        import kglite

        nodes: dict[_NodeKey, _Columns] = defaultdict(_Columns)
        relationships: dict[_TypeKey, _Columns] = defaultdict(_Columns)
        for row in self._projection.rows():
            if isinstance(row, NodeRow):
                nodes[row.base, row.labels].add(row.properties)
            else:
                ends = {_FROM: row.start, _TO: row.end}
                relationships[row.type, row.start_base, row.end_base].add(row.properties, ends)
        engine = kglite.KnowledgeGraph()
        wanted = sum(columns.length for columns in relationships.values())
        try:
            for (base, labels), columns in sorted(nodes.items()):
                engine.add_nodes(columns.frame(), base, "id", "name", labels=list(labels) or None)
            for step in _add_relationships(engine, relationships):
                _write(engine, step)
            _index(engine, self._projection.schema)
            _write(engine, stamp_step(stamp))
        except Exception as error:
            if not _is_engine_error(error):
                raise
            raise GraphError(f"the graph cannot be built: {error}") from error
        if engine.shape[1] != wanted:
            raise GraphError(
                f"the graph engine kept {engine.shape[1]} of {wanted} relationships; check the ledger with 'kg check'"
            )
        return engine

    # ---- writing: what changed

    def _names(self, ids: list[str]) -> dict[str, str]:
        cypher = f"UNWIND $ids AS id MATCH (n:{ENTITY} {{id: id}}) RETURN n.id AS id, n.name AS name"
        return {row["id"]: row["name"] for row in _run(self._engine, cypher, {"ids": ids}, None, None)}

    def _changed(self, delta: Delta, stamp: Stamp) -> _Engine:
        engine = self._engine.copy()
        engine.read_only(False)
        for step in (*delta.steps(self._projection.schema), stamp_step(stamp)):
            _write(engine, step)
        return engine


def _load(path: Path) -> _Engine | None:
    """The snapshot, or None where there is none or it is damaged."""
    import kglite

    if not path.exists():
        return None
    try:
        engine = kglite.load(str(path))
        # Sections that stay mapped are not read, hence not checked, when a file is loaded.
        if engine.verify_integrity()["ok"] and _stamp(engine) is not None:
            return engine
        reason = "is damaged"
    except Exception as error:
        if not _is_engine_error(error):
            raise
        reason = f"cannot be read ({error})"
    _log.warning("%s %s; building the graph anew", path.name, reason)
    return None


def _is_engine_error(error: Exception) -> bool:
    import kglite

    return isinstance(error, (kglite.KgError, OSError, ValueError, RuntimeError))


def _run(
    engine: _Engine,
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


class _Values:
    """Values of one result as plain ones. The engine names a relationship's ends by its own numbers, so the numbers met
    are remembered, and looked up where no node of the result has them."""

    def __init__(self, engine: _Engine) -> None:
        self._engine = engine
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
            return {k: self.plain(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(v) for v in value]
        if hasattr(value, "isoformat"):
            return value.isoformat()
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
            found = _run(
                self._engine,
                "MATCH (n) WHERE elementId(n) = $number RETURN n.id AS id",
                {"number": str(number)},
                None,
                1,
            )
            self._ids[number] = next((row["id"] for row in found), None)
        return self._ids[number]


def _stamp(engine: _Engine) -> Stamp | None:
    rows = _run(engine, f"MATCH (n:{PROJECTION}) RETURN properties(n) AS p", None, None, None).to_list()
    return Stamp.of_row(rows[0]["p"]) if len(rows) == 1 else None


def _sorted(properties: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{k}: {v!r}" for k, v in sorted(properties.items()) if k != "title") + "}"


def _write(engine: _Engine, step: Step) -> None:
    cypher, rows = step
    engine.cypher(cypher, params={"rows": rows}, timeout_ms=0, disable_optimizer=True)


def _index(engine: _Engine, schema: Schema) -> None:
    """An index on `statement` for each type, which also holds that no statement is there twice."""
    for definition in schema.properties.values():
        kind = definition.relationship_type
        _write(engine, (f"CREATE CONSTRAINT FOR ()-[r:{kind}]-() REQUIRE r.statement IS UNIQUE", []))


class _Columns:
    """Rows of one kind, kept by column: a third of the memory of dicts, and what a frame is made of."""

    __slots__ = ("columns", "length")

    def __init__(self) -> None:
        self.length = 0
        self.columns: dict[str, list[Any]] = {}

    def add(self, *parts: Mapping[str, Any]) -> None:
        for part in parts:
            for name, value in part.items():
                column = self.columns.get(name)
                if column is None:
                    column = self.columns[name] = []
                if (gap := self.length - len(column)) > 0:
                    column.extend([None] * gap)
                column.append(value)
        self.length += 1

    def frame(self) -> Any:
        """A pandas frame of object columns: in any other dtype a gap turns whole numbers into fractions. Empties this."""
        import pandas

        frame = {}
        for name in sorted(self.columns):
            column = self.columns.pop(name)
            column.extend([None] * (self.length - len(column)))
            frame[name] = pandas.Series(column, dtype=object)
        return pandas.DataFrame(frame)


def _add_relationships(engine: _Engine, groups: dict[_TypeKey, _Columns]) -> Iterator[Step]:
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
