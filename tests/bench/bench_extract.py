"""How long whole extraction takes, against `jieba.posseg` on the same text: `make bench`.

Both read the items of `tests/data/dev.jsonl` and of the packaged sample on one core. What either loads first (lists,
wordings; jieba's dictionary) is timed apart. Reading of files is not counted. The best of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model import NewsItem

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "tests" / "data" / "dev.jsonl", ROOT / "kg" / "sample" / "newsletter.txt")


def items() -> list[NewsItem]:
    """All items of the sources."""
    from kg.loading import choose
    from kg.text import read_source

    found = []
    for path in SOURCES:
        source = read_source(path)
        loader = choose(source)
        found += [loader.item(source, record) for record in loader.records(source)]
    return found


def best(rounds: int, work: Callable[[], None]) -> float:
    """Seconds of the fastest round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()

    from kg.text import normalise
    from kg.validate import validate

    news = items()
    texts = [normalise(item).string for item in news]
    letters = sum(map(len, texts))

    start = time.perf_counter()
    from kg.extract.extractor import Extractor

    extractor = Extractor.load()
    ready = time.perf_counter() - start

    import jieba

    jieba.setLogLevel(60)
    start = time.perf_counter()
    import jieba.posseg as posseg

    jieba.initialize()
    list(posseg.cut("初始化"))
    posseg_ready = time.perf_counter() - start

    def extract() -> None:
        for item in news:
            validate(extractor.extract(item), extractor.schema)

    def tag() -> None:
        for text in texts:
            for _ in posseg.cut(text):
                pass

    ours, theirs = best(options.rounds, extract), best(options.rounds, tag)
    numbers = {
        "items": len(news),
        "characters": letters,
        "extract_seconds": round(ours, 3),
        "posseg_seconds": round(theirs, 3),
        "ratio": round(ours / theirs, 2),
        "extract_characters_per_second": round(letters / ours),
        "posseg_characters_per_second": round(letters / theirs),
        "extract_ready_seconds": round(ready, 2),
        "posseg_ready_seconds": round(posseg_ready, 2),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    if options.json:
        json.dump(numbers, sys.stdout, indent=2)
        print()
        return
    print(f"{len(news)} items, {letters:,} characters, best of {options.rounds} rounds, Python {numbers['python']}\n")
    print("                     seconds   characters a second   ready after")
    print(f"  kg, whole          {ours:7.3f}   {letters / ours:19,.0f}   {ready:9.2f} s")
    print(f"  jieba.posseg       {theirs:7.3f}   {letters / theirs:19,.0f}   {posseg_ready:9.2f} s")
    print(f"\nkg takes {ours / theirs:.2f} times as long as jieba.posseg")


if __name__ == "__main__":
    main()
