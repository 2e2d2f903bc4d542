"""What people call things, looked up: entities by their names, relations by theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import UnknownNameError, UsageError
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.ledger import Ledger, LedgerEntity
    from kg.schema import Schema

__all__ = ["entities_named", "entity_named", "predicates_named"]

_MOST: Final = 100
"""Entities of one name that are looked at."""


def entities_named(ledger: Ledger, name: str) -> tuple[LedgerEntity, ...]:
    """Every entity that a name may mean: those that bear it as their preferred name, else as another of their names.

    Raises UnknownNameError, with the nearest names, where nothing bears it whole.
    """
    by_id = ledger.entity(name)
    if by_id is not None:
        return (by_id,)
    wanted = fold(name)
    found = ledger.find(name, _MOST)
    preferred = tuple(e for e in found if fold(e.name) == wanted)
    bearing = preferred or tuple(e for e in found if any(fold(a) == wanted for a in e.aliases))
    if not bearing:
        # What the ledger finds otherwise only begins with the name or holds it.
        near = dict.fromkeys((*(e.name for e in found[:3]), *ledger.nearest(name)))
        raise UnknownNameError("entity", name, tuple(near)[:5])
    return bearing


def entity_named(ledger: Ledger, name: str) -> LedgerEntity:
    """The one entity of that name. Raises UsageError, listing the candidates, where it may mean several."""
    found = entities_named(ledger, name)
    if len(found) > 1:
        listed = "; ".join(f"{e.id} ({e.type} {e.name})" for e in found)
        raise UsageError(f"'{name}' may mean {len(found)} entities: {listed}. Give the id of the one that is meant.")
    return found[0]


def predicates_named(schema: Schema, names: Iterable[str]) -> frozenset[str]:
    """Relations by their names, relationship types (`RAISED_FROM`) or inverses (`investedIn`).

    Raises UnknownNameError, with the nearest names, for one that is none.
    """
    by_type = {p.relationship_type: name for name, p in schema.properties.items()}
    found = set()
    for name in names:
        known = name if name in schema.properties else schema.inverses.get(name) or by_type.get(name.upper())
        if known is None:
            raise UnknownNameError("relation", name, tuple(n for n in schema.nearest(name) if n in schema.properties))
        found.add(known)
    return frozenset(found)
