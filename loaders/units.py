"""A document as paragraphs, each of which may be a head: a title, a section's name, a heading inside of an item."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.letters import fold, simplify
from kg.text import tidy

from .layout import Layout, Line, closed, lines, measure, paragraphs, print_width, without_furniture
from .marks import flash, is_meta, read_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["LONGEST_HEAD", "Unit", "units"]

LONGEST_HEAD = 60
"""Letters in the longest title or heading."""
_CONTENTS = re.compile(r"(?:本期)?\s*(?:目\s*录|导\s*读|要\s*目)[:：]?|(?i:contents)")
_LONGEST_ENTRY = 120
"""Letters in the longest line of a table of contents."""
_PAGE = re.compile(r"\s*\d{1,3}$")
_LEADERS = re.compile(r"(?:\.{3,}|…+|·{3,}|-{4,}|_{3,})\s*\d{0,4}$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph of the document that may be a head."""

    lines: tuple[Line, ...]
    """For a head, its own words only."""
    text: str
    """Joined, without layout's blanks."""
    style: str
    """Rank of a head: its mark, or its indentation."""
    number: int | None
    tag: str | None
    is_head: bool
    meta: bool

    @property
    def gap(self) -> int:
        return self.lines[0].gap


def units(text: str, start: int = 0) -> list[Unit]:
    """The paragraphs and heads of a text from an offset on, without page furniture and tables of contents."""
    layout, all_lines = measure(_without_contents(without_furniture(lines(text, start))), _is_alone)
    found: list[Unit] = []
    for part in _flashes(text, all_lines):
        if isinstance(part, Unit):
            found.append(part)
        else:
            found += [_unit(group, layout) for group in paragraphs(part, layout, _is_marked, _is_framed)]
    if any(unit.style == "【】…" for unit in found):
        # The line may end right behind a title that the body follows.
        found = [replace(u, style="【】…") if u.style == "【】" and len(u.text) > 6 else u for u in found]
    return _joined_heads(found, layout)


def _is_marked(line: Line) -> bool:
    return read_mark(line.text).style != ""


def _is_alone(line: Line) -> bool:
    return _is_marked(line) or is_meta(line.text)


def _is_framed(line: Line) -> bool:
    return read_mark(line.text).style in ("【】", "[]", "rule", "bold")


def _flashes(text: str, all_lines: Sequence[Line]) -> Iterator[Unit | list[Line]]:
    """Set titles in brackets apart from the body behind them in the same line."""
    plain: list[Line] = []
    i = 0
    while i < len(all_lines):
        line = all_lines[i]
        found = flash(text, line.start) if line.text[0] in "【〔［〖" else None
        j = i
        while found and j < len(all_lines) and all_lines[j].end < found.end():
            j += 1
        if not found or j == len(all_lines) or j > i + 2 or (j == i and found.end() == line.end):
            plain.append(line)
            i += 1
            continue
        words = [
            part.cut(max(0, found.start("label") - part.start), min(len(part.text), found.end("label") - part.start))
            for part in all_lines[i : j + 1]
        ]
        if plain:
            yield plain
        title = tuple(w for w in words if w.text)
        rest = all_lines[j].text[found.end() - all_lines[j].start :]
        skip = len(rest) - len(rest.lstrip())
        yield Unit(title, tidy(w.text for w in title), "【】…" if rest else "【】", None, None, True, False)
        plain = []
        if rest:
            body = all_lines[j].cut(len(all_lines[j].text) - len(rest) + skip, len(all_lines[j].text))
            plain.append(replace(body, gap=0, offset=print_width(all_lines[j].text) - print_width(body.text)))
        i = j + 1
    if plain:
        yield plain


def _unit(group: tuple[Line, ...], layout: Layout) -> Unit:
    first, last = group[0], group[-1]
    mark = read_mark(first.text)
    words = (first.cut(mark.start, mark.end if len(group) == 1 else len(first.text)), *group[1:])
    whole = tidy(line.text for line in group)
    text = tidy(line.text for line in words)
    meta = is_meta(whole)
    letters = sum(c.isalpha() for c in text)
    is_head = (
        not meta
        and len(text) <= LONGEST_HEAD
        and len(group) <= 3
        and letters > 0
        and (mark.style != "" or len(group) == 1 or not layout.full(last))
        and (not closed(text) or text[-1] in "！？!?”’）)" or mark.style.startswith(("#", "bold")))
        and text[-1] not in "，、,；;—"
        and sum(c.isdigit() for c in text) <= letters
    )
    style = mark.style or f"indent {0 if first.indent == 0 else 1 if first.indent < 3 else 2}"
    return Unit(words if is_head else group, text if is_head else whole, style, mark.number, mark.tag, is_head, meta)


def _joined_heads(found: list[Unit], layout: Layout) -> list[Unit]:
    """Join titles that run over two or three lines, in a narrower column than the body's."""
    widest = max((u.lines[-1].width for u in found if u.is_head and len(u.lines) == 1), default=0)
    joined: list[Unit] = []
    for i, unit in enumerate(found):
        before = joined[-1] if joined else None
        after = found[i + 1] if i + 1 < len(found) else None
        if before is not None and _runs_on(before, unit, after, widest, layout):
            lines_ = before.lines + unit.lines
            joined[-1] = replace(before, lines=lines_, text=tidy(line.text for line in lines_))
        else:
            joined.append(unit)
    return joined


def _runs_on(head: Unit, unit: Unit, after: Unit | None, widest: int, layout: Layout) -> bool:
    if not (head.is_head and unit.is_head) or not unit.style.startswith("indent") or len(head.lines) > 2:
        return False
    if after is None or after.is_head or after.meta or len(head.text) + len(unit.text) > LONGEST_HEAD + 20:
        return False
    width, more = head.lines[-1].width, unit.lines[0].width
    if unit.text.startswith("——"):
        return True
    if unit.gap < min(head.gap or 1, after.gap) and width > 24:
        return True  # set closer to the head than to what is around both
    if layout.width is None or width < max(36, 0.8 * widest) or more > width:
        return False
    if unit.style == "indent 0":
        return head.style != "indent 0" or more < 0.6 * widest
    return abs(_middle(head.lines[-1]) - _middle(unit.lines[0])) < 6


def _middle(line: Line) -> float:
    return line.indent + print_width(line.text) / 2


def _without_contents(all_lines: list[Line]) -> list[Line]:
    """Drop the lines below 目录 for as long as they come again further on, and lines with leaders to a page number."""
    kept: list[Line] = []
    rest = ""
    for line in all_lines:
        if _CONTENTS.fullmatch(simplify(line.text)):
            rest = "".join(fold(other.text) for other in all_lines if other.start >= line.end)
            continue
        rest = rest[len(fold(line.text)) :] if rest else ""
        if len(line.text) < _LONGEST_ENTRY and _LEADERS.search(line.text):
            continue
        if rest:
            entry = _PAGE.sub("", line.text[:_LONGEST_ENTRY])
            mark = read_mark(entry)
            key = fold(entry[mark.start : mark.end])
            if key and len(line.text) < _LONGEST_ENTRY and key in rest:
                continue
            rest = ""
        kept.append(line)
    return kept
