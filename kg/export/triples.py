"""The triples of a ledger as terms of pyoxigraph, for stores and writers that take such. What they say, and in which
order, is `kg.export.description`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from kg.export.description import Description
from kg.export.terms import PREFIXES, OxTerms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.export.alignments import Alignments
    from kg.export.description import Provenance
    from kg.schema import Schema
    from kg.selection import Readable

__all__ = ["PREFIXES", "Told", "Triple", "Triples", "prefixes"]

Triple: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal | ox.Triple]
Told: TypeAlias = tuple[Triple, ox.NamedNode | None]
"""A triple, and the named graph that holds it too."""


def prefixes(schema: Schema) -> dict[str, str]:
    """Prefix → namespace; `kg` is the ontology, `id` the data."""
    return {**PREFIXES, "kg": schema.iri, "id": schema.base_iri}


class Triples:
    """The triples of a ledger or of a part of it; see `Description`. What it iterates is read lazily.

    `provenance` is True for `graphs`, False for `none`, or one of `graphs`, `none` and `rdf12`.
    """

    def __init__(
        self,
        ledger: Readable,
        schema: Schema,
        *,
        provenance: bool | Provenance = True,
        alignments: Alignments | None = None,
    ) -> None:
        self._schema = schema
        mode: Provenance = "graphs" if provenance is True else "none" if provenance is False else provenance
        self._told = Description(ledger, schema, OxTerms(schema.base_iri), provenance=mode, alignments=alignments)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix → namespace; `kg` is the ontology, `id` the data."""
        return prefixes(self._schema)

    def __iter__(self) -> Iterator[Told]:
        for subject, pairs, graph in self._told:
            for predicate, object_ in pairs:
                yield (subject, predicate, object_), graph
