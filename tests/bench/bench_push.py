"""Seconds of a push into Neo4j against a bare loop of the driver that sends the very same rows, ready-made.

    python tests/bench/bench_push.py                  # 20,000 statements into a server of its own
    python tests/bench/bench_push.py --size 340k
    python tests/bench/bench_push.py --size 1m --uri bolt://localhost:7687     # an empty database!

The bare loop is `UNWIND $rows …`, the same number of rows each time, one `execute_write` each; its rows are in memory
before the clock starts. The push also reads them from the ledger, which is timed alone as well. Both write by turns
into the same server, with the same constraints and indexes, into an empty database; the best time of each counts, since
a server that runs longer runs faster. Seconds of the processor are those of both processes together.
"""

from __future__ import annotations

import argparse
import os
import pickle
import resource
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from generator import World, number
from measure import ledger_of

from kg.graph.base import BASE_LABELS, PROJECTION
from kg.graph.batches import BATCH, batched, together
from kg.graph.comparison import diff
from kg.graph.delivery import Delivery
from kg.graph.project import Projection
from kg.graph.push import push
from kg.ledger import Ledger
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver


def empty(driver: Driver) -> None:
    with driver.session() as session:
        for cypher in ("MATCH ()-[r]->() WITH r LIMIT 20000 DELETE r RETURN count(*)",
                       "MATCH (n) WITH n LIMIT 20000 DETACH DELETE n RETURN count(*)"):  # fmt: skip
            while session.execute_write(lambda tx, cypher=cypher: tx.run(cypher).single()[0]):
                pass


def spool(projection: Projection, out: IO[bytes]) -> tuple[int, int]:
    """Write the transactions of a push to a file; how many nodes and relationships they have."""
    nodes = relationships = 0
    for steps in together(batched(projection.rows())):
        pickle.dump(steps, out, pickle.HIGHEST_PROTOCOL)
        for cypher, rows in steps:
            if "CREATE (n:" in cypher:
                nodes += len(rows)
            else:
                relationships += len(rows)
    out.flush()
    return nodes, relationships


def spooled(file: IO[bytes]) -> Iterator[Any]:
    file.seek(0)
    while True:
        try:
            yield pickle.load(file)
        except EOFError:
            return


def bare(driver: Driver, file: IO[bytes]) -> float:
    """Seconds that the loop takes; taking the rows from the file is not among them."""
    seconds = 0.0
    with driver.session() as session:
        for steps in spooled(file):
            started = time.perf_counter()
            session.execute_write(lambda tx, steps=steps: [tx.run(c, rows=rows).consume() for c, rows in steps])
            seconds += time.perf_counter() - started
    return seconds


@contextmanager
def sending(told: list[float]) -> Iterator[None]:
    """Adds up the seconds that a push spends sending; in the others it waits for the reading."""
    send = Delivery._send

    def timed(delivery: Delivery, steps: Any) -> int:
        started = time.perf_counter()
        try:
            return send(delivery, steps)
        finally:
            told[-1] += time.perf_counter() - started

    Delivery._send = timed  # type: ignore[method-assign]
    try:
        yield
    finally:
        Delivery._send = send  # type: ignore[method-assign]


class Clock:
    """Seconds of the clock, and of the processor in this process and the server's."""

    def __init__(self, server: int | None) -> None:
        self._server = server
        self._started = self._now()

    def _now(self) -> tuple[float, float]:
        ticks = 0
        if self._server is not None:
            told = Path(f"/proc/{self._server}/stat")
            # User and system time are the 14th and 15th word; the name of the program before them is in brackets.
            words = told.read_text().rpartition(")")[2].split() if told.exists() else ["0"] * 14
            ticks = int(words[11]) + int(words[12])
        return time.perf_counter(), time.process_time() + ticks / os.sysconf("SC_CLK_TCK")

    def told(self) -> tuple[float, float]:
        now = self._now()
        return now[0] - self._started[0], now[1] - self._started[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default=20_000, type=number, help="statements, such as 340k or 1m (default: 20k)")
    parser.add_argument("--uri", help="an empty database; NEO4J_USERNAME and NEO4J_PASSWORD are used")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run; 3 by default")
    options = parser.parse_args()
    size = options.size
    schema = Schema.load()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if options.uri:
            password = os.environ.get("NEO4J_PASSWORD")
            uri, auth = options.uri, (os.environ.get("NEO4J_USERNAME", "neo4j"), password) if password else None
        else:
            sys.path.append(str(Path(__file__).parents[1]))
            from neo4j_server import fetch, start

            fetch()
            server = stack.enter_context(start(folder / "home", heap="2g", steady=True))
            uri, auth = server.uri, server.auth
        import neo4j

        driver = stack.enter_context(neo4j.GraphDatabase.driver(uri, auth=auth, notifications_min_severity="OFF"))
        mine = "|".join((*BASE_LABELS, PROJECTION))
        if driver.execute_query("MATCH (n) RETURN count(n) > 0 AS full").records[0]["full"]:
            sys.exit(f"{uri} is not empty (labels {mine}); name another")
        ledger = stack.enter_context(Ledger.open(ledger_of(size), schema, read_only=True))
        projection = Projection(ledger, schema)
        # A little first, for the constraints and for the server to warm up.
        with Ledger.open(":memory:", schema) as small:
            for _ in small.add_all(World(schema, min(size, 20_000)).documents()):
                pass
            push(small, schema, uri, auth)
        empty(driver)

        started = time.perf_counter()
        rows = sum(1 for _ in projection.rows())
        reading = time.perf_counter() - started
        file = stack.enter_context((folder / "rows").open("w+b"))
        nodes, relationships = spool(projection, file)
        assert rows == nodes + relationships
        print(f"{nodes} nodes, {relationships} relationships, {BATCH} rows a transaction, {os.cpu_count()} cores")
        print(f"{'reading the ledger alone':36} {reading:8.1f} s")

        loops, pushes, sends, used = [], [], list[float](), list[tuple[float, float]]()
        process = None if options.uri else server.process.pid

        def tell(what: str, wall: float, cpu: float) -> None:
            used = f"   {cpu:8.1f} s of the processor" if process else ""
            print(f"{what:36} {wall:8.1f} s   {rows / wall:8.0f} rows/s{used}", flush=True)

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for turn in range(1, options.rounds + 1):
            clock = Clock(process)
            loops.append(bare(driver, file))
            of_loop = clock.told()[1]
            tell(f"{turn}. bare driver loop", loops[-1], of_loop)
            empty(driver)
            clock = Clock(process)
            sends.append(0.0)
            with sending(sends):
                pushed = push(ledger, schema, uri, auth)
            assert (pushed.way, pushed.written) == ("whole", rows)
            pushes.append(pushed.seconds)
            used.append((of_loop, clock.told()[1]))
            tell(f"{turn}. push, reading included", pushes[-1], used[-1][1])
            print(f"{'   of this, sending':36} {sends[-1]:8.1f} s")
            if turn < options.rounds:
                empty(driver)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        clock = Clock(process)
        found = diff(ledger, schema, uri, auth)
        assert found.equal, found
        tell("diff: equal", *clock.told())
        print(f"{'push / loop, best of each':36} {min(pushes) / min(loops):8.2f}")
        print(f"{'its sending / loop':36} {min(sends) / min(loops):8.2f}")
        print(f"{'push / (reading + loop)':36} {min(pushes) / (reading + min(loops)):8.2f}")
        if process:
            ratio = min(push for _, push in used) / min(loop for loop, _ in used)
            print(f"{'the same of the processor':36} {ratio:8.2f}   (push, reading included / loop)")
        print(f"{'peak memory after the pushes':36} {peak / 1024:8.0f} MB, {before / 1024:.0f} MB before them")


if __name__ == "__main__":
    main()
