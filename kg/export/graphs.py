"""The graph as files that are no RDF: which rows are in them, and who writes them."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.export.files import draft, draft_folder
from kg.export.rows import GraphRows, prepared, spooled
from kg.graph.base import CLAIM, EVENT, NEWS_ITEM, NodeRow
from kg.graph.project import Projection
from kg.model import UNREALISED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.export.formats import Format
    from kg.graph.base import RelationshipRow
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["after", "realised", "write_graph", "writer"]


def write_graph(
    ledger: Ledger,
    schema: Schema,
    format: Format,
    out: Path | IO[bytes],
    *,
    claims: bool = True,
    whole: bool = True,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> int:
    """Write the rows of a ledger's graph; how many. `whole` says that the ledger is not a part of one.

    Without `claims` nothing is in them that did not happen, and no news items. Raises UsageError where the format is a
    folder and `out` a stream.
    """
    if format.folder and not isinstance(out, Path):
        raise UsageError(f"{format.name} is several files; give a folder to put them in.")
    write = writer(format)
    projection = Projection(ledger, schema)
    read: Iterable[NodeRow | RelationshipRow] = projection.rows()
    with ExitStack() as open_:
        # First of all, so that what cannot be written is refused before the ledger is read.
        target: Any = out
        if isinstance(out, Path):
            target = open_.enter_context(draft_folder(out, format.ours) if format.folder else draft(out))
        empty = GraphRows(schema, progress or _silent, projection.stamp.row if claims and whole else None)
        chosen = read if claims else realised(read)
        beside = out.resolve().parent if isinstance(out, Path) else None
        rows = open_.enter_context(spooled(prepared(chosen, by_label=format.by_label), empty, beside))
        write(rows, target)
    return rows.count


def realised(rows: Iterable[NodeRow | RelationshipRow]) -> Iterator[NodeRow | RelationshipRow]:
    """Rows of what happened, without news items and what they mention."""
    event = None
    for row in rows:
        if isinstance(row, NodeRow):
            # An event's roles follow it before the next event does.
            event = row.id if row.base == EVENT and CLAIM in row.labels else None if row.base == EVENT else event
            if row.base not in (CLAIM, NEWS_ITEM) and row.id != event:
                yield row
        elif not (
            {row.start_base, row.end_base} & {CLAIM, NEWS_ITEM}
            or (row.start_base == EVENT and row.start == event)
            or row.properties.get("status") in UNREALISED
        ):
            yield row


def writer(format: Format) -> Callable[[GraphRows, Any], None]:
    """What writes a format's rows to a stream or a folder."""
    return _function(format.writer)


def after(format: Format, path: Path) -> str:
    """What to do next with what was written; empty where there is nothing to say."""
    return str(_function(format.after)(path)) if format.after else ""


def _function(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _silent(stage: str, done: int, of: int | None) -> None:
    """Tells nobody."""
