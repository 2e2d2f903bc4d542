"""The library's door: one object that loads, asks, undoes and gives away."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

import kg
from kg.errors import KgError, LedgerError, QueryError, UnknownNameError
from kg.model import Document
from kg.sample import newsletter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.knowledge import KnowledgeGraph


@pytest.fixture
def graph(sample: Path, one_extractor: None) -> Iterator[KnowledgeGraph]:
    with kg.open(sample) as opened:
        yield opened


def test_opening_reads_nothing(tmp_path: Path) -> None:
    with kg.open(tmp_path / "new.db"):
        assert not list(tmp_path.iterdir())


def test_what_is_loaded_is_in_the_graph_at_once(here: Path, one_extractor: None) -> None:
    with kg.open(here / "new.db") as graph:
        assert graph.query("MATCH (n:NewsItem) RETURN count(*) AS n").rows == ((0,),)
        report = graph.load(newsletter())
        assert (report.ok, report.items.accepted) == (True, 14)
        assert graph.query("MATCH (n:NewsItem) RETURN count(*) AS n").rows == ((14,),)
        graph.forget(graph.show("Keep").items[0])
        assert graph.query("MATCH (n:NewsItem) RETURN count(*) AS n").rows == ((13,),)


def test_another_process_finds_the_graph_as_it_was_left(sample: Path) -> None:
    with kg.open(sample, read_only=True) as one, kg.open(sample, read_only=True) as other:
        cypher = "MATCH (c {name: 'Keep'})-[:RAISED_FROM]->(i) RETURN i.name ORDER BY i.name"
        assert one.query(cypher).rows == other.query(cypher).rows != ()
        assert one.graph.stamp == other.graph.stamp


def test_a_graph_in_memory_leaves_no_file(here: Path, one_extractor: None) -> None:
    with kg.open(":memory:") as graph:
        graph.load(newsletter())
        assert graph.query("investors", {"company": "Keep"}).rows
    assert not list(here.iterdir())


def test_the_snapshot_never_takes_the_ledgers_place(here: Path, one_extractor: None) -> None:
    with kg.open(here / "news.kgl") as graph:
        graph.load(newsletter())
        graph.query("RETURN 1 AS one")
    with kg.open(here / "news.kgl") as graph:
        assert graph.status().items == 14


def test_read_only_refuses_to_write(sample: Path) -> None:
    with kg.open(sample, read_only=True) as graph:
        item = graph.show("Keep").items[0]
        with pytest.raises(LedgerError):
            graph.forget(item)
        assert graph.show("Keep").items == (item,)


def test_named_queries_and_cypher(graph: KnowledgeGraph) -> None:
    assert graph.query("investors", {"company": "Keep"}, limit=2).truncated
    assert graph.query("MATCH (n {name: $name}) RETURN n.name AS name", {"name": "Keep"}).rows == (("Keep",),)
    with pytest.raises(UnknownNameError, match="investors"):
        graph.query("investers", {"company": "Keep"})
    with pytest.raises(QueryError):
        graph.query("MATCH (n) DETACH DELETE n")
    assert graph.query("MATCH (n:NewsItem) RETURN count(*) AS n").rows == ((14,),)


def test_asking_around(graph: KnowledgeGraph) -> None:
    assert graph.show("黃崢").name == "黄峥"
    link = graph.path("黄峥", "陈磊", max_hops=2)
    assert link is not None
    assert [hop.end.name for hop in link.hops] == ["拼多多", "陈磊"]
    assert graph.path("黄峥", "陈磊", max_hops=1) is None
    assert {n.entity.name for n in graph.neighbours("Keep", predicates=["founded"])} == {"王宁"}
    assert any(entry.what == "FundingRound" for entry in graph.timeline("Keep"))
    with pytest.raises(KgError):
        graph.show("没有这家公司")


def test_taking_home(graph: KnowledgeGraph, here: Path) -> None:
    with_claims = graph.to_networkx(claims=True)
    plain = graph.to_networkx()
    assert set(plain.nodes) < set(with_claims.nodes)
    stream = io.BytesIO()
    graph.export("ntriples", stream)
    graph.export("ntriples", here / "out.nt")
    assert (here / "out.nt").read_bytes() == stream.getvalue()
    assert len(graph.to_rdflib()) > 100


def test_extracting_stores_nothing(here: Path, one_extractor: None) -> None:
    graph = kg.open(here / "new.db")
    documents = [found for found in graph.extract(newsletter()) if isinstance(found, Document)]
    assert len(documents) == 14
    assert not list(here.iterdir())


def test_an_ontology_of_ones_own(here: Path) -> None:
    from kg import vocabulary

    vocabulary.copy(here / "mine")
    with (here / "mine" / "kg.ttl").open("a", encoding="utf-8") as stream:
        stream.write(
            'kg:Chipmaker a owl:Class ; rdfs:subClassOf kg:Company ; rdfs:label "芯片企业"@zh , "chipmaker"@en ;\n'
        )
        stream.write('    skos:definition "设计或制造芯片的企业。"@zh , "A company that makes chips."@en .\n')
    assert kg.open(":memory:", ontology=str(here / "mine")).schema.is_a("Chipmaker", "Organization")
    assert "Chipmaker" not in kg.open(":memory:").schema.classes
