import pytest
from graph_corpus import CNY_200M, CNY_TENS_OF_M, documents

from kg.graph.rows import claim_rows, days_of, event_rows, fact_rows, flatten
from kg.model import Event, Evidence, Fact, LiteralValue, Node, Summary
from kg.schema import Schema

EVIDENCE = Evidence("n", 0, 4, "一句话。", "一句话。")


@pytest.mark.parametrize(
    ("date", "days"),
    [
        ("2021", ("2021-01-01", "2021-12-31")),
        ("2021-11", ("2021-11-01", "2021-11-30")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2021-11-03", ("2021-11-03", "2021-11-03")),
        ("2021-H1", ("2021-01-01", "2021-06-30")),
        ("2021-H2", ("2021-07-01", "2021-12-31")),
        ("2021-Q3", ("2021-07-01", "2021-09-30")),
        ("2021-Q1/Q3", ("2021-01-01", "2021-09-30")),
        ("2021-11-03/05", ("2021-11-03", "2021-11-05")),
        ("2019/2021", ("2019-01-01", "2021-12-31")),
        ("近日", None),
        ("2021-13", None),
        ("", None),
        (None, None),
    ],
)
def test_days_of(date: str | None, days: tuple[str, str] | None) -> None:
    assert days_of(date) == days


def test_amount_is_flattened_with_its_bounds() -> None:
    kinds = {"amount": "amount", "valuation": "amount"}
    assert flatten({"amount": CNY_TENS_OF_M, "valuation": CNY_200M}, kinds, node=True) == {
        "amount": "数千万元",
        "amount_low": 2e7,
        "amount_high": 1e8,
        "currency": "CNY",
        "approximate": True,
        "valuation": "2亿元",
        "valuation_low": 2e8,
        "valuation_high": 2e8,
        "valuation_currency": "CNY",
    }


def test_numbers_become_numbers_or_step_aside() -> None:
    kinds = {"year": "year", "stake": "percent"}
    assert flatten({"year": "2020", "stake": "70%"}, kinds, node=False) == {"year": 2020, "stake": 70.0}
    assert flatten({"year": "9" * 20}, kinds, node=False) == {"year_literal": "9" * 20}
    assert flatten({"year": "去年", "stake": "过半"}, kinds, node=False) == {
        "year_literal": "去年",
        "stake_literal": "过半",
    }


def test_title_is_kept_on_relationships_and_renamed_on_nodes() -> None:
    assert flatten({"title": "CEO"}, {}, node=False) == {"title": "CEO"}
    assert flatten({"title": "CEO"}, {}, node=True) == {"post": "CEO"}


def _fact(status: str, obj: Node | LiteralValue) -> Summary:
    return Fact(
        id="s1",
        subject=Node("e1", "蓝湖", "Company"),
        predicate="acquired",
        object=obj,
        qualifiers={"date": "2021-11", "stake": "70%"},
        status=status,  # type: ignore[arg-type]
        confidence=0.9,
        sources=2,
        items=("n1", "n2"),
        evidence=(EVIDENCE,),
        first_seen="2021-11-03",
        last_seen="2021-11-05",
        events=("v1",),
    ).summary


def test_fact_that_happened_is_a_relationship_that_explains_itself(schema: Schema) -> None:
    nodes, (row,) = fact_rows(_fact("ended", Node("e2", "青岚", "Company")), schema)
    assert nodes == []
    assert (row.type, row.start, row.end) == ("ACQUIRED", "e1", "e2")
    assert row.properties == {
        "statement": "s1",
        "status": "ended",
        "ended": True,
        "date": "2021-11",
        "date_start": "2021-11-01",
        "date_end": "2021-11-30",
        "stake": 70.0,
        "confidence": 0.9,
        "sources": 2,
        "items": ["n1", "n2"],
        "evidence": "一句话。",
        "first_seen": "2021-11-03",
        "last_seen": "2021-11-05",
        "event": "v1",
    }


def test_claim_is_a_node_between_its_ends(schema: Schema) -> None:
    (node,), (subject, obj) = claim_rows(_fact("planned", Node("e2", "青岚", "Company")), schema)
    assert (node.base, node.id, node.properties["name"]) == ("Claim", "s1", "蓝湖 收购 青岚")
    assert node.properties["predicate"] == "acquired"
    assert (subject.type, subject.start, subject.end) == ("SUBJECT", "s1", "e1")
    assert (obj.type, obj.start, obj.end) == ("OBJECT", "s1", "e2")


def test_literal_object_is_a_node_of_its_own(schema: Schema) -> None:
    (node,), (row,) = fact_rows(_fact("asserted", LiteralValue("某公司")), schema)
    assert node.base == "Literal"
    assert node.properties["value"] == "某公司"
    assert (row.end_base, row.end) == ("Literal", node.id)


def test_every_event_of_the_corpus_has_a_name_and_its_roles(schema: Schema) -> None:
    events = [(d, e) for d in documents(schema) for e in d.events]
    for document, event in events:
        nodes, rows = event_rows(event, schema, document.item.published)
        if schema.events[event.type].self_role:
            assert nodes == []
            assert {r.start_base for r in rows} == {"Entity"}
            assert all(r.properties["event"] == event.id for r in rows)
        else:
            (node,) = nodes
            assert node.properties["name"]
            assert node.properties["first_seen"] == document.item.published
            assert len(rows) == sum(len(fillers) for fillers in event.roles.values())
            assert ("Claim" in node.labels) == (event.status == "planned")


def test_relation_and_role_types_never_meet(schema: Schema) -> None:
    """A relationship type is either a statement's or a role's, so that a query cannot mix them up."""
    relations = {p.relationship_type for p in schema.properties.values()}
    roles = {r.relationship_type for e in schema.events.values() for r in e.roles.values()}
    assert relations & (roles | {"MENTIONS", "SUBJECT", "OBJECT", "REPORTED_BY"}) == set()


def test_event_is_named_by_those_who_take_part(schema: Schema) -> None:
    investors = tuple(Node(f"e{i}", f"基金{i}", "InvestmentFirm") for i in range(5))
    roles = {"investors": investors, "company": (Node("e9", "蓝湖", "Company"),)}
    event = Event("v1", "FundingRound", "asserted", roles, {}, 0.9, EVIDENCE, "hand/1")
    (node,), _ = event_rows(event, schema, None)
    assert node.properties["name"] == "融资：蓝湖、基金0、基金1、基金2等"
