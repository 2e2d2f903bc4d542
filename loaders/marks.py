"""What the beginning of a line says about it: brackets, bullets, numbers, `来源：` and the like."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.letters import simplify

__all__ = ["Mark", "flash", "is_meta", "read_mark", "read_meta"]

_LONGEST_MARKED = 200
"""How far into a line marks are looked for; what is longer is no head, but may be a numbered paragraph."""
_NUMERALS = "一二三四五六七八九十"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("【】", re.compile(r"[【〔［〖]\s*(?P<label>[^【】〔〕［］〖〗]{1,60}?)\s*[】〕］〗]")),
    ("【】…", re.compile(r"[【〔［〖]\s*(?P<tag>[^【】〔〕［］〖〗]{1,6}?)\s*[】〕］〗]\s*(?P<label>\S.*)")),
    ("[]", re.compile(r"\[\s*(?P<label>[^\[\]\d][^\[\]]{0,59}?)\s*\]")),
    ("bold", re.compile(r"(?:\*\*|__)\s*(?P<label>.+?)\s*(?:\*\*|__)")),
    ("rule", re.compile(r"[-—–=~·*]{2,}\s*(?P<label>[^-—–=~·*].*?)\s*[-—–=~·*]{2,}")),
    ("1.", re.compile(r"(?P<number>\d{1,3})\s*(?:[、．)）]|\.(?!\d))\s*(?P<label>\S.*)")),
    ("一、", re.compile(rf"(?:第?(?P<chinese>[{_NUMERALS}]{{1,3}})(?:[、．.]|部分[：:、]?))\s*(?P<label>\S.*)")),
    ("（一）", re.compile(rf"[（(](?P<chinese>[{_NUMERALS}]{{1,3}})[)）]\s*(?P<label>\S.*)")),
    ("（1）", re.compile(r"[（(](?P<number>\d{1,2})[)）]\s*(?P<label>\S.*)")),
    ("①", re.compile(r"(?P<circled>[①-⑳])\s*(?P<label>\S.*)")),
    ("01", re.compile(r"(?P<number>0\d)\s+(?P<label>\S.*)")),
)
_HASHES = re.compile(r"(?P<hashes>#{1,6})\s*(?P<label>[^#\s].*?)\s*#*")
_BULLET = re.compile(r"(?P<bullet>[■█▌▍▎▶►◆◇●○◎★☆▲△※□◼▪➤✦❖•∎])\s*(?P<label>\S.*)")
_FLASH = re.compile(r"[【〔［〖]\s*(?P<label>[^【】〔〕［］〖〗]{7,100}?)\s*[】〕］〗]")

_META = re.compile(
    r"[（(【\[]?\s*(?P<key>本文来源|信息来源|文章来源|原文链接|原文地址|来源|链接|网址|原文|作者|记者|通讯员|撰文|撰稿|编辑|责任编辑|责编|"
    r"编审|审核|校对|主办|主办单位|承办|编印|发布时间|发布日期|发表时间|发布于|时间|日期|栏目|分类|标签|关键词|图源|题图|"
    r"[Ss]ource|[Dd]ate|[Pp]ublished|[Aa]uthor|[Ll]ink|URL|url|[Ss]ection)\s*[:：]\s*(?P<value>.*?)\s*[）)】\]]?"
)
_NOTICE = re.compile(
    r"https?://\S+|www\.\S+|[（(][^（()）]{1,40}[）)]|[-—–\s(（]*(?:完|END|[Ee]nd)[-—–\s)）]*|(?:图|表)\s*\d+.*|.*(?:版权所有|©|扫码|二维码).*|.{0,16}第\s?\d{1,4}\s?期(?:[\s（(总第期）)\d年月日-]*)|(?:本期)?(?:目录|导读|要目)|CONTENTS|Contents"
)
_DATE_LINE = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?|\s*月)?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?"
    r"(?:\s*(?:星期|周)[一二三四五六日天])?(?:\s*(?:来源|作者|编辑|第)\s*.{0,40})?"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a line is marked as a head, and where its own words stand in it."""

    style: str
    """Equal for heads of one rank: `【】`, `##`, `■`, `1.` …; empty for a line without a mark."""
    number: int | None
    start: int
    end: int
    """Offsets of the words into the line's text."""
    tag: str | None = None
    """The word in brackets before them (【融资】…)."""


def read_mark(text: str) -> Mark:
    """The marks around a line's words, from the outside in (`## 1. 标题`)."""
    style, number, tag, start, end = "", None, None, 0, min(len(text), _LONGEST_MARKED)
    while True:
        found = None
        if (match := _HASHES.fullmatch(text, start, end)) and not style:
            found = match["hashes"]
        elif match := _BULLET.fullmatch(text, start, end):
            found = match["bullet"]
        else:
            for name, pattern in _PATTERNS:
                if match := pattern.fullmatch(text, start, end):
                    found = name
                    break
        if match is None or found is None:
            return Mark(style, number, start, end if end < _LONGEST_MARKED else len(text), tag)
        style += found
        groups = match.groupdict()
        tag = groups.get("tag") or tag
        if groups.get("number"):
            number = int(groups["number"])
        elif groups.get("chinese"):
            number = _numeral(groups["chinese"])
        elif groups.get("circled"):
            number = ord(groups["circled"]) - ord("①") + 1
        start, end = match.span("label")


def _numeral(text: str) -> int:
    if "十" not in text:
        return _NUMERALS.index(text[0]) + 1
    tens, _, ones = text.partition("十")
    return 10 * (_NUMERALS.index(tens) + 1 if tens else 1) + (_NUMERALS.index(ones) + 1 if ones else 0)


def flash(text: str, at: int) -> re.Match[str] | None:
    """A title in brackets that the body follows in the same line (【标题】某社3日电，…), from offset `at` on.

    The title may run over lines.
    """
    return _FLASH.match(text, at)


def is_meta(text: str) -> bool:
    """Whether a line is about the text rather than part of it: source, author, address, date, caption, notice."""
    if len(text) > _LONGEST_MARKED:
        return False
    simple = simplify(text)
    return any(pattern.fullmatch(simple) for pattern in (_META, _NOTICE, _DATE_LINE))


def read_meta(text: str) -> tuple[str, str] | None:
    """Key, in simplified and small letters, and value of a line such as `來源：新華社`."""
    match = _META.fullmatch(simplify(text[: _LONGEST_MARKED + 1]))
    return (match["key"].lower(), text[match.start("value") : match.end("value")]) if match else None
