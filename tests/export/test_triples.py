"""Each thing that a ledger holds, in RDF."""

from __future__ import annotations

import io
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from documents import SCHEMA, Told, items
from hypothesis import HealthCheck, given, settings
from quads import (
    DCTERMS,
    ID,
    KG,
    PROV,
    RDF,
    RDFS,
    SKOS,
    STRING,
    UNIT,
    XSD,
    by_pyoxigraph,
    by_rdflib,
    named,
    objects,
    plain,
    read,
    written,
)

from kg.export.rdf import export
from kg.ledger import Ledger

if TYPE_CHECKING:
    from kg.model import Document

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")


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
