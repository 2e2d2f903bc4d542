"""FewFC: events of a sentence in three steps, the way CasEE goes: which types, which trigger, which arguments.

The first two steps are linear models; the third is a CRF over letters that knows type and trigger.
"""

from __future__ import annotations

import gzip
import itertools
import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.benchmark.counts import Counts
from kg.benchmark.linear import Linear
from kg.errors import OntologyError
from kg.segment import Segmenter
from kg.training.corpora import read_fewfc
from kg.values import find_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["MODEL", "TAGGER", "argument_features", "evaluate", "sentence_features", "spans", "trigger_features"]

MODEL, TAGGER = "fewfc.npz", "fewfc.crf.gz"
_NEAR = 8
"""Letters around a trigger that its features tell."""


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    return Segmenter()


def sentence_features(text: str) -> list[str]:
    """Words, pairs of words and letters of a sentence."""
    words = _segmenter().cut(text)
    found = [f"w{word}" for word in words]
    found += (f"W{a}_{b}" for a, b in itertools.pairwise(words))
    for length in (2, 3):
        found += (f"c{text[at : at + length]}" for at in range(len(text) - length + 1))
    return found


def trigger_features(text: str, type_: str, start: int, end: int) -> list[str]:
    """The trigger's words, what stands around it, and whether it is the first or last of its kind."""
    trigger = text[start:end]
    before, behind = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    found = [f"t{trigger}", f"T{type_}{trigger}", f"n{min(text.count(trigger), 4)}"]
    found.append(f"o{trigger}{min(text.count(trigger, 0, start), 3)}")
    for length in (1, 2, 3, 4):
        found += (
            f"p{before[-length:]}",
            f"a{behind[:length]}",
            f"P{trigger}{before[-length:]}",
            f"A{trigger}{behind[:length]}",
        )
    found += (f"b{letter}" for letter in before)
    found += (f"f{letter}" for letter in behind)
    found.append(f"q{type_}{start * 5 // max(1, len(text))}")
    return found


def argument_features(text: str, type_: str, start: int, end: int) -> list[list[str]]:
    """For each letter of a sentence, given an event's type and trigger."""
    words = _segmenter().cut(text)
    place: list[tuple[str, str, str]] = []
    for n, word in enumerate(words):
        after = words[n + 1] if n + 1 < len(words) else ">"
        before = words[n - 1] if n else "<"
        for at in range(len(word)):
            edge = "S" if len(word) == 1 else "B" if at == 0 else "E" if at == len(word) - 1 else "M"
            place.append((edge + word, before, after))
    kinds = ["-"] * len(text)
    for value in find_values(text, None):
        for at in range(value.start, min(value.end, len(text))):
            kinds[at] = ("B" if at == value.start else "I") + value.kind
    padded = ["<", "<", *("9" if c.isdigit() else c for c in text), ">", ">"]
    result = []
    for at in range(len(text)):
        a, b, c, d, e = padded[at : at + 5]
        word, before, after = place[at] if at < len(place) else ("", "", "")
        inside = start <= at < end
        far = "0" if inside else ("-" if at < start else "+") + str(min((abs(at - start)) // 6, 8))
        pauses = sum(mark in ",，。;；" for mark in text[min(at, start) : max(at, end)])
        clause = ("b" if at < start else "a") + str(min(pauses, 2))
        result.append(
            [
                "0" + c, "1" + b, "2" + d, "3" + b + c, "4" + c + d, "5" + a + b, "6" + d + e, "7" + b + c + d,
                "w" + word, "x" + before, "y" + after, "v" + kinds[at], f"f{type_}{far}", f"c{type_}{clause}",
                f"t{type_}{c}", f"T{type_}{word}", f"X{type_}{clause}{before}", f"Y{type_}{clause}{after}",
                f"V{type_}{kinds[at]}{clause}",
            ]
        )  # fmt: skip
    return result


def spans(labels: Sequence[str]) -> set[tuple[str, int, int]]:
    """Role and half-open span of each run of labels `Brole`, `Irole` …"""
    found = set()
    at = 0
    while at < len(labels):
        first = at
        at += 1
        if labels[first][:1] == "B":
            while at < len(labels) and labels[at] == "I" + labels[first][1:]:
                at += 1
            found.add((labels[first][1:], first, at))
    return found


class EventModel:
    """The three steps with their weights."""

    def __init__(self, model: Path | None = None, tagger: Path | None = None) -> None:
        import pycrfsuite

        read = Linear.load(MODEL, ("type", "trigger"), model)
        self._types, self._trigger = read["type"], read["trigger"]
        words: dict[str, list[str]] = {}
        for name in self._trigger.vocabulary:
            if name.startswith("T"):
                type_ = next((t for t in self._types.labels if name.startswith("T" + t)), None)
                if type_ is not None:
                    words.setdefault(type_, []).append(name[1 + len(type_) :])
        self._words = {
            type_: re.compile("|".join(sorted(map(re.escape, found), key=len, reverse=True)))
            for type_, found in words.items()
        }
        where = tagger if tagger is not None else files("kg.benchmark").joinpath("models", TAGGER)
        try:
            self._model = gzip.decompress(where.read_bytes())
            self._tagger = pycrfsuite.Tagger()
            self._tagger.open_inmemory(self._model)
        except (OSError, EOFError, ValueError) as error:
            raise OntologyError(f"{where}: no readable model ({error}); train one with `make models`") from error

    def triggers(self, text: str) -> list[tuple[str, int, int]]:
        """Type and span of each event: of each type that is told, the triggers that are sure, else the best one."""
        found = []
        for type_, score in zip(self._types.labels, self._types.scores(sentence_features(text)), strict=True):
            pattern = self._words.get(type_)
            if score <= 0 or pattern is None:
                continue
            places = [m.span() for m in pattern.finditer(text)]
            rated = [(float(self._trigger.scores(trigger_features(text, type_, *p))[0]), p) for p in places]
            sure = [p for s, p in rated if s > 0] or [p for _, p in sorted(rated)[-1:]]
            found += [(type_, *p) for p in sure]
        return found

    def arguments(self, text: str, type_: str, start: int, end: int) -> set[tuple[str, int, int]]:
        """Role and span of each argument of an event."""
        labels: list[str] = self._tagger.tag(argument_features(text, type_, start, end))
        return spans(labels)


def evaluate(path: Path, model: EventModel | None = None) -> Counts:
    """TC: type and trigger are right. AC: type, role and span of an argument are right, whatever the trigger."""
    model = model or EventModel()
    counts = Counts("FewFC")
    for row in read_fewfc(path):
        events = model.triggers(row.text)
        counts.score("TC").count(set(events), {(e.type, e.start, e.end) for e in row.events})
        told = {(type_, *a) for type_, start, end in events for a in model.arguments(row.text, type_, start, end)}
        gold = {(e.type, a.role, a.start, a.end) for e in row.events for a in e.arguments}
        counts.score("AC").count(told, gold)
    return counts
