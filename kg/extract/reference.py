"""Reference inside an item: which mentions name the same entity, and what 该公司 or an unsaid subject stands for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from kg.extract.analysis import Referent
from kg.extract.anaphora import find_anaphors, subject_before
from kg.extract.shortening import DECLARED, ShortForms, owner_of
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.analysis import Analysis, Mention
    from kg.lexicon import Lexicon
    from kg.schema import Schema

__all__ = ["resolve", "subject_before"]

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
    analysis.anaphors = list(find_anaphors(analysis, ShortForms.of(lexicon).standing))


# ---- same entity ----------------------------------------------------------------------------------------------------


class _Groups:
    """Mentions joined into entities (union-find over mention indices)."""

    def __init__(self, analysis: Analysis, lexicon: Lexicon) -> None:
        self._analysis = analysis
        self._mentions = analysis.mentions
        self._lexicon = lexicon
        self._parent = list(range(len(analysis.mentions)))
        self._kinds = [kind_of(analysis, mention.type) for mention in analysis.mentions]
        self._entries = {name: lexicon.known(name) for name in {m.name for m in analysis.mentions}}
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

    def join_same(self) -> None:
        """Equal names, and names of one entry of the lexicon."""
        folded = {name: fold(name) for name in self._entries}
        seen: dict[tuple[str, str], int] = {}
        for index, mention in enumerate(self._mentions):
            kind, entry = self._kinds[index], self._entries[mention.name]
            keys = [(kind, folded[mention.name])]
            if entry is not None and kind_of(self._analysis, entry.type) == kind:
                keys.append((kind, "\x1f" + entry.name))
            for key in keys:
                self._join(seen.setdefault(key, index), index)

    def join_declared(self) -> None:
        """(以下简称“蓝湖”): the alias belongs to the name before it."""
        string = self._analysis.text.string
        for found in DECLARED.finditer(string):
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
            kin = whole and self._kinds[index] == self._kinds[inner]
            if kin and self._mentions[inner].name.isascii() != mention.name.isascii():
                self._join(index, inner)
            elif not mention.name.isascii():
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
        forms = ShortForms.of(self._lexicon)
        named = {(self.find(i), self._kinds[i], m.name): i for i, m in enumerate(self._mentions)}
        begun: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
        for head, kind, name in named:
            for at in range(len(name) - 1):
                begun[kind, name[at : at + 2]].add((head, name))
        best: dict[int, dict[int, int]] = defaultdict(dict)
        for (head, kind, short), index in named.items():
            for other, full in begun[kind, short[:2]]:
                if self.find(other) == self.find(head) or len(full) <= len(short) or self._told_apart(short, full):
                    continue
                rank = forms.rank(short, full, self._mentions[index].type)
                if rank is not None:
                    best[head][other] = min(rank, best[head].get(other, rank))
        for head in sorted(best):
            least = min(best[head].values())
            roots = {self.find(other) for other, rank in best[head].items() if rank == least}
            if len(roots) == 1:
                self._join(head, roots.pop())

    def _told_apart(self, a: str, b: str) -> bool:
        """Whether the lexicon knows the two names as two things."""
        first, second = self._entries[a], self._entries[b]
        return first is not None and second is not None and first.name != second.name


def kind_of(analysis: Analysis, type_: str) -> str:
    """The coarse kind within which names are compared: all organisations are one kind."""
    lineage = analysis.lineage.get(type_, frozenset((type_,)))
    for kind in ("Organization", "Person", "Place", "Event"):
        if kind in lineage:
            return kind
    return type_


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
        others = dict.fromkeys((*surfaces, *extra))
        others.pop(name, None)
        aliases = [n for n in others if fold(n) != fold(name)]
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
    if len(surfaces) == 1 and type_ != _COUNTRY:
        return surfaces[0]
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
