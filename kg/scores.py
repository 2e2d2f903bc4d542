"""What an evaluation says: counts, what they come to, and every mistake with its sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.model import JsonObject

__all__ = [
    "Accuracy",
    "ClaimScore",
    "Confusion",
    "EntityScore",
    "Evaluation",
    "Mistake",
    "MistakeKind",
    "Score",
    "report",
]

MistakeKind: TypeAlias = Literal[
    "missed", "wrong", "asserted", "qualifier", "claim", "event missed", "event wrong", "event value",
    "observation missed", "observation wrong",
]  # fmt: skip
Confusion: TypeAlias = "Counter[tuple[str, str]]"
"""(what gold says, what was predicted) → how often."""


@dataclass(slots=True)
class Score:
    """Predictions and how many are right; what gold has and how much of it was found, all of it and the core.

    A prediction is right if it is any gold fact, core or not, so one precision serves both recalls.
    """

    predicted: int = 0
    right: int = 0
    gold: int = 0
    found: int = 0
    core: int = 0
    found_core: int = 0

    @property
    def precision(self) -> float | None:
        """None where nothing was predicted."""
        return _share(self.right, self.predicted)

    @property
    def recall(self) -> float | None:
        """Of all that gold has; None where it has nothing."""
        return _share(self.found, self.gold)

    @property
    def recall_core(self) -> float | None:
        return _share(self.found_core, self.core)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; 0 where nothing is right, None where both are None."""
        return _f1(self.precision, self.recall)

    @property
    def f1_core(self) -> float | None:
        return _f1(self.precision, self.recall_core)

    def data(self) -> JsonObject:
        counts = ("predicted", "right", "gold", "found", "core", "found_core")
        shares = ("precision", "recall", "recall_core", "f1", "f1_core")
        return {name: getattr(self, name) for name in (*counts, *shares)}


@dataclass(slots=True)
class Accuracy:
    """Values of what was found: how many gold has there, and how many of these were predicted right."""

    asked: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        return _share(self.right, self.asked)

    def count(self, right: bool) -> None:
        self.asked += 1
        self.right += right

    def data(self) -> JsonObject:
        return {"asked": self.asked, "right": self.right, "accuracy": self.share}


@dataclass(slots=True)
class EntityScore(Score):
    """Entities by name and class. `named` of those predicted have a right name, whatever their class."""

    named: int = 0
    confusions: Confusion = field(default_factory=Counter)
    of_triples: bool = False
    """Whether gold lists no entities, so that the ends of its triples stand for them: then others count as wrong that
    may be none."""

    def data(self) -> JsonObject:
        return {
            **Score.data(self),
            "named": self.named,
            "class_accuracy": _share(self.right, self.named),
            "of_triples": self.of_triples,
            "confusions": _pairs(self.confusions),
        }


@dataclass(slots=True)
class ClaimScore:
    """Claims of one status: how many gold has, how many were told with it, how many with another."""

    gold: int = 0
    right: int = 0
    otherwise: int = 0

    @property
    def missed(self) -> int:
        return self.gold - self.right - self.otherwise

    @property
    def accuracy(self) -> float | None:
        """Of those that were told at all."""
        return _share(self.right, self.right + self.otherwise)

    def data(self) -> JsonObject:
        counts = {"gold": self.gold, "right": self.right, "otherwise": self.otherwise, "missed": self.missed}
        return {**counts, "accuracy": self.accuracy}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is not as gold says."""

    kind: MistakeKind
    item: int
    what: str
    """`蓝湖 raisedFrom 云杉资本`, or an event or figure in such words."""
    why: str = ""
    """What is wrong about it: the reason that gold gives, or `gold …, got …`."""
    sentence: str = ""
    """What the prediction rests on; empty where there is none."""

    def data(self) -> JsonObject:
        return {"item": self.item, "what": self.what, "why": self.why, "sentence": self.sentence}

    def __str__(self) -> str:
        parts = (f"{self.item}", self.what, f"({self.why})" if self.why else "", self.sentence and f"“{self.sentence}”")
        return "  ".join(part for part in parts if part)


@dataclass(slots=True)
class Evaluation:
    """How good predictions are. Counted are the items that gold has."""

    items: dict[str, Accuracy] = field(default_factory=dict)
    """`title`, `section`, `date`: of the items that gold describes."""
    triples: Score = field(default_factory=Score)
    predicates: dict[str, Score] = field(default_factory=dict)
    qualifiers: dict[str, Accuracy] = field(default_factory=dict)
    entities: EntityScore | None = None
    """None where no entities were predicted."""
    events: Score = field(default_factory=Score)
    event_types: dict[str, Score] = field(default_factory=dict)
    event_values: dict[str, Accuracy] = field(default_factory=dict)
    """Roles and values of the events found."""
    observations: Score = field(default_factory=Score)
    observation_values: dict[str, Accuracy] = field(default_factory=dict)
    """`change` and `period` of the observations found."""
    traps: Counter[str] = field(default_factory=Counter)
    """False triples that the texts tempt to, by why they do."""
    fallen: Counter[str] = field(default_factory=Counter)
    """Those of them that were asserted."""
    claims: dict[str, ClaimScore] = field(default_factory=dict)
    """By gold's status."""
    statuses: Confusion = field(default_factory=Counter)
    """Of claims told with another status."""
    mistakes: list[Mistake] = field(default_factory=list)

    def of_kind(self, kind: MistakeKind) -> list[Mistake]:
        return [m for m in self.mistakes if m.kind == kind]

    def data(self) -> JsonObject:
        """Everything as mappings, lists, numbers and strings, ready for JSON."""
        kinds = dict.fromkeys(m.kind for m in self.mistakes)
        return {
            "items": _data(self.items),
            "triples": self.triples.data(),
            "predicates": _data(self.predicates),
            "qualifiers": _data(self.qualifiers),
            "entities": None if self.entities is None else self.entities.data(),
            "events": {**self.events.data(), "types": _data(self.event_types), "values": _data(self.event_values)},
            "observations": {**self.observations.data(), "values": _data(self.observation_values)},
            "false_assertions": {
                "rows": self.traps.total(),
                "asserted": self.fallen.total(),
                "by_reason": {why: {"rows": n, "asserted": self.fallen[why]} for why, n in sorted(self.traps.items())},
            },
            "claims": {**_data(self.claims), "told_otherwise": _pairs(self.statuses)},
            "errors": {kind: [m.data() for m in self.of_kind(kind)] for kind in kinds},
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f1(precision: float | None, recall: float | None) -> float | None:
    if precision is None and recall is None:
        return None
    p, r = precision or 0.0, recall or 0.0
    return 2 * p * r / (p + r) if p + r else 0.0


def _data(table: Mapping[str, Any]) -> JsonObject:
    return {name: table[name].data() for name in sorted(table)}


def _pairs(confusions: Confusion) -> list[JsonObject]:
    ranked = sorted(confusions.items(), key=lambda c: (-c[1], c[0]))
    return [{"gold": gold, "predicted": got, "times": n} for (gold, got), n in ranked]


# ---- for people -----------------------------------------------------------------------------------------------------


def report(found: Evaluation, *, errors: bool = False) -> str:
    """Tables for people; with `errors` also every mistake, by kind and item."""
    parts = [_facts(found), _accuracies(found), _claims(found)]
    if errors:
        parts += (_mistakes(kind, found.of_kind(kind)) for kind in dict.fromkeys(m.kind for m in found.mistakes))
    return "\n\n".join("\n".join(part) for part in parts if part)


def _facts(found: Evaluation) -> list[str]:
    header = ("", "pred", "right", "prec", "core", "recall", "F1", "all", "recall", "F1")
    rows = [_row("triples", found.triples)]
    if found.entities is not None:
        rows.append(_row("entities (of triples)" if found.entities.of_triples else "entities", found.entities))
    rows += (_row(name, score) for name, score in (("events", found.events), ("observations", found.observations)))
    for table in (found.predicates, found.event_types):
        if table:
            rows.append(())
        rows += (_row(f"  {name}", score) for name, score in sorted(table.items()))
    unknown = [f"{name} {score.predicted}" for name, score in found.predicates.items() if not score.gold]
    return [*_table(header, rows), *([f"gold has no triple of: {', '.join(unknown)}"] if unknown else [])]


def _row(name: str, score: Score) -> tuple[str, ...]:
    counts = (score.predicted, score.right, score.precision, score.core, score.recall_core, score.f1_core)
    return (name, *map(_number, (*counts, score.gold, score.recall, score.f1)))


def _accuracies(found: Evaluation) -> list[str]:
    rows: list[tuple[str, ...]] = []
    for title, table in (
        ("items", found.items),
        ("qualifiers of triples found", found.qualifiers),
        ("roles and values of events found", found.event_values),
        ("observations found", found.observation_values),
    ):
        if table:
            rows.append((title,))
            rows += (
                (f"  {name}", *map(_number, (value.right, value.asked, value.share)))
                for name, value in sorted(table.items())
            )
    if found.entities is not None:
        named = Accuracy(found.entities.named, found.entities.right)
        rows.append(("classes of names found", *map(_number, (named.right, named.asked, named.share))))
        rows += ((f"  {a} → {b}", f"{n}") for (a, b), n in found.entities.confusions.most_common(8))
    return list(_table(("", "right", "of", "share"), rows)) if rows else []


def _claims(found: Evaluation) -> list[str]:
    lines = []
    if found.traps:
        why = ", ".join(f"{name} {n}" for name, n in found.fallen.most_common())
        lines.append(
            f"false triples asserted: {found.fallen.total()} of {found.traps.total()}{f' ({why})' if why else ''}"
        )
    if found.claims:
        lines += [""] if lines else []
        rows = [
            (f"  {status}", *map(_number, (c.gold, c.right, c.otherwise, c.missed, c.accuracy)))
            for status, c in sorted(found.claims.items())
        ]
        lines += _table(("claims", "gold", "right", "otherwise", "missed", "accuracy"), rows)
        lines += (f"  {gold} told as {got}: {n}" for (gold, got), n in found.statuses.most_common())
    return lines


def _mistakes(kind: str, mistakes: list[Mistake]) -> list[str]:
    return [f"{kind} ({len(mistakes)})", *(f"  {m}" for m in sorted(mistakes, key=lambda m: m.item))]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value}" if isinstance(value, int) else f"{value:.3f}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Rows under a header: the first column to the left, numbers to the right."""
    listed = [header, *rows]
    widths = [max(_width(row[i]) for row in listed if len(row) > i) for i in range(len(header))]
    for row in listed:
        padded = [(cell, " " * (width - _width(cell))) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join(
            f"{blanks}{cell}" if i else f"{cell}{blanks}" for i, (cell, blanks) in enumerate(padded)
        ).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal, where a Chinese character takes two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
