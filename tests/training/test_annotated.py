"""Annotated passages: what is read from them, and what is said of those that are not well formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import UsageError
from kg.training.annotated import Passage, from_gold, gold_rows, read_passages

if TYPE_CHECKING:
    from pathlib import Path

    from kg.schema import Schema

PASSAGE = """== 2019-05-06 wire
5月6日，[星河云|Company]与[银杏信息|Company]签约。[公司|*银杏信息]去年投资了[云杉科技|Company]（下称“[云杉|Company=云杉科技]”）。
partnersWith: 星河云 > 银杏信息
raisedFrom planned: 云杉 > 银杏信息 | amount=1亿元; round=A轮
"""


def read(tmp_path: Path, schema: Schema, text: str) -> list[Passage]:
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    return list(read_passages([file], schema))


def test_a_passage_is_its_text_with_marks_and_relations(tmp_path: Path, schema: Schema) -> None:
    (passage,) = read(tmp_path, schema, PASSAGE)
    assert passage.text == "5月6日，星河云与银杏信息签约。公司去年投资了云杉科技（下称“云杉”）。"
    assert all(passage.text[m.start : m.end] == m.surface for m in passage.marks)
    assert [m.type for m in passage.marks] == ["Company", "Company", "", "Company", "Company"]
    assert passage.names() == {"星河云": ["星河云"], "银杏信息": ["银杏信息"], "云杉科技": ["云杉科技", "云杉"]}
    first, second = passage.relations
    assert (first.predicate, first.status, first.qualifiers) == ("partnersWith", "asserted", {})
    assert (second.subject, second.status) == ("云杉科技", "planned")
    assert second.qualifiers == {"amount": "1亿元", "round": "A轮"}


def test_passages_are_set_apart_by_empty_lines(tmp_path: Path, schema: Schema) -> None:
    found = read(tmp_path, schema, PASSAGE + "\n\n== 2020-01-01 blog\n今天没有新闻。\n")
    assert [p.id for p in found] == ["a-1", "a-2"]
    assert found[1].marks == found[1].relations == ()


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ("== 2019-05-06 wire", "== 6.5.2019 wire", "a.txt:1: a passage begins with its date"),
        ("|Company]与", "|Firm]与", "a.txt:2: the ontology has no class Firm"),
        ("[公司|*银杏信息]", "[公司|*金杏]", "a.txt:2: 公司 points to 金杏"),
        ("[星河云|Company]", "[星河云|Company", "a.txt:2"),
        ("partnersWith:", "marries:", "a.txt:3: the ontology has no relation marries"),
        ("星河云 > 银杏信息", "星河 > 银杏信息", "a.txt:3: 星河 is not marked"),
        ("planned", "hoped", "a.txt:4: no status hoped"),
        ("云杉 > 银杏信息 | amount", "云杉, 银杏信息 | amount", "a.txt:4: a relation reads"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, schema: Schema, line: str, instead: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told.replace(".", r"\.")):
        read(tmp_path, schema, PASSAGE.replace(line, instead, 1))


def test_a_passage_is_gold_too(tmp_path: Path, schema: Schema) -> None:
    (passage,) = read(tmp_path, schema, PASSAGE)
    rows = list(gold_rows(passage, 7))
    assert {row["item"] for row in rows} == {7}
    (triple,) = [row for row in rows if row["kind"] == "triple"]
    assert (triple["s"], triple["p"], triple["o"]) == (["星河云"], "partnersWith", ["银杏信息"])
    (claim,) = [row for row in rows if row["kind"] == "claim"]
    assert claim["s"] == ["云杉科技", "云杉"] and claim["status"] == "planned"


def test_gold_items_are_passages_too() -> None:
    items = [{"id": "1", "title": "星河云签约", "text": "星河云与银杏信息签约。", "published": "2020-01-01"}]
    gold = [
        {
            "kind": "triple", "item": 1, "s": ["星河云"], "p": "partnersWith", "o": ["银杏信息"],
            "s_type": "Company", "o_type": "Company",
        }
    ]  # fmt: skip
    (passage,) = from_gold(items, gold, "dev")
    assert passage.text == "星河云签约\n星河云与银杏信息签约。"
    assert [m.surface for m in passage.marks] == ["星河云", "星河云", "银杏信息"]
    assert len(passage.item().blocks) == 2
    assert [(r.subject, r.object) for r in passage.relations] == [("星河云", "银杏信息")]
