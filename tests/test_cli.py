"""What leaves the ledger, what is decided in it, settings, and the manners of every command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from texts import ROUND, SAMPLE, STORY, triples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

    Run = Callable[..., Ran]


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
    assert triples(run("extract", story).rows) >= ROUND
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
