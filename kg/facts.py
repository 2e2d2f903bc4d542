"""Facts: statements as all their evidence tells them, between canonical entities.

Two statements are one fact where their ends were minted apart and are one now, and their identifying qualifiers agree.
The fact's id is the smallest of theirs. A statement whose two ends became one says nothing and is no fact while that
holds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.codec import shared_values_of, values_of
from kg.model import Evidence, LiteralValue, Node, Summary
from kg.rollup import MOST_SURE, Testimony, alone, combine
from kg.tables import id_of, is_minted, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.entities import Entities
    from kg.groups import Groups
    from kg.link import Linker
    from kg.model import Fact, Status, Value
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["Facts", "Testified", "chunks", "evidence_of"]

_Row: TypeAlias = tuple[Any, ...]
Testified: TypeAlias = "tuple[Fact, Sequence[Testimony]]"
"""A fact, and what each item says of it."""
_CHUNK: Final = 400
_NONE: Final[Mapping[str, Value]] = {}

_COLUMNS = (
    "SELECT e.statement, s.predicate, s.subject, s.object, s.value, s.datatype,"
    " i.id, i.published, i.origin, e.status, e.confidence, e.qualifiers, e.event, e.extractor,"
    ' p.start, p."end", p.text, p.sentence, p.field, e.refs, e.cue'
)
_TESTIMONY = (
    f"{_COLUMNS} FROM statement s JOIN evidence e ON e.statement = s.key JOIN passage p ON p.key = e.passage"
    " JOIN item i ON i.key = e.item"
)
# A cross join keeps SQLite to the order that is written.
_AS_TOLD = (
    "SELECT e.statement, s.predicate, s.subject, s.object, s.value, s.datatype,"
    " e.item, e.status, e.confidence, e.qualifiers, e.event, p.sentence"
    " FROM evidence e CROSS JOIN passage p ON p.key = e.passage CROSS JOIN statement s ON s.key = e.statement"
    " ORDER BY e.key"
)


class Facts:
    """Reads of the facts of one ledger."""

    def __init__(self, store: Store, schema: Schema, linker: Linker, entities: Entities, groups: Groups) -> None:
        self._store = store
        self._schema = schema
        self._linker = linker
        self._entities = entities
        self._groups = groups

    def read(
        self,
        *,
        keys: Iterable[int] | None = None,
        predicate: str | None = None,
        status: Status | None = None,
        entity: str | None = None,
    ) -> Iterator[Fact]:
        """Facts, by the keys of any of their statements, or all; those that the filters let through."""
        return (fact for fact, _ in self._read(keys, predicate, status, entity))

    def summaries(self) -> Iterator[Summary]:
        """All facts in the order in which they were told, those told more than once last: most are told once, and the
        rows of one item lie together, while those of one statement lie anywhere."""
        self._entities.refresh(everything=True)
        joined = self._groups.all()
        apart = {key for (key,) in self._store.rows("SELECT statement FROM evidence GROUP BY 1 HAVING COUNT(*) > 1")}
        apart.update(joined.keys())
        groups: dict[int, list[int]] = defaultdict(list)
        first = joined.firsts()
        for key in sorted(apart):
            groups[first(key) or key].append(key)
        # Many facts share an item's id and date, which costs less to look up here than to read again.
        items = {key: ((id_,), date) for key, id_, date in self._store.rows("SELECT key, id, published FROM item")}
        for row in self._store.rows(_AS_TOLD):
            key, predicate, subject, object_, value, datatype, item, status, confidence, told, event, sentence = row
            if key in apart or (ends := self._ends(predicate, subject, object_, value, datatype)) is None:
                continue
            item_ids, published = items[item]
            yield Summary(
                f"s{key:016x}",
                ends[0],
                predicate,
                ends[1],
                _NONE if told == "{}" else shared_values_of(told),
                status,
                confidence if confidence < MOST_SURE else MOST_SURE,
                1,
                item_ids,
                sentence,
                published,
                published,
                () if event is None else (f"v{event:016x}",),
            )
        for fact, _ in self._grouped(groups):
            yield fact.summary

    def testified(
        self, *, keys: Iterable[int] | None = None, predicate: str | None = None, status: Status | None = None
    ) -> Iterator[Testified]:
        """Facts, each with what every item says of it, in an order that depends on nothing but that."""
        for fact, rows in self._read(keys, predicate, status, None):
            yield fact, [_only(fact, rows[0])] if len(rows) == 1 else _sorted(rows)

    def void(self) -> Iterator[tuple[str, list[Testimony]]]:
        """Statements whose two ends became one, so that they are no facts: the relation, and what items say of it."""
        for key in self._groups.all().void():
            rows = self._store.all(f"{_TESTIMONY} WHERE s.key = ?", (key,))
            if rows:
                yield rows[0][1], _sorted(rows)

    def _read(
        self,
        keys: Iterable[int] | None,
        predicate: str | None,
        status: Status | None,
        entity: str | None,
    ) -> Iterator[tuple[Fact, Sequence[_Row]]]:
        self._entities.refresh(everything=keys is None and entity is None)
        if entity is not None:
            of_entity = self._statements_of(entity)
            keys = of_entity if keys is None else of_entity.intersection(keys)
        found = self._all_facts(predicate) if keys is None else self._some_facts(keys)
        if status is None and (predicate is None or keys is None):
            yield from found
            return
        for fact, rows in found:
            if (status is None or fact.status == status) and (predicate is None or fact.predicate == predicate):
                yield fact, rows

    def _statements_of(self, entity: str) -> set[int]:
        if not is_minted(entity, "e"):
            return set()
        sql = "SELECT key FROM statement WHERE subject = ? UNION SELECT key FROM statement WHERE object = ?"
        return {key for m in self._linker.members(key_of(entity)) for (key,) in self._store.rows(sql, (m, m))}

    def _some_facts(self, keys: Iterable[int]) -> Iterator[tuple[Fact, Sequence[_Row]]]:
        yield from self._grouped({group[0]: group for group in map(self._groups.of, keys) if group})

    def _grouped(self, groups: Mapping[int, Sequence[int]]) -> Iterator[tuple[Fact, Sequence[_Row]]]:
        """The facts of these statements, by the smallest of each."""
        for firsts in chunks(sorted(groups)):
            told: dict[int, list[_Row]] = defaultdict(list)
            wanted = {key: first for first in firsts for key in groups[first]}
            for chunk in chunks(wanted):
                where = f" WHERE s.key IN ({','.join('?' * len(chunk))})"
                for row in self._store.all(_TESTIMONY + where, chunk):
                    told[wanted[row[0]]].append(row)
            for first in firsts:
                fact = self._fact(first, told[first])
                if fact is not None:
                    yield fact, told[first]

    def _all_facts(self, predicate: str | None) -> Iterator[tuple[Fact, Sequence[_Row]]]:
        joined = self._groups.all()
        first_of = joined.firsts()
        where, parameters = (" WHERE s.predicate = ?", (predicate,)) if predicate is not None else ("", ())
        rows = self._store.rows(f"{_TESTIMONY}{where} ORDER BY s.key", parameters)
        for key, group in groupby(rows, key=itemgetter(0)):
            told = list(group)
            first = first_of(key)
            if first is not None:
                if first != key:
                    continue
                for other in joined.others(first):
                    told += self._store.all(f"{_TESTIMONY} WHERE s.key = ?", (other,))
            fact = self._fact(key, told)
            if fact is not None:
                yield fact, told

    def count(self) -> dict[str, int]:
        """Status → how many facts have it. Only where items differ, or entities are one, are facts made for it."""
        alike = "SELECT statement, MIN(status) status FROM evidence GROUP BY statement HAVING MIN(status) = MAX(status)"
        counts: dict[str, int] = defaultdict(int)
        counts.update(self._store.all(f"SELECT status, COUNT(*) FROM ({alike}) GROUP BY status"))
        joined = self._groups.all()
        apart = {*joined.keys(), *joined.void()}
        for chunk in chunks(apart):
            some = f"SELECT * FROM ({alike}) WHERE statement IN ({','.join('?' * len(chunk))})"
            for status, number in self._store.all(f"SELECT status, COUNT(*) FROM ({some}) GROUP BY status", chunk):
                counts[status] -= number
        differ = "SELECT statement FROM evidence GROUP BY statement HAVING MIN(status) <> MAX(status)"
        apart.update(key for (key,) in self._store.rows(differ))
        self._entities.refresh()
        for fact, _ in self._some_facts(apart):
            counts[fact.status] += 1
        return {status: number for status, number in counts.items() if number}

    def _fact(self, key: int, rows: Sequence[_Row]) -> Fact | None:
        """The fact of all testimonies; None where its ends became one, so that it says nothing."""
        if not rows:
            return None
        ends = self._ends(*rows[0][1:6])
        if ends is None:
            return None
        predicate, (left, right) = rows[0][1], ends
        if len(rows) > 1:
            return combine(id_of("s", key), left, predicate, right, [_testimony(row) for row in rows])
        item, published, _, status, confidence, told, event, _, start, end, text, sentence, where, refs, cue = rows[0][
            6:
        ]
        return alone(
            f"s{key:016x}",
            left,
            predicate,
            right,
            values_of(told),
            status,
            confidence,
            item,
            published,
            Evidence(
                item,
                start,
                end,
                sentence if text is None else text,
                sentence,
                where,
                tuple(json.loads(refs)) if refs else (),
                cue,
            ),
            None if event is None else f"v{event:016x}",
        )

    def _ends(
        self, predicate: str, subject: int, object_: int | None, value: str, datatype: str
    ) -> tuple[Node, Node | LiteralValue] | None:
        """The ends of a fact in their order; None where they became one."""
        left = self._entities.node(subject)
        if object_ is None:
            return left, LiteralValue(value, datatype)
        right = self._entities.node(object_)
        if right.id > left.id:
            return left, right
        if right.id == left.id:
            return None
        return (right, left) if self._groups.symmetric(predicate) else (left, right)

    def testimonies(self, identifier: str) -> list[Testimony]:
        """What each item says about a fact, in the order of the items' dates."""
        if not is_minted(identifier, "s"):
            return []
        rows = [
            r
            for k in self._groups.of(key_of(identifier))
            for r in self._store.rows(f"{_TESTIMONY} WHERE s.key = ?", (k,))
        ]
        return sorted(map(_testimony, rows), key=lambda t: (t.published or "~", t.item, t.evidence.start))


def chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    """The keys in lists that fit into one command."""
    keys = list(keys)
    return (keys[i : i + _CHUNK] for i in range(0, len(keys), _CHUNK))


def evidence_of(row: _Row) -> Evidence:
    """The evidence of item, start, end, text, sentence, field, references, cue as the tables hold them."""
    item, start, end, text, sentence, field, references, cue = row
    told = tuple(json.loads(references)) if references else ()
    return Evidence(item, start, end, sentence if text is None else text, sentence, field, told, cue)


def _only(fact: Fact, row: _Row) -> Testimony:
    """What the one item that tells a fact says of it."""
    item, published, origin, status, confidence, _, event, extractor = row[6:14]
    return Testimony(
        item,
        published,
        origin or f"item\x1f{item}",
        status,
        confidence,
        fact.qualifiers,
        fact.evidence[0],
        None if event is None else f"v{event:016x}",
        extractor,
        f"s{row[0]:016x}",
        f"e{row[2]:016x}",
        None if row[3] is None else f"e{row[3]:016x}",
    )


def _sorted(rows: Sequence[_Row]) -> list[Testimony]:
    """Testimonies in an order that does not depend on when they came."""
    if len(rows) > 1:
        rows = sorted(rows, key=lambda r: (r[6], r[14], r[15], repr(r)))
    return [_testimony(row) for row in rows]


def _testimony(row: _Row) -> Testimony:
    item, published, origin, status, confidence, qualifiers, event, extractor = row[6:14]
    return Testimony(
        item,
        published,
        origin or f"item\x1f{item}",
        status,
        confidence,
        values_of(qualifiers),
        evidence_of((item, *row[14:])),
        None if event is None else id_of("v", event),
        extractor,
        f"s{row[0]:016x}",
        f"e{row[2]:016x}",
        None if row[3] is None else f"e{row[3]:016x}",
    )
