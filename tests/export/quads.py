"""What an export holds, as two libraries read it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import rdflib
from documents import SCHEMA

from kg.export.rdf import export
from kg.model import LiteralValue, happened

if TYPE_CHECKING:
    from kg.ledger import Ledger

READERS = {
    "turtle": (ox.RdfFormat.TURTLE, "turtle"),
    "ntriples": (ox.RdfFormat.N_TRIPLES, "nt"),
    "rdfxml": (ox.RdfFormat.RDF_XML, "xml"),
    "jsonld": (ox.RdfFormat.JSON_LD, "json-ld"),
    "trig": (ox.RdfFormat.TRIG, "trig"),
    "nquads": (ox.RdfFormat.N_QUADS, "nquads"),
}
"""Format → what pyoxigraph and rdflib call it."""
KG, ID = SCHEMA.iri, SCHEMA.base_iri
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"
STRING = f"{XSD}string"
UNIT = "http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure"

Quads = set[tuple[Any, ...]]
"""Subject, predicate, object, graph; an object is an IRI, or value, datatype and language; the graph may be None."""


def written(ledger: Ledger, format: str, provenance: str = "graphs") -> bytes:
    out = io.BytesIO()
    export(ledger, SCHEMA, format, out, provenance=provenance)
    return out.getvalue()


def by_pyoxigraph(data: bytes, format: str) -> Quads:
    def term(t: Any) -> Any:
        return (t.value, t.datatype.value, t.language) if isinstance(t, ox.Literal) else t.value

    return {
        (q.subject.value, q.predicate.value, term(q.object), getattr(q.graph_name, "value", None) or None)
        for q in ox.parse(data, READERS[format][0])
    }


def by_rdflib(data: bytes, format: str) -> Quads:
    def term(t: Any) -> Any:
        if not isinstance(t, rdflib.Literal):
            return str(t)
        kind = f"{RDF}langString" if t.language else str(t.datatype or STRING)
        return (str(t), kind, t.language)

    if format in ("trig", "nquads"):
        dataset = rdflib.Dataset().parse(data=data, format=READERS[format][1])
        default = str(rdflib.graph.DATASET_DEFAULT_GRAPH_ID)
        return {
            (str(s), str(p), term(o), None if g is None or str(g) == default else str(g))
            for s, p, o, g in dataset.quads((None, None, None, None))
        }
    return {(str(s), str(p), term(o), None) for s, p, o in rdflib.Graph().parse(data=data, format=READERS[format][1])}


def read(ledger: Ledger, format: str = "turtle", provenance: str = "graphs") -> Quads:
    return by_pyoxigraph(written(ledger, format, provenance), format)


def objects(quads: Quads, subject: str, predicate: str) -> set[Any]:
    return {o for s, p, o, g in quads if s == subject and p == predicate and g is None}


def plain(ledger: Ledger, *, all_: bool = False) -> Quads:
    return {
        (ID + f.subject.id, KG + f.predicate, ID + f.object.id)
        for f in ledger.facts()
        if not isinstance(f.object, LiteralValue) and (all_ or happened(f.status))
    }


def named(ledger: Ledger, name: str) -> str:
    return ID + ledger.find(name)[0].id
