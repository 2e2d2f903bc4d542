"""Terms of RDF as the forms of writing spell them: one interface, so that what is said is said in one place.

Writers that put text together themselves take N-Triples' or Turtle's spelling; all others take pyoxigraph's terms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import UsageError
from kg.export import UNWRITABLE
from kg.tables import OURS, is_minted

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DCTERMS",
    "OWL",
    "PREFIXES",
    "PROV",
    "QB",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SKOS",
    "XSD",
    "NTriplesTerms",
    "OxTerms",
    "Terms",
    "TurtleTerms",
    "encoded",
    "is_chinese",
]

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
PROV: Final = "http://www.w3.org/ns/prov#"
QB: Final = "http://purl.org/linked-data/cube#"
SCHEMA: Final = "https://schema.org/"
PREFIXES: Final[Mapping[str, str]] = {
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "owl": OWL,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "prov": PROV,
    "qb": QB,
    "schema": SCHEMA,
}

T = TypeVar("T")

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SPECIAL = re.compile('[\x00-\x1f"\\\\\x7f\ud800-\udfff\ufffe\uffff]')
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x7f": "\\u007F"}


class Terms(Protocol[T]):
    """Spells terms. Literals lose the characters that no form of writing takes."""

    def iri(self, iri: str) -> T:
        """Any IRI; one without characters that IRIs cannot have."""
        ...

    def data(self, path: str) -> T:
        """What lies under the namespace of the data; a path as `encoded` gives its segments."""
        ...

    def text(self, text: str) -> T: ...

    def name(self, text: str) -> T:
        """Words for people: with the language tag `zh` where they hold Chinese letters."""
        ...

    def typed(self, value: str, datatype: str) -> T:
        """A literal with a datatype of XSD, by its local name."""
        ...

    def triple(self, subject: T, predicate: T, object: T) -> T:
        """A triple as a term of RDF 1.2."""
        ...

    def quoted(self, subject: T, predicate: T, object: T) -> T:
        """A triple as a subject, as RDF-star had it before it became RDF 1.2."""
        ...


def encoded(identifier: str) -> str:
    """An id that a source gave, as one segment of a path. One that looks like an id of ours is marked as not ours.

    >>> encoded("n0123"), encoded("简报/1"), encoded("e0123456789abcdef")
    ('n0123', '%E7%AE%80%E6%8A%A5%2F1', 'item/e0123456789abcdef')
    """
    if is_minted(identifier, OURS):
        return f"item/{identifier}"
    if identifier.isalnum() and identifier.isascii():
        return identifier
    written = quote(identifier, safe="", errors="surrogatepass")
    return written if written.strip(".") else written.replace(".", "%2E")


def is_chinese(text: str) -> bool:
    return not text.isascii() and _HAN.search(text) is not None


class OxTerms:
    """pyoxigraph's own terms."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.data = lru_cache(maxsize=8192)(self._data)

    def iri(self, iri: str) -> ox.NamedNode:
        return ox.NamedNode(iri)

    def _data(self, path: str) -> ox.NamedNode:
        return ox.NamedNode(self._base + path)

    def text(self, text: str) -> ox.Literal:
        return ox.Literal(UNWRITABLE.sub("", text))

    def name(self, text: str) -> ox.Literal:
        written = UNWRITABLE.sub("", text)
        return ox.Literal(written, language="zh") if is_chinese(written) else ox.Literal(written)

    def typed(self, value: str, datatype: str) -> ox.Literal:
        return ox.Literal(UNWRITABLE.sub("", value), datatype=ox.NamedNode(XSD + datatype))

    def triple(self, subject: ox.NamedNode, predicate: ox.NamedNode, object: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(subject, predicate, object)

    def quoted(self, subject: Any, predicate: Any, object: Any) -> Any:
        raise UsageError("RDF-star has no terms in pyoxigraph; write it as Turtle or TriG")


class NTriplesTerms:
    """Terms as N-Triples and N-Quads write them."""

    def __init__(self, base: str) -> None:
        self._open = f"<{base}"

    def iri(self, iri: str) -> str:
        return f"<{iri}>"

    def data(self, path: str) -> str:
        return f"{self._open}{path}>"

    def text(self, text: str) -> str:
        if text.isprintable() and '"' not in text and "\\" not in text:
            return f'"{text}"'
        return f'"{_SPECIAL.sub(_escape, text)}"'

    def name(self, text: str) -> str:
        return f"{self.text(text)}@zh" if is_chinese(text) else self.text(text)

    def typed(self, value: str, datatype: str) -> str:
        return f"{self.text(value)}^^<{XSD}{datatype}>"

    def triple(self, subject: str, predicate: str, object: str) -> str:
        return f"<<( {subject} {predicate} {object} )>>"

    def quoted(self, subject: str, predicate: str, object: str) -> str:
        return f"<< {subject} {predicate} {object} >>"


class TurtleTerms(NTriplesTerms):
    """Terms as Turtle and TriG write them, names shortened by prefixes."""

    def __init__(self, base: str, prefixes: Mapping[str, str]) -> None:
        super().__init__(base)
        self._short = next(prefix for prefix, namespace in prefixes.items() if namespace == base) + ":"
        # The longest namespace first, should one begin with another.
        self._prefixes = sorted(prefixes.items(), key=lambda p: -len(p[1]))

    def iri(self, iri: str) -> str:
        if iri == f"{RDF}type":
            return "a"
        for prefix, namespace in self._prefixes:
            if iri.startswith(namespace):
                local = iri[len(namespace) :]
                return f"{prefix}:{local}" if local.isalnum() and local.isascii() else f"<{iri}>"
        return f"<{iri}>"

    def data(self, path: str) -> str:
        if path.isalnum():
            return self._short + path
        bare = path.replace("/", "").replace("-", "")
        if bare.isalnum() and path[0] != "-":
            return self._short + path.replace("/", "\\/")
        return f"{self._open}{path}>"

    def typed(self, value: str, datatype: str) -> str:
        if datatype == "decimal" and "." in value:
            return value
        return f"{self.text(value)}^^xsd:{datatype}"


def _escape(match: re.Match[str]) -> str:
    """What stands for a character that a string cannot hold as it is; nothing for one that it cannot hold at all."""
    return _ESCAPES.get(match[0], "")
