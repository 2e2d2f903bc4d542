"""Mention recognition: the names of an item, each with its class and how sure that is.

Recognisers propose, one step merges. A recogniser is a callable from the analysis to mentions; further ones (a trained
tagger, say) are given to `MentionFinder` and take part in the merge by confidence and length like the built-in ones.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from kg.extract.analysis import Analysis, Mention
from kg.extract.contexts import ContextFinder
from kg.extract.latin import LatinNames
from kg.extract.names import suffixed_names
from kg.extract.people import PeopleFinder
from kg.extract.quotes import quoted_names
from kg.extract.shortening import LEGAL, STANDING, TRADE, owner_of
from kg.extract.words import Kind, WordKinds, Words

if TYPE_CHECKING:
    from pathlib import Path

    from kg.extract.analysis import Title
    from kg.lexicon import Hit, Lexicon
    from kg.schema import Schema
    from kg.segment import Segmenter

__all__ = ["MentionFinder", "Recogniser"]

Recogniser: TypeAlias = Callable[[Analysis], Iterable[Mention]]

_SURE = 0.6
"""From here on a longer mention goes before a shorter one."""
_WORTH = 0.5
"""Weaker guesses are dropped."""
_FIELD = re.compile(r"[”\"]?(?:等)?(?:这一)?(?:全新|新兴|细分|垂直|热门)?(?:赛道|行业|领域|产业|板块)")
_ORGANISATIONS = frozenset(
    [
        "Organization",
        "Company",
        "InvestmentFirm",
        "University",
        "ResearchInstitute",
        "GovernmentBody",
        "InternationalOrganization",
        "Association",
        "Exchange",
        "Court",
    ]
)
_REPEATED = _ORGANISATIONS | {"Person", "Product", "Project", "Agreement", "Award", "Conference", "Technology"}
_ALIAS = re.compile(
    r"(?:以下简称|以下合称|下称|以下称|简称为|简称|又称|又名|英文名为|英文名|英文简称|英文缩写|缩写为|缩写|原名|曾用名|中文名|股票简称|证券简称|证券代码简称)"
    r"(?:为|是|:)?[“\"‘「『]?(?P<alias>[\u3400-\u9fffA-Za-z0-9&·.+\- ]{2,20}?)(?=[”\"’」』),。;、])"
)


_WHEREABOUTS = frozenset(["在", "来", "赴", "抵", "驻", "返", "离", "于"])
_JOINING = frozenset("、和与及")
_OPENING = frozenset(",。;:!?、\n“(") | {"而", "但", "称", "表示", "报道", "如果", "或者", "当时", "随后"}
_ACTING = frozenset(
    [
        "将",
        "已",
        "也",
        "并",
        "曾",
        "拟",
        "还",
        "则",
        "正",
        "都",
        "就",
        "又",
        "却",
        "仍",
        "则是",
        "并不是",
        "没有",
        "至今",
        "此前",
        "随后",
        "目前",
        "近日",
        "日前",
        "今日",
        "正式",
        "计划",
        "希望",
        "认为",
        "要求",
        "宣布",
        "起诉",
        "反诉",
        "授权",
    ]
)
_DEALING = frozenset(["与", "和", "向", "给", "被", "由", "对", "从", "同", "跟", "为", "让"])


class MentionFinder:
    """Finds the names of an item and the posts beside people. Holds word lists only, no state of an item."""

    def __init__(
        self,
        lexicon: Lexicon,
        schema: Schema,
        segmenter: Segmenter,
        recognisers: Sequence[Recogniser] = (),
        patterns: Path | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._schema = schema
        self._segmenter = segmenter
        self._people = PeopleFinder(lexicon, segmenter)
        self._contexts = ContextFinder(lexicon, patterns, self._people.resembles)
        self._recognisers: tuple[Recogniser, ...] = (LatinNames(self._contexts.acronyms), *recognisers)
        segmenter.keep(self._contexts.words())
        self._kinds = WordKinds(lexicon, segmenter, self._contexts.verbs(), self._contexts.acronyms)
        self._letters = frozenset("".join(lexicon.words("places", "letters")))
        self._makers = frozenset(lexicon.words("words", "makers"))
        self._vague = frozenset(lexicon.words("words", "vague_fields"))

    def find(self, analysis: Analysis) -> None:
        """Fill `analysis.mentions` and `analysis.titles`; reads its text and values."""
        words = Words(analysis, self._segmenter, self._kinds)
        titles: list[Title] = []
        proposed: list[Mention] = []
        for title, _, _ in self._people.titles(words):
            titles.append(title)
        for mention, title in self._people.chiefs(words):
            proposed.append(mention)
            titles = [t for t in titles if t.end <= title.start or t.start >= title.end]
            titles.append(title)
        doubtful: list[Mention] = []
        for hit in self._lexicon.hits(words.string):
            made = self._known(words, hit)
            if made is not None:
                (doubtful if made.confidence < 0.5 else proposed).append(made)
        proposed.extend(quoted_names(words))
        proposed.extend(suffixed_names(words))
        proposed.extend(self._people.people(words))
        proposed.extend(self._contexts.find(words))
        proposed.extend(self._fields(words))
        proposed.extend(self._abbreviated(words))
        for recogniser in self._recognisers:
            proposed.extend(recogniser(analysis))
        mentions = merge(_supported(m for m in proposed if not _cuts_value(analysis, m)))
        for _ in range(2):
            more = list(self._contexts.listed(words, mentions))
            if not more:
                break
            mentions = merge([*mentions, *more])
        mentions = merge([*mentions, *self._vouched(words, doubtful, mentions)])
        mentions = [_bracketed(words, m) for m in mentions]
        mentions = merge([*mentions, *_declared(words, mentions)])
        mentions = merge([*mentions, *_shortened(words, mentions)])
        mentions = merge([*mentions, *_repeated(words, mentions)])
        mentions = merge([*mentions, *self._fields_beside(words, mentions)])
        surface = analysis.text.surface
        analysis.mentions = [
            replace(m, name=_shown(surface, m)) for m in mentions if m.confidence >= _WORTH and m.end > m.start
        ]
        analysis.titles = sorted(titles, key=lambda t: t.start)

    def _known(self, words: Words, hit: Hit) -> Mention | None:
        """A hit of the lexicon, if it does not cut words and, where it is an ordinary word, if its place speaks for it."""
        start, end, entry = hit.start, hit.end, hit.entry
        edges = words.is_edge(start) + words.is_edge(end)
        if edges < (2 if end - start <= 3 else 1):
            return None
        confidence = 0.9
        if entry.type == "Industry":
            if not _FIELD.match(words.string, end):
                return None
            confidence = 0.75
        elif entry.type == "Technology":
            confidence = 0.6
        elif entry.type == "Country" and words.string[start:end].endswith("方"):
            if edges != 2:
                return None
            confidence = 0.85
        if hit.doubtful:
            confidence = self._in_place(words, start, end)
        return Mention(start, end, words.string[start:end], entry.type, confidence, "lexicon")

    def _abbreviated(self, words: Words) -> Iterator[Mention]:
        """Provinces and cities by their one letter, where a preposition says that a place is meant: 在京, 来渝."""
        for index in range(1, len(words.words)):
            letter = words.words[index].text
            if len(letter) == 1 and letter in self._letters and words.words[index - 1].text in _WHEREABOUTS:
                follows = words.kinds[index + 1] if index + 1 < len(words.words) else Kind.BREAK
                if follows != Kind.LETTER and follows != Kind.PLACE:
                    start = words.starts[index]
                    yield Mention(start, start + 1, letter, "Place", 0.7, "lexicon")

    def _in_place(self, words: Words, start: int, end: int) -> float:
        """How sure it is from the words beside it that an ordinary word is a name here."""
        first, last = words.at(start), words.at(end - 1) + 1
        before = words.words[first - 1] if first else None
        after = words.words[last] if last < len(words.words) else None
        follows = words.kinds[last] if after is not None else Kind.BREAK
        if after is not None and (
            follows == Kind.TITLE
            or self._contexts.is_subject_word(after.text)
            or after.text in ("公司", "集团", "方面")
        ):
            return 0.85
        if before is not None and (self._contexts.is_object_word(before.text) or before.kind == Kind.HEAD):
            return 0.85
        if words.words[first].tag[:1] not in ("n", "j", "") or first + 1 != last:
            return 0.4
        # A noun that acts, or that one deals with, is hardly the thing: 苹果将…, 与苹果….
        opens = before is None or before.text in _OPENING
        if opens and after is not None and after.text in _ACTING:
            return 0.7
        if before is not None and before.text in _DEALING and follows in (Kind.BREAK, Kind.VERB, Kind.DUAL):
            return 0.65
        return 0.4

    def _vouched(self, words: Words, doubtful: list[Mention], mentions: list[Mention]) -> Iterator[Mention]:
        """Doubtful forms of entities that the item also names beyond doubt, or that stand in a list of names."""
        sure = {entry.name for m in mentions if (entry := self._lexicon.known(m.name)) is not None}
        at = {m.start for m in mentions} | {m.end for m in mentions}
        for mention in doubtful:
            entry = self._lexicon.known(mention.name)
            if entry is not None and entry.name in sure:
                yield replace(mention, confidence=0.7)
            elif (mention.end + 1 in at and words.string[mention.end] in _JOINING) or (
                mention.start - 1 in at and words.string[mention.start - 1] in _JOINING
            ):
                yield replace(mention, confidence=0.5)

    def _fields_beside(self, words: Words, mentions: list[Mention]) -> Iterator[Mention]:
        """Industries that say what kind of company a name belongs to: 仿真软件公司Ansys, 快时尚电商SHEIN."""
        for mention in mentions:
            if mention.type != "Company" or mention.confidence < _SURE or not mention.start:
                continue
            index = words.at(mention.start - 1)
            if words.string[mention.start - 1] in '“"' and index:
                index -= 1
            if words.kinds[index] != Kind.HEAD or words.words[index].text not in self._makers:
                continue
            first = index
            while first > 0 and index - first < 4 and words.kinds[first - 1] in (Kind.NOUN, Kind.INNER, Kind.LATIN):
                first -= 1
            last = index + 1 if words.words[index].text == "电商" else index
            start, end = words.starts[first], words.starts[last]
            name = words.string[start:end]
            if 2 <= end - start <= 10 and first < index and name not in self._vague:
                yield Mention(start, end, name, "Industry", 0.55, "context")

    def _fields(self, words: Words) -> Iterator[Mention]:
        """Industries by the word behind: 云软件赛道."""
        for index, word in enumerate(words.words):
            if word.text not in ("赛道", "行业", "产业", "板块"):
                continue
            first = index
            while (
                first > 0
                and index - first < 3
                and words.kinds[first - 1] in (Kind.NOUN, Kind.INNER, Kind.LATIN, Kind.LETTER)
            ):
                first -= 1
            start, end = words.starts[first], words.starts[index]
            if 2 <= end - start <= 8:
                yield Mention(
                    start, end, words.string[start:end], "Industry", 0.5 if word.text == "赛道" else 0.4, "suffix"
                )


def _supported(proposed: Iterable[Mention]) -> list[Mention]:
    """Weak proposals that other places of the item make as well are the surer for it."""
    found = list(dict.fromkeys(proposed))
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for mention in found:
        if mention.by == "context":
            places[mention.name, mention.type].add(mention.start)
    return [
        replace(m, confidence=min(0.9, m.confidence + 0.1 * (len(at) - 1)))
        if m.by == "context" and len(at := places[m.name, m.type]) > 1
        else m
        for m in found
    ]


def merge(proposed: Iterable[Mention]) -> list[Mention]:
    """Mentions without overlap, in order: of two that overlap the longer one where both are sure, else the surer one."""
    ranked = sorted(
        proposed,
        key=lambda m: (
            m.confidence >= _SURE,
            m.end - m.start if m.confidence >= _SURE else m.confidence,
            m.confidence,
            -m.start,
        ),
        reverse=True,
    )
    starts: list[int] = []
    taken: list[Mention] = []
    for mention in ranked:
        at = bisect_left(starts, mention.start)
        if at < len(taken) and taken[at].start < mention.end:
            continue
        if at and taken[at - 1].end > mention.start:
            continue
        starts.insert(at, mention.start)
        taken.insert(at, mention)
    return taken


def _cuts_value(analysis: Analysis, mention: Mention) -> bool:
    """Whether a mention overlaps a date or an amount without holding all of it."""
    values = analysis.values
    index = bisect_left(values, mention.start, key=lambda v: v.end)
    while index < len(values) and values[index].start < mention.end:
        value = values[index]
        if value.end > mention.start and not (mention.start <= value.start and value.end <= mention.end):
            return True
        if value.start == mention.start and value.end == mention.end:
            return True
        index += 1
    return False


_BRANCH = re.compile(r"\((?P<place>[\u3400-\u9fff]{2,6})\)")


def _bracketed(words: Words, mention: Mention) -> Mention:
    """A branch named with its place: 微软亚洲研究院(上海)."""
    if mention.type not in _ORGANISATIONS or words.string[mention.end : mention.end + 1] != "(":
        return mention
    found = _BRANCH.match(words.string, mention.end)
    if found is None:
        return mention
    index = words.at(found.start("place"))
    if words.kinds[index] != Kind.PLACE or words.starts[index + 1] != found.end("place"):
        return mention
    return replace(mention, end=found.end(), name=words.string[mention.start : found.end()])


def _declared(words: Words, mentions: list[Mention]) -> Iterator[Mention]:
    """Short names that the item declares: (以下简称“蓝湖”)."""
    for found in _ALIAS.finditer(words.string):
        owner = owner_of(mentions, found.start(), words.string)
        if owner is None:
            continue
        start, end = found.span("alias")
        if found["alias"] in STANDING:
            continue
        yield Mention(start, end, found["alias"], mentions[owner].type, 0.9, "alias")


def _shortened(words: Words, mentions: list[Mention]) -> Iterator[Mention]:
    """Short forms of the full company names of the item, wherever they stand."""
    for mention in mentions:
        if mention.type == "Product" and mention.by == "context":
            head = _head(words, mention)
            if head:
                yield from _occurrences(words, head, "Product", 0.6, "short", mention)
            continue
        if mention.type not in ("Company", "InvestmentFirm", "Organization") or mention.end - mention.start < 5:
            continue
        if mention.confidence < 0.8 or not LEGAL.search(mention.name):
            continue
        for short in short_forms(words, mention):
            yield from _occurrences(words, short, mention.type, 0.7, "short", mention)


def _head(words: Words, mention: Mention) -> str:
    """The proper part that a product's name begins with: 紫霄 of 紫霄AI推理芯片."""
    first = last = words.at(mention.start)
    while words.starts[last] < mention.end and words.kinds[last] in (Kind.LETTER, Kind.PROPER):
        last += 1
    if last == first:
        last = first + 1
    head = words.text(first, last)
    return head if 2 <= len(head) < mention.end - mention.start else ""


def short_forms(words: Words, mention: Mention) -> list[str]:
    """What a full name may be shortened to, longest first: 深圳市腾讯计算机系统有限公司 → 腾讯计算机系统, 腾讯."""
    core = LEGAL.sub("", mention.name)
    first = words.at(mention.start)
    last = words.at(mention.end - 1) + 1
    index, dropped = first, 0
    while index < last and words.kinds[index] == Kind.PLACE:
        dropped += len(words.words[index].text)
        index += 1
    forms = [core]
    bare = core[dropped:] if dropped < len(core) else ""
    if bare.startswith("市") and len(bare) > 3:
        bare = bare[1:]
    forms.append(bare)
    forms.append(TRADE.sub("", bare))
    forms.append(TRADE.sub("", core))
    return [f for f in dict.fromkeys(forms) if 2 <= len(f) < len(mention.name)]


def _repeated(words: Words, mentions: list[Mention]) -> Iterator[Mention]:
    """Names found by strong signs, wherever else they stand."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        if mention.confidence >= _SURE and mention.type in _REPEATED and mention.end - mention.start >= 2:
            known = best.get(mention.name)
            if known is None or mention.confidence > known.confidence:
                best[mention.name] = mention
    for name, mention in best.items():
        yield from _occurrences(words, name, mention.type, mention.confidence - 0.02, mention.by, mention)


def _occurrences(words: Words, name: str, type_: str, confidence: float, by: str, but: Mention) -> Iterator[Mention]:
    string = words.string
    at = string.find(name)
    while at >= 0:
        end = at + len(name)
        if (
            at != but.start
            and not _inside_latin(string, at, end)
            and (len(name) > 3 or words.is_edge(at) + words.is_edge(end) == 2 or (words.is_edge(at) and len(name) == 3))
        ):
            yield Mention(at, end, name, type_, confidence, by)
        at = string.find(name, end)


def _inside_latin(string: str, start: int, end: int) -> bool:
    left = start and string[start - 1].isascii() and string[start - 1].isalnum() and string[start].isascii()
    right = end < len(string) and string[end].isascii() and string[end].isalnum() and string[end - 1].isascii()
    return bool(left or right)


def _shown(surface: str, mention: Mention) -> str:
    """The name as the source writes it; a part of it that stands in the post behind (部 of 部长) is kept."""
    extra = len(mention.name) - (mention.end - mention.start)
    shown = surface[mention.start : mention.end]
    return shown + mention.name[-extra:] if extra > 0 else shown
