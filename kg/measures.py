"""Amounts of money, shares and quantities as Chinese news prints them: 近10亿美元, 数千万元, 12.5个百分点, 6.5万家.

**Bounds of an amount.** Nothing is invented: 近10亿 has only an upper bound, 逾10亿 and 10余亿 only a lower one,
约10亿 has both at 1e9 and is approximate. 数 and 几 stand for two to nine, so 数千万 lies between 2e7 and 1e8, and
十几亿 between 1.1e9 and 2e9. An order of magnitude without a number (千万元, 亿元级) lies between it and ten times it.

Units, currencies and the words that make bounds are data, in `ontology/patterns/values.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kg.model import Amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Measure", "MeasureGrammar", "either"]

Bound: TypeAlias = Literal["about", "below", "above", "least", "most"]
_BOUNDS: tuple[Bound, ...] = ("about", "below", "above", "least", "most")

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")
_RUN = re.compile("[零〇一二三四五六七八九十百千万亿两几数半]{1,16}")
_TO = re.compile(r"[—–\-~−]{1,2}|[至到]")
_PERCENT_WORDS = re.compile(
    r"百分之(?:(?P<n>\d{1,6}(?:\.\d{1,6})?)|(?P<c>[零〇一二三四五六七八九十百两]{1,5})(?:点(?P<f>[零〇一二三四五六七八九]{1,4}))?)"
)
_VALUE = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000}
_ORDER = re.compile("(?:十|百|千)?(?:万|亿)+|百|千")
_NO_COUNT = frozenset(("一", "半", "几", "数", "百", "千", "万", "亿"))
"""Before a unit these are words, not counts: 一家, 数字, 千万个."""
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class Measure:
    """What a number with its unit says. `start` may lie before the number (近, US$), `end` behind the unit (以上)."""

    start: int
    end: int
    kind: Literal["amount", "percent", "quantity"]
    value: float | Amount | None
    unit: str | None
    approximate: bool


@dataclass(slots=True)
class _Reading:
    """A number, its multiplier and its unit, before bounds are looked at."""

    end: int
    low: float | None
    high: float | None
    printed: float | None
    """The number as printed, without its multiplier."""
    multiplier: str = ""
    kind: str = ""
    unit: str = ""
    bound: Bound | None = None
    order: bool = False
    """An order of magnitude without a number."""


@dataclass(frozen=True, slots=True)
class MeasureGrammar:
    """The compiled grammar: immutable, shared."""

    multipliers: Mapping[str, float]
    currencies: Mapping[str, str]
    prefixes: Mapping[str, str]
    before: Mapping[str, Bound]
    not_before: tuple[str, ...]
    after: Mapping[str, Bound]
    not_after: tuple[str, ...]
    large: frozenset[str]
    unit_not_after: Mapping[str, tuple[str, ...]]
    tail: re.Pattern[str]
    scale: re.Pattern[str]
    prefix: re.Pattern[str]
    prefix_last: frozenset[str]
    suffix: re.Pattern[str]
    tenths: re.Pattern[str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> MeasureGrammar:
        """Compile the tables of values.toml. Raises KeyError, TypeError or ValueError where they are wrong."""
        multipliers = {str(k): float(v) for k, v in data["multipliers"].items()}
        currencies = {str(k): str(v) for k, v in data["currencies"].items()}
        prefixes = {str(k): str(v) for k, v in data["currency_prefixes"].items()}
        before = {str(k): _bound(v) for k, v in data["bounds"]["before"].items()}
        after = {str(k): _bound(v) for k, v in data["bounds"]["after"].items()}
        quantities = data["quantities"]
        units = [*quantities["units"], *quantities["durations"], *quantities["large"]]
        latin = [w for w in multipliers if w[0] in _LATIN]
        latin_units = [u for u in units if u[-1] in _LATIN]
        chinese_units = [u for u in units if u[-1] not in _LATIN]
        latin_money = [c for c in currencies if c[-1] in _LATIN]
        chinese_money = [c for c in currencies if c[-1] not in _LATIN]
        scale = rf"{either(w for w in multipliers if w not in latin)}| ?(?:{either(latin)})(?![A-Za-z])"
        tail = re.compile(
            rf"(?P<some>[余多来几])?(?P<m>{scale})?(?P<more>[余多])?(?:"
            r"(?P<pct>%|(?:个)?百分点|pp(?![A-Za-z]))"
            rf"|(?P<level>级)?(?P<cur>(?:{either(latin_money)})(?![A-Za-z])|{either(chinese_money)})(?P<level2>级)?"
            r"|(?P<funding>级)(?=[^,。、;]{0,6}(?:融资|投资|轮))"
            rf"| ?(?P<unit>{either(latin_units)})(?![A-Za-z])|(?P<unit2>{either(chinese_units)}))"
        )
        bounds, money = either(before), either(prefixes)
        prefix = re.compile(rf"(?P<one>{bounds})?(?:(?P<cur>{money}) ?)?(?P<two>{bounds})?$")
        last = frozenset(w[-1] for w in (*before, *prefixes)) | {" "}
        not_cheng = "".join(data["percent"]["not_after_cheng"])
        tenths = re.compile(
            rf"(?P<n>[一二两三四五六七八九1-9])成(?P<half>半|[一二三四五六七八九](?!成))?(?![{re.escape(not_cheng)}])"
        )
        return cls(
            multipliers,
            currencies,
            prefixes,
            before,
            tuple(data["bounds"]["not_before"]),
            after,
            tuple(data["bounds"]["not_after"]),
            frozenset(quantities["large"]),
            {str(k): tuple(v) for k, v in quantities["not_after"].items()},
            tail,
            re.compile(scale),
            prefix,
            last,
            re.compile(either(after)),
            tenths,
        )

    def match(self, string: str, at: int, floor: int = 0) -> Measure | None:
        """The measure whose number begins at `at`; nothing before `floor` is taken into it."""
        letter = string[at]
        if letter == "百" and string.startswith("百分之", at):
            return self._percent_words(string, at, floor)
        if (m := self.tenths.match(string, at)) and (at == 0 or string[at - 1] not in "第.0123456789"):
            value = 10.0 * _tenth(m["n"]) + (5.0 if m["half"] == "半" else float(_tenth(m["half"]) if m["half"] else 0))
            return self._percent(string, at, m.end(), value, floor)
        first = self._reading(string, at)
        if first is None:
            return None
        if (to := _TO.match(string, first.end)) and to.end() < len(string):
            begins = string[to.end()].isdigit() or (not letter.isdigit() and string[to.end()] in _VALUE)
            second = self._reading(string, to.end()) if begins else None
            if second is not None and (made := self._range(string, at, first, second, floor)):
                return made
        if not first.kind and not (first.multiplier and letter.isdigit()):
            return None
        return self._single(string, at, first, floor)

    # -- reading -----------------------------------------------------------------------------------------------------

    def _reading(self, string: str, at: int) -> _Reading | None:
        m = _NUMBER.match(string, at)
        if m is not None:
            number = float(m[0].replace(",", ""))
            made = self._with_tail(string, m.end(), number)
            if made is None:
                some = string[m.end() : m.end() + 1] in ("余", "多", "来", "几")
                scale = self.scale.match(string, m.end() + some)
                if scale is None:
                    return _Reading(m.end(), number, number, number)
                multiplier = scale[0].strip()
                if multiplier in ("亿", "万亿") and (made := self._compound(string, scale.end(), number, multiplier)):
                    return made
                value = round(number * self.multipliers[multiplier], 4)
                more = string[scale.end() : scale.end() + 1] in ("余", "多")
                bound: Bound | None = "above" if some or more else None
                return _Reading(scale.end() + more, value, value, number, multiplier, bound=bound)
            return made
        run = _RUN.match(string, at)
        if run is None:
            return None
        text = run[0]
        for end in (len(text), len(text) - 1):
            if end > 0 and (spoken := _spoken(text[:end])) and (made := self._with_tail(string, at + end, *spoken)):
                few = made.kind == "money" and made.low is not None and made.low < 100
                return None if few or (made.kind == "unit" and text[:end] in _NO_COUNT) else made
        return None

    def _with_tail(
        self,
        string: str,
        at: int,
        number: float | None,
        high: float | None = None,
        multiplier: str = "",
        order: bool = False,
    ) -> _Reading | None:
        m = self.tail.match(string, at)
        if m is None:
            return None
        told = (m["m"] or "").strip() or multiplier
        factor = self.multipliers.get(told, 1.0) if told else 1.0
        if m["m"] and multiplier:
            return None
        low = None if number is None else round(number * factor, 4)
        top = low if high is None else round(high * factor, 4)
        bound: Bound | None = "above" if m["some"] or m["more"] else None
        unit = m["unit"] or m["unit2"] or ""
        level = bool(m["level"] or m["level2"] or m["funding"])
        if m["pct"]:
            if told or order:
                return None
            return _Reading(m.end(), low, top, number, "", "%" if m["pct"] == "%" else "pp", m["pct"], bound)
        if m["cur"] or m["funding"]:
            currency = m["cur"] or "元"
            if string.startswith(self.unit_not_after.get(currency, ()), m.end()) and currency in self.unit_not_after:
                return None
            if m["funding"] and not told:
                return None
            if level and bound is None and low == top:
                order, bound = order or number == 1, None if order or number == 1 else "about"
            return _Reading(m.end(), low, top, number, told, "money", currency, bound, order)
        if order:
            return None
        words = self.unit_not_after.get(unit, ())
        if words and string.startswith(words, m.end()):
            return None
        if unit in self.large and (number is None or number < 100 or told):
            return None
        return _Reading(m.end(), low, top, number, told, "unit", unit, bound)

    def _compound(self, string: str, at: int, number: float, multiplier: str) -> _Reading | None:
        """2亿5000万元: the second number goes on where the first stops."""
        m = _NUMBER.match(string, at)
        if (
            m is None
            or (rest := self._with_tail(string, m.end(), float(m[0].replace(",", "")))) is None
            or rest.low is None
        ):
            return None
        if rest.kind == "%" or "万" not in rest.multiplier or rest.low >= self.multipliers[multiplier]:
            return None
        value = number * self.multipliers[multiplier] + rest.low
        return _Reading(
            rest.end, value, value, value / self.multipliers[multiplier], multiplier, rest.kind, rest.unit, rest.bound
        )

    # -- bounds ------------------------------------------------------------------------------------------------------

    def _around(self, string: str, at: int, floor: int) -> tuple[int, Bound | None, str | None]:
        """Where the measure begins, the bound that a word before it makes, and the currency told before it."""
        if at == floor or string[at - 1] not in self.prefix_last:
            return at, None, None
        low = max(floor, at - 8)
        m = self.prefix.search(string[low:at])
        if m is None or not m[0]:
            return at, None, None
        bound, start = None, at
        if m["two"] and not string.endswith(self.not_before, 0, at):
            bound, start = self.before[m["two"]], at - len(m["two"])
        if m["cur"] and (start < at or not m["two"]):
            start = low + m.start("cur")
            if m["one"] and not string.endswith(self.not_before, 0, start):
                bound, start = bound or self.before[m["one"]], low + m.start("one")
            return start, bound, self.prefixes[m["cur"]]
        if m["one"] and not m["cur"] and not m["two"] and not string.endswith(self.not_before, 0, at):
            return low + m.start("one"), self.before[m["one"]], None
        return start, bound, None

    def _behind(self, string: str, end: int) -> tuple[int, Bound | None]:
        if end < len(string) and (m := self.suffix.match(string, end)) and not string.startswith(self.not_after, end):
            return m.end(), self.after[m[0]]
        return end, None

    def _single(self, string: str, at: int, reading: _Reading, floor: int) -> Measure | None:
        start, bound, currency = self._around(string, at, floor)
        end, later = self._behind(string, reading.end)
        bound = bound or later or reading.bound
        if reading.kind in ("%", "pp"):
            return self._percent(string, at, reading.end, reading.printed, floor, reading.kind, reading.bound)
        sign = _sign(string, at) if start == at else 1
        if sign < 0:
            start -= 1
        if reading.kind == "money" or (currency and reading.kind == ""):
            return self._amount(string, start, end, reading, bound, currency, sign)
        if currency is not None:
            return None
        if reading.kind == "" and reading.multiplier[-1:] not in ("万", "亿"):
            return None
        if reading.order or (
            reading.kind == "" and string[reading.end : reading.end + 1].isalnum() and string[reading.end] in _LATIN
        ):
            return None
        if start == at and at and string[at - 1] == "第":
            return None
        value = None if reading.printed is None or reading.low != reading.high else sign * reading.printed
        approximate = bound not in (None, "least", "most") or reading.low != reading.high
        return Measure(start, end, "quantity", value, reading.multiplier + reading.unit, approximate)

    def _amount(
        self,
        string: str,
        start: int,
        end: int,
        r: _Reading,
        bound: Bound | None,
        currency: str | None,
        sign: int = 1,
        exact: bool = False,
    ) -> Measure | None:
        low, high = r.low, r.high
        if r.order and bound is None:
            if low is None or (low < 1e6 and "级" not in string[start:end]):
                return None
            if start and string[start - 1] in ":位(/":
                return None
            high = low * 10
        if low is not None and high is not None and sign < 0:
            low, high = -high, -low
        approximate = bound in ("about", "below", "above") or (low != high and not exact)
        if bound in ("below", "most"):
            low = None
        elif bound in ("above", "least") and low == high:
            high = None
        code = currency or self.currencies[r.unit]
        return Measure(start, end, "amount", Amount(string[start:end], low, high, code, approximate), code, approximate)

    def _range(self, string: str, at: int, first: _Reading, second: _Reading, floor: int) -> Measure | None:
        if not second.kind and not second.multiplier:
            return None
        if first.kind not in ("", second.kind) or first.printed is None or second.low is None:
            return None
        low = first.low
        bare = not first.multiplier and not first.kind and second.multiplier and second.printed is not None
        if bare and (first.printed < 10 or first.printed < (second.printed or 0)):
            low = first.printed * self.multipliers[second.multiplier]
        if low is None or second.high is None or low >= second.high or (second.unit == "年" and second.high > 999):
            return None
        start, bound, currency = self._around(string, at, floor)
        end, later = self._behind(string, second.end)
        if second.kind == "money" or (currency and second.kind == ""):
            joined = _Reading(second.end, low, second.high, None, second.multiplier, "money", second.unit)
            return self._amount(string, start, end, joined, bound or later, currency, exact=True)
        if second.kind in ("%", "pp"):
            return Measure(start, end, "percent", None, second.kind, True)
        if not second.kind:
            return None
        return Measure(start, end, "quantity", None, second.multiplier + second.unit, True)

    def _percent_words(self, string: str, at: int, floor: int) -> Measure | None:
        m = _PERCENT_WORDS.match(string, at)
        if m is None:
            return None
        if m["n"]:
            value: float | None = float(m["n"])
        else:
            spoken = _spoken(m["c"])
            value = spoken[0] if spoken and spoken[1] is None else None
            if value is not None and m["f"]:
                value += float("0." + "".join(str(_VALUE[c]) for c in m["f"]))
        return None if value is None else self._percent(string, at, m.end(), value, floor)

    def _percent(
        self,
        string: str,
        at: int,
        end: int,
        value: float | None,
        floor: int,
        unit: str = "%",
        bound: Bound | None = None,
    ) -> Measure:
        start, told, _ = self._around(string, at, floor)
        end, later = self._behind(string, end)
        if start == at and value is not None and _sign(string, at) < 0:
            start, value = at - 1, -value
        bound = told or later or bound
        return Measure(start, end, "percent", value, unit, bound in ("about", "below", "above"))


def _sign(string: str, at: int) -> int:
    """-1 where a minus stands before the number and no range or hyphened name does."""
    if at and string[at - 1] in "-−" and (at == 1 or not (string[at - 2].isascii() and string[at - 2].isalnum())):
        return 1 if at > 1 and string[at - 2] in "%元%)-—~万亿年月日" else -1
    return 1


def _tenth(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() else _VALUE[text]


def _spoken(text: str) -> tuple[float | None, float | None, str, bool] | None:
    """A number in Chinese numerals: low, high (None: the same), multiplier, whether it is an order of magnitude only.

    The trailing 万 or 亿 is given apart, since it is printed with the unit (五百万辆).
    """
    vague = re.fullmatch("(?P<ten>十)?[几数](?P<m>[十百千]?)(?P<big>万亿|万|亿)?", text)
    if vague:
        unit = _SCALE.get(vague["m"], 1)
        if vague["ten"]:
            return (None if unit > 1 else 11.0), (None if unit > 1 else 20.0), vague["big"] or "", False
        return 2.0 * unit, 10.0 * unit, vague["big"] or "", False
    if _ORDER.fullmatch(text):
        big = text[-1] if text[-1] in "万亿" else ""
        if text.endswith("万亿"):
            big = "万亿"
        rest = text[: len(text) - len(big)]
        return float(_SCALE.get(rest, 1)), None, big, True
    if "几" in text or "数" in text or (text != "半" and "半" in text):
        return None
    if text == "半":
        return 0.5, None, "", False
    big = "万亿" if text.endswith("万亿") else text[-1] if text[-1] in "万亿" else ""
    value = _whole(text[: len(text) - len(big)] if big else text)
    return None if value is None else (value, None, big, False)


def _whole(text: str) -> float | None:
    """The number that Chinese numerals spell, 一百二十三万四千 being 1 234 000; None where they spell none."""
    if not text:
        return None
    total = section = digit = 0
    last = 10**9
    for c in text:
        if c in _VALUE:
            if digit and c not in "零〇":
                return None
            digit = _VALUE[c]
        elif c in _SCALE:
            if _SCALE[c] >= last:
                return None
            last = _SCALE[c]
            section += (digit or 1) * last
            digit = 0
        else:
            total = (total + section + digit) * (10**4 if c == "万" else 10**8)
            section = digit = 0
            last = 10**9
    return float(total + section + digit)


def _bound(word: object) -> Bound:
    for bound in _BOUNDS:
        if word == bound:
            return bound
    raise ValueError(f"no bound {word!r}; use one of {', '.join(_BOUNDS)}")


def either(words: Iterable[str]) -> str:
    """A pattern of literals, longest first."""
    return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w)))
