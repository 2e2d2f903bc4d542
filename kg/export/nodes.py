"""What all nodes of a ledger's RDF have in common: terms, dates, numbers, amounts, and evidence."""

from __future__ import annotations

import datetime
import json
import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from kg.export import UNWRITABLE
from kg.export.terms import DCTERMS, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, Terms, encoded
from kg.model import Amount, happened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.export.alignments import Alignments
    from kg.model import Evidence, Status, Value
    from kg.rollup import Testimony
    from kg.schema import Schema
    from kg.selection import Readable

__all__ = ["Nodes", "Provenance", "T", "Told"]

T = TypeVar("T")
Provenance: TypeAlias = Literal["graphs", "none", "rdf12", "rdfstar"]
Told: TypeAlias = tuple[T, list[tuple[T, T]], T | None]
"""A node, what is told of it as pairs of predicate and object, and the named graph that holds that too."""

_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


class Nodes(Generic[T]):
    """Tells parts of nodes, in the terms of one form of writing."""

    def __init__(
        self,
        view: Readable,
        schema: Schema,
        terms: Terms[T],
        *,
        provenance: Provenance = "graphs",
        alignments: Alignments | None = None,
        as_told: bool = True,
    ) -> None:
        self._as_told = as_told and provenance != "none"
        self._view = view
        self._schema = schema
        self._terms = terms
        self._provenance = provenance != "none"
        self._mode = provenance
        self._alignments = alignments
        self._kg = lru_cache(maxsize=None)(lambda name: terms.iri(schema.iri + name))
        self._number = lru_cache(maxsize=4096)(self._make_number)
        self._agent = lru_cache(maxsize=64)(lambda name: terms.data(f"extractor/{encoded(name)}"))
        self._encoded = lru_cache(maxsize=4096)(encoded)
        self._agents: dict[str, None] = {}
        self._iri = iri = lru_cache(maxsize=256)(terms.iri)
        self._type = iri(f"{RDF}type")
        self._subject, self._predicate, self._object = (iri(RDF + n) for n in ("subject", "predicate", "object"))
        self._label, self._name, self._alias = iri(f"{RDFS}label"), iri(f"{SKOS}prefLabel"), iri(f"{SKOS}altLabel")
        self._derived, self._quoted = iri(f"{PROV}wasDerivedFrom"), iri(f"{PROV}wasQuotedFrom")
        self._attributed, self._same = iri(f"{PROV}wasAttributedTo"), iri(f"{OWL}sameAs")
        self._title, self._issued, self._source = (iri(DCTERMS + n) for n in ("title", "issued", "source"))
        self._mentions = iri(f"{SCHEMA}mentions")

    def _shown(self, status: Status) -> bool:
        return self._provenance or happened(status)

    # -- terms

    def _date(self, date: str) -> T:
        """A date by its precision; half years, quarters and periods, which XSD has no type for, as they are."""
        found = _DATE.fullmatch(date)
        if found is None:
            return self._terms.text(date)
        year, month, day = found.groups()
        try:
            datetime.date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            return self._terms.text(date)
        return self._terms.typed(date, "date" if day else "gYearMonth" if month else "gYear")

    def _make_number(self, value: float) -> T:
        """An xsd:decimal of exactly the digits that Python shows; a double where there are none."""
        if isinstance(value, float) and not math.isfinite(value):
            return self._terms.typed({"inf": "INF", "-inf": "-INF"}.get(repr(value), "NaN"), "double")
        return self._terms.typed(f"{Decimal(repr(value)):f}".removesuffix(".0"), "decimal")

    def _count(self, number: int) -> T:
        return self._terms.typed(str(number), "nonNegativeInteger")

    def _item(self, identifier: str) -> T:
        """The IRI of a news item, whose id a source may have given."""
        return self._terms.data(self._encoded(identifier))

    # -- what nodes have in common

    def _value(self, pairs: list[tuple[T, T]], others: list[Told[T]], owner: str, name: str, value: Value) -> None:
        """A qualifier, or an event's value."""
        kg, terms = self._kg, self._terms
        if isinstance(value, Amount):
            amount = terms.data(f"{owner}/{name}")
            pairs.append((kg(name), amount))
            told = [(self._type, kg("Amount")), (kg("literal"), terms.text(value.literal))]
            for bound, size in (("low", value.low), ("high", value.high)):
                if size is not None:
                    told.append((kg(bound), self._number(size)))
            told.append((kg("currency"), terms.text(value.currency)))
            told.append((kg("approximate"), terms.typed("true" if value.approximate else "false", "boolean")))
            others.append((amount, told, None))
            return
        known = self._schema.values.get(name)
        if isinstance(value, str):
            dated = known is not None and known.datatype in ("date", "year")
            term = self._date(value) if dated else terms.text(value)
        elif isinstance(value, int):
            dated = known is not None and known.datatype == "year"
            term = self._date(str(value)) if dated else terms.typed(str(value), "integer")
        else:
            term = self._number(value)
        pairs.append((kg(name), term))

    def _places(self, owner: str, told: Iterable[Testimony]) -> Iterator[tuple[str, Testimony]]:
        """Testimonies with the paths of their evidence; numbered where several stand at one place."""
        used: dict[str, int] = {}
        for testimony in told:
            path = f"{owner}/evidence/{self._place(testimony.evidence)}"
            used[path] = number = used.get(path, 0) + 1
            yield (path if number == 1 else f"{path}/{number}"), testimony

    def _place(self, evidence: Evidence) -> str:
        field = "/title" if evidence.field == "title" else ""
        return f"{self._encoded(evidence.item)}/{evidence.start}-{evidence.end}{field}"

    def _evidence(self, evidence: Evidence, extractor: str) -> list[tuple[T, T]]:
        kg, terms = self._kg, self._terms
        pairs = [(self._type, kg("Evidence")), (kg("sentence"), terms.text(evidence.sentence))]
        if evidence.text != evidence.sentence:
            pairs.append((kg("text"), terms.text(evidence.text)))
            if UNWRITABLE.search(evidence.text):
                pairs.append((kg("escapedText"), terms.text(json.dumps(evidence.text)[1:-1])))
        pairs += ((kg("start"), self._count(evidence.start)), (kg("end"), self._count(evidence.end)))
        if evidence.field == "title":
            pairs.append((kg("inTitle"), terms.typed("true", "boolean")))
        if evidence.cue is not None:
            pairs.append((kg("cue"), terms.text(evidence.cue)))
        if evidence.references:
            told = evidence.references
            if list(told) == sorted(set(told)):
                pairs += [(kg("reference"), terms.text(reference)) for reference in told]
            else:
                pairs.append((kg("references"), terms.text(json.dumps(told, ensure_ascii=False))))
        pairs += (
            (kg("extractor"), terms.text(extractor)),
            (self._attributed, self._agent(extractor)),
            (self._quoted, self._item(evidence.item)),
        )
        self._agents[extractor] = None
        return pairs
