from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from rdflib import RDF, Namespace

import kg
from kg import conformance
from kg.errors import UsageError
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

pytest.importorskip("pyshacl")

SH = Namespace("http://www.w3.org/ns/shacl#")
ID = Schema.load().base_iri
WRONG = """
@prefix kg: <https://w3id.org/kg-news/ontology#> .
@prefix id: <https://w3id.org/kg-news/id/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
id:lake a kg:Company ; skos:prefLabel "蓝湖科技"@zh ; rdfs:label "蓝湖科技"@zh ; kg:acquired id:watch .
id:watch a kg:Product ; skos:prefLabel "湖光2"@zh ; rdfs:label "湖光2"@zh .
id:item a kg:NewsItem ; dcterms:title "收购"@zh .
id:said a kg:Evidence ; kg:sentence "蓝湖科技收购湖光2。" ; kg:start 0 ; kg:end 10 ; prov:wasQuotedFrom id:item .
id:told a kg:Statement ; rdf:subject id:lake ; rdf:predicate kg:acquired ; rdf:object id:watch ; kg:status kg:asserted ;
    kg:confidence 0.9 ; kg:sources 1 ; kg:evidence id:said ; prov:wasDerivedFrom id:item ; kg:amount id:money .
id:money a kg:Amount ; kg:literal "2元" ; kg:low 2.0 ; kg:high 1.0 ; kg:currency "CNY" ; kg:approximate false .
"""
RIGHT = WRONG.replace("kg:Product", "kg:Company").replace("kg:high 1.0", "kg:high 2.0")


@pytest.fixture
def wrong(here: Path) -> Path:
    (here / "wrong.ttl").write_text(WRONG, encoding="utf8")
    return here / "wrong.ttl"


def test_a_ledger_conforms(sample: Path) -> None:
    with kg.open(sample, read_only=True) as graph:
        report = graph.validate()
    assert report.conforms, report.findings[:3]
    assert report.findings == ()
    assert report.triples > 3000


def test_findings_name_nodes_and_bring_the_sentence(wrong: Path) -> None:
    with kg.open(":memory:") as graph:
        report = graph.validate(wrong)
    assert not report.conforms
    found = {f.shape: f for f in report.findings}
    assert set(found) == {"acquired", "acquired-statement", "Amount"}
    plain, statement, amount = found["acquired"], found["acquired-statement"], found["Amount"]
    assert (plain.focus, plain.name, plain.path) == (f"{ID}lake", "蓝湖科技", "kg:acquired")
    assert (statement.name, statement.path, statement.value) == ("蓝湖科技 收购 湖光2", "rdf:object", "湖光2 (Product)")
    assert statement.message_zh == "“收购”的宾语应为组织"
    assert statement.message_en == "the object of acquired is Organization"
    assert (amount.name, amount.path, amount.value) == ("2元", "kg:low", "2.0")
    assert {f.sentence for f in report.findings} == {"蓝湖科技收购湖光2。"}


def test_an_entity_alone_brings_no_sentence_of_something_else(here: Path) -> None:
    (here / "two.ttl").write_text(RIGHT + "id:lake a kg:Person .", encoding="utf8")
    with kg.open(":memory:") as graph:
        (finding,) = [f for f in graph.validate("two.ttl").findings if f.shape == "Exclusive"]
    assert (finding.name, finding.sentence) == ("蓝湖科技", None)


# ---- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["ttl", "nt", "nq", "trig", "rdf", "jsonld"])
def test_every_format_of_an_export_is_the_same_graph(run: Callable[..., Ran], sample: Path, form: str) -> None:
    assert run("export", "-o", f"news.{form}").code == 0
    read = conformance.read(Path(f"news.{form}"))
    with kg.open(sample, read_only=True) as graph:
        assert set(read) == set(graph.to_rdflib())


def test_reifiers_are_read_as_statements(here: Path) -> None:
    (here / "new.nt").write_text(f"<{ID}told> <{RDF}reifies> <<( <{ID}a> <{ID}knows> <{ID}b> )>> .\n", encoding="utf8")
    told = rdflib.URIRef(f"{ID}told")
    parts = {p: o for _, p, o in conformance.read(here / "new.nt").triples((told, None, None))}
    assert parts == {
        RDF[name]: rdflib.URIRef(ID + end) for name, end in (("subject", "a"), ("predicate", "knows"), ("object", "b"))
    }


def test_what_rdflib_wrongly_takes_for_a_number_is_none(here: Path) -> None:
    (here / "nan.ttl").write_text(
        WRONG.replace("kg:high 1.0", 'kg:high "NaN"^^<http://www.w3.org/2001/XMLSchema#decimal>'), encoding="utf8"
    )
    with kg.open(":memory:") as graph:
        findings = graph.validate("nan.ttl").findings
    assert ("high-field", "NaN") in {(f.shape, f.value) for f in findings}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.ttl", None, "cannot be read"),
        ("bad.ttl", "id:a id:b .", "this is not Turtle"),
        ("bad.md", "", "the suffix tells no RDF format"),
    ],
)
def test_what_is_no_rdf_is_misuse(
    run: Callable[..., Ran], here: Path, name: str, content: str | None, said: str
) -> None:
    if content is not None:
        (here / name).write_text(content, encoding="utf8")
    ran = run("validate", name)
    assert ran.code == 2
    assert said in ran.err


# ---- the command ----------------------------------------------------------------------------------------------------


def test_a_conforming_ledger_ends_with_0(run: Callable[..., Ran], sample: Path) -> None:
    ran = run("validate")
    assert ran.code == 0
    assert ran.out.startswith("conforms: ")


def test_violations_end_with_1_and_are_told_by_shape(run: Callable[..., Ran], wrong: Path) -> None:
    ran = run("validate", wrong, "-o", "report.ttl")
    assert ran.code == 1
    assert "acquired-statement 收购（陈述） (acquired (statement)): 1\n  蓝湖科技 收购 湖光2  <" in ran.out
    assert "    rdf:object = 湖光2 (Product)\n" in ran.out
    assert "    “收购”的宾语应为组织; the object of acquired is Organization\n    “蓝湖科技收购湖光2。”\n" in ran.out
    assert "does not conform: 3 findings of 3 shapes" in ran.out
    report = rdflib.Graph().parse("report.ttl")
    (head,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(head, SH.conforms).value is False  # type: ignore[union-attr]
    assert len(list(report.objects(head, SH.result))) == 3


def test_json(run: Callable[..., Ran], wrong: Path) -> None:
    ran = run("validate", wrong, "--json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert told["conforms"] is False
    assert {f["shape"] for f in told["findings"]} == {"acquired", "acquired-statement", "Amount"}


def test_several_files_are_one_graph_and_a_dash_reads_standard_input(run: Callable[..., Ran], here: Path) -> None:
    cut = RIGHT.index("id:item a")
    prefixes = RIGHT[: RIGHT.index("id:lake")]
    (here / "one.ttl").write_text(RIGHT[:cut], encoding="utf8")
    rest = (prefixes + RIGHT[cut:]).encode()
    assert run("validate", "one.ttl", "-", given=rest).code == 0
    assert run("validate", "-", given=rest).code == 1


def test_data_may_lie_in_a_namespace_of_ones_own(run: Callable[..., Ran], sample: Path) -> None:
    Path("kg.toml").write_text('base_iri = "http://127.0.0.1:8000/id/"', encoding="utf8")
    assert run("export", "-o", "news.ttl").code == 0
    assert "@prefix id: <http://127.0.0.1:8000/id/>" in Path("news.ttl").read_text(encoding="utf8")
    assert run("validate", "news.ttl").code == 0


def test_many_findings_are_cut_short(run: Callable[..., Ran], here: Path) -> None:
    names = "\n".join(f"id:p{n} a kg:Place ." for n in range(25))
    (here / "many.ttl").write_text(WRONG[: WRONG.index("id:lake")] + names, encoding="utf8")
    assert "Named 名称 (name): 25" in run("validate", "many.ttl").out
    assert "… and 5 more" in run("validate", "many.ttl").out
    assert "… and" not in run("validate", "many.ttl", "--all").out


def test_ledger_and_files_together_are_misuse(run: Callable[..., Ran], wrong: Path) -> None:
    ran = run("validate", wrong, "--db", "kg.db")
    assert ran.code == 2
    assert "not both" in ran.err


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ("kgsh:A a", "not Turtle"),
        (
            "@prefix sh: <http://www.w3.org/ns/shacl#> . <x:a> a sh:NodeShape ; sh:targetNode <x:b> ; sh:or 5 .",
            "applied",
        ),
    ],
)
def test_broken_shapes_of_ones_own_are_a_fault_of_the_ontology(
    run: Callable[..., Ran], wrong: Path, shapes: str, said: str
) -> None:
    assert run("vocabulary", "--copy", "mine").code == 0
    Path("mine/shapes.ttl").write_text(
        Path("mine/shapes.ttl").read_text(encoding="utf8") + f"\n{shapes}\n", encoding="utf8"
    )
    Path("kg.toml").write_text('ontology = "mine"', encoding="utf8")
    ran = run("validate", wrong)
    assert ran.code == 1
    assert "shapes.ttl: " in ran.err
    assert said in ran.err


def test_without_pyshacl_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, wrong: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with kg.open(":memory:") as graph, pytest.raises(UsageError, match=r"pip install 'kg-news\[shacl\]'"):
        graph.validate(wrong)


def test_the_shapes_are_printed(run: Callable[..., Ran]) -> None:
    from kg import shapes

    assert run("vocabulary", "--shapes").out == shapes.turtle(Schema.load())
