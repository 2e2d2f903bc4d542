"""What is known about entities, as values: of a profile, a neighbourhood, a path, a timeline.

Every value turns into JSON with `dataclasses.asdict`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.model import LiteralValue, Node, Status, Value

__all__ = ["Figure", "Happening", "Hop", "Link", "Neighbour", "Profile", "Relation", "Said", "TimelineEntry"]


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence that says something, and the item it stands in."""

    sentence: str
    item: str
    title: str = ""
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A statement as one of its ends sees it. `direction` is `out` where that end is the subject, and always where the
    relation is symmetric."""

    id: str
    direction: Literal["out", "in"]
    predicate: str
    label_zh: str
    label_en: str
    other: Node | LiteralValue
    qualifiers: Mapping[str, Value]
    status: Status
    confidence: float
    sources: int
    """Independent origins."""
    date: str | None
    """When it happened, as told."""
    first_seen: str | None
    last_seen: str | None
    said: tuple[Said, ...]
    """Best first."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that the entity has a part in."""

    id: str
    type: str
    label_zh: str
    label_en: str
    role: str
    """The part that the entity has in it."""
    roles: Mapping[str, tuple[Node, ...]]
    values: Mapping[str, Value]
    status: Status
    confidence: float
    date: str | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """An observation that the entity reported or that measures it."""

    id: str
    indicator: str
    value: float | None
    unit: str | None
    period: str | None
    scope: str | None
    change: str | None
    reporter: Node | None
    confidence: float
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that is known about one entity."""

    id: str
    name: str
    type: str
    types: tuple[str, ...]
    """The class and its superclasses, nearest first."""
    aliases: tuple[str, ...]
    posts: tuple[Relation, ...]
    """Of a person: current ones first, then the newest."""
    relations: tuple[Relation, ...]
    """All other statements; what happened first, then by predicate and date."""
    events: tuple[Happening, ...]
    """By date, undated ones last."""
    figures: tuple[Figure, ...]
    items: tuple[str, ...]
    """Ids of the items that mention it."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entity that is `distance` statements away, and the statement of the last step."""

    entity: Node
    distance: int
    via: Node
    """The entity one step nearer."""
    relation: Relation
    """As `via` sees it."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One statement on a path."""

    start: Node
    end: Node
    relation: Relation
    """As `start` sees it."""


@dataclass(frozen=True, slots=True)
class Link:
    """How two entities are linked: a shortest chain of statements that happened."""

    start: Node
    end: Node
    hops: tuple[Hop, ...]
    """Empty where the two are one."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something dated. `date` is as told; where nothing is told it is the item's and `reported` is true."""

    date: str | None
    reported: bool
    kind: Literal["statement", "event", "figure"]
    what: str
    """Predicate, class of event, or indicator."""
    label_zh: str
    label_en: str
    status: Status
    others: tuple[str, ...]
    """Names of the other entities."""
    said: tuple[Said, ...] = field(default=())
