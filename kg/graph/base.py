"""What every graph engine offers and takes, whichever it is.

A `View` answers Cypher; the rows that a `Projection` yields are what an engine stores. Names and shapes are the same on
every engine, so that one query means the same everywhere:

- a node has exactly one *base label* (`Entity`, `Event`, `Claim`, `Observation`, `NewsItem`, `Literal`), first in
  `labels`, and an `id` unique under it; an entity and an event have their class and its superclasses as further labels;
- a relationship that has `statement` is a statement of the ledger; all others say which role a node plays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "BASE_LABELS",
    "CLAIM",
    "DEFAULT_LIMIT",
    "DEFAULT_TIMEOUT",
    "ENTITY",
    "EVENT",
    "LITERAL",
    "NEWS_ITEM",
    "OBSERVATION",
    "PROJECTION",
    "NodeRow",
    "RelationshipRow",
    "Result",
    "View",
    "moment",
]

ENTITY: Final = "Entity"
EVENT: Final = "Event"
CLAIM: Final = "Claim"
OBSERVATION: Final = "Observation"
NEWS_ITEM: Final = "NewsItem"
LITERAL: Final = "Literal"
"""A statement's object that is no entity."""
PROJECTION: Final = "Projection"
"""The one node that says which state of which ledger the graph shows."""
BASE_LABELS: Final = (ENTITY, EVENT, CLAIM, OBSERVATION, NEWS_ITEM, LITERAL)

DEFAULT_TIMEOUT: Final = 60.0
"""Seconds a query may take."""
DEFAULT_LIMIT: Final = 10_000
"""Rows a query may give back."""


_ZEROS = re.compile(r"(?<=:\d\d)(?:(\.\d*?[1-9])|\.)0+(?!\d)")


def moment(text: str) -> str:
    """A moment in ISO 8601 without the zeros that end its seconds: engines differ in how many they write.

    >>> moment("2021-11-03T10:00:00.000000000+08:00"), moment("10:00:00.250000")
    ('2021-11-03T10:00:00+08:00', '10:00:00.25')
    """
    return _ZEROS.sub(lambda m: m[1] or "", text)


class NodeRow(NamedTuple):
    """A node as an engine stores it. `labels` come without the base label."""

    base: str
    id: str
    labels: tuple[str, ...]
    properties: dict[str, Any]
    """With `id` and `name`; no None; values are `str`, `int`, `float`, `bool` or a list of `str`."""


class RelationshipRow(NamedTuple):
    """A relationship as an engine stores it; its ends are base label and id."""

    type: str
    start_base: str
    start: str
    end_base: str
    end: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a query, in the order that the query gives them.

    Values are plain: None, `bool`, `int`, `float`, `str`, lists and dicts of them; dates are ISO 8601 strings.
    A node is a dict of `id`, `name`, `labels` (base label first) and its other properties; a relationship one of
    `type`, `start`, `end` (ids of nodes) and its properties; a path one of `nodes` and `relationships`.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool = False
    """Whether the row limit cut rows off; then a warning says how many there are."""
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows as dicts by column name."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


class View(Protocol):
    """A graph that can be asked."""

    def query(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        limit: int | None = DEFAULT_LIMIT,
        write: bool = False,
    ) -> Result:
        """Run one Cypher query.

        `timeout` is in seconds; None lifts either limit. Without `write` a query that would change the graph is
        refused.

        Raises QueryError where the query does not parse, lacks a parameter or would write; LimitError where it takes
        too long; GraphError where the engine fails.
        """
        ...
