"""All benchmarks, one after the other: `make bench`. What they print goes to docs/benchmarks.md as well.

    python tests/bench/run.py --size 100k            # the size of the graphs, in statements
    python tests/bench/run.py ledger graph --size 1m # some of them; the page keeps what the others printed before

With `scaling`, the ledger is measured at every size up to the one given, and a picture is drawn.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator import SIZES, number

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parents[1] / "docs" / "benchmarks.md"
PICTURE: Final = PAGE.with_name("benchmarks.svg")
SIZED: Final = frozenset(("ledger", "graph", "push", "queries", "export", "tables"))
"""Benchmarks that take a size."""
_HEAD: Final = """# Benchmarks

Written by `make bench`, which prints the same. Every figure stands beside a peer or a limit that was measured in the
same run; the scripts are in `tests/bench`, and each says in its first lines what it compares. Graphs are generated
(`tests/bench/generator.py`): the same for the same size, with few companies in much of the news and most in little.
"""


def names() -> list[str]:
    """What can be run, by the files that are there."""
    return [*(p.stem.removeprefix("bench_") for p in sorted(HERE.glob("bench_*.py"))), "scaling"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(names())}; default: all")
    parser.add_argument("--size", default="100k", help="statements, such as 340k or 1m (default: 100k)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(names()):
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    sections = _sections()
    failed = []
    for name in options.names or names():
        text = scaling(options.size) if name == "scaling" else one(name, options.size)
        if text is None:
            failed.append(name)
            continue
        sections[name] = text
        PAGE.write_text(_page(sections), encoding="utf-8")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def one(name: str, size: str) -> str | None:
    """Run a script; its section of the page, None where it failed."""
    script = HERE / f"bench_{name}.py"
    arguments = ["--size", size] if name in SIZED else []
    told = _run([str(script), *arguments])
    if told is None:
        return None
    command = " ".join(["python", f"tests/bench/{script.name}", *arguments])
    first = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or name).splitlines()[0]
    return f"{first}\n\n{_machine()}\n\n```text\n$ {command}\n{told.strip()}\n```\n"


def scaling(largest: str) -> str | None:
    """The ledger at every size up to the largest: a table, a picture and the slope on a log-log plot."""
    top = number(largest)
    sizes = [size for size in SIZES.values() if size <= top]
    points: list[dict[str, Any]] = []
    for size in sizes:
        told = _run([str(HERE / "bench_ledger.py"), "--size", str(size), "--json"])
        if told is None:
            return None
        *bulk, item, text = json.loads(told)
        points.append({"size": size, "bulk": bulk[0] if bulk else None, "item": item, "text": text})
    lines = [
        "How time and memory grow with the ledger. An item's text is extracted first; in brackets is how many times as",
        "long an item takes as it takes into an empty ledger.",
        "",
        _machine(),
        "",
        "| statements | bulk import | bare SQLite | peak memory | one item of ten statements | one item's text |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [f"| {p['size']:,} | {_bulk(p['bulk'])} | {_item(p['item'])} | {_item(p['text'])} |" for p in points]
    if len(points) > 1:
        loaded = [p for p in points if p["bulk"] is not None]
        slopes = {
            # A load of N statements is N/10 items, each at the cost that it has in a ledger of the size reached.
            "whole load": slope(sizes, [p["size"] * p["text"]["ours"] for p in points]),
        }
        if len(loaded) > 1:
            grown = [p["size"] for p in loaded]
            slopes["bulk import"] = slope(grown, [p["bulk"]["ours"] for p in loaded])
            slopes["bare SQLite"] = slope(grown, [p["bulk"]["peer"] for p in loaded])
        told = ", ".join(f"{what} {steepness:.2f}" for what, steepness in slopes.items())
        lines += ["", f"Slopes on a log-log plot (1 is linear): {told}."]
        if draw(points):
            lines += ["", f"![Time against size]({PICTURE.name})"]
    print("\n".join(lines), flush=True)
    return "\n".join(lines) + "\n"


def _bulk(measure: dict[str, Any] | None) -> str:
    if measure is None:
        return "– | – | –"
    memory = "–" if measure["memory"] is None else f"{measure['memory']:,.0f} MB"
    return f"{measure['ours']:.1f} s | {measure['peer']:.1f} s | {memory}"


def _item(measure: dict[str, Any]) -> str:
    return f"{measure['ours'] * 1000:.1f} ms ({measure['ours'] / measure['peer']:.2f} ×)"


def slope(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The least-squares slope of log time over log size."""
    xs, ys = [math.log(s) for s in sizes], [math.log(s) for s in seconds]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def draw(points: Sequence[dict[str, Any]]) -> bool:
    """Draw the picture; False where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        print("no picture: matplotlib is not installed; pip install 'kg-news[bench]'", file=sys.stderr)
        return False
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "kg"
    import matplotlib.pyplot as plt

    sizes = [p["size"] for p in points]
    loaded = [p for p in points if p["bulk"] is not None]
    grown = [p["size"] for p in loaded]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    left.loglog(grown, [p["bulk"]["ours"] for p in loaded], "o-", label="bulk import")
    left.loglog(grown, [p["bulk"]["peer"] for p in loaded], "s--", label="bare SQLite, same rows")
    left.set(xlabel="statements", ylabel="seconds", title="Whole import")
    right.semilogx(sizes, [p["text"]["ours"] * 1000 for p in points], "o-", label="an item's text, extraction included")
    right.semilogx(sizes, [p["item"]["ours"] * 1000 for p in points], "s-", label="an item of ten statements")
    right.set(xlabel="statements in the ledger", ylabel="milliseconds", title="One item more", ylim=0)
    for axes in (left, right):
        axes.grid(True, which="major", alpha=0.3)
        axes.legend()
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None})
    return True


def _run(command: list[str]) -> str | None:
    """What a script prints, shown as it comes; None where it fails."""
    print(f"$ python {' '.join(command[:1] and [Path(command[0]).name, *command[1:]])}", flush=True)
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, encoding="utf-8") as process:
        told = []
        for line in process.stdout or ():
            print(line, end="", flush=True)
            told.append(line)
    print(flush=True)
    return "".join(told) if process.returncode == 0 else None


def _machine() -> str:
    day = datetime.now(UTC).date()
    clock = ", seconds of the processor" if os.environ.get("BENCH_CLOCK") == "cpu" else ""
    load = f"load average {os.getloadavg()[2]:.1f}{clock}"
    system = f"{platform.system()} {platform.machine()}"
    return f"*{day}, Python {platform.python_version()}, {os.cpu_count()} cores, {system}, {load}*"


def _sections() -> dict[str, str]:
    """What the page says now, by the benchmarks' names."""
    if not PAGE.exists():
        return {}
    parts = re.split(r"^## (\w+)\n\n", PAGE.read_text(encoding="utf-8"), flags=re.M)
    return {name: f"{text.strip()}\n" for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def _page(sections: dict[str, str]) -> str:
    order = names()
    known = sorted((n for n in sections if n in order), key=order.index)
    return "\n".join([_HEAD, *(f"## {name}\n\n{sections[name]}" for name in known)])


if __name__ == "__main__":
    main()
