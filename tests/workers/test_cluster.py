"""A dask cluster extracts as this process does: a real scheduler and two workers on the loopback interface."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import teller
from teller import Teller, news, processes, rows

from kg import pipeline
from kg.errors import UsageError, WorkerError
from kg.ledger import Ledger
from kg.reading import Reader
from kg.workers import cluster
from kg.workers.cluster import Cluster, address
from kg.workers.edition import differences, edition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import click
    from conftest import Ran

try:
    import distributed
except ImportError:
    if os.environ.get("CI") == "true":
        raise
    pytest.skip("dask.distributed is not installed (the extra 'cluster')", allow_module_level=True)

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "kg" / "sample" / "newsletter.txt"
_PATH = os.pathsep.join(
    filter(None, (str(ROOT / "tests"), str(ROOT / "tests" / "workers"), os.environ.get("PYTHONPATH")))
)
_ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": _PATH,
    # Two deaths are blame enough here; in the field it is three.
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "0",
}


class Machines:
    """A scheduler and its workers, as a person starts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"dask://127.0.0.1:{free.getsockname()[1]}"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, what: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{what}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**_ENVIRONMENT, **environment},
                cwd=self.folder,
            )
        self.processes.append(process)
        return process

    def scheduler(self) -> subprocess.Popen[bytes]:
        host, _, port = self.address.removeprefix("dask://").partition(":")
        process = self.start("scheduler", "--host", host, "--port", port)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert process.poll() is None, [p.read_text() for p in self.folder.glob("*.log")]
            with socket.socket() as there:
                if there.connect_ex((host, int(port))) == 0:
                    return process
            time.sleep(0.1)
        raise AssertionError("the scheduler does not answer")

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        there = self.address.replace("dask", "tcp")
        return self.start("worker", there, "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard", **environment)

    def wait(self, workers: int) -> None:
        """Until so many workers are there; a busy machine takes its time."""
        there = self.address.replace("dask", "tcp")
        with distributed.Client(there, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and two workers."""
    started = Machines(tmp_path_factory.mktemp("cluster"))
    try:
        started.scheduler()
        started.worker()
        started.worker()
        started.wait(2)
        yield started
    finally:
        started.stop()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Machines]:
    """Machines of one test, none started yet."""
    folder = tmp_path / "machines"
    folder.mkdir()
    started = Machines(folder)
    yield started
    started.stop()


def _load(path: str, db: Path, folder: Path, **options: Any) -> pipeline.LoadReport:
    with Ledger.open(db, teller.SCHEMA) as ledger:
        report = pipeline.load([path], ledger, Teller(folder), **options)
        assert report.balanced
        assert ledger.check() == []
    return report


def test_the_ledger_is_the_same_row_for_row(machines: Machines, tmp_path: Path) -> None:
    path = news(tmp_path / "a.jsonl", 150, n5=teller.FAIL, n77=teller.FAIL)
    one, many = ("one.db", {}), ("many.db", {"cluster": machines.address})
    reports = []
    for name, options in (one, many):
        _load(path, tmp_path / name, tmp_path, min_confidence=0.5, **options)
        reports.append(_load(path, tmp_path / name, tmp_path, again=True, **options))
    assert rows(tmp_path / "one.db") == rows(tmp_path / "many.db")
    reports[0].seconds = reports[1].seconds
    assert reports[0] == reports[1]
    assert len(processes(tmp_path) - {os.getpid()}) == 2


def test_the_sample_gives_the_same_by_the_command_line(
    machines: Machines, run: Callable[..., Ran], here: Path, loaded: Path
) -> None:
    ran = run("load", SAMPLE, "--cluster", machines.address.replace("dask", "tcp"))
    assert (ran.code, ran.err) == (0, "")
    assert rows(here / "kg.db") == rows(loaded)


def test_a_worker_that_dies_loses_nothing(machines: Machines, tmp_path: Path) -> None:
    titles = {f"n{n}": teller.DIE_ONCE for n in (1, 60)}
    path = news(tmp_path / "a.jsonl", 80, **titles)
    report = _load(path, tmp_path / "many.db", tmp_path, cluster=machines.address)
    assert (report.items.accepted, report.items.rejected) == (80, 0)
    assert len(list(tmp_path.glob("died-*"))) == 2
    _load(path, tmp_path / "one.db", tmp_path)
    assert rows(tmp_path / "one.db") == rows(tmp_path / "many.db")


def test_an_item_that_kills_its_workers_is_refused_and_no_other(machines: Machines, tmp_path: Path) -> None:
    path = news(tmp_path / "a.jsonl", 50, n20=teller.DIE)
    report = _load(path, tmp_path / "kg.db", tmp_path, cluster=machines.address)
    assert (report.items.accepted, report.items.rejected, dict(report.rules)) == (49, 1, {"worker-died": 1})
    with Ledger.open(tmp_path / "kg.db", teller.SCHEMA) as ledger:
        (refused,) = ledger.rejections()
        assert (refused.rejection.stage, refused.rejection.item) == ("extract", "n-20")
        assert "2 workers died at it; the others go on" in refused.rejection.reason


def test_only_a_bounded_number_of_items_is_on_its_way(machines: Machines, tmp_path: Path) -> None:
    from kg.loading import choose
    from kg.source import read_source

    source = read_source(news(tmp_path / "a.jsonl", 700))
    loader = choose(source)
    items = [loader.item(source, record) for record in loader.records(source)]
    asked = 0

    def stream() -> Iterator[tuple[int, Any]]:
        nonlocal asked
        for item in items:
            asked += 1
            yield asked, item

    most = (2 + cluster._AHEAD * 2) * cluster.ITEMS
    with Cluster(Reader(Teller(tmp_path)), machines.address) as there:
        for given, (number, filed) in enumerate(there.read(stream()), 1):
            assert number == given
            assert filed is not None
            assert filed.rows is not None
            assert asked - given <= most
        assert given == len(items)
        assert not there._flight


# ---- what goes wrong -------------------------------------------------------------------------------------------------


def test_workers_that_differ_are_refused(machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = news(tmp_path / "a.jsonl", 3)
    ours = {**edition(), "kg": "0.9.0, code 1", "jieba": "0.1"}
    monkeypatch.setattr(cluster, "edition", lambda folder=None: ours)
    with pytest.raises(
        WorkerError, match=r"tcp://.*: kg: 0\.\d.* there, 0\.9\.0, code 1 here; jieba: .* there, 0\.1 here"
    ):
        _load(path, tmp_path / "kg.db", tmp_path, cluster=machines.address)


def test_a_worker_without_kg_is_refused(own: Machines, tmp_path: Path) -> None:
    (own.folder / "sitecustomize.py").write_text("import sys; sys.modules['kg.workers'] = None", encoding="utf-8")
    own.scheduler()
    own.worker(PYTHONPATH=str(own.folder))
    own.wait(1)
    with pytest.raises(WorkerError, match=r"tcp://.*: .*ModuleNotFoundError.*kg\.workers.*Install the same"):
        _load(news(tmp_path / "a.jsonl", 3), tmp_path / "kg.db", tmp_path, cluster=own.address)


def test_a_worker_that_comes_late_is_looked_at_too(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = {**edition(), "the models": "others"}
    monkeypatch.setattr(cluster, "edition", lambda folder=None: ours)
    monkeypatch.setattr(Cluster, "_meet", lambda self: None)
    with pytest.raises(WorkerError, match=r"a worker: the models: .* there, others here.*start them anew"):
        _load(news(tmp_path / "a.jsonl", 3), tmp_path / "kg.db", tmp_path, cluster=machines.address)


def test_where_nobody_answers(tmp_path: Path, own: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 1.0)
    path = news(tmp_path / "a.jsonl", 3)
    with pytest.raises(WorkerError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1.*`dask scheduler`"):
        _load(path, tmp_path / "kg.db", tmp_path, cluster=own.address)
    own.scheduler()
    monkeypatch.setattr(cluster, "CONNECT", 4.0)
    with pytest.raises(WorkerError, match=r"has no workers; start some with `dask worker tcp://127"):
        _load(path, tmp_path / "kg.db", tmp_path, cluster=own.address)


@pytest.mark.parametrize("gone", ["workers", "scheduler"])
def test_a_cluster_that_goes_ends_the_load(
    gone: str, tmp_path: Path, own: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2.0)
    scheduler, worker = own.scheduler(), own.worker()
    own.wait(1)
    path = news(tmp_path / "a.jsonl", 600, **{f"n{n}": teller.SLEEP for n in range(20, 601)})

    def stop(place: pipeline.Progress) -> None:
        if place.done == 25:
            for process in (worker, scheduler)[: 1 if gone == "workers" else 2]:
                process.terminate()

    with pytest.raises(WorkerError, match="what was loaded before is kept"):
        _load(path, tmp_path / "kg.db", tmp_path, cluster=own.address, progress=stop)
    with Ledger.open(tmp_path / "kg.db", teller.SCHEMA) as ledger:
        assert ledger.status().items >= 25
        assert ledger.check() == []


def test_an_extractor_that_the_workers_cannot_have(machines: Machines, tmp_path: Path) -> None:
    class Local(Teller):
        pass

    with (
        Ledger.open(":memory:", teller.SCHEMA) as ledger,
        pytest.raises(WorkerError, match="cannot be handed to other machines"),
    ):
        pipeline.load([news(tmp_path / "a.jsonl", 2)], ledger, Local(tmp_path), cluster=machines.address)


# ---- addresses, editions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("dask://head:8786", "tcp://head:8786"),
        ("dask://head", "tcp://head:8786"),
        ("tcp://10.0.0.1:9000", "tcp://10.0.0.1:9000"),
        ("tls://head:1", "tls://head:1"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
        ("tcp://[::1]", "tcp://[::1]:8786"),
    ],
)
def test_addresses(given: str, meant: str) -> None:
    assert address(given) == meant


@pytest.mark.parametrize("given", ["", "head", "head:8786", "http://head:8786", "dask://", "dask://:1", "dask://h:x"])
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(UsageError, match="is no cluster's address; write dask://host:8786"):
        address(given)


def test_the_commands_of_the_documents_are_dasks() -> None:
    from distributed.cli import dask_scheduler, dask_worker

    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    commands = [line.split()[1:] for line in page.splitlines() if line.startswith("dask ")]
    known: dict[str, click.Command] = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}
    assert {name for name, *_ in commands} == set(known)
    for name, *arguments in commands:
        assert known[name].make_context(name, arguments)


def test_an_edition_tells_what_an_extraction_depends_on(tmp_path: Path) -> None:
    from kg import vocabulary

    packaged, mine = edition(), tmp_path / "mine"
    assert packaged == edition()
    vocabulary.copy(mine)
    (mine / "patterns" / "notes.md").write_text("unread", encoding="utf-8")
    copied = edition(mine)
    assert [line.partition(": ")[0] for line in differences(packaged, copied)] == ["the ontology"]
    assert copied["the ontology"].rpartition(" ")[2] == packaged["the ontology"].rpartition(" ")[2]
    file = mine / "lexicon" / "companies.txt"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert edition(mine) == copied
    file.write_bytes(file.read_bytes() + "蓝湖科技\n".encode())
    assert edition(mine)["the ontology"] != copied["the ontology"]
    with pytest.raises(FileNotFoundError, match="no folder"):
        edition(tmp_path / "gone")
