"""Documents of others' RDF, read by mappings.

A file becomes one item, or several where it says much, so that each can be forgotten. Each triple that a mapping knows
is one statement; its evidence is the triple as N-Triples writes it, with the names of its ends behind it as a comment.
Names, classes and qualifiers belong to what they are said of. Every other triple is refused, by its property.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.accounts import Tally
from kg.loading import origin
from kg.model import Amount, Block, Document, Entity, Evidence, NewsItem, Rejection, Span, Statement, mint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.model import Status, Value
    from kg.rdf.mapping import Mapping, RelationMapping
    from kg.rdf.reading import Term
    from kg.schema import QualifierDef, Schema

__all__ = ["Foreign"]

_STATEMENTS: Final = 2_000
"""Statements that one item tells at most."""
_SHOWN: Final = 300
"""Letters of a name or literal that evidence shows."""
_DAY = re.compile(r"([1-9]\d{3})(?:-(0[1-9]|1[0-2]))?(?:-([0-3]\d))?(?:T.*|Z|[+-]\d\d:\d\d)?")
_BLANK = re.compile(r"\s+")


class Foreign:
    """The documents of one file; the triples that no mapping knows are counted as they are read."""

    def __init__(self, store: ox.Store, schema: Schema, name: str, mappings: Sequence[Mapping]) -> None:
        self._store = store
        self._schema = schema
        self._name = name
        self._mappings = mappings
        self._languages = list(dict.fromkeys(language for m in mappings for language in m.languages))
        self._labels = list(dict.fromkeys(iri for m in mappings for iri in m.labels))
        self._aliases = list(dict.fromkeys(iri for m in mappings for iri in m.aliases))
        self._class_properties = list(dict.fromkeys(iri for m in mappings for iri in m.class_properties))
        self.unmapped: Counter[str] = Counter()
        """Property → triples of it that no mapping reads."""

    @property
    def read(self) -> Tally:
        """The triples that were refused since no mapping reads them."""
        number = self.unmapped.total()
        return Tally(read=number, rejected=number)

    def __iter__(self) -> Iterator[Document]:
        # A triple that stands in several named graphs is told once.
        told: dict[ox.Triple, tuple[ox.Quad, Mapping]] = {}
        for iri, mapping in self._relations():
            for quad in self._store.quads_for_pattern(None, ox.NamedNode(iri), None):
                if not self._is_onward(quad):
                    told.setdefault(quad.triple, (quad, mapping))
        self._count()
        # Blank nodes are called otherwise at each reading, so that their names must decide nothing.
        ordered = sorted(told.values(), key=lambda t: (self._line(t[0], ()), *map(self._key, t[0].triple)))
        for part in range(0, len(ordered), _STATEMENTS):
            yield self._document(ordered[part : part + _STATEMENTS], part // _STATEMENTS)

    def rejections(self) -> Iterator[Rejection]:
        """One for each property that no mapping reads."""
        for iri, number in sorted(self.unmapped.items()):
            reason = (
                f"{self._name}: no mapping reads <{iri}>, which it says {number:,} times; add it to a file of mappings"
            )
            yield Rejection("read", "unmapped", reason, source=self._name, text=iri)

    # -- what there is

    def _relations(self) -> Iterator[tuple[str, Mapping]]:
        known: set[str] = set()
        for mapping in self._mappings:
            for iri in mapping.relations:
                if iri not in known:
                    known.add(iri)
                    yield iri, mapping

    def _is_onward(self, quad: ox.Quad) -> bool:
        """Whether a triple leads on from a node between two ends, where the same property leads to it and from it."""
        for mapping in self._mappings:
            relation = mapping.relations.get(quad.predicate.value)
            if relation is not None and quad.predicate.value in relation.values:
                before = self._store.quads_for_pattern(None, quad.predicate, quad.subject)
                return any(True for _ in before)
        return False

    def _count(self) -> None:
        """Count what no mapping reads. What leads on from a node between two ends, and what is said of it, is read."""
        used = {*self._labels, *self._aliases, *self._class_properties}
        for mapping in self._mappings:
            used.update(mapping.relations, mapping.numbers, mapping.currencies)
            for relation in mapping.relations.values():
                used.update(relation.values, *relation.qualifiers.values())
        for quad in self._store:
            if quad.predicate.value not in used:
                self.unmapped[quad.predicate.value] += 1

    # -- documents

    def _document(self, told: Sequence[tuple[ox.Quad, Mapping]], part: int) -> Document:
        number = f" ({part + 1})" if part else ""
        identifier = mint("n", "rdf", self._name, str(part))
        entities: dict[str, Entity] = {}
        statements: list[Statement] = []
        rejections: list[Rejection] = []
        lines: list[str] = []
        at = 0
        for quad, mapping in told:
            relation = mapping.relations[quad.predicate.value]
            made = self._statement(quad, relation, mapping, identifier, at)
            if isinstance(made, str):
                span = Span(at, at + len(line := self._line(quad, ())))
                rejections.append(Rejection("read", "unnamed", made, identifier, self._name, span, line))
            else:
                statement, ends = made
                line = statement.evidence.text
                statements.append(statement)
                for entity in ends:
                    known = entities.setdefault(f"{entity.id} {entity.name} {entity.type}", entity)
                    aliases = tuple(dict.fromkeys((*known.aliases, *entity.aliases)))
                    entities[f"{entity.id} {entity.name} {entity.type}"] = Entity(
                        entity.id, entity.name, entity.type, aliases
                    )
            lines.append(line)
            at += len(line) + 1
        text = "\n".join(lines)
        block = Block("paragraph", (Span(0, len(text)),))
        item = NewsItem(
            identifier, f"{self._name}{number}", text, (block,), self._name, origin=origin(f"{self._name}\n{text}")
        )
        return Document(item, tuple(entities.values()), tuple(statements), rejections=tuple(rejections))

    def _statement(
        self, quad: ox.Quad, relation: RelationMapping, mapping: Mapping, item: str, at: int
    ) -> tuple[Statement, tuple[Entity, Entity]] | str:
        """The statement with its ends, or why there is none."""
        definition = self._schema.properties[relation.relation]
        between: Term | None = None
        other: Term = quad.object
        if relation.values and not isinstance(other, ox.Literal | ox.Triple):
            onward = self._objects(other, relation.values)
            if onward:
                between, other = other, onward[0]
        ends: tuple[Term, Term] = (other, quad.subject) if relation.reverse else (quad.subject, other)
        made = []
        for end, wanted in zip(ends, (definition.domain, definition.range), strict=True):
            entity = self._entity(end, wanted, item)
            if entity is None:
                return (
                    f"{self._name}: {_short(str(end))} has no name; say what it is called (rdfs:label, schema:name …)"
                )
            made.append(entity)
        subject, object_ = made
        qualifiers: dict[str, Value] = {}
        for name, theirs in sorted(relation.qualifiers.items()):
            found = self._objects(between if between is not None else other, theirs)
            kind = definition.qualifier(name)
            if found and kind is not None and (value := self._value(found[0], kind, mapping)) is not None:
                qualifiers[name] = value
        status: Status = "ended" if "to" in qualifiers else "asserted"
        line = self._line(quad, (subject.name, object_.name))
        statement = Statement(
            self._schema.statement_id(relation.relation, subject.id, object_.id, qualifiers),
            subject.node,
            relation.relation,
            object_.node,
            status,
            mapping.confidence,
            Evidence(item, at, at + len(line), line, line),
            f"mapping/{mapping.name}",
            qualifiers,
        )
        return statement, (subject, object_)

    def _line(self, quad: ox.Quad, names: tuple[str, ...]) -> str:
        """The triple as text, on one line; behind it the names of its ends, which IRIs do not tell."""
        parts = [
            "[]" if isinstance(t, ox.BlankNode) else _short(_BLANK.sub(" ", str(t)))
            for t in (quad.subject, quad.predicate, quad.object)
        ]
        comment = f" # {' · '.join(names)}" if names else ""
        return f"{' '.join(parts)} .{comment}"

    def _key(self, term: Term) -> str:
        """What tells a term from others, at each reading the same: of a blank node what is said of it."""
        if not isinstance(term, ox.BlankNode):
            return str(term)
        said = self._store.quads_for_pattern(term, None, None)
        return "\x1f".join(sorted(f"{q.predicate} {q.object}" for q in said if not isinstance(q.object, ox.BlankNode)))

    # -- entities

    def _entity(self, term: Term, wanted: tuple[str, ...], item: str) -> Entity | None:
        if isinstance(term, ox.Literal):
            names, cls, key = [_tidy(term.value)], None, term.value
        elif isinstance(term, ox.Triple):
            return None
        else:
            names, cls, key = self._names(term), self._class(term, wanted), self._key(term)
        names = [name for name in names if name]
        if not names:
            return None
        cls = cls or wanted[0]
        # People share names, so it is their IRI that tells them apart within a file.
        identifier = self._schema.entity_id(names[0], cls, f"{item}\x1f{key}")
        return Entity(identifier, names[0], cls, tuple(dict.fromkeys(n for n in names[1:] if n != names[0])))

    def _names(self, node: ox.NamedNode | ox.BlankNode) -> list[str]:
        """The best name, then the others that are Chinese or of the same properties."""
        labels: list[tuple[int, int, str]] = []
        for rank, iri in enumerate((*self._labels, *self._aliases)):
            for quad in self._store.quads_for_pattern(node, ox.NamedNode(iri), None):
                if isinstance(quad.object, ox.Literal):
                    language = (quad.object.language or "").lower()
                    if language in self._languages:
                        alias = rank >= len(self._labels)
                        labels.append((alias * 1000 + self._languages.index(language), rank, _tidy(quad.object.value)))
        return [name for *_, name in sorted(labels) if 0 < len(name) <= _SHOWN]

    def _class(self, node: ox.NamedNode | ox.BlankNode, wanted: tuple[str, ...]) -> str | None:
        """The most specific class that a mapping knows; one that the relation takes before one that it does not."""
        found = set()
        for iri in self._class_properties:
            for quad in self._store.quads_for_pattern(node, ox.NamedNode(iri), None):
                for mapping in self._mappings:
                    if isinstance(quad.object, ox.NamedNode) and (cls := mapping.classes.get(quad.object.value)):
                        found.add(cls)
        fit = {cls for cls in found if any(self._schema.is_a(cls, want) for want in wanted)}
        chosen = fit or found
        return min(chosen, key=lambda c: (-len(self._schema.superclasses(c)), c)) if chosen else None

    def _objects(self, node: Term, predicates: frozenset[str]) -> list[Term]:
        if isinstance(node, ox.Literal | ox.Triple):
            return []
        found = [
            q.object for p in sorted(predicates) for q in self._store.quads_for_pattern(node, ox.NamedNode(p), None)
        ]
        return sorted(found, key=self._key)

    # -- values

    def _value(self, term: Term, kind: QualifierDef, mapping: Mapping) -> Value | None:
        """A qualifier's value in our form; as it stands where it has none, so that validation says what is wrong."""
        if not isinstance(term, ox.Literal):
            if kind.datatype == "amount":
                return self._amount(term, mapping)
            names = self._names(term) if isinstance(term, ox.NamedNode | ox.BlankNode) else []
            return names[0] if names else None
        text = _tidy(term.value)
        if kind.datatype in ("date", "year") and (day := _DAY.fullmatch(text)):
            return day[1] if kind.datatype == "year" else "-".join(filter(None, day.groups()))
        if kind.datatype == "percent" and re.fullmatch(r"\d+(?:\.\d+)?", text):
            return f"{text}%"
        return text

    def _amount(self, node: Term, mapping: Mapping) -> Amount | None:
        numbers, currencies = self._objects(node, mapping.numbers), self._objects(node, mapping.currencies)
        if not numbers or not isinstance(numbers[0], ox.Literal):
            return None
        try:
            size = float(numbers[0].value)
        except ValueError:
            return None
        currency = currencies[0].value if currencies and isinstance(currencies[0], ox.Literal) else "CNY"
        return Amount(f"{numbers[0].value} {currency}", size, size, currency)


def _tidy(text: str) -> str:
    return _BLANK.sub(" ", text).strip()


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
