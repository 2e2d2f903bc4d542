from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from documents import SCHEMA, Told

from kg.export.alignments import Alignments
from kg.export.patterns import Patterns, rdflib_view
from kg.export.triples import Triples

if TYPE_CHECKING:
    from kg.ledger import Ledger


def test_every_pattern_gives_what_fits(ledger: Ledger) -> None:
    told = {t for t, _ in Triples(ledger, SCHEMA, alignments=Alignments.load(SCHEMA), as_told=False)}
    patterns = Patterns(ledger, SCHEMA)
    for position in range(3):
        for term in {t[position] for t in told}:
            wanted = [term if n == position else None for n in range(3)]
            found = list(patterns.match(*wanted))  # type: ignore[arg-type]
            assert len(found) == len(set(found))
            assert set(found) == {t for t in told if t[position] == term}, term
    assert set(patterns.match()) == told


def test_it_reads_like_any_graph(ledger: Ledger) -> None:
    graph = rdflib_view(ledger, SCHEMA)
    rows = graph.query(
        "SELECT ?name ?sentence WHERE { ?x rdfs:label '蓝湖科技'@zh . ?s rdf:subject ?x ; rdf:predicate kg:raisedFrom ;"
        " kg:status kg:asserted ; rdf:object/rdfs:label ?name ; kg:evidence/kg:sentence ?sentence }"
    )
    assert {str(row[0]) for row in rows} == {"云杉资本"}  # type: ignore[index]
    copy = rdflib.Graph()
    for triple in graph:
        copy.add(triple)
    assert len(copy) == len(graph)


def test_it_shows_the_ledger_as_it_is(ledger: Ledger) -> None:
    graph = rdflib_view(ledger, SCHEMA)
    kind, place = rdflib.RDF.type, rdflib.URIRef(f"{SCHEMA.iri}Place")
    assert not list(graph.subjects(kind, place))
    told = Told("3")
    told.entity("杭州", "Place")
    ledger.add(told.document)
    (found,) = graph.subjects(kind, place)
    assert str(graph.value(found, rdflib.RDFS.label)) == "杭州"


def test_it_only_reads(ledger: Ledger) -> None:
    graph = rdflib_view(ledger, SCHEMA)
    a = rdflib.URIRef("http://x/a")
    for change in (graph.add, graph.remove):
        with pytest.raises(TypeError, match="reads a ledger"):
            change((a, a, a))
    assert not list(graph.triples((rdflib.BNode(), None, None)))
    assert not list(graph.triples((a, None, None)))


def test_a_thing_is_read_without_the_others(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    patterns = Patterns(ledger, SCHEMA)
    lake = ox.NamedNode(SCHEMA.base_iri + ledger.find("蓝湖科技")[0].id)
    list(patterns.match(lake))
    monkeypatch.setattr(Triples, "__iter__", lambda self: pytest.fail("all triples were read"))
    assert len(list(patterns.match(lake))) > 5
    assert len(list(patterns.match(None, None, lake))) > 5
    assert list(patterns.match(None, ox.NamedNode(f"{SCHEMA.iri}won")))
