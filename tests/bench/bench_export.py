"""Exports to RDF, against pyoxigraph's dump of the same triples and rdflib's serialisers.

python tests/bench/bench_export.py --size 100k

An export reads the ledger and writes the file. pyoxigraph's part is `Store.dump` of a store that holds the same quads,
which reads no ledger; the store is in memory, where it dumps fastest, as far as it fits. rdflib serialises a slice of
them (the first 100,000 triples), and its time is scaled by the number of triples: it would take minutes for all, and
grows no slower than they do. Memory is the peak of the process that exports, and the same at a tenth of the size.
"""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from measure import Measure, alone, ledger_of, now, options, report

FORMATS = {"ntriples": ".nt", "turtle": ".ttl", "trig": ".trig"}
SLICE = 100_000
IN_MEMORY = 1_200_000_000
"""Bytes of N-Quads that a store in memory takes here."""


def ours(path: Path, form: str) -> tuple[int, float, int]:
    """Triples, seconds, and bytes written."""
    import kg

    with kg.open(path, read_only=True) as graph, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        out = Path(folder, f"out{FORMATS[form]}")
        start = now()
        triples = graph.export(form, out).triples
        return triples, now() - start, out.stat().st_size


def theirs(path: Path, forms: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of pyoxigraph for all, and of rdflib for a slice, a triple."""
    import pyoxigraph as ox
    import rdflib

    import kg

    dumped: dict[str, float] = {}
    serialised: dict[str, float] = {}
    with kg.open(path, read_only=True) as graph, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole, out = Path(folder, "whole.nq"), Path(folder, "out")
        graph.export("nquads", whole)
        held_in_memory = whole.stat().st_size < IN_MEMORY
        store = ox.Store() if held_in_memory else ox.Store(str(Path(folder, "store")))
        store.bulk_load(path=str(whole))
        names = _prefixes(graph)
        for form in forms:
            kind = {"ntriples": ox.RdfFormat.N_TRIPLES, "turtle": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG}[form]
            graph_name: Any = None if form == "trig" else ox.DefaultGraph()
            start = now()
            store.dump(str(out), kind, from_graph=graph_name, prefixes=names)
            dumped[form] = now() - start
        for form in ("turtle", "trig"):
            held = rdflib.Dataset() if form == "trig" else rdflib.Graph()
            for prefix, namespace in names.items():
                held.bind(prefix, namespace)
            lines = []
            with whole.open(encoding="utf-8") as stream:
                plain = (
                    line for line in stream if form == "trig" or not line.endswith("> .\n") or line.count("> ") < 4
                )
                lines = list(islice(plain, SLICE))
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
    path, small = ledger_of(given.size), ledger_of(max(1000, given.size // 10))
    (dumped, serialised), _ = alone(theirs, path, list(FORMATS))
    measures = []
    for form in FORMATS:
        (triples, seconds, size), memory = alone(ours, path, form)
        _, little = alone(ours, small, form)
        note = f"{triples:,} triples, {size / 1e6:,.0f} MB written; peak {little:,.0f} MB at a tenth of the size"
        measures.append(Measure(form, "pyoxigraph Store.dump", seconds, dumped[form], "at most 4 ×", memory, note))
        if form in serialised:
            whole = serialised[form] * triples
            note = f"rdflib measured on {SLICE:,} triples and scaled"
            measures.append(Measure(form, "rdflib serialize", seconds, whole, "at most 0.1 ×", None, note))
    report(measures, as_json=given.json)


if __name__ == "__main__":
    main()
