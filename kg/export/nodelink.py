"""Node-link JSON, as networkx writes and reads it (`networkx.node_link_graph`), and D3 and others after it."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any, Final

from kg.export.rows import free_names

if TYPE_CHECKING:
    from kg.export.rows import GraphRows

__all__ = ["EDGE_NAMES", "NODE_NAMES", "write_node_link"]

NODE_NAMES: Final = ("base", "labels")
EDGE_NAMES: Final = ("source", "target", "key", "type")
"""What an edge has beside its properties."""


def write_node_link(rows: GraphRows, out: IO[bytes]) -> None:
    """Write all rows, a node or an edge a line: a directed multigraph, lists as lists, Chinese as it is.

    Nodes and edges have the attributes, and edges the keys, that `KnowledgeGraph.to_networkx` gives them.
    """
    nodes = free_names(rows.all_node_columns, NODE_NAMES)
    edges = free_names(rows.all_edge_columns, EDGE_NAMES)
    out.write(b'{"directed": true, "multigraph": true, "graph": {}, "nodes": [')
    comma = "\n"
    for node in rows.nodes():
        told: dict[str, Any] = {"id": node.id, "base": node.base, "labels": [node.base, *node.labels]}
        told |= {nodes[name]: value for name, value in node.properties.items() if name != "id"}
        out.write(f"{comma}{_json(told)}".encode())
        comma = ",\n"
    out.write(b'\n], "edges": [')
    comma = "\n"
    for edge in rows.edges():
        told = {"source": edge.start, "target": edge.end, "key": edge.key, "type": edge.type}
        told |= {edges[name]: value for name, value in edge.properties.items()}
        out.write(f"{comma}{_json(told)}".encode())
        comma = ",\n"
    out.write(b"\n]}\n")


_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
