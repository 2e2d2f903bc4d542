"""The rows of a graph on their way into a file: made fit to be written, and read from the ledger once.

Most formats must say first what columns there are, and some want all nodes before the first edge. So the rows are put
down in a file of their own while they are read, nodes and edges apart, and what the columns need is noted: memory stays
flat, and the ledger, which takes longest, is read only once.
"""

from __future__ import annotations

import marshal
import tempfile
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import IO, TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from kg.export import UNWRITABLE
from kg.graph.base import NEWS_ITEM, NodeRow
from kg.graph.rows import MENTIONS, OBJECT, REPORTED_BY, SUBJECT
from kg.tables import is_minted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.graph.base import RelationshipRow
    from kg.schema import Schema

__all__ = [
    "DAYS",
    "Columns",
    "EdgeRow",
    "GraphRows",
    "RowKind",
    "columns_of",
    "day",
    "edge_labels",
    "free_names",
    "key_of_node",
    "prepared",
    "spooled",
    "text_of",
]

RowKind: TypeAlias = Literal["boolean", "long", "double", "string", "strings"]
"""What all values of a column are; `strings` are lists."""
Columns: TypeAlias = "dict[str, RowKind]"

DAYS: Final = frozenset(("date_start", "date_end"))
"""Properties that are days in the calendar."""
_MARK: Final = "item/"
_PREFIXES: Final = "esvbl"
_BATCH: Final = 500
_LENGTH: Final = 8
"""Bytes before a batch that say how long it is."""


class EdgeRow(NamedTuple):
    """A relationship as files have it. `start` and `end` are keys of nodes."""

    key: str
    """Of a statement its id; of a role its type, with the event where an entity plays it in several. Unique between
    two nodes."""
    type: str
    start_base: str
    start: str
    end_base: str
    end: str
    properties: dict[str, Any]

    @property
    def id(self) -> str:
        """Unique throughout the graph."""
        return self.key if "statement" in self.properties else f"{self.start} {self.key} {self.end}"


# ---- fit to be written ----------------------------------------------------------------------------------------------


def key_of_node(base: str, identifier: str, *, by_label: bool = False) -> str:
    """What a node is called in a file: its id.

    Only a news item's, which its source gave, may be altered: it gets `item/` before it where it looks like one of ours
    or has that already, unless the format tells nodes apart `by_label`; and where nothing could write it, with what
    cannot be written percent-encoded. Different ids always give different keys.

    >>> [key_of_node("NewsItem", name) for name in ("2021-11/7", "e0123456789abcdef", "a\\0")]
    ['2021-11/7', 'item/e0123456789abcdef', 'item/a%00']
    """
    if base != NEWS_ITEM or not (
        UNWRITABLE.search(identifier)
        or (identifier.startswith(_MARK) and (not by_label or "%" in identifier))
        or (not by_label and identifier[:1] in _PREFIXES and is_minted(identifier, identifier[0]))
    ):
        return identifier
    encoded = UNWRITABLE.sub(lambda m: f"%{ord(m[0]):02X}", identifier.replace("%", "%25"))
    return f"{_MARK}{encoded}"


def prepared(rows: Iterable[NodeRow | RelationshipRow], *, by_label: bool = False) -> Iterator[NodeRow | EdgeRow]:
    """Rows without what some format cannot hold: control and half characters, and numbers that are none."""
    for row in rows:
        properties = {name: fit for name, value in row.properties.items() if (fit := _fit(value)) is not None}
        if isinstance(row, NodeRow):
            key = key_of_node(row.base, row.id, by_label=by_label)
            yield NodeRow(row.base, key, row.labels, {**properties, "id": key})
        else:
            key = row.type
            if "statement" in properties:
                key = properties["statement"]
            elif "event" in properties:
                key += f" {properties['event']}"
            start = key_of_node(row.start_base, row.start, by_label=by_label)
            end = key_of_node(row.end_base, row.end, by_label=by_label)
            yield EdgeRow(key, row.type, row.start_base, start, row.end_base, end, properties)


def _fit(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isprintable() else UNWRITABLE.sub("", value)
    if kind is float:
        return value if isfinite(value) else None
    return [_fit(str(one)) for one in value] if kind in (list, tuple) else value


def text_of(value: Any) -> str:
    """A value in formats that know only text there: a list is joined with `; `."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if value else "false"
    return "; ".join(value) if kind is list else str(value)


def day(text: Any) -> date | None:
    """A day in the calendar; None where there is no such day."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def free_names(names: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """What properties are called beside names that the format itself needs; nothing is ever left out for its name."""
    given: dict[str, str] = {}
    used = set(taken) | set(names)
    for name in names:
        shown = name
        if name in taken:
            while shown in used:
                shown += "_"
            used.add(shown)
        given[name] = shown
    return given


def edge_labels(schema: Schema) -> dict[str, str]:
    """Relationship type → what people call it, in Chinese."""
    known = {MENTIONS: "提及", SUBJECT: "主体", OBJECT: "客体", REPORTED_BY: "发布方"}
    for event in schema.events.values():
        for role in event.roles.values():
            known.setdefault(role.relationship_type, role.label_zh)
    known |= {p.relationship_type: p.label_zh for p in schema.properties.values()}
    return known


# ---- read once ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class GraphRows:
    """All rows of an export, in the ledger's order; nodes and edges can be read again, but not two at once."""

    schema: Schema
    tell: Callable[[str, int, int | None], None]
    """Called with what is done (`reading`, `writing`), how many rows, and of how many; None where nobody knows yet."""
    stamp: NodeRow | None = None
    """Which state of which ledger it is; None where it is not the whole graph."""
    node_columns: dict[str, Columns] = field(default_factory=lambda: defaultdict(dict))
    """Base label → columns, without `id`; sorted."""
    edge_columns: dict[tuple[str, str], Columns] = field(default_factory=lambda: defaultdict(dict))
    """Base labels of both ends → columns; sorted."""
    node_count: int = 0
    edge_count: int = 0
    _files: tuple[IO[bytes], IO[bytes]] | None = None
    _told: int = 0

    @property
    def count(self) -> int:
        return self.node_count + self.edge_count

    @property
    def all_node_columns(self) -> Columns:
        return _merged(self.node_columns.values())

    @property
    def all_edge_columns(self) -> Columns:
        return _merged(self.edge_columns.values())

    def nodes(self) -> Iterator[NodeRow]:
        return (NodeRow(*row) for row in self._read(0))

    def edges(self) -> Iterator[EdgeRow]:
        return (EdgeRow(*row) for row in self._read(1))

    def _read(self, which: int) -> Iterator[tuple[Any, ...]]:
        assert self._files is not None
        stream = self._files[which]
        stream.flush()
        stream.seek(0)
        left = (self.node_count, self.edge_count)[which]
        while left:
            batch = marshal.loads(stream.read(int.from_bytes(stream.read(_LENGTH))))
            yield from batch
            left -= len(batch)
            self._told += len(batch)
            self.tell("writing", self._told, self.count)

    def fill(self, rows: Iterable[NodeRow | EdgeRow], nodes: IO[bytes], edges: IO[bytes]) -> None:
        """Put rows down in two files."""
        self._files = (nodes, edges)
        held: tuple[list[Any], list[Any]] = ([], [])
        for row in rows:
            columns: Columns
            if isinstance(row, NodeRow):
                self.node_count += 1
                columns, which = self.node_columns[row.base], 0
            else:
                self.edge_count += 1
                columns, which = self.edge_columns[row.start_base, row.end_base], 1
            _note(columns, row.properties)
            held[which].append(tuple(row))
            if len(held[which]) == _BATCH:
                _put(held[which], self._files[which])
                self.tell("reading", self.count, None)
        for which in (0, 1):
            if held[which]:
                _put(held[which], self._files[which])
        for base in self.node_columns.values():
            base.pop("id", None)
        for known in (self.node_columns, self.edge_columns):
            for key in known:
                known[key] = dict(sorted(known[key].items()))  # type: ignore[index]


def _put(rows: list[Any], stream: IO[bytes]) -> None:
    """Put rows down, and empty the list. Marshalling to a file directly would read it back in crumbs."""
    data = marshal.dumps(rows)
    stream.write(len(data).to_bytes(_LENGTH))
    stream.write(data)
    rows.clear()


@contextmanager
def spooled(rows: Iterable[NodeRow | EdgeRow], empty: GraphRows, folder: Path | None = None) -> Iterator[GraphRows]:
    """Fill `empty` with the rows; they lie in files without a name in a folder (the system's, by default) until the
    end."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile(dir=folder, buffering=1 << 20)) for _ in range(2)]
        empty.fill(rows, files[0], files[1])
        yield empty


_KINDS: Final[Mapping[type, RowKind]] = {bool: "boolean", int: "long", float: "double", str: "string", list: "strings"}


def columns_of(nodes: Iterable[NodeRow]) -> Columns:
    """What columns nodes need, without `id`; sorted."""
    columns: Columns = {}
    for node in nodes:
        _note(columns, {name: value for name, value in node.properties.items() if name != "id"})
    return dict(sorted(columns.items()))


def _note(columns: Columns, properties: Mapping[str, Any]) -> None:
    for name, value in properties.items():
        kind = _KINDS[type(value)]
        if columns.get(name) != kind:
            columns[name] = _wider(columns.get(name), kind)


def _wider(known: RowKind | None, kind: RowKind) -> RowKind:
    if known is None or known == kind:
        return kind
    return "double" if {known, kind} == {"long", "double"} else "string"


def _merged(columns: Iterable[Columns]) -> Columns:
    merged: Columns = {}
    for each in columns:
        for name, kind in each.items():
            merged[name] = _wider(merged.get(name), kind)
    return dict(sorted(merged.items()))
