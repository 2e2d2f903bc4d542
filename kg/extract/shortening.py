"""Short and full forms of names, and whom a declared alias belongs to."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.analysis import Mention

__all__ = ["LEGAL", "STANDING", "TRADE", "is_short_of", "owner_of"]

LEGAL = re.compile(
    r"(?:\((?:集团|控股|中国)\))?(?:集团)?(?:股份|控股)?(?:有限责任公司|股份有限公司|有限公司|集团公司|总公司|公司|集团|株式会社|控股|股份)$"
)
"""The legal form that a company's name ends in."""
TRADE = re.compile(
    r"(?:科技|技术|网络|信息|软件|电子|智能|生物|医药|制药|药业|医疗|新能源|能源|汽车|通信|传媒|文化|教育|金融|投资|控股|实业|工业|集团|"
    r"网讯|计算机|系统|贸易|商贸|发展|管理|服务|咨询|工程|建设|机械|电器|股份|资本|创投|基金|新材料|材料|半导体|数据|互联网|"
    r"食品|饮料|乳业|地产|置业|物流|航空|保险|证券|银行|电力|环保|化工|石化|钢铁|国际|影业|游戏|娱乐|体育|旅游|健康|机器人|光电|微电子|设备|装备|"
    r"创业|产业|资产|股权|技|术)+$"
)
"""Words for a trade before the legal form."""
STANDING = frozenset(
    "公司 本公司 集团 本集团 上市公司 标的公司 目标公司 标的资产 甲方 乙方 丙方 买方 卖方 发行人 收购人 收购方 转让方 受让方 出让方 交易对方 "
    "交易标的 申请人 被申请人 原告 被告 本行 我行 本基金 基金 平台 项目公司 合资公司 子公司 控股股东 实际控制人 大会 峰会 论坛 本次大会 协议 本协议 "
    "框架协议 合作协议 项目 本项目 报告 本报告 系统 产品".split()
)
"""Words that an announcement declares as short for a name: they stand for it there, and are nobody's name."""
_PLACE = re.compile(
    r"^(?:中国|北京|上海|天津|重庆|深圳|广州|杭州|南京|苏州|成都|武汉|西安|厦门|青岛|宁波|大连|香港|台湾|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|"
    r"湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|[\u3400-\u9fff]{2,3}(?:省|市|县|区))(?:市|省)?"
)
_PRODUCT_REST = re.compile(
    r"[A-Za-z0-9 ]*[\u3400-\u9fff]{0,8}(?:芯片|处理器|服务器|大模型|模型|系统|平台|手机|机器人|数据库|引擎|OS|APP|项目|工程|计划|软件|汽车|疫苗|云服务|技术|卫星|火箭)$"
)


def is_short_of(short: str, full: str, type_: str) -> int | None:
    """Whether a name may be short for a longer one, as a rank: the lower, the closer; None where it may not.

    0 leaves off the legal form or the place, 1 the trade as well, 2 is a prefix or a selection of its letters.
    """
    if type_ == "Person":
        return 0 if "·" in full and full.rsplit("·", 1)[1] == short else None
    if type_ in ("Product", "Project", "Technology"):
        rest = full[len(short) :] if full.startswith(short) else None
        return 0 if rest and _PRODUCT_REST.fullmatch(rest) else None
    if type_ in ("Award", "Report", "Industry", "Technology", "Country", "Place"):
        return None
    legal = LEGAL.search(full)
    legal_short = LEGAL.search(short)
    if legal is not None and legal_short is not None and min(len(legal.group()), len(legal_short.group())) >= 4:
        return None  # two legal names are two companies
    core = LEGAL.sub("", full)
    bare = _PLACE.sub("", core)
    own = LEGAL.sub("", short)
    if own in (core, bare) or short in (core, bare):
        return 0
    if full.endswith(short) and _PLACE.fullmatch(full[: -len(short)]):
        return 0
    own_bare = _PLACE.sub("", own)
    stems = {TRADE.sub("", core), TRADE.sub("", bare)} - {""}
    if len(own) >= 2 and (own in stems or (own_bare in stems and len(own_bare) >= 2 and own_bare == own)):
        return 1
    if (
        legal is not None
        and len(legal.group()) >= 4
        and len(own) >= 2
        and (bare.startswith(own) or core.startswith(own))
    ):
        return 2
    if legal is not None and len(legal.group()) >= 4 and 3 <= len(own) <= 5 and _selects(own, core):
        return 3
    return None


def _selects(short: str, full: str) -> bool:
    """Whether the letters of `short` stand in `full` in their order, beginning with its first or its first behind a place."""
    for begin in {0, len(full) - len(_PLACE.sub("", full))}:
        rest = full[begin:]
        if not rest or rest[:2] != short[:2]:
            continue
        at = 0
        for letter in short:
            at = rest.find(letter, at) + 1
            if at == 0:
                break
        else:
            return True
    return False


def owner_of(mentions: Sequence[Mention], at: int, string: str) -> int | None:
    """The index of the mention whose alias is declared at an offset: right before it, or before the bracket it is in."""
    index = bisect_left(mentions, at, key=lambda m: m.start) - 1
    opened = string.rfind("(", max(0, at - 80), at)
    if opened >= 0 and ")" not in string[opened:at]:
        while index >= 0 and mentions[index].start > opened:
            index -= 1
        return index if index >= 0 and 0 <= opened - mentions[index].end <= 1 else None
    return index if index >= 0 and 0 <= at - mentions[index].end <= 3 else None
