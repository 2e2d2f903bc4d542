"""Loaders, plug-ins, and which files a path stands for."""

from __future__ import annotations

import pickle
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from kg import loading
from kg.errors import SourceError, UnknownNameError, UsageError
from kg.loading import BrokenLoader, ItemError, Record, check_length, choose, expand, item_id, loaders, origin
from kg.model import NewsItem, Span
from kg.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Minutes:
    """A user's loader."""

    name = "minutes"
    description = "minutes of meetings"
    suffixes = (".min",)

    def accepts(self, source: Source) -> float:
        return 1.0 if source.text.startswith("MINUTES") else 0.0

    def records(self, source: Source) -> Iterator[Record]:
        yield Record(1, 1, None)

    def item(self, source: Source, record: Record) -> NewsItem:
        raise ItemError("empty-item", "nothing in it")


class Moody(Minutes):
    name = "moody"

    def accepts(self, source: Source) -> float:
        raise RuntimeError("not today")


class Half:
    name = "half"

    def accepts(self, source: Source) -> float:
        return 1.0


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loaders of ours and of a user, some of whom made mistakes."""
    ours = list(loading.entry_points(group=loading.GROUP))
    theirs = [
        EntryPoint(name, f"{__name__}:{what}", loading.GROUP)
        for name, what in [("minutes", "Minutes"), ("moody", "Moody"), ("half", "Half"), ("gone", "Gone")]
    ]
    double = EntryPoint("text", f"{__name__}:Minutes", loading.GROUP)
    absent = EntryPoint("absent", "no_such_module:Loader", loading.GROUP)
    monkeypatch.setattr(loading, "entry_points", lambda group: [*theirs, absent, *ours, *ours, double])
    loading._installed.cache_clear()
    yield
    loading._installed.cache_clear()


def test_ours_are_there() -> None:
    assert {"jsonl", "newsletter", "text"} <= set(loaders())
    assert all(loader.name == name and loader.description for name, loader in loaders().items())


@pytest.mark.usefixtures("plugins")
def test_a_broken_plug_in_is_named_and_breaks_no_other(caplog: pytest.LogCaptureFixture) -> None:
    found = loaders()
    assert isinstance(found["minutes"], Minutes)
    assert {name for name, loader in found.items() if isinstance(loader, BrokenLoader)} == {"absent", "gone", "half"}
    assert "lacks description, suffixes, records, item" in found["half"].description
    assert "ModuleNotFoundError" in found["absent"].description
    assert "'gone'" in caplog.text
    assert choose(Source("a.txt", "MINUTES of May")).name == "minutes"
    with pytest.raises(UsageError, match=r"'absent' .*broken .*repair or uninstall"):
        choose(Source("a.txt", "x"), "absent")
    with pytest.raises(UsageError, match="broken"):
        next(found["half"].records(Source("a.txt", "x")))


@pytest.mark.usefixtures("plugins")
def test_a_plug_in_that_fails_to_look_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    assert choose(Source("a.jsonl", '{"text": "x"}')).name == "jsonl"
    assert "moody" in caplog.text
    assert "not today" in caplog.text


@pytest.mark.usefixtures("plugins")
def test_a_plug_in_cannot_take_the_name_of_another() -> None:
    found = loaders()
    assert found["text"].name == "text"
    assert [name for name in found if name.endswith(".text")] == ["an unknown package.text"]


def test_the_surest_loader_is_chosen() -> None:
    assert choose(Source("a.jsonl", '{"text": "甲。"}')).name == "jsonl"
    assert choose(Source("a.txt", "甲公司上市\n日期: 2021-11-03\n\n甲公司在深交所上市。")).name == "text"
    assert (
        choose(Source("a.txt", "【要闻】\n\n甲公司上市\n\n甲公司上市。\n\n乙公司退市\n\n乙公司退市。")).name
        == "newsletter"
    )
    assert choose(Source("a.txt", "x"), "newsletter").name == "newsletter"


def test_unknown_loaders_and_sources() -> None:
    with pytest.raises(UnknownNameError, match=r"no loader named 'newsleter'\. Did you mean newsletter"):
        choose(Source("a.txt", "x"), "newsleter")
    with pytest.raises(SourceError, match=r"a\.csv: no loader .*--loader \(.*newsletter"):
        choose(Source("a.csv", "a,b\n1,2\n"))


def test_paths_directories_and_globs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.txt", "a.jsonl", "c.pdf", ".hidden.txt", "sub/d.TXT", "sub/.git/e.txt", "sub/deep/f.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    monkeypatch.chdir(tmp_path)

    def names(*paths: str) -> list[str]:
        return [path.as_posix() for path in expand(paths)]

    assert names(".") == ["a.jsonl", "b.txt", "sub/d.TXT", "sub/deep/f.md"]
    assert names("b.txt", ".") == ["b.txt", "a.jsonl", "sub/d.TXT", "sub/deep/f.md"]
    assert names("c.pdf") == ["c.pdf"]
    assert names("*.txt") == ["b.txt"]
    assert names("**/*.md", "sub") == ["sub/deep/f.md", "sub/d.TXT"]
    assert names(str(tmp_path / "su*" / "*.TXT")) == [(tmp_path / "sub/d.TXT").as_posix()]


def test_paths_that_match_nothing_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError) as error:
        expand([str(tmp_path / "no.txt"), str(tmp_path / "*.md"), str(tmp_path / "empty")])
    message = str(error.value)
    assert "no.txt (no such file" in message
    assert "*.md (no such match" in message
    assert "empty (no file in it ends in .json, .jsonl" in message


def test_ids_depend_on_content_not_on_layout() -> None:
    assert item_id("a.txt", "甲 公司", "甲公司\r\n上市。") == item_id("a.txt", "甲公司", "甲公司上市。")
    assert len({item_id("a.txt", "甲", "乙"), item_id("b.txt", "甲", "乙"), item_id("a.txt", "甲乙", "")}) == 3
    assert item_id("a.txt", "甲", "乙").startswith("n")


def test_reprints_share_an_origin() -> None:
    assert origin("蘭湖 獲 “紅杉” 投資。") == origin("兰湖获红杉投资。")
    assert origin("兰湖获红杉投资。") != origin("兰湖获高瓴投资。")


def test_item_errors_become_rejections_and_travel_between_processes() -> None:
    error = pickle.loads(pickle.dumps(ItemError("bad-date", "line 2: no date", Span(1, 3))))
    assert (error.rule, str(error), error.span) == ("bad-date", "line 2: no date", Span(1, 3))
    rejection = error.rejection(Source("a.txt", "甲乙丙丁"))
    assert (rejection.stage, rejection.rule, rejection.source, rejection.text) == ("read", "bad-date", "a.txt", "乙丙")
    with pytest.raises(ItemError, match=r"a\.txt, line 1: 200,001 characters") as long:
        check_length("x" * 200_001, "a.txt, line 1")
    assert long.value.rule == "item-too-long"
