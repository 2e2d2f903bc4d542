"""How much faster a load is in several processes than in one: `python tests/bench/bench_workers.py`.

Both load the items of `tests/data/dev.jsonl` and of the packaged sample, some times over under new ids, into an empty
ledger each, in turns. The fastest load of each counts, since whatever else the machine does only ever adds to it; the
ratios of all pairs are printed beside it. What is loaded before (word lists and models) is timed apart, the
start of the processes is counted in. Memory is what Linux tells half-way: private to the process, and its share of all.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extract.extractor import Extractor
    from kg.model import NewsItem
    from kg.pipeline import Progress

sys.path.insert(0, str(Path(__file__).parent))


def write(items: list[NewsItem], copies: int, file: Path) -> int:
    """A file of the items, so many times; how many letters that are."""
    letters = 0
    with file.open("w", encoding="utf-8") as stream:
        for copy in range(copies):
            for item in items:
                text = "\n".join(item.slice(s, b.field) for b in item.blocks if b.field == "text" for s in b.spans)
                letters += len(text)
                row = {"id": f"{item.id}-{copy}", "title": item.title, "text": text, "published": item.published}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return letters


def memory(pid: int) -> tuple[float, float]:
    """MB that are private to a process, and MB that are its share; not a number where nobody tells."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return float("nan"), float("nan")
    told = {line.split()[0]: int(line.split()[1]) / 1000 for line in lines}
    return told["Private_Clean:"] + told["Private_Dirty:"], told["Pss:"]


def look(seen: dict[int, tuple[float, float]], place: Progress) -> None:
    if place.done == place.items // 2:
        for process in multiprocessing.active_children():
            seen[process.pid or 0] = memory(process.pid or 0)
        seen[os.getpid()] = memory(os.getpid())


def seconds(
    file: Path, extractor: Extractor, workers: int, progress: Callable[[Progress], None]
) -> tuple[float, float]:
    """Seconds on the clock, and of processors in all processes."""
    from kg.ledger import Ledger
    from kg.pipeline import load

    before = sum(os.times()[:4])
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder, "kg.db"), extractor.schema) as ledger:
        report = load([str(file)], ledger, extractor, workers=workers, progress=progress)
        assert report.ok
        assert report.items.accepted == report.items.read
    return report.seconds, sum(os.times()[:4]) - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--method", choices=("fork", "spawn"), help="how processes are started; else as kg decides")
    options = parser.parse_args()

    from bench_extract import items

    from kg.extract.extractor import Extractor
    from kg.workers import pool

    if options.method:
        pool.start_method = lambda: options.method
    start = time.perf_counter()
    extractor = Extractor.load()
    ready = time.perf_counter() - start
    pairs = []
    seen: dict[int, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "news.jsonl")
        letters = write(items(), options.copies, file)
        for _ in range(options.pairs):
            one = seconds(file, extractor, 1, lambda place: None)
            seen.clear()
            pairs.append((one, seconds(file, extractor, options.workers, partial(look, seen))))
    (one, cpu), (many, cpus) = (min(runs) for runs in zip(*pairs, strict=True))
    print(
        f"{letters:,} letters, {options.pairs} pairs, {pool.start_method()}, {pool.cores()} cores, "
        f"load average {os.getloadavg()[0]:.1f}, Python {platform.python_version()}; "
        f"lists and models were ready after {ready:.1f} s\n"
    )
    print("                 seconds   of processors   letters a second")
    print(f"  1 worker       {one:7.2f}   {cpu:13.2f}   {letters / one:16,.0f}")
    print(f"  {options.workers} workers      {many:7.2f}   {cpus:13.2f}   {letters / many:16,.0f}")
    print(f"\n{options.workers} workers are {one / many:.2f} times as fast as one; all pairs: ", end="")
    print(", ".join(f"{a[0] / b[0]:.2f}" for a, b in pairs))
    print("\nmemory in MB         private   share")
    for pid, (private, share) in seen.items():
        print(f"  {'this process' if pid == os.getpid() else 'a worker':<18} {private:7.0f} {share:7.0f}")


if __name__ == "__main__":
    main()
