"""Names in places that only names stand in: things counted and then named one by one, and verbs glued to a name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.analysis import Analysis

__all__ = ["filled_in", "made_by", "named_one_by_one", "part_from_verbs", "short_places"]

_THING = (
    "芯片|产品|车型|手机|模型|大模型|机型|新品|处理器|平台|系统|应用|软件|机器人|新车|药物|疫苗|游戏|服务|卫星|火箭"
    "|电池"
)
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
_BETWEEN = re.compile(
    "、(?P<name>(?![^、和及与]*(?:的|了|在|为|等|将|于|及其|其他|第[一二三]|公司名))"
    "[\u4e00-\u9fffA-Za-z0-9·.& -]{2,12}?)(?:、|和|及|以及|与)"
)
_AT = re.compile("(?:在|位于|设于|设在|地处|落户|坐落于|总部在)$")
_SEAT = re.compile("总部(?:位于|设在|设于)(?P<name>[\u4e00-\u9fff]{2,5}?)(?=的|[,。;、)]|$)")
_HEAD = re.compile("(?:初创|头部|龙头|独角兽|上市)?(?:企业|公司|厂商|巨头|独角兽|服务商|平台|品牌|开发商|制造商)")
_TOWN = re.compile(
    "(?P<name>(?!首都|境内|市场|总部|国内|本土|上市|设立|建立|成立|推出|发布|举行|召开|各地|当地|全境|西部|东部|南部|北部|政府|法院)"
    "[\u4e00-\u9fff]{2,5}?)(?=举行|召开|举办|开幕|的|[,。;、)]|$)"
)
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


def _describes(analysis: Analysis, index: int) -> bool:
    """Whether a guess at a company only says what the company behind it does: AI芯片企业燧原科技."""
    mention = analysis.mentions[index]
    if mention.by != "context" or mention.type != "Company" or index + 1 == len(analysis.mentions):
        return False
    follows = analysis.mentions[index + 1]
    between = analysis.text.string[mention.end : follows.start]
    return follows.type in _ORGANIZATIONS and _HEAD.fullmatch(between) is not None


def filled_in(analysis: Analysis, organizations: frozenset[str], foreign: frozenset[str]) -> list[Mention]:
    """Names that their neighbours give away, in order with all others: a company between companies in a list
    (华为、大唐移动、诺基亚), a town behind its country (总部位于智利圣地亚哥).

    `organizations` are the classes whose names a list may be of, `foreign` the letters that foreign names are written
    with.
    """
    string, surface = analysis.text.string, analysis.text.surface
    found: list[Mention] = []
    analysis.mentions = [m for i, m in enumerate(analysis.mentions) if not _describes(analysis, i)]
    for i, mention in enumerate(analysis.mentions):
        after = analysis.mentions[i + 1] if i + 1 < len(analysis.mentions) else None
        if mention.type in organizations and after is not None and after.type in organizations:
            listed = _BETWEEN.fullmatch(string, mention.end, after.start)
            if listed is not None:
                kind = mention.type if mention.type == after.type else "Company"
                lo, hi = listed.span("name")
                found.append(Mention(lo, hi, surface[lo:hi], kind, 0.65, "list"))
        elif mention.type == "Country" and _AT.search(string, max(0, mention.start - 4), mention.start):
            town = _TOWN.match(string, mention.end)
            free = town is not None and (after is None or after.start >= town.end("name"))
            if town is not None and free and foreign.issuperset(town["name"]):
                lo, hi = town.span("name")
                found.append(Mention(lo, hi, surface[lo:hi], "Place", 0.65, "list"))
    taken = {m.start for m in (*analysis.mentions, *found)}
    for seat in _SEAT.finditer(string):
        lo, hi = seat.span("name")
        if taken.isdisjoint(range(lo, hi)):
            found.append(Mention(lo, hi, surface[lo:hi], "Place", 0.65, "list"))
    return sorted((*analysis.mentions, *found), key=lambda m: m.start)
