"""Triples of a ledger by pattern, without all of them in memory, and an `rdflib.Graph` that reads through to them.

For programs that want rdflib's interface on a ledger that changes, or of which they look at little. What a pattern
costs depends on what it binds:

- a subject, or an entity as object: only what the ledger has of that thing is read;
- a relation as predicate: all facts of that relation;
- anything else: the whole ledger, once for each such pattern.

A SPARQL query of rdflib is many patterns, so that a join over a whole ledger takes minutes: `kg sparql` is for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pyoxigraph as ox

from kg.export.alignments import Alignments
from kg.export.triples import Triples, prefixes
from kg.tables import OURS, is_minted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import rdflib

    from kg.export.triples import Told, Triple
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["Patterns", "rdflib_view"]

_Term = ox.NamedNode | ox.Literal


class Patterns:
    """Triples of a ledger as it is at each reading, as a SPARQL endpoint shows them; each once."""

    def __init__(self, ledger: Ledger, schema: Schema, ontology: Path | None = None) -> None:
        self._ledger = ledger
        self._schema = schema
        self._alignments = Alignments.load(schema, ontology)
        self._state: tuple[int, Triples] | None = None

    @property
    def prefixes(self) -> dict[str, str]:
        return prefixes(self._schema)

    def match(
        self, subject: _Term | None = None, predicate: _Term | None = None, object: _Term | None = None
    ) -> Iterator[Triple]:
        """The triples that fit; None fits all. Lazy."""
        plain: set[Triple] = set()
        for triple, graph in self._candidates(subject, predicate, object):
            if (
                (subject is None or triple[0] == subject)
                and (predicate is None or triple[1] == predicate)
                and (object is None or triple[2] == object)
            ):
                # Two facts that differ in a round or a post have one plain triple.
                if graph is not None:
                    if triple in plain:
                        continue
                    plain.add(triple)
                yield triple

    @property
    def _triples(self) -> Triples:
        sequence = self._ledger.sequence
        if self._state is None or self._state[0] != sequence:
            told = Triples(self._ledger, self._schema, alignments=self._alignments, as_told=False)
            self._state = (sequence, told)
        return self._state[1]

    def _candidates(self, subject: _Term | None, predicate: _Term | None, object: _Term | None) -> Iterable[Told]:
        if subject is not None:
            return self._of(subject)
        if (entity := self._entity(object)) is not None:
            return self._about(entity)
        name = self._local(predicate)
        if name in self._schema.properties:
            return self._some(facts=(f.id for f in self._ledger.facts(predicate=name)))
        return self._triples

    def _some(self, **ids: Iterable[str]) -> Iterator[Told]:
        return self._triples.some(self._ledger, **{kind: list(some) for kind, some in ids.items()})

    def _of(self, node: _Term) -> Iterator[Told]:
        """What is told of a thing or of a part of it."""
        if not isinstance(node, ox.NamedNode) or not node.value.startswith(self._schema.base_iri):
            return iter(())
        path = node.value[len(self._schema.base_iri) :]
        owner = path.partition("/")[0]
        if not is_minted(owner, OURS):
            return self._some(items=[unquote(path.removeprefix("item/"), errors="surrogatepass")])
        kind = {"e": "entities", "s": "facts", "v": "events", "b": "observations"}[owner[0]]
        if kind == "entities":
            return self._some(entities=[owner], facts=(f.id for f in self._ledger.facts(entity=owner)))
        if kind == "events":
            # An event that is an entity is told of there.
            fillers = {n.id for e in self._ledger.events(ids=[owner]) for nodes in e.roles.values() for n in nodes}
            return self._some(events=[owner], entities=fillers)
        return self._some(**{kind: [owner]})

    def _about(self, entity: str) -> Iterator[Told]:
        """Whatever points to an entity."""
        ledger = self._ledger
        events = list(ledger.events(entity=entity))
        qualified = self._named(entity)
        return self._some(
            items={item for item, _ in ledger.mentions(entity=entity)},
            entities={n.id for e in events for nodes in e.roles.values() for n in nodes},
            facts={f.id for f in ledger.facts(entity=entity)} | qualified,
            events=(e.id for e in events),
            observations=(o.id for o in ledger.observations(entity=entity)),
        )

    def _named(self, entity: str) -> set[str]:
        """Facts with a qualifier that may name the entity, and those that it implies as an event."""
        relations = [p for p in self._schema.properties.values() if any(q.datatype == "entity" for q in p.qualifiers)]
        found = {f.id for p in relations for f in self._ledger.facts(predicate=p.name)}
        events = {e.id for e in self._ledger.events(entity=entity)}
        for other in {n.id for e in self._ledger.events(ids=events) for nodes in e.roles.values() for n in nodes}:
            found.update(f.id for f in self._ledger.facts(entity=other) if not events.isdisjoint(f.events))
        return found

    def _entity(self, term: _Term | None) -> str | None:
        if isinstance(term, ox.NamedNode) and term.value.startswith(f"{self._schema.base_iri}e"):
            identifier = term.value[len(self._schema.base_iri) :]
            return identifier if is_minted(identifier, "e") else None
        return None

    def _local(self, term: _Term | None) -> str:
        if isinstance(term, ox.NamedNode) and term.value.startswith(self._schema.iri):
            return term.value[len(self._schema.iri) :]
        return ""


def rdflib_view(ledger: Ledger, schema: Schema, ontology: Path | None = None) -> rdflib.Graph:
    """A graph that holds nothing and reads the ledger for each pattern; see the module for what that costs.

    It only reads: to add or remove raises TypeError. Its length is counted by reading all. The ledger must stay open.
    """
    import rdflib
    from rdflib.store import Store

    patterns = Patterns(ledger, schema, ontology)

    class LedgerStore(Store):
        """Read-only; see `rdflib_view`."""

        context_aware = False

        def __init__(self) -> None:
            super().__init__()
            self._spaces: dict[str, Any] = {}

        def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
            wanted = [None if term is None else _to_ox(term) for term in triple_pattern]
            if any(given is not None and ours is None for given, ours in zip(triple_pattern, wanted, strict=True)):
                return
            for triple in patterns.match(*wanted):
                yield tuple(map(_to_rdflib, triple)), iter((context,))

        def __len__(self, context: Any = None) -> int:
            return sum(1 for _ in patterns.match())

        def add(self, *_: Any, **__: Any) -> None:
            raise TypeError("this graph reads a ledger; load or import what is to be in it")

        addN = remove = add

        def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
            if override or prefix not in self._spaces:
                self._spaces[prefix] = namespace

        def namespace(self, prefix: str) -> Any:
            return self._spaces.get(prefix)

        def prefix(self, namespace: Any) -> str | None:
            return next((p for p, space in self._spaces.items() if str(space) == str(namespace)), None)

        def namespaces(self) -> Iterator[Any]:
            yield from self._spaces.items()

    graph = rdflib.Graph(store=LedgerStore(), bind_namespaces="none")
    for name, space in patterns.prefixes.items():
        graph.bind(name, space)
    return graph


def _to_ox(term: Any) -> _Term | None:
    """The term as pyoxigraph has it; None for one that no triple of ours has."""
    import rdflib

    if isinstance(term, rdflib.URIRef):
        try:
            return ox.NamedNode(str(term))
        except ValueError:
            return None
    if not isinstance(term, rdflib.Literal):
        return None
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))


def _to_rdflib(term: Any) -> Any:
    import rdflib

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    plain = datatype == "http://www.w3.org/2001/XMLSchema#string"
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(datatype), normalize=False)
