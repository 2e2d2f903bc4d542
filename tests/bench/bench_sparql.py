"""How long the SPARQL store takes to build, to open and to take up one item, and queries against rdflib: `make bench`.

The ledger is made up: items with funding rounds, posts and figures over many companies and investors. Both engines
hold the same triples; rdflib's are in memory, ours on disk, and our time has the way to the worker's process and back
in it. The best of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model import Document

QUERIES = {
    "rounds of an investor": (
        "SELECT ?name ?amount { ?s rdf:predicate kg:raisedFrom ; rdf:object ?i ; rdf:subject/rdfs:label ?name . "
        "?i rdfs:label '资本7号'@zh OPTIONAL { ?s kg:amount/kg:literal ?amount } }"
    ),
    "co-investors": (
        "SELECT ?a ?b (COUNT(DISTINCT ?c) AS ?n) { ?c kg:raisedFrom ?a , ?b FILTER(STR(?a) < STR(?b)) } "
        "GROUP BY ?a ?b ORDER BY DESC(?n) LIMIT 10"
    ),
    "statements by status": "SELECT ?t (COUNT(*) AS ?n) { ?s a kg:Statement ; kg:status ?t } GROUP BY ?t",
    "evidence of a company": (
        "SELECT ?sentence { ?c rdfs:label '公司5'@zh . ?s rdf:subject ?c ; kg:evidence/kg:sentence ?sentence }"
    ),
    "triples by property": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
}


def item(number: int, rng: random.Random) -> Document:
    from documents import Told

    from kg.model import Amount

    told = Told(f"i{number}", f"2021-{rng.randint(1, 12):02d}")
    for _ in range(3):
        company = told.entity(f"公司{rng.randint(0, 2000)}")
        fund = told.entity(f"资本{rng.randint(0, 300)}号", "InvestmentFirm")
        size = float(rng.randint(1, 90))
        amount = Amount(f"{size:g}亿元", size * 1e8, size * 1e8, "CNY")
        status = rng.choice(("asserted", "asserted", "asserted", "planned", "rumoured"))
        told.says(company, "raisedFrom", fund, status, 0.9, round=rng.choice("ABCD"), amount=amount, date="2021-03")
        told.says(told.entity(f"人{number}甲", "Person"), "worksFor", company, title="总裁")
    told.observes("营收", float(number), company)
    return told.document


def timed(work: Callable[[], object], rounds: int = 1) -> float:
    """Seconds of the fastest round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()

    from documents import SCHEMA

    from kg.export.rdf import to_rdflib
    from kg.ledger import Ledger
    from kg.sparql.view import SparqlView

    rng = random.Random(1)
    numbers: dict[str, object] = {"python": platform.python_version(), "machine": platform.machine()}
    with tempfile.TemporaryDirectory() as name, Ledger.open(Path(name) / "kg.db", SCHEMA) as ledger:
        for _ in ledger.add_all(item(n, rng) for n in range(options.items)):
            pass
        folder = Path(name) / "kg.sparql"
        view = SparqlView.open(folder, ledger, SCHEMA)
        numbers["build_seconds"] = round(timed(view.replica.current), 2)
        ask = "ASK { ?s a kg:Company }"
        numbers["first_answer_seconds"] = round(timed(lambda: view.query(ask)), 3)
        numbers["next_answer_seconds"] = round(timed(lambda: view.query(ask), 10), 4)
        changes = []
        for n in range(options.rounds):
            ledger.add(item(options.items + n, rng))
            changes.append(timed(view.replica.current))
        numbers["one_item_seconds"] = round(min(changes), 3)
        start = time.perf_counter()
        graph = to_rdflib(ledger, SCHEMA)
        numbers["rdflib_build_seconds"] = round(time.perf_counter() - start, 2)
        numbers["triples"] = len(graph)
        queries = {}
        for what, query in QUERIES.items():
            ours = timed(lambda q=query: view.query(q), options.rounds)  # type: ignore[misc]
            theirs = timed(lambda q=query: list(graph.query(q)), options.rounds)  # type: ignore[misc]
            same = len(view.query(query)) == len(list(graph.query(query)))
            assert same, f"{what}: the engines differ"
            queries[what] = (round(ours, 4), round(theirs, 4), round(theirs / ours, 1))
        view.close()
    if options.json:
        json.dump({**numbers, "queries": queries}, sys.stdout, indent=2, ensure_ascii=False)
        print()
        return
    told = f"{numbers['triples']:,} triples of {options.items} items"
    print(f"{told}, best of {options.rounds} rounds, Python {numbers['python']}\n")
    print(f"  building the store      {numbers['build_seconds']} s")
    print(f"  an rdflib.Graph         {numbers['rdflib_build_seconds']} s")
    print(f"  taking up one item      {numbers['one_item_seconds']} s")
    print(f"  first answer, the next  {numbers['first_answer_seconds']} s, {numbers['next_answer_seconds']} s\n")
    print("  query                      kg sparql     rdflib   ratio")
    for what, (ours, theirs, ratio) in queries.items():
        print(f"  {what:24} {ours:9.4f} s {theirs:8.4f} s   {ratio:5.1f}")


if __name__ == "__main__":
    main()
