"""From sources to validated documents, item by item: the part of the pipeline that needs no ledger.

Extraction and validation are pure functions of an item, so they may run in several processes; the steps come out in the
order of the sources all the same, and do not depend on how many processes there are.
"""

from __future__ import annotations

from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from kg.errors import KgError, SourceError, UsageError
from kg.graph.rows import days_of
from kg.loading import ItemError, choose
from kg.model import Document, Event, Observation, Rejection, Span, Statement, mint
from kg.quarantine import candidate_key
from kg.source import MAX_BYTES, Source, read_source
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.codec import Candidate
    from kg.loading import Loader
    from kg.model import NewsItem
    from kg.schema import Schema

__all__ = ["Counts", "Place", "Reading", "Reads", "Step", "failure"]

Counts: TypeAlias = tuple[int, int, int]
"""Of statements, events, observations."""
_Stage: TypeAlias = Literal["read", "extract", "validate", "store"]
_CHUNK: Final = 16
"""Items that a worker gets at a time: those of one source share its text, which then travels once."""


class Reads(Protocol):
    """What makes a document of an item: `kg.extract.extractor.Extractor`, or anything that does the same."""

    def extract(self, item: NewsItem, /) -> Document: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a run something stands; as a report of progress, how far it has come."""

    source: str
    """Name of the source."""
    source_number: int
    """1-based."""
    sources: int
    item_number: int
    """1-based, in the source; 0 where the source gave none."""
    items: int
    """In the source."""

    @property
    def done(self) -> float:
        """The share of the run up to here, in (0, 1]; each source counts the same."""
        part = self.item_number / self.items if self.items else 1.0
        return (self.source_number - 1 + part) / self.sources


@dataclass(frozen=True, slots=True)
class Step:
    """A raw item on its way: first an item, then a document, and on the first failure rejections. A step with an item
    alone is skipped."""

    place: Place
    item: NewsItem | None = None
    document: Document | None = None
    """Validated."""
    candidates: Counts = (0, 0, 0)
    """How many extraction made, counted before validation."""
    rejections: tuple[Rejection, ...] = ()
    """First that of the item or source; then those of the candidates that went with it."""
    whole_source: bool = False
    """Whether a source could not be read, or only up to here."""
    raw: bool = True
    """Whether a raw item was counted for it; not for a source that gave none."""
    damaged: int = 0
    """With the first step of a source: its places that could not be decoded."""


@dataclass(slots=True)
class Reading:
    """How the sources of one run are read."""

    schema: Schema
    extractor: Reads | None = None
    """None: the packaged one, loaded with the first item."""
    loader: Loader | str | None = None
    """The one that reads all sources, or its name; None: for each source the one that is surest of it."""
    date: str | None = None
    """The documents' date."""
    workers: int = 1
    """Processes that extract."""
    max_bytes: int = MAX_BYTES
    known: Callable[[NewsItem], bool] | None = None
    """Says of which items nothing new is to be had; they are skipped."""

    def __post_init__(self) -> None:
        """Raises UsageError for what no source could make right."""
        if self.date is not None and ("/" in self.date or days_of(self.date) is None):
            raise UsageError(f"'{self.date}' is no date; write 2021-11-03, 2021-11 or 2021")
        if self.workers < 1:
            raise UsageError(f"{self.workers} workers cannot work; give 1 or more")
        if isinstance(self.loader, str):
            self.loader = choose(Source("", ""), self.loader)

    def steps(self, sources: Iterable[Path | str | Source]) -> Iterator[Step]:
        """Every raw item of every source, in order, as far as it got."""
        entries = self._entries([s if isinstance(s, Source) else Path(s) for s in sources])
        return self._in_processes(entries) if self.workers > 1 else self._here(entries)

    # -- reading

    def _entries(self, sources: list[Path | Source]) -> Iterator[Step]:
        met: dict[str, tuple[str, str]] = {}
        for number, given in enumerate(sources, 1):
            name = given.name or str(given)
            start = Place(name, number, len(sources), 0, 0)
            try:
                source = given if isinstance(given, Source) else self._open(given)
                loader = choose(source) if self.loader is None else self.loader
            except Exception as error:
                refusal = failure("read", error, f"{name} cannot be read", source=name)
                yield Step(start, rejections=(refusal,), whole_source=True, raw=False)
            else:
                assert not isinstance(loader, str)
                yield from self._items(source, loader, start, met)

    def _open(self, path: Path) -> Source:
        return read_source(path, date=self.date, max_bytes=self.max_bytes)

    def _items(self, source: Source, loader: Loader, start: Place, met: dict[str, tuple[str, str]]) -> Iterator[Step]:
        name = source.name
        records, broken = [], None
        try:
            # All are counted before the first is looked into.
            records.extend(loader.records(source)) if False else None
            for record in loader.records(source):
                records.append(record)
        except Exception as error:
            broken = failure("read", error, f"{name}: reading broke off after {len(records)} items", source=name)
        if not records and broken is None:
            reason = f"{name}: the loader '{loader.name}' finds no item in it; name another one with --loader"
            broken = Rejection("read", "no-items", reason, source=name)
        count = len(records) + (broken is not None)
        for index, record in enumerate(records, 1):
            place = replace(start, item_number=index, items=count)
            damaged = source.damaged if index == 1 else 0
            try:
                step = _once(Step(place, loader.item(source, record)), met)
            except ItemError as error:
                step = Step(place, rejections=(error.rejection(source),))
            except Exception as error:
                what = f"{name}, line {record.line}: the loader '{loader.name}' failed at this item"
                step = Step(place, rejections=(failure("read", error, what, source=name),))
            yield replace(step, damaged=damaged) if damaged else step
        if broken is not None:
            place = replace(start, item_number=count, items=count)
            yield Step(place, rejections=(broken,), whole_source=True, raw=bool(records))
