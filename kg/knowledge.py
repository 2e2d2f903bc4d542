"""The library's one object: a ledger with everything that can be done with it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from types import TracebackType

    import networkx as nx
    import rdflib

    from kg import pipeline
    from kg.accounts import Forgotten, Status
    from kg.conformance import Conformance
    from kg.explore import Direction
    from kg.export.frames import Frames
    from kg.export.rdf import ExportReport
    from kg.extract.extractor import Extractor
    from kg.findings import Link, Neighbour, Profile, TimelineEntry
    from kg.graph import delivery
    from kg.graph.base import Result
    from kg.graph.comparison import Difference
    from kg.graph.embedded import EmbeddedGraph
    from kg.graph.push import Pushed
    from kg.ledger import Ledger
    from kg.model import Document, Rejection
    from kg.selection import Selection
    from kg.sparql.view import SparqlView

__all__ = ["KnowledgeGraph", "open"]


class KnowledgeGraph:
    """A ledger in a file (or in memory) and the graph that it projects to. A context manager that closes both.

    Nothing is read before it is needed: opening costs a few milliseconds, the first load reads the word lists, the
    first query the graph.
    """

    def __init__(
        self,
        path: Path | str = "kg.db",
        *,
        ontology: Path | str | None = None,
        base_iri: str | None = None,
        read_only: bool = False,
    ) -> None:
        """`ontology` is a folder laid out like the packaged one (`kg.ttl`, `patterns/`, `lexicon/`); with `base_iri`,
        IRIs of data begin so in exports, whatever the ontology says."""
        self._path = None if str(path) == ":memory:" else Path(path)
        self._folder = None if ontology is None else Path(ontology)
        self._base_iri = base_iri
        self._read_only = read_only

    def __enter__(self) -> KnowledgeGraph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for name in ("graph", "triples", "ledger"):
            if name in self.__dict__:
                getattr(self, name).close()
                del self.__dict__[name]

    # -- the parts

    @cached_property
    def schema(self) -> Schema:
        return Schema.load(self._folder / "kg.ttl" if self._folder else None, base_iri=self._base_iri)

    @cached_property
    def extractor(self) -> Extractor:
        from kg.extract.extractor import Extractor

        return Extractor.load(self.schema, folder=self._folder)

    @cached_property
    def ledger(self) -> Ledger:
        from kg.ledger import Ledger

        return Ledger.open(self._path or ":memory:", self.schema, read_only=self._read_only)

    @cached_property
    def graph(self) -> EmbeddedGraph:
        """The embedded graph, kept beside the ledger (`kg.db` → `kg.kgl`)."""
        from kg.graph.embedded import EmbeddedGraph

        snapshot = self._path and self._path.with_suffix(".kgl")
        if snapshot and snapshot == self._path:
            snapshot = self._path.with_name(f"{self._path.name}.kgl")
        return EmbeddedGraph.open(snapshot, self.ledger, self.schema)

    @cached_property
    def triples(self) -> SparqlView:
        """The ledger as SPARQL sees it; its store is a folder beside the ledger (`kg.db` → `kg.sparql`)."""
        from kg.sparql.view import SparqlView

        folder = self._path and self._path.with_suffix(".sparql")
        if folder and folder == self._path:
            folder = self._path.with_name(f"{self._path.name}.sparql")
        return SparqlView.open(folder, self.ledger, self.schema, self._folder)

    @staticmethod
    def _own_files(path: Path) -> set[Path]:
        beside = {path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal", ".kgl")}
        return {path, path.with_suffix(".kgl"), *beside}

    # -- what goes in and out

    def load(
        self,
        *paths: str | Path,
        loader: str | None = None,
        date: str | None = None,
        min_confidence: float = 0.0,
        again: bool = False,
        workers: int = 1,
        cluster: str | None = None,
        progress: Callable[[pipeline.Progress], None] | None = None,
    ) -> pipeline.LoadReport:
        """Read files, directories and globs; see `kg.pipeline.load`."""
        from kg import pipeline
        from kg.extract.deferred import DeferredExtractor

        return pipeline.load(
            map(str, paths),
            self.ledger,
            DeferredExtractor(self.schema, self._folder, lambda: self.extractor),
            loader=loader,
            date=date,
            min_confidence=min_confidence,
            again=again,
            workers=workers,
            cluster=cluster,
            progress=progress,
        )

    def import_rdf(
        self,
        *paths: str | Path,
        mapping: str | None = None,
        min_confidence: float = 0.0,
        progress: Callable[[str, int], None] | None = None,
    ) -> pipeline.LoadReport:
        """Read RDF files: our own exports, or others' by a mapping; see `kg.rdf.importing.import_rdf`."""
        from kg.rdf.importing import import_rdf

        return import_rdf(
            map(Path, paths),
            self.ledger,
            mapping=mapping,
            ontology=self._folder,
            min_confidence=min_confidence,
            progress=progress,
        )

    def extract(
        self, *paths: str | Path, loader: str | None = None, date: str | None = None
    ) -> Iterator[Document | Rejection]:
        """What `load` would keep, an item at a time; nothing is stored."""
        from kg import pipeline

        return pipeline.extract(map(str, paths), self.extractor, loader=loader, date=date)

    def forget(self, item: str) -> Forgotten:
        """Take back everything that one item says. Raises UnknownNameError where there is no such item."""
        return self.ledger.forget(item)

    def export(
        self,
        format: str,
        out: Path | str | IO[bytes],
        *,
        provenance: str = "graphs",
        selection: Selection | None = None,
        context: str | None = None,
        progress: Callable[[str, int, int | None], None] | None = None,
    ) -> ExportReport:
        """Write the graph to a file or a binary stream; see `kg.export.rdf.export`.

        Raises UsageError where the file is the ledger's own.
        """
        from kg.export.rdf import export

        target = Path(out) if isinstance(out, str) else out
        if self._path and isinstance(target, Path) and target.resolve() in self._own_files(self._path.resolve()):
            raise UsageError(f"{out} belongs to the ledger itself; name another file")
        return export(
            self.ledger,
            self.schema,
            format,
            target,
            provenance=provenance,
            selection=selection,
            context=context,
            ontology=self._folder,
            progress=progress,
        )

    def push(
        self,
        uri: str,
        auth: tuple[str, str] | None = None,
        database: str | None = None,
        *,
        replace_other: bool = False,
        repair: bool = False,
        progress: Callable[[delivery.Progress], None] | None = None,
    ) -> Pushed:
        """Bring a Neo4j database up to date with the ledger; see `kg.graph.push.push`."""
        from kg.graph.push import push

        return push(
            self.ledger,
            self.schema,
            uri,
            auth,
            database,
            replace_other=replace_other,
            repair=repair,
            progress=progress,
        )

    def diff(
        self,
        uri: str,
        auth: tuple[str, str] | None = None,
        database: str | None = None,
        *,
        examples: int = 3,
        progress: Callable[[delivery.Progress], None] | None = None,
    ) -> Difference:
        """How a Neo4j database differs from the ledger; see `kg.graph.comparison.diff`."""
        from kg.graph.comparison import diff

        return diff(self.ledger, self.schema, uri, auth, database, examples=examples, progress=progress)

    def to_networkx(self, *, claims: bool = False) -> nx.MultiDiGraph[str]:
        """The graph as networkx has it; with `claims`, also what did not happen (yet)."""
        from kg.export.networkx import to_networkx

        return to_networkx(self.ledger, self.schema, claims=claims)

    def to_pandas(self, *, claims: bool = False) -> Frames:
        """The graph as two pandas frames, `nodes` and `relationships`; with `claims`, also what did not happen (yet),
        and the news items."""
        from kg.export.frames import to_pandas

        return to_pandas(self.ledger, self.schema, claims=claims)

    def to_rdflib(self, *, selection: Selection | None = None) -> rdflib.Graph:
        """What a Turtle export has, as a graph in memory; see `kg.export.rdf.to_rdflib`."""
        from kg.export.rdf import to_rdflib

        return to_rdflib(self.ledger, self.schema, selection=selection, ontology=self._folder)

    def validate(self, file: Path | str | None = None) -> Conformance:
        """Hold the ledger, or an RDF file in any common format, against the SHACL shapes of the ontology.

        An audit: it takes some seconds for every 10 000 triples. Raises UsageError where pySHACL is missing or the file
        is no RDF.
        """
        from kg import conformance

        graph = self.to_rdflib() if file is None else conformance.read(Path(file))
        return conformance.of_ontology(graph, self.schema, self._folder)

    def rdflib_view(self) -> rdflib.Graph:
        """A graph that holds nothing and reads the ledger for each pattern; see `kg.export.patterns.rdflib_view`."""
        from kg.export.patterns import rdflib_view

        return rdflib_view(self.ledger, self.schema, self._folder)

    # -- what can be asked

    def query(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
        write: bool = False,
    ) -> Result:
        """Run a named query, or Cypher where the words are no name.

        `timeout` is in seconds; it and `limit` (rows) default to what `kg.graph.base` says. Raises QueryError,
        LimitError, and for named queries UsageError where a parameter is missing or wrong.
        """
        from kg.graph.base import DEFAULT_LIMIT, DEFAULT_TIMEOUT
        from kg.query import get, run

        seconds, rows = timeout or DEFAULT_TIMEOUT, limit or DEFAULT_LIMIT
        self.graph.refresh()
        if is_name(query):
            return run(get(query), self.graph, self.ledger, params or {}, timeout=seconds, limit=rows)
        return self.graph.query(query, params, timeout=seconds, limit=rows, write=write)

    def sparql(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
    ) -> Result:
        """Run a named SPARQL query, or SPARQL where the words are no name; see `SparqlView.query`.

        The prefixes `kg` (ontology) and `id` (data) need no declaration. Raises QueryError, LimitError, and UsageError
        where a parameter is missing or wrong.
        """
        from kg.graph.base import DEFAULT_LIMIT, DEFAULT_TIMEOUT

        seconds, rows = timeout or DEFAULT_TIMEOUT, limit or DEFAULT_LIMIT
        if is_name(query):
            from kg.query import get
            from kg.sparql.named import run

            named = get(query, language="sparql")
            return run(named, self.triples, self.ledger, params or {}, timeout=seconds, limit=rows)
        if params:
            raise UsageError("only named queries take parameters; name one, or write the values into the query")
        return self.triples.query(query, timeout=seconds, limit=rows)

    def show(self, name: str) -> Profile:
        """Everything known about an entity. Names match by alias and in traditional or simplified letters.

        Raises UnknownNameError with the nearest names, UsageError where several entities bear the name.
        """
        from kg.explore import profile

        return profile(self.ledger, self.schema, name)

    def neighbours(
        self, name: str, *, depth: int = 1, predicates: Collection[str] = (), direction: Direction = "both"
    ) -> tuple[Neighbour, ...]:
        """Who stands around an entity, nearest first."""
        from kg.explore import neighbours

        return tuple(
            neighbours(self.ledger, self.schema, name, depth=depth, predicates=predicates, direction=direction)
        )

    def path(self, a: str, b: str, *, max_hops: int = 6) -> Link | None:
        """A shortest chain of facts between two entities; None where there is none so short."""
        from kg.explore import path

        return path(self.ledger, self.schema, a, b, max_hops=max_hops)

    def timeline(self, name: str) -> tuple[TimelineEntry, ...]:
        """What is told of an entity, by date."""
        from kg.explore import timeline

        return timeline(self.ledger, self.schema, name)

    def status(self) -> Status:
        return self.ledger.status()


def is_name(query: str) -> bool:
    """Whether the words can only be a query's name: one word, no Cypher."""
    return bool(query) and not any(c.isspace() or c in "({[" for c in query.strip())


def open(
    path: Path | str = "kg.db",
    *,
    ontology: Path | str | None = None,
    base_iri: str | None = None,
    read_only: bool = False,
) -> KnowledgeGraph:
    """Open a knowledge graph, or begin one where there is no file; `:memory:` keeps it in memory."""
    return KnowledgeGraph(path, ontology=ontology, base_iri=base_iri, read_only=read_only)
