"""Parquet: a folder with `nodes.parquet` and `relationships.parquet`, every column of one type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.errors import UsageError
from kg.export.rows import DAYS, day, free_names, text_of
from kg.export.tables import EDGE_COLUMNS, NODE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.export.files import Folder
    from kg.export.rows import Columns, EdgeRow, GraphRows
    from kg.graph.base import NodeRow

__all__ = ["write_parquet"]

_BATCH: Final = 4_096
"""Rows that are held as Python values."""
_GROUP: Final = 8 * _BATCH
"""Rows in a row group: they are held in memory at once, as Arrow has them."""


def write_parquet(rows: GraphRows, folder: Folder) -> None:
    """Write both tables, compressed with zstd: lists as lists, numbers as numbers, days as days.

    Dates as told stay text, since 2021-Q3 is no day; `date_start` and `date_end` are `date32`. Where a property is text
    in one row and a number in another, the column is text. Raises UsageError where pyarrow is not installed.
    """
    nodes = (((n.id, n.base, [n.base, *n.labels], n.properties["name"]), n) for n in rows.nodes())
    columns = rows.all_node_columns
    columns.pop("name", None)
    lead: Columns = {**dict.fromkeys(NODE_COLUMNS, "string"), "labels": "strings"}
    _table(folder, "nodes.parquet", lead, columns, nodes)
    edges = (((e.start, e.end, e.type), e) for e in rows.edges())
    lead = dict.fromkeys(EDGE_COLUMNS, "string")
    _table(folder, "relationships.parquet", lead, rows.all_edge_columns, edges)


def _table(
    folder: Folder,
    file: str,
    lead: Columns,
    columns: Columns,
    rows: Iterable[tuple[tuple[Any, ...], NodeRow | EdgeRow]],
) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow; install it with: pip install 'kg-news[parquet]'") from error
    shown = free_names(columns, lead)
    kinds: dict[str, str] = {**lead, **{shown[n]: "day" if n in DAYS else kind for n, kind in columns.items()}}
    schema = pa.schema([pa.field(name, _type(pa, kind)) for name, kind in kinds.items()])
    held: list[list[Any]] = [[] for _ in kinds]
    places = {name: place for place, name in enumerate(columns, len(lead))}
    makers = {name: _maker(kinds[shown[name]]) for name in columns}
    blank: list[Any] = [None] * len(columns)

    with folder.file(file, gzip=False) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        batches: list[pa.RecordBatch] = []

        def flush(*, last: bool = False) -> None:
            if held[0]:
                arrays = [pa.array(values, type=field.type) for values, field in zip(held, schema, strict=True)]
                batches.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
                for values in held:
                    values.clear()
            if batches and (last or len(batches) * _BATCH >= _GROUP):
                writer.write_table(pa.Table.from_batches(batches, schema), row_group_size=_GROUP)
                batches.clear()

        for first, row in rows:
            line = [*first, *blank]
            for name, value in row.properties.items():
                place = places.get(name)
                if place is not None:
                    line[place] = makers[name](value)
            for values, value in zip(held, line, strict=True):
                values.append(value)
            if len(held[0]) == _BATCH:
                flush()
        flush(last=True)


def _type(pa: Any, kind: str) -> Any:
    types: Mapping[str, Any] = {
        "boolean": pa.bool_(),
        "long": pa.int64(),
        "double": pa.float64(),
        "string": pa.string(),
        "strings": pa.list_(pa.string()),
        "day": pa.date32(),
    }
    return types[kind]


def _maker(kind: str) -> Any:
    """What makes a value fit its column."""
    return {"string": text_of, "double": float, "day": day}.get(kind, lambda value: value)
