"""Texts with the names and values that are found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.analysis import Analysis
from kg.model import Block, NewsItem, Span
from kg.text import normalise
from kg.values import find_values

if TYPE_CHECKING:
    from kg.extract.mentions import MentionFinder


def item(text: str) -> NewsItem:
    """An item with a paragraph for each line."""
    blocks: list[Block] = []
    position = 0
    for line in text.split("\n"):
        if line:
            blocks.append(Block("paragraph", (Span(position, position + len(line)),)))
        position += len(line) + 1
    return NewsItem("n1", "", text, tuple(blocks), "test", None, "2023-06-15", "2023-06-15")


def analysed(finder: MentionFinder, text: str) -> Analysis:
    analysis = Analysis(item(text), normalise(item(text)))
    analysis.values = find_values(analysis.text.string, "2023-06-15")
    finder.find(analysis)
    return analysis
