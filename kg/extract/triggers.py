"""Words that tell a relation (`ontology/patterns/triggers.toml`), and where they stand to two names."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.measures import either
from kg.patterns import read_patterns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Trigger", "TriggerWords", "places"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word of the folded sentence, and the relations it may tell."""

    start: int
    end: int
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriggerWords:
    """The words of the file, compiled."""

    relations: Mapping[str, tuple[str, ...]]
    """Word → the relations it may tell."""
    statuses: Mapping[str, tuple[str, ...]]
    """Word → the statuses that it speaks for."""
    _taken: Mapping[str, float]
    _words: re.Pattern[str]
    _cues: re.Pattern[str]
    _prepositions: re.Pattern[str]

    @classmethod
    def load(cls, path: Path | None = None) -> TriggerWords:
        """Read triggers.toml (default: the packaged one). Raises OntologyError where it is wrong."""
        return read_patterns("triggers.toml", path, cls._of)

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> TriggerWords:
        told, cues = _turned(data["triggers"]), _turned(data["status"])
        prepositions = data["prepositions"]["words"].split()
        return cls(
            told,
            cues,
            {name: _share(f"taken.{name}", value) for name, value in data.get("taken", {}).items()},
            re.compile(either(tuple(told))),
            re.compile(either(tuple(cues))),
            re.compile(f"(?:{either(tuple(prepositions))})$"),
        )

    def taken(self, relation: str) -> float:
        """How probable a relation must be to the relation model to be taken."""
        return self._taken.get(relation, self._taken.get("other", _TAKEN))

    def find(self, text: str) -> list[Trigger]:
        """The words of a text in order, longest first where they overlap."""
        return [Trigger(m.start(), m.end(), self.relations[m[0]]) for m in self._words.finditer(text)]

    def cues(self, text: str, trigger: tuple[int, int], first: int, second: int) -> list[str]:
        """Where words that bear on the status stand to the trigger and to the two names of a relation."""
        start, end = trigger
        low = max(text.rfind(mark, 0, start) for mark in ",;:。!?") + 1
        high = min((at for mark in ",;。!?" if (at := text.find(mark, end)) >= 0), default=len(text))
        found = []
        for m in self._cues.finditer(text, max(0, start - _CUE_REACH), min(len(text), end + _CUE_REACH)):
            if m.start() >= end:
                zone = "a" if m.start() == end else "c" if m.start() < high else "n"
            elif m.end() <= start:
                zone = "t" if m.end() == start else "b" if m.start() >= low else "e"
            else:
                zone = "i"
            inside = "<" if m.start() < first else ">" if m.start() > second else "="
            found.append(f"{zone}{m[0]}")
            found.append(f"{zone}{inside}{m[0]}")
            for status in self.statuses[m[0]]:
                found.append(f"{zone}{status}")
                found.append(f"{zone}{inside}{status}")
        return found

    def preposition(self, text: str, at: int) -> str:
        """The word right before a name that says which part it plays; `^` at the start of a clause, empty for none."""
        if at <= 0 or text[at - 1] in ",;:。!?":
            return "^"
        found = self._prepositions.search(text, max(0, at - 2), at)
        return found[0] if found else ""


def _share(name: str, value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} = {value}: a probability lies between 0 and 1")
    return value


def _turned(lists: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Word → the names of the lists that have it."""
    found: dict[str, list[str]] = {}
    for name, words in lists.items():
        for word in dict.fromkeys(words.split()):
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


_TAKEN = 0.6
"""Where the file does not say it."""
_CUE_REACH = 40
"""How far from the trigger a word may stand that bears on the status, in letters."""


def places(triggers: Sequence[Trigger], text: str, named: Sequence[int], first: int, second: int) -> dict[str, str]:
    """For each relation, where its nearest word stands to the names at `first` and `second` of a folded sentence:
    before them, between or behind (`p`, `b`, `a`), how many other names lie between each of the two and the word, and
    whether a pause does."""
    best: dict[str, tuple[int, str]] = {}
    for index in range(bisect_left(triggers, first - _FAR, key=lambda t: t.start), len(triggers)):
        trigger = triggers[index]
        at = trigger.start
        if at > second + _FAR:
            break
        if at > second:
            near, far, zone = (second, at), (first, second), "a"
        elif at > first:
            near, far, zone = (first, at), (trigger.end, second), "b"
        else:
            near, far, zone = (trigger.end, first), (first, second), "p"
        left, right = _names(named, *near), _names(named, *far)
        pauses = _pause(text, *near), _pause(text, *far)
        cost = 2 * (left + right) + 3 * sum(pauses) + (zone != "b")
        shown = f"{zone}{min(left, 2)}{min(right, 2)}{pauses[0]:d}{pauses[1]:d}"
        for relation in trigger.relations:
            if relation not in best or cost < best[relation][0]:
                best[relation] = cost, shown
    return {relation: shown for relation, (_, shown) in best.items()}


_FAR = 24
"""How far outside of two names a word may stand."""
_PAUSES = re.compile("[,;:。!?]")


def _names(named: Sequence[int], low: int, high: int) -> int:
    return max(0, bisect_left(named, high) - bisect_right(named, low))


def _pause(text: str, low: int, high: int) -> bool:
    return _PAUSES.search(text, max(low, 0), high) is not None
