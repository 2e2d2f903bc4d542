"""What the endpoint says of itself: the SPARQL 1.1 Service Description, VoID, and a page for people."""

from __future__ import annotations

import html
import threading
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import LimitError
from kg.export.triples import DCTERMS, RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.sparql.formats import Format
    from kg.sparql.view import SparqlView

__all__ = ["Description"]

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
_RESULTS: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_SECONDS: Final = 20.0
_EXAMPLE: Final = """\
SELECT ?company ?investor ?evidence
WHERE {
  ?statement rdf:predicate kg:raisedFrom ; kg:status kg:asserted ;
             rdf:subject/rdfs:label ?company ; rdf:object/rdfs:label ?investor ;
             kg:evidence/kg:sentence ?evidence .
}
LIMIT 20
"""


class Description:
    """Describes one endpoint. What it counts, it counts once for each state of the store."""

    def __init__(self, view: SparqlView) -> None:
        self._view = view
        self._lock = threading.Lock()
        self._counted: tuple[Path, dict[str, int], dict[str, int], int] | None = None

    def service(self, origin: str, form: Format) -> bytes:
        """The service, with its dataset."""
        return self._written([*self._service(origin), *self._dataset(origin)], form)

    def dataset(self, origin: str, form: Format) -> bytes:
        """The dataset alone, as VoID has it."""
        return self._written(self._dataset(origin), form)

    def page(self) -> bytes:
        """A page with a form."""
        text = (files("kg.web") / "sparql.html").read_text(encoding="utf-8")
        prefixes = "\n".join(f"{name}: <{iri}>" for name, iri in self._view.prefixes.items())
        return text.replace("{query}", html.escape(_EXAMPLE)).replace("{prefixes}", html.escape(prefixes)).encode()

    def _written(self, triples: list[ox.Triple] | Iterator[ox.Triple], form: Format) -> bytes:
        from kg.sparql.worker import GRAPH_FORMATS

        prefixes = {**self._view.prefixes, "sd": SD, "void": VOID, "format": FORMATS}
        return ox.serialize(triples, format=GRAPH_FORMATS[form.name], prefixes=prefixes) or b""

    def _service(self, origin: str) -> Iterator[ox.Triple]:
        service, dataset = _iri(f"{origin}/sparql#service"), _iri(f"{origin}/.well-known/void#dataset")
        yield _type(service, f"{SD}Service")
        yield ox.Triple(service, _iri(f"{SD}endpoint"), _iri(f"{origin}/sparql"))
        yield ox.Triple(service, _iri(f"{SD}supportedLanguage"), _iri(f"{SD}SPARQL11Query"))
        for name in _RESULTS:
            yield ox.Triple(service, _iri(f"{SD}resultFormat"), _iri(FORMATS + name))
        graph = _iri(f"{origin}/sparql#default-graph")
        yield ox.Triple(service, _iri(f"{SD}defaultDataset"), dataset)
        yield _type(dataset, f"{SD}Dataset")
        yield ox.Triple(dataset, _iri(f"{SD}defaultGraph"), graph)
        yield _type(graph, f"{SD}Graph")
        if (counted := self._counts()) is not None:
            yield ox.Triple(graph, _iri(f"{VOID}triples"), _number(sum(counted[1].values())))

    def _dataset(self, origin: str) -> Iterator[ox.Triple]:
        dataset, schema = _iri(f"{origin}/.well-known/void#dataset"), self._view.schema
        yield _type(dataset, f"{VOID}Dataset")
        yield ox.Triple(dataset, _iri(f"{DCTERMS}title"), ox.Literal("新闻知识图谱", language="zh"))
        yield ox.Triple(dataset, _iri(f"{DCTERMS}title"), ox.Literal("Knowledge graph of news", language="en"))
        yield ox.Triple(dataset, _iri(f"{VOID}sparqlEndpoint"), _iri(f"{origin}/sparql"))
        yield ox.Triple(dataset, _iri(f"{VOID}uriSpace"), ox.Literal(schema.base_iri))
        for namespace in (schema.iri, *(self._view.prefixes[p] for p in ("skos", "prov", "dcterms", "schema"))):
            yield ox.Triple(dataset, _iri(f"{VOID}vocabulary"), _iri(namespace))
        counted = self._counts()
        if counted is None:
            return
        classes, properties, entities = counted
        for name, number in (
            ("triples", sum(properties.values())),
            ("entities", entities),
            ("classes", len(classes)),
            ("properties", len(properties)),
        ):
            yield ox.Triple(dataset, _iri(VOID + name), _number(number))
        for kind, term, numbers, what in (
            ("classPartition", "class", classes, "entities"),
            ("propertyPartition", "property", properties, "triples"),
        ):
            parts = {iri: ox.BlankNode() for iri in numbers}
            for part in parts.values():
                yield ox.Triple(dataset, _iri(VOID + kind), part)
            for iri, part in parts.items():
                yield ox.Triple(part, _iri(VOID + term), _iri(iri))
                yield ox.Triple(part, _iri(VOID + what), _number(numbers[iri]))

    def _counts(self) -> tuple[Mapping[str, int], Mapping[str, int], int] | None:
        """Class → nodes, property → triples, and how many nodes there are; None where counting takes too long."""
        with self._lock:
            shown = self._view.replica.current()
            counted = self._counted
            if counted is None or counted[0] != shown:
                try:
                    self._counted = counted = (
                        shown,
                        dict(self._ask("SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c")),
                        dict(self._ask("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p")),
                        self._ask("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")[0][0],
                    )
                except LimitError:
                    return None
            return counted[1:]

    def _ask(self, query: str) -> tuple[tuple[Any, ...], ...]:
        return self._view.query(query, timeout=_SECONDS).rows


def _iri(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _type(node: ox.NamedNode, kind: str) -> ox.Triple:
    return ox.Triple(node, _iri(f"{RDF}type"), _iri(kind))


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=_iri(f"{XSD}integer"))
