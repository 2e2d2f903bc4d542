"""Plain text files with one item each."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

import pytest
from kg.loaders.text import TextLoader

from kg.loading import ItemError
from kg.source import Source, read_source
from kg.text import normalise, tidy

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import NewsItem

LOADER = TextLoader()


def load(text: str, name: str = "a.txt", date: str | None = None) -> NewsItem:
    source = Source(name, text, date)
    (record,) = LOADER.records(source)
    return LOADER.item(source, record)


def blocks(item: NewsItem) -> list[tuple[str, str]]:
    return [(block.kind, tidy(item.slice(span) for span in block.spans)) for block in item.blocks]


def test_title_lines_about_the_item_and_paragraphs() -> None:
    item = load(
        "寒原科技起诉前高管获受理\n日期: 2023-04-03\n来源：某报\n链接: https://example.com/x\n栏目：公司\n\n"
        "寒原科技公告称，公司起诉前副总经理，索赔4亿元。\n\n背景\n\n案件由深圳市中级人民法院受理。\n"
    )
    assert blocks(item) == [
        ("title", "寒原科技起诉前高管获受理"),
        ("paragraph", "寒原科技公告称，公司起诉前副总经理，索赔4亿元。"),
        ("heading", "背景"),
        ("paragraph", "案件由深圳市中级人民法院受理。"),
    ]
    assert (item.title, item.published, item.reference) == ("寒原科技起诉前高管获受理", "2023-04-03", "2023-04-03")
    assert (item.source, item.url, item.section) == ("某报", "https://example.com/x", "公司")


@pytest.mark.parametrize(
    "line",
    [
        "日期：2021年11月3日",
        "日期:2021/11/3",
        "Date: 2021-11-03",
        "发布时间：2021-11-03 10:22",
        "2021年11月3日 10:22 来源：某网",
        "2021-11-03",
        "發佈時間：2021.11.03",
        "日期：２０２１－１１－０３",
    ],
)
def test_ways_to_write_the_date(line: str) -> None:
    item = load(f"甲公司上市\n{line}\n甲公司在深交所上市。\n")
    assert item.published == "2021-11-03"
    assert blocks(item)[1:] == [("paragraph", "甲公司在深交所上市。")]
    assert blocks(load(f"{line}\n甲公司上市\n甲公司在深交所上市。\n")) == blocks(item)


def test_paragraphs_by_line_by_blank_line_and_wrapped() -> None:
    first = "甲公司宣布完成三亿元融资，由乙资本领投，丙基金跟投，资金将用于新一代芯片的研发和海外市场的拓展。"
    second = "公司成立于滨海市，主营工业软件与高端数控装备，客户包括多家汽车厂商与电池厂商，年收入约两亿元。"
    expected = [("title", "甲公司获三亿元融资"), ("paragraph", first), ("paragraph", second)]
    assert blocks(load(f"甲公司获三亿元融资\n{first}\n{second}")) == expected
    assert blocks(load(f"甲公司获三亿元融资\n\n{first}\n\n{second}\n")) == expected

    def wrapped(text: str) -> str:
        return "\n".join(re.findall(".{1,30}", text))

    assert blocks(load(f"甲公司获三亿元融资\n\n{wrapped(first)}\n\n{wrapped(second)}\n")) == expected


def test_the_date_is_taken_from_the_lead_the_name_or_the_caller() -> None:
    text = "甲公司上市\n\n11月3日，甲公司在深交所上市。"
    assert load(text).published is None
    assert load(text, "news-2021-11.txt").published == "2021-11-03"
    assert load(text, date="2021-12-01").published == "2021-11-03"
    undated = load("甲公司上市\n\n昨日，甲公司在深交所上市。", date="2021-12-01")
    assert (undated.published, undated.reference) == (None, "2021-12-01")
    assert load("甲公司上市\n\n甲公司2019年3月1日递交申请，2021年11月3日上市。").reference == "2021-11-03"


def test_a_text_without_title_is_named_by_its_first_sentence() -> None:
    text = "甲公司宣布完成三亿元融资。" + "资金将用于新一代芯片的研发和海外市场的拓展，公司还将扩大在滨海市的工厂。" * 3
    item = load(text)
    assert item.title == "甲公司宣布完成三亿元融资"
    assert blocks(item) == [("paragraph", text)]


def test_markdown_and_lines_at_the_end() -> None:
    item = load("# 甲公司上市\n\n甲公司在深交所上市。\n\n## 背景\n\n公司成立三年。\n\n来源：某网\n（完）\n", "a.md")
    assert blocks(item) == [
        ("title", "甲公司上市"),
        ("paragraph", "甲公司在深交所上市。"),
        ("heading", "背景"),
        ("paragraph", "公司成立三年。"),
    ]
    assert item.source == "某网"


@pytest.mark.parametrize(
    ("text", "rule", "reason"),
    [
        ("甲公司上市\n日期：2021-11-03\n", "empty-item", "a title and no text"),
        ("甲公司上市\n日期：去年冬天\n\n甲公司上市。\n", "bad-date", "line 2: '去年冬天' is no date; write it as"),
        ("甲公司上市\n日期：2021-02-30\n\n甲公司上市。\n", "bad-date", "'2021-02-30' is no date"),
        ("甲" * 200_001, "item-too-long", "split it"),
    ],
)
def test_what_is_refused(text: str, rule: str, reason: str) -> None:
    with pytest.raises(ItemError, match=reason) as error:
        load(text)
    assert error.value.rule == rule
    assert str(error.value).startswith("a.txt, line")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize(
    ("mark", "codec"),
    [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (b"", "gbk"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le")],
)
def test_spans_point_into_the_source_as_given(tmp_path: Path, end: str, mark: bytes, codec: str) -> None:
    lines = ("甲公司获 ３ 亿元融资", "日期：2021-11-03", "", "　　甲公司（Jia Corp）宣布完成", "3 亿元 Ｂ 轮融资。")
    text = end.join(lines) + end
    path = tmp_path / "a.txt"
    path.write_bytes(mark + text.encode(codec))
    source = read_source(path)
    assert source.text == text
    (record,) = LOADER.records(source)
    item = LOADER.item(source, record)
    normal = normalise(item)
    for name, given in [("3亿元融资", "３ 亿元融资"), ("Jia Corp", "Jia Corp"), ("B轮", "Ｂ 轮"), ("(Jia", "（Jia")]:
        start = normal.string.index(name)
        span, _ = normal.source_span(start, start + len(name))
        assert text[span.start : span.end] == given


def test_how_sure_it_is() -> None:
    assert LOADER.accepts(Source("a.txt", "甲公司上市\n日期: 2021-11-03\n\n甲公司上市。")) > 0.8
    assert 0 < LOADER.accepts(Source("a.txt", "甲公司上市\n\n甲公司上市。")) < 0.5
    assert LOADER.accepts(Source("a.json", "[]")) == 0
    assert LOADER.accepts(Source("a.txt", "<html>")) == 0
