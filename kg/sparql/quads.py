"""The quads of a ledger, all of them, or what changed in a store since a state of it.

The dataset is that of TriG: everything in the default graph, and each fact's plain triple once more in the graph that
bears the name of its statement; without what an item says otherwise than all together do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeGuard

import pyoxigraph as ox

from kg.export.triples import RDFS, SCHEMA, Triples
from kg.tables import OURS, is_minted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.accounts import Changes
    from kg.export.alignments import Alignments
    from kg.export.triples import Told
    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["Quads"]

_DEFAULT: Final = ox.DefaultGraph()
_LABEL: Final = ox.NamedNode(f"{RDFS}label")
_MENTIONS: Final = ox.NamedNode(f"{SCHEMA}mentions")


class Quads:
    """The quads of one ledger."""

    def __init__(self, ledger: Ledger, schema: Schema, alignments: Alignments) -> None:
        self._ledger = ledger
        self._schema = schema
        self._triples = Triples(ledger, schema, alignments=alignments, as_told=False)

    def __iter__(self) -> Iterator[ox.Quad]:
        return _quads(self._triples)

    def renew(self, store: ox.Store, touched: Changes) -> None:
        """Bring a store up to date, given what was touched since the state that it shows."""
        items, entities, events = set(touched.items), set(touched.entities), set(touched.events)
        facts, observations = set(touched.facts), set(touched.observations)
        known = {e.id: e for e in self._ledger.entities(ids=entities)}
        for entity in known.values():
            if any(_text(q.object) != entity.name for q in store.quads_for_pattern(self._iri(entity.id), _LABEL, None)):
                # Events and the names of claims are called after those that take part.
                events.update(e.id for e in self._ledger.events(entity=entity.id))
        members = {m for e in known.values() for m in e.members} | entities
        facts |= self._naming(store, members) | self._implied(store, members | events)
        for event in self._ledger.events(ids=events):
            definition = self._schema.events.get(event.type)
            if definition is not None and definition.self_role:
                entities.update(node.id for node in event.roles.get(definition.self_role, ()))
        moved = touched.linked | (touched.entities - known.keys())
        gone = list(self._of(store, items, entities, facts, events | observations, moved))
        for quad in gone:
            store.remove(quad)
        store.extend(_quads(self._told(items, entities, facts, events, observations, touched.linked)))

    # -- what there is now

    def _told(
        self,
        items: Iterable[str],
        entities: Iterable[str],
        facts: Iterable[str],
        events: Iterable[str],
        observations: Iterable[str],
        linked: Iterable[str],
    ) -> Iterator[Told]:
        yield from self._triples.some(
            self._ledger, items=items, entities=entities, facts=facts, events=events, observations=observations
        )
        for entity in linked:
            if (found := self._ledger.entity(entity)) is not None:
                for item, mentioned in self._ledger.mentions(entity=found.id):
                    yield (self._triples.item_iri(item), _MENTIONS, self._iri(mentioned)), None

    # -- what there was

    def _of(
        self,
        store: ox.Store,
        items: Iterable[str],
        entities: Iterable[str],
        facts: Iterable[str],
        others: Iterable[str],
        linked: Iterable[str],
    ) -> Iterator[ox.Quad]:
        """What a store holds of them. Plain triples go with their facts; they stay while another fact tells them."""
        facts = set(facts)
        for fact in facts:
            graph = self._iri(fact)
            for quad in store.quads_for_pattern(None, None, None, graph):
                yield quad
                tellers = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
                names = (q.graph_name for q in tellers if q.graph_name != _DEFAULT)
                if all(isinstance(n, ox.NamedNode) and self._id(n) in facts for n in names):
                    yield ox.Quad(quad.subject, quad.predicate, quad.object, _DEFAULT)
        for node in (*map(self._triples.item_iri, items), *map(self._iri, (*facts, *others))):
            yield from self._block(store, node)
        for entity in entities:
            for quad in self._block(store, self._iri(entity)):
                tellers = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
                if all(q.graph_name == _DEFAULT for q in tellers):
                    yield quad
        for entity in linked:
            yield from store.quads_for_pattern(None, _MENTIONS, self._iri(entity), _DEFAULT)

    def _block(self, store: ox.Store, node: ox.NamedNode) -> Iterator[ox.Quad]:
        """A node's own triples, and those of its parts."""
        ahead, seen = [node], set()
        while ahead:
            subject = ahead.pop()
            if subject in seen:
                continue
            seen.add(subject)
            for quad in store.quads_for_pattern(subject, None, None, _DEFAULT):
                yield quad
                if self._is_part(quad.object):
                    ahead.append(quad.object)

    def _naming(self, store: ox.Store, members: set[str]) -> set[str]:
        """Facts with a qualifier that names one of the entities, whether or not the name was known before."""
        found = set()
        ranges: dict[str, set[str]] = {}
        for relation in self._schema.properties.values():
            for qualifier in relation.qualifiers:
                if qualifier.datatype == "entity":
                    ranges.setdefault(qualifier.name, set()).update(qualifier.range)
        for name, classes in ranges.items():
            for quad in store.quads_for_pattern(None, self._term(name), None, _DEFAULT):
                owner = self._id(quad.subject)
                if not owner.startswith("s") or not isinstance(quad.object, ox.NamedNode):
                    continue
                if self._is_part(quad.object):
                    told = [_text(q.object) for q in store.quads_for_pattern(quad.object, _LABEL, None, _DEFAULT)]
                    names = {part for text in told for part in (text, *text.split("、"))}
                    if any(self._schema.entity_id(n, cls) in members for n in names for cls in classes):
                        found.add(owner)
                elif self._id(quad.object) in members:
                    found.add(owner)
        return found

    def _implied(self, store: ox.Store, causes: Iterable[str]) -> set[str]:
        """Facts that one of the events implies, or one of the entities that are events."""
        implied_by = self._term("impliedBy")
        return {
            self._id(quad.subject)
            for cause in causes
            for quad in store.quads_for_pattern(None, implied_by, self._iri(cause), _DEFAULT)
        }

    def _is_part(self, node: object) -> TypeGuard[ox.NamedNode]:
        """Whether a node belongs to another one alone: it lies under that one's IRI."""
        owner, _, part = self._id(node).partition("/")
        return bool(part) and is_minted(owner, OURS)

    def _iri(self, identifier: str) -> ox.NamedNode:
        return ox.NamedNode(self._schema.base_iri + identifier)

    def _id(self, node: object) -> str:
        return node.value.removeprefix(self._schema.base_iri) if isinstance(node, ox.NamedNode) else ""

    def _term(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(self._schema.iri + name)


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.Literal) else ""


def _quads(told: Iterable[Told]) -> Iterator[ox.Quad]:
    for triple, graph in told:
        yield ox.Quad(*triple)
        if graph is not None:
            yield ox.Quad(*triple, graph)
