"""From proposals to mentions: which of two overlapping ones stays, and where else in the item a found name stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention
from kg.extract.shortening import DECLARED, LEGAL, owner_of
from kg.extract.words import ORGANISATIONS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extract.analysis import Analysis
    from kg.extract.shortening import ShortForms
    from kg.extract.words import Words

__all__ = ["SURE", "bracketed", "cuts_value", "declared", "merge", "repeated", "shortened", "supported"]

SURE = 0.6
"""From here on a longer mention goes before a shorter one."""
_WEAK = 0.45
"""What is weaker than this stays so wherever it is found."""
_REPEATED = ORGANISATIONS | {"Person", "Product", "Project", "Agreement", "Award", "Conference", "Technology"}
_SHORTENED = frozenset(("Company", "InvestmentFirm", "Organization"))
_ALIAS = re.compile(DECLARED.pattern + r"(?P<alias>[\u3400-\u9fffA-Za-z0-9&·.+\- ]{2,20}?)(?=[”\"’」』),。;、])")
_BRANCH = re.compile(r"\((?P<place>[\u3400-\u9fff]{2,6})\)")


def supported(proposed: Iterable[Mention]) -> list[Mention]:
    """Weak proposals that other places of the item make as well are the surer for it."""
    found = list(dict.fromkeys(proposed))
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for mention in found:
        if mention.by == "context":
            places[mention.name, mention.type].add(mention.start)
    return [
        replace(m, confidence=min(0.9, m.confidence + 0.1 * (len(at) - 1)))
        if m.by == "context" and m.confidence >= _WEAK and len(at := places[m.name, m.type]) > 1
        else m
        for m in found
    ]


def merge(proposed: Iterable[Mention]) -> list[Mention]:
    """Mentions without overlap, in order: of two the longer one stays where both are sure, else the surer one."""
    ranked = sorted(
        proposed,
        key=lambda m: (
            m.confidence >= SURE,
            m.end - m.start if m.confidence >= SURE else m.confidence,
            m.confidence,
            -m.start,
        ),
        reverse=True,
    )
    starts: list[int] = []
    taken: list[Mention] = []
    for mention in ranked:
        at = bisect_left(starts, mention.start)
        if at < len(taken) and taken[at].start < mention.end:
            continue
        if at and taken[at - 1].end > mention.start:
            continue
        starts.insert(at, mention.start)
        taken.insert(at, mention)
    return taken


def cuts_value(analysis: Analysis, mention: Mention) -> bool:
    """Whether a mention overlaps a date or an amount without holding all of it."""
    values = analysis.values
    index = bisect_left(values, mention.start, key=lambda v: v.end)
    while index < len(values) and values[index].start < mention.end:
        value = values[index]
        if value.end > mention.start and not (mention.start <= value.start and value.end <= mention.end):
            return True
        if value.start == mention.start and value.end == mention.end:
            return True
        index += 1
    return False


def bracketed(words: Words, mention: Mention) -> Mention:
    """A branch named with its place: 微软亚洲研究院(上海)."""
    if mention.type not in ORGANISATIONS or words.string[mention.end : mention.end + 1] != "(":
        return mention
    found = _BRANCH.match(words.string, mention.end)
    if found is None:
        return mention
    index = words.at(found.start("place"))
    if words.kinds[index] != Kind.PLACE or words.starts[index + 1] != found.end("place"):
        return mention
    return replace(mention, end=found.end(), name=words.string[mention.start : found.end()])


def declared(words: Words, mentions: list[Mention], standing: frozenset[str]) -> Iterator[Mention]:
    """Short names that the item declares: (以下简称“蓝湖”)."""
    for found in _ALIAS.finditer(words.string):
        owner = owner_of(mentions, found.start(), words.string)
        if owner is None:
            continue
        start, end = found.span("alias")
        if found["alias"] in standing:
            continue
        yield Mention(start, end, found["alias"], mentions[owner].type, 0.9, "alias")


def shortened(words: Words, mentions: list[Mention], forms: ShortForms) -> Iterator[Mention]:
    """Short forms of the full company names of the item, wherever they stand."""
    for mention in {m.name: m for m in reversed(mentions)}.values():
        if mention.type == "Product" and mention.by == "context":
            head = _head(words, mention)
            if head:
                yield from _occurrences(words, head, "Product", 0.6, "short", mention)
            continue
        if mention.type not in _SHORTENED or mention.end - mention.start < 5 or mention.confidence < 0.8:
            continue
        if not LEGAL.search(mention.name):
            continue
        for short in forms.forms(mention.name):
            yield from _occurrences(words, short, mention.type, 0.7, "short", mention)


def _head(words: Words, mention: Mention) -> str:
    """The proper part that a product's name begins with: 紫霄 of 紫霄AI推理芯片."""
    first = last = words.at(mention.start)
    while words.starts[last] < mention.end and words.kinds[last] in (Kind.LETTER, Kind.PROPER):
        last += 1
    if last == first:
        last = first + 1
    head = words.text(first, last)
    return head if 2 <= len(head) < mention.end - mention.start else ""


def repeated(words: Words, mentions: list[Mention]) -> Iterator[Mention]:
    """Names found by strong signs, wherever else they stand."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        if mention.confidence >= SURE and mention.type in _REPEATED and mention.end - mention.start >= 2:
            known = best.get(mention.name)
            if known is None or mention.confidence > known.confidence:
                best[mention.name] = mention
    for name, mention in best.items():
        yield from _occurrences(words, name, mention.type, mention.confidence - 0.02, mention.by, mention)


def _occurrences(words: Words, name: str, type_: str, confidence: float, by: str, but: Mention) -> Iterator[Mention]:
    string = words.string
    at = string.find(name)
    while at >= 0:
        end = at + len(name)
        if (
            at != but.start
            and not _inside_latin(string, at, end)
            and not (by == "short" and _is_plain(words, at, end))
            and (len(name) > 3 or words.is_edge(at) + words.is_edge(end) == 2 or (words.is_edge(at) and len(name) == 3))
        ):
            yield Mention(at, end, name, type_, confidence, by)
        at = string.find(name, end)


def _is_plain(words: Words, start: int, end: int) -> bool:
    """Whether an ordinary word stands there: 汽车 is no short form of 某某汽车有限公司."""
    index = words.at(start)
    return words.starts[index] == start and words.starts[index + 1] == end and words.kinds[index] < Kind.LETTER


def _inside_latin(string: str, start: int, end: int) -> bool:
    left = start and string[start - 1].isascii() and string[start - 1].isalnum() and string[start].isascii()
    right = end < len(string) and string[end].isascii() and string[end].isalnum() and string[end - 1].isascii()
    return bool(left or right)
