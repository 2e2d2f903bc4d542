"""The words of an item with what each may do in a name: the ground on which the grammar of names stands."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.extract.analysis import Analysis
    from kg.lexicon import Entry, Lexicon, Suffix
    from kg.segment import Segmenter

__all__ = ["ORGANISATIONS", "Kind", "Word", "WordKinds", "Words"]

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&.+'\-]*")
_FUNCTION_TAGS = frozenset(("p", "c", "u", "uj", "ul", "uv", "ud", "ug", "uz", "r", "y", "e"))
_AFTER_WHICH_PLACE = frozenset(["其", "在", "的", ")"])
"""Behind these 中 and 上 say where."""
_MEMO_LIMIT = 100_000
_LONGEST_SUFFIX = 8
ORGANISATIONS = frozenset(
    (
        "Organization",
        "Company",
        "InvestmentFirm",
        "University",
        "ResearchInstitute",
        "GovernmentBody",
        "InternationalOrganization",
        "Association",
        "Exchange",
        "Court",
    )
)
"""The classes of organisations."""


class Kind(IntEnum):
    """What a word is to a name. From NOUN on it may stand inside of one, from PROPER on it makes one."""

    BREAK = 0
    """Punctuation, a particle, a preposition, an adverb, a number's unit: no name reaches over it."""
    VERB = 1
    """An ordinary verb or adjective."""
    TITLE = 2
    """A post: 董事长."""
    HEAD = 3
    """What a company is called in general (企业, 子公司): a name may begin behind it."""
    NUMBER = 4
    SOFT = 5
    """A single letter that is a function word, and stands in names as well: 得, 正, 中."""
    NOUN = 6
    """An ordinary noun."""
    DUAL = 7
    """A verb that names have inside (投资, 建设) and that also stands between two names."""
    INNER = 8
    """A word that names often have inside (科技, 国际)."""
    LETTER = 9
    """A single Chinese letter that is no function word; two in a row are rarely ordinary Chinese."""
    PROPER = 10
    """A word that the dictionary has as a name, or does not have."""
    LATIN = 11
    PLACE = 12
    KNOWN = 13
    """A name of the lexicon other than a place."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is known about a word wherever it stands."""

    text: str
    kind: Kind
    tag: str
    frequency: int
    suffix: Suffix | None
    """The name ending that the word is or ends in."""
    whole: bool
    """The word is nothing but that ending."""
    entry: Entry | None
    doubtful: bool
    """It is a lexicon's name and an ordinary word too."""


class WordKinds:
    """Tells words' kinds from the lexicon and jieba's dictionary, each distinct word once."""

    def __init__(
        self, lexicon: Lexicon, segmenter: Segmenter, plain: Collection[str] = (), acronyms: Collection[str] = ()
    ) -> None:
        """`plain` are further words that are no names, such as the verbs of the patterns; `acronyms` Latin ones that
        are ordinary words."""
        self._acronyms = frozenset(acronyms)
        self._unlikely = frozenset("".join(lexicon.words("words", "unlikely")))
        self._ending = frozenset(lexicon.words("words", "soft_last"))
        self._plain = frozenset(plain)
        self._ordinary = frozenset(lexicon.words("words", "ordinary"))
        self._lexicon = lexicon
        self._segmenter = segmenter
        self._memo: dict[str, Word] = {}
        function = set(lexicon.words("words", "function"))
        inner = set(lexicon.words("words", "in_names"))
        # Who is said to do these things is a person; no name reaches over them either.
        function |= {word for word in lexicon.words("people", "says") if len(word) > 1} - inner
        self._function = function - inner
        self._dual = function & inner
        self._soft = frozenset(lexicon.words("words", "soft"))
        self._opening = frozenset(lexicon.words("words", "soft_first"))
        self._inner = inner
        self._heads = set(lexicon.words("words", "heads"))
        self._titles = set(lexicon.words("words", "titles", "base"))
        self._nouns = set(lexicon.words("words", "not_names"))

    @property
    def opening(self) -> frozenset[str]:
        """Soft letters that names begin with."""
        return self._opening

    @property
    def ending(self) -> frozenset[str]:
        """Soft letters that names end in."""
        return self._ending

    def __call__(self, text: str) -> Word:
        word = self._memo.get(text)
        if word is None:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            word = self._memo[text] = self._make(text)
        return word

    def _make(self, text: str) -> Word:
        tag, frequency = self._segmenter.tag(text), self._segmenter.frequency(text)
        known = self._lexicon.known_plain(text)
        entry, doubtful = known if known is not None else (None, False)
        suffix = None
        for length in range(min(_LONGEST_SUFFIX, len(text)), 0, -1):
            suffix = self._lexicon.suffixes.get(text[-length:])
            if suffix is not None:
                break
        if suffix is not None and len(suffix.word) == 1 and len(text) > 1 and tag[:2] not in ("ns", "nt", "nz"):
            suffix = None
        kind = self._kind(text, tag, frequency, entry, doubtful)
        return Word(text, kind, tag, frequency, suffix, suffix is not None and suffix.word == text, entry, doubtful)

    def _kind(self, text: str, tag: str, frequency: int, entry: Entry | None, doubtful: bool) -> Kind:
        if text in self._titles and not doubtful:
            return Kind.TITLE
        if not _HAN.fullmatch(text):
            if text in self._acronyms:
                return Kind.NOUN
            if _HAN.search(text):  # a word of both scripts: 商汤SenseTime, AI芯片
                return Kind.KNOWN if entry is not None and entry.type in ORGANISATIONS else Kind.NOUN
            if _LATIN.fullmatch(text):
                return Kind.LATIN
            if text[0].isdigit():
                return Kind.NUMBER
            return Kind.LATIN if text.isalnum() and not text.isdecimal() else Kind.BREAK
        if text in self._soft:
            return Kind.SOFT
        if text in self._function:
            return Kind.BREAK
        if text in self._heads and text not in self._inner:
            return Kind.HEAD
        if text in self._plain and text not in self._inner and text not in self._lexicon.suffixes:
            return Kind.BREAK
        if text in self._dual:
            return Kind.DUAL
        if entry is not None and not doubtful:
            if entry.type in ("Place", "Country"):
                return Kind.PLACE
            if entry.type in ("Technology", "Industry"):
                return Kind.NOUN
            if entry.type in ORGANISATIONS or entry.type in ("Product", "Person", "Award", "Conference", "Agreement"):
                return Kind.KNOWN
        if text in self._inner:
            return Kind.INNER
        if text in self._nouns and len(text) > 1:
            return Kind.NOUN
        if not tag and text in self._lexicon.suffixes:
            return Kind.INNER
        if text in self._ordinary:
            return Kind.NOUN
        if len(text) == 1:
            if text in self._unlikely:
                return Kind.VERB
            return Kind.SOFT if tag in _FUNCTION_TAGS else Kind.LETTER
        if entry is not None and tag == "j":
            return Kind.PROPER
        if tag.startswith("ns"):
            return Kind.PLACE
        if tag in ("nr", "nrfg"):
            # jieba's list of people holds many an ordinary word; the frequent ones are those.
            if len(text) > 3:
                return Kind.VERB
            return Kind.PROPER if frequency < (60 if len(text) == 3 else 90) else Kind.NOUN
        if not tag or tag in ("nrt", "nz", "nt", "eng"):
            return Kind.PROPER
        if tag == "vn":
            return Kind.INNER
        return Kind.VERB if tag[0] in "vadzrpcuymqtfsbieolk" and tag != "an" else Kind.NOUN


class Words:
    """One item cut into words."""

    def __init__(self, analysis: Analysis, segmenter: Segmenter, kinds: WordKinds) -> None:
        string = analysis.text.string
        self.string = string
        texts = segmenter.cut(string)
        self.words = [kinds(text) for text in texts]
        starts: list[int] = []
        at = 0
        for text in texts:
            starts.append(at)
            at += len(text)
        starts.append(at)
        self.starts = starts
        """Where each word begins; one more for the end of the text."""
        self.kinds = [word.kind for word in self.words]
        self._harden(kinds.opening, kinds.ending)
        for index in range(1, len(self.words) - 1):
            # Between words of Latin a blank is part of the name.
            if texts[index] == " " and self.kinds[index - 1] == Kind.LATIN == self.kinds[index + 1]:
                self.kinds[index] = Kind.LATIN
        self.valued: set[int] = set()
        """Words within dates, amounts and other values."""
        for value in analysis.values:
            if value.kind == "round" and value.end - value.start < 2:
                continue
            for index in range(bisect_left(starts, value.start), len(texts)):
                if starts[index] >= value.end:
                    break
                self.kinds[index] = Kind.BREAK
                self.valued.add(index)

    def _harden(self, opening: frozenset[str], ending: frozenset[str]) -> None:
        """Decide what each soft letter is: part of a name between letters of one, else a function word."""
        kinds = self.kinds
        last = len(kinds) - 1
        for index, kind in enumerate(kinds):
            if kind != Kind.SOFT:
                continue
            after = kinds[index + 1] if index < last else Kind.BREAK
            before = kinds[index - 1] if index else Kind.BREAK
            inside = before in (Kind.LETTER, Kind.PLACE) and after == Kind.LETTER
            begins = (
                self.words[index].text in opening
                and before <= Kind.NUMBER
                and after == Kind.LETTER
                and (index == 0 or self.words[index - 1].text not in _AFTER_WHICH_PLACE)
            )
            ends = (
                before == Kind.LETTER
                and index > 1
                and (
                    (kinds[index - 2] == Kind.LETTER and self.words[index].text in ending)
                    or (
                        index < last
                        and self.words[index].text in ending
                        and self.words[index + 1].suffix is not None
                        and self.words[index + 1].whole
                    )
                )
            )
            kinds[index] = Kind.LETTER if inside or begins or ends else Kind.BREAK

    def at(self, offset: int) -> int:
        """The index of the word that holds an offset."""
        return min(bisect_right(self.starts, offset) - 1, len(self.words) - 1)

    def is_edge(self, offset: int) -> bool:
        """Whether a word begins (or the text ends) at an offset."""
        index = bisect_left(self.starts, offset)
        return index < len(self.starts) and self.starts[index] == offset

    def text(self, first: int, last: int) -> str:
        """The words `[first, last)` joined."""
        return self.string[self.starts[first] : self.starts[last]]
