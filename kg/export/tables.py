"""CSV: a folder with `nodes.csv` and `relationships.csv`, for pandas, databases and, with care, spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from kg.export.rows import free_names, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.export.files import Folder
    from kg.export.rows import EdgeRow, GraphRows
    from kg.graph.base import NodeRow

__all__ = ["EDGE_COLUMNS", "NODE_COLUMNS", "write_csv", "write_spreadsheet"]

NODE_COLUMNS: Final = ("id", "base", "labels", "name")
EDGE_COLUMNS: Final = ("start", "end", "type")
"""What comes first in a row; then the properties, by name."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, in either width."""


def write_csv(rows: GraphRows, folder: Folder) -> None:
    """Write both tables: UTF-8, comma, a header, `"` around cells that need it; a list is joined with `; `.

    `start` and `end` of a relationship are ids of nodes. Text is as it was told, also where it begins with `=`.
    """
    _write(rows, folder, "", text_of)


def write_spreadsheet(rows: GraphRows, folder: Folder) -> None:
    """As `write_csv`, with a byte order mark, by which Excel knows UTF-8, and an apostrophe before text that it would
    run as a formula."""
    _write(rows, folder, "\ufeff", _harmless)


def _harmless(value: Any) -> str:
    text = text_of(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, (int, float)) else text


def _write(rows: GraphRows, folder: Folder, mark: str, cell: Callable[[Any], str]) -> None:
    names = free_names(rows.all_node_columns, NODE_COLUMNS)
    names.pop("name", None)
    nodes = (((n.id, n.base, [n.base, *n.labels], n.properties["name"]), n) for n in rows.nodes())
    _table(folder, "nodes.csv", mark, cell, NODE_COLUMNS, names, nodes)
    names = free_names(rows.all_edge_columns, EDGE_COLUMNS)
    edges = (((e.start, e.end, e.type), e) for e in rows.edges())
    _table(folder, "relationships.csv", mark, cell, EDGE_COLUMNS, names, edges)


def _table(
    folder: Folder,
    file: str,
    mark: str,
    cell: Callable[[Any], str],
    lead: tuple[str, ...],
    names: dict[str, str],
    rows: Iterable[tuple[tuple[Any, ...], NodeRow | EdgeRow]],
) -> None:
    places = {name: place for place, name in enumerate(names, len(lead))}
    blank = [""] * len(names)

    def lines() -> Iterator[list[str]]:
        yield [*lead, *names.values()]
        for first, row in rows:
            line = [*map(cell, first), *blank]
            for name, value in row.properties.items():
                place = places.get(name)
                if place is not None:
                    line[place] = cell(value)
            yield line

    with folder.file(file) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        text.write(mark)
        csv.writer(text, lineterminator="\n").writerows(lines())
        text.flush()
        text.detach()
