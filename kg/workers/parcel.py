"""Items on their way to another process, without the rest of the source that they were cut from.

All items of a newsletter share its whole text. A parcel holds the stretches that its items stand in, each once; on
arrival they stand where they stood, blanks between them, so spans and ids stay the same.
"""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.model import NewsItem

__all__ = ["length", "pack", "unpack"]

_Stretch: TypeAlias = tuple[int, int]


def pack(items: Sequence[NewsItem]) -> bytes:
    """Items as bytes for `unpack`. What of a text is in no block of theirs is left out."""
    numbers: dict[int, int] = {}
    texts: list[str] = []
    stretches: list[list[_Stretch]] = []
    sent = []
    for item in items:
        number = numbers.setdefault(id(item.text), len(texts))
        if number == len(texts):
            texts.append(item.text)
            stretches.append([])
        stretches[number].append(_stretch(item))
        sent.append((number, replace(item, text="")))
    pieces = [[(a, text[a:b]) for a, b in _joined(wanted)] for text, wanted in zip(texts, stretches, strict=True)]
    return pickle.dumps((pieces, sent), pickle.HIGHEST_PROTOCOL)


def unpack(parcel: bytes) -> list[NewsItem]:
    """The items of a parcel, in order."""
    pieces, sent = pickle.loads(parcel)
    texts = [_laid_out(some) for some in pieces]
    return [replace(item, text=texts[number]) for number, item in sent]


def length(item: NewsItem) -> int:
    """Letters of an item, about: what its extraction takes grows with them."""
    start, end = _stretch(item)
    return end - start


def _stretch(item: NewsItem) -> _Stretch:
    spans = [span for block in item.blocks if block.field == "text" for span in block.spans]
    if not spans:
        return 0, len(item.text)
    return min(span.start for span in spans), max(span.end for span in spans)


def _joined(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """Stretches in order, those that meet as one."""
    found: list[_Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _laid_out(pieces: Iterable[tuple[int, str]]) -> str:
    parts: list[str] = []
    at = 0
    for start, piece in pieces:
        parts += (" " * (start - at), piece)
        at = start + len(piece)
    return "".join(parts)
