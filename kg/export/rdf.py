"""RDF: Turtle, N-Triples, JSON-LD and RDF/XML, and with named graphs TriG and N-Quads.

What the triples are, `kg.export.triples` says. The default graph is the same in every format, so that the same graph
comes of whichever file is read; TriG and N-Quads hold each plain triple once more, in a graph that bears the name of
its statement, so that a SPARQL client can ask `GRAPH ?statement { ?a kg:raisedFrom ?b }` and go on from there.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import KgError, UnknownNameError, UsageError
from kg.export.jsonld import write_jsonld
from kg.export.triples import Triples
from kg.files import draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    import rdflib

    from kg.export.triples import Triple
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["FORMATS", "PROVENANCE", "ExportReport", "export", "to_rdflib"]

_RDF_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
}
FORMATS: Final[tuple[str, ...]] = (*_RDF_FORMATS, "jsonld", "graphml", "csv")
PROVENANCE: Final = ("graphs", "none")


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
    ledger: Ledger, schema: Schema, format: str, out: Path | IO[bytes], *, provenance: str = "graphs"
) -> ExportReport:
    """Write the ledger's graph to a file or a binary stream, in one of `FORMATS`.

    With provenance `graphs` every statement, claims too, brings its status, its evidence and its sources; with `none`
    only what happened is written and nobody is named for it. A file appears when it is whole, or not at all. `csv`
    makes a folder with `nodes.csv` and `relationships.csv`. The same ledger gives the same bytes.

    Raises UnknownNameError where there is no such format or provenance, KgError where `out` cannot be written.
    """
    if format not in FORMATS:
        raise UnknownNameError("format", format, _nearest(format, FORMATS))
    if provenance not in PROVENANCE:
        raise UnknownNameError("provenance", provenance, PROVENANCE)
    began = time.perf_counter()
    with ledger.reading():
        if format == "csv":
            from kg.export.tables import write_csv

            if not isinstance(out, Path):
                raise UsageError("CSV is two files; give a folder to put them in.")
            with _writing(out):
                count = write_csv(ledger, schema, out, claims=provenance != "none")
        elif isinstance(out, Path):
            with _writing(out), draft(out) as stream:
                count = _write(ledger, schema, format, stream, provenance)
        else:
            count = _write(ledger, schema, format, out, provenance)
    return ExportReport(format, count, time.perf_counter() - began)


def _write(ledger: Ledger, schema: Schema, format: str, out: IO[bytes], provenance: str) -> int:
    if format == "graphml":
        from kg.export.tables import write_graphml

        return write_graphml(ledger, schema, out, claims=provenance != "none")
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


# ---- files ----------------------------------------------------------------------------------------------------------


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KgError(f"{out}: cannot be written ({error.strerror or error}); check the path and the space.") from error


def _nearest(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    from difflib import get_close_matches

    short = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "json": "jsonld", "xml": "rdfxml", "json-ld": "jsonld"}
    if name.lower() in short:
        return (short[name.lower()],)
    return tuple(get_close_matches(name.lower(), known, 3, 0.4)) or known
