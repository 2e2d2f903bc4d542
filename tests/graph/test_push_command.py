"""`kg push`, `kg diff` and `kg load --to`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from conftest import Ran
    from place import Place

    from kg.ledger import Ledger


def test_push_diff_and_load_to(
    place: Place, run: Callable[..., Ran], sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = place.server
    assert server.auth is not None
    assert "refuses" in run("push", server.uri).err
    monkeypatch.setenv("NEO4J_PASSWORD", server.auth[1])
    first = run("push", server.uri)
    assert (first.code, first.err) == (0, "")
    assert "rows written, 0 removed (everything)" in first.out
    monkeypatch.setenv("NEO4J_URI", server.uri)
    assert run("push").out == f"{server.uri}: up to date\n"
    equal = run("diff")
    assert equal.code == 0
    assert "equal" in equal.out

    place.run("MATCH (n:Entity {name: 'Keep'}) SET n.name = 'Kepp'")
    differs = run("diff")
    assert differs.code == 1
    assert [line.split() for line in differs.out.splitlines()][:2] == [
        ["missing", "surplus", "changed"],
        ["Entity", "0", "0", "1"],
    ]
    assert differs.out.splitlines()[2].endswith("Keep: name")
    told = run("diff", "--json", "--examples", "0")
    assert told.code == 1
    assert told.json["equal"] is False
    assert told.json["nodes"] == {"Entity": {"missing": 0, "surplus": 0, "changed": 1}}
    assert told.json["examples"] == []
    repaired = run("push", "--repair", "--json").json
    assert (repaired["way"], repaired["written"]) == ("compared", 1)
    assert run("diff").code == 0

    story = sample.parent / "story.txt"
    told_there = "蓝湖科技完成B轮融资\n\n日期: 2021-11-03\n\n11月3日，蓝湖科技宣布完成2亿元B轮融资，云杉资本领投。\n"
    story.write_text(told_there, encoding="utf-8")
    loaded = run("load", story, "--to", server.uri)
    assert loaded.code == 0
    assert "(what changed)" in loaded.out.splitlines()[-1]
    assert run("diff").code == 0
    again = run("load", story, "--to", server.uri, "--json")
    assert json.loads(again.out)["items"]["skipped"] == 1
    assert again.err == f"{server.uri}: up to date\n"


def test_a_load_is_kept_where_its_push_fails(run: Callable[..., Ran], here: Path) -> None:
    story = here / "story.txt"
    story.write_text("蓝湖科技总部位于杭州。\n", encoding="utf-8")
    misused = run("load", story, "--to", "localhost:7687")
    assert misused.code == 2
    assert not (here / "kg.db").exists()
    ran = run("load", story, "--to", "bolt://127.0.0.1:1")
    assert ran.code == 1
    assert "cannot be reached" in ran.err
    assert run("status", "--json").json["items"] == 1


def test_push_needs_an_address_without_a_password(run: Callable[..., Ran], sample: Path) -> None:
    nowhere = run("push")
    assert nowhere.code == 2
    assert "NEO4J_URI" in nowhere.err
    for command in ("push", "diff"):
        told = run(command, "neo4j://neo4j:geheim@localhost")
        assert told.code == 2
        assert "geheim" not in told.err
        assert "NEO4J_PASSWORD" in told.err


def test_a_person_at_a_terminal_is_asked_for_the_password(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import click

    from kg.cli.neo4j import Target

    asked: list[str] = []

    def prompt(text: str, **options: Any) -> str:
        assert options["hide_input"]
        asked.append(text)
        return "geheim"

    monkeypatch.setattr(click, "prompt", prompt)
    assert Target.of("neo4j://db").auth is None, "nobody is there to be asked"
    monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": staticmethod(lambda: True)})())
    assert Target.of("neo4j://db").auth == ("neo4j", "geheim")
    monkeypatch.setenv("NEO4J_USERNAME", "reporter")
    monkeypatch.setenv("NEO4J_DATABASE", "news")
    assert Target.of("neo4j://db") == Target("neo4j://db", ("reporter", "geheim"), "news")
    assert len(asked) == 2
    monkeypatch.setenv("NEO4J_PASSWORD", "")
    assert Target.of("neo4j://db", "other") == Target("neo4j://db", None, "other")
    assert len(asked) == 2


def test_the_bar_is_for_terminals_alone(
    place: Place, ledger: Ledger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.cli.console import progress_bar

    with progress_bar() as silent:
        assert silent is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress_bar() as bar:
        place.push(ledger, batch=20, progress=bar)
    shown = capsys.readouterr().err
    assert "% " in shown
    assert "writing" in shown
