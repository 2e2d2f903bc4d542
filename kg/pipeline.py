"""From sources into the ledger: read, extract, validate, store, with an account of everything that was read.

Nothing that is read vanishes. The reader counts its raw items before anything is made of them, extraction's candidates
are counted before they are validated, and whatever goes wrong with one of them, in whatever stage, becomes a `Rejection`
with its reason while the others go on. So `read == accepted + rejected + skipped` in every tally.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from kg.accounts import Tally
from kg.errors import KgError, LedgerError, SourceError, UsageError
from kg.loading import ItemError, choose
from kg.model import Document, Event, Observation, Rejection, Span, Statement
from kg.quarantine import candidate_key
from kg.source import MAX_BYTES, Source, read_source
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.codec import Candidate
    from kg.ledger import Ledger
    from kg.loading import Loader
    from kg.model import NewsItem
    from kg.schema import Schema

__all__ = ["LoadReport", "Progress", "Reads", "Refused", "extract", "load"]

_Stage: TypeAlias = Literal["read", "extract", "validate", "store"]
_SHOWN: Final = 100
"""Refused sources and items that a report names; all of them are in the quarantine."""
_CHUNK: Final = 16
"""Items that a worker gets at a time: those of one source share its text, which then travels once."""


class Reads(Protocol):
    """What makes a document of an item: `kg.extract.extractor.Extractor`, or anything that does the same."""

    def extract(self, item: NewsItem) -> Document: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, after one more item or source."""

    source: str
    """Name of the source at hand."""
    source_number: int
    """1-based."""
    sources: int
    item_number: int
    """1-based, in the source; 0 where the source gave none."""
    items: int
    """In the source."""

    @property
    def done(self) -> float:
        """The share of the work that is done, in [0, 1]; each source counts the same."""
        part = self.item_number / self.items if self.items else 1.0
        return (self.source_number - 1 + part) / self.sources


@dataclass(frozen=True, slots=True)
class Refused:
    """A source or an item that could not be taken."""

    rejections: tuple[Rejection, ...]
    """First that of the source or item; then those of the candidates that went with it."""
    whole_source: bool = False
    """Whether the source could not be read, or only in part."""

    @property
    def reason(self) -> str:
        return self.rejections[0].reason


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. In each tally `read == accepted + rejected + skipped`."""

    sources: Tally = Tally()
    """A source that broke off in the middle counts as rejected; the items before that are kept."""
    items: Tally = Tally()
    """Skipped are items that the ledger held as they are."""
    replaced: int = 0
    """Accepted items of which the ledger held another version, which is gone now."""
    statements: Tally = Tally()
    events: Tally = Tally()
    observations: Tally = Tally()
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rule → how many sources, items and candidates it refused; most frequent first."""
    refused: tuple[Rejection, ...] = ()
    """The sources and items refused, in order; at most the first hundred."""
    damaged: Mapping[str, int] = field(default_factory=dict)
    """Source → places that could not be decoded and are U+FFFD in its text."""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether a source failed, or not one item could be taken."""
        return self.sources.rejected > 0 or self.items.read == self.items.rejected

    @property
    def balanced(self) -> bool:
        """Whether all that was read is accounted for; False would be a fault of this program."""
        tallies = (self.sources, self.items, self.statements, self.events, self.observations)
        return all(t.read == t.accepted + t.rejected + t.skipped for t in tallies)


def load(
    sources: Iterable[Path | Source],
    ledger: Ledger,
    *,
    extractor: Reads | None = None,
    loader: Loader | str | None = None,
    date: str | None = None,
    min_confidence: float = 0.0,
    only_new: bool = False,
    workers: int = 1,
    max_bytes: int = MAX_BYTES,
    progress: Callable[[Progress], None] | None = None,
) -> LoadReport:
    """Load files into a ledger, each item in a transaction of its own.

    `loader` names the one that reads all sources; else each source gets the one that is surest of it. `date` (ISO 8601)
    is the documents' date. Candidates below `min_confidence` are skipped. With `only_new`, items that the ledger holds
    as they are are not extracted again; without, a changed ontology or wording takes effect on them. With `workers`
    above 1, items are extracted in that many processes; the result is the same.

    Raises UsageError for a bad argument, LedgerError where the ledger cannot be written at all.
    """
    return _Load(ledger, min_confidence).run(
        _stream(
            sources,
            _Reading(ledger.schema, extractor, loader, date, max_bytes, ledger if only_new else None),
            _checked_workers(workers),
        ),
        progress or (lambda _: None),
    )


def extract(
    sources: Iterable[Path | Source],
    schema: Schema,
    *,
    extractor: Reads | None = None,
    loader: Loader | str | None = None,
    date: str | None = None,
    min_confidence: float = 0.0,
    workers: int = 1,
    max_bytes: int = MAX_BYTES,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[Document | Refused]:
    """What sources say, validated and not stored, item by item in their order; lazily. Arguments as for `load`."""
    _check_confidence(min_confidence)
    reading = _Reading(schema, extractor, loader, date, max_bytes, None)
    for step in _stream(sources, reading, _checked_workers(workers)):
        if step.document is not None:
            yield _confident(step.document, min_confidence)[0]
        elif step.rejections:
            yield Refused(step.rejections, step.whole_source)
        if progress is not None:
            progress(step.place)


# ---- reading sources ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """One raw item on its way: an item, then a document, or rejections on the first failure."""

    place: Progress
    item: NewsItem | None = None
    document: Document | None = None
    """Validated."""
    candidates: tuple[int, int, int] = (0, 0, 0)
    """Statements, events, observations that extraction made."""
    rejections: tuple[Rejection, ...] = ()
    whole_source: bool = False
    raw: bool = True
    """Whether it stands for a raw item that was counted as read; False for a source that could not be read."""
    damaged: int = 0

    @property
    def skipped(self) -> bool:
        return self.item is not None and self.document is None and not self.rejections


class _Reading:
    """How the sources of one run are read."""

    def __init__(
        self,
        schema: Schema,
        extractor: Reads | None,
        loader: Loader | str | None,
        date: str | None,
        max_bytes: int,
        known: Ledger | None,
    ) -> None:
        self.schema = schema
        self.extractor = extractor
        self._date = _checked_date(date)
        self._max_bytes = max_bytes
        self._loader = choose(Source("", ""), loader) if isinstance(loader, str) else loader
        self._known = known
        self._ids: dict[str, str] = {}

    def steps(self, sources: Iterable[Path | Source]) -> Iterator[_Step]:
        """All raw items as items, and what could not be read as rejections."""
        all_sources = list(sources)
        for number, given in enumerate(all_sources, 1):
            name = given.name
            try:
                source = given if isinstance(given, Source) else self._open(given)
                loader = self._loader or choose(source)
                records, broken = [], None
                try:
                    # All are counted before the first is looked into.
                    records.extend(loader.records(source))
                except Exception as error:
                    broken = _failure("read", error, name, f"{name}: reading broke off after {len(records)} items")
                if not records and broken is None:
                    reason = f"{name}: the loader '{loader.name}' finds no item in it; name another with --loader"
                    broken = Rejection("read", "no-items", reason, source=name)
            except Exception as error:
                refusal = _failure("read", error, name, f"{name}: cannot be read")
                yield _Step(Progress(name, number, len(all_sources), 0, 0), rejections=(refusal,), whole_source=True, raw=False)
                continue
            count = len(records) + (broken is not None and bool(records))
            for index, record in enumerate(records, 1):
                place = Progress(name, number, len(all_sources), index, count)
                damaged = source.damaged if index == 1 else 0
                try:
                    yield replace(self._met(_Step(place, loader.item(source, record)), name), damaged=damaged)
                except ItemError as error:
                    yield _Step(place, rejections=(error.rejection(source),), damaged=damaged)
                except Exception as error:
                    reason = f"{name}, line {record.line}: the loader '{loader.name}' failed on this item"
                    yield _Step(place, rejections=(_failure("read", error, name, reason),), damaged=damaged)
            if broken is not None:
                place = Progress(name, number, len(all_sources), count, count)
                yield _Step(place, rejections=(broken,), whole_source=True, raw=bool(records))

    def _open(self, path: Path) -> Source:
        return read_source(path, date=self._date, max_bytes=self._max_bytes)

    def _met(self, step: _Step, source: str) -> _Step:
        """Refuse an item whose id another item of this run has: storing both would lose one of them."""
