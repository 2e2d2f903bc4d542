"""The embedded graph: a view of the ledger in this process.

A copy of the engine's graph shares its data with the original until one of them changes. So a change is made in a copy
that takes the place of the graph when it is whole: readers never see half of one, and a failure leaves everything as it
was.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from kg.errors import GraphError, QueryError
from kg.files import sweep
from kg.graph.base import DEFAULT_LIMIT, DEFAULT_TIMEOUT, ENTITY, PROJECTION, Result
from kg.graph.dialect import translate
from kg.graph.differences import found_in
from kg.graph.engine import Engine, Values, build, empty, is_engine_error, load, run, stamp_of, write
from kg.graph.project import Projection, stamp_step
from kg.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from kg.graph.dialect import Translation
    from kg.graph.project import Delta, Stamp
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["EmbeddedGraph"]

_log = logging.getLogger(__name__)
_SAVE_AFTER: Final = 20_000
_CLOSE_AFTER: Final = 1_000
"""Changed rows after which a snapshot is worth writing again, at once or when the graph is closed: replaying more takes
longer than saving."""
_FEW: Final = 1_000
_SHARE: Final = 8
"""Where fewer than so many things changed, or less than one in so many, replaying is faster than building anew."""


class EmbeddedGraph:
    """A graph in this process that shows a ledger's present state. Safe to query from several threads."""

    def __init__(self, engine: Engine, projection: Projection, path: Path | None) -> None:
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

        Raises GraphError where the engine fails. A snapshot that cannot be written is logged and not an error, since
        the graph can always be built again.
        """
        engine = load(path) if path is not None else None
        graph = cls(empty() if engine is None else engine, Projection(ledger, schema), path)
        graph.refresh()
        return graph

    @property
    def stamp(self) -> Stamp | None:
        """Which state of which ledger the graph shows."""
        return stamp_of(self._engine)

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
            if old is not None and old.ledger == new.ledger and old.sequence > new.sequence:
                _log.warning(
                    "the graph is newer than the ledger, which lost its last changes: was an old copy put back, or its "
                    "-wal file left behind? Load again what came since; the graph is built anew"
                )
            if old is not None and self._projection.continues(old):
                touched = self._projection.ledger.changes(old.sequence)
                if len(touched.facts) + len(touched.entities) < max(_FEW, self._engine.shape[1] // _SHARE):
                    try:
                        delta = self._projection.delta(touched, self._names)
                        self._replace(self._changed(delta, new), delta.removed + delta.written)
                        return True
                    except Exception as error:
                        if not is_engine_error(error):
                            raise
                        _log.warning("graph: changes could not be replayed (%s); building it anew", error)
            self._replace(build(self._projection.rows(), self._projection.schema, new), None)
            return True

    def save(self) -> None:
        """Write the snapshot, whole or not at all. Raises GraphError where that fails; without a path does nothing."""
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                # The engine writes beside the file and renames; who was killed meanwhile left that.
                sweep(self._path.parent, rf"{re.escape(self._path.name)}\.tmp\.(\d+)\.\d+")
                self._engine.save(str(self._path))
            except Exception as error:
                if not is_engine_error(error):
                    raise
                raise GraphError(f"{self._path.name}: the graph cannot be saved ({error})") from error
            self._unsaved = 0

    def close(self) -> None:
        """Save what is worth saving. The graph stays usable."""
        if self._unsaved >= _CLOSE_AFTER:
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
        translation = translate(cypher, params)
        warnings = [*self._vocabulary.check(cypher), *map(str, found_in(cypher, refused=False))]
        if write:
            with self._writing:
                draft = self._engine.copy()
                draft.read_only(False)
                view = _run(draft, translation, timeout, limit)
                if view.stats and any(view.stats.values()):
                    self._engine = draft
                    self._try_save()
                    warnings.append("the change is lost when the graph is next built from the ledger")
        else:
            view = _run(self._engine, translation, timeout, limit, write_scope=[])
        columns = _columns(view.columns, translation)
        values = Values(self._engine, durations="duration" in cypher.lower())
        rows = tuple(tuple(values.plain(row[c]) for c in columns.values()) for row in view)
        total = (view.diagnostics or {}).get("total_rows")
        if total is not None:
            warnings.append(f"only the first {len(rows)} of {total} rows are shown: raise the limit, or add LIMIT")
        return Result(tuple(columns), rows, total is not None, time.perf_counter() - started, tuple(warnings))

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
        for row in run(self._engine, cypher, None, None, None):
            yield tuple(sorted(v) if isinstance(v, list) else v for v in (row[c] for c in columns))

    def _replace(self, engine: Engine, changed: int | None) -> None:
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

    def _names(self, ids: list[str]) -> dict[str, str]:
        cypher = f"UNWIND $ids AS id MATCH (n:{ENTITY} {{id: id}}) RETURN n.id AS id, n.name AS name"
        return {row["id"]: row["name"] for row in run(self._engine, cypher, {"ids": ids}, None, None)}

    def _changed(self, delta: Delta, stamp: Stamp) -> Engine:
        engine = self._engine.copy()
        engine.read_only(False)
        for step in (*delta.steps(self._projection.schema), stamp_step(stamp)):
            write(engine, step)
        return engine


def _run(engine: Engine, query: Translation, timeout: float | None, limit: int | None, **options: Any) -> Any:
    try:
        view = run(engine, query.cypher, query.params, timeout, limit, **options)
    except QueryError as error:
        hints = "".join(f"\n{known}" for known in found_in(query.original, refused=True))
        raise QueryError(f"{query.restored(str(error))}{hints}") from error
    if query.refusal:
        raise QueryError(query.refusal)
    return view


def _columns(given: Sequence[str], query: Translation) -> dict[str, str]:
    """What Neo4j calls the columns, in its order → what the engine calls them."""
    if query.columns is not None and len(query.columns) == len(given):
        return dict(zip(query.columns, given, strict=True))
    named = {query.restored(name): name for name in given}
    return dict(sorted(named.items())) if query.everything else named


def _sorted(properties: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{k}: {v!r}" for k, v in sorted(properties.items()) if k != "title") + "}"
