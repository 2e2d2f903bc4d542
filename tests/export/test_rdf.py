"""The formats of RDF: what two libraries read from them, what hostile text does to them, where they are written."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA, Told
from hostile import HELD, HOSTILE
from quads import (
    ID,
    KG,
    RDF,
    READERS,
    by_pyoxigraph,
    by_rdflib,
    objects,
    read,
    written,
)

from kg.errors import KgError, UnknownNameError, UsageError
from kg.export import formats
from kg.export.rdf import ExportReport, export, to_rdflib
from kg.ledger import Ledger
from kg.model import Amount, NewsItem, happened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.schema import Schema

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")

# ---- the formats ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", READERS)
def test_two_libraries_read_the_same_from_a_file(ledger: Ledger, format: str) -> None:
    data = written(ledger, format)
    found = by_pyoxigraph(data, format)
    assert len(found) > 250
    assert found == by_rdflib(data, format)


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize("provenance", ["graphs", "none"])
def test_the_default_graph_is_the_same_in_every_format(ledger: Ledger, format: str, provenance: str) -> None:
    default = {q for q in read(ledger, format, provenance) if q[3] is None}
    assert default == read(ledger, "ntriples", provenance)


@pytest.mark.parametrize("format", ["trig", "nquads"])
def test_what_happened_is_also_in_a_graph_of_its_statement(ledger: Ledger, format: str) -> None:
    quads = read(ledger, format)
    graphs = {q[3]: q[:3] for q in quads if q[3] is not None}
    facts = [f for f in ledger.facts() if happened(f.status)]
    assert set(graphs) == {ID + f.id for f in facts}
    assert len([q for q in quads if q[3] is not None]) == len(facts)
    for graph, triple in graphs.items():
        assert [objects(quads, graph, RDF + part) for part in ("subject", "predicate", "object")] == [
            {part} for part in triple
        ]


@pytest.mark.parametrize("format", ["turtle", "trig", "jsonld", "rdfxml"])
def test_names_are_short(ledger: Ledger, format: str) -> None:
    text = written(ledger, format).decode()
    assert "kg:raisedFrom" in text
    assert f"{KG}raisedFrom" not in text.replace("rdf:resource", "")[:200_000] or format == "rdfxml"


def test_json_ld_is_one_document_with_an_object_for_each_node(ledger: Ledger) -> None:
    document = json.loads(written(ledger, "jsonld"))
    assert document["@context"]["kg"] == KG
    nodes = [n for n in document["@graph"] if n.get("@type") == "kg:Company"]
    assert {n["rdfs:label"]["@value"] for n in nodes} == {"蓝湖科技", "启明", "星河"}


@pytest.mark.parametrize("format", READERS)
def test_an_empty_ledger_gives_an_empty_graph(empty: Ledger, format: str) -> None:
    data = written(empty, format)
    assert by_pyoxigraph(data, format) == by_rdflib(data, format) == set()


@pytest.mark.parametrize("format", [f.name for f in formats.FORMATS.values() if not f.folder])
def test_the_same_ledger_gives_the_same_bytes(ledger: Ledger, format: str) -> None:
    assert written(ledger, format) == written(ledger, format)


def test_the_report_counts_what_was_written(ledger: Ledger) -> None:
    report = export(ledger, SCHEMA, "ntriples", out := io.BytesIO())
    assert isinstance(report, ExportReport)
    assert report.triples == len(out.getvalue().splitlines())
    assert report.seconds > 0
    assert str(report.triples) in str(report)


# ---- what sources may do to us --------------------------------------------------------------------------------------


@pytest.fixture
def hostile(empty: Ledger) -> Ledger:
    told = Told("<a>\"b' c\\d\n%20#?/../é", title=HOSTILE)
    lake = told.entity(HOSTILE, "Company", f"x{HOSTILE}")
    fund = told.entity(f"云杉{HOSTILE}", "InvestmentFirm")
    amount = Amount(HOSTILE, 1.5, None, HOSTILE)
    told.says(lake, "raisedFrom", fund, round=HOSTILE, amount=amount, date=HOSTILE, sentence=HOSTILE)
    told.happens("FundingRound", {"company": [lake]}, round=HOSTILE, date=f"2021{HOSTILE}")
    told.observes(HOSTILE, 1e300, lake)
    document = told.document
    item = document.item
    crafted = NewsItem(
        item.id,
        item.title,
        item.text,
        item.blocks,
        HOSTILE,
        HOSTILE,
        f"2021-11-03{HOSTILE}",
        None,
        f"https://x/{HOSTILE}",
    )
    object.__setattr__(document, "item", crafted)
    empty.add(document)
    return empty


@pytest.mark.parametrize("format", READERS)
def test_hostile_text_breaks_no_format(hostile: Ledger, format: str) -> None:
    data = written(hostile, format)
    found = by_pyoxigraph(data, format)
    # XML reads every line end as one character.
    held = HELD.replace("\r", "\n") if format == "rdfxml" else HELD
    texts = {q[2][0] for q in found if isinstance(q[2], tuple)}
    assert {held, f"x{held}", f"云杉{held}", f"https://x/{held}"} <= texts
    assert found == by_rdflib(data, format)


def test_an_id_given_by_a_source_is_one_segment_of_its_iri(hostile: Ledger) -> None:
    (item,) = {s for s, p, o, _ in read(hostile) if o == f"{KG}NewsItem"}
    assert item == f"{ID}%3Ca%3E%22b%27%20c%5Cd%0A%2520%23%3F%2F..%2F%C3%A9"


@pytest.mark.parametrize("identifier", [".", "..", "...", "a b", "%2E", "s0000000000000000", "新闻"])
def test_no_id_is_another_ones_iri(empty: Ledger, identifier: str) -> None:
    for name in (identifier, f"{identifier}1"):
        told = Told(name)
        told.entity("蓝湖")
        empty.add(told.document)
    data = written(empty, "turtle")
    found = by_pyoxigraph(data, "turtle")
    assert found == by_rdflib(data, "turtle")
    assert len({s for s, _, o, _ in found if o == f"{KG}NewsItem"}) == 2


def test_an_item_cannot_pose_as_an_entity(empty: Ledger) -> None:
    lake = SCHEMA.entity_id("蓝湖", "Company")
    told = Told(lake)
    told.entity("蓝湖")
    empty.add(told.document)
    assert objects(read(empty), ID + lake, f"{RDF}type") == {f"{KG}Company"}


# ---- where it goes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", [f.name for f in formats.FORMATS.values() if not f.folder])
def test_a_file_is_what_a_stream_gets(ledger: Ledger, tmp_path: Path, format: str) -> None:
    export(ledger, SCHEMA, format, tmp_path / "graph.out")
    assert (tmp_path / "graph.out").read_bytes() == written(ledger, format)
    assert [p.name for p in tmp_path.iterdir()] == ["graph.out"]


@pytest.mark.parametrize("format", [f.name for f in formats.FORMATS.values() if not f.folder])
def test_what_breaks_off_leaves_the_old_file(
    ledger: Ledger, tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "graph.out"
    target.write_text("old")
    for view in ("facts", "summaries", "testified"):
        whole = getattr(Ledger, view)

        def broken(self: Ledger, whole: Any = whole, **filters: Any) -> Iterator[Any]:
            yield from list(whole(self, **filters))[:2]
            raise RuntimeError("the disk is gone")

        monkeypatch.setattr(Ledger, view, broken)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        export(ledger, SCHEMA, format, target)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["graph.out"]


def test_a_file_has_the_permissions_of_any_new_file_or_of_the_old_one(ledger: Ledger, tmp_path: Path) -> None:
    plain_file, exported = tmp_path / "plain", tmp_path / "graph.ttl"
    plain_file.touch()
    export(ledger, SCHEMA, "turtle", exported)
    assert exported.stat().st_mode == plain_file.stat().st_mode
    exported.chmod(0o640)
    export(ledger, SCHEMA, "turtle", exported)
    assert exported.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "graph.ttl"
    link.symlink_to(tmp_path / "there" / "real.ttl")
    export(ledger, SCHEMA, "turtle", link)
    assert link.is_symlink()
    assert (tmp_path / "there" / "real.ttl").stat().st_size > 1000


def test_a_place_that_is_not_there_is_named(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"nowhere/graph\.ttl: cannot be written"):
        export(ledger, SCHEMA, "turtle", tmp_path / "nowhere" / "graph.ttl")


@pytest.mark.parametrize(("name", "nearest"), [("ttl", "turtle"), ("nt", "ntriples"), ("Turtel", "turtle")])
def test_an_unknown_format_suggests_the_nearest(ledger: Ledger, name: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        export(ledger, SCHEMA, name, io.BytesIO())
    assert caught.value.nearest[0] == nearest


def test_an_unknown_provenance_is_refused(ledger: Ledger) -> None:
    with pytest.raises(UnknownNameError, match="no provenance named 'all'"):
        export(ledger, SCHEMA, "turtle", io.BytesIO(), provenance="all")


def test_csv_needs_a_folder(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="folder"):
        export(ledger, SCHEMA, "csv", io.BytesIO())


# ---- rdflib ---------------------------------------------------------------------------------------------------------


def test_to_rdflib_is_what_turtle_has(ledger: Ledger, schema: Schema) -> None:
    graph = to_rdflib(ledger, schema)
    assert by_rdflib(graph.serialize(format="nt", encoding="utf-8"), "ntriples") == read(ledger)
    rows = graph.query("SELECT ?name WHERE { ?x a kg:Company ; kg:raisedFrom/rdfs:label ?name }")
    assert [str(row.name) for row in rows] == ["云杉资本"]  # type: ignore[union-attr]
    assert len(to_rdflib(ledger, schema, provenance="none")) < len(graph)
