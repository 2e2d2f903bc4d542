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
from kg.errors import LedgerError, SourceError, StorageError, UsageError
from kg.graph.rows import days_of
from kg.loading import ItemError, choose, expand
from kg.model import Document, Event, Observation, Rejection, Span, Statement, mint
from kg.quarantine import candidate_key
from kg.source import read_source
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.codec import Candidate
    from kg.ledger import Ledger
    from kg.loading import Loader, Record
    from kg.model import NewsItem
    from kg.schema import Schema
    from kg.source import Source

__all__ = ["LoadReport", "Progress", "Reads", "extract", "load"]

Kind: TypeAlias = Literal["statements", "events", "observations"]
_KINDS: dict[Kind, type[Candidate]] = {"statements": Statement, "events": Event, "observations": Observation}
_Stage: TypeAlias = Literal["read", "extract", "validate", "store"]


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
    progress: Callable[[Progress], None] | None = None,
) -> LoadReport:
    """Read files, directories and globs into a ledger, an item a transaction.

    `date` is the documents' own date where their text has none. Statements, events and observations less sure than
    `min_confidence` are skipped, and counted so. An item that the ledger holds already is skipped without being read
    anew, unless `again`: then it is, and what it says now takes the place of what it said.

    Raises UsageError where a path matches nothing, the loader is unknown or the date is none, and LedgerError where the
    ledger cannot be written at all; whatever else goes wrong is in the report and in quarantine.
    """
    began = time.perf_counter()
    report = LoadReport()

    def refuse(*rejections: Rejection) -> None:
        for rejection in rejections:
            report.rules[rejection.rule] += 1
            ledger.reject(rejection)

    try:
        with ledger.announced():
            for place, item in _items(paths, loader, date, report, refuse):
                if item is not None:
                    _take(item, ledger, extractor, report, refuse, min_confidence, again)
                if progress is not None:
                    progress(place)
    except StorageError as error:
        if not report.sources:
            raise
        raise StorageError(f"{error} What was loaded before is kept; load the same again to go on.") from error
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
    refused: list[Rejection] = []
    for _, item in _items(paths, loader, date, report, lambda *more: refused.extend(more)):
        document = None if item is None else _read(item, extractor)
        yield from refused
        refused.clear()
        if document is not None:
            yield from document.failure or (document.whole,)
    yield from refused


# ---- reading --------------------------------------------------------------------------------------------------------


def _items(
    paths: Iterable[str],
    loader: str | None,
    date: str | None,
    report: LoadReport,
    refuse: Callable[..., None],
) -> Iterator[tuple[Progress, NewsItem | None]]:
    """Each raw item's place, and the item; None for one that could not be read, or that came before."""
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
            reason = str(error) if isinstance(error, SourceError) else f"{name} cannot be read: {_told(error)}"
            rule = "unreadable-source" if isinstance(error, SourceError) else "internal-error"
            report.failed.append(reason)
            refuse(Rejection("read", rule, reason, source=name))
            continue
        if source.damaged:
            report.damaged[name] = source.damaged
        records, refusal = _records(source, chosen)
        report.items += Tally(read=len(records))
        for done, record in enumerate(records, 1):
            place = Progress(name, report.sources, len(files), done, len(records))
            item = _item(source, chosen, record)
            if isinstance(item, Rejection):
                report.items += Tally(rejected=1)
                refuse(item)
                yield place, None
            elif (twin := _twin(item, name, met)) is not None:
                report.items += Tally(rejected=1) if twin else Tally(skipped=1)
                refuse(*twin)
                yield place, None
            else:
                yield place, item
        if refusal is not None:
            report.failed.append(refusal.reason)
            refuse(refusal)


def _records(source: Source, loader: Loader) -> tuple[list[Record], Rejection | None]:
    """All raw items, counted before the first is looked into, and why there are none or not all."""
    records: list[Record] = []
    try:
        for record in loader.records(source):
            records.append(record)
    except Exception as error:
        reason = f"{source.name}: the loader '{loader.name}' stopped after {len(records)} items: {_told(error)}"
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
        reason = f"{source.name}, line {record.line}: the loader '{loader.name}' failed: {_told(error)}"
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


# ---- extracting, validating -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of an item."""

    whole: Document
    """Validated; on a failure what there was by then."""
    read: Counter[Kind]
    """Candidates, counted before validation."""
    failure: tuple[Rejection, ...] = ()
    """Of the item, then of the candidates that go with it; empty where all went well."""


def _read(item: NewsItem, extractor: Reads) -> _Made:
    document, read = Document(item), Counter[Kind]()
    stage: _Stage = "extract"
    try:
        document = extractor.extract(item)
        read = _counted(document)
        stage = "validate"
        return _Made(_complete(document, validate(document, extractor.schema)), read)
    except Exception as error:
        return _Made(document, read, _failure(stage, document, error))


def _candidates(document: Document) -> tuple[Candidate, ...]:
    return (*document.statements, *document.events, *document.observations)


def _counted(document: Document) -> Counter[Kind]:
    found = (*_candidates(document), *(r.candidate for r in document.rejections))
    return Counter(kind for c in found for kind, sort in _KINDS.items() if isinstance(c, sort))


def _complete(before: Document, after: Document) -> Document:
    """The validated document; what validation neither took nor refused is refused here."""
    told = Counter(map(candidate_key, (*_candidates(after), *(r.candidate for r in after.rejections))))
    told.subtract(candidate_key(r.candidate) for r in before.rejections)
    lost = []
    for candidate in _candidates(before):
        key = candidate_key(candidate)
        told[key] -= 1
        if told[key] < 0:
            lost.append(_refusal("validate", "lost", "validation neither took nor refused it", before.item, candidate))
    return replace(after, rejections=(*after.rejections, *lost)) if lost else after


def _failure(stage: _Stage, document: Document, error: Exception) -> tuple[Rejection, ...]:
    """The rejections of an item at which a stage failed, and of all its candidates."""
    item = document.item
    rule = "ledger" if isinstance(error, LedgerError) else "internal-error"
    reason = f"{item.source}, '{item.title}': {stage} failed: {_told(error)}"
    spans = [span for block in item.blocks if block.field == "text" for span in block.spans]
    span = Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else None
    whole = Rejection(stage, rule, reason, item.id, item.source, span, item.title)
    return (whole, *(_refusal(stage, rule, reason, item, c) for c in _candidates(document)), *document.rejections)


def _refusal(stage: _Stage, rule: str, reason: str, item: NewsItem, candidate: Candidate) -> Rejection:
    evidence = candidate.evidence
    span = Span(evidence.start, evidence.end)
    return Rejection(stage, rule, reason, item.id, item.source, span, evidence.text, candidate)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


# ---- storing --------------------------------------------------------------------------------------------------------


def _take(
    item: NewsItem,
    ledger: Ledger,
    extractor: Reads,
    report: LoadReport,
    refuse: Callable[..., None],
    min_confidence: float,
    again: bool,
) -> None:
    """Take one item all the way, and count what became of it and of its candidates."""
    held = ledger.holds(item)
    if held and not again:
        report.items += Tally(skipped=1)
        return
    if not held and (taken := _taken(item, ledger)) is not None:
        report.items += Tally(rejected=1)
        refuse(taken)
        return
    made = _read(item, extractor)
    failure = made.failure
    for kind, read in made.read.items():
        report.count(kind, Tally(read=read))
    if not failure:
        kept, unsure = _sure(made.whole, min_confidence)
        try:
            receipt = ledger.add(kept)
        except StorageError:
            # No fault of the item's.
            raise
        except Exception as error:
            # If it is not this item's fault but the ledger's, `refuse` fails too, and that ends the load.
            failure = _failure("store", made.whole, error)
        else:
            told = {"statements": receipt.statements, "events": receipt.events, "observations": receipt.observations}
            for kind in _KINDS:
                report.count(kind, replace(told[kind], read=0) + Tally(skipped=unsure[kind]))
            if not receipt.added:
                report.items += Tally(skipped=1)
                return
            report.items += Tally(accepted=1)
            report.replaced += receipt.replaced
            report.rules.update(r.rule for r in kept.rejections)
            if sum(t.rejected for t in told.values()) > sum(r.candidate is not None for r in kept.rejections):
                report.rules.update(q.rejection.rule for q in ledger.rejections(item=item.id, stage="store"))
            return
    report.items += Tally(rejected=1)
    for kind, read in made.read.items():
        report.count(kind, Tally(rejected=read))
    refuse(*failure)


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


def _sure(document: Document, least: float) -> tuple[Document, Counter[Kind]]:
    """The document without what is less sure than `least`, and how many of each kind that left out."""
    events = tuple(e for e in document.events if e.confidence >= least)
    kept = {event.id for event in events}
    gone = {event.id for event in document.events} - kept
    statements = tuple(
        replace(s, event=None) if s.event in gone else s for s in document.statements if s.confidence >= least
    )
    observations = tuple(o for o in document.observations if o.confidence >= least)
    sure = replace(document, statements=statements, events=events, observations=observations)
    return sure, _counted(document) - _counted(sure)
