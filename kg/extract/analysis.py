"""The working state of one extraction: what the components read and add to. It never leaves `kg.extract`.

Offsets in here point into `Text.string`, the normalised text of the item, not into the source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.values import ValueKind, ValueMention

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.model import NewsItem
    from kg.text import Text

__all__ = ["Analysis", "Anaphor", "Mention", "Referent", "Title", "ValueKind", "ValueMention"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text and the class it was taken for."""

    start: int
    end: int
    name: str
    """The surface form without blanks between Chinese, in the letters the source uses, quotes and 《》 left off."""
    type: str
    confidence: float
    by: str
    """The rule, model or word list that found it: `lexicon`, `suffix`, `quote`, `title`, `context`, `crf` …"""


@dataclass(frozen=True, slots=True)
class Title:
    """A post or rank as printed beside a name: 教授, 高级执行副总裁, CEO."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Anaphor:
    """Words that stand for names: 该公司, 双方, 其, 本轮."""

    start: int
    end: int
    text: str
    referents: tuple[int, ...]
    """Indices into `Analysis.referents`; empty where it stayed open."""


@dataclass(slots=True)
class Referent:
    """An entity of the item: all mentions that name it."""

    name: str
    type: str
    confidence: float
    mentions: list[int] = field(default_factory=list)
    """Indices into `Analysis.mentions`."""
    aliases: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Analysis:
    """What is known about one item so far."""

    item: NewsItem
    text: Text
    word_starts: Sequence[int] = ()
    """Offsets at which the words of the text begin, and its end; filled with the mentions."""
    values: list[ValueMention] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    """Sorted, without overlap."""
    titles: list[Title] = field(default_factory=list)
    unsure: frozenset[int] = frozenset()
    """Where words end that may be an organisation's name, and were not taken for one."""
    anaphors: list[Anaphor] = field(default_factory=list)
    referents: list[Referent] = field(default_factory=list)
    referent_of: dict[int, int] = field(default_factory=dict)
    """Index of a mention → index of its referent."""
    lineage: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Class → itself and its superclasses; filled by `resolve` for those that come after it."""
