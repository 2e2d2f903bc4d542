"""From a news item to what a ledger keeps of it: a pure function of item, ontology and models.

Nothing here knows a ledger, so it may be done anywhere: in this process, in another one, on another machine.
"""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, cast

from kg.errors import LedgerError
from kg.intake import Intake
from kg.model import Document, Event, Observation, Rejection, Span, Statement
from kg.quarantine import candidate_key
from kg.validate import validate

if TYPE_CHECKING:
    from kg.codec import Candidate
    from kg.intake import Rows
    from kg.model import NewsItem
    from kg.schema import Schema

__all__ = ["KINDS", "Filed", "Kind", "Made", "Reader", "Reads", "Stage", "failure", "make", "told"]

Kind: TypeAlias = Literal["statements", "events", "observations"]
KINDS: dict[Kind, type[Candidate]] = {"statements": Statement, "events": Event, "observations": Observation}
Stage: TypeAlias = Literal["read", "extract", "validate", "store"]


class Reads(Protocol):
    """What makes a document of an item: `kg.extract.extractor.Extractor`, or anything that does the same.

    It must pickle where other processes are to do it that share no memory with this one. Where it has a method
    `prepare`, that is called before the first item.
    """

    @property
    def schema(self) -> Schema: ...

    def extract(self, item: NewsItem, /) -> Document: ...


# ---- extracting, validating -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of an item."""

    whole: Document
    """Validated; on a failure what there was by then."""
    read: Counter[Kind]
    """Candidates, counted before validation."""
    failure: tuple[Rejection, ...] = ()
    """Of the item, then of the candidates that go with it; empty where all went well."""


def make(item: NewsItem, extractor: Reads) -> Made:
    """Extract and validate. Raises nothing: what fails is in `Made.failure`."""
    document, read = Document(item), Counter[Kind]()
    stage: Stage = "extract"
    try:
        document = extractor.extract(item)
        read = _counted(document)
        stage = "validate"
        return Made(_complete(document, validate(document, extractor.schema)), read)
    except Exception as error:
        return Made(document, read, failure(stage, document, error))


def _candidates(document: Document) -> tuple[Candidate, ...]:
    return (*document.statements, *document.events, *document.observations)


def _counted(document: Document) -> Counter[Kind]:
    found = (*_candidates(document), *(r.candidate for r in document.rejections))
    return Counter(kind for c in found for kind, sort in KINDS.items() if isinstance(c, sort))


def _complete(before: Document, after: Document) -> Document:
    """The validated document; what validation neither took nor refused is refused here."""
    known = Counter(map(candidate_key, (*_candidates(after), *(r.candidate for r in after.rejections))))
    known.subtract(candidate_key(r.candidate) for r in before.rejections)
    lost = []
    for candidate in _candidates(before):
        key = candidate_key(candidate)
        known[key] -= 1
        if known[key] < 0:
            lost.append(_refusal("validate", "lost", "validation neither took nor refused it", before.item, candidate))
    return replace(after, rejections=(*after.rejections, *lost)) if lost else after


def failure(stage: Stage, document: Document, error: Exception | str, rule: str | None = None) -> tuple[Rejection, ...]:
    """The rejections of an item at which a stage failed, and of all its candidates."""
    item = document.item
    rule = rule or ("ledger" if isinstance(error, LedgerError) else "internal-error")
    why = error if isinstance(error, str) else told(error)
    reason = f"{item.source}, '{item.title}': {stage} failed: {why}"
    spans = [span for block in item.blocks if block.field == "text" for span in block.spans]
    span = Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else None
    whole = Rejection(stage, rule, reason, item.id, item.source, span, item.title)
    return (whole, *(_refusal(stage, rule, reason, item, c) for c in _candidates(document)), *document.rejections)


def _refusal(stage: Stage, rule: str, reason: str, item: NewsItem, candidate: Candidate) -> Rejection:
    evidence = candidate.evidence
    span = Span(evidence.start, evidence.end)
    return Rejection(stage, rule, reason, item.id, item.source, span, evidence.text, candidate)


def told(error: Exception) -> str:
    """An exception in a word."""
    return f"{type(error).__name__}: {error}"


# ---- rows to keep ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Filed:
    """What is to be kept of an item, and the account of its candidates. It pickles small: without the item's text."""

    read: Counter[Kind] = field(default_factory=Counter)
    """Candidates, counted before validation."""
    unsure: Counter[Kind] = field(default_factory=Counter)
    """Those left out since they are less sure than was asked for."""
    rows: Rows | None = None
    """None where something failed."""
    rules: Counter[str] = field(default_factory=Counter)
    """The rejections that stay with the item, by their rules."""
    refused: int = 0
    """How many of them are of candidates."""
    failure: tuple[Rejection, ...] = ()
    """Of the item, then of the candidates that go with it; empty where all went well."""
    _document: Document | bytes = b""

    @property
    def document(self) -> Document:
        """What the rows were made of; without the item's text where it comes from another process."""
        document = self._document
        if isinstance(document, bytes):
            document = cast("Document", pickle.loads(document))
            self._document = document
        return document

    def __reduce__(self) -> tuple[type[Filed], tuple[object, ...]]:
        document = self._document
        if isinstance(document, Document):
            # Bytes within bytes: whoever reads the rows need not read these, and hardly ever does.
            document = pickle.dumps(replace(document, item=replace(document.item, text="")), pickle.HIGHEST_PROTOCOL)
        return Filed, (self.read, self.unsure, self.rows, self.rules, self.refused, self.failure, document)


class Reader:
    """Makes of each item what a ledger keeps of it. Pickled it is its extractor, pickled."""

    def __init__(self, extractor: Reads, min_confidence: float = 0.0) -> None:
        self.extractor = extractor
        self.min_confidence = min_confidence

    def __reduce__(self) -> tuple[type[Reader], tuple[Reads, float]]:
        return Reader, (self.extractor, self.min_confidence)

    @cached_property
    def _intake(self) -> Intake:
        return Intake(self.extractor.schema)

    def prepare(self) -> None:
        """Have the extractor read its lists and models, if it has not yet. Raises what that raises."""
        prepare = getattr(self.extractor, "prepare", None)
        if prepare is not None:
            prepare()

    def read(self, item: NewsItem) -> Filed:
        """Extract, validate, leave out what is less sure than asked for, make rows. Raises nothing."""
        made = make(item, self.extractor)
        if made.failure:
            return Filed(made.read, failure=made.failure)
        try:
            kept, unsure = _sure(made.whole, self.min_confidence)
            rows = self._intake.rows(kept)
        except Exception as error:
            return Filed(made.read, failure=failure("store", made.whole, error))
        rules = Counter(r.rule for r in kept.rejections)
        refused = sum(r.candidate is not None for r in kept.rejections)
        return Filed(made.read, unsure, rows, rules, refused, (), made.whole)


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
