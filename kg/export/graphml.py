"""GraphML, for Gephi, Cytoscape, yEd and networkx.

The format is that of graphml.graphdrawing.org. A node's `label` is its name; an edge's is what people call the
relation, and its `weight` how many independent sources say it, since that is what these programs look for.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Final

from kg.export.markup import attribute, content
from kg.export.rows import edge_labels, free_names, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.export.rows import Columns, GraphRows, RowKind

__all__ = ["write_graphml"]

_NODE: Final[Mapping[str, RowKind]] = {"label": "string", "base": "string", "labels": "strings"}
_EDGE: Final[Mapping[str, RowKind]] = {"label": "string", "weight": "double", "type": "string"}


def write_graphml(rows: GraphRows, out: IO[bytes]) -> None:
    """Write all rows. A list is joined with `; `. An edge's id is that of its statement, or says its ends and type."""
    nodes, edges = _Keys("n", _NODE, rows.all_node_columns), _Keys("e", _EDGE, rows.all_edge_columns)
    labels = edge_labels(rows.schema)
    out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for what, keys in (("node", nodes), ("edge", edges)):
        for key, title, kind in keys.declared:
            kind = "string" if kind == "strings" else kind
            line = f'<key id="{key}" for="{what}" attr.name={attribute(title)} attr.type="{kind}"/>\n'
            out.write(line.encode())
    out.write(b'<graph edgedefault="directed">\n')
    for node in rows.nodes():
        name = node.properties["name"]
        lead = nodes.data({"label": name, "base": node.base, "labels": [node.base, *node.labels]})
        told = nodes.data({k: v for k, v in node.properties.items() if k != "id"}, lead=False)
        out.write(f"<node id={attribute(node.id)}>{lead}{told}</node>\n".encode())
    for edge in rows.edges():
        lead = edges.data(
            {
                "label": labels.get(edge.type, edge.type),
                "weight": float(edge.properties.get("sources", 1)),
                "type": edge.type,
            }
        )
        ends = f"id={attribute(edge.id)} source={attribute(edge.start)} target={attribute(edge.end)}"
        out.write(f"<edge {ends}>{lead}{edges.data(edge.properties, lead=False)}</edge>\n".encode())
    out.write(b"</graph>\n</graphml>\n")


class _Keys:
    """What is declared for nodes or edges, and the data elements that refer to it."""

    def __init__(self, prefix: str, lead: Mapping[str, RowKind], columns: Columns) -> None:
        self._lead = {name: f"{prefix}{i}" for i, name in enumerate(lead)}
        self._columns = {name: f"{prefix}{i}" for i, name in enumerate(columns, len(lead))}
        shown = free_names(columns, lead)
        self.declared = [(self._lead[name], name, kind) for name, kind in lead.items()]
        self.declared += [(self._columns[name], shown[name], kind) for name, kind in columns.items()]

    def data(self, values: Mapping[str, Any], *, lead: bool = True) -> str:
        keys = self._lead if lead else self._columns
        return "".join(f'<data key="{keys[name]}">{content(text_of(value))}</data>' for name, value in values.items())
