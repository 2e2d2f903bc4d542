"""RDF: Turtle, N-Triples, JSON-LD and RDF/XML, and with named graphs TriG and N-Quads.

What is written, `kg.export.description` says. The default graph is the same in every format, so that the same graph
comes of whichever file is read; TriG and N-Quads hold each plain triple once more, in a graph that bears the name of
its statement, so that a SPARQL client can ask `GRAPH ?statement { ?a kg:raisedFrom ?b }` and go on from there.
"""

from __future__ import annotations

import gzip
import os
import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast, get_args

import pyoxigraph as ox

from kg.errors import KgError, UnknownNameError, UsageError
from kg.export.alignments import Alignments
from kg.export.context import read_context
from kg.export.description import Description, Provenance
from kg.export.terms import NTriplesTerms, OxTerms, TurtleTerms
from kg.export.triples import prefixes
from kg.export.writers import JsonTerms, write_jsonld, write_nquads, write_ntriples, write_trig, write_turtle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import rdflib

    from kg.export.terms import Terms
    from kg.ledger import Ledger
    from kg.schema import Schema
    from kg.selection import Readable, Selection

__all__ = ["FORMATS", "PROVENANCE", "RDF_FORMATS", "SUFFIXES", "ExportReport", "export", "to_rdflib"]

RDF_FORMATS: Final = ("turtle", "ntriples", "rdfxml", "trig", "nquads", "jsonld")
FORMATS: Final[tuple[str, ...]] = (*RDF_FORMATS, "graphml", "csv")
PROVENANCE: Final[tuple[Provenance, ...]] = get_args(Provenance)
SUFFIXES: Final = {
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".jsonld": "jsonld",
    ".rdf": "rdfxml",
    ".graphml": "graphml",
}
"""A file's suffix → its format; `.gz` may follow."""
_ABLE: Final[dict[Provenance, tuple[str, ...]]] = {
    "rdf12": ("turtle", "ntriples", "trig", "nquads"),
    "rdfstar": ("turtle", "ntriples", "trig", "nquads"),
}
"""What can write the syntax that not every format has."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote."""

    format: str
    triples: int
    """With named graphs: quads. For GraphML and CSV: nodes and relationships together."""
    seconds: float

    def __str__(self) -> str:
        what = {"graphml": "nodes and edges", "csv": "rows", "trig": "quads", "nquads": "quads"}
        return f"{self.triples:,} {what.get(self.format, 'triples')} in {self.seconds:.1f} s"


def export(
    ledger: Ledger,
    schema: Schema,
    format: str,
    out: Path | IO[bytes],
    *,
    provenance: str = "graphs",
    selection: Selection | None = None,
    context: str | None = None,
    ontology: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ExportReport:
    """Write the ledger's graph, or the part of it that is selected, to a file or a binary stream, in one of `FORMATS`.

    With provenance `graphs` every statement, claims too, brings its status, its evidence and its sources; `rdf12` says
    the same by reifiers of RDF 1.2, `rdfstar` hangs on a quoted triple what a relationship in Cypher bears; with `none`
    only what happened is written and nobody is named for it. A file whose name ends in `.gz` is compressed; it appears
    when it is whole, or not at all. `csv` makes a folder with `nodes.csv` and `relationships.csv`. Equal ledgers give
    the same bytes.

    `context` is the IRI that JSON-LD refers to for its context; the context itself is written where none is given.
    `ontology` is a folder laid out like the packaged one, whose `sameas.toml`, `units.toml` and `context.jsonld` are
    used. `progress` is called now and then with how many rows of the ledger are done, and of how many.

    Raises UnknownNameError where there is no such format or provenance or what is selected is none, UsageError where
    the format cannot write that provenance, KgError where `out` cannot be written.
    """
    if format not in FORMATS:
        raise UnknownNameError("format", format, _nearest(format, FORMATS))
    mode = _provenance(format, provenance)
    began = time.perf_counter()
    with ledger.reading():
        part = selection.of(ledger, schema) if selection is not None else ledger
        if format in RDF_FORMATS:
            writing = _Writing(part, schema, format, mode, context, ontology, progress)
            count = _put(out, writing.write)
        else:
            count = _tables(ledger, schema, format, out, mode)
    return ExportReport(format, count, time.perf_counter() - began)


def _provenance(format: str, name: str) -> Provenance:
    for mode in PROVENANCE:
        if mode == name:
            able = _ABLE.get(mode)
            if able is not None and format not in able:
                raise UsageError(f"{format} has no syntax for {mode}; write {' or '.join(able)}, or take graphs")
            return mode
    raise UnknownNameError("provenance", name, PROVENANCE)


def _put(out: Path | IO[bytes], write: Callable[[IO[bytes]], int]) -> int:
    if not isinstance(out, Path):
        return write(out)
    with _draft(out) as stream:
        if out.suffix.lower() != ".gz":
            return write(stream)
        # Neither name nor time in the head, so that the same graph gives the same bytes.
        with gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=6, mtime=0) as packed:
            return write(cast("IO[bytes]", packed))


def _tables(ledger: Ledger, schema: Schema, format: str, out: Path | IO[bytes], mode: Provenance) -> int:
    from kg.export.tables import write_csv, write_graphml

    if format == "graphml":
        return _put(out, lambda stream: write_graphml(ledger, schema, stream, claims=mode != "none"))
    if not isinstance(out, Path):
        raise UsageError("CSV is two files; give a folder to put them in.")
    with _writing(out):
        return write_csv(ledger, schema, out, claims=mode != "none")


@dataclass(frozen=True, slots=True)
class _Writing:
    """One graph on its way out."""

    view: Readable
    schema: Schema
    format: str
    mode: Provenance
    context: str | None
    ontology: Path | None
    progress: Callable[[int, int], None] | None

    def write(self, out: IO[bytes]) -> int:
        base, names = self.schema.base_iri, prefixes(self.schema)
        if self.format == "ntriples":
            return write_ntriples(self._told(NTriplesTerms(base)), out)
        if self.format == "nquads":
            return write_nquads(self._told(NTriplesTerms(base)), out)
        if self.format == "turtle":
            return write_turtle(self._told(TurtleTerms(base, names)), out, names)
        if self.format == "trig":
            return write_trig(self._told(TurtleTerms(base, names)), out, names)
        if self.format == "jsonld":
            whole = self.context or read_context(self.ontology)
            return write_jsonld(self._told(JsonTerms(base, names)), out, whole)
        counted = _Counted(self._told(OxTerms(base)))
        ox.serialize(map(_with_xml_lines, counted), out, ox.RdfFormat.RDF_XML, prefixes=names)
        return counted.number

    def _told(self, terms: Terms[Any]) -> Description[Any]:
        alignments = Alignments.load(self.schema, self.ontology)
        return Description(
            self.view, self.schema, terms, provenance=self.mode, alignments=alignments, progress=self.progress
        )


def _with_xml_lines(triple: ox.Triple) -> ox.Triple:
    """A triple whose lines end as an XML parser would have them end anyway, so that all parsers read the same."""
    told = triple.object
    if not isinstance(told, ox.Literal) or "\r" not in told.value:
        return triple
    lines = re.sub("\r\n?", "\n", told.value)
    if told.language is not None:
        return ox.Triple(triple.subject, triple.predicate, ox.Literal(lines, language=told.language))
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(lines, datatype=told.datatype))


class _Counted:
    """Triples on their way to a serialiser."""

    def __init__(self, nodes: Iterable[Any]) -> None:
        self._nodes = nodes
        self.number = 0

    def __iter__(self) -> Iterator[ox.Triple]:
        for subject, pairs, _ in self._nodes:
            self.number += len(pairs)
            for predicate, object_ in pairs:
                yield ox.Triple(subject, predicate, object_)


def to_rdflib(
    ledger: Ledger,
    schema: Schema,
    *,
    provenance: str = "graphs",
    selection: Selection | None = None,
    ontology: Path | None = None,
) -> rdflib.Graph:
    """What Turtle has, as an `rdflib.Graph` with its prefixes bound; for ledgers that fit into memory."""
    import io

    import rdflib

    graph = rdflib.Graph()
    held = io.BytesIO()
    export(ledger, schema, "ntriples", held, provenance=provenance, selection=selection, ontology=ontology)
    graph.parse(data=held.getvalue(), format="nt")
    for prefix, namespace in prefixes(schema).items():
        graph.bind(prefix, namespace)
    return graph


# ---- files ----------------------------------------------------------------------------------------------------------


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KgError(f"{out}: cannot be written ({error.strerror or error}); check the path and the space.") from error


@contextmanager
def _draft(out: Path) -> Iterator[IO[bytes]]:
    """A file beside `out` that takes its place when all went well, and goes when it did not."""
    with _writing(out):
        target = out.resolve()
        number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(number, "wb", buffering=1 << 20) as stream:
                yield stream
            Path(name).chmod(_mode(target))
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _mode(target: Path) -> int:
    """The permissions of the file that is there, else those that a new file gets."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _nearest(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    from difflib import get_close_matches

    short = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "json": "jsonld", "xml": "rdfxml", "json-ld": "jsonld"}
    if name.lower() in short:
        return (short[name.lower()],)
    return tuple(get_close_matches(name.lower(), known, 3, 0.4)) or known
