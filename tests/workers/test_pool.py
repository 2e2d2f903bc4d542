"""Several processes extract as one does, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import teller
from teller import Broken, Teller, news, processes, rows

from kg import pipeline, workers
from kg.errors import OntologyError, UsageError, WorkerError
from kg.ledger import Ledger
from kg.loading import choose
from kg.reading import Filed, Reader
from kg.source import read_source
from kg.workers import pool
from kg.workers.pool import DEATHS, Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Ran

    from kg.model import NewsItem

METHODS = [
    pytest.param("fork", marks=pytest.mark.skipif(sys.platform != "linux", reason="fork is safe on Linux only")),
    "spawn",
]
ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "kg" / "sample" / "newsletter.txt"


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(pool, "start_method", lambda: request.param)
    return str(request.param)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes start in the way that is fastest here."""
    if sys.platform == "linux":
        monkeypatch.setattr(pool, "start_method", lambda: "fork")


def _load(paths: list[str], db: Path, extractor: Teller, **options: Any) -> pipeline.LoadReport:
    with Ledger.open(db, extractor.schema) as ledger:
        report = pipeline.load(paths, ledger, extractor, **options)
        assert report.balanced
        assert ledger.check() == []
    return replace(report, seconds=0.0)


def _items(path: str) -> list[NewsItem]:
    source = read_source(path)
    loader = choose(source)
    return [loader.item(source, record) for record in loader.records(source)]


# ---- the same result -------------------------------------------------------------------------------------------------


def test_the_ledger_is_the_same_row_for_row(method: str, tmp_path: Path) -> None:
    first = news(tmp_path / "a.jsonl", 90, n5=teller.FAIL, n41=teller.FAIL)
    other = Path(news(tmp_path / "b.jsonl", 40, n7="改写"))
    lines = other.read_text(encoding="utf-8").replace('"n-', '"m-').splitlines()
    lines[3], lines[9] = "{broken", lines[8]
    other.write_text("\n".join([*lines, '{"id": "n-2", "title": "另一条", "text": "同一编号。"}']), encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"%PDF-1.4\n\x00")
    paths = [first, str(tmp_path / "c.txt"), str(other)]
    told: dict[int, list[pipeline.Progress]] = {1: [], 3: []}
    reports = {}
    for count in (1, 3):
        db = tmp_path / f"{count}.db"
        options: dict[str, Any] = {"workers": count, "progress": told[count].append}
        reports[count] = [
            _load([first], db, Teller(tmp_path), **{**options, "min_confidence": 0.5}),
            _load(paths, db, Teller(tmp_path), **options),
            _load(paths, db, Teller(tmp_path), **options, again=True),
        ]
    assert rows(tmp_path / "1.db") == rows(tmp_path / "3.db")
    assert reports[1] == reports[3]
    assert told[1] == told[3]
    again = reports[3][2]
    assert (again.items.accepted, again.replaced, again.items.rejected) == (8, 8, 5)
    assert len(processes(tmp_path) - {os.getpid()}) > 1


def test_the_sample_gives_the_same_by_the_command_line(run: Callable[..., Ran], here: Path, loaded: Path) -> None:
    assert run("load", SAMPLE, "--workers", "2").code == 0
    assert rows(here / "kg.db") == rows(loaded)
    dumped = run("dump").out
    assert dumped == run("dump", "--db", loaded).out


def test_an_extractor_is_handed_on_by_its_recipe() -> None:
    import pickle

    from kg.extract.deferred import DeferredExtractor
    from kg.extract.extractor import Extractor

    names = ["小米"]
    extractor = Extractor.load(models=False, exclude=names)
    sent = pickle.dumps(extractor)
    assert len(sent) < 1000
    assert pickle.loads(sent)._read_from == (None, ("小米",), False)
    deferred = pickle.loads(pickle.dumps(DeferredExtractor(folder=ROOT / "ontology" / ".." / "ontology")))
    assert deferred.folder == ROOT / "ontology"
    assert "_extractor" not in deferred.__dict__


# ---- workers that die ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_an_item_that_kills_its_workers_is_refused_and_no_other(tmp_path: Path) -> None:
    path = news(tmp_path / "a.jsonl", 80, n1=teller.DIE, n33=teller.DIE, n80=teller.DIE)
    report = _load([path], tmp_path / "kg.db", Teller(tmp_path), workers=2)
    assert (report.items.accepted, report.items.rejected, report.rules["worker-died"]) == (77, 3, 3)
    with Ledger.open(tmp_path / "kg.db", teller.SCHEMA) as ledger:
        refused = [q.rejection for q in ledger.rejections()]
        assert [r.item for r in refused] == ["n-1", "n-33", "n-80"]
        assert all((r.stage, r.source, r.text) == ("extract", "a.jsonl", f"第{r.item[2:]}条身亡") for r in refused)
        assert f"{DEATHS} workers died at it, the last by SIGKILL" in refused[0].reason
        assert [item.id for item in ledger.items()] == [f"n-{n}" for n in range(1, 81) if n not in (1, 33, 80)]


def test_a_worker_that_dies_loses_nothing(method: str, tmp_path: Path) -> None:
    path = news(tmp_path / "a.jsonl", 60, n1=teller.DIE_ONCE, n20=teller.DIE_ONCE, n60=teller.DIE_ONCE)
    report = _load([path], tmp_path / "two.db", Teller(tmp_path), workers=2)
    assert (report.items.accepted, report.items.rejected) == (60, 0)
    assert len(list(tmp_path.glob("died-*"))) == 3
    _load([path], tmp_path / "one.db", Teller(tmp_path))
    assert rows(tmp_path / "one.db") == rows(tmp_path / "two.db")


@pytest.mark.usefixtures("quick")
def test_workers_that_are_killed_from_outside_lose_nothing(tmp_path: Path) -> None:
    path = news(tmp_path / "a.jsonl", 40, **{f"n{n}": teller.SLEEP for n in range(1, 20)})
    killed = []
    with Pool(Reader(Teller(tmp_path)), 2) as processes:
        found = []
        for number, filed in processes.read(enumerate(_items(path))):
            found.append((number, filed is not None and filed.rows is not None))
            if number in (0, 3, 30) and processes.processes:
                killed.append(processes.processes[0])
                os.kill(killed[-1], signal.SIGTERM)
    assert found == [(number, True) for number in range(40)]
    assert len(set(killed)) == 3


def test_what_cannot_be_made_ready_is_told_at_once(method: str, tmp_path: Path) -> None:
    path = news(tmp_path / "a.jsonl", 3)
    with pytest.raises(OntologyError, match=r"kg\.ttl: line 3"):
        _load([path], tmp_path / "kg.db", Broken(OntologyError("kg.ttl: line 3")), workers=2)


@pytest.mark.parametrize("workers", [1, 0])
def test_one_worker_tells_it_too(workers: int, tmp_path: Path) -> None:
    path = news(tmp_path / "a.jsonl", 3)
    with pytest.raises(OntologyError, match="line 3"):
        _load([path], tmp_path / "kg.db", Broken(OntologyError("line 3")), workers=workers)


def test_workers_that_end_as_they_start_end_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "start_method", lambda: "spawn")
    with pytest.raises(WorkerError, match=r"end before they are ready .*__main__.*or do with one worker"):
        _load([news(tmp_path / "a.jsonl", 3)], tmp_path / "kg.db", Broken(), workers=2)


def test_an_extractor_that_does_not_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "start_method", lambda: "spawn")
    extractor = Teller(tmp_path)
    extractor.lock = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(WorkerError, match="make it pickle, or use one worker"):
        _load([news(tmp_path / "a.jsonl", 3)], tmp_path / "kg.db", extractor, workers=2)


@pytest.mark.usefixtures("quick")
def test_an_answer_that_does_not_pickle_is_that_items_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Reader.read

    def unfit(self: Reader, item: NewsItem) -> Filed:
        filed = read(self, item)
        if item.id == "n-2" and filed.rows is not None:
            filed.rows.names.append((lambda: None,))
        return filed

    monkeypatch.setattr(Reader, "read", unfit)
    report = _load([news(tmp_path / "a.jsonl", 3)], tmp_path / "kg.db", Teller(tmp_path), workers=2)
    assert (report.items.accepted, dict(report.rules)) == (2, {"internal-error": 1})


# ---- processes come and go -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_no_more_is_read_ahead_than_the_window_holds(tmp_path: Path) -> None:
    items = _items(news(tmp_path / "a.jsonl", 30))
    asked = 0

    def stream() -> Iterator[tuple[int, NewsItem]]:
        nonlocal asked
        while True:
            asked += 1
            yield asked, replace(items[asked % 30], id=f"n-{asked}")

    limit = 2 * pool._AHEAD * pool.ITEMS
    with Pool(Reader(Teller(tmp_path)), 2) as processes, closing(processes.read(stream())) as found:
        for given, (number, filed) in enumerate(found, 1):
            assert number == given
            assert filed is not None
            assert asked <= given + limit
            if given == 1000:
                break
    assert processes.processes == ()


@pytest.mark.usefixtures("quick")
def test_no_more_processes_are_started_than_have_work(tmp_path: Path) -> None:
    with Pool(Reader(Teller(tmp_path)), 8) as processes:
        assert len(list(processes.read((i, i) for i in _items(news(tmp_path / "a.jsonl", 3))))) == 3
        assert len(processes.processes) == 1
        assert list(processes.read([(1, None), (2, None)])) == [(1, None), (2, None)]


@pytest.mark.usefixtures("quick")
def test_auto_takes_processes_for_much_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "cores", lambda: 2)
    little = news(tmp_path / "a.jsonl", 20)
    _load([little], tmp_path / "a.db", Teller(tmp_path), workers=0)
    assert processes(tmp_path) == {os.getpid()}
    monkeypatch.setattr(workers, "FEW", 100)
    (tmp_path / f"pid-{os.getpid()}").unlink()
    for ledger, count in (("b.db", 0), ("c.db", 1)):
        _load([little, little, news(tmp_path / "b.jsonl", 60)], tmp_path / ledger, Teller(tmp_path), workers=count)
        assert (os.getpid() in processes(tmp_path)) == (count == 1)
    assert rows(tmp_path / "b.db") == rows(tmp_path / "c.db")


def test_workers_share_memory_where_no_thread_forbids_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert pool.start_method() == "fork"
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert pool.start_method() == "spawn"
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert pool.start_method() == "spawn"


_SCRIPT = f"""
import sys
sys.path[:0] = {[str(ROOT / "tests"), str(ROOT / "tests" / "workers")]!r}
from kg.extract.extractor import Extractor
from kg.workers import pool
from teller import Teller

if __name__ == "__main__":
    Extractor.load = lambda schema=None, *, folder=None: Teller({{marks!r}})
    from kg.cli import main
    main(["load", {{path!r}}, "--workers", "2"])
"""


@pytest.fixture
def loading(tmp_path: Path, here: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that loads slow news in two processes, in a process group of its own."""
    path = news(tmp_path / "a.jsonl", 400, **{f"n{n}": teller.SLEEP for n in range(1, 401)})
    script = tmp_path / "load.py"
    script.write_text(_SCRIPT.format(marks=str(tmp_path), path=path), encoding="utf-8")
    with subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, start_new_session=True) as process:
        until = time.monotonic() + 60
        while len(processes(tmp_path)) < 2:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process
        if process.poll() is None:
            process.kill()


def _end(pids: set[int]) -> bool:
    """Whether processes end within some seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not any(_lives(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@linux
def test_a_parent_that_is_killed_leaves_no_worker_behind(loading: subprocess.Popen[bytes], tmp_path: Path) -> None:
    loading.kill()
    assert _end(processes(tmp_path))


@linux
def test_an_interruption_ends_all_and_keeps_what_was_done(loading: subprocess.Popen[bytes], tmp_path: Path) -> None:
    time.sleep(0.3)
    os.killpg(loading.pid, signal.SIGINT)  # as a terminal does
    assert loading.stderr is not None
    assert loading.stderr.read().decode().strip() == "kg: interrupted; what was done before is kept"
    assert loading.wait() == 130
    assert _end(processes(tmp_path))
    with Ledger.open(tmp_path / "kg.db", teller.SCHEMA) as ledger:
        assert ledger.check() == []


# ---- what cannot be --------------------------------------------------------------------------------------------------


def test_settings_and_options(run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = news(tmp_path / "a.jsonl", 2)
    for options in (["--workers", "viele"], ["--workers", "-1"], ["--workers", "2", "--cluster", "dask://h:1"]):
        ran = run("load", path, *options)
        assert (ran.code, ran.err.count("\n")) == (2, 1), ran
    monkeypatch.setenv("KG_WORKERS", "zwei")
    assert "'zwei' workers are none; give a number from 1, or auto" in run("load", path).err
    assert run("load", path, "--workers", "1").code == 0
    monkeypatch.delenv("KG_WORKERS")
    (tmp_path / "kg.toml").write_text('workers = 4\ncluster = "nowhere"\n', encoding="utf-8")
    assert "'nowhere' is no cluster's address; write dask://host:8786" in run("load", path).err
    assert run("load", path, "--workers", "1").code == 0
    with pytest.raises(UsageError, match="-1 workers are none"):
        _load([path], tmp_path / "kg.db", Teller(tmp_path), workers=-1)


def test_an_extractor_of_another_ontology_is_refused(tmp_path: Path) -> None:
    class Other(Teller):
        schema = replace(teller.SCHEMA, fingerprint="another")

    with (
        Ledger.open(":memory:", teller.SCHEMA) as ledger,
        pytest.raises(UsageError, match="another ontology than the extractor's"),
    ):
        pipeline.load([news(tmp_path / "a.jsonl", 2)], ledger, Other(tmp_path))
