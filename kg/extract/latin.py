"""Latin names in Chinese text: Seagen, JASM, John Holland. A capital and no Chinese around it say little more than that
it is a name; what stands beside it says of what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.analysis import Analysis

__all__ = ["LatinNames"]

_NAME = re.compile(
    r"(?<![A-Za-z0-9@#/.&-])(?P<name>(?:[A-Z][A-Za-z0-9&'.+-]*[A-Za-z0-9+]|[A-Z0-9][A-Z0-9]*[A-Z][A-Za-z0-9]*)"
    r"(?: (?:[A-Z][A-Za-z0-9&'.+-]*|of|and|the|de|&))*)(?![A-Za-z0-9])"
)
_BEFORE_THING = re.compile(
    "(?:推出|发布|上线|搭载|采用|基于|开源|自研的?|研发的?|开发的?|命名为|名为|新品|产品|芯片|模型|平台|系统|框架|车型|手机|软件|应用|游戏)了?的?$"
)
_AFTER_THING = re.compile(
    "^(?:系列)?(?:芯片|处理器|大?模型|平台|系统|手机|车型|相机|框架|软件|应用|服务器|显卡|数据库|引擎|机器人|无人机|疫苗|药物|单抗|算法|架构)"
    "|^由[^,。;]{1,20}(?:研发|开发|研制|制造|出品)|^(?:的)?量产|^开售"
)
_BEFORE_ORGANIZATION = re.compile(
    "(?:公司|企业|集团|品牌|厂商|巨头|机构|子公司|平台|独角兽|由|与|和|同|给|向|对|被|从|收购|并购|投资|入股|控股|领投|增持|起诉|旗下的?|、|及|获|自|脱离|为)$"
)
_AFTER_ORGANIZATION = re.compile(
    "^(?:领投|跟投|参投|收购|宣布|公司|集团|表示|称|完成|获|是|将|与|和|的|在|投资|旗下|总部|、|及|独立|上市|由|对|向|也|正式|担任|加入|同意)"
)


class LatinNames:
    """A recogniser; `words` are Latin words that name nothing (AI, CEO, GDP)."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words

    def __call__(self, analysis: Analysis) -> Iterator[Mention]:
        text = analysis.text
        for found in _NAME.finditer(text.string):
            name, (start, end) = found["name"], found.span("name")
            if len(name) < 2 or name.isdigit() or all(part in self._words for part in name.split()):
                continue
            before, after = text.string[max(0, start - 8) : start], text.string[end : end + 8]
            if _BEFORE_THING.search(before) or _AFTER_THING.search(after):
                yield Mention(start, end, text.surface[start:end], "Product", 0.55, "latin")
            elif _BEFORE_ORGANIZATION.search(before) or _AFTER_ORGANIZATION.search(after):
                yield Mention(start, end, text.surface[start:end], "Company", 0.55, "latin")
