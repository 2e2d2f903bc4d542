"""What was read and refused: kept with its reason, looked at, and tried again when the ontology has changed."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.accounts import Quarantined, Tally
from kg.codec import candidate_from_json
from kg.errors import UnknownNameError
from kg.model import Document, Entity, Event, NewsItem, Node, Observation, Rejection, Span, Statement
from kg.store import now
from kg.tables import first_row, id_of, is_minted, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.codec import Candidate
    from kg.intake import Intake, Rows
    from kg.journal import Journal
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["CandidateKey", "Quarantine", "candidate_key"]

CandidateKey: TypeAlias = tuple[str, ...]
_Row: TypeAlias = tuple[Any, ...]
_SELECT: Final = (
    'SELECT key, item, stage, rule, reason, source, start, "end", text, candidate, ontology, recorded FROM quarantine'
)
_FINAL: Final = frozenset(("evidence",))
"""Rules that look at the source, which the ledger does not keep and which no ontology changes."""


def candidate_key(candidate: Candidate | None) -> CandidateKey:
    """What is equal for a candidate before and after it was tried again, and for no two of one item."""
    if candidate is None:
        return ()
    evidence = candidate.evidence
    return (type(candidate).__name__, candidate.id, evidence.field, str(evidence.start), str(evidence.end))


class Quarantine:
    """Reads and writes of one ledger's quarantine. What writes runs within a transaction of the caller's."""

    def __init__(self, store: Store, schema: Schema) -> None:
        self._store = store
        self._schema = schema

    def put(self, rows: Iterable[_Row]) -> int:
        """Keep rows of `kg.intake`; how many of them were not there before."""
        sql = "INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        return sum(self._store.execute(sql, (*row, self._schema.version, now())) == 1 for row in rows)

    def forget(self, items: Iterable[str]) -> None:
        """Drop what was refused of items."""
        self._store.many("DELETE FROM quarantine WHERE item = ?", [(item,) for item in items])

    def rows(
        self, item: str | None = None, rule: str | None = None, stage: str | None = None, source: str | None = None
    ) -> Iterator[Quarantined]:
        """What is there, first in, first out."""
        wanted = {"item": item, "rule": rule, "stage": stage, "source": source}
        given = {column: value for column, value in wanted.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in given) or "1"
        for row in self._store.rows(f"{_SELECT} WHERE {where} ORDER BY recorded, item, key", [*given.values()]):
            yield _quarantined(row)

    def get(self, identifier: str) -> Quarantined:
        """One of them. Raises UnknownNameError where there is none of that id."""
        if is_minted(identifier, "q"):
            row = self._store.one(f"{_SELECT} WHERE key = ?", (key_of(identifier),))
            if row is not None:
                return _quarantined(row)
        near = [id_of("q", k) for (k,) in self._store.all("SELECT key FROM quarantine ORDER BY recorded DESC LIMIT 3")]
        raise UnknownNameError("rejection", identifier, tuple(near))

    def remove(self, identifiers: Iterable[str]) -> int:
        """Drop rows; how many there were."""
        keys = [(key_of(i),) for i in identifiers if is_minted(i, "q")]
        return self._store.many("DELETE FROM quarantine WHERE key = ?", keys) if keys else 0

    def replay(self, validate: Callable[[Document, Schema], Document], intake: Intake, journal: Journal) -> Tally:
        """Try again what a new ontology may take; each item is a transaction."""
        total = Tally()
        for item, document, ids in self._retries():
            passed = validate(document, self._schema)
            rows = intake.rows(passed)
            candidates: tuple[Candidate, ...] = (*passed.statements, *passed.events, *passed.observations)
            accepted = self._store.write(partial(self._move, candidates, ids, rows, item, journal))
            total += Tally(len(ids), accepted, len(ids) - accepted)
        return total

    def _move(
        self,
        candidates: Iterable[Candidate],
        ids: Mapping[CandidateKey, str],
        rows: Rows,
        item: int,
        journal: Journal,
    ) -> int:
        """Move what passed into the ledger; how many that were."""
        stored = {id_of("s", row[0]) for row in rows.statements}
        stored.update(id_of("v", row[0]) for row in rows.events)
        stored.update(id_of("b", row[0]) for row in rows.observations)
        if stored:
            taken = journal.extend(rows, item, journal.step())
            stored -= {id_of(prefix, key) for key in taken for prefix in "vb"}
        keys = [candidate_key(c) for c in candidates if c.id in stored]
        return self.remove(ids[key] for key in keys if key in ids)

    def _retries(self) -> list[tuple[int, Document, dict[CandidateKey, str]]]:
        """For each item in the ledger of which something was refused that a new ontology may take: the item's key, a
        document of just that, and the ids of the rejections by what `candidate_key` says of their candidates."""
        found: dict[str, list[Quarantined]] = defaultdict(list)
        for row in self.rows():
            candidate = row.rejection.candidate
            if candidate is not None and row.rejection.item and row.rejection.rule not in _FINAL:
                found[row.rejection.item].append(row)
        retries = []
        for item, rows in sorted(found.items()):
            known = self._store.one(
                "SELECT key, title, source, section, published, reference, url, origin FROM item WHERE id = ?", (item,)
            )
            if known is not None:
                minted = {row.id: self._minted(row.rejection.candidate) for row in rows}
                ids = {candidate_key(candidate): identifier for identifier, candidate in minted.items()}
                retries.append((int(known[0]), self._document(item, known, [*minted.values()]), ids))
        return retries

    def _document(self, identifier: str, known: _Row, candidates: Sequence[Candidate | None]) -> Document:
        key, title, source, section, published, reference, url, origin = known
        item = NewsItem(
            identifier,
            title,
            self._words(key, candidates),
            (),
            source,
            section,
            published,
            reference,
            url,
            origin,
        )
        names: dict[int, tuple[str, str, list[str]]] = {}
        for entity, name, type_ in self._store.all(
            "SELECT entity, name, type FROM mention WHERE item = ? ORDER BY entity, type = '', name", (key,)
        ):
            names.setdefault(entity, (name, type_, []))
            if not type_:
                names[entity][2].append(name)
        return Document(
            item,
            tuple(Entity(id_of("e", e), name, type_, tuple(others)) for e, (name, type_, others) in names.items()),
            tuple(c for c in candidates if isinstance(c, Statement)),
            tuple(c for c in candidates if isinstance(c, Event)),
            tuple(c for c in candidates if isinstance(c, Observation)),
        )

    def _minted(self, candidate: Candidate | None) -> Candidate | None:
        """The candidate with the id that the present ontology mints: other qualifiers may identify now."""
        if not isinstance(candidate, Statement) or candidate.predicate not in self._schema.properties:
            return candidate
        end = candidate.object.id if isinstance(candidate.object, Node) else candidate.object.value
        minted = self._schema.statement_id(candidate.predicate, candidate.subject.id, end, candidate.qualifiers)
        return replace(candidate, id=minted)

    def _words(self, item: int, candidates: Iterable[Candidate | None]) -> str:
        """As much of the item's source text as is known: its passages where they stand, blanks between them."""
        passages: dict[int, str] = {}
        for candidate in candidates:
            if candidate is not None and candidate.evidence.field == "text":
                passages[candidate.evidence.start] = candidate.evidence.text
        rows = self._store.all(
            "SELECT start, COALESCE(text, sentence) FROM passage WHERE key >= ? AND key < ? AND field = 'text'",
            (first_row(item), first_row(item + 1)),
        )
        passages.update(rows)
        text = [" "] * max((start + len(words) for start, words in passages.items()), default=0)
        for start, words in sorted(passages.items()):
            text[start : start + len(words)] = words
        return "".join(text)


def _quarantined(row: _Row) -> Quarantined:
    key, item, stage, rule, reason, source, start, end, text, candidate, ontology, recorded = row
    rejection = Rejection(
        stage,
        rule,
        reason,
        item,
        source,
        None if start is None else Span(start, end),
        text,
        None if candidate is None else candidate_from_json(json.loads(candidate)),
    )
    return Quarantined(id_of("q", key), rejection, ontology, recorded)
