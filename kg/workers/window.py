"""Items that are read ahead: handed out in chunks, settled in any order, given back in the order they came in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from kg.model import Document
from kg.reading import Filed, failure
from kg.workers.parcel import length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model import NewsItem

__all__ = ["ITEMS", "LETTERS", "Place", "Window"]

T = TypeVar("T")
ITEMS: Final = 16
"""The most items of a chunk."""
LETTERS: Final = 4_000
"""A chunk with so many letters is full: a third of a second's work."""


@dataclass(slots=True)
class Place(Generic[T]):
    """One item of the stream, and what its giver knows about it."""

    context: T
    item: NewsItem | None
    """None once it is settled, or where there was nothing to read."""
    filed: Filed | None = None
    deaths: int = 0
    """How many workers died at it."""

    def settle(self, filed: Filed) -> None:
        self.filed, self.item = filed, None

    def refuse(self, reason: str) -> None:
        """Settle it as an item that its workers die of."""
        if self.item is not None:
            self.settle(Filed(failure=failure("extract", Document(self.item), reason, "worker-died")))


class Window(Generic[T]):
    """The places between the oldest that is not settled and the newest that was asked for; never more than `limit`."""

    def __init__(self, stream: Iterable[tuple[T, NewsItem | None]], limit: int) -> None:
        self._stream = iter(stream)
        self._places: deque[Place[T]] = deque()
        self.limit = limit
        self.exhausted = False
        """Whether the stream has come to its end."""

    def chunk(self) -> list[Place[T]]:
        """Places whose items are to be read next; none where the window is full or the stream at its end."""
        found: list[Place[T]] = []
        letters = 0
        while len(found) < ITEMS and letters < LETTERS and len(self._places) < self.limit:
            pair = next(self._stream, None)
            if pair is None:
                self.exhausted = True
                break
            place = Place(*pair)
            self._places.append(place)
            if place.item is not None:
                found.append(place)
                letters += length(place.item)
        return found

    def settled(self) -> tuple[T, Filed | None] | None:
        """The oldest place, taken out, if it is settled."""
        if not self._places or self._places[0].item is not None:
            return None
        place = self._places.popleft()
        return place.context, place.filed
