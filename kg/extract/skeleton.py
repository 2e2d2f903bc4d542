"""A sentence with its names and values folded into single characters, so that wordings can be regular expressions.

    腾讯高级执行副总裁汤道生透露，蓝湖完成10亿元C+轮融资    becomes    ⟨Person⟩透露,⟨Company⟩完成⟨amount⟩⟨round⟩融资

Dates and brackets are lifted out. `kg.extract.folds` goes on from here: posts are folded into their person,
enumerations into one character that stands for all members.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extract.analysis import Analysis, ValueMention
    from kg.schema import Schema
    from kg.text import Sentence

__all__ = [
    "ENTITY",
    "QUANTITY",
    "TITLE",
    "VALUE",
    "VALUE_KINDS",
    "Alphabet",
    "Chunk",
    "Member",
    "Post",
    "Skeleton",
    "fold",
    "splice",
]

ENTITY = "\ue000-\ue1ff"
"""The body of a character class that matches any folded name."""
VALUE = "\ue200-\ue20f"
VALUE_KINDS = ("amount", "percent", "quantity", "round", "ticker", "date", "period")
_LETTERS = {kind: chr(0xE200 + i) for i, kind in enumerate(VALUE_KINDS)}
TITLE = "\ue210"
QUANTITY = _LETTERS["quantity"]

_LEAST = 0.5
"""Weaker guesses at names take no part in facts."""
_OPEN, _CLOSE = "“‘「『《〈\"'", "”’」』》〉\"'"


@dataclass(frozen=True, slots=True)
class Member:
    """One name behind a folded character. `via` is the pronoun that stands for it, where it is not named itself."""

    referent: int
    start: int
    end: int
    confidence: float
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one folded character stands for; offsets point into `Text.string`."""

    cls: str
    start: int
    end: int
    members: tuple[Member, ...] = ()
    value: ValueMention | None = None
    text: str = ""
    ticker: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A person, an organisation (None where the text leaves it open), a title and the words 原, 前 … before it."""

    person: Member
    organization: Member | None
    title: str
    prefix: str
    start: int
    end: int


class Alphabet:
    """One private-use character for each class of the ontology, and the character classes that slots compile to."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._of = {name: chr(0xE000 + i) for i, name in enumerate(sorted(schema.classes))}

    def of(self, name: str) -> str:
        """The character that a class or a kind of value folds to."""
        return _LETTERS.get(name) or (TITLE if name == "title" else self._of[name])

    def body(self, classes: Iterable[str]) -> str:
        """All characters of these classes and of the classes under them, for use inside `[...]`.

        A name known only as an Organization may fill a slot for any kind of organisation.
        """
        wanted = set(classes)
        names = {n for n in self._schema.classes if any(self._schema.is_a(n, c) for c in wanted)}
        if any(self._schema.is_a(c, "Organization") for c in wanted):
            names.add("Organization")
        return "".join(self._of[n] for n in sorted(names))


@dataclass(slots=True)
class Skeleton:
    """The folded sentence: `text`, and for each character where it starts in `Text.string`."""

    sentence: Sentence
    text: str
    starts: list[int]
    ends: list[int]
    chunks: dict[int, Chunk]
    dates: list[ValueMention] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    sectors: list[tuple[Member, Member]] = field(default_factory=list)
    """An industry and the company that an apposition puts in it (氢能企业普拉格能源)."""
    owned: list[tuple[Member, Member]] = field(default_factory=list)
    """What belongs to an organization and that organization (拼多多旗下的Temu)."""
    within: list[tuple[Member, Member]] = field(default_factory=list)
    """A place and the larger one it is named with (瑞士巴塞尔)."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in `Text.string`."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else self.sentence.end
            return at, at
        return self.starts[start], self.ends[end - 1]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The clause around `text[start:end]`, between commas or stronger marks, as offsets into `text`."""
        left = max(self.text.rfind(mark, 0, start) for mark in ",;:!?。") + 1
        rights = [i for i in (self.text.find(mark, end) for mark in ",;!?。") if i >= 0]
        return left, min(rights, default=len(self.text))


def _tokens(analysis: Analysis, sentence: Sentence) -> Iterator[Chunk]:
    """Names, titles, pronouns and values of a sentence in order; where two overlap the longer one stays."""
    found: list[Chunk] = []
    lo, hi = sentence.start, sentence.end
    at = bisect_left(analysis.mentions, lo, key=lambda m: m.start)
    for i in range(at, len(analysis.mentions)):
        mention = analysis.mentions[i]
        if mention.start >= hi:
            break
        referent = analysis.referent_of.get(i)
        if referent is None or mention.end > hi or mention.confidence < _LEAST:
            continue
        cls = analysis.referents[referent].type
        member = Member(referent, mention.start, mention.end, mention.confidence)
        found.append(Chunk(cls, mention.start, mention.end, (member,), text=mention.name))
    for title in analysis.titles:
        if lo <= title.start and title.end <= hi:
            found.append(Chunk("title", title.start, title.end, text=title.text))
    for anaphor in analysis.anaphors:
        if lo <= anaphor.start and anaphor.end <= hi and anaphor.referents:
            members = tuple(Member(r, anaphor.start, anaphor.end, 0.85, anaphor.text) for r in anaphor.referents)
            cls = analysis.referents[anaphor.referents[0]].type
            found.append(Chunk(cls, anaphor.start, anaphor.end, members, text=anaphor.text))
    at = bisect_left(analysis.values, lo, key=lambda v: v.start)
    for value in analysis.values[at:]:
        if value.start >= hi:
            break
        if value.end <= hi:
            found.append(Chunk(value.kind, value.start, value.end, value=value, text=value.literal))
    found.sort(key=lambda c: (c.start, c.start - c.end))
    end = lo
    for chunk in found:
        if chunk.start >= end:
            end = chunk.end
            yield chunk


def fold(analysis: Analysis, sentence: Sentence, alphabet: Alphabet) -> Skeleton:
    """The sentence with each name and value as one character; dates and brackets are lifted out."""
    string = analysis.text.string
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    chunks: dict[int, Chunk] = {}
    skel = Skeleton(sentence, "", starts, ends, chunks)

    def put(letter: str, start: int, end: int) -> None:
        letters.append(letter)
        starts.append(start)
        ends.append(end)

    def plain(start: int, end: int) -> None:
        for i in range(start, end):
            put(string[i], i, i + 1)

    position = sentence.start
    for chunk in _tokens(analysis, sentence):
        plain(position, chunk.start)
        position = chunk.end
        if chunk.cls in ("date", "period") and chunk.value is not None:
            skel.dates.append(chunk.value)
            # 于2021年3月, and the comma after a date that opens a clause, say nothing once the date is lifted out.
            if letters and letters[-1] in "于在自" and ends[-1] == chunk.start:
                letters.pop(), starts.pop(), ends.pop()
            elif (not letters or letters[-1] in ",;:。") and string[position : position + 1] == ",":
                position += 1
            continue
        quoted = chunk.members and letters and letters[-1] in _OPEN and ends[-1] == chunk.start
        if quoted and position < sentence.end and string[position] in _CLOSE:
            letters.pop(), starts.pop(), ends.pop()
            position += 1
        chunks[len(letters)] = chunk
        put(alphabet.of(chunk.cls), chunk.start, chunk.end)
        if chunk.cls == "Person" and (polite := _POLITE.match(string, position, sentence.end)):
            position = polite.end()
    plain(position, sentence.end)
    skel.text = "".join(letters)
    _drop_brackets(skel)
    return skel


_POLITE = re.compile("先生|女士|小姐|同志|博士(?=[、,。;和及与担出任])")
_BRACKET = re.compile(r"\([^()]{0,60}\)")


def _drop_brackets(skel: Skeleton) -> None:
    """Take out brackets that hold no title: they explain the name before. A ticker in them goes to that name."""
    if "(" not in skel.text:
        return
    pieces: list[tuple[int, int, str, Chunk | None]] = []
    for found in _BRACKET.finditer(skel.text):
        lo, hi = found.span()
        if TITLE in found.group():
            continue
        pieces.append((lo, hi, "", None))
        owner = skel.chunks.get(lo - 1)
        for inner in (skel.chunks[i] for i in range(lo, hi) if i in skel.chunks):
            if owner is not None and inner.cls == "ticker" and inner.value is not None:
                skel.chunks[lo - 1] = replace(owner, ticker=str(inner.value.value))
    splice(skel, pieces)


def splice(skel: Skeleton, pieces: list[tuple[int, int, str, Chunk | None]]) -> None:
    """Replace ranges of the folded text; pieces are in order and do not overlap."""
    if not pieces:
        return
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    chunks: dict[int, Chunk] = {}
    position = 0

    def keep(lo: int, hi: int) -> None:
        for i in range(lo, hi):
            if i in skel.chunks:
                chunks[len(letters)] = skel.chunks[i]
            letters.append(skel.text[i])
            starts.append(skel.starts[i])
            ends.append(skel.ends[i])

    for lo, hi, letter, chunk in pieces:
        keep(position, lo)
        if chunk is not None:
            chunks[len(letters)] = chunk
            letters.append(letter)
            starts.append(chunk.start)
            ends.append(chunk.end)
        position = hi
    keep(position, len(skel.text))
    skel.text, skel.starts, skel.ends, skel.chunks = "".join(letters), starts, ends, chunks
