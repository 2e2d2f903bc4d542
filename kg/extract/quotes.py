"""Names in quotation and title marks: 《…报告》, “…”项目, “…”赛道."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.words import Words

__all__ = ["quoted_names"]

_TITLED = re.compile(r"《([^《》\n]{1,80})》")
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』\n]{1,60})[”\"」』]")

_AGREEMENT = re.compile(r"(?:协定|公约|条约|议定书|宪章|宣言)(?:\([^()]{1,10}\))?$")
_DEAL = re.compile(r"(?:协议|备忘录|协议书|合同|意向书|合作框架|框架协议)(?:\([^()]{1,10}\))?$")
_PAPER = re.compile(
    r"(?:报|日报|晚报|时报|周刊|周报|月刊|杂志|网|早报|晨报|都市报|评论|快报|新闻|财经|学报|通讯|新闻周刊|人物|商业评论)$"
)
_PAPERWORK = re.compile(
    r"(?:议案|公告|函|通知书|预案|草案|决定书|报告书|通知单|起诉状|传票|裁决书|确认书|申请书|判决书|裁定书|合同|委托书|提案|文书|章程|事项)(?:\([^()]{1,12}\))*$"
)
_PLAIN_DEAL = re.compile(
    r"(?:股权|股份|股票|资产|增资|扩股|转让|收购|购买|出售|框架|合作|战略|项目|意向|补充|变更|借款|投资|认购|委托|担保|质押|抵押|租赁|许可|商标|技术|服务"
    r"|采购|购销|盈利|补偿|表决权|一致行动|业绩|承诺|及|和|之|与|发行|支付|现金|股东|协议|书|合同|备忘录|意向|执行|转债|改造|关于|解除|终止|的)+"
)
"""An agreement that only says what kind it is."""
_PAPER_CONTEXT = re.compile(r"(?:杂志|记者|报道|期刊|网站|社论|专访|采访|报|刊文|刊登|撰文|援引|评选|公布的|发布的)")
_PLAY_BEFORE = re.compile(
    r"(?:电影|影片|游戏|手游|端游|网游|电视剧|剧集|网剧|综艺|节目|动画|动漫|小说|歌曲|专辑|纪录片|栏目|真人秀|大片|著作|一书|新书|连续剧|续作|IP|漫画|网文|作品)$"
)
_PLAY_AFTER = re.compile(r"(?:游戏|手游|电影|剧组|票房|上映|公测|热播|手机游戏|动画|节目|小说|一书|系列)")

_AFTER = re.compile(
    r"等?(?:这一|这个|这款|系列|国家|重大|全球|重点|专项|科研|示范)?"
    r"(?P<noun>项目|工程|计划|行动|课题|成果|赛道|行业|领域|产业|奖项|奖章|奖|称号|大奖|大会|论坛|峰会|年会|大赛|研讨会|发布会|"
    r"研究院|实验室|联盟|协会|公司|集团|平台|系统|品牌|产品|芯片|处理器|大模型|模型|机器人|手机|服务器|数据库|操作系统|解决方案|联合解决方案|方案|软件|APP|App|应用|小程序|引擎|框架|技术|算法|服务|卫星|火箭|汽车|车型|电池|疫苗|药物|品牌|商标|号)"
)
_VAGUE = frozenset(
    ("产品", "方案", "解决方案", "品牌", "服务", "应用", "技术", "模型", "号", "行动", "工程", "计划", "项目", "概念")
)
"""Behind an ordinary word in quotation marks these make no name of it."""
_NOUN_CLASS = {
    "Project": "项目 工程 计划 行动 课题 成果",
    "Industry": "赛道 行业 领域 产业",
    "Award": "奖项 奖章 奖 称号 大奖",
    "Conference": "大会 论坛 峰会 年会 大赛 研讨会 发布会",
    "ResearchInstitute": "研究院 实验室",
    "Association": "联盟 协会",
    "Company": "公司 集团",
    "Technology": "技术 算法",
}
_CLASS_OF_NOUN = {noun: cls for cls, nouns in _NOUN_CLASS.items() for noun in nouns.split()}
_OWN_ENDING = re.compile(
    r"(?P<Project>项目|工程|计划|关键技术(?:及(?:其)?[^,。]{0,8}应用)?)$|(?P<Award>奖|称号|金奖|大奖)$|(?P<Conference>大会|论坛|峰会|年会|博览会|大赛)$|"
    r"(?P<Product>平台|系统|大模型|芯片|处理器|机器人|解决方案|服务器|数据库|引擎|操作系统|APP|App|一体机|小程序|OS)$|"
    r"(?P<Report>报告|白皮书|蓝皮书|规划|纲要)$|(?P<Agreement>协定|公约|条约)$|(?P<Company>有限公司|集团)$"
)
_AWARDING = re.compile(
    r"(?:荣获|获得|获评|获|获颁|入选|颁发|评为|评选为|授予|摘得|斩获|当选)(?:了)?(?:[^,。“”]{0,16})$"
)
_MAKING = re.compile(
    r"(?:推出|发布|研发|开发|上线|打造|自研|研制|推广|旗下|名为|命名为|代号|产品|芯片|平台|系统|品牌|联手推出)(?:了|的|出|为)?(?:[^,。“”]{0,14}的?)$"
)
_SPOKEN = re.compile(r"(?:表示|说|称|指出|认为|强调|坦言|写道)[,:]?$")


def quoted_names(words: Words) -> Iterator[Mention]:
    """Names that stand between marks, without the marks."""
    string = words.string
    for found in _TITLED.finditer(string):
        start, end = found.span(1)
        cls, confidence = _work(string, found.start(), found.end(), found[1])
        yield Mention(start, end, found[1], cls, confidence, "title-mark")
    for found in _QUOTED.finditer(string):
        made = _quoted(string, found, _is_ordinary(words, *found.span(1)))
        if made is not None:
            yield made


def _work(string: str, start: int, end: int, name: str) -> tuple[str, float]:
    """The class of what stands in title marks."""
    if _AGREEMENT.search(name):
        return "Agreement", 0.9
    before, after = string[max(0, start - 12) : start], string[end : end + 8]
    if _PAPER.search(name) and len(name) <= 12:
        return "Organization", 0.85
    if _PAPER_CONTEXT.match(after) and len(name) <= 12:
        return "Organization", 0.7
    if _PAPERWORK.search(name):
        # What is named inside counts, not the paper.
        return "Report", 0.3
    if _DEAL.search(name):
        return "Agreement", 0.3 if len(name) >= 30 or _PLAIN_DEAL.fullmatch(name) else 0.7
    if _PLAY_BEFORE.search(before) or _PLAY_AFTER.match(after):
        return "Product", 0.75
    return "Report", 0.85 if len(name) > 6 else 0.6


def _is_ordinary(words: Words, start: int, end: int) -> bool:
    """Whether the text holds nothing but a few ordinary words: “重磅”, “白衣骑士”."""
    if end - start > 4:
        return False
    index = words.at(start)
    while index < len(words.words) and words.starts[index] < end:
        if words.kinds[index] >= Kind.LETTER:
            return False
        index += 1
    return True


def _quoted(string: str, found: re.Match[str], ordinary: bool) -> Mention | None:
    name = found[1]
    start, end = found.span(1)
    if len(name) < 2 or name.isdigit() or any(mark in name for mark in "。!?;") or ("+" in name and len(name) > 12):
        return None
    before = string[max(0, found.start() - 24) : found.start()]
    if _SPOKEN.search(before):
        return None
    noun = _AFTER.match(string, found.end())
    if noun is not None:
        cls = _CLASS_OF_NOUN.get(noun["noun"], "Product")
        if cls in ("ResearchInstitute", "Association", "Company", "Conference"):
            # The noun belongs to the name, marks or not.
            return Mention(start, end, name, cls, 0.6, "quote") if len(name) <= 16 else None
        if ordinary and noun["noun"] in _VAGUE:
            return None
        confidence = 0.9 if cls == "Project" else 0.75
        if cls in ("Product", "Technology", "Industry") and ("," in name or len(name) > 30):
            confidence = 0.55
        return Mention(start, end, name, cls, confidence, "quote")
    own = _OWN_ENDING.search(name)
    if own is not None and len(name) > len(own.group()) + 1:
        return Mention(start, end, name, str(own.lastgroup), 0.6, "quote")
    if _AWARDING.search(before):
        return Mention(start, end, name, "Award", 0.6, "quote")
    if not ordinary and _MAKING.search(before) and len(name) <= 20 and "," not in name:
        return Mention(start, end, name, "Product", 0.6, "quote")
    return None
