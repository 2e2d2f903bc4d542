"""Public benchmarks, in their own formats, for the shipped models: `kg eval --benchmark`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kg.benchmark.counts import Counts

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Counts", "Name", "run"]

Name = Literal["finre", "fewfc", "ner"]


def run(name: Name, path: Path) -> Counts:
    """Score the shipped models on a file. Raises UsageError where it is not in the benchmark's format."""
    if name == "finre":
        from kg.benchmark.finre import evaluate

        return evaluate(path)
    if name == "fewfc":
        from kg.benchmark.fewfc import evaluate as evaluate_events

        return evaluate_events(path)
    from kg.benchmark.ner import evaluate as evaluate_names

    return evaluate_names(path)
