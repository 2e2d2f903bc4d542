"""What is saved of a damaged ledger is whole, and the rest can be loaded into it again."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA, Told
from durability import COMPANIES, Reader, news

from kg import pipeline
from kg.errors import LedgerError, UsageError
from kg.ledger import Ledger
from kg.recovery import recover
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    news(folder, random.Random(1), 60)
    return folder / "first.jsonl"


@pytest.fixture(scope="module")
def kept(source: Path) -> bytes:
    """The file of a ledger with items, rejections and a decision."""
    with Ledger.open(source.with_name("kg.db"), SCHEMA) as ledger:
        pipeline.load([str(source)], ledger, Reader())
        ledger.merge(*(SCHEMA.entity_id(name, "Company") for name in COMPANIES[:2]), "同一家")
    return source.with_name("kg.db").read_bytes()


def dumped(path: Path) -> list[str]:
    with Ledger.open(path, SCHEMA) as ledger:
        ledger.dump(path.with_suffix(".jsonl"))
    return path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()


def by_item(lines: list[str]) -> dict[str, list[str]]:
    """The rows that belong to an item, by its id."""
    found = defaultdict(list)
    for line in lines:
        row = json.loads(line)
        if row["kind"] in ("item", "entity", "statement", "event", "observation"):
            found[row["id"] if row["kind"] == "item" else row["item"]].append(line)
    return found


def flipped(data: bytes, rng: random.Random) -> bytes:
    flips = {rng.randrange(4096, len(data)): 1 << rng.randrange(8) for _ in range(8)}
    return bytes(byte ^ flips.get(at, 0) for at, byte in enumerate(data))


def scrambled(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(4096, len(data) - 512)
    return data[:at] + rng.randbytes(512) + data[at + 512 :]


def blanked(data: bytes, rng: random.Random) -> bytes:
    at = 4096 * rng.randrange(1, len(data) // 4096)
    return data[:at] + bytes(4096) + data[at + 4096 :]


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) * 3 // 4, len(data))]


@pytest.mark.parametrize("damage", [flipped, scrambled, blanked, cut])
def test_damage_is_noticed_and_what_is_whole_is_saved(
    tmp_path: Path, source: Path, kept: bytes, damage: Callable[[bytes, random.Random], bytes]
) -> None:
    rng = random.Random(7)
    whole = tmp_path / "whole.db"
    whole.write_bytes(kept)
    all_rows = dumped(whole)
    items = by_item(all_rows)
    saved = noticed = 0
    for number in range(8):
        path, new = tmp_path / f"{number}.db", tmp_path / f"{number}-new.db"
        path.write_bytes(damage(kept, rng))
        try:
            with Ledger.open(path, SCHEMA) as ledger:
                problems = ledger.check()
        except LedgerError as error:
            problems = [str(error)]
        noticed += bool(problems)
        if not problems:
            assert dumped(path) == all_rows, "what is not noticed does no harm"
        path.write_bytes(before := path.read_bytes())
        try:
            found = recover(path, new, SCHEMA)
        except LedgerError as error:
            assert "nothing can be read" in str(error)
            continue
        assert path.read_bytes() == before
        assert found.problems == []
        rows = by_item(dumped(new))
        assert len(rows) == found.items
        assert all(rows[item] == items[item] for item in rows), "an item is whole or left out"
        assert {lost.id for lost in found.lost if lost.id in items} <= items.keys() - rows.keys()
        saved += found.items
        with Ledger.open(new, SCHEMA) as ledger:
            pipeline.load([str(source)], ledger, Reader())
            if not ledger.decisions():
                ledger.merge(*(SCHEMA.entity_id(name, "Company") for name in COMPANIES[:2]), "同一家")
        assert dumped(new) == all_rows
    assert noticed > 2
    assert saved > 20


def test_an_undamaged_ledger_is_saved_whole(tmp_path: Path) -> None:
    """With all that there can be in it: events, people, what was replayed or decided, rejections of sources."""
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        for item in ("甲", "乙"):
            t = Told(item, "2021-11-03")
            company, person = t.entity("蓝湖科技", "Company", "蓝湖"), t.entity("张伟", "Person")
            t.happens("Appointment", {"person": [person], "organization": [company]}, title="总裁")
            t.says(person, "worksFor", company, title="总裁")
            t.observes("营收", 1.5, company)
            t.refuses(t.says(company, "partnersWith", t.entity("云杉软件")))
            ledger.add(t.document)
        ledger.replay(validate)
        ledger.split(SCHEMA.entity_id("蓝湖科技", "Company"), SCHEMA.entity_id("云杉软件", "Company"), "两家")
        ledger.forget("乙")
        ledger.add(t.document)
    found = recover(tmp_path / "kg.db", tmp_path / "new.db", SCHEMA)
    assert (found.items, found.lost, found.problems) == (2, [], [])
    assert dumped(tmp_path / "new.db") == dumped(tmp_path / "kg.db")


def test_what_only_the_log_holds_is_saved_too(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        told = Told("甲")
        told.says(told.entity("蓝湖"), "partnersWith", told.entity("云杉"))
        ledger.add(told.document)
        assert recover(tmp_path / "kg.db", tmp_path / "new.db", SCHEMA).items == 1
    assert dumped(tmp_path / "new.db") == dumped(tmp_path / "kg.db")


def test_what_cannot_be_recovered(tmp_path: Path) -> None:
    words = tmp_path / "notes.txt"
    words.write_text("这是笔记。" * 100, encoding="utf-8")
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()
    for path, kind, word in (
        (words, LedgerError, "nothing can be read"),
        (other, LedgerError, "no ledger of kg"),
        (tmp_path / "none.db", UsageError, "there is no file"),
    ):
        with pytest.raises(kind, match=word):
            recover(path, tmp_path / "new.db", SCHEMA)
    with pytest.raises(UsageError, match="there already"):
        recover(other, words, SCHEMA)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.txt", "other.db"]


def test_the_command_says_what_it_left_out(run: Callable[..., Ran], here: Path, source: Path, kept: bytes) -> None:
    (here / "kg.db").write_bytes(kept)
    connection = sqlite3.connect(here / "kg.db")
    connection.execute("UPDATE passage SET sentence = '别的话。' WHERE key = (SELECT MIN(key) FROM passage)")
    connection.commit()
    connection.close()
    checked = run("check")
    assert checked.code == 1
    assert "has other rows than were written; forget it and load its source again" in checked.out
    assert "kg recover kg.db -o NEW" in checked.err
    ran = run("recover", "kg.db", "-o", "new.db")
    assert ran.code == 1
    assert ran.out.startswith("new.db: 59 items, ")
    assert "left out 1; load their sources: kg load SOURCE… --db new.db" in ran.out
    assert "通讯    讯" in ran.out
    assert run("check", "--db", "new.db").code == 0
    assert run("recover", "new.db", "-o", "newer.db", "--json").json["lost"] == []


def test_the_error_of_a_damaged_file_names_the_way_out(run: Callable[..., Ran], here: Path, kept: bytes) -> None:
    (here / "kg.db").write_bytes(kept[: len(kept) // 2])
    ran = run("status")
    assert ran.code == 1
    assert "kg.db is damaged" in ran.err
    assert "kg recover kg.db -o NEW" in ran.err
