"""Dates, amounts, shares, quantities, funding rounds and tickers in normalised text.

`find_values` is one pass from left to right in linear time: it stops where a value can begin, reads what is there,
keeps the longest reading and goes on behind it. What is printed how is data, in `ontology/patterns/values.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kg.dates import DateGrammar, DateReader
from kg.measures import MeasureGrammar, either
from kg.patterns import read_patterns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.model import Amount

__all__ = ["ValueGrammar", "ValueKind", "ValueMention", "find_values", "packaged"]

ValueKind: TypeAlias = Literal["date", "period", "amount", "percent", "quantity", "round", "ticker"]


@dataclass(frozen=True, slots=True)
class ValueMention:
    """A date, an amount, a share, a round … in the text.

    `value` is an ISO date string for `date` and `period` (None for 近日, 日前), an `Amount` for `amount`, a number for
    `percent` and `quantity` (None for a range or 数百), the bare name for `round` (`C+`, `天使`, `Pre-A`, `战略`), the
    code for `ticker`.
    """

    start: int
    end: int
    kind: ValueKind
    literal: str
    value: str | float | Amount | None
    unit: str | None = None
    """Of a percentage `%` or `pp` (percentage points), of a quantity as printed with its multiplier (`万家`), of an
    amount its currency."""
    approximate: bool = False


def find_values(string: str, reference: str | None, grammar: ValueGrammar | None = None) -> list[ValueMention]:
    """The values in a normalised text, in order and without overlap.

    `reference` is the ISO date, at any precision, against which 昨日, 去年 or 11月3日 are resolved. Without it such
    dates are found and have the value None.

    >>> [(v.literal, v.value) for v in find_values("11月3日完成A+轮融资", "2021-11")]
    [('11月3日', '2021-11-03'), ('A+轮', 'A+')]
    """
    return (grammar or packaged()).find(string, reference)


@dataclass(frozen=True, slots=True)
class ValueGrammar:
    """The compiled grammar: immutable, safe to share."""

    dates: DateGrammar
    measures: MeasureGrammar
    round: re.Pattern[str]
    round_bare: re.Pattern[str]
    round_names: Mapping[str, str]
    after: tuple[str, ...]
    ticker: re.Pattern[str]
    ticker_named: re.Pattern[str]
    exchanges: tuple[str, ...]
    suffixes: frozenset[str]
    durations: frozenset[str]
    """Units of length of time and age: 年, 个月, 岁."""
    candidate: re.Pattern[str]

    @classmethod
    def load(cls, path: Path | None = None) -> ValueGrammar:
        """Read values.toml (default: the packaged one). Raises OntologyError, with the table that is wrong."""
        return read_patterns("values.toml", path, cls._of)

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> ValueGrammar:
        dates, measures = DateGrammar.of(data["dates"]), MeasureGrammar.of(data)
        rounds = data["rounds"]
        letter = r"(?:[Pp][Rr][Ee][- ]?)?[A-Ha-h](?:\+{1,4}|-?\d{1,2}\+?)?"
        names = {**rounds["names"], **rounds["with_funding"]}
        plain, funded = either(rounds["names"]), either(rounds["with_funding"])
        pattern = re.compile(
            rf"(?P<letter>{letter})(?:轮(?![胎椅船毂])|(?=(?:(?:[、/,和及与]|以及)(?:{letter}|{plain})){{1,5}}轮))"
            rf"|(?P<name>{plain})(?:轮|(?=(?:(?:[、/,和及与]|以及)(?:{letter}|{plain})){{1,5}}轮))"
            rf"|(?P<funded>{funded})轮(?=次?(?:股权)?(?:融资|投资|募资))"
            r"|[Ss]eries (?P<series>[A-H](?:\+|\d)?|[Ss]eed)(?![A-Za-z])"
            r"|(?P<english>[A-H](?:\+|\d)?) [Rr]ound(?![A-Za-z])"
        )
        bare = re.compile(rf"(?P<bare>{either(rounds['bare'])})(?!{either(rounds['not_before'])})")
        tickers = data["tickers"]
        suffix = either(tickers["suffixes"])
        ticker = re.compile(
            rf"(?P<code>\d{{3,6}}|[A-Z]{{1,5}})\.(?P<suffix>{suffix})(?![A-Za-z0-9])"
            r"|(?<=\()(?P<inside>\d{6}|0\d{4})(?=[),])"
        )
        named = re.compile(r" ?(?P<code>\d{4,6}|[A-Z]{1,5}(?:\.[A-Z])?)(?:\.(?P<suffix>[A-Z]{1,2}))?(?![A-Za-z0-9])")
        starts = (
            set(dates.starts)
            | set("零〇两几数百千万亿半")
            | {w[0] for w in (*names, *rounds["bare"])}
            | set("ABCDEFGHabcdefghPpSs")
        )
        starts |= set("(:") | {e[-1] for e in tickers["exchanges"] if not e[-1].isascii()}
        return cls(
            dates,
            measures,
            pattern,
            bare,
            {**names, **rounds["bare"]},
            tuple(rounds["after"]),
            ticker,
            named,
            tuple(tickers["exchanges"]),
            frozenset(tickers["suffixes"]),
            frozenset(data["quantities"]["durations"]),
            re.compile(f"[{re.escape(''.join(sorted(starts)))}]"),
        )

    def find(self, string: str, reference: str | None) -> list[ValueMention]:
        """As `find_values`."""
        found: list[ValueMention] = []
        reader = DateReader(self.dates, reference)
        date_starts, search = self.dates.starts, self.candidate.search
        floor = position = 0
        while (m := search(string, position)) is not None:
            at = m.start()
            letter = string[at]
            best: ValueMention | None = None
            end = at + 1
            if letter in _DIGITS or letter in _NUMERALS:
                best, end = self._number(string, at, floor)
            elif letter in _LATIN or letter in "(:天种战首成基码情":
                best = self._word(string, at, floor)
            date = reader.match(string, at) if letter in date_starts else None
            if date is not None and (best is None or date.end >= best.end):
                best, end = None, max(end, date.end)
                if date.kind != "skip":
                    best = ValueMention(at, date.end, date.kind, string[at : date.end], date.value)
            if best is not None:
                found.append(best)
                floor = position = best.end
            else:
                position = end
        return found

    def _number(self, string: str, at: int, floor: int) -> tuple[ValueMention | None, int]:
        """What begins with the number at `at`, and where to go on if that is nothing."""
        digits = string[at] in _DIGITS
        end = at + 1
        if digits:
            end = _WHOLE.match(string, at).end()  # type: ignore[union-attr]
            if (m := self.ticker.match(string, at)) is not None and (at == 0 or string[at - 1] not in _ALNUM):
                code = m["inside"] or f"{m['code']}.{m['suffix']}"
                return ValueMention(at, m.end(), "ticker", m[0], code), end
            if at and string[at - 1] in _ALNUM_DOT and not string.endswith(_CODES, 0, at):
                return None, end
        elif at and string[at - 1] == "第":
            return None, _SPOKEN.match(string, at).end()  # type: ignore[union-attr]
        measure = self.measures.match(string, at, floor)
        if measure is None:
            return None, end
        literal = string[measure.start : measure.end]
        return (
            ValueMention(
                measure.start, measure.end, measure.kind, literal, measure.value, measure.unit, measure.approximate
            ),
            end,
        )

    def _word(self, string: str, at: int, floor: int) -> ValueMention | None:
        if string[at] in "(:码情":
            return self._ticker(string, at)
        if at and string[at] in _LATIN and string[at - 1] in _ALNUM:
            return None
        if m := self.round.match(string, at):
            if m["series"] or m["english"]:
                return ValueMention(at, m.end(), "round", m[0], (m["series"] or m["english"]).replace("seed", "Seed"))
            name = m["name"] or m["funded"]
            value = self.round_names[name] if name else _round(m["letter"])
            return ValueMention(at, m.end(), "round", m[0], value)
        if (m := self.round_bare.match(string, at)) and string.endswith(self.after, 0, at):
            return ValueMention(at, m.end(), "round", m[0], self.round_names[m["bare"]])
        return None

    def _ticker(self, string: str, at: int) -> ValueMention | None:
        letter = string[at]
        if letter == "(":
            m = self.ticker.match(string, at + 1)
            if m is None:
                return None
            return ValueMention(at + 1, m.end(), "ticker", m[0], m["inside"] or f"{m['code']}.{m['suffix']}")
        before = at if letter == ":" else at + 1
        if not string.endswith(self.exchanges, 0, before):
            return None
        m = self.ticker_named.match(string, at + 1)
        if m is None:
            return None
        exchange = max((e for e in self.exchanges if string.endswith(e, 0, before)), key=len)
        suffix = m["suffix"] or (exchange if exchange in self.suffixes else None)
        code = f"{m['code']}.{suffix}" if suffix else m["code"]
        start = m.start("code")
        return ValueMention(start, m.end(), "ticker", string[start : m.end()], code)


_DIGITS = frozenset("0123456789")
_NUMERALS = frozenset("一二三四五六七八九十百千万亿两几数半")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALNUM = _LATIN | _DIGITS
_ALNUM_DOT = _ALNUM | {"."}
_CODES = ("RMB", "CNY", "USD", "HKD", "EUR", "GBP", "JPY", "Q", "H")
_SPOKEN = re.compile("[零〇一二三四五六七八九十百千万亿两几数半]+")
_WHOLE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)*")


def _round(printed: str) -> str:
    """`pre-a+` → `Pre-A+`, `PreA` → `Pre-A`, `c1` → `C1`."""
    m = re.fullmatch("(?:[Pp][Rr][Ee][- ]?)?([A-Ha-h].*)", printed)
    assert m is not None
    letter = m[1][0].upper() + m[1][1:]
    return f"Pre-{letter}" if len(m[1]) < len(printed) else letter


@lru_cache(maxsize=1)
def packaged() -> ValueGrammar:
    """The grammar that comes with the package, compiled once."""
    return ValueGrammar.load()
