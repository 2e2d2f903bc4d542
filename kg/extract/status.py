"""Whether a fact happened: asserted, planned, rumoured, denied, ended or cancelled, and the word that says so.

What counts as a cue, and where it must stand to hold for a fact, is data: `ontology/patterns/status.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from kg.measures import either
from kg.model import STATUSES
from kg.patterns import read_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.model import Status

__all__ = ["StatusCues", "settle"]

Scope: TypeAlias = Literal["before", "attached", "after", "sentence", "next"]
_SCOPES = ("before", "attached", "after", "sentence", "next")
_SETTLED: tuple[Status, ...] = ("denied", "cancelled", "ended", "asserted", "planned", "rumoured")
_SENTENCE = "。!?\n"
_CLAUSE = ",;:。!?\n"
_FAR = 400
"""How far a sentence is followed to each side of the trigger, in letters: keeps odd input linear."""
_HEAD = re.compile("(?:并且?|且|以|用于|用以|从而|进而|来|共同|联合|并最终|最终|然后)?(?:拟|将|再)?")
_BY = re.compile("以|通过|按|采用|采取|向|用|利用|在|于|自|分|与|对")
_HANGS = re.compile("(?:[内后前间起时日月年]|方式|价格)$")
_TAKES_UP = re.compile("[,;](?:但|不过|却|然而|最终|最后|随后|后|目前|现|已|该|此|这|双方|遭|被|均|均已|纯属|系|并)")
_ABOUT = ("对", "与", "和", "同", "进行", "完成", "新", "启动", "开展", "展开", "实现", "获")
_GOT = ("获", "完成", "拿", "赢", "中标")


@dataclass(frozen=True, slots=True)
class _Rule:
    status: Status
    scope: Scope
    reach: int
    triggers: tuple[str, ...]
    company: tuple[str, ...]
    tail: tuple[str, ...]
    through: tuple[str, ...]
    not_before: Mapping[str, tuple[str, ...]]
    not_after: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    word: str
    rule: _Rule


@dataclass(frozen=True, slots=True)
class StatusCues:
    """The compiled cues: immutable, safe to share."""

    _words: Mapping[str, re.Pattern[str]]
    _rules: Mapping[str, Mapping[str, tuple[_Rule, ...]]]
    """Scope → word → the rules it belongs to."""
    _patterns: Sequence[tuple[_Rule, re.Pattern[str]]]
    _between: re.Pattern[str]
    _not_between: tuple[str, ...]
    _done_after: tuple[str, ...]
    _completed: re.Pattern[str]
    _confirmed: re.Pattern[str]
    _not_confirmed: re.Pattern[str]
    _particles: tuple[str, ...]
    _heads: tuple[str, ...]
    _objects: tuple[str, ...]
    _adverbs: tuple[str, ...]
    _moving: tuple[str, ...]
    _followed: tuple[str, ...]
    _presupposing: tuple[str, ...]
    _presupposed: tuple[str, ...]
    _spent: re.Pattern[str]

    @classmethod
    def load(cls, path: Path | None = None) -> StatusCues:
        """Read status.toml (default: the packaged one). Raises OntologyError with the rule that is wrong."""
        return read_patterns("status.toml", path, cls._of)

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> StatusCues:
        rules: dict[str, dict[str, tuple[_Rule, ...]]] = {scope: {} for scope in _SCOPES}
        patterns: list[tuple[_Rule, re.Pattern[str]]] = []
        for number, entry in enumerate(data["cue"], 1):
            rule = _rule(entry, number)
            for word in entry.get("words", ()):
                rules[rule.scope][word] = (*rules[rule.scope].get(word, ()), rule)
            patterns += [(rule, re.compile(p)) for p in entry.get("patterns", ())]
        plain = tuple(data["not_cues"]["words"])
        words = {scope: re.compile(either((*found, *plain))) for scope, found in rules.items()}
        done, moved, spent = data["done"], data["object_first"], data["presupposed"]
        return cls(
            words,
            rules,
            patterns,
            re.compile(either(done["between"])),
            tuple(done["not_between"]),
            tuple(done["after"]),
            re.compile(done["completed"]),
            re.compile(either(done["confirmed"])),
            re.compile(either(done["not_confirmed"])),
            tuple(moved["particles"]),
            tuple(moved["heads"]),
            tuple(moved["objects"]),
            tuple(moved["adverbs"]),
            tuple(moved["triggers"]),
            tuple(moved["followed_by"]),
            tuple(done["presupposing"]),
            tuple(spent["triggers"]),
            re.compile(spent["after"]),
        )

    def status(
        self, string: str, start: int, end: int, trigger_start: int, trigger_end: int
    ) -> tuple[Status, str | None]:
        """The status of the fact whose trigger is `string[trigger_start:trigger_end]`, and the cue that decided it.

        `start` and `end` bound the clause, the trigger lies inside. The sentence around it, and the head of the next
        one, are read too. The cue is None where the fact is plainly asserted.
        """
        low = max(0, trigger_start - _FAR)
        low = max(low, *(string.rfind(b, low, trigger_start) + 1 for b in _SENTENCE))
        high = min((i for b in _SENTENCE if (i := string.find(b, trigger_end, trigger_end + _FAR)) >= 0), default=-1)
        high = min(len(string), trigger_end + _FAR) if high < 0 else high
        start, end = max(start, low), min(max(end, trigger_end), high)
        trigger = string[trigger_start:trigger_end]
        found = [
            *self._before(string, low, start, trigger_start, trigger_end, end),
            *self._after(string, end, high, trigger_end, trigger),
            *self._around(string, low, high, trigger_start, trigger_end),
        ]
        if not found:
            return "asserted", None
        found = _unsaid(found, trigger_start)
        best = min(found, key=lambda c: (STATUSES.index(c.rule.status), abs(c.start - trigger_start)), default=None)
        if best is not None and best.rule.status in ("planned", "rumoured"):
            denial = next(iter(self._next(string, high)), None)
            return ("denied", denial.word) if denial is not None else (best.rule.status, best.word)
        return (best.rule.status, best.word) if best is not None else ("asserted", None)

    # -- where cues stand ----------------------------------------------------------------------------------------------

    def _cues(self, scope: Scope, string: str, low: int, high: int, trigger: str) -> Iterator[_Cue]:
        rules = self._rules[scope]
        for m in self._words[scope].finditer(string, low, high):
            word = m[0]
            fitting = [
                r
                for r in rules.get(word, ())
                if (not r.triggers or any(t in trigger for t in r.triggers))
                and not string.startswith((*r.not_before.get(word, ()), *r.not_before.get("*", ())), m.end())
                and not string.endswith((*r.not_after.get(word, ()), *r.not_after.get("*", ())), 0, m.start())
            ]
            special = [r for r in fitting if r.triggers]
            yield from (_Cue(m.start(), m.end(), word, r) for r in special or fitting)
        for rule, pattern in self._patterns:
            if rule.scope == scope and (not rule.triggers or any(t in trigger for t in rule.triggers)):
                for m in pattern.finditer(string, low, high):
                    yield _Cue(m.start(), m.end(), m[0], rule)

    def _before(self, string: str, low: int, start: int, at: int, behind: int, end: int) -> Iterator[_Cue]:
        trigger = string[at:behind]
        for cue in self._cues("attached", string, max(start, at - 4), at, trigger):
            if cue.end == at:
                yield cue
        carried = self._carried(string, low, start, at, trigger)
        done = string.startswith(self._done_after, behind) or self._completed.search(
            string, behind, min(end, behind + 16)
        )
        if self._spent.match(string, behind) and any(t in trigger for t in self._presupposed):
            done = True
        # The trigger itself may hold the cue: 拟收购, 否认与.
        for cue in self._cues("before", string, carried, behind, trigger):
            if cue.start >= at or at - cue.end > cue.rule.reach:
                continue
            if cue.rule.through and at - cue.end > 8 and not any(w in string[cue.end : at] for w in cue.rule.through):
                continue
            if cue.start < start and cue.rule.status not in ("planned", "rumoured"):
                continue
            if cue.rule.tail and not any(t in string[cue.end : end] for t in cue.rule.tail):
                continue
            if cue.rule.status == "planned" and (done or self._settled_between(string, cue, at, behind)):
                continue
            yield cue

    def _carried(self, string: str, low: int, start: int, at: int, trigger: str) -> int:
        """Where plans that hold for the trigger may begin: in the clause before too where the trigger's clause has no
        subject of its own (拟出资10亿元,收购…), or only says how (拟在3个月内,以大宗交易方式减持)."""
        if start <= low or at - start > 60:
            return start
        before = max(low, max(string.rfind(b, low, start - 1) for b in _CLAUSE) + 1)
        head = string[start:at]
        if _HEAD.fullmatch(head):
            return start if trigger.startswith(_GOT) else before
        if _BY.match(head) and _HANGS.search(string, before, start - 1):
            return before
        return start

    def _settled_between(self, string: str, cue: _Cue, at: int, behind: int) -> bool:
        """Whether what stands between a plan and the trigger makes the plan about something else, or done."""
        between = string[cue.end : at]
        if cue.word in self._particles and between.endswith("的") and not any(w in between for w in _ABOUT):
            return True
        if cue.word in self._particles and between and not between.startswith(self._adverbs):
            if between.startswith(self._heads) or any(o in between for o in self._objects):
                return True
            trigger = string[at:behind]
            if any(t in trigger for t in self._moving) or string.startswith(self._followed, behind):
                return True
        if between.endswith(self._presupposing):
            return True
        kept = between
        for word in self._not_between:
            kept = kept.replace(word, "")
        return self._between.search(kept) is not None

    def _after(self, string: str, end: int, high: int, at: int, trigger: str) -> Iterator[_Cue]:
        reach, clause = end, string[at:end]
        if end < high and _TAKES_UP.match(string, end):
            reach = min((i for b in _CLAUSE if (i := string.find(b, end + 1, high)) >= 0), default=high)
        completed = self._completed.search(clause) is not None or "完成" in trigger or "交割" in trigger
        for cue in self._cues("after", string, at, reach, trigger):
            if cue.start - at > cue.rule.reach and cue.start < end:
                continue
            if cue.start >= end and cue.rule.status in ("planned", "rumoured"):
                continue
            if cue.rule.tail and not any(t in string[cue.end : reach] for t in cue.rule.tail):
                continue
            if cue.rule.status == "planned" and completed:
                continue
            yield cue

    def _around(self, string: str, low: int, high: int, at: int, behind: int) -> Iterator[_Cue]:
        """Cues of the whole sentence: 知情人士 holds for all that it says behind a semicolon too, a denial does not."""
        left = max(low, string.rfind(";", low, at) + 1)
        right = string.find(";", behind, high)
        right = high if right < 0 else right
        for cue in self._cues("sentence", string, low, high, string[at:behind]):
            rumour = cue.rule.status == "rumoured"
            if cue.start >= right or (cue.start < left and not rumour):
                continue
            sentence = string[low if rumour else left : right]
            if cue.rule.company and not any(w in sentence.replace(cue.word, "") for w in cue.rule.company):
                continue
            if rumour:
                rest = self._not_confirmed.sub("", sentence)
                if self._confirmed.search(rest):
                    continue
            yield cue

    def _next(self, string: str, high: int) -> Iterator[_Cue]:
        begin = high + 1
        while begin < len(string) and string[begin] in '”"\n':
            begin += 1
        stop = min(len(string), begin + 80)
        cut = min((i for b in _SENTENCE if (i := string.find(b, begin, stop)) >= 0), default=stop)
        for cue in self._cues("next", string, begin, cut, ""):
            if cue.start - begin <= 4:
                yield cue


def settle(statuses: Sequence[tuple[Status, str | None]]) -> tuple[Status, str | None]:
    """The status of one fact that an item tells several times, with its cue: denied > cancelled > ended > asserted >
    planned > rumoured. A completion beats the plan, a denial beats the rumour.

    >>> settle([("planned", "拟"), ("asserted", None)])
    ('asserted', None)
    """
    if not statuses:
        return "asserted", None
    return min(statuses, key=lambda s: _SETTLED.index(s[0]))


def _unsaid(cues: list[_Cue], at: int) -> list[_Cue]:
    """Denying that something ended says that it holds: 否认终止合作."""
    denial = min((c.start for c in cues if c.rule.status == "denied" and c.end <= at), default=None)
    if denial is None:
        return cues
    undone = [c for c in cues if c.rule.status in ("cancelled", "ended") and denial < c.start < at]
    if not undone:
        return cues
    return [c for c in cues if c not in undone and c.rule.status != "denied"]


def _rule(entry: Mapping[str, Any], number: int) -> _Rule:
    status, scope = entry["status"], entry["scope"]
    if status not in STATUSES:
        raise ValueError(f"of [[cue]] {number}: no status {status!r}; use one of {', '.join(STATUSES)}")
    if scope not in _SCOPES:
        raise ValueError(f"of [[cue]] {number}: no scope {scope!r}; use one of {', '.join(_SCOPES)}")
    return _Rule(
        cast("Status", status),
        cast("Scope", scope),
        int(entry.get("reach", 40)),
        tuple(entry.get("triggers", ())),
        tuple(entry.get("with", ())),
        tuple(entry.get("tail", ())),
        tuple(entry.get("through", ())),
        {str(k): tuple(v) for k, v in entry.get("not_before", {}).items()},
        {str(k): tuple(v) for k, v in entry.get("not_after", {}).items()},
    )
