"""What several items say, as one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA
from hypothesis import given
from hypothesis import strategies as st

from kg import rollup
from kg.model import STATUSES, Amount, Evidence, Fact, Node, Status, Value
from kg.rollup import MOST_SURE, RANK, class_of, combine, confidence_of, first_day, name_of, status_of

if TYPE_CHECKING:
    import random

A, B = Node("e0000000000000001", "蓝湖", "Company"), Node("e0000000000000002", "云杉资本", "InvestmentFirm")


def told(
    item: str,
    status: Status = "asserted",
    published: str | None = None,
    confidence: float = 0.8,
    *,
    origin: str = "",
    sentence: str = "蓝湖获云杉资本投资。",
    event: str | None = None,
    **qualifiers: Value,
) -> rollup.Testimony:
    said = Evidence(item, 0, len(sentence), sentence, sentence)
    return rollup.Testimony(item, published, origin or item, status, confidence, qualifiers, said, event)


def fact(*testimonies: rollup.Testimony) -> Fact:
    return combine("s0000000000000001", A, "raisedFrom", B, testimonies)


# ---- status ---------------------------------------------------------------------------------------------------------


def test_the_newest_item_tells_the_status() -> None:
    assert status_of([told("1", "rumoured", "2021-10-01"), told("2", "denied", "2021-10-02")]) == "denied"
    assert status_of([told("1", "denied", "2021-10-02"), told("2", "asserted", "2021-10-09")]) == "asserted"
    assert status_of([told("1", "asserted", "2021-10-09"), told("2", "planned", "2021-10-01")]) == "asserted"


def test_an_undated_item_yields_to_a_dated_one() -> None:
    assert status_of([told("1", "ended"), told("2", "rumoured", "2019")]) == "rumoured"


@pytest.mark.parametrize("published", [None, "2021-10-01"])
def test_where_dates_do_not_tell_the_rank_does(published: str | None) -> None:
    for first, second in pairwise(RANK):
        assert status_of([told("1", second, published), told("2", first, published)]) == first
    assert set(RANK) == set(STATUSES)


@pytest.mark.parametrize(
    ("older", "newer"),
    [("2021-10-31", "2021-11"), ("2021-11", "2021-11-02"), ("2021-H1", "2021-H2"), ("2021-Q2", "2021-07-02")],
)
def test_dates_of_any_precision_are_in_order(older: str, newer: str) -> None:
    assert first_day(older) < first_day(newer)
    assert status_of([told("1", "planned", newer), told("2", "asserted", older)]) == "planned"


# ---- confidence and sources -----------------------------------------------------------------------------------------


def test_independent_origins_add_up_and_reprints_do_not() -> None:
    assert confidence_of([told("1"), told("2")]) == pytest.approx(0.96)
    assert confidence_of([told("1", origin="通稿"), told("2", confidence=0.6, origin="通稿")]) == pytest.approx(0.8)
    assert confidence_of([told(str(i)) for i in range(9)]) == MOST_SURE
    reprinted = fact(told("1", origin="通稿"), told("2", origin="通稿"), told("3"))
    assert (reprinted.sources, len(reprinted.items)) == (2, 3)


def test_what_speaks_against_a_fact_makes_it_no_surer() -> None:
    both = fact(told("1", "rumoured", "2021-10-01", 0.9), told("2", "denied", "2021-10-02", 0.7))
    assert (both.status, both.confidence, both.sources) == ("denied", 0.7, 1)
    assert both.items == ("1", "2")


def test_one_source_is_never_certain() -> None:
    assert fact(told("1", confidence=1.0)).confidence == MOST_SURE


# ---- qualifiers -----------------------------------------------------------------------------------------------------


def test_most_supported_then_most_precise_then_newest() -> None:
    assert fact(told("1", field="云"), told("2", field="芯片"), told("3", field="芯片")).qualifiers == {"field": "芯片"}
    reprints = [told(str(i), field="云", origin="通稿") for i in range(3)]
    assert fact(*reprints, told("4", field="芯片"), told("5", field="芯片")).qualifiers == {"field": "芯片"}
    days = fact(told("1", date="2021-11"), told("2", date="2021"), told("3", date="2021-11-03"))
    assert days.qualifiers == {"date": "2021-11-03"}
    newest = fact(told("1", "asserted", "2021-11-05", field="云"), told("2", "asserted", "2021-11-04", field="芯片"))
    assert newest.qualifiers == {"field": "云"}


def test_a_wider_value_supports_one_within_it() -> None:
    others = told("3", date="2020-05-01"), told("4", date="2020-05-01")
    assert fact(told("1", date="2021-11-03"), *others).qualifiers == {"date": "2020-05-01"}
    quarter, half = told("2", date="2021-Q4"), told("5", date="2021-H2")
    assert fact(told("1", date="2021-11-03"), quarter, half, *others).qualifiers == {"date": "2021-11-03"}
    year = told("6", date="2021")
    assert fact(told("1", date="2021-03-01"), quarter, half, year, *others).qualifiers == {"date": "2021-Q4"}


def test_amounts_by_support_then_precision() -> None:
    vague, exact = Amount("数亿元", 2e8, 1e9, "CNY", True), Amount("5亿元", 5e8, 5e8, "CNY")
    other = Amount("7亿美元", 7e8, 7e8, "USD")
    for amounts, chosen in (([vague, exact], exact), ([vague, exact, other], exact), ([other, other, exact], other)):
        made = fact(*(told(str(i), amount=amount) for i, amount in enumerate(amounts)))
        assert made.qualifiers == {"amount": chosen}


def test_a_plan_lends_a_fact_its_amount_but_not_its_date() -> None:
    ten = Amount("10亿元", 1e9, 1e9, "CNY")
    done = fact(told("1", "planned", "2021-10-01", date="2022", amount=ten), told("2", "asserted", "2021-12-01"))
    assert done.status == "asserted"
    assert done.qualifiers == {"amount": ten}


def test_a_post_that_ended_keeps_when_it_began() -> None:
    began, left = {"from": "2015"}, {"to": "2021-11"}
    post = fact(told("1", "asserted", "2015-01-01", **began), told("2", "ended", "2021-11-02", **left))
    assert (post.status, post.qualifiers) == ("ended", {"from": "2015", "to": "2021-11"})


# ---- the rest -------------------------------------------------------------------------------------------------------


def test_evidence_is_best_first_and_items_oldest_first() -> None:
    made = fact(
        told("甲", "planned", "2021-01-01", 0.99),
        told("乙", "asserted", "2021-03-01", 0.7, sentence="短。"),
        told("丙", "asserted", "2021-02-01", 0.9, sentence="一个很长很长的句子。"),
        told("丁", "asserted", None, 0.9, sentence="短句。"),
    )
    assert [e.item for e in made.evidence] == ["丁", "丙", "乙", "甲"]
    assert made.items == ("甲", "丙", "乙", "丁")
    assert (made.first_seen, made.last_seen) == ("2021-01-01", "2021-03-01")


def test_undated_facts_have_no_dates_and_events_are_listed_once() -> None:
    made = fact(told("1", event="v2"), told("2", event="v1"), told("3", event="v2"), told("4"))
    assert (made.first_seen, made.last_seen, made.events) == (None, None, ("v1", "v2"))


DATES = {"甲": None, "乙": "2021-11", "丙": "2021-11-03", "丁": "2021-11-03"}
testimonies = st.lists(
    st.builds(
        lambda item, status, confidence, **rest: told(
            item, status, DATES[item], confidence, origin="通稿" if item in "丙丁" else "", **rest
        ),
        st.sampled_from("甲乙丙丁"),
        st.sampled_from(STATUSES),
        st.sampled_from([0.5, 0.8, 1.0]),
        sentence=st.sampled_from(["短。", "长一些。"]),
        date=st.sampled_from(["2021", "2021-11", "2021-11-03", "2022"]),
        amount=st.sampled_from([Amount("数亿元", 2e8, 1e9, "CNY", True), Amount("5亿元", 5e8, 5e8, "CNY")]),
    ),
    min_size=1,
    max_size=6,
)


@given(testimonies, st.randoms(use_true_random=False))
def test_the_order_of_telling_makes_no_difference(several: list[rollup.Testimony], chance: random.Random) -> None:
    shuffled = list(several)
    chance.shuffle(shuffled)
    assert fact(*several) == fact(*shuffled)


@given(testimonies)
def test_a_fact_is_within_what_was_told(several: list[rollup.Testimony]) -> None:
    made = fact(*several)
    assert made.status in {t.status for t in several}
    assert 0 < made.confidence <= MOST_SURE
    assert 1 <= made.sources <= len(made.items) == len({t.item for t in several})
    assert {e.item for e in made.evidence} == {t.item for t in several}
    for name, value in made.qualifiers.items():
        assert value in [t.qualifiers[name] for t in several if name in t.qualifiers]


# ---- entities -------------------------------------------------------------------------------------------------------


def test_the_most_specific_class_that_most_agree_on() -> None:
    assert class_of({"Organization": 5, "Company": 3, "InvestmentFirm": 1}, SCHEMA) == "InvestmentFirm"
    assert class_of({"Organization": 5, "Company": 2, "University": 3}, SCHEMA) == "University"
    assert class_of({"Company": 2, "University": 2, "InvestmentFirm": 1}, SCHEMA) == "InvestmentFirm"
    assert class_of({"Company": 2, "University": 2}, SCHEMA) == class_of({"University": 2, "Company": 2}, SCHEMA)


def test_the_most_frequent_name_then_the_longest() -> None:
    assert name_of({"腾讯": 3, "腾讯控股有限公司": 2}) == "腾讯"
    assert name_of({"腾讯": 2, "腾讯控股": 2, "腾讯公司": 2}) == "腾讯公司"
