"""The graph as two pandas frames, with the columns that the Parquet tables have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kg.export.graphs import realised
from kg.export.rows import DAYS, GraphRows, day, free_names, prepared, spooled, text_of
from kg.export.tables import EDGE_COLUMNS, NODE_COLUMNS
from kg.graph.project import Projection

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from kg.export.rows import Columns, EdgeRow
    from kg.graph.base import NodeRow
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["Frames", "to_pandas"]


class Frames(NamedTuple):
    """A graph as frames. Text is `string`, a number `Int64` or `float64`, a day `datetime64[s]`, a list a list."""

    nodes: pd.DataFrame
    """With `id`, `base`, `labels`, `name` and the properties, by name."""
    relationships: pd.DataFrame
    """With `start` and `end` (ids of nodes), `type` and the properties, by name."""


def to_pandas(ledger: Ledger, schema: Schema, *, claims: bool = False) -> Frames:
    """The ledger's graph as two frames, in the ledger's order; without `claims` only what happened, and no items."""
    rows = Projection(ledger, schema).rows()
    empty = GraphRows(schema, lambda *_: None)
    with ledger.reading(), spooled(prepared(rows if claims else realised(rows)), empty) as found:
        columns = found.all_node_columns
        columns.pop("name", None)
        lead: Columns = {**dict.fromkeys(NODE_COLUMNS, "string"), "labels": "strings"}
        nodes = (((n.id, n.base, [n.base, *n.labels], n.properties["name"]), n) for n in found.nodes())
        first = _frame(lead, columns, found.node_count, nodes)
        lead = dict.fromkeys(EDGE_COLUMNS, "string")
        edges = (((e.start, e.end, e.type), e) for e in found.edges())
        return Frames(first, _frame(lead, found.all_edge_columns, found.edge_count, edges))


def _frame(
    lead: Columns, columns: Columns, count: int, rows: Iterable[tuple[tuple[Any, ...], NodeRow | EdgeRow]]
) -> pd.DataFrame:
    import pandas as pd

    names = [*lead, *free_names(columns, lead).values()]
    kinds = [*lead.values(), *("day" if name in DAYS else kind for name, kind in columns.items())]
    places = {name: place for place, name in enumerate(columns, len(lead))}
    held: list[list[Any]] = [[None] * count for _ in names]
    for number, (first, row) in enumerate(rows):
        for values, value in zip(held, first, strict=False):
            values[number] = value
        for name, value in row.properties.items():
            place = places.get(name)
            if place is not None:
                held[place][number] = text_of(value) if kinds[place] == "string" else value
    series = {name: _series(values, kind) for name, values, kind in zip(names, held, kinds, strict=True)}
    return pd.DataFrame(series)


def _series(values: list[Any], kind: str) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    if kind == "day":
        days = [None if value is None else day(value) for value in values]
        return pd.Series(np.array(days, dtype="datetime64[s]"))
    dtype = {"boolean": "boolean", "long": "Int64", "double": "float64", "string": "string"}.get(kind, "object")
    return pd.Series(values, dtype=dtype)
