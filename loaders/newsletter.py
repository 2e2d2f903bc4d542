"""Newsletters as text, as a PDF gives them: items under titles, in sections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.loading import ItemError, Record, check_length, item_id, origin
from kg.model import Block, NewsItem, Span
from kg.text import tidy

from .article import block, headline, lead, split_meta, told
from .dates import document_date, own_date
from .marks import read_mark
from .outline import Article, outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.source import Source

    from .units import Unit

__all__ = ["Draft", "NewsletterLoader"]

_GLANCE = 60_000
"""How much of a source `accepts` looks at, in characters."""
_SHORT = 8
"""Letters up to which a head without mark is rather a heading than a title."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An item's place in the document, and the document's date."""

    article: Article
    date: str | None


class NewsletterLoader:
    """Items are told by their titles; `kg.loaders.outline` says how.

    What comes before the first title and section (name, number, table of contents) is no item; text below no title is
    refused as an item without one.
    """

    name = "newsletter"
    description = "newsletter with several items: PDF turned into text, plain text, Markdown"
    suffixes = (".txt", ".md", ".markdown", ".text")

    def accepts(self, source: Source) -> float:
        start = source.text[:64].lstrip()
        if start.startswith(("{", "<")) or source.name.lower().endswith((".csv", ".tsv", ".html", ".xml")):
            return 0.0
        found = outline(source.text[:_GLANCE])
        titled = [article for article in found.articles if article.title or article.digest]
        if len(titled) < 2:
            return 0.45 if titled and found.sections else 0.25 if titled else 0.1
        marked = sum(article.marked for article in titled)
        if found.sections:
            return 0.9
        short = sum(len(tidy(line.text for line in article.title)) <= _SHORT for article in titled if article.title)
        if found.leads > 1 and (marked or 2 * short < len(titled)):
            return 0.8
        return 0.7 if marked == len(titled) else 0.35

    def records(self, source: Source) -> Iterator[Record]:
        found = outline(source.text)
        head = "\n".join(unit.text for unit in found.front)
        leads = [opening for article in found.articles if (opening := lead(article.body))]
        date = document_date(source.date, head, source.name, leads, source.text)
        if not found.articles:
            yield Record(1, 1, None)
        for number, article in enumerate(found.articles, 1):
            yield Record(number, article.line, Draft(article, date))

    def item(self, source: Source, record: Record) -> NewsItem:
        draft: Draft | None = record.payload
        if draft is None:
            reason = f"{source.name}: no title of an item found; give titles lines of their own, or try --loader text"
            raise ItemError("no-title", reason, Span(0, len(source.text)))
        article = draft.article
        meta, body = split_meta(article.body)
        title = tidy(line.text for line in article.title)
        text = "\n".join(unit.text for unit in body)
        where, span = f"{source.name}, line {record.line}", _extent(article)
        if all(unit.is_head for unit in body):
            raise ItemError("empty-item", f"{where}: the title '{title}' has no text below it; add it or drop it", span)
        if not title and not article.digest:
            reason = f"{where}: text below no title ('{text[:20]}…'); give it a title in a line of its own"
            raise ItemError("no-title", reason, span)
        check_length(text, where, span)
        if article.digest:
            body = [_unmarked(body[0])]
            text = body[0].text
            title = headline(text)
        facts = told(meta, strict=False, where=source.name)
        published = facts.published or own_date(lead(body), draft.date)
        blocks = [Block("title", tuple(line.span for line in article.title))] if article.title else []
        return NewsItem(
            id=item_id(source.name, title, text),
            title=title,
            text=source.text,
            blocks=(*blocks, *map(block, body)),
            source=source.name,
            section=article.section,
            published=published,
            reference=published or draft.date,
            url=facts.url,
            origin=origin(text),
        )


def _extent(article: Article) -> Span:
    lines = [*article.title, *(line for unit in article.body for line in unit.lines)]
    return Span(lines[0].start, lines[-1].end)


def _unmarked(unit: Unit) -> Unit:
    """A numbered paragraph without its number."""
    first, *others = unit.lines
    first = first.cut(read_mark(first.text).start, len(first.text))
    lines = (first, *others)
    return replace(unit, lines=lines, text=tidy(line.text for line in lines))
