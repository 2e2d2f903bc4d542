"""Pairs of names of a sentence, and what the relation model sees of each: the features.

They are the words between and around the two, their classes, where the words stand that tell a relation, and what the
wordings found. The sentence is seen with its enumerations folded (`kg.extract.folds`), so a list is one name.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extract.triggers import places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kg.extract.skeleton import Chunk, Skeleton
    from kg.extract.triggers import TriggerWords

__all__ = ["Candidate", "candidates"]

_FARTHEST = 90
"""How far apart two names may stand in the folded sentence, in letters."""
_CROWDED = 60
"""From so many names on a sentence is a list rather than a sentence: only neighbours are looked at."""
_AFTER = 5
"""Of how many names a subject that is left out may be one end."""
_BETWEEN = 7
"""How many other names may stand between."""
_PAUSE = frozenset(",;:。!?")
_KINDS = {
    "Company": "O", "InvestmentFirm": "O", "Organization": "O", "University": "O", "ResearchInstitute": "O",
    "GovernmentBody": "O", "Court": "O", "InternationalOrganization": "O", "Association": "O", "Exchange": "X",
    "Person": "P", "Place": "L", "Country": "L", "Product": "T", "Technology": "T", "Project": "T",
    "Report": "R", "Award": "A", "Agreement": "R", "Industry": "I", "Conference": "C",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two folded names of a sentence, by their positions in it. The first is negative where the sentence
    leaves it out."""

    first: int
    second: int
    left: Chunk
    right: Chunk
    features: list[str]
    kinds: str
    own: dict[str, list[str]]
    """For each relation that a word of the sentence may tell: where that word stands to the two names."""
    words: list[tuple[str, int, int, str]]
    """Words that may carry the fact: text, where it begins and ends in the folded sentence, and where it stands: `b`
    between the two names, `a` behind them, `p` before."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, a name or a value of the folded sentence."""

    text: str
    at: int
    name: bool


class _Sentence:
    """The folded sentence as words."""

    def __init__(self, skel: Skeleton, starts: Sequence[int], words: TriggerWords) -> None:
        self.text = skel.text
        self.words = words
        self.triggers = words.find(skel.text)
        self.named = [at for at, chunk in sorted(skel.chunks.items()) if chunk.members]
        self.pieces: list[_Piece] = []
        text, chunks = skel.text, skel.chunks
        at, count = 0, len(text)
        while at < count:
            chunk = chunks.get(at)
            if chunk is not None:
                name = bool(chunk.members)
                shown = "⟨" + (_KINDS.get(chunk.cls, chunk.cls) if name else chunk.cls) + "⟩"
                self.pieces.append(_Piece(shown, at, name))
                at += 1
                continue
            word = bisect_right(starts, skel.starts[at])
            end = at + 1
            while end < count and end not in chunks and bisect_right(starts, skel.starts[end]) == word:
                end += 1
            self.pieces.append(_Piece(text[at:end], at, False))
            at = end
        self.where = {piece.at: i for i, piece in enumerate(self.pieces)}


def candidates(
    skel: Skeleton,
    starts: Sequence[int],
    told: Mapping[tuple[int, int], set[str]],
    omitted: Sequence[Chunk],
    triggers: TriggerWords,
    related: Callable[[str, str], bool],
) -> Iterator[Candidate]:
    """The pairs of names of a sentence, with their features.

    `starts` are the offsets at which words begin; `told` says of two referents what the wordings found between them;
    `omitted` are the subjects told before which the sentence may leave out; `related` tells whether any relation may
    hold between names of two classes.
    """
    sentence = _Sentence(skel, starts, triggers)
    named = sentence.named
    reach = _BETWEEN if len(named) <= _CROWDED else 1
    for a, first in enumerate(named):
        left = skel.chunks[first]
        if len(left.members) > 1 and related(left.cls, left.cls):
            yield _candidate(sentence, first, first, left, left, told, 0)
        for b in range(a + 1, min(len(named), a + reach + 2)):
            second = named[b]
            if second - first > _FARTHEST:
                break
            right = skel.chunks[second]
            if not related(left.cls, right.cls):
                continue
            yield _candidate(sentence, first, second, left, right, told, b - a - 1)
    mentioned = {m.referent for at in named for m in skel.chunks[at].members} if omitted else set()
    for number, left in enumerate(omitted, 1):
        if left.members[0].referent in mentioned:
            continue
        for b, second in enumerate(named[:_AFTER]):
            if second > _FARTHEST:
                break
            right = skel.chunks[second]
            if not related(left.cls, right.cls):
                continue
            yield _candidate(sentence, -number, second, left, right, told, b)


def _candidate(
    sentence: _Sentence,
    first: int,
    second: int,
    left: Chunk,
    right: Chunk,
    told: Mapping[tuple[int, int], set[str]],
    between: int,
) -> Candidate:
    pieces = sentence.pieces
    i = -1 if first < 0 else sentence.where[first]
    j = sentence.where[second]
    a, b = _KINDS.get(left.cls, left.cls), _KINDS.get(right.cls, right.cls)
    kinds = ("∅" if first < 0 else "") + a + b
    # A list taken as one: what matters stands behind and before it.
    inside = pieces[i + 1 : j] if first != second else []
    words = [p.text for p in inside]
    before = [p.text for p in pieces[max(0, i - 4) : i]] if i > 0 else []
    behind = [p.text for p in pieces[j + 1 : j + 9]]
    found = [
        "T" + left.cls + "|" + right.cls,
        "K" + kinds,
        "N" + kinds + str(min(between, 4)),
        f"V{kinds}{int(first < 0)}{int(first == second)}",
        f"M{kinds}{min(len(left.members), 2)}{min(len(right.members), 2)}",
    ]
    commas = sum(text in _PAUSE for text in words)
    found.append(f"C{kinds}{min(commas, 3)}")
    found.append("D" + kinds + str(min(len(words), 12) // 2))
    names = "".join(p.text for p in inside if p.name)
    found.append("S" + kinds + names[:24])
    opens = i <= 0 or pieces[i - 1].text in _PAUSE
    found.append(f"O{kinds}{int(opens)}")
    previous = "^"
    shown = words if len(words) <= 24 else [*words[:12], *words[-12:]]
    for n, text in enumerate(shown):
        found.append("b" + text)
        found.append("k" + kinds + text)
        if n:
            found.append("c" + kinds + previous + "_" + text)
        if n > 1:
            found.append("t" + shown[n - 2] + "_" + previous + "_" + text)
        previous = text
    # The clauses that the two stand in weigh more than what lies between.
    if commas:
        last = max(n for n, text in enumerate(words) if text in _PAUSE)
        for text in words[last + 1 :]:
            found.append("l" + kinds + text)
        head = next(n for n, text in enumerate(words) if text in _PAUSE)
        for text in words[:head]:
            found.append("h" + kinds + text)
    else:
        for text in words:
            found.append("d" + kinds + text)
    if words:
        found += ["f" + kinds + words[0], "g" + kinds + words[-1], "F" + kinds + "_".join(words[:2])]
        found.append("G" + kinds + "_".join(words[-2:]))
        if len(words) <= 5:
            found.append("w" + kinds + "_".join(words))
    else:
        found.append("w" + kinds + "=")
    if before:
        found += ["p" + kinds + before[-1], "P" + kinds + "_".join(before[-2:])]
        found += ["q" + text for text in before]
    else:
        found.append("p" + kinds + "^")
    stop = next((n for n, text in enumerate(behind) if text in _PAUSE), len(behind))
    behind = behind[: stop + 1]
    if behind:
        found += ["n" + kinds + behind[0], "Q" + kinds + "_".join(behind[:2])]
        found += ["a" + kinds + text for text in behind]
        found += ["A" + x + "_" + y for x, y in itertools.pairwise(behind)]
    else:
        found.append("n" + kinds + "$")
    for x in left.members:
        for y in right.members:
            for what in told.get((x.referent, y.referent), ()):
                found.append("+" + what)
            for what in told.get((y.referent, x.referent), ()):
                found.append("-" + what)
    triggers = [
        (p.text, p.at, p.at + len(p.text), where)
        for where, run in (("b", inside), ("a", pieces[j + 1 : j + 1 + stop]), ("q", pieces[max(0, i - 4) : max(i, 0)]))
        for p in run
        if not p.name and p.text[0] != "⟨" and p.text not in _PAUSE
    ]
    before_left = "^" if first < 0 else sentence.words.preposition(sentence.text, first)
    before_right = sentence.words.preposition(sentence.text, second)
    own = {
        relation: [
            shown,
            shown + kinds,
            f"{shown[0]}|{before_left}|{before_right}",
            f"{shown}|{before_left}|{before_right}",
            f"{shown[:3]}|{before_left}|{before_right}|{min(between, 3)}{int(first < 0)}",
        ]
        for relation, shown in places(sentence.triggers, sentence.text, sentence.named, first, second).items()
    }
    found += [f"u{kinds}{before_left}|{before_right}", f"U{before_left}|{before_right}{min(between, 3)}"]
    return Candidate(first, second, left, right, list(dict.fromkeys(found)), kinds, own, triggers)
