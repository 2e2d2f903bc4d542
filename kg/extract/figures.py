"""The words that statistics are told in, and clauses with their values folded: what `observations` reads.

A folded clause has one letter for each date, percentage and other number, so that 前三季度完成业务收入11633亿元 becomes
`D完成业务收入N` and plain regular expressions can say what is what. What stands in brackets is left out: it converts
(约合1.5亿美元) or explains.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.measures import either
from kg.model import Amount
from kg.patterns import read_patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kg.values import ValueMention

__all__ = ["DATE", "NUMBER", "SHARE", "Clause", "FigureWords", "fold", "packaged", "printed"]

DATE, SHARE, NUMBER = "\ue000", "\ue001", "\ue002"
"""The letters that stand for a date or period, a percentage, and any other number with a unit."""
_V = f"{SHARE}{NUMBER}"
_DV = f"{DATE}{_V}"
_BREAK = re.compile("[,;:。!?\n]")
_BRACKETS = re.compile(r"\([^()]{0,200}\)")
_PRINTED = re.compile(r"(?P<number>-?\d[\d,]*(?:\.\d+)?)[余多来几]?(?P<unit>.*)")
_SPLITS = [re.compile(p) for p in ("、|以及|和|及|与", "、|和", "、", "和|及|与")]
_ET_AL = re.compile("等.*")
_LONGEST_NAME = 44
_LONGEST_CLAUSE = 300
"""Longer ones are cut, so that odd input stays linear."""
_TRAILING = re.compile("(?:以上|左右|以下|以内|上下|不到|级)$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A folded clause. `values` holds what each folded letter stands for, by its index in `text`."""

    text: str
    values: Mapping[int, ValueMention]
    start: int
    """Of the clause in `Text.string`."""
    end: int


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The compiled word lists of observations.toml: immutable, safe to share."""

    endings: re.Pattern[str]
    firm: re.Pattern[str]
    not_endings: re.Pattern[str]
    of_rates: tuple[str, ...]
    links: tuple[str, ...]
    strong: tuple[str, ...]
    light: re.Pattern[str]
    light_first: tuple[str, ...]
    acting: tuple[str, ...]
    counted: re.Pattern[str]
    lead_ins: tuple[str, ...]
    change: re.Pattern[str]
    up: frozenset[str]
    over: re.Pattern[str]
    against: re.Pattern[str]
    survey: re.Pattern[str]
    scopes: Mapping[str, str]
    scope: re.Pattern[str]
    scope_classes: frozenset[str]
    reporter_classes: frozenset[str]
    reports: re.Pattern[str]
    not_names: tuple[str, ...]
    bounds: tuple[str, ...]
    ahead: re.Pattern[str]
    ahead_before: re.Pattern[str]
    deals: re.Pattern[str]
    holdings: re.Pattern[str]
    units: frozenset[str]

    @classmethod
    def load(cls, path: Path | None = None) -> FigureWords:
        """Read observations.toml (default: the packaged one). Raises OntologyError."""
        return read_patterns("observations.toml", path, cls._of)

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> FigureWords:
        names, context, refused, surveys = data["indicators"], data["context"], data["refusals"], data["surveys"]
        changes = data["changes"]
        survey = (
            f"{SHARE}的?(?P<who>[^,的{_DV}]{{0,10}}?(?:{either(surveys['groups'])}))"
            f"(?P<what>(?:{either(surveys['verbs'])})[^,{_DV}]{{2,}})"
        )
        counted = (
            f"(?P<what>[^,的{_DV}]{{1,8}}?)(?P<verb>{either(names['counted_verbs'])})"
            f"(?P<rest>(?![此该其])[^,{_DV}]{{3,24}})"
        )
        return cls(
            re.compile(f"(?:{either(names['endings'])})$"),
            re.compile(f"(?:{either(names['firm'])})$"),
            re.compile(f"(?:{either(names['not_endings'])})$"),
            tuple(names["of_rates"]),
            _longest_first(names["links"]),
            _longest_first(names["strong"]),
            re.compile(f"(?:共|累计|合计|总计)?(?:{either(names['light'])})了?"),
            _longest_first(names["light_first"]),
            tuple(names["acting"]),
            re.compile(counted),
            _longest_first(data["lead_ins"]["words"]),
            _change(changes),
            frozenset((*changes["up"], *(w for w, sign in changes["over"].items() if sign == "+"))),
            _over(changes),
            re.compile(f"(?:{either(changes['against'])})于?$"),
            re.compile(survey),
            {str(k): str(v) for k, v in context["scopes"].items()},
            re.compile(either(context["scopes"])),
            frozenset(context["scope_classes"]),
            frozenset(context["reporter_classes"]),
            re.compile(either(context["reports"])),
            tuple(refused["names"]),
            tuple(refused["bounds"]),
            re.compile(either(refused["ahead"])),
            re.compile(f"^.{{0,10}}(?:{either(refused['ahead_before'])})"),
            re.compile(either(refused["deals"])),
            re.compile(either(refused["holdings"])),
            frozenset(refused["units"]),
        )

    def name(self, text: str) -> str:
        """What a figure is called, out of what stands before its number: dates, lead-ins and links are left off."""
        name = _AMONG.sub("", _ASIDE.sub("", _OF_DATE.sub("", text))).lstrip("的")
        while name:
            cut = next((w for w in self.lead_ins if name.startswith(w)), None)
            if cut is None or ((m := self.endings.search(name)) and m.start() < len(cut)):
                break
            name = name[len(cut) :]
        while name:
            cut = next((w for w in self.links if name.endswith(w)), None)
            if cut is None or self.endings.search(name):
                break
            name = name[: -len(cut)]
        return name.strip("、“”‘’\"'·-— 和及与")

    def is_indicator(self, name: str) -> bool:
        """Whether a name ends like an indicator does: 额, 率, 收入; not 融资额."""
        good, bad = self.endings.search(name), self.not_endings.search(name)
        return good is not None and (bad is None or bad.start() > good.start())

    def is_name(self, name: str) -> bool:
        """Whether it can name a figure at all: no 因虚增利润, no 2、审计费用, no torn quotes."""
        if name.startswith(self.not_names) or re.match(r"\d+、", name):
            return False
        return all(name.count(a) == name.count(b) for a, b in ("“”", "《》", "‘’"))

    def indicator(self, name: str) -> str | None:
        """The indicator in a clause's subject and verb: 平台服务完成收入 is 平台服务收入. None where it is too long."""
        last = None
        for m in self.light.finditer(name):
            last = m if len(name) - m.end() >= 2 else last
        if last is not None:
            subject, rest = self.name(name[: last.start()]), name[last.end() :].lstrip("的")
            name = rest if subject in self.scopes or len(subject) > 16 else subject + rest
        for verb in self.light_first:
            if name.startswith(verb) and self.is_indicator(name[len(verb) :]):
                name = name[len(verb) :]
        return name if 2 <= len(name) <= _LONGEST_NAME else None

    def names(self, name: str, count: int) -> list[str]:
        """A name for each of `count` numbers: 机器人、芯片产量 is 机器人产量, 芯片产量. Empty where they don't pair."""
        if count == 1:
            return [name[:_LONGEST_NAME]]
        for split in _SPLITS:
            parts = [p for p in split.split(name) if p]
            if len(parts) == count:
                ending = self.endings.search(parts[-1])
                tail = ending[0] if ending else ""
                if not tail and len(parts[0]) < 4 and len({len(p) for p in parts[:-1]}) == 1:  # 荷兰、英国对华投资
                    tail = parts[-1][len(parts[0]) :]
                return [p if tail and p.endswith(tail) and "等" not in p else _ET_AL.sub("", p) + tail for p in parts]
        return []


def _change(changes: Mapping[str, Any]) -> re.Pattern[str]:
    """Basis (同比, 环比, 较D), verb (增长, 下降) and number; the basis, or else the verb, may be missing."""
    adverbs = f"(?:{either(changes['adverbs'])})"
    same = rf"(?:\d{{4}}年|去年|上年)[^,{_DV}]{{0,6}}?同期"
    basis = (
        f"(?P<yoy>{either(changes['yoy'])})|(?P<previous>{either(changes['previous'])})"
        f"|(?:{either(changes['against'])})于?(?:(?P<base>{DATE})(?:末|底|同期)?|(?P<same>{same}))"
    )
    verbs = either([*changes["up"], *changes["down"]])
    return re.compile(
        f"(?:(?P<basis>{basis})(?:[^,{_DV}]{{0,10}}?[{_V}])?"
        f"(?:[^,{_DV}]{{0,8}}?(?:水平|规模|相比|相较|同期))?,?)?{adverbs}{{0,4}}"
        f"(?:(?P<verb>{verbs}){adverbs}{{0,3}}|(?<=[比期年]))(?P<value>[{_V}])"
    )


def _over(changes: Mapping[str, Any]) -> re.Pattern[str]:
    """The same with the basis behind the verb: 高于上月P."""
    return re.compile(
        f"(?P<verb>{either(changes['over'])})(?P<basis>(?P<yoy>{either(changes['yoy'])})"
        f"|(?P<previous>{either(changes['previous'])})|(?P<base>{DATE})(?:末|底|同期)?|(?P<same>\0))"
        f"(?:的?水平)?(?P<value>[{_V}])"
    )


_ASIDE = re.compile("按[^,]{2,8}?(?:计算|口径|计价|计)")
_AMONG = re.compile("^.*(?:等)?在内的")
_OF_DATE = re.compile(
    f"(?:截至|截止|自|从|在|于|到)?{DATE}(?:末|底|初|以来|期间|当季|当月|当年|全年|内|止|时|[、和及与]|的(?!{DATE}))*"
)


def fold(string: str, start: int, end: int, values: Sequence[ValueMention], without: frozenset[str]) -> list[Clause]:
    """The clauses of `string[start:end]`, folded. Quantities whose unit is in `without` stay as they are printed."""
    closed = [m.span() for m in _BRACKETS.finditer(string, start, end)]
    folded: list[Clause] = []
    letters: list[str] = []
    marks: dict[int, ValueMention] = {}
    begin = position = start

    def close(at: int) -> None:
        nonlocal letters, marks, begin
        if letters:
            folded.append(Clause("".join(letters), marks, begin, at))
        letters, marks, begin = [], {}, at + 1

    at = bisect_left(values, start, key=lambda v: v.start)
    bracket = 0
    while position < end:
        while at < len(values) and values[at].start < position:
            at += 1
        while bracket < len(closed) and closed[bracket][0] < position:
            bracket += 1
        if bracket < len(closed) and closed[bracket][0] == position:
            position = closed[bracket][1]
        elif at < len(values) and values[at].start == position and (mark := _mark(values[at], without)):
            marks[len(letters)] = values[at]
            letters.append(mark)
            position = values[at].end
        else:
            if _BREAK.match(string, position):
                close(position)
            else:
                letters.append(string[position])
                if len(letters) >= _LONGEST_CLAUSE:
                    close(position)
            position += 1
    close(end)
    return folded


def _mark(value: ValueMention, without: frozenset[str]) -> str | None:
    if value.kind in ("date", "period"):
        return DATE if value.value is not None else None
    if value.kind == "percent":
        return SHARE
    if value.kind == "amount" or (value.kind == "quantity" and (value.unit or "") not in without):
        return NUMBER
    return None


def printed(value: ValueMention) -> tuple[float | None, str]:
    """Number and unit as the text prints them: 8700 and 亿美元. The number is None for a range or 数百."""
    if value.kind != "amount":
        number = value.value if isinstance(value.value, float) else None
        return number, value.unit or ""
    m = _PRINTED.search(value.literal)
    amount = value.value
    if m is None or not isinstance(amount, Amount) or re.search(r"\d[^\d,.]+\d", value.literal):
        low = amount.low if isinstance(amount, Amount) and amount.low == amount.high else None
        return low, value.unit or ""
    unit = re.sub("[余多]", "", _TRAILING.sub("", m["unit"])).strip()
    if not any(c in unit for c in "元币镑铢朗盾") and value.unit:
        unit = f"{unit} {value.unit}".strip()
    return float(m["number"].replace(",", "")), unit


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words), key=lambda w: (-len(w), w)))


@lru_cache(maxsize=1)
def packaged() -> FigureWords:
    """The word lists that come with the package, read once."""
    return FigureWords.load()
