"""The projection of a ledger: every row of the graph, or only what changed since a sequence number.

A graph carries a stamp that says which state of which ledger, under which ontology, it shows. An engine compares it
with the ledger and then either builds the whole graph from `Projection.rows` or applies a `Delta`. Both give the same
graph: the delta takes away everything that belonged to what was touched and adds it anew.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.graph.base import CLAIM, ENTITY, EVENT, LITERAL, NEWS_ITEM, OBSERVATION, PROJECTION, NodeRow
from kg.graph.rows import (
    MENTIONS,
    claim_rows,
    entity_row,
    event_rows,
    fact_rows,
    item_row,
    mention_row,
    observation_rows,
)
from kg.model import happened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kg.accounts import Changes, LedgerEntity
    from kg.graph.base import RelationshipRow
    from kg.ledger import Ledger
    from kg.model import Event, Summary
    from kg.schema import Schema

__all__ = [
    "FORMAT",
    "STAMP_ID",
    "Delta",
    "Projection",
    "Stamp",
    "Step",
    "create_nodes",
    "create_relationships",
    "stamp_step",
]

Step: TypeAlias = tuple[str, list[Any]]
"""A Cypher text that takes `$rows`, and the rows. It may be run on any part of the rows at a time."""

FORMAT: Final = 1
"""Of the rows: raised whenever the same ledger would look otherwise in a graph, so that old graphs are built anew."""
STAMP_ID: Final = "projection"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of which ledger a graph shows."""

    ledger: str
    sequence: int
    ontology: str
    """Fingerprint of the ontology."""
    format: int = FORMAT
    lineage: str = ""
    """See `Ledger.lineage`."""

    def continues(self, older: Stamp | None) -> bool:
        """Whether a graph of the older stamp can be brought here by what changed since."""
        return (
            older is not None
            and (older.ledger, older.ontology, older.format) == (self.ledger, self.ontology, self.format)
            and older.sequence <= self.sequence
        )

    @property
    def row(self) -> NodeRow:
        properties = {
            "id": STAMP_ID,
            "name": "projection",
            "ledger": self.ledger,
            "sequence": self.sequence,
            "ontology": self.ontology,
            "format": self.format,
            "lineage": self.lineage,
        }
        return NodeRow(PROJECTION, STAMP_ID, (), properties)

    @classmethod
    def of_row(cls, properties: Mapping[str, object]) -> Stamp | None:
        """The stamp that a graph's node holds; None where it holds no whole one."""
        ledger, sequence = properties.get("ledger"), properties.get("sequence")
        ontology, format_ = properties.get("ontology"), properties.get("format")
        if not (isinstance(ledger, str) and isinstance(sequence, int) and isinstance(ontology, str)):
            return None
        lineage = str(properties.get("lineage") or "")
        return cls(ledger, sequence, ontology, format_ if isinstance(format_, int) else 0, lineage)


@dataclass(slots=True)
class Delta:
    """What brings a graph up to date. `steps` apply it; doing so twice does no harm."""

    statements: set[str] = field(default_factory=set)
    """Statements whose relationships go."""
    mentions: set[str] = field(default_factory=set)
    """Entities whose mentions go."""
    gone: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Base label → ids of nodes that go with all their relationships."""
    entities: list[NodeRow] = field(default_factory=list)
    """Entities to write over what is there; their relationships stay."""
    nodes: list[NodeRow] = field(default_factory=list)
    relationships: list[RelationshipRow] = field(default_factory=list)

    @property
    def removed(self) -> int:
        return len(self.statements) + len(self.mentions) + sum(map(len, self.gone.values()))

    @property
    def written(self) -> int:
        return len(self.entities) + len(self.nodes) + len(self.relationships)

    def steps(self, schema: Schema) -> Iterator[Step]:
        """Cypher that takes away everything that belonged to what was touched, then writes what there is now."""
        if self.statements:
            for kind, ids in self._by_type(schema).items():
                yield f"UNWIND $rows AS id MATCH ()-[r:{kind} {{statement: id}}]->() DELETE r", ids
        if self.mentions:
            # From the end that an index finds: an engine may begin at the first node as it is written.
            ends = f"MATCH (:{ENTITY} {{id: id}})<-[r:{MENTIONS}]-(:{NEWS_ITEM})"
            yield f"UNWIND $rows AS id {ends} DELETE r", sorted(self.mentions)
        if self.gone[EVENT]:
            for event, role in _own_roles(schema):
                yield f"MATCH (:{event})-[r:{role}]->() WHERE r.event IN $rows DELETE r", sorted(self.gone[EVENT])
        for base, ids_gone in sorted(self.gone.items()):
            if ids_gone:
                yield f"UNWIND $rows AS id MATCH (n:{base} {{id: id}}) DETACH DELETE n", sorted(ids_gone)
        every = ":".join(sorted({*schema.classes, CLAIM} - {ENTITY}))
        for _, labels, rows in _by_labels(self.entities):
            merge = f"UNWIND $rows AS row MERGE (n:{ENTITY} {{id: row.id}}) SET n = row REMOVE n:{every}"
            yield merge + (f" SET n:{':'.join(labels)}" if labels else ""), rows
        yield from create_nodes(n for n in self.nodes if n.base != LITERAL)
        for base, _, rows in _by_labels(n for n in self.nodes if n.base == LITERAL):
            # Other statements may have made it already.
            yield f"UNWIND $rows AS row MERGE (n:{base} {{id: row.id}}) SET n = row", rows
        yield from create_relationships(self.relationships)
        if self.statements:
            yield f"UNWIND $rows AS one MATCH (n:{LITERAL}) WHERE NOT (n)--() DELETE n", [1]

    def _by_type(self, schema: Schema) -> dict[str, list[str]]:
        """Relationship type → statements that may be relationships of it. What a statement states never changes, so
        that those that are written anew tell it; those that went may have been of any."""
        known = {r.properties["statement"]: r.type for r in self.relationships if "statement" in r.properties}
        for node in self.nodes:
            if node.base == CLAIM:
                known[node.id] = schema.properties[node.properties["predicate"]].relationship_type
        unknown = self.statements - known.keys()
        found: dict[str, list[str]] = {p.relationship_type: [*unknown] for p in schema.properties.values()}
        for statement in self.statements & known.keys():
            found[known[statement]].append(statement)
        return {kind: sorted(ids) for kind, ids in found.items() if ids}


def create_nodes(rows: Iterable[NodeRow]) -> Iterator[Step]:
    """Cypher that creates nodes, one text for each set of labels."""
    for base, labels, properties in _by_labels(rows):
        yield f"UNWIND $rows AS row CREATE (n:{':'.join((base, *labels))}) SET n = row", properties


def create_relationships(rows: Iterable[RelationshipRow]) -> Iterator[Step]:
    """Cypher that creates relationships, one text for each type and pair of base labels; sorted by their ends."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        key = (row.type, row.start_base, row.end_base)
        groups.setdefault(key, []).append({"from_id": row.start, "to_id": row.end, "properties": row.properties})
    for (kind, start, end), group in sorted(groups.items()):
        group.sort(key=lambda r: (r["from_id"], r["to_id"], r["properties"].get("statement", "")))
        ends = f"MATCH (a:{start} {{id: row.from_id}}) MATCH (b:{end} {{id: row.to_id}})"
        yield f"UNWIND $rows AS row {ends} CREATE (a)-[r:{kind}]->(b) SET r = row.properties", group


def stamp_step(stamp: Stamp) -> Step:
    """Cypher that writes the stamp; it comes last."""
    return f"UNWIND $rows AS row MERGE (n:{PROJECTION} {{id: row.id}}) SET n = row", [stamp.row.properties]


def _by_labels(rows: Iterable[NodeRow]) -> list[tuple[str, tuple[str, ...], list[dict[str, Any]]]]:
    groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row.base, row.labels), []).append(row.properties)
    return [
        (base, labels, sorted(group, key=lambda p: str(p["id"]))) for (base, labels), group in sorted(groups.items())
    ]


def _own_roles(schema: Schema) -> list[tuple[str, str]]:
    """(class of event, relationship type) of the roles that hang on an entity which is the event itself."""
    events = [e for e in schema.events.values() if e.self_role]
    return sorted((e.name, r.relationship_type) for e in events for r in e.roles.values() if r.name != e.self_role)


@dataclass(frozen=True, slots=True)
class Projection:
    """The rows of a ledger's graph."""

    ledger: Ledger
    schema: Schema

    @property
    def stamp(self) -> Stamp:
        sequence = self.ledger.sequence
        lineage = self.ledger.lineage(sequence)
        return Stamp(self.ledger.id, sequence, self.schema.fingerprint, lineage=lineage)

    def continues(self, older: Stamp) -> bool:
        """Whether a graph of the older stamp can be brought up to date by what changed since."""
        return self.stamp.continues(older) and self.ledger.lineage(older.sequence) == older.lineage

    def rows(self) -> Iterator[NodeRow | RelationshipRow]:
        """Every row of the graph, each once; a relationship comes after the nodes at its ends."""
        ledger, schema = self.ledger, self.schema
        published: dict[str, str | None] = {}
        for item in ledger.items():
            published[item.id] = item.published
            yield item_row(item)
        own: dict[str, list[tuple[Event, str | None]]] = defaultdict(list)
        for kind, role in self._self_roles.items():
            for event in ledger.events(type=kind):
                for node in event.roles.get(role, ()):
                    own[node.id].append((event, published.get(event.evidence.item)))
        for entity in ledger.entities():
            yield entity_row(entity, schema, own.get(entity.id, ()))
        for event in ledger.events():
            yield from chain(*event_rows(event, schema, published.get(event.evidence.item)))
        for observation in ledger.observations():
            yield from chain(*observation_rows(observation, published.get(observation.evidence.item)))
        literals: set[str] = set()
        for fact in ledger.summaries():
            nodes, relationships = self._of(fact)
            for row in nodes:
                if row.base != LITERAL or row.id not in literals:
                    yield row
                    if row.base == LITERAL:
                        literals.add(row.id)
            yield from relationships
        for item_id, entity_id in ledger.mentions():
            yield mention_row(item_id, entity_id)

    def delta(self, touched: Changes, names: Callable[[list[str]], Mapping[str, str]]) -> Delta:
        """What brings a graph up to date, given what was touched since the state that it shows.

        `names` looks up what the graph calls entities now, by id: the names of claims and events are made of theirs, so
        those of an entity that is called otherwise since are written anew as well.
        """
        ledger, schema = self.ledger, self.schema
        delta = Delta(statements=set(touched.facts), mentions=set(touched.linked))
        entities = {e.id: e for e in ledger.entities(ids=touched.entities)}
        called = names(sorted(entities))
        facts, events = set(touched.facts), set(touched.events)
        for entity in entities.values():
            if called.get(entity.id, entity.name) != entity.name:
                facts.update(f.id for f in ledger.facts(entity=entity.id) if not happened(f.status))
                events.update(e.id for e in ledger.events(entity=entity.id))
        delta.gone[CLAIM] |= facts
        delta.gone[EVENT] |= events
        delta.gone[OBSERVATION] |= touched.observations
        delta.gone[NEWS_ITEM] |= touched.items
        delta.gone[ENTITY] |= touched.entities - entities.keys()
        for entity in entities.values():
            own = [(e, self._published(e.evidence.item)) for e in self._events_that_are(entity)]
            delta.entities.append(entity_row(entity, schema, own))
        mentions: set[tuple[str, str]] = set()
        for identifier in sorted(touched.items):
            if (item := ledger.item(identifier)) is not None:
                delta.nodes.append(item_row(item))
                mentions.update(ledger.mentions(item=identifier))
        for identifier in touched.linked & entities.keys():
            mentions.update(ledger.mentions(entity=identifier))
        for event in ledger.events(ids=events):
            self._put(delta, event_rows(event, schema, self._published(event.evidence.item)))
        for observation in ledger.observations(ids=touched.observations):
            self._put(delta, observation_rows(observation, self._published(observation.evidence.item)))
        for fact in ledger.facts(ids=facts):
            self._put(delta, self._of(fact.summary))
        delta.relationships += [mention_row(*pair) for pair in sorted(mentions)]
        return delta

    def _put(self, delta: Delta, rows: tuple[list[NodeRow], list[RelationshipRow]]) -> None:
        delta.nodes += rows[0]
        delta.relationships += rows[1]

    def _of(self, fact: Summary) -> tuple[list[NodeRow], list[RelationshipRow]]:
        return (fact_rows if happened(fact.status) else claim_rows)(fact, self.schema)

    @property
    def _self_roles(self) -> dict[str, str]:
        """Class of event → the role whose entity is the event itself."""
        return {name: e.self_role for name, e in self.schema.events.items() if e.self_role}

    def _events_that_are(self, entity: LedgerEntity) -> Iterator[Event]:
        """The events that an entity is."""
        for kind, role in self._self_roles.items():
            if any(self.schema.is_a(cls, kind) for cls in entity.types):
                for event in self.ledger.events(type=kind, entity=entity.id):
                    if any(node.id == entity.id for node in event.roles.get(role, ())):
                        yield event

    def _published(self, item: str) -> str | None:
        found = self.ledger.item(item)
        return found.published if found is not None else None
