"""What the ontology is made of: classes, relations, events and their parts, as plain values.

They hold what one term says of itself; what follows from several of them is `kg.schema`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ABSENT",
    "PRESENT",
    "AttributeDef",
    "ClassDef",
    "EventDef",
    "Implication",
    "ListDef",
    "PropertyDef",
    "QualifierDef",
    "RoleDef",
    "StatusDef",
    "Term",
    "nearest_first",
    "relationship_type",
]

PRESENT = "+"
"""In `Implication.when`: the event has the value or role, whatever it is."""
ABSENT = "-"
"""In `Implication.when`: the event lacks the value or role."""


@lru_cache(maxsize=1024)
def relationship_type(name: str) -> str:
    """The Cypher relationship type of a relation or role.

    >>> relationship_type("raisedFrom")
    'RAISED_FROM'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


@dataclass(frozen=True, slots=True)
class Term:
    """A name with what it is called and what it means. `definition` is English, `definition_zh` and `example` Chinese;
    the words of a closed list have labels only."""

    name: str
    label_zh: str
    label_en: str
    definition: str = ""
    definition_zh: str = ""
    example: str = ""
    """Empty where the ontology gives none."""

    @property
    def relationship_type(self) -> str:
        """What a relation or role is called in Cypher: `raisedFrom` is `RAISED_FROM`."""
        return relationship_type(self.name)


@dataclass(frozen=True, slots=True)
class ClassDef(Term):
    parents: tuple[str, ...] = ()
    kind: str | None = None
    """What the class itself says its ids are minted from; None where it leaves that to a superclass."""
    disjoint: frozenset[str] = frozenset()
    """Classes that it says to exclude, or that say to exclude it; `Schema.disjoint` also knows what follows."""
    alignments: tuple[tuple[str, str], ...] = ()
    """(`rdfs:subClassOf` or `skos:closeMatch` or `skos:relatedMatch`, IRI of another vocabulary)."""


@dataclass(frozen=True, slots=True)
class QualifierDef(Term):
    """A value of an event or a qualifier of a relation, as used there."""

    datatype: str = "string"
    """`date`, `year`, `amount`, `percent`, `integer`, `string`, or `entity`: then its value is an entity's name."""
    identifying: bool = False
    terms: tuple[Term, ...] = ()
    """The closed list's words with their labels; empty where any value goes."""
    range: tuple[str, ...] = ()
    """For `entity`: its classes."""

    @property
    def values(self) -> tuple[str, ...]:
        """The closed list; empty where any value goes."""
        return tuple(term.name for term in self.terms)


@dataclass(frozen=True, slots=True)
class PropertyDef(Term):
    """A relation."""

    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    qualifiers: tuple[QualifierDef, ...] = ()
    """Identifying ones first."""
    symmetric: bool = False
    inverse: str | None = None
    """The name of the same relation read the other way round; data never carry it."""
    parents: tuple[str, ...] = ()
    alignments: tuple[tuple[str, str], ...] = ()

    @property
    def identifying(self) -> tuple[str, ...]:
        return tuple(q.name for q in self.qualifiers if q.identifying)

    def qualifier(self, name: str) -> QualifierDef | None:
        return next((q for q in self.qualifiers if q.name == name), None)


@dataclass(frozen=True, slots=True)
class ListDef(Term):
    """A closed list of words."""

    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleDef(Term):
    range: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDef(Term):
    roles: Mapping[str, RoleDef] = field(default_factory=dict)
    values: Mapping[str, QualifierDef] = field(default_factory=dict)
    main: str = ""
    """The role that an event cannot be without."""
    self_role: str | None = None
    """The role whose entity is the event itself: a conference's `name`."""


@dataclass(frozen=True, slots=True)
class AttributeDef(Term):
    """A fixed field of a record, for exports. `range` is an XSD local name or a class or record; None takes any."""

    domain: str | None = None
    range: str | None = None
    functional: bool = False
    """Whether a node has it at most once."""


@dataclass(frozen=True, slots=True)
class StatusDef(Term):
    happened: bool = True


@dataclass(frozen=True, slots=True)
class Implication:
    """A relation that follows from an event: from each entity of one role to each of the other. The same role twice
    means all pairs of its entities."""

    event: str
    subject_role: str
    object_role: str
    property: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Value or role of the event → what it may be: words, `PRESENT`, `ABSENT`. All of them must hold."""
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    """Qualifier ← value of the event. Where that is a role, its entity's name; with several entities, one statement for
    each if the qualifier identifies, else their names joined by 、."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Qualifier = word, unless the text says another of that entity (独家 makes a lead `sole`)."""
    status_map: Mapping[str, str] = field(default_factory=dict)
    """Status of the event → status of the statement; empty: the same; a status not in it implies nothing."""

    def holds(self, values: Mapping[str, object], roles: Mapping[str, Sequence[object]]) -> bool:
        """Whether `when` is met by an event of these values and roles; a role with nobody in it is absent."""
        for name, allowed in self.when.items():
            if name in values:
                if PRESENT not in allowed and values[name] not in allowed:
                    return False
            elif (PRESENT if roles.get(name) else ABSENT) not in allowed:
                return False
        return True

    def status(self, event_status: str) -> str | None:
        """The statement's status; None where an event of this status implies nothing."""
        return self.status_map.get(event_status) if self.status_map else event_status


def nearest_first(name: str, terms: Mapping[str, ClassDef] | Mapping[str, PropertyDef]) -> tuple[str, ...]:
    """What stands above a term, breadth first: a class comes before its own superclasses. It ends in a cycle too."""
    seen = [name]
    for current in seen:
        seen += [p for p in dict.fromkeys(terms[current].parents) if p not in seen]
    return tuple(seen[1:])
