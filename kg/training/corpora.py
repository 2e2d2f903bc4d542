"""Readers of public corpora in their own formats: FinRE (tab-separated) and FewFC (JSON Lines)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Argument", "EventSentence", "PairRow", "Trigger", "read_fewfc", "read_finre"]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two names of a sentence and the relation that FinRE sees from the first to the second."""

    head: str
    tail: str
    relation: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Argument:
    """Who or what fills a role; half-open offsets into the sentence."""

    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event of a sentence: its type, the words that tell it, and its arguments."""

    type: str
    start: int
    end: int
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class EventSentence:
    """A sentence with its events."""

    id: str
    text: str
    events: tuple[Trigger, ...]


def read_finre(path: Path) -> Iterator[PairRow]:
    """Rows `head, tail, relation, sentence`, tab-separated. Raises UsageError with the line that lacks a column."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        columns = line.split("\t")
        if len(columns) < 4:
            raise UsageError(f"{path}:{number}: {len(columns)} columns; FinRE has head, tail, relation, sentence.")
        yield PairRow(*columns[:4])


def read_fewfc(path: Path) -> Iterator[EventSentence]:
    """An object a line, with id, text and events. Raises UsageError with the line that is none."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            events = tuple(
                Trigger(
                    event["type"],
                    event["trigger"]["span"][0],
                    event["trigger"]["span"][1],
                    tuple(Argument(a["role"], *a["span"]) for a in event["arguments"]),
                )
                for event in row["events"]
            )
            yield EventSentence(str(row.get("id", number)), row["text"], events)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}:{number}: no row of FewFC ({error!r}); it has id, text and events.") from error


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); check the path and save it as UTF-8.") from error
