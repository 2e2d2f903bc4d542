from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA

from kg.errors import UnknownNameError, UsageError
from kg.evaluate import evaluate, predictions, read_gold, read_predictions, report
from kg.gold import same_value
from kg.model import Block, Document, Entity, NewsItem, Rejection, Span

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import JsonObject
    from kg.scores import Evaluation, MistakeKind

LAKE, FUND, OTHER = "蓝湖科技", "云杉资本", "启明创投"


def gold(
    s: str | list[str], p: str, o: str | list[str], *, item: int = 1, core: bool = True, **more: Any
) -> JsonObject:
    q = {k: v for k, v in more.items() if k not in ("p_alt", "s_type", "o_type")}
    rest = {k: v for k, v in more.items() if k in ("p_alt", "s_type", "o_type")}
    names = {k: [v] if isinstance(v, str) else v for k, v in (("s", s), ("o", o))}
    return {"kind": "triple", "item": item, **names, "p": p, "core": core, "q": q, **rest}


def trap(s: str, p: str, o: str, why: str, **q: Any) -> JsonObject:
    return {"kind": "not", "item": 1, "s": [s], "p": p, "o": [o], "why": why, **({"q": q} if q else {})}


def claim(s: str, p: str, o: str, status: str, **q: Any) -> JsonObject:
    return {"kind": "claim", "item": 1, "s": [s], "p": p, "o": [o], "status": status, "q": q}


def said(s: str, p: str, o: str, status: str = "asserted", *, item: Any = 1, **qualifiers: Any) -> JsonObject:
    """A statement as `kg extract` prints it."""
    return {
        "kind": "statement",
        "item": item,
        "id": "s1",
        "subject": {"id": "e1", "name": s, "type": "Company"},
        "predicate": p,
        "object": {"id": "e2", "name": o, "type": "Company"},
        "qualifiers": qualifiers,
        "status": status,
        "evidence": {"start": 0, "end": 3, "text": f"{s}与\n{o}。", "sentence": f"{s}与{o}。"},
    }


def event(type_: str, *, item: Any = 1, status: str = "asserted", values: Any = None, **roles: Any) -> JsonObject:
    nodes = {r: [{"id": "e1", "name": n, "type": "Company"} for n in ns] for r, ns in roles.items()}
    evidence = {"start": 0, "end": 3, "text": f"{type_}。"}
    return {
        "kind": "event",
        "item": item,
        "type": type_,
        "roles": nodes,
        "values": values or {},
        "status": status,
        "evidence": evidence,
    }


def gold_event(type_: str, **roles: Any) -> JsonObject:
    return {"kind": "event", "item": 1, "type": type_, "roles": roles}


def figure(value: float | None, unit: str | None = "亿元", *, kind: str = "observation", **more: Any) -> JsonObject:
    row = {"kind": kind, "item": 1, "indicator": "营收", "value": value, "unit": unit}
    return {**row, "period": "2021", "scope": None, "change": None, **more}


def score(gold_rows: list[JsonObject], predicted: list[JsonObject]) -> Evaluation:
    return evaluate(gold_rows, predicted, SCHEMA)


def told(found: Evaluation, kind: MistakeKind) -> list[tuple[str, str]]:
    return [(m.what, m.why) for m in found.of_kind(kind)]


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

MONEY = {"literal": "10亿元", "low": 1e9, "high": 1e9, "currency": "CNY", "approximate": False}


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


# ---- entities -------------------------------------------------------------------------------------------------------


def entity(name: str, type_: str, item: int = 1) -> JsonObject:
    return {"kind": "entity", "item": item, "name": name, "type": type_}


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


# ---- reading --------------------------------------------------------------------------------------------------------


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
    return path


def test_gold_is_read_with_its_odd_characters(tmp_path: Path) -> None:
    row = gold("蓝\u2028湖", "sued", "甲")
    assert read_gold(write(tmp_path / "gold.jsonl", "\ufeff" + json.dumps(row, ensure_ascii=False), "", "  ")) == [row]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{", "no JSON"),
        ("[1]", "kind is one of item, triple"),
        ({"kind": "tripel", "item": 1}, "kind is one of item, triple"),
        ({"item": 1, "s": "甲", "p": "sued", "o": "乙"}, "kind is one of item, triple"),
        ({"kind": "triple", "item": 1, "s": "甲"}, "kind triple lacks p, o"),
        ({"kind": "triple", "item": "1", "s": "甲", "p": "sued", "o": "乙"}, 'number, not "1"'),
        ({"kind": "event", "item": 1, "type": "Lawsuit", "roles": []}, None),
        ({"kind": "event", "item": 1, "type": "Lawsuit", "roles": ["甲"]}, "roles must be an object"),
        ({"kind": "claim", "item": 1, "s": "甲", "status": "planned"}, r"lacks s, p and o \(or event and roles\)"),
    ],
)
def test_a_row_that_is_no_gold_is_named_by_file_and_line(tmp_path: Path, row: object, complaint: str | None) -> None:
    path = write(tmp_path / "gold.jsonl", gold("甲", "sued", "乙"), "", row)
    if complaint is None:
        assert len(read_gold(path)) == 2
        return
    with pytest.raises(UsageError, match=rf"^gold\.jsonl:3: .*{complaint}"):
        read_gold(path)


def test_predictions_are_read_from_files_and_streams(tmp_path: Path) -> None:
    rows = [{"kind": "item", "id": "x"}, said(LAKE, "sued", FUND), {"kind": "reject", "rule": "domain"}]
    text = "\n".join(json.dumps(r) for r in [*rows, {"item": 1, "s": "甲", "p": "sued", "o": "乙"}])
    path = write(tmp_path / "pred.jsonl", text)
    assert read_predictions(path) == read_predictions(io.StringIO(text))
    assert len(read_predictions(path)) == 4
    with pytest.raises(UsageError, match="standard input:2: this row of kind statement lacks object"):
        read_predictions(io.StringIO('\n{"kind": "statement", "item": 1, "subject": "甲", "predicate": "sued"}'))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl: cannot be read"):
        read_gold(tmp_path / "none.jsonl")
    (tmp_path / "gbk.jsonl").write_bytes("蓝湖".encode("gbk"))
    with pytest.raises(UsageError, match=r"gbk\.jsonl: this is no UTF-8"):
        read_predictions(tmp_path / "gbk.jsonl")


def test_predictions_of_files_are_the_rows_that_extract_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    item = NewsItem("1", "蓝湖", "蓝湖", (Block("paragraph", (Span(0, 2),)),), "a.txt")
    documents = [Rejection("read", "empty-item", "空"), Document(item, (Entity("e1", LAKE, "Company"),))]
    monkeypatch.setattr("kg.pipeline.extract", lambda paths, extractor, **options: iter(documents))
    rows = predictions(["a.txt"], object())  # type: ignore[arg-type]
    assert [(r["kind"], r.get("name", r.get("title"))) for r in rows] == [("item", "蓝湖"), ("entity", LAKE)]


# ---- for people and programs ----------------------------------------------------------------------------------------


@pytest.fixture
def found() -> Evaluation:
    return score(
        [
            {"kind": "item", "item": 1, "title": "蓝湖融资"},
            gold(LAKE, "raisedFrom", FUND, s_type="Company", o_type="InvestmentFirm", round="A"),
            gold(LAKE, "sued", OTHER, s_type="Company", o_type="Company"),
            trap(LAKE, "acquired", FUND, "planned"),
            claim(LAKE, "acquired", FUND, "planned"),
            gold_event("FundingRound", company=[LAKE]),
            figure(1.0),
        ],
        [
            said(LAKE, "raisedFrom", FUND, round="B"),
            said(LAKE, "acquired", FUND),
            entity(LAKE, "Company"),
            event("FundingRound", company=[LAKE]),
            figure(1.0),
        ],
    )


def test_the_report_shows_every_count(found: Evaluation) -> None:
    lines = [line.split() for line in report(found).splitlines()]
    assert ["triples", "2", "1", "0.500", "2", "0.500", "0.500", "2", "0.500", "0.500"] in lines
    assert ["sued", "0", "0", "–", "1", "0.000", "0.000", "1", "0.000", "0.000"] in lines
    assert ["round", "0", "1", "0.000"] in lines
    assert ["false", "triples", "asserted:", "1", "of", "1", "(planned", "1)"] in lines
    assert ["planned", "1", "0", "1", "0", "0.000"] in lines
    assert ["gold", "has", "no", "triple", "of:", "acquired", "1"] in lines
    assert "“" not in report(found)


def test_the_report_lists_mistakes_with_item_and_sentence(found: Evaluation) -> None:
    text = report(found, errors=True)
    assert f"  1  {LAKE} acquired {FUND}  (planned)  “{LAKE}与{FUND}。”" in text
    assert f"missed (1)\n  1  {LAKE} sued {OTHER}" in text
    assert "(round: gold A, got B)" in text


def test_columns_stand_under_each_other(found: Evaluation) -> None:
    table = report(found).split("\n\n")[0].splitlines()
    assert len({line.index(cell) + len(cell) for line, cell in ((table[0], "pred"), (table[1], "2"))}) == 1


def test_the_data_are_json(found: Evaluation) -> None:
    data = json.loads(json.dumps(found.data()))
    assert data["triples"]["precision"] == 0.5
    assert data["predicates"]["raisedFrom"]["right"] == 1
    assert data["qualifiers"]["round"] == {"asked": 1, "right": 0, "accuracy": 0.0}
    assert data["false_assertions"]["by_reason"] == {"planned": {"rows": 1, "asserted": 1}}
    assert data["claims"]["planned"]["otherwise"] == 1
    assert data["entities"]["class_accuracy"] == 1.0
    assert data["errors"]["missed"] == [{"item": 1, "what": f"{LAKE} sued {OTHER}", "why": "", "sentence": ""}]
