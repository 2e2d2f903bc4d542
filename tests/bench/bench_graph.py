"""The embedded graph: made from a ledger, opened, and brought up to date, against what the engine itself takes.

python tests/bench/bench_graph.py --size 100k
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from generator import World
from measure import Measure, alone, ledger_of, median, now, options, report

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEMS = 50
"""Items whose coming and going is timed."""


def projection(path: Path) -> tuple[float, tuple[int, int]]:
    """Seconds from the ledger to the graph, and how many nodes and relationships it has."""
    from kg.graph.embedded import EmbeddedGraph
    from kg.ledger import Ledger
    from kg.schema import Schema

    schema = Schema.load()
    with Ledger.open(path, schema, read_only=True) as ledger:
        start = now()
        graph = EmbeddedGraph.open(None, ledger, schema)
        return now() - start, graph.shape


def engine_alone(path: Path) -> float:
    """Seconds of the engine's own bulk load of the same rows as ready-made frames, indexes included."""
    from kg.graph import engine
    from kg.graph.base import NodeRow
    from kg.graph.engine import Columns
    from kg.graph.project import Projection
    from kg.ledger import Ledger
    from kg.schema import Schema

    schema = Schema.load()
    nodes: dict[tuple[str, tuple[str, ...]], Columns] = defaultdict(Columns)
    relationships: dict[tuple[str, str, str], Columns] = defaultdict(Columns)
    with Ledger.open(path, schema, read_only=True) as ledger:
        for row in Projection(ledger, schema).rows():
            if isinstance(row, NodeRow):
                nodes[row.base, row.labels].add(row.properties)
            else:
                relationships[row.type, row.start_base, row.end_base].add(row.properties, row.start, row.end)
    node_frames = [(base, labels, columns.frame()) for (base, labels), columns in sorted(nodes.items())]
    ready = [(key, columns.frame()) for key, columns in sorted(relationships.items(), key=lambda g: -g[1].length)]
    start = now()
    graph = engine.empty()
    for base, labels, frame in node_frames:
        graph.add_nodes(frame, base, "id", "name", labels=list(labels) or None)
    for (kind, first, last), frame in ready:
        graph.add_relationships(frame, kind, first, engine._FROM, last, engine._TO)
    engine._index(graph, schema)
    return now() - start


def opening(path: Path) -> tuple[float, float]:
    """Seconds of `kg query` on a saved graph, all in all, and those of `kg --version`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kg.db")
        shutil.copy(path, file)
        kg = [sys.executable, "-c", "from kg.cli import main; main()"]
        question = ["query", "MATCH (n:Company) RETURN n.name LIMIT 1", "--db", str(file)]
        subprocess.run([*kg, *question], check=True, capture_output=True)
        return tuple(  # type: ignore[return-value]
            min(_seconds([*kg, *arguments]) for _ in range(3)) for arguments in (question, ["--version"])
        )


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def change(path: Path, size: int) -> float:
    """Seconds (median) until an item that comes, or goes, is in ledger and open graph."""
    from kg.graph.embedded import EmbeddedGraph
    from kg.ledger import Ledger
    from kg.schema import Schema

    schema = Schema.load()
    world = World(schema, size)
    documents = list(world.documents(world.items, world.items + ITEMS))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kg.db")
        shutil.copy(path, file)
        with Ledger.open(file, schema) as ledger:
            graph = EmbeddedGraph.open(None, ledger, schema)

            def come(document: object) -> None:
                ledger.add(document)  # type: ignore[arg-type]
                graph.refresh()

            def go(document: object) -> None:
                ledger.forget(document.item.id)  # type: ignore[attr-defined]
                graph.refresh()

            return max(median(come, documents), median(go, documents))


def measures(size: int) -> Iterator[Measure]:
    told = f"{size:,} statements"
    path = ledger_of(size)
    (seconds, (nodes, relationships)), memory = alone(projection, path)
    peer, _ = alone(engine_alone, path)
    note = f"{nodes:,} nodes, {relationships:,} relationships"
    yield Measure(f"graph: projection of {told}", "kglite's load of frames", seconds, peer, "≤ 4 ×", memory, note)
    whole, start = opening(path)
    yield Measure(f"graph: first answer over {told}", "kg --version", whole, start, "≤ 1.5 s")
    seconds, memory = alone(change, path, size)
    yield Measure(f"graph: an item comes or goes in {told}", "a limit", seconds, None, "≤ 20 ms", memory)


if __name__ == "__main__":
    given = options(__doc__)
    report(measures(given.size), as_json=given.json)
