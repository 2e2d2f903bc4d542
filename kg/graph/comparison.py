"""How a database and a ledger differ, row by row, whoever wrote the database.

What the database holds is read into a temporary file; then the ledger's rows are held against it in their own order. So
neither is ever in memory, and both are read once.

Compared is what bears a base label, with all its labels and properties, and every relationship between such nodes.
Nodes of other labels, and what joins them with ours, belong to others and are not looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kg.graph.base import NodeRow, RelationshipRow
from kg.graph.batches import ahead
from kg.graph.delivery import Progress, records
from kg.graph.holdings import Holdings, digest_of, held_rows, key_of
from kg.graph.neo4j import Neo4jGraph, stamp_of, translated
from kg.graph.project import Projection

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from neo4j import Session

    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["Counts", "Difference", "Example", "Mismatch", "compare", "diff"]

How = Literal["missing", "surplus", "changed"]

_CHUNK: Final = 500
"""Keys in one look into the file."""


class Mismatch(NamedTuple):
    """A row that is not alike in both."""

    how: How
    kind: str
    """Base label or type."""
    row: NodeRow | RelationshipRow | None
    """The ledger's; None where it is surplus."""
    element: str | None
    """The database's own name for it; None where it is missing."""
    node: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one base label or type."""

    missing: int
    """In the ledger alone."""
    surplus: int
    """In the database alone."""
    changed: int
    """In both, with other labels or properties."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row that differs."""

    how: How
    kind: str
    what: str
    """A node's id and name; a relationship's ends, with its statement."""
    differs: tuple[str, ...] = ()
    """Where it is changed: the properties that differ, and `labels`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a database differs from a ledger."""

    nodes: Mapping[str, Counts]
    """Base label → counts, where there are any."""
    relationships: Mapping[str, Counts]
    """Type → counts, where there are any."""
    examples: tuple[Example, ...]
    """A few of each label or type and way to differ."""
    compared: int
    """Rows of the ledger's graph."""
    note: str | None = None
    """What the database's stamp says about it, where that explains a difference."""

    @property
    def equal(self) -> bool:
        return not self.nodes and not self.relationships


def diff(
    ledger: Ledger,
    schema: Schema,
    uri: str,
    auth: tuple[str, str] | None = None,
    database: str | None = None,
    *,
    examples: int = 3,
    progress: Callable[[Progress], None] | None = None,
) -> Difference:
    """Compare the graph at `uri` with a ledger; nothing is changed. Up to `examples` are given of each kind.

    Memory stays flat; a temporary file takes some 150 bytes a row. Raises UsageError and GraphError as
    `Neo4jGraph.connect` does.
    """
    projection = Projection(ledger, schema)
    with (
        Neo4jGraph.connect(uri, auth, database, schema) as graph,
        translated(uri),
        graph.session() as session,
        ledger.reading(),
        Holdings() as holdings,
    ):
        note = _note(session, projection)
        size = ledger.extent
        for page in held_rows(session):
            holdings.add(page)
            if progress:
                progress(Progress("reading the database", holdings.count, 2 * size))
        counts: dict[tuple[bool, str], Counter[str]] = defaultdict(Counter)
        shown: list[Example] = []
        compared = 0

        def told(rows: int) -> None:
            nonlocal compared
            compared += rows
            if progress:
                progress(Progress("comparing", size + compared, 2 * size))

        for mismatch in compare(projection.rows(), holdings, told):
            counter = counts[mismatch.node, mismatch.kind]
            counter[mismatch.how] += 1
            if counter[mismatch.how] <= examples:
                shown.append(_example(session, mismatch))
    kinds = {key: Counts(c["missing"], c["surplus"], c["changed"]) for key, c in sorted(counts.items())}
    return Difference(
        {kind: c for (node, kind), c in kinds.items() if node},
        {kind: c for (node, kind), c in kinds.items() if not node},
        tuple(shown),
        compared,
        note,
    )


def _note(session: Session, projection: Projection) -> str | None:
    new, old = projection.stamp, stamp_of(session)
    if old is None:
        return "nothing was ever pushed into this database"
    if old.ledger != new.ledger:
        return "the database shows another ledger"
    if old.sequence < 0:
        return "the last push was cut off, or is still running; push again"
    if old != new:
        return f"the database shows change {old.sequence} of the ledger, which is at {new.sequence}; push first"
    return None


def compare(
    rows: Iterable[NodeRow | RelationshipRow], holdings: Holdings, told: Callable[[int], None]
) -> Generator[Mismatch]:
    """What is not alike: missing and changed rows in the order of the ledger, then what is surplus: relationships, then
    nodes. `told` is called with the number of rows that were looked at since."""
    stream = iter(rows)
    for chunk in ahead(iter(lambda: list(islice(stream, _CHUNK)), []), 8):
        keys = [key_of(row) for row in chunk]
        held = holdings.look(keys)
        for row, key in zip(chunk, keys, strict=True):
            node = isinstance(row, NodeRow)
            digest = digest_of(row)
            free = [one for one in held.get(key, ()) if not holdings.is_seen(one[0])]
            kind = row.base if isinstance(row, NodeRow) else row.type
            if not free:
                yield Mismatch("missing", kind, row, None, node)
                continue
            number, found, element = next((one for one in free if one[1] == digest), free[0])
            holdings.see(number)
            if found != digest:
                yield Mismatch("changed", kind, row, element, node)
        told(len(chunk))
    for one in holdings.rest():
        yield Mismatch("surplus", one.kind, None, one.element, one.node)


def _example(session: Session, mismatch: Mismatch) -> Example:
    """A mismatch in words. What the database holds of it is fetched, since only its digest was kept."""
    row = mismatch.row
    mine: dict[str, Any] = {} if row is None else dict(row.properties)
    theirs: dict[str, Any] = {}
    labels: set[str] = set()
    ends: tuple[Any, Any] = ("?", "?")
    if mismatch.element is not None:
        cypher = (
            "MATCH (n) WHERE elementId(n) = $element RETURN properties(n), labels(n), null"
            if mismatch.node
            else "MATCH (a)-[r]->(b) WHERE elementId(r) = $element RETURN properties(r), a.id, b.id"
        )
        found = session.execute_read(records, cypher, element=mismatch.element)
        if found:
            theirs = dict(found[0][0])
            labels, ends = (set(found[0][1]), ends) if mismatch.node else (labels, (found[0][1], found[0][2]))
    told = mine or theirs
    if mismatch.node:
        what = f"{told.get('id')} {told.get('name', '')}".rstrip()
    else:
        start, end = (row.start, row.end) if isinstance(row, RelationshipRow) else ends
        tie = told.get("statement") or told.get("event")
        what = f"{start} → {end}" + (f" ({tie})" if tie else "")
    differs: list[str] = []
    if mismatch.how == "changed":
        differs = [name for name in sorted({*mine, *theirs}) if mine.get(name) != theirs.get(name)]
        if isinstance(row, NodeRow) and labels != {row.base, *row.labels}:
            differs.insert(0, "labels")
    return Example(mismatch.how, mismatch.kind, what, tuple(differs))
