"""Reference inside an item: which mentions name the same entity, and what 该公司, 双方 or an unsaid subject stand for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from kg.extract.analysis import Anaphor, Referent
from kg.extract.shortening import STANDING, is_short_of, owner_of
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.extract.analysis import Analysis, Mention
    from kg.lexicon import Lexicon
    from kg.schema import Schema
    from kg.text import Sentence

__all__ = ["resolve", "subject_before"]

_DECLARED = re.compile(
    r"(?:以下简称|以下合称|下称|以下称|简称为|简称|又称|又名|英文名称为|英文名为|英文名|英文简称|英文缩写|缩写为|缩写|原名|曾用名|中文名|股票简称|证券简称)"
    r"(?:为|是|:)?[“\"‘「『《]?"
)
_BRACKETED = re.compile(r"[”》\"]?\((?:即|简称|英文名|英文|也称|又称)?[“\"]?(?P<inner>[^()]{2,60}?)[”\"]?\)")
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9&.,'\- ]{1,58}")
_COUNTRY = "Country"


def resolve(analysis: Analysis, schema: Schema, lexicon: Lexicon) -> None:
    """Fill referents, `referent_of`, anaphors and `lineage`. An anaphor that stays open has no referents."""
    analysis.lineage = {name: frozenset((name, *schema.superclasses(name))) for name in schema.classes}
    groups = _Groups(analysis, lexicon)
    groups.join_same()
    groups.join_declared()
    groups.join_bracketed()
    groups.join_short()
    _write(analysis, groups, schema, lexicon)
    analysis.anaphors = list(_anaphors(analysis))


# ---- same entity ----------------------------------------------------------------------------------------------------


class _Groups:
    """Mentions joined into entities (union-find over mention indices)."""

    def __init__(self, analysis: Analysis, lexicon: Lexicon) -> None:
        self._analysis = analysis
        self._mentions = analysis.mentions
        self._lexicon = lexicon
        self._parent = list(range(len(analysis.mentions)))
        self.extra: dict[int, list[str]] = defaultdict(list)
        """Other names that stand in no mention of their own: mention index → names."""

    def find(self, index: int) -> int:
        """The representative of a mention's group."""
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def _join(self, a: int, b: int) -> None:
        a, b = self.find(a), self.find(b)
        if a != b:
            self._parent[max(a, b)] = min(a, b)

    def _kin(self, a: int, b: int) -> bool:
        """Whether two mentions may name one thing by their classes."""
        return kind_of(self._analysis, self._mentions[a].type) == kind_of(self._analysis, self._mentions[b].type)

    def join_same(self) -> None:
        """Equal names, and names of one entry of the lexicon."""
        seen: dict[tuple[str, str], int] = {}
        for index, mention in enumerate(self._mentions):
            kind = kind_of(self._analysis, mention.type)
            entry = self._lexicon.known(mention.name)
            keys = [(kind, fold(mention.name))]
            if entry is not None and kind_of(self._analysis, entry.type) == kind:
                keys.append((kind, "\x1f" + entry.name))
            for key in keys:
                if key in seen:
                    self._join(seen[key], index)
                else:
                    seen[key] = index

    def join_declared(self) -> None:
        """(以下简称“蓝湖”): the alias belongs to the name before it."""
        string = self._analysis.text.string
        for found in _DECLARED.finditer(string):
            owner = owner_of(self._mentions, found.start(), string)
            if owner is None:
                continue
            index = bisect_left(self._mentions, found.end(), key=lambda m: m.start)
            if index < len(self._mentions) and self._mentions[index].start == found.end():
                self._join(owner, index)

    def join_bracketed(self) -> None:
        """商汤科技(SenseTime): a name in another script right behind a name is the same thing."""
        string = self._analysis.text.string
        for index, mention in enumerate(self._mentions):
            found = _BRACKETED.match(string, mention.end)
            if found is None:
                continue
            lo, hi = found.span("inner")
            inner = bisect_left(self._mentions, lo, key=lambda m: m.start)
            whole = inner < len(self._mentions) and (self._mentions[inner].start, self._mentions[inner].end) == (lo, hi)
            if whole and self._kin(index, inner) and _is_latin(self._mentions[inner].name) != _is_latin(mention.name):
                self._join(index, inner)
            elif not _is_latin(mention.name):
                text = re.split(r",|以下简称|下称|简称", found["inner"])[0].strip(' ,“"')
                if (
                    (
                        (_LATIN_NAME.fullmatch(text) and not text.isupper())
                        or (text.isupper() and 2 <= len(text) <= 8 and not text.isdigit())
                    )
                    and mention.type not in ("Place", "Award", "Industry")
                    and not re.search(r"\d{4,}", text)
                ):
                    self.extra[index].append(text)

    def join_short(self) -> None:
        """Short names to the one full name that they can stand for."""
        heads = sorted({self.find(i) for i in range(len(self._mentions))})
        names: dict[int, set[str]] = defaultdict(set)
        for index, mention in enumerate(self._mentions):
            names[self.find(index)].add(mention.name)
        for head in heads:
            best: dict[int, int] = {}
            for other in heads:
                if other == head or not self._kin(head, other):
                    continue
                level = min(
                    (
                        rank
                        for short in names[head]
                        for full in names[other]
                        if len(short) < len(full)
                        and (rank := is_short_of(short, full, self._mentions[head].type)) is not None
                        and not self._told_apart(short, full)
                    ),
                    default=None,
                )
                if level is not None:
                    best[other] = level
            if not best:
                continue
            least = min(best.values())
            roots = {self.find(other) for other, level in best.items() if level == least}
            if len(roots) == 1:
                self._join(head, roots.pop())

    def _told_apart(self, a: str, b: str) -> bool:
        """Whether the lexicon knows the two names as two things."""
        first, second = self._lexicon.known(a), self._lexicon.known(b)
        return first is not None and second is not None and first.name != second.name


def kind_of(analysis: Analysis, type_: str) -> str:
    """The coarse kind within which names are compared: all organisations are one kind."""
    lineage = analysis.lineage.get(type_, frozenset((type_,)))
    for kind in ("Organization", "Person", "Place", "Event"):
        if kind in lineage:
            return kind
    return type_


def _is_latin(name: str) -> bool:
    return name.isascii()


def _write(analysis: Analysis, groups: _Groups, schema: Schema, lexicon: Lexicon) -> None:
    members: dict[int, list[int]] = defaultdict(list)
    for index in range(len(analysis.mentions)):
        members[groups.find(index)].append(index)
    analysis.referents = []
    analysis.referent_of = {}
    for indices in members.values():
        mentions = [analysis.mentions[i] for i in indices]
        surfaces = list(dict.fromkeys(m.name for m in mentions))
        extra = [name for i in indices for name in groups.extra.get(i, ())]
        type_ = _class(mentions, schema)
        name = _display(surfaces, type_, lexicon)
        aliases = [n for n in dict.fromkeys((*surfaces, *extra)) if fold(n) != fold(name)]
        number = len(analysis.referents)
        analysis.referents.append(Referent(name, type_, max(m.confidence for m in mentions), indices, aliases))
        for i in indices:
            analysis.referent_of[i] = number


def _class(mentions: Sequence[Mention], schema: Schema) -> str:
    """The class with the most confidence behind it, made more specific where others agree with it."""
    weights: defaultdict[str, float] = defaultdict(float)
    for mention in mentions:
        weights[mention.type] += mention.confidence
    best = max(weights, key=lambda name: weights[name])
    for other in weights:
        narrower = schema.most_specific(best, other)
        if narrower is not None and weights[other] >= 0.3 * weights[best]:
            best = narrower
    return best


_SIDE = re.compile(r".方|我国|.国方面")
"""Words for a country that are no name of it: 中方, 我国."""


def _display(surfaces: Sequence[str], type_: str, lexicon: Lexicon) -> str:
    """The usual name where the item prints it, else the fullest Chinese one."""
    for surface in surfaces:
        entry = lexicon.known(surface)
        if entry is None:
            continue
        if type_ == _COUNTRY and all(_SIDE.fullmatch(s) for s in surfaces):
            return entry.name
        if any(fold(s) == fold(entry.name) for s in surfaces):
            return next(s for s in surfaces if fold(s) == fold(entry.name))
    # 公司 behind a name only says what it is; 集团 and 有限公司 belong to it.
    own = [s for s in surfaces if not (s.endswith("公司") and s[:-2] in surfaces)] or surfaces
    chinese = [s for s in own if not s.isascii()]
    return max(chinese or own, key=len)


# ---- subjects --------------------------------------------------------------------------------------------------------

_OBLIQUE = re.compile(
    r"(?:由|向|与|和|同|对|从|在|被|为|给|据|以|将|把|于|及|跟|比|经|的|任|投资|收购|领投|入股|获得?|来自|任命|针对|[、(])[“《\"]?$"
)
_CLAUSE = re.compile(r"[,;:。!?]")
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
    r"(?P<Company>(?:该|本|上述|这家|此|前述)(?:公司|企业|集团|厂商|初创公司|上市公司|独角兽|平台|银行|品牌)|我司"
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


def _anaphors(analysis: Analysis) -> Iterator[Anaphor]:
    string = analysis.text.string
    covered = _Covered(analysis)
    found: list[tuple[int, int, str, str]] = []
    for match in _ANAPHOR.finditer(string):
        if not covered(match.start(), match.end()):
            found.append((match.start(), match.end(), match.group(), str(match.lastgroup)))
    for match in _ADDRESSED.finditer(string):
        if not covered(match.start(), match.end()):
            found.append((match.start(), match.end(), match.group(), "address"))
    standing = _standing(analysis)
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


def _standing(analysis: Analysis) -> dict[str, tuple[int, int]]:
    """General words that the item declares to stand for a name (以下简称“公司”): word → referent, from where on."""
    string = analysis.text.string
    found: dict[str, tuple[int, int]] = {}
    for match in _DECLARED.finditer(string):
        word = next((string[match.end() : match.end() + n] for n in (5, 4, 3, 2) if _is_standing(string, match.end(), n)), None)
        owner = owner_of(analysis.mentions, match.start(), string)
        if word is None or owner is None or word in found:
            continue
        referent = analysis.referent_of.get(owner)
        if referent is not None:
            found[word] = (referent, match.end() + len(word))
    return found


def _is_standing(string: str, at: int, length: int) -> bool:
    return string[at : at + length] in STANDING and string[at + length : at + length + 1] in "”\"’」》),。;、或和"


def _stands_alone(string: str, start: int, stop: int) -> bool:
    """Whether a word is no part of a longer one: 公司 in 子公司, 分公司, 该公司 or 公司债 is not the word itself."""
    before, after = string[start - 1 : start], string[stop : stop + 1]
    return before not in "子分母孙总该本上各多两三司家股市他" and after not in "债法章类股"


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
    one = _antecedent(analysis, start, frozenset(_KINDS[kind]), but="InvestmentFirm" if kind == "Company" else None)
    return () if one is None else (one,)


def _antecedent(analysis: Analysis, offset: int, wanted: frozenset[str], but: str | None = None) -> int | None:
    """The nearest salient referent before an offset: the last clause's or sentence's subject, else its last name."""
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
