"""Texts with their names marked, so that relations can be tested apart from name recognition.

[腾讯|Company]投资[燧原科技|Company]    two names
[CEO|title]                          a post
[该公司|=腾讯]                          words that stand for a name marked elsewhere
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from kg.extract.analysis import Analysis, Anaphor, Mention, Referent, Title
from kg.model import Block, NewsItem, Span
from kg.schema import Schema
from kg.segment import Segmenter
from kg.text import normalise
from kg.values import find_values

_MARK = re.compile(r"\[([^|\]]+)\|(=?)([^\]]+)\]")


def marked(text: str, *, reference: str | None = "2023-06-15") -> Analysis:
    """The analysis of a text with these names and no others; its values are found as always."""
    plain = ""
    marks: list[tuple[int, int, bool, str]] = []
    position = 0
    for m in _MARK.finditer(text):
        plain += text[position : m.start()]
        marks.append((len(plain), len(plain) + len(m[1]), bool(m[2]), m[3]))
        plain += m[1]
        position = m.end()
    plain += text[position:]
    item = NewsItem("n1", "", plain, (Block("paragraph", (Span(0, len(plain)),)),), "test", None, reference, reference)
    analysis = Analysis(item, normalise(item))
    assert len(analysis.text.string) == len(plain), "marked texts hold no blanks"
    analysis.values = find_values(analysis.text.string, reference)
    known: dict[str, int] = {}
    for start, end, stands_for, kind in marks:
        name = plain[start:end]
        if stands_for or kind == "title":
            continue
        known.setdefault(name, len(analysis.referents))
        if known[name] == len(analysis.referents):
            analysis.referents.append(Referent(name, kind, 1.0))
        analysis.referent_of[len(analysis.mentions)] = known[name]
        analysis.referents[known[name]].mentions.append(len(analysis.mentions))
        analysis.mentions.append(Mention(start, end, name, kind, 1.0, "test"))
    for start, end, stands_for, kind in marks:
        if stands_for:
            ends = tuple(known[name] for name in kind.split("+"))
            analysis.anaphors.append(Anaphor(start, end, plain[start:end], ends))
        elif kind == "title":
            analysis.titles.append(Title(start, end, plain[start:end]))
    schema, segmenter = _ground()
    analysis.lineage = {name: frozenset((name, *schema.superclasses(name))) for name in schema.classes}
    words = segmenter.cut(analysis.text.string)
    analysis.word_starts = [0, *accumulate(map(len, words))]
    return analysis


@cache
def _ground() -> tuple[Schema, Segmenter]:
    return Schema.load(), Segmenter()
