"""The triples of a ledger as terms of pyoxigraph, for stores and writers that take such. What they say, and in which
order, is `kg.export.description`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pyoxigraph as ox

from kg.export.description import Description
from kg.export.terms import DCTERMS, PREFIXES, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, OxTerms, encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.export.alignments import Alignments
    from kg.export.description import Provenance
    from kg.ledger import Ledger
    from kg.schema import Schema
    from kg.selection import Readable

__all__ = [
    "DCTERMS",
    "PREFIXES",
    "PROV",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SKOS",
    "XSD",
    "Told",
    "Triple",
    "Triples",
    "prefixes",
]

Triple: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal | ox.Triple]
Told: TypeAlias = tuple[Triple, ox.NamedNode | None]
"""A triple, and the named graph that holds it too."""


def prefixes(schema: Schema) -> dict[str, str]:
    """Prefix → namespace; `kg` is the ontology, `id` the data."""
    return {**PREFIXES, "kg": schema.iri, "id": schema.base_iri}


class Triples:
    """The triples of a ledger or of a part of it; see `Description`. What it iterates is read lazily.

    `provenance` is True for `graphs`, False for `none`, or one of `graphs`, `none` and `rdf12`; `as_told` as there.
    """

    def __init__(
        self,
        ledger: Readable,
        schema: Schema,
        *,
        provenance: bool | Provenance = True,
        alignments: Alignments | None = None,
        as_told: bool = True,
    ) -> None:
        self._schema = schema
        self._terms = OxTerms(schema.base_iri)
        mode: Provenance = "graphs" if provenance is True else "none" if provenance is False else provenance
        self._told: Description[Any] = Description(
            ledger, schema, self._terms, provenance=mode, alignments=alignments, as_told=as_told
        )

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix → namespace; `kg` is the ontology, `id` the data."""
        return prefixes(self._schema)

    def __iter__(self) -> Iterator[Told]:
        return _each(self._told)

    def some(
        self,
        ledger: Ledger,
        *,
        items: Iterable[str] = (),
        entities: Iterable[str] = (),
        facts: Iterable[str] = (),
        events: Iterable[str] = (),
        observations: Iterable[str] = (),
    ) -> Iterator[Told]:
        """Those of a few things by their ids, as far as the ledger has them."""
        return _each(
            self._told.some(
                ledger, items=items, entities=entities, facts=facts, events=events, observations=observations
            )
        )

    def item_iri(self, identifier: str) -> ox.NamedNode:
        """The IRI of a news item of the ledger."""
        return self._terms.data(encoded(identifier))


def _each(nodes: Iterable[Any]) -> Iterator[Told]:
    for subject, pairs, graph in nodes:
        for predicate, object_ in pairs:
            yield (subject, predicate, object_), graph
