"""A full disk, a limit on files, a file system that is read-only: said in words, and nothing is lost by it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA
from durability import Reader, dumped, news

from kg import pipeline
from kg.errors import GraphError, KgError, StorageError
from kg.export.rdf import export
from kg.graph.embedded import EmbeddedGraph
from kg.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Ran

HERE = Path(__file__).parent


def mount(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    return os.name == "posix" and os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    if not mount(folder, "size=1m"):
        pytest.skip("only root mounts a file system; the limit on files and on pages is tried instead")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    news(tmp_path, random.Random(1), 120)
    return tmp_path / "first.jsonl"


@pytest.fixture
def whole(tmp_path: Path, source: Path) -> str:
    """The dump of a ledger that had room."""
    with Ledger.open(tmp_path / "room.db", SCHEMA) as ledger:
        pipeline.load([str(source)], ledger, Reader())
        return dumped(ledger)


def test_a_full_disk_ends_a_load_and_room_lets_it_go_on(small: Path, source: Path, whole: str) -> None:
    told: list[int] = []
    with Ledger.open(small / "kg.db", SCHEMA) as ledger:
        with pytest.raises(StorageError, match=r"disk is full.* What was loaded before is kept; load the same again"):
            pipeline.load([str(source)], ledger, Reader(), progress=lambda place: told.append(place.done))
        assert len(told) > 10
        assert ledger.check() == []
        settled = len(list(ledger.items())) + len(list(ledger.rejections()))
        assert settled >= told[-1]
        assert not list(ledger.rejections(rule="ledger")), "the disk is no fault of an item"
    # A view needs no room, nor does the graph, which is then not kept.
    with Ledger.open(small / "kg.db", SCHEMA, read_only=True) as ledger:
        graph = EmbeddedGraph.open(small / "kg.kgl", ledger, SCHEMA)
        assert graph.shape[0] > 10
        with pytest.raises(GraphError, match="cannot be saved"):
            graph.save()
        for form in ("turtle", "csv"):
            with pytest.raises(KgError, match="cannot be written"):
                export(ledger, SCHEMA, form, small / f"out-{form}")
    assert {p.name for p in small.rglob("*") if p.is_file()} <= {"kg.db", "kg.db-wal", "kg.db-shm"}
    remount(small, "size=20m")
    with Ledger.open(small / "kg.db", SCHEMA) as ledger:
        report = pipeline.load([str(source)], ledger, Reader())
        assert report.balanced
        assert report.items.skipped > 10
        assert dumped(ledger) == whole


def test_no_room_for_a_new_ledger(small: Path, source: Path) -> None:
    (small / "other").write_bytes(bytes((1 << 20) - 8192))
    with (
        pytest.raises(StorageError, match=r"full"),
        Ledger.open(small / "kg.db", SCHEMA) as ledger,
    ):
        pipeline.load([str(source)], ledger, Reader())
    (small / "other").unlink()
    with Ledger.open(small / "kg.db", SCHEMA) as ledger:
        assert ledger.check() == []


def test_a_read_only_file_system(
    small: Path, source: Path, run: Callable[..., Ran], caplog: pytest.LogCaptureFixture
) -> None:
    remount(small, "size=20m")
    with Ledger.open(small / "kg.db", SCHEMA) as ledger:
        pipeline.load([str(source)], ledger, Reader())
        items = len(list(ledger.items()))
    remount(small, "ro")
    for db in (small / "kg.db", small / "new.db"):
        ran = run("load", source, "--db", db)
        assert ran.code == 1
        assert "read-only" in ran.err or "permissions" in ran.err
    ran = run("query", "MATCH (i:NewsItem) RETURN count(i) AS items", "--db", small / "kg.db")
    assert ran.rows == [{"items": items}]
    assert "kg.kgl: the graph cannot be saved" in caplog.text
    ran = run("export", "-o", small / "out.ttl", "--db", small / "kg.db")
    assert ran.code == 1
    assert "cannot be written (Read-only file system)" in ran.err
    assert run("check", "--db", small / "kg.db").code == 0


LIMITED = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from documents import SCHEMA
from durability import Reader
from kg import pipeline
from kg.errors import KgError
from kg.export.rdf import export
from kg.graph.embedded import EmbeddedGraph
from kg.ledger import Ledger

db, source, out, snapshot = map(Path, sys.argv[2:])

def tried(do):
    try:
        do()
    except KgError as error:
        print(f"{type(error).__name__}: {error}")
    else:
        print("done")

with Ledger.open(db, SCHEMA) as ledger:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    tried(lambda: pipeline.load([str(source)], ledger, Reader()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 2_000_000))
    tried(lambda: EmbeddedGraph.open(snapshot, ledger, SCHEMA).save())
    tried(lambda: export(ledger, SCHEMA, "turtle", out))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_limit_on_the_size_of_files(tmp_path: Path, source: Path, whole: str) -> None:
    paths = (tmp_path / "kg.db", source, tmp_path / "kg.ttl", tmp_path / "kg.kgl")
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(HERE), *map(str, paths)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    loaded, saved, exported = ran.stdout.splitlines()
    assert loaded.startswith("StorageError: ")
    assert "limit on the size of files" in loaded
    assert saved.startswith("GraphError: kg.kgl: the graph cannot be saved")
    assert "kg.ttl: cannot be written" in exported
    assert not paths[2].exists() and not paths[3].exists()
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        assert ledger.check() == []
        assert len(list(ledger.items())) > 10
        pipeline.load([str(source)], ledger, Reader())
        assert dumped(ledger) == whole
