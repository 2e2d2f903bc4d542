"""RDF files read safely: whatever a file holds, nothing is fetched, no memory runs over, no parser is led astray.

What is refused, and why: relative IRIs (nothing says against what), contexts of JSON-LD other than our own (they would
have to be fetched), declarations of entities in XML that refer to others or to files, nesting deeper than any honest
file's, literals longer than a book, and compressed files that are much larger than they look.
"""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TypeAlias, cast
from xml.parsers import expat

import pyoxigraph as ox

from kg.errors import SourceError, UsageError
from kg.export.context import CONTEXT, make_context
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LONGEST", "MOST", "RDF_SUFFIXES", "Term", "format_of", "opened"]

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

RDF_SUFFIXES: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
"""A file's suffix → its format; `.gz` may follow."""
MOST: Final = 32 << 30
"""Bytes of a file, taken out of its compression, that are read at most."""
LONGEST: Final = 1_000_000
"""Characters of the longest literal that is taken."""
_RATIO: Final = 200
"""A file that is so many times larger than its compressed form, and large, is made to fill memory."""
_LARGE: Final = 64 << 20
_DEEPEST: Final = 500
"""Elements of XML within one another."""
_IN_MEMORY: Final = 256 << 20
"""Bytes of a file up to which its triples are held in memory; those of larger ones go to a temporary folder."""
_BLOCK: Final = 1 << 18
_OVERLAP: Final = 1 << 16

_BETWEEN = rb"(?:\s|#[^\n]*\n)+"
_TERM = rb"(?:<[^<>]*>|[^\s<>#]+)"
_NESTED = re.compile(rb"<<\((?:" + _BETWEEN + rb")?" + _TERM + _BETWEEN + _TERM + rb"(?:" + _BETWEEN + rb")?<<\(")
"""A triple term within another: pyoxigraph follows them as deep as the stack holds, and further."""
_OUR_CONTEXT = re.compile(rb'("@context"\s*:\s*)"' + re.escape(CONTEXT.encode()) + rb'"')


def format_of(path: Path) -> ox.RdfFormat:
    """The format that a file's name tells. Raises UsageError with the endings that tell one."""
    name = path.name.lower().removesuffix(".gz")
    known = RDF_SUFFIXES.get(Path(name).suffix)
    if known is None:
        raise UsageError(
            f"{path}: the suffix tells no RDF; end it in {', '.join(RDF_SUFFIXES)}, each with .gz or without"
        )
    return known


@contextmanager
def opened(path: Path, *, most: int = MOST, longest: int = LONGEST) -> Iterator[ox.Store]:
    """The quads of a file in a store, which goes at the end. The whole file is read first, so that of a broken one
    nothing is taken.

    Raises UsageError for a file whose name tells no RDF, SourceError, with the line where it is known, for one that
    cannot be read, is no RDF, or holds what is refused.
    """
    form = format_of(path)
    try:
        size = path.stat().st_size
        with tempfile.TemporaryDirectory(prefix="kg-rdf-") as folder:
            packed = path.name.lower().endswith(".gz")
            large = size * (8 if packed else 1) > _IN_MEMORY
            store = ox.Store(folder) if large else ox.Store()
            if form == ox.RdfFormat.RDF_XML:
                with _stream(path, most) as stream:
                    _check_xml(path.name, stream)
            with _stream(path, most) as raw:
                quads = ox.parse(cast("IO[bytes]", _Guarded(path.name, raw, form)), format=form)
                store.bulk_extend(_checked(path.name, quads, longest))
            yield store
            del store
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise SourceError(f"{path.name}{line}: this is no {form.name}: {_reason(error)}; correct the file.") from error
    except MemoryError as error:
        raise SourceError(f"{path.name}: {error}; something in it is longer than anything that is read.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name}: not UTF-8 at byte {error.start}; convert the file.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path.name}: the compression is damaged ({error}); get the file again.") from error
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read ({error.strerror or error}); check the path.") from error


def _reason(error: SyntaxError) -> str:
    told = str(error.msg or error)
    if "LoadDocumentCallback" in told:
        return f"it refers to a context elsewhere, and nothing is fetched; write the context out, or refer to {CONTEXT}"
    if "No scheme found" in told:
        return "it has a relative IRI, and nothing says against what; write IRIs whole, or an @base"
    return told


# ---- bytes ----------------------------------------------------------------------------------------------------------


@contextmanager
def _stream(path: Path, most: int) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        if not path.name.lower().endswith(".gz"):
            yield cast("IO[bytes]", _Measured(path.name, raw, most, None))
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
            yield cast("IO[bytes]", _Measured(path.name, cast("IO[bytes]", unpacked), most, raw))


class _Measured(io.RawIOBase):
    """A stream that gives up where there is more than there should be."""

    def __init__(self, name: str, stream: IO[bytes], most: int, packed: IO[bytes] | None) -> None:
        self._name, self._inner, self._most, self._packed = name, stream, most, packed
        self._read = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._inner.read(_BLOCK if size < 0 else min(size, _BLOCK))
        self._read += len(data)
        if self._read > self._most:
            raise SourceError(f"{self._name}: is larger than {self._most >> 20:,} MiB; split it into several files.")
        if self._packed is not None and self._read > _LARGE and self._read > _RATIO * max(1, self._packed.tell()):
            raise SourceError(
                f"{self._name}: unpacks to more than {_RATIO} times its size, as files do that are made to fill "
                "memory; unpack it yourself if you trust it."
            )
        return data


class _Guarded(io.RawIOBase):
    """A stream for the parser, without what would lead it astray."""

    def __init__(self, name: str, stream: IO[bytes], form: ox.RdfFormat) -> None:
        self._name, self._inner, self._form = name, stream, form
        self._tail = b""
        self._ahead = b""
        if form == ox.RdfFormat.JSON_LD:
            self._ahead = self._context(stream.read(_BLOCK))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._ahead:
            self._ahead = self._checked(self._inner.read(_BLOCK if size < 0 else min(size, _BLOCK)))
        end = len(self._ahead) if size < 0 else size
        data, self._ahead = self._ahead[:end], self._ahead[end:]
        return data

    def _checked(self, data: bytes) -> bytes:
        if self._form not in (ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML):
            seen = self._tail + data
            if b"<<(" in seen and _NESTED.search(seen):
                raise SourceError(f"{self._name}: holds triples within triples within triples; nobody reads such.")
            self._tail = seen[-_OVERLAP:]
        return data

    @staticmethod
    def _context(head: bytes) -> bytes:
        """The beginning of the file with our own context where it refers to that."""
        if _OUR_CONTEXT.search(head):
            import json

            own = json.dumps(make_context(Schema.load())).encode()
            return _OUR_CONTEXT.sub(lambda m: m[1] + own, head, count=1)
        return head


def _check_xml(name: str, stream: IO[bytes]) -> None:
    """Refuse entities that refer to others or to files, and elements nested without end."""
    parser = expat.ParserCreate()
    depth = 0

    def entity(
        entity_name: str, is_parameter: int, value: str | None, base: str | None, system: str | None, *_: object
    ) -> None:
        if is_parameter or value is None or system is not None or "&" in value or "%" in value or len(value) > 1000:
            line = parser.CurrentLineNumber
            raise SourceError(
                f"{name}:{line}: declares the entity '{entity_name}' by other entities or files; write out what it is."
            )

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise SourceError(f"{name}:{parser.CurrentLineNumber}: elements nested more than {_DEEPEST} deep.")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        while data := stream.read(_BLOCK):
            parser.Parse(data, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise SourceError(f"{name}:{error.lineno}: this is no XML: {error}; correct the file.") from error


# ---- quads ----------------------------------------------------------------------------------------------------------


def _checked(name: str, quads: Iterator[ox.Quad], longest: int) -> Iterator[ox.Quad]:
    for quad in quads:
        told = quad.object
        if isinstance(told, ox.Literal) and len(told.value) > longest:
            raise SourceError(
                f"{name}: a literal of {len(told.value):,} characters at {quad.subject}; at most {longest:,} are taken."
            )
        yield quad
