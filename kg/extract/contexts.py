"""Names that no list holds: what stands beside words that only names stand beside."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kg.errors import OntologyError
from kg.extract.analysis import Mention
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from kg.extract.words import Words
    from kg.lexicon import Lexicon

__all__ = ["ContextFinder"]

_PERSONAL = 4.5
"""From here on letters look more like a person's name than a company's."""
_LONGEST = 7
_LETTERS = 16
_TICKER = re.compile(
    r"\((?:[^()]{0,14}?[:.,])?(?:[0-9]{4,6}(?:[.\-][A-Z]{2})?|[A-Z]{1,5}(?:\.[A-Z]{1,2}|:[A-Z]{2})|(?:NASDAQ|NYSE|HKEX|SEHK)[:.]? ?[A-Z0-9]{1,6})(?:[,、/][^()]{0,24})?\)"
)
_CODE = re.compile(r"[A-Z][A-Za-z0-9.+]*[A-Za-z0-9+](?:-[A-Za-z0-9.]+)*(?: (?:[A-Z][A-Za-z0-9.+\-]*|[0-9]{1,4}))*")
_MODEL = re.compile(
    r"(?P<model>(?:[A-Z][A-Za-z]{0,9} ?)?[0-9]{1,5}(?: ?(?:Pro|Max|Plus|Ultra|Mini|mini|SE|Lite|Air|S|s|X|T|A|B|K|e))*(?:\+)?"
    r"|[A-Z]{1,3}[0-9]{1,4}[A-Za-z]?)(?![.,][0-9])(?![0-9A-Za-z%\-年月日号亿万元个家名位条项股点多余美港人倍次届轮天岁后款台辆亩平吨公米秒分小千百])"
)
_OPENERS = frozenset(",。;:、(的 \n".replace(" ", "") + "“")
"""Behind these a clause or an item of a list begins."""
_LISTED = frozenset("、和与及")


@dataclass(frozen=True, slots=True)
class _Shape:
    type: str
    confidence: float
    say: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rule:
    type: str
    confidence: float
    then: re.Pattern[str] | None


class ContextFinder:
    """Reads `names.toml` once; `find` gives names by the words beside them."""

    def __init__(
        self, lexicon: Lexicon, path: Path | None = None, resembles: Callable[[str], float] | None = None
    ) -> None:
        """`resembles` tells how much letters look like a Chinese person's name (natural log odds)."""
        self._resembles = resembles
        content = _read(path)
        self._skip = frozenset(content.get("skip", "").split())
        self._tail = frozenset(content.get("tail", "").split())
        self._acronyms = frozenset(content.get("acronyms", "").split())
        self._products = frozenset(content.get("products", "").split())
        self._releases = frozenset(content.get("releases", "").split())
        self._before = _rules(content, "before")
        self._after = _rules(content, "after")
        self._unlikely = frozenset("".join(lexicon.words("words", "unlikely")))
        self._fields = frozenset(content.get("fields", "").split())
        self._polite = frozenset(lexicon.words("words", "titles", "address"))
        self._surnames = frozenset("".join(lexicon.words("people", "surnames")))
        self._placing = frozenset(content.get("placing", "").split())
        foreign = "".join(lexicon.words("people", "transliteration"))
        self._foreign = frozenset(foreign)
        self._shapes = _shapes(content, foreign)
        self._not_names = frozenset((*lexicon.words("words", "not_names"), *lexicon.words("words", "ordinary")))

    @property
    def acronyms(self) -> frozenset[str]:
        """Latin words that name nothing by themselves (AI, CEO, GDP)."""
        return self._acronyms

    def words(self) -> frozenset[str]:
        """Words that a tokenizer should keep whole for these patterns."""
        found = {*self._before, *self._after, *self._products, *self._tail, *self._skip, *self._releases}
        return frozenset(word for word in found if len(word) > 1 and not word.isascii())

    def verbs(self) -> frozenset[str]:
        """Those of them that no name reaches over."""
        return frozenset({*self._before, *self._after, *self._skip, *self._releases} - self._products)

    def is_subject_word(self, word: str) -> bool:
        """Whether names of organisations stand right before the word."""
        return word in self._before

    def is_object_word(self, word: str) -> bool:
        """Whether names of organisations stand right behind the word."""
        return word in self._after and self._after[word].confidence >= 0.75

    def find(self, words: Words) -> Iterator[Mention]:
        """Names by context, in no order; they may overlap."""
        kinds, count = words.kinds, len(words.words)
        for index in range(count):
            text = words.words[index].text
            rule = self._before.get(text)
            if rule is not None and (rule.then is None or rule.then.match(words.string, words.starts[index + 1])):
                found = self._ending(words, index, rule)
                if found is not None:
                    yield found
            elif kinds[index] == Kind.TITLE and rule is None and text not in self._polite:
                found = self._left_name(words, index, "Company", 0.8)
                if found is not None:
                    yield found
            rule = self._after.get(text)
            if rule is not None and (rule.then is None or rule.then.match(words.string, words.starts[index + 1])):
                found = self._beginning(words, index + 1, rule.type, rule.confidence)
                if found is not None:
                    yield found
            if kinds[index] == Kind.HEAD:
                found = self._beginning(words, index + 1, "Company", 0.75)
                if found is not None:
                    yield found
            if kinds[index] == Kind.LETTER and (index == 0 or kinds[index - 1] != Kind.LETTER):
                found = self._loose(words, index)
                if found is not None:
                    yield found
            if kinds[index] in (Kind.KNOWN, Kind.PROPER):
                found = self._model(words, index)
                if found is not None:
                    yield found
            if text in self._fields:
                found = self._field(words, index + 1)
                if found is not None:
                    yield found
            if text in self._placing:
                found = self._place(words, index + 1)
                if found is not None:
                    yield found
            if kinds[index] == Kind.LATIN and text not in self._acronyms and index + 1 < count:
                if words.words[index + 1].text in ("新品", "发布会", "新品发布会") and text[0].isupper():
                    yield Mention(words.starts[index], words.starts[index + 1], text, "Product", 0.65, "context")
            if text in self._products:
                yield from self._product(words, index)
            elif text in self._releases:
                found = self._released(words, index + 1)
                if found is not None:
                    yield found
        for shape in self._shapes:
            for match in shape.say.finditer(words.string):
                start, end = match.span("name")
                if words.is_edge(start) and kinds[words.at(start)] not in (Kind.BREAK, Kind.VERB):
                    yield Mention(start, end, match["name"], shape.type, shape.confidence, "shape")
        for match in _TICKER.finditer(words.string):
            index = words.at(match.start())
            found = self._left_name(words, index, "Company", 0.95) or self._before_ticker(words, index)
            if found is not None:
                yield found

    def _before_ticker(self, words: Words, end: int) -> Mention | None:
        """What stands before a stock's code is its name, whatever its letters look like: 武进不锈(603878.SH)."""
        first = end
        while first > 0 and end - first < 4 and words.starts[end] - words.starts[first - 1] <= 6:
            word, kind = words.words[first - 1], words.kinds[first - 1]
            if word.text in self._skip or not (kind >= Kind.NOUN or word.kind in (Kind.SOFT, Kind.LETTER)):
                break
            first -= 1
        start, stop = words.starts[first], words.starts[end]
        if stop - start < 2:
            return None
        return Mention(start, stop, words.string[start:stop], "Company", 0.8, "context")

    def listed(self, words: Words, mentions: list[Mention]) -> Iterator[Mention]:
        """Unknown members of an enumeration: what stands between 、 beside names of organisations is one too."""
        string = words.string
        for mention in mentions:
            if mention.confidence < 0.5 or mention.type not in ("Company", "InvestmentFirm", "Organization", "Person"):
                continue
            type_ = "Company" if mention.type == "Organization" else mention.type
            if type_ == "Person":
                continue
            if string[mention.end : mention.end + 1] in _LISTED and mention.end < len(string):
                at = words.at(mention.end + 1)
                if words.starts[at] == mention.end + 1:
                    made = self._member(words, at, type_)
                    if made is not None:
                        yield made
            if mention.start and string[mention.start - 1] in _LISTED:
                at = words.at(mention.start - 1)
                if words.starts[at] == mention.start - 1:
                    made = self._left_name(words, at, type_, 0.75, closed=True)
                    if made is not None:
                        yield made

    def _member(self, words: Words, first: int, type_: str) -> Mention | None:
        last = self._extent(words, first)
        if last == first or last >= len(words.words):
            return None
        if words.words[last].text not in ("、", "和", "与", "及", "以及", "等", ",", "。", "(", "的", ";"):
            return None
        return self._made(words, first, last, type_, 0.75)

    # ---- reading a name off the words ----

    def _ending(self, words: Words, index: int, rule: _Rule) -> Mention | None:
        at = index
        string = words.string
        while at > 0:
            text = words.words[at - 1].text
            if text in self._skip or (at - 1 in words.valued):
                at -= 1
            elif text == ")":
                opened = string.rfind("(", max(0, words.starts[at - 1] - 40), words.starts[at - 1])
                if opened < 0:
                    return None
                at = words.at(opened)
            else:
                break
        return self._left_name(words, at, rule.type, rule.confidence)

    def _left_name(self, words: Words, end: int, type_: str, confidence: float, closed: bool = False) -> Mention | None:
        """The name that ends before word `end`."""
        kinds = words.kinds
        first = end
        while first > 0 and end - first < _LONGEST and words.starts[end] - words.starts[first - 1] <= _LETTERS:
            kind = kinds[first - 1]
            if kind == Kind.HEAD and first - 1 in (0, end - 1) and words.words[first - 1].suffix is None:
                break
            if kind < Kind.NOUN or (kind == Kind.DUAL and first < end):
                break
            first -= 1
        if (
            first == end
            and end > 0
            and kinds[end - 1] == Kind.VERB
            and confidence >= 0.85
            and self._clause(words, end - 1)
        ):
            first = end - 1
        if first == end:
            return None
        clause = self._clause(words, first)
        if (
            closed
            and not clause
            and words.words[first - 1].text
            not in ("由", "与", "和", "向", "为", "获", "在", "是", "包括", "对", "及", "投资", "收购", "如")
        ):
            confidence -= 0.15
        ordinary = 0.6 if clause and confidence >= 0.85 else 0.0
        return self._made(words, first, end, type_, confidence if clause else confidence - 0.05, ordinary)

    def _clause(self, words: Words, first: int) -> bool:
        return first == 0 or words.string[words.starts[first] - 1] in "\n,。;:!?、“("

    def _beginning(self, words: Words, first: int, type_: str, confidence: float) -> Mention | None:
        """The name that begins at word `first`; 了 and what describes it are skipped."""
        count, kinds = len(words.words), words.kinds
        if first < count and words.words[first].text in ("了", "其", "旗下", "全资", "“"):
            first += 1
        last = self._extent(words, first)
        if last == first:
            return None
        if last < count and kinds[last] == Kind.HEAD and words.words[last].text not in self._tail:
            return None
        return self._made(words, first, last, type_, confidence)

    def _extent(self, words: Words, first: int) -> int:
        """Where the name that begins at word `first` ends: behind what looks like a name and its ending."""
        kinds, count, texts = words.kinds, len(words.words), words.words
        limit = min(count, first + _LONGEST)
        last = first
        while last < limit and kinds[last] == Kind.PLACE:
            last += 1
        while last < limit and kinds[last] in (Kind.NOUN, Kind.INNER) and not self._is_core(words, last):
            if texts[last].text in self._tail:
                break
            last += 1
        begin = last
        while last < limit and self._is_core(words, last):
            last += 1
        if last == begin:
            placed = begin > first and kinds[first] == Kind.PLACE and texts[last - 1].suffix is not None
            return last if placed else min(last, self._plain_extent(words, first))
        while last < limit and texts[last].suffix is not None and texts[last].whole and kinds[last] >= Kind.NOUN:
            if texts[last].text in self._tail:
                break
            last += 1
        if (
            last < limit
            and kinds[last] == Kind.INNER
            and texts[last - 1].suffix is None
            and texts[last].text not in self._tail
        ):
            after = kinds[last + 1] if last + 1 < count else Kind.BREAK
            if after < Kind.NOUN or texts[last + 1].text in self._tail:
                last += 1
        return last

    def _is_core(self, words: Words, index: int) -> bool:
        kind = words.kinds[index]
        return kind in (Kind.LETTER, Kind.PROPER, Kind.KNOWN) or (
            kind == Kind.LATIN and words.words[index].text not in self._acronyms
        )

    def _plain_extent(self, words: Words, first: int) -> int:
        kinds, count = words.kinds, len(words.words)
        last = first
        while last < count and last - first < 4:
            if (
                kinds[last] < Kind.NOUN
                or words.words[last].text in self._tail
                or (kinds[last] == Kind.DUAL and last > first)
            ):
                break
            last += 1
        return last

    def _made(
        self, words: Words, first: int, last: int, type_: str, confidence: float, ordinary: float = 0.0
    ) -> Mention | None:
        """The name in words `[first, last)`, leading descriptions cut off, if it looks like one."""
        kinds, texts = words.kinds, words.words
        ending = texts[last - 1].suffix
        if (
            ending is not None
            and ending.type not in ("Company", "InvestmentFirm", "Exchange")
            and texts[last - 1].whole
        ):
            return None
        for index in range(last - 2, first, -1):
            if (
                texts[index].suffix is not None
                and texts[index].whole
                and all(k in (Kind.NOUN, Kind.INNER, Kind.DUAL) for k in kinds[index + 1 : last])
            ):
                if texts[last - 1].suffix is None:
                    last = index + 1
                break
        for index in range(last - 1, first, -1):
            if kinds[index] == Kind.KNOWN and kinds[index - 1] in (Kind.NOUN, Kind.INNER, Kind.DUAL, Kind.LETTER):
                first = index
                break
        lead = first
        while lead < last and (kinds[lead] in (Kind.NOUN, Kind.INNER, Kind.DUAL) or texts[lead].text in self._acronyms):
            lead += 1
        if first < lead < last and (
            kinds[lead] in (Kind.PLACE, Kind.KNOWN, Kind.LATIN)
            or kinds[lead] == Kind.PROPER
            or (kinds[lead] == Kind.LETTER and lead + 1 < last and kinds[lead + 1] == Kind.LETTER)
        ):
            first = lead
        looks = self._looks(words, first, last, ordinary)
        if looks <= 0:
            return None
        start, end = words.starts[first], words.starts[last]
        name = words.string[start:end]
        if end - start < 2:
            return None
        if end - start <= 3 and self._resembles is not None and self._resembles(name) >= _PERSONAL:
            return Mention(start, end, name, "Person", 0.55, "context")
        return Mention(start, end, name, type_, round(confidence * looks, 3), "context")

    def _looks(self, words: Words, first: int, last: int, ordinary: float) -> float:
        """From 0 to 1: how much the words look like a name."""
        inside = words.words[first:last]
        kinds = words.kinds[first:last]
        if len(inside) == 1:
            word, kind = inside[0], kinds[0]
            if word.text in self._not_names or word.text in self._acronyms:
                return 0.0
            if kind == Kind.KNOWN or kind == Kind.PLACE:
                return 0.0
            if kind == Kind.PROPER:
                return 1.0
            if kind == Kind.LATIN:
                return 0.9 if not word.text.islower() else 0.4
            if kind in (Kind.NOUN, Kind.INNER, Kind.VERB):
                return ordinary if word.frequency < 2000 else 0.0
            return 0.0
        if kinds[0] == Kind.KNOWN and not any(k in (Kind.LETTER, Kind.PROPER, Kind.LATIN) for k in kinds[1:]):
            if inside[-1].suffix is None or not inside[-1].whole:
                return 0.0
        if kinds[-1] == Kind.LETTER and kinds[-2] in (Kind.NOUN, Kind.INNER, Kind.DUAL):
            return 0.0
        letters = sum(kind == Kind.LETTER for kind in kinds)
        proper = sum(kind in (Kind.PROPER, Kind.KNOWN) for kind in kinds)
        latin = sum(
            kind == Kind.LATIN and word.text not in self._acronyms for kind, word in zip(kinds, inside, strict=True)
        )
        places = sum(kind == Kind.PLACE for kind in kinds)
        if kinds[-1] in (Kind.NOUN,) and inside[-1].text in self._not_names and inside[-1].suffix is None:
            return 0.3
        if all(kind == Kind.LETTER for kind in kinds):
            if any(word.text in self._unlikely for word in inside):
                return 0.3
            return 1.0 if len(kinds) <= 4 else 0.5
        if proper or latin:
            return 0.95
        if letters >= 2:
            return 0.85
        if places and kinds[-1] != Kind.PLACE:
            return 0.75
        if letters:
            return 0.6
        if inside[-1].suffix is not None and len(inside) == 2:
            return 0.65
        return 0.35

    # ---- products ----

    def _product(self, words: Words, index: int) -> Iterator[Mention]:
        kinds, texts = words.kinds, words.words
        after = index + 1
        if after < len(texts) and kinds[after] == Kind.LATIN and texts[after].text not in self._acronyms:
            named = _CODE.match(words.string, words.starts[after])
            if named is not None and texts[after].text[0].isupper():
                yield Mention(named.start(), named.end(), named.group(), "Product", 0.65, "context")
        first = index
        while first > 0 and index - first < 6 and kinds[first - 1] >= Kind.NOUN:
            kind = kinds[first - 1]
            if kind == Kind.KNOWN or (kind == Kind.PLACE and texts[first - 1].entry is not None):
                break
            first -= 1
        number = words.words[index - 1] if index > 1 and kinds[index - 1] == Kind.NUMBER else None
        if number is not None and not number.text.isdigit() and kinds[index - 2] >= Kind.NOUN:
            start, stop = words.starts[index - 2], words.starts[index + 1]
            yield Mention(start, stop, words.string[start:stop], "Product", 0.7, "context")
            return
        fresh = first == 0 or (kinds[first - 1] == Kind.BREAK and texts[first - 1].text in _OPENERS)
        if not (fresh and index - first > 1 and self._coined(words, first)):
            while first < index and (
                kinds[first] in (Kind.NOUN, Kind.INNER, Kind.DUAL, Kind.PLACE) or texts[first].text in self._acronyms
            ):
                first += 1
        if first == index:
            return
        run = first
        while (
            run < index
            and kinds[run] in (Kind.LETTER, Kind.PROPER, Kind.LATIN)
            and texts[run].text not in self._acronyms
        ):
            run += 1
        if kinds[first] == Kind.LETTER and (run - first < 2 or any(t.text in self._unlikely for t in texts[first:run])):
            return
        start, stop = words.starts[first], words.starts[index + 1]
        sure = 0.6 if run > first else 0.5
        yield Mention(start, stop, words.string[start:stop], "Product", sure, "context")

    def _loose(self, words: Words, first: int) -> Mention | None:
        """Three or four letters that are no words, between words that are: hardly ever ordinary Chinese."""
        kinds = words.kinds
        last = first
        while last < len(kinds) and kinds[last] == Kind.LETTER:
            last += 1
        if not 3 <= last - first <= 4 or any(word.text in self._unlikely for word in words.words[first:last]):
            return None
        before = kinds[first - 1] if first else Kind.BREAK
        after = kinds[last] if last < len(kinds) else Kind.BREAK
        if before not in (Kind.BREAK, Kind.HEAD) or after not in (Kind.BREAK, Kind.VERB, Kind.TITLE):
            return None
        if first and words.words[first - 1].text[:1].isdigit():
            return None
        start, end = words.starts[first], words.starts[last]
        return Mention(start, end, words.string[start:end], "Company", 0.5, "context")

    def _model(self, words: Words, index: int) -> Mention | None:
        """A product's name made of a brand and a model: 极氪001, 小米14, 问界M9, 麒麟990A, 华为Mate 60 Pro."""
        word = words.words[index]
        if word.entry is None or word.entry.type not in ("Company", "Product"):
            return None
        found = _MODEL.match(words.string, words.starts[index + 1])
        if found is None or found["model"] in self._acronyms:
            return None
        start = words.starts[index]
        return Mention(start, found.end("model"), words.string[start : found.end("model")], "Product", 0.7, "context")

    def _field(self, words: Words, first: int) -> Mention | None:
        """The line of business behind 主营 or 专注于."""
        kinds, last = words.kinds, first
        while (
            last < len(kinds) and last - first < 4 and kinds[last] in (Kind.NOUN, Kind.INNER, Kind.LATIN, Kind.LETTER)
        ):
            last += 1
        after = words.words[last].text if last < len(kinds) else ""
        start, end = words.starts[first], words.starts[last]
        name = words.string[start:end]
        if (
            not 2 <= end - start <= 8
            or name in self._not_names
            or (after not in ("", "领域", "行业", "赛道") and after not in ",。;、和及与")
        ):
            return None
        return Mention(start, end, name, "Industry", 0.5, "context")

    def _place(self, words: Words, first: int) -> Mention | None:
        """A foreign place that only its letters give away, behind 位于 or 落户."""
        last = first
        while last < len(words.words) and words.kinds[last] in (Kind.LETTER, Kind.PROPER) and last - first < 6:
            last += 1
        start, end = words.starts[first], words.starts[last]
        if not 3 <= end - start <= 6 or not all(letter in self._foreign for letter in words.string[start:end]):
            return None
        return Mention(start, end, words.string[start:end], "Place", 0.65, "context")

    def _coined(self, words: Words, index: int) -> bool:
        """Whether an ordinary word may be a product's name: a rare noun that describes nothing by itself."""
        word, kind = words.words[index], words.kinds[index]
        return (
            kind in (Kind.NOUN, Kind.PLACE)
            and word.entry is None
            and 0 < word.frequency < 600
            and word.text not in self._not_names
            and word.tag in ("n", "nz", "ns", "nr")
        )

    def _released(self, words: Words, first: int) -> Mention | None:
        if first < len(words.words) and words.words[first].text in ("了", "的", "新一代", "全新", "首款"):
            first += 1
        if first >= len(words.words) or words.kinds[first] != Kind.LATIN or words.words[first].text in self._acronyms:
            return None
        if not words.words[first].text[0].isupper():
            return None
        named = _CODE.match(words.string, words.starts[first])
        if named is None:
            return None
        return Mention(named.start(), named.end(), named.group(), "Product", 0.6, "context")


def _read(path: Path | None) -> dict[str, Any]:
    file = path if path is not None else files("kg.ontology").joinpath("patterns", "names.toml")
    try:
        return tomllib.loads(file.read_text(encoding="utf8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise OntologyError(f"names.toml: {error}; correct the file or reinstall the package") from error


def _shapes(content: Mapping[str, Any], foreign: str) -> tuple[_Shape, ...]:
    shapes = []
    for number, table in enumerate(content.get("shape", ()), 1):
        try:
            shape = _Shape(
                str(table["class"]), float(table["confidence"]), re.compile(table["say"].replace("%foreign%", foreign))
            )
        except (KeyError, ValueError, TypeError, re.error) as error:
            raise OntologyError(
                f"names.toml: [[shape]] number {number}: {error!r}; it needs class, confidence, say"
            ) from error
        if "name" not in shape.say.groupindex:
            raise OntologyError(f"names.toml: [[shape]] number {number}: mark the name in it as (?P<name>…)")
        shapes.append(shape)
    return tuple(shapes)


def _rules(content: Mapping[str, Any], name: str) -> dict[str, _Rule]:
    rules: dict[str, _Rule] = {}
    for number, table in enumerate(content.get(name, ()), 1):
        try:
            then = re.compile(table["then"]) if "then" in table else None
            rule = _Rule(str(table["class"]), float(table["confidence"]), then)
            for word in table["words"].split():
                rules.setdefault(word, rule)
        except (KeyError, AttributeError, ValueError, re.error) as error:
            raise OntologyError(
                f"names.toml: [[{name}]] number {number}: {error!r}; it needs class, confidence, words"
            ) from error
    return rules
