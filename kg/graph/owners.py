"""Which property a node of a label, or a relationship of a type, can have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.graph.base import BASE_LABELS, CLAIM, ENTITY, EVENT, LITERAL, NEWS_ITEM, OBSERVATION, PROJECTION
from kg.graph.rows import (
    MENTIONS,
    NODE_PROPERTIES,
    OBJECT,
    RELATIONSHIP_PROPERTIES,
    REPORTED_BY,
    RESERVED,
    SUBJECT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.schema import QualifierDef, Schema

__all__ = ["Owners"]

_NAMED: Final = frozenset(("id", "name"))
_DATED: Final = frozenset(("date", "date_start", "date_end"))
_TOLD: Final = frozenset(("status", "confidence", "items", "evidence", "first_seen"))
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Owners:
    """Properties by label and by relationship type."""

    labels: Mapping[str, frozenset[str]]
    types: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, schema: Schema) -> Owners:
        entity = _NAMED | {"aliases", "class"}
        labels: dict[str, set[str]] = defaultdict(set)
        for name in (ENTITY, *schema.classes):
            labels[name] |= entity
        types: dict[str, set[str]] = {kind: set() for kind in (MENTIONS, SUBJECT, OBJECT, REPORTED_BY)}
        for name, event in schema.events.items():
            told = _NAMED | _TOLD | {"class", "item"} | _carried(event.values.values(), node=True)
            if event.self_role:
                told |= entity | {"last_seen"}
            above = schema.labels(name) if name in schema.classes else ()
            below = [c for c in schema.classes if name in schema.labels(c)]
            for label in {name, EVENT, CLAIM, *above, *below} - {ENTITY}:
                labels[label] |= told
            if event.self_role:
                labels[ENTITY] |= told
            for role in event.roles.values():
                types.setdefault(role.relationship_type, set()).update(("event", "status") if event.self_role else ())
        supported = RELATIONSHIP_PROPERTIES - _DATED
        for prop in schema.properties.values():
            types.setdefault(prop.relationship_type, set()).update(supported, _carried(prop.qualifiers, node=False))
            labels[CLAIM] |= _carried(prop.qualifiers, node=True)
        labels[CLAIM] |= _NAMED | (supported - {"statement", "ended"}) | {"predicate"}
        figure = ("indicator", "value", "unit", "period", "scope", "change", "item", "date_start", "date_end")
        labels[OBSERVATION] |= _NAMED | {*figure, "confidence", "evidence", "first_seen"}
        item = ("headline", "published", "source", "section", "url", "date_start", "date_end")
        labels[NEWS_ITEM] |= _NAMED | set(item)
        labels[LITERAL] |= _NAMED | {"value", "datatype"}
        labels[PROJECTION] |= _NAMED | {"ledger", "sequence", "ontology", "format"}
        return cls({k: frozenset(v) for k, v in labels.items()}, {k: frozenset(v) for k, v in types.items()})

    @property
    def properties(self) -> frozenset[str]:
        return NODE_PROPERTIES.union(RELATIONSHIP_PROPERTIES, *self.labels.values(), *self.types.values())

    def having(self, name: str) -> list[str]:
        """Some that have a property: relationship types first, then labels that no other of them stands above."""
        types = sorted(kind for kind, names in self.types.items() if name in names)
        found = sorted(label for label, names in self.labels.items() if name in names)
        special = [label for label in found if label not in (*BASE_LABELS, PROJECTION)] or found
        return [*types[: _SHOWN - 1], *special][:_SHOWN] if special else types[:_SHOWN]


def _carried(definitions: Iterable[QualifierDef], *, node: bool) -> set[str]:
    """The properties that values become, as `rows.flatten` makes them."""
    found = set()
    for definition in definitions:
        name = RESERVED.get(definition.name, definition.name) if node else definition.name
        found.add(name)
        if definition.datatype == "amount":
            found |= {f"{name}_low", f"{name}_high"}
            found |= {"currency", "approximate"} if name == "amount" else {f"{name}_currency", f"{name}_approximate"}
        elif definition.datatype in ("year", "integer", "percent"):
            found.add(f"{name}_literal")
        if name == "date":
            found |= _DATED
    return found
