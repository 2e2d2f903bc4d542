"""The named queries on the embedded graph, against the same on a warm Neo4j.

    python tests/bench/bench_queries.py --size 100k

Both show the same generated ledger, and their rows must be equal in number. Parameters are the entities that the ledger
mentions most, so the work is the largest there is. The best of five runs counts on either side; Neo4j answers over
loopback, has the indexes of a push and has run every query before. What takes ten seconds is measured once, and a query
that takes longer than a minute is given up.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from generator import World
from measure import Measure, best, ledger_of, now, options, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph.base import View
    from kg.query import NamedQuery

sys.path.insert(0, str(Path(__file__).parents[1]))

ROUNDS: Final = 5
_SLOW: Final = 10.0
"""Seconds of both together from which on one round has to do."""
_FIGURE: Final = "营收"
_KNOWN: Final = {
    "best-supported": "makes a row of every relationship and sorts them; to read them takes a sixth of its time",
    "changes": "reads every relationship, which takes two thirds of its time",
    "co-mentioned": "groups what thousands of items name beside the entity; to walk there takes a third of its time",
    "investor-pairs": "groups every two investors of a company; to walk there takes a seventh of its time",
    "path": "the engine looks for shortest paths from one end, Neo4j from both",
    "overview": "reads every node and relationship; the engine's optimizer would count them without, and is off since "
    "it refuses this query and counts others wrongly",
}
"""Why Neo4j is faster where it is."""


def given(query: NamedQuery, world: World) -> dict[str, Any]:
    """Values for the parameters that have no default, and for those that anchor a query."""
    company, fund = world.company(0), world.fund(0)
    known: dict[str, Any] = {
        "company": company,
        "organization": company,
        "entity": company,
        "institution": company,
        "investor": fund,
        "a": company,
        "b": world.company(1),
        "person": "王伟伟",
        "agreement": company,
        "technology": world.product(0),
        "indicator": _FIGURE,
        "from": "2018-01",
        "to": "2018-06",
        "since": "2024-10",
    }
    return {p.name: known[p.name] for p in query.parameters if p.name in known and p.required}


def measures(size: int) -> Iterator[Measure]:
    from neo4j_server import fetch, start

    from kg.errors import LimitError, UnknownNameError
    from kg.graph.embedded import EmbeddedGraph
    from kg.graph.neo4j import Neo4jGraph
    from kg.graph.push import push
    from kg.ledger import Ledger
    from kg.query import named_queries, run
    from kg.schema import Schema

    fetch()
    schema = Schema.load()
    world = World(schema, size)
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.open(ledger_of(size), schema, read_only=True) as ledger,
        start(Path(folder, "neo4j"), heap="2g", steady=True) as server,
        Neo4jGraph.connect(server.uri, server.auth, None, schema) as there,
    ):
        push(ledger, schema, server.uri, server.auth)
        here = EmbeddedGraph.open(None, ledger, schema)
        for name, query in named_queries().items():
            try:
                bound = given(query, world)
                query.bind(bound, ledger)
            except UnknownNameError:
                bound = {p: world.company(0) for p in bound}

            def asked(view: View, query: NamedQuery = query, bound: dict[str, Any] = bound) -> int:
                return len(run(query, view, ledger, bound, timeout=60.0, limit=1_000_000).rows)

            try:
                began = now()
                rows = asked(here), asked(there)
                rounds = ROUNDS if now() - began < _SLOW else 1
                ours, peer = (best(lambda view=view, rounds=rounds: asked(view), rounds) for view in (here, there))
            except LimitError:
                yield Measure(f"query: {name}", "Neo4j, warm", 60.0, None, "< 1 ×", None, "one of the two was given up")
                continue
            note = f"{rows[0]:,} rows" if rows[0] == rows[1] else f"DIFFERENT: {rows[0]:,} and {rows[1]:,} rows"
            if ours > peer and name in _KNOWN:
                note += f"; {_KNOWN[name]}"
            yield Measure(f"query: {name}", "Neo4j, warm", ours, peer, "< 1 ×", None, note)


if __name__ == "__main__":
    told = options(__doc__)
    report(measures(told.size), as_json=told.json)
