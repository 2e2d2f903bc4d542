"""Words that stand for names (该公司, 双方, 公司) and subjects that a clause leaves unsaid."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from kg.extract.analysis import Anaphor
from kg.extract.shortening import DECLARED, owner_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extract.analysis import Analysis
    from kg.text import Sentence

__all__ = ["find_anaphors", "subject_before"]

_OBLIQUE = re.compile(
    r"(?:由|向|与|和|同|对|从|在|被|为|给|据|以|将|把|于|及|跟|比|经|的|任|投资|收购|领投|入股|获得?|来自|任命|针对|[、(])[“《\"]?$"
)
_POINTING = "该这此上前"
"""What words begin with that point to somebody other than the one who acts: 京东持有该公司股份."""
_BREAK = re.compile(r"[,;。!?:\n]")
_SAYS = re.compile(r"表示|宣布|透露|指出|认为|称|说|披露|公布|确认|否认|强调|预计")
_LONGEST = 120
"""Letters that a clause is looked for."""
_BACK = 3
"""Sentences that an unsaid subject may lie back."""


def subject_before(analysis: Analysis, offset: int, classes: Iterable[str]) -> int | None:
    """The referent that a clause without a subject most likely speaks of, of one of the classes or below them.

    It is the subject of an earlier clause of the sentence, else of one of the sentences before, else of the title.
    None where nothing stands out.
    """
    wanted = frozenset(classes)
    sentences = analysis.text.sentences
    if not sentences:
        return None
    current = max(0, bisect_left(sentences, offset + 1, key=lambda s: s.start) - 1)
    for back in range(_BACK + 1):
        if current - back < 0:
            break
        sentence = sentences[current - back]
        found = _subject(analysis, sentence, min(offset, sentence.end), wanted)
        if found is not None:
            return found
    for sentence in sentences[:3]:
        if sentence.kind == "title" and sentence.start < offset:
            found = _subject(analysis, sentence, min(offset, sentence.end), wanted)
            if found is not None:
                return found
    return None


def _fits(analysis: Analysis, type_: str, wanted: frozenset[str]) -> bool:
    lineage = analysis.lineage.get(type_, frozenset((type_,)))
    if lineage & wanted:
        return True
    # What is known only as an organisation may be of any kind of them.
    return type_ == "Organization" and any("Organization" in analysis.lineage.get(w, ()) for w in wanted)


def _between(analysis: Analysis, start: int, end: int) -> Iterator[int]:
    index = bisect_left(analysis.mentions, start, key=lambda m: m.start)
    while index < len(analysis.mentions) and analysis.mentions[index].end <= end:
        yield index
        index += 1


def _subject(analysis: Analysis, sentence: Sentence, end: int, wanted: frozenset[str]) -> int | None:
    """The subject of a sentence up to an offset: the first fitting name that no preposition governs."""
    string = analysis.text.string
    for index in _between(analysis, sentence.start, end):
        mention = analysis.mentions[index]
        referent = analysis.referent_of.get(index)
        if referent is None or not _fits(analysis, analysis.referents[referent].type, wanted):
            continue
        if _OBLIQUE.search(string, max(sentence.start, mention.start - 4), mention.start):
            continue
        return referent
    for anaphor in analysis.anaphors:
        if sentence.start <= anaphor.start and anaphor.end <= end and len(anaphor.referents) == 1:
            referent = anaphor.referents[0]
            if _fits(analysis, analysis.referents[referent].type, wanted):
                return referent
    return None


# ---- words that stand for names --------------------------------------------------------------------------------------

_KINDS: dict[str, tuple[str, ...]] = {
    "Organization": ("Organization",),
    "Company": ("Company",),
    "InvestmentFirm": ("InvestmentFirm",),
    "Person": ("Person",),
    "Country": ("Country",),
    "Project": ("Project",),
    "Agreement": ("Agreement",),
    "Product": ("Product", "Technology"),
    "Report": ("Report",),
    "Award": ("Award",),
    "University": ("University",),
    "Institute": ("ResearchInstitute",),
    "Government": ("GovernmentBody",),
    "Association": ("Association", "InternationalOrganization"),
    "Conference": ("Conference",),
}
_ANAPHOR = re.compile(
    r"(?P<Company>(?:该|本|上述|这家|此|前述)(?:公司|企业|集团|厂商|初创公司|上市公司|独角兽|平台|银行|品牌)|我司|它(?=以|又|还|在|与|和|将|已|曾|对|向|于|从|为|是|也|并)"
    r"|(?<![\u3400-\u9fffA-Za-z0-9)])公司(?=(?:已|将|拟|计划|创始人|董事|CEO|总部|估值|目前|此前|旗下|表示|称|宣布|成立|创立|主要|专注|完成|获|在|于|与|是|还|也|的|股|预计|注册|未来|方面|致力|曾|正|将于|控股|实际|,)))"
    r"|(?P<InvestmentFirm>该(?:机构|基金))"
    r"|(?P<University>该(?:校|大学|学院))|(?P<Institute>该(?:院|所|研究院|实验室|研究所))"
    r"|(?P<Government>该(?:部门|部|局|委员会|委|机构))|(?P<Association>该(?:组织|协会|联盟|学会))"
    r"|(?P<Project>该(?:项目|工程|成果|计划|课题))|(?P<Agreement>该(?:协定|协议|公约|条约))"
    r"|(?P<Product>该(?:产品|芯片|系统|平台|模型|大模型|款芯片|款产品|款手机|车型|车|药物|药|疫苗|技术|应用|软件|机器人|处理器))"
    r"|(?P<Report>该(?:报告|白皮书|研究|文件|论文))|(?P<Award>该(?:奖项|奖))|(?P<Conference>(?:该|本次|本届|此次)(?:大会|论坛|会议|峰会|活动|展会))"
    r"|(?P<two>双方|两家公司|两公司|两家企业|两企业|两家机构|二者|两者|两国)|(?P<three>三方|三家公司|三家企业|三家机构)"
    r"|(?P<former>前者)|(?P<latter>后者)"
    r"|(?P<round>(?:本轮|此轮|该轮|本次|此次)(?=融资|投资|募资))"
    r"|(?P<Person>(?<!其)(?:他|她)(?!们|人|国|日|山|乡|方|项|的人))"
    r"|(?P<its>其(?=旗下|母公司|子公司|创始人|董事长|CEO|总裁|控股|全资|中国|总部|投资|股东|前身|与|将|在|已|还|于|产品|自研|自主|核心|最新|首款|主要|股份|持有|收购|所|拟|曾|计划|联合))"
)
_ADDRESSED = re.compile(
    r"(?P<family>[\u3400-\u9fff])(?:总(?![部裁监量额体计共数局行统书理署会编结之是经装览])|董(?![事秘])|先生|女士|小姐|教授|博士|院士|老师|律师|老板)"
)


def find_anaphors(analysis: Analysis, standing_words: frozenset[str]) -> Iterator[Anaphor]:
    """Words that stand for names, in order, without overlap.

    `standing_words` are general words that an item may declare to stand for a name (以下简称“公司”).
    """
    string = analysis.text.string
    covered = _Covered(analysis)
    found: list[tuple[int, int, str, str]] = []
    for match in _ANAPHOR.finditer(string):
        if not covered(match.start(), match.end()):
            found.append((match.start(), match.end(), match.group(), str(match.lastgroup)))
    for match in _ADDRESSED.finditer(string):
        if not covered(match.start(), match.end()):
            found.append((match.start(), match.end(), match.group(), "address"))
    standing = _standing(analysis, standing_words)
    for word, (owner, since) in standing.items():
        for match in re.finditer(re.escape(word), string[since:]):
            start, stop = since + match.start(), since + match.end()
            if not covered(start, stop) and _stands_alone(string, start, stop):
                found.append((start, stop, word, f"={owner}"))
    end = 0
    # What the item itself declared goes before what is inferred.
    for start, stop, text, kind in sorted(found, key=lambda f: (f[0], f[3][0] != "=", f[0] - f[1])):
        if start < end:
            continue
        referents = (int(kind[1:]),) if kind[0] == "=" else _referents(analysis, start, text, kind)
        if kind == "address" and not referents:
            continue
        end = stop
        yield Anaphor(start, stop, text, referents)


def _standing(analysis: Analysis, words: frozenset[str]) -> dict[str, tuple[int, int]]:
    """General words that the item declares to stand for a name (以下简称“公司”): word → referent, from where on."""
    string = analysis.text.string
    found: dict[str, tuple[int, int]] = {}
    for match in DECLARED.finditer(string):
        at = match.end()
        word = next(
            (w for n in (5, 4, 3, 2) if (w := string[at : at + n]) in words and _ends_word(string, at + n)), None
        )
        owner = owner_of(analysis.mentions, match.start(), string)
        if word is None or owner is None or word in found:
            continue
        referent = analysis.referent_of.get(owner)
        if referent is not None:
            found[word] = (referent, match.end() + len(word))
    return found


def _ends_word(string: str, at: int) -> bool:
    return string[at : at + 1] in '”"’」》),。;、或和'


def _stands_alone(string: str, start: int, stop: int) -> bool:
    """Whether a word is no part of a longer one: 公司 in 子公司, 分公司, 该公司 or 公司债 is not the word itself."""
    before, after = string[start - 1 : start], string[stop : stop + 1]
    return before not in "子分母孙总该本上各多两三司家股市他" and after not in "债法章类"


class _Covered:
    """Whether a range touches a mention."""

    def __init__(self, analysis: Analysis) -> None:
        self._mentions = analysis.mentions

    def __call__(self, start: int, end: int) -> bool:
        index = bisect_left(self._mentions, start, key=lambda m: m.end)
        while index < len(self._mentions) and self._mentions[index].start < end:
            if self._mentions[index].end > start:
                return True
            index += 1
        return False


def _referents(analysis: Analysis, start: int, text: str, kind: str) -> tuple[int, ...]:
    if kind in ("two", "three"):
        wanted = ("Country",) if text == "两国" else ("Organization", "Country")
        return _parties(analysis, start, frozenset(wanted), 2 if kind == "two" else 3)
    if kind in ("former", "latter"):
        pair = _parties(analysis, start, frozenset(("Organization", "Country", "Person", "Product")), 2)
        return (pair[0 if kind == "former" else 1],) if len(pair) == 2 else ()
    if kind == "address":
        people = [
            i
            for i, r in enumerate(analysis.referents)
            if r.type == "Person" and r.name[0] == text[0] and "·" not in r.name
        ]
        before = [i for i in people if analysis.mentions[analysis.referents[i].mentions[0]].start < start]
        return (before[0],) if len(people) == 1 and before else ()
    if kind == "its":
        one = _antecedent(analysis, start, frozenset(("Organization",)))
        return () if one is None else (one,)
    if kind == "round":
        one = _antecedent(analysis, start, frozenset(("Company",)), but="InvestmentFirm")
        return () if one is None else (one,)
    but = "InvestmentFirm" if kind == "Company" else None
    one = _antecedent(analysis, start, frozenset(_KINDS[kind]), but, apart=text[0] in _POINTING)
    return () if one is None else (one,)


def _antecedent(
    analysis: Analysis, offset: int, wanted: frozenset[str], but: str | None = None, *, apart: bool = False
) -> int | None:
    """The nearest salient referent before an offset: the last clause's or sentence's subject, else its last name.

    With `apart`, whoever stands in the clause of the offset is meant only where nobody else can be.
    """
    if apart and (limit := _clause(analysis, offset)) < offset:
        other = _antecedent(analysis, limit, wanted, but)
        return other if other is not None else _antecedent(analysis, offset, wanted, but)
    sentences = analysis.text.sentences
    if not sentences:
        return None
    current = max(0, bisect_left(sentences, offset + 1, key=lambda s: s.start) - 1)
    for back in range(_BACK + 1):
        if current - back < 0:
            break
        sentence = sentences[current - back]
        limit = min(offset, sentence.end)
        found = _subject(analysis, sentence, limit, wanted)
        if found is not None and _is_listed(analysis, found, sentence.start, limit):
            continue  # Several do what the sentence says: none of them alone is meant.
        if found is not None and (but is None or analysis.referents[found].type != but):
            return found
        others = [
            r
            for i in _between(analysis, sentence.start, limit)
            if (r := analysis.referent_of.get(i)) is not None
            and _fits(analysis, analysis.referents[r].type, wanted)
            and analysis.referents[r].type != but
        ]
        if others:
            return others[-1] if len(set(others)) == 1 else None
    for sentence in sentences[:2]:
        if sentence.kind == "title" and sentence.start < offset:
            return _subject(analysis, sentence, min(offset, sentence.end), wanted)
    return None


def _is_listed(analysis: Analysis, referent: int, start: int, end: int) -> bool:
    """Whether an enumeration (A、B和C) begins with a referent's first name between two offsets."""
    for index in _between(analysis, start, end):
        if analysis.referent_of.get(index) == referent:
            at = analysis.mentions[index].end
            behind = analysis.mentions[index + 1].start if index + 1 < len(analysis.mentions) else -1
            return analysis.text.string[at : at + 1] == "、" and behind == at + 1
    return False


def _clause(analysis: Analysis, offset: int) -> int:
    """Where the clause of an offset begins; the offset itself where somebody says in it what follows."""
    string = analysis.text.string
    start = max((m.end() for m in _BREAK.finditer(string, max(0, offset - _LONGEST), offset)), default=None)
    return offset if start is None or _SAYS.search(string, start, offset) else start


def _parties(analysis: Analysis, offset: int, wanted: frozenset[str], number: int) -> tuple[int, ...]:
    """The two (or three) that the nearest text before speaks of; empty where it speaks of more or fewer."""
    sentences = analysis.text.sentences
    if not sentences:
        return ()
    current = max(0, bisect_left(sentences, offset + 1, key=lambda s: s.start) - 1)
    for back in range(_BACK + 1):
        if current - back < 0:
            break
        sentence = sentences[current - back]
        limit = min(offset, sentence.end)
        here = [
            r
            for i in _between(analysis, sentence.start, limit)
            if (r := analysis.referent_of.get(i)) is not None and _fits(analysis, analysis.referents[r].type, wanted)
        ]
        distinct = list(dict.fromkeys(here))
        if len(distinct) == number:
            return tuple(distinct)
        if len(distinct) > number:
            return ()
    return ()
