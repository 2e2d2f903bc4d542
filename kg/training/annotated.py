"""Annotated passages: Chinese news with every name marked and every relation listed.

A file holds passages, set apart by empty lines:

    == 2019-05-06 wire
    5月6日，[腾讯云|Company]与[神州信息|Company]签约。[公司|*神州信息]去年投资了[云杉科技|Company]（下称“[云杉|Company=云杉科技]”）。
    partnersWith: 腾讯云 > 神州信息
    raisedFrom planned: 云杉科技 > 神州信息 | amount=1亿元; round=A轮

The first line gives the item's date and a style. In the text, on one line, `[surface|Class]` marks a name at every
occurrence, `[surface|Class=Name]` a further name of an entity, `[words|*Name]` and `[words|*A&B]` words that stand for
names. Each further line is a relation, `predicate status: subject > object | qualifier=value; …`, its status left out
where the text asserts it. What is not listed is not told. `docs/training.md` says how to annotate well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from kg.errors import UsageError
from kg.model import STATUSES, UNREALISED, Block, NewsItem, Span, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.model import JsonObject
    from kg.schema import Schema

__all__ = ["Mark", "Passage", "Relation", "from_gold", "gold_rows", "read_passages"]

_HEAD = re.compile(r"== (?P<date>\d{4}-\d\d-\d\d) (?P<style>\w+)")
_MARK = re.compile(r"\[(?P<surface>[^\[\]|]+)\|(?P<what>[^\[\]|]+)\]")
_RELATION = re.compile(
    r"(?P<predicate>\w+)(?: (?P<status>\w+))?: (?P<subject>.+?) > (?P<object>.+?)(?: \| (?P<values>.+))?"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A name in the text, half-open. `type` is empty for words that stand for names; these are in `names`."""

    start: int
    end: int
    surface: str
    type: str
    names: tuple[str, ...]
    """The first name of the entity, or those that a reference stands for."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two entities, by their first names."""

    predicate: str
    subject: str
    object: str
    status: Status = "asserted"
    qualifiers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage. `id` is its file's stem and its number there."""

    id: str
    date: str
    style: str
    text: str
    marks: tuple[Mark, ...]
    relations: tuple[Relation, ...]

    def item(self, number: int | None = None) -> NewsItem:
        """The passage as a news item without a title; its id is `number` where one is given."""
        blocks = []
        at = 0
        for line in self.text.split("\n"):
            blocks.append(Block("paragraph", (Span(at, at + len(line)),)))
            at += len(line) + 1
        return NewsItem(
            self.id if number is None else str(number),
            "",
            self.text,
            tuple(blocks),
            self.id,
            published=self.date,
            reference=self.date,
        )

    def names(self) -> dict[str, list[str]]:
        """First name of each entity → all its names, the first one first."""
        found: dict[str, list[str]] = {}
        for mark in self.marks:
            if mark.type:
                known = found.setdefault(mark.names[0], [mark.names[0]])
                if mark.surface not in known:
                    known.append(mark.surface)
        return found


def read_passages(paths: Iterable[Path], schema: Schema) -> Iterator[Passage]:
    """The passages of files, in order. Raises UsageError, naming file and line, where one is not well formed."""
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{path}: cannot be read ({error}); give UTF-8 text files of annotated passages."
            ) from error
        number = 0
        at = 0
        while at < len(lines):
            if not lines[at].strip():
                at += 1
                continue
            end = at
            while end < len(lines) and lines[end].strip():
                end += 1
            number += 1
            yield _Reader(path.name, at + 1, schema).passage(f"{path.stem}-{number}", lines[at:end])
            at = end


class _Reader:
    def __init__(self, file: str, line: int, schema: Schema) -> None:
        self._file, self._line, self._schema = file, line, schema

    def _error(self, offset: int, what: str) -> UsageError:
        return UsageError(f"{self._file}:{self._line + offset}: {what}.")

    def passage(self, name: str, lines: list[str]) -> Passage:
        head = _HEAD.fullmatch(lines[0].strip())
        if head is None:
            raise self._error(0, "a passage begins with its date and style, as in “== 2019-05-06 wire”")
        if len(lines) < 2:
            raise self._error(0, "the text of the passage is missing; write it on the line below")
        text, marks = self._text(lines[1].strip())
        known = {n for m in marks if m.type for n in (m.surface, *m.names)}
        first = {m.surface: m.names[0] for m in reversed(marks) if m.type}
        for mark in marks:
            for other in mark.names:
                if other not in known:
                    raise self._error(1, f"{mark.surface} points to {other}, which is not marked in this passage")
        relations = [self._relation(2 + i, line, first) for i, line in enumerate(lines[2:])]
        return Passage(name, head["date"], head["style"], text, tuple(marks), tuple(relations))

    def _text(self, line: str) -> tuple[str, list[Mark]]:
        pieces: list[str] = []
        marks: list[Mark] = []
        position = length = 0
        for found in _MARK.finditer(line):
            between = line[position : found.start()]
            surface, what = found["surface"], found["what"]
            pieces += (between, surface)
            start = length + len(between)
            length, position = start + len(surface), found.end()
            if what.startswith("*"):
                marks.append(Mark(start, length, surface, "", tuple(what[1:].split("&"))))
                continue
            type_, _, other = what.partition("=")
            if type_ not in self._schema.classes:
                near = ", ".join(self._schema.nearest(type_))
                raise self._error(1, f"the ontology has no class {type_}; it has {near}")
            marks.append(Mark(start, length, surface, type_, (other or surface,)))
        rest = line[position:]
        text = "".join((*pieces, rest))
        if "[" in text or "]" in text:
            raise self._error(1, "a mark is not closed or holds another; marks are [name|Class] and do not nest")
        chains = {m.surface: m.names[0] for m in marks if m.type and m.names[0] != m.surface}
        return text, [Mark(m.start, m.end, m.surface, m.type, tuple(chains.get(n, n) for n in m.names)) for m in marks]

    def _relation(self, offset: int, line: str, first: dict[str, str]) -> Relation:
        found = _RELATION.fullmatch(line.strip())
        if found is None:
            raise self._error(offset, "a relation reads “predicate status: subject > object | qualifier=value”")
        predicate, status = found["predicate"], found["status"] or "asserted"
        if predicate not in self._schema.properties:
            near = ", ".join(self._schema.nearest(predicate))
            raise self._error(offset, f"the ontology has no relation {predicate}; it has {near}")
        if status not in STATUSES:
            raise self._error(offset, f"no status {status}; use one of {', '.join(STATUSES)}")
        ends = []
        for end in ("subject", "object"):
            if found[end] not in first and found[end] not in first.values():
                raise self._error(offset, f"{found[end]} is not marked in the text")
            ends.append(first.get(found[end], found[end]))
        values = {}
        for pair in (found["values"] or "").split(";"):
            if pair.strip():
                name, _, value = pair.partition("=")
                values[name.strip()] = value.strip()
        known: Status = next(s for s in get_args(Status) if s == status)
        return Relation(predicate, ends[0], ends[1], known, values)


def from_gold(items: Iterable[JsonObject], rows: Iterable[JsonObject], name: str) -> Iterator[Passage]:
    """News items with their gold rows (see `kg.gold`) as passages: what a row names is marked wherever it stands.

    Names that no row has stay unmarked, so these passages teach relations, not names.
    """
    told: dict[int, list[JsonObject]] = {}
    for row in rows:
        told.setdefault(row["item"], []).append(row)
    for item in items:
        own = told.get(int(item["id"]), [])
        text = "\n".join(part for part in (item.get("title"), *item["text"].split("\n")) if part)
        first: dict[str, tuple[str, str]] = {}
        relations: list[Relation] = []
        for row in own:
            if row["kind"] not in ("triple", "claim") or "p" not in row:
                continue
            ends = []
            for end in ("s", "o"):
                names = row[end] if isinstance(row[end], list) else [row[end]]
                known = next((first[n][0] for n in names if n in first), names[0])
                for n in names:
                    first.setdefault(n, (known, row.get(f"{end}_type") or ""))
                ends.append(known)
            relations.append(Relation(row["p"], ends[0], ends[1], row.get("status", "asserted"), {}))
        marks: list[Mark] = []
        taken = [False] * len(text)
        for surface in sorted(first, key=len, reverse=True):
            owner, type_ = first[surface]
            start = text.find(surface)
            while start >= 0 and len(surface) > 1:
                stop = start + len(surface)
                if type_ and not any(taken[start:stop]):
                    taken[start:stop] = [True] * len(surface)
                    marks.append(Mark(start, stop, surface, type_, (owner,)))
                start = text.find(surface, stop)
        marks.sort(key=lambda m: m.start)
        there = {n for m in marks for n in m.names}
        kept = tuple(r for r in relations if r.subject in there and r.object in there)
        yield Passage(f"{name}-{item['id']}", item.get("published") or "2020-01-01", "wire", text, tuple(marks), kept)


def gold_rows(passage: Passage, number: int) -> Iterator[JsonObject]:
    """The passage as rows of a gold file (see `kg.gold`), its relations all core."""
    names = passage.names()
    types = {m.names[0]: m.type for m in reversed(passage.marks) if m.type}
    yield {"kind": "item", "item": number, "date": passage.date}
    for first, all_ in names.items():
        yield {"kind": "entity", "item": number, "name": all_, "type": types[first], "core": True}
    for r in passage.relations:
        row: JsonObject = {
            "item": number,
            "s": names[r.subject],
            "p": r.predicate,
            "o": names[r.object],
            "s_type": types[r.subject],
            "o_type": types[r.object],
            "core": True,
            "q": {k: v for k, v in r.qualifiers.items() if k not in ("date", "from", "to", "year")},
        }
        if r.status in UNREALISED:
            yield {"kind": "claim", **row, "status": r.status}
        else:
            yield {"kind": "triple", **row, **({"status": "ended"} if r.status == "ended" else {})}
