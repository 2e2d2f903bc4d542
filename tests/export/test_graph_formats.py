"""The graph in other programs' formats, opened again by what each is for."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from documents import SCHEMA, Told
from graph_forms import GEXF, GRAPHS, contents, gexf, joined, node_link, written
from hostile import HELD, HOSTILE

from kg.export.frames import to_pandas
from kg.export.gexf import days_of_edge, days_of_node
from kg.export.networkx import to_networkx
from kg.export.rdf import export
from kg.export.rows import free_names, key_of_node
from kg.graph.base import NodeRow

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger


# ---- each by its reader ---------------------------------------------------------------------------------------------


def test_node_link_is_what_networkx_has(ledger: Ledger) -> None:
    found, wanted = node_link(ledger), to_networkx(ledger, SCHEMA, claims=True, items=True)
    assert type(found) is nx.MultiDiGraph
    for _, told in wanted.nodes(data=True):
        del told["id"]  # networkx takes it for the node itself
    assert nx.utils.graphs_equal(found, wanted)


def test_gexf_shows_every_node_and_edge_with_its_values(ledger: Ledger) -> None:
    found, wanted = gexf(ledger), to_networkx(ledger, SCHEMA, claims=True, items=True)
    assert set(found) == set(wanted)
    for node, properties in wanted.nodes(data=True):
        told = {k: v for k, v in found.nodes[node].items() if k not in ("label", "start", "end", "viz")}
        assert told == {k: joined(v) for k, v in properties.items() if k != "id"}
    assert sorted(
        (a, b, d["type"], d.get("amount_low")) for a, b, d in found.edges(data=True) if "amount_low" in d
    ) == (sorted((a, b, d["type"], d["amount_low"]) for a, b, d in wanted.edges(data=True) if "amount_low" in d))
    assert found.number_of_edges() == wanted.number_of_edges()


def test_what_gephi_shows_can_be_read_by_people(ledger: Ledger) -> None:
    root = ET.fromstring(written(ledger, "gexf"))
    edges = root.findall(".//g:edge", GEXF)
    (raised,) = (e for e in edges if e.get("kind") == "RAISED_FROM")
    assert (raised.get("label"), raised.get("weight")) == ("融资自", "2.0")
    assert {e.get("label") for e in edges if e.get("kind") in ("MENTIONS", "LEAD", "SUBJECT")} == {
        "提及",
        "领投方",
        "主体",
    }
    assert len({e.get("id") for e in edges}) == len(edges)
    colours = {
        n.get("label"): tuple(c.attrib.values())
        for n in root.findall(".//g:node", GEXF)
        for c in n.findall("viz:color", GEXF)
    }
    assert len(colours) > 10
    assert colours["蓝湖科技"] == colours["启明"] != colours["张伟"] != colours["云杉资本"]
    graph = nx.read_graphml(io.BytesIO(written(ledger, "graphml")), force_multigraph=True)
    (edge,) = (d for *_, d in graph.edges(data=True) if d["type"] == "RAISED_FROM")
    assert (edge["label"], edge["weight"]) == ("融资自", 2.0)


def test_gexf_declares_what_it_uses_and_counts_it(ledger: Ledger) -> None:
    root = ET.fromstring(written(ledger, "gexf"))
    graph = root.find("g:graph", GEXF)
    assert graph is not None
    assert (root.get("version"), graph.get("mode"), graph.get("timeformat")) == ("1.3", "dynamic", "date")
    for what in ("node", "edge"):
        declared = {a.get("id") for a in root.findall(f".//g:attributes[@class='{what}']/g:attribute", GEXF)}
        used = {v.get("for") for v in root.findall(f".//g:{what}/g:attvalues/g:attvalue", GEXF)}
        assert used == declared
        (all_,) = root.findall(f".//g:{what}s", GEXF)
        assert all_.get("count") == str(len(all_))


def test_gexf_tells_when_things_were(ledger: Ledger) -> None:
    found = gexf(ledger)
    works = [d for *_, d in found.edges(data=True) if d["type"] == "WORKS_FOR"]
    (still,) = (d for d in works if d["status"] == "asserted")
    assert still["start"] == "2021-11-03"
    assert "end" not in still
    (round_,) = (d for _, d in found.nodes(data=True) if d.get("class") == "FundingRound")
    assert (round_["start"], round_["end"]) == ("2021-11-01", "2021-11-30")
    assert not [d for _, d in found.nodes(data=True) if d["base"] == "Entity" and "start" in d]


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ({"from": "2019", "to": "2021-Q1"}, ("2019-01-01", "2021-03-31")),
        ({"date": "2021-11", "first_seen": "2022"}, ("2021-11-01", None)),
        ({"year": 2020, "first_seen": "2022"}, ("2020-01-01", None)),
        ({"first_seen": "2021-11-03", "last_seen": "2022-01-02"}, ("2021-11-03", None)),
        ({"first_seen": "2021", "last_seen": "2022-01", "status": "ended"}, ("2021-01-01", "2022-01-31")),
        ({"first_seen": "2021-11", "last_seen": "2021-11", "status": "ended"}, (None, "2021-11-30")),
        ({"first_seen": "2021-11-03", "to": "2020"}, ("2021-11-03", None)),
        ({"date": "2021-02-31"}, (None, None)),
        ({"date": "去年", "first_seen": "2021-05-06"}, ("2021-05-06", None)),
        ({}, (None, None)),
    ],
)
def test_days_of_a_statement(told: dict[str, Any], days: tuple[str | None, str | None]) -> None:
    assert days_of_edge(told) == days


def test_days_of_nodes() -> None:
    figure = NodeRow("Observation", "b", (), {"date_start": "2021-01-01", "date_end": "2021-06-30"})
    assert days_of_node(figure) == ("2021-01-01", "2021-06-30")
    assert days_of_node(NodeRow("Event", "v", (), {"first_seen": "2021-12"})) == ("2021-12-01", "2021-12-31")
    assert days_of_node(NodeRow("Claim", "s", (), {"first_seen": "2021-12"})) == ("2021-12-01", None)
    assert days_of_node(NodeRow("Entity", "e", (), {"date_start": "2021-01-01"})) == (None, None)


def test_parquet_keeps_types(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, SCHEMA, "parquet", tmp_path / "tables")
    nodes, edges = (pq.read_table(tmp_path / "tables" / f"{n}.parquet") for n in ("nodes", "relationships"))
    wanted = to_networkx(ledger, SCHEMA, claims=True, items=True)
    types = {f.name: f.type for f in (*nodes.schema, *edges.schema)}
    assert types["labels"] == types["aliases"] == types["items"] == pa.list_(pa.string())
    assert types["date_start"] == types["date_end"] == pa.date32()
    assert (types["sources"], types["confidence"], types["approximate"], types["date"]) == (
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.string(),
    )
    for row in nodes.to_pylist():
        told = {k: str(v) if k in ("date_start", "date_end") else v for k, v in row.items() if v is not None}
        assert told == wanted.nodes[row["id"]]
    assert edges.num_rows == wanted.number_of_edges()
    (raised,) = (r for r in edges.to_pylist() if r["type"] == "RAISED_FROM")
    assert (raised["amount_low"], raised["approximate"], str(raised["date_end"])) == (2e8, True, "2021-11-30")
    assert pq.ParquetFile(tmp_path / "tables" / "nodes.parquet").metadata.row_group(0).column(0).compression == "ZSTD"


def test_frames_have_the_columns_of_parquet(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, SCHEMA, "parquet", tmp_path / "tables")
    frames = to_pandas(ledger, SCHEMA, claims=True)
    for name, frame in frames._asdict().items():
        table = pq.read_table(tmp_path / "tables" / f"{name}.parquet")
        assert list(frame.columns) == table.column_names
        assert len(frame) == table.num_rows
    (lake,) = frames.nodes[frames.nodes.name == "蓝湖科技"].to_dict("records")
    assert lake["labels"] == ["Entity", "Company", "Organization", "Agent"]
    assert frames.relationships.sources.sum() > 0
    assert (frames.nodes.date_start.dropna() >= pd.Timestamp("2020-01-01")).all()
    happened = to_pandas(ledger, SCHEMA)
    assert set(happened.nodes.id) == set(to_networkx(ledger, SCHEMA))


def test_csv_is_read_by_pandas(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, SCHEMA, "csv", tmp_path / "a.csv.gz")
    assert sorted(contents(tmp_path / "a.csv.gz")) == ["nodes.csv.gz", "relationships.csv.gz"]
    nodes = pd.read_csv(tmp_path / "a.csv.gz" / "nodes.csv.gz", dtype=str, keep_default_na=False)
    edges = pd.read_csv(tmp_path / "a.csv.gz" / "relationships.csv.gz")
    wanted = to_networkx(ledger, SCHEMA, claims=True, items=True)
    assert dict(zip(nodes.id, nodes.name, strict=True)) == dict(wanted.nodes(data="name"))
    both = edges.merge(nodes, left_on="start", right_on="id").merge(nodes, left_on="end", right_on="id")
    assert len(both) == len(edges) == wanted.number_of_edges()
    assert 0.9 < edges.confidence.max() <= 1


def test_a_spreadsheet_gets_no_formula(empty: Ledger, tmp_path: Path) -> None:
    told = Told("1", title="=cmd|'/C calc'!A0")
    told.observes("+86", -3.5, told.entity("@SUM(A1)"))
    empty.add(told.document)
    export(empty, SCHEMA, "csv-excel", tmp_path / "excel")
    export(empty, SCHEMA, "csv", tmp_path / "plain")
    raw = (tmp_path / "excel" / "nodes.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    excel = pd.read_csv(tmp_path / "excel" / "nodes.csv", dtype=str, keep_default_na=False)
    assert set(excel.name) == {"'=cmd|'/C calc'!A0", "'@SUM(A1)", "'+86"}
    assert "-3.5" in set(excel["value"])
    assert "'+5% YoY" in set(excel["change"])
    plain = pd.read_csv(tmp_path / "plain" / "nodes.csv", dtype=str, keep_default_na=False)
    assert set(plain.name) == {"=cmd|'/C calc'!A0", "@SUM(A1)", "+86"}


# ---- hostile and odd ------------------------------------------------------------------------------------------------


def test_hostile_text_breaks_nothing(empty: Ledger, tmp_path: Path) -> None:
    long = "长" * 300_000
    told = Told(HOSTILE, title=HOSTILE)
    lake = told.entity(HOSTILE, "Company", "a:b,c;d", long)
    told.says(lake, "raisedFrom", told.entity("云杉", "InvestmentFirm"), round=HOSTILE, sentence=HOSTILE)
    empty.add(told.document)
    wanted = to_networkx(empty, SCHEMA, claims=True, items=True)
    assert nx.utils.nodes_equal(node_link(empty), wanted)
    found = gexf(empty)
    assert set(found) == set(wanted)
    assert found.nodes[lake.id]["label"] == HELD
    assert long in found.nodes[lake.id]["aliases"]
    assert {d.get("round") for *_, d in found.edges(data=True)} == {None, HELD}
    export(empty, SCHEMA, "parquet", tmp_path / "p")
    assert pq.read_table(tmp_path / "p" / "relationships.parquet")["round"].to_pylist()[0] == HELD
    export(empty, SCHEMA, "csv", tmp_path / "c")
    frame = pd.read_csv(tmp_path / "c" / "relationships.csv", keep_default_na=False, lineterminator="\n")
    assert set(frame["round"]) == {"", HELD}


def test_an_item_that_is_called_like_an_entity_stays_apart(ledger: Ledger) -> None:
    (lake,) = ledger.find("蓝湖科技")
    for name in (lake.id, f"item/{lake.id}"):
        told = Told(name)
        told.entity("蓝湖科技")
        ledger.add(told.document)
    found = node_link(ledger)
    assert found.nodes[lake.id]["base"] == "Entity"
    assert {f"item/{lake.id}", f"item/item/{lake.id}"} <= set(found)
    assert len(found) == len(json.loads(written(ledger, "node-link"))["nodes"])


def test_keys_of_different_items_differ() -> None:
    ids = [
        "a",
        "a\x00",
        "a%00",
        "item/a%00",
        "item/a\x00",
        "item/a",
        "a\ud800",
        "a%D800",
        "e0123456789abcdef",
        "item/e0123456789abcdef",
    ]
    for by_label in (False, True):
        assert len({key_of_node("NewsItem", i, by_label=by_label) for i in ids}) == len(ids)
    assert key_of_node("NewsItem", "item/7", by_label=True) == "item/7"
    assert [key_of_node("NewsItem", i) for i in ("2021:1,2", "新闻/..")] == ["2021:1,2", "新闻/.."]


def test_a_property_is_never_lost_for_its_name() -> None:
    assert free_names(["type", "type_", "x"], ("type", "id")) == {"type": "type__", "type_": "type_", "x": "x"}


def test_a_number_out_of_range_is_held_as_text(empty: Ledger, tmp_path: Path) -> None:
    told = Told("1", "2021")
    lake = told.entity("蓝湖", "Company")
    told.says(lake, "won", told.entity("奖", "Award"), year="9" * 30)
    told.says(lake, "won", told.entity("又一奖", "Award"), year="2020")
    empty.add(told.document)
    export(empty, SCHEMA, "parquet", tmp_path / "p")
    table = pq.read_table(tmp_path / "p" / "relationships.parquet")
    assert table.schema.field("year").type == pa.int64()
    assert {(r["year"], r["year_literal"]) for r in table.to_pylist() if r["type"] == "WON"} == {
        (2020, None),
        (None, "9" * 30),
    }
    assert {d["year"] for *_, d in gexf(empty).edges(data=True) if "year" in d} == {2020}


@pytest.mark.parametrize("form", GRAPHS)
def test_an_empty_ledger_is_an_empty_graph(empty: Ledger, tmp_path: Path, form: str) -> None:
    assert export(empty, SCHEMA, form, tmp_path / "out").triples == 0
    if form == "gexf":
        assert len(gexf(empty)) == 0
    elif form == "node-link":
        assert len(node_link(empty)) == 0
    elif form == "parquet":
        assert pq.read_table(tmp_path / "out" / "nodes.parquet").column_names == ["id", "base", "labels", "name"]
