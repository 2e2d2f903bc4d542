"""The graph as networkx has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.export.networkx import to_networkx
from kg.graph.embedded import EmbeddedGraph
from kg.model import happened

if TYPE_CHECKING:
    from kg.ledger import Ledger
    from kg.schema import Schema


def test_every_statement_is_an_edge_keyed_by_its_id(corpus: Ledger, schema: Schema) -> None:
    graph = to_networkx(corpus, schema)
    keys = {key for _, _, key, data in graph.edges(keys=True, data=True) if "statement" in data}
    assert keys == {f.id for f in corpus.facts() if happened(f.status)}
    (blue,) = corpus.find("蓝湖科技")
    (hill,) = corpus.find("远山资本")
    assert sorted(d["round"] for d in graph.get_edge_data(blue.id, hill.id).values()) == ["B", "C"]
    assert graph.nodes[blue.id]["name"] == "蓝湖科技"
    assert graph.nodes[blue.id]["labels"][:2] == ["Entity", "Company"]


def test_nothing_unrealised_without_claims(corpus: Ledger, schema: Schema) -> None:
    graph = to_networkx(corpus, schema)
    assert not [n for n, d in graph.nodes(data=True) if d["base"] == "Claim"]
    unrealised = {"planned", "rumoured", "denied", "cancelled"}
    assert not [d for _, _, d in graph.edges(data=True) if d.get("status") in unrealised]
    events = {d["status"] for _, d in graph.nodes(data=True) if d["base"] == "Event"}
    assert events == {"asserted"}
    with_claims = to_networkx(corpus, schema, claims=True)
    assert len([n for n, d in with_claims.nodes(data=True) if d["base"] == "Claim"]) == 4


def test_entities_alone(corpus: Ledger, schema: Schema) -> None:
    graph = to_networkx(corpus, schema, events=False)
    assert {d["base"] for _, d in graph.nodes(data=True)} == {"Entity"}
    assert graph.number_of_nodes() == corpus.status().entities


def test_all_of_it_is_the_embedded_graph(corpus: Ledger, schema: Schema) -> None:
    graph = to_networkx(corpus, schema, claims=True, items=True)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == EmbeddedGraph.open(None, corpus, schema).shape


def test_attributes_are_plain(corpus: Ledger, schema: Schema) -> None:
    graph = to_networkx(corpus, schema, claims=True, items=True)
    for data in (*(d for _, d in graph.nodes(data=True)), *(d for _, _, d in graph.edges(data=True))):
        for value in data.values():
            assert isinstance(value, (str, int, float, bool, list))
            assert value is not None
