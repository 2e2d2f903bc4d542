"""What loaders of prose share: the lines about an item around its text, its lead, its paragraphs as blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from kg.loading import ItemError
from kg.model import Block

from .dates import iso_date
from .marks import read_meta

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .units import Unit

__all__ = ["Told", "block", "headline", "lead", "split_meta", "told"]

_BEHIND_A_DATE = re.compile(r"\s*(?:(?:星期|周)[一二三四五六日天]|来源|作者|编辑|第).*", re.DOTALL)
_FIRST_SENTENCE = re.compile(r"(.{4,60}?)(?:[。！？；!?;\n]|$)|(.{4,60})[，：,]|(.{1,60})")


@dataclass(frozen=True, slots=True)
class Told:
    """What lines such as `日期：` and `来源：` say about an item."""

    published: str | None = None
    source: str | None = None
    url: str | None = None
    section: str | None = None

    DATE_KEYS: ClassVar[frozenset[str]] = frozenset(
        ("发布时间", "发布日期", "发表时间", "发布于", "时间", "日期", "date", "published")
    )
    SOURCE_KEYS: ClassVar[frozenset[str]] = frozenset(("来源", "本文来源", "信息来源", "文章来源", "source"))
    LINK_KEYS: ClassVar[frozenset[str]] = frozenset(("链接", "原文链接", "原文地址", "原文", "网址", "link", "url"))
    SECTION_KEYS: ClassVar[frozenset[str]] = frozenset(("栏目", "分类", "section"))


def told(lines: Iterable[Unit], *, strict: bool, where: str) -> Told:
    """Read the lines about an item; the first of each kind holds.

    Raises ItemError for a date that is none, if `strict`.
    """
    found: dict[str, str] = {}
    for unit in lines:
        key, value = read_meta(unit.text) or ("", unit.text)
        if value.startswith(("http://", "https://")) and (not key or key in Told.LINK_KEYS):
            found.setdefault("url", value)
        elif key in Told.SECTION_KEYS and value:
            found.setdefault("section", value)
        elif key in Told.SOURCE_KEYS and value:
            found.setdefault("source", value)
        elif not key or key in Told.DATE_KEYS:
            date = iso_date(_BEHIND_A_DATE.sub("", value))
            if date:
                found.setdefault("published", date)
            elif key and strict:
                line = unit.lines[0]
                reason = f"{where}, line {line.number}: '{value}' is no date; write it as 2021-11-03 or 2021年11月3日"
                raise ItemError("bad-date", reason, line.span)
    return Told(**found)


def split_meta(found: Sequence[Unit]) -> tuple[list[Unit], list[Unit]]:
    """The lines about the text that open and close it, and the text between them."""
    start, end = 0, len(found)
    while start < end and found[start].meta:
        start += 1
    while end > start and found[end - 1].meta:
        end -= 1
    return [*found[:start], *found[end:]], list(found[start:end])


def lead(body: Sequence[Unit]) -> str:
    """What opens the text, headings left out."""
    return next((unit.text for unit in body if not unit.is_head and not unit.meta), "")[:400]


def block(unit: Unit) -> Block:
    """A paragraph or heading with the spans of its lines."""
    return Block("heading" if unit.is_head else "paragraph", tuple(line.span for line in unit.lines))


def headline(text: str) -> str:
    """For a text without title: its first sentence, or what of it fits a title."""
    match = _FIRST_SENTENCE.match(text)
    return (match[1] or match[2] or match[3]) if match else text[:60]
