"""The ledger's file: what is refused, who waits for whom, and that nothing is half there."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA, Told

from kg.errors import LedgerError
from kg.ledger import Ledger
from kg.tables import APPLICATION_ID, FORMAT, id_of, is_minted, key_of

if TYPE_CHECKING:
    from kg.model import Document

OPEN_FILES = Path("/proc/self/fd")


def document(item: str = "甲") -> Document:
    t = Told(item, "2021-11-03")
    t.says(t.entity("蓝湖"), "raisedFrom", t.entity(f"投资机构{item}", "InvestmentFirm"), round="A")
    return t.document


def rich() -> Document:
    """An item with something in every table that items fill."""
    t = Told("富", "2021-11-03")
    company = t.entity("蓝湖", "Company", "蓝湖科技")
    t.says(company, "raisedFrom", t.entity("云杉资本", "InvestmentFirm"), round="A")
    t.says(t.entity("张伟", "Person"), "worksFor", company, title="总裁")
    t.happens("FundingRound", {"company": [company]}, round="A")
    t.observes("营收", 12.5, company)
    t.refuses(t.says(t.entity("云杉资本", "InvestmentFirm"), "acquired", company))
    return t.document


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        ledger.add(document())
    return tmp_path / "kg.db"


# ---- opening --------------------------------------------------------------------------------------------------------


def test_a_ledger_lasts(file: Path) -> None:
    with Ledger.open(file, SCHEMA) as ledger:
        identity = ledger.id
        assert (ledger.sequence, ledger.path) == (1, file)
        assert [f.predicate for f in ledger.facts()] == ["raisedFrom"]
        assert ledger.status().size > 10_000
    with Ledger.open(file, SCHEMA, read_only=True) as ledger:
        assert ledger.id == identity
        assert [f.predicate for f in ledger.facts()] == ["raisedFrom"]


def test_its_header_says_what_it_is(file: Path) -> None:
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    file = tmp_path / "kg.db"
    file.touch()
    with Ledger.open(file, SCHEMA) as ledger:
        ledger.add(document())
        assert ledger.check() == []


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    words = tmp_path / "notes.txt"
    words.write_text("这是笔记，不是账本。" * 10, encoding="utf-8")
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = words.read_bytes(), other.read_bytes()
    for path, word in ((words, "not a SQLite file"), (other, "no ledger of kg"), (tmp_path, "folder")):
        for read_only in (False, True):
            with pytest.raises(LedgerError, match=word):
                Ledger.open(path, SCHEMA, read_only=read_only)
    assert (words.read_bytes(), other.read_bytes()) == before


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="Load something first"):
        Ledger.open(tmp_path / "kg.db", SCHEMA, read_only=True)
    with pytest.raises(LedgerError, match="does not exist"):
        Ledger.open(tmp_path / "none" / "kg.db", SCHEMA)
    assert list(tmp_path.iterdir()) == []


def test_another_format_is_refused(file: Path) -> None:
    for version, word in ((FORMAT + 1, "newer"), (FORMAT - 1, "no longer reads")):
        connection = sqlite3.connect(file)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        with pytest.raises(LedgerError, match=word):
            Ledger.open(file, SCHEMA)


def test_a_file_that_was_emptied_is_no_new_one(file: Path) -> None:
    with Ledger.open(file, SCHEMA) as ledger:
        ledger.add(document("乙"))
        log = file.with_name("kg.db-wal").read_bytes()
    file.write_bytes(b"")
    file.with_name("kg.db-wal").write_bytes(log)
    for read_only in (False, True):
        with pytest.raises(LedgerError, match=r"kg\.db-wal is not"):
            Ledger.open(file, SCHEMA, read_only=read_only)
    file.with_name("kg.db-wal").unlink()
    with Ledger.open(file, SCHEMA) as ledger:
        assert ledger.sequence == 0


def test_an_index_that_lacks_an_entry_is_found(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA writable_schema = ON")
    ((sql,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'name_folded'").fetchall()
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'name_folded'", (f"{sql} WHERE preferred",))
    connection.execute("PRAGMA writable_schema = RESET")
    connection.execute("UPDATE name SET preferred = 0")
    connection.execute("REINDEX name_folded")
    connection.execute("UPDATE name SET preferred = 1 WHERE preferred = 9")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'name_folded'", (sql,))
    connection.commit()
    connection.close()
    with Ledger.open(file, SCHEMA) as ledger:
        assert any("name_folded" in problem for problem in ledger.check())


def test_damage_is_recognised(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096 * 2 :] = b"\xff" * (len(data) - 4096 * 2)
    file.write_bytes(data)
    with pytest.raises(LedgerError, match="damaged"), Ledger.open(file, SCHEMA) as ledger:
        list(ledger.facts())
    file.write_bytes(data[:5000])
    with pytest.raises(LedgerError, match="damaged"), Ledger.open(file, SCHEMA) as ledger:
        list(ledger.facts())


def test_what_the_tables_say_otherwise_is_found(file: Path) -> None:
    with Ledger.open(file, SCHEMA) as ledger:
        ledger.add(rich())
    for damage, word in (
        ("DELETE FROM evidence", "no evidence"),
        ("UPDATE name SET alias = 1", "use otherwise"),
        ("UPDATE evidence SET passage = 7", "passage"),
        ("INSERT INTO canonical SELECT MAX(key), MIN(key) FROM entity", "linked"),
        ("INSERT INTO entity VALUES (1, 'person')", "mentioned by no item"),
        ("UPDATE statement SET predicate = 'partnersWith'", "present ontology"),
        ("UPDATE statement SET object = subject", "is not what was written"),
        ("DELETE FROM item", "not there"),
        ("DELETE FROM state", "state is gone"),
        ("UPDATE passage SET sentence = replace(sentence, '蓝', '兰')", "other rows than were written"),
        ("UPDATE evidence SET confidence = confidence - 0.01", "other rows than were written"),
        ("UPDATE item SET title = '另一个标题'", "other rows than were written"),
        ("UPDATE mention SET origin = origin + 1", "other rows than were written"),
        ("DELETE FROM mention WHERE type = ''", "other rows than were written"),
        ("DELETE FROM statement", "not there"),
        ("DELETE FROM entity WHERE kind = 'person'", "not there"),
        ("UPDATE entity SET kind = 'place'", "kept as place"),
        ("UPDATE name SET folded = name || '。'", "is folded as"),
        ("UPDATE observation SET value = 8", "other rows than were written"),
        ("DELETE FROM event_role", "other rows than were written"),
        ("UPDATE event SET status = 'planned'", "other rows than were written"),
        ("UPDATE quarantine SET reason = '无'", "rejection q"),
        ("DELETE FROM witness", "witnesses of person"),
        ("UPDATE evidence SET qualifiers = '{\"round'", "holds what was never written"),
        ("UPDATE evidence SET qualifiers = 7", "holds what was never written"),
        ("UPDATE passage SET sentence = CAST(X'E8' AS TEXT)", "is damaged"),
        ("UPDATE name SET folded = X'E8'", "is folded as"),
    ):
        with Ledger.open(file, SCHEMA) as ledger:
            ledger._store.connection.execute("PRAGMA foreign_keys = OFF")
            ledger._store.connection.execute("BEGIN")
            ledger._store.connection.execute(damage)
            assert any(word in problem for problem in ledger.check()), damage
            ledger._store.connection.execute("ROLLBACK")
            assert ledger.check() == []


# ---- writing --------------------------------------------------------------------------------------------------------


def test_a_reader_writes_nothing(file: Path) -> None:
    with Ledger.open(file, SCHEMA, read_only=True) as ledger:
        with pytest.raises(LedgerError, match="for reading only"):
            ledger.add(document("乙"))
        with pytest.raises(LedgerError, match="for reading only"):
            ledger.forget("甲")


def test_a_full_disk_is_said_and_leaves_no_half(file: Path) -> None:
    with Ledger.open(file, SCHEMA) as ledger:
        (pages,) = ledger._store.connection.execute("PRAGMA page_count").fetchone()
        ledger._store.connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(LedgerError, match="disk is full"):
            for i in range(1000):
                ledger.add(document(f"又{i}"))
        with pytest.raises(LedgerError, match="disk is full"), ledger.bulk():
            for i in range(1000):
                ledger.add(document(f"再{i}"))
        assert ledger.check() == []
        ledger._store.connection.execute("PRAGMA max_page_count = 1000000")
        ledger.add(document("乙"))
        assert ledger.item("乙") is not None


def test_a_second_writer_waits_or_is_told_who_writes(file: Path) -> None:
    with Ledger.open(file, SCHEMA) as first, Ledger.open(file, SCHEMA, timeout=0.05) as second:
        with first.bulk():
            first.add(document("乙"))
            with pytest.raises(LedgerError, match=rf"locked: process {os.getpid()} on .* since 20") as caught:
                second.add(document("丙"))
            assert "Wait" in str(caught.value)
            assert [i.id for i in second.items()] == ["甲"], "readers go on"
        second.add(document("丙"))
        assert [i.id for i in first.items()] == ["甲", "乙", "丙"]
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another process is writing"):
            second.add(document("丁"))
        connection.close()


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="which file it is cannot be told")
def test_a_write_that_ended_is_on_the_disk(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else has the file open, so that nothing is merged when this one closes it."""
    flushed: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda number: flushed.append(str((OPEN_FILES / str(number)).readlink())))
    with Ledger.open(file, SCHEMA, read_only=True), Ledger.open(file, SCHEMA) as ledger:
        with ledger.announced():
            ledger.add(document("乙"))
            assert flushed == []
        assert flushed == [f"{file}-wal"]
        ledger.add(document("丙"))
        ledger.close()
        assert flushed == [f"{file}-wal"] * 2


def test_views_of_one_moment(file: Path) -> None:
    with Ledger.open(file, SCHEMA) as one, Ledger.open(file, SCHEMA) as other:
        with one.reading():
            assert one.sequence == 1
            other.add(document("乙"))
            assert (one.sequence, len(list(one.items())), len(list(one.facts()))) == (1, 1, 1)
            with pytest.raises(LedgerError, match="finish reading"):
                one.add(document("丙"))
        assert (one.sequence, len(list(one.items()))) == (2, 2)
        names = {e.name for e in one.entities()}
        assert "投资机构乙" in names


def test_what_another_process_changed_is_seen(file: Path) -> None:
    with Ledger.open(file, SCHEMA) as one, Ledger.open(file, SCHEMA) as other:
        before = next(one.facts()).subject.name
        t = Told("乙")
        t.entity("蓝湖", "Company", "蓝湖科技有限公司")
        other.add(t.document)
        for item in ("丙", "丁"):
            u = Told(item)
            u.entity("蓝湖科技有限公司")
            other.add(u.document)
        assert before == "蓝湖"
        assert next(one.facts()).subject.name == "蓝湖科技有限公司"


# ---- ids ------------------------------------------------------------------------------------------------------------


def test_ids_and_keys() -> None:
    identifier = SCHEMA.entity_id("蓝湖", "Company")
    assert id_of("e", key_of(identifier)) == identifier
    assert is_minted(identifier, "e")
    for other in ("e1", identifier.upper(), identifier + "0", "ef" + identifier[2:], "s" + identifier[1:], ""):
        assert not is_minted(other, "e")
