"""How a database and a ledger differ, row by row, whoever wrote the database.

What the database holds is read in ranges of ids and kept as keys and digests in a temporary file; then the ledger's
rows are held against it in their own order. So neither is ever in memory, and both are read once.

Compared is what bears a base label, with all its labels and properties, and every relationship between such nodes.
Nodes of other labels, and what joins them with ours, belong to others and are not looked at.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kg.graph.base import BASE_LABELS, CLAIM, ENTITY, EVENT, LITERAL, OBSERVATION, NodeRow, RelationshipRow
from kg.graph.delivery import Progress, ahead, records
from kg.graph.neo4j import Neo4jGraph, stamp_of, translated
from kg.graph.project import Projection
from kg.tables import is_minted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from neo4j import Session

    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["Counts", "Difference", "Example", "Held", "Holdings", "Mismatch", "compare", "diff", "held_rows"]

How = Literal["missing", "surplus", "changed"]

_PAGE: Final = 2_000
"""Nodes that are read at a time."""
_CHUNK: Final = 500
"""Keys in one look into the file."""
_PREFIXES: Final[Mapping[str, str]] = {ENTITY: "e", EVENT: "v", CLAIM: "s", OBSERVATION: "b", LITERAL: "l"}
"""What ids of nodes begin with; those of items are as they came."""
_OURS: Final = "|".join(BASE_LABELS)


class Held(NamedTuple):
    """A node or relationship as a database holds it."""

    key: str
    """What it is; empty where it cannot be the ledger's: a node without an id, or with the base label of another."""
    digest: bytes
    """Of its labels and properties."""
    kind: str
    """Base label or type."""
    element: str
    """The database's own name for it."""
    node: bool


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


# ---- what the database holds -----------------------------------------------------------------------------------------


def held_rows(session: Session, page: int = _PAGE) -> Iterator[list[Held]]:
    """All that is ours in a database, in pages. What others write meanwhile may be in it."""
    for number, base in enumerate(BASE_LABELS):
        # A node is of the first base label that it has.
        apart = "".join(f" AND NOT n:{other}" for other in BASE_LABELS[:number])
        within = f"MATCH (n:{base}) WHERE n.id > $after AND n.id <= $last{apart}"
        after = ""
        while True:
            ends = _read(
                session,
                f"MATCH (n:{base}) WHERE n.id > $after{apart} WITH n.id AS id ORDER BY id LIMIT $page RETURN max(id)",
                after=after,
                page=page,
            )
            last = ends[0][0]
            if last is None:
                break
            nodes = _read(
                session, f"{within} RETURN elementId(n), labels(n), properties(n)", _node(base), after=after, last=last
            )
            yield nodes
            yield _read(
                session,
                f"{within} MATCH (n)-[r]->(m:{_OURS}) RETURN elementId(r), type(r), n.id, "
                "head([b IN $bases WHERE b IN labels(m)]), m.id, properties(r)",
                _relationship(base),
                after=after,
                last=last,
                bases=BASE_LABELS,
            )
            after = last
        # What has no id, or one of another type, is in no range.
        odd = f"MATCH (n:{base}) WHERE coalesce(n.id > '', false) = false{apart}"
        yield _read(session, f"{odd} RETURN elementId(n), labels(n), properties(n)", _node(base))


def _read(
    session: Session, cypher: str, made: Callable[[list[Any]], Any] | None = None, **parameters: Any
) -> list[Any]:
    """The rows of a query, each made into something smaller as it comes."""

    def work(tx: Any) -> list[Any]:
        if made is None:
            return records(tx, cypher, **parameters)
        return [made(record.values()) for record in tx.run(cypher, parameters)]

    return session.execute_read(work)


def _node(base: str) -> Callable[[list[Any]], Held]:
    def made(row: list[Any]) -> Held:
        element, labels, properties = row
        identifier = properties.get("id")
        prefix = _PREFIXES.get(base)
        fits = isinstance(identifier, str) and identifier != "" and (not prefix or is_minted(identifier, prefix))
        return Held(_node_key(base, identifier) if fits else "", _digest(labels, properties), base, element, True)

    return made


def _relationship(base: str) -> Callable[[list[Any]], Held]:
    def made(row: list[Any]) -> Held:
        element, kind, start, end_base, end, properties = row
        return Held(
            _relationship_key(kind, base, start, end_base, end, properties),
            _digest((), properties),
            kind,
            element,
            False,
        )

    return made


def _node_key(base: str, identifier: str) -> str:
    return f"{base}\x1f{identifier}"


def _relationship_key(
    kind: str, start_base: str, start: str, end_base: str, end: object, properties: Mapping[str, Any]
) -> str:
    tie = properties.get("statement") or properties.get("event") or ""
    return f"{tie}\x1f{kind}\x1f{start_base}\x1f{start}\x1f{end_base}\x1f{end}"


def _digest(labels: Iterable[str], properties: Mapping[str, Any]) -> bytes:
    from hashlib import blake2b

    text = json.dumps((sorted(labels), properties), sort_keys=True, default=repr)
    return blake2b(text.encode(), digest_size=12).digest()


class Holdings:
    """Rows of a database, in a temporary file that goes with it. A context manager."""

    def __init__(self) -> None:
        self.count = 0
        self._seen = bytearray()
        self._indexed = False
        # An empty name: SQLite makes a file in the folder for temporary ones, and keeps what is small in memory.
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for command in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "PRAGMA cache_size = -16384",
            "CREATE TABLE held (number INTEGER PRIMARY KEY, key TEXT, digest BLOB, kind TEXT, element TEXT, node INT)",
        ):
            self._file.execute(command)

    def __enter__(self) -> Holdings:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, rows: Iterable[Held]) -> None:
        """Add rows, before the first look."""
        self._file.execute("BEGIN")
        self._file.executemany(
            "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?)",
            ((number, *row) for number, row in enumerate(rows, self.count + 1)),
        )
        self._file.execute("COMMIT")
        self.count = self._file.execute("SELECT COALESCE(MAX(number), 0) FROM held").fetchone()[0]

    def look(self, keys: Iterable[str]) -> dict[str, list[tuple[int, bytes, str]]]:
        """Key → number, digest and element of each row of that key."""
        if not self._indexed:
            self._file.execute("CREATE INDEX held_key ON held (key)")
            self._seen = bytearray(self.count + 1)
            self._indexed = True
        wanted = list(set(keys))
        found: dict[str, list[tuple[int, bytes, str]]] = defaultdict(list)
        sql = f"SELECT key, number, digest, element FROM held WHERE key IN ({','.join('?' * len(wanted))})"
        for key, number, digest, element in self._file.execute(sql, wanted):
            found[key].append((number, digest, element))
        return found

    def is_seen(self, number: int) -> bool:
        return bool(self._seen[number])

    def see(self, number: int) -> None:
        self._seen[number] = 1

    def rest(self) -> Iterator[Held]:
        """What was not seen: relationships first."""
        self.look(())
        sql = "SELECT number, key, digest, kind, element, node FROM held WHERE node = ? ORDER BY number"
        for node in (0, 1):
            for number, key, digest, kind, element, _ in self._file.execute(sql, (node,)):
                if not self._seen[number]:
                    yield Held(key, digest, kind, element, bool(node))


# ---- both, side by side ----------------------------------------------------------------------------------------------


def compare(
    rows: Iterable[NodeRow | RelationshipRow], holdings: Holdings, told: Callable[[int], None]
) -> Iterator[Mismatch]:
    """What is not alike: missing and changed rows in the order of the ledger, then what is surplus: relationships, then
    nodes. `told` is called with the number of rows that were looked at since."""
    stream = iter(rows)
    for chunk in ahead(iter(lambda: list(islice(stream, _CHUNK)), []), 8):
        keys = [_key(row) for row in chunk]
        held = holdings.look(keys)
        for row, key in zip(chunk, keys, strict=True):
            node = isinstance(row, NodeRow)
            digest = _digest((row.base, *row.labels) if isinstance(row, NodeRow) else (), row.properties)
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


def _key(row: NodeRow | RelationshipRow) -> str:
    if isinstance(row, NodeRow):
        return _node_key(row.base, row.id)
    return _relationship_key(row.type, row.start_base, row.start, row.end_base, row.end, row.properties)


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
        found = _read(session, cypher, element=mismatch.element)
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
