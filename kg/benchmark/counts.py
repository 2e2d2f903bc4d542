"""What a benchmark counts: for each measure, how many were predicted, how many are right, how many there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.model import JsonObject

__all__ = ["Counts", "Score"]


@dataclass(slots=True)
class Score:
    predicted: int = 0
    right: int = 0
    gold: int = 0

    def count(self, predicted: Collection[object], gold: Collection[object]) -> None:
        """Add the findings of one sentence or pair."""
        self.predicted += len(predicted)
        self.right += len(set(predicted) & set(gold))
        self.gold += len(gold)

    @property
    def precision(self) -> float:
        """0 where nothing was predicted."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """0 where there is nothing to find."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.right / (self.predicted + self.gold) if self.predicted + self.gold else 0.0


@dataclass(slots=True)
class Counts:
    """Micro-averaged scores by the name of the measure."""

    benchmark: str
    scores: dict[str, Score] = field(default_factory=dict)

    def score(self, measure: str) -> Score:
        """The score of a measure, made where it is new."""
        return self.scores.setdefault(measure, Score())

    def report(self) -> str:
        """A table for people."""
        lines = [f"{self.benchmark}: precision, recall, F1 (right, predicted, gold)"]
        for name, s in self.scores.items():
            shares = f"{s.precision:.3f}  {s.recall:.3f}  {s.f1:.3f}"
            lines.append(f"  {name:<14}{shares}   ({s.right}, {s.predicted}, {s.gold})")
        return "\n".join(lines)

    def data(self) -> JsonObject:
        """The same as JSON."""
        return {
            name: {
                "precision": s.precision, "recall": s.recall, "f1": s.f1,
                "right": s.right, "predicted": s.predicted, "gold": s.gold,
            }
            for name, s in self.scores.items()
        }  # fmt: skip
