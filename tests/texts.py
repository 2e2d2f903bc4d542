"""News that commands are given, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[1] / "kg" / "sample" / "newsletter.txt"
STORY = """蓝湖科技完成数亿元B轮融资

日期: 2021-11-03

11月3日，蓝湖科技宣布完成2亿元B轮融资，云杉资本领投，远山资本跟投。公司总部位于杭州。
"""
ROUND = {("蓝湖科技", "raisedFrom", "云杉资本"), ("蓝湖科技", "raisedFrom", "远山资本")}
"""What the story says, of `triples`."""


def triples(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """The statements among the rows of `kg extract`."""
    return {(r["subject"]["name"], r["predicate"], r["object"]["name"]) for r in rows if r["kind"] == "statement"}
