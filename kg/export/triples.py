"""How a ledger looks in RDF: one place that says which triples there are, whatever format they are written in.

- An entity has its class, its name as `rdfs:label` and `skos:prefLabel`, its other names as `skos:altLabel`. Names with
  Chinese letters have the language tag `zh`, others none.
- A fact that happened is one plain triple, `id:e… kg:raisedFrom id:e…`.
- Every fact, whether it happened or not, is also a node `kg:Statement` (and `rdf:Statement`) that names its three parts
  and says status, confidence, qualifiers, and each piece of evidence. What did not happen (yet) is nothing but that
  node, so nobody takes a plan for a fact. In formats with named graphs the node's IRI is also the name of a graph that
  holds the plain triple.
- Events and figures are nodes. An event that did not happen has its class like any other, and a `kg:status` that says
  so. An entity that is an event itself (a conference) has that event's roles and values.

An IRI is the namespace of the data with the id behind it, percent-encoded where a source gave it. What belongs to one
node alone lies under its IRI: `…/s…/amount`, `…/s…/evidence/<item>/<start>-<end>`.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote

import pyoxigraph as ox

from kg.export import UNWRITABLE
from kg.model import Amount, Node, happened
from kg.terms import EventDef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.ledger import Ledger, LedgerEntity
    from kg.model import Event, Evidence, Fact, LiteralValue, NewsItem, Observation, Status, Value
    from kg.schema import QualifierDef, Schema

__all__ = ["PREFIXES", "Told", "Triple", "Triples"]

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
PROV: Final = "http://www.w3.org/ns/prov#"
SCHEMA: Final = "https://schema.org/"
PREFIXES: Final[Mapping[str, str]] = {
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "prov": PROV,
    "schema": SCHEMA,
}

Triple: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]
Told: TypeAlias = tuple[Triple, ox.NamedNode | None]
"""A triple, and the named graph that holds it too."""

_TYPE = ox.NamedNode(f"{RDF}type")
_SUBJECT = ox.NamedNode(f"{RDF}subject")
_PREDICATE = ox.NamedNode(f"{RDF}predicate")
_OBJECT = ox.NamedNode(f"{RDF}object")
_REIFIED = ox.NamedNode(f"{RDF}Statement")
_LABEL = ox.NamedNode(f"{RDFS}label")
_NAME = ox.NamedNode(f"{SKOS}prefLabel")
_ALIAS = ox.NamedNode(f"{SKOS}altLabel")
_DERIVED = ox.NamedNode(f"{PROV}wasDerivedFrom")
_QUOTED = ox.NamedNode(f"{PROV}wasQuotedFrom")
_TITLE = ox.NamedNode(f"{DCTERMS}title")
_ISSUED = ox.NamedNode(f"{DCTERMS}issued")
_SOURCE = ox.NamedNode(f"{DCTERMS}source")
_ARTICLE = ox.NamedNode(f"{SCHEMA}NewsArticle")
_SECTION = ox.NamedNode(f"{SCHEMA}articleSection")
_URL = ox.NamedNode(f"{SCHEMA}url")
_MENTIONS = ox.NamedNode(f"{SCHEMA}mentions")

_DATATYPES = {
    name: ox.NamedNode(XSD + name)
    for name in ("anyURI", "boolean", "date", "decimal", "gYear", "gYearMonth", "integer", "nonNegativeInteger")
}
_MINTED = re.compile(r"[a-z][0-7][0-9a-f]{15}")
_OURS = "esvb"
"""What ids of entities, statements, events and observations begin with."""
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


def _text(text: str) -> ox.Literal:
    """A literal of its letters, without those that nothing can write."""
    return ox.Literal(UNWRITABLE.sub("", text))


def _name(text: str) -> ox.Literal:
    written = UNWRITABLE.sub("", text)
    return ox.Literal(written, language="zh") if _HAN.search(written) else ox.Literal(written)


def _typed(value: object, datatype: str) -> ox.Literal:
    return ox.Literal(str(value), datatype=_DATATYPES[datatype])


def _date(date: str) -> ox.Literal:
    """A date by its precision; half years, quarters and periods, which XSD has no type for, as they are."""
    found = _DATE.fullmatch(date)
    if found is None:
        return _text(date)
    year, month, day = found.groups()
    try:
        datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return _text(date)
    return _typed(date, "date" if day else "gYearMonth" if month else "gYear")


def _number(value: float) -> ox.Literal:
    """An xsd:decimal of exactly the digits that Python shows."""
    return _typed(f"{Decimal(repr(value)):f}".removesuffix(".0"), "decimal")


class Triples:
    """The triples of a ledger, in its order. Memory stays flat: only events that are entities themselves are held.

    Without `provenance`, only what happened is told, and nothing of who said it: entities, plain triples, events and
    figures. A fact that is told twice with different identifying qualifiers (two posts at one company) gives its plain
    triple twice.
    """

    def __init__(self, ledger: Ledger, schema: Schema, *, provenance: bool = True) -> None:
        self._ledger = ledger
        self._schema = schema
        self._provenance = provenance
        self._terms: dict[str, ox.NamedNode] = {}
        self._own = _own_events(ledger, schema)
        """Entity → the events that it is."""
        self._selves = {event.id: entity for entity, events in self._own.items() for event in events}
        self._entity = lru_cache(maxsize=65_536)(self._iri)
        self._named = lru_cache(maxsize=4096)(self._lookup)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix → namespace; `kg` is the ontology, `id` the data."""
        return {**PREFIXES, "kg": self._schema.iri, "id": self._schema.base_iri}

    def __iter__(self) -> Iterator[Told]:
        if self._provenance:
            yield from ((triple, None) for triple in self._of_items())
        for entity in self._ledger.entities():
            yield from ((triple, None) for triple in self._of_entity(entity))
        for fact in self._ledger.facts():
            yield from self._of_fact(fact)
        for event in self._ledger.events():
            if event.id not in self._selves and self._shown(event.status):
                node = self._iri(event.id)
                yield from ((triple, None) for triple in _together(node, self._of_event(node, event)))
        for observation in self._ledger.observations():
            node = self._iri(observation.id)
            yield from ((triple, None) for triple in _together(node, self._of_observation(node, observation)))

    def some(
        self,
        items: Iterable[str],
        entities: Iterable[str],
        facts: Iterable[str],
        events: Iterable[str],
        observations: Iterable[str],
    ) -> Iterator[Told]:
        """Those of a few things by their ids, as far as the ledger has them."""
        for identifier in sorted(items):
            if (item := self._ledger.item(identifier)) is not None:
                node = self._item(item.id)
                yield from ((triple, None) for triple in self._of_item(node, item))
                for _, mentioned in self._ledger.mentions(item=item.id):
                    yield (node, _MENTIONS, self._entity(mentioned)), None
        for entity in self._ledger.entities(ids=entities):
            yield from ((triple, None) for triple in self._of_entity(entity))
        for fact in self._ledger.facts(ids=facts):
            yield from self._of_fact(fact)
        for event in self._ledger.events(ids=events):
            if event.id not in self._selves and self._shown(event.status):
                yield from ((triple, None) for triple in self._of_event(self._iri(event.id), event))
        for observation in self._ledger.observations(ids=observations):
            yield from ((triple, None) for triple in self._of_observation(self._iri(observation.id), observation))

    def item_iri(self, identifier: str) -> ox.NamedNode:
        """The IRI of a news item of the ledger."""
        return self._item(identifier)

    def _shown(self, status: Status) -> bool:
        return self._provenance or happened(status)

    # -- terms

    def _kg(self, name: str) -> ox.NamedNode:
        if name not in self._terms:
            self._terms[name] = ox.NamedNode(self._schema.iri + name)
        return self._terms[name]

    def _iri(self, identifier: str) -> ox.NamedNode:
        """The IRI of an entity, fact, event or observation."""
        return ox.NamedNode(self._schema.base_iri + identifier)

    def _item(self, identifier: str) -> ox.NamedNode:
        """The IRI of a news item, whose id a source may have given."""
        return ox.NamedNode(self._schema.base_iri + _encoded(identifier))

    # -- things

    def _of_items(self) -> Iterator[Triple]:
        """Items with what they mention; the ledger gives both in the same order."""
        mentions = groupby(self._ledger.mentions(), key=itemgetter(0))
        told = next(mentions, None)
        for item in self._ledger.items():
            node = self._item(item.id)
            yield from self._of_item(node, item)
            if told is not None and told[0] == item.id:
                for _, entity in told[1]:
                    yield node, _MENTIONS, self._entity(entity)
                told = next(mentions, None)

    def _of_item(self, node: ox.NamedNode, item: NewsItem) -> Iterator[Triple]:
        yield node, _TYPE, self._kg("NewsItem")
        yield node, _TYPE, _ARTICLE
        yield node, _TITLE, _name(item.title)
        if item.published:
            yield node, _ISSUED, _date(item.published)
        if item.section:
            yield node, _SECTION, _name(item.section)
        if item.source:
            yield node, _SOURCE, _text(item.source)
        if item.url:
            yield node, _URL, ox.Literal(UNWRITABLE.sub("", item.url), datatype=_DATATYPES["anyURI"])

    def _of_entity(self, entity: LedgerEntity) -> Iterator[Triple]:
        node, name = self._entity(entity.id), _name(entity.name)
        yield node, _TYPE, self._kg(entity.type)
        yield node, _LABEL, name
        yield node, _NAME, name
        for alias in entity.aliases:
            yield node, _ALIAS, _name(alias)
        if entity.id in self._own:
            yield from _together(node, self._of_own(node, self._own[entity.id]))

    def _of_own(self, node: ox.NamedNode, events: Sequence[Event]) -> Iterator[Triple]:
        """What the events tell of the entity that they are: a value by the surest of them. It is a claim as long as
        none of them happened."""
        ranked = sorted(events, key=lambda e: (not happened(e.status), -e.confidence, e.id))
        told = [e for e in ranked if happened(e.status) == happened(ranked[0].status)]
        if not self._shown(ranked[0].status):
            return
        yield node, self._kg("status"), self._kg(ranked[0].status)
        values: dict[str, tuple[str, Value]] = {}
        roles: dict[tuple[str, str], None] = {}
        for event in told:
            for name, value in event.values.items():
                values.setdefault(name, (event.id, value))
            own = self._schema.events[event.type].self_role
            roles.update(((role, n.id), None) for role, nodes in event.roles.items() if role != own for n in nodes)
        for role, filler in roles:
            yield node, self._kg(role), self._entity(filler)
        for name, (event_id, value) in values.items():
            yield from self._value(node, event_id, name, value)
        if self._provenance:
            yield node, self._kg("confidence"), _number(max(e.confidence for e in told))
            for event in ranked:
                yield from self._sourced(node, event.id, event.evidence, event.extractor)

    def _of_event(self, node: ox.NamedNode, event: Event) -> Iterator[Triple]:
        # The ontology may have changed since: then there is no such event any more.
        definition = self._schema.events.get(event.type, EventDef(event.type, event.type, event.type))
        yield node, _TYPE, self._kg(event.type)
        main = event.roles.get(definition.main) or next((nodes for nodes in event.roles.values() if nodes), ())
        yield node, _LABEL, _name(f"{'、'.join(n.name for n in main[:3])} {definition.label_zh}".strip())
        yield node, self._kg("status"), self._kg(event.status)
        for role, nodes in event.roles.items():
            for filler in nodes:
                yield node, self._kg(role), self._entity(filler.id)
        for name, value in event.values.items():
            yield from self._value(node, event.id, name, value)
        if self._provenance:
            yield node, self._kg("confidence"), _number(event.confidence)
            yield from self._sourced(node, event.id, event.evidence, event.extractor)

    def _of_observation(self, node: ox.NamedNode, observation: Observation) -> Iterator[Triple]:
        yield node, _TYPE, self._kg("Observation")
        yield node, _LABEL, _name(observation.indicator)
        yield node, self._kg("indicator"), _text(observation.indicator)
        if observation.value is not None:
            yield node, self._kg("value"), _number(observation.value)
        for name in ("unit", "period", "scope", "change"):
            if told := getattr(observation, name):
                yield node, self._kg(name), _text(told)
        if observation.reporter is not None:
            yield node, self._kg("reporter"), self._entity(observation.reporter.id)
        if self._provenance:
            yield node, self._kg("confidence"), _number(observation.confidence)
            yield from self._sourced(node, observation.id, observation.evidence, observation.extractor)

    # -- facts

    def _of_fact(self, fact: Fact) -> Iterator[Told]:
        node = self._iri(fact.id)
        plain = self._entity(fact.subject.id), self._kg(fact.predicate), self._object(fact.object)
        if happened(fact.status):
            yield plain, node
        if self._provenance:
            yield from ((triple, None) for triple in _together(node, self._of_statement(node, fact, plain)))

    def _of_statement(self, node: ox.NamedNode, fact: Fact, plain: Triple) -> Iterator[Triple]:
        yield node, _TYPE, self._kg("Statement")
        yield node, _TYPE, _REIFIED
        for place, end in zip((_SUBJECT, _PREDICATE, _OBJECT), plain, strict=True):
            yield node, place, end
        yield node, self._kg("status"), self._kg(fact.status)
        yield node, self._kg("confidence"), _number(fact.confidence)
        yield node, self._kg("sources"), _typed(fact.sources, "nonNegativeInteger")
        relation = self._schema.properties.get(fact.predicate)
        for name, value in fact.qualifiers.items():
            definition = None if relation is None else relation.qualifier(name)
            yield from self._qualifier(node, fact.id, definition, name, value)
        for event in fact.events:
            yield node, self._kg("impliedBy"), self._iri(self._selves.get(event, event))
        for item in fact.items:
            yield node, _DERIVED, self._item(item)
        for told in self._ledger.testimonies(fact.id):
            yield from self._evidence(node, fact.id, told.evidence, told.extractor)
            said = self._evidence_iri(fact.id, told.evidence)
            yield said, self._kg("status"), self._kg(told.status)
            yield said, self._kg("confidence"), _number(told.confidence)

    def _object(self, end: Node | LiteralValue) -> ox.NamedNode | ox.Literal:
        if isinstance(end, Node):
            return self._entity(end.id)
        written = UNWRITABLE.sub("", end.value)
        return ox.Literal(written, datatype=ox.NamedNode(XSD + _encoded(end.datatype)))

    def _qualifier(
        self, node: ox.NamedNode, owner: str, definition: QualifierDef | None, name: str, value: Value
    ) -> Iterator[Triple]:
        if definition is None or definition.datatype != "entity":
            yield from self._value(node, owner, name, value)
            return
        # The value is the name of an entity, or several names: they become what they name, where the ledger knows it.
        whole = self._named(str(value), definition.range)
        parts = [self._named(part, definition.range) for part in str(value).split("、")]
        known = [whole] if whole is not None else [part for part in parts if part is not None]
        if whole is not None or len(known) == len(parts):
            for found in known:
                yield node, self._kg(name), found
            return
        nameless = ox.NamedNode(f"{self._schema.base_iri}{owner}/{name}")
        yield node, self._kg(name), nameless
        yield nameless, _LABEL, _name(str(value))

    def _lookup(self, name: str, classes: tuple[str, ...]) -> ox.NamedNode | None:
        """The entity of a name, if the ledger has one that may be of one of the classes."""
        kinds = dict.fromkeys(self._schema.entity_id(name, cls) for cls in classes)
        for identifier in kinds:
            entity = self._ledger.entity(identifier)
            if entity is not None:
                return self._entity(entity.id)
        return None

    # -- what nodes have in common

    def _value(self, node: ox.NamedNode, owner: str, name: str, value: Value) -> Iterator[Triple]:
        """A qualifier, or an event's value."""
        term, known = self._kg(name), self._schema.values.get(name)
        if isinstance(value, Amount):
            amount = ox.NamedNode(f"{self._schema.base_iri}{owner}/{name}")
            yield node, term, amount
            yield amount, _TYPE, self._kg("Amount")
            yield amount, self._kg("literal"), _text(value.literal)
            for bound, size in (("low", value.low), ("high", value.high)):
                if size is not None:
                    yield amount, self._kg(bound), _number(size)
            yield amount, self._kg("currency"), _text(value.currency)
            yield amount, self._kg("approximate"), _typed("true" if value.approximate else "false", "boolean")
        elif isinstance(value, str):
            dated = known is not None and known.datatype in ("date", "year")
            yield node, term, _date(value) if dated else _text(value)
        elif isinstance(value, int):
            dated = known is not None and known.datatype == "year"
            yield node, term, _date(str(value)) if dated else _typed(value, "integer")
        else:
            yield node, term, _number(value)

    def _sourced(self, node: ox.NamedNode, owner: str, evidence: Evidence, extractor: str) -> Iterator[Triple]:
        """Evidence of what a single item says."""
        yield node, _DERIVED, self._item(evidence.item)
        yield from self._evidence(node, owner, evidence, extractor)

    def _evidence_iri(self, owner: str, evidence: Evidence) -> ox.NamedNode:
        place = f"{evidence.start}-{evidence.end}" + ("/title" if evidence.field == "title" else "")
        return ox.NamedNode(f"{self._schema.base_iri}{owner}/evidence/{_encoded(evidence.item)}/{place}")

    def _evidence(self, node: ox.NamedNode, owner: str, evidence: Evidence, extractor: str) -> Iterator[Triple]:
        said = self._evidence_iri(owner, evidence)
        yield node, self._kg("evidence"), said
        yield said, _TYPE, self._kg("Evidence")
        yield said, self._kg("sentence"), _text(evidence.sentence)
        if evidence.text != evidence.sentence:
            yield said, self._kg("text"), _text(evidence.text)
        yield said, self._kg("start"), _typed(evidence.start, "nonNegativeInteger")
        yield said, self._kg("end"), _typed(evidence.end, "nonNegativeInteger")
        if evidence.cue is not None:
            yield said, self._kg("cue"), _text(evidence.cue)
        yield said, self._kg("extractor"), _text(extractor)
        yield said, _QUOTED, self._item(evidence.item)


def _together(node: ox.NamedNode, triples: Iterable[Triple]) -> Iterator[Triple]:
    """Those of the node itself first, so that it is one block in Turtle and one object in JSON-LD."""
    others: list[Triple] = []
    for triple in triples:
        if triple[0] is node:
            yield triple
        else:
            others.append(triple)
    yield from others


def _encoded(identifier: str) -> str:
    """An id that a source gave, as one segment of a path. One that looks like an id of ours is marked as not ours."""
    if identifier[:1] in _OURS and _MINTED.fullmatch(identifier):
        return f"item/{identifier}"
    written = quote(identifier, safe="", errors="surrogatepass")
    return written if written.strip(".") else written.replace(".", "%2E")


def _own_events(ledger: Ledger, schema: Schema) -> dict[str, list[Event]]:
    own: dict[str, list[Event]] = defaultdict(list)
    for definition in schema.events.values():
        if definition.self_role:
            for event in ledger.events(type=definition.name):
                for node in event.roles.get(definition.self_role, ()):
                    own[node.id].append(event)
    return dict(own)
