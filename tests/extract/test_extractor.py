"""What is said of names that are given: relations, events, status, qualifiers, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from marked import marked

from kg.model import Amount, Document, Statement

if TYPE_CHECKING:
    from kg.extract.extractor import Extractor


def read(extractor: Extractor, text: str, **options: str) -> Document:
    return extractor.read(marked(text, **options))


def triples(document: Document) -> set[tuple[str, str, str]]:
    return {(s.subject.name, s.predicate, getattr(s.object, "name", "")) for s in document.statements}


def one(document: Document, predicate: str, object_name: str | None = None) -> Statement:
    (found,) = [
        s
        for s in document.statements
        if s.predicate == predicate and object_name in (None, getattr(s.object, "name", None))
    ]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[星河软件|Company]完成3亿元B轮融资,由[云山资本|InvestmentFirm]领投,[海岸基金|InvestmentFirm]跟投。",
            {("星河软件", "raisedFrom", "云山资本"), ("星河软件", "raisedFrom", "海岸基金")},
        ),
        (
            "[星河软件|Company]宣布完成B轮融资。[本轮|=星河软件]融资由[云山资本|InvestmentFirm]领投。",
            {("星河软件", "raisedFrom", "云山资本")},
        ),
        ("[云山资本|InvestmentFirm]投资了[星河软件|Company]。", {("星河软件", "raisedFrom", "云山资本")}),
        ("[星河软件|Company]本轮投资方[云山资本|InvestmentFirm]。", {("星河软件", "raisedFrom", "云山资本")}),
        ("[星河软件|Company]在[银杏数据|Company]持股12%。", {("星河软件", "holdsStakeIn", "银杏数据")}),
        ("[星河软件|Company]收购[银杏数据|Company]。", {("星河软件", "acquired", "银杏数据")}),
        ("[银杏数据|Company]被[星河软件|Company]收购。", {("星河软件", "acquired", "银杏数据")}),
        ("[星河软件|Company]与[银杏数据|Company]签署战略合作协议。", {("星河软件", "partnersWith", "银杏数据")}),
        (
            "[星河软件|Company]、[银杏数据|Company]与[东海银行|Company]签署合作协议。",
            {("星河软件", "partnersWith", "东海银行"), ("银杏数据", "partnersWith", "东海银行")},
        ),
        (
            "[星河软件|Company]完成A轮融资,[云山资本|InvestmentFirm]与[蓝海创投|InvestmentFirm]参投。",
            {("星河软件", "raisedFrom", "云山资本"), ("星河软件", "raisedFrom", "蓝海创投")},
        ),
        (
            "[星河软件|Company]与[浙江|Place][银杏数据|Company]签署战略合作协议。",
            {("星河软件", "partnersWith", "银杏数据")},
        ),
        ("[李明|Person]毕业于[东海大学|University]。", {("李明", "educatedAt", "东海大学")}),
        ("[星河软件|Company]总部位于[杭州|Place]。", {("星河软件", "headquarteredIn", "杭州")}),
        ("总部位于[杭州|Place]的[星河软件|Company]发布公告。", {("星河软件", "headquarteredIn", "杭州")}),
        (
            "[星河软件|Company][总裁|title][李明|Person]出席会议。",
            {("李明", "worksFor", "星河软件")},
        ),
        (
            "[星河软件|Company]创始人[李明|Person]出席。".replace("创始人", "[创始人|title]"),
            {("李明", "founded", "星河软件")},
        ),
        ("[星河软件|Company]登陆[上交所|Exchange]。", {("星河软件", "listedOn", "上交所")}),
        ("[星河软件|Company]起诉[银杏数据|Company]侵权。", {("星河软件", "sued", "银杏数据")}),
        ("[市监局|GovernmentBody]对[星河软件|Company]处以50万元罚款。", {("市监局", "penalized", "星河软件")}),
        ("[星河软件|Company]发布[《行业报告》|Report]。", {("星河软件", "published", "《行业报告》")}),
        ("[星河软件|Company]推出新品[银河一号|Product]。", {("星河软件", "launched", "银河一号")}),
        ("[银河一号|Product]由[星河软件|Company]自主研发。", {("星河软件", "developed", "银河一号")}),
        ("[星河软件|Company]为[东海银行|Company]提供核心系统。", {("星河软件", "supplies", "东海银行")}),
        ("[甲国|Country]申请加入[《蓝海协定》|Agreement]。", {("甲国", "appliedToJoin", "《蓝海协定》")}),
        ("[星河软件|Company]旗下的[银杏数据|Company]扩招。", {("银杏数据", "subsidiaryOf", "星河软件")}),
        (
            "[李明|Person]主持完成的[新材料|Project]项目获[科学技术奖一等奖|Award]。",
            {
                ("李明", "won", "科学技术奖一等奖"),
                ("新材料", "won", "科学技术奖一等奖"),
                ("李明", "ledProject", "新材料"),
            },
        ),
    ],
)
def test_what_is_said(extractor: Extractor, text: str, expected: set[tuple[str, str, str]]) -> None:
    assert triples(read(extractor, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[星河软件|Company]的投资者认为[银杏数据|Company]前景不错。",
        "[星河软件|Company]的潜在投资方[云山资本|InvestmentFirm]尚未表态。",
        "[星河软件|Company]的子公司收购[银杏数据|Company]。",
        "[星河软件|Company]为[东海银行|Company]提供5亿元贷款。",
        "如果[星河软件|Company]收购[银杏数据|Company],市场将会震动。",
        "[星河软件|Company]会否收购[银杏数据|Company],外界并不清楚。",
        "[李明|Person]先生认识[王晓|Person]女士。",
        "[律师|title][李明|Person]表示,[星河软件|Company]的做法并不少见。",
    ],
)
def test_what_is_not_said(extractor: Extractor, text: str) -> None:
    assert triples(read(extractor, text)) == set()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("[星河软件|Company]完成收购[银杏数据|Company]。", "asserted"),
        ("[星河软件|Company]拟收购[银杏数据|Company]。", "planned"),
        ("据知情人士透露,[星河软件|Company]将收购[银杏数据|Company]。", "rumoured"),
        ("[星河软件|Company]否认收购[银杏数据|Company]。", "denied"),
        ("[星河软件|Company]终止收购[银杏数据|Company]。", "cancelled"),
        ("双方同意取消[星河软件|Company]以40亿元收购[银杏数据|Company]的交易。", "cancelled"),
    ],
)
def test_status(extractor: Extractor, text: str, status: str) -> None:
    assert one(read(extractor, text), "acquired").status == status


def test_a_former_post_has_ended(extractor: Extractor) -> None:
    assert (
        one(read(extractor, "[星河软件|Company]原[总裁|title][李明|Person]加盟新公司。"), "worksFor").status == "ended"
    )


def test_qualifiers_of_a_round(extractor: Extractor) -> None:
    text = "2023年5月,[星河软件|Company]完成近3亿元B+轮融资,由[云山资本|InvestmentFirm]领投。"
    found = one(read(extractor, text), "raisedFrom")
    assert found.qualifiers["round"] == "B+"
    assert found.qualifiers["role"] == "lead"
    assert found.qualifiers["date"] == "2023-05"
    amount = found.qualifiers["amount"]
    assert isinstance(amount, Amount)
    assert (amount.literal, amount.high, amount.currency) == ("近3亿元", 3e8, "CNY")


def test_two_rounds_in_one_breath_are_two_events(extractor: Extractor) -> None:
    document = read(extractor, "2019年,[星河软件|Company]完成A轮及A+轮融资。")
    assert sorted(str(e.values["round"]) for e in document.events) == ["A", "A+"]


def test_shares_are_shared_out_in_order(extractor: Extractor) -> None:
    text = "[合众汽车|Company]由[甲公司|Company]、[乙公司|Company]合资组成,分别持股51%、49%。"
    stakes = {s.subject.name: s.qualifiers.get("stake") for s in read(extractor, text).statements}
    assert stakes == {"甲公司": "51%", "乙公司": "49%"}


def test_the_relation_carries_its_event(extractor: Extractor) -> None:
    document = read(extractor, "[星河软件|Company]收购[银杏数据|Company]。")
    (event,) = document.events
    assert one(document, "acquired").event == event.id
    assert event.roles["target"][0].name == "银杏数据"


def test_evidence_is_the_sentence_letter_by_letter(extractor: Extractor) -> None:
    analysis = marked("今天天气很好。[星河软件|Company]收购[银杏数据|Company]。")
    evidence = one(extractor.read(analysis), "acquired").evidence
    assert evidence.text == "星河软件收购银杏数据。"
    assert analysis.item.text[evidence.start : evidence.end] == evidence.text


def test_evidence_names_what_a_pronoun_stands_for(extractor: Extractor) -> None:
    text = "[星河软件|Company]发布公告。[该公司|=星河软件]收购[银杏数据|Company]。"
    assert one(read(extractor, text), "acquired").evidence.references == ("该公司→星河软件",)


def test_a_fact_told_twice_is_one_statement(extractor: Extractor) -> None:
    text = "[星河软件|Company]收购[银杏数据|Company]。[星河软件|Company]完成收购[银杏数据|Company]。"
    assert len(read(extractor, text).statements) == 1


def test_ids_depend_on_nothing_but_what_is_said(extractor: Extractor) -> None:
    text = "[星河软件|Company]收购[银杏数据|Company]。"
    assert read(extractor, text) == read(extractor, text)


@pytest.mark.parametrize(
    ("text", "predicate", "amount"),
    [
        (
            "[星河软件|Company]完成B轮融资,总额3亿元。[本轮|=星河软件]融资由[云山资本|InvestmentFirm]领投。",
            "raisedFrom",
            "3亿元",
        ),
        ("[星河软件|Company]完成B轮融资,由[云山资本|InvestmentFirm]领投。融资规模约3亿元。", "raisedFrom", "约3亿元"),
        ("[星河软件|Company]中标[东海银行|Company]数据平台项目。合同金额5000万元。", "supplies", "5000万元"),
        ("[星河软件|Company]收购[银杏数据|Company]。转让价款合计2亿元。", "acquired", "2亿元"),
    ],
)
def test_a_sum_that_is_told_apart_joins_the_deal(extractor: Extractor, text: str, predicate: str, amount: str) -> None:
    told = one(read(extractor, text), predicate).qualifiers["amount"]
    assert isinstance(told, Amount) and told.literal == amount


def test_a_sum_without_a_deal_joins_nothing(extractor: Extractor) -> None:
    document = read(extractor, "[星河软件|Company]公布年报。合同金额5000万元。")
    assert not document.events and not document.statements


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("[星河软件|Company]董事会收到[董事长|title][李明|Person]的辞呈。", "董事长"),
        ("[星河软件|Company]中国区[总经理|title][李明|Person]表示乐观。", "中国区总经理"),
    ],
)
def test_what_stands_before_a_post_belongs_to_it_unless_it_tells_something(
    extractor: Extractor, text: str, title: str
) -> None:
    assert one(read(extractor, text), "worksFor").qualifiers["title"] == title


@pytest.mark.parametrize(
    "text",
    [
        "[星河软件|Company]公告,股东大会通过了免去[李明|Person][董事|title]职务的议案。",
        "[星河软件|Company][董事长|title][李明|Person]因病去世。",
    ],
)
def test_posts_end_by_a_vote_and_by_death(extractor: Extractor, text: str) -> None:
    ends = [s for s in read(extractor, text).statements if s.predicate == "worksFor"]
    assert ends and {s.status for s in ends} == {"ended"}


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("[星河软件|Company][董事长|title][李明|Person]3月2日辞职。", {("董事长", True)}),
        (
            "[星河软件|Company]原[总裁|title]、[董事长|title][李明|Person]3月2日辞职。",
            {("总裁", False), ("董事长", True)},
        ),
        ("[银杏数据|Company][顾问|title][李明|Person]3月2日从[星河软件|Company]离职。", {(None, True)}),
    ],
)
def test_whoever_leaves_leaves_the_post_beside_the_name(
    extractor: Extractor, text: str, ended: set[tuple[str | None, bool]]
) -> None:
    posts = [s for s in read(extractor, text).statements if s.predicate == "worksFor" and s.status == "ended"]
    assert {(s.qualifiers.get("title"), "to" in s.qualifiers) for s in posts} == ended
