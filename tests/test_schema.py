from __future__ import annotations

import pickle
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from kg.errors import OntologyError, UnknownNameError, UsageError
from kg.model import STATUSES, Amount
from kg.schema import ABSENT, PRESENT, Implication, Schema, relationship_type

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def turtle() -> str:
    return (files("kg.ontology") / "kg.ttl").read_text(encoding="utf8")


# ---- classes ---------------------------------------------------------------------------------------------------------


def test_superclasses_come_nearest_first(schema: Schema) -> None:
    assert schema.superclasses("InvestmentFirm") == ("Company", "Organization", "Agent")
    assert schema.labels("Court") == ("Court", "GovernmentBody", "Organization", "Agent")
    assert schema.labels("Country") == ("Country", "Place", "Agent")
    assert schema.superclasses("Award") == ()


def test_is_a(schema: Schema) -> None:
    assert schema.is_a("InvestmentFirm", "Agent")
    assert schema.is_a("Award", "Award")
    assert not schema.is_a("Agent", "Person")
    assert not schema.is_a("Firm", "Agent")


def test_most_specific(schema: Schema) -> None:
    assert schema.most_specific("Organization", "University") == "University"
    assert schema.most_specific("University", "Organization") == "University"
    assert schema.most_specific("University", "Company") is None


def test_disjoint_is_inherited_and_goes_both_ways(schema: Schema) -> None:
    assert schema.disjoint("InvestmentFirm", "Product")
    assert schema.disjoint("Product", "InvestmentFirm")
    assert schema.disjoint("Country", "Company")
    assert schema.disjoint("Conference", "Person")
    assert not schema.disjoint("Country", "Place")
    assert not schema.disjoint("Country", "Agent")
    assert not schema.disjoint("Product", "Technology")
    assert not schema.disjoint("Company", "Company")


@pytest.mark.parametrize(
    ("cls", "kind"),
    [
        ("Person", "person"),
        ("InvestmentFirm", "organization"),
        ("Court", "organization"),
        ("Country", "place"),
        ("Place", "place"),
        ("Conference", "event"),
        ("FundingRound", "event"),
        ("Report", "report"),
    ],
)
def test_kind(schema: Schema, cls: str, kind: str) -> None:
    assert schema.kind(cls) == kind


@pytest.mark.parametrize("cls", ["NewsItem", "Observation", "Firm"])
def test_what_is_no_entity_has_no_kind(schema: Schema, cls: str) -> None:
    with pytest.raises(UnknownNameError, match=cls):
        schema.kind(cls)


def test_an_unknown_class_suggests_the_nearest(schema: Schema) -> None:
    with pytest.raises(UnknownNameError) as caught:
        schema.labels("Compny")
    assert "Company" in caught.value.nearest


# ---- relations -------------------------------------------------------------------------------------------------------


def test_accepts_takes_subclasses_and_unions(schema: Schema) -> None:
    assert schema.accepts("raisedFrom", "domain", "Company")
    assert not schema.accepts("raisedFrom", "domain", "Person")
    assert schema.accepts("raisedFrom", "range", "Person")
    assert schema.accepts("worksFor", "range", "Country")
    assert not schema.accepts("worksFor", "range", "Place")
    assert schema.accepts("hosted", "range", "Conference")
    assert not schema.accepts("acquired", "range", "Nothing")
    with pytest.raises(UnknownNameError, match="acquired"):
        schema.accepts("aquired", "range", "Company")


def test_properties(schema: Schema) -> None:
    assert schema.properties["raisedFrom"].identifying == ("round",)
    assert schema.properties["won"].identifying == ("year", "project")
    assert schema.properties["partnersWith"].symmetric
    assert schema.properties["subsidiaryOf"].parents == ("partOf",)
    assert schema.properties["raisedFrom"].inverse == "investedIn"
    assert schema.inverses == {"investedIn": "raisedFrom", "foundedBy": "founded"}
    assert "investedIn" not in schema.properties


def test_a_qualifier_means_what_its_relation_says(schema: Schema) -> None:
    role = schema.properties["raisedFrom"].qualifier("role")
    assert role is not None
    assert role.values == ("lead", "follow", "sole", "existing")
    attended = schema.properties["attended"].qualifier("role")
    assert attended is not None
    assert attended.values == ()
    project = schema.properties["won"].qualifier("project")
    assert project is not None
    assert (project.datatype, project.range, project.identifying) == ("entity", ("Project",), True)
    assert schema.properties["won"].qualifier("amount") is None


@pytest.mark.parametrize(
    ("name", "cypher"), [("raisedFrom", "RAISED_FROM"), ("appliedToJoin", "APPLIED_TO_JOIN"), ("won", "WON")]
)
def test_relationship_type(schema: Schema, name: str, cypher: str) -> None:
    assert relationship_type(name) == cypher
    assert schema.properties[name].relationship_type == cypher


# ---- events ----------------------------------------------------------------------------------------------------------


def test_events_narrow_shared_roles_and_values(schema: Schema) -> None:
    assert schema.events["Signing"].roles["parties"].range == ("Agent",)
    assert schema.events["Partnership"].roles["parties"].range == ("Organization",)
    assert schema.events["Listing"].values["stage"].values == ("filed", "approved", "listed", "withdrawn")
    assert schema.events["Accession"].values["stage"].values == ("applied", "joined", "left")
    assert schema.events["Lawsuit"].values["stage"].values == ("filed", "judged", "settled", "withdrawn")
    assert schema.events["StakeChange"].values["action"].values == ("increase", "reduce", "transfer", "pledge")
    assert schema.events["Appointment"].values["action"].values == ("appointed", "left")
    assert schema.events["FundingRound"].roles["lead"].relationship_type == "LEAD"
    assert schema.events["Conference"].self_role == "name"
    assert schema.events["Contract"].self_role is None


def test_statuses_are_those_of_the_model(schema: Schema) -> None:
    assert tuple(schema.statuses) == STATUSES


def rules(schema: Schema, event: str) -> list[Implication]:
    return [rule for rule in schema.implications if rule.event == event]


def test_who_follows_a_lead_and_who_does_not(schema: Schema) -> None:
    raised = [r for r in rules(schema, "FundingRound") if r.property == "raisedFrom"]
    led = {"company": ["蓝湖"], "lead": ["甲资本"], "investors": ["乙资本"]}
    roles = [r.fixed.get("role") for r in raised if r.holds({}, led)]
    assert roles == ["lead", "follow"]
    alone = {"company": ["蓝湖"], "lead": [], "investors": ["乙资本"]}
    assert [r.fixed for r in raised if r.holds({}, alone) and r.object_role == "investors"] == [{}]
    assert all(r.qualifiers == {"date": "date", "round": "round", "amount": "amount"} for r in raised)


def test_a_stake_must_be_told(schema: Schema) -> None:
    holds = next(r for r in rules(schema, "Investment") if r.property == "holdsStakeIn")
    assert holds.when == {"stake": (PRESENT,)}
    assert (holds.subject_role, holds.object_role) == ("investor", "company")
    assert holds.holds({"stake": "12%"}, {})
    assert not holds.holds({"amount": "1亿元"}, {})


@pytest.mark.parametrize(
    ("event", "values", "implied"),
    [
        ("StakeChange", {"action": "increase"}, ["holdsStakeIn"]),
        ("StakeChange", {"action": "reduce"}, []),
        ("StakeChange", {"action": "pledge"}, []),
        ("StakeChange", {}, []),
        ("Listing", {"stage": "listed"}, ["listedOn"]),
        ("Listing", {"stage": "filed"}, []),
        ("Accession", {"stage": "applied"}, ["appliedToJoin"]),
        ("Accession", {"stage": "joined"}, ["joined"]),
        ("Lawsuit", {}, ["sued"]),
        ("Lawsuit", {"stage": "settled"}, ["sued"]),
        ("EntryIntoForce", {}, ["memberOf"]),
        ("AwardGrant", {}, ["won", "won"]),
    ],
)
def test_what_an_event_implies(schema: Schema, event: str, values: dict[str, str], implied: list[str]) -> None:
    assert [rule.property for rule in rules(schema, event) if rule.holds(values, {})] == implied


def test_who_leaves_a_post_had_it(schema: Schema) -> None:
    left = {"action": "left", "date": "2021-11"}
    gone = next(r for r in rules(schema, "Appointment") if r.subject_role == "person" and r.holds(left, {}))
    assert gone.qualifiers == {"title": "title", "to": "date"}
    assert gone.status("asserted") == "ended"
    assert gone.status("planned") is None
    came = next(r for r in rules(schema, "Appointment") if r.subject_role == "person" and r.holds({}, {}))
    assert came.when == {"action": ("appointed", ABSENT)}
    assert came.qualifiers == {"title": "title", "from": "date"}
    assert came.status("planned") == "planned"


def test_two_sides_of_a_partnership(schema: Schema) -> None:
    sides = {"parties": ["甲", "乙"], "counterparties": ["丙"]}
    assert [r.object_role for r in rules(schema, "Partnership") if r.holds({}, sides)] == ["counterparties"]
    assert "parties" in [r.object_role for r in rules(schema, "Partnership") if r.holds({}, {"parties": ["甲", "乙"]})]


# ---- ids -------------------------------------------------------------------------------------------------------------


def test_entity_ids_depend_on_folded_name_and_kind(schema: Schema) -> None:
    assert schema.entity_id("騰訊 雲", "Company") == schema.entity_id("腾讯云", "InvestmentFirm")
    assert schema.entity_id("腾讯云", "Company") != schema.entity_id("腾讯云", "Product")
    assert schema.entity_id("中国", "Country") == schema.entity_id("中国", "Place")


def test_people_are_minted_per_item(schema: Schema) -> None:
    assert schema.entity_id("李明", "Person", "i1") != schema.entity_id("李明", "Person", "i2")
    assert schema.entity_id("百度", "Company", "i1") == schema.entity_id("百度", "Company", "i2")


def test_statement_ids_depend_on_identifying_qualifiers_only(schema: Schema) -> None:
    def raised(**qualifiers: object) -> str:
        return schema.statement_id("raisedFrom", "e1", "e2", qualifiers)

    assert raised(round="A") != raised(round="B")
    assert raised(round="A") == raised(round="Ａ", date="2021", amount=Amount("1亿元", 1e8, 1e8, "CNY"))
    assert raised() != raised(round="A")
    assert schema.statement_id("won", "e1", "e2", {"year": 2020}) == schema.statement_id(
        "won", "e1", "e2", {"year": "2020"}
    )
    # A year is not taken for a project of that name.
    assert schema.statement_id("won", "e1", "e2", {"year": "2020"}) != schema.statement_id(
        "won", "e1", "e2", {"project": "2020"}
    )


def test_symmetric_statements_have_one_id(schema: Schema) -> None:
    assert schema.statement_id("partnersWith", "e1", "e2", {}) == schema.statement_id("partnersWith", "e2", "e1", {})
    assert schema.statement_id("acquired", "e1", "e2", {}) != schema.statement_id("acquired", "e2", "e1", {})
    with pytest.raises(UnknownNameError):
        schema.statement_id("bought", "e1", "e2", {})


# ---- finding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("RAISED_FROM", "raisedFrom"),
        ("Compny", "Company"),
        ("收购", "acquired"),
        ("funding", "FundingRound"),
        ("InvestedIn", "investedIn"),
    ],
)
def test_nearest(schema: Schema, word: str, name: str) -> None:
    assert name in schema.nearest(word)
    assert len(schema.nearest(word, 1)) == 1


def test_nothing_is_near_to_nonsense(schema: Schema) -> None:
    assert schema.nearest("zzzzzz") == ()


def test_a_schema_travels_to_workers(schema: Schema) -> None:
    copy = pickle.loads(pickle.dumps(schema))
    assert copy.labels("Court") == schema.labels("Court")
    assert copy.implications == schema.implications
    assert copy.fingerprint == schema.fingerprint


# ---- reading ---------------------------------------------------------------------------------------------------------


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
