"""The values of `kg.model` as JSON rows and back: what `kg extract` prints, the ledger dumps and the quarantine keeps.

A row is a plain dict. `kind` says what it is, `item` the id of the news item it belongs to:

    {"kind": "statement", "item", "id", "subject": NODE, "predicate", "object": NODE or {"value", "datatype"},
     "qualifiers", "status", "confidence", "evidence": EVIDENCE, "event", "extractor"}
    {"kind": "event", "item", "id", "type", "status", "roles": {role: [NODE]}, "values", "confidence", "evidence",
     "extractor"}
    {"kind": "observation", "item", "id", "indicator", "value", "unit", "period", "scope", "change", "reporter",
     "confidence", "evidence", "extractor"}
    {"kind": "reject", "item", "stage", "rule", "reason", "source", "evidence", and the refused row under its kind}

NODE is `{"id", "name", "type"}`; EVIDENCE is `{"start", "end", "text", "sentence"}` and, where they say something,
`field`, `references`, `cue`; an amount is `{"literal", "low", "high", "currency", "approximate"}`. Reading a row gives
a value equal to the one it was written from.
"""

from __future__ import annotations

import json
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from kg.errors import UsageError
from kg.model import Amount, Event, Evidence, LiteralValue, Node, Observation, Rejection, Span, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.model import Entity, JsonObject, NewsItem, Value

__all__ = [
    "Candidate",
    "amount_from_json",
    "amount_to_json",
    "candidate_from_json",
    "dumps",
    "entity_to_json",
    "event_from_json",
    "event_to_json",
    "evidence_from_json",
    "evidence_to_json",
    "from_json",
    "item_to_json",
    "node_from_json",
    "node_to_json",
    "observation_from_json",
    "observation_to_json",
    "rejection_from_json",
    "rejection_to_json",
    "shared_values_of",
    "statement_from_json",
    "statement_to_json",
    "to_json",
    "values_from_json",
    "values_of",
    "values_text",
    "values_to_json",
]

Candidate: TypeAlias = "Statement | Event | Observation"

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode

_quote = json.encoder.encode_basestring


def dumps(value: Any) -> str:
    """Canonical JSON: equal values give equal text (sorted keys, no blanks). Raises ValueError for NaN and infinity."""
    return _canonical(value)


# ---- parts ----------------------------------------------------------------------------------------------------------


def amount_to_json(amount: Amount) -> JsonObject:
    return {
        "literal": amount.literal,
        "low": amount.low,
        "high": amount.high,
        "currency": amount.currency,
        "approximate": amount.approximate,
    }


def amount_from_json(row: Mapping[str, Any]) -> Amount:
    return Amount(row["literal"], row["low"], row["high"], row["currency"], row.get("approximate", False))


def values_to_json(values: Mapping[str, Value]) -> JsonObject:
    """Qualifiers or an event's values."""
    return {name: amount_to_json(v) if isinstance(v, Amount) else v for name, v in values.items()}


def values_from_json(row: Mapping[str, Any]) -> dict[str, Value]:
    return {name: amount_from_json(v) if isinstance(v, dict) else v for name, v in row.items()}


def values_of(text: str) -> dict[str, Value]:
    """The values that `values_text` wrote."""
    return {} if text == "{}" else {**shared_values_of(text)}


@lru_cache(maxsize=32768)
def shared_values_of(text: str) -> Mapping[str, Value]:
    """As `values_of`, and the same mapping for the same text, which nobody may change."""
    # The same few come again and again: a post, a round and an amount, a day.
    return values_from_json(json.loads(text))


def values_text(values: Mapping[str, Value]) -> str:
    """`dumps(values_to_json(values))`, several times faster for what values mostly are: words and amounts."""
    if not values:
        return "{}"
    parts = []
    for name in sorted(values):
        value = values[name]
        if isinstance(value, Amount):
            told = (
                f'{{"approximate":{"true" if value.approximate else "false"},"currency":{_quote(value.currency)},'
                f'"high":{_number(value.high)},"literal":{_quote(value.literal)},"low":{_number(value.low)}}}'
            )
        else:
            told = _quote(value) if isinstance(value, str) else dumps(value)
        parts.append(f"{_quote(name)}:{told}")
    return f"{{{','.join(parts)}}}"


def _number(bound: float | None) -> str:
    if bound is None:
        return "null"
    return repr(bound) if type(bound) is float and isfinite(bound) else dumps(bound)


def node_to_json(node: Node) -> JsonObject:
    return {"id": node.id, "name": node.name, "type": node.type}


def node_from_json(row: Mapping[str, Any]) -> Node:
    return Node(row["id"], row["name"], row["type"])


def evidence_to_json(evidence: Evidence) -> JsonObject:
    """Without its item, which the row around it tells."""
    row: JsonObject = {
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.text,
        "sentence": evidence.sentence,
    }
    if evidence.field != "text":
        row["field"] = evidence.field
    if evidence.references:
        row["references"] = list(evidence.references)
    if evidence.cue is not None:
        row["cue"] = evidence.cue
    return row


def evidence_from_json(row: Mapping[str, Any], item: str) -> Evidence:
    return Evidence(
        item,
        row["start"],
        row["end"],
        row["text"],
        row.get("sentence", row["text"]),
        row.get("field", "text"),
        tuple(row.get("references", ())),
        row.get("cue"),
    )


# ---- rows -----------------------------------------------------------------------------------------------------------


def item_to_json(item: NewsItem) -> JsonObject:
    """What is known of an item, without its text."""
    row: JsonObject = {
        "kind": "item",
        "id": item.id,
        "title": item.title,
        "section": item.section,
        "published": item.published,
        "source": item.source,
    }
    row.update((k, v) for k, v in (("reference", item.reference), ("url", item.url)) if v is not None)
    if item.origin:
        row["origin"] = item.origin
    return row


def entity_to_json(entity: Entity, item: str) -> JsonObject:
    return {
        "kind": "entity",
        "item": item,
        "id": entity.id,
        "name": entity.name,
        "type": entity.type,
        "aliases": list(entity.aliases),
    }


def statement_to_json(statement: Statement) -> JsonObject:
    end = statement.object
    return {
        "kind": "statement",
        "item": statement.evidence.item,
        "id": statement.id,
        "subject": node_to_json(statement.subject),
        "predicate": statement.predicate,
        "object": node_to_json(end) if isinstance(end, Node) else {"value": end.value, "datatype": end.datatype},
        "qualifiers": values_to_json(statement.qualifiers),
        "status": statement.status,
        "confidence": statement.confidence,
        "evidence": evidence_to_json(statement.evidence),
        "event": statement.event,
        "extractor": statement.extractor,
    }


def statement_from_json(row: Mapping[str, Any]) -> Statement:
    end = row["object"]
    return Statement(
        row["id"],
        node_from_json(row["subject"]),
        row["predicate"],
        node_from_json(end) if "id" in end else LiteralValue(end["value"], end["datatype"]),
        row["status"],
        row["confidence"],
        evidence_from_json(row["evidence"], row["item"]),
        row["extractor"],
        values_from_json(row["qualifiers"]),
        row.get("event"),
    )


def event_to_json(event: Event) -> JsonObject:
    return {
        "kind": "event",
        "item": event.evidence.item,
        "id": event.id,
        "type": event.type,
        "status": event.status,
        "roles": {role: [node_to_json(n) for n in nodes] for role, nodes in event.roles.items()},
        "values": values_to_json(event.values),
        "confidence": event.confidence,
        "evidence": evidence_to_json(event.evidence),
        "extractor": event.extractor,
    }


def event_from_json(row: Mapping[str, Any]) -> Event:
    return Event(
        row["id"],
        row["type"],
        row["status"],
        {role: tuple(map(node_from_json, nodes)) for role, nodes in row["roles"].items()},
        values_from_json(row["values"]),
        row["confidence"],
        evidence_from_json(row["evidence"], row["item"]),
        row["extractor"],
    )


def observation_to_json(observation: Observation) -> JsonObject:
    reporter = observation.reporter
    return {
        "kind": "observation",
        "item": observation.evidence.item,
        "id": observation.id,
        "indicator": observation.indicator,
        "value": observation.value,
        "unit": observation.unit,
        "period": observation.period,
        "scope": observation.scope,
        "change": observation.change,
        "reporter": None if reporter is None else node_to_json(reporter),
        "confidence": observation.confidence,
        "evidence": evidence_to_json(observation.evidence),
        "extractor": observation.extractor,
    }


def observation_from_json(row: Mapping[str, Any]) -> Observation:
    reporter = row["reporter"]
    return Observation(
        row["id"],
        row["indicator"],
        row["value"],
        row["unit"],
        row["period"],
        row["scope"],
        row["change"],
        None if reporter is None else node_from_json(reporter),
        row["confidence"],
        evidence_from_json(row["evidence"], row["item"]),
        row["extractor"],
    )


def rejection_to_json(rejection: Rejection) -> JsonObject:
    """`evidence` is where in the source it stands, None where that is not known; `statement` is there in every row, and
    None unless a statement was refused."""
    span = rejection.span
    row: JsonObject = {
        "kind": "reject",
        "item": rejection.item,
        "stage": rejection.stage,
        "rule": rejection.rule,
        "reason": rejection.reason,
        "source": rejection.source,
        "evidence": None,
        "statement": None,
    }
    if span is not None or rejection.text:
        start, end = (span.start, span.end) if span is not None else (None, None)
        row["evidence"] = {"start": start, "end": end, "text": rejection.text}
    if rejection.candidate is not None:
        candidate = to_json(rejection.candidate)
        row[candidate["kind"]] = candidate
    return row


def rejection_from_json(row: Mapping[str, Any]) -> Rejection:
    place = row["evidence"] or {"start": None, "end": None, "text": ""}
    candidate = next((row[kind] for kind in _READERS if row.get(kind) is not None), None)
    return Rejection(
        row["stage"],
        row["rule"],
        row["reason"],
        row["item"],
        row["source"],
        None if place["start"] is None else Span(place["start"], place["end"]),
        place["text"],
        None if candidate is None else candidate_from_json(candidate),
    )


_READERS: dict[str, Callable[[Mapping[str, Any]], Candidate]] = {
    "statement": statement_from_json,
    "event": event_from_json,
    "observation": observation_from_json,
}


def candidate_from_json(row: Mapping[str, Any]) -> Candidate:
    """The statement, event or observation of a row."""
    try:
        return _READERS[row["kind"]](row)
    except KeyError as error:
        raise UsageError(f"this row lacks {error}, or is no statement, event or observation; check its kind.") from None


def to_json(value: Statement | Event | Observation | Rejection) -> JsonObject:
    """The row of a value."""
    if isinstance(value, Statement):
        return statement_to_json(value)
    if isinstance(value, Event):
        return event_to_json(value)
    if isinstance(value, Observation):
        return observation_to_json(value)
    return rejection_to_json(value)


@overload
def from_json(row: str) -> Statement | Event | Observation | Rejection: ...
@overload
def from_json(row: Mapping[str, Any]) -> Statement | Event | Observation | Rejection: ...
def from_json(row: str | Mapping[str, Any]) -> Statement | Event | Observation | Rejection:
    """The value of a row, given as a dict or as a line of JSON. Raises UsageError where it is no row of these kinds."""
    if isinstance(row, str):
        try:
            row = json.loads(row)
        except json.JSONDecodeError as error:
            raise UsageError(f"this is no JSON: {error}.") from None
    if not isinstance(row, dict):
        raise UsageError("a row is a JSON object.")
    return rejection_from_json(row) if row.get("kind") == "reject" else candidate_from_json(row)
