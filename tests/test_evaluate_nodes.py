"""Entities, events and figures against gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gold_rows import FUND, LAKE, MONEY, OTHER, entity, event, figure, gold, gold_event, score

if TYPE_CHECKING:
    from kg.model import JsonObject


# ---- entities -------------------------------------------------------------------------------------------------------


def test_entities_by_name_and_class() -> None:
    rows = [
        {"kind": "entity", "item": 1, "name": [LAKE, "蓝湖"], "type": "Company"},
        {"kind": "entity", "item": 1, "name": [FUND], "type": "InvestmentFirm", "core": False},
        {"kind": "entity", "item": 1, "name": ["鸿蒙"], "type": "Product", "type_alt": ["Technology"]},
        {"kind": "entity", "item": 1, "name": ["杭州"], "type": "Place"},
    ]
    got = [entity("蓝湖", "Organization"), entity(LAKE, "Company"), entity(FUND, "Company")]
    found = score(rows, [*got, entity("鸿蒙", "Technology"), entity("马云", "Person"), entity("马云", "Company")])
    e = found.entities
    assert e is not None
    assert (e.predicted, e.right, e.named, e.gold, e.found, e.core, e.found_core) == (4, 2, 3, 4, 2, 3, 2)
    assert e.confusions == {("InvestmentFirm", "Company"): 1}
    assert not e.of_triples


def test_a_preferred_name_is_its_own_entitys() -> None:
    rows = [
        {"kind": "entity", "item": 1, "name": ["蓝湖科技", "蓝湖"], "type": "Company"},
        {"kind": "entity", "item": 1, "name": ["蓝湖"], "type": "Product"},
    ]
    found = score(rows, [entity("蓝湖", "Product")])
    assert found.entities is not None
    assert found.entities.right == 1


def test_the_ends_of_triples_stand_for_entities_that_gold_does_not_list() -> None:
    rows = [gold([LAKE, "蓝湖"], "raisedFrom", FUND, s_type="Company", o_type="InvestmentFirm")]
    found = score(rows, [entity("蓝湖", "Company"), entity("杭州", "Place")])
    assert found.entities is not None
    assert (found.entities.predicted, found.entities.right, found.entities.gold) == (2, 1, 2)
    assert found.entities.of_triples
    assert score(rows, []).entities is None


# ---- events and observations ----------------------------------------------------------------------------------------


def test_events_match_by_type_and_main_role() -> None:
    rows = [
        gold(LAKE, "raisedFrom", [FUND, "云杉"]),
        gold_event("FundingRound", company=[LAKE], lead=[FUND], investors=[OTHER], round="A", amount="10亿元"),
        gold_event("Acquisition", acquirer=[LAKE], target=["甲"]),
    ]
    found = score(
        rows,
        [
            event("FundingRound", company=["别人"], lead=[FUND]),
            event("FundingRound", company=[LAKE], lead=["云杉"], values={"round": "A", "amount": MONEY}),
            event("Acquisition", acquirer=[LAKE], target=["乙"]),
            event("Acquisition", acquirer=[LAKE], target=["甲"], status="planned"),
        ],
    )
    e = found.events
    assert (e.predicted, e.right, e.gold, e.found) == (3, 1, 2, 1)
    assert {k: (v.right, v.asked) for k, v in found.event_values.items()} == {
        "company": (1, 1),
        "lead": (1, 1),
        "investors": (0, 1),
        "round": (1, 1),
        "amount": (1, 1),
    }
    assert (found.event_types["Acquisition"].gold, found.event_types["Acquisition"].found) == (1, 0)
    assert [m.what for m in found.of_kind("event missed")] == [f"Acquisition: acquirer {LAKE}, target 甲"]
    assert len(found.of_kind("event wrong")) == 2
    assert [m.why for m in found.of_kind("event value")] == [f"investors: gold {OTHER}, got nothing"]


def test_each_event_matches_one_other_the_most_alike_first() -> None:
    rows = [gold_event("FundingRound", company=[LAKE], round=r) for r in ("A", "B")]
    got = [event("FundingRound", company=[LAKE], values={"round": r}) for r in ("B", "A", "C")]
    found = score(rows, got)
    assert (found.events.predicted, found.events.right, found.events.found) == (3, 2, 2)
    assert found.event_values["round"].share == 1


def test_plain_event_rows_have_values_among_their_roles() -> None:
    row = {"kind": "event", "item": 1, "type": "FundingRound", "roles": {"company": [LAKE], "round": "A"}}
    found = score([gold_event("FundingRound", company=[LAKE], round="A")], [row, {**row, "asserted": False}])
    assert (found.events.predicted, found.events.right, found.event_values["round"].right) == (1, 1, 1)


@pytest.mark.parametrize(
    ("got", "right"),
    [
        (figure(12.5), True),
        (figure(12.5, "亿 元", indicator="别的"), True),
        (figure(12.5, "亿美元"), False),
        (figure(12.4), False),
        (figure(None), False),
        ({**figure(12.5), "item": 2}, False),
    ],
)
def test_a_figure_is_its_number_and_unit(got: JsonObject, right: bool) -> None:
    found = score([figure(12.5), gold("甲", "sued", "乙", item=2)], [got])
    o = found.observations
    assert (o.predicted, o.right, o.found) == (1, right, right)
    assert bool(found.of_kind("observation missed")) is bool(found.of_kind("observation wrong")) is not right


def test_where_only_a_change_is_told_it_is_the_change_of_what_is_called_alike() -> None:
    row = figure(None, None, change="+12% YoY", period=None)
    assert score([row], [figure(None, None, indicator="公司营收", change="+12.0% QoQ")]).observations.right == 1
    assert score([row], [figure(None, None, change="-12% YoY")]).observations.right == 0
    assert score([row], [figure(None, None, indicator="", change="+12% YoY")]).observations.right == 0


def test_change_and_period_of_figures_found() -> None:
    rows = [figure(1.0, change="+5% YoY"), figure(2.0, period="2021-H1")]
    found = score(rows, [figure(1, change="+5.0% YoY", period="2020"), figure(2.0, period="2021-h1")])
    assert {k: (v.right, v.asked) for k, v in found.observation_values.items()} == {"change": (1, 1), "period": (1, 2)}


def test_two_predictions_of_one_figure_are_one_too_many() -> None:
    found = score([figure(1.0)], [figure(1.0), figure(1.0)])
    assert (found.observations.predicted, found.observations.right) == (2, 1)
