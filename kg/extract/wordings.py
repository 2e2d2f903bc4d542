"""How facts are said in Chinese: patterns with typed slots, read from `ontology/patterns/*.toml`.

A file holds `[words]` (alternatives to name in patterns, as %name%) and any number of `[[wording]]` tables:

    [[wording]]
    event = "FundingRound"                      # or: relation = "headquarteredIn"
    say = ['{company}~`完成|获得`~20融资']
    values = { stage = "listed" }               # values that this wording settles (optional)
    each = { role = "sole" }                    # what it says of each one named beside the main role (optional)
    also = [["ledProject", "winner", "project"]]  # relations said in the same breath (optional)
    infer = ["organization"]                    # roles that the text around tells where this does not (optional);
                                                # ["agreement:Agreement"] takes no others for it
    part = true                                 # it only adds to an event told nearby, and makes none (optional)
    confidence = 0.9                            # of a match, before that of the names (optional)

A pattern is a regular expression over the folded sentence (see `kg.extract.skeleton`), with these additions:

    {company}      a name that may fill the role, or a value of the event (`{amount}`, `{round}`, `{title}`)
    {company?}     the same, and where it is missing, the subject of what was said before. The slot that a pattern
                   opens with may always be missing where the clause opens with nothing but %opening% instead
    {x:Product}    a slot of another class than the ontology's; {x:text} a few words; {:round} is there, fills nothing
    ~ ~20          up to 10 (20) letters without a comma and without a name, save a place behind 在
    … …60          up to 40 (60) letters within the sentence
    `a|b`          the trigger: the words that carry the fact; status is decided around them. Literals only, `?` allowed
    ^ $            start, end of a clause
    %adv%          alternatives from [words] of words.toml or of the same file
"""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kg.errors import OntologyError
from kg.extract.skeleton import ENTITY, TITLE, VALUE, VALUE_KINDS, Alphabet
from kg.model import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.extract.skeleton import Chunk, Skeleton
    from kg.model import Status
    from kg.schema import QualifierDef, Schema

__all__ = ["Match", "Wording", "Wordings", "choose"]

_TOKEN = re.compile(
    r"\{(?P<slot>\w*)(?P<optional>\?)?(?::(?P<types>[\w|]+))?\}|~(?P<gap>\d*)|…(?P<wide>\d*)|`(?P<trigger>[^`]+)`|%(?P<word>\w+)%|(?P<start>\^)|(?P<end>\$)"
)
_OPENING = re.compile(r"\{(?P<slot>\w+)(?::[\w|]+)?\}")
_GAP = re.compile(r"~\d*")
_NOTHING = r"(?!)"
_SET = re.compile(r"\[[^\]]*\]")
_PAUSES = ",;:。!?\n"
_BY_DATATYPE = {"amount": ("amount",), "percent": ("percent", "quantity"), "integer": ("quantity",)}


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say one kind of fact."""

    event: str | None
    relation: str | None
    pattern: str
    """As written, for messages and for `Evidence`."""
    variants: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
    """Compiled, fullest first, each with the optional slots that it leaves open."""
    needs: tuple[str, ...]
    """One of these letters sequences is in every sentence that matches."""
    values: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, str] = field(default_factory=dict)
    also: tuple[tuple[str, str, str], ...] = ()
    infer: tuple[str, ...] = ()
    part: bool = False
    confidence: float = 0.9
    status: Status | None = None

    @property
    def target(self) -> str:
        return self.event or self.relation or ""


@dataclass(frozen=True, slots=True)
class Match:
    """A wording found in a folded sentence; all offsets point into the folded text."""

    wording: Wording
    start: int
    end: int
    trigger: tuple[int, int]
    chunks: Mapping[str, Chunk]
    words: Mapping[str, tuple[str, int, int]]
    open: tuple[str, ...]


class Wordings:
    """All wordings of a folder, indexed by the literals that they need."""

    def __init__(self, wordings: tuple[Wording, ...], hypothetical: re.Pattern[str]) -> None:
        self.all = wordings
        self._hypothetical = hypothetical
        index: dict[str, list[Wording]] = {}
        for wording in wordings:
            for literal in wording.needs:
                index.setdefault(literal, []).append(wording)
        self._index = tuple(index.items())

    @classmethod
    def load(cls, schema: Schema, folder: Path | None = None) -> Wordings:
        """Read every pattern file of a folder, the packaged one by default.

        Raises OntologyError, naming file and pattern, for an unknown event, relation, slot or word, and for a pattern
        that does not compile or has no trigger.
        """
        root = folder if folder is not None else files("kg.ontology") / "patterns"
        alphabet = Alphabet(schema)
        tables: dict[str, dict[str, Any]] = {}
        for path in sorted(root.iterdir(), key=lambda p: p.name):
            if path.name.endswith(".toml"):
                try:
                    tables[path.name] = tomllib.loads(path.read_text(encoding="utf8"))
                except tomllib.TOMLDecodeError as error:
                    raise OntologyError(f"{path.name}: not valid TOML: {error}") from error
        common = tables.get("words.toml", {}).get("words", {})
        found: list[Wording] = []
        for name, table in tables.items():
            reader = _Reader(schema, alphabet, name, {**common, **table.get("words", {})})
            for entry in table.get("wording", ()):
                found += reader.wordings(entry)
        return cls(tuple(found), re.compile(common.get("hypothetical", _NOTHING)))

    def matches(self, skel: Skeleton) -> Iterator[Match]:
        """Everything that the wordings find in one sentence, in no particular order.

        What a sentence only supposes or asks (如果A收购B, A会否收购B) is left out.
        """
        text = skel.text
        supposed = min((m.start() for m in self._hypothetical.finditer(text)), default=len(text))
        tried: set[int] = set()
        for literal, wordings in self._index:
            if literal not in text:
                continue
            for wording in wordings:
                if id(wording) not in tried:
                    tried.add(id(wording))
                    yield from (m for m in _search(wording, skel) if m.trigger[0] < supposed)


def choose(matches: Iterable[Match]) -> list[Match]:
    """Of matches that read one trigger as the same kind of fact with different names, the one that reads most.

    代表中方向保存方新西兰申请加入: the longer wording knows what stands between 中方 and the verb.
    """
    kept: list[Match] = []
    by_trigger: dict[tuple[tuple[int, int], str], list[Match]] = {}
    for m in sorted(matches, key=lambda m: (len(m.open), m.start - m.end, m.start)):
        rivals = by_trigger.setdefault((m.trigger, m.wording.target), [])
        contradicted = any(k.chunks.get(name, chunk) != chunk for k in rivals for name, chunk in m.chunks.items())
        if not contradicted and not any(name in k.chunks for k in rivals for name in m.open):
            kept.append(m)
            rivals.append(m)
    return sorted(kept, key=lambda m: (m.start, m.trigger))


def _search(wording: Wording, skel: Skeleton) -> Iterator[Match]:
    told: list[tuple[int, int]] = []
    for pattern, open_slots in wording.variants:
        position = 0
        while found := pattern.search(skel.text, position):
            trigger = found.span("trigger")
            # The next search starts behind this one's first letter, so that A投资B,投资C yields both.
            position = max(found.start() + 1, trigger[0])
            if any(lo < trigger[1] and trigger[0] < hi for lo, hi in told):
                continue
            chunks: dict[str, Chunk] = {}
            words: dict[str, tuple[str, int, int]] = {}
            for name, value in found.groupdict().items():
                if value is None or name == "trigger":
                    continue
                lo, hi = found.span(name)
                if hi == lo + 1 and lo in skel.chunks:
                    chunks[name] = skel.chunks[lo]
                else:
                    words[name] = (value, lo, hi)
            told.append(trigger)
            yield Match(wording, found.start(), found.end(), trigger, chunks, words, open_slots)


class _Reader:
    """Compiles the wordings of one file."""

    def __init__(self, schema: Schema, alphabet: Alphabet, file: str, words: dict[str, str]) -> None:
        self._schema, self._alphabet, self._file, self._words = schema, alphabet, file, words
        self._places = alphabet.body(("Place",))

    def _error(self, pattern: str, what: str) -> OntologyError:
        return OntologyError(f"{self._file}: {what}, in the wording {pattern!r}")

    def wordings(self, entry: dict[str, Any]) -> Iterator[Wording]:
        event, relation = entry.get("event"), entry.get("relation")
        known = set(entry) - {
            "event",
            "relation",
            "say",
            "values",
            "each",
            "also",
            "infer",
            "part",
            "confidence",
            "status",
        }
        label = str(entry.get("say", entry))
        if known:
            raise self._error(label, f"unknown key {sorted(known)[0]!r}")
        if (event is None) == (relation is None):
            raise self._error(label, "say either event or relation")
        target = str(event or relation)
        if target not in (self._schema.events if event else self._schema.properties):
            near = ", ".join(self._schema.nearest(target))
            raise self._error(label, f"the ontology has no {target}; it has {near}")
        status = entry.get("status")
        if status is not None and status not in STATUSES:
            raise self._error(label, f"no status {status!r}; use one of {', '.join(STATUSES)}")
        for pattern in entry["say"]:
            variants, needs = self._compile(pattern, event, relation)
            yield Wording(
                event,
                relation,
                pattern,
                variants,
                needs,
                dict(entry.get("values", {})),
                dict(entry.get("each", {})),
                tuple((p, s, o) for p, s, o in entry.get("also", ())),
                tuple(entry.get("infer", ())),
                bool(entry.get("part", False)),
                float(entry.get("confidence", 0.9)),
                status,
            )

    def _is_role(self, slot: str, event: str | None) -> bool:
        return slot in (self._schema.events[event].roles if event else ("subject", "object"))

    def _slot(self, pattern: str, name: str, types: str | None, event: str | None, relation: str | None) -> str:
        if types == "text":
            return f"[^{_PAUSES}{ENTITY}{VALUE}]{{1,24}}?"
        if types:
            kinds = types.split("|")
            letters = "".join(self._alphabet.of(k) for k in kinds if k in VALUE_KINDS)
            classes = [k for k in kinds if k not in VALUE_KINDS]
            for unknown in (k for k in classes if k not in self._schema.classes):
                raise self._error(pattern, f"the ontology has no class {unknown!r}")
            return f"[{self._alphabet.body(classes) if classes else ''}{letters}]"
        if name == "title":
            return TITLE
        if name in ("round", "ticker"):
            return self._alphabet.of(name)
        values: Mapping[str, QualifierDef]
        if event:
            definition = self._schema.events[event]
            if name in definition.roles:
                return f"[{self._alphabet.body(definition.roles[name].range)}]"
            values = definition.values
        else:
            prop = self._schema.properties[relation or ""]
            if name in ("subject", "object"):
                return f"[{self._alphabet.body(prop.domain if name == 'subject' else prop.range)}]"
            values = {q.name: q for q in prop.qualifiers}
        if name not in values:
            raise self._error(pattern, f"{event or relation} has no role or value {name!r}")
        folded = _BY_DATATYPE.get(values[name].datatype)
        if folded is None:
            return f"[^{_PAUSES}{ENTITY}{VALUE}]{{1,24}}?"
        return "[" + "".join(self._alphabet.of(k) for k in folded) + "]"

    def _compile(
        self, pattern: str, event: str | None, relation: str | None
    ) -> tuple[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...], tuple[str, ...]]:
        if "`" not in pattern:
            raise self._error(pattern, "no trigger: put the words that carry the fact between backquotes")
        optional = [m["slot"] for m in _TOKEN.finditer(pattern) if m["optional"]]
        needs: list[str] = []
        variants = []
        for count in range(len(optional) + 1):
            for missing in itertools.combinations(optional, count):
                text = pattern
                for name in missing:
                    text = re.sub(rf"\{{{name}\?[^}}]*\}}(?:[~…]\d*)?", "", text)
                expression = self._expand(text, pattern, event, relation, needs)
                try:
                    variants.append((re.compile(expression), missing))
                except re.error as error:
                    raise self._error(pattern, f"does not compile: {error}") from error
        opening = _OPENING.match(pattern)
        if opening and not optional and self._is_role(opening["slot"], event):
            rest = pattern[_past_lookahead(pattern, opening.end()) :]
            rest = _GAP.sub("", rest, count=1) if rest.startswith("~") else rest
            expression = self._expand("^%opening%*" + rest, pattern, event, relation, needs)
            variants.append((re.compile(expression), (opening["slot"],)))
        return tuple(variants), tuple(dict.fromkeys(needs))

    def _expand(self, text: str, pattern: str, event: str | None, relation: str | None, needs: list[str]) -> str:
        if text.startswith("{"):
            # 在北京法院起诉, 向东海银行提出申请: who stands behind a preposition does not act.
            text = "(?<![在向对给于])" + text
        sets = [m.span() for m in _SET.finditer(text)]

        def replace(found: re.Match[str]) -> str:
            if any(lo <= found.start() < hi for lo, hi in sets):
                return found.group()
            if found["slot"] or found["types"]:
                body = self._slot(pattern, found["slot"], found["types"], event, relation)
                return f"(?P<{found['slot']}>{body})" if found["slot"] else body
            if found["gap"] is not None:
                # A的子公司收购B: between the opening slot and the verb, 的 makes somebody else the subject.
                own = "的" if text.find("}") == found.start() - 1 and text.startswith("(?<!") else ""
                means = f"|的(?={self._word(pattern, 'means')})" if own else ""
                place = f"|(?<=[在于])[{self._places}]"
                return f"(?:[^{_PAUSES}{ENTITY}{own}]{means}{place}){{0,{found['gap'] or 10}}}?"
            if found["wide"] is not None:
                return f"[^。!?;\n]{{0,{found['wide'] or 40}}}?"
            if found["trigger"]:
                trigger = re.sub(r"%(\w+)%", lambda m: self._word(pattern, m[1]), found["trigger"])
                needs.extend(self._literals(pattern, trigger))
                return f"(?P<trigger>{trigger})"
            if found["word"]:
                return f"(?:{self._word(pattern, found['word'])})"
            return f"(?:^|(?<=[{_PAUSES}]))" if found["start"] else f"(?=[{_PAUSES}]|$)"

        return _TOKEN.sub(replace, text)

    def _word(self, pattern: str, name: str) -> str:
        if name not in self._words:
            raise self._error(pattern, f"no word list {name!r} in words.toml or in this file")
        return self._words[name]

    def _literals(self, pattern: str, trigger: str) -> Iterator[str]:
        if re.search(r"[()\[\]{}.*+\\]", trigger):
            raise self._error(pattern, f"a trigger holds literals, | and ? only: {trigger!r}")
        for choice in trigger.split("|"):
            # 获得? stands for 获 and 获得: the shorter one is in both.
            literal = re.sub(r".\?", "\0", choice)
            yield max(literal.split("\0"), key=len)


def _past_lookahead(pattern: str, at: int) -> int:
    """Where a (?!…) that begins at `at` ends; `at` where none does."""
    if not pattern.startswith("(?!", at):
        return at
    depth = 0
    for i in range(at, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[i], 0)
        if depth == 0:
            return i + 1
    return at
