"""The ontology, read once: what classes, relations and events there are, and what may stand where.

`ontology/kg.ttl` is the only place where they are listed. A `Schema` is that file as plain values: it holds no graph,
can be pickled into worker processes, and answers in constant time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from kg.declarations import Declarations, OntologyFile
from kg.errors import OntologyError, UnknownNameError
from kg.model import mint
from kg.terms import (
    ABSENT,
    PRESENT,
    AttributeDef,
    ClassDef,
    EventDef,
    Implication,
    PropertyDef,
    QualifierDef,
    RoleDef,
    StatusDef,
    Term,
    nearest_first,
    relationship_type,
)
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from kg.turtle import TurtleFile

__all__ = [
    "ABSENT",
    "PRESENT",
    "AttributeDef",
    "ClassDef",
    "EventDef",
    "Implication",
    "PropertyDef",
    "QualifierDef",
    "RoleDef",
    "Schema",
    "StatusDef",
    "Term",
    "relationship_type",
]


@dataclass(frozen=True, slots=True, eq=False)
class Schema(Declarations):
    """The ontology, and what follows from it. Mappings are in the file's order and must not be changed."""

    _ancestors: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _reach: Mapping[str, frozenset[str]] = field(init=False, repr=False)
    _ends: Mapping[tuple[str, str], frozenset[str]] = field(init=False, repr=False)
    _kinds: Mapping[str, str] = field(init=False, repr=False)
    _disjoint: frozenset[tuple[str, str]] = field(init=False, repr=False)
    datatypes: Mapping[str, Mapping[str, str]] = field(init=False, repr=False)
    """Of the qualifiers of each relation and of the values of each class of events, by both names."""

    def __post_init__(self) -> None:
        ancestors = {name: nearest_first(name, self.classes) for name in self.classes}
        reach = {name: frozenset((name, *above)) for name, above in ancestors.items()}
        ends = {
            (name, end): frozenset(c for c, up in reach.items() if not up.isdisjoint(wanted))
            for name, prop in self.properties.items()
            for end, wanted in (("domain", prop.domain), ("range", prop.range))
        }
        kinds = {
            name: next(kind for c in (name, *above) if (kind := self.classes[c].kind))
            for name, above in ancestors.items()
            if any(self.classes[c].kind for c in (name, *above))
        }
        excluded = {c: frozenset().union(*(self.classes[up].disjoint for up in reach[c])) for c in self.classes}
        pairs = frozenset((a, b) for a in reach for b, to in reach.items() if not excluded[a].isdisjoint(to))
        object.__setattr__(self, "_ancestors", ancestors)
        object.__setattr__(self, "_reach", reach)
        object.__setattr__(self, "_ends", ends)
        object.__setattr__(self, "_kinds", kinds)
        object.__setattr__(self, "_disjoint", pairs)
        told = {
            **{name: prop.qualifiers for name, prop in self.properties.items()},
            **{name: tuple(event.values.values()) for name, event in self.events.items()},
        }
        object.__setattr__(self, "datatypes", {name: {q.name: q.datatype for q in qs} for name, qs in told.items()})

    @classmethod
    def load(cls, path: Path | None = None) -> Schema:
        """Read an ontology; by default the one that comes with the package.

        Raises OntologyError where the file cannot be read, is not Turtle, or contradicts itself; it names the line.
        """
        source: Path | Traversable = path if path is not None else files("kg.ontology") / "kg.ttl"
        try:
            data = source.read_bytes()
        except OSError as error:
            raise OntologyError(f"{source.name}: cannot be read ({error.strerror}); check the path.") from error
        file = OntologyFile(source.name, data)
        declared = file.declarations()
        schema = cls(**{given.name: getattr(declared, given.name) for given in fields(declared)})
        _check(schema, file)
        return schema

    def superclasses(self, name: str) -> tuple[str, ...]:
        """Nearest first, without itself."""
        return self._ancestors[self._class(name)]

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether a class is another or stands under it; False for classes that do not exist."""
        return ancestor in self._reach.get(name, ())

    def accepts(self, prop: str, end: Literal["domain", "range"], cls: str) -> bool:
        """Whether an entity of the class may be the relation's subject (`domain`) or object (`range`)."""
        if prop not in self.properties:
            raise UnknownNameError("relation", prop, self.nearest(prop))
        return cls in self._ends[prop, end]

    def kind(self, cls: str) -> str:
        """What ids of the class are minted from, so that 企业 and 投资机构 of one name are one entity.

        Raises UnknownNameError for a class that is none, or that no entity has (Observation, NewsItem).
        """
        try:
            return self._kinds[cls]
        except KeyError:
            raise UnknownNameError("class of entities", cls, self.nearest(cls)) from None

    def most_specific(self, a: str, b: str) -> str | None:
        """The lower of two classes, None where neither is above the other."""
        return a if self.is_a(a, b) else b if self.is_a(b, a) else None

    def disjoint(self, a: str, b: str) -> bool:
        """Whether nothing can be of both classes; what superclasses exclude counts."""
        return (a, b) in self._disjoint

    def entity_id(self, name: str, cls: str, item: str | None = None) -> str:
        """The id that an entity is minted with. People share names, so a person's also depends on the item."""
        kind = self.kind(cls)
        if kind == "person":
            return mint("e", kind, item or "", fold(name))
        return mint("e", kind, fold(name))

    def statement_id(self, predicate: str, subject_id: str, object_key: str, qualifiers: Mapping[str, Any]) -> str:
        """The id of a statement: it depends on predicate, both ends and the identifying qualifiers alone.

        `object_key` is the object's id, or a literal's value.
        """
        try:
            prop = self.properties[predicate]
        except KeyError:
            raise UnknownNameError("relation", predicate, self.nearest(predicate)) from None
        ends = [subject_id, object_key]
        if prop.symmetric:
            ends.sort()
        marks = [f"{name}={_key(qualifiers[name])}" for name in prop.identifying if qualifiers.get(name) is not None]
        return mint("s", predicate, *ends, *marks)

    def labels(self, cls: str) -> tuple[str, ...]:
        """The Cypher labels of an entity: its class and the superclasses, nearest first, without the base label."""
        return (cls, *self.superclasses(cls))

    def nearest(self, word: str, n: int = 5) -> tuple[str, ...]:
        """Names of classes, relations and events that come close to a word in any spelling, or whose label does; best
        first."""
        from difflib import SequenceMatcher

        wanted = _plain(word)
        scores: dict[str, float] = {}
        for terms in (self.properties, self.classes, self.events, self.inverse_terms):
            for name, term in terms.items():
                for known in (name, term.label_zh, term.label_en):
                    plain = _plain(known)
                    score = SequenceMatcher(None, wanted, plain).ratio()
                    if min(len(wanted), len(plain)) > 1 and (wanted in plain or plain in wanted):
                        score = max(score, 0.7)
                    scores[name] = max(score, scores.get(name, 0.0))
        return tuple(sorted((s for s in scores if scores[s] >= 0.6), key=lambda s: (-scores[s], s))[:n])

    def _class(self, name: str) -> str:
        if name not in self.classes:
            raise UnknownNameError("class", name, self.nearest(name))
        return name


def _key(value: Any) -> str:
    return fold(str(getattr(value, "literal", value)))


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).casefold()


def _check(schema: Schema, file: TurtleFile) -> None:
    """What no term shows alone."""
    for name in schema.classes:
        node, above = f"kg:{name}", ", ".join(schema.superclasses(name))
        if schema.disjoint(name, name):
            file.fail(node, f"stands under classes that exclude each other ({above}); cut one")
        if schema.is_a(name, "Event") != (name in schema.events) and name != "Event":
            file.fail(node, "is half an event; it needs rdfs:subClassOf kg:Event, meta:role and meta:mainRole")
        if name not in schema._kinds and any(name in classes for classes in schema._ends.values()):
            file.fail(node, "can be an end of relations, but no id can be minted; give it a meta:identityKind")
    for rule in schema.implications:
        relation, roles = schema.properties[rule.property], schema.events[rule.event].roles
        for role, end, wanted in (
            (rule.subject_role, "domain", relation.domain),
            (rule.object_role, "range", relation.range),
        ):
            if not any(schema.is_a(c, w) or schema.is_a(w, c) for c in roles[role].range for w in wanted):
                holds = " or ".join(wanted)
                file.fail(
                    f"kg:{rule.event}",
                    f"implies {rule.property}, whose {end} is {holds}, which the role {role} never holds; widen it",
                )
