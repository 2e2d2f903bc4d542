"""The normalised text of an item, with its way back to the source.

Patterns and word lists see one spelling (`Text.string`): NFKC, simplified letters, lines joined, layout's blanks gone.
Whatever is found there is shown and cut from the source, to which every offset maps back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from kg.letters import BLANK, IGNORABLE, fold, simplified_letters, simplify
from kg.model import Span
from kg.source import MAX_BYTES, Source, read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model import Block, Field, NewsItem

__all__ = ["MAX_BYTES", "Sentence", "Source", "Text", "fold", "normalise", "read_source", "simplify", "tidy"]

_PLAIN = (
    r"!-~§°·×÷À-ÖØ-öø-ÿ\u2010\u2012-\u2016\u2018-\u2023\u2027\u2030\u3001-\u3029\u3041-\u3096\u30a0-\u30fe"
    r"\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e"
)
"""Letters that NFKC keeps or replaces one by one, and that never join the letter before: no need to look closer."""
_TOKEN = re.compile(f"(?P<plain>[{_PLAIN}]+)|(?P<void>[{BLANK}{IGNORABLE}]+)|[^{_PLAIN}{BLANK}{IGNORABLE}]+")
_HAS_BLANK = re.compile(BLANK)
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_NARROW_WORDS = {wide: narrow for wide, narrow in _NARROW.items() if chr(narrow).isalnum()}
_JOINING_JAMO = re.compile("[\u1161-\u1175\u11a8-\u11c2]")


@cache
def _plain_letters() -> dict[int, int]:
    return _NARROW | simplified_letters()


def _joins(letter: str) -> bool:
    """Whether a letter may merge with the one before it: accents, voicing marks, Korean vowels and finals."""
    first = unicodedata.normalize("NFKD", letter)[0]
    return unicodedata.category(first)[0] == "M" or _JOINING_JAMO.match(first) is not None


def _is_word(letter: str) -> bool:
    """A letter or digit of a script that sets blanks between words."""
    return letter.isalnum() and (letter < "\u2e80" or "\uac00" <= letter <= "\ud7a3")


def _keeps_blank(left: str, right: str) -> bool:
    if not _is_word(right):
        return right == "&" and _is_word(left)
    return _is_word(left) or (left in ".,;:!?)&%" and right.isalpha())


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as offsets into `Text.string`, and the block of the item (by index) that it stands in."""

    start: int
    end: int
    kind: Literal["title", "heading", "paragraph"]
    block: int


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of the normalised text that stands in one piece in the source."""

    at: int
    start: int
    end: int
    even: bool
    """Letter by letter; else the whole run stands for the whole stretch (… became ...)."""


@dataclass(frozen=True, slots=True)
class Text:
    """An item's text in one spelling, with its map back to the source.

    Blocks are set apart by one line break, which belongs to no sentence. A blank is kept between two words of Latin
    (or another script with blanks), and dropped everywhere else.
    """

    string: str
    """NFKC, so `，（：％` are ASCII while `。、《》“”` stay; simplified letters."""
    surface: str
    """As long as `string`: the source's own letters and punctuation. Only compatibility forms of letters and digits
    (full-width `Ａ１`, radicals `⽅`) and what NFKC expands are written as in `string`."""
    sentences: tuple[Sentence, ...]
    _runs: tuple[_Run, ...]
    _fields: tuple[tuple[int, Field], ...]

    def source_span(self, start: int, end: int) -> tuple[Span, Field]:
        """Where `string[start:end]` stands in the source, and in which field of the item.

        The span covers what the source has in between, blanks and line breaks included, and whole letters where one
        was expanded. A range that reaches from the title field into the text is cut at the end of its first field.
        Raises ValueError for a range outside of the text.
        """
        if not 0 <= start <= end <= len(self.string):
            raise ValueError(f"[{start}:{end}] is not a range of a text of {len(self.string)} characters")
        if not self._runs:
            return Span(0, 0), "text"
        index = bisect_right(self._fields, start, key=lambda f: f[0]) - 1
        field = self._fields[index][1]
        if index + 1 < len(self._fields):
            end = min(end, self._fields[index + 1][0])
        first, _ = self._origin(min(start, len(self.string) - 1))
        if start == end:
            at = first if start < len(self.string) else self._origin(start - 1)[1]
            return Span(at, at), field
        last = self._origin(end - 1)[1]
        return Span(first, max(first, last)), field

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds an offset; for a break between sentences the one before it.

        Raises ValueError where the text has no sentence.
        """
        if not self.sentences:
            raise ValueError("the text has no sentence")
        return self.sentences[max(0, bisect_right(self.sentences, offset, key=lambda s: s.start) - 1)]

    def _origin(self, offset: int) -> tuple[int, int]:
        run = self._runs[bisect_right(self._runs, offset, key=lambda r: r.at) - 1]
        if not run.even:
            return run.start, run.end
        at = run.start + offset - run.at
        return at, at + 1


class _Writer:
    """Builds the strings and the map, one span of the source after the other."""

    def __init__(self) -> None:
        self.string: list[str] = []
        self.surface: list[str] = []
        self.runs: list[_Run] = []
        self.length = 0
        self._blank: tuple[int, int] | None = None
        """Where a blank stands that may turn out to be one between words."""
        self._last: tuple[str, int, int] | None = None
        """The last letter while accents may still join it: source letters, where they start, its length as written."""

    def write(self, source: str, span: Span) -> None:
        """Append a span of the source; a blank that it follows or starts with is settled with its first letter."""
        self._last = None
        for token in _TOKEN.finditer(source, span.start, span.end):
            letters, start = token.group(), token.start()
            if token.lastgroup == "plain":
                string = letters if letters.isascii() else letters.translate(_plain_letters())
                surface = letters if letters.isascii() else letters.translate(_NARROW_WORDS)
                self._put(string, surface, start, token.end(), even=True)
                self._last = letters[-1], token.end() - 1, 1
            elif token.lastgroup == "void":
                if _HAS_BLANK.search(letters):
                    self.blank(start, token.end())
            else:
                self._rare(letters, start, source)

    def blank(self, start: int, end: int) -> None:
        """A blank or line break stands here."""
        self._last = None
        if self._blank is None and self.length:
            self._blank = start, end

    def line_break(self) -> None:
        """End a block."""
        self._blank = self._last = None
        if self.length:
            at = self.runs[-1].end
            self._append("\n", "\n", at, at, even=False)

    def _rare(self, letters: str, start: int, source: str) -> None:
        i = 0
        while i < len(letters):
            j = i + 1
            while j < len(letters) and _joins(letters[j]):
                j += 1
            cluster, at = letters[i:j], start + i
            if i == 0 and self._last is not None and _joins(letters[0]):
                base, at, written = self._last
                self._take_back(written)
                cluster = base + cluster
            string = unicodedata.normalize("NFKC", cluster)
            if string[0] == " ":  # a free-standing accent: its parts would lean on the letter before
                string = cluster
            surface = string
            if len(cluster) == 1 == len(string) and not (string.isalpha() or cluster.isdecimal()):
                surface = cluster
            end = start + j
            self._put(simplify(string), surface, at, end, even=end - at == 1 == len(string))
            self._last = cluster, at, len(string)
            i = j

    def _put(self, string: str, surface: str, start: int, end: int, *, even: bool) -> None:
        if self._blank is not None:
            if _keeps_blank(self.surface[-1][-1], surface[0]):
                self._append(" ", " ", *self._blank, even=False)
            self._blank = None
        self._append(string, surface, start, end, even=even)

    def _append(self, string: str, surface: str, start: int, end: int, *, even: bool) -> None:
        self.runs.append(_Run(self.length, start, end, even))
        self.string.append(string)
        self.surface.append(surface)
        self.length += len(string)

    def _take_back(self, written: int) -> None:
        self.length -= written
        run, string, surface = self.runs.pop(), self.string.pop(), self.surface.pop()
        if run.at < self.length:
            self.runs.append(_Run(run.at, run.start, run.end - 1, run.even))
            self.string.append(string[:-written])
            self.surface.append(surface[:-written])


def normalise(item: NewsItem) -> Text:
    """The item's text in one spelling; linear in its length."""
    writer = _Writer()
    bounds: list[tuple[int, int, Block, int]] = []
    fields: list[tuple[int, Field]] = []
    for index, block in enumerate(item.blocks):
        writer.line_break()
        start = writer.length
        if not fields or fields[-1][1] != block.field:
            fields.append((start, block.field))
        source = item.title if block.field == "title" else item.text
        for span in block.spans:
            if writer.length > start:
                writer.blank(writer.runs[-1].end, span.start)
            writer.write(source, span)
        bounds.append((start, writer.length, block, index))
    string, surface = "".join(writer.string), "".join(writer.surface)
    sentences = tuple(
        Sentence(lo, hi, block.kind, index)
        for start, end, block, index in bounds
        for lo, hi in _sentences(string, surface, start, end)
    )
    return Text(string, surface, sentences, tuple(writer.runs), tuple(fields))


def tidy(pieces: Iterable[str]) -> str:
    """Lines of the source as one line without layout's blanks, in the source's own letters.

    >>> tidy(["企业 X 完成 3 亿元", "融资"])
    '企业X完成3亿元融资'
    """
    writer = _Writer()
    for piece in pieces:
        if writer.length:
            writer.blank(0, 0)
        writer.write(piece, Span(0, len(piece)))
    return "".join(writer.surface)


# ---- sentences -------------------------------------------------------------------------------------------------------

_STOP = re.compile(r"""[。!?;][。!?;”’」』)\]】》〉]*|\.[”’"')]*\ (?=[A-Z“"])""")
_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "〈": "〉", "(": ")", "[": "]", "【": "】", '"': '"'}
_BRACKET = re.compile("[" + re.escape("".join(_PAIRS) + "".join(_PAIRS.values())) + "]")
_OPENED_BY = {close: opened for opened, close in _PAIRS.items()}
_SHORT = 60
"""A quotation or bracket up to this length is not broken into sentences."""
_ABBREVIATION = re.compile(r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Inc|Ltd|Co|Corp|No|vs|Jr|Sr|Gen|Sen|Gov))$")


def _sentences(string: str, surface: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    shelters = _shelters(string, start, end)
    begin = start
    for stop in _STOP.finditer(string, start, end):
        at, close = stop.span()
        if at < begin:
            continue
        mark, after = string[at], string[close : close + 1]
        if mark == ".":
            if _ABBREVIATION.search(string, max(start, at - 8), at):
                continue
        elif mark != "。" and surface[at] == mark and after.isascii() and after.isalnum():
            continue  # ASCII marks inside of words: Yahoo!Japan, ?a=1;b=2
        while shelters and shelters[-1][1] <= at:
            shelters.pop()
        if shelters and shelters[-1][0] < at:
            # Only a full stop right before the closing quotation mark ends the sentence, together with the quotation.
            last = shelters[-1][1]
            if close < last - 1 or string[last - 2] != "。" or string[last - 1] in "》〉":
                continue
            close = max(close, last)
        yield begin, close - (string[close - 1] == " ")
        begin = close
    if begin < end:
        yield begin, end


def _shelters(string: str, start: int, end: int) -> list[tuple[int, int]]:
    """Short quotations and brackets, from the opening to behind the closing mark; the first one is last."""
    opened: dict[str, int] = {}
    found: list[tuple[int, int]] = []
    for match in _BRACKET.finditer(string, start, end):
        mark, at = match.group(), match.start()
        begin = opened.pop(_OPENED_BY[mark], None) if mark in _OPENED_BY else None
        if begin is not None and at - begin <= _SHORT:
            while found and found[-1][0] >= begin:
                found.pop()
            found.append((begin, at + 1))
        elif mark in _PAIRS:
            opened[mark] = at
    return found[::-1]
