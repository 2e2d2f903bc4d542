"""An extractor that is read when it is needed, in whichever process that is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.extract.extractor import Extractor
    from kg.model import Document, NewsItem

__all__ = ["DeferredExtractor"]


class DeferredExtractor:
    """Stands for an `Extractor` in a process that may have nothing to extract itself. Pickled it is a folder's name."""

    def __init__(
        self,
        schema: Schema | None = None,
        folder: Path | None = None,
        read: Callable[[], Extractor] | None = None,
    ) -> None:
        """`folder` is as in `Extractor.load`, and `read` gives what that gives, where somebody keeps it already."""
        self.folder = folder and folder.resolve()
        self._schema = schema
        self._read = read

    def __reduce__(self) -> tuple[type[DeferredExtractor], tuple[None, Path | None]]:
        return DeferredExtractor, (None, self.folder)

    @cached_property
    def schema(self) -> Schema:
        return self._schema or Schema.load(self.folder / "kg.ttl" if self.folder else None)

    @cached_property
    def _extractor(self) -> Extractor:
        from kg.extract.extractor import Extractor

        return self._read() if self._read is not None else Extractor.load(self.schema, folder=self.folder)

    def prepare(self) -> None:
        """Read it now. Raises OntologyError where a file is wrong."""
        _ = self._extractor

    def extract(self, item: NewsItem, /) -> Document:
        return self._extractor.extract(item)
