"""The formats that hold a graph, and some of them opened."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import networkx as nx
from documents import SCHEMA

from kg.export import formats
from kg.export.rdf import export

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger

GRAPHS = [f.name for f in formats.FORMATS.values() if f.kind != "rdf"]
FOLDERS = [f.name for f in formats.FORMATS.values() if f.folder]
FILES = [name for name in GRAPHS if name not in FOLDERS]
GEXF = {"g": "http://gexf.net/1.3", "viz": "http://gexf.net/1.3/viz"}


def written(ledger: Ledger, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    export(ledger, SCHEMA, form, out, **options)
    return out.getvalue()


def gexf(ledger: Ledger, **options: Any) -> nx.MultiDiGraph[str]:
    found = nx.read_gexf(io.BytesIO(written(ledger, "gexf", **options)), version="1.3")
    return nx.MultiDiGraph(found)


def node_link(ledger: Ledger, **options: Any) -> nx.MultiDiGraph[str]:
    return nx.node_link_graph(json.loads(written(ledger, "node-link", **options)), edges="edges")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def joined(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value
