"""How facts, and what items say of them, look in RDF."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.export.nodes import Nodes, T, Told
from kg.export.selves import Selves
from kg.export.terms import RDF, encoded
from kg.graph.rows import fact_rows
from kg.model import LiteralValue, Node, happened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.model import Fact, Value
    from kg.rollup import Testimony
    from kg.schema import QualifierDef

__all__ = ["Statements"]


class Statements(Nodes[T]):
    """Tells facts."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._selves = Selves(self._view, self._schema)
        self._named = lru_cache(maxsize=4096)(self._lookup)
        self._statement_types = [(self._type, self._kg("Statement"))]
        if self._mode in ("graphs", "rdfstar"):
            self._statement_types.append((self._type, self._iri(f"{RDF}Statement")))

    def _plain(self, fact: Fact, graph: T | None = None) -> Told[T]:
        data = self._terms.data
        end = fact.object
        object_ = data(end.id) if isinstance(end, Node) else self._literal(end)
        return data(fact.subject.id), [(self._kg(fact.predicate), object_)], graph

    def _literal(self, end: LiteralValue) -> T:
        return self._terms.typed(end.value, encoded(end.datatype))

    def _of_fact(self, fact: Fact, told: Sequence[Testimony]) -> Iterator[Told[T]]:
        kg, terms, data = self._kg, self._terms, self._terms.data
        node, mode = data(fact.id), self._mode
        plain = self._plain(fact, node if mode == "graphs" else None)
        subject, ((predicate, object_),), _ = plain
        if happened(fact.status):
            yield plain
            if mode == "rdfstar":
                yield terms.quoted(subject, predicate, object_), self._annotations(fact), None
                return
        pairs = self._statement_types.copy()
        if mode == "rdf12":
            pairs.append((self._iri(f"{RDF}reifies"), terms.triple(subject, predicate, object_)))
        else:
            pairs += ((self._subject, subject), (self._predicate, predicate), (self._object, object_))
        pairs += (
            (kg("status"), kg(fact.status)),
            (kg("confidence"), self._number(fact.confidence)),
            (kg("sources"), self._count(fact.sources)),
        )
        others: list[Told[T]] = []
        if fact.qualifiers:
            relation = self._schema.properties.get(fact.predicate)
            for name, value in fact.qualifiers.items():
                definition = None if relation is None else relation.qualifier(name)
                self._qualifier(pairs, others, fact.id, definition, name, value)
        for event in fact.events:
            pairs.append((kg("impliedBy"), data(self._selves.entity(event) or event)))
        for item in fact.items:
            pairs.append((self._derived, self._item(item)))
        evidence = kg("evidence")
        alone = len(told) == 1
        for said, testimony in self._places(fact.id, told):
            pairs.append((evidence, data(said)))
            others += self._of_testimony(said, fact, testimony, alone)
        yield node, pairs, None
        yield from others

    def _annotations(self, fact: Fact) -> list[tuple[T, T]]:
        """What a relationship in Cypher bears, as literals: all that property graphs can take of a quoted triple."""
        if fact.predicate not in self._schema.properties:
            return [(self._kg("statement"), self._terms.text(fact.id))]
        (row,) = fact_rows(fact.summary, self._schema)[1]
        pairs = []
        for name, value in row.properties.items():
            for one in value if isinstance(value, list) else [value]:
                pairs.append((self._kg(name), self._bare(one)))
        return pairs

    def _bare(self, value: str | float) -> T:
        if isinstance(value, bool):
            return self._terms.typed("true" if value else "false", "boolean")
        if isinstance(value, str):
            return self._terms.text(value)
        return self._terms.typed(repr(value), "integer" if isinstance(value, int) else "double")

    def _of_testimony(self, said: str, fact: Fact, testimony: Testimony, alone: bool) -> Iterator[Told[T]]:
        kg, data = self._kg, self._terms.data
        pairs = self._evidence(testimony.evidence, testimony.extractor)
        pairs += ((kg("status"), kg(testimony.status)), (kg("confidence"), self._number(testimony.confidence)))
        others: list[Told[T]] = []
        if not self._as_told:
            yield data(said), pairs, None
            return
        if testimony.statement != fact.id:
            pairs.append((kg("mintedStatement"), data(testimony.statement)))
        if testimony.subject != fact.subject.id:
            pairs.append((kg("mintedSubject"), data(testimony.subject)))
        if isinstance(fact.object, Node) and testimony.object is not None and testimony.object != fact.object.id:
            pairs.append((kg("mintedObject"), data(testimony.object)))
        if testimony.qualifiers:
            self._told_qualifiers(pairs, others, said, fact.predicate, testimony.qualifiers, alone)
        event = testimony.event
        if event is not None and (not alone or self._selves.entity(event) is not None):
            pairs.append((kg("impliedBy"), data(event)))
        yield data(said), pairs, None
        yield from others

    def _told_qualifiers(
        self,
        pairs: list[tuple[T, T]],
        others: list[Told[T]],
        said: str,
        predicate: str,
        qualifiers: Mapping[str, Value],
        alone: bool,
    ) -> None:
        """Qualifiers as one item tells them, where the statement does not say the same: of several items' testimonies
        all, else those that the statement turns into entities."""
        relation = self._schema.properties.get(predicate)
        for name, value in qualifiers.items():
            definition = None if relation is None else relation.qualifier(name)
            if definition is not None and definition.datatype == "entity":
                named = self._terms.data(f"{said}/{name}")
                pairs.append((self._kg(name), named))
                others.append((named, [(self._label, self._terms.name(str(value)))], None))
            elif not alone:
                self._value(pairs, others, said, name, value)

    def _of_void(self, said: str, predicate: str, testimony: Testimony) -> Iterator[Told[T]]:
        """A statement whose ends became one: evidence without a fact."""
        kg, data = self._kg, self._terms.data
        pairs = self._evidence(testimony.evidence, testimony.extractor)
        pairs += (
            (kg("status"), kg(testimony.status)),
            (kg("confidence"), self._number(testimony.confidence)),
            (kg("mintedStatement"), data(testimony.statement)),
            (kg("mintedSubject"), data(testimony.subject)),
            (kg("mintedPredicate"), kg(predicate)),
            (kg("mintedObject"), data(testimony.object or testimony.subject)),
        )
        others: list[Told[T]] = []
        self._told_qualifiers(pairs, others, said, predicate, testimony.qualifiers, False)
        if testimony.event is not None:
            pairs.append((kg("impliedBy"), data(testimony.event)))
        yield data(said), pairs, None
        yield from others

    def _qualifier(
        self,
        pairs: list[tuple[T, T]],
        others: list[Told[T]],
        owner: str,
        definition: QualifierDef | None,
        name: str,
        value: Value,
    ) -> None:
        if definition is None or definition.datatype != "entity":
            self._value(pairs, others, owner, name, value)
            return
        # The value is the name of an entity, or several names: they become what they name, where the ledger knows it.
        whole = self._named(str(value), definition.range)
        parts = [self._named(part, definition.range) for part in str(value).split("、")]
        known = [whole] if whole is not None else [part for part in parts if part is not None]
        if whole is not None or len(known) == len(parts):
            pairs += [(self._kg(name), found) for found in known]
            return
        nameless = self._terms.data(f"{owner}/{name}")
        pairs.append((self._kg(name), nameless))
        others.append((nameless, [(self._label, self._terms.name(str(value)))], None))

    def _lookup(self, name: str, classes: tuple[str, ...]) -> T | None:
        """The entity of a name, if the ledger has one that may be of one of the classes."""
        kinds = dict.fromkeys(self._schema.entity_id(name, cls) for cls in classes)
        for identifier in kinds:
            entity = self._view.entity(identifier)
            if entity is not None:
                return self._terms.data(entity.id)
        return None
