"""Exports to RDF, against pyoxigraph's dump of the same triples and rdflib's serialisers.

python tests/bench/bench_export.py --size 100k

An export reads the ledger and writes the file. pyoxigraph's part is `Store.dump` of a store that holds the same quads,
which reads no ledger; the store is in memory, where it dumps fastest. What a ledger of more than 100,000 statements
holds (35 million triples for a million) does not fit there: then pyoxigraph dumps what a ledger of 100,000 has, made by
the same generator, and its time is scaled by the number of triples. rdflib serialises the first 100,000 triples, and
its time is scaled likewise: it would take minutes for all, and grows no slower than they do. Memory is the peak of the
process that exports, at the size given, a tenth and a hundredth of it. Of the other formats it is looked at up to
100,000 statements; they have no peer here.
"""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from measure import Measure, alone, ledger_of, now, options, report

PEERED = {"ntriples": ".nt", "turtle": ".ttl", "trig": ".trig"}
OTHERS = {"nquads": ".nq", "jsonld": ".jsonld", "rdfxml": ".rdf"}
SLICE = 100_000
"""Triples that rdflib serialises."""
SHARE = 100_000
"""Statements in the largest ledger whose triples a store in memory takes everywhere (about 2 GB)."""


def ours(path: Path, form: str) -> tuple[int, float, int]:
    """Triples, seconds, and bytes written."""
    import kg

    with kg.open(path, read_only=True) as graph, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        out = Path(folder, f"out{(PEERED | OTHERS)[form]}")
        start = now()
        triples = graph.export(form, out).triples
        return triples, now() - start, out.stat().st_size


def theirs(path: Path, forms: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of pyoxigraph, and of rdflib for a slice, each for one triple."""
    import pyoxigraph as ox
    import rdflib

    import kg

    dumped: dict[str, float] = {}
    serialised: dict[str, float] = {}
    with kg.open(path, read_only=True) as graph, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole, out = Path(folder, "whole.nq"), Path(folder, "out")
        graph.export("nquads", whole)
        store = ox.Store()
        store.bulk_load(path=str(whole))
        named = sum(1 for _ in store.quads_for_pattern(None, None, None, None))
        plain = sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        names = _prefixes(graph)
        for form in forms:
            kind = {"ntriples": ox.RdfFormat.N_TRIPLES, "turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG}[form]
            graph_name: Any = None if form == "trig" else ox.DefaultGraph()
            start = now()
            store.dump(str(out), kind, from_graph=graph_name, prefixes=names)
            dumped[form] = (now() - start) / (named if form == "trig" else plain)
        for form in ("turtle", "trig"):
            held = rdflib.Dataset() if form == "trig" else rdflib.Graph()
            for prefix, namespace in names.items():
                held.bind(prefix, namespace)
            lines = []
            with whole.open(encoding="utf-8") as stream:
                wanted = (
                    line for line in stream if form == "trig" or not line.endswith("> .\n") or line.count("> ") < 4
                )
                lines = list(islice(wanted, SLICE))
            held.parse(data="".join(lines), format="nquads" if form == "trig" else "nt")
            number = len(lines)
            start = now()
            held.serialize(str(out), format=form)
            serialised[form] = (now() - start) / number
    return dumped, serialised


def _prefixes(graph: Any) -> dict[str, str]:
    from kg.export.triples import prefixes

    return prefixes(graph.schema)


def main() -> None:
    given = options(__doc__)
    (dumped, serialised), _ = alone(theirs, ledger_of(min(given.size, SHARE)), list(PEERED))
    measures = []
    for form in PEERED:
        (triples, seconds, size), memory = alone(ours, ledger_of(given.size), form)
        note = f"{triples:,} triples, {size / 1e6:,.0f} MB written; {peaks(form, given.size)}"
        share = "" if given.size <= SHARE else f" of what {SHARE:,} statements make, scaled"
        whole = dumped[form] * triples
        measures.append(Measure(form, f"pyoxigraph Store.dump{share}", seconds, whole, "at most 4 ×", memory, note))
        if form in serialised:
            whole = serialised[form] * triples
            note = f"rdflib measured on {SLICE:,} triples and scaled"
            measures.append(Measure(form, "rdflib serialize", seconds, whole, "at most 0.1 ×", None, note))
    most = min(given.size, SHARE)
    for form in OTHERS:
        (triples, seconds, size), memory = alone(ours, ledger_of(most), form)
        note = f"{triples:,} triples of {most:,} statements, {size / 1e6:,.0f} MB written; {peaks(form, most)}"
        measures.append(Measure(form, "no peer", seconds, None, "", memory, note))
    report(measures, as_json=given.json)


def peaks(form: str, size: int) -> str:
    """Memory at smaller sizes, in words."""
    told = []
    for part, of in ((10, "a tenth"), (100, "a hundredth")):
        if size // part >= 1000:
            _, memory = alone(ours, ledger_of(size // part), form)
            told.append(f"{memory:,.0f} MB at {of}")
    return f"peak {', '.join(told)} of the size" if told else "no smaller size"


if __name__ == "__main__":
    main()
