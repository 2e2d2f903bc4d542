"""What people see: tables that know how wide Chinese is."""

from __future__ import annotations

import click
import pytest

from kg.accounts import Tally
from kg.model import Amount, LiteralValue
from kg.pipeline import LoadReport
from kg.render import plain, report, table, width


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("腾讯cloud", 9), ("（2021）", 8), ("e\u0301", 1), ("ｱ", 1), ("，。", 4)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (3.0, "3"),
        (0.25, "0.25"),
        (True, "True"),
        ("两\n 行", "两 行"),
        (["甲", "乙"], "甲、乙"),
        ({"id": "e1", "name": "腾讯", "labels": ["Entity"]}, "腾讯"),
        ({"a": 1}, "a=1"),
        (Amount("数亿元", 2e8, 1e9, "CNY", True), "数亿元"),
        (LiteralValue("2021", "gYear"), "2021"),
    ],
)
def test_values_in_one_line(value: object, shown: str) -> None:
    assert plain(value) == shown


def _lines(*arguments: object, **options: int) -> list[str]:
    return [click.unstyle(line) for line in table(*arguments, **options)]  # type: ignore[arg-type]


def test_columns_stand_below_each_other() -> None:
    lines = _lines(("name", "n"), [("腾讯云", 1), ("Keep", 20)])
    assert lines == ["name    n", "腾讯云  1", "Keep    20"]


def test_the_widest_column_gives_way() -> None:
    lines = _lines(("name", "sentence"), [("Keep", "就在2020年5月，Keep刚刚完成8000万美元E轮融资")], room=30)
    assert all(width(line) <= 30 for line in lines)
    assert lines[1].startswith("Keep  就在")
    assert lines[1].endswith("…")


def test_a_wide_letter_is_never_cut_in_half() -> None:
    for room in range(20, 40):
        for line in _lines(("a", "b"), [("中文很长很长很长很长", "English words that are long")], room=room):
            assert width(line) <= room


def test_a_table_without_rows_is_its_head() -> None:
    assert _lines(("a", "b"), []) == ["a  b"]


def test_a_report_tells_what_failed_and_why() -> None:
    loaded = LoadReport(
        sources=2, failed=["x.txt: is empty"], damaged={"y.txt": 3}, items=Tally(5, 3, 1, 1), replaced=2
    )
    loaded.rules.update(("bad-json", "domain", "domain"))
    text = click.unstyle("\n".join(report(loaded)))
    for words in (
        "rejected by rule: bad-json 1, domain 2",
        "failed: x.txt: is empty",
        "y.txt: 3 places could not be decoded",
        "2 of the accepted items took the place",
        "2 sources in",
    ):
        assert words in text
