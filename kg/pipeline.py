"""The way through: sources are read, items extracted, statements validated, the ledger told; all is accounted for.

What is read is counted before anything is done with it, and each of it ends as accepted, rejected or skipped:
`read == accepted + rejected + skipped`, for items and for candidate statements, events and observations. A failure
stays with the item it happens to, which goes to quarantine with the stage and the reason; the others go on.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kg.accounts import Tally
from kg.errors import SourceError, StorageError, UsageError
from kg.graph.rows import days_of
from kg.loading import ItemError, choose, expand
from kg.model import Rejection, mint
from kg.reading import KINDS, Kind, Reader, Reads, failure, make, told
from kg.source import read_source
from kg.workers import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.ledger import Ledger
    from kg.loading import Loader, Record
    from kg.model import Document, NewsItem
    from kg.reading import Filed
    from kg.schema import Schema
    from kg.source import Source

__all__ = ["LoadReport", "Progress", "Reads", "extract", "keep", "load"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come: told after each item."""

    source: str
    """Name of the source at hand."""
    number: int
    """Its number, from 1."""
    sources: int
    done: int
    """Items of the source that are done."""
    items: int
    """Items of the source."""

    @property
    def share(self) -> float:
        """The part of the work that is done, in (0, 1], as if all sources were as long."""
        return (self.number - 1 + self.done / self.items) / self.sources


@dataclass(slots=True)
class LoadReport:
    """What became of everything that was read."""

    sources: int = 0
    failed: list[str] = field(default_factory=list)
    """One sentence for each source that could not be read, or not to its end."""
    damaged: dict[str, int] = field(default_factory=dict)
    """Sources with places that could not be decoded (they are U+FFFD in the text), and how many."""
    items: Tally = field(default_factory=Tally)
    """Skipped are those that the ledger holds as they are, and those that came twice."""
    replaced: int = 0
    """Accepted items of which the ledger held another version, which is gone now."""
    statements: Tally = field(default_factory=Tally)
    events: Tally = field(default_factory=Tally)
    observations: Tally = field(default_factory=Tally)
    rules: Counter[str] = field(default_factory=Counter)
    """How many rejections each rule made: of sources, items, entities and candidates."""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every source was read to its end, and not all items of the load were refused."""
        return not self.failed and (self.items.rejected == 0 or self.items.rejected < self.items.read)

    @property
    def balanced(self) -> bool:
        """Whether everything read is accounted for. It always is; a report that is not shows a fault of ours."""
        tallies = (self.items, self.statements, self.events, self.observations)
        return all(t.read == t.accepted + t.rejected + t.skipped for t in tallies)

    def count(self, kind: Kind, tally: Tally) -> None:
        """Add to the tally of candidates of one kind."""
        setattr(self, kind, getattr(self, kind) + tally)


def load(
    paths: Iterable[str],
    ledger: Ledger,
    extractor: Reads,
    *,
    loader: str | None = None,
    date: str | None = None,
    min_confidence: float = 0.0,
    again: bool = False,
    workers: int = 1,
    cluster: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> LoadReport:
    """Read files, directories and globs into a ledger, an item a transaction.

    `date` is the documents' own date where their text has none. Statements, events and observations less sure than
    `min_confidence` are skipped, and counted so. An item that the ledger holds already is skipped without being read
    anew, unless `again`: then it is, and what it says now takes the place of what it said.

    With more than one of `workers` as many processes extract (0: one for each core), with `cluster` the workers of the
    dask scheduler at that address (`dask://host:8786`). The ledger is the same as with one, row for row; this process
    reads the files and writes.

    Raises UsageError where a path matches nothing, the loader is unknown or the date is none, LedgerError where the
    ledger cannot be written at all, and WorkerError where workers cannot be started or reached; whatever else goes
    wrong is in the report and in quarantine.
    """
    began = time.perf_counter()
    report = LoadReport()
    if ledger.schema.fingerprint != extractor.schema.fingerprint:
        raise UsageError("the ledger was opened with another ontology than the extractor's; give both the same")

    def refuse(*rejections: Rejection) -> None:
        for rejection in rejections:
            report.rules[rejection.rule] += 1
            ledger.reject(rejection)

    def to_read() -> Iterator[tuple[_Step, NewsItem | None]]:
        for step in _steps(paths, loader, date, report):
            if step.item is not None:
                step = _judged(step, step.item, ledger, again)
            yield step, step.item

    # Items may be read ahead, and several at once; what is done to the ledger happens here, in the order of the items.
    try:
        with ledger.announced(), readers(Reader(extractor, min_confidence), workers, cluster) as reading:
            for step, filed in reading.read(to_read()):
                report.items += step.tally
                refuse(*step.rejections)
                if filed is not None:
                    _keep(filed, ledger, report, refuse)
                if progress is not None and step.place is not None:
                    progress(step.place)
    except StorageError as error:
        if not report.sources:
            raise
        raise StorageError(f"{error} What was loaded before is kept; load the same again to go on.") from error
    report.seconds = time.perf_counter() - began
    return report


def keep(document: Document, ledger: Ledger, report: LoadReport, *, min_confidence: float = 0.0) -> None:
    """Take a document that was made elsewhere the way of all: validated, kept, and counted in the report.

    One that the ledger holds as it is is skipped; one that says otherwise takes the place of what its item said.
    """

    def refuse(*rejections: Rejection) -> None:
        for rejection in rejections:
            report.rules[rejection.rule] += 1
            ledger.reject(rejection)

    report.items += Tally(read=1)
    if not ledger.holds(document.item) and (taken := _taken(document.item, ledger)) is not None:
        report.items += Tally(rejected=1)
        refuse(taken)
        return
    _keep(Reader(_AsItIs(document, ledger.schema), min_confidence).read(document.item), ledger, report, refuse)


@dataclass(frozen=True, slots=True)
class _AsItIs:
    """Reads an item as what was made of it."""

    document: Document
    schema: Schema

    def extract(self, item: NewsItem, /) -> Document:
        return self.document


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
    for step in _steps(paths, loader, date, report):
        report.items += step.tally
        yield from step.rejections
        if step.item is not None:
            made = make(step.item, extractor)
            yield from made.failure or (made.whole,)


# ---- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """A raw item, or what is to be told of a source as a whole."""

    place: Progress | None
    """None of a source as a whole."""
    item: NewsItem | None = None
    """None where it could not be read, came before, or need not be read."""
    rejections: tuple[Rejection, ...] = ()
    tally: Tally = field(default_factory=Tally)
    """What is settled of the item already."""


def _steps(paths: Iterable[str], loader: str | None, date: str | None, report: LoadReport) -> Iterator[_Step]:
    """All raw items of the sources, in order."""
    if date is not None and ("/" in date or days_of(date) is None):
        raise UsageError(f"'{date}' is no date; write 2021-11-03, 2021-11 or 2021")
    met: dict[str, tuple[str, str]] = {}
    files = expand(paths)
    for path in files:
        report.sources += 1
        name = path.name
        try:
            source = read_source(path, date=date)
            chosen = choose(source, loader)
        except UsageError:
            raise
        except Exception as error:
            reason = str(error) if isinstance(error, SourceError) else f"{name} cannot be read: {told(error)}"
            rule = "unreadable-source" if isinstance(error, SourceError) else "internal-error"
            report.failed.append(reason)
            yield _Step(None, rejections=(Rejection("read", rule, reason, source=name),))
            continue
        if source.damaged:
            report.damaged[name] = source.damaged
        records, refusal = _records(source, chosen)
        report.items += Tally(read=len(records))
        for done, record in enumerate(records, 1):
            place = Progress(name, report.sources, len(files), done, len(records))
            item = _item(source, chosen, record)
            if isinstance(item, Rejection):
                yield _Step(place, None, (item,), Tally(rejected=1))
            elif (twin := _twin(item, name, met)) is not None:
                yield _Step(place, None, twin, Tally(rejected=1) if twin else Tally(skipped=1))
            else:
                yield _Step(place, item)
        if refusal is not None:
            report.failed.append(refusal.reason)
            yield _Step(None, rejections=(refusal,))


def _records(source: Source, loader: Loader) -> tuple[list[Record], Rejection | None]:
    """All raw items, counted before the first is looked into, and why there are none or not all."""
    records: list[Record] = []
    try:
        for record in loader.records(source):
            records.append(record)
    except Exception as error:
        reason = f"{source.name}: the loader '{loader.name}' stopped after {len(records)} items: {told(error)}"
        return records, Rejection("read", "internal-error", reason, source=source.name)
    if records:
        return records, None
    reason = f"{source.name}: the loader '{loader.name}' finds no item in it; name another one with --loader"
    return records, Rejection("read", "no-items", reason, source=source.name)


def _item(source: Source, loader: Loader, record: Record) -> NewsItem | Rejection:
    try:
        return loader.item(source, record)
    except ItemError as error:
        return error.rejection(source)
    except Exception as error:
        reason = f"{source.name}, line {record.line}: the loader '{loader.name}' failed: {told(error)}"
        return Rejection("read", "internal-error", reason, source=source.name)


def _twin(item: NewsItem, source: str, met: dict[str, tuple[str, str]]) -> tuple[Rejection, ...] | None:
    """None for an item whose id was not met before. Else nothing where it is the same item once more, and a rejection
    where it is another one, which would take the first one's place."""
    words = [item.slice(span, block.field) for block in item.blocks for span in block.spans]
    content = mint("c", item.title, item.published or "", item.section or "", *words)
    first, earlier = met.setdefault(item.id, (source, ""))
    if not earlier:
        met[item.id] = source, content
        return None
    if earlier == content:
        return ()
    reason = f"{source}: '{item.title}' has the id '{item.id}' of another item in {first}; give each its own"
    return (Rejection("read", "duplicate-id", reason, item.id, item.source, text=item.title),)


# ---- storing --------------------------------------------------------------------------------------------------------


def _judged(step: _Step, item: NewsItem, ledger: Ledger, again: bool) -> _Step:
    """The step without its item, where that need not be read or must not be taken."""
    if ledger.holds(item):
        return step if again else replace(step, item=None, tally=Tally(skipped=1))
    if (taken := _taken(item, ledger)) is not None:
        return replace(step, item=None, rejections=(taken,), tally=Tally(rejected=1))
    return step


def _keep(filed: Filed, ledger: Ledger, report: LoadReport, refuse: Callable[..., None]) -> None:
    """Keep what was made of an item, and count what became of it and of its candidates."""
    failed = filed.failure
    for kind, read in filed.read.items():
        report.count(kind, Tally(read=read))
    if filed.rows is not None:
        try:
            receipt = ledger.put(filed.rows, lambda: filed.document)
        except StorageError:
            # No fault of the item's.
            raise
        except Exception as error:
            # If it is not this item's fault but the ledger's, `refuse` fails too, and that ends the load.
            failed = failure("store", filed.document, error)
        else:
            counts = {"statements": receipt.statements, "events": receipt.events, "observations": receipt.observations}
            for kind in KINDS:
                report.count(kind, replace(counts[kind], read=0) + Tally(skipped=filed.unsure[kind]))
            if not receipt.added:
                report.items += Tally(skipped=1)
                return
            report.items += Tally(accepted=1)
            report.replaced += receipt.replaced
            report.rules.update(filed.rules)
            if sum(t.rejected for t in counts.values()) > filed.refused:
                report.rules.update(q.rejection.rule for q in ledger.rejections(item=receipt.item, stage="store"))
            return
    report.items += Tally(rejected=1)
    for kind, read in filed.read.items():
        report.count(kind, Tally(rejected=read))
    refuse(*failed)


def _taken(item: NewsItem, ledger: Ledger) -> Rejection | None:
    """Why an item must not take the place of one that is there: an id names news of one source. A new version of the
    same source's is welcome."""
    there = ledger.item(item.id)
    if there is None or there.source == item.source:
        return None
    reason = (
        f"{item.source}: '{item.title}' has the id '{item.id}' of '{there.title}' from {there.source}; "
        f"give each its own, or kg forget {item.id} first"
    )
    return Rejection("store", "duplicate-id", reason, item.id, item.source, text=item.title)
