"""RDF: Turtle, N-Triples, JSON-LD and RDF/XML, and with named graphs TriG and N-Quads.

What the triples are, `kg.export.triples` says. The default graph is the same in every format, so that the same graph
comes of whichever file is read; TriG and N-Quads hold each plain triple once more, in a graph that bears the name of
its statement, so that a SPARQL client can ask `GRAPH ?statement { ?a kg:raisedFrom ?b }` and go on from there.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from kg.errors import UnknownNameError
from kg.export import formats
from kg.export.files import draft
from kg.export.jsonld import write_jsonld
from kg.export.triples import Triples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import rdflib

    from kg.export.triples import Triple
    from kg.ledger import Ledger
    from kg.schema import Schema
    from kg.selection import Selection

__all__ = ["FORMATS", "PROVENANCE", "ExportReport", "export", "to_rdflib"]

_RDF_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
}
FORMATS: Final = tuple(formats.FORMATS)
PROVENANCE: Final = ("graphs", "none")


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
    progress: Callable[[str, int, int | None], None] | None = None,
) -> ExportReport:
    """Write the ledger's graph, or the part of it that is selected, to a file or a binary stream, in one of `FORMATS`.

    With provenance `graphs` every statement, claims too, brings its status, its evidence and its sources; with `none`
    only what happened is written and nobody is named for it. A file appears when it is whole, or not at all, and is
    compressed where its name ends in `.gz`. Formats of several files (`csv`, `parquet`, `neo4j-admin`) make a folder,
    and take the place of one that such an export wrote. The same ledger gives the same bytes.

    Raises UnknownNameError where there is no such format or provenance, UsageError where a folder holds other files,
    KgError where `out` cannot be written, and what `Selection.of` raises.
    """
    known = formats.named(format)
    if provenance not in PROVENANCE:
        raise UnknownNameError("provenance", provenance, PROVENANCE)
    began = time.perf_counter()
    with ledger.reading():
        # A part is read as the whole is.
        part = cast("Ledger", selection.of(ledger, schema)) if selection is not None else ledger
        if known.kind != "rdf":
            from kg.export.graphs import write_graph

            claims, whole = provenance != "none", part is ledger
            count = write_graph(part, schema, known, out, claims=claims, whole=whole, progress=progress)
        elif isinstance(out, Path):
            with draft(out) as stream:
                count = _write(part, schema, format, stream, provenance)
        else:
            count = _write(part, schema, format, out, provenance)
    return ExportReport(format, count, time.perf_counter() - began)


def _write(ledger: Ledger, schema: Schema, format: str, out: IO[bytes], provenance: str) -> int:
    triples = Triples(ledger, schema, provenance=provenance != "none")
    counted = _Counted(triples)
    if format == "jsonld":
        write_jsonld(counted.plain(), out, triples.prefixes)
    elif format in ("trig", "nquads") and provenance == "graphs":
        ox.serialize(counted.quads(), out, _RDF_FORMATS[format], prefixes=triples.prefixes)
    elif format == "rdfxml":
        ox.serialize(map(_with_xml_lines, counted.triples()), out, _RDF_FORMATS[format], prefixes=triples.prefixes)
    else:
        ox.serialize(counted.triples(), out, _RDF_FORMATS[format], prefixes=triples.prefixes)
    return counted.number


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

    def __init__(self, triples: Triples) -> None:
        self._triples = triples
        self.number = 0

    def plain(self) -> Iterator[Triple]:
        for triple, _ in self._triples:
            self.number += 1
            yield triple

    def triples(self) -> Iterator[ox.Triple]:
        return (ox.Triple(*triple) for triple in self.plain())

    def quads(self) -> Iterator[ox.Quad]:
        for triple, graph in self._triples:
            self.number += 1
            yield ox.Quad(*triple)
            if graph is not None:
                self.number += 1
                yield ox.Quad(*triple, graph)


def to_rdflib(ledger: Ledger, schema: Schema, *, provenance: str = "graphs") -> rdflib.Graph:
    """What Turtle has, as an `rdflib.Graph` with its prefixes bound; for ledgers that fit into memory."""
    import rdflib

    graph = rdflib.Graph()
    with ledger.reading():
        triples = Triples(ledger, schema, provenance=provenance != "none")
        data = ox.serialize(_Counted(triples).triples(), format=ox.RdfFormat.N_TRIPLES)
    graph.parse(data=data or b"", format="nt")
    for prefix, namespace in triples.prefixes.items():
        graph.bind(prefix, namespace)
    return graph
