"""How a text is laid out: its lines, at which column they were wrapped, and which of them make one paragraph."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.letters import BLANK, IGNORABLE
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Layout", "Line", "closed", "lines", "measure", "paragraphs", "print_width", "without_furniture"]

_LEADING = re.compile(f"[{BLANK}{IGNORABLE}]*")
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6“”‘’—…]"
)
_CLOSED = re.compile("(?:[。！？；：!?;:…]|[A-Za-z]\\.)[”’\"'）)」』】》\\]]*$")
_LEANS_ON_NEXT = re.compile("[，、,（(“‘《〈「]$|[^—]——$")
_TAIL = 12
"""How much of a line's end is looked at for the marks that close it, in letters."""
_NEVER_FIRST = "，。、；：！？”’）》〉」』】,.;:!?)]%％"
_FIRST_WORD = re.compile(r"[A-Za-z0-9.+\-/&%']+|.")
_NARROW = 50
"""Columns below which a page's width takes more lines to believe in: titles are that long."""
_WIDEST = 160
"""Columns of the widest page; longer lines are whole paragraphs."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the source that is not blank, without the blanks at its ends."""

    number: int
    """1-based, as editors count."""
    start: int
    end: int
    text: str
    indent: int
    """Blank columns before it."""
    gap: int
    """Blank lines before it."""
    page: bool
    """Whether it begins a page."""
    offset: int = 0
    """Columns that a title in the same line takes before it."""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def width(self) -> int:
        """Columns, with what stands before it."""
        return self.indent + self.offset + print_width(self.text)

    def cut(self, start: int, end: int) -> Line:
        """The part of it between two offsets into its text."""
        return replace(self, start=self.start + start, end=self.start + end, text=self.text[start:end])


def print_width(text: str) -> int:
    """Columns that a text takes on a page where Chinese letters take two."""
    return len(text) + len(_WIDE.findall(text))


def closed(text: str) -> bool:
    """Whether a text ends where a sentence or clause may end."""
    return _CLOSED.search(text[-_TAIL:]) is not None


def lines(text: str, start: int = 0) -> list[Line]:
    """The lines of a text from an offset on that are not blank."""
    found: list[Line] = []
    number = text.count("\n", 0, start) + 1
    gap, page = 0, False
    for whole in text[start:].splitlines(keepends=True):
        at = start
        start += len(whole)
        content = whole.rstrip("\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029")
        leading = _LEADING.match(content)
        skip = leading.end() if leading else 0
        if skip < len(content):
            blanks = content[:skip]
            page = page or "\f" in blanks
            end = len(content)
            while _LEADING.fullmatch(content, end - 1, end):  # a search for blanks$ would be quadratic
                end -= 1
            stripped = content[skip:end]
            indent = sum(4 if c == "\t" else 2 if c == "\u3000" else c.isspace() for c in blanks)
            found.append(Line(number, at + skip, at + skip + len(stripped), stripped, indent, gap, page))
            gap, page = 0, False
        elif whole.endswith("\f"):
            page = True
        else:
            gap += 1
        number += whole.endswith(("\n", "\r"))
    return found


# ---- page furniture -------------------------------------------------------------------------------------------------

_PAGE_NUMBER = re.compile(
    r"[-–—~·•|\s]*(?:第\s*\d{1,4}\s*页?|\d{1,3}|[Pp](?:age|\.)?\s*\d{1,4})\s*(?:[页]|[/／,，、]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?[-–—~·•|\s]*"
)
_DIGITS = re.compile(r"\d+")
_ISSUE = re.compile(r".{0,16}第\s?\d{1,4}\s?期[\s（(总第期）)\d年月日-]*")


def without_furniture(all_lines: Sequence[Line]) -> list[Line]:
    """Drop page numbers and running heads; what follows one begins a page."""
    dropped = _running_heads(all_lines)
    kept: list[Line] = []
    gap, page = 0, False
    for index, line in enumerate(all_lines):
        number = len(line.text) < 24 and _PAGE_NUMBER.fullmatch(line.text)
        if index in dropped or number or (index and (page or line.page) and _ISSUE.fullmatch(line.text)):
            gap, page = max(gap, line.gap), True
            continue
        if page:
            line = replace(line, gap=max(gap, line.gap), page=True)
        kept.append(line)
        gap, page = 0, False
    return kept


def _running_heads(all_lines: Sequence[Line]) -> set[int]:
    """Lines at the edges of pages that stand there, but for numbers in them, on three pages or on most of fewer."""
    count = len(all_lines)
    numbers = {i for i, line in enumerate(all_lines) if len(line.text) < 24 and _PAGE_NUMBER.fullmatch(line.text)}
    edges = {edge for i, line in enumerate(all_lines) if line.page and i for edge in (i - 1, i)}
    # Without form feeds only page numbers tell where pages end.
    pages = len(edges) // 2 + 1 if edges else len(numbers)
    if edges:
        edges |= {0, count - 1}
    edges |= {i + step for i in numbers if i in edges or not edges for step in (-1, 1)}
    edges = {i for i in edges if 0 <= i < count and print_width(all_lines[i].text) < 80}
    keys = {i: _DIGITS.sub("#", "".join(all_lines[i].text.split())) for i in edges}
    often = Counter(key for key in keys.values() if key.strip("#"))
    needed = max(2, min(3, (pages + 1) // 2))
    return {i for i, key in keys.items() if often[key] >= needed and not closed(all_lines[i].text)}


# ---- wrapping -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layout:
    """What is common to the lines of a document."""

    width: int | None
    """The column at which lines were wrapped; None where every line is a paragraph."""
    spacing: int
    """Blank lines between two lines of one paragraph."""
    indented: bool
    """Whether paragraphs begin with an indented line."""

    def full(self, line: Line, word: str = "") -> bool:
        """Whether a line reaches the margin, or would with the next line's first word."""
        if self.width is None:
            return False
        # The margin is ragged: digits print narrower, and a paragraph's first indentation is often lost.
        slack = max(4, self.width // 10)
        return line.width + print_width(word) > self.width - slack

    def continues(self, line: Line, after: Line, *, first: bool) -> bool:
        """Whether `after` goes on with the paragraph that `line` ends so far; `first` if `line` also begins it."""
        if first and after.gap > self.spacing and not after.page:
            return False
        if _LEANS_ON_NEXT.search(line.text[-_TAIL:]):
            return True
        if self.indented and after.indent > 1 and not after.page:
            return False
        if self.width is None:
            return after.page and not closed(line.text) and not (first and print_width(line.text) < _WIDEST)
        if not self.full(line, _first_word(after.text)):
            return False
        if first and line.indent > after.indent and not self.indented:
            return False  # only titles are indented here
        if not closed(line.text):
            return True
        if not self.indented or after.indent > 1 or after.gap > self.spacing:
            return False
        return closed(after.text) or self.full(after)


def _first_word(text: str) -> str:
    """What cannot be torn from the beginning of a line: a word of Latin, a letter with the punctuation behind it."""
    match = _FIRST_WORD.match(text)
    end = match.end() if match else 0
    while end < len(text) and text[end] in _NEVER_FIRST:
        end += 1
    return text[:end]


def measure(all_lines: Sequence[Line], alone: Callable[[Line], bool] = lambda _: False) -> tuple[Layout, list[Line]]:
    """The layout, and the lines with indentation counted from the page's margin.

    Lines that stand `alone` by what they say tell nothing about wrapping.
    """
    if not all_lines:
        return Layout(None, 0, False), []
    widths = sorted(line.width for line in all_lines)
    width = widths[int(0.9 * (len(widths) - 1))]
    draft = Layout(width, 0, False)
    full = {i for i, line in enumerate(all_lines) if draft.full(line)}
    torn = [i for i, j in pairwise(range(len(all_lines))) if i in full and not closed(all_lines[i].text)]
    torn = [i for i in torn if not alone(all_lines[i]) and not alone(all_lines[i + 1])]
    least = 1 if width > _NARROW else 4
    enough = len(full) >= (0.1 if len(torn) > 1 else 0.2) * len(all_lines) and len(torn) >= max(least, 0.3 * len(full))
    if width > _WIDEST or not enough:
        base = min(line.indent for line in all_lines)
        return Layout(None, 0, False), [replace(line, indent=line.indent - base) for line in all_lines]
    following = [all_lines[i + 1] for i in torn]
    spacing = _most_common(line.gap for line in following)
    base = _most_common(line.indent for line in following)
    shifted = []
    for line in all_lines:
        indent = max(0, line.indent - base)
        page = line.page
        if spacing and line.gap < spacing and indent and line.number > all_lines[0].number:
            # Some converters leave one blank of a form feed, and no blank line.
            indent, page = indent - 1, True
        shifted.append(replace(line, indent=indent, page=page))
    indented = sum(1 < shifted[i].indent < 9 for i in full)
    return Layout(width - base, spacing, indented >= max(2, 0.1 * len(full))), shifted


def _most_common(numbers: Iterable[int]) -> int:
    return Counter(numbers).most_common(1)[0][0]


def paragraphs(
    all_lines: Sequence[Line],
    layout: Layout,
    begins: Callable[[Line], bool] = lambda _: False,
    ends: Callable[[Line], bool] = lambda _: False,
) -> list[tuple[Line, ...]]:
    """Lines joined into paragraphs.

    Whatever the layout says, no line goes on with one that `ends`, and a line that `begins` goes on only with one that
    breaks off.
    """
    found: list[list[Line]] = []
    for line in all_lines:
        group = found[-1] if found else []
        goes_on = bool(group) and not ends(group[-1]) and layout.continues(group[-1], line, first=len(group) == 1)
        if goes_on and not (closed(group[-1].text) and begins(line)):
            group.append(line)
        else:
            found.append([line])
    return [tuple(group) for group in found]
