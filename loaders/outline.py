"""What a newsletter is made of: sections, items with their titles, and headings inside of items.

A title and a heading inside an item look alike, a short line that no full stop ends. They differ in rank, and all heads
of one rank share a style: indentation, a bullet, a number, hashes. So styles are ranked over the whole document first:
what heads of another style mostly follow is a section; the style that comes first below a section, or before a lead
(`11月3日，`, `近日，`, `记者获悉`), is that of titles; all others head parts of an item.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from statistics import median
from typing import TYPE_CHECKING

from kg.letters import fold, simplify

from .layout import Line, closed
from .units import Unit, units

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Article", "Outline", "outline"]

_SHORT_SECTION = 12
_LEAD = re.compile(
    r"(?:当地时间|北京时间|美东时间|近日|日前|近期|昨日|昨天|今日|今天|本周|上周|周[一二三四五六日]|\d{1,2}日[，,上下晚凌]"
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}-\d\d-\d\d|记者|据.{2,15}(?:报道|消息|获悉|披露|公告)|.{0,12}(?:讯|电)[，,（(：:\s])"
)
_NAME = re.compile(r"[周月日简快早晚专季年]\s?[报刊讯评]|通讯|内参|期刊|[Nn]ewsletter|[Ww]eekly|第.{1,6}期|Vol\.")


@dataclass(frozen=True, slots=True)
class Article:
    """One item as it stands in the document. `title` is empty for text that stands below none."""

    section: str | None
    title: tuple[Line, ...]
    body: tuple[Unit, ...]
    digest: bool = False
    """One of a list of news in one paragraph each: it begins with what would be its title."""
    marked: bool = False
    """Whether its title bears a bullet, a number or the like."""

    @property
    def line(self) -> int:
        return (self.title or self.body[0].lines)[0].number


@dataclass(frozen=True, slots=True)
class Outline:
    front: tuple[Unit, ...]
    """What stands before the first section or title: the newsletter's name, number, date."""
    articles: tuple[Article, ...]
    sections: int
    """Section heads found."""
    leads: int
    """Articles that begin like news."""


def outline(text: str) -> Outline:
    """Find the items of a document; linear in its length."""
    return _Ranking(_without_list_of_titles(units(text))).outline()


def _without_list_of_titles(found: list[Unit]) -> list[Unit]:
    """Drop heads without body that come again further on."""
    ahead = Counter(fold(unit.text) for unit in found if unit.is_head)
    kept: list[Unit] = []
    for unit, after in zip_longest(found, found[1:]):
        if unit.is_head:
            key = fold(unit.text)
            ahead[key] -= 1
            if len(key) > 6 and ahead[key] and after is not None and after.is_head:
                continue
        kept.append(unit)
    return kept


def _is_prose(unit: Unit) -> bool:
    """Whether a paragraph says something, so that it may not be dropped with a newsletter's name and number."""
    return not unit.is_head and not unit.meta and (len(unit.text) > 30 or (len(unit.text) > 9 and closed(unit.text)))


def _split_digest(article: Article) -> list[Article]:
    """One article for each paragraph of a list of news in one paragraph each, below a section's name or none at all."""
    content = [unit for unit in article.body if not unit.meta]
    styles = {unit.style for unit in content}
    numbers = [unit.number for unit in content]
    marked = len(styles) == 1 and not styles.pop().startswith("indent") and not any(u.is_head for u in content)
    counted = numbers == list(range(1, len(numbers) + 1)) or set(numbers) == {None}
    if not marked or not counted or len(content) < 2 or sum(len(line.text) for line in article.title) > 8:
        return [article]
    section = article.section or "".join(line.text for line in article.title) or None
    return [replace(article, section=section, title=(), body=(unit,), digest=True) for unit in content]


# ---- ranks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Usual:
    """What undoubted titles are like."""

    length: float
    gap: float
    """Blank lines before them."""
    least_gap: float
    """Fewest blank lines before a head in their style, which then is a heading."""
    told_apart: bool
    """Whether headings show by a style of their own."""


class _Ranking:
    """Which heads are sections, which are titles."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.content = [i for i, u in enumerate(units) if not u.meta]
        self.after = dict(pairwise(self.content))
        self.heads = [i for i in self.content if units[i].is_head]
        self.section_styles: set[str] = set()
        self.sections = self._sections()
        self.titles = self._titles()
        self.usual = self._usual()

    def _follows(self, index: int) -> str:
        if index not in self.after:
            return "end"
        after = self.units[self.after[index]]
        if not after.is_head:
            return "body"
        return "same" if after.style == self.units[index].style else "head"

    def _sections(self) -> set[int]:
        by_style = defaultdict(list)
        for i in self.heads:
            by_style[self.units[i].style].append(i)
        found: set[int] = set()
        for style, members in by_style.items():
            follows = Counter(self._follows(i) for i in members)
            plain = style.startswith("indent")
            short = median(len(self.units[i].text) for i in members) <= 20
            if plain:
                found.update(
                    i for i in members if self._follows(i) == "head" and len(self.units[i].text) <= _SHORT_SECTION
                )
            elif short and follows["head"] > 0 and follows["head"] >= follows["body"]:
                self.section_styles.add(style)
                found.update(i for i in members if self._follows(i) != "body")
        for i in self.heads:
            # Section and title in one style: a word above a sentence.
            if i in found or self._follows(i) != "same" or not self.units[i].style.startswith(("indent", "【】")):
                continue
            after = self.after[i]
            if len(self.units[i].text) <= min(8, len(self.units[after].text) - 5) and self._follows(after) == "body":
                found.add(i)
        first = self.content[0] if self.content else -1
        if first in found and self.units[first].style.startswith("indent") and _NAME.search(self.units[first].text):
            found.discard(first)
        return found

    def _titles(self) -> set[str]:
        """Styles of titles."""
        anchors: Counter[str] = Counter()
        below = False
        for i in self.content:
            unit = self.units[i]
            if i in self.sections:
                below = True
            elif unit.is_head and self._follows(i) in ("body", "head"):
                anchors[unit.style] += below
                below = False
            else:
                below = False
        followed = [i for i in self.heads if i not in self.sections and self._follows(i) == "body"]
        count: Counter[str] = Counter(self.units[i].style for i in followed)
        leads: Counter[str] = Counter(self.units[i].style for i in followed if self._has_lead(i))
        total = sum(anchors.values())
        found = {style for style, n in anchors.items() if n and n >= 0.34 * total}
        found |= {style for style, n in leads.items() if n >= 0.5 * count[style] and (n > 1 or not total)}
        if not found and followed:
            found = {self.units[followed[0]].style}
        return found

    def _has_lead(self, index: int) -> bool:
        return (
            self._follows(index) == "body"
            and _LEAD.match(simplify(self.units[self.after[index]].text[:60])) is not None
        )

    def _usual(self) -> _Usual:
        below = {i for section, i in pairwise(self.content) if section in self.sections}
        members = [i for i in self.heads if self.units[i].style in self.titles and i not in self.sections]
        sure = [i for i in members if i in below or self._has_lead(i)] or [i for i in members if self._is_long(i)]
        free = [i for i in members if i not in below and i != self.content[0] and not self.units[i].lines[0].page]
        gaps = [self.units[i].gap for i in free if self._has_lead(i) or self._is_long(i)]
        followed = {self.units[i].style for i in self.heads if i not in self.sections and self._follows(i) == "body"}
        return _Usual(
            length=median([len(self.units[i].text) for i in sure] or [0]),
            gap=median(gaps or [0]),
            least_gap=min([self.units[i].gap for i in free] or [0]),
            told_apart=bool(followed - self.titles),
        )

    def _is_long(self, index: int) -> bool:
        return len(self.units[index].text) > _SHORT_SECTION

    def _is_title(self, index: int, sure: bool, last: int | None) -> bool:
        unit = self.units[index]
        if unit.style not in self.titles:
            return False
        if unit.number is not None and not sure:
            return last is None or unit.number == 1 + last or (self._has_lead(index) and unit.number != 1)
        usual = self.usual
        if unit.style != "indent 0" or sure or self._has_lead(index) or usual.told_apart:
            return True
        if usual.gap > usual.least_gap and not unit.lines[0].page:
            return unit.gap >= usual.gap
        return self._is_long(index) or len(unit.text) > 0.6 * usual.length

    def outline(self) -> Outline:
        front: list[Unit] = []
        articles: list[Article] = []
        title: tuple[Line, ...] | None = None
        body: list[Unit] = []
        section: str | None = None
        item_section: str | None = None
        below = False
        last: int | None = None
        sections = leads = 0
        marked = False

        def finish() -> None:
            nonlocal title, body
            if title is not None or any(_is_prose(unit) for unit in body):
                articles.extend(_split_digest(Article(item_section, title or (), tuple(body), marked=marked)))
            title, body = None, []

        for i, unit in enumerate(self.units):
            if i in self.sections or (unit.is_head and unit.style in self.section_styles):
                finish()
                section, below, last = unit.text, True, None
                item_section = section
                sections += 1
                if i not in self.sections:
                    title, below = unit.lines, False  # no title below it, so it is one itself
                continue
            opening = not articles and not below and title is None
            if opening and (unit.is_head or unit.meta) and self._follows(i) != "body":
                front.append(unit)
            elif unit.is_head and (
                self._is_title(i, below or (title is None and not articles), last)
                or (below and self._follows(i) == "body")
            ):
                finish()
                title, item_section = unit.lines, section or unit.tag
                marked = not unit.style.startswith("indent")
                last = unit.number if unit.number is not None else last
                leads += self._has_lead(i)
            elif title is None and not sections and not articles and not _is_prose(unit):
                front.append(unit)
            else:
                body.append(unit)
            below = below and unit.meta
        finish()
        return Outline(tuple(front), tuple(articles), sections, leads)
