"""JSON-LD with short names, written as it comes: a context of prefixes, then one object for each subject."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Any, Final

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.export.triples import Triple

__all__ = ["write_jsonld"]

_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STRINGS: Final = frozenset(
    ("http://www.w3.org/2001/XMLSchema#string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
)


def write_jsonld(triples: Iterable[Triple], out: IO[bytes], prefixes: Mapping[str, str]) -> None:
    """Write triples as one JSON-LD document, a subject a line; triples of one subject should follow one another.

    Names are compact (`kg:raisedFrom`), values expanded: a reader needs nothing but the context in the document.
    """
    names = _Names(prefixes)
    context = json.dumps(dict(prefixes), ensure_ascii=False)
    out.write(f'{{"@context": {context},\n"@graph": ['.encode())
    comma = "\n"
    for subject, group in groupby(triples, key=itemgetter(0)):
        node: dict[str, Any] = {"@id": names.short(subject.value)}
        for _, predicate, object_ in group:
            if predicate.value == _TYPE and isinstance(object_, ox.NamedNode):
                node.setdefault("@type", []).append(names.short(object_.value))
            else:
                node.setdefault(names.short(predicate.value), []).append(names.value(object_))
        compact = {name: v[0] if isinstance(v, list) and len(v) == 1 else v for name, v in node.items()}
        out.write(f"{comma}{json.dumps(compact, ensure_ascii=False)}".encode())
        comma = ",\n"
    out.write(b"\n]}\n")


class _Names:
    """IRIs by their prefixes. A short name is only given where reading it back cannot go wrong."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        # The longest namespace first, should one begin with another.
        self._prefixes = sorted(prefixes.items(), key=lambda p: -len(p[1]))
        self._known: dict[str, str] = {}

    def short(self, iri: str) -> str:
        for prefix, namespace in self._prefixes:
            if iri.startswith(namespace) and not iri.startswith("//", len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def value(self, term: ox.NamedNode | ox.Literal) -> str | dict[str, str]:
        if isinstance(term, ox.NamedNode):
            return {"@id": self.short(term.value)}
        if term.language is not None:
            return {"@value": term.value, "@language": term.language}
        datatype = term.datatype.value
        if datatype in _STRINGS:
            return term.value
        if datatype not in self._known:
            self._known[datatype] = self.short(datatype)
        return {"@value": term.value, "@type": self._known[datatype]}
