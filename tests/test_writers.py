"""Several processes write to one ledger: they take turns, or say for whom they wait."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from documents import SCHEMA, Told
from durability import Reader, dumped, news

from kg import pipeline
from kg.errors import StorageError
from kg.ledger import Ledger

if sys.platform == "win32":
    pytest.skip("processes are started and told apart as on Unix", allow_module_level=True)

HERE = Path(__file__).parent


def process(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """A process that has the ledger of its first argument open."""
    head = (
        f"import sys, time; sys.path.insert(0, {str(HERE)!r})\n"
        "from documents import SCHEMA\n"
        "from durability import Reader\n"
        "from kg import pipeline\n"
        "from kg.ledger import Ledger\n"
        "ledger = Ledger.open(sys.argv[1], SCHEMA)\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def begin(*processes: subprocess.Popen[str]) -> None:
    """Let them go on together."""
    for each in processes:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in processes:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()


LOAD = """
report = pipeline.load(sys.argv[2:], ledger, Reader())
assert report.balanced and report.ok, report
print(report.items.accepted, report.items.skipped)
"""


def test_loads_at_once_come_to_what_they_come_to_one_after_the_other(tmp_path: Path) -> None:
    """Two read the same news, a third other news that speaks of the same companies."""
    for name, seed in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        news(tmp_path / name, random.Random(seed), 60)
    # Both files say 讯N: ids of the second are made its own.
    other = tmp_path / "two" / "first.jsonl"
    other.write_text(other.read_text(encoding="utf-8").replace('"讯', '"电'), encoding="utf-8")
    files = (tmp_path / "one" / "first.jsonl", tmp_path / "one" / "first.jsonl", other)
    loads = [process(LOAD, tmp_path / "kg.db", file) for file in files]
    begin(*loads)
    told = [each.communicate(timeout=120)[0] for each in loads]
    assert [each.returncode for each in loads] == [0, 0, 0]
    (one, again), (two, once_more), (others, _) = ([int(n) for n in line.split()] for line in told)
    assert (one + two, others) == (60, 60), "each item is accepted by one of them"
    assert (again, once_more) == (60 - one, 60 - two)
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger, Ledger.open(tmp_path / "alone.db", SCHEMA) as alone:
        for file in files:
            pipeline.load([str(file)], alone, Reader())
        assert dumped(ledger) == dumped(alone)
        assert ledger.check() == []


HOLD = """
with ledger.announced(), ledger.bulk():
    ledger._store.write(lambda: ledger._store.execute("UPDATE state SET changed = changed"))
    print("writing", flush=True); sys.stdin.readline()
"""


def test_who_waits_in_vain_is_told_for_whom(tmp_path: Path) -> None:
    news_file = tmp_path / "news.jsonl"
    news_file.write_text('{"id": "甲", "text": "云杉资本投资蓝湖科技。"}\n', encoding="utf-8")
    holder = process(HOLD, tmp_path / "kg.db")
    begin(holder)
    assert holder.stdin is not None and holder.stdout is not None
    assert holder.stdout.readline() == "writing\n"
    with Ledger.open(tmp_path / "kg.db", SCHEMA, timeout=0.2) as ledger:
        who = rf"locked: process {holder.pid} on {socket.gethostname()} has been writing to it since 20\d\d-"
        with pytest.raises(StorageError, match=who):
            pipeline.load([str(news_file)], ledger, Reader())
        assert list(ledger.items()) == [], "reading goes on meanwhile"
    holder.stdin.write("\n")
    holder.communicate(timeout=60)
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        assert pipeline.load([str(news_file)], ledger, Reader()).items.accepted == 1


BUSY = """
import documents
with ledger.bulk():
    end = time.monotonic() + 4.5
    n = 0
    while time.monotonic() < end:
        n += 1
        told = documents.Told(f"忙{n}")
        told.entity("蓝湖科技")
        ledger.add(told.document)
"""


def test_a_long_write_lets_others_in_between(tmp_path: Path) -> None:
    """Its transactions follow each other without a pause to speak of."""
    holder = process(BUSY, tmp_path / "kg.db")
    begin(holder)
    told = Told("闲")
    told.entity("蓝湖科技")
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        while not any(True for _ in ledger.items()):
            assert holder.poll() is None
        ledger.add(told.document)
        holder.communicate(timeout=60)
        items = [item.id for item in ledger.items()]
        assert items.index("闲") < len(items) - 1, "the other went on writing after it"


def test_the_dead_are_not_blamed(tmp_path: Path) -> None:
    gone = process("with ledger.announced(): import os; os.kill(os.getpid(), 9)", tmp_path / "kg.db")
    begin(gone)
    gone.communicate(timeout=60)
    with Ledger.open(tmp_path / "kg.db", SCHEMA, timeout=0.05) as ledger:
        assert ledger._store.all("SELECT pid FROM writer") == [(gone.pid,)]
        with Ledger.open(tmp_path / "kg.db", SCHEMA) as other, other.reading():
            pass
        other = Ledger.open(tmp_path / "kg.db", SCHEMA)
        other._store.connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked: another process is writing to it"):
            ledger.forget("甲")
        other.close()
        with ledger.announced():
            assert ledger._store.all("SELECT pid FROM writer") == [(os.getpid(),)]
        assert ledger._store.all("SELECT pid FROM writer") == []
