"""GEXF 1.3, for Gephi and networkx: with times, weights and colours.

The format is that of gexf.net. What it needs beside the properties, and where that comes from:

- a node's colour tells its class; an edge's `label` is what people call the relation, its `kind` the type, its `weight`
  how many independent sources say it;
- an event and a figure are there on the days that they are told for, an item on the day it was published; a statement
  from the day it began (`from`, `date`, `year`), or was first told, until `to`, or until last told where it `ended`.
  What has no such day is open on that side; entities are always there.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Final

from kg.export.markup import attribute
from kg.export.rows import day, edge_labels, free_names, text_of
from kg.graph.base import CLAIM, ENTITY, EVENT, LITERAL, NEWS_ITEM, OBSERVATION
from kg.graph.rows import days_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.export.rows import Columns, GraphRows
    from kg.graph.base import NodeRow

__all__ = ["COLOURS", "days_of_edge", "days_of_node", "write_gexf"]

COLOURS: Final[Mapping[str, str]] = {
    "Person": "e15759",
    "InvestmentFirm": "edc948",
    "Company": "4e79a7",
    "GovernmentBody": "9c755f",
    "Organization": "76b7b2",
    "Place": "59a14f",
    "Product": "f28e2b",
    "Technology": "ffbe7d",
    "Project": "d4a6c8",
    "Industry": "86bcb6",
    CLAIM: "d7b5a6",
    EVENT: "b07aa1",
    OBSERVATION: "a0cbe8",
    NEWS_ITEM: "79706e",
    LITERAL: "bab0ac",
    ENTITY: "499894",
}
"""Label → RGB in hexadecimal. A node has that of its nearest class that is in here."""
_NODE: Final = ("label", "base", "labels")
_EDGE: Final = ("id", "label", "weight", "kind")


def write_gexf(rows: GraphRows, out: IO[bytes]) -> None:
    """Write all rows. A list is joined with `; `. An edge's id is that of its statement, or says its ends and type."""
    labels = edge_labels(rows.schema)
    columns = rows.all_node_columns
    nodes = _Attributes("n", {"base": "string", "labels": "strings"}, columns, _NODE)
    edges = _Attributes("e", {"type": "string"}, rows.all_edge_columns, (*_EDGE, "type"))
    out.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
        b"<meta><creator>kg</creator></meta>\n"
        b'<graph mode="dynamic" defaultedgetype="directed" idtype="string" timeformat="date">\n'
    )
    for what, attributes in (("node", nodes), ("edge", edges)):
        out.write(f'<attributes class="{what}" mode="static">\n{attributes.declared}</attributes>\n'.encode())
    out.write(f'<nodes count="{rows.node_count}">\n'.encode())
    for node in rows.nodes():
        told = {"base": node.base, "labels": [node.base, *node.labels]}
        head = f"id={attribute(node.id)} label={attribute(node.properties['name'])}{_times(days_of_node(node))}"
        values = nodes.values(told, ((k, v) for k, v in node.properties.items() if k != "id"))
        out.write(f"<node {head}>{values}{_colour(node)}</node>\n".encode())
    out.write(f'</nodes>\n<edges count="{rows.edge_count}">\n'.encode())
    for edge in rows.edges():
        head = (
            f"id={attribute(edge.id)} source={attribute(edge.start)} target={attribute(edge.end)}"
            f" label={attribute(labels.get(edge.type, edge.type))} kind={attribute(edge.type)}"
            f' weight="{float(edge.properties.get("sources", 1))}"{_times(days_of_edge(edge.properties))}'
        )
        values = edges.values({"type": edge.type}, edge.properties.items())
        out.write(f"<edge {head}>{values}</edge>\n".encode())
    out.write(b"</edges>\n</graph>\n</gexf>\n")


class _Attributes:
    """What is declared for nodes or edges, and the values that refer to it."""

    def __init__(self, prefix: str, lead: Columns, columns: Columns, taken: Iterable[str]) -> None:
        shown = free_names(columns, tuple(taken))
        titles = [*lead.items(), *((shown[name], kind) for name, kind in columns.items())]
        self._lead = {name: f"{prefix}{i}" for i, name in enumerate(lead)}
        self._columns = {name: f"{prefix}{i}" for i, name in enumerate(columns, len(lead))}
        self.declared = "".join(
            f'<attribute id="{prefix}{i}" title={attribute(title)} type="{"string" if kind == "strings" else kind}"/>\n'
            for i, (title, kind) in enumerate(titles)
        )

    def values(self, lead: Mapping[str, Any], properties: Iterable[tuple[str, Any]]) -> str:
        told = [(self._lead[name], value) for name, value in lead.items()]
        told += [(self._columns[name], value) for name, value in properties]
        each = "".join(f'<attvalue for="{key}" value={attribute(text_of(value))}/>' for key, value in told)
        return f"<attvalues>{each}</attvalues>"


def days_of_node(node: NodeRow) -> tuple[str | None, str | None]:
    """First and last day that a node is there, ISO 8601; None where that is open."""
    told = node.properties
    if node.base == CLAIM:
        return days_of_edge(told)
    if node.base in (EVENT, OBSERVATION, NEWS_ITEM):
        if "date_start" in told:
            return _valid(told["date_start"], told.get("date_end"))
        first = days_of(told.get("first_seen"))
        return _valid(*first) if first else (None, None)
    return None, None


def days_of_edge(told: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """First and last day that a statement holds, ISO 8601; None where that is open."""
    begins = ended = None
    # What was only told when it was over began before that.
    over = told.get("status") == "ended" and told.get("first_seen") == told.get("last_seen")
    for name in ("from", "date", "year", *(() if over else ("first_seen",))):
        if name in told and (days := days_of(str(told[name]))):
            begins = days[0]
            break
    for name in ("to", "last_seen") if told.get("status") == "ended" else ("to",):
        if name in told and (days := days_of(str(told[name]))):
            ended = days[1]
            break
    return _valid(begins, ended)


def _valid(start: str | None, end: str | None) -> tuple[str | None, str | None]:
    """Without days that are in no calendar, and without an end before the beginning."""
    start, end = (start if day(start) else None), (end if day(end) else None)
    return start, None if start and end and end < start else end


def _times(days: tuple[str | None, str | None]) -> str:
    start, end = days
    return (f' start="{start}"' if start else "") + (f' end="{end}"' if end else "")


def _colour(node: NodeRow) -> str:
    known = next((label for label in node.labels if label in COLOURS), node.base)
    rgb = COLOURS.get(known, COLOURS[ENTITY])
    r, g, b = (int(rgb[i : i + 2], 16) for i in (0, 2, 4))
    return f'<viz:color r="{r}" g="{g}" b="{b}"/>'
