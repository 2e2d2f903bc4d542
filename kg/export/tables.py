"""The graph for programs that read graphs as tables: GraphML."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from kg.export import UNWRITABLE
from kg.export.networkx import to_networkx

if TYPE_CHECKING:
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["write_graphml"]


def write_graphml(ledger: Ledger, schema: Schema, out: IO[bytes], *, claims: bool = False) -> int:
    """Write GraphML, as Gephi and Cytoscape read it: lists are joined with `; `. How many nodes and edges it has."""
    import networkx as nx

    graph = to_networkx(ledger, schema, claims=claims)
    for _, attributes in graph.nodes(data=True):
        _flatten(attributes)
    for _, _, attributes in graph.edges(data=True):
        _flatten(attributes)
    nx.write_graphml(graph, out, encoding="utf-8")
    return graph.number_of_nodes() + graph.number_of_edges()


def _flatten(attributes: dict[str, Any]) -> None:
    """Only what GraphML has types for: no lists, nothing missing, no characters that XML cannot hold."""
    for name, value in list(attributes.items()):
        if value is None:
            del attributes[name]
        elif isinstance(value, (list, tuple)):
            attributes[name] = UNWRITABLE.sub("", "; ".join(map(str, value)))
        elif isinstance(value, str):
            attributes[name] = UNWRITABLE.sub("", value)
