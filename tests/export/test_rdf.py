from __future__ import annotations

import io
import json
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import rdflib
from documents import SCHEMA, Told, items
from hostile import HELD, HOSTILE
from hypothesis import HealthCheck, given, settings

from kg.errors import KgError, UnknownNameError, UsageError
from kg.export import formats
from kg.export.rdf import ExportReport, export, to_rdflib
from kg.ledger import Ledger
from kg.model import Amount, LiteralValue, NewsItem, happened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model import Document
    from kg.schema import Schema

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")

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


# ---- the triples ----------------------------------------------------------------------------------------------------


def test_what_happened_is_a_plain_triple_and_nothing_else_is(ledger: Ledger) -> None:
    relations = {KG + name for name in SCHEMA.properties}
    statements = {s for s, p, o, _ in read(ledger) if p == f"{RDF}type" and o == f"{KG}Statement"}
    found = {q[:3] for q in read(ledger) if q[1] in relations and q[0] not in statements}
    events = {q[0] for q in read(ledger) if str(q[2]).startswith(KG) and q[2].removeprefix(KG) in SCHEMA.events}
    assert {t for t in found if t[0] not in events} == plain(ledger)
    assert plain(ledger) < plain(ledger, all_=True)
    assert statements == {ID + f.id for f in ledger.facts()}


def test_an_entity_has_its_class_and_names(ledger: Ledger) -> None:
    quads, lake = read(ledger), named(ledger, "蓝湖科技")
    chinese = ("蓝湖科技", f"{RDF}langString", "zh")
    assert objects(quads, lake, f"{RDF}type") == {f"{KG}Company"}
    assert objects(quads, lake, f"{RDFS}label") == objects(quads, lake, f"{SKOS}prefLabel") == {chinese}
    assert objects(quads, lake, f"{SKOS}altLabel") == {
        ("蓝湖", f"{RDF}langString", "zh"),
        ("BlueLake", STRING, None),
    }


def test_a_statement_says_status_sources_and_qualifiers(ledger: Ledger) -> None:
    quads = read(ledger)
    fact = next(f for f in ledger.facts(predicate="raisedFrom") if f.status == "asserted")
    node = ID + fact.id
    assert objects(quads, node, f"{RDF}type") == {f"{KG}Statement", f"{RDF}Statement"}
    assert objects(quads, node, f"{KG}status") == {f"{KG}asserted"}
    assert objects(quads, node, f"{KG}confidence") == {("0.97", f"{XSD}decimal", None)}
    assert objects(quads, node, f"{KG}sources") == {("2", f"{XSD}nonNegativeInteger", None)}
    assert objects(quads, node, f"{KG}round") == {("A", STRING, None)}
    assert objects(quads, node, f"{KG}impliedBy") == {ID + fact.events[0]}
    assert objects(quads, node, f"{PROV}wasDerivedFrom") == {
        f"{ID}1",
        f"{ID}%E4%B8%AD%E6%96%87%2F..%E7%BC%96%E5%8F%B7",
    }


def test_evidence_shows_the_sentence_where_it_stands_and_who_found_it(ledger: Ledger) -> None:
    quads = read(ledger)
    fact = next(f for f in ledger.facts(predicate="raisedFrom") if f.status == "asserted")
    pieces = objects(quads, ID + fact.id, f"{KG}evidence")
    assert len(pieces) == 2
    (piece,) = (p for p in pieces if objects(quads, p, f"{PROV}wasQuotedFrom") == {f"{ID}1"})
    said = fact.evidence[0]
    assert objects(quads, piece, f"{RDF}type") == {f"{KG}Evidence"}
    assert objects(quads, piece, f"{KG}sentence") == {(said.sentence, STRING, None)}
    assert objects(quads, piece, f"{KG}start") == {(str(said.start), f"{XSD}nonNegativeInteger", None)}
    assert objects(quads, piece, f"{KG}end") == {(str(said.end), f"{XSD}nonNegativeInteger", None)}
    assert objects(quads, piece, f"{KG}extractor") == {("test/1", STRING, None)}
    assert objects(quads, piece, f"{KG}status") == {f"{KG}asserted"}
    assert objects(quads, piece, f"{KG}confidence") == {("0.9", f"{XSD}decimal", None)}


def test_a_cue_and_the_words_as_printed_are_there_where_they_say_something(empty: Ledger) -> None:
    told = Told("1")
    a, b = told.entity("蓝湖"), told.entity("启明")
    statement = told.says(a, "acquired", b, "planned")
    evidence = statement.evidence
    object.__setattr__(evidence, "cue", "拟")
    object.__setattr__(evidence, "text", "蓝湖拟\n收购启明。")
    empty.add(told.document)
    (piece,) = objects(read(empty), ID + statement.id, f"{KG}evidence")
    assert objects(read(empty), piece, f"{KG}cue") == {("拟", STRING, None)}
    assert objects(read(empty), piece, f"{KG}text") == {("蓝湖拟\n收购启明。", STRING, None)}


def test_an_amount_is_a_node_with_its_bounds(ledger: Ledger) -> None:
    quads = read(ledger)
    (event,) = ledger.events(type="FundingRound")
    (amount,) = objects(quads, ID + event.id, f"{KG}amount")
    assert {p.removeprefix(KG): o for s, p, o, _ in quads if s == amount} == {
        f"{RDF}type": f"{KG}Amount",
        "literal": ("数亿元", STRING, None),
        "low": ("200000000", f"{XSD}decimal", None),
        "high": ("1000000000", f"{XSD}decimal", None),
        "currency": ("CNY", STRING, None),
        "approximate": ("true", f"{XSD}boolean", None),
    }


@pytest.mark.parametrize(
    ("date", "datatype"),
    [
        ("2021-11-03", "date"),
        ("2021-11", "gYearMonth"),
        ("2021", "gYear"),
        ("2021-H1", "string"),
        ("2021-Q1/Q3", "string"),
        ("2021-02-30", "string"),
        ("2021-13", "string"),
        ("0000", "string"),
        ("２０２１", "string"),
    ],
)
def test_a_date_has_the_type_of_its_precision(empty: Ledger, date: str, datatype: str) -> None:
    told = Told("1")
    statement = told.says(told.entity("蓝湖"), "partnersWith", told.entity("启明"), date=date)
    empty.add(told.document)
    assert objects(read(empty), ID + statement.id, f"{KG}date") == {(date, XSD + datatype, None)}


@pytest.mark.parametrize(
    ("value", "digits"),
    [(0.1 + 0.2, "0.30000000000000004"), (1e22, "10000000000000000000000"), (1e-7, "0.0000001"), (-0.5, "-0.5")],
)
def test_a_number_keeps_every_digit(empty: Ledger, value: float, digits: str) -> None:
    told = Told("1")
    observation = told.observes("出货量", value)
    empty.add(told.document)
    data = written(empty, "turtle")
    for quads in (by_pyoxigraph(data, "turtle"), by_rdflib(data, "turtle")):
        assert objects(quads, ID + observation.id, f"{KG}value") == {(digits, f"{XSD}decimal", None)}


def test_an_event_is_a_node_with_roles_values_and_status(ledger: Ledger) -> None:
    quads = read(ledger)
    (event,) = ledger.events(type="FundingRound")
    node = ID + event.id
    assert objects(quads, node, f"{RDF}type") == {f"{KG}FundingRound"}
    assert objects(quads, node, f"{KG}company") == {named(ledger, "蓝湖科技")}
    assert objects(quads, node, f"{KG}lead") == {named(ledger, "云杉资本")}
    assert objects(quads, node, f"{KG}date") == {("2021-11", f"{XSD}gYearMonth", None)}
    assert objects(quads, node, f"{KG}status") == {f"{KG}asserted"}
    assert objects(quads, node, f"{RDFS}label") == {("蓝湖科技 融资", f"{RDF}langString", "zh")}
    (denied,) = ledger.events(status="denied")
    assert objects(quads, ID + denied.id, f"{KG}status") == {f"{KG}denied"}


def test_a_conference_is_its_event(ledger: Ledger) -> None:
    quads, forum = read(ledger), named(ledger, "创新大会")
    (event,) = ledger.events(type="Conference")
    assert not [q for q in quads if q[0] == ID + event.id]
    assert objects(quads, forum, f"{RDF}type") == {f"{KG}Conference"}
    assert objects(quads, forum, f"{KG}host") == {named(ledger, "蓝湖科技")}
    assert objects(quads, forum, f"{KG}date") == {("2021-11-02", f"{XSD}date", None)}
    (hosted,) = ledger.facts(predicate="hosted")
    assert objects(quads, ID + hosted.id, f"{KG}impliedBy") == {forum}


def test_a_conference_that_took_place_has_nothing_of_a_plan(empty: Ledger) -> None:
    for item, status, city in (("1", "planned", "杭州"), ("2", "asserted", "上海")):
        told = Told(item)
        forum = told.entity("创新大会", "Conference")
        told.happens("Conference", {"name": [forum], "place": [told.entity(city, "Place")]}, status)  # type: ignore[arg-type]
        empty.add(told.document)
    quads, node = read(empty), named(empty, "创新大会")
    assert objects(quads, node, f"{KG}place") == {named(empty, "上海")}
    assert objects(quads, node, f"{KG}status") == {f"{KG}asserted"}
    assert objects(quads, node, f"{PROV}wasDerivedFrom") == {f"{ID}1", f"{ID}2"}


def test_a_qualifier_that_names_an_entity_points_to_it_where_it_is_known(ledger: Ledger) -> None:
    quads = read(ledger)
    (won,) = ledger.facts(predicate="won")
    assert objects(quads, ID + won.id, f"{KG}project") == {named(ledger, "远望计划")}
    (supplied,) = ledger.facts(predicate="supplies")
    (nameless,) = objects(quads, ID + supplied.id, f"{KG}product")
    assert objects(quads, nameless, f"{RDFS}label") == {("激光雷达、传感器", f"{RDF}langString", "zh")}


def test_several_names_in_a_qualifier_point_to_each(ledger: Ledger) -> None:
    told = Told("3")
    lidar, sensor = told.entity("激光雷达", "Product"), told.entity("传感器", "Technology")
    ledger.add(told.document)
    (supplied,) = ledger.facts(predicate="supplies")
    assert objects(read(ledger), ID + supplied.id, f"{KG}product") == {ID + lidar.id, ID + sensor.id}


def test_a_figure_is_a_node(ledger: Ledger) -> None:
    quads = read(ledger)
    observation = next(o for o in ledger.observations() if o.value is not None)
    node = ID + observation.id
    assert objects(quads, node, f"{RDF}type") == {
        f"{KG}Observation",
        "http://purl.org/linked-data/cube#Observation",
        "https://schema.org/Observation",
    }
    assert objects(quads, node, "https://schema.org/value") == {("123450000000", f"{XSD}decimal", None)}
    assert objects(quads, node, "https://schema.org/currency") == {("CNY", STRING, None)}
    assert objects(quads, node, UNIT) == {"http://qudt.org/vocab/currency/CNY"}
    assert objects(quads, node, f"{KG}value") == {("1234.5", f"{XSD}decimal", None)}
    assert objects(quads, node, f"{KG}period") == {("2021-H1", STRING, None)}
    assert objects(quads, node, f"{KG}reporter") == {named(ledger, "蓝湖科技")}
    other = next(o for o in ledger.observations() if o.value is None)
    assert objects(quads, ID + other.id, f"{KG}value") == set()


def test_a_news_item_says_where_it_comes_from_and_what_it_mentions(ledger: Ledger) -> None:
    quads, node = read(ledger), f"{ID}1"
    assert objects(quads, node, f"{RDF}type") == {f"{KG}NewsItem", "https://schema.org/NewsArticle"}
    assert objects(quads, node, f"{DCTERMS}title") == {("蓝湖完成融资", f"{RDF}langString", "zh")}
    assert objects(quads, node, f"{DCTERMS}issued") == {("2021-11-03", f"{XSD}date", None)}
    assert objects(quads, node, f"{DCTERMS}source") == {("简报.txt", STRING, None)}
    mentioned = {(ID + e) for i, e in ledger.mentions() if i == "1"}
    assert objects(quads, node, "https://schema.org/mentions") == mentioned


def test_without_provenance_only_what_happened_is_told(ledger: Ledger) -> None:
    quads = read(ledger, "trig", "none")
    assert {q[3] for q in quads} == {None}
    types = {o.rsplit("#")[-1] for s, p, o, _ in quads if p == f"{RDF}type"}
    assert types == {
        *("Company", "InvestmentFirm", "Person", "Award", "Project", "Conference"),
        *(
            "FundingRound",
            "Observation",
            "Amount",
            "DataSet",
            "DataStructureDefinition",
            "https://schema.org/Observation",
        ),
    }
    assert plain(ledger) <= {q[:3] for q in quads}
    assert not {q[:3] for q in quads} & (plain(ledger, all_=True) - plain(ledger))


def test_every_term_is_declared_in_the_ontology(ledger: Ledger) -> None:
    source = (files("kg.ontology") / "kg.ttl").read_bytes()
    declared = {q.subject.value for q in ox.parse(source, ox.RdfFormat.TURTLE)}
    used = {t for q in read(ledger, "trig") for t in q[:3] if isinstance(t, str) and t.startswith(KG)}
    assert len(used) > 40
    assert used <= declared


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents=items(4))
def test_whatever_the_ledger_holds_comes_out(documents: list[Document]) -> None:
    with Ledger.open(":memory:", SCHEMA) as ledger:
        for document in documents:
            ledger.add(document)
        quads = read(ledger, "trig")
        assert {q[:3] for q in quads if q[3] is not None} == plain(ledger)
        for kind, rows in (
            ("Statement", ledger.facts()),
            ("NewsItem", ledger.items()),
            ("Observation", ledger.observations()),
        ):
            nodes = {s for s, p, o, _ in quads if p == f"{RDF}type" and o == KG + kind}
            assert len(nodes) == len(list(rows))
        assert {s for s, p, *_ in quads if p == f"{SKOS}prefLabel"} == {ID + e.id for e in ledger.entities()}


def test_what_the_ontology_no_longer_has_is_still_written(ledger: Ledger) -> None:
    smaller = replace(SCHEMA, properties={}, events={}, values={}, implications=(), inverses={}, inverse_terms={})
    export(ledger, smaller, "turtle", out := io.BytesIO())
    quads = by_pyoxigraph(out.getvalue(), "turtle")
    assert plain(ledger) <= {q[:3] for q in quads}
    (event,) = ledger.events(type="FundingRound")
    assert objects(quads, ID + event.id, f"{RDFS}label") == {("蓝湖科技 FundingRound", f"{RDF}langString", "zh")}


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
