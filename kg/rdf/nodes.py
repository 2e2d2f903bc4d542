"""The nodes of a file that our export wrote: their words, their ids, their values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import pyoxigraph as ox

from kg.export.terms import OWL, RDF, RDFS, SKOS, XSD
from kg.model import Amount, Node
from kg.tables import OURS, is_minted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.model import Value
    from kg.rdf.reading import Term
    from kg.schema import Schema

__all__ = ["Broken", "Nodes"]

_NUMBERS: Final = frozenset(f"{XSD}{name}" for name in ("decimal", "double", "float"))
_INTEGERS: Final = frozenset(f"{XSD}{name}" for name in ("integer", "int", "long", "nonNegativeInteger"))


class Broken(Exception):
    """A node lacks what it must have."""


class Nodes:
    """Reads the nodes of one file."""

    def __init__(self, store: ox.Store, schema: Schema, name: str) -> None:
        self._store = store
        self._schema = schema
        self._name = name
        """Of the file."""
        self._term = lru_cache(maxsize=512)(ox.NamedNode)
        self._qualifiers = frozenset(schema.values) | {
            q.name for relation in schema.properties.values() for q in relation.qualifiers
        }
        self._canonical = self._members()

    def _values(self, node: ox.NamedNode, names: frozenset[str], said: ox.NamedNode) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for quad in self._match(node, None, None):
            name = self._local(quad.predicate)
            if name in names:
                value = self._value(quad.object, name, node, said)
                if value is not None:
                    found[name] = value
        return found

    def _value(self, term: Term, name: str, node: ox.NamedNode, said: ox.NamedNode) -> Value | None:
        if isinstance(term, ox.Literal):
            datatype = term.datatype.value
            try:
                if datatype in _NUMBERS:
                    return float(term.value)
                return int(term.value) if datatype in _INTEGERS else term.value
            except ValueError:
                raise Broken(f"the {name} '{term.value}' is no number") from None
        if not isinstance(term, ox.NamedNode):
            return None
        if self._word(term, self._kg("currency")) is not None or self._word(term, self._kg("literal")) is not None:
            return self._amount(term)
        # Which entity the words name is the export's addition; the evidence has the words themselves.
        return self._word(term, f"{RDFS}label") if node == said else None

    def _amount(self, node: ox.NamedNode) -> Amount:
        kg = self._kg
        bounds = [self._word(node, kg(bound)) for bound in ("low", "high")]
        try:
            low, high = (None if bound is None else float(bound) for bound in bounds)
        except ValueError:
            raise Broken(f"the bounds {bounds} are no numbers") from None
        return Amount(
            self._word(node, kg("literal")) or "",
            low,
            high,
            self._word(node, kg("currency")) or "",
            self._word(node, kg("approximate")) in ("true", "1"),
        )

    def _status(self, node: ox.NamedNode) -> Any:
        """The status as written; whether it is one, validation says."""
        return self._local(self._one(node, self._kg("status")))

    def _confidence(self, node: ox.NamedNode) -> float:
        told = self._word(node, self._kg("confidence"))
        try:
            return float(told or "")
        except ValueError:
            raise Broken(f"the confidence '{told}' is no number") from None

    def _called(self, term: Term, called: Mapping[str, Node]) -> Node:
        identifier = self._id(term)
        if identifier is None or not identifier.startswith("e"):
            raise Broken(f"{term} is no entity of ours")
        if identifier in called:
            return called[identifier]
        whole = ox.NamedNode(self._schema.base_iri + self._canonical.get(identifier, identifier))
        return Node(identifier, *self._whole(whole))

    def _whole(self, entity: ox.NamedNode) -> tuple[str, str]:
        """Name and class of an entity as all items together tell them."""
        types = sorted(filter(None, (self._local(t) for t in self._all(entity, f"{RDF}type"))))
        return self._word(entity, f"{SKOS}prefLabel") or "", types[0] if types else ""

    # -- the graph

    def _members(self) -> dict[str, str]:
        """Minted id → canonical id, where they differ."""
        found = {}
        for quad in self._match(None, f"{OWL}sameAs", None):
            canonical, minted = self._id(quad.subject), self._id(quad.object)
            if canonical and minted:
                found[minted] = canonical
        return found

    def _match(self, subject: ox.NamedNode | None, predicate: str | None, object_: Any) -> Iterator[ox.Quad]:
        named = None if predicate is None else self._term(predicate)
        told = self._term(object_) if isinstance(object_, str) else object_
        return self._store.quads_for_pattern(subject, named, told, ox.DefaultGraph())

    def _subjects(self, predicate: str, object_: Any) -> list[str]:
        """The IRIs of which that is said, sorted; nodes without a name are none of ours."""
        found = (quad.subject for quad in self._match(None, predicate, object_))
        return sorted({subject.value for subject in found if isinstance(subject, ox.NamedNode)})

    def _all(self, node: Any, predicate: str) -> Sequence[Term]:
        return [quad.object for quad in self._match(node, predicate, None)]

    def _one(self, node: Any, predicate: str) -> Term | None:
        """The object; of several the first by its text, so that chance decides nothing."""
        found = self._all(node, predicate)
        return min(found, key=str) if found else None

    def _word(self, node: Any, predicate: str) -> str | None:
        found = self._one(node, predicate)
        return found.value if isinstance(found, ox.Literal) else None

    def _kg(self, name: str) -> str:
        return self._schema.iri + name

    def _local(self, term: object) -> str:
        """The local name of a term of the ontology; empty for any other."""
        if isinstance(term, ox.NamedNode) and term.value.startswith(self._schema.iri):
            return term.value[len(self._schema.iri) :]
        return ""

    def _id(self, term: object) -> str | None:
        """The minted id that an IRI of ours bears."""
        if isinstance(term, ox.NamedNode) and term.value.startswith(self._schema.base_iri):
            tail = term.value[len(self._schema.base_iri) :]
            return tail if is_minted(tail, OURS) else None
        return None

    def _item_id(self, iri: str) -> str:
        """The id of an item: what `kg.export.terms.encoded` made of it, taken back."""
        return unquote(iri.removeprefix(self._schema.base_iri).removeprefix("item/"), errors="surrogatepass")
