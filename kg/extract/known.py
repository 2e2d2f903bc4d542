"""Names that the lexicon knows, where the words around allow them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.namewords import NameWords
    from kg.extract.words import Words
    from kg.lexicon import Hit, Lexicon

__all__ = ["KnownFinder"]

_FIELD = re.compile(r"[”\"]?(?:等)?(?:这一)?(?:全新|新兴|细分|垂直|热门)?(?:赛道|行业|领域|产业|板块)")
_JOINING = frozenset("、和与及")
_OPENING = frozenset(",。;:!?、\n“(") | {"而", "但", "称", "表示", "报道", "如果", "或者", "当时", "随后"}
_DEALS_WITH = 0.75
"""How sure a rule must be for its word to speak for a name behind it."""


class KnownFinder:
    """Looks up an item's words in the lexicon."""

    def __init__(self, lexicon: Lexicon, patterns: NameWords) -> None:
        self._lexicon = lexicon
        self._patterns = patterns
        self._letters = frozenset("".join(lexicon.words("places", "letters")))
        self._whereabouts = frozenset(lexicon.words("words", "whereabouts"))
        self._acting = frozenset(lexicon.words("words", "acting"))
        self._dealing = frozenset(lexicon.words("words", "dealing"))

    def find(self, words: Words) -> tuple[list[Mention], list[Mention]]:
        """Names, and apart from them doubtful ones: ordinary words too, that nothing speaks for yet."""
        sure = list(self._abbreviated(words))
        doubtful: list[Mention] = []
        for hit in self._lexicon.hits(words.string):
            made = self._known(words, hit)
            if made is not None:
                (doubtful if made.confidence < 0.5 else sure).append(made)
        return sure, doubtful

    def _known(self, words: Words, hit: Hit) -> Mention | None:
        """A hit, if it cuts no word; where it is an ordinary word, how much the words beside it speak for a name."""
        start, end, entry = hit.start, hit.end, hit.entry
        edges = words.is_edge(start) + words.is_edge(end)
        if edges < (2 if end - start <= 3 else 1):
            return None
        confidence = 0.9
        if entry.type == "Industry":
            if not _FIELD.match(words.string, end):
                return None
            confidence = 0.75
        elif entry.type == "Technology":
            confidence = 0.6
        elif entry.type == "Country" and words.string[start:end].endswith("方"):
            if edges != 2:
                return None
            confidence = 0.85
        if hit.doubtful:
            confidence = self._in_place(words, start, end)
        return Mention(start, end, words.string[start:end], entry.type, confidence, "lexicon")

    def _abbreviated(self, words: Words) -> Iterator[Mention]:
        """Provinces and cities by their one letter, where a preposition says that a place is meant: 在京, 来渝."""
        for index in range(1, len(words.words)):
            letter = words.words[index].text
            if len(letter) == 1 and letter in self._letters and words.words[index - 1].text in self._whereabouts:
                follows = words.kinds[index + 1] if index + 1 < len(words.words) else Kind.BREAK
                if follows != Kind.LETTER and follows != Kind.PLACE:
                    start = words.starts[index]
                    yield Mention(start, start + 1, letter, "Place", 0.7, "lexicon")

    def _in_place(self, words: Words, start: int, end: int) -> float:
        """How sure it is from the words beside it that an ordinary word is a name here."""
        first, last = words.at(start), words.at(end - 1) + 1
        before = words.words[first - 1] if first else None
        after = words.words[last] if last < len(words.words) else None
        follows = words.kinds[last] if after is not None else Kind.BREAK
        if after is not None and (
            follows == Kind.TITLE or after.text in self._patterns.before or after.text in ("公司", "集团", "方面")
        ):
            return 0.85
        if before is not None and (before.kind == Kind.HEAD or self._is_object_word(before.text)):
            return 0.85
        if words.words[first].tag[:1] not in ("n", "j", "") or first + 1 != last:
            return 0.4
        # A noun that acts, or that one deals with, is hardly the thing: 苹果将…, 与苹果….
        opens = before is None or before.text in _OPENING
        if opens and after is not None and (after.text in self._acting or after.text[0] in self._acting):
            return 0.7
        if before is not None and before.text in self._dealing and follows in (Kind.BREAK, Kind.VERB, Kind.DUAL):
            return 0.65
        return 0.4

    def vouched(self, words: Words, doubtful: list[Mention], mentions: list[Mention]) -> Iterator[Mention]:
        """Doubtful forms of entities that the item also names beyond doubt, or that stand in a list of names."""
        sure = {entry.name for m in mentions if (entry := self._lexicon.known(m.name)) is not None}
        at = {m.start for m in mentions} | {m.end for m in mentions}
        for mention in doubtful:
            entry = self._lexicon.known(mention.name)
            if entry is not None and entry.name in sure:
                yield replace(mention, confidence=0.7)
            elif (mention.end + 1 in at and words.string[mention.end] in _JOINING) or (
                mention.start - 1 in at and words.string[mention.start - 1] in _JOINING
            ):
                yield replace(mention, confidence=0.5)

    def _is_object_word(self, word: str) -> bool:
        rule = self._patterns.after.get(word)
        return rule is not None and rule.confidence >= _DEALS_WITH
