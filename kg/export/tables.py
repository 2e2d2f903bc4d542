"""The graph for programs that read it as tables: GraphML for Gephi and Cytoscape, CSV for spreadsheets and databases.

Both show what `kg.graph` shows, row by row: the ledger is read twice, once for what columns there are and once for what
is in them, so that memory stays flat.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from kg.export import UNWRITABLE
from kg.graph.base import CLAIM, EVENT, NEWS_ITEM, NodeRow
from kg.graph.project import Projection
from kg.model import UNREALISED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.graph.base import RelationshipRow
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["write_csv", "write_graphml"]

_NODE: Final = ("id", "base", "labels", "name")
_EDGE: Final = ("start", "end", "type")


def write_csv(ledger: Ledger, schema: Schema, folder: Path, *, claims: bool = True) -> int:
    """Write `nodes.csv` and `relationships.csv` into a folder, which is made where it is not there. How many rows.

    UTF-8, comma, a header; a list is joined with `; `. `start` and `end` of a relationship are ids of nodes. Without
    `claims` nothing is in them that did not happen, and no news items.
    """
    rows = _Rows(ledger, schema, claims)
    folder.mkdir(parents=True, exist_ok=True)
    drafts = {folder / f".{name}.draft": folder / name for name in ("nodes.csv", "relationships.csv")}
    number = 0
    try:
        first, second = (draft.open("w", encoding="utf-8", newline="") for draft in drafts)
        with first, second:
            nodes, edges = (csv.writer(stream, lineterminator="\n") for stream in (first, second))
            nodes.writerow(chain(_NODE, rows.node_columns))
            edges.writerow(chain(_EDGE, rows.edge_columns))
            for row in rows:
                number += 1
                if isinstance(row, NodeRow):
                    lead: tuple[Any, ...] = (row.id, row.base, [row.base, *row.labels], row.properties["name"])
                    nodes.writerow(map(_cell, (*lead, *map(row.properties.get, rows.node_columns))))
                else:
                    lead = (row.start, row.end, row.type)
                    edges.writerow(map(_cell, (*lead, *map(row.properties.get, rows.edge_columns))))
        for draft, target in drafts.items():
            draft.replace(target)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return number


def write_graphml(ledger: Ledger, schema: Schema, out: IO[bytes], *, claims: bool = True) -> int:
    """Write GraphML; how many nodes and edges. A list is joined with `; `; a node's name is its `label` too.

    An edge's id is that of its statement, or says its ends and type. Without `claims` as for `write_csv`.
    """
    rows = _Rows(ledger, schema, claims)
    node_keys = {name: f"n{i}" for i, name in enumerate(("label", *_NODE[1:], *rows.node_columns))}
    edge_keys = {name: f"e{i}" for i, name in enumerate((_EDGE[2], *rows.edge_columns))}

    def write(line: str) -> None:
        out.write(line.encode("utf-8"))

    write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for what, keys, types in (("node", node_keys, rows.node_columns), ("edge", edge_keys, rows.edge_columns)):
        for name, key in keys.items():
            kind = types.get(name, "string")
            write(f'<key id="{key}" for="{what}" attr.name={_quoted(name)} attr.type="{kind}"/>\n')
    write('<graph edgedefault="directed">\n')
    number, used = 0, set()
    for row in rows:
        number += 1
        if isinstance(row, NodeRow):
            told = {"label": row.properties["name"], "base": row.base, "labels": [row.base, *row.labels]}
            write(f"<node id={_quoted(row.id)}>{_data({**row.properties, **told}, node_keys)}</node>\n")
        else:
            name = row.properties.get("statement") or f"{row.start} {row.type} {row.end}"
            if name in used:
                name = f"{name} {number}"
            if "statement" not in row.properties:
                used.add(name)
            ends = f"id={_quoted(name)} source={_quoted(row.start)} target={_quoted(row.end)}"
            write(f"<edge {ends}>{_data({**row.properties, 'type': row.type}, edge_keys)}</edge>\n")
    write("</graph>\n</graphml>\n")
    return number


@dataclass(slots=True)
class _Rows:
    """The rows of the graph that a table shows, and the columns they need, sorted."""

    ledger: Ledger
    schema: Schema
    claims: bool
    node_columns: dict[str, str] = field(default_factory=dict)
    """Property → GraphML's type of its values."""
    edge_columns: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self:
            columns = self.node_columns if isinstance(row, NodeRow) else self.edge_columns
            for name, value in row.properties.items():
                columns[name] = _wider(columns.get(name), _kind(value))
        for name in _NODE:
            self.node_columns.pop(name, None)
        for name in _EDGE:
            self.edge_columns.pop(name, None)
        self.node_columns = dict(sorted(self.node_columns.items()))
        self.edge_columns = dict(sorted(self.edge_columns.items()))

    def __iter__(self) -> Iterator[NodeRow | RelationshipRow]:
        hidden: set[str] = set()
        for row in Projection(self.ledger, self.schema).rows():
            if self.claims:
                yield row
            elif isinstance(row, NodeRow):
                if row.base == EVENT and CLAIM in row.labels:
                    hidden.add(row.id)
                elif row.base not in (CLAIM, NEWS_ITEM):
                    yield row
            elif not (
                {row.start_base, row.end_base} & {CLAIM, NEWS_ITEM}
                or row.start in hidden
                or row.properties.get("status") in UNREALISED
            ):
                yield row


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "long" if isinstance(value, int) else "double" if isinstance(value, float) else "string"


def _wider(known: str | None, kind: str) -> str:
    if known is None or known == kind:
        return kind
    return "double" if {known, kind} == {"long", "double"} else "string"


def _cell(value: object) -> str:
    """A value as text, without the characters that nothing can write."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        value = "; ".join(map(str, value))
    return UNWRITABLE.sub("", str(value))


def _data(properties: Mapping[str, object], keys: Mapping[str, str]) -> str:
    told: Iterable[tuple[str, object]] = ((key, properties.get(name)) for name, key in keys.items())
    return "".join(
        f'<data key="{key}">{escape(_cell(value), {chr(13): "&#13;"})}</data>'
        for key, value in told
        if value is not None
    )


def _quoted(text: str) -> str:
    return quoteattr(UNWRITABLE.sub("", text))
