"""Rows of gold files and of predictions, brought to one form so that they can be compared.

Gold is JSON Lines, a row a fact, `item` the number of the news item:

    {"kind": "item", "item": 1, "title", "section", "date"}
    {"kind": "triple", "item": 1, "s": [names], "p": "raisedFrom", "o": [names], "s_type", "o_type", "core": true,
     "q": {"round": "C+"}}
    {"kind": "event", "item": 1, "type": "FundingRound", "roles": {role or value: name, names or value}}
    {"kind": "observation", "item": 1, "indicator", "value", "unit", "period", "scope", "change"}
    {"kind": "entity", "item": 1, "name": [names], "type": "Company", "type_alt": [classes], "core": true}
    {"kind": "not", "item": 1, "s", "p", "o", "why", "q"}       a false triple that the text tempts to
    {"kind": "claim", "item": 1, "s", "p", "o", "q", "status"}  told, but not as something that holds;
                                                                or with "event" and "roles" in place of s, p, o

Names and values may be lists of what is accepted, the preferred one first. A triple may have `p_alt`, relations that
are as good; rows of one fact with different `q` are one fact.

Predictions are rows as `kg extract` prints them, or plain triples `{"item", "s", "p", "o", "q"}` with
`"asserted": false` for what did not happen and `"ended": true` for what is over.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias

from kg.errors import UsageError
from kg.model import STATUSES, UNREALISED, Amount
from kg.text import fold
from kg.values import find_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.model import JsonObject
    from kg.schema import Schema

__all__ = [
    "HAPPENED",
    "Frame",
    "Key",
    "Triple",
    "Words",
    "names",
    "read_gold",
    "read_predictions",
    "same_value",
    "shown",
]

Key: TypeAlias = tuple[int, str, str, str]
"""Item, relation, folded subject, folded object."""

HAPPENED: Final = frozenset(STATUSES) - UNREALISED

_GOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("item",),
    "triple": ("item", "s", "p", "o"),
    "event": ("item", "type", "roles"),
    "observation": ("item", "indicator", "value"),
    "entity": ("item", "name", "type"),
    "not": ("item", "s", "p", "o", "why"),
    "claim": ("item", "status"),
}
_PREDICTED: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("id",),
    "entity": ("item", "name", "type"),
    "statement": ("item", "subject", "predicate", "object"),
    "event": ("item", "type", "roles"),
    "observation": ("item", "indicator", "value"),
    "reject": (),
    "triple": ("item", "s", "p", "o"),
}
"""Kind → what a row of it cannot be without."""


# ---- reading --------------------------------------------------------------------------------------------------------


def read_gold(path: Path) -> list[JsonObject]:
    """The rows of a gold file. Raises UsageError that names the line of a row that is none, and what it lacks."""
    return list(_rows(_lines(path), path.name, _GOLD, None))


def read_predictions(source: Path | IO[str]) -> list[JsonObject]:
    """The rows of predictions, from a file or a text stream. Raises UsageError as `read_gold` does."""
    if isinstance(source, Path):
        return list(_rows(_lines(source), source.name, _PREDICTED, "triple"))
    return list(_rows(source, "standard input", _PREDICTED, "triple"))


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines: a JSON string may hold U+2028 or U+0085 as it is.
        return path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: this is no UTF-8 (byte {error.start}); save it as UTF-8.") from error


def _rows(
    lines: Iterable[str], name: str, kinds: Mapping[str, tuple[str, ...]], default: str | None
) -> Iterator[JsonObject]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{name}:{number}: this is no JSON ({error}); give one object a line.") from error
        kind = row.get("kind", default) if isinstance(row, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            raise UsageError(f"{name}:{number}: a row is an object whose kind is one of {', '.join(kinds)}.")
        lacking = [key for key in kinds[kind] if key not in row]
        if kind == "claim" and not ({"s", "p", "o"} <= row.keys() or {"event", "roles"} <= row.keys()):
            lacking = ["s, p and o (or event and roles)"]
        if lacking:
            raise UsageError(f"{name}:{number}: this row of kind {kind} lacks {', '.join(lacking)}.")
        wrong = [key for key in ("roles", "q", "qualifiers", "values") if not isinstance(row.get(key) or {}, dict)]
        if wrong:
            raise UsageError(f"{name}:{number}: {wrong[0]} must be an object of names and values.")
        if default is None and not isinstance(row["item"], int):
            raise UsageError(f"{name}:{number}: item is the item's number, not {json.dumps(row['item'])}.")
        yield row


# ---- one form -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Triple:
    """A predicted statement, its names folded and its relation in the ontology's direction."""

    item: int
    predicate: str
    subject: str
    object: str
    qualifiers: Mapping[str, Any]
    status: str
    what: str
    """For people."""
    sentence: str

    @property
    def key(self) -> Key:
        return (self.item, self.predicate, self.subject, self.object)

    @property
    def counts(self) -> bool:
        """Whether it is said to have happened."""
        return self.status in HAPPENED


@dataclass(frozen=True, slots=True)
class Frame:
    """An event, gold or predicted; roles and values are in one mapping."""

    item: int
    type: str
    parts: Mapping[str, Any]
    status: str
    sentence: str = ""

    @property
    def counts(self) -> bool:
        return self.status in HAPPENED

    @property
    def what(self) -> str:
        """For people."""
        told = ", ".join(f"{name} {shown(value)}" for name, value in self.parts.items())
        return f"{self.type}: {told}"


@dataclass(slots=True)
class Words:
    """How rows are read: relations by the ontology, items by their numbers."""

    schema: Schema
    _numbers: dict[str, int] = field(default_factory=dict)
    _types: dict[str, str] = field(init=False)
    _children: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        terms = (*self.schema.properties.values(), *self.schema.inverse_terms.values())
        self._types = {term.relationship_type: term.name for term in terms}
        self._children = {name: [] for name in self.schema.properties}
        for prop in self.schema.properties.values():
            for parent in self.above(prop.name):
                self._children[parent].append(prop.name)

    def number(self, item: object) -> int:
        """An item's number: its id where that is a number of at most six digits, else its place among the items."""
        key = str(item)
        if key not in self._numbers:
            numbered = key.isascii() and key.isdigit() and len(key) <= 6
            self._numbers[key] = int(key) if numbered else len(self._numbers) + 1
        return self._numbers[key]

    # -- relations

    def oriented(self, predicate: str, subject: Any, object_: Any) -> tuple[str, Any, Any]:
        """`RAISED_FROM` as `raisedFrom`, and what is read the other way round turned round."""
        name = self._types.get(predicate, predicate)
        if name in self.schema.inverses:
            return self.schema.inverses[name], object_, subject
        return name, subject, object_

    def above(self, predicate: str) -> tuple[str, ...]:
        """The relations that follow from one: a subsidiary is a part."""
        found: list[str] = []
        todo = list(self.schema.properties[predicate].parents) if predicate in self.schema.properties else []
        while todo:
            name = todo.pop(0)
            if name not in found:
                found.append(name)
                todo += self.schema.properties[name].parents
        return tuple(found)

    def symmetric(self, predicate: str) -> bool:
        known = self.schema.properties.get(predicate)
        return known is not None and known.symmetric

    def keys(self, row: JsonObject) -> set[Key]:
        """The keys of all triples that say what a gold row says: under any of its names, in a relation that is as good
        or from which it follows, and for symmetric relations both ways."""
        return {key for named in (row["p"], *row.get("p_alt", ())) for key in self._keys(row, named, self._below)}

    def weaker_keys(self, row: JsonObject) -> set[Key]:
        """The keys of all triples that follow from a gold row and say less."""
        return self._keys(row, row["p"], self.above)

    def _below(self, predicate: str) -> tuple[str, ...]:
        return (predicate, *self._children.get(predicate, ()))

    def _keys(self, row: JsonObject, named: str, related: Any) -> set[Key]:
        predicate, s, o = self.oriented(named, row["s"], row["o"])
        ends = [(a, b) for a in names(s) for b in names(o)]
        return {
            (row["item"], name, *pair)
            for name in related(predicate)
            for a, b in ends
            for pair in ([(a, b), (b, a)] if self.symmetric(name) else [(a, b)])
        }

    # -- predictions

    def triple(self, row: JsonObject) -> Triple | None:
        """The statement of a predicted row; None where it is of another kind."""
        kind = row.get("kind", "triple")
        if kind == "statement":
            ends = shown(row["subject"]), shown(row["object"])
            named, told = row["predicate"], row.get("qualifiers")
        elif kind == "triple":
            ends, named, told = (shown(row["s"]), shown(row["o"])), row["p"], row.get("q")
        else:
            return None
        predicate, s, o = self.oriented(named, *ends)
        values = {name: value for name, value in (told or {}).items() if value not in (None, "")}
        what = f"{s} {predicate} {o}"
        return Triple(self.number(row["item"]), predicate, fold(s), fold(o), values, _status(row), what, _sentence(row))

    def frame(self, row: JsonObject) -> Frame:
        """The event of a predicted row."""
        parts = {**row["roles"], **(row.get("values") or {})}
        return Frame(self.number(row["item"]), row["type"], parts, _status(row), _sentence(row))


def names(value: Any) -> frozenset[str]:
    """Folded names of what a row has in a place: a name, an entity, or several of either."""
    listed = value if isinstance(value, list) else [value]
    return frozenset(fold(shown(v)) for v in listed)


def shown(value: Any) -> str:
    """A name or value of a row as text: the name of an entity, the literal of an amount, lists joined by 、."""
    if isinstance(value, list):
        return "、".join(map(shown, value)) if value else ""
    if isinstance(value, dict):
        return str(next((value[k] for k in ("name", "literal", "value") if value.get(k) is not None), ""))
    return str(value)


def _status(row: JsonObject) -> str:
    if "status" in row:
        return str(row["status"])
    if row.get("asserted", True) is False:
        return "unasserted"
    return "ended" if row.get("ended") else "asserted"


def _sentence(row: JsonObject) -> str:
    evidence = row.get("evidence") or {}
    return str(evidence.get("sentence") or evidence.get("text") or "") if isinstance(evidence, dict) else str(evidence)


# ---- values ---------------------------------------------------------------------------------------------------------

_LISTS: Final = re.compile("[、兼及暨和与/]")
_IN_PARTS: Final = frozenset(("title", "degree", "reason", "product"))
"""Of several posts told at once, one may be given."""


def same_value(name: str, gold: Any, got: Any, schema: Schema) -> bool:
    """Whether a value is one that gold accepts: amounts by size and currency, dates and words by their letters."""
    known = schema.values.get(name)
    datatype = known.datatype if known is not None else "string"
    wanted = gold if isinstance(gold, list) else [gold]
    return any(_same(name, datatype, a, b) for a in wanted for b in (got if isinstance(got, list) else [got]))


def _same(name: str, datatype: str, gold: Any, got: Any) -> bool:
    if got is None:
        return False
    a, b = fold(shown(gold)), fold(shown(got))
    if a == b:
        return True
    if datatype == "amount":
        left, right = _size(gold), _size(got)
        return left is not None and left == right
    if datatype == "percent":
        return a.removeprefix("约") == b.removeprefix("约")
    if name == "round":
        return a.removesuffix("轮") == b.removesuffix("轮")
    if name in _IN_PARTS:
        return bool(_parts(gold) & _parts(got))
    return False


def _parts(value: Any) -> set[str]:
    return {part for part in _LISTS.split(fold(shown(value))) if part}


def _size(value: Any) -> tuple[str, float, float] | None:
    """Currency and figure. 近10亿元, 超10亿元 and 10亿元 name one figure; 数千万元 names a range."""
    if isinstance(value, dict) and ("low" in value or "high" in value):
        low, high, currency = value.get("low"), value.get("high"), value.get("currency", "CNY")
    elif isinstance(value, (int, float)):
        low, high, currency = value, value, "CNY"
    else:
        text = shown(value)
        found = (v.value for told in (text, f"{text}元") for v in find_values(told, None))
        amount = next((v for v in found if isinstance(v, Amount)), None)
        if amount is None:
            return None
        low, high, currency = amount.low, amount.high, amount.currency
    bounds = [float(bound) for bound in (low, high) if bound is not None]
    return (currency, bounds[0], bounds[-1]) if bounds else None
