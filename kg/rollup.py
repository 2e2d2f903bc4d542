"""What several items say, as one: pure functions that give the same for any order of what they are given.

Reprints of one text share an *origin* and count once, wherever something is counted here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.codec import amount_to_json, dumps
from kg.model import Amount, Fact, happened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.model import Evidence, LiteralValue, Node, Status, Value
    from kg.schema import Schema

__all__ = [
    "MOST_SURE",
    "RANK",
    "Testimony",
    "alone",
    "class_of",
    "combine",
    "confidence_of",
    "first_day",
    "name_of",
    "status_of",
]

RANK: Final[tuple[Status, ...]] = ("ended", "asserted", "denied", "cancelled", "planned", "rumoured")
"""Which status holds where several items of one day, or without a date, differ: the first of these."""
MOST_SURE: Final = 0.99
"""However many sources agree, they may all be wrong."""

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?|-H([12])|-Q([1-4]))?")
_ENDS_IN = re.compile(r"\d{4}")
_RANKS = {status: rank for rank, status in enumerate(RANK)}


class Testimony(NamedTuple):
    """What one item says about a statement."""

    item: str
    published: str | None
    origin: str
    status: Status
    confidence: float
    qualifiers: Mapping[str, Value]
    evidence: Evidence
    event: str | None
    extractor: str = ""
    statement: str = ""
    """The id of the statement as the item's ends were minted; a fact may be several of them."""
    subject: str = ""
    object: str | None = None
    """The ends as minted: which entity each stands for now, the fact tells. None for a literal."""


# ---- facts ----------------------------------------------------------------------------------------------------------


def combine(
    identifier: str, subject: Node, predicate: str, object_: Node | LiteralValue, told: Sequence[Testimony]
) -> Fact:
    """The fact that all testimonies of a statement (one at least) make together.

    `confidence` and `sources` are of those that agree with its status on whether it happened; so are the qualifiers,
    except that what only the others tell is taken over, unless it is a date: a plan's date is no fact's.
    """
    if len(told) == 1:
        t = told[0]
        what = (t.qualifiers, t.status, t.confidence)
        return alone(identifier, subject, predicate, object_, *what, t.item, t.published, t.evidence, t.event)
    status = status_of(told)
    agreeing = [t for t in told if _agrees(t.status, status)]
    qualifiers = _qualifiers(agreeing, [t for t in told if not _agrees(t.status, status)])
    dated = sorted((first_day(t.published), t.published) for t in told if t.published)
    return Fact(
        identifier,
        subject,
        predicate,
        object_,
        qualifiers,
        status,
        confidence_of(agreeing),
        len({t.origin for t in agreeing}),
        tuple(dict.fromkeys(t.item for t in sorted(told, key=lambda t: (_oldest(t.published), t.item)))),
        tuple(dict.fromkeys(t.evidence for t in sorted(told, key=lambda t: _best(t, status)))),
        dated[0][1] if dated else None,
        dated[-1][1] if dated else None,
        tuple(sorted({t.event for t in told if t.event is not None})),
    )


def alone(
    identifier: str,
    subject: Node,
    predicate: str,
    object_: Node | LiteralValue,
    qualifiers: Mapping[str, Value],
    status: Status,
    confidence: float,
    item: str,
    published: str | None,
    evidence: Evidence,
    event: str | None,
) -> Fact:
    """The fact that one item tells alone, as most are."""
    return Fact(
        identifier,
        subject,
        predicate,
        object_,
        qualifiers,
        status,
        confidence if confidence < MOST_SURE else MOST_SURE,
        1,
        (item,),
        (evidence,),
        published,
        published,
        () if event is None else (event,),
    )


def status_of(told: Iterable[Testimony]) -> Status:
    """The status that the newest dated item tells; of several such, or where none is dated, the first by `RANK`."""
    return max(told, key=lambda t: (first_day(t.published) if t.published else "", -_RANKS[t.status])).status


def confidence_of(told: Iterable[Testimony]) -> float:
    """1 − Π(1 − c) over independent origins, c the most that one of them gives; at most `MOST_SURE`."""
    best: dict[str, float] = {}
    for t in told:
        best[t.origin] = max(best.get(t.origin, 0.0), t.confidence)
    doubt = 1.0
    for confidence in sorted(best.values()):
        doubt *= 1.0 - confidence
    return min(round(1.0 - doubt, 6), MOST_SURE)


def _agrees(status: Status, with_: Status) -> bool:
    return status == with_ or (happened(status) and happened(with_))


def _best(t: Testimony, status: Status) -> tuple[object, ...]:
    e = t.evidence
    agreement = 0 if t.status == status else 1 if _agrees(t.status, status) else 2
    place = (_oldest(t.published), t.item, e.field, e.start, e.end)
    return (agreement, -t.confidence, len(e.sentence), *place, e.sentence, e.cue or "", e.references)


def _oldest(published: str | None) -> str:
    """Sorts by date, undated last."""
    return first_day(published) if published else "~"


# ---- qualifiers -----------------------------------------------------------------------------------------------------


def _qualifiers(agreeing: Sequence[Testimony], others: Sequence[Testimony]) -> dict[str, Value]:
    chosen: dict[str, Value] = {}
    for told, main in ((agreeing, True), (others, False)):
        offers: dict[str, list[tuple[Value, Testimony]]] = defaultdict(list)
        for t in told:
            for name, value in t.qualifiers.items():
                if main or (name not in chosen and _interval(value) is None):
                    offers[name].append((value, t))
        chosen.update((name, _value(offered)) for name, offered in offers.items())
    return dict(sorted(chosen.items()))


def _value(offered: Sequence[tuple[Value, Testimony]]) -> Value:
    """The value with most support by independent origins, then the most precise, then the newest.

    What is less precise supports what lies within it: 2021-11 supports 2021-11-03, and 数亿元 supports 5亿元.
    """
    origins: dict[str, set[str]] = defaultdict(set)
    newest: dict[str, str] = {}
    values: dict[str, Value] = {}
    for value, t in offered:
        key = dumps(amount_to_json(value) if isinstance(value, Amount) else value)
        values[key] = value
        origins[key].add(t.origin)
        newest[key] = max(newest.get(key, ""), first_day(t.published) if t.published else "")
    if len(values) == 1:
        return next(iter(values.values()))
    support = {
        key: set().union(*(origins[o] for o, other in values.items() if o == key or _covers(other, value)))
        for key, value in values.items()
    }
    keys = sorted(values)
    keys.sort(key=lambda k: newest[k], reverse=True)
    return values[min(keys, key=lambda k: (-len(support[k]), _width(values[k])))]


def _covers(wide: Value, narrow: Value) -> bool:
    """Whether the narrow value says all that the wide one does."""
    if isinstance(wide, Amount) and isinstance(narrow, Amount):
        return wide.currency == narrow.currency and _within(_bounds(narrow), _bounds(wide))
    outer, inner = _interval(wide), _interval(narrow)
    return outer is not None and inner is not None and _within(inner, outer)


def _within(inner: tuple[Any, Any], outer: tuple[Any, Any]) -> bool:
    return bool(outer[0] <= inner[0] and inner[1] <= outer[1])


def _bounds(amount: Amount) -> tuple[float, float]:
    low = float("-inf") if amount.low is None else amount.low
    return low, float("inf") if amount.high is None else amount.high


def _width(value: Value) -> float:
    """How imprecise a value is: days of a date, the ratio of an amount's bounds; 0 for words."""
    if isinstance(value, Amount):
        if value.low is None or value.high is None:
            return float("inf")
        return (value.high - value.low) / (value.high or 1.0) + (0.01 if value.approximate else 0.0)
    days = _interval(value)
    if days is None:
        return 0.0
    (y1, m1, d1), (y2, m2, d2) = ([int(part) for part in day.split("-")] for day in days)
    return (y2 - y1) * 372 + (m2 - m1) * 31 + d2 - d1


def first_day(date: str) -> str:
    """The first day of a date at any precision, so that dates sort; what is no date stays as it is.

    >>> first_day("2021-Q3"), first_day("2021"), first_day("2021-11-03")
    ('2021-07-01', '2021-01-01', '2021-11-03')
    """
    days = _interval(date)
    return days[0] if days else date


def _interval(value: Value) -> tuple[str, str] | None:
    """First and last day; every month has 31, which is enough to compare. None for what is no date."""
    if not isinstance(value, str) or not value[:4].isdigit():
        return None
    start, slash, end = value.partition("/")
    if slash:
        if not _ENDS_IN.match(end):
            end = start[: len(start) - len(end)] + end
        first, last = _interval(start), _interval(end)
        return (first[0], last[1]) if first and last else None
    m = _DATE.fullmatch(value)
    if m is None:
        return None
    year, month, day, half, quarter = m.groups()
    if day:
        return value, value
    if month:
        return f"{value}-01", f"{value}-31"
    months, which = (6, int(half)) if half else (3, int(quarter)) if quarter else (12, 1)
    return f"{year}-{(which - 1) * months + 1:02d}-01", f"{year}-{which * months:02d}-31"


# ---- entities -------------------------------------------------------------------------------------------------------


def class_of(votes: Mapping[str, int], schema: Schema) -> str:
    """The class of an entity, from how many origins give it which class.

    A class is supported by itself and by its superclasses, which say the same less precisely. The best supported one is
    taken; of equals the most specific, then the one most often given.
    """
    if len(votes) == 1:
        return next(iter(votes))
    support = {cls: sum(n for other, n in votes.items() if schema.is_a(cls, other)) for cls in votes}
    return min(votes, key=lambda cls: (-support[cls], -_depth(cls, schema), -votes[cls], cls))


def _depth(cls: str, schema: Schema) -> int:
    return len(schema.superclasses(cls)) if cls in schema.classes else 0


def name_of(votes: Mapping[str, int]) -> str:
    """The preferred name, from how many origins prefer it; of equals the longer, then the first by code points."""
    return min(votes, key=lambda name: (-votes[name], -len(name), name))
