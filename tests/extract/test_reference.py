from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from analysed import analysed

from kg.extract.reference import resolve, subject_before

if TYPE_CHECKING:
    from kg.extract.analysis import Analysis
    from kg.extract.mentions import MentionFinder
    from kg.lexicon import Lexicon
    from kg.schema import Schema


class Reader:
    def __init__(self, finder: MentionFinder, schema: Schema, lexicon: Lexicon) -> None:
        self._finder, self._schema, self._lexicon = finder, schema, lexicon

    def read(self, text: str) -> Analysis:
        analysis = analysed(self._finder, text)
        resolve(analysis, self._schema, self._lexicon)
        return analysis

    def entities(self, text: str) -> dict[str, list[str]]:
        return {r.name: r.aliases for r in self.read(text).referents}

    def anaphors(self, text: str) -> list[tuple[str, list[str]]]:
        analysis = self.read(text)
        return [(a.text, [analysis.referents[i].name for i in a.referents]) for a in analysis.anaphors]


@pytest.fixture
def reader(finder: MentionFinder, schema: Schema, lexicon: Lexicon) -> Reader:
    return Reader(finder, schema, lexicon)


@pytest.mark.parametrize(
    ("text", "name", "alias"),
    [
        ("浙江曜箬科技股份有限公司（以下简称“曜箬科技”）公告。曜箬科技表示。", "浙江曜箬科技股份有限公司", "曜箬科技"),
        ("商汤科技（SenseTime）发布产品。", "商汤科技", "SenseTime"),
        ("蒂姆·库克森（Tim Cookson）出任首席执行官。", "蒂姆·库克森", "Tim Cookson"),
        ("珲曜集团宣布，珲曜与腾讯合作。", "珲曜集团", "珲曜"),
        ("深圳市曜恒计算机系统有限公司中标。曜恒表示满意。", "深圳市曜恒计算机系统有限公司", "曜恒"),
        ("百度发布公告，北京百度网讯科技有限公司中标。", "百度", "北京百度网讯科技有限公司"),
        ("经合组织发布数据，经济合作与发展组织预计。", "经济合作与发展组织", "经合组织"),
        ("《数字贸易伙伴关系协定》（以下简称DTPA）生效，DTPA开放加入。", "数字贸易伙伴关系协定", "DTPA"),
        ("墨曜AI推理芯片流片成功，墨曜面向云端。", "墨曜AI推理芯片", "墨曜"),
    ],
)
def test_names_of_one_thing_are_one_entity(reader: Reader, text: str, name: str, alias: str) -> None:
    found = reader.entities(text)
    assert alias in found[name]
    assert alias not in found


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("腾讯与腾讯云签署协议。", "腾讯", "腾讯云"),
        ("京东和京东物流公布财报。", "京东", "京东物流"),
        ("北京曜箬股份有限公司与北京曜箬集团有限责任公司重组。", "北京曜箬股份有限公司", "北京曜箬集团有限责任公司"),
        ("国家自然科学奖一等奖和国家自然科学奖二等奖揭晓。", "国家自然科学奖一等奖", "国家自然科学奖二等奖"),
    ],
)
def test_names_of_two_things_stay_apart(reader: Reader, text: str, first: str, second: str) -> None:
    assert {first, second} <= set(reader.entities(text))


def test_a_short_name_with_two_full_ones_stays_open(reader: Reader) -> None:
    found = reader.entities("曜恒科技有限公司与曜恒汽车有限公司均否认。曜恒表示。")
    assert "曜恒" not in found.get("曜恒科技有限公司", []) + found.get("曜恒汽车有限公司", [])


def test_sides_are_countries(reader: Reader) -> None:
    assert reader.entities("代表中方提出申请。") == {"中国": ["中方"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("青箬完成3亿元C轮融资。该公司成立于2017年。", ("该公司", ["青箬"])),
        ("青箬完成3亿元C轮融资。腾讯持有该公司的股份。", ("该公司", ["青箬"])),
        ("青箬完成3亿元C轮融资,腾讯在该公司持股。", ("该公司", ["青箬"])),
        ("青箬完成3亿元C轮融资。腾讯表示该公司将裁员。", ("该公司", ["腾讯"])),
        ("青箬完成3亿元C轮融资。腾讯、百度和小米任其顾问。该公司将裁员。", ("该公司", ["青箬"])),
        ("腾讯与百度签署协议。双方将合作。", ("双方", ["腾讯", "百度"])),
        ("腾讯、百度和小米三家公司合作，三方将投资。", ("三方", ["腾讯", "百度", "小米"])),
        ("“曜日计划”项目启动，该项目由清华大学主持。", ("该项目", ["曜日计划"])),
        ("宁德时代董事长曾毓群表示乐观。曾总还说。", ("曾总", ["曾毓群"])),
        (
            "浙江曜箬科技股份有限公司（以下简称“公司”）公告。腾讯表示祝贺，公司股票停牌。",
            ("公司", ["浙江曜箬科技股份有限公司"]),
        ),
    ],
)
def test_words_that_stand_for_names(reader: Reader, text: str, expected: tuple[str, list[str]]) -> None:
    assert expected in reader.anaphors(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("双方表示满意。", "双方"),
        ("腾讯、百度、小米与京东签署协议。双方将合作。", "双方"),
        ("该公司成立于2017年。", "该公司"),
    ],
)
def test_what_is_doubtful_stays_open(reader: Reader, text: str, word: str) -> None:
    assert (word, []) in reader.anaphors(text)


def test_two_of_a_surname_leave_the_address_open(reader: Reader) -> None:
    anaphors = reader.anaphors("董事长王建华和总裁王晓峰出席。王总表示。")
    assert all(word != "王总" or not names for word, names in anaphors)


def test_the_unsaid_subject_is_that_of_the_clause_before(reader: Reader) -> None:
    analysis = reader.read("青箬完成C轮融资，由红杉中国领投，并将发布新品。")
    at = analysis.text.string.index("并将")
    found = subject_before(analysis, at, ("Organization",))
    assert found is not None and analysis.referents[found].name == "青箬"


def test_an_unsaid_subject_of_another_class_is_none(reader: Reader) -> None:
    analysis = reader.read("青箬完成C轮融资，并将发布新品。")
    assert subject_before(analysis, len(analysis.text.string), ("Person",)) is None


def test_classes_of_the_mentions_of_one_entity_agree(reader: Reader, schema: Schema) -> None:
    analysis = reader.read("锦瓴资本领投，锦瓴资本表示看好。")
    assert [r.type for r in analysis.referents if r.name == "锦瓴资本"] == ["InvestmentFirm"]
    assert "Organization" in analysis.lineage["InvestmentFirm"]


def test_every_mention_has_a_referent_that_lists_it(reader: Reader) -> None:
    analysis = reader.read("腾讯、百度与北京百度网讯科技有限公司签约，李彦宏出席。")
    for index in range(len(analysis.mentions)):
        assert index in analysis.referents[analysis.referent_of[index]].mentions
