"""The ledger as canonical JSON Lines: equal content gives equal text.

Rows are those of `kg.codec`, item by item in the order of their ids, each item's rows sorted; then what belongs to no
item that is there, decisions in force (`decision`), and which minted entities are one (`same`). Recorded times,
sequence numbers, keys of rows and the ledger's own id are left out: two ledgers that hold the same give the same dump,
whatever they went through.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeAlias

from kg.codec import (
    dumps,
    entity_to_json,
    event_to_json,
    item_to_json,
    observation_to_json,
    rejection_to_json,
    statement_to_json,
)
from kg.facts import evidence_of
from kg.model import Entity, Event, LiteralValue, NewsItem, Node, Observation, Statement
from kg.quarantine import Quarantine
from kg.tables import first_row, id_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import JsonObject
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["DUMP_FORMAT", "dump", "item_rows", "rows"]

DUMP_FORMAT: Final = 1
_Row: TypeAlias = tuple[Any, ...]
_PASSAGE: Final = 'p.start, p."end", p.text, p.sentence, p.field'


def dump(store: Store, schema: Schema, out: TextIO) -> int:
    """Write all rows; how many lines that were."""
    lines = 0
    for row in rows(store, schema):
        out.write(f"{dumps(row)}\n")
        lines += 1
    return lines


def rows(store: Store, schema: Schema) -> Iterator[JsonObject]:
    """All rows, in the order of the dump."""
    yield {"kind": "ledger", "format": DUMP_FORMAT}
    quarantine = Quarantine(store, schema)
    sql = "SELECT key, id, title, source, section, published, reference, url, origin FROM item ORDER BY id"
    known = set()
    for key, identifier, title, source, *rest in store.all(sql):
        known.add(identifier)
        yield item_to_json(NewsItem(identifier, title, "", (), source, *rest))
        yield from _told(store, key, identifier)
        yield from sorted((rejection_to_json(q.rejection) for q in quarantine.rows(identifier)), key=dumps)
    others = (q.rejection for q in quarantine.rows() if q.rejection.item not in known)
    yield from sorted(map(rejection_to_json, others), key=dumps)
    yield from _decisions(store)
    groups: dict[int, list[int]] = defaultdict(list)
    for entity, root in store.rows("SELECT entity, canonical FROM canonical"):
        groups[root].append(entity)
    for root, members in sorted(groups.items()):
        yield {"kind": "same", "id": id_of("e", root), "members": [id_of("e", m) for m in sorted((root, *members))]}


def item_rows(store: Store, identifier: str) -> Iterator[JsonObject]:
    """The rows of what one item is and says, without what was refused of it; none where there is no such item."""
    sql = "SELECT key, title, source, section, published, reference, url, origin FROM item WHERE id = ?"
    for key, title, source, *rest in store.all(sql, (identifier,)):
        yield item_to_json(NewsItem(identifier, title, "", (), source, *rest))
        yield from _told(store, key, identifier)
        names = "SELECT entity, name, type FROM mention WHERE item = ? ORDER BY entity, name, type"
        for entity, name, type_ in store.all(names, (key,)):
            yield {"kind": "name", "entity": id_of("e", entity), "name": name, "type": type_}


def _told(store: Store, key: int, identifier: str) -> Iterator[JsonObject]:
    entities = _entities(store, key)
    yield from (entity_to_json(entity, identifier) for _, entity in sorted(entities.items()))
    nodes = {entity: value.node for entity, value in entities.items()}
    for sort in (_statements, _events, _observations):
        yield from sorted(sort(store, key, identifier, nodes), key=dumps)


def _entities(store: Store, item: int) -> dict[int, Entity]:
    found: dict[int, tuple[str, str, list[str]]] = {}
    for entity, name, type_ in store.rows(
        "SELECT entity, name, type FROM mention WHERE item = ? ORDER BY entity, type = '', name, type", (item,)
    ):
        _, _, others = found.setdefault(entity, (name, type_, []))
        if name != found[entity][0] and name not in others:
            others.append(name)
    return {e: Entity(id_of("e", e), name, type_, tuple(sorted(others))) for e, (name, type_, others) in found.items()}


def _statements(store: Store, item: int, identifier: str, nodes: dict[int, Node]) -> Iterator[JsonObject]:
    for row in store.rows(
        "SELECT s.key, s.predicate, s.subject, s.object, s.value, s.datatype, e.status, e.confidence, e.qualifiers,"
        f" e.event, e.extractor, {_PASSAGE}, e.refs, e.cue FROM evidence e JOIN statement s ON s.key = e.statement"
        " JOIN passage p ON p.key = e.passage WHERE e.key >= ? AND e.key < ?",
        (first_row(item), first_row(item + 1)),
    ):
        key, predicate, subject, object_, value, datatype, status, confidence, qualifiers, event, extractor = row[:11]
        end = LiteralValue(value, datatype) if object_ is None else nodes[object_]
        told = evidence_of((identifier, *row[11:]))
        statement = Statement(
            id_of("s", key),
            nodes[subject],
            predicate,
            end,
            status,
            confidence,
            told,
            extractor,
            {},
            None if event is None else id_of("v", event),
        )
        yield {**statement_to_json(statement), "qualifiers": json.loads(qualifiers)}


def _events(store: Store, item: int, identifier: str, nodes: dict[int, Node]) -> Iterator[JsonObject]:
    for row in store.all(
        f'SELECT v.key, v.type, v.status, v.confidence, v."values", v.extractor, {_PASSAGE}, v.refs, v.cue'
        " FROM event v JOIN passage p ON p.key = v.passage WHERE v.item = ?",
        (item,),
    ):
        key, type_, status, confidence, values, extractor = row[:6]
        roles: dict[str, list[Node]] = defaultdict(list)
        for role, entity in store.rows(
            "SELECT role, entity FROM event_role WHERE event = ? ORDER BY role, number", (key,)
        ):
            roles[role].append(nodes[entity])
        told = evidence_of((identifier, *row[6:]))
        filled = {role: tuple(fillers) for role, fillers in roles.items()}
        event = Event(id_of("v", key), type_, status, filled, {}, confidence, told, extractor)
        yield {**event_to_json(event), "values": json.loads(values)}


def _observations(store: Store, item: int, identifier: str, nodes: dict[int, Node]) -> Iterator[JsonObject]:
    for row in store.rows(
        "SELECT o.key, o.indicator, o.value, o.unit, o.period, o.scope, o.change, o.reporter, o.confidence,"
        f" o.extractor, {_PASSAGE}, o.refs, o.cue FROM observation o JOIN passage p ON p.key = o.passage"
        " WHERE o.item = ?",
        (item,),
    ):
        key, indicator, value, unit, period, scope, change, reporter, confidence, extractor = row[:10]
        told = evidence_of((identifier, *row[10:]))
        who = None if reporter is None else nodes[reporter]
        yield observation_to_json(
            Observation(
                id_of("b", key), indicator, value, unit, period, scope, change, who, confidence, told, extractor
            )
        )


def _decisions(store: Store) -> Iterator[JsonObject]:
    verdicts: dict[tuple[int, int], tuple[str, str]] = {}
    sql = "SELECT min(a, b), max(a, b), verdict, reason FROM decision WHERE undone IS NULL ORDER BY key"
    for a, b, verdict, reason in store.rows(sql):
        verdicts[a, b] = (verdict, reason)
    for (a, b), (verdict, reason) in sorted(verdicts.items()):
        yield {"kind": "decision", "verdict": verdict, "a": id_of("e", a), "b": id_of("e", b), "reason": reason}
