"""What is asked on the command line, and how it is answered: for people and for programs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from texts import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

    Run = Callable[..., Ran]


def test_cypher_as_rows_for_programs(run: Run, sample: Path) -> None:
    ran = run("query", "MATCH (c:Company)-[r:RAISED_FROM]->(i:InvestmentFirm) RETURN c.name, i.name, r.round, r.amount")
    assert ran.code == 0
    assert {"c.name": "Keep", "i.name": "软银愿景基金", "r.round": "F", "r.amount": "3.6亿美元"} in ran.rows


def test_cypher_as_a_table_a_list_and_csv(run: Run, sample: Path) -> None:
    match = "MATCH (c {name: 'Keep'})-[:RAISED_FROM {role: 'lead'}]->(i)"
    cypher = f"{match} RETURN c.name, i.name AS investor ORDER BY investor"
    table = run("query", cypher, "--format", "table").out.splitlines()
    assert table[0].split() == ["c.name", "investor"]
    assert table[1].split() == ["Keep", "时代资本"]
    assert table[-1].startswith("2 rows in ")
    assert run("query", cypher, "--format", "json").json[0] == {"c.name": "Keep", "investor": "时代资本"}
    rows = list(csv.reader(io.StringIO(run("query", cypher, "--format", "csv").out)))
    assert rows == [["c.name", "investor"], ["Keep", "时代资本"], ["Keep", "软银愿景基金"]]


def test_a_named_query(run: Run, sample: Path) -> None:
    rows = run("query", "investors", "-p", "company=keep").rows
    assert {row["investor"] for row in rows} >= {"软银愿景基金", "高瓴资本"}
    assert all("Keep" in row["evidence"] or "本轮" in row["evidence"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query", "investor", "-p", "company=Keep"], "no query named 'investor'. Did you mean investors"),
        (["query", "investors"], "needs company"),
        (["query", "investors", "-p", "company"], "-p takes NAME=VALUE, not 'company'"),
        (["query", "investors", "-p", "company=Keeep"], "no entity named 'Keeep'. Did you mean Keep"),
        (["query", "investors", "-p", "firm=Keep", "-p", "company=Keep"], "has no parameter 'firm'"),
        (["query", "MATCH (n RETURN n"], "syntax"),
        (["query", "CREATE (n:Entity {id: 'x', name: 'x'})"], "only reading is allowed"),
        (["show", "拼多多多"], "no entity named '拼多多多'. Did you mean 拼多多"),
        (["shwo", "Keep"], "no command named 'shwo'. Did you mean kg show"),
        (["show", "Keep", "--jsn"], "No such option '--jsn'"),
        (["show"], "Missing argument 'NAME' (see kg show --help)"),
        (["neighbours", "Keep", "--predicate", "raisedFom"], "no relation named 'raisedFom'. Did you mean raisedFrom"),
        (["forget", "n0"], "no item named 'n0'"),
        (["load", "nothing-here.txt"], "nothing-here.txt (no such file or directory)"),
        (["load", str(SAMPLE), "--loader", "newslettr"], "Did you mean newsletter"),
        (["rejects", "shw"], "Did you mean kg rejects show"),
        (["rejects", "show", "q0"], "no rejection named 'q0'"),
        (["export", "--format", "tutle", "-o", "x.ttl"], "no format named 'tutle'"),
        (["queries", "timelin"], "no query named 'timelin'. Did you mean timeline"),
        (["split", "Keep", "Keeep"], "no entity named"),
    ],
)
def test_a_mistake_is_answered_in_one_line_with_the_remedy(
    run: Run, sample: Path, arguments: list[str], words: str
) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("kg: ")
    assert words in ran.err


def test_limits_strike_with_a_clear_word(run: Run, sample: Path) -> None:
    ran = run("query", "MATCH (n) RETURN n.name", "--limit", "3")
    assert (ran.code, len(ran.rows)) == (0, 3)
    assert "only the first 3 of " in ran.err
    endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(a + b)"
    slow = run("query", endless, "--timeout", "0.2")
    assert slow.code == 1
    assert "took longer than 0.2 seconds" in slow.err
    assert "(--timeout)" in slow.err


def test_writing_must_be_allowed(run: Run, sample: Path) -> None:
    create = "CREATE (:Entity {id: 'x1', name: '试'})"
    assert run("query", create).code == 2
    ran = run("query", create, "--write")
    assert ran.code == 0
    assert "lost when the graph is next built" in ran.err


def test_show_tells_everything_with_its_sentence(run: Run, sample: Path) -> None:
    ran = run("show", "黄峥")
    assert ran.code == 0
    assert ran.out.splitlines()[0].split()[:2] == ["黄峥", "Person"]
    assert "“3月17日，拼多多在公布财报的同时宣布，创始人黄峥辞任董事长" in ran.out
    assert "[ended]" in ran.out
    assert run("show", "黃崢").out == ran.out, "traditional letters name the same"
    profile = run("show", "黄峥", "--json").json
    assert profile["name"] == "黄峥"
    assert profile["posts"][0]["said"][0]["sentence"]


def test_find_lists_what_a_name_may_mean(run: Run, sample: Path) -> None:
    assert [e["name"] for e in run("find", "资本", "--json").json].count("高瓴资本") == 1
    shown = run("find", "keep").out.splitlines()
    assert shown[0].split() == ["id", "class", "name", "also", "members"]
    assert shown[1].split()[1:] == ["Company", "Keep"]
    assert run("find", "Keeep").code == 2


def test_neighbours_path_and_timeline(run: Run, sample: Path) -> None:
    assert "陈磊" in run("neighbours", "拼多多").out
    found = run("neighbours", "拼多多", "--predicate", "worksFor", "--direction", "in", "--json").json
    assert {row["entity"]["name"] for row in found} >= {"黄峥", "陈磊"}
    ran = run("path", "黄峥", "陈磊")
    assert ran.code == 0
    assert "拼多多" in ran.out
    assert len(run("path", "黄峥", "陈磊", "--json").json["hops"]) == 2
    apart = run("path", "黄峥", "Keep")
    assert (apart.code, apart.out) == (1, "no path of at most 6 hops between 黄峥 and Keep\n")
    dates = [entry["date"] for entry in run("timeline", "拼多多", "--json").json if entry["date"]]
    assert dates == sorted(dates)
    assert "2021-03-17" in run("timeline", "拼多多").out


def test_queries_are_listed_and_shown(run: Run, here: Path) -> None:
    listed = run("queries").out.splitlines()
    assert len(listed) > 15
    assert listed[0].split() == ["query", "language", "answers", "parameters"]
    assert "MATCH" in run("queries", "investors").out
    assert {"name", "purpose", "parameters", "columns"} <= set(run("queries", "--json").json[0])
