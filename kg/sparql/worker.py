"""A process that runs queries on one store, one after the other: `python -m kg.sparql.worker FOLDER BYTES`.

The engine cannot be interrupted, and a hostile query may take all time, all memory or the stack; so it runs in a
process that can be killed. Requests and answers are frames on standard input and output: a letter, the length in four
bytes, and so many bytes. What goes in is a request (`Q`, JSON): the query, and what `_Session.answer` looks for in it.
What comes out is `R` once the store is open; for each request `H`, what kind of result it is, then `D`, parts of the
result, and `E`, how it ended. Without `H`, it failed before.
"""

from __future__ import annotations

import json
import re
import signal
import struct
import sys
from contextlib import suppress
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, cast

import pyoxigraph as ox

from kg.sparql.confinement import limit_memory, refuse_connections
from kg.sparql.guard import calls_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["GRAPH_FORMATS", "XSD", "read_frame", "write_frame"]

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_LONGEST: Final = 160
_PART: Final = 1 << 16
"""Bytes that are gathered before they go out. What fails earlier fails without a word of the result."""
_TABLES: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS: Final = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_ROWS: Final[dict[str, tuple[re.Pattern[bytes] | None, bytes, int]]] = {
    "json": (re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL), b"},{", 1),
    "xml": (None, b"</result>", 0),
    "csv": (re.compile(rb'"[^"]*"'), b"\n", -1),
    "tsv": (None, b"\n", -1),
}
"""Format → the strings in it, if they may hold the mark; the mark that ends or parts rows; what to add to the count."""
_NUMBERS: Final = {f"{XSD}{name}": float for name in ("decimal", "double", "float")} | {
    f"{XSD}{name}": int
    for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt")
}


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """The next frame; an empty letter where the stream ended, within a frame too."""
    head = stream.read(5)
    if len(head) < 5:
        return b"", b""
    length = struct.unpack(">I", head[1:])[0]
    data = stream.read(length)
    return (head[:1], data) if len(data) == length else (b"", b"")


def write_frame(stream: IO[bytes], letter: bytes, data: bytes) -> None:
    stream.write(letter + struct.pack(">I", len(data)) + data)
    stream.flush()


class _Stopped(Exception):
    """A limit struck; the argument says which."""


class _Out:
    """Takes what a serialiser writes, and sends it on in parts as long as it keeps within the limits."""

    def __init__(self, stream: IO[bytes], form: str, rows: int | None, size: int | None) -> None:
        self._stream = stream
        self._rows_left = rows
        self._size_left = size
        self._strings, self._mark, self._count = _ROWS.get(form, _ROWS["xml"])
        self._rest = b""
        self._held = bytearray()
        self.stopped: str | None = None

    def write(self, data: bytes) -> int:
        self._held += data
        if len(self._held) >= _PART:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is held."""
        if not self._held:
            return
        part = bytes(self._held)
        self._held.clear()
        if self._size_left is not None:
            self._size_left -= len(part)
            if self._size_left < 0:
                self._stop("size")
        if self._rows_left is not None:
            self._count += self._rows(part)
            if self._count > self._rows_left:
                self._stop("rows")
        write_frame(self._stream, b"D", part)

    def _rows(self, part: bytes) -> int:
        """Marks in the part, and in what was left of the last. What may be half a string or half a mark is left."""
        text = self._strings.sub(b"", self._rest + part) if self._strings else self._rest + part
        opened = text.find(b'"') if self._strings else -1
        whole = text if opened < 0 else text[:opened]
        number = whole.count(self._mark)
        told = whole.rfind(self._mark) + len(self._mark) if number else 0
        self._rest = text[opened if opened >= 0 else max(told, len(text) - len(self._mark) + 1) :]
        return number

    def _stop(self, why: str) -> None:
        self.stopped = why
        raise _Stopped(why)


class _Session:
    """One store, and requests to it."""

    def __init__(self, store: ox.Store, out: IO[bytes]) -> None:
        self._store = store
        self._out = out

    def answer(self, request: dict[str, Any]) -> None:
        """Run one query; whatever goes wrong is said in the last frame."""
        query = request["query"]
        if calls_out(query):
            self._end(error="service")
            return
        try:
            graphs = request.get("dataset", {})
            dataset: dict[str, Any] = {name: [ox.NamedNode(iri) for iri in iris] for name, iris in graphs.items()}
            found = self._store.query(
                query,
                base_iri=request.get("base"),
                prefixes=request.get("prefixes"),
                **dataset,
                substitutions={ox.Variable(name): term(told) for name, told in request.get("bound", {}).items()},
            )
        except SyntaxError as error:
            self._end(error="syntax", text=_short(str(error)))
            return
        except (RuntimeError, ValueError, OSError) as error:
            self._end(error="failed", text=str(error))
            return
        out: _Out | None = None
        try:
            if request.get("plain"):
                self._end(**self._plain(found, request.get("rows")))
                return
            kind = "table" if isinstance(found, ox.QuerySolutions) else "graph"
            kind = "boolean" if isinstance(found, ox.QueryBoolean) else kind
            form = request["graphs" if kind == "graph" else "tables"]
            self._head(kind=kind, format=form)
            if form is None:
                self._end(error="unacceptable")
                return
            out = _Out(self._out, form if kind == "table" else "", request.get("rows"), request.get("size"))
            if isinstance(found, ox.QueryTriples):
                triples = _counted(found, request.get("rows"), out)
                ox.serialize(triples, cast("IO[bytes]", out), GRAPH_FORMATS[form], prefixes=request.get("prefixes"))
            else:
                found.serialize(cast("IO[bytes]", out), _TABLES[form])
            out.flush()
            self._end()
        except BrokenPipeError:
            raise
        except Exception as error:
            self._end(error=(out and out.stopped) or "failed", text=str(error))

    def _plain(self, found: Any, limit: int | None) -> dict[str, Any]:
        """Rows of plain values, as JSON Lines."""
        if isinstance(found, ox.QueryBoolean):
            columns, rows = ["answer"], iter([[bool(found)]])
        elif isinstance(found, ox.QueryTriples):
            columns = ["subject", "predicate", "object"]
            rows = ([plain(part) for part in (t.subject, t.predicate, t.object)] for t in found)
        else:
            columns = [v.value for v in found.variables]
            rows = ([plain(value) for value in solution] for solution in found)
        self._head(kind="rows", columns=columns)
        out = _Out(self._out, "", None, None)
        number = 0
        for row in islice(rows, limit):
            number += 1
            out.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        out.flush()
        return {"truncated": limit is not None and number == limit and next(rows, None) is not None}

    def _head(self, **told: Any) -> None:
        write_frame(self._out, b"H", json.dumps(told).encode())

    def _end(self, **told: Any) -> None:
        write_frame(self._out, b"E", json.dumps(told).encode())


def plain(value: Any) -> Any:
    """A term as Python has it: IRIs and texts as `str`, numbers and booleans as such, the unbound as None."""
    if value is None:
        return None
    if not isinstance(value, ox.Literal):
        return value.value if isinstance(value, (ox.NamedNode, ox.BlankNode)) else str(value)
    datatype = value.datatype.value
    if datatype in _NUMBERS:
        with suppress(ValueError):
            return _NUMBERS[datatype](value.value)
    if datatype == f"{XSD}boolean" and value.value in ("true", "false", "1", "0"):
        return value.value in ("true", "1")
    return value.value


def term(told: list[str]) -> ox.NamedNode | ox.Literal:
    """A term of a request: an IRI, or a text with its datatype."""
    return ox.NamedNode(told[0]) if len(told) == 1 else ox.Literal(told[0], datatype=ox.NamedNode(told[1]))


def _short(text: str) -> str:
    """A parser's words without all that it would have taken instead."""
    line = text.partition("\n")[0]
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _counted(triples: Iterable[ox.Triple], limit: int | None, out: _Out) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples):
        if number == limit:
            out.stopped = "rows"
            raise _Stopped("rows")
        yield triple


def main(folder: str, memory: str) -> None:
    out = sys.stdout.buffer
    refuse_connections()
    try:
        store = ox.Store.read_only(folder)
    except Exception as error:
        write_frame(out, b"E", json.dumps({"error": "gone", "text": str(error)}).encode())
        return
    limit_memory(int(memory))
    write_frame(out, b"R", b"")
    session = _Session(store, out)
    while (frame := read_frame(sys.stdin.buffer))[0] == b"Q":
        request = json.loads(frame[1])
        _end_in(request.get("seconds", 0))
        session.answer(request)
        _end_in(0)


def _end_in(seconds: float) -> None:
    """Let the system end this process, should the one that started it be gone and unable to."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds and seconds + 5)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(*sys.argv[1:])
