from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kg.model import (
    Amount,
    Block,
    Document,
    Entity,
    Event,
    Evidence,
    LiteralValue,
    NewsItem,
    Node,
    Observation,
    Span,
    Statement,
)
from kg.schema import QualifierDef, Schema
from kg.validate import Names, check_event, check_observation, check_statement, check_value, validate

if TYPE_CHECKING:
    from kg.validate import Violation

SENTENCE = "11月3日，青禾科技完成2亿元B轮融资，由松风资本领投。"
SECOND = "该公司首席执行官李明在北京出席了开源大会。"
TEXT = f"别的新闻。\n{SENTENCE}\n{SECOND}\n又一则新闻。"
START = TEXT.index(SENTENCE)
NEXT = TEXT.index(SECOND)
ITEM = NewsItem(
    id="i1",
    title="青禾科技完成B轮融资",
    text=TEXT,
    blocks=(
        Block("paragraph", (Span(START, START + len(SENTENCE)),)),
        Block("paragraph", (Span(NEXT, NEXT + len(SECOND)),)),
    ),
    source="sample.txt",
)
COMPANY = Node("e1", "青禾科技", "Company")
INVESTOR = Node("e2", "松风资本", "InvestmentFirm")
PERSON = Node("e3", "李明", "Person")
MEETING = Node("e4", "开源大会", "Conference")
PLACE = Node("e5", "北京", "Place")
ENTITIES = tuple(Entity(n.id, n.name, n.type) for n in (COMPANY, INVESTOR, PERSON, MEETING, PLACE))
EVIDENCE = Evidence("i1", START, START + len(SENTENCE), SENTENCE, SENTENCE)
SECOND_EVIDENCE = Evidence("i1", NEXT, NEXT + len(SECOND), SECOND, SECOND)
AMOUNT = Amount("2亿元", 2e8, 2e8, "CNY")
RAISED = Statement(
    id="s1",
    subject=COMPANY,
    predicate="raisedFrom",
    object=INVESTOR,
    status="asserted",
    confidence=0.9,
    evidence=EVIDENCE,
    extractor="test/1",
    qualifiers={"round": "B", "date": "2021-11-03", "amount": AMOUNT, "role": "lead"},
    event="v1",
)
ROUND = Event(
    id="v1",
    type="FundingRound",
    status="asserted",
    roles={"company": (COMPANY,), "lead": (INVESTOR,)},
    values={"round": "B", "amount": AMOUNT, "date": "2021-11-03"},
    confidence=0.9,
    evidence=EVIDENCE,
    extractor="test/1",
)
FIGURE = Observation(
    id="o1",
    indicator="B轮融资额",
    value=2,
    unit="亿元",
    period="2021-Q1/Q3",
    scope=None,
    change="+25.4% YoY",
    reporter=COMPANY,
    confidence=0.8,
    evidence=EVIDENCE,
    extractor="test/1",
)


def names(*more: Entity) -> Names:
    return Names.of((*ENTITIES, *more))


def rule(violation: Violation | None) -> str | None:
    return violation.rule if violation else None


# ---- statements ------------------------------------------------------------------------------------------------------


def test_a_good_statement_passes(schema: Schema) -> None:
    assert check_statement(RAISED, ITEM, schema, names()) is None


@pytest.mark.parametrize(
    ("changed", "broken", "said"),
    [
        ({"predicate": "raised"}, "vocabulary", "no relation 'raised'; did you mean raisedFrom"),
        ({"predicate": "investedIn"}, "vocabulary", "raisedFrom read backwards"),
        ({"subject": Node("e1", "青禾科技", "Compny")}, "vocabulary", "青禾科技 is of the class 'Compny'.*Company"),
        ({"object": Node("e2", "松风资本", "Fund")}, "vocabulary", "松风资本 is of the class 'Fund'"),
        ({"qualifiers": {"rounds": "B"}}, "vocabulary", "raisedFrom has the qualifier 'rounds'.*round"),
        ({"subject": PERSON}, "domain", "raisedFrom goes from Organization, but 李明 is Person"),
        ({"object": PLACE}, "range", "raisedFrom goes to Agent, but 北京 is Place"),
        ({"object": LiteralValue("松风资本")}, "range", "'松风资本' is a literal"),
        ({"object": COMPANY}, "self", "from 青禾科技 to itself"),
        ({"qualifiers": {"date": "2021-13"}}, "datatype", "the date '2021-13' is no date; write 2021"),
        ({"qualifiers": {"role": "leader"}}, "datatype", "'leader' is not one of lead, follow, sole, existing"),
        ({"qualifiers": {"amount": "2亿元"}}, "datatype", "the amount '2亿元' is no amount"),
        ({"status": "likely"}, "status", "no status 'likely'; it is one of denied"),
        ({"confidence": 0.0}, "confidence", "the confidence 0.0 is not above 0"),
        ({"confidence": 1.01}, "confidence", "1.01"),
        ({"confidence": float("nan")}, "confidence", "nan"),
    ],
)
def test_a_bad_statement_is_told_why(schema: Schema, changed: dict[str, Any], broken: str, said: str) -> None:
    violation = check_statement(replace(RAISED, **changed), ITEM, schema, names())
    assert violation is not None
    assert violation.rule == broken
    assert re.search(said, violation.reason), violation.reason


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": replace(COMPANY, type="University")},
        {"object": replace(INVESTOR, type="Country")},
        {"qualifiers": {}},
        {"qualifiers": {"date": "2021-Q3"}},
        {"status": "rumoured"},
        {"confidence": 1},
    ],
)
def test_what_is_unusual_but_right_passes(schema: Schema, changed: dict[str, Any]) -> None:
    assert check_statement(replace(RAISED, **changed), ITEM, schema, names()) is None


# ---- evidence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "", "sentence": ""}, "no words"),
        ({"sentence": " \n"}, "no words"),
        ({"item": "i2"}, "of the item 'i2'"),
        ({"end": START}, "not within"),
        ({"end": len(TEXT) + 9}, "not within"),
        ({"start": 0, "end": 5, "text": TEXT[:5]}, "not within the item's text"),
        ({"start": START + 1}, "the source has"),
        ({"field": "title"}, "not within the item's title"),
    ],
)
def test_evidence_must_be_in_the_source(schema: Schema, changed: dict[str, Any], said: str) -> None:
    violation = check_statement(replace(RAISED, evidence=replace(EVIDENCE, **changed)), ITEM, schema, names())
    assert rule(violation) == "evidence"
    assert violation is not None
    assert said in violation.reason


def test_evidence_may_stand_in_a_title_kept_apart(schema: Schema) -> None:
    item = replace(ITEM, title=SENTENCE, blocks=(Block("title", (Span(0, len(SENTENCE)),), "title"), *ITEM.blocks))
    title = Evidence("i1", 0, len(SENTENCE), SENTENCE, SENTENCE, field="title")
    assert check_statement(replace(RAISED, evidence=title), item, schema, names()) is None


def test_an_item_without_blocks_is_all_its_text(schema: Schema) -> None:
    assert check_statement(RAISED, replace(ITEM, blocks=()), schema, names()) is None


def test_the_words_must_name_both_ends(schema: Schema) -> None:
    for end in ("subject", "object"):
        stranger = replace(RAISED, **{end: Node("e9", "白塔资本", "Company")})
        violation = check_statement(stranger, ITEM, schema, names())
        assert violation is not None
        assert violation.rule == "evidence"
        assert "names neither 白塔资本 nor what stands for it" in violation.reason


def test_an_alias_is_a_name(schema: Schema) -> None:
    alias = Entity("e9", "杭州青禾信息技术有限公司", "Company", ("青禾科技",))
    full = replace(RAISED, subject=alias.node)
    assert check_statement(full, ITEM, schema, names(alias)) is None
    assert rule(check_statement(full, ITEM, schema, names())) == "evidence"


def test_a_name_is_found_in_any_letters(schema: Schema) -> None:
    text = "青禾 科\n技完成融資,松風資本領投"
    item = replace(ITEM, text=text, blocks=())
    evidence = Evidence("i1", 0, len(text), text, "青禾科技完成融資,松風資本領投")
    assert check_statement(replace(RAISED, evidence=evidence), item, schema, names()) is None


@pytest.mark.parametrize(
    ("references", "broken"),
    [
        (("该公司→青禾科技",), None),
        ((), "evidence"),
        (("双方→青禾科技",), "evidence"),
        (("该公司→白塔资本",), "evidence"),
    ],
)
def test_a_recorded_reference_stands_for_a_name(
    schema: Schema, references: tuple[str, ...], broken: str | None
) -> None:
    post = replace(
        RAISED,
        subject=PERSON,
        predicate="worksFor",
        object=COMPANY,
        qualifiers={"title": "首席执行官"},
        evidence=replace(SECOND_EVIDENCE, references=references),
    )
    assert rule(check_statement(post, ITEM, schema, names())) == broken


# ---- events ----------------------------------------------------------------------------------------------------------


def test_a_good_event_passes(schema: Schema) -> None:
    assert check_event(ROUND, ITEM, schema, names()) is None


@pytest.mark.parametrize(
    ("changed", "broken", "said"),
    [
        ({"type": "Funding"}, "vocabulary", "FundingRound"),
        ({"roles": {"company": (COMPANY,), "leads": (INVESTOR,)}}, "vocabulary", "'leads'"),
        ({"values": {"stake": "5%"}}, "vocabulary", "'stake'"),
        ({"roles": {"company": (replace(COMPANY, type="Firm"),)}}, "vocabulary", "'Firm'"),
        ({"roles": {"lead": (INVESTOR,)}}, "main-role", "FundingRound needs a company"),
        ({"roles": {"company": ()}}, "main-role", "FundingRound needs a company"),
        ({"roles": {"company": (PERSON,)}}, "range", "the company of FundingRound is Organization, but 李明 is Person"),
        ({"values": {"date": "昨日"}}, "datatype", "昨日"),
        ({"status": "maybe"}, "status", "maybe"),
        ({"confidence": -1}, "confidence", "-1"),
        ({"evidence": replace(EVIDENCE, start=START + 1)}, "evidence", "the source has"),
        ({"roles": {"company": (Node("e9", "白塔", "Company"),)}}, "evidence", "白塔"),
    ],
)
def test_a_bad_event_is_told_why(schema: Schema, changed: dict[str, Any], broken: str, said: str) -> None:
    violation = check_event(replace(ROUND, **changed), ITEM, schema, names())
    assert violation is not None
    assert violation.rule == broken
    assert said in violation.reason


def test_one_name_of_the_main_role_is_enough(schema: Schema) -> None:
    other = Node("e9", "白塔", "Company")
    assert check_event(replace(ROUND, roles={"company": (other, COMPANY)}), ITEM, schema, names()) is None


def test_a_closed_list_depends_on_the_event(schema: Schema) -> None:
    listing = replace(ROUND, type="Listing", roles={"company": (COMPANY,)}, values={"stage": "listed"})
    assert check_event(listing, ITEM, schema, names()) is None
    assert rule(check_event(replace(listing, values={"stage": "joined"}), ITEM, schema, names())) == "datatype"


# ---- observations ----------------------------------------------------------------------------------------------------


def test_a_good_observation_passes(schema: Schema) -> None:
    assert check_observation(FIGURE, ITEM, schema) is None
    assert check_observation(replace(FIGURE, value=None, unit=None, reporter=None, period=None), ITEM, schema) is None


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"value": None, "change": None}, "number"),
        ({"value": float("inf")}, "datatype"),
        ({"value": True}, "datatype"),
        ({"indicator": " "}, "datatype"),
        ({"period": "前三季度"}, "datatype"),
        ({"period": "2021-Q5"}, "datatype"),
        ({"change": "增长12%"}, "datatype"),
        ({"reporter": PLACE}, "range"),
        ({"reporter": replace(COMPANY, type="Firm")}, "vocabulary"),
        ({"confidence": 2}, "confidence"),
        ({"evidence": replace(EVIDENCE, text="别的")}, "evidence"),
    ],
)
def test_a_bad_observation_is_refused(schema: Schema, changed: dict[str, Any], broken: str) -> None:
    assert rule(check_observation(replace(FIGURE, **changed), ITEM, schema)) == broken


@pytest.mark.parametrize(
    "period",
    ["2021", "2021-H1", "2021-Q3", "2021-11", "2021-11-03", "2021-Q1/Q3", "2021-01/2021-09", "2021-01/09", "2016/2020"],
)
def test_periods(schema: Schema, period: str) -> None:
    assert check_observation(replace(FIGURE, period=period), ITEM, schema) is None


@pytest.mark.parametrize("change", ["+25.4% YoY", "-1.9pp YoY", "+12% QoQ", "-3%", "+1,200亿元 YoY"])
def test_changes(schema: Schema, change: str) -> None:
    assert check_observation(replace(FIGURE, change=change), ITEM, schema) is None


# ---- values ----------------------------------------------------------------------------------------------------------

VALUES: list[tuple[str, list[object], list[object]]] = [
    (
        "date",
        ["2021", "2021-11", "2021-11-03", "2024-02-29", "2021-H2", "2021-Q4"],
        [
            "2021-02-29",
            "2021-00",
            "2021-H3",
            "21-11",
            "2021/11/03",
            "2021-11-3",
            "",
            "近日",
            2021,
            None,
            "2021-Q1/Q3",
            "２０２１",
        ],
    ),
    ("year", ["2020", 2020], ["20", "2020年", "2020-01", 2020.0, None, "0020"]),
    (
        "amount",
        [
            AMOUNT,
            Amount("数千万元", 2e7, 1e8, "CNY", True),
            Amount("近10亿美元", None, 1e9, "USD", True),
            Amount("未披露", None, None, "CNY"),
        ],
        [
            Amount("2亿元", 3e8, 2e8, "CNY"),
            Amount("2亿元", 2e8, 2e8, "元"),
            Amount("2亿元", 2e8, 2e8, "cny"),
            Amount(" ", 1, 1, "CNY"),
            Amount("-1元", -1, -1, "CNY"),
            Amount("1元", float("nan"), 1, "CNY"),
            2e8,
            "2亿元",
        ],
    ),
    (
        "percent",
        ["51%", "12.5%", "约30%", "5%-10%", "5-10%", "超过50%", "百分之三十"],
        ["51", 51, 0.51, "控股权", "%", ""],
    ),
    ("integer", [3, "3", "-3"], ["三", 3.5, "3.5", ""]),
    ("string", ["首席执行官"], ["", "  ", 3, None]),
    ("entity", ["p进霍奇理论及其应用"], ["", 3]),
]


@pytest.mark.parametrize(("datatype", "value"), [(d, v) for d, good, _ in VALUES for v in good])
def test_a_value_of_its_datatype(datatype: str, value: object) -> None:
    assert check_value(QualifierDef("x", "某", "x", datatype=datatype), value) is None


@pytest.mark.parametrize(("datatype", "value"), [(d, v) for d, _, bad in VALUES for v in bad])
def test_a_value_not_of_its_datatype(datatype: str, value: object) -> None:
    wrong = check_value(QualifierDef("x", "某", "x", datatype=datatype), value)
    assert wrong is not None
    assert f"is no {datatype}; " in wrong


# ---- documents -------------------------------------------------------------------------------------------------------


def test_what_is_refused_is_kept_with_its_reason(schema: Schema) -> None:
    bad = replace(RAISED, id="s2", subject=PERSON)
    empty = replace(FIGURE, id="o2", value=None, change=None)
    document = Document(ITEM, ENTITIES, (RAISED, bad), (ROUND,), (FIGURE, empty))
    judged = validate(document, schema)
    assert judged.statements == (RAISED,)
    assert judged.events == (ROUND,)
    assert judged.observations == (FIGURE,)
    assert [(r.rule, r.candidate) for r in judged.rejections] == [("domain", bad), ("number", empty)]
    first = judged.rejections[0]
    assert (first.stage, first.item, first.source) == ("validate", "i1", "sample.txt")
    assert first.span == Span(START, START + len(SENTENCE))
    assert first.text == SENTENCE
    assert ITEM.slice(first.span) == SENTENCE


def test_nothing_vanishes_and_judging_again_changes_nothing(schema: Schema) -> None:
    statements = tuple(replace(RAISED, id=f"s{n}", confidence=n / 3) for n in range(6))
    document = Document(ITEM, ENTITIES, statements, (ROUND, replace(ROUND, id="v2", roles={})), (FIGURE,))
    judged = validate(document, schema)
    before = len(document.statements) + len(document.events) + len(document.observations)
    after = len(judged.statements) + len(judged.events) + len(judged.observations)
    assert before == after + len(judged.rejections)
    assert validate(judged, schema) == judged


def test_a_statement_outlives_its_event_but_loses_the_link(schema: Schema) -> None:
    document = Document(ITEM, ENTITIES, (RAISED,), (replace(ROUND, values={"date": "昨日"}),))
    judged = validate(document, schema)
    assert judged.events == ()
    assert judged.statements == (replace(RAISED, event=None),)
    assert [r.rule for r in judged.rejections] == ["datatype"]


def test_an_entity_of_an_unknown_class_is_refused(schema: Schema) -> None:
    stray = Entity("e9", "青禾", "Brand")
    judged = validate(Document(ITEM, (*ENTITIES, stray)), schema)
    assert judged.entities == ENTITIES
    (rejection,) = judged.rejections
    assert (rejection.rule, rejection.text, rejection.candidate) == ("vocabulary", "青禾", None)


def test_earlier_rejections_stay(schema: Schema) -> None:
    first = validate(Document(ITEM, ENTITIES, (replace(RAISED, confidence=0),)), schema)
    second = validate(replace(first, statements=(replace(RAISED, status="so"),)), schema)  # type: ignore[arg-type]
    assert [r.rule for r in second.rejections] == ["confidence", "status"]
