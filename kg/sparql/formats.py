"""Formats of results, and which of them a client likes best (RFC 9110, 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["GRAPHS", "TABLES", "Format", "Kind", "best", "choose", "named"]

Kind: TypeAlias = Literal["table", "boolean", "graph"]
"""What a query gives: SELECT a table, ASK a boolean, CONSTRUCT and DESCRIBE a graph."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write results. `types` are its media types, the registered one first."""

    name: str
    types: tuple[str, ...]

    @property
    def content_type(self) -> str:
        """With the charset where the type is text, whose default is not UTF-8."""
        return f"{self.types[0]}; charset=utf-8" if self.types[0].startswith("text/") else self.types[0]


TABLES: Final = (
    Format("json", ("application/sparql-results+json", "application/json", "text/json")),
    Format("xml", ("application/sparql-results+xml", "application/xml", "text/xml")),
    Format("csv", ("text/csv",)),
    Format("tsv", ("text/tab-separated-values",)),
)
"""For SELECT and ASK; where a client likes several alike, the first."""
GRAPHS: Final = (
    Format("turtle", ("text/turtle", "application/x-turtle", "application/turtle")),
    Format("ntriples", ("application/n-triples", "text/plain")),
    Format("jsonld", ("application/ld+json", "application/json")),
    Format("rdfxml", ("application/rdf+xml", "application/xml", "text/xml")),
)
"""For CONSTRUCT and DESCRIBE."""


def choose(accept: str | None, types: Sequence[str]) -> str | None:
    """The media type that an Accept header likes best, of equals the first; None where it takes none of them.

    A range that does not parse is passed over, as is a quality that is no number.
    """
    if accept is None or not accept.strip():
        return types[0] if types else None
    ranges = [parsed for part in accept.split(",") if (parsed := _range(part))]
    rated = [(_quality(ranges, kind), -place) for place, kind in enumerate(types)]
    best = max(rated, default=(0.0, 0))
    return types[-best[1]] if best[0] > 0 else None


def named(formats: Iterable[Format], name: str) -> Format | None:
    """The format of a name or media type."""
    return next((f for f in formats if name == f.name or name in f.types), None)


def best(accept: str | None, formats: Sequence[Format]) -> Format | None:
    """The format that an Accept header likes best."""
    chosen = choose(accept, [kind for form in formats for kind in form.types])
    return None if chosen is None else named(formats, chosen)


def _range(part: str) -> tuple[str, Mapping[str, str], float] | None:
    kind, *given = (p.strip() for p in part.split(";"))
    parameters = dict(_pair(p) for p in given if "=" in p)
    if kind.count("/") != 1 or (kind.startswith("*/") and kind != "*/*"):
        return None
    try:
        quality = float(parameters.pop("q", "1"))
    except ValueError:
        return None
    return (kind.lower(), parameters, min(max(quality, 0.0), 1.0)) if quality == quality else None


def _pair(parameter: str) -> tuple[str, str]:
    key, _, value = parameter.partition("=")
    return key.strip().lower(), value.strip().strip('"')


def _quality(ranges: Iterable[tuple[str, Mapping[str, str], float]], kind: str) -> float:
    """How much a type is liked: by the most specific range that it is in."""
    group = f"{kind.partition('/')[0]}/*"
    rank = {kind: 3, group: 2, "*/*": 1}
    fits = [(rank[told], quality) for told, _, quality in ranges if told in rank]
    return max(fits, default=(0, 0.0))[1]
