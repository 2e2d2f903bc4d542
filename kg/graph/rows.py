"""From the ledger's views to the rows of a graph: one place that says how a fact, an event or an item looks there.

Nothing in here knows an engine, so the embedded graph, Neo4j and networkx show the same.
"""

from __future__ import annotations

import calendar
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from kg.graph.base import CLAIM, ENTITY, EVENT, LITERAL, NEWS_ITEM, OBSERVATION, NodeRow, RelationshipRow
from kg.model import Amount, LiteralValue, happened, mint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.ledger import LedgerEntity
    from kg.model import Event, NewsItem, Node, Observation, Summary, Value
    from kg.schema import Schema

__all__ = [
    "MENTIONS",
    "NODE_PROPERTIES",
    "OBJECT",
    "RELATIONSHIP_PROPERTIES",
    "REPORTED_BY",
    "RESERVED",
    "SUBJECT",
    "claim_rows",
    "days_of",
    "entity_row",
    "event_rows",
    "fact_rows",
    "flatten",
    "item_row",
    "mention_row",
    "observation_rows",
]

MENTIONS: Final = "MENTIONS"
SUBJECT: Final = "SUBJECT"
OBJECT: Final = "OBJECT"
REPORTED_BY: Final = "REPORTED_BY"

RESERVED: Final[Mapping[str, str]] = {"title": "post", "type": "kind", "label": "name"}
"""What a node's property is called instead: an engine claims these three names for nodes. Relationships keep them."""

_NAMED: Final = 4
"""Entities that an event is called by."""

# What nodes and relationships carry beside their qualifiers and values.
_DATED: Final = ("date", "date_start", "date_end", "first_seen", "last_seen")
_SUPPORTED: Final = ("status", "confidence", "sources", "items", "evidence", "event", "events")
NODE_PROPERTIES: Final = frozenset(
    (
        *("id", "name", "aliases", "class", *_SUPPORTED, *_DATED, "item", "predicate"),
        *("indicator", "value", "unit", "period", "scope", "change", "datatype"),
        *("headline", "published", "source", "section", "url"),
        *("ledger", "sequence", "ontology", "format"),
    )
)
RELATIONSHIP_PROPERTIES: Final = frozenset(("statement", "ended", *_SUPPORTED, *_DATED))

_DATE = re.compile(r"(\d{4})(?:-(?:(\d\d)(?:-(\d\d))?|H([12])|Q([1-4])))?")


@lru_cache(maxsize=4096)
def days_of(date: str | None) -> tuple[str, str] | None:
    """First and last day of a date at any precision, or of a period; None where it is no date.

    >>> days_of("2021-Q3"), days_of("2021-11"), days_of("2021-Q1/Q3")
    (('2021-07-01', '2021-09-30'), ('2021-11-01', '2021-11-30'), ('2021-01-01', '2021-09-30'))
    """
    if not date:
        return None
    first, _, last = date.partition("/")
    if last and not re.match(r"\d{4}", last):
        # An end that leaves off what it shares with the start: 2021-Q1/Q3, 2021-11-03/05.
        last = first[: len(first) - len(last)] + last
    start, end = _days(first), _days(last or first)
    return (start[0], end[1]) if start and end else None


def _days(date: str) -> tuple[str, str] | None:
    m = _DATE.fullmatch(date)
    if m is None:
        return None
    year = int(m[1])
    if m[3]:
        return date, date
    if m[2]:
        low = high = int(m[2])
    elif m[4]:
        low, high = (1, 6) if m[4] == "1" else (7, 12)
    elif m[5]:
        high = int(m[5]) * 3
        low = high - 2
    else:
        low, high = 1, 12
    if not 1 <= low <= 12 or not 1 <= year <= 9999:
        return None
    return f"{year:04d}-{low:02d}-01", f"{year:04d}-{high:02d}-{calendar.monthrange(year, high)[1]:02d}"


def flatten(values: Mapping[str, Value], kinds: Mapping[str, str], *, node: bool) -> dict[str, Any]:
    """Qualifiers or an event's values as properties that compare: numbers as numbers, an amount with its bounds.

    `kinds` are the datatypes of the ontology; a number that cannot be read as one stays as `<name>_literal`, so that a
    property has one type throughout the graph.
    """
    out: dict[str, Any] = {}
    for name, value in values.items():
        key = RESERVED.get(name, name) if node else name
        if isinstance(value, Amount):
            out[key] = value.literal
            if value.low is not None:
                out[f"{key}_low"] = float(value.low)
            if value.high is not None:
                out[f"{key}_high"] = float(value.high)
            out["currency" if key == "amount" else f"{key}_currency"] = value.currency
            if value.approximate:
                out["approximate" if key == "amount" else f"{key}_approximate"] = True
            continue
        try:
            out[key] = _typed(value, kinds.get(name, "string"))
        except ValueError:
            out[f"{key}_literal"] = str(value)
    if days := days_of(out.get("date")):
        out["date_start"], out["date_end"] = days
    return out


def _typed(value: str | int | float, kind: str) -> str | int | float:
    if kind in ("year", "integer"):
        number = int(value)
        if not -(2**63) <= number < 2**63:
            raise ValueError("no graph stores so large an integer")
        return number
    if kind == "percent":
        return float(value.rstrip("%％")) if isinstance(value, str) else float(value)
    return str(value)


def _present(properties: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in properties.items() if v is not None}


def entity_row(entity: LedgerEntity, schema: Schema, events: Sequence[tuple[Event, str | None]] = ()) -> NodeRow:
    """An entity; `events` are those that it *is* (a conference), each with the date of its item.

    Their values become its properties: where several items tell of one conference, the surest says each value. It is a
    claim as long as no item says that it happened, and bears the labels of the event, whatever class it has otherwise.
    """
    properties: dict[str, Any] = {
        "id": entity.id,
        "name": entity.name,
        "aliases": list(entity.aliases),
        "class": entity.type,
    }
    labels = [label for label in schema.labels(entity.type) if label != ENTITY]
    if events:
        ranked = [e for e, _ in sorted(events, key=lambda e: (-e[0].confidence, e[0].id))]
        realised = [e for e in ranked if happened(e.status)]
        best = (realised or ranked)[0]
        dates = sorted(date for _, date in events if date)
        properties |= {
            "status": best.status,
            "confidence": float(best.confidence),
            "items": sorted({e.evidence.item for e in ranked}),
            "evidence": best.evidence.sentence,
        }
        if dates:
            properties |= {"first_seen": dates[0], "last_seen": dates[-1]}
        for event in ranked:
            labels += [n for n in _event_labels(event.type, schema) if n not in labels]
            kinds = schema.datatypes[event.type]
            for key, value in flatten(event.values, kinds, node=True).items():
                properties.setdefault(key, value)
        if not realised:
            labels.append(CLAIM)
    return NodeRow(ENTITY, entity.id, tuple(labels), properties)


def fact_rows(fact: Summary, schema: Schema) -> tuple[list[NodeRow], list[RelationshipRow]]:
    """What happened, as a relationship; with the node of its object where that is a literal."""
    definition = schema.properties[fact.predicate]
    nodes: list[NodeRow] = []
    base, target = _object(fact, nodes)
    properties = flatten(fact.qualifiers, schema.datatypes[fact.predicate], node=False)
    properties["statement"] = fact.id
    properties["status"] = fact.status
    if fact.status == "ended":
        properties["ended"] = True
    _support(properties, fact)
    return nodes, [RelationshipRow(definition.relationship_type, ENTITY, fact.subject.id, base, target, properties)]


def claim_rows(fact: Summary, schema: Schema) -> tuple[list[NodeRow], list[RelationshipRow]]:
    """What did not happen (yet), as a node between its subject and its object."""
    definition = schema.properties[fact.predicate]
    nodes: list[NodeRow] = []
    base, target = _object(fact, nodes)
    told = fact.object.value if isinstance(fact.object, LiteralValue) else fact.object.name
    properties = {
        **flatten(fact.qualifiers, schema.datatypes[fact.predicate], node=True),
        "id": fact.id,
        "name": f"{fact.subject.name} {definition.label_zh} {told}",
        "predicate": fact.predicate,
        "status": fact.status,
    }
    _support(properties, fact)
    nodes.append(NodeRow(CLAIM, fact.id, (), properties))
    return nodes, [
        RelationshipRow(SUBJECT, CLAIM, fact.id, ENTITY, fact.subject.id, {}),
        RelationshipRow(OBJECT, CLAIM, fact.id, base, target, {}),
    ]


def _object(fact: Summary, nodes: list[NodeRow]) -> tuple[str, str]:
    """Base label and id of the object; a literal's node is added to `nodes`."""
    if not isinstance(fact.object, LiteralValue):
        return ENTITY, fact.object.id
    value, datatype = fact.object.value, fact.object.datatype
    key = mint("l", datatype, value)
    nodes.append(NodeRow(LITERAL, key, (), {"id": key, "name": value, "value": value, "datatype": datatype}))
    return LITERAL, key


def _support(properties: dict[str, Any], fact: Summary) -> None:
    """Add what a fact rests on. There is one for every statement, so nothing is added only to be taken away."""
    properties["confidence"] = float(fact.confidence)
    properties["sources"] = fact.sources
    properties["items"] = list(fact.items)
    if fact.sentence is not None:
        properties["evidence"] = fact.sentence
    if fact.first_seen is not None:
        properties["first_seen"] = fact.first_seen
    if fact.last_seen is not None:
        properties["last_seen"] = fact.last_seen
    if fact.events:
        events = sorted(fact.events)
        properties["event"] = events[0]
        if len(events) > 1:
            properties["events"] = events


def event_rows(event: Event, schema: Schema, published: str | None) -> tuple[list[NodeRow], list[RelationshipRow]]:
    """An event as a node with its roles; `published` is the date of its item.

    Where an entity is the event itself (a conference's name), the other roles hang on that entity and there is no node.
    """
    definition = schema.events[event.type]
    itself = event.roles.get(definition.self_role or "", ())
    rows: list[RelationshipRow] = []
    if itself:
        for role, fillers in event.roles.items():
            if role != definition.self_role:
                kind = definition.roles[role].relationship_type
                told = {"event": event.id, "status": event.status}
                rows += [
                    RelationshipRow(kind, ENTITY, i.id, ENTITY, f.id, told) for i in itself for f in _once(fillers)
                ]
        return [], rows
    for role, fillers in event.roles.items():
        kind = definition.roles[role].relationship_type
        rows += [RelationshipRow(kind, EVENT, event.id, ENTITY, f.id, {}) for f in _once(fillers)]
    named = _once(f for role in definition.roles for f in event.roles.get(role, ()))
    who = "、".join(f.name for f in named[:_NAMED]) + ("等" if len(named) > _NAMED else "")
    labels = tuple(label for label in _event_labels(event.type, schema) if label != EVENT)
    properties = {
        **flatten(event.values, schema.datatypes[event.type], node=True),
        "id": event.id,
        "name": f"{definition.label_zh}：{who}",
        "class": event.type,
        "status": event.status,
        "confidence": float(event.confidence),
        "item": event.evidence.item,
        "items": [event.evidence.item],
        "evidence": event.evidence.sentence,
    }
    if published is not None:
        properties["first_seen"] = published
    if not happened(event.status):
        labels = (*labels, CLAIM)
    return [NodeRow(EVENT, event.id, labels, properties)], rows


def _event_labels(name: str, schema: Schema) -> tuple[str, ...]:
    return tuple(schema.labels(name)) if name in schema.classes else (name,)


def _once(fillers: Iterable[Node]) -> list[Node]:
    return list({f.id: f for f in fillers}.values())


def observation_rows(observation: Observation, published: str | None) -> tuple[list[NodeRow], list[RelationshipRow]]:
    """A figure as a node, with who reported it; `published` is the date of its item."""
    start, end = days_of(observation.period) or (None, None)
    properties = {
        "id": observation.id,
        "name": observation.indicator,
        "indicator": observation.indicator,
        "value": None if observation.value is None else float(observation.value),
        "unit": observation.unit,
        "period": observation.period,
        "date_start": start,
        "date_end": end,
        "scope": observation.scope,
        "change": observation.change,
        "confidence": float(observation.confidence),
        "item": observation.evidence.item,
        "evidence": observation.evidence.sentence,
        "first_seen": published,
    }
    node = NodeRow(OBSERVATION, observation.id, (), _present(properties))
    if observation.reporter is None:
        return [node], []
    return [node], [RelationshipRow(REPORTED_BY, OBSERVATION, observation.id, ENTITY, observation.reporter.id, {})]


def item_row(item: NewsItem) -> NodeRow:
    """A news item. Its title is `headline`, since a node's `title` belongs to the engine."""
    start, end = days_of(item.published) or (None, None)
    properties = {
        "id": item.id,
        "name": item.title or item.id,
        "headline": item.title,
        "published": item.published,
        "date_start": start,
        "date_end": end,
        "source": item.source,
        "section": item.section,
        "url": item.url,
    }
    return NodeRow(NEWS_ITEM, item.id, (), _present(properties))


def mention_row(item: str, entity: str) -> RelationshipRow:
    return RelationshipRow(MENTIONS, NEWS_ITEM, item, ENTITY, entity, {})
