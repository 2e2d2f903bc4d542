"""What the benchmarks share: a figure with its peer, work in a process of its own, ledgers kept between runs.

Times are the clock's. On a machine that is busy otherwise, BENCH_CLOCK=cpu counts the processor's time instead, which
leaves out waiting for disk and network.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import resource
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import World, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["LOADED", "Measure", "alone", "best", "ledger_of", "median", "now", "options", "peak_of", "report"]

KEPT = Path(__file__).parents[2] / ".bench"
"""Generated ledgers; ignored by git, removed by `make clean`."""

LOADED = 1_000_000
"""Statements of the largest ledger whose making is measured: it is made as anybody would make it."""


def now() -> float:
    """Seconds since some moment."""
    return time.process_time() if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter()


@dataclass(frozen=True)
class Measure:
    """One figure. Times are in seconds, memory in MB; a ratio is ours to the peer's, a limit is absolute."""

    work: str
    against: str
    ours: float
    peer: float | None = None
    target: str = ""
    memory: float | None = None
    """The peak of the process that did our part."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.peer if self.peer else None


def options(description: str | None) -> argparse.Namespace:
    """The command line of a benchmark: how many statements, and whether to print JSON."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="10k", type=number, help="statements, such as 340k or 1m (default: 10k)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args()


def report(measures: Iterable[Measure], *, as_json: bool) -> None:
    """Print figures."""
    if as_json:
        json.dump([asdict(m) for m in measures], sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    for m in measures:
        ratio = "" if m.ratio is None else f"  {m.ratio:6.2f} ×"
        peer = "" if m.peer is None else f"  {spoken(m.peer):>10}"
        memory = "" if m.memory is None else f"  {m.memory:,.0f} MB"
        target = f"  (target {m.target})" if m.target else ""
        print(f"{m.work}: {spoken(m.ours):>10} against {m.against}{peer}{ratio}{memory}{target}")
        if m.note:
            print(f"    {m.note}")


def spoken(seconds: float) -> str:
    """Seconds as a person reads them."""
    if seconds >= 1:
        return f"{seconds:,.1f} s"
    return f"{seconds * 1000:,.1f} ms" if seconds >= 0.001 else f"{seconds * 1e6:,.0f} µs"


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of the fastest round."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = now()
        work()
        times.append(now() - start)
    return min(times)


def median(work: Callable[[Any], object], on: Sequence[Any]) -> float:
    """The median of the seconds that each of the things takes."""
    times = []
    for one in on:
        start = now()
        work(one)
        times.append(now() - start)
    return statistics.median(times)


def alone(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """What a module's function returns in a fresh process, and that process's peak memory in MB."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    try:
        answer: tuple[Any, float] = ours.recv()
    except EOFError:
        raise RuntimeError(f"{work.__name__} died") from None
    finally:
        process.join()
    return answer


def _answer(out: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    result = work(*arguments)
    out.send((result, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def ledger_of(size: int) -> Path:
    """A ledger of so many generated statements, made when it is first asked for."""
    from kg.tables import FORMAT

    path = KEPT / f"{size}-{FORMAT}.db"
    if not path.exists():
        KEPT.mkdir(exist_ok=True)
        print(f"making a ledger of {size:,} statements …", file=sys.stderr)
        _, peak = alone(_make, path, size)
        if size <= LOADED:
            _peak(path).write_text(f"{peak:.0f}\n", encoding="utf-8")
    return path


def peak_of(path: Path) -> float | None:
    """The peak memory in MB of the process that made such a ledger; None where that is not known."""
    return float(_peak(path).read_text(encoding="utf-8")) if _peak(path).exists() else None


def _peak(path: Path) -> Path:
    return path.with_suffix(".peak")


def _make(path: Path, size: int) -> None:
    from kg.ledger import Ledger
    from kg.schema import Schema

    draft = path.with_suffix(".draft")
    for end in ("", "-wal", "-shm"):
        draft.with_name(draft.name + end).unlink(missing_ok=True)
    schema = Schema.load()
    documents = World(schema, size).documents()
    with Ledger.open(draft, schema) as ledger:
        if size <= LOADED:
            receipts = ledger.add_all(documents)
        else:
            # What is made only to measure something else in it: with room for its pages, fewer are written.
            ledger._store.connection.execute("PRAGMA cache_size = -1048576")
            ledger._store.connection.execute("PRAGMA wal_autocheckpoint = 200000")
            receipts = ledger.add_all(documents, batch=10_000)
        for _ in receipts:
            pass
    draft.rename(path)
