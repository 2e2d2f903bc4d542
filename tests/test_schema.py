"""What the packaged ontology says."""

from __future__ import annotations

import pickle

import pytest

from kg.errors import UnknownNameError
from kg.model import STATUSES, Amount
from kg.schema import ABSENT, PRESENT, Implication, Schema, relationship_type

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
