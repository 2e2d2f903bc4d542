"""RDF into a ledger: our own exports back to what they were made of, others' by a mapping; the way of all news."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kg.accounts import Tally
from kg.errors import KgError, SourceError, UsageError
from kg.ledger import Ledger
from kg.model import Event, Observation, Rejection, Statement
from kg.pipeline import LoadReport, keep
from kg.rdf.foreign import Foreign
from kg.rdf.mapping import Mapping
from kg.rdf.reading import format_of, opened
from kg.rdf.restored import Restored, is_ours
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kg.model import Document

__all__ = ["import_rdf"]


def import_rdf(
    paths: Iterable[Path],
    ledger: Ledger,
    *,
    mapping: str | None = None,
    ontology: Path | None = None,
    min_confidence: float = 0.0,
    progress: Callable[[str, int], None] | None = None,
) -> LoadReport:
    """Read RDF files (Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML, each compressed or not) into a ledger.

    An export of ours with its evidence gives the items it was made of: afterwards the ledger holds what the exported
    one held, decisions included, but for what that had refused. Any other RDF is read by the mappings of
    `ontology/mappings/` (or the one named), each file as one item or several, so that it can be forgotten.

    What the ledger holds as it is is skipped: importing twice changes nothing. A file that cannot be read to its end is
    not read at all; the report and the quarantine say why. Nothing is fetched from anywhere. `progress` is called with
    the file's name and the number of items done.

    Raises UsageError for a file whose name tells no RDF and UnknownNameError for a mapping that is none, both before
    anything is read; LedgerError where the ledger cannot be written.
    """
    files = list(paths)
    for path in files:
        format_of(path)
        if not path.is_file():
            raise UsageError(f"nothing to import at {path} (no such file)")
    mappings = Mapping.all(ledger.schema, ontology, mapping)
    began, report = time.perf_counter(), LoadReport()
    with Ledger.open(":memory:", ledger.schema) as scratch:
        for path in files:
            report.sources += 1
            try:
                with opened(path) as store:
                    if mapping is None and is_ours(store, ledger.schema, path.name):
                        ours = Restored(store, ledger.schema, path.name)
                        _keep(ours, path.name, ledger, scratch, report, min_confidence, progress)
                        _decide(ours, path.name, ledger, report)
                    else:
                        foreign = Foreign(store, ledger.schema, path.name, mappings)
                        _keep(foreign, path.name, ledger, scratch, report, min_confidence, progress)
                        _refuse(foreign, ledger, report)
            except SourceError as error:
                report.failed.append(str(error))
                report.rules["unreadable-source"] += 1
                ledger.reject(Rejection("read", "unreadable-source", str(error), source=path.name))
    report.seconds = time.perf_counter() - began
    return report


def _keep(
    documents: Iterable[Document],
    name: str,
    ledger: Ledger,
    scratch: Ledger,
    report: LoadReport,
    min_confidence: float,
    progress: Callable[[str, int], None] | None,
) -> None:
    with ledger.bulk():
        for done, document in enumerate(documents, 1):
            if _is_held(document, ledger, scratch):
                _skip(document, report)
            else:
                keep(document, ledger, report, min_confidence=min_confidence)
                number = _unmade(document)
                report.statements += Tally(read=number, rejected=number)
            if progress is not None:
                progress(name, done)


def _unmade(document: Document) -> int:
    """Of how many statements nothing could be made that could be judged."""
    return sum(r.candidate is None for r in document.rejections)


def _is_held(document: Document, ledger: Ledger, scratch: Ledger) -> bool:
    """Whether the ledger holds of the item just what the document would leave there."""
    held = ledger.told_by(document.item.id)
    if not held:
        return False
    try:
        scratch.add(validate(document, ledger.schema))
        return scratch.told_by(document.item.id) == held
    except KgError:
        return False
    finally:
        if scratch.item(document.item.id) is not None:
            scratch.forget(document.item.id)


def _skip(document: Document, report: LoadReport) -> None:
    report.items += Tally(read=1, skipped=1)
    number = _unmade(document)
    report.statements += Tally(read=number, skipped=number)
    refused = [r.candidate for r in document.rejections]
    for kind, told, sort in (
        ("statements", document.statements, Statement),
        ("events", document.events, Event),
        ("observations", document.observations, Observation),
    ):
        number = len(told) + sum(isinstance(c, sort) for c in refused)
        report.count(kind, Tally(read=number, skipped=number))  # type: ignore[arg-type]


def _refuse(foreign: Foreign, ledger: Ledger, report: LoadReport) -> None:
    """Account for the triples that no mapping reads: counted each, told by their properties."""
    report.statements += foreign.read
    for rejection in foreign.rejections():
        report.rules[rejection.rule] += foreign.unmapped[rejection.text]
        ledger.reject(rejection)


def _decide(ours: Restored, name: str, ledger: Ledger, report: LoadReport) -> None:
    """Take over decisions that are not in force here."""
    held = {(d.verdict, *sorted((d.a, d.b)), d.reason) for d in ledger.decisions() if d.undone is None}
    for verdict, a, b, reason in ours.decisions():
        if (verdict, *sorted((a, b)), reason) in held:
            continue
        try:
            (ledger.merge if verdict == "merge" else ledger.split)(a, b, reason)
        except UsageError as error:
            told = f"{name}: the decision to {verdict} {a} and {b} cannot be taken over: {error}"
            report.rules["decision"] += 1
            ledger.reject(Rejection("store", "decision", told, source=name))
