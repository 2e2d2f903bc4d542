"""Text of RDF, put together as it is read: N-Triples, N-Quads, Turtle, TriG, and JSON-LD.

pyoxigraph writes as fast, but first takes an object for each term of each triple, which costs several times the
writing. What is written here reads back as the same graph, and tests hold it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final

from kg.export import UNWRITABLE
from kg.export.terms import XSD, is_chinese

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.export.description import Told

__all__ = ["JsonTerms", "write_jsonld", "write_nquads", "write_ntriples", "write_trig", "write_turtle"]

_CHUNK: Final = 1024
"""Nodes that are joined before they are written."""


def _written(parts: Iterable[tuple[str, int]], out: IO[bytes]) -> int:
    # Encoded one by one: most are plain ASCII, which costs nothing, and together with Chinese would be wide.
    held: list[bytes] = []
    number = 0
    for text, triples in parts:
        held.append(text.encode())
        number += triples
        if len(held) >= _CHUNK:
            out.write(b"".join(held))
            held.clear()
    out.write(b"".join(held))
    return number


def write_ntriples(nodes: Iterable[Told[str]], out: IO[bytes]) -> int:
    """Write N-Triples of terms that `NTriplesTerms` spells; how many triples."""
    return _written(
        (("".join([f"{subject} {p} {o} .\n" for p, o in pairs]), len(pairs)) for subject, pairs, _ in nodes), out
    )


def write_nquads(nodes: Iterable[Told[str]], out: IO[bytes]) -> int:
    """As `write_ntriples`; what is in a named graph is written once more with it. How many quads."""

    def parts() -> Iterable[tuple[str, int]]:
        for subject, pairs, graph in nodes:
            yield "".join([f"{subject} {p} {o} .\n" for p, o in pairs]), len(pairs)
            if graph is not None:
                yield "".join([f"{subject} {p} {o} {graph} .\n" for p, o in pairs]), len(pairs)

    return _written(parts(), out)


def write_turtle(nodes: Iterable[Told[str]], out: IO[bytes], prefixes: Mapping[str, str]) -> int:
    """Write Turtle of terms that `TurtleTerms` spells, a block for each node; how many triples."""
    out.write(_head(prefixes))
    return _written(((_block(subject, pairs), len(pairs)) for subject, pairs, _ in nodes), out)


def write_trig(nodes: Iterable[Told[str]], out: IO[bytes], prefixes: Mapping[str, str]) -> int:
    """As `write_turtle`; what is in a named graph is written once more there. How many quads."""

    def parts() -> Iterable[tuple[str, int]]:
        for subject, pairs, graph in nodes:
            block = _block(subject, pairs)
            yield block, len(pairs)
            if graph is not None:
                yield f"{graph} {{ {block[:-1]} }}\n", len(pairs)

    out.write(_head(prefixes))
    return _written(parts(), out)


def _head(prefixes: Mapping[str, str]) -> bytes:
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items()).encode()


def _block(subject: str, pairs: list[tuple[str, str]]) -> str:
    return f"{subject} " + " ;\n    ".join([f"{p} {o}" for p, o in pairs]) + " .\n"


# ---- JSON-LD --------------------------------------------------------------------------------------------------------


class JsonTerms:
    """Terms as JSON: names as strings, values as they stand in an expanded document with short names."""

    def __init__(self, base: str, prefixes: Mapping[str, str]) -> None:
        self._base = base
        # The longest namespace first, should one begin with another.
        self._prefixes = sorted(prefixes.items(), key=lambda p: -len(p[1]))
        self.short = lru_cache(maxsize=8192)(self._short)

    def _short(self, iri: str) -> str:
        """A short name where reading it back cannot go wrong."""
        for prefix, namespace in self._prefixes:
            if iri.startswith(namespace) and not iri.startswith("//", len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def iri(self, iri: str) -> Any:
        return _Name(self.short(iri))

    def data(self, path: str) -> Any:
        return _Name(self.short(self._base + path))

    def text(self, text: str) -> Any:
        return UNWRITABLE.sub("", text)

    def name(self, text: str) -> Any:
        written = UNWRITABLE.sub("", text)
        return {"@value": written, "@language": "zh"} if is_chinese(written) else written

    def typed(self, value: str, datatype: str) -> Any:
        written = UNWRITABLE.sub("", value)
        return written if datatype == "string" else {"@value": written, "@type": self.short(f"{XSD}{datatype}")}

    def triple(self, subject: Any, predicate: Any, object: Any) -> Any:
        raise NotImplementedError

    quoted = triple


class _Name(str):
    """The short name of an IRI, among values."""

    __slots__ = ()


def write_jsonld(nodes: Iterable[Told[Any]], out: IO[bytes], context: object) -> int:
    """Write nodes of terms that `JsonTerms` spells as one document, an object a line; how many triples.

    `context` is the value of `@context`: the IRI of one, or the context itself. Names are short (`kg:raisedFrom`),
    values say their types: a reader needs nothing but prefixes of the context.
    """
    out.write(f'{{"@context": {json.dumps(context, ensure_ascii=False)},\n"@graph": ['.encode())
    number = 0
    write: Callable[[bytes], object] = out.write
    comma, kind = "\n", "rdf:type"
    for subject, pairs, _ in nodes:
        node: dict[str, Any] = {"@id": subject}
        for predicate, value in pairs:
            if predicate == kind:
                node.setdefault("@type", []).append(value)
            else:
                node.setdefault(predicate, []).append({"@id": value} if isinstance(value, _Name) else value)
        number += len(pairs)
        compact = {name: v[0] if isinstance(v, list) and len(v) == 1 else v for name, v in node.items()}
        write(f"{comma}{json.dumps(compact, ensure_ascii=False)}".encode())
        comma = ",\n"
    write(b"\n]}\n")
    return number
