"""An ontology of one's own is read, and its mistakes are told with the remedy."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from kg.errors import OntologyError, UsageError
from kg.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def turtle() -> str:
    return (files("kg.ontology") / "kg.ttl").read_text(encoding="utf8")


def test_a_new_relation_is_data(tmp_path: Path, turtle: str) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(
        turtle
        + """
kg:sponsors a owl:ObjectProperty ;
    rdfs:label "赞助"@zh , "sponsors"@en ;
    skos:definition "主语赞助宾语。"@zh , "The subject pays for the object."@en ;
    rdfs:domain kg:Organization ; rdfs:range [ a owl:Class ; owl:unionOf ( kg:Conference kg:Award ) ] ;
    meta:identifiedBy kg:year ; meta:qualifier kg:amount .
""",
        encoding="utf8",
    )
    own = Schema.load(path)
    assert own.accepts("sponsors", "range", "Conference")
    assert own.properties["sponsors"].identifying == ("year",)
    assert own.properties["sponsors"].relationship_type == "SPONSORS"
    assert own.version == Schema.load().version
    assert own.fingerprint != Schema.load().fingerprint


# what is replaced, by what, and what the complaint must say
MISTAKES = {
    "not turtle": ("kg:Person a owl:Class ;", "kg:Person a ;", r"own\.ttl:\d+: this is not Turtle"),
    "no version": ('owl:versionInfo "0.2.0" ;', "", "owl:versionInfo"),
    "no namespace of data": ('"https://w3id.org/kg-news/id/"', '"https://w3id.org/kg-news/id"', "meta:baseIri"),
    "label missing": (
        '"收购"@zh , "acquired"@en',
        '"acquired"@en',
        r'kg:acquired has no label in zh; add rdfs:label "…"@zh',
    ),
    "definition missing": (
        ', "The subject bought the object or took control of it."@en',
        "",
        "kg:acquired has no definition in en",
    ),
    "unknown class in a domain": (
        "rdfs:domain kg:Company ; rdfs:range kg:Exchange",
        "rdfs:domain kg:Compnay ; rdfs:range kg:Exchange",
        "kg:listedOn has rdfs:domain Compnay, which is no class; write Company",
    ),
    "literal as a domain": (
        "rdfs:domain kg:Company ; rdfs:range kg:Exchange",
        'rdfs:domain "Company" ; rdfs:range kg:Exchang',
        "kg:listedOn",
    ),
    "two domains": (
        "rdfs:domain kg:Company ; rdfs:range kg:Exchange",
        "rdfs:domain kg:Company , kg:Association ; rdfs:range kg:Exchange",
        "has two rdfs:domain.*owl:unionOf",
    ),
    "no range": (
        "rdfs:domain kg:Company ; rdfs:range kg:Exchange",
        "rdfs:domain kg:Company",
        "kg:listedOn has no rdfs:range",
    ),
    "empty range": (
        "rdfs:domain kg:Company ; rdfs:range kg:Exchange",
        "rdfs:domain kg:Company ; rdfs:range []",
        "kg:listedOn has no rdfs:range",
    ),
    "unknown superclass": (
        "rdfs:subClassOf kg:GovernmentBody ;",
        "rdfs:subClassOf kg:Government ;",
        "kg:Court.*no class; write GovernmentBody",
    ),
    "circle of classes": (
        "rdfs:subClassOf kg:Agent , org:Organization",
        "rdfs:subClassOf kg:InvestmentFirm",
        "stands above itself; cut the circle",
    ),
    "circle of relations": (
        "rdfs:subPropertyOf org:subOrganizationOf",
        "rdfs:subPropertyOf kg:subsidiaryOf",
        "stands above itself",
    ),
    "between exclusive classes": (
        "rdfs:subClassOf kg:Agent , foaf:Person",
        "rdfs:subClassOf kg:Agent , kg:Place",
        "kg:Person stands under classes that exclude",
    ),
    "exclusion of nothing": (
        "kg:Report       owl:disjointWith kg:Agent",
        "kg:Reprot       owl:disjointWith kg:Agent",
        "kg:Reprot is not declared",
    ),
    "no kind for ids": ('meta:identityKind "award" ;', "", "kg:Award.*meta:identityKind"),
    "kind of nothing": ("kg:won a owl:ObjectProperty", "kg:won a owl:ObjectPropery", "kg:won is of no kind known here"),
    "misspelt annotation": (
        "meta:qualifier kg:degree , kg:date ;",
        "meta:qualifer kg:date ;",
        "meta:qualifer, which means nothing here; write meta:qualifier",
    ),
    "unknown qualifier": (
        "meta:qualifier kg:degree , kg:date",
        "meta:qualifier kg:dgree , kg:date",
        "kg:educatedAt speaks of 'dgree'.*write degree",
    ),
    "qualifier twice": (
        "meta:qualifier kg:degree , kg:date",
        "meta:identifiedBy kg:date ; meta:qualifier kg:degree , kg:date",
        "names date twice",
    ),
    "unknown list": (
        "meta:oneOf kg:InvestorRole",
        "meta:oneOf kg:InvestorRoles",
        "kg:raisedFrom speaks of 'kg:InvestorRoles', which is no list",
    ),
    "word without label": (
        '[ meta:is "pledge"   ; rdfs:label "质押"@zh , "pledged"@en ]',
        '[ meta:is "pledge" ]',
        "kg:StakeAction has an incomplete word",
    ),
    "unknown datatype": (
        'meta:Value ; meta:datatype "year"',
        'meta:Value ; meta:datatype "yaer"',
        "kg:year has the datatype 'yaer'",
    ),
    "asymmetric symmetry": (
        '是竞争对手。"@zh ; rdfs:isDefinedBy <> ;\n    rdfs:domain kg:Organization ;',
        '是竞争对手。"@zh ; rdfs:isDefinedBy <> ;\n    rdfs:domain kg:Company ;',
        "kg:competesWith is symmetric",
    ),
    "inverse of nothing": (
        "owl:inverseOf kg:founded",
        "owl:inverseOf kg:founds",
        "kg:foundedBy has owl:inverseOf founds, which is no relation",
    ),
    "status lost": (
        "kg:cancelled a owl:NamedIndividual , kg:Status",
        "kg:called a owl:NamedIndividual , kg:Status",
        "the statuses must be",
    ),
    "unknown role": (
        "meta:role kg:name , kg:host ,",
        "meta:role kg:name , kg:hots ,",
        "kg:Conference speaks of 'hots', which is no role; write host",
    ),
    "main role of nothing": (
        "meta:mainRole kg:licensee",
        "meta:mainRole kg:customer",
        "kg:License speaks of 'customer', which is no role of License",
    ),
    "too wide a role": (
        "meta:range kg:Organization , kg:Country",
        "meta:range kg:Organization , kg:Product",
        "kg:Appointment takes Product in the role organization",
    ),
    "event outside events": (
        "kg:Lawsuit a owl:Class ;\n    rdfs:subClassOf kg:Event ;",
        "kg:Lawsuit a owl:Class ;",
        "kg:Lawsuit is half an event",
    ),
    "unknown relation implied": (
        "meta:relation kg:acquired",
        "meta:relation kg:aquired",
        "kg:Acquisition speaks of 'aquired', which is no relation; write acquired",
    ),
    "unknown role implied": (
        "meta:subject kg:acquirer",
        "meta:subject kg:investor",
        "'investor', which is no role of Acquisition",
    ),
    "no role implied": ("meta:subject kg:acquirer ;", "", r"kg:Acquisition has a \[ … \] with 0 meta:subject"),
    "unfit role implied": (
        "meta:subject kg:publisher ; meta:object kg:report",
        "meta:subject kg:publisher ; meta:object kg:publisher",
        "implies published, whose range is Report",
    ),
    "unknown word asked for": (
        'meta:use kg:action ; meta:is "increase"',
        'meta:use kg:action ; meta:is "grow"',
        "kg:StakeChange speaks of the action 'grow'",
    ),
    "no word asked for": ('[ meta:use kg:action ; meta:is "increase" ]', "kg:action", "names no word of action"),
    "unknown word set": (
        'meta:use kg:role ; meta:is "follow"',
        'meta:use kg:role ; meta:is "follows"',
        "the role 'follows'; its list has lead, follow",
    ),
    "unknown qualifier carried": (
        "meta:carry kg:date , kg:round ]",
        "meta:carry kg:date , kg:amount ]",
        "'amount', which is no qualifier of advisedBy",
    ),
    "datatypes that differ": (
        "meta:use kg:to ; meta:source kg:date",
        "meta:use kg:to ; meta:source kg:title",
        r"hands title \(string\) on as to \(date\)",
    ),
    "unknown status": (
        "meta:becomes kg:asserted ] , [",
        "meta:becomes kg:sure ] , [",
        "kg:Lawsuit speaks of 'sure', which is no status",
    ),
    "no use": (
        "[ meta:use kg:stage ; meta:oneOf kg:LawsuitStage ]",
        "[ meta:oneOf kg:LawsuitStage ]",
        "with 0 meta:use",
    ),
    "relation without header": ("a owl:Ontology ;", "a owl:Class ;", "0 ontology headers"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_its_subject_and_remedy(tmp_path: Path, turtle: str, mistake: str) -> None:
    old, new, complaint = MISTAKES[mistake]
    assert old in turtle, "the test no longer fits the file"
    path = tmp_path / "own.ttl"
    path.write_text(turtle.replace(old, new, 1), encoding="utf8")
    with pytest.raises(OntologyError, match=complaint) as caught:
        Schema.load(path)
    assert str(caught.value).startswith("own.ttl")


def test_a_complaint_names_the_line(tmp_path: Path, turtle: str) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(turtle.replace('"收购"@zh , "acquired"@en', '"acquired"@en'), encoding="utf8")
    line = next(n for n, text in enumerate(turtle.split("\n"), 1) if text.startswith("kg:acquired a "))
    with pytest.raises(OntologyError, match=rf"^own\.ttl:{line}: kg:acquired "):
        Schema.load(path)


def test_a_file_with_its_marks_among_the_types_still_reads(tmp_path: Path, turtle: str) -> None:
    """As version 0.1 had them."""
    path = tmp_path / "old.ttl"
    path.write_text(re.sub(r" ; meta:kind (meta:\w+) ;", r" , \1 ;", turtle), encoding="utf8")
    old, new = Schema.load(path), Schema.load()
    for group in ("roles", "values", "records", "attributes", "properties", "events"):
        assert getattr(old, group) == getattr(new, group)


def test_the_namespace_of_data_may_be_ones_own() -> None:
    assert Schema.load(base_iri="https://news.example/id/").base_iri == "https://news.example/id/"
    for wrong in ("https://news.example/id", "news/", "https://news.example/a b/", "https://news.example/<id>/"):
        with pytest.raises(UsageError, match="is no namespace"):
            Schema.load(base_iri=wrong)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"none\.ttl: cannot be read"):
        Schema.load(tmp_path / "none.ttl")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_bytes(b"")
    with pytest.raises(OntologyError, match="0 ontology headers"):
        Schema.load(path)
