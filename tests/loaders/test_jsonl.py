"""JSON Lines and JSON arrays."""

from __future__ import annotations

import codecs
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from kg.loaders.jsonl import JsonLinesLoader

from kg.loading import ItemError
from kg.model import Block, NewsItem, Span
from kg.source import Source, read_source
from kg.text import normalise, tidy

if TYPE_CHECKING:
    from pathlib import Path

LOADER = JsonLinesLoader()


def load(text: str, name: str = "a.jsonl", date: str | None = None) -> list[NewsItem | ItemError]:
    source = Source(name, text, date)
    found: list[NewsItem | ItemError] = []
    for record in LOADER.records(source):
        try:
            found.append(LOADER.item(source, record))
        except ItemError as error:
            found.append(error)
    return found


def one(**fields: Any) -> NewsItem:
    (item,) = load(json.dumps(fields, ensure_ascii=False))
    assert isinstance(item, NewsItem), item
    return item


def blocks(item: NewsItem) -> list[tuple[str, str, str]]:
    return [(b.kind, b.field, tidy(item.slice(span, b.field) for span in b.spans)) for b in item.blocks]


def test_all_fields() -> None:
    item = one(
        id="x-1",
        title="甲公司获融资",
        published="2021-11-03T08:00:00+08:00",
        source="某网",
        url="https://example.com/1",
        section="融资",
        text="甲公司完成A轮融资。\n\n背景\n\n公司成立三年。",
    )
    assert (item.id, item.title, item.published, item.reference) == ("x-1", "甲公司获融资", "2021-11-03", "2021-11-03")
    assert (item.source, item.url, item.section) == ("某网", "https://example.com/1", "融资")
    assert blocks(item) == [
        ("title", "title", "甲公司获融资"),
        ("paragraph", "text", "甲公司完成A轮融资。"),
        ("heading", "text", "背景"),
        ("paragraph", "text", "公司成立三年。"),
    ]


def test_text_alone_is_enough() -> None:
    item = one(text="甲公司完成A轮融资，金额未披露。乙资本领投。")
    assert item.id.startswith("n")
    assert (item.title, item.source, item.published) == ("甲公司完成A轮融资，金额未披露", "a.jsonl", None)
    assert blocks(item) == [("paragraph", "text", "甲公司完成A轮融资，金额未披露。乙资本领投。")]
    assert blocks(one(text="甲公司获融资")) == [("paragraph", "text", "甲公司获融资")]
    assert blocks(one(text="甲公司获融资\n甲公司完成A轮融资。"))[0] == ("title", "text", "甲公司获融资")


@pytest.mark.parametrize(
    ("given", "kept"), [(7, "7"), ("007", "007"), (" a ", "a"), (12345678901234567890, "12345678901234567890")]
)
def test_given_ids_are_kept_as_strings(given: object, kept: str) -> None:
    assert one(id=given, text="甲。").id == kept


@pytest.mark.parametrize("absent", [None, ""])
def test_an_absent_id_is_minted(absent: object) -> None:
    assert one(id=absent, text="甲。").id == one(text="甲。").id


@pytest.mark.parametrize(
    ("given", "iso"),
    [
        ("2021-11-03 23:59:59", "2021-11-03"),
        ("2021年11月3日", "2021-11-03"),
        ("2021/11", "2021-11"),
        (2021, "2021"),
        (20211103, "2021-11-03"),
        ("2021-H1", "2021-H1"),
        ("Wed, 03 Nov 2021 23:30:00 GMT", "2021-11-03"),
        ("", None),
        (None, None),
    ],
)
def test_dates_keep_their_precision(given: object, iso: str | None) -> None:
    assert one(text="甲公司上市。", published=given).published == iso


def test_without_a_given_date_the_text_tells_it() -> None:
    (item,) = load('{"text": "11月3日，甲公司上市。"}', "a-2021.jsonl")
    assert isinstance(item, NewsItem)
    assert (item.published, item.reference) == ("2021-11-03", "2021-11-03")
    (item,) = load('{"text": "昨日，甲公司上市。"}', date="2021-11-03")
    assert isinstance(item, NewsItem)
    assert (item.published, item.reference) == (None, "2021-11-03")


def test_a_text_that_begins_with_its_title() -> None:
    item = one(title="甲公司 获融资", text="\n甲公司获融资\n\n甲公司完成A轮融资。")
    assert item.blocks[0] == Block("title", (Span(1, 7),))
    assert blocks(item)[1:] == [("paragraph", "text", "甲公司完成A轮融资。")]
    # Here it only begins the first sentence, and there it is all there is.
    assert one(title="甲公司获融资", text="甲公司获融资，金额未披露。").blocks[0].field == "title"
    assert blocks(one(title="甲公司获融资", text="甲公司获融资"))[1:] == [("paragraph", "text", "甲公司获融资")]


def test_one_bad_line_does_not_stop_the_others() -> None:
    lines = [
        '{"id": 1, "text": "甲公司上市。"}',
        '{"id": 2, "text": ',
        "",
        '{"id": 3}',
        '{"id": 4, "content": "乙"}',
        '["丙"]',
        '{"id": 5, "text": 5}',
        '{"id": 6, "text": "丁。", "title": ["戊"]}',
        '{"id": "1", "text": "己。"}',
        '{"id": true, "text": "庚。"}',
        '{"id": 7, "text": "辛。", "published": "去年冬天"}',
        '{"id": 8, "text": "壬。", "published": 2021.5}',
        '{"id": 9, "text": " \\u200b "}',
        json.dumps({"id": 10, "text": "x" * 200_001}),
        "[" * 100_000,
        '{"id": ' + "1" * 5000 + ', "text": "癸。"}',
        '{"id": 11, "text": "乙公司上市。"}',
    ]
    found = load("\n".join(lines))
    assert [item.id for item in found if isinstance(item, NewsItem)] == ["1", "11"]
    errors = [error for error in found if isinstance(error, ItemError)]
    assert len(found) == 16
    expected = [
        (2, "bad-json", "not valid JSON"),
        (4, "missing-text", "add it"),
        (5, "missing-text", "rename 'content' to 'text'"),
        (6, "bad-type", "not list"),
        (7, "bad-type", "'text' is of type int"),
        (8, "bad-type", "'title' is of type list"),
        (9, "duplicate-id", "'1' was used in line 1"),
        (10, "bad-type", "'id' is of type bool"),
        (11, "bad-date", "write it as 2021-11-03"),
        (12, "bad-type", "'published' is of type float"),
        (13, "missing-text", "no 'text'"),
        (14, "item-too-long", "split it"),
        (15, "bad-json", "nested too deeply"),
        (16, "bad-json", "digits"),
    ]
    for error, (line, rule, words) in zip(errors, expected, strict=True):
        assert error.rule == rule
        assert error.reason.startswith(f"a.jsonl, line {line}: ")
        assert words in error.reason
        assert error.span is not None


def test_arrays_and_single_objects() -> None:
    found = load('[\n {"id": 1, "text": "甲。"},\n {"id": 2, "text": "乙。"}\n]\n', "a.json")
    assert [item.id for item in found if isinstance(item, NewsItem)] == ["1", "2"]
    found = load('{\n "id": 1,\n "text": "甲。"\n}\n', "a.json")
    assert [item.id for item in found if isinstance(item, NewsItem)] == ["1"]
    assert load("[]", "a.json") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[{"text": "甲。"},\n {"text": }]', 2),
        ('[{"text": "甲。"}\n {"text": "乙。"}]', 2),
        ('[{"text": "甲。"},\n', 2),
        ('[{"text": "甲。"}]\n x', 1),
    ],
)
def test_a_broken_array_gives_what_stands_before_and_says_where_it_broke(text: str, line: int) -> None:
    good, bad = load(text, "a.json")
    assert isinstance(good, NewsItem)
    assert isinstance(bad, ItemError)
    assert (bad.rule, f"line {line}:" in bad.reason) == ("bad-json", True)


def test_unusual_letters_in_strings() -> None:
    item = one(text="甲\u2028公司\x85上市。")  # line ends of Unicode do not end a line of JSON
    assert item.text == "甲\u2028公司\x85上市。"
    (item_,) = load('{"text": "甲\\ud800乙。", "id": "\\udc00"}')
    assert isinstance(item_, NewsItem)
    assert (item_.id, item_.text) == ("\ufffd", "甲\ufffd乙。")
    (item_,) = load('{"text": "甲\\u0000乙。"}')
    assert isinstance(item_, NewsItem)
    assert normalise(item_).string == "甲乙。"


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
def test_spans_point_into_the_fields_as_given(tmp_path: Path, end: str, mark: bytes, codec: str) -> None:
    records = [
        {"id": n, "title": f"甲公司 获 {n} 亿元", "text": f"甲公司完成\r\n{n} 亿元　Ｂ轮融资。"} for n in (1, 2, 3)
    ]
    path = tmp_path / "a.jsonl"
    path.write_bytes(mark + "".join(json.dumps(r, ensure_ascii=False) + end for r in records).encode(codec))
    source = read_source(path)
    for record, given in zip(LOADER.records(source), records, strict=True):
        item = LOADER.item(source, pickle.loads(pickle.dumps(record)))
        normal = normalise(item)
        assert item.text == given["text"]
        assert normal.string == f"甲公司获{given['id']}亿元\n甲公司完成\n{given['id']}亿元B轮融资。"
        start = normal.string.rindex("亿元B轮")
        span, field = normal.source_span(start, start + 4)
        assert (item.slice(span, field), field) == ("亿元　Ｂ轮"[: span.end - span.start], "text")
        span, field = normal.source_span(0, 6)
        assert (item.slice(span, field), field) == (f"甲公司 获 {given['id']} 亿", "title")


def test_how_sure_it_is() -> None:
    assert LOADER.accepts(Source("a.jsonl", '{"text": "甲"}')) > 0.9
    assert LOADER.accepts(Source("a.txt", '{"text": "甲"}\n')) > 0.5
    assert LOADER.accepts(Source("a.txt", '{"name": "甲"}\n')) == 0
    assert LOADER.accepts(Source("a.txt", "甲公司上市")) == 0


def test_it_streams() -> None:
    source = Source("a.jsonl", "".join(f'{{"id": {n}, "text": "甲。"}}\n' for n in range(50_000)))
    records = LOADER.records(source)
    assert [next(records).line for _ in range(3)] == [1, 2, 3]
    assert sum(1 for _ in records) == 49_997
