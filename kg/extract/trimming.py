"""What a model took into a name and does not belong there: marks, a country before it, a verb behind it, two people."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.analysis import Mention
    from kg.extract.words import Words
    from kg.lexicon import Lexicon

__all__ = ["Trimmer"]

_FROM_ABROAD = frozenset(("Company", "InvestmentFirm", "University", "ResearchInstitute"))
"""Classes of names that a country may stand before; a ministry's country is part of its name."""
_TWO = re.compile(r"(?P<first>[^和与及]{2,}·[^和与及]{1,})(?:和|与|及|以及)(?P<second>[^和与及]{2,}·[^和与及]{1,})")
_OPENING = frozenset("《“([\"'$@#.*±&")
"""Marks that a name may begin with: *ST中昌, .NET."""
_BRACKETS = {")": "(", "》": "《", "”": "“", "]": "["}


class Trimmer:
    """Cuts names to what they are."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._foreign = frozenset("".join(lexicon.words("people", "transliteration")))

    def trim(self, words: Words, mention: Mention) -> Iterator[Mention]:
        """The name without what does not belong to it; sometimes two names, or one and a country."""
        start, end = _marks(words.string, mention.start, mention.end)
        if end - start < 1:
            return
        two = _TWO.fullmatch(words.string, start, end) if mention.type == "Person" else None
        if two is not None:
            for part in ("first", "second"):
                yield _cut(words, mention, *two.span(part))
            return
        if mention.type in _FROM_ABROAD:
            end = self._verb(words, start, end)
            split = self._country(words, start, end)
            if split is not None:
                yield replace(_cut(words, mention, start, split), type="Country")
                start = split
        yield mention if (start, end) == (mention.start, mention.end) else _cut(words, mention, start, end)

    def _verb(self, words: Words, start: int, end: int) -> int:
        """Where a firm's name ends that the verb behind it was taken into: 由中信资本投资。"""
        last = words.at(end - 1)
        if words.kinds[last] not in (Kind.VERB, Kind.DUAL) or words.starts[last] <= start:
            return end
        before = words.words[last - 1]
        firm = before.entry or (before.suffix if before.whole and words.starts[last - 1] > start else None)
        follows = words.kinds[last + 1] if last + 1 < len(words.kinds) else Kind.BREAK
        told = follows in (Kind.BREAK, Kind.NUMBER) or last + 1 in words.valued
        return words.starts[last] if told and firm is not None and firm.type == "InvestmentFirm" else end

    def _country(self, words: Words, start: int, end: int) -> int | None:
        """Where the name proper begins behind a country that only says where it is from: 法国|欧尚集团."""
        first = words.at(start)
        entry = words.words[first].entry
        split = words.starts[first + 1]
        if entry is None or entry.type != "Country" or words.starts[first] != start or split >= end:
            return None
        if self._lexicon.known(words.string[start:end]) is not None:
            return None
        rest = words.string[split:end]
        known = self._lexicon.known(rest)
        if known is not None and known.type in _FROM_ABROAD and len(rest) > 2:
            return split
        last = words.at(end - 1)
        ending = words.words[last]
        stem = words.string[split : words.starts[last]]
        if ending.suffix is not None and ending.whole and len(stem) > 1 and all(c in self._foreign for c in stem):
            return split
        return None


def _marks(string: str, start: int, end: int) -> tuple[int, int]:
    """Without marks at the ends that belong to no name."""
    while start < end and not (string[start].isalnum() or string[start] in _OPENING):
        start += 1
    while end > start and not string[end - 1].isalnum():
        opening = _BRACKETS.get(string[end - 1])
        if (opening is not None and opening in string[start : end - 1]) or string[end - 1] in "+!?'\"*®™…":
            break
        if string[end - 1] == "." and string[end - 2].isascii():  # Inc., Ltd.
            break
        end -= 1
    return start, end


def _cut(words: Words, mention: Mention, start: int, end: int) -> Mention:
    return replace(mention, start=start, end=end, name=words.string[start:end])
