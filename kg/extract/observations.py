"""Statistics told in news: indicator, value, unit, period, scope, change, and who reported them.

Each clause is read for *levels* (业务收入N) and *changes* (同比增长P). A change without an indicator of its own belongs to
the level before it; a level without one takes that of the change before it.

Not every number is a statistic. A level needs an indicator that ends like one (额, 率, 收入 …), or a change on a basis, or
the form of a share (五成企业认为) or a count (获奖成果达40项); money of deals, penalties and forecasts is left out. The word
lists are data, in `ontology/patterns/observations.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.extract.figures import DATE, NUMBER, SHARE, Clause, FigureWords, fold, packaged, printed
from kg.values import packaged as packaged_values

if TYPE_CHECKING:
    from kg.extract.analysis import Analysis
    from kg.text import Sentence

__all__ = ["ObservationDraft", "find_observations"]

_V = f"{SHARE}{NUMBER}"
_JOIN = re.compile(f"(?:、|和|及|与|以及|/)([{_V}])")
_SPLITS = [re.compile(p) for p in ("、|以及|和|及|与", "、|和", "、", "和|及|与")]
_WITH = re.compile(
    f"[^,的{DATE}{_V}]{{0,10}}的(?P<what>[^,{DATE}{_V}]{{2,8}}?)(?=位居|排名|位列|夺|蝉联|居|领|登|占|稳|重|成为|名列|高居|,|$)"
)
_DATES = re.compile(f"{DATE}(?:(?:、|和|及|与|以及){DATE})+")
_SHARE_OF = re.compile(
    f"占(?:据|到|了)?(?P<whole>[^{DATE}{_V},]{{2,24}}?)(?P<of>的|比重|比例|之比|比)+(?P<link>[^{DATE}{_V},]{{0,4}})$"
)
_PART = re.compile(f"占[^{_V},]{{2,30}}$")
_EARLIER = re.compile(
    f"(?:由|从|较|(?<!占)比(?![重例])|与|和|同|相较|相比|对比|于)(?:{DATE}|\\d{{4}}年|上年|去年|上一?季度?|此前|原来|上月)?(?:同期)?[^{DATE}{_V},]{{0,6}}的?$|同期[^,]{{0,12}}$"
)
_LONGEST_NAME = 44
_WINDOW = 300
"""How far back a scope is looked for, in letters."""
_NEAR = 2
"""How many clauses a change may stand behind its level."""


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
    reader = _Reader(analysis, words or packaged())
    sentences = analysis.text.sentences
    body = any(s.kind == "paragraph" for s in sentences)
    found: list[ObservationDraft] = []
    for sentence in sentences:
        if sentence.kind == "paragraph" or not body:
            found += reader.read(sentence)
        else:
            reader.note(sentence)
    return found


@dataclass(slots=True)
class _Figure:
    """A draft in the making. It counts once it is `sure`: by itself, or by a change on a basis."""

    draft: ObservationDraft
    sure: bool
    clause: int


class _Reader:
    """What is known while the sentences of an item go by: the period, scope and reporter told last."""

    __slots__ = (
        "_analysis",
        "_based",
        "_before",
        "_block",
        "_dates",
        "_in_deal",
        "_period",
        "_reporter",
        "_scope",
        "_string",
        "_without",
        "_words",
    )

    def __init__(self, analysis: Analysis, words: FigureWords) -> None:
        self._analysis = analysis
        self._string = analysis.text.string
        self._words = words
        self._without = packaged_values().durations
        self._period: str | None = None
        self._scope: str | None = None
        self._reporter: int | None = None
        self._block = -1
        self._before = (-1, "")
        """What a number is of that was told with an earlier one: 净亏损由2亿元收窄为1.1亿元; and in which clause."""
        self._in_deal = False
        self._dates: list[str] = []
        """The dates of the last list of them in the sentence: 2019年、2020年营收分别为…."""
        self._based: str | None = None
        """The basis of the last change in this block: 增长 without one continues it."""

    def note(self, sentence: Sentence) -> None:
        """Take period and scope from a title; a heading inside the item ends what was said before it."""
        if sentence.kind == "heading":
            self._period = None
        for clause in self._fold(sentence):
            for period in self._periods(clause, len(clause.text)):
                self._period = period
        if m := self._words.scope.search(self._string, sentence.start, sentence.end):
            self._scope = self._words.scopes[m[0]]

    def read(self, sentence: Sentence) -> list[ObservationDraft]:
        """The figures of one sentence."""
        if not any(c.isdigit() or c in "一二三四五六七八九十百" for c in self._string[sentence.start : sentence.end]):
            self._note_reporter(sentence)
            return []
        self._note_reporter(sentence)
        if sentence.block != self._block:
            self._block, self._based = sentence.block, None
        figures: list[_Figure] = []
        self._in_deal = self._words.deals.search(self._string, sentence.start, sentence.end) is not None
        self._before, self._dates = (-1, ""), []
        clauses = self._fold(sentence)
        period, told = self._period, False
        periods: list[str] = []
        for number, clause in enumerate(clauses):
            used = -1
            changes = {m.start("value"): m for m in self._words.over.finditer(clause.text)}
            for m in self._words.change.finditer(clause.text):
                if self._holds(m, clause):
                    changes.setdefault(m.start("value"), m)
            inside = {i for m in changes.values() for i in range(m.start(), m.start("value"))}
            for at in sorted(clause.values):
                if clause.text[at] == DATE or at <= used:
                    continue
                now = self._periods(clause, at)
                period, told = (now[-1], True) if now else (period, told)
                chain = self._chain(clause, at)
                if at in inside:
                    used = at
                    continue
                place = _Place(clause, number, at, max(used + 1, 0), chain, period, told, sentence)
                if m := changes.get(at):
                    self._add_change(place, m, figures)
                else:
                    self._add_level(place, figures, clauses)
                used = chain[-1]
            now = self._periods(clause, len(clause.text))
            period, told = (now[-1], True) if now else (period, told)
            periods += now
            self._note_dates(clause)
        found = [f.draft for f in figures if f.sure]
        reported = self._words.reports.search(self._string, sentence.start, sentence.end) is not None
        if periods and (found or reported):
            self._period = max(reversed(periods), key=_months)
        if not found and reported and (m := self._words.scope.search(self._string, sentence.start, sentence.end)):
            self._scope = self._words.scopes[m[0]]
        return found

    # -- context --------------------------------------------------------------------------------------------------------

    def _fold(self, sentence: Sentence) -> list[Clause]:
        return fold(self._string, sentence.start, sentence.end, self._analysis.values, self._without)

    def _periods(self, clause: Clause, until: int) -> list[str]:
        """The periods told before `until`, without days, 自2000年, and dates that a figure is measured against."""
        found = []
        for at, value in clause.values.items():
            if at >= until or clause.text[at] != DATE or not isinstance(value.value, str):
                continue
            before, after = clause.text[max(0, at - 4) : at], clause.text[at + 1 : at + 6]
            if self._words.against.search(before) or before.endswith("自"):
                continue
            if after.startswith(("相比", "同期", "成立", "前")) or re.match("[^,]{0,3}之前", after):
                continue
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value.value) and not before.endswith(("截至", "截止", "到")):
                continue
            found.append(_interval(value.value))
        return found

    def _note_reporter(self, sentence: Sentence) -> None:
        mentions = self._analysis.mentions
        for index in range(bisect_left(mentions, sentence.start, key=lambda m: m.start), len(mentions)):
            mention = mentions[index]
            if mention.end > sentence.end:
                return
            if mention.type in self._words.reporter_classes:
                behind = re.split(
                    "[,;。]", self._string[mention.end : min(mention.end + 24, sentence.end)], maxsplit=1
                )[0]
                if self._words.reports.search(behind):
                    self._reporter = index
                    return

    def _scope_of(self, place: _Place) -> str | None:
        """Who or where the figure is of: named in its clause before it, else in the sentence, else before."""
        until = place.clause.values[place.at].start
        first = max(place.sentence.start, until - _WINDOW)
        within = self._scope_in(place.clause.start, until) or self._scope_in(first, until)
        if within is not None:
            self._scope = within
        return self._scope

    def _scope_in(self, start: int, end: int) -> str | None:
        m = self._words.scope.search(self._string, start, end)
        mentions = self._analysis.mentions
        for index in range(bisect_left(mentions, start, key=lambda m: m.start), len(mentions)):
            mention = mentions[index]
            if mention.end > end or (m is not None and mention.start > m.start()):
                break
            if mention.type in self._words.scope_classes and index != self._reporter:
                return self._words.scopes.get(mention.name, mention.name)
        return self._words.scopes[m[0]] if m is not None else None

    # -- changes --------------------------------------------------------------------------------------------------------

    def _holds(self, m: re.Match[str], clause: Clause) -> bool:
        """Whether the match tells a change: 快, 多 and the like need a basis, a bare number a minus."""
        verb, value = m["verb"], clause.values[m.start("value")]
        if verb is None:
            return m["basis"] is not None and isinstance(value.value, float) and value.value < 0
        if (
            value.kind != "percent"
            and value.unit != "倍"
            and re.search("[为至到达]", clause.text[m.end("verb") : m.end()])
        ):
            return False
        if m["basis"] is None:
            return not verb.startswith(("增速", "增长率")) and (len(verb) > 1 or verb in "增涨升减降跌+")
        return True

    def _chain(self, clause: Clause, at: int) -> list[int]:
        chain = [at]
        while m := _JOIN.match(clause.text, chain[-1] + 1):
            chain.append(m.start(1))
        return chain

    def _add_change(self, place: _Place, m: re.Match[str], figures: list[_Figure]) -> None:
        clause = place.clause
        before = clause.text[place.start : m.start()] if m.start() > place.start else ""
        name = self._words.name(before)
        last = figures[-1] if figures and place.number - figures[-1].clause <= _NEAR else None
        if name.endswith(self._words.of_rates) or before.endswith(self._words.of_rates):
            return
        changes = [self._change(m, clause, i, place.period) for i in place.chain]
        based = m["basis"] is not None or self._based is not None
        if not name and last is not None and last.draft.change and DATE in before and changes[0]:
            if place.period != last.draft.period and last.sure:
                draft = replace(last.draft, value=None, unit=None, period=place.period, change=changes[0])
                figures.append(_Figure(draft, True, place.number))
            return
        if changes[0] is None:
            if last is not None and m["basis"] is not None and not name and not self._ahead(place):
                last.sure = last.sure or self._words.is_indicator(last.draft.indicator)
            return
        if not name:
            open_ones = [f for f in figures if f.draft.change is None and place.number - f.clause <= _NEAR + 1]
            if last is not None and last.draft.change is None and len(open_ones) >= len(changes):
                for figure, change in zip(open_ones[-len(changes) :], changes, strict=True):
                    figure.draft = replace(figure.draft, change=change)
                    figure.sure = figure.sure or (based and not self._ahead(place))
            return
        ends = self._words.is_indicator(name)
        if len(name) < 2 or not (m["basis"] is not None or (ends and (place.told or self._based is not None))):
            return
        if self._ahead(place) or self._words.holdings.search(name):
            return
        if name.startswith(self._words.not_names) or not _balanced(name):
            return
        if any(clause.values[i].literal.startswith(self._words.bounds) for i in place.chain):
            return
        names = self._names(name, len(changes))
        for single, change in zip(names, changes, strict=False):
            draft = self._draft(place, single, None, None, change, 0.85 if ends and based else 0.7)
            figures.append(_Figure(draft, True, place.number))

    def _change(self, m: re.Match[str], clause: Clause, at: int, period: str | None) -> str | None:
        """`+25.4% YoY`; None for a change that is no share (增加300亿元)."""
        value = clause.values[at]
        basis = self._basis(m, clause, period)
        self._based = basis or self._based
        if not isinstance(value.value, float):
            return None
        number, unit = value.value, "%"
        if value.kind == "percent":
            unit = "pp" if value.unit == "pp" else "%"
        elif value.unit == "倍":
            number *= 100
        else:
            return None
        if m["verb"] is not None and m["verb"] not in self._words.up:
            number = -abs(number)
        return f"{number:+.10g}{unit}" + (f" {basis}" if basis else "")

    def _basis(self, m: re.Match[str], clause: Clause, period: str | None) -> str | None:
        if m["basis"] is None:
            return self._based if self._based == "YoY" else None
        if m["yoy"]:
            return "YoY"
        if m["previous"]:
            if any(w in m["previous"] for w in ("年初", "上年末", "上年底")):
                return "YTD"
            if "月" in m["previous"] or m["previous"].casefold() == "mom":
                return "MoM"
            if "半年" in m["previous"]:
                return "HoH"
            return _step(period) if m["previous"] in ("环比",) else "QoQ"
        if m["same"]:
            year = m["same"][:4]
            return "YoY" if not year.isdigit() or (period and int(period[:4]) - 1 == int(year)) else f"vs {year}"
        told = clause.values[m.start("base")]
        base = told.value
        if told.literal.endswith(("年初", "年末", "年底")) and len(told.literal) < 5:
            return "YTD"
        if told.literal in ("去年", "上年", "上一年", "上年度", "上一年度"):
            return "YoY"
        if told.literal in ("上月", "上个月"):
            return "MoM"
        return _against(period, _interval(base)) if isinstance(base, str) else None

    # -- levels ---------------------------------------------------------------------------------------------------------

    def _add_level(self, place: _Place, figures: list[_Figure], clauses: list[Clause]) -> None:
        clause, words = place.clause, self._words
        value = clause.values[place.at]
        head = clause.text[place.start : place.at]
        if self._ahead(place) or self._ahead_before(place, clauses):
            return
        if (m := _EARLIER.search(head)) is not None:
            self._before = (place.number, words.name(head[: m.start()]))
            return
        number, unit = printed(value)
        if number is None or unit in words.units or value.literal.startswith(words.bounds):
            return
        share = value.kind == "percent"
        if share and (unit == "pp" or words.holdings.search(clause.text)):
            return
        last = figures[-1] if figures and place.number - figures[-1].clause <= _NEAR else None
        name = words.name(head)
        if (
            self._before[0] == place.number
            and self._before[1]
            and (head.endswith("的") or not words.is_indicator(name))
        ):
            name, head = self._before[1], "至"
            self._before = (-1, "")
        deal = not share and words.deals.search(clause.text) is not None
        in_deal = self._in_deal
        if share and (m := _SHARE_OF.search(head)):
            if in_deal:
                return
            known = next((f.draft.indicator for f in reversed(figures[-8:]) if f.sure), "")
            subject = words.name(head[: m.start()]) or known
            if subject:
                self._add(place, f"{subject}占{m['whole']}比重", figures, True, 0.75)
            return
        if share and in_deal and _PART.search(head):
            return
        if not name and head and last is not None and last.draft.value is None and last.draft.change:
            last.draft = replace(last.draft, value=number, unit=unit)
            return
        if name.endswith(words.of_rates) and len(name) < 8 and figures and figures[-1].sure:
            name = figures[-1].draft.indicator + name
        if not name or name in words.scopes or head.endswith(("的", "以", "凭", "凭借")):
            if not in_deal or share:
                self._add_by_what_follows(place, head, figures)
            return
        if len(name) <= 2 and share and not (figures and figures[-1].sure):
            return
        indicator = self._indicator(name)
        if indicator is None or indicator.startswith(words.not_names) or not _balanced(indicator):
            return
        ends = words.is_indicator(indicator)
        firm = ends and words.firm.search(indicator) is not None and not (in_deal and indicator.endswith("额"))
        timed = place.period is not None and not in_deal and not share and number >= 10
        counts = timed and value.kind == "quantity" and not value.approximate and head.endswith(words.strong)
        acted = timed and indicator.endswith(words.acting)
        sure = (firm or (ends and place.period is not None and not in_deal) or counts or acted) and not deal
        self._add(place, indicator, figures, sure, 0.85 if ends else 0.65)

    def _indicator(self, name: str) -> str | None:
        """The indicator in a clause's subject and verb: 平台服务完成收入 is 平台服务收入, 交付新车 stays."""
        last = None
        for m in self._words.light.finditer(name):
            last = m if len(name) - m.end() >= 2 else last
        if last is not None:
            subject, rest = self._words.name(name[: last.start()]), name[last.end() :].lstrip("的")
            name = rest if subject in self._words.scopes or len(subject) > 16 else subject + rest
        for verb in self._words.light_first:
            if name.startswith(verb) and self._words.is_indicator(name[len(verb) :]):
                name = name[len(verb) :]
        return name if 2 <= len(name) <= _LONGEST_NAME else None

    def _add_by_what_follows(self, place: _Place, head: str, figures: list[_Figure]) -> None:
        """51%的企业认为…, 64项成果荣获…, 拥有3.2亿用户."""
        clause, words = place.clause, self._words
        value = clause.values[place.at]
        m = (
            _WITH.match(clause.text, place.at + 1)
            if head.endswith(("以", "凭", "凭借")) and len(place.chain) == 1
            else None
        )
        if m is not None and words.is_indicator(m["what"]):
            self._add(place, words.name(head) + m["what"], figures, True, 0.75)
            return
        if value.kind == "percent":
            m = words.survey.match(clause.text, place.at)
            if m is not None:
                what = m["what"].removesuffix("了")
                self._add(place, f"{what}的{m['who']}"[:_LONGEST_NAME], figures, True, 0.75)
            return
        number, _ = printed(value)
        if value.kind != "quantity" or number is None or number < 10:
            return
        m = words.counted.match(clause.text, place.at + 1)
        if m is not None:
            self._add(place, f"{m['verb']}{m['rest']}{m['what']}".replace("、", ""), figures, True, 0.7)

    def _names(self, name: str, count: int) -> list[str]:
        """A name for each of several numbers: 机器人、芯片产量 with two is 机器人产量 and 芯片产量; [] where they don't pair."""
        if count == 1:
            return [name]
        for split in _SPLITS:
            parts = [p for p in split.split(name) if p]
            if len(parts) == count:
                ending = self._words.endings.search(parts[-1])
                tail = ending[0] if ending else ""
                return [
                    p if tail and p.endswith(tail) and "等" not in p else re.sub("等.*", "", p) + tail for p in parts
                ]
        return []

    # -- making ---------------------------------------------------------------------------------------------------------

    def _add(self, place: _Place, indicator: str, figures: list[_Figure], sure: bool, confidence: float) -> None:
        clause, chain = place.clause, place.chain
        names: list[str] = [indicator]
        periods: list[str | None] = [place.period]
        if len(chain) > 1:
            names = self._names(indicator, len(chain))
            self._note_dates(clause)
            periods = [place.period] * len(chain)
            if not names and len(self._dates) == len(chain):
                names, periods = [indicator] * len(chain), [*self._dates]
        for at, name, period in zip(chain, names, periods, strict=False):
            number, unit = printed(clause.values[at])
            if number is not None:
                draft = self._draft(replace(place, at=at, period=period), name, number, unit, None, confidence)
                figures.append(_Figure(draft, sure, place.number))

    def _note_dates(self, clause: Clause) -> None:
        for m in _DATES.finditer(clause.text):
            dates = [clause.values[i].value for i in range(m.start(), m.end()) if clause.text[i] == DATE]
            self._dates = [_interval(d) for d in dates if isinstance(d, str)]

    def _draft(
        self, place: _Place, name: str, value: float | None, unit: str | None, change: str | None, confidence: float
    ) -> ObservationDraft:
        scope = self._scope_of(place)
        sentence = place.sentence
        return ObservationDraft(
            name, value, unit, place.period, scope, change, self._reporter, sentence.start, sentence.end, confidence
        )

    def _ahead(self, place: _Place) -> bool:
        return self._words.ahead.search(place.clause.text, 0, place.at) is not None

    def _ahead_before(self, place: _Place, clauses: list[Clause]) -> bool:
        """Whether the clause before begins with a forecast: 预计到2025年,市场规模达…."""
        return place.number > 0 and self._words.ahead_before.match(clauses[place.number - 1].text) is not None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number stands: in which clause, behind which used letter, joined to which others, in which period."""

    clause: Clause
    number: int
    at: int
    start: int
    chain: list[int]
    period: str | None
    told: bool
    sentence: Sentence


def _interval(period: str) -> str:
    """The usual name of an interval: 2021-01/09 is 2021-Q1/Q3, 2021-01/06 is 2021-H1, 2021-01/12 is 2021."""
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


def _balanced(name: str) -> bool:
    return not re.match(r"\d+、", name) and all(name.count(a) == name.count(b) for a, b in ("“”", "《》", "‘’"))


def _months(period: str) -> int:
    """How long a period is, in months."""
    first, _, last = period.partition("/")
    if last:
        if len(last) == 4 and last.isdigit():
            return 12 * (int(last) - int(first[:4]) + 1)
        numbers = re.findall(r"\d+", period)
        return (int(numbers[-1]) - int(numbers[1]) + 1) * (3 if "Q" in period else 1) if len(numbers) == 3 else 12
    return {4: 12, 10: 0}.get(len(period), 6 if "H" in period else 3 if "Q" in period else 1)


def _step(period: str | None) -> str:
    """What 环比 means for a period: the half, the month or (also where nothing is told) the quarter before."""
    if period and re.fullmatch(r"\d{4}-H[12]", period):
        return "HoH"
    return "MoM" if period and re.fullmatch(r"\d{4}-\d\d", period) else "QoQ"


def _against(period: str | None, base: str) -> str:
    """The basis of a change against a date: the same span a year before is YoY, the one before in the year QoQ, HoH, MoM."""
    if period and period[4:] == base[4:] and int(period[:4]) - 1 == int(base[:4]):
        return "YoY"
    if re.fullmatch(r"\d{4}-H[12]", base) and period and period[:4] == base[:4]:
        return "HoH"
    if re.fullmatch(r"\d{4}-Q[1-4]", base) and period and re.fullmatch(r"\d{4}-Q[1-4]", period):
        return "QoQ" if _ordinal(period, 4) - _ordinal(base, 4) == 1 else f"vs {base}"
    if re.fullmatch(r"\d{4}-\d\d", base) and period and re.fullmatch(r"\d{4}-\d\d", period):
        return "MoM" if _ordinal(period, 12) - _ordinal(base, 12) == 1 else f"vs {base}"
    if period and len(base) == 4 and int(period[:4]) - 1 == int(base):
        return "YoY"
    return f"vs {base}"


def _ordinal(period: str, parts: int) -> int:
    return int(period[:4]) * parts + int(period[5:].lstrip("Q"))
