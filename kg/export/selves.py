"""Events that are entities themselves, as a conference is: what RDF tells of them stands on the entity."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from kg.scratch import Scratch

if TYPE_CHECKING:
    from kg.model import Event
    from kg.schema import Schema
    from kg.selection import Readable
    from kg.views import Roles

__all__ = ["Selves"]

_TABLE: Final = "CREATE TABLE self (event TEXT, entity TEXT, PRIMARY KEY (event, entity)) WITHOUT ROWID;"


class Selves:
    """Which events of a ledger or a part of it are entities, as it was when this was made."""

    def __init__(self, view: Readable, schema: Schema) -> None:
        self._view = view
        self._pairs: Scratch | None = None
        """None where there is no such event, as in most ledgers."""
        pairs = (
            (event.id, node.id)
            for definition in schema.events.values()
            if definition.self_role
            for event, _ in view.told_events(type=definition.name)
            for node in event.roles.get(definition.self_role, ())
        )
        first = next(pairs, None)
        if first is not None:
            self._pairs = Scratch(_TABLE)
            self._pairs.fill("INSERT OR IGNORE INTO self VALUES (?, ?)", chain([first], pairs))
            self._pairs.execute("CREATE INDEX self_entity ON self (entity)")

    def entity(self, event: str) -> str | None:
        """The entity that an event is; the first by its id, should it be several."""
        if self._pairs is None:
            return None
        row = self._pairs.one("SELECT MIN(entity) FROM self WHERE event = ?", (event,))
        return None if row is None else row[0]

    def events(self, entity: str) -> list[tuple[Event, Roles]]:
        """The events that an entity is, with their roles as minted, in the order of their ids."""
        if self._pairs is None:
            return []
        ids = [event for (event,) in self._pairs.rows("SELECT event FROM self WHERE entity = ?", (entity,))]
        return list(self._view.told_events(ids=ids)) if ids else []
