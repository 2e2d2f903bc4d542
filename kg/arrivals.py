"""Documents that come into a ledger: one in a transaction of its own, or many together.

Many together are not one by one: the rows of thousands of items go with one command for each table. What the ledger
holds afterwards is the same. In a large ledger each row of an item lies on another page, and writing pages is what
takes the time: the more items one transaction has, the more of their rows share one.
"""

from __future__ import annotations

import time
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.accounts import Receipt, Tally
from kg.errors import LedgerError
from kg.model import Rejection, Span
from kg.tables import is_minted, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from kg.intake import Intake, Rows
    from kg.journal import Journal
    from kg.model import Document, Event, Observation
    from kg.quarantine import Quarantine
    from kg.store import Store

__all__ = ["BATCH", "Arrivals"]

BATCH: Final = 4000
"""Documents in one transaction."""
_PATIENCE: Final = 5.0
"""Seconds after which those that came are written, where more are slow to come."""


class _Arrival(NamedTuple):
    """A document as it is to be written."""

    rows: Rows
    document: Callable[[], Document]
    """The document itself: asked for only where something of it is refused, since it may have to be unpacked."""


class Arrivals:
    """Takes documents into one ledger."""

    def __init__(self, store: Store, journal: Journal, quarantine: Quarantine, intake: Intake) -> None:
        self._store = store
        self._journal = journal
        self._quarantine = quarantine
        self._intake = intake

    def one(self, rows: Rows, document: Callable[[], Document]) -> Receipt:
        """See `Ledger.put`."""
        return self._store.write(lambda: self._take(_Arrival(rows, document)))

    def many(self, documents: Iterable[Document], batch: int) -> Iterator[Receipt]:
        """See `Ledger.add_all`."""
        with self._store.batching(batch) as transaction:
            for some in self._gathered(documents, batch):
                receipts: list[Receipt] = []
                for arrivals in self._apart(some):
                    receipts += self._together(arrivals)
                transaction.commit()
                some.clear()
                yield from receipts

    def _gathered(self, documents: Iterable[Document], most: int) -> Iterator[list[_Arrival]]:
        """Documents as they are to be written, made ready before the transaction that others wait for. Where they end
        in an error, it comes after those before it are written."""
        some: list[_Arrival] = []
        began = time.monotonic()
        try:
            for document in documents:
                some.append(self._arrival(document))
                if len(some) >= most or time.monotonic() - began > _PATIENCE:
                    yield some
                    some, began = [], time.monotonic()
        except Exception:
            yield some
            raise
        yield some

    def _arrival(self, document: Document) -> _Arrival:
        return _Arrival(self._intake.rows(document), lambda: document)

    def _apart(self, arrivals: Sequence[_Arrival]) -> Iterator[list[_Arrival]]:
        """Arrivals in their order, as lists of those that can be written together: whose items are not there."""
        ids = Counter(arrival.rows.item[0] for arrival in arrivals)
        there = {i for (i,) in self._store.among("SELECT id FROM item WHERE id IN ({})", ids)}
        for alone, group in groupby(arrivals, key=lambda a: ids[a.rows.item[0]] > 1 or a.rows.item[0] in there):
            if alone:
                yield from ([arrival] for arrival in group)
            else:
                yield list(group)

    def _together(self, arrivals: Sequence[_Arrival]) -> list[Receipt]:
        def write() -> list[Receipt]:
            return self._write(arrivals, self._journal.step(len(arrivals)) - len(arrivals) + 1)

        if len(arrivals) > 1:
            try:
                return self._store.write(write)
            except LedgerError:
                # One of them is at fault, and those before it are to stay.
                pass
        return [self.one(*arrival) for arrival in arrivals]

    def _take(self, arrival: _Arrival) -> Receipt:
        rows = arrival.rows
        held = self._store.one("SELECT key, content, reading FROM item WHERE id = ?", rows.item[:1])
        if held is not None and held[1:] == (rows.content, rows.reading):
            return Receipt(rows.item[0], False, False, *(tally.all_skipped() for tally in rows.tallies))
        sequence = self._journal.step()
        if held is not None:
            self._journal.erase(held[0], rows.item[0], sequence)
        return self._write([arrival], sequence, replaced=held is not None)[0]

    def _write(self, arrivals: Sequence[_Arrival], first: int, *, replaced: bool = False) -> list[Receipt]:
        """Write documents whose items are not there, under sequence numbers from `first` on."""
        if not replaced:
            self._quarantine.forget(arrival.rows.item[0] for arrival in arrivals)
        refused = self._journal.write([arrival.rows for arrival in arrivals], first)
        self._quarantine.put(row for arrival in arrivals for row in arrival.rows.rejections)
        receipts = []
        for (rows, document), taken in zip(arrivals, refused, strict=True):
            statements, events, observations = rows.tallies
            if taken:
                events = self._refuse(document().events, "v", taken, events)
                observations = self._refuse(document().observations, "b", taken, observations)
            receipts.append(Receipt(rows.item[0], True, replaced, statements, events, observations))
        return receipts

    def _refuse(
        self, candidates: Iterable[Event | Observation], prefix: str, taken: Collection[int], tally: Tally
    ) -> Tally:
        """Quarantine candidates whose ids other items have."""
        refused = {c.id: c for c in candidates if is_minted(c.id, prefix) and key_of(c.id) in taken}
        for c in refused.values():
            reason = f"another item has the id {c.id}; mint it from the item's id too."
            span = Span(c.evidence.start, c.evidence.end)
            rejection = Rejection("store", "duplicate-id", reason, c.evidence.item, None, span, c.evidence.text, c)
            self._quarantine.put([self._intake.rejection(rejection)])
        return Tally(tally.read, tally.accepted - len(refused), tally.rejected + len(refused), tally.skipped)
