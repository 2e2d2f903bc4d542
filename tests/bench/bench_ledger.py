"""How fast the ledger takes statements in: in bulk against bare SQLite, and item by item at any size.

python tests/bench/bench_ledger.py --size 100k

Beyond a million statements, only items are measured.
"""

from __future__ import annotations

import gc
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import World
from measure import LOADED, Measure, alone, ledger_of, median, now, options, peak_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.intake import Rows
    from kg.model import Document

TOGETHER = 4_000
"""Documents that both sides write in turn, in one transaction each, so that whatever else the machine does falls on
both."""
ITEMS = 100
"""Items that are added one by one."""
_TABLES = [
    "item",
    "passage",
    "entity",
    "name",
    "mention",
    "statement",
    "evidence",
    "event",
    "event_role",
    "observation",
    "witness",
]


def bulk(size: int) -> tuple[float, float, int]:
    """Seconds of ours, seconds of bare SQLite, statements. Making the documents is not counted; turning them into rows
    is, on our side only."""
    from kg.intake import Intake
    from kg.ledger import Ledger
    from kg.schema import Schema

    schema = Schema.load()
    world, intake = World(schema, size), Intake(schema)
    ours = bare = 0.0
    statements = written = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.open(Path(folder, "ours.db"), schema) as ledger,
        Ledger.open(Path(folder, "bare.db"), schema) as other,
    ):
        connection = other._store.connection
        for documents in _lists(world.documents()):
            _freeze()
            start = now()
            for _ in ledger.add_all(documents):
                pass
            ours += now() - start
            rows = _by_table([intake.rows(d) for d in documents], written + 1)
            _freeze()
            start = now()
            connection.execute("BEGIN IMMEDIATE")
            for table, some in rows.items():
                if some:
                    marks = ",".join("?" * len(some[0]))
                    connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", some)
            connection.execute("COMMIT")
            bare += now() - start
            statements += sum(len(d.statements) for d in documents)
            written += len(documents)
    return ours, bare, statements


def _freeze() -> None:
    """Spare both sides the collector's looking through what was made for them beforehand."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _lists(documents: Iterator[Document]) -> Iterator[list[Document]]:
    some: list[Document] = []
    for document in documents:
        some.append(document)
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some


def _by_table(items: list[Rows], first: int) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that the ledger would write, ready-made."""
    from kg.tables import first_row

    tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _TABLES}
    for key, rows in enumerate(items, first):
        begin = first_row(key)
        tables["item"].append((key, *rows.item, rows.content, rows.reading, rows.digest, ""))
        tables["passage"] += [(begin + r[0], *r[1:]) for r in rows.passages]
        tables["entity"] += rows.entities
        tables["name"] += rows.names
        tables["mention"] += [(*r, key, rows.origin) for r in rows.mentions]
        tables["statement"] += rows.statements
        tables["evidence"] += [
            (begin + n, r[1], key, *r[2:5], begin + r[0], *r[5:]) for n, r in enumerate(rows.evidence)
        ]
        tables["event"] += [(r[0], key, *r[2:6], begin + r[1], *r[6:]) for r in rows.events]
        tables["event_role"] += rows.roles
        tables["observation"] += [(r[0], key, *r[2:10], begin + r[1], *r[10:]) for r in rows.observations]
        tables["witness"] += [(*pair, person) for person, pairs in rows.witnesses.items() for pair in pairs]
    return tables


def single(path: Path | None, size: int) -> float:
    """Seconds (median) of adding one item of ten statements in a transaction of its own, to a copy of a ledger or to
    an empty one."""
    from kg.ledger import Ledger
    from kg.schema import Schema

    schema = Schema.load()
    world = World(schema, size)
    documents = list(world.documents(world.items, world.items + ITEMS))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kg.db")
        if path is not None:
            shutil.copy(path, file)
        with Ledger.open(file, schema) as ledger:
            return median(ledger.add, documents)


def whole(path: Path | None, size: int) -> float:
    """Seconds (median) of loading the text of one item, extraction included."""
    import kg
    from kg.schema import Schema

    world = World(Schema.load(), size)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kg.db")
        if path is not None:
            shutil.copy(path, file)
        files = []
        for row in world.news(ITEMS, world.items):
            files.append(Path(folder, f"{row['id']}.jsonl"))
            files[-1].write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        with kg.open(file) as graph:
            for warming in files[:3]:
                graph.load(warming)
            return median(graph.load, files[3:])


def measures(size: int) -> Iterator[Measure]:
    told = f"{size:,} statements"
    path = ledger_of(size)
    if size <= LOADED:
        (ours, bare, statements), _ = alone(bulk, size)
        note = f"{ours / statements * 1e6:.0f} against {bare / statements * 1e6:.0f} µs a statement"
        against = "sqlite3 executemany, same tables"
        # Both sides were written by one process: ours alone needed what making the ledger did.
        yield Measure(f"ledger: bulk of {told}", against, ours, bare, "≤ 2 ×", peak_of(path), note)
    (empty, _), (full, memory) = alone(single, None, size), alone(single, path, size)
    yield Measure(f"ledger: an item into {told}", "into an empty ledger", full, empty, "≤ 2 ms", memory)
    (empty, _), (full, memory) = alone(whole, None, size), alone(whole, path, size)
    yield Measure(f"load: an item's text into {told}", "into an empty ledger", full, empty, "≤ 1.3 ×", memory)


if __name__ == "__main__":
    given = options(__doc__)
    report(measures(given.size), as_json=given.json)
