"""A sentence with its names and values folded into single characters, so that wordings can be regular expressions.

    腾讯高级执行副总裁汤道生透露，蓝湖完成10亿元C+轮融资    becomes    ⟨Person⟩透露,⟨Company⟩完成⟨amount⟩⟨round⟩融资

Dates and brackets are lifted out, posts beside a person are folded into the person, and enumerations
(A、B和C等机构) into one character that stands for all members.
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

__all__ = ["ENTITY", "TITLE", "VALUE", "VALUE_KINDS", "Alphabet", "Chunk", "Member", "Post", "Skeleton", "skeleton"]

ENTITY = "\ue000-\ue1ff"
"""The body of a character class that matches any folded name."""
VALUE = "\ue200-\ue20f"
VALUE_KINDS = ("amount", "percent", "quantity", "round", "ticker", "date", "period")
_VALUES = {kind: chr(0xE200 + i) for i, kind in enumerate(VALUE_KINDS)}
TITLE = "\ue210"

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
        return _VALUES.get(name) or (TITLE if name == "title" else self._of[name])

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


def skeleton(analysis: Analysis, sentence: Sentence, alphabet: Alphabet, schema: Schema) -> Skeleton:
    """Fold one sentence."""
    skel = _fold(analysis, sentence, alphabet)
    if TITLE in skel.text:
        _fold_posts(skel, alphabet, schema)
    _fold_places(skel, alphabet)
    _fold_sectors(skel, alphabet)
    _fold_owned(skel, alphabet)
    if "、" in skel.text or "和" in skel.text or "及" in skel.text or "等" in skel.text or "与" in skel.text:
        _fold_lists(skel, alphabet, schema)
    return skel


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


def _fold(analysis: Analysis, sentence: Sentence, alphabet: Alphabet) -> Skeleton:
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
    _splice(skel, pieces)


def _splice(skel: Skeleton, pieces: list[tuple[int, int, str, Chunk | None]]) -> None:
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


# ---- posts --------

_PREFIX = "(?:原|前任|前|现任|新任|时任|候任|兼任)?"


_FIELD = (
    "(?P<field>(?![与和及])(?:(?!任命|聘请|聘任|宣布|收购|投资|称|由|对|向|被|将|把|在|起诉|发布|推出|离职|原|前|表示|会见|任|为|是|的|等)"
    "[\u4e00-\u9fffA-Za-z]){0,8}?)"
)
"""What may stand between an organisation and a post there, and belongs to the post: 学术副院长, 中国区总经理."""


def _post_pattern(alphabet: Alphabet) -> re.Pattern[str]:
    org = f"[{alphabet.body(('Organization', 'Country'))}]"
    person = alphabet.of("Person")
    unit = f"(?:{_PREFIX}{org}(?:公司|集团)?的?{_unnamed(_FIELD)})?{_PREFIX}{TITLE}"
    return re.compile(
        f"(?P<before>{unit}(?:(?:[、兼和及暨,]{{0,2}}|、[\u4e00-\u9fff]{{1,3}}){unit})*)(?:\\([^()]{{0,20}}\\))?(?P<persons>{person}(?:[、和]{person})*)(?!{TITLE})"
        f"|(?P<org>{org})(?:公司|集团)?的?(?P<person>{person}(?:[、和]{person})*)(?P<after>(?:等)?{TITLE}(?:[、兼和及暨]{TITLE})*)"
        f"|(?P<who>{person})[,(](?P<appended>{unit}(?:[、兼和及暨,]{{0,2}}{unit})*)(?=[,;)。]|$)"
    )


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


_UNIT = re.compile(
    f"(?P<p1>{_PREFIX})(?:(?P<org>[{ENTITY}])(?:公司|集团)?的?{_FIELD})?(?P<p2>{_PREFIX})(?P<title>{TITLE})"
)


def _fold_posts(skel: Skeleton, alphabet: Alphabet, schema: Schema) -> None:
    pattern = _post_pattern(alphabet)
    pieces: list[tuple[int, int, str, Chunk | None]] = []
    carried: Member | None = None
    for found in pattern.finditer(skel.text):
        if found["persons"]:
            people, posts = found.span("persons"), found.span("before")
        elif found["person"]:
            people, posts = found.span("person"), found.span("after")
        else:
            people, posts = found.span("who"), found.span("appended")
        members = tuple(m for i in range(*people) if i in skel.chunks for m in skel.chunks[i].members)
        lo, hi = found.span()
        start, end = skel.span(lo, hi)
        # 董事长程维、总裁柳青: the second post is at the same organization.
        last_org = carried if pieces and skel.text[pieces[-1][1] : lo] in ("、", "和", "及", "与", "以及") else None
        if found["org"]:
            last_org = skel.chunks[found.start("org")].members[0]
        for unit in _UNIT.finditer(skel.text, *posts):
            at = unit.start("org")
            if unit["org"] and at in skel.chunks:
                last_org = skel.chunks[at].members[0]
            title = skel.chunks[unit.start("title")]
            prefix = unit["p1"] or unit["p2"]
            text = (unit["field"] or "") + title.text
            skel.posts += [Post(m, last_org, text, prefix, start, end) for m in members]
        carried = last_org
        if found["who"] and skel.text[hi - 1 : hi] != ")" and skel.text[hi : hi + 1] == ")":
            hi += 1
        pieces.append(
            (lo, hi, alphabet.of("Person"), Chunk("Person", start, end, members, text=skel.text[people[0] : people[1]]))
        )
    _splice(skel, pieces)


# ---- appositions --------


def _fold_places(skel: Skeleton, alphabet: Alphabet) -> None:
    """瑞士巴塞尔 is 巴塞尔, which lies in 瑞士."""
    places = alphabet.body(("Place",))
    pieces: list[tuple[int, int, str, Chunk | None]] = []
    for found in re.finditer(f"[{places}](?:首都|首府|省|州)?(?=[{alphabet.of('Place')}])", skel.text):
        at, inner = found.span()
        if skel.ends[inner - 1] == skel.starts[inner]:
            skel.within.append((skel.chunks[inner].members[0], skel.chunks[at].members[0]))
            pieces.append((at, inner, "", None))
    _splice(skel, pieces)


def _fold_sectors(skel: Skeleton, alphabet: Alphabet) -> None:
    """氢能企业X is X, whose industry is told in passing."""
    industry = alphabet.of("Industry")
    if industry not in skel.text:
        return
    company = alphabet.body(("Company",))
    pattern = re.compile(
        f"{industry}(?:领域|行业|赛道|解决方案|技术|服务)?的?(?:头部|龙头|初创|创业|领军|知名|新锐|独角兽|上市)?"
        f"(?:企业|公司|厂商|服务商|平台|巨头|独角兽|品牌|龙头|供应商|提供商|制造商|开发商|运营商|商|厂|新秀|新贵)(?=[{company}])"
    )
    pieces: list[tuple[int, int, str, Chunk | None]] = []
    for found in pattern.finditer(skel.text):
        sector = skel.chunks[found.start()].members[0]
        skel.sectors += [(sector, m) for m in skel.chunks[found.end()].members]
        pieces.append((found.start(), found.end(), "", None))
    _splice(skel, pieces)


_OWNING = (
    "(?:的?(?:全资|控股|境外|海外|间接)+(?:子公司|孙公司|附属公司)|的?(?:子公司|孙公司|附属公司)|(?:旗下|下属|麾下|名下)的?"
    "(?:全资|控股|独立|核心|知名)*(?:风投部门|投资部门|子公司|公司|品牌|平台|业务|产品|机构|投资机构|基金|部门)?)"
)


def _fold_owned(skel: Skeleton, alphabet: Alphabet) -> None:
    """拼多多旗下的Temu is Temu, 抖音的母公司字节跳动 is 字节跳动; who owns whom is told in passing."""
    if not any(word in skel.text for word in ("旗下", "公司", "下属", "麾下", "名下")):
        return
    owner, thing = alphabet.body(("Organization",)), alphabet.body(("Organization", "Product"))
    pieces: list[tuple[int, int, str, Chunk | None]] = []
    for found in re.finditer(f"[{thing}](?:(?P<down>{_OWNING})(?=[{thing}])|的?母公司(?=[{owner}]))", skel.text):
        first, second = skel.chunks[found.start()].members, skel.chunks[found.end()].members
        if found["down"]:
            skel.owned += [(m, first[0]) for m in second if m.referent != first[0].referent]
        else:
            skel.owned += [(m, second[0]) for m in first if m.referent != second[0].referent]
        pieces.append((found.start(), found.end(), "", None))
    _splice(skel, pieces)


# ---- enumerations --------

_MODIFIER = f"(?:[^,。;:、!?{ENTITY}]{{0,12}}(?:的|企业|公司|机构|厂商|巨头|品牌|平台|集团|股东|投资方))?"
_LIST = re.compile(
    f"[{ENTITY}](?:(?:、{_MODIFIER}|和|及|以及)[{ENTITY}])*(?:,[{ENTITY}])*"
    f"(?:、)?等(?:人|多家|数家|一众|[两三四五六七八九十几0-9]+[家位名所个国方]|{_VALUES['quantity']})?"
    "(?:国内外|海内外|国内|知名|头部|多家|上市|产业|战略|一线|著名|专业)*"
    "(?:投资机构|投资方|机构|企业|公司|单位|高校|院校|国家|银行|厂商|专家|学者|品牌|产品|领域|行业|城市|人)?"
    f"|[{ENTITY}](?:、{_MODIFIER}[{ENTITY}])+{_VALUES['quantity']}(?:厂商|企业|公司|机构|银行|高校|单位)?"
    f"|[{ENTITY}](?:(?:、{_MODIFIER}|(?:和|及|、?以及|,以及){_MODIFIER})[{ENTITY}])+"
    # A与B联合发布: both do it, no two sides.
    f"|[{ENTITY}](?:与|同|跟)[{ENTITY}](?=[^,。;{ENTITY}]{{0,6}}(?:联合|共同|一起|合作|携手|联手)(?:发布|推出|研发|开发|打造|成立|组建|设立|宣布|举办|主办|投资|出资|创立|发起|建设))"
)


def _fold_lists(skel: Skeleton, alphabet: Alphabet, schema: Schema) -> None:
    pieces: list[tuple[int, int, str, Chunk | None]] = []
    person = alphabet.of("Person")
    # Between people 与 joins as 和 does: 米玉杰与秦永沛升任副总.
    people = re.compile(f"{_LIST.pattern}|{person}(?:[、和及与]{person})+")
    for found in people.finditer(skel.text):
        lo, hi = found.span()
        positions = [i for i in range(lo, hi) if i in skel.chunks and skel.chunks[i].members]
        # Runs of one kind fold together; a change of kind ends the run.
        runs: list[list[int]] = []
        for i in positions:
            if runs and schema.kind(skel.chunks[runs[-1][0]].cls) == schema.kind(skel.chunks[i].cls):
                runs[-1].append(i)
            else:
                runs.append([i])
        for n, run in enumerate(runs):
            members = tuple(m for i in run for m in skel.chunks[i].members)
            if len(run) == 1 and n < len(runs) - 1:
                continue
            end = hi if n == len(runs) - 1 else run[-1] + 1
            first = skel.chunks[run[0]]
            cls = _common([skel.chunks[i].cls for i in run], schema)
            stop = skel.chunks[run[-1]].end
            chunk = Chunk(cls, first.start, stop, members, text=first.text)
            pieces.append((run[0], end, alphabet.of(cls), chunk))
    _splice(skel, pieces)


def _common(classes: list[str], schema: Schema) -> str:
    """The nearest class that holds them all; the first one where none does."""
    first = classes[0]
    for candidate in (first, *schema.superclasses(first)):
        if all(schema.is_a(c, candidate) for c in classes):
            return candidate
    return first
