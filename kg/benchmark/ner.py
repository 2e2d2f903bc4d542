"""Named entities: the project's own recognition on files with PER, ORG and LOC, exact spans."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.benchmark.counts import Counts
from kg.errors import UsageError
from kg.extract.extractor import Extractor
from kg.model import Block, NewsItem, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["evaluate", "read"]

_CLUENER = {"name": "PER", "company": "ORG", "government": "ORG", "organization": "ORG", "address": "LOC"}
"""Types of CLUENER that have a counterpart; its other five are left out on both sides."""
_KINDS = {"PER": ("Person",), "ORG": ("Organization",), "LOC": ("Place", "Country")}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence and its names: kind and half-open span."""

    text: str
    names: frozenset[tuple[str, int, int]]


def read(path: Path) -> Iterator[Labelled]:
    """CLUENER's JSON Lines, or two columns (letter, BIO tag) with an empty line behind each sentence. Raises UsageError
    with the line that is neither."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); check the path and save it as UTF-8.") from error
    first = next((line for line in lines if line.strip()), "")
    yield from _cluener(path, lines) if first.startswith("{") else _columns(path, lines)


def _cluener(path: Path, lines: list[str]) -> Iterator[Labelled]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            names = {
                (_CLUENER[kind], start, end + 1)
                for kind, surfaces in row["label"].items()
                if kind in _CLUENER
                for spans in surfaces.values()
                for start, end in spans
            }
            yield Labelled(row["text"], frozenset(names))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}:{number}: no row of CLUENER ({error!r}); it has text and label.") from error


def _columns(path: Path, lines: list[str]) -> Iterator[Labelled]:
    letters: list[str] = []
    tags: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            columns = line.split()
            if len(columns) < 2 or (columns[-1] != "O" and columns[-1][:2] not in ("B-", "I-", "M-", "E-", "S-")):
                raise UsageError(
                    f"{path}:{number}: two columns are needed, a letter and its BIO tag; this is {line!r}."
                )
            letters.append(columns[0])
            tags.append(columns[-1])
        elif letters:
            yield Labelled("".join(letters), frozenset(_spans(letters, tags)))
            letters, tags = [], []


def _spans(letters: list[str], tags: list[str]) -> Iterator[tuple[str, int, int]]:
    at, start, kind = 0, 0, ""
    for letter, tag in zip([*letters, ""], [*tags, "O"], strict=True):
        inside = tag[:2] in ("I-", "M-", "E-") and tag[2:5] == kind
        if kind and not inside:
            yield kind, start, at
            kind = ""
        if tag != "O" and not inside and tag[2:5] in _KINDS:
            kind, start = tag[2:5], at
        at += len(letter)


def evaluate(path: Path, extractor: Extractor | None = None) -> Counts:
    """By kind, and all together."""
    extractor = extractor or Extractor.load()
    kinds = {
        name: kind
        for name in extractor.schema.classes
        for kind, above in _KINDS.items()
        if any(extractor.schema.is_a(name, c) for c in above)
    }
    counts = Counts("named entities")
    for row in read(path):
        block = Block("paragraph", (Span(0, len(row.text)),))
        analysis = extractor.analyse(NewsItem("1", "", row.text, (block,), path.name))
        found = set()
        for mention in analysis.mentions:
            if mention.type in kinds:
                span, _ = analysis.text.source_span(mention.start, mention.end)
                found.add((kinds[mention.type], span.start, span.end))
        for kind in _KINDS:
            counts.score(kind).count([f for f in found if f[0] == kind], [n for n in row.names if n[0] == kind])
        counts.score("all").count(found, row.names)
    return counts
