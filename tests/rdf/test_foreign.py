from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA

from kg.errors import OntologyError, UnknownNameError
from kg.rdf.importing import import_rdf
from kg.rdf.mapping import Mapping

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger

COMPANIES = """
@prefix schema: <https://schema.org/> .
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:lake a schema:Corporation ; schema:name "BlueLake"@en , "蓝湖科技"@zh ; schema:alternateName "蓝湖" ;
    schema:founder ex:wang ; schema:parentOrganization ex:group ; schema:url "https://lake.example" ;
    schema:funder [ schema:funder ex:fund ; schema:startDate "2021-11-03"^^xsd:date ;
                    schema:amount [ schema:value 50000000 ; schema:currency "USD" ] ] .
ex:wang a schema:Person ; schema:name "王宁" ;
    schema:worksFor [ a schema:OrganizationRole ; schema:worksFor ex:lake ; schema:roleName "董事长" ;
                      schema:startDate "2014" ; schema:endDate "2021-05-06T08:00:00Z"^^xsd:dateTime ] .
ex:other a schema:Person ; schema:name "王宁" ; schema:alumniOf ex:university .
ex:university a schema:CollegeOrUniversity ; schema:name "北京大学" .
ex:fund a schema:Organization ; schema:name "云杉资本" .
ex:group schema:name "蓝湖集团" .
ex:nobody a schema:Corporation ; schema:parentOrganization ex:group .
"""

WIKIDATA = """
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix p: <http://www.wikidata.org/prop/> .
@prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pq: <http://www.wikidata.org/prop/qualifier/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
wd:Q1 wdt:P31 wd:Q4830453 ; rdfs:label "蓝湖科技"@zh , "BlueLake"@en ; wdt:P159 wd:Q3 ;
    p:P414 [ ps:P414 wd:Q4 ; pq:P249 "688001" ; pq:P580 "2020-07-22T00:00:00Z"^^xsd:dateTime ] .
wd:Q3 rdfs:label "杭州"@zh .
wd:Q4 wdt:P31 wd:Q11691 ; rdfs:label "上交所"@zh .
"""


@pytest.fixture
def companies(tmp_path: Path) -> Path:
    (tmp_path / "companies.ttl").write_text(COMPANIES, encoding="utf-8")
    return tmp_path / "companies.ttl"


def test_terms_of_others_become_ours(empty: Ledger, companies: Path) -> None:
    report = import_rdf([companies], empty)
    assert report.ok and report.balanced
    facts = {(f.subject.name, f.predicate, f.object.name): f for f in empty.facts()}  # type: ignore[union-attr]
    assert set(facts) == {
        ("王宁", "founded", "蓝湖科技"),
        ("王宁", "worksFor", "蓝湖科技"),
        ("王宁", "educatedAt", "北京大学"),
        ("蓝湖科技", "subsidiaryOf", "蓝湖集团"),
        ("蓝湖科技", "raisedFrom", "云杉资本"),
    }
    post = facts["王宁", "worksFor", "蓝湖科技"]
    assert post.qualifiers == {"title": "董事长", "from": "2014", "to": "2021-05-06"}
    assert post.status == "ended"
    money = facts["蓝湖科技", "raisedFrom", "云杉资本"].qualifiers
    assert money["date"] == "2021-11-03"
    assert (money["amount"].low, money["amount"].currency) == (5e7, "USD")  # type: ignore[union-attr]
    lake = empty.find("蓝湖科技")[0]
    assert lake.type == "Company" and set(lake.aliases) == {"蓝湖", "BlueLake"}


def test_two_people_of_one_name_stay_two(empty: Ledger, companies: Path) -> None:
    import_rdf([companies], empty)
    people = {f.predicate: f.subject.id for f in empty.facts() if f.subject.name == "王宁"}
    assert people["founded"] == people["worksFor"] != people["educatedAt"]


def test_evidence_is_the_triple_with_the_names(empty: Ledger, companies: Path) -> None:
    import_rdf([companies], empty)
    (fact,) = empty.facts(predicate="founded")
    (said,) = fact.evidence
    assert said.sentence == (
        "<http://example.org/lake> <https://schema.org/founder> <http://example.org/wang> . # 王宁 · 蓝湖科技"
    )
    (item,) = empty.items()
    assert item.source == item.title == "companies.ttl"
    empty.forget(said.item)
    assert not list(empty.facts())


def test_what_cannot_be_taken_is_told(empty: Ledger, companies: Path) -> None:
    report = import_rdf([companies], empty)
    assert report.rules == {"unmapped": 1, "unnamed": 1}
    reasons = {q.rejection.rule: q.rejection.reason for q in empty.rejections()}
    assert "schema.org/url" in reasons["unmapped"] and "nobody" in reasons["unnamed"]
    tally = report.statements
    assert (tally.read, tally.accepted, tally.rejected) == (7, 5, 2)


def test_twice_is_once(empty: Ledger, companies: Path) -> None:
    import_rdf([companies], empty)
    sequence = empty.sequence
    report = import_rdf([companies], empty)
    assert report.balanced and report.items.skipped == 1
    assert empty.sequence == sequence


def test_a_new_version_takes_the_place_of_the_old(empty: Ledger, companies: Path) -> None:
    import_rdf([companies], empty)
    companies.write_text(COMPANIES.replace("schema:founder ex:wang ;", ""), encoding="utf-8")
    report = import_rdf([companies], empty)
    assert report.replaced == 1
    assert not list(empty.facts(predicate="founded"))


def test_wikidata_with_its_statement_nodes(empty: Ledger, tmp_path: Path) -> None:
    (tmp_path / "w.ttl").write_text(WIKIDATA, encoding="utf-8")
    report = import_rdf([tmp_path / "w.ttl"], empty)
    assert report.ok and report.balanced
    facts = {f.predicate: f for f in empty.facts()}
    assert set(facts) == {"headquarteredIn", "listedOn"}
    assert facts["listedOn"].qualifiers == {"ticker": "688001", "date": "2020-07-22"}


def test_much_becomes_several_items(empty: Ledger, tmp_path: Path) -> None:
    lines = ["@prefix s: <https://schema.org/> .", '<http://x/g> s:name "集团" .']
    lines += [f'<http://x/{n}> s:name "公司{n}" ; s:parentOrganization <http://x/g> .' for n in range(2_500)]
    (tmp_path / "x.ttl").write_text("\n".join(lines), encoding="utf-8")
    report = import_rdf([tmp_path / "x.ttl"], empty)
    assert report.items.accepted == 2
    assert [i.title for i in empty.items()] == ["x.ttl", "x.ttl (2)"]
    assert report.statements.accepted == 2_500
    assert import_rdf([tmp_path / "x.ttl"], empty).items.skipped == 2


def test_a_mapping_of_ones_own(empty: Ledger, tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "mine.toml").write_text(
        'prefixes = { x = "http://x/" }\nnames = { label = ["x:n"] }\nclasses = { "x:Firm" = "Company" }\n'
        '[[relations]]\nproperty = "x:owns"\nrelation = "controls"\nqualifiers = { stake = "x:share" }\n',
        encoding="utf-8",
    )
    (tmp_path / "x.nt").write_text(
        '<http://x/a> <http://x/n> "甲公司" .\n<http://x/b> <http://x/n> "乙公司" .\n'
        '<http://x/b> <http://x/share> "51" .\n'
        "<http://x/a> <http://x/owns> <http://x/b> .\n",
        encoding="utf-8",
    )
    report = import_rdf([tmp_path / "x.nt"], empty, mapping="mine", ontology=tmp_path)
    assert report.ok
    (fact,) = empty.facts()
    assert (fact.predicate, fact.qualifiers) == ("controls", {"stake": "51%"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("names = {}", "classes"),
        ("names = {}\nclasses = { 'x:a' = 'Company' }", "prefix"),
        ("names = {}\nclasses = { 'http://x/a' = 'Compny' }", "Company"),
        ("names = {}\nclasses = {}\n[[relations]]\nproperty = 'http://x/p'\nrelation = 'ownz'", "no relation"),
        (
            "names = {}\nclasses = {}\n[[relations]]\nproperty = 'http://x/p'\nrelation = 'won'\n"
            "qualifiers = { x = 'http://x/q' }",
            "qualifier of won",
        ),
        ("nonsense", "Compare"),
    ],
)
def test_a_wrong_mapping_is_told_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(OntologyError, match=words) as caught:
        Mapping.all(SCHEMA, tmp_path)
    assert "mine.toml" in str(caught.value)


def test_packaged_mappings_speak_of_what_there_is() -> None:
    names = [m.name for m in Mapping.all(SCHEMA)]
    assert names == ["schema-org", "wikidata"]
    with pytest.raises(UnknownNameError, match="wikidata"):
        Mapping.all(SCHEMA, name="wikipedia")
