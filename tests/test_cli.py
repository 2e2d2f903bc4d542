"""Every command: what it prints, for people and for programs, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Run = Callable[..., Ran]

SAMPLE = Path(__file__).parents[1] / "kg" / "sample" / "newsletter.txt"
STORY = """蓝湖科技完成数亿元B轮融资

日期: 2021-11-03

11月3日，蓝湖科技宣布完成2亿元B轮融资，云杉资本领投，远山资本跟投。公司总部位于杭州。
"""


def _triples(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(r["subject"]["name"], r["predicate"], r["object"]["name"]) for r in rows if r["kind"] == "statement"}


ROUND = {("蓝湖科技", "raisedFrom", "云杉资本"), ("蓝湖科技", "raisedFrom", "远山资本")}


@pytest.fixture
def story(here: Path) -> Path:
    file = here / "蓝湖.txt"
    file.write_text(STORY, encoding="utf-8")
    return file


# ---- load, forget, dump ----------------------------------------------------------------------------------------------


def test_load_ends_with_an_account(run: Run, here: Path) -> None:
    ran = run("load", SAMPLE)
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[0] == ["read", "accepted", "rejected", "skipped"]
    assert lines[1] == ["items", "14", "14", "0", "0"]
    assert [line[0] for line in lines[2:5]] == ["statements", "events", "observations"]
    assert ran.out.splitlines()[-1].startswith("1 source in ")
    assert (here / "kg.db").exists()


def test_loading_twice_changes_nothing(run: Run, sample: Path) -> None:
    before = run("dump").out
    ran = run("load", SAMPLE)
    assert ["items", "14", "0", "0", "14"] in [line.split() for line in ran.out.splitlines()]
    assert run("load", SAMPLE, "--again").code == 0
    assert run("dump").out == before


def test_forgetting_an_item_and_loading_it_again_gives_the_same(run: Run, sample: Path) -> None:
    before = run("dump").out
    profile = run("show", "Keep", "--json").json
    ran = run("forget", profile["items"][0])
    assert ran.code == 0
    assert ran.out.startswith(f"forgot {profile['items'][0]}: ")
    assert run("show", "Keep").code == 2
    assert run("query", "MATCH (c {name: 'Keep'}) RETURN c.name").out == ""
    assert run("load", SAMPLE).code == 0
    assert run("dump").out == before
    assert run("check").out == "no problems found\n"


def test_load_as_json(run: Run, story: Path) -> None:
    report = run("load", story, "--json").json
    assert report["items"] == {"read": 1, "accepted": 1, "rejected": 0, "skipped": 0}
    assert report["failed"] == []


def test_load_reads_folders_globs_and_standard_input(run: Run, here: Path) -> None:
    for folder in ("a", "a/b"):
        (here / folder).mkdir()
        (here / folder / "蓝湖.txt").write_text(STORY.replace("B轮", f"{folder[-1].upper()}轮"), encoding="utf-8")
    (here / "a" / "ignored.png").write_bytes(b"\x89PNG")
    assert run("load", "a", "--json").json["items"]["accepted"] == 2
    assert run("load", "a/*.txt", "a/b/*.txt", "--json").json["items"]["skipped"] == 2
    assert run("load", "-", "--json", given=STORY.encode()).json["items"]["accepted"] == 1


def test_a_confidence_that_must_be_reached(run: Run, story: Path) -> None:
    report = run("load", story, "--min-confidence", "1", "--json").json
    assert report["statements"]["skipped"] == report["statements"]["read"] > 0
    assert run("load", story, "--min-confidence", "2").code == 2


def test_some_sources_fail_and_the_others_are_loaded(run: Run, story: Path, here: Path) -> None:
    (here / "leer.txt").write_text(" \n\n", encoding="utf-8")
    ran = run("load", story, "leer.txt")
    assert ran.code == 1
    assert "failed: leer.txt: is empty; there is nothing to load" in ran.out
    assert ["items", "1", "1", "0", "0"] in [line.split() for line in ran.out.splitlines()]
    listed = run("rejects", "list", "--json").rows
    assert [(row["stage"], row["rule"], row["source"]) for row in listed] == [("read", "unreadable-source", "leer.txt")]


# ---- what a text file may be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends_say_the_same(run: Run, here: Path, encoding: str, newline: str) -> None:
    file = here / "story.txt"
    file.write_bytes(STORY.replace("\n", newline).encode(encoding))
    ran = run("extract", file)
    assert ran.code == 0
    assert _triples(ran.rows) >= ROUND
    text = STORY.replace("\n", newline)
    for row in ran.rows:
        if row["kind"] == "statement":
            evidence = row["evidence"]
            assert text[evidence["start"] : evidence["end"]] == evidence["text"]


def test_traditional_letters_are_kept_and_understood(run: Run, here: Path) -> None:
    text = STORY
    for simplified, traditional in zip("蓝亿轮资云领远总", "藍億輪資雲領遠總", strict=True):
        text = text.replace(simplified, traditional)
    (here / "big5.txt").write_bytes(text.encode("big5hkscs", errors="ignore"))
    rows = run("extract", "big5.txt").rows
    assert ("藍湖科技", "raisedFrom", "雲杉資本") in _triples(rows)


def test_full_width_digits_and_letters_are_read(run: Run, here: Path) -> None:
    wide = STORY.replace("11月3日", "１１月３日").replace("2亿元B轮", "２亿元Ｂ轮")
    (here / "wide.txt").write_text(wide, encoding="utf-8")
    rows = run("extract", "wide.txt").rows
    assert _triples(rows) >= ROUND
    lead = next(r for r in rows if r["kind"] == "statement" and r["object"]["name"] == "云杉资本")
    assert lead["qualifiers"]["round"] == "B"
    assert lead["qualifiers"]["date"] == "2021-11-03"
    assert lead["qualifiers"]["amount"]["low"] == 200_000_000


def test_garbage_in_a_text_is_passed_over_and_told(run: Run, here: Path) -> None:
    (here / "story.txt").write_bytes(STORY.replace("11月3日", "\x01\x02▓▓░ ### 11月3日").encode() + b"\xff\xfe\xfa\n")
    ran = run("load", "story.txt")
    assert ran.code == 0
    assert "places could not be decoded" in ran.out
    assert run("query", "MATCH ({name: '蓝湖科技'})-[:RAISED_FROM]->(i) RETURN i.name").rows


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is a PNG image, not text"),
        (b"%PDF-1.7\n", "pdftotext"),
        (bytes(range(256)) * 40, "is binary, not text"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "is a program"),
    ],
)
def test_what_is_no_text_is_refused_in_clear_words(run: Run, here: Path, content: bytes, words: str) -> None:
    (here / "thing.txt").write_bytes(content)
    ran = run("load", "thing.txt")
    assert ran.code == 1
    assert "failed: thing.txt: is " in ran.out
    assert words in ran.out
    assert run("status", "--json").json["items"] == 0
    extracted = run("extract", "thing.txt")
    assert (extracted.code, extracted.rows[0]["kind"]) == (1, "reject")
    assert extracted.err.startswith("kg: thing.txt: ")


def test_a_file_of_50_mb_is_refused_as_one_item(run: Run, here: Path) -> None:
    body = STORY[STORY.index("11月3日") :]
    (here / "big.txt").write_text(STORY + body * (50 * 2**20 // len(body.encode())), encoding="utf-8")
    ran = run("load", "big.txt")
    assert ran.code == 1
    assert "item-too-long 1" in ran.out
    reason = run("rejects", "list", "--json").rows[0]["reason"]
    assert "at most 200,000 are taken as one item; split it" in reason


def test_a_file_above_the_limit_is_not_even_read(run: Run, here: Path) -> None:
    with (here / "huge.txt").open("wb") as file:
        file.truncate(65 * 2**20)
    ran = run("load", "huge.txt")
    assert ran.code == 1
    assert "huge.txt: is too large (65.0 MiB, and at most 64.0 MiB are read)" in ran.out


# ---- extract ---------------------------------------------------------------------------------------------------------


def test_extract_prints_rows_and_stores_nothing(run: Run, here: Path) -> None:
    ran = run("extract", SAMPLE)
    assert ran.code == 0
    kinds = {row["kind"] for row in ran.rows}
    assert kinds >= {"item", "entity", "statement", "event", "observation"}
    items = [row for row in ran.rows if row["kind"] == "item"]
    assert len(items) == 14
    known = {row["id"] for row in items}
    assert all(row["item"] in known for row in ran.rows if row["kind"] != "item")
    assert all(row["id"][0].isalpha() for row in items)
    assert not (here / "kg.db").exists()


def test_extract_reads_standard_input_and_keeps_given_ids(run: Run, here: Path) -> None:
    row = {"id": 7, "title": "蓝湖科技完成B轮融资", "published": "2021-11-03", "text": STORY.split("\n\n")[-1]}
    ran = run("extract", "-", "--loader", "jsonl", given=json.dumps(row).encode())
    assert ran.rows[0]["id"] == "7"
    assert _triples(ran.rows) >= ROUND


def test_the_date_of_a_document_is_given(run: Run, here: Path) -> None:
    text = STORY.replace("日期: 2021-11-03\n\n", "")
    (here / "story.txt").write_text(text, encoding="utf-8")
    row = run("extract", "story.txt", "--loader", "text", "--date", "2019-12").rows[0]
    assert row["published"] == "2019-11-03"
    wrong = run("extract", "story.txt", "--date", "gestern")
    assert (wrong.code, wrong.err) == (2, "kg: 'gestern' is no date; write 2021-11-03, 2021-11 or 2021\n")


def test_names_can_be_left_out_of_the_lexicon(run: Run, here: Path) -> None:
    (here / "names.txt").write_text("华为\n腾讯\n", encoding="utf-8")
    ran = run("extract", SAMPLE, "--without", "names.txt")
    assert ran.code == 0
    assert ran.rows


# ---- asking ----------------------------------------------------------------------------------------------------------


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


# ---- leaving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["ttl", "nt", "nq", "trig", "jsonld", "graphml"])
def test_export_knows_the_format_by_the_suffix(run: Run, sample: Path, here: Path, suffix: str) -> None:
    ran = run("export", "-o", f"out.{suffix}")
    assert ran.code == 0
    assert ran.out.startswith(f"out.{suffix}: ")
    assert (here / f"out.{suffix}").stat().st_size > 1000


def test_export_spares_the_ledger(run: Run, sample: Path, here: Path) -> None:
    kept = sample.read_bytes()
    for own in (sample, here / ".." / here.name / sample.name, sample.with_suffix(".kgl")):
        ran = run("export", "--format", "turtle", "-o", str(own))
        assert ran.code == 2
        assert "belongs to the ledger itself" in ran.err
    assert sample.read_bytes() == kept


def test_export_to_a_suffix_that_tells_nothing(run: Run, sample: Path) -> None:
    ran = run("export", "-o", "out.txt")
    assert ran.code == 2
    assert ".ttl" in ran.err
    assert "--format" in ran.err


def test_export_prints_for_a_pipe(run: Run, sample: Path) -> None:
    import rdflib

    graph = rdflib.Graph().parse(data=run("export", "-o", "-").out, format="turtle")
    assert len(graph) > 500


def test_export_that_cannot_be_written(run: Run, sample: Path) -> None:
    ran = run("export", "-o", "nowhere/out.ttl")
    assert ran.code == 1
    assert ran.err.startswith("kg: nowhere/out.ttl: cannot be written")


def test_push_says_that_nobody_answers(run: Run, sample: Path) -> None:
    ran = run("push", "bolt://127.0.0.1:1")
    assert ran.code == 1
    assert "bolt://127.0.0.1:1" in ran.err
    wrong = run("push", "ftp://127.0.0.1")
    assert wrong.code == 2
    assert "neo4j://host:7687" in wrong.err


def test_eval_scores_against_a_gold_file(run: Run, here: Path) -> None:
    gold = SAMPLE.with_name("gold.jsonl")
    ran = run("eval", gold, SAMPLE)
    assert ran.code == 0
    assert "recall" in ran.out
    rows = run("extract", SAMPLE).out
    piped = run("eval", gold, "--pred", "-", given=rows.encode())
    assert piped.out == ran.out
    assert run("eval", gold).code == 2
    assert run("eval", gold, SAMPLE, "--json").json


def test_the_vocabulary_for_people_and_programs(run: Run, here: Path) -> None:
    assert run("vocabulary").out.startswith("# The vocabulary\n")
    assert run("vocabulary", "--json").json


def test_an_ontology_of_ones_own(run: Run, story: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("vocabulary", "--copy", "mine").out.startswith("mine: the ontology with its lists")
    assert {file.name for file in (here / "mine").iterdir()} >= {"kg.ttl", "patterns", "lexicon"}
    assert run("vocabulary", "--copy", "mine").err == "kg: mine is there already; name a new folder\n"
    monkeypatch.setenv("KG_ONTOLOGY", "mine")
    assert _triples(run("extract", story).rows) >= ROUND
    (here / "mine" / "kg.ttl").write_text("kg:this is no Turtle", encoding="utf-8")
    broken = run("extract", story)
    assert broken.code == 1
    assert broken.err.startswith("kg: ")
    assert "kg.ttl" in broken.err


def test_the_sample_is_printed(run: Run, here: Path) -> None:
    assert run("sample").out == SAMPLE.read_text(encoding="utf-8")


def test_loaders_are_listed(run: Run, here: Path) -> None:
    names = [row["name"] for row in run("loaders", "--json").json]
    assert {"jsonl", "newsletter", "text"} <= set(names)
    assert "newsletter" in run("loaders").out


# ---- the ledger ------------------------------------------------------------------------------------------------------


def test_status_counts(run: Run, sample: Path) -> None:
    found = run("status", "--json").json
    assert found["items"] == 14
    assert found["facts"]["asserted"] > 30
    assert "items      14" in run("status").out


def test_rejects_are_listed_shown_replayed_and_dismissed(run: Run, here: Path) -> None:
    (here / "news.jsonl").write_text('{"text": 3}\n{"title": "没有正文"}\nnot json\n', encoding="utf-8")
    assert run("load", "news.jsonl").code == 1
    listed = run("rejects", "list", "--json").rows
    assert {row["rule"] for row in listed} == {"bad-type", "missing-text", "bad-json"}
    assert run("rejects").out.count("news.jsonl, line ") == 3
    assert run("rejects", "--db", "kg.db", "--json").rows == listed
    assert "behind the command: kg rejects list" in run("rejects", "--json", "list").err
    only = run("rejects", "list", "--rule", "bad-json").out
    assert "line 3" in only
    shown = run("rejects", "show", listed[0]["id"]).json
    assert shown["reason"] == listed[0]["reason"]
    assert run("rejects", "replay", "--json").json["read"] == 0
    assert run("rejects", "dismiss", listed[0]["id"], "nope").code == 2
    assert run("rejects", "dismiss", *(row["id"] for row in listed)).out == "dismissed 3\n"
    assert run("rejects").out == "nothing was refused\n"


def test_two_are_decided_to_be_one_and_two_again(run: Run, sample: Path) -> None:
    ran = run("merge", "高瓴资本", "五源资本", "--reason", "试")
    assert (ran.code, ran.out) == (0, "decision 1: 高瓴资本 and 五源资本 are one\n")
    assert run("show", "高瓴资本", "--json").json["id"] == run("show", "五源资本", "--json").json["id"]
    assert run("undo", "1").out == "decision 1 is taken back\n"
    assert run("show", "高瓴资本", "--json").json["id"] != run("show", "五源资本", "--json").json["id"]
    assert run("undo", "1").code == 2
    assert run("split", "高瓴资本", "五源资本").out == "decision 2: 高瓴资本 and 五源资本 are two\n"


@pytest.mark.parametrize("command", [["status"], ["query", "RETURN 1"], ["show", "Keep"], ["export", "-o", "x.ttl"]])
def test_without_a_ledger_the_remedy_is_told(run: Run, here: Path, command: list[str]) -> None:
    ran = run(*command)
    assert ran.code == 2
    assert "kg load PATH --db kg.db" in ran.err
    assert not list(here.iterdir()), "asking leaves nothing behind"


def test_a_file_that_is_no_ledger(run: Run, story: Path) -> None:
    ran = run("status", "--db", story)
    assert ran.code == 1
    assert "is no ledger" in ran.err
    assert run("load", story, "--db", story).code == 1
    assert story.read_text(encoding="utf-8") == STORY


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind the superuser")
def test_asking_needs_no_right_to_write(run: Run, sample: Path, here: Path) -> None:
    for file in here.iterdir():
        file.chmod(0o444)
    here.chmod(0o555)
    try:
        assert run("show", "Keep").code == 0
        assert run("query", "investors", "-p", "company=Keep").rows
    finally:
        here.chmod(0o755)


# ---- settings --------------------------------------------------------------------------------------------------------


def test_the_ledger_is_named_by_option_variable_or_file(
    run: Run, story: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "kg.toml").write_text('db = "file.db"\n', encoding="utf-8")
    assert run("load", story).code == 0
    assert (here / "file.db").exists()
    monkeypatch.setenv("KG_DB", "variable.db")
    assert run("load", story).code == 0
    assert (here / "variable.db").exists()
    assert run("load", story, "--db", "option.db").code == 0
    assert (here / "option.db").exists()


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("bd = 'x'", "kg.toml: bd: no such setting; there are db"),
        ("limit = 'many'", "kg.toml: limit: 'many' is no int"),
        ("db = ", "kg.toml: not valid TOML"),
    ],
)
def test_a_wrong_setting_is_told(run: Run, here: Path, toml: str, words: str) -> None:
    (here / "kg.toml").write_text(toml, encoding="utf-8")
    ran = run("loaders")
    assert ran.code == 2
    assert words in ran.err


def test_a_limit_that_is_set_holds(run: Run, sample: Path, here: Path) -> None:
    (here / "kg.toml").write_text("limit = 2\n", encoding="utf-8")
    assert len(run("query", "MATCH (n) RETURN n.name").rows) == 2


# ---- manners ---------------------------------------------------------------------------------------------------------


def test_help_and_version(run: Run, here: Path) -> None:
    assert run("--version").out == "kg, version 0.1.0\n"
    assert "Commands:" in run("--help").out
    bare = run()
    assert bare.code == 2
    assert bare.err.startswith("Usage: kg ")
    assert "Usage: kg query [OPTIONS] QUERY" in run("query", "-h").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run: Run, here: Path, shell: str) -> None:
    assert "_KG_COMPLETE" in run("completion", shell).out


def test_no_colour_without_a_terminal(run: Run, sample: Path) -> None:
    assert "\x1b" not in run("show", "Keep").out


def test_a_fault_of_ours_is_one_line_too(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kg.loading

    def fails() -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(kg.loading, "loaders", fails)
    ran = run("loaders")
    assert ran.code == 1
    assert ran.err == "kg: ZeroDivisionError: by zero; this is a fault of kg, and kg --debug … shows where\n"


KG = [sys.executable, "-c", "from kg.cli import main; main()"]


def test_the_reader_of_a_pipe_may_leave(sample: Path) -> None:
    with subprocess.Popen([*KG, "vocabulary"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
def test_an_interruption_is_no_failure_and_says_so(here: Path) -> None:
    with subprocess.Popen([*KG, "load", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read().strip() == b"kg: interrupted; what was done before is kept"
        assert process.wait() == 130


def test_a_terminal_gets_a_table_and_colours(sample: Path) -> None:
    pty = pytest.importorskip("pty")
    main, child = pty.openpty()
    cypher = "MATCH (c {name: 'Keep'})-[:RAISED_FROM]->(i) RETURN i.name AS investor"
    done = subprocess.run([*KG, "query", cypher], stdout=child, stderr=subprocess.PIPE, check=False)
    os.close(child)
    shown = os.read(main, 100_000).decode()
    os.close(main)
    assert done.returncode == 0
    assert "\x1b[1minvestor" in shown
    assert " rows in " in shown
