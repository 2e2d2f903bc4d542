"""Plain text with one news item a file: title, lines such as `日期: 2021-11-03`, then the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.loading import ItemError, Record, check_length, item_id, origin
from kg.model import Block, NewsItem, Span
from kg.text import tidy

from .article import Told, block, headline, lead, split_meta, told
from .dates import file_date, latest_date, own_date
from .marks import read_meta
from .units import LONGEST_HEAD, Unit, units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.source import Source

__all__ = ["TextLoader"]

_PROSE = (".txt", ".text", ".md", ".markdown", "")
_OTHER_FORMATS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".html", ".htm", ".xml")


class TextLoader:
    """The first line is the title. Lines for date, source, address and section stand around it or end the file.

    Body paragraphs are one to a line, set apart by blank lines, or wrapped. A file that begins with a long paragraph
    has no title: its first sentence serves.
    """

    name = "text"
    description = "plain text, one item a file: title, optional `日期: YYYY-MM-DD`, body"
    suffixes = (".txt", ".text", ".md", ".markdown")

    def accepts(self, source: Source) -> float:
        name = source.name.lower()
        suffix = name[name.rfind(".") :] if "." in name else ""
        if suffix in _OTHER_FORMATS or source.text[:64].lstrip().startswith(("{", "<")):
            return 0.0
        opening = [line.strip() for line in source.text[:2000].splitlines() if line.strip()][:4]
        if any((read_meta(line) or ("", ""))[0] in Told.DATE_KEYS for line in opening):
            return 0.85
        return 0.4 if suffix in _PROSE else 0.2

    def records(self, source: Source) -> Iterator[Record]:
        start = len(source.text) - len(source.text.lstrip("\ufeff\r\n\t \u3000"))
        yield Record(1, source.text.count("\n", 0, start) + 1, None)

    def item(self, source: Source, record: Record) -> NewsItem:
        where = f"{source.name}, line {record.line}"
        check_length(source.text.strip(), where, Span(0, len(source.text)))
        before, rest = _split_head(units(source.text))
        title, content = _split_title(rest)
        meta, body = split_meta(content)
        facts = told((*before, *meta), strict=True, where=source.name)
        if not body:
            span = Span(0, len(source.text))
            raise ItemError("empty-item", f"{where}: a title and no text below it; add the text or drop the file", span)
        return _built(source, title, body, facts)


def _split_head(found: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    count = next((i for i, unit in enumerate(found) if not unit.meta), len(found))
    return found[:count], found[count:]


def _split_title(found: list[Unit]) -> tuple[Unit | None, list[Unit]]:
    if not found:
        return None, []
    first = found[0]
    is_title = first.is_head or (len(first.lines) == 1 and len(first.text) <= LONGEST_HEAD and len(found) > 1)
    return (first, found[1:]) if is_title else (None, found)


def _built(source: Source, title: Unit | None, body: list[Unit], facts: Told) -> NewsItem:
    text = "\n".join(unit.text for unit in body)
    name = tidy(line.text for line in title.lines) if title else headline(text)
    document = source.date or file_date(source.name)
    published = facts.published or own_date(lead(body), document or latest_date(source.text))
    blocks = [Block("title", tuple(line.span for line in title.lines))] if title else []
    return NewsItem(
        id=item_id(source.name, name, text),
        title=name,
        text=source.text,
        blocks=(*blocks, *map(block, body)),
        source=facts.source or source.name,
        section=facts.section,
        published=published,
        reference=published or document or latest_date(source.text),
        url=facts.url,
        origin=origin(text),
    )
