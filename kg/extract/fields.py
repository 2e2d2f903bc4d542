"""Industries: taken for one only where the words around say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.analysis import Mention
from kg.extract.merging import SURE
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.words import Words
    from kg.lexicon import Lexicon

__all__ = ["FieldFinder"]

_CALLED = frozenset(("赛道", "行业", "产业", "板块"))
_PARTS = (Kind.NOUN, Kind.INNER, Kind.LATIN)


class FieldFinder:
    """Recognises industries in an item's words and beside its companies."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._makers = frozenset(lexicon.words("words", "makers"))
        self._vague = frozenset(lexicon.words("words", "vague_fields"))

    def beside(self, words: Words, mentions: list[Mention]) -> Iterator[Mention]:
        """Industries that say what kind of company a name belongs to: 仿真软件公司Ansys, 快时尚电商SHEIN."""
        for mention in mentions:
            if mention.type != "Company" or mention.confidence < SURE or not mention.start:
                continue
            index = words.at(mention.start - 1)
            if words.string[mention.start - 1] in '“"' and index:
                index -= 1
            if words.kinds[index] != Kind.HEAD or words.words[index].text not in self._makers:
                continue
            first = index
            while first > 0 and index - first < 4 and words.kinds[first - 1] in _PARTS:
                first -= 1
            while first < index and words.words[first].text in self._vague:
                first += 1
            last = index + 1 if words.words[index].text == "电商" else index
            start, end = words.starts[first], words.starts[last]
            name = words.string[start:end]
            if 2 <= end - start <= 10 and first < index and name not in self._vague:
                yield Mention(start, end, name, "Industry", 0.55, "context")

    def find(self, words: Words) -> Iterator[Mention]:
        """Industries by the word behind: 云软件赛道."""
        for index, word in enumerate(words.words):
            if word.text not in _CALLED:
                continue
            first = index
            while (
                first > 0
                and index - first < 3
                and words.kinds[first - 1] in (Kind.NOUN, Kind.INNER, Kind.LATIN, Kind.LETTER)
            ):
                first -= 1
            start, end = words.starts[first], words.starts[index]
            if 2 <= end - start <= 8:
                yield Mention(
                    start, end, words.string[start:end], "Industry", 0.5 if word.text == "赛道" else 0.4, "suffix"
                )
