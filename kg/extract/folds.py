"""What is folded into a name: posts into their person, industries and owners into the company, lists into one.

氢能企业普拉格能源总裁安迪·马什、A和B等机构     becomes     ⟨Person⟩、⟨Company⟩
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.skeleton import ENTITY, QUANTITY, TITLE, Chunk, Member, Post, fold, splice

if TYPE_CHECKING:
    from kg.extract.analysis import Analysis
    from kg.extract.skeleton import Alphabet, Skeleton
    from kg.schema import Schema
    from kg.text import Sentence

__all__ = ["lists_folded", "skeleton"]


def skeleton(analysis: Analysis, sentence: Sentence, alphabet: Alphabet, schema: Schema) -> Skeleton:
    """Fold one sentence."""
    skel = fold(analysis, sentence, alphabet)
    if TITLE in skel.text:
        _fold_posts(skel, alphabet, schema)
    _fold_places(skel, alphabet)
    _fold_sectors(skel, alphabet)
    _fold_owned(skel, alphabet)
    _fold_enumerations(skel, alphabet, schema)
    return skel


def lists_folded(analysis: Analysis, sentence: Sentence, alphabet: Alphabet, schema: Schema) -> Skeleton:
    """The sentence with its enumerations folded and nothing else: for the relation model, which sees posts as such."""
    skel = fold(analysis, sentence, alphabet)
    _fold_enumerations(skel, alphabet, schema)
    return skel


def _fold_enumerations(skel: Skeleton, alphabet: Alphabet, schema: Schema) -> None:
    if "、" in skel.text or "和" in skel.text or "及" in skel.text or "等" in skel.text or "与" in skel.text:
        _fold_lists(skel, alphabet, schema)


# ---- posts --------

_PREFIX = "(?:原|前任|前|现任|新任|时任|候任|兼任)?"


_FIELD = (
    "(?P<field>(?![与和及])(?:(?!任命|聘请|聘任|宣布|收购|投资|称|由|对|向|被|将|把|在|起诉|发布|推出|离职|原|前|表示|会见|任|为|是|的|等"
    "|收到|接到|获悉|披露|公告|选举|推选|增选|补选|提名|委派|决定|同意|批准|免去|透露|指出|认为|邀请|回应)"
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
    splice(skel, pieces)


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
    splice(skel, pieces)
    # 与浙江吉利签约: where a company is from, unless a word before says that something happens there.
    home = re.compile(f"(?<![在于到往至抵赴驻自进入户从离回经过])[{places}](?=[{alphabet.body(('Company',))}])")
    splice(
        skel,
        [
            (*found.span(), "", None)
            for found in home.finditer(skel.text)
            if skel.ends[found.end() - 1] == skel.starts[found.end()]
        ],
    )


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
    splice(skel, pieces)


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
    splice(skel, pieces)


# ---- enumerations --------

_MODIFIER = f"(?:[^,。;:、!?{ENTITY}]{{0,12}}(?:的|企业|公司|机构|厂商|巨头|品牌|平台|集团|股东|投资方))?"
_LIST = re.compile(
    f"[{ENTITY}](?:(?:、{_MODIFIER}|和|及|以及)[{ENTITY}])*(?:,[{ENTITY}])*"
    f"(?:、)?等(?:人|多家|数家|一众|[两三四五六七八九十几0-9]+[家位名所个国方]|{QUANTITY})?"
    "(?:国内外|海内外|国内|知名|头部|多家|上市|产业|战略|一线|著名|专业)*"
    "(?:投资机构|投资方|机构|企业|公司|单位|高校|院校|国家|银行|厂商|专家|学者|品牌|产品|领域|行业|城市|人)?"
    f"|[{ENTITY}](?:、{_MODIFIER}[{ENTITY}])+{QUANTITY}(?:厂商|企业|公司|机构|银行|高校|单位)?"
    f"|[{ENTITY}](?:(?:、{_MODIFIER}|(?:和|及|、?以及|,以及){_MODIFIER})[{ENTITY}])+"
    # A与B联合发布: both do it, no two sides.
    f"|[{ENTITY}](?:与|同|跟)[{ENTITY}](?=[^,。;{ENTITY}]{{0,6}}(?:联合|共同|一起|合作|携手|联手)(?:发布|推出|研发|开发|打造|成立|组建|设立|宣布|举办|主办|投资|出资|创立|发起|建设)|(?:参投|跟投|领投|联投))"
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
    splice(skel, pieces)


def _common(classes: list[str], schema: Schema) -> str:
    """The nearest class that holds them all; the first one where none does."""
    first = classes[0]
    for candidate in (first, *schema.superclasses(first)):
        if all(schema.is_a(c, candidate) for c in classes):
            return candidate
    return first
