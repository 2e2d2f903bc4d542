from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from marked import marked

from kg.extract.folds import skeleton
from kg.extract.skeleton import TITLE, Alphabet, Skeleton

if TYPE_CHECKING:
    from kg.schema import Schema


@pytest.fixture(scope="module")
def alphabet(schema: Schema) -> Alphabet:
    return Alphabet(schema)


def fold(text: str, schema: Schema, alphabet: Alphabet, number: int = 0) -> Skeleton:
    analysis = marked(text)
    return skeleton(analysis, analysis.text.sentences[number], alphabet, schema)


def spelled(skel: Skeleton, alphabet: Alphabet, schema: Schema) -> str:
    """The folded text with classes written out."""
    letters = {alphabet.of(name): f"<{name}>" for name in schema.classes}
    letters |= {alphabet.of(kind): f"<{kind}>" for kind in ("amount", "round", "percent")} | {TITLE: "<title>"}
    return "".join(letters.get(c, c) for c in skel.text)


def test_names_and_values_become_one_character_each(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[星河软件|Company]完成3亿元B轮融资。", schema, alphabet)
    assert spelled(skel, alphabet, schema) == "<Company>完成<amount><round>融资。"


def test_every_character_knows_where_it_stands(schema: Schema, alphabet: Alphabet) -> None:
    text = "[星河软件|Company](原名银河)完成B轮融资"
    skel = fold(text, schema, alphabet)
    at = skel.text.index("融")
    start, end = skel.span(at, at + 2)
    assert "星河软件(原名银河)完成B轮融资"[start:end] == "融资"


def test_dates_are_lifted_out_with_the_words_that_tie_them(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[星河软件|Company]于2021年3月,在港交所外融资。", schema, alphabet)
    assert spelled(skel, alphabet, schema).startswith("<Company>,在港交所外")
    assert [d.value for d in skel.dates] == ["2021-03"]


def test_a_ticker_in_brackets_goes_to_the_name_before(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[宁德时代|Company](300750.SZ)发布公告。", schema, alphabet)
    assert spelled(skel, alphabet, schema) == "<Company>发布公告。"
    assert skel.chunks[0].ticker == "300750.SZ"


def test_posts_fold_into_the_person(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[星河软件|Company][总裁|title]兼[董事|title][王晓|Person]透露,公司已盈利。", schema, alphabet)
    assert spelled(skel, alphabet, schema).startswith("<Person>透露")
    assert [(p.title, p.organization is not None) for p in skel.posts] == [("总裁", True), ("董事", True)]


def test_each_person_keeps_the_organization_said_of_them(schema: Schema, alphabet: Alphabet) -> None:
    text = "[甲大学|University][教授|title][张三|Person]、[乙院|ResearchInstitute][研究员|title][李四|Person]等人获奖。"
    analysis = marked(text)
    skel = skeleton(analysis, analysis.text.sentences[0], alphabet, schema)
    assert spelled(skel, alphabet, schema) == "<Person>获奖。"
    orgs = {
        analysis.referents[p.person.referent].name: analysis.referents[p.organization.referent].name
        for p in skel.posts
        if p.organization
    }
    assert orgs == {"张三": "甲大学", "李四": "乙院"}


def test_a_former_post_keeps_its_prefix(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[星河软件|Company]原[总经理|title][赵六|Person]被调查。", schema, alphabet)
    assert [p.prefix for p in skel.posts] == ["原"]


def test_a_title_behind_the_name(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[甲大学|University][张三|Person][教授|title]获奖。", schema, alphabet)
    assert spelled(skel, alphabet, schema) == "<Person>获奖。"
    assert [p.title for p in skel.posts] == ["教授"]


def test_an_enumeration_is_one_character_for_all(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold(
        "由[红杉中国|InvestmentFirm]、[星河软件|Company]和[云山资本|InvestmentFirm]等多家机构跟投。", schema, alphabet
    )
    assert spelled(skel, alphabet, schema) == "由<Company>跟投。"
    assert len(skel.chunks[1].members) == 3


def test_two_sides_joined_by_yu_stay_two(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[甲公司|Company]、[乙公司|Company]与[丙公司|Company]签约。", schema, alphabet)
    assert spelled(skel, alphabet, schema) == "<Company>与<Company>签约。"
    assert [len(skel.chunks[i].members) for i in sorted(skel.chunks)] == [2, 1]


def test_a_pronoun_stands_for_its_referents(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("[甲公司|Company]与[乙公司|Company]会谈。[双方|=甲公司+乙公司]签约。", schema, alphabet, 1)
    assert spelled(skel, alphabet, schema) == "<Company>签约。"
    assert [m.via for m in skel.chunks[0].members] == ["双方", "双方"]


def test_an_apposition_tells_the_industry(schema: Schema, alphabet: Alphabet) -> None:
    skel = fold("他投资了[氢能|Industry]企业[绿源科技|Company]。", schema, alphabet)
    assert spelled(skel, alphabet, schema) == "他投资了<Company>。"
    assert len(skel.sectors) == 1


def test_an_organization_fills_a_company_slot(schema: Schema, alphabet: Alphabet) -> None:
    body = alphabet.body(("Company",))
    assert alphabet.of("Organization") in body
    assert alphabet.of("InvestmentFirm") in body
    assert alphabet.of("University") not in body
