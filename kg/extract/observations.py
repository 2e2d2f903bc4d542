"""Statistics told in news: indicator, value, unit, period, scope, change, and who reported them.

Each clause is read for *levels* (业务收入N) and *changes* (同比增长P). A change without an indicator of its own
belongs to the level before it; a level without one takes that of the change before it.

Not every number is a statistic. A level needs an indicator that ends like one (额, 率, 收入 …), or a change on a
basis, or the form of a share (五成企业认为) or a count (获奖成果达40项); money of deals, penalties and forecasts is
left out. The word lists are data, in `ontology/patterns/observations.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.extract.figures import DATE, NUMBER, SHARE, fold, packaged, printed
from kg.extract.frame import Frame, against, interval, step
from kg.values import packaged as packaged_values

if TYPE_CHECKING:
    from kg.extract.analysis import Analysis
    from kg.extract.figures import Clause, FigureWords
    from kg.text import Sentence

__all__ = ["ObservationDraft", "find_observations"]

_V = f"{SHARE}{NUMBER}"
_COUNTABLE = re.compile(r"[\d一二三四五六七八九十百]")
_JOIN = re.compile(f"(?:、|和|及|与|以及|/)([{_V}])")
_DATES = re.compile(f"{DATE}(?:(?:、|和|及|与|以及){DATE})+")
_SHARE_OF = re.compile(
    f"占(?:据|到|了)?(?P<whole>[^{DATE}{_V},]{{2,24}}?)(?:的|比重|比例|之比|比)+(?P<link>[^{DATE}{_V},]{{0,4}})$"
)
_PART = re.compile(f"占[^{_V},]{{2,30}}$")
_EARLIER = re.compile(
    f"(?:由|从|较|(?<!占)比(?![重例])|与|和|同|相较|相比|对比|于)"
    rf"(?:{DATE}|\d{{4}}年|上年|去年|上一?季度?|此前|原来|上月)?(?:同期)?[^{DATE}{_V},]{{0,6}}的?$|同期[^,]{{0,12}}$"
)
"""A number that another is measured against stands behind this: 由2亿元收窄为…, 较去年同期的9110万元增长…."""
_WITH = re.compile(
    f"[^,的{DATE}{_V}]{{0,10}}的(?P<what>[^,{DATE}{_V}]{{2,8}}?)(?=位居|排名|位列|夺|蝉联|居|领|登|占|稳|重|成为|名列|高居|,|$)"
)
"""Behind the number of 以7150万部的出货量位居第一."""
_DECIMAL = re.compile(r"\d+(?:\.\d+)?(?=%|个?百分点|pp)")
_WITH_WORDS = ("以", "凭", "凭借")
_NEAR = 2
"""How many clauses a change may stand behind its level."""
_COUNT = 10
"""Smaller counts (两家公司) are no statistics."""


@dataclass(frozen=True, slots=True)
class ObservationDraft:
    """One figure. `start` and `end` bound its sentence in `Text.string`; `reporter` is an index into
    `Analysis.mentions`. `value` and `unit` are None where only a change is told."""

    indicator: str
    value: float | None
    unit: str | None
    period: str | None
    scope: str | None
    change: str | None
    reporter: int | None
    start: int
    end: int
    confidence: float


def find_observations(analysis: Analysis, words: FigureWords | None = None) -> list[ObservationDraft]:
    """The statistics of an item, in order. Titles and headings only lend their period and scope, unless the item has
    no other text. Mentions of `analysis` give scope and reporter where they are there; without any it works too."""
    words = words or packaged()
    frame = Frame(analysis, words)
    without = packaged_values().durations
    string, sentences = analysis.text.string, analysis.text.sentences
    body = any(s.kind == "paragraph" for s in sentences)
    found: list[ObservationDraft] = []
    for sentence in sentences:
        frame.enter(sentence)
        clauses: list[Clause] = []
        if _COUNTABLE.search(string, sentence.start, sentence.end):
            clauses = fold(string, sentence.start, sentence.end, analysis.values, without)
        if sentence.kind == "paragraph" or not body:
            found += _Reading(string, sentence, clauses, frame, words).figures()
        else:
            frame.note(sentence, clauses)
    return found


@dataclass(slots=True)
class _Figure:
    """A draft in the making. It counts once it is `sure`: by itself, or by a change on a basis."""

    draft: ObservationDraft
    sure: bool
    clause: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number stands: in which clause, behind which used letter, joined to which others, in which period."""

    clause: Clause
    number: int
    at: int
    start: int
    chain: tuple[int, ...]
    period: str | None
    told: bool
    """Whether the sentence itself tells the period."""

    @property
    def head(self) -> str:
        """What stands before the number since the last one."""
        return self.clause.text[self.start : self.at]


class _Reading:
    """One sentence being read."""

    __slots__ = (
        "_clauses",
        "_dates",
        "_earlier",
        "_figures",
        "_frame",
        "_in_deal",
        "_inherited",
        "_sentence",
        "_words",
    )

    def __init__(
        self, string: str, sentence: Sentence, clauses: list[Clause], frame: Frame, words: FigureWords
    ) -> None:
        self._sentence, self._clauses, self._frame, self._words = sentence, clauses, frame, words
        self._in_deal = words.deals.search(string, sentence.start, sentence.end) is not None
        self._figures: list[_Figure] = []
        self._inherited = frame.indicator if string.endswith(";", 0, sentence.start) else ""
        self._earlier = (-1, "")
        """The clause and the name of a number that another is measured against: the other has the same name."""
        self._dates: list[str] = []
        """The last list of dates in the sentence: 2019年、2020年营收分别为…."""

    def figures(self) -> list[ObservationDraft]:
        """Its figures, in order."""
        period, told = self._frame.period, False
        periods: list[str] = []
        for number, clause in enumerate(self._clauses):
            changes = self._changes(clause)
            inside = {i for m in changes.values() for i in range(m.start(), m.start("value"))}
            used = -1
            for at in sorted(clause.values):
                if clause.text[at] == DATE or at <= used:
                    continue
                if now := self._frame.periods(clause, at):
                    period, told = now[-1], True
                chain = (at,) if at in inside else _chain(clause, at)
                if at not in inside:
                    place = _Place(clause, number, at, used + 1, chain, period, told)
                    if m := changes.get(at):
                        self._read_change(place, m)
                    else:
                        self._read_level(place)
                used = chain[-1]
            if now := self._frame.periods(clause, len(clause.text)):
                period, told = now[-1], True
                periods += now
            self._note_dates(clause)
        found = [f.draft for f in self._figures if f.sure]
        self._frame.indicator = self._known()
        self._frame.leave(self._sentence, periods, bool(found))
        return found

    # -- changes -----------------------------------------------------------------------------------------------------

    def _changes(self, clause: Clause) -> dict[int, re.Match[str]]:
        """The changes in a clause, by where their number stands."""
        found = {m.start("value"): m for m in self._words.over.finditer(clause.text)}
        for m in self._words.change.finditer(clause.text):
            if self._holds(m, clause):
                found.setdefault(m.start("value"), m)
        return found

    def _holds(self, m: re.Match[str], clause: Clause) -> bool:
        """Whether the match tells a change: 快, 多 and the like need a basis, a bare number a minus, and 收窄为N tells
        where it went."""
        verb, value = m["verb"], clause.values[m.start("value")]
        if verb is None:
            return m["basis"] is not None and isinstance(value.value, float) and value.value < 0
        if value.kind != "percent" and value.unit != "倍" and re.search("[为至到达]", m[0][len(m[0]) - 4 :]):
            return False
        if m["basis"] is None:
            return not verb.startswith(("增速", "增长率")) and (len(verb) > 1 or verb in "增涨升减降跌+")
        return True

    def _read_change(self, place: _Place, m: re.Match[str]) -> None:
        words, clause = self._words, place.clause
        before = clause.text[place.start : m.start()] if m.start() > place.start else ""
        name = words.name(before)
        if name.endswith(words.of_rates) or before.endswith(words.of_rates) or self._ahead(place):
            return
        changes = [self._change(m, clause, i, place.period) for i in place.chain]
        if not name:
            self._attach(place, changes, m["basis"] is not None, DATE in before)
            return
        based = m["basis"] is not None or self._frame.basis is not None
        indicator = words.is_indicator(name)
        if changes[0] is None or len(name) < 2 or words.holdings.search(name) or not words.is_name(name):
            return
        names = words.names(name, len(changes))
        plain = m["basis"] is not None or (indicator and (place.told or based))
        if not plain and not (based and names and self._goes_on(before, name, len(changes))):
            return
        if any(clause.values[i].literal.startswith(words.bounds) for i in place.chain):
            return
        for single, change in zip(names, changes, strict=False):
            draft = self._draft(place, single, None, None, 0.85 if indicator and based else 0.7)
            self._figures.append(_Figure(replace(draft, change=change), True, place.number))

    def _goes_on(self, before: str, name: str, count: int) -> bool:
        """Whether a bare change of something that is no indicator goes on from the one before: 其中服务业增长P."""
        if count > 1:
            return True
        plain = (
            before.removeprefix("其中") == name and len(name) <= 14 and not name.endswith(("年", "相比", "上", "下"))
        )
        return plain and bool(self._figures) and self._figures[-1].draft.change is not None

    def _attach(self, place: _Place, changes: list[str | None], own: bool, dated: bool) -> None:
        """Give changes without a name of their own to the levels before them. `own`: with a basis of their own."""
        last = self._last(place)
        if last is None:
            return
        if changes[0] is None:
            last.sure = last.sure or (own and self._words.is_indicator(last.draft.indicator))
            return
        if last.draft.change is not None:
            if dated and last.sure and place.period != last.draft.period:
                draft = replace(last.draft, value=None, unit=None, period=place.period, change=changes[0])
                self._figures.append(_Figure(draft, True, place.number))
            return
        waiting = [f for f in self._figures if f.draft.change is None and place.number - f.clause <= _NEAR + 1]
        if len(waiting) < len(changes):
            return
        for figure, change in zip(waiting[-len(changes) :], changes, strict=True):
            figure.draft = replace(figure.draft, change=change)
            figure.sure = figure.sure or own or self._frame.basis is not None

    def _change(self, m: re.Match[str], clause: Clause, at: int, period: str | None) -> str | None:
        """`+25.4% YoY`; None for a change that is no share (增加300亿元)."""
        value = clause.values[at]
        basis = self._basis(m, clause, period)
        self._frame.basis = basis or self._frame.basis
        if not isinstance(value.value, float) or (value.kind != "percent" and value.unit != "倍"):
            return None
        number = value.value * (1 if value.kind == "percent" else 100)
        down = m["verb"] not in self._words.up if m["verb"] is not None else number < 0
        digits = _DECIMAL.search(value.literal) if value.kind == "percent" else None
        shown = digits[0] if digits is not None else f"{abs(number):.10g}"
        unit = "pp" if value.unit == "pp" else "%"
        return f"{'-' if down else '+'}{shown}{unit}" + (f" {basis}" if basis else "")

    def _basis(self, m: re.Match[str], clause: Clause, period: str | None) -> str | None:
        if m["basis"] is None:
            return "YoY" if self._frame.basis == "YoY" else None
        if m["yoy"]:
            return "YoY"
        if m["previous"]:
            return step(period) if m["previous"] == "环比" else _previous(m["previous"])
        if m["same"]:
            year = m["same"][:4]
            return "YoY" if not year.isdigit() else against(period and period[:4], year)
        told = clause.values[m.start("base")]
        if len(told.literal) < 5 and (basis := _previous(told.literal)):
            return basis
        return against(period, interval(told.value)) if isinstance(told.value, str) else None

    # -- levels ------------------------------------------------------------------------------------------------------

    def _read_level(self, place: _Place) -> None:
        words, clause = self._words, place.clause
        value, head = clause.values[place.at], place.head
        if self._ahead(place):
            return
        if (m := _EARLIER.search(head)) is not None:
            self._earlier = (place.number, words.name(head[: m.start()]))
            return
        number, unit = printed(value)
        share = value.kind == "percent"
        if number is None or unit in words.units or unit == "pp" or value.literal.startswith(words.bounds):
            return
        if share and (words.holdings.search(clause.text) or self._read_part(place)):
            return
        name = words.name(head)
        if self._earlier[0] == place.number and (head.endswith("的") or not words.is_indicator(name)):
            name, head, self._earlier = self._earlier[1], "至", (-1, "")
        last = self._last(place)
        if not name and head and last is not None and last.draft.value is None:
            last.draft = replace(last.draft, value=number, unit=unit)
            return
        known = self._known()
        if name.endswith(words.of_rates) and len(name) < 8:
            name = known + name
        elif not name and head.startswith("按"):
            name = known
        if not name or name in words.scopes or head.endswith(("的", *_WITH_WORDS)):
            if not self._in_deal or share:
                self._read_behind(place)
        elif len(name) > 2 or not share or known:
            self._read_named(place, name, number, head.endswith(words.strong))

    def _read_named(self, place: _Place, name: str, number: float, strong: bool) -> None:
        """市场规模达到N, 营收N."""
        words, value = self._words, place.clause.values[place.at]
        indicator = words.indicator(name)
        if indicator is None or not words.is_name(indicator):
            return
        share = value.kind == "percent"
        ends = words.is_indicator(indicator)
        firm = ends and words.firm.search(indicator) is not None and not (self._in_deal and indicator.endswith("额"))
        timed = place.period is not None and not self._in_deal
        count = timed and number >= _COUNT and not share
        told = strong and value.kind == "quantity" and not value.approximate
        deal = not share and words.deals.search(place.clause.text) is not None
        sure = firm or (ends and timed) or (count and (told or indicator.endswith(words.acting)))
        self._add(place, indicator, sure and not deal, 0.85 if ends else 0.65)

    def _read_part(self, place: _Place) -> bool:
        """占社会消费品零售总额的比重为P: whether it is that."""
        m = _SHARE_OF.search(place.head)
        if m is None:
            return self._in_deal and _PART.search(place.head) is not None
        subject = self._words.name(place.head[: m.start()]) or self._known()
        if subject and not self._in_deal:
            self._add(place, f"{subject}占{m['whole']}比重", True, 0.75)
        return True

    def _read_behind(self, place: _Place) -> None:
        """What a number counts stands behind it: 51%的企业认为…, 64项成果荣获…, 以7150万部的出货量."""
        words, text = self._words, place.clause.text
        value = place.clause.values[place.at]
        if place.head.endswith(_WITH_WORDS) and len(place.chain) == 1 and (m := _WITH.match(text, place.at + 1)):
            if words.is_indicator(m["what"]):
                self._add(place, words.name(place.head) + m["what"], True, 0.75)
        elif value.kind == "percent":
            if m := words.survey.match(text, place.at):
                self._add(place, f"{m['what'].removesuffix('了')}的{m['who']}", True, 0.75)
        elif value.kind == "quantity" and (printed(value)[0] or 0) >= _COUNT:
            m = words.counted.match(text, place.at + 1)
            if m is not None:
                self._add(place, f"{m['verb']}{m['rest']}{m['what']}".replace("、", ""), True, 0.7)

    # -- making ------------------------------------------------------------------------------------------------------

    def _add(self, place: _Place, indicator: str, sure: bool, confidence: float) -> None:
        clause, count = place.clause, len(place.chain)
        names = self._words.names(indicator, count)
        periods: list[str | None] = [place.period] * count
        if count > 1:
            self._note_dates(clause)
            if not names and len(self._dates) == count:
                names, periods = [indicator] * count, [*self._dates]
        for at, name, period in zip(place.chain, names, periods, strict=False):
            number, unit = printed(clause.values[at])
            if number is not None:
                draft = self._draft(replace(place, at=at, period=period), name, number, unit, confidence)
                self._figures.append(_Figure(draft, sure, place.number))

    def _draft(
        self, place: _Place, name: str, value: float | None, unit: str | None, confidence: float
    ) -> ObservationDraft:
        sentence = self._sentence
        scope = self._frame.scope_of(place.clause.start, place.clause.values[place.at].start, sentence)
        return ObservationDraft(
            name, value, unit, place.period, scope, None, self._frame.reporter, sentence.start, sentence.end, confidence
        )

    def _last(self, place: _Place) -> _Figure | None:
        """The figure that what is told here may belong to."""
        if not self._figures or place.number - self._figures[-1].clause > _NEAR:
            return None
        return self._figures[-1]

    def _known(self) -> str:
        """The indicator of the last figure that counts; empty where there is none."""
        return next((f.draft.indicator for f in reversed(self._figures[-8:]) if f.sure), self._inherited)

    def _note_dates(self, clause: Clause) -> None:
        for m in _DATES.finditer(clause.text):
            dates = [clause.values[i].value for i in range(m.start(), m.end()) if clause.text[i] == DATE]
            self._dates = [interval(d) for d in dates if isinstance(d, str)]

    def _ahead(self, place: _Place) -> bool:
        """Whether it is a forecast or a target: 将达N, or 预计到2025年 in the clause before."""
        if self._words.ahead.search(place.clause.text, 0, place.at):
            return True
        return place.number > 0 and self._words.ahead_before.match(self._clauses[place.number - 1].text) is not None


def _chain(clause: Clause, at: int) -> tuple[int, ...]:
    """Where the numbers stand that are joined to the one at `at`: N、N和N."""
    chain = [at]
    while m := _JOIN.match(clause.text, chain[-1] + 1):
        chain.append(m.start(1))
    return tuple(chain)


def _previous(words: str) -> str | None:
    """The basis that words for an earlier time make; None where they are none."""
    if words.endswith(("年初", "年末", "年底")):
        return "YTD"
    if words.endswith(("去年", "上年", "上一年", "上年度", "上一年度")):
        return "YoY"
    if "半年" in words:
        return "HoH"
    word = words.casefold()
    if word == "mom" or ("月" in words and not words[0].isdigit()):
        return "MoM"
    if "周" in words:
        return "WoW"
    return "QoQ" if word == "qoq" or ("季" in words and words[0] not in "第一二三四1234") else None
