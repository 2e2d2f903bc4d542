"""Drafts of facts: what one match says, values attached, and drafts of one fact brought together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kg.model import Amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.extract.analysis import Analysis
    from kg.extract.skeleton import Chunk, Member, Skeleton
    from kg.extract.status import StatusCues
    from kg.extract.wordings import Match
    from kg.model import Status, Value
    from kg.schema import EventDef, Schema

__all__ = ["Draft", "Filler", "draft", "first_of_each", "gather", "inferred", "together"]


@dataclass(frozen=True, slots=True)
class Filler:
    """Who fills a role, where that is said, and the word that stands for the name if it is not the name itself."""

    referent: int
    sentence: int
    confidence: float
    via: str | None = None

    @classmethod
    def of(cls, member: Member, sentence: int) -> Filler:
        """Who stands in a folded sentence."""
        return cls(member.referent, sentence, member.confidence, member.via)


@dataclass(slots=True)
class Draft:
    """A fact in the making. `target` is an event class or a property; a property's roles are subject and object."""

    target: str
    is_event: bool
    roles: dict[str, list[Filler]]
    values: dict[str, Value]
    statuses: list[tuple[Status, str | None]]
    sentence: int
    start: int
    """Where the wording begins, in `Text.string`."""
    trigger: tuple[int, int]
    """In `Text.string`."""
    confidence: float
    also: tuple[tuple[str, str, str], ...] = ()
    open: tuple[str, ...] = ()
    infer: tuple[str, ...] = ()
    part: bool = False
    background: bool = False
    tickers: dict[int, str] = field(default_factory=dict)
    told: dict[int, dict[str, Value]] = field(default_factory=dict)
    """What the text says of one of those taking part and not of the whole: an investor's role (独家投资)."""
    places: list[tuple[int, int]] = field(default_factory=list)
    """Sentence and start of further drafts that were merged into this one."""

    def referents(self, role: str) -> set[int]:
        return {f.referent for f in self.roles.get(role, ())}


def first_of_each(fillers: Iterable[Filler]) -> list[Filler]:
    """One filler for each referent: where it is named first, rather by its name than by a pronoun."""
    seen: dict[int, Filler] = {}
    for f in fillers:
        if f.referent not in seen or (seen[f.referent].via and not f.via):
            seen[f.referent] = f
    return list(seen.values())


def together(subjects: Sequence[Filler], objects: Sequence[Filler], s: Filler, o: Filler) -> tuple[Filler, Filler]:
    """The ends of a relation as one sentence tells them, where one does; by name rather than by a pronoun."""
    pairs = [
        (a, b)
        for a in subjects
        if a.referent == s.referent
        for b in objects
        if b.referent == o.referent and a.sentence == b.sentence
    ]
    return min(pairs, key=lambda p: ((p[0].via is not None) + (p[1].via is not None), p[0].sentence), default=(s, o))


_BACKGROUND = re.compile("此前|早前|曾经?|早在|上一轮|历史上|过去|先前|已于|据悉|资料显示|公开资料|天眼查")
_JOINED_ROUNDS = re.compile("^[、和及与]*$")
_VALUE_KINDS = {
    "amount": ("amount",),
    "capital": ("amount",),
    "stake": ("percent",),
    "round": ("round",),
    "shares": ("quantity",),
}


def draft(
    match: Match, index: int, skel: Skeleton, analysis: Analysis, schema: Schema, cues: StatusCues
) -> Iterator[Draft]:
    """Drafts of one match: one, or one for each round where several are told in one breath (A轮及A+轮)."""
    wording = match.wording
    is_event = wording.event is not None
    definition = schema.events[wording.event] if wording.event else None
    roles: dict[str, list[Filler]] = {}
    values: dict[str, Value] = dict(wording.values)
    tickers: dict[int, str] = {}
    for name, chunk in match.chunks.items():
        if chunk.members:
            roles[name] = [Filler.of(m, index) for m in chunk.members]
            if chunk.ticker:
                tickers.update((m.referent, chunk.ticker) for m in chunk.members)
        elif chunk.value is not None and chunk.value.value is not None:
            values[name] = _value(name, chunk)
        elif chunk.cls == "title":
            values[name] = chunk.text
    for name, (_, lo, hi) in match.words.items():
        start, end = skel.span(lo, hi)
        values[name] = analysis.text.surface[start:end].strip("“”‘’「」《》\"' ")
    trigger = skel.span(*match.trigger)
    clause = skel.clause(match.start, match.end)
    if definition is not None:
        wanted = set(definition.values)
    else:
        wanted = {q.name for q in schema.properties[wording.target].qualifiers}
    rounds = [values["round"]] if "round" in values else []
    for name in sorted(wanted - set(values)):
        if name == "year":
            if (year := _award_year(analysis, skel, trigger, clause)) is not None:
                values["year"] = year
        elif name == "date":
            if (date := _date(skel, trigger, clause)) is not None:
                values["date"] = date
        elif name in _VALUE_KINDS:
            near = list(_near(skel, match, clause, _VALUE_KINDS[name], taken=values))
            if near and name == "round":
                rounds = near
                values["round"] = near[0]
            elif near and (name in ("amount", "stake") or is_event):
                values[name] = near[0]
    if wording.status is not None:
        status: tuple[Status, str | None] = (wording.status, match.wording.pattern)
    else:
        lo, hi = skel.span(*clause)
        status = cues.status(analysis.text.string, lo, hi, *trigger)
    before = analysis.text.string[skel.sentence.start : trigger[0]]
    told = _shares(skel, match, clause, roles, wanted)
    if definition is not None and wording.each:
        others = [f for role, fillers in roles.items() if role != definition.main for f in fillers]
        for f in others:
            told.setdefault(f.referent, {}).update(wording.each)
    made = Draft(
        wording.target,
        is_event,
        roles,
        values,
        [status],
        index,
        skel.span(match.start, match.end)[0],
        trigger,
        wording.confidence,
        wording.also,
        match.open,
        wording.infer,
        wording.part,
        bool(_BACKGROUND.search(before)),
        tickers,
        told,
    )
    yield made
    for other in rounds[1:]:
        yield replace(
            made, roles={k: list(v) for k, v in roles.items()}, values={**values, "round": other}, statuses=[status]
        )


_CLAUSE = 200
"""How far from its words a fact's values are looked for within a clause, in letters: keeps odd input linear."""
_YEAR = re.compile(r"((?:19|20)\d\d)年度")


def _award_year(analysis: Analysis, skel: Skeleton, trigger: tuple[int, int], clause: tuple[int, int]) -> str | None:
    """The year an honour is given for: the 2020年度 of its sentence; else the year of the date in its clause; else the
    last 2020年度 told before, or the first one after."""
    found = list(_YEAR.finditer(analysis.text.string))
    here = [m for m in found if skel.sentence.start <= m.start() < skel.sentence.end]
    if not here:
        lo, hi = skel.span(*clause)
        told = [d for d in skel.dates if isinstance(d.value, str) and lo <= d.start < hi]
        if told:
            return str(told[-1].value)[:4]
    before = [m for m in here or found if m.start() <= trigger[0]]
    nearest = before[-1:] or found[:1]
    return nearest[0][1] if nearest else None


def _shares(
    skel: Skeleton, match: Match, clause: tuple[int, int], roles: dict[str, list[Filler]], wanted: set[str]
) -> dict[int, dict[str, Value]]:
    """What 分别 shares out: as many shares or amounts as names, in the same order (A、B分别持股51%、49%)."""
    told: dict[int, dict[str, Value]] = {}
    at = skel.text.find("分别", match.start)
    if at < 0 or at > clause[1] + 12:
        return told
    for name, kinds in _VALUE_KINDS.items():
        if name not in wanted or name == "round":
            continue
        end = min([i for i in (skel.text.find(mark, at) for mark in ",;。") if i >= 0], default=len(skel.text))
        values = [c for i, c in sorted(skel.chunks.items()) if at < i < end and c.cls in kinds and c.value is not None]
        for fillers in roles.values():
            if len(fillers) == len(values) > 1:
                for f, c in zip(fillers, values, strict=True):
                    told.setdefault(f.referent, {})[name] = _value(name, c)
    return told


def _value(name: str, chunk: Chunk) -> Value:
    value = chunk.value
    assert value is not None and value.value is not None
    if isinstance(value.value, Amount) or value.kind in ("round", "ticker", "date", "period"):
        return value.value
    return value.literal


def _near(
    skel: Skeleton, match: Match, clause: tuple[int, int], kinds: tuple[str, ...], taken: dict[str, Value]
) -> Iterator[Value]:
    """Values of these kinds in the match, else in its clause: the first, and what is joined to it by 及 or 、."""
    used = {c.value.literal for c in match.chunks.values() if c.value is not None}
    around = max(clause[0], match.start - _CLAUSE), min(clause[1], match.end + _CLAUSE)
    for lo, hi in ((match.start, match.end), around):
        last = -1
        for at in range(lo, min(hi, len(skel.text))):
            chunk = skel.chunks.get(at)
            if chunk is None or chunk.cls not in kinds or chunk.value is None or chunk.value.value is None:
                continue
            if chunk.value.literal in used:
                continue
            if last >= 0 and not _JOINED_ROUNDS.match(skel.text[last + 1 : at]):
                break
            last = at
            yield _value("", chunk)
        if last >= 0:
            return


def _date(skel: Skeleton, trigger: tuple[int, int], clause: tuple[int, int]) -> str | None:
    """The date that a fact told at `trigger` has: in its clause, else the last one told before it in the sentence."""
    # 2020年度 says for which year, not when.
    dates = [d for d in skel.dates if isinstance(d.value, str) and d.kind == "date" and not d.literal.endswith("年度")]
    hi = skel.span(*clause)[1]
    # A date that opens the clause was lifted out in front of it.
    lo = skel.ends[clause[0] - 1] if clause[0] else skel.sentence.start
    inside = [d for d in dates if lo <= d.start < hi]
    if inside:
        return str(min(inside, key=lambda d: (abs(d.start - trigger[0]), d.start)).value)
    if _BACKGROUND.search(skel.text, *clause):
        return None  # 成立于2004年,此前曾获投资: not in 2004
    before = [d for d in dates if d.start < trigger[0]]
    return str(before[-1].value) if before else None


# ---- bringing drafts of one fact together --------

_REACH = 3
"""How many sentences back a part (由X领投) may belong to a fact told earlier."""
ADDING = frozenset(("lead", "investors", "advisor", "participants", "counterparties"))
"""Roles that later sentences add to; in every other role two drafts of one event agree."""


def gather(
    drafts: Sequence[Draft], schema: Schema, subject: Callable[[Draft, tuple[str, ...]], Filler | None]
) -> list[Draft]:
    """Events out of drafts: parts join the event they belong to, what is told twice becomes one.

    `subject` gives the subject that a clause leaves out. A part that finds neither event nor subject is dropped.
    """
    whole: list[Draft] = []
    parts: list[Draft] = []
    for d in drafts:
        definition = schema.events[d.target]
        main = definition.main
        for role in d.open:
            if role != main and (filler := subject(d, definition.roles[role].range)) is not None:
                d.roles[role] = [filler]
        (whole if d.roles.get(main) else parts).append(d)
    at_trigger: dict[tuple[str, tuple[int, int]], list[Draft]] = {}
    for d in whole:
        at_trigger.setdefault((d.target, d.trigger), []).append(d)
    whole = [
        d
        for d in whole
        if not any(_misread(d, other, schema.events[d.target].main) for other in at_trigger[d.target, d.trigger])
    ]
    events: list[Draft] = []
    for d in sorted(whole, key=lambda d: d.trigger):
        _join(d, events, schema)
    for d in sorted(parts, key=lambda d: d.trigger):
        definition = schema.events[d.target]
        home = _home(d, events, definition)
        if home is not None:
            _merge(home, d)
            continue
        filler = None if d.part else subject(d, definition.roles[definition.main].range)
        if filler is not None:
            d.roles[definition.main] = [filler]
            d.confidence *= 0.85
            _join(d, events, schema)
    for e in events:
        for role, classes in inferred(e.infer):
            if not e.roles.get(role):
                wanted = classes or schema.events[e.target].roles[role].range
                told = [(e.sentence, e.start), *e.places]
                found = (subject(replace(e, sentence=s, start=at), wanted) for s, at in reversed(told))
                filler = next((f for f in found if f is not None), None)
                if filler is not None:
                    e.roles[role] = [filler]
    for e in events:
        _two_sides(e)
    return sorted((e for e in events if _complete(e)), key=lambda d: d.trigger)


def inferred(infer: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a wording leaves to the text around: roles, each with the classes it may be (none: as the ontology says)."""
    for entry in infer:
        role, _, classes = entry.partition(":")
        yield role, tuple(classes.split("|")) if classes else ()


def _misread(d: Draft, other: Draft, main: str) -> bool:
    """Whether what `d` takes for the main role has another part in the same words (…的X项目获奖: X is no winner)."""
    if d.target != other.target or d.trigger != other.trigger:
        return False
    return any(role != main and d.referents(main) & other.referents(role) for role in other.roles)


def _two_sides(event: Draft) -> None:
    """Nobody stands on both sides of a partnership."""
    theirs = event.referents("counterparties")
    if theirs and event.roles.get("parties"):
        ours = [f for f in event.roles["parties"] if f.referent not in theirs]
        if ours:
            event.roles["parties"] = ours


def _complete(event: Draft) -> bool:
    """A partnership takes two."""
    if event.target != "Partnership":
        return True
    return len(event.referents("parties") | event.referents("counterparties")) > 1


def _home(part: Draft, events: list[Draft], definition: EventDef) -> Draft | None:
    def distance(e: Draft) -> tuple[int, int, int]:
        behind = part.sentence - e.sentence
        return (behind if behind >= 0 else 9, abs(part.trigger[0] - e.trigger[0]), e.trigger[0])

    near = [
        e
        for e in events
        if e.target == part.target and 0 <= part.sentence - e.sentence <= _REACH and _agree(e, part, definition)
    ]
    return min(near, key=distance, default=None)


def _join(d: Draft, events: list[Draft], schema: Schema) -> None:
    definition = schema.events[d.target]
    for e in events:
        if e.target == d.target and _same(e, d, definition):
            _merge(e, d)
            return
    events.append(d)


def _same(a: Draft, b: Draft, definition: EventDef) -> bool:
    main = definition.main
    if "parties" in definition.roles and main == "parties":
        left = a.referents("parties") | a.referents("counterparties")
        right = b.referents("parties") | b.referents("counterparties")
        if not (left <= right or right <= left or len(left & right) >= 2):
            return False
    elif not a.referents(main) & b.referents(main):
        return False
    apart = (a.background or b.background) and a.sentence != b.sentence and a.values.get("round") is None
    if apart and a.values.get("date") != b.values.get("date"):
        return False
    return _agree(a, b, definition)


def _agree(a: Draft, b: Draft, definition: EventDef) -> bool:
    """Whether two drafts can be one event: nothing that both tell contradicts."""
    for role in definition.roles:
        if role in ADDING or role == "parties":
            continue
        left, right = a.referents(role), b.referents(role)
        if left and right and not left & right:
            return False
    for name, value in b.values.items():
        other = a.values.get(name)
        if other is None or other == value:
            continue
        if name == "date":
            if not (str(other).startswith(str(value)) or str(value).startswith(str(other))):
                return False
        elif name in ("round", "stage", "action", "year", "title"):
            return False
    return True


def _merge(into: Draft, other: Draft) -> None:
    for role, fillers in other.roles.items():
        known = into.roles.setdefault(role, [])
        for f in fillers:
            if not any(k.referent == f.referent and k.sentence == f.sentence for k in known):
                known.append(f)
    for name, value in other.values.items():
        have = into.values.get(name)
        if have is None or (name == "date" and len(str(value)) > len(str(have))):
            into.values[name] = value
    into.statuses += other.statuses
    into.places += [(other.sentence, other.start), *other.places]
    into.confidence = max(into.confidence, other.confidence)
    into.also = tuple(dict.fromkeys((*into.also, *other.also)))
    into.infer = tuple(dict.fromkeys((*into.infer, *other.infer)))
    into.tickers.update(other.tickers)
    for referent, told in other.told.items():
        into.told.setdefault(referent, {}).update(told)
    into.background = into.background and other.background
