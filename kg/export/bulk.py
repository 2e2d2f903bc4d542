"""A folder of CSV that `neo4j-admin database import full` takes: the fastest way into a new Neo4j database.

A file for each base label and for each pair of them, as an id is unique under its base label only. Headers are typed;
text stands in quotes, so that an empty text is no missing value. `import.sh` runs the import, `schema.cypher` makes
constraints and indexes after it. A whole graph has a stamp too, so that `kg push` goes on from where it is.
"""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any, Final

from kg.export.rows import columns_of, text_of
from kg.graph import constraints
from kg.graph.base import PROJECTION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.export.files import Folder
    from kg.export.rows import Columns, GraphRows, RowKind

__all__ = ["next_step", "write_bulk"]

_DELIMITER: Final = "\x1f"
"""Between the words of a list: no text has it, since it is none of the characters that are ever written."""
_TYPES: Final[Mapping[RowKind, str]] = {
    "boolean": "boolean",
    "long": "long",
    "double": "double",
    "string": "string",
    "strings": "string[]",
}
_OPTIONS: Final = ("--id-type=string", "--multiline-fields=true", "--array-delimiter=U+001F")
_BUFFER: Final = 1 << 22
"""Bytes that the importer reads at once unless told otherwise; a row must fit."""
_SCRIPT: Final = """\
#!/bin/sh
# Import into a database that is not there yet, or is stopped:
#   sh import.sh [DATABASE [OPTION …]]
# One that is there is only replaced with --overwrite-destination. Afterwards, with the server running:
#   cypher-shell -d DATABASE -f schema.cypher
set -e
cd "$(dirname "$0")"
database="${1:-neo4j}"
[ $# -eq 0 ] || shift
exec "${NEO4J_ADMIN:-neo4j-admin}" database import full "$database" \\
"""


def write_bulk(rows: GraphRows, folder: Folder) -> None:
    """Write all rows, the import script and the schema."""
    with ExitStack() as open_:

        def tables(prefix: str, heads: Mapping[Any, tuple[str, str, Columns]]) -> dict[Any, _Table]:
            return {
                key: _Table(open_.enter_context(folder.file(f"{prefix}-{name}.csv")), head, columns)
                for key, (name, head, columns) in sorted(heads.items())
            }

        known = dict(rows.node_columns)
        if rows.stamp is not None:
            known[PROJECTION] = columns_of([rows.stamp])
        nodes = tables("nodes", {b: (b, f"id:ID({b}),:LABEL", c) for b, c in known.items()})
        edges = tables(
            "relationships",
            {
                (a, b): (f"{a}-{b}", f":START_ID({a}),:END_ID({b}),:TYPE", columns)
                for (a, b), columns in rows.edge_columns.items()
            },
        )
        for node in rows.nodes():
            nodes[node.base].write((node.id, [node.base, *node.labels]), node.properties)
        if rows.stamp is not None:
            nodes[PROJECTION].write((rows.stamp.id, [PROJECTION]), rows.stamp.properties)
        for edge in rows.edges():
            edges[edge.start_base, edge.end_base].write((edge.start, edge.end, edge.type), edge.properties)
    options = [f"--{name.partition('-')[0]}={name}" for name in folder.names]
    longest = max((t.longest for t in (*nodes.values(), *edges.values())), default=0)
    buffer = [f"--read-buffer-size={longest // (1 << 20) * 2 + 2}m"] if longest > _BUFFER // 2 else []
    with folder.file("schema.cypher", gzip=False) as stream:
        stream.writelines(f"{statement};\n".encode() for statement in constraints.statements(rows.schema))
    with folder.file("import.sh", gzip=False) as stream:
        lines = " \\\n".join(f"  {option}" for option in (*options, *_OPTIONS, *buffer, '"$@"'))
        stream.write(f"{_SCRIPT}{lines}\n".encode())


def next_step(path: Path) -> str:
    """The command that imports a folder written by `write_bulk`."""
    told = (path / "import.sh").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()[-1]
    options = [
        f"{option}={path / value}" if option in ("--nodes", "--relationships") else f"{option}={value}"
        for option, _, value in (word.partition("=") for word in told.split() if word.startswith("--"))
    ]
    return shlex.join(["neo4j-admin", "database", "import", "full", "neo4j", *options])


class _Table:
    """One CSV file: cells for what the importer wants first, then a cell for each property."""

    def __init__(self, stream: IO[bytes], head: str, columns: Columns) -> None:
        self._stream = stream
        self._places = {name: place for place, name in enumerate(columns)}
        self._kinds = columns
        self._blank = [""] * len(columns)
        self.longest = 0
        """Bytes of the longest row."""
        stream.write((",".join([head, *(f"{name}:{_TYPES[kind]}" for name, kind in columns.items())]) + "\n").encode())

    def write(self, first: tuple[Any, ...], properties: Mapping[str, Any]) -> None:
        cells = self._blank.copy()
        for name, value in properties.items():
            place = self._places.get(name)
            if place is not None:
                cells[place] = _cell(value, self._kinds[name])
        row = (",".join([*(_cell(v, "strings") for v in first), *cells]) + "\n").encode()
        self.longest = max(self.longest, len(row))
        self._stream.write(row)


def _cell(value: Any, kind: RowKind) -> str:
    if kind == "strings":
        text = _DELIMITER.join(value) if isinstance(value, list) else text_of(value)
    elif kind == "string":
        text = text_of(value)
    else:
        return text_of(value)
    return f'"{text.replace(chr(34), chr(34) * 2)}"'
