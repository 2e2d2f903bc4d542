"""The compiled check against pySHACL, on the same items: `python tests/bench/bench_validate.py`.

Items are extracted and loaded first, and neither is timed. Then every document is checked by `kg.validate`, and the RDF
of a ledger of the same documents by pySHACL with the shapes of the ontology. What pySHACL needs to read shapes and
ontology is timed apart and not counted. The best of the rounds counts. Exits with 1 where the ratio is below --least.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "tests" / "data" / "dev.jsonl", ROOT / "kg" / "sample" / "newsletter.txt")


def best(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--least", type=float, default=30.0, help="the ratio that must be reached")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()

    import pyshacl
    import rdflib

    import kg
    from kg import conformance, shapes
    from kg.model import Document
    from kg.validate import validate

    with kg.open(":memory:") as graph:
        schema = graph.schema
        paths = [str(path) for path in SOURCES]
        documents = [d for d in graph.extract(*paths) if isinstance(d, Document)]
        graph.load(*paths)
        data = graph.to_rdflib()
    candidates = sum(len(d.statements) + len(d.events) + len(d.observations) for d in documents)
    demands, ontology = shapes.turtle(schema), (files("kg.ontology") / "kg.ttl").read_bytes()

    def audit(of: rdflib.Graph) -> conformance.Conformance:
        return conformance.check(of, schema, demands, ontology)

    compiled = best(options.rounds, lambda: [validate(document, schema) for document in documents])
    empty = best(options.rounds, lambda: audit(rdflib.Graph()))
    # The check adds the ontology to the graph that it is given.
    copies = [rdflib.Graph() + data for _ in range(options.rounds)]
    shacl = best(options.rounds, lambda: audit(copies.pop())) - empty
    ratio = shacl / compiled
    told = {
        "python": platform.python_version(),
        "pyshacl": pyshacl.__version__,
        "candidates": candidates,
        "triples": len(data),
        "compiled_ms": round(compiled * 1000, 2),
        "pyshacl_ms": round(shacl * 1000, 1),
        "pyshacl_start_ms": round(empty * 1000, 1),
        "ratio": round(ratio, 1),
    }
    if options.json:
        print(json.dumps(told))
    else:
        print(f"{candidates} candidates of {len(documents)} items, {len(data):,} triples; Python {told['python']}")
        print(f"compiled check    {compiled * 1000:10.1f} ms  {compiled / candidates * 1e6:8.1f} µs a candidate")
        print(
            f"pySHACL {pyshacl.__version__:10}{shacl * 1000:10.1f} ms  {shacl / candidates * 1e6:8.1f} µs a candidate"
        )
        print(f"                  {empty * 1000:10.1f} ms more to read shapes and ontology")
        print(f"ratio             {ratio:10.0f} ×")
    return 0 if ratio >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
