"""The binary relations that an event implies, by the ontology's table."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kg.extract.drafts import first_of_each, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kg.extract.drafts import Draft, Filler
    from kg.model import Status, Value
    from kg.schema import Implication, Schema

__all__ = ["Implied", "imply"]


@dataclass(frozen=True, slots=True)
class Implied:
    """One binary relation of an event, with the fillers that stand at its ends."""

    property: str
    subject: Filler
    object: Filler
    qualifiers: Mapping[str, Value]
    status: Status


def imply(event: Draft, status: Status, schema: Schema, name: Callable[[int], str]) -> Iterator[Implied]:
    """Apply every row of the table that fits the event, its values and its status.

    Roles that both ends share (parties × parties) give each unordered pair once. `name` gives a referent's name, for
    roles that are handed on as qualifiers.
    """
    for row in schema.implications:
        if row.event == event.target and row.holds(event.values, event.roles):
            moved = row.status(status)
            if moved is not None:
                yield from _apply(row, event, cast("Status", moved), schema, name)


def _apply(
    row: Implication, event: Draft, status: Status, schema: Schema, name: Callable[[int], str]
) -> Iterator[Implied]:
    wanted = {q.name for q in schema.properties[row.property].qualifiers}
    values: dict[str, Value] = dict(row.fixed)
    handed: list[list[tuple[str, str]]] = []
    for qualifier, source in row.qualifiers.items():
        if source in event.values:
            values[qualifier] = event.values[source]
        elif event.roles.get(source):
            names = [name(f.referent) for f in first_of_each(event.roles[source])]
            if qualifier in schema.properties[row.property].identifying:
                handed.append([(qualifier, n) for n in names])
            else:
                values[qualifier] = "、".join(names)
    subjects = first_of_each(event.roles.get(row.subject_role, ()))
    objects = first_of_each(event.roles.get(row.object_role, ()))
    if row.subject_role == row.object_role:
        pairs: Iterator[tuple[Filler, Filler]] = itertools.combinations(subjects, 2)
    else:
        pairs = itertools.product(subjects, objects)
    for s, o in pairs:
        if s.referent == o.referent:
            continue
        s, o = together(event.roles[row.subject_role], event.roles[row.object_role], s, o)
        own: dict[str, Value] = dict(values)
        own.update((k, v) for k, v in event.told.get(o.referent, {}).items() if k in wanted)
        if "ticker" in wanted and s.referent in event.tickers:
            own.setdefault("ticker", event.tickers[s.referent])
        for extra in itertools.product(*handed):
            yield Implied(row.property, s, o, {**own, **dict(extra)}, status)
