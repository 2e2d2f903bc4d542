"""FinRE: which of its relations holds from the first name of a sentence to the second."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.benchmark.counts import Counts
from kg.benchmark.linear import Linear
from kg.segment import Segmenter
from kg.training.corpora import read_finre

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MODEL", "UNKNOWN", "evaluate", "features", "merged"]

MODEL = "finre.npz"
UNKNOWN = "unknown"
_HEAD, _TAIL = "\ue000", "\ue001"
_AROUND = 20
"""Letters that are read before the first and behind the second name."""


def merged(path: Path) -> dict[tuple[str, str, str], set[str]]:
    """Head, tail and sentence → relations: rows of one pair are one question, as thunlp counts."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in read_finre(path):
        found.setdefault((row.head, row.tail, row.sentence), set()).add(row.relation)
    return found


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    return Segmenter()


def features(head: str, tail: str, sentence: str) -> list[str]:
    """Letters and words between and around the nearest two mentions, which comes first, and the names' own letters."""
    first, second = (head, tail) if len(head) >= len(tail) else (tail, head)
    text = sentence.replace(first, _HEAD if first == head else _TAIL)
    text = text.replace(second, _TAIL if second == tail else _HEAD)
    heads = [i for i, letter in enumerate(text) if letter == _HEAD]
    tails = [i for i, letter in enumerate(text) if letter == _TAIL]
    order, before, between, behind = "", "", text, ""
    if heads and tails:
        _, low, high = min((abs(a - b), min(a, b), max(a, b)) for a in heads for b in tails)
        order = "h" if text[low] == _HEAD else "t"
        before, between, behind = text[:low], text[low + 1 : high], text[high + 1 :]
    found = [
        "O" + order,
        f"{order}n{min(len(between) // 4, 8)}",
        "H" + head,
        "T" + tail,
        "hs" + head[-2:],
        "ts" + tail[-2:],
    ]
    for zone, part in (("b", between), ("p", before[-_AROUND:]), ("a", behind[:_AROUND])):
        for length in (1, 2, 3):
            for at in range(len(part) - length + 1):
                gram = part[at : at + length]
                found += (f"{zone}{length}{gram}", f"{order}{zone}{length}{gram}")
        words = _segmenter().cut(part)
        for word in words:
            found += (f"{zone}w{word}", f"{order}{zone}w{word}")
        found += (f"{order}{zone}W{a}_{b}" for a, b in itertools.pairwise(words))
    for length in (2, 3, 4):
        found += (f"s{length}{text[at : at + length]}" for at in range(len(text) - length + 1))
    for length in (1, 2, 3):
        found += (
            f"R{order}{behind[:length]}",
            f"L{order}{before[-length:]}",
            f"B{order}{between[:length]}",
            f"E{order}{between[-length:]}",
        )
    if len(between) < 8:
        found.append(f"{order}X{between}")
    return found


def evaluate(path: Path, model: Path | None = None) -> Counts:
    """Precision, recall and F1 over all pairs and relations but `unknown`."""
    linear = Linear.load(MODEL, ("relation",), model)["relation"]
    counts = Counts("FinRE")
    score = counts.score("relations")
    for (head, tail, sentence), gold in merged(path).items():
        told = linear.scores(features(head, tail, sentence))
        predicted = {label for label, s in zip(linear.labels, told, strict=True) if s > 0 and label != UNKNOWN}
        score.count(predicted, gold - {UNKNOWN})
    return counts
