"""Short and full forms of names, and whom a declared alias belongs to."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.analysis import Mention
    from kg.lexicon import Lexicon

__all__ = ["DECLARED", "LEGAL", "ShortForms", "owner_of"]

LEGAL = re.compile(
    r"(?:\((?:集团|控股|中国)\))?(?:集团)?(?:股份|控股)?"
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|总公司|公司|集团|株式会社|控股|股份)$"
)
"""The legal form that a company's name ends in."""
DECLARED = re.compile(
    r"(?:以下简称|以下合称|下称|以下称|简称为|简称|又称|又名|英文名称为|英文名为|英文名|英文简称|英文缩写|缩写为|缩写|原名|曾用名|中文名"
    r"|股票简称|证券简称)(?:为|是|:)?[“\"‘「『《]?"
)
"""What announces another name, up to where that name begins."""
_DISTRICT = re.compile(r"[\u3400-\u9fff]{2,3}(?:省|市|县|区)")
_UNSHORTENED = frozenset(("Award", "Report", "Industry", "Country", "Place"))


class ShortForms:
    """What names are shortened to, by the lexicon's lists of trades and places."""

    def __init__(self, lexicon: Lexicon) -> None:
        trades = sorted(lexicon.words("affixes", "trade"), key=len, reverse=True)
        things = sorted(lexicon.words("affixes", "things"), key=len, reverse=True)
        self._lexicon = lexicon
        self._trade = re.compile(f"(?:{'|'.join(map(re.escape, trades)) or '(?!)'})+$")
        self._rest = re.compile(
            rf"[A-Za-z0-9 ]{{0,12}}[\u3400-\u9fff]{{0,8}}(?:{'|'.join(map(re.escape, things)) or '(?!)'})"
        )
        self.standing = frozenset(lexicon.words("affixes", "standing"))
        """General words that are declared to stand for a name: 以下简称“公司”."""

    @staticmethod
    @lru_cache(maxsize=8)
    def of(lexicon: Lexicon) -> ShortForms:
        """The one of a lexicon, made once."""
        return ShortForms(lexicon)

    def without_place(self, name: str) -> str:
        """The name without the places that it begins with: 深圳市腾讯 → 腾讯."""
        rest = name
        while len(rest) > 2:
            length = next((n for n in range(min(7, len(rest) - 1), 1, -1) if self._is_place(rest[:n])), 0)
            if not length:
                break
            rest = rest[length:]
        return rest

    def _is_place(self, name: str) -> bool:
        known = self._lexicon.known_plain(name)
        if known is not None:
            return known[0].type in ("Place", "Country")
        return _DISTRICT.fullmatch(name) is not None

    def forms(self, full: str) -> list[str]:
        """What a full company name may be shortened to, longest first: 腾讯计算机系统, 腾讯."""
        core = LEGAL.sub("", full)
        bare = self.without_place(core)
        found = [core, bare, self._trade.sub("", bare), self._trade.sub("", core)]
        return [form for form in dict.fromkeys(found) if 2 <= len(form) < len(full)]

    def rank(self, short: str, full: str, type_: str) -> int | None:
        """Whether a name may be short for a longer one, as a rank: the lower, the closer; None where it may not.

        0 leaves off the legal form or the place, 1 the trade as well, 2 is a prefix, 3 a selection of its letters.
        """
        if type_ == "Person":
            return 0 if "·" in full and full.rsplit("·", 1)[1] == short else None
        if type_ in ("Product", "Project", "Technology"):
            return 0 if full.startswith(short) and self._rest.fullmatch(full, len(short)) else None
        if type_ in _UNSHORTENED:
            return None
        legal, own_legal = LEGAL.search(full), LEGAL.search(short)
        is_legal = legal is not None and len(legal.group()) >= 4
        if is_legal and own_legal is not None and len(own_legal.group()) >= 4:
            return None  # two legal names are two companies
        core, own = LEGAL.sub("", full), LEGAL.sub("", short)
        bare = self.without_place(core)
        if own in (core, bare) or short in (core, bare):
            return 0
        if full.endswith(short) and self.without_place(full) == short:
            return 0
        if len(own) < 2:
            return None
        if own_legal is not None and (legal is None or own_legal.group() not in legal.group()):
            return None  # 远东股份 is not 江西远东电池有限公司
        if own in (self._trade.sub("", core), self._trade.sub("", bare)):
            return 1
        if is_legal and (bare.startswith(own) or core.startswith(own)):
            return 2
        return 3 if is_legal and 3 <= len(own) <= 5 and (_selects(own, core) or _selects(own, bare)) else None


def _selects(short: str, full: str) -> bool:
    """Whether the letters of `short` stand in `full` in their order, beginning with the same two."""
    if full[:2] != short[:2]:
        return False
    at = 0
    for letter in short:
        at = full.find(letter, at) + 1
        if at == 0:
            return False
    return True


def owner_of(mentions: Sequence[Mention], at: int, string: str) -> int | None:
    """The mention (its index) whose alias is declared at an offset: right before it, or before the bracket it is in."""
    index = bisect_left(mentions, at, key=lambda m: m.start) - 1
    opened = string.rfind("(", max(0, at - 80), at)
    if opened >= 0 and ")" not in string[opened:at]:
        while index >= 0 and mentions[index].start > opened:
            index -= 1
        return index if index >= 0 and 0 <= opened - mentions[index].end <= 1 else None
    return index if index >= 0 and 0 <= at - mentions[index].end <= 3 else None
