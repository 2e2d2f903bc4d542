"""Names that no list holds: what stands beside words that only names stand beside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.extract.namewords import NameWords, Rule
    from kg.extract.words import Words
    from kg.lexicon import Lexicon

__all__ = ["ContextFinder"]

_PERSONAL = {2: 4.5, 3: 3.5}
"""By length: from here on letters look more like a person's name than a company's."""
_LONGEST = 7
_SKIPPED = 12
"""Words that may stand between a name and the verb it is the subject of."""
_LETTERS = 16
_TICKER = re.compile(
    r"\((?:[^()]{0,14}?[:.,])?(?:[0-9]{4,6}(?:[.\-][A-Z]{2})?|[A-Z]{1,5}(?:\.[A-Z]{1,2}|:[A-Z]{2})"
    r"|(?:NASDAQ|NYSE|HKEX|SEHK)[:.]? ?[A-Z0-9]{1,6})(?:[,、/][^()]{0,24})?\)"
)
_SPEAKING = (Kind.TITLE, Kind.HEAD, Kind.LETTER)
"""Kinds of words that a name may stand beside."""
_LISTED = frozenset("、和与及")


class ContextFinder:
    """Recognises names of companies, firms and people by the words beside them."""

    def __init__(self, lexicon: Lexicon, patterns: NameWords, resembles: Callable[[str], float]) -> None:
        """`resembles` tells how much letters look like a Chinese person's name (natural log odds)."""
        self._resembles = resembles
        self._before, self._after = patterns.before, patterns.after
        self._speaking = frozenset((*patterns.before, *patterns.after))
        self._skip, self._tail, self._acronyms = patterns.skip, patterns.tail, patterns.acronyms
        self._unlikely = frozenset("".join(lexicon.words("words", "unlikely")))
        self._foreign = frozenset("".join(lexicon.words("people", "transliteration")))
        self._polite = frozenset(lexicon.words("words", "titles", "address"))
        self._not_names = frozenset((*lexicon.words("words", "not_names"), *lexicon.words("words", "ordinary")))

    def find(self, words: Words) -> Iterator[Mention]:
        """Names by context, in no order; they may overlap."""
        kinds = words.kinds
        for index, word in enumerate(words.words):
            text, kind = word.text, kinds[index]
            if text not in self._speaking and kind not in _SPEAKING:
                continue
            found: Mention | None = None
            rule = self._before.get(text)
            if rule is not None:
                if rule.then is None or rule.then.match(words.string, words.starts[index + 1]):
                    found = self._ending(words, index, rule)
            elif kind == Kind.TITLE and text not in self._polite:
                found = self._left_name(words, index, "Company", 0.8)
            if found is not None:
                yield found
            found = None
            rule = self._after.get(text)
            if rule is not None:
                if rule.then is None or rule.then.match(words.string, words.starts[index + 1]):
                    found = self._beginning(words, index + 1, rule.type, rule.confidence)
            elif kind == Kind.HEAD:
                found = self._beginning(words, index + 1, "Company", 0.75)
            elif kind == Kind.LETTER and (index == 0 or kinds[index - 1] != Kind.LETTER):
                found = self._loose(words, index)
            if found is not None:
                yield found
        for match in _TICKER.finditer(words.string):
            index = words.at(match.start())
            found = self._left_name(words, index, "Company", 0.95) or self._before_ticker(words, index)
            if found is not None:
                yield found

    def _before_ticker(self, words: Words, end: int) -> Mention | None:
        """What stands before a stock's code is its name, whatever its letters look like: 武进不锈(603878.SH)."""
        first = end
        while first > 0 and end - first < 4 and words.starts[end] - words.starts[first - 1] <= 6:
            word, kind = words.words[first - 1], words.kinds[first - 1]
            if word.text in self._skip or not (kind >= Kind.NOUN or word.kind in (Kind.SOFT, Kind.LETTER)):
                break
            first -= 1
        start, stop = words.starts[first], words.starts[end]
        if stop - start < 2:
            return None
        return Mention(start, stop, words.string[start:stop], "Company", 0.8, "context")

    def _is_local(self, words: Words, index: int) -> bool:
        """Whether a word is a place of a kind that companies' short names begin with: 江西百圣."""
        word = words.words[index]
        return (
            words.kinds[index] == Kind.PLACE
            and len(word.text) == 2
            and (word.entry is None or word.entry.type == "Place")
        )

    def listed(self, words: Words, mentions: list[Mention]) -> Iterator[Mention]:
        """Unknown members of an enumeration: what stands between 、 beside names of organisations is one too."""
        string = words.string
        for mention in mentions:
            if mention.confidence < 0.5 or mention.type not in ("Company", "InvestmentFirm", "Organization", "Person"):
                continue
            type_ = "Company" if mention.type == "Organization" else mention.type
            if type_ == "Person":
                continue
            if string[mention.end : mention.end + 1] in _LISTED and mention.end < len(string):
                at = words.at(mention.end + 1)
                if words.starts[at] == mention.end + 1:
                    made = self._member(words, at, type_)
                    if made is not None:
                        yield made
            if mention.start and string[mention.start - 1] in _LISTED:
                at = words.at(mention.start - 1)
                if words.starts[at] == mention.start - 1:
                    made = self._left_name(words, at, type_, 0.75, closed=True)
                    if made is not None:
                        yield made

    def _member(self, words: Words, first: int, type_: str) -> Mention | None:
        last = self._extent(words, first)
        if last == first or last >= len(words.words):
            return None
        if words.words[last].text not in ("、", "和", "与", "及", "以及", "等", ",", "。", "(", "的", ";"):
            return None
        return self._made(words, first, last, type_, 0.75)

    # ---- reading a name off the words ----

    def _ending(self, words: Words, index: int, rule: Rule) -> Mention | None:
        at = index
        string = words.string
        while at > max(0, index - _SKIPPED):
            text = words.words[at - 1].text
            if text in self._skip or (at - 1 in words.valued):
                at -= 1
            elif text == ")":
                opened = string.rfind("(", max(0, words.starts[at - 1] - 40), words.starts[at - 1])
                if opened < 0:
                    return None
                at = words.at(opened)
            else:
                break
        return self._left_name(words, at, rule.type, rule.confidence)

    def _left_name(self, words: Words, end: int, type_: str, confidence: float, closed: bool = False) -> Mention | None:
        """The name that ends before word `end`."""
        kinds = words.kinds
        first = end
        while first > 0 and end - first < _LONGEST and words.starts[end] - words.starts[first - 1] <= _LETTERS:
            kind = kinds[first - 1]
            if kind == Kind.HEAD and first - 1 in (0, end - 1) and words.words[first - 1].suffix is None:
                break
            if kind < Kind.NOUN or (kind == Kind.DUAL and first < end):
                break
            first -= 1
        if (
            first == end
            and end > 0
            and kinds[end - 1] == Kind.VERB
            and confidence >= 0.85
            and self._clause(words, end - 1)
        ):
            first = end - 1
        if first == end:
            return None
        clause = self._clause(words, first)
        if (
            closed
            and not clause
            and words.words[first - 1].text
            not in ("由", "与", "和", "向", "为", "获", "在", "是", "包括", "对", "及", "投资", "收购", "如")
        ):
            confidence -= 0.15
        ordinary = 0.6 if clause and confidence >= 0.85 else 0.0
        return self._made(words, first, end, type_, confidence if clause else confidence - 0.05, ordinary)

    def _clause(self, words: Words, first: int) -> bool:
        return first == 0 or words.string[words.starts[first] - 1] in "\n,。;:!?、“("

    def _beginning(self, words: Words, first: int, type_: str, confidence: float) -> Mention | None:
        """The name that begins at word `first`; 了 and what describes it are skipped."""
        count, kinds = len(words.words), words.kinds
        if first < count and words.words[first].text in ("了", "其", "旗下", "全资", "“"):
            first += 1
        last = self._extent(words, first)
        if last == first:
            return None
        if last < count and kinds[last] == Kind.HEAD and words.words[last].text not in self._tail:
            return None
        return self._made(words, first, last, type_, confidence)

    def _extent(self, words: Words, first: int) -> int:
        """Where the name that begins at word `first` ends: behind what looks like a name and its ending."""
        kinds, count, texts = words.kinds, len(words.words), words.words
        limit = min(count, first + _LONGEST)
        last = first
        while last < limit and kinds[last] == Kind.PLACE:
            last += 1
        while last < limit and kinds[last] in (Kind.NOUN, Kind.INNER) and not self._is_core(words, last):
            if texts[last].text in self._tail:
                break
            last += 1
        begin = last
        while last < limit and self._is_core(words, last):
            last += 1
        if last == begin:
            placed = begin > first and kinds[first] == Kind.PLACE and texts[last - 1].suffix is not None
            return last if placed else min(last, self._plain_extent(words, first))
        while last < limit and texts[last].suffix is not None and texts[last].whole and kinds[last] >= Kind.NOUN:
            if texts[last].text in self._tail:
                break
            last += 1
        if (
            last < limit
            and kinds[last] == Kind.INNER
            and texts[last - 1].suffix is None
            and texts[last].text not in self._tail
        ):
            after = kinds[last + 1] if last + 1 < count else Kind.BREAK
            if after < Kind.NOUN or texts[last + 1].text in self._tail:
                last += 1
        return last

    def _is_core(self, words: Words, index: int) -> bool:
        kind = words.kinds[index]
        return kind in (Kind.LETTER, Kind.PROPER, Kind.KNOWN) or (
            kind == Kind.LATIN and words.words[index].text not in self._acronyms
        )

    def _plain_extent(self, words: Words, first: int) -> int:
        kinds, count = words.kinds, len(words.words)
        last = first
        while last < count and last - first < 4:
            if (
                kinds[last] < Kind.NOUN
                or words.words[last].text in self._tail
                or (kinds[last] == Kind.DUAL and last > first)
            ):
                break
            last += 1
        return last

    def _made(
        self, words: Words, first: int, last: int, type_: str, confidence: float, ordinary: float = 0.0
    ) -> Mention | None:
        """The name in words `[first, last)`, leading descriptions cut off, if it looks like one."""
        kinds, texts = words.kinds, words.words
        ending = texts[last - 1].suffix
        if (
            ending is not None
            and ending.type not in ("Company", "InvestmentFirm", "Exchange")
            and texts[last - 1].whole
        ):
            return None
        if ending is not None and texts[last - 1].whole:
            type_ = ending.type
        for index in range(last - 2, first, -1):
            if (
                texts[index].suffix is not None
                and texts[index].whole
                and all(k in (Kind.NOUN, Kind.INNER, Kind.DUAL) for k in kinds[index + 1 : last])
            ):
                if texts[last - 1].suffix is None:
                    last = index + 1
                break
        for index in range(last - 1, first, -1):
            if kinds[index] == Kind.KNOWN and kinds[index - 1] in (Kind.NOUN, Kind.INNER, Kind.DUAL, Kind.LETTER):
                first = index
                break
        lead = first
        while lead < last and (kinds[lead] in (Kind.NOUN, Kind.INNER, Kind.DUAL) or texts[lead].text in self._acronyms):
            lead += 1
        if first < lead < last and (
            kinds[lead] in (Kind.PLACE, Kind.KNOWN, Kind.LATIN)
            or kinds[lead] == Kind.PROPER
            or (kinds[lead] == Kind.LETTER and lead + 1 < last and kinds[lead + 1] == Kind.LETTER)
        ):
            first = lead
        looks = self._looks(words, first, last, ordinary)
        if looks <= 0:
            return None
        start, end = words.starts[first], words.starts[last]
        name = words.string[start:end]
        if end - start < 2:
            return None
        if end - start <= 3 and self._is_personal(name):
            return Mention(start, end, name, "Person", 0.55, "context")
        return Mention(start, end, name, type_, round(confidence * looks, 3), "context")

    def _is_personal(self, name: str) -> bool:
        # Letters that foreign names are written with make brands as often: 康明斯, 欧瑞康.
        foreign = all(letter in self._foreign for letter in name)
        return not foreign and self._resembles(name) >= _PERSONAL.get(len(name), 99.0)

    def _looks(self, words: Words, first: int, last: int, ordinary: float) -> float:
        """From 0 to 1: how much the words look like a name."""
        inside = words.words[first:last]
        kinds = words.kinds[first:last]
        if len(inside) == 1:
            word, kind = inside[0], kinds[0]
            if word.text in self._not_names or word.text in self._acronyms:
                return 0.0
            if kind == Kind.KNOWN or kind == Kind.PLACE:
                return 0.0
            if kind == Kind.PROPER:
                return 1.0
            if kind == Kind.LATIN:
                return 0.9 if not word.text.islower() else 0.4
            if kind in (Kind.NOUN, Kind.INNER, Kind.VERB):
                return ordinary if word.frequency < 2000 else 0.0
            return 0.0
        ends = inside[-1].suffix is not None and inside[-1].whole
        coined = any(k in (Kind.LETTER, Kind.PROPER, Kind.LATIN) for k in kinds[1:])
        if kinds[0] == Kind.KNOWN and not coined and not ends:
            return 0.0
        if kinds[-1] == Kind.LETTER and kinds[-2] in (Kind.NOUN, Kind.INNER, Kind.DUAL):
            return 0.0
        letters = sum(kind == Kind.LETTER for kind in kinds)
        proper = sum(kind in (Kind.PROPER, Kind.KNOWN) for kind in kinds)
        latin = sum(
            kind == Kind.LATIN and word.text not in self._acronyms for kind, word in zip(kinds, inside, strict=True)
        )
        places = sum(kind == Kind.PLACE for kind in kinds)
        if kinds[-1] in (Kind.NOUN,) and inside[-1].text in self._not_names and inside[-1].suffix is None:
            return 0.3
        if all(kind == Kind.LETTER for kind in kinds):
            if any(word.text in self._unlikely for word in inside):
                return 0.3
            return (0.5, 0.9, 1.0, 1.0)[len(kinds) - 1] if len(kinds) <= 4 else 0.5
        if proper or latin:
            return 0.95
        if letters >= 2:
            return 0.85
        if places and kinds[-1] != Kind.PLACE:
            return 0.75
        if letters:
            return 0.6
        if inside[-1].suffix is not None and len(inside) == 2:
            return 0.7
        return 0.35

    def _loose(self, words: Words, first: int) -> Mention | None:
        """Three or four letters that are no words, between words that are: hardly ever ordinary Chinese."""
        kinds = words.kinds
        last = first
        while last < len(kinds) and kinds[last] == Kind.LETTER:
            last += 1
        placed = first > 0 and self._is_local(words, first - 1)
        if not (2 if placed else 3) <= last - first <= 4 or any(
            word.text in self._unlikely for word in words.words[first:last]
        ):
            return None
        before = kinds[first - 1] if first else Kind.BREAK
        after = kinds[last] if last < len(kinds) else Kind.BREAK
        if (not placed and before not in (Kind.BREAK, Kind.HEAD)) or after not in (Kind.BREAK, Kind.VERB, Kind.TITLE):
            return None
        first -= placed
        if first and words.words[first - 1].text[:1].isdigit():
            return None
        start, end = words.starts[first], words.starts[last]
        return Mention(start, end, words.string[start:end], "Company", 0.5, "context")
