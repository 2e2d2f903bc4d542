"""Names in places that only names stand in: things counted and then named one by one, and verbs glued to a name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.analysis import Analysis

__all__ = ["made_by", "named_one_by_one", "part_from_verbs", "short_places"]

_THING = "芯片|产品|车型|手机|模型|大模型|机型|新品|处理器|平台|系统|应用|软件|机器人|新车|药物|疫苗|游戏|服务|卫星|火箭|电池"
_SERIES = re.compile(
    rf"(?P<count>[两三四五六七八九十]|\d{{1,2}})(?:款|种|个|项|颗|类|大|枚)[^,。;:!?]{{0,12}}?(?:{_THING})"
    r"(?:分别|依次)?(?:是|为|叫|取名|命名为|名为)(?P<list>[^。;!?]{2,120})"
)
_COUNTS = "  两三四五六七八九十"
_STEP = re.compile(r"、|,?以及|和(?!谐)|及")
_OWN = re.compile(
    r"(?:^|的|是|为|[“\"「《])(?P<name>[\u3400-\u9fff]{2,5}|[A-Za-z][A-Za-z0-9.\- ]{1,14}[A-Za-z0-9])[”\"」》]?$"
)
_MADE_BY = re.compile(
    "[“「](?P<name>[^“”「」,。]{2,12})[”」],?(?:则|是|系)?由[^,。;]{2,60}?(?:开发|研发|研制|推出|打造|出品)"
)
_SHORT_PLACE = re.compile(
    "在(?P<name>[京沪津渝穗深杭])(?=召开|举行|举办|成立|揭牌|签署|签约|发布|开幕|圆满|启动|落户|揭幕|亮相)"
)
_SIDE = re.compile("(?:代表|由|经)(?P<name>[中美日俄英法德韩澳加印欧]方)(?=向)")
_GLUED = re.compile("(?P<name>.{2,12}?)(?:投资|控股|收购|入股)")
_NEXT = 20
_ORGANIZATIONS = frozenset(("Organization", "Company", "InvestmentFirm"))


def named_one_by_one(analysis: Analysis) -> Iterator[Mention]:
    """Products that a sentence counts and then names: 三款芯片分别为针对推理的甲、用于转码的乙以及面向网络的丙.

    Only where as many are named as were counted.
    """
    text = analysis.text
    for series in _SERIES.finditer(text.string):
        found: list[Mention] = []
        at = series.start("list")
        for part in _STEP.split(series["list"]):
            start = text.string.index(part, at) if part else at
            at = start + len(part)
            own = _OWN.search(part.rstrip(","))
            if own is not None and (own.start() > 0 or len(part) <= 5):
                lo, hi = start + own.start("name"), start + own.end("name")
                found.append(Mention(lo, hi, text.surface[lo:hi], "Product", 0.7, "series"))
        if len(found) == (_COUNTS.find(series["count"]) if series["count"] in _COUNTS else int(series["count"])):
            yield from found


def made_by(analysis: Analysis) -> Iterator[Mention]:
    """A quoted thing and who made it: “华智冰”,由三家机构联合开发."""
    text = analysis.text
    for found in _MADE_BY.finditer(text.string):
        lo, hi = found.span("name")
        yield Mention(lo, hi, text.surface[lo:hi], "Product", 0.7, "series")


def short_places(analysis: Analysis) -> Iterator[Mention]:
    """京 and 中方 where they can be nothing else: 在京召开, 代表中方向…提出 (where words would be cut 中 | 方向)."""
    for pattern, kind in ((_SHORT_PLACE, "Place"), (_SIDE, "Country")):
        for found in pattern.finditer(analysis.text.string):
            lo, hi = found.span("name")
            yield Mention(lo, hi, analysis.text.surface[lo:hi], kind, 0.8, "series")


def part_from_verbs(analysis: Analysis) -> None:
    """腾讯投资云端芯片企业燧原科技: where another organisation follows, the verb is no part of the name before it."""
    names = {m.name: m for m in analysis.mentions if m.type in _ORGANIZATIONS}
    string = analysis.text.string
    for i, mention in enumerate(analysis.mentions[:-1]):
        glued = _GLUED.match(mention.name)
        known = names.get(glued["name"]) if glued else None
        follows = analysis.mentions[i + 1]
        if known is None or follows.type not in _ORGANIZATIONS:
            continue
        between = string[mention.end : follows.start]
        if len(between) <= _NEXT and not re.search("[,。;:!?、和与及]", between):
            analysis.mentions[i] = replace(known, start=mention.start, end=mention.start + len(known.name))
