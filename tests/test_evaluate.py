"""Statements against gold: what is right, wrong, missed, or must not be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA
from gold_rows import FUND, LAKE, MONEY, OTHER, claim, event, gold, gold_event, said, score, told, trap

from kg.errors import UnknownNameError
from kg.gold import same_value

if TYPE_CHECKING:
    from kg.model import JsonObject


# ---- triples --------------------------------------------------------------------------------------------------------


def test_precision_and_recall_of_core_and_all() -> None:
    found = score(
        [
            gold(LAKE, "raisedFrom", FUND),
            gold(LAKE, "raisedFrom", OTHER),
            gold(LAKE, "partnersWith", FUND, core=False),
            gold(LAKE, "headquarteredIn", "杭州", core=False),
        ],
        [said(LAKE, "raisedFrom", FUND), said(LAKE, "partnersWith", FUND), said(LAKE, "acquired", FUND)],
    )
    t = found.triples
    assert (t.predicted, t.right, t.gold, t.found, t.core, t.found_core) == (3, 2, 4, 2, 2, 1)
    assert (t.precision, t.recall, t.recall_core) == (2 / 3, 0.5, 0.5)
    assert t.f1 == t.f1_core == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))
    assert told(found, "wrong") == [(f"{LAKE} acquired {FUND}", "")]
    assert told(found, "missed") == [(f"{LAKE} raisedFrom {OTHER}", "")]
    assert found.of_kind("wrong")[0].sentence == f"{LAKE}与{FUND}。"
    raised = found.predicates["raisedFrom"]
    assert (raised.predicted, raised.right, raised.gold, raised.found) == (1, 1, 2, 1)
    assert found.predicates["acquired"].precision == 0
    assert found.predicates["headquarteredIn"].precision is None


def test_nothing_at_all_is_no_number() -> None:
    found = score([{"kind": "item", "item": 1}], [])
    assert (found.triples.precision, found.triples.recall, found.triples.f1) == (None, None, None)
    assert score([gold(LAKE, "acquired", FUND)], []).triples.f1 == 0


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (gold([LAKE, "蓝湖"], "raisedFrom", FUND), said("蓝 湖", "raisedFrom", FUND)),
        (gold("藍湖科技", "raisedFrom", FUND), said(LAKE, "raisedFrom", FUND)),
        (gold("GGV纪源", "raisedFrom", FUND), said("ｇｇｖ纪源", "raisedFrom", FUND)),
        (gold("《远望》", "partnersWith", FUND), said("远望", "partnersWith", FUND)),
        (gold(FUND, "investedIn", LAKE), said(LAKE, "raisedFrom", FUND)),
        (gold(LAKE, "raisedFrom", FUND), said(FUND, "investedIn", LAKE)),
        (gold(LAKE, "raisedFrom", FUND), said(LAKE, "RAISED_FROM", FUND)),
        (gold(LAKE, "founded", FUND), said(FUND, "FOUNDED_BY", LAKE)),
        (gold(LAKE, "partnersWith", FUND), said(FUND, "partnersWith", LAKE)),
        (gold(LAKE, "partOf", FUND), said(LAKE, "subsidiaryOf", FUND)),
        (gold(LAKE, "acquired", FUND, p_alt=["holdsStakeIn"]), said(LAKE, "holdsStakeIn", FUND)),
        (gold(LAKE, "acquired", FUND, p_alt=["partOf"]), said(LAKE, "subsidiaryOf", FUND)),
        (gold(LAKE, "acquired", FUND), said(LAKE, "acquired", FUND, "ended")),
        (gold(LAKE, "acquired", FUND), {"item": 1, "s": LAKE, "p": "acquired", "o": FUND}),
    ],
)
def test_what_says_the_same_is_right(wanted: JsonObject, got: JsonObject) -> None:
    found = score([wanted], [got])
    assert (found.triples.predicted, found.triples.right, found.triples.found) == (1, 1, 1)


@pytest.mark.parametrize(
    "got",
    [
        said(FUND, "acquired", LAKE),
        said(LAKE, "acquired", FUND, item=2),
        said(LAKE, "holdsStakeIn", FUND),
        said("蓝湖", "acquired", FUND),
    ],
)
def test_what_says_something_else_finds_nothing(got: JsonObject) -> None:
    found = score([gold(LAKE, "acquired", FUND), gold("甲", "acquired", "乙", item=2)], [got])
    assert (found.triples.predicted, found.triples.right, found.triples.found) == (1, 0, 0)


@pytest.mark.parametrize(
    "got",
    [
        said(LAKE, "acquired", FUND, "planned"),
        said(LAKE, "acquired", FUND, "denied"),
        {"item": 1, "s": LAKE, "p": "acquired", "o": FUND, "asserted": False},
        said(LAKE, "acquired", FUND, item=7),
        {"kind": "reject", "item": 1, "rule": "domain"},
    ],
)
def test_what_is_not_said_to_have_happened_or_not_asked_for_is_not_counted(got: JsonObject) -> None:
    found = score([gold(LAKE, "acquired", FUND)], [got])
    assert (found.triples.predicted, found.triples.found) == (0, 0)


def test_a_fact_counts_once_under_whatever_name() -> None:
    found = score(
        [gold([LAKE, "蓝湖"], "partnersWith", FUND)],
        [said(a, "partnersWith", b) for a, b in ((LAKE, FUND), ("蓝湖", FUND), (FUND, LAKE), (FUND, "蓝湖"))]
        + [said(a, "partnersWith", b) for a, b in ((LAKE, OTHER), (OTHER, LAKE))],
    )
    assert (found.triples.predicted, found.triples.right) == (2, 1)


def test_rows_that_differ_in_qualifiers_are_one_fact() -> None:
    found = score(
        [gold("张伟", "worksFor", LAKE, title="总裁"), gold("张伟", "worksFor", LAKE, title="董事", core=False)],
        [said("张伟", "worksFor", LAKE, title="总裁"), said("张伟", "worksFor", LAKE, title="监事")],
    )
    t = found.triples
    assert (t.predicted, t.right, t.gold, t.found, t.core) == (1, 1, 1, 1, 1)
    assert (found.qualifiers["title"].asked, found.qualifiers["title"].right) == (2, 1)
    assert told(found, "qualifier") == [("张伟 worksFor 蓝湖科技", "title: gold 董事, got 总裁 or 监事")]


def test_what_follows_from_a_gold_fact_is_neither_right_nor_wrong() -> None:
    rows = [gold(LAKE, "subsidiaryOf", FUND)]
    found = score(rows, [said(LAKE, "partOf", FUND)])
    assert (found.triples.predicted, found.triples.found, found.mistakes[0].kind) == (0, 0, "missed")
    found = score(rows, [said(LAKE, "partOf", FUND), said(LAKE, "subsidiaryOf", FUND)])
    assert (found.triples.predicted, found.triples.right) == (1, 1)


def test_gold_with_a_relation_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"raisedFrm.*Did you mean raisedFrom"):
        score([gold(LAKE, "raisedFrm", FUND)], [])
    with pytest.raises(UnknownNameError, match="no event named 'Fundinground'"):
        score([gold_event("Fundinground", company=[LAKE])], [])


# ---- numbers of items -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", ["12", 12])
def test_an_id_that_is_a_number_is_the_items_number(identifier: Any) -> None:
    rows = [{"kind": "item", "id": identifier}, said(LAKE, "acquired", FUND, item=identifier)]
    assert score([gold(LAKE, "acquired", FUND, item=12)], rows).triples.found == 1


@pytest.mark.parametrize("identifier", ["n0123456789abcdef", "20211103", "第二"])
def test_other_ids_count_in_the_order_of_the_items(identifier: str) -> None:
    wanted = [gold(LAKE, "acquired", FUND, item=2)]
    first, second = {"kind": "item", "id": "甲"}, {"kind": "item", "id": identifier}
    right, other = said(LAKE, "acquired", FUND, item=identifier), said(LAKE, "sued", FUND, item="甲")
    assert score(wanted, [first, second, right]).triples.found == 1
    # `kg extract` prints the rows of an item after it, and before the next.
    assert score(wanted, [first, other, second, right]).triples.found == 1


def test_titles_sections_and_dates_of_items() -> None:
    rows = [
        {"kind": "item", "item": 1, "title": "蓝湖融资", "section": None, "date": "2021-11-03"},
        {"kind": "item", "item": 2, "title": "再说蓝湖", "section": "快讯", "date": None},
    ]
    predicted = [{"kind": "item", "id": "x", "title": "蓝湖 融资", "section": None, "published": "2021-11"}]
    found = score(rows, predicted)
    assert {k: (v.right, v.asked) for k, v in found.items.items()} == {
        "title": (1, 2),
        "section": (1, 2),
        "date": (0, 2),
    }


# ---- qualifiers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted", "got", "same"),
    [
        ("date", "2021-11", "2021-11", True),
        ("date", "2021-11", "2021-11-03", False),
        ("date", ["2021", "2021-11"], "2021-11", True),
        ("year", 2020, "2020", True),
        ("round", "C+", "c+轮", True),
        ("round", "C", "C+", False),
        ("amount", "10亿元", MONEY, True),
        ("amount", "近10亿元人民币", MONEY, True),
        ("amount", "超过10亿元", MONEY, True),
        ("amount", "10億元", MONEY, True),
        ("amount", "10亿美元", MONEY, False),
        ("amount", "1亿元", MONEY, False),
        ("amount", "数亿元", MONEY, False),
        ("amount", "数亿元", {"literal": "数亿元人民币", "low": 2e8, "high": 1e9, "currency": "CNY"}, True),
        ("amount", "近10亿元", {"literal": "近十亿", "low": None, "high": 1e9, "currency": "CNY"}, True),
        ("amount", "10亿", MONEY, True),
        ("amount", "10亿元", 1_000_000_000, True),
        ("valuation", ["5亿元", "10亿元"], "10亿人民币", True),
        ("capital", "若干", MONEY, False),
        ("amount", "10亿元", None, False),
        ("stake", "约51%", "51%", True),
        ("stake", "51%", "5.1%", False),
        ("title", "董事长兼CEO", "CEO", True),
        ("title", "董事长", "副董事长", False),
        ("field", "人工智能", "人工 智能", True),
        ("field", "人工智能、芯片", "芯片", False),
        ("product", ["激光雷达"], "激光雷达、传感器", True),
        ("nonsense", "甲", "甲", True),
    ],
)
def test_values_match_by_what_they_are(name: str, wanted: Any, got: Any, same: bool) -> None:
    assert same_value(name, wanted, got, SCHEMA) is same


def test_qualifiers_are_asked_of_what_was_found() -> None:
    found = score(
        [
            gold(LAKE, "raisedFrom", FUND, round="A", amount="10亿元", date="2021"),
            gold(LAKE, "raisedFrom", OTHER, round="A"),
        ],
        [said(LAKE, "raisedFrom", FUND, round="A轮", amount=MONEY, date="")],
    )
    assert {k: (v.right, v.asked) for k, v in found.qualifiers.items()} == {
        "round": (1, 1),
        "amount": (1, 1),
        "date": (0, 1),
    }
    assert told(found, "qualifier") == [(f"{LAKE} raisedFrom {FUND}", "date: gold 2021, got nothing")]


# ---- what must not be said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "got", "fallen"),
    [
        (trap(LAKE, "acquired", FUND, "planned"), said(LAKE, "acquired", FUND), True),
        (trap(LAKE, "acquired", FUND, "planned"), said(LAKE, "acquired", FUND, "planned"), False),
        (trap(LAKE, "acquired", FUND, "wrong-direction"), said(FUND, "acquired", LAKE), False),
        (trap(LAKE, "partnersWith", FUND, "denied"), said(FUND, "partnersWith", LAKE), True),
        (trap(FUND, "investedIn", LAKE, "denied"), said(LAKE, "raisedFrom", FUND), True),
        (trap(LAKE, "partOf", FUND, "denied"), said(LAKE, "subsidiaryOf", FUND), True),
        (trap("张伟", "worksFor", LAKE, "ended"), said("张伟", "worksFor", LAKE), True),
        (trap("张伟", "worksFor", LAKE, "ended"), said("张伟", "worksFor", LAKE, "ended"), False),
        (trap("张伟", "worksFor", LAKE, "ended"), said("张伟", "worksFor", LAKE, to="2020"), False),
        (trap("张伟", "worksFor", LAKE, "ended", title="总裁"), said("张伟", "worksFor", LAKE, title="总裁"), True),
        (trap("张伟", "worksFor", LAKE, "ended", title="总裁"), said("张伟", "worksFor", LAKE, title="董事"), False),
    ],
)
def test_false_assertions(row: JsonObject, got: JsonObject, fallen: bool) -> None:
    found = score([row], [got, got])
    assert found.traps == {row["why"]: 1}
    assert found.fallen == ({row["why"]: 1} if fallen else {})
    assert [m.why for m in found.of_kind("asserted")] == ([row["why"]] if fallen else [])
    assert all(m.sentence for m in found.of_kind("asserted"))


def test_a_trap_without_values_does_not_blame_what_gold_has_too() -> None:
    rows = [gold("张伟", "worksFor", LAKE, title="董事"), trap("张伟", "worksFor", LAKE, "ended")]
    assert not score(rows, [said("张伟", "worksFor", LAKE, title="董事")]).fallen


def test_what_is_kept_as_over_is_not_wrong_where_gold_says_it_ended() -> None:
    found = score([trap("张伟", "worksFor", LAKE, "ended")], [said("张伟", "worksFor", LAKE, "ended")])
    assert found.triples.predicted == 0
    found = score([trap("张伟", "worksFor", LAKE, "planned")], [said("张伟", "worksFor", LAKE, "ended")])
    assert (found.triples.predicted, found.triples.right) == (1, 0)


# ---- claims ---------------------------------------------------------------------------------------------------------


def test_claims_are_told_with_their_status_or_another_or_not_at_all() -> None:
    found = score(
        [
            claim(LAKE, "acquired", FUND, "planned"),
            claim(LAKE, "acquired", OTHER, "planned"),
            claim(LAKE, "sued", FUND, "denied"),
            claim(LAKE, "sued", OTHER, "rumoured"),
        ],
        [
            said(LAKE, "acquired", FUND, "planned"),
            said(LAKE, "acquired", OTHER),
            said(LAKE, "sued", OTHER, "rumoured"),
            said(LAKE, "sued", OTHER, "denied"),
        ],
    )
    planned, denied, rumoured = (found.claims[s] for s in ("planned", "denied", "rumoured"))
    assert (planned.gold, planned.right, planned.otherwise, planned.missed, planned.accuracy) == (2, 1, 1, 0, 0.5)
    assert (denied.gold, denied.right, denied.missed, denied.accuracy) == (1, 0, 1, None)
    assert (rumoured.right, rumoured.otherwise) == (1, 0)
    assert found.statuses == {("planned", "asserted"): 1}
    assert told(found, "claim") == [
        (f"{LAKE} acquired {OTHER}", "planned, told as asserted"),
        (f"{LAKE} sued {FUND}", "denied, not told"),
    ]


def test_a_claim_with_values_means_the_prediction_that_has_them() -> None:
    row = claim("张伟", "worksFor", LAKE, "ended", title="总裁")
    both = [said("张伟", "worksFor", LAKE, title="董事"), said("张伟", "worksFor", LAKE, "ended", title="总裁")]
    assert score([row], both).claims["ended"].right == 1
    both = [said("张伟", "worksFor", LAKE, "ended", title="董事"), said("张伟", "worksFor", LAKE, title="总裁")]
    assert score([row], both).claims["ended"].otherwise == 1


def test_claims_of_events() -> None:
    row = {"kind": "claim", "item": 1, "event": "Acquisition", "roles": {"target": [FUND]}, "status": "rumoured"}
    found = score([row], [event("Acquisition", status="rumoured", target=[FUND], acquirer=[LAKE])])
    assert (found.claims["rumoured"].right, found.events.predicted) == (1, 0)
    assert score([row], [event("Acquisition", target=[FUND])]).claims["rumoured"].otherwise == 1
    assert score([row], [event("Acquisition", status="rumoured", target=[OTHER])]).claims["rumoured"].missed == 1
