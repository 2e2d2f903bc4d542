"""The way through: sources are read, items extracted, statements validated, the ledger told; all is accounted for.

What is read is counted before anything is done with it, and each of it ends as accepted, rejected or skipped:
`read == accepted + rejected + skipped`, for items and for candidate statements, events and observations. A failure
stays with the item it happens to, which goes to quarantine with the stage and the reason; the others go on.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from kg.accounts import Tally
from kg.errors import LedgerError, SourceError, UsageError
from kg.loading import ItemError, choose, expand
from kg.model import Document, Rejection
from kg.source import read_source
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.ledger import Ledger
    from kg.loading import Loader
    from kg.model import NewsItem
    from kg.schema import Schema
    from kg.source import Source

__all__ = ["LoadReport", "Progress", "Reads", "extract", "load"]

Progress: TypeAlias = "Callable[[str, int], None]"
"""Called with the source's name and how many of its items are done, after each item."""
Kind: TypeAlias = Literal["statements", "events", "observations"]
_KINDS: tuple[Kind, ...] = ("statements", "events", "observations")


class Reads(Protocol):
    """What makes a document of an item: `kg.extract.extractor.Extractor`, or anything that does the same."""

    @property
    def schema(self) -> Schema: ...

    def extract(self, item: NewsItem, /) -> Document: ...


@dataclass(slots=True)
class LoadReport:
    """What became of everything that was read."""

    sources: int = 0
    failed: list[str] = field(default_factory=list)
    """One sentence for each source that could not be read, or not to its end."""
    damaged: dict[str, int] = field(default_factory=dict)
    """Sources with places that could not be decoded (they are U+FFFD in the text), and how many."""
    items: Tally = field(default_factory=Tally)
    statements: Tally = field(default_factory=Tally)
    events: Tally = field(default_factory=Tally)
    observations: Tally = field(default_factory=Tally)
    rules: Counter[str] = field(default_factory=Counter)
    """How many rejections each rule made."""
    seconds: float = 0.0

    @property
    def balanced(self) -> bool:
        """Whether everything read is accounted for. It always is; a report that is not shows a fault of ours."""
        tallies = (self.items, self.statements, self.events, self.observations)
        return all(t.read == t.accepted + t.rejected + t.skipped for t in tallies)

    def count(self, kind: Kind, tally: Tally) -> None:
        """Add to the tally of candidates of one kind."""
        setattr(self, kind, getattr(self, kind) + tally)


@dataclass(slots=True)
class _Reading:
    """One source and the loader that reads it; counts its items before they are parsed."""

    source: Source
    loader: Loader
    report: LoadReport
    refuse: Callable[[Rejection], None]

    def items(self) -> Iterator[NewsItem]:
        """The source's items. One that cannot be built is refused and does not stop the others."""
        name = self.source.name
        records = iter(self.loader.records(self.source))
        read = 0
        while True:
            try:
                record = next(records, None)
            except Exception as error:
                self._fail("internal-error", f"{name}: the loader '{self.loader.name}' stopped: {_told(error)}")
                return
            if record is None:
                break
            read += 1
            self.report.items += Tally(read=1)
            try:
                item = self.loader.item(self.source, record)
            except ItemError as error:
                self._drop(error.rejection(self.source))
            except Exception as error:
                reason = f"{name}, line {record.line}: the loader '{self.loader.name}' failed: {_told(error)}"
                self._drop(Rejection("read", "internal-error", reason, source=name))
            else:
                yield item
        if read == 0:
            reason = f"{name}: the loader '{self.loader.name}' finds no item in it; name another one with --loader"
            self._fail("no-items", reason)

    def _fail(self, rule: str, reason: str) -> None:
        self.report.failed.append(reason)
        self.refuse(Rejection("read", rule, reason, source=self.source.name))

    def _drop(self, rejection: Rejection) -> None:
        self.report.items += Tally(rejected=1)
        self.refuse(rejection)


def load(
    paths: Iterable[str],
    ledger: Ledger,
    extractor: Reads,
    *,
    loader: str | None = None,
    date: str | None = None,
    min_confidence: float = 0.0,
    again: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Read files, directories and globs into a ledger, an item a transaction.

    `date` is the documents' own date where their text has none. Statements, events and observations less sure than
    `min_confidence` are skipped, and counted so. An item that the ledger holds already is skipped without being read
    anew, unless `again`: then it is, and what it says now takes the place of what it said.

    Raises UsageError where a path matches nothing or the loader is unknown, LedgerError where the ledger cannot be
    written; whatever else goes wrong with a source or an item is in the report and in quarantine.
    """
    began = time.perf_counter()
    report = LoadReport()

    def refuse(rejection: Rejection) -> None:
        report.rules[rejection.rule] += 1
        ledger.reject(rejection)

    for reading in _readings(paths, loader, date, report, refuse):
        for done, item in enumerate(reading.items(), 1):
            _take(item, ledger, extractor, report, refuse, min_confidence, again)
            if progress is not None:
                progress(reading.source.name, done)
    report.seconds = time.perf_counter() - began
    return report


def extract(
    paths: Iterable[str],
    extractor: Reads,
    *,
    loader: str | None = None,
    date: str | None = None,
    report: LoadReport | None = None,
) -> Iterator[Document | Rejection]:
    """Documents as they would be loaded, validated, and rejections of items that cannot be read; nothing is stored.

    Lazy: an item is read when it is asked for. Raises as `load` does. Sources that fail are in the report given.
    """
    report = LoadReport() if report is None else report
    pending: list[Rejection] = []
    for reading in _readings(paths, loader, date, report, pending.append):
        for item in reading.items():
            yield from _drained(pending)
            document, failure = _read(item, extractor)
            yield document if failure is None else failure
        yield from _drained(pending)
    yield from _drained(pending)


def _drained(pending: list[Rejection]) -> Iterator[Rejection]:
    while pending:
        yield pending.pop(0)


def _readings(
    paths: Iterable[str],
    loader: str | None,
    date: str | None,
    report: LoadReport,
    refuse: Callable[[Rejection], None],
) -> Iterator[_Reading]:
    for path in expand(paths):
        report.sources += 1
        try:
            source = read_source(path, date=date)
            chosen = choose(source, loader)
        except UsageError:
            raise
        except SourceError as error:
            report.failed.append(str(error))
            refuse(Rejection("read", "unreadable-source", str(error), source=path.name))
        else:
            if source.damaged:
                report.damaged[source.name] = source.damaged
            yield _Reading(source, chosen, report, refuse)


def _read(item: NewsItem, extractor: Reads) -> tuple[Document, Rejection | None]:
    """Extract and validate. On a failure: what there was by then, and the rejection of the item."""
    document = Document(item)
    stage: Literal["extract", "validate"] = "extract"
    try:
        document = extractor.extract(item)
        stage = "validate"
        return validate(document, extractor.schema), None
    except Exception as error:
        return document, _failure(stage, item, error)


def _failure(stage: Literal["extract", "validate", "store"], item: NewsItem, error: Exception) -> Rejection:
    reason = f"{item.source}, '{item.title}': {stage} failed: {_told(error)}"
    return Rejection(stage, "internal-error", reason, item.id, item.source)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _take(
    item: NewsItem,
    ledger: Ledger,
    extractor: Reads,
    report: LoadReport,
    refuse: Callable[[Rejection], None],
    min_confidence: float,
    again: bool,
) -> None:
    """Take one item all the way, and count what became of it and of its candidates."""
    if not again and ledger.holds(item):
        report.items += Tally(skipped=1)
        return
    document, failure = _read(item, extractor)
    if failure is None:
        kept, skipped = _sure(document, min_confidence)
        try:
            receipt = ledger.add(kept)
        except LedgerError:
            raise
        except Exception as error:
            failure = _failure("store", item, error)
        else:
            for kind in _KINDS:
                report.count(kind, getattr(receipt, kind) + Tally(skipped[kind], 0, 0, skipped[kind]))
            report.items += Tally(accepted=1) if receipt.added else Tally(skipped=1)
            if receipt.added:
                report.rules.update(r.rule for r in kept.rejections)
            return
    for kind in _KINDS:
        read = len(getattr(document, kind)) + sum(_is(kind, r) for r in document.rejections)
        report.count(kind, Tally(read, 0, read, 0))
    report.items += Tally(rejected=1)
    refuse(failure)


def _is(kind: Kind, rejection: Rejection) -> bool:
    candidate = rejection.candidate
    return candidate is not None and f"{type(candidate).__name__.lower()}s" == kind


def _sure(document: Document, least: float) -> tuple[Document, dict[Kind, int]]:
    """The document without what is less sure than `least`, and how many of each kind that left out."""
    sure = replace(
        document,
        statements=tuple(s for s in document.statements if s.confidence >= least),
        events=tuple(e for e in document.events if e.confidence >= least),
        observations=tuple(o for o in document.observations if o.confidence >= least),
    )
    return sure, {kind: len(getattr(document, kind)) - len(getattr(sure, kind)) for kind in _KINDS}
