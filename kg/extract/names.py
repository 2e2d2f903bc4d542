"""Names by what they end in: companies, institutes, departments, conferences, awards … with a word of their class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.words import Word, Words
    from kg.lexicon import Lexicon, Suffix

__all__ = ["EndingFinder"]

_LONGEST = 14
"""Words that a name may have before its ending."""
_JOINING = frozenset("与和及")
_COMPANIES = frozenset(("Company", "InvestmentFirm"))
_PARTNERS = re.compile(r"\((?:有限合伙|普通合伙)\)")
_ORDINAL = re.compile(
    r"(?:第[一二三四五六七八九十百0-9]{1,3}届|首届|[0-9]{4}年?(?:度|第[一二三四五六七八九十0-9]{1,3}届)?)$"
)
_ENDING = frozenset(("Award", "Report", "Conference", "Agreement"))
"""Names of these classes hold no name of an organisation after them."""
_NUMBERED = re.compile(r"第|第?[一二三四五六七八九十百零〇0-9]{1,5}")
_PLACED = frozenset(("Company", "InvestmentFirm", "Association"))
_UNIONS = frozenset(("产业联盟", "联盟", "协会", "联合会", "研究院", "研究所", "研究中心", "管理局", "委员会"))
"""Endings that a verb may stand right before: 电池回收产业联盟."""
_INSTITUTIONS = frozenset(("Award", "GovernmentBody", "ResearchInstitute", "Association", "University", "Court"))


class EndingFinder:
    """Names that end in a word of the suffix list, each as long as it may be."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._owning = frozenset(lexicon.words("affixes", "owning"))
        self._lines = frozenset(lexicon.words("affixes", "lines"))
        self._worldwide = frozenset(lexicon.words("affixes", "worldwide"))
        self._national = frozenset(lexicon.words("affixes", "national"))

    def find(self, words: Words) -> Iterator[Mention]:
        """Such names in the order of their ends; they may overlap."""
        for index, word in enumerate(words.words):
            suffix = word.suffix
            if suffix is None or words.kinds[index] == Kind.BREAK:
                continue
            if words.kinds[index] in (Kind.HEAD, Kind.KNOWN) and not word.whole:
                continue
            if (
                words.kinds[index] == Kind.DUAL
                and index + 1 < len(words.kinds)
                and words.kinds[index + 1] > Kind.NUMBER
            ):
                continue  # 腾讯投资燧原科技: a verb, with its object behind it
            found = self._weak(words, index, suffix) if suffix.strength == "weak" else self._name(words, index, suffix)
            if found is not None:
                start, confidence = found
                end = words.starts[index + 1]
                partners = _PARTNERS.match(words.string, end)
                if partners is not None:
                    end = partners.end()
                yield Mention(start, end, words.string[start:end], suffix.type, confidence, "suffix")

    def _name(self, words: Words, index: int, suffix: Suffix) -> tuple[int, float] | None:
        """Where the name that ends with word `index` begins, and how sure that is."""
        word, kinds = words.words[index], words.kinds
        legal = (suffix.strength == "full" and len(suffix.word) >= 4) or suffix.type in _INSTITUTIONS
        first = index
        if word.kind != Kind.LATIN or word.whole:
            first = _begin(words, _reach(words, index, suffix.joins, legal), index)
        if suffix.strength == "full" and len(suffix.word) >= 4:
            home = _home(words, index)
            if home is not None and (home < first or kinds[first] not in (Kind.PLACE, Kind.KNOWN)):
                first = home
        known = words.words[first].entry if index - first == 1 else None
        if word.text == "股份" and known is not None and known.type in _COMPANIES:
            return None  # 持有爱奇艺股份: the shares of a company whose name is whole without them
        stem, start = word.text[: -len(suffix.word)], words.starts[first]
        parts = [words.words[i].text for i in range(first, index)] + ([stem] if stem else [])
        ordinary = [part for part in parts if part not in suffix.generic]
        length = words.starts[index + 1] - len(suffix.word) - start
        if not ordinary or length < 2 or "".join(parts) in suffix.generic:
            return None
        if suffix.needs and not any(need in part for part in parts for need in suffix.needs):
            return None
        proper, places = _weigh(words, first, index, suffix)
        opening = words.words[first].text
        if suffix.type == "Conference" and first < index:
            if _ORDINAL.search(words.string, max(0, start - 12), start):
                return start, 0.8
            if opening in self._worldwide and index - first >= 2:
                return start, 0.75
        if suffix.type == "Award" and index - first >= 2 and opening in self._national:
            return start, 0.8
        if suffix.strength == "full":
            if len(suffix.word) >= 4:
                if not proper and not places and len(parts) < 2:
                    return None
                return start, 0.95 if proper or places else 0.7
            if suffix.type == "Organization":
                return start, 0.75
            if proper:
                return start, 0.85
            return (start, 0.6) if places and len(ordinary) > places else None
        if proper:
            return start, 0.85
        if places and suffix.type in _PLACED and len(ordinary) == places == len(parts):
            return start, 0.6  # 北京银行: a place and nothing else
        if places and len(ordinary) >= places:
            return start, 0.85
        if len(parts) == 1 and length == 2:
            # 公牛集团: an ordinary noun, but none that goes with the ending
            if kinds[first] != Kind.NOUN:
                return start, 0.4
            if suffix.word in self._owning:
                return start, 0.65
            return start, 0.45 if suffix.type == "InvestmentFirm" else 0.5
        return start, 0.35

    def _weak(self, words: Words, index: int, suffix: Suffix) -> tuple[int, float] | None:
        """A name before a word that is ordinary by itself: 燧原科技, but no 半导体材料."""
        kinds, texts = words.kinds, words.words
        if not texts[index].whole:
            return (words.starts[index], 0.6) if texts[index].tag == "nt" else None
        if suffix.type == "Place":
            return _area(words, index, suffix)
        first = index
        while first > 0 and index - first < 4 and _looks_coined(words, first - 1):
            if texts[first - 1].text in suffix.generic or _is_complete(texts[first - 1]):
                break
            first -= 1
        if first == index:
            return _project(words, index) if suffix.type == "Project" else None
        length = words.starts[index] - words.starts[first]
        run = kinds[first:index]
        if length < 2 or (length > 6 and Kind.LATIN not in run):
            return None
        if run[0] == Kind.KNOWN and index - first == 1:
            # 京东工业, 谷歌云: a known name and a line of business, but no 腾讯游戏业务.
            entry = texts[first].entry
            follows = kinds[index + 1] if index + 1 < len(kinds) else Kind.BREAK
            branch = entry is not None and entry.type in _COMPANIES and suffix.word in self._lines
            return (words.starts[first], 0.65) if branch and follows < Kind.NOUN else None
        sure = 0.8 if Kind.LETTER not in run or length <= 3 else 0.6
        if first > 0 and kinds[first - 1] == Kind.PLACE:
            first -= 1
        return words.starts[first], sure


def _home(words: Words, index: int) -> int | None:
    """The place that a legal name begins with, whatever letters stand between: 北京大也智慧…有限公司."""
    kinds, texts = words.kinds, words.words
    first = index
    while first > 0 and index - first < _LONGEST and kinds[first - 1] != Kind.PLACE:
        word, kind = texts[first - 1], kinds[first - 1]
        closed = kind in (Kind.TITLE, Kind.HEAD) or (
            kind == Kind.BREAK and (len(word.text) > 1 or word.kind != Kind.SOFT)
        )
        if closed or first - 1 in words.valued or not word.text[0].isalnum():
            return None
        first -= 1
    if first in (0, index) or kinds[first - 1] != Kind.PLACE:
        return None
    while first > 0 and kinds[first - 1] == Kind.PLACE:
        first -= 1
    entry = texts[first].entry
    foreign = entry is not None and entry.type == "Country" and entry.name != "中国"
    return first + 1 if foreign and first + 1 < index else first


def _weigh(words: Words, first: int, index: int, suffix: Suffix) -> tuple[int, int]:
    """How many of the words before an ending make a name by themselves, and how many are places."""
    proper = places = letters = 0
    for i in range(first, index):
        kind = words.kinds[i]
        if words.words[i].text in suffix.generic and kind != Kind.KNOWN:
            places += kind == Kind.PLACE
        elif kind in (Kind.PROPER, Kind.LATIN, Kind.KNOWN) or (kind == Kind.NUMBER and index - first == 1):
            proper += 1
        elif kind == Kind.PLACE:
            places += 1
        elif kind == Kind.LETTER:
            letters += 1
    word = words.words[index]
    stem = word.text[: -len(suffix.word)]
    if stem and word.tag in ("nt", "nz", "ns", "") and stem not in suffix.generic:
        proper += 1
    if letters >= 2 or (letters and (index - first >= 2 or stem)):
        proper += 1
    return proper, places


def _looks_coined(words: Words, index: int) -> bool:
    word, kind = words.words[index], words.kinds[index]
    if kind == Kind.PLACE:
        return word.entry is None and len(word.text) == 2
    return kind in (Kind.LETTER, Kind.PROPER, Kind.LATIN, Kind.KNOWN)


def _is_complete(word: Word) -> bool:
    """Whether a word is a whole name with an ending of its own: no company begins with 加州理工学院."""
    return word.suffix is not None and not word.whole and word.suffix.type not in _COMPANIES


def _project(words: Words, index: int) -> tuple[int, float] | None:
    """京沪高速铁路工程"""
    kinds, first = words.kinds, index
    while first > 0 and index - first < 4 and kinds[first - 1] in (Kind.NOUN, Kind.INNER):
        first -= 1
    if first in (0, index) or kinds[first - 1] not in (Kind.PROPER, Kind.PLACE):
        return None
    return words.starts[first - 1], 0.5


def _area(words: Words, index: int, suffix: Suffix) -> tuple[int, float] | None:
    """A district, park or island: named by places (成都高新区) or by a few letters (蓬莱岛)."""
    kinds, texts = words.kinds, words.words
    first = index
    while first > 0 and index - first < 5 and kinds[first - 1] in (Kind.PLACE, Kind.LETTER, Kind.PROPER):
        first -= 1
    while first < index and texts[first].text in suffix.generic:
        first += 1
    length = words.starts[index] - words.starts[first]
    if first == index or not 2 <= length <= 10:
        return None
    placed = kinds[first] == Kind.PLACE
    return words.starts[first], 0.8 if placed else 0.55


def _reach(words: Words, index: int, joins: bool, legal: bool) -> int:
    """The first word that might belong to a name ending with word `index`."""
    kinds, texts = words.kinds, words.words
    first = index
    while first > 0 and index - first < _LONGEST:
        kind = kinds[first - 1]
        if (
            kind >= Kind.NOUN
            or kind in (Kind.TITLE, Kind.HEAD)
            or (
                kind == Kind.NUMBER
                and (first < index or texts[index].text == "集团")
                and len(texts[first - 1].text) <= 4
                and first - 1 not in words.valued
            )
            or (
                legal
                and (first < index or texts[index].text in _UNIONS)
                and (
                    (kind == Kind.VERB and texts[first - 1].tag not in ("d", "r", "m"))
                    or texts[first - 1].kind == Kind.SOFT
                )
            )
        ):
            first -= 1
        elif texts[first - 1].text == ")":
            opened = _opening(words, first - 1)
            if opened is None:
                break
            first = opened
        elif (
            joins and first > 1 and texts[first - 1].text in _JOINING and first < index and _plain(words, first, index)
        ):
            beside = kinds[first - 2]
            if beside not in (Kind.NOUN, Kind.INNER, Kind.DUAL, Kind.LETTER, Kind.VERB) or _ends_name(words, first - 2):
                break
            first -= 2
        elif (
            texts[first - 1].text in "—-·"
            and first > 1
            and kinds[first - 2] >= Kind.LETTER
            and kinds[first] >= Kind.LETTER
        ):
            first -= 2
        elif legal and _NUMBERED.fullmatch(texts[first - 1].text):
            first -= 1
        else:
            break
    return first


def _ends_name(words: Words, index: int) -> bool:
    """Whether a word ends a name of an organisation by itself, so that 与 behind it joins two names."""
    word = words.words[index]
    return word.suffix is not None and word.suffix.strength != "weak" and word.whole and words.kinds[index] >= Kind.NOUN


def _plain(words: Words, first: int, last: int) -> bool:
    """Whether words hold nothing that would make a name by itself."""
    return all(Kind.NOUN <= kind < Kind.PROPER for kind in words.kinds[first:last])


def _opening(words: Words, closing: int) -> int | None:
    """The bracket that a closing one belongs to, where a place or a legal form stands between: (中国), (集团)."""
    for index in range(closing - 1, max(-1, closing - 5), -1):
        text = words.words[index].text
        if text == "(":
            inside = words.text(index + 1, closing)
            known = inside in ("集团", "控股", "有限合伙") or all(
                words.kinds[i] in (Kind.PLACE, Kind.INNER) for i in range(index + 1, closing)
            )
            return index if known and inside and index and words.kinds[index - 1] >= Kind.NOUN else None
        if text in ")、,。":
            return None
    return None


def _begin(words: Words, first: int, index: int) -> int:
    """Cut off what only leads up to the name: 子公司, 董事长, 智能手机厂商, 投资."""
    kinds, texts = words.kinds, words.words
    begin = first
    own = texts[index].suffix
    holds_none = own is None or own.type not in _ENDING
    for i in range(first, index):
        kind = kinds[i]
        suffix = texts[i].suffix
        if kind == Kind.TITLE or (
            holds_none and suffix is not None and suffix.type in _ENDING and texts[i].whole and i > begin
        ):
            begin = i + 1
        elif kind == Kind.HEAD:
            named = texts[i].suffix is not None and texts[i].whole and i > begin and kinds[i - 1] >= Kind.LETTER
            if not named:
                begin = i + 1
        elif kind == Kind.DUAL and i > begin and i + 1 < index and _starts_name(words, i + 1, index):
            if kinds[i - 1] in (Kind.KNOWN, Kind.LATIN) or texts[i - 1].suffix is not None or i == begin:
                begin = i + 1
        elif (
            (kind == Kind.NUMBER and i == begin and i + 1 < index)
            or (kind == Kind.VERB and texts[i].tag != "m" and (i == begin or not _homed(words, begin, i)))
            or (
                texts[i].kind == Kind.SOFT
                and kind == Kind.BREAK
                and not _NUMBERED.fullmatch(texts[i].text)
                and (i == begin or not _lettered(words, i))
            )
        ):
            begin = i + 1
    if words.words[index].text == "控股" and words.string[words.starts[begin] - 1 : words.starts[begin]] == "由":
        return index
    while begin < index and kinds[begin] == Kind.DUAL and _starts_name(words, begin + 1, index):
        begin += 1
    # Ordinary nouns before a place, a known name or Latin describe it.
    lead = begin
    while lead < index and kinds[lead] in (Kind.NOUN, Kind.INNER):
        lead += 1
    if begin < lead < index and kinds[lead] in (Kind.PLACE, Kind.KNOWN, Kind.LATIN):
        begin = lead
    if kinds[begin] == Kind.PLACE and _abroad(words, begin, index):
        begin += 1
    short = len(texts[index].text) < 4
    if short and begin + 1 < index and kinds[begin] == Kind.PLACE and kinds[begin + 1] == Kind.KNOWN:
        # 美国通用汽车公司 is 通用汽车公司 of the United States; a legal name keeps the place it begins with.
        entry = texts[begin + 1].entry
        begin += entry is not None and entry.type in _COMPANIES
    return begin


def _abroad(words: Words, begin: int, index: int) -> bool:
    """Whether a foreign country only says where the place behind it lies: 美国马萨诸塞州…交通局."""
    entry = words.words[begin].entry
    return (
        begin + 1 < index
        and entry is not None
        and entry.type == "Country"
        and entry.name != "中国"
        and words.kinds[begin + 1] == Kind.PLACE
    )


def _homed(words: Words, first: int, index: int) -> bool:
    """Whether a name has begun with a place or a known name: then a verb behind it is one of its words."""
    return any(words.kinds[i] in (Kind.PLACE, Kind.KNOWN) or words.words[i].tag == "nt" for i in range(first, index))


def _lettered(words: Words, index: int) -> bool:
    """Whether a function word stands between letters of a name: 康得新, 杰能科技."""
    return words.kinds[index - 1] in (Kind.LETTER, Kind.PLACE, Kind.PROPER)


def _starts_name(words: Words, first: int, index: int) -> bool:
    if first >= index:
        return False
    kinds = words.kinds
    if kinds[first] >= Kind.PROPER:
        return True
    return kinds[first] == Kind.LETTER and first + 1 < index and kinds[first + 1] >= Kind.LETTER
