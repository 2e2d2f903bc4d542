"""Dates as Chinese news prints them, and what they are in ISO 8601 when resolved against a reference.

The grammar is the calendar's and stands here; the words (今年, 上月, 昨日, 近日) are data and come from
`ontology/patterns/values.toml`. Nothing in here knows what a date is said of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kg.measures import either

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DateGrammar", "DateMatch", "DateReader", "join_period"]

Unit: TypeAlias = Literal["year", "month", "day"]
_UNITS: tuple[Unit, ...] = ("year", "month", "day")

_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "两": "2", "廿": "2"}
_TO = r"(?:[—–\-~−]{1,2}|[至到])"
_DAY = r"(?:\d{1,2}|[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])"
_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_EDGE = r"(?:初(?![创步始期级心])|末(?!端)|底(?!特|层|部|薪)|[中内](?=[,。、;:)的将仍]|$))"
_SUB = (
    rf"(?P<m>{_MONTH})(?:月份?)?{_TO}(?P<m2>{_MONTH})月份?"
    rf"|(?P<m1>{_MONTH})月(?:(?P<d>{_DAY})(?:[日号]?{_TO}(?P<d2>{_DAY}))?[日号](?![线楼院店馆文])|份?(?:[上中下]旬|{_EDGE})?)"
    r"|(?P<half>[上下])半年"
    rf"|前(?P<fq>[二三两23])个?季度?|前(?P<fm>{_MONTH})个?月|首(?P<fs>[两三])?季度?|首(?P<fn>{_MONTH}|两)个月"
    r"|第?(?P<q>[1-4一二三四])季(?P<qd>度)?(?![节军候])|[qQ](?P<lq>[1-4])(?![\dA-Za-z])|[hH](?P<lh>[12])(?![\dA-Za-z])"
)
_NUMERIC = re.compile(
    r"(?P<iy>(?:19|20)\d\d)(?P<sep>[-/.])(?P<im>\d{1,2})(?P=sep)(?P<id>\d{1,2})(?![\d.])"
    r"|(?P<ny>(?:19|20)\d\d)-(?P<nm>0[1-9]|1[0-2])(?![\d\-年月/.])"
    r"|(?P<ly>(?:19|20)\d\d)(?P<lu>[qQhH])(?P<ln>[1-4])(?![\dA-Za-z])"
    r"|(?P<xn>[1-4])(?P<xu>[QH])(?P<xy>(?:20)?\d\d)(?!\d)"
    r"|(?P<listed>(?:19|20)\d\d)(?=(?:[、,](?:19|20)\d\d){0,9}(?:[、和及与]|以及)(?:19|20)\d\d年)"
    rf"|(?P<sd>\d{{1,2}})(?:日?{_TO}(?P<sd2>\d{{1,2}}))?日(?![内均元圆本游间])"
)
_WEEK = re.compile("(?P<which>[本上下这])?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_RANGE = re.compile(_TO)
_BREAKS = "。!?;\n"
_CLAUSE = 14
"""How far before a date a word such as 将 or 预计 is looked for, in letters."""


@dataclass(frozen=True, slots=True)
class DateMatch:
    """Where a date ends and its ISO string (None where it cannot be told).

    `skip` is for words that look like a date and are none, or that only measure another figure (去年同期).
    """

    end: int
    kind: Literal["date", "period", "skip"]
    value: str | None


@dataclass(frozen=True, slots=True)
class _Reference:
    year: int
    month: int | None
    day: date | None

    @classmethod
    def parse(cls, iso: str | None) -> _Reference | None:
        """Read a date at any precision; halves and quarters count by their year. None where there is none."""
        if not iso or not (m := re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?(?!\d))?", iso)):
            return None
        year, month = int(m[1]), int(m[2]) if m[2] else None
        if not 1 <= year <= 9999 or (month is not None and not 1 <= month <= 12):
            return None
        return cls(year, month, _calendar(year, month, int(m[3])) if month and m[3] else None)


@dataclass(frozen=True, slots=True)
class DateGrammar:
    """The compiled grammar: immutable, shared by all readers."""

    relative: Mapping[str, tuple[Unit, int, bool]]
    """Word → unit, offset, and whether it counts from the last date told rather than from the reference."""
    vague: re.Pattern[str]
    not_dates: tuple[str, ...]
    future: re.Pattern[str]
    main: re.Pattern[str]
    starts: frozenset[str]
    """The letters that a date can begin with."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> DateGrammar:
        """Compile the table `[dates]` of values.toml. Raises KeyError, TypeError or ValueError where it is wrong."""
        relative: dict[str, tuple[Unit, int, bool]] = {}
        for unit in _UNITS:
            for told in (False, True):
                for word, offset in data[f"{unit}s_told" if told else f"{unit}s"].items():
                    relative[str(word)] = (unit, int(offset), told)
        words = {unit: either(w for w, (u, _, _) in relative.items() if u == unit) for unit in _UNITS}
        year = (
            rf"(?P<y>(?:1[5-9]|20)\d\d)(?:年?{_TO}(?P<y2>(?:19|20)\d\d))?(?:年度|年(?![代级期货])|财年|学年)"
            r"|(?P<cy>[一二][〇零一二九八][〇零一二三四五六七八九]{2})年度?"
            rf"|民国(?P<roc>\d{{1,3}}|[一二三四五六七八九十百]{{1,5}})年|(?P<ry>{words['year']})"
        )
        main = re.compile(
            rf"(?P<rm>{words['month']})(?:(?P<rd>{_DAY})[日号]|[上中下]旬|{_EDGE})?|(?P<rday>{words['day']})"
            rf"|(?P<edge>年[初底末])(?![创级])|(?P<year>{year})?(?:的?(?:{_SUB})|(?P<tail>年?{_EDGE}))?"
        )
        vague = [str(w) for w in data["vague"]]
        first = {w[0] for w in (*relative, *vague, *data["not_dates"])}
        starts = frozenset("0123456789一二三四五六七八九十上下前首第民QqHh年本这周星礼") | first
        future = re.compile(either(data["future"]))
        return cls(relative, re.compile(either(vague)), tuple(data["not_dates"]), future, main, starts)


class DateReader:
    """Reads the dates of one text from left to right: 同日 and 当年 refer to what was read before.

    `reference` is an ISO date at any precision; without one, what needs it has the value None.
    """

    __slots__ = ("_day", "_grammar", "_month", "_part_sentence", "_reference", "_sentence", "_year")

    def __init__(self, grammar: DateGrammar, reference: str | None) -> None:
        self._grammar = grammar
        self._reference = _Reference.parse(reference)
        self._year: int | None = None
        self._month: int | None = None
        self._day: int | None = None
        self._sentence = -1
        self._part_sentence = -1

    def match(self, string: str, at: int) -> DateMatch | None:
        """The date that begins at `at`, or None."""
        grammar = self._grammar
        if string.startswith(grammar.not_dates, at):
            return DateMatch(at + max(len(w) for w in grammar.not_dates if string.startswith(w, at)), "skip", None)
        found = self._match(string, at)
        if found is None:
            m = grammar.vague.match(string, at)
            if m is None or (string[at] in "年月日" and at and string[at - 1] in _NOT_BEFORE_VAGUE):
                return None
            return DateMatch(m.end(), "date", None)
        if string.startswith("同期", found.end):
            return DateMatch(found.end, "skip", None)
        if found.kind == "date" and (to := _RANGE.match(string, found.end)) and to.end() < len(string):
            second = self._match(string, to.end()) if string[to.end()] in grammar.starts else None
            first, last = found.value, second.value if second is not None and second.kind == "date" else None
            if second is not None and first and last and first < last:
                return DateMatch(second.end, "period", join_period(first, last))
        return found

    # -- one date ---------------------------------------------------------------------------------------------------

    def _match(self, string: str, at: int) -> DateMatch | None:
        letter = string[at]
        if letter.isdigit():
            if (m := _NUMERIC.match(string, at)) and (found := self._numeric(m, string)):
                return found
        elif letter in "周星礼本上下这" and (m := _WEEK.match(string, at)):
            if at and string[at - 1] in "每双":
                return None
            return DateMatch(m.end(), "skip", None) if at and string[at - 1] == "(" else self._weekday(m, string)
        m = self._grammar.main.match(string, at)
        if m is None or m.end() == at:
            return None
        if m["rm"]:
            return self._relative_month(m)
        if m["rday"]:
            return self._relative_day(m)
        if m["edge"]:
            if at and string[at - 1] in _NOT_BEFORE_VAGUE:
                return None
            return DateMatch(m.end(), "date", str(self._reference.year) if self._reference else None)
        if m["year"] is None and (m["tail"] or not _stands_alone(m, string)):
            return None
        return self._calendar_date(m, string)

    def _calendar_date(self, m: re.Match[str], string: str) -> DateMatch | None:
        ok, year = self._told_year(m)
        if not ok:
            return None
        end = m.end()
        explicit = m["year"] is not None
        if m["y2"]:
            if int(m["y2"]) <= int(m["y"]):
                return None
            return DateMatch(m.end("year"), "period", f"{m['y']}/{m['y2']}")
        if m["m1"]:
            month = _number(m["m1"])
            day = _number(m["d"]) if m["d"] else None
            if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
                return self._only_year(m, year) if m["year"] else None
            if m["year"] is None:
                year = self._near_year(string, m.start(), month, month)
            self._tell(year, month, day, string, m.start(), explicit)
            if year is None:
                return DateMatch(end, "date", None)
            if day is None:
                return DateMatch(end, "date", f"{year:04d}-{month:02d}")
            if _calendar(year, month, day) is None:
                return None
            value = f"{year:04d}-{month:02d}-{day:02d}"
            if m["d2"] and day < (last := _number(m["d2"])) <= 31:
                return DateMatch(end, "period", f"{value}/{last:02d}")
            return DateMatch(end, "date", value)
        part = _part(m)
        if part is None:
            return self._only_year(m, year)
        first, last, tail = part
        if not 1 <= first <= last <= 12:
            return self._only_year(m, year) if m["year"] else None
        if m["year"] is None:
            slack = {"H1": 3, "H2": 5}.get(tail, 2)
            if self._part_sentence >= 0 and self._part_sentence == _sentence(string, m.start()):
                year = self._year
            if year is None:
                year = self._near_year(string, m.start(), first, last, slack)
        elif year is not None:
            self._tell(year, None, None, string, m.start(), False)
            self._part_sentence = _sentence(string, m.start())
        kind: Literal["date", "period"] = "period" if "/" in tail else "date"
        return DateMatch(end, kind, None if year is None else f"{year:04d}-{tail}")

    def _only_year(self, m: re.Match[str], year: int | None) -> DateMatch:
        self._tell(year, None, None, "", 0, False)
        end = m.end("year") if not m["tail"] else m.end()
        return DateMatch(end, "date", None if year is None else f"{year:04d}")

    def _told_year(self, m: re.Match[str]) -> tuple[bool, int | None]:
        if m["y"]:
            return True, int(m["y"])
        if m["cy"]:
            year = int("".join(_DIGITS[c] for c in m["cy"]))
            return 1500 <= year <= 2099, year
        if m["roc"]:
            return True, 1911 + _number(m["roc"])
        if m["ry"]:
            _, offset, told = self._grammar.relative[m["ry"]]
            base = self._year if told else None
            if base is None and self._reference is not None:
                base = self._reference.year
            return True, None if base is None else base + offset
        return True, None

    def _near_year(self, string: str, at: int, first: int, last: int, slack: int = 2) -> int | None:
        """The year of months told without one: that of a date told before in the sentence, else the nearest sensible.

        News tells what is over: more than `slack` months ahead of the reference means last year, unless 将 or the like
        stands before; then what is over means next year.
        """
        told = self._year is not None and self._sentence >= 0 and self._sentence == _sentence(string, at)
        if told and (self._month is None or self._month <= last or self._reference is None):
            return self._year
        if self._reference is None:
            return None
        year, now = self._reference.year, self._reference.month
        if now is None:
            return year
        if self._ahead(string, at):
            return year if last >= now else year + 1
        begun = last - first == 2 and first <= now
        return year if begun or last <= now + slack else year - 1

    def _ahead(self, string: str, at: int) -> bool:
        before = re.split("[,。;!?、]", string[max(0, at - _CLAUSE) : at])[-1]
        return self._grammar.future.search(before) is not None

    def _relative_month(self, m: re.Match[str]) -> DateMatch | None:
        _, offset, told = self._grammar.relative[m["rm"]]
        year, month = (self._year, self._month) if told else (None, None)
        if year is None or month is None:
            if self._reference is None or self._reference.month is None:
                return DateMatch(m.end(), "date", None)
            year, month = self._reference.year, self._reference.month
        year, month = _shift(year, month, offset)
        day = _number(m["rd"]) if m["rd"] else None
        if day is not None and _calendar(year, month, day) is None:
            return None
        self._year, self._month, self._day = year, month, day
        return DateMatch(m.end(), "date", f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day else ""))

    def _relative_day(self, m: re.Match[str]) -> DateMatch:
        _, offset, told = self._grammar.relative[m["rday"]]
        base = self._reference.day if self._reference else None
        if told and self._year is not None:
            base = _calendar(self._year, self._month, self._day) if self._month and self._day else None
        if base is None:
            return DateMatch(m.end(), "date", None)
        return DateMatch(m.end(), "date", (base + timedelta(days=offset)).isoformat())

    def _weekday(self, m: re.Match[str], string: str) -> DateMatch:
        base = self._reference.day if self._reference else None
        if base is None:
            return DateMatch(m.end(), "date", None)
        wanted = "一二三四五六日".find(m["day"].replace("天", "日"))
        if m["which"]:
            monday = base - timedelta(days=base.weekday())
            day = monday + timedelta(days=wanted + {"上": -7, "下": 7}.get(m["which"], 0))
        elif self._ahead(string, m.start()):
            day = base + timedelta(days=(wanted - base.weekday()) % 7)
        else:
            day = base - timedelta(days=(base.weekday() - wanted) % 7)
        self._year, self._month, self._day = day.year, day.month, day.day
        return DateMatch(m.end(), "date", day.isoformat())

    def _numeric(self, m: re.Match[str], string: str) -> DateMatch | None:
        end = m.end()
        if m["iy"]:
            year, month, number = int(m["iy"]), int(m["im"]), int(m["id"])
            if (day := _calendar(year, month, number)) is None:
                return None
            self._tell(year, month, number, string, m.start(), True)
            return DateMatch(end, "date", day.isoformat())
        if m["ny"]:
            self._tell(int(m["ny"]), int(m["nm"]), None, string, m.start(), True)
            return DateMatch(end, "date", m[0])
        if m["ly"]:
            if m["lu"] in "hH" and m["ln"] in "34":
                return None
            return DateMatch(end, "date", f"{m['ly']}-{m['lu'].upper()}{m['ln']}")
        if m["xn"]:
            century = "" if len(m["xy"]) == 4 else "20"
            if m["xu"] == "H" and m["xn"] in "34":
                return None
            return DateMatch(end, "date", f"{century}{m['xy']}-{m['xu']}{m['xn']}")
        if m["listed"]:
            return DateMatch(end, "date", m["listed"])
        return self._bare_day(m, string)

    def _bare_day(self, m: re.Match[str], string: str) -> DateMatch | None:
        number, last = int(m["sd"]), int(m["sd2"]) if m["sd2"] else None
        before = string[m.start() - 1] if m.start() else ""
        if not 1 <= number <= 31 or before in _NOT_BEFORE_DAY or (last is not None and not number < last <= 31):
            return None
        reference = self._reference
        if self._month and self._year and self._sentence >= 0 and self._sentence == _sentence(string, m.start()):
            year, month = self._year, self._month
        elif reference is None or reference.month is None:
            return DateMatch(m.end(), "date", None)
        else:
            year, month = reference.year, reference.month
            if reference.day and number > reference.day.day + 3 and not self._ahead(string, m.start()):
                year, month = _shift(year, month, -1)
        if _calendar(year, month, number) is None:
            return None
        self._year, self._month, self._day = year, month, number
        value = f"{year:04d}-{month:02d}-{number:02d}"
        return DateMatch(m.end(), "period", f"{value}/{last:02d}") if last else DateMatch(m.end(), "date", value)

    def _tell(self, year: int | None, month: int | None, day: int | None, string: str, at: int, explicit: bool) -> None:
        self._year, self._month, self._day = year, month, day
        if month is not None and explicit:
            self._sentence = _sentence(string, at)


_NOT_BEFORE_VAGUE = frozenset(
    "0123456789一二三四五六七八九十两半几数多余来当本上下今明去前后每个同次翌整全历周往近昨某百千"
)
_NOT_BEFORE_DAY = frozenset("0123456789.期续每近去前第逾超过约半月")
_NOT_BEFORE_MONTH = frozenset("0123456789.第每半")
_NOT_BEFORE_FIRST = frozenset("提之以日年月天此目先生")
_OF_A_QUARTER = frozenset("财营净收业季末")


def join_period(first: str, last: str) -> str:
    """Two ISO dates as one interval; the second leaves out what it shares with the first.

    >>> join_period("2021-03", "2021-05"), join_period("2020-11", "2021-02"), join_period("2021-11-03", "2021-11-05")
    ('2021-03/05', '2020-11/2021-02', '2021-11-03/05')
    """
    a, b = first.split("-"), last.split("-")
    shared = 0
    while shared < min(len(a), len(b)) - 1 and a[shared] == b[shared]:
        shared += 1
    return f"{first}/{'-'.join(b[shared:])}"


def _part(m: re.Match[str]) -> tuple[int, int, str] | None:
    """First month, last month, and what follows the year in the ISO string."""
    if m["m"]:
        first, last = _number(m["m"]), _number(m["m2"])
        return (first, last, f"{first:02d}/{last:02d}") if first < last else (0, 0, "")
    if half := m["half"] or m["lh"]:
        return (7, 12, "H2") if half in "下2" else (1, 6, "H1")
    if quarter := m["q"] or m["lq"]:
        n = _number(quarter)
        return 3 * n - 2, 3 * n, f"Q{n}"
    if m["fq"] or m["fs"]:
        n = _number(m["fq"] or m["fs"])
        return 1, 3 * n, f"Q1/Q{n}"
    if m["fm"] or m["fn"]:
        n = _number(m["fm"] or m["fn"])
        return (1, n, f"01/{n:02d}") if n > 1 else (0, 0, "")
    return (1, 3, "Q1") if "首" in m[0] else None


def _stands_alone(m: re.Match[str], string: str) -> bool:
    """Whether what is told without a year is a date: 三季度 but not 第二季 (of a show), Q3财报 but not 奥迪Q3."""
    before = string[m.start() - 1] if m.start() else ""
    if m["q"]:
        return bool(m["qd"]) and not before.isdigit()
    if m["lq"] or m["lh"]:
        return string[m.end() : m.end() + 1] in _OF_A_QUARTER and not before.isalnum()
    if m["fq"] or m["fm"]:
        return before not in _NOT_BEFORE_FIRST
    if m["m1"] or m["m"]:
        return before not in _NOT_BEFORE_MONTH
    return True


def _sentence(string: str, at: int) -> int:
    """Where the sentence around `at` begins, looking back 200 letters at most."""
    low = max(0, at - 200)
    return max(max(string.rfind(b, low, at) for b in _BREAKS) + 1, low)


def _number(text: str) -> int:
    """A number below 1000 in digits or Chinese numerals."""
    if text.isdigit() and text.isascii():
        return int(text)
    if "百" in text:
        hundreds, _, rest = text.partition("百")
        return 100 * int(_DIGITS[hundreds]) + (_number(rest) if rest else 0)
    if text.startswith("廿"):
        text = "二十" + text[1:]
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * int(_DIGITS[tens] if tens else 1) + (int(_DIGITS[ones]) if ones else 0)
    return int(_DIGITS[text])


def _calendar(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 0, day)
    except ValueError:
        return None


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1
