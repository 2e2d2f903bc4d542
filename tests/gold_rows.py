"""Rows of gold and of predictions, in a few words each, and what comes of comparing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from documents import SCHEMA

from kg.evaluate import evaluate

if TYPE_CHECKING:
    from kg.model import JsonObject
    from kg.scores import Evaluation, MistakeKind

LAKE, FUND, OTHER = "蓝湖科技", "云杉资本", "启明创投"
MONEY = {"literal": "10亿元", "low": 1e9, "high": 1e9, "currency": "CNY", "approximate": False}


def gold(
    s: str | list[str], p: str, o: str | list[str], *, item: int = 1, core: bool = True, **more: Any
) -> JsonObject:
    q = {k: v for k, v in more.items() if k not in ("p_alt", "s_type", "o_type")}
    rest = {k: v for k, v in more.items() if k in ("p_alt", "s_type", "o_type")}
    names = {k: [v] if isinstance(v, str) else v for k, v in (("s", s), ("o", o))}
    return {"kind": "triple", "item": item, **names, "p": p, "core": core, "q": q, **rest}


def trap(s: str, p: str, o: str, why: str, **q: Any) -> JsonObject:
    return {"kind": "not", "item": 1, "s": [s], "p": p, "o": [o], "why": why, **({"q": q} if q else {})}


def claim(s: str, p: str, o: str, status: str, **q: Any) -> JsonObject:
    return {"kind": "claim", "item": 1, "s": [s], "p": p, "o": [o], "status": status, "q": q}


def said(s: str, p: str, o: str, status: str = "asserted", *, item: Any = 1, **qualifiers: Any) -> JsonObject:
    """A statement as `kg extract` prints it."""
    return {
        "kind": "statement",
        "item": item,
        "id": "s1",
        "subject": {"id": "e1", "name": s, "type": "Company"},
        "predicate": p,
        "object": {"id": "e2", "name": o, "type": "Company"},
        "qualifiers": qualifiers,
        "status": status,
        "evidence": {"start": 0, "end": 3, "text": f"{s}与\n{o}。", "sentence": f"{s}与{o}。"},
    }


def event(type_: str, *, item: Any = 1, status: str = "asserted", values: Any = None, **roles: Any) -> JsonObject:
    nodes = {r: [{"id": "e1", "name": n, "type": "Company"} for n in ns] for r, ns in roles.items()}
    evidence = {"start": 0, "end": 3, "text": f"{type_}。"}
    return {
        "kind": "event",
        "item": item,
        "type": type_,
        "roles": nodes,
        "values": values or {},
        "status": status,
        "evidence": evidence,
    }


def gold_event(type_: str, **roles: Any) -> JsonObject:
    return {"kind": "event", "item": 1, "type": type_, "roles": roles}


def entity(name: str, type_: str, item: int = 1) -> JsonObject:
    return {"kind": "entity", "item": item, "name": name, "type": type_}


def figure(value: float | None, unit: str | None = "亿元", *, kind: str = "observation", **more: Any) -> JsonObject:
    row = {"kind": kind, "item": 1, "indicator": "营收", "value": value, "unit": unit}
    return {**row, "period": "2021", "scope": None, "change": None, **more}


def score(gold_rows: list[JsonObject], predicted: list[JsonObject]) -> Evaluation:
    return evaluate(gold_rows, predicted, SCHEMA)


def told(found: Evaluation, kind: MistakeKind) -> list[tuple[str, str]]:
    return [(m.what, m.why) for m in found.of_kind(kind)]
