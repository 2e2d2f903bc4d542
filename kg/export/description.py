"""What a ledger looks like in RDF: one place that says which nodes there are and what is told of each.

- An entity has its class, its name as `rdfs:label` and `skos:prefLabel`, its other names as `skos:altLabel`. Names with
  Chinese letters have the language tag `zh`, others none. Where it is known elsewhere, and for other ids that it had,
  `owl:sameAs` says so.
- A fact that happened is one plain triple, `id:e… kg:raisedFrom id:e…`.
- Every fact, whether it happened or not, is also a node `kg:Statement` (and `rdf:Statement`) that names its three parts
  and says status, confidence, qualifiers, and each piece of evidence. What did not happen (yet) is nothing but that
  node, so nobody takes a plan for a fact. In formats with named graphs the node's IRI is also the name of a graph that
  holds the plain triple. With provenance `rdf12` the node names the triple itself by `rdf:reifies`; with `rdfstar` the
  quoted triple bears what a relationship in Cypher would.
- Events and figures are nodes. An event that did not happen has its class like any other, and a `kg:status` that says
  so. An entity that is an event itself (a conference) has that event's roles and values.
- Evidence says what one item says where that is not what all say together: its own qualifiers, the ids as the item's
  names were minted. So nothing that the ledger knows is lost, but for what it refused.

An IRI is the namespace of the data with the id behind it, percent-encoded where a source gave it. What belongs to one
node alone lies under its IRI: `…/s…/amount`, `…/s…/evidence/<item>/<start>-<end>`.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kg.export.nodes import Provenance, T, Told
from kg.export.statements import Statements
from kg.export.terms import OWL, PROV, QB, RDF, RDFS, SCHEMA, Terms
from kg.model import happened
from kg.terms import EventDef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.accounts import LedgerEntity
    from kg.export.alignments import Alignments
    from kg.ledger import Ledger
    from kg.model import Event, NewsItem, Observation, Value
    from kg.schema import Schema
    from kg.selection import Readable
    from kg.views import Naming, Roles

__all__ = ["Description", "Provenance", "Told"]

R = TypeVar("R")

_TOLD: Final = 500
"""Rows after which a progress is told."""
_UNIT: Final = "http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure"


class Description(Statements[T]):
    """The nodes of a ledger, in an order that depends on nothing but what it holds: equal ledgers give the same.

    Memory stays flat. Without provenance (`none`), only what
    happened is told, and nothing of who said it: entities, plain triples, events and figures. A fact that is told twice
    with different identifying qualifiers (two posts at one company) gives its plain triple twice.

    Without `as_told` it is left out what one item says otherwise than all together do: then nobody can make the ledger
    anew of it, and what belongs to one thing lies under its IRI alone.
    """

    def __init__(
        self,
        view: Readable,
        schema: Schema,
        terms: Terms[T],
        *,
        provenance: Provenance = "graphs",
        alignments: Alignments | None = None,
        as_told: bool = True,
        progress: Callable[[str, int, int | None], None] | None = None,
    ) -> None:
        self._progress = progress
        super().__init__(view, schema, terms, provenance=provenance, alignments=alignments, as_told=as_told)

    def __iter__(self) -> Iterator[Told[T]]:
        if self._progress is None:
            yield from self._all(lambda rows: rows)
            return
        done, total, tell = 0, sum(self._view.rows().values()), self._progress

        def counted(rows: Iterator[R]) -> Iterator[R]:
            nonlocal done
            for row in rows:
                yield row
                done += 1
                if done % _TOLD == 0:
                    tell("rows", min(done, total), total)

        yield from self._all(counted)
        tell("rows", total, total)

    def _all(self, rows: Callable[[Iterator[Any]], Iterator[Any]]) -> Iterator[Told[T]]:
        # Entities first: whoever reads them knows what the ends of all else are called.
        for entity in rows(self._view.entities()):
            yield from self._of_entity(entity)
        if self._provenance:
            for item, namings in rows(self._view.namings()):
                yield from self._of_item(item, namings)
        if self._provenance:
            for fact, told in rows(self._view.testified()):
                yield from self._of_fact(fact, told)
            for predicate, told in self._view.void() if self._as_told else ():
                for said, testimony in self._places(told[0].statement, told):
                    yield from self._of_void(said, predicate, testimony)
        else:
            for fact in rows(self._view.facts()):
                if happened(fact.status):
                    yield self._plain(fact)
        for event, roles in rows(self._view.told_events()):
            if self._selves.entity(event.id) is None and self._shown(event.status):
                yield from self._of_event(event, roles)
        first = self._as_told or not self._provenance
        for observation, reporter in rows(self._view.told_observations()):
            if first:
                yield from self._data_set()
                first = False
            yield from self._of_observation(observation, reporter)
        if self._as_told:
            yield from self._of_agents()
            yield from self._of_decisions()

    def some(
        self,
        ledger: Ledger,
        *,
        items: Iterable[str],
        entities: Iterable[str],
        facts: Iterable[str],
        events: Iterable[str],
        observations: Iterable[str],
    ) -> Iterator[Told[T]]:
        """Those of a few things by their ids, as far as the ledger has them."""
        for item, namings in ledger.namings(ids=items):
            yield from self._of_item(item, namings)
        for entity in ledger.entities(ids=entities):
            yield from self._of_entity(entity)
        for fact, told in ledger.testified(ids=facts):
            yield from self._of_fact(fact, told)
        for event, roles in ledger.told_events(ids=events):
            if self._selves.entity(event.id) is None and self._shown(event.status):
                yield from self._of_event(event, roles)
        for observation, reporter in ledger.told_observations(ids=observations):
            yield from self._of_observation(observation, reporter)

    # -- items

    def _of_item(self, item: NewsItem, namings: Sequence[Naming]) -> Iterator[Told[T]]:
        kg, terms = self._kg, self._terms
        pairs = [
            (self._type, kg("NewsItem")),
            (self._type, self._iri(f"{SCHEMA}NewsArticle")),
            (self._title, terms.name(item.title)),
        ]
        if item.published is not None:
            pairs.append((self._issued, self._date(item.published)))
        if item.reference is not None:
            pairs.append((kg("referenceDate"), self._date(item.reference)))
        if item.section is not None:
            pairs.append((self._iri(f"{SCHEMA}articleSection"), terms.name(item.section)))
        if item.source:
            pairs.append((self._source, terms.text(item.source)))
        if item.url is not None:
            pairs.append((self._iri(f"{SCHEMA}url"), terms.typed(item.url, "anyURI")))
        if item.origin:
            pairs.append((kg("origin"), terms.text(item.origin)))
        met = Counter(n.entity.id for n in namings)
        pairs += [(self._mentions, terms.data(entity)) for entity in met]
        others: list[Told[T]] = []
        path = self._encoded(item.id)
        for naming in namings:
            if self._as_told and (met[naming.entity.id] > 1 or not self._is_plain(naming)):
                others += self._of_naming(f"{path}/mention/{naming.minted}", naming, pairs)
        yield terms.data(path), pairs, None
        yield from others

    def _is_plain(self, naming: Naming) -> bool:
        """Whether the item calls an entity as all do: then that it mentions it says all."""
        if naming.minted != naming.entity.id or len(naming.names) > 1:
            return False
        return naming.names[0] == (naming.entity.name, naming.entity.type)

    def _of_naming(self, path: str, naming: Naming, of_item: list[tuple[T, T]]) -> Iterator[Told[T]]:
        kg, terms = self._kg, self._terms
        preferred = [(name, cls) for name, cls in naming.names if cls]
        aliases = [name for name, cls in naming.names if not cls]
        for number, (name, cls) in enumerate(preferred or [("", "")], 1):
            node = terms.data(path if number == 1 else f"{path}/{number}")
            of_item.append((kg("mention"), node))
            pairs = [(self._type, kg("Mention")), (kg("mentionOf"), terms.data(naming.minted))]
            if cls:
                pairs += [(self._label, terms.name(name)), (kg("ofClass"), kg(cls))]
            if number == 1:
                pairs += [(self._alias, terms.name(alias)) for alias in aliases]
            yield node, pairs, None

    # -- entities

    def _of_entity(self, entity: LedgerEntity) -> Iterator[Told[T]]:
        terms = self._terms
        node, name = terms.data(entity.id), terms.name(entity.name)
        pairs = [(self._type, self._kg(entity.type)), (self._label, name), (self._name, name)]
        pairs += [(self._alias, terms.name(alias)) for alias in entity.aliases]
        if self._alignments is not None:
            found = dict.fromkeys(iri for m in entity.members if (iri := self._alignments.same.get(m)))
            pairs += [(self._same, terms.iri(iri)) for iri in found]
        if self._as_told:
            pairs += [(self._same, terms.data(member)) for member in entity.members if member != entity.id]
        others: list[Told[T]] = []
        if own := self._selves.events(entity.id):
            self._of_own(node, pairs, others, own)
        yield node, pairs, None
        yield from others

    def _of_own(
        self, node: T, pairs: list[tuple[T, T]], others: list[Told[T]], events: Sequence[tuple[Event, Roles]]
    ) -> None:
        """What the events tell of the entity that they are: a value by the surest of them. It is a claim as long as
        none of them happened."""
        kg, terms = self._kg, self._terms
        ranked = sorted(events, key=lambda e: (not happened(e[0].status), -e[0].confidence, e[0].id))
        told = [e for e, _ in ranked if happened(e.status) == happened(ranked[0][0].status)]
        if not self._shown(told[0].status):
            return
        pairs.append((kg("status"), kg(told[0].status)))
        values: dict[str, tuple[str, Value]] = {}
        roles: dict[tuple[str, str], None] = {}
        for event in told:
            for name, value in event.values.items():
                values.setdefault(name, (event.id, value))
            own = self._schema.events[event.type].self_role
            roles.update(((role, n.id), None) for role, nodes in event.roles.items() if role != own for n in nodes)
        pairs += [(kg(role), terms.data(filler)) for role, filler in roles]
        for name, (event_id, value) in values.items():
            self._value(pairs, others, event_id, name, value)
        if self._provenance:
            pairs.append((kg("confidence"), self._number(max(e.confidence for e in told))))
            for event, minted in ranked:
                said = f"{event.id}/evidence/{self._place(event.evidence)}"
                pairs.append((self._derived, self._item(event.evidence.item)))
                pairs.append((kg("evidence"), terms.data(said)))
                evidence, more = self._evidence(event.evidence, event.extractor), list[Told[T]]()
                if self._as_told:
                    # The event has no node of its own, so the evidence says all that the item says of it.
                    evidence += [(kg("tells"), terms.data(event.id)), (kg("ofClass"), kg(event.type))]
                    self._of_happening(evidence, more, said, event, minted)
                others.append((terms.data(said), evidence, None))
                others += more

    # -- events

    def _of_event(self, event: Event, minted: Roles) -> Iterator[Told[T]]:
        kg, terms = self._kg, self._terms
        # The ontology may have changed since: then there is no such event any more.
        definition = self._schema.events.get(event.type, EventDef(event.type, event.type, event.type))
        main = event.roles.get(definition.main) or next((nodes for nodes in event.roles.values() if nodes), ())
        label = f"{'、'.join(n.name for n in main[:3])} {definition.label_zh}".strip()
        pairs = [(self._type, kg(event.type)), (self._label, terms.name(label))]
        others: list[Told[T]] = []
        self._of_happening(pairs, others, event.id, event, minted)
        if self._provenance:
            said = f"{event.id}/evidence/{self._place(event.evidence)}"
            pairs += ((self._derived, self._item(event.evidence.item)), (kg("evidence"), terms.data(said)))
            others.append((terms.data(said), self._evidence(event.evidence, event.extractor), None))
        yield terms.data(event.id), pairs, None
        yield from others

    def _of_happening(
        self, pairs: list[tuple[T, T]], others: list[Told[T]], path: str, event: Event, minted: Roles
    ) -> None:
        kg, data = self._kg, self._terms.data
        pairs.append((kg("status"), kg(event.status)))
        for role, nodes in event.roles.items():
            pairs += [(kg(role), data(filler.id)) for filler in nodes]
        for name, value in event.values.items():
            self._value(pairs, others, path, name, value)
        if not self._provenance:
            return
        pairs.append((kg("confidence"), self._number(event.confidence)))
        for role, fillers in minted.items() if self._as_told else ():
            if list(fillers) != sorted(n.id for n in event.roles.get(role, ())):
                order = data(f"{path}/order/{role}")
                pairs.append((kg("order"), order))
                told = [(self._type, self._iri(f"{RDF}Seq")), (kg("ofRole"), kg(role))]
                told += [(self._iri(f"{RDF}_{n}"), data(filler)) for n, filler in enumerate(fillers, 1)]
                others.append((order, told, None))

    # -- figures

    def _data_set(self) -> Iterator[Told[T]]:
        """What the Data Cube vocabulary wants of observations: the set they belong to, and how it is built."""
        kg, data = self._kg, self._terms.data
        built = data("figures/structure")
        yield data("figures"), [(self._type, self._iri(f"{QB}DataSet")), (self._iri(f"{QB}structure"), built)], None
        parts = [("dimension", "indicator"), ("dimension", "period"), ("dimension", "scope"), ("measure", "value")]
        pairs = [(self._type, self._iri(f"{QB}DataStructureDefinition"))]
        pairs += [(self._iri(f"{QB}component"), data(f"figures/structure/{name}")) for _, name in parts]
        yield built, pairs, None
        for kind, name in parts:
            yield data(f"figures/structure/{name}"), [(self._iri(f"{QB}{kind}"), kg(name))], None

    def _of_observation(self, observation: Observation, minted: str | None) -> Iterator[Told[T]]:
        kg, terms = self._kg, self._terms
        pairs = [
            (self._type, kg("Observation")),
            (self._type, self._iri(f"{QB}Observation")),
            (self._type, self._iri(f"{SCHEMA}Observation")),
            (self._iri(f"{QB}dataSet"), terms.data("figures")),
            (self._label, terms.name(observation.indicator)),
            (kg("indicator"), terms.text(observation.indicator)),
        ]
        if observation.value is not None:
            pairs.append((kg("value"), self._number(observation.value)))
        for name in ("unit", "period", "scope", "change"):
            told = getattr(observation, name)
            if told is not None:
                pairs.append((kg(name), terms.text(told)))
        if observation.value is not None and self._alignments is not None:
            self._measure(pairs, observation.value, observation.unit)
        if observation.reporter is not None:
            pairs.append((kg("reporter"), terms.data(observation.reporter.id)))
        others: list[Told[T]] = []
        if self._provenance:
            said = f"{observation.id}/evidence/{self._place(observation.evidence)}"
            pairs += (
                (kg("confidence"), self._number(observation.confidence)),
                (self._derived, self._item(observation.evidence.item)),
                (kg("evidence"), terms.data(said)),
            )
            evidence = self._evidence(observation.evidence, observation.extractor)
            if (
                self._as_told
                and observation.reporter is not None
                and minted is not None
                and minted != observation.reporter.id
            ):
                evidence.append((kg("mintedReporter"), terms.data(minted)))
            others.append((terms.data(said), evidence, None))
        yield terms.data(observation.id), pairs, None
        yield from others

    def _measure(self, pairs: list[tuple[T, T]], value: float, printed: str | None) -> None:
        """The figure in a unit without multiplier, and that unit in the terms of others, where they have it."""
        terms, unit = self._terms, self._alignments.unit(printed) if self._alignments is not None else None
        if unit is None or (unit.currency is None and unit.qudt is None):
            return
        exact = Decimal(repr(value)) * Decimal(unit.factor)
        pairs.append((self._iri(f"{SCHEMA}value"), terms.typed(f"{exact.normalize():f}", "decimal")))
        if unit.currency is not None:
            pairs.append((self._iri(f"{SCHEMA}currency"), terms.text(unit.currency)))
        if unit.qudt is not None:
            pairs.append((self._iri(_UNIT), self._iri(unit.qudt)))
        if unit.ucum is not None:
            pairs.append((self._iri(f"{SCHEMA}unitCode"), terms.text(f"UCUM:{unit.ucum}")))

    # -- who found it, who decided

    def _of_agents(self) -> Iterator[Told[T]]:
        for name in sorted(self._agents):
            kind = (self._type, self._iri(f"{PROV}SoftwareAgent"))
            yield self._agent(name), [kind, (self._label, self._terms.text(name))], None

    def _of_decisions(self) -> Iterator[Told[T]]:
        data, terms = self._terms.data, self._terms
        held: dict[tuple[str, str], tuple[str, str]] = {}
        for decision in self._view.decisions():
            if decision.undone is None:
                pair = (min(decision.a, decision.b), max(decision.a, decision.b))
                held[pair] = (decision.verdict, decision.reason)
        for (a, b), (verdict, reason) in sorted(held.items()):
            link = self._same if verdict == "merge" else self._iri(f"{OWL}differentFrom")
            pairs = [
                (self._type, self._kg("Decision")),
                (self._subject, data(a)),
                (self._predicate, link),
                (self._object, data(b)),
                (self._iri(f"{RDFS}comment"), terms.name(reason)),
            ]
            yield data(f"decision/{a}/{b}"), pairs, None
