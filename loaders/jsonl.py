"""JSON Lines, and JSON arrays: an object for each item with `text` and, as far as known, `id`, `title`, `published`,
`source`, `url`, `section`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.letters import ignorable
from kg.loading import ItemError, Record, check_length, item_id, origin
from kg.model import Block, NewsItem, Span

from .article import block, headline, lead
from .dates import file_date, iso_date, latest_date, own_date
from .units import Unit, units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.source import Source

__all__ = ["Entry", "JsonLinesLoader"]

_SPACE = re.compile(r"[\s\ufeff]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SIMILAR = {"text": ("content", "body", "正文", "内容")}


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of the file, or why there is none, and where it stands."""

    value: Any
    error: str | None
    span: Span
    earlier: int | None = None
    """The line of an item with the same id before it."""


class JsonLinesLoader:
    """Offsets point into the value of `text`, or of `title` where the text does not begin with it."""

    name = "jsonl"
    description = "JSON Lines or a JSON array: id, title, published, source, url, section, text"
    suffixes = (".jsonl", ".ndjson", ".json")

    def accepts(self, source: Source) -> float:
        start = source.text[:64].lstrip("\ufeff \t\r\n")
        by_name = source.name.lower().endswith(self.suffixes)
        if by_name:
            return 0.95 if start.startswith(("{", "[")) else 0.5
        if not start.startswith(("{", "[{")):
            return 0.0
        entry = next(_entries(source.text), None)
        return 0.8 if entry and isinstance(entry.value, dict) and "text" in entry.value else 0.0

    def records(self, source: Source) -> Iterator[Record]:
        first: dict[str, int] = {}
        line, at = 1, 0
        for number, entry in enumerate(_entries(source.text), 1):
            line += source.text.count("\n", at, entry.span.start)
            at = entry.span.start
            key = _id(entry.value.get("id")) if isinstance(entry.value, dict) else None
            if key is not None and first.setdefault(key, line) != line:
                entry = Entry(entry.value, entry.error, entry.span, first[key])
            yield Record(number, line, entry)

    def item(self, source: Source, record: Record) -> NewsItem:
        entry: Entry = record.payload
        return _Reader(source, record.line, entry).item()


# ---- reading a file -------------------------------------------------------------------------------------------------


def _entries(text: str) -> Iterator[Entry]:
    start = _end_of_space(text, 0)
    if text.startswith("[", start):
        return _array(text, start + 1)
    newline = text.find("\n", start)
    first = text[start : newline if newline >= 0 else len(text)]
    if newline >= 0 and _parse(first)[1] is not None:
        whole, error = _parse(text[start:])
        if error is None and isinstance(whole, dict):  # one object, printed over several lines
            return iter([Entry(whole, None, Span(start, len(text)))])
    return _lines(text)


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _parse(text: str) -> tuple[Any, str | None]:
    try:
        return json.loads(text), None
    except json.JSONDecodeError as error:
        return None, f"{error.msg} at column {error.colno}"
    except RecursionError:
        return None, "nested too deeply"
    except ValueError as error:  # a number of thousands of digits
        return None, str(error).split(";")[0]


def _lines(text: str) -> Iterator[Entry]:
    start = 0
    while start < len(text):
        newline = text.find("\n", start)  # not splitlines: a string may hold U+2028
        end = newline if newline >= 0 else len(text)
        line = text[start:end].strip("\ufeff \t\r")
        if line:
            at = text.index(line, start)
            yield Entry(*_parse(line), Span(at, at + len(line)))
        start = end + 1


def _array(text: str, at: int) -> Iterator[Entry]:
    decoder = json.JSONDecoder()
    while True:
        at = _end_of_space(text, at)
        if at >= len(text):
            yield Entry(None, "the array is not closed by ]", Span(at, at))
            return
        if text[at] == "]":
            break
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "a value that cannot be read"
            yield Entry(None, f"{reason}; what follows it in the array is lost", Span(at, len(text)))
            return
        yield Entry(value, None, Span(at, end))
        at = _end_of_space(text, end)
        if text.startswith(",", at):
            at += 1
        elif at < len(text) and text[at] != "]":
            yield Entry(None, "no comma between two items; what follows is lost", Span(at, len(text)))
            return
    rest = text[at + 1 :].strip()
    if rest:
        yield Entry(None, "text behind the closing ]", Span(at + 1, len(text)))


def _id(value: object) -> str | None:
    """An id as string; None where there is none or it is of a wrong type."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


# ---- building an item -----------------------------------------------------------------------------------------------


class _Reader:
    """One entry of a source as an item."""

    def __init__(self, source: Source, line: int, entry: Entry) -> None:
        self.source = source
        self.where = f"{source.name}, line {line}"
        self.entry = entry

    def item(self) -> NewsItem:
        value = self._object()
        text = self._text(value)
        title = self._string(value, "title") or ""
        published = self._published(value.get("published"))
        given = self._given_id(value.get("id"))
        blocks, title, body = _blocks(title, text)
        document = self.source.date or file_date(self.source.name)
        published = published or own_date(lead(body), document or latest_date(text))
        return NewsItem(
            id=given or item_id(self.source.name, title, text),
            title=title,
            text=text,
            blocks=blocks,
            source=self._string(value, "source") or self.source.name,
            section=self._string(value, "section"),
            published=published,
            reference=published or document or latest_date(text),
            url=self._string(value, "url"),
            origin=origin("\n".join(unit.text for unit in body)),
        )

    def _error(self, rule: str, reason: str) -> ItemError:
        return ItemError(rule, f"{self.where}: {reason}", self.entry.span)

    def _object(self) -> dict[str, Any]:
        if self.entry.error is not None:
            raise self._error("bad-json", f"not valid JSON ({self.entry.error}); one object a line is expected")
        if not isinstance(self.entry.value, dict):
            kind = type(self.entry.value).__name__
            raise self._error("bad-type", f'a JSON object such as {{"text": "…"}} is expected, not {kind}')
        if self.entry.earlier is not None:
            name = _id(self.entry.value.get("id"))
            reason = f"the id '{name}' was used in line {self.entry.earlier}; give each item its own, or none"
            raise self._error("duplicate-id", reason)
        return self.entry.value

    def _text(self, value: dict[str, Any]) -> str:
        text = self._string(value, "text", keep_blanks=True)
        if text is None or ignorable(text):
            similar = next((key for key in _SIMILAR["text"] if value.get(key)), None)
            remedy = f"rename '{similar}' to 'text'" if similar else "add it"
            raise self._error("missing-text", f"no 'text'; {remedy}")
        check_length(text, self.where, self.entry.span)
        return text

    def _string(self, value: dict[str, Any], key: str, *, keep_blanks: bool = False) -> str | None:
        found = value.get(key)
        if found is None:
            return None
        if not isinstance(found, str):
            kind = type(found).__name__
            raise self._error("bad-type", f"'{key}' is of type {kind}; a string is expected")
        found = _SURROGATE.sub("\ufffd", found)
        return found if keep_blanks else found.strip() or None

    def _given_id(self, value: object) -> str | None:
        if value is not None and not isinstance(value, str) and _id(value) is None:
            raise self._error("bad-type", f"'id' is of type {type(value).__name__}; a string or an integer is expected")
        found = _id(value)
        return _SURROGATE.sub("\ufffd", found) if found else None

    def _published(self, value: object) -> str | None:
        if value is None or value == "":
            return None
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            if found := iso_date(str(value)):
                return found
            raise self._error("bad-date", f"'published' is '{value}'; write it as 2021-11-03, 2021-11 or 2021")
        raise self._error("bad-type", f"'published' is of type {type(value).__name__}; a string is expected")


def _blocks(title: str, text: str) -> tuple[tuple[Block, ...], str, list[Unit]]:
    """Blocks, title and body. The title's own field is pointed into only where the text does not repeat it."""
    start = _repeated(title, text) if title else 0
    found = units(text, start)
    head: list[Block] = []
    if start:
        head = [Block("title", (Span(len(text) - len(text.lstrip()), start),))]
    elif title:
        head = [Block("title", (Span(0, len(title)),), "title")]
    elif len(found) > 1 and found[0].is_head:
        head = [Block("title", block(found[0]).spans)]
        title = found[0].text
        found = found[1:]
    blocks = [block(unit) for unit in found]
    if not any(b.kind == "paragraph" for b in blocks):  # a line or two without full stop are no headings
        blocks = [Block("paragraph", b.spans) for b in blocks] or [Block("paragraph", (Span(start, len(text)),))]
    return (*head, *blocks), title or headline(text.strip()), found


def _repeated(title: str, text: str) -> int:
    """Where the title ends if the text begins with it as a line of its own and goes on; else 0."""
    start = len(text) - len(text.lstrip())
    line = text[start:].split("\n", 1)[0].rstrip()
    end = start + len(line)
    if "".join(line.split()) != "".join(title.split()) or not text[end:].strip():
        return 0
    return end
