"""RDF: Turtle, N-Triples, JSON-LD and RDF/XML, and with named graphs TriG and N-Quads.

What is written, `kg.export.description` says. The default graph is the same in every format, so that the same graph
comes of whichever file is read; TriG and N-Quads hold each plain triple once more, in a graph that bears the name of
its statement, so that a SPARQL client can ask `GRAPH ?statement { ?a kg:raisedFrom ?b }` and go on from there.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast, get_args

import pyoxigraph as ox

from kg.errors import UnknownNameError, UsageError
from kg.export import formats
from kg.export.alignments import Alignments
from kg.export.context import CONTEXT, make_context
from kg.export.description import Description, Provenance
from kg.export.files import draft
from kg.export.terms import NTriplesTerms, OxTerms, TurtleTerms
from kg.export.triples import prefixes
from kg.export.writers import JsonTerms, write_jsonld, write_nquads, write_ntriples, write_trig, write_turtle
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import rdflib

    from kg.export.formats import Format
    from kg.export.terms import Terms
    from kg.ledger import Ledger
    from kg.selection import Readable, Selection

__all__ = ["FORMATS", "PROVENANCE", "ExportReport", "export", "to_rdflib"]

FORMATS: Final = tuple(formats.FORMATS)
PROVENANCE: Final[tuple[Provenance, ...]] = get_args(Provenance)
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
    """With named graphs: quads. For what is no RDF: nodes and relationships together."""
    seconds: float

    def __str__(self) -> str:
        return f"{self.triples:,} {formats.FORMATS[self.format].counts} in {self.seconds:.1f} s"


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
    progress: Callable[[str, int, int | None], None] | None = None,
) -> ExportReport:
    """Write the ledger's graph, or the part of it that is selected, to a file or a binary stream, in one of `FORMATS`.

    With provenance `graphs` every statement, claims too, brings its status, its evidence and its sources; `rdf12` says
    the same by reifiers of RDF 1.2, `rdfstar` hangs on a quoted triple what a relationship in Cypher bears; with `none`
    only what happened is written and nobody is named for it. A file appears when it is whole, or not at all, and is
    compressed where its name ends in `.gz`. Formats of several files (`csv`, `parquet`, `neo4j-admin`) make a folder,
    and take the place of one that such an export wrote. Equal ledgers give the same bytes of RDF; other formats are in
    the order of loading, so that the same ledger gives the same bytes.

    `context` is the IRI that JSON-LD refers to for its context, where that of `make_context` is published; the context
    itself is written where none is given. `ontology` is a folder laid out like the packaged one, whose `sameas.toml`
    and `units.toml` are used. `progress` is called now and then with what is counted, how many of it are done, and of
    how many.

    Raises UnknownNameError where there is no such format or provenance, UsageError where the format cannot write that
    provenance or a folder holds other files, KgError where `out` cannot be written, and what `Selection.of` raises.
    """
    known = formats.named(format)
    mode = _provenance(known, provenance)
    began = time.perf_counter()
    with ledger.reading():
        # A part is read as the whole is.
        part = cast("Ledger", selection.of(ledger, schema)) if selection is not None else ledger
        if known.kind != "rdf":
            from kg.export.graphs import write_graph

            claims, whole = mode != "none", part is ledger
            count = write_graph(part, schema, known, out, claims=claims, whole=whole, progress=progress)
        else:
            writing = _Writing(part, schema, format, mode, context, ontology, progress)
            if isinstance(out, Path):
                with draft(out) as stream:
                    count = writing.write(stream)
            else:
                count = writing.write(out)
    return ExportReport(format, count, time.perf_counter() - began)


def _provenance(format: Format, name: str) -> Provenance:
    for mode in PROVENANCE:
        if mode == name:
            able = _ABLE.get(mode)
            if able is not None and format.name not in able:
                raise UsageError(f"{format.name} has no syntax for {mode}; write {' or '.join(able)}, or take graphs")
            return mode
    raise UnknownNameError("provenance", name, PROVENANCE)


@dataclass(frozen=True, slots=True)
class _Writing:
    """One graph on its way out."""

    view: Readable
    schema: Schema
    format: str
    mode: Provenance
    context: str | None
    ontology: Path | None
    progress: Callable[[str, int, int | None], None] | None

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
            if self.context == CONTEXT:
                # Of it only those names may be used that mean here what they mean there.
                there = prefixes(Schema.load())
                names = {prefix: space for prefix, space in names.items() if there.get(prefix) == space}
            return write_jsonld(self._told(JsonTerms(base, names)), out, self.context or make_context(self.schema))
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
