from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from documents import SCHEMA, Told
from hostile import HELD, HOSTILE

from kg.errors import KgError
from kg.export.networkx import to_networkx
from kg.export.rdf import export
from kg.export.rows import key_of_node

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger


def graphml(ledger: Ledger, provenance: str = "graphs") -> nx.MultiDiGraph[str]:
    out = io.BytesIO()
    export(ledger, SCHEMA, "graphml", out, provenance=provenance)
    return nx.read_graphml(io.BytesIO(out.getvalue()), force_multigraph=True)


def tables(ledger: Ledger, folder: Path, provenance: str = "graphs") -> tuple[list[dict[str, str]], ...]:
    report = export(ledger, SCHEMA, "csv", folder, provenance=provenance)
    found = tuple(
        list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_bytes().decode(), newline="")))
        for name in ("nodes", "relationships")
    )
    assert report.triples == sum(map(len, found))
    return found


def shown(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def test_graphml_shows_the_graph_that_networkx_has(ledger: Ledger) -> None:
    found, wanted = graphml(ledger), to_networkx(ledger, SCHEMA, claims=True, items=True)
    assert set(found) == set(wanted)
    for node, properties in wanted.nodes(data=True):
        told = dict(found.nodes[node])
        assert told.pop("label") == properties["name"]
        assert told == {name: shown(v) for name, v in properties.items() if name != "id"}
    assert sorted((a, b, d["type"], d.get("statement", "")) for a, b, d in found.edges(data=True)) == sorted(
        (a, b, d["type"], d.get("statement", "")) for a, b, d in wanted.edges(data=True)
    )


def test_values_keep_their_types_in_graphml(ledger: Ledger) -> None:
    found = graphml(ledger)
    (edge,) = (d for *_, d in found.edges(data=True) if d["type"] == "RAISED_FROM")
    assert (edge["amount"], edge["amount_low"], edge["approximate"], edge["sources"]) == ("数亿元", 2e8, True, 2)
    (won,) = (d for *_, d in found.edges(data=True) if d["type"] == "WON")
    assert won["year"] == 2020
    assert "amount" not in won


def test_every_edge_of_graphml_has_an_id_of_its_own(ledger: Ledger) -> None:
    found = graphml(ledger)
    keys = [key for *_, key in found.edges(keys=True)]
    assert len(keys) == len(set(keys)) > 20
    facts = {f.id for f in ledger.facts() if f.status in ("asserted", "ended")}
    assert facts <= set(keys)


def test_csv_shows_every_node_and_relationship_once(ledger: Ledger, tmp_path: Path) -> None:
    nodes, edges = tables(ledger, tmp_path / "tables")
    wanted = to_networkx(ledger, SCHEMA, claims=True, items=True)
    assert sorted(n["id"] for n in nodes) == sorted(wanted)
    assert sorted((e["start"], e["end"], e["type"]) for e in edges) == sorted(
        (a, b, d["type"]) for a, b, d in wanted.edges(data=True)
    )
    (lake,) = (n for n in nodes if n["name"] == "蓝湖科技" and n["base"] == "Entity")
    assert (lake["labels"], lake["aliases"]) == ("Entity; Company; Organization; Agent", "BlueLake; 蓝湖")
    assert lake["value"] == ""
    (raised,) = (e for e in edges if e["type"] == "RAISED_FROM")
    assert (raised["round"], raised["amount_low"], raised["approximate"]) == ("A", "200000000.0", "true")


@pytest.mark.parametrize("form", ["graphml", "csv"])
def test_without_provenance_only_what_happened_is_there(ledger: Ledger, tmp_path: Path, form: str) -> None:
    if form == "csv":
        nodes, edges = tables(ledger, tmp_path, "none")
        ids, ends = {n["id"] for n in nodes}, [(e["start"], e["end"]) for e in edges]
    else:
        graph = graphml(ledger, "none")
        ids, ends = set(graph), list(graph.edges())
    assert ids == set(to_networkx(ledger, SCHEMA))
    (denied,) = ledger.events(status="denied")
    assert denied.id not in ids
    assert all(a in ids and b in ids for a, b in ends)
    assert len(ends) == to_networkx(ledger, SCHEMA).number_of_edges()


def test_hostile_text_breaks_neither(empty: Ledger, tmp_path: Path) -> None:
    told = Told(HOSTILE)
    lake = told.entity(HOSTILE)
    told.says(lake, "raisedFrom", told.entity("云杉", "InvestmentFirm"), round=HOSTILE, sentence=HOSTILE)
    empty.add(told.document)
    graph = graphml(empty)
    (item,) = empty.items()
    assert key_of_node("NewsItem", item.id) in graph
    assert graph.nodes[lake.id]["name"] == HELD
    nodes, edges = tables(empty, tmp_path)
    assert {lake.id: HELD}.items() <= {n["id"]: n["name"] for n in nodes}.items()
    assert HELD in {e["round"] for e in edges}


def test_an_empty_ledger_gives_empty_tables(empty: Ledger, tmp_path: Path) -> None:
    assert len(graphml(empty)) == 0
    assert tables(empty, tmp_path) == ([], [])
    assert (tmp_path / "nodes.csv").read_text() == "id,base,labels,name\n"


def test_csv_that_breaks_off_leaves_the_old_tables(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables(ledger, tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    monkeypatch.setattr("kg.export.tables.text_of", lambda value: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(ledger, SCHEMA, "csv", tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_is_named(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KgError, match="file is a file"):
        export(ledger, SCHEMA, "csv", tmp_path / "file")
