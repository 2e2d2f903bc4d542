"""What exports to graphs and tables cost, against libraries that write what they hold in memory.

    python tests/bench/bench_tables.py --sizes 10k 100k

Each export and each peer runs in a process of its own on the same ledger of `generator.py`. An export reads the ledger
and writes the file. A peer is given the whole graph ready-made (networkx) or whole frames (pandas, pyarrow), and only
writing is counted: reading the ledger, most of an export's time, is told apart. Memory is the highest that the process
had, less what it had before; for a peer that includes what it was given. Seconds are of the processor, so that other
work on the machine says little.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS = {
    "graphml": "networkx.write_graphml",
    "gexf": "networkx.write_gexf",
    "node-link": "json.dump(node_link_data)",
    "csv": "pandas.to_csv",
    "parquet": "pyarrow.write_table",
    "neo4j-admin": "pandas.to_csv",
    "cypher": "",
}


def ledger_of(size: int, path: Path) -> None:
    """A ledger of so many statements, made once."""
    from generator import World

    from kg.ledger import Ledger
    from kg.schema import Schema

    schema = Schema.load()
    with Ledger.open(path, schema) as ledger:
        for document in World(schema, statements=size).documents():
            ledger.add(document)


def peer(form: str, graph: Any, out: Path) -> Callable[[], None]:
    """What the peer does, with everything it needs at hand."""
    import networkx as nx

    if form in ("graphml", "gexf", "node-link"):
        whole = graph.to_networkx(claims=True)
        for data in (*(d for _, d in whole.nodes(data=True)), *(d for *_, d in whole.edges(data=True))):
            for name, value in data.items():
                if isinstance(value, list):
                    data[name] = "; ".join(value)
        if form == "graphml":
            return lambda: nx.write_graphml(whole, out)
        if form == "gexf":
            return lambda: nx.write_gexf(whole, out, version="1.3")

        def dump() -> None:
            with out.open("w", encoding="utf-8") as stream:
                json.dump(nx.node_link_data(whole, edges="edges"), stream, ensure_ascii=False)

        return dump
    frames = graph.to_pandas(claims=True)
    if form in ("csv", "neo4j-admin"):
        return lambda: [f.to_csv(f"{out}{i}", index=False) for i, f in enumerate(frames)] and None
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = [pa.Table.from_pandas(f, preserve_index=False) for f in frames]
    return lambda: [pq.write_table(t, f"{out}{i}", compression="zstd") for i, t in enumerate(tables)] and None


def measured(form: str, whose: str, db: Path) -> dict[str, Any]:
    """One export, or one peer's writing, in this process."""
    import kg
    from kg.export.formats import FORMATS
    from kg.export.graphs import _function

    _function(FORMATS[form].writer)
    if form == "parquet":
        import pyarrow.parquet  # noqa: F401
    with kg.open(db, read_only=True) as graph, tempfile.TemporaryDirectory(dir=db.parent) as folder:
        _ = graph.ledger.sequence
        before = _peak()
        stages: dict[str, float] = {}
        if whose == "ours":
            start = time.process_time()

            def tell(stage: str, done: int, of: int | None) -> None:
                stages.setdefault(stage, time.process_time() - start)

            rows = graph.export(form, Path(folder, "out"), progress=tell).triples
        else:
            work, rows = peer(form, graph, Path(folder, "out")), 0
            start = time.process_time()
            work()
        seconds = time.process_time() - start
        size = sum(p.stat().st_size for p in Path(folder).rglob("*") if p.is_file())
    return {
        "seconds": seconds,
        "reading": stages.get("writing", 0.0),
        "rows": rows,
        "mib": (_peak() - before) / 1024,
        "bytes": size,
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def apart(form: str, whose: str, db: Path) -> dict[str, Any]:
    """`measured` in a process of its own."""
    command = [sys.executable, __file__, "--one", form, whose, str(db)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    from generator import SIZES

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=["10k", "100k"])
    parser.add_argument("--formats", nargs="+", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--one", nargs=3, metavar=("FORMAT", "WHOSE", "DB"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one[0], options.one[1], Path(options.one[2]))))
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            db = Path(folder, f"{size}.db")
            ledger_of(SIZES[size], db)
            print(f"\n{size} statements, a ledger of {db.stat().st_size / 1e6:,.0f} MB")
            print("                  rows  seconds  of it reading  rows a second    MiB |  peer seconds    MiB")
            for form in options.formats:
                ours = apart(form, "ours", db)
                line = f"  {form:12} {ours['rows']:9,}  {ours['seconds']:7.2f}  {ours['reading']:13.2f}"
                line += f"  {ours['rows'] / ours['seconds']:13,.0f}  {ours['mib']:5.0f}"
                if PEERS[form]:
                    theirs = apart(form, "peer", db)
                    writing = ours["seconds"] - ours["reading"]
                    line += f" |  {theirs['seconds']:12.2f}  {theirs['mib']:5.0f}  {PEERS[form]}"
                    line += f": we write {theirs['seconds'] / writing:.1f} times as fast"
                print(line, flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
