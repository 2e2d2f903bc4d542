"""Exports to graphs and tables, against libraries that write the same rows from memory.

python tests/bench/bench_tables.py --size 100k

An export reads the ledger and writes the file. A peer has all rows as it wants them (a networkx graph, pandas frames,
Arrow tables), which is not counted, and only writes; the note says how long our writing took, and what memory either
added, ours also at a tenth of the size.
"""

from __future__ import annotations

import json
import resource
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from measure import Measure, alone, ledger_of, now, options, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PEERS = {
    "graphml": "networkx.write_graphml",
    "gexf": "networkx.write_gexf",
    "node-link": "json.dump(networkx.node_link_data)",
    "csv": "DataFrame.to_csv",
    "parquet": "pyarrow.parquet.write_table",
    "neo4j-admin": "DataFrame.to_csv",
    "cypher": "DataFrame.to_csv",
}


class Written(NamedTuple):
    rows: int
    seconds: float
    reading: float
    """Seconds until the first row was written."""
    memory: float
    """MB that came on top of what the process had."""


def ours(path: Path, form: str) -> Written:
    import kg
    from kg.export.formats import FORMATS
    from kg.export.graphs import writer

    writer(FORMATS[form])
    if form == "parquet":
        import pyarrow.parquet  # noqa: F401
    with kg.open(path, read_only=True) as graph, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _ = graph.ledger.sequence
        before, start, stages = _peak(), now(), dict[str, float]()

        def tell(stage: str, done: int, of: int | None) -> None:
            stages.setdefault(stage, now() - start)

        rows = graph.export(form, Path(folder, "out"), progress=tell).triples
        return Written(rows, now() - start, stages["writing"], _peak() - before)


def theirs(path: Path, form: str) -> Written:
    import kg

    before = _peak()
    with kg.open(path, read_only=True) as graph, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        write = _peer(graph, form, Path(folder, "out"))
        start = now()
        write()
        return Written(0, now() - start, 0.0, _peak() - before)


def _peer(graph: Any, form: str, out: Path) -> Callable[[], object]:
    if form in ("graphml", "gexf", "node-link"):
        import networkx as nx

        whole = graph.to_networkx(claims=True)
        if form == "node-link":
            return lambda: out.write_text(
                json.dumps(nx.node_link_data(whole, edges="edges"), ensure_ascii=False), encoding="utf-8"
            )
        for data in (*(d for _, d in whole.nodes(data=True)), *(d for *_, d in whole.edges(data=True))):
            # They take no lists.
            data.update({name: "; ".join(value) for name, value in data.items() if isinstance(value, list)})
        return lambda: nx.write_graphml(whole, out) if form == "graphml" else nx.write_gexf(whole, out, version="1.3")
    frames = graph.to_pandas(claims=True)
    if form != "parquet":
        return lambda: [frame.to_csv(f"{out}{i}", index=False) for i, frame in enumerate(frames)]
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = [pa.Table.from_pandas(frame, preserve_index=False) for frame in frames]
    return lambda: [pq.write_table(table, f"{out}{i}", compression="zstd") for i, table in enumerate(tables)]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measures(size: int) -> Iterator[Measure]:
    path, tenth = ledger_of(size), ledger_of(size // 10)
    for form, peer in PEERS.items():
        done, less, other = alone(ours, path, form)[0], alone(ours, tenth, form)[0], alone(theirs, path, form)[0]
        writing = done.seconds - done.reading
        yield Measure(
            f"{form}, {done.rows:,} rows",
            f"{peer}, ready-made",
            done.seconds,
            other.seconds,
            memory=done.memory,
            note=f"{done.rows / done.seconds:,.0f} rows a second; {writing:.2f} s of it writing"
            f" ({writing / other.seconds:.2f} × the peer); memory added: {done.memory:,.0f} MB,"
            f" {less.memory:,.0f} MB at a tenth of the size, peer {other.memory:,.0f} MB",
        )


def main() -> None:
    given = options(__doc__)
    report(list(measures(given.size)), as_json=given.json)


if __name__ == "__main__":
    main()
