"""Names of things by what stands beside them: products, lines of business, foreign places, and shapes of names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.namewords import NameWords
    from kg.extract.words import Words
    from kg.lexicon import Lexicon

__all__ = ["ThingFinder"]

_CODE = re.compile(r"[A-Z][A-Za-z0-9.+]*[A-Za-z0-9+](?:-[A-Za-z0-9.]+)*(?: (?:[A-Z][A-Za-z0-9.+\-]*|[0-9]{1,4}))*")
_MODEL = re.compile(
    r"(?P<model>(?:[A-Z][A-Za-z]{0,9} ?)?[0-9]{1,5}"
    r"(?: ?(?:Pro|Max|Plus|Ultra|Mini|mini|SE|Lite|Air|S|s|X|T|A|B|K|e))*(?:\+)?|[A-Z]{1,3}[0-9]{1,4}[A-Za-z]?)"
    r"(?![.,][0-9])"
    # Not a number of something, nor a date.
    r"(?![0-9A-Za-z%\-年月日号亿万元个家名位条项股点多余美港人倍次届轮天岁后款台辆亩平吨公米秒分小千百])"
)
_OPENERS = frozenset(",。;:、(的\n“")
"""Behind these a clause or an item of a list begins."""
_SHOWN = frozenset(("新品", "发布会", "新品发布会"))


class ThingFinder:
    """Recognises names of things in an item's words."""

    def __init__(self, lexicon: Lexicon, patterns: NameWords) -> None:
        self._patterns = patterns
        self._products = patterns.products
        self._acronyms = patterns.acronyms
        self._speaking = patterns.products | patterns.releases | patterns.fields | patterns.placing
        self._unlikely = frozenset("".join(lexicon.words("words", "unlikely")))
        self._foreign = frozenset("".join(lexicon.words("people", "transliteration")))
        self._not_names = frozenset((*lexicon.words("words", "not_names"), *lexicon.words("words", "ordinary")))

    def find(self, words: Words) -> Iterator[Mention]:
        """Names of things, in no order; they may overlap."""
        kinds, patterns = words.kinds, self._patterns
        for index, word in enumerate(words.words):
            text, kind = word.text, kinds[index]
            if kind == Kind.KNOWN:
                yield from _made(self._model(words, index))
            elif kind == Kind.LATIN:
                yield from _made(self._presented(words, index))
            if text not in self._speaking:
                continue
            if text in self._products:
                yield from self._product(words, index)
            elif text in patterns.releases:
                yield from _made(self._released(words, index + 1))
            if text in patterns.fields:
                yield from _made(self._field(words, index + 1))
            elif text in patterns.placing:
                yield from _made(self._place(words, index + 1))
        for shape in patterns.shapes:
            for match in shape.say.finditer(words.string):
                start, end = match.span("name")
                if words.is_edge(start) and kinds[words.at(start)] not in (Kind.BREAK, Kind.VERB):
                    yield Mention(start, end, match["name"], shape.type, shape.confidence, "shape")

    def _presented(self, words: Words, index: int) -> Mention | None:
        """MasterGo新品发布会"""
        text = words.words[index].text
        if text in self._acronyms or not text[0].isupper() or index + 1 >= len(words.words):
            return None
        if words.words[index + 1].text not in _SHOWN:
            return None
        return Mention(words.starts[index], words.starts[index + 1], text, "Product", 0.65, "context")

    def _product(self, words: Words, index: int) -> Iterator[Mention]:
        """A product by the word for what it is: 紫霄AI推理芯片, 数据库TDSQL."""
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
            and 0 < word.frequency < 1000
            and word.text not in self._not_names
            and word.tag in ("n", "nz", "ns", "nr")
        )

    def _released(self, words: Words, first: int) -> Mention | None:
        """推出MasterGo"""
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


def _made(mention: Mention | None) -> tuple[Mention, ...]:
    return () if mention is None else (mention,)
