"""What a figure is told within: its period, its scope and who reports it, as an item goes by."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from kg.extract.figures import DATE

if TYPE_CHECKING:
    from kg.extract.analysis import Analysis
    from kg.extract.figures import Clause, FigureWords
    from kg.text import Sentence

__all__ = ["Frame", "against", "interval", "step"]

_WINDOW = 300
"""How far back a scope is looked for, in letters."""
_REPORT = 24
"""How far behind its name 发布 or 数据显示 makes someone the reporter, in letters."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HALF = re.compile(r"\d{4}-H[12]")
_QUARTER = re.compile(r"\d{4}-Q[1-4]")
_MONTH = re.compile(r"\d{4}-\d\d")


class Frame:
    """The period, scope, reporter and basis of change told last; a figure that tells none of its own takes them."""

    __slots__ = ("_analysis", "_block", "_string", "_words", "basis", "indicator", "period", "reporter", "scope")

    def __init__(self, analysis: Analysis, words: FigureWords) -> None:
        self._analysis = analysis
        self._string = analysis.text.string
        self._words = words
        self._block = -1
        self.period: str | None = None
        self.scope: str | None = None
        self.reporter: int | None = None
        """An index into `Analysis.mentions`."""
        self.indicator = ""
        """Of the last figure; what stands behind a semicolon may go on with it."""
        self.basis: str | None = None
        """Of the last change in this block: a bare 增长 continues 同比."""

    def enter(self, sentence: Sentence) -> None:
        """Take the reporter that the sentence names; a new block forgets the basis."""
        if sentence.block != self._block:
            self._block, self.basis = sentence.block, None
        mentions = self._analysis.mentions
        for index in range(bisect_left(mentions, sentence.start, key=lambda m: m.start), len(mentions)):
            mention = mentions[index]
            if mention.end > sentence.end:
                return
            if mention.type in self._words.reporter_classes:
                behind = self._string[mention.end : min(mention.end + _REPORT, sentence.end)]
                if self._words.reports.search(re.split("[,;。]", behind, maxsplit=1)[0]):
                    self.reporter = index
                    return

    def leave(self, sentence: Sentence, periods: list[str], found: bool) -> None:
        """Keep for the next sentences what this one told, where it told figures or speaks of data: its longest period,
        but not that of a part (其中三季度…); and its scope where the figures are yet to come."""
        reported = self._words.reports.search(self._string, sentence.start, sentence.end) is not None
        part = self._string.startswith("其中", sentence.start)
        if periods and not part and (found or reported):
            self.period = max(reversed(periods), key=_months)
        if reported and not found:
            self._take_scope(sentence)

    def note(self, sentence: Sentence, clauses: list[Clause]) -> None:
        """Take period and scope from a title; a heading inside the item ends the period told before it."""
        if sentence.kind == "heading":
            self.period = None
        for clause in clauses:
            for period in self.periods(clause, len(clause.text)):
                self.period = period
        self._take_scope(sentence)

    def _take_scope(self, sentence: Sentence) -> None:
        if m := self._words.scope.search(self._string, sentence.start, sentence.end):
            self.scope = self._words.scopes[m[0]]

    def periods(self, clause: Clause, until: int) -> list[str]:
        """The periods told before `until`, without days, 自2000年, and dates that a figure is measured against."""
        found = []
        for at, value in clause.values.items():
            if at >= until or clause.text[at] != DATE or not isinstance(value.value, str):
                continue
            before, after = clause.text[max(0, at - 4) : at], clause.text[at + 1 : at + 6]
            if self._words.against.search(before) or before.endswith("自"):
                continue
            if after.startswith(("相比", "同期", "成立", "前")) or "之前" in after:
                continue
            if _DAY.fullmatch(value.value) and not before.endswith(("截至", "截止", "到")):
                continue
            found.append(interval(value.value))
        return found

    def scope_of(self, start: int, end: int, sentence: Sentence) -> str | None:
        """Who or where a figure is of whose clause begins at `start` and whose number at `end`: named in its clause,
        else in the sentence before it, else told last."""
        within = self._scope_in(start, end) or self._scope_in(max(sentence.start, end - _WINDOW), end)
        if within is not None:
            self.scope = within
        return self.scope

    def _scope_in(self, start: int, end: int) -> str | None:
        m = self._words.scope.search(self._string, start, end)
        mentions = self._analysis.mentions
        for index in range(bisect_left(mentions, start, key=lambda m: m.start), len(mentions)):
            mention = mentions[index]
            if mention.end > end or (m is not None and mention.start > m.start()):
                break
            if mention.type in self._words.scope_classes and index != self.reporter:
                return self._words.scopes.get(mention.name, mention.name)
        return self._words.scopes[m[0]] if m is not None else None


def interval(period: str) -> str:
    """The usual name of an interval.

    >>> interval("2021-01/09"), interval("2021-01/06"), interval("2021-01/12"), interval("2021-02/05")
    ('2021-Q1/Q3', '2021-H1', '2021', '2021-02/05')
    """
    m = re.fullmatch(r"(\d{4})-(\d\d)/(\d\d)", period)
    if m is None:
        return period[:4] if period.endswith("-Q1/Q4") else period
    year, first, last = m[1], int(m[2]), int(m[3])
    if first % 3 != 1 or last % 3:
        return period
    if (first, last) == (1, 12):
        return year
    if last - first == 5 and first in (1, 7):
        return f"{year}-H{1 if first == 1 else 2}"
    start, end = (first + 2) // 3, last // 3
    return f"{year}-Q{start}" if start == end else f"{year}-Q{start}/Q{end}"


def _months(period: str) -> int:
    """How long a period is, in months."""
    first, _, last = period.partition("/")
    if last:
        if len(last) == 4 and last.isdigit():
            return 12 * (int(last) - int(first[:4]) + 1)
        numbers = re.findall(r"\d+", period)
        return (int(numbers[-1]) - int(numbers[1]) + 1) * (3 if "Q" in period else 1) if len(numbers) == 3 else 12
    return {4: 12, 10: 0}.get(len(period), 6 if "H" in period else 3 if "Q" in period else 1)


def step(period: str | None) -> str:
    """What 环比 means for a period: against the half, the month or (also where none is told) the quarter before."""
    if period and _HALF.fullmatch(period):
        return "HoH"
    return "MoM" if period and _MONTH.fullmatch(period) else "QoQ"


def against(period: str | None, base: str) -> str:
    """The basis of a change of `period` against `base`: YoY for the same span a year before, QoQ, HoH and MoM for the
    one just before, else `vs` and the date.

    >>> against("2021-Q3", "2020-Q3"), against("2021-Q3", "2021-Q2"), against("2021", "2018")
    ('YoY', 'QoQ', 'vs 2018')
    """
    if not period:
        return f"vs {base}"
    year_before = int(period[:4]) - 1 == int(base[:4])
    if year_before and (period[4:] == base[4:] or len(base) == 4):
        return "YoY"
    if _HALF.fullmatch(base) and period[:4] == base[:4]:
        return "HoH"
    for form, parts, name in ((_QUARTER, 4, "QoQ"), (_MONTH, 12, "MoM")):
        if form.fullmatch(base) and form.fullmatch(period) and _ordinal(period, parts) - _ordinal(base, parts) == 1:
            return name
    return f"vs {base}"


def _ordinal(period: str, parts: int) -> int:
    return int(period[:4]) * parts + int(period[5:].lstrip("Q"))
