"""When an item and its document are from: dates in file names, in heads, and in the first sentences of news."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from kg.letters import simplify
from kg.values import find_values

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["document_date", "file_date", "iso_date", "latest_date", "own_date"]

_YEAR = r"(?P<y>(?:19|20)\d\d)"
_MONTH = r"(?P<m>1[0-2]|0?[1-9])"
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])"
_TIME = r"(?:(?:\s*[T\s]\s*|(?<=日))\d{1,2}[:：时点].*)?"
_ISO = re.compile(rf"{_YEAR}(?:\s*[-/.年]\s*{_MONTH}(?:\s*[-/.月]\s*{_DAY}\s*[日号]?{_TIME}|\s*月)?|\s*年)?", re.DOTALL)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?:[T ]?\d{4,6})?")
_PERIOD = re.compile(r"(?P<y>(?:19|20)\d\d)-?(?P<part>[HhQq][1-4])")
_IN_NAME = (
    re.compile(rf"(?<!\d){_YEAR}[-_. 年]{_MONTH}[-_. 月]{_DAY}日?(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}[-_. 年]{_MONTH}月?(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}(?!\d)"),
)
_IN_TEXT = re.compile(
    rf"(?<!\d){_YEAR}\s*年\s*{_MONTH}\s*月(?:\s*{_DAY}\s*日)?"
    rf"|(?<!\d)(?P<y2>(?:19|20)\d\d)-(?P<m2>0[1-9]|1[0-2])-(?P<d2>0[1-9]|[12]\d|3[01])(?!\d)"
)
_NOT_NEWS_BEFORE = re.compile(
    r"(?:将于|将在|拟于|拟在|定于|计划于?|预计于?|有望于?|截至|截止到?|自|从|早在|成立于|创立于|创办于|始于|至|到|推迟到|延长至)$"
)
_NOT_NEWS_AFTER = re.compile(r"\s*(?:起|前|之前|以前|以来|止|为止|到期|[—\-~至到]\s*\d{4})")
_OPENING = 12
"""Letters that may stand before a date that opens a sentence: 当地时间, 新华社北京 …"""
_DAY_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:/.*)?")
_SENTENCE = re.compile(r"[。!?;\n]")


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])


def iso_date(text: str) -> str | None:
    """A date field as ISO 8601 at its precision: the time of day is cut off. None where it is no date.

    >>> iso_date("2021年11月3日"), iso_date("2021-11-03T08:00:00+08:00"), iso_date("2021/11"), iso_date("昨天")
    ('2021-11-03', '2021-11-03', '2021-11', None)
    """
    text = simplify(unicodedata.normalize("NFKC", text)).strip()
    if match := _COMPACT.fullmatch(text) or _ISO.fullmatch(text):
        return _iso(match["y"], match["m"], match["d"])
    if match := _PERIOD.fullmatch(text):
        part = match["part"].upper()
        return None if part in ("H3", "H4") else f"{match['y']}-{part}"
    try:
        return parsedate_to_datetime(text).date().isoformat()  # Wed, 03 Nov 2021 08:00:00 +0800
    except (ValueError, TypeError, IndexError):
        return None


def file_date(name: str) -> str | None:
    """The most precise date in a file's name."""
    stem = PurePath(name).stem
    for pattern in _IN_NAME:
        for match in pattern.finditer(stem):
            groups = match.groupdict()
            if found := _iso(match["y"], groups.get("m"), groups.get("d")):
                return found
    return None


def own_date(lead: str, reference: str | None) -> str | None:
    """The day that news is from, as its first two sentences tell it.

    `reference` is the document's date, against which `11月3日` is resolved; without one only dates with their year are
    found. Dates that the news looks ahead or back to (将于11月23日, 成立于2017年5月) are passed over, and 近日 or 昨日
    before any date means that none is told: such words count from the document's date, not from the item's own.
    """
    sentences = [s for s in _SENTENCE.split(simplify(unicodedata.normalize("NFKC", lead))) if s.strip()][:2]
    for index, sentence in enumerate(sentences):
        for value in find_values(sentence, reference):
            if value.kind not in ("date", "period"):
                continue
            if not any(c.isdigit() or c in "一二三四五六七八九十" for c in value.literal):
                return None
            match = _DAY_DATE.fullmatch(str(value.value))
            before, after = sentence[: value.start], sentence[value.end :]
            if not match or _NOT_NEWS_BEFORE.search(before) or _NOT_NEWS_AFTER.match(after):
                continue
            if index and len(before) > _OPENING:
                continue  # a later sentence's own date opens it
            if reference is None or _is_near(match[1], reference, opens=len(before) <= _OPENING):
                return match[1]
    return None


def _is_near(day: str, reference: str, *, opens: bool) -> bool:
    """Whether news of that day can stand in a document of that date.

    The document's date is often that of an item, so others may be later; a date that opens the news may be a year old.
    """
    if len(reference) < 7:
        return day[:4] == reference[:4]
    months = (int(reference[:4]) - int(day[:4])) * 12 + int(reference[5:7]) - int(day[5:7])
    return -2 <= months <= (12 if opens else 3)


def latest_date(text: str) -> str | None:
    """The latest date with its year in a text, without those that it looks ahead to."""
    found: list[str] = []
    for match in _IN_TEXT.finditer(text):
        year, month, day = (match[a] or match[b] for a, b in (("y", "y2"), ("m", "m2"), ("d", "d2")))
        iso = _iso(year, month, day)
        if not iso or _NOT_NEWS_BEFORE.search(text, max(0, match.start() - 4), match.start()):
            continue
        if not _NOT_NEWS_AFTER.match(text, match.end()):
            found.append(iso)
    # Of 2021-11 and 2021-11-03 the more precise one.
    return max(found, default=None)


def document_date(given: str | None, head: str, name: str, leads: Iterable[str], text: str) -> str | None:
    """The date of a document, from what tells it best: the caller, its head, the name of its file, its items, its text.

    A month or year from the first three is made precise by an item's date within it.
    """
    known = given or latest_date(head) or file_date(name)
    if known and len(known) == 10:
        return known
    told = [day for lead in leads if (day := own_date(lead, None)) and day.startswith((known or "")[:7])]
    return max(told, default=None) or known or latest_date(text)
