"""Newsletters in many layouts: the same items come out of each, and every span points into the source as given."""

from __future__ import annotations

import codecs
import pickle
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from kg.loaders.layout import print_width
from kg.loaders.newsletter import NewsletterLoader

from kg.loading import ItemError
from kg.source import Source, read_source
from kg.text import normalise, tidy

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import NewsItem

LOADER = NewsletterLoader()


@dataclass(frozen=True)
class Told:
    section: str
    title: str
    published: str | None
    body: tuple[str, ...]
    """Paragraphs; a heading begins with `#`."""


NEWS = (
    Told(
        "政策风向",
        "工信部印发智能制造五年规划，提出建成五百座示范工厂",
        "2023-12-28",
        (
            "12月28日，工业和信息化部等八部门公布《智能制造发展规划》，提出规模以上企业大部分实现数字化网络化。",
            "规划要求建成500座以上示范工厂，制修订200项以上标准。分析人士认为，工业软件与高端数控装备率先受益，相关企业的订单有望在明年释放。",
        ),
    ),
    Told(
        "政策风向",
        "前十一个月软件业务收入同比增长13.9%",
        None,
        (
            "日前，运行监测协调局发布数据。1—11月，软件业务收入110447亿元，同比增长13.9%，利润总额12862亿元，同比增长12.6%。",
            "#软件产品收入平稳",
            "软件产品收入25880亿元，占全行业的23.4%。其中工业软件产品收入2508亿元，同比增长12.5%，高于全行业约一个百分点。",
            "#信息服务加快",
            "信息技术服务收入73390亿元，在全行业中占比66.5%，云计算与大数据服务共实现收入11222亿元。",
        ),
    ),
    Told(
        "公司动态",
        "恒岳能源与北陆汽车就电池工厂达成技术许可合作，后者全资持有工厂并负责运营",
        "2023-12-20",
        (
            "12月20日，北陆汽车（Beilu Motor）宣布投资35亿美元建设电池工厂，恒岳能源提供技术许可和服务，年产能35GWh。",
            "工厂计划于2026年投产，创造2500个岗位。双方将在厂房建设与设备调试方面继续协作，恒岳能源不持有工厂股权。",
        ),
    ),
    Told(
        "公司动态",
        "讯风升级大模型",
        None,
        (
            "讯风董事长林岚在合肥宣布，新一代大模型Feng V2.0正式发布，代码生成能力明显提升，多模态输入也同步开放。",
            "公司还与云栖计算联合推出一体机，面向政企客户提供私有化部署，首批客户包括三家银行。",
        ),
    ),
    Told(
        "融资快报",
        "星河机器人完成七亿元天使轮融资",
        "2023-12-11",
        (
            "2023年12月11日，星河机器人有限公司宣布完成总金额7亿元的天使轮融资，蓝海资本与青松产投联合投资。",
            "创始人王越为滨海大学助理教授，公司发布了首代具身大模型机器人。",
        ),
    ),
)


@dataclass(frozen=True)
class Print:
    """How a newsletter is printed."""

    section: str = "【{}】"
    title: str = "{}"
    heading: str = "{}"
    title_indent: int | None = 0
    """None: centred."""
    paragraph_indent: str = ""
    columns: int | None = None
    title_columns: int | None = None
    first_line: int | None = None
    """Columns that an indentation took that is lost in the text."""
    between_lines: int = 0
    around_titles: int = 1
    between_paragraphs: int = 1
    blanks: bool = False
    """Blanks between Chinese and Latin."""
    front: tuple[str, ...] = ()
    page: int = 0
    """Lines to a page."""
    page_break: str = "\f"
    spread: bool = field(default=False)
    """Blanks within section names."""

    def text(self, news: tuple[Told, ...] = NEWS) -> str:
        rows: list[tuple[str, int]] = [(line, 0) for line in self.front]
        section, number, count = None, 0, 0
        for told in news:
            if told.section != section and self.section:
                section, number, count = told.section, 0, count + 1
                label = " ".join(section) if self.spread else section
                rows.append((self.section.format(label, n="一二三"[count - 1]), self.around_titles))
            number += 1
            rows += self._title(self.title.format(self._spaced(told.title), n=number))
            for index, paragraph in enumerate(told.body):
                before = self.around_titles if index == 0 else self.between_paragraphs
                if paragraph.startswith("#"):
                    rows.append((self.heading.format(paragraph[1:]), before))
                else:
                    rows += self._paragraph(self._spaced(paragraph), before)
        return self._pages(rows)

    def _spaced(self, text: str) -> str:
        if not self.blanks:
            return text
        text = re.sub(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])", " ", text)
        return re.sub(r"(?<=[A-Za-z0-9%])(?=[\u4e00-\u9fff])", " ", text)

    def _title(self, title: str) -> list[tuple[str, int]]:
        rows = wrapped(title, self.title_columns)
        if self.title_indent is None:
            width = self.columns or 80
            rows = [" " * max(0, (width - print_width(row)) // 2) + row for row in rows]
        else:
            rows[0] = " " * self.title_indent + rows[0]
        return [(row, 0 if i else self.around_titles) for i, row in enumerate(rows)]

    def _paragraph(self, text: str, before: int) -> list[tuple[str, int]]:
        indent = print_width(self.paragraph_indent) if self.first_line is None else self.first_line
        rows = wrapped(text, self.columns, indent)
        return [(row if i else self.paragraph_indent + row, 0 if i else before) for i, row in enumerate(rows)]

    def _pages(self, rows: list[tuple[str, int]]) -> str:
        lines: list[str] = []
        for index, (row, before) in enumerate(rows):
            if self.page and index and index % self.page == 0:
                row, before = self.page_break.format(index // self.page) + row, 0
            elif self.between_lines:
                before = self.between_lines
            lines += [""] * before + [row]
        return "\n".join(lines).lstrip("\n") + "\n"


def wrapped(text: str, columns: int | None, indent: int = 0) -> list[str]:
    if columns is None:
        return [text]
    rows, row, width = [], "", indent
    for word in re.findall(r"[A-Za-z0-9.+\-/&%]+|.", text):
        if width + print_width(word) > columns and word not in "，。、；：！？”’）》":
            rows.append(row)
            row, width = "", 0
        row += word
        width += print_width(word)
    return [*rows, row]


PDF = Print(
    title_indent=1,
    columns=80,
    title_columns=64,
    first_line=4,
    between_lines=1,
    blanks=True,
    spread=True,
    page=13,
    page_break=" ",
)
LAYOUTS = {
    "pdf": PDF,
    "pdf with form feeds": replace(PDF, page_break="\f"),
    "pdf with page numbers": replace(PDF, page=17, page_break="\n- {} -\n\n"),
    "pdf with running heads": replace(PDF, page=11, page_break="第 {} 页\n\f数智产业观察 第52期\n\n"),
    "pdf, indented paragraphs": replace(PDF, paragraph_indent="    ", first_line=None),
    "wrapped, paragraphs set apart": Print(columns=76, title_columns=60, between_paragraphs=1, around_titles=2),
    "wrapped, full-width indentation": Print(
        columns=76, title_columns=76, paragraph_indent="　　", around_titles=0, between_paragraphs=0, title_indent=None
    ),
    "one line a paragraph": Print(around_titles=2),
    "indented, one line a paragraph": Print(paragraph_indent="　　", between_paragraphs=0),
    "numbered": Print(section="{n}、{}", title="{n}. {}", heading="（一）{}"),
    "numbered in brackets": Print(section="■ {}", title="（{n}）{}", columns=80, title_columns=70, first_line=4),
    "bullets": Print(section="▌{}", title="● {}", around_titles=0, between_paragraphs=0),
    "markdown": Print(section="## {}", title="### {}", heading="#### {}", front=("# 数智产业观察 第52期", "")),
    "bold titles": Print(section="## {}", title="**{}**"),
    "titles in brackets": Print(section="—— {} ——", title="【{}】"),
    "hash headings": replace(PDF, heading="# {}"),
    "sections in tortoise shells": Print(section="〔{}〕", title="{n}、{}", columns=60, title_columns=50),
    "sections as plain words": Print(section="{}", around_titles=2),
    "centred titles": Print(title_indent=None, columns=72, title_columns=58, paragraph_indent="    "),
    "table of contents": Print(
        around_titles=2,
        front=(
            "数智产业观察",
            "2023年12月31日 第52期",
            "",
            "目 录",
            *(f"{t.title} ........ {i}" for i, t in enumerate(NEWS)),
            "",
        ),
    ),
    "table of contents without leaders": Print(front=("本期导读", *(t.title for t in NEWS), ""), title="{n}、{}"),
}


def load(text: str, name: str = "观察-2023-12.txt", date: str | None = None) -> list[NewsItem]:
    source = Source(name, text, date)
    return [LOADER.item(source, record) for record in LOADER.records(source)]


def content(item: NewsItem) -> list[str]:
    return [tidy(item.slice(span) for span in block.spans) for block in item.blocks]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_same_items_come_out_of_every_layout(layout: Print) -> None:
    text = layout.text()
    items = load(text)
    assert [(i.section, i.title) for i in items] == [(t.section, t.title) for t in NEWS]
    for item, told in zip(items, NEWS, strict=True):
        expected = [told.title, *(paragraph.lstrip("#") for paragraph in told.body)]
        assert "".join(content(item)) == "".join(tidy([part]) for part in expected)
        headings = [tidy(item.slice(s) for s in b.spans) for b in item.blocks if b.kind == "heading"]
        assert headings == [paragraph[1:] for paragraph in told.body if paragraph.startswith("#")]
    assert LOADER.accepts(Source("a.txt", text)) == 0.9


@pytest.mark.parametrize("layout", [PDF, LAYOUTS["one line a paragraph"], LAYOUTS["markdown"]])
def test_dates_of_items_and_of_the_document(layout: Print) -> None:
    items = load(layout.text())
    assert [item.published for item in items] == [told.published for told in NEWS]
    # The file's name tells the month, and a dated item the day within it.
    assert [item.reference for item in items] == [told.published or "2023-12-11" for told in NEWS]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "gb18030"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_spans_point_into_the_source_as_given(tmp_path: Path, end: str, mark: bytes, codec: str) -> None:
    text = PDF.text().replace("\n", end)
    path = tmp_path / "观察.txt"
    path.write_bytes(mark + text.encode(codec))
    source = read_source(path)
    assert source.text == text
    items = [LOADER.item(source, record) for record in LOADER.records(source)]
    assert [item.title for item in items] == [told.title for told in NEWS]
    for item in items:
        assert item.text == text
        for block in item.blocks:
            for span in block.spans:
                assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
        normal = normalise(item)
        for name in ("电池工厂", "35亿美元", "Beilu Motor", "Feng V2.0"):
            for match in re.finditer(re.escape(name), normal.string):
                span, field = normal.source_span(*match.span())
                assert field == "text"
                assert "".join(text[span.start : span.end].split()) == "".join(name.split())
    assert any("Beilu Motor" in normalise(item).string for item in items)


def test_a_page_break_in_mid_sentence_makes_neither_title_nor_paragraph() -> None:
    for page in range(5, 40):
        items = load(replace(PDF, page=page).text())
        assert [item.title for item in items] == [told.title for told in NEWS], page
        joined = "".join("".join(content(item)) for item in items)
        assert joined == "".join(tidy([t.title, *(p.lstrip("#") for p in t.body)]) for t in NEWS), page


def test_titles_in_the_line_of_the_body() -> None:
    text = "".join(f"【{told.title}】{told.body[0]}\n\n" for told in NEWS)
    items = load(text)
    assert [item.title for item in items] == [told.title for told in NEWS]
    assert [content(item)[1] for item in items] == [tidy([told.body[0]]) for told in NEWS]


def test_a_list_of_news_in_one_paragraph_each() -> None:
    text = (
        "科技早报\n2023年5月6日\n\n【国内】\n1. 小岚集团发布汽车系统。5月5日，公司称年内量产。\n"
        "2. 讯风宣布用户数破一亿。\n\n【国际】\n1、海外厂商开放插件，面向付费用户。\n2、芯片股市值创新高。\n"
    )
    items = load(text, "a.txt")
    assert [(i.section, i.title, i.published) for i in items] == [
        ("国内", "小岚集团发布汽车系统", "2023-05-05"),
        ("国内", "讯风宣布用户数破一亿", None),
        ("国际", "海外厂商开放插件，面向付费用户", None),
        ("国际", "芯片股市值创新高", None),
    ]
    assert content(items[0]) == ["小岚集团发布汽车系统。5月5日，公司称年内量产。"]
    assert {item.reference for item in items[1:]} == {"2023-05-06"}


def test_lines_about_an_item_are_not_its_text() -> None:
    text = (
        "【要闻】\n\n甲公司完成首轮融资\n\n2023-02-10 09:20 来源：某网\n\n甲公司宣布完成首轮融资。\n\n"
        "乙公司登陆科创板\n\n乙公司在科创板上市。\n\n链接：https://example.com/b\n\n（完）\n"
    )
    first, second = load(text, "a.txt")
    assert (first.published, content(first)) == ("2023-02-10", ["甲公司完成首轮融资", "甲公司宣布完成首轮融资。"])
    assert (second.url, content(second)) == ("https://example.com/b", ["乙公司登陆科创板", "乙公司在科创板上市。"])


def rejected(text: str) -> list[tuple[int, str, str]]:
    source = Source("a.txt", text)
    found = []
    for record in LOADER.records(source):
        try:
            LOADER.item(source, record)
        except ItemError as error:
            assert error.span is not None
            found.append((record.number, error.rule, source.text[error.span.start : error.span.end]))
            assert f"a.txt, line {record.line}" in str(error)
    return found


def test_a_title_without_text_is_refused_and_counted() -> None:
    text = (
        "【要闻】\n\n1. 甲公司上市\n\n甲公司在深交所上市。\n\n2. 乙公司退市\n\n3. 丙公司更名\n\n丙公司改名为丁公司。\n"
    )
    assert rejected(text) == [(2, "empty-item", "乙公司退市")]
    assert len(list(LOADER.records(Source("a.txt", text)))) == 3


def test_text_below_no_title_is_refused_and_counted() -> None:
    foreword = "本期收录了十二条要闻，涵盖政策、公司与融资三个方面，编者在此感谢各位读者的来信与建议。"
    text = f"{foreword}\n\n【要闻】\n\n甲公司上市\n\n甲公司在深交所上市。\n\n乙公司退市\n\n乙公司退出市场。\n"
    assert rejected(text) == [(1, "no-title", foreword)]


def test_a_source_without_any_title_is_refused_as_one_item() -> None:
    source = Source("a.txt", "只有一行\n")
    (record,) = LOADER.records(source)
    with pytest.raises(ItemError, match=r"a\.txt: no title .*--loader text"):
        LOADER.item(source, record)


def test_traditional_letters() -> None:
    text = (
        "【產業動態】\n\n甲公司登陸科創板\n\n來源：某網\n\n據記者獲悉，甲公司上市。\n\n"
        "乙公司退市\n\n記者獲悉，乙公司退市。\n"
    )
    first, second = load(text, "a.txt")
    assert (first.section, first.title, content(first)[1:]) == (
        "產業動態",
        "甲公司登陸科創板",
        ["據記者獲悉，甲公司上市。"],
    )
    assert second.title == "乙公司退市"


def test_an_endless_item_is_refused() -> None:
    text = f"【要闻】\n\n甲公司上市\n\n{'甲公司在深交所上市。' * 25_000}\n\n乙公司退市\n\n乙公司退出市场。\n"
    assert [(number, rule) for number, rule, _ in rejected(text)] == [(1, "item-too-long")]


def test_records_travel_between_processes_and_ids_do_not_depend_on_layout() -> None:
    source = Source("a.txt", PDF.text())
    records = pickle.loads(pickle.dumps(list(LOADER.records(source))))
    ids = [LOADER.item(source, record).id for record in records]
    assert len(set(ids)) == len(NEWS)
    assert ids == [item.id for item in load(LAYOUTS["one line a paragraph"].text(), "a.txt")]
    assert [record.number for record in records] == list(range(1, len(NEWS) + 1))


def test_what_is_no_newsletter_is_left_to_others() -> None:
    assert LOADER.accepts(Source("a.jsonl", '{"text": "甲"}')) == 0
    assert LOADER.accepts(Source("a.csv", "a,b")) == 0
    assert LOADER.accepts(Source("a.txt", f"甲公司上市\n\n{NEWS[0].body[1]}\n\n背景\n\n{NEWS[3].body[1]}\n")) < 0.4


def test_a_book_takes_linear_time() -> None:
    text = PDF.text() * 300
    items = list(LOADER.records(Source("a.txt", text)))
    assert len(items) == 300 * len(NEWS)
