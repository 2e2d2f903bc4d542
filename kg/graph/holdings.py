"""What a database holds of a ledger's graph, row by row, whoever wrote it: read in ranges of ids, and kept as keys and
digests in a temporary file, so that it is never in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.graph.base import BASE_LABELS, CLAIM, ENTITY, EVENT, LITERAL, OBSERVATION, NodeRow, RelationshipRow
from kg.graph.delivery import records
from kg.tables import is_minted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from neo4j import Session

__all__ = ["Held", "Holdings", "digest_of", "held_rows", "key_of"]

_PAGE: Final = 2_000
"""Nodes that are read at a time."""
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


def key_of(row: NodeRow | RelationshipRow) -> str:
    """The key of a row of the ledger."""
    if isinstance(row, NodeRow):
        return _node_key(row.base, row.id)
    return _relationship_key(row.type, row.start_base, row.start, row.end_base, row.end, row.properties)


def digest_of(row: NodeRow | RelationshipRow) -> bytes:
    """What is equal for a row of the ledger and of a database where labels and properties are."""
    return _digest((row.base, *row.labels) if isinstance(row, NodeRow) else (), row.properties)
