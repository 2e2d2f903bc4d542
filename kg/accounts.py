"""What a ledger answers beside the values of `kg.model`: receipts, changes, counts, decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from kg.model import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.model import Rejection

__all__ = [
    "VERDICTS",
    "Changes",
    "Decision",
    "Forgotten",
    "LedgerEntity",
    "Likeness",
    "Quarantined",
    "Receipt",
    "Status",
    "Tally",
    "Verdict",
]

Verdict: TypeAlias = Literal["merge", "split"]
VERDICTS: tuple[Verdict, ...] = ("merge", "split")


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the candidates of one sort. `read == accepted + rejected + skipped`, always."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    """Told before by the same item, or the whole item was there already. Where the item tells it in another sentence,
    that sentence is kept as further evidence."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.read + other.read,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.skipped + other.skipped,
        )

    def all_skipped(self) -> Tally:
        """The tally of the same candidates where none is looked at."""
        return Tally(self.read, 0, 0, self.read)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the ledger did with a document."""

    item: str
    added: bool
    """False where the ledger held the same item, read the same way, so that nothing changed."""
    replaced: bool = False
    """Whether it held the item with another content or reading, which is gone now."""
    statements: Tally = Tally()
    events: Tally = Tally()
    observations: Tally = Tally()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went with an item."""

    item: str
    evidence: int
    """Pieces of evidence for statements."""
    statements: int
    """Statements that no other item says."""
    entities: int
    """Entities that no other item mentions."""
    events: int
    observations: int
    rejections: int


@dataclass(frozen=True, slots=True)
class LedgerEntity:
    """An entity as all items together tell it. Where several minted entities are one, this is that one."""

    id: str
    """The canonical id: the smallest of `members`."""
    name: str
    """The most frequent preferred name; of equals the longer, then the first by code points."""
    type: str
    """The most specific class on which most items agree."""
    aliases: tuple[str, ...] = ()
    """All other names, most frequent first."""
    types: tuple[str, ...] = ()
    """All classes that items give it, most frequent first."""
    members: tuple[str, ...] = ()
    """The minted ids that it stands for, itself included, sorted."""

    @property
    def node(self) -> Node:
        return Node(self.id, self.name, self.type)


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of what was added, changed or went since a sequence number. What is gone is no longer in the views of the
    ledger: a projection takes away all of these and adds anew what the views have of them."""

    since: int
    sequence: int
    """The ledger's, when this was asked."""
    items: frozenset[str]
    entities: frozenset[str]
    facts: frozenset[str]
    events: frozenset[str]
    observations: frozenset[str]
    linked: frozenset[str] = frozenset()
    """Those of the entities that were joined with others or parted from them: what mentions one may lead to another."""

    def __bool__(self) -> bool:
        return bool(self.items or self.entities or self.facts or self.events or self.observations)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about two entities. The last decision on a pair that is not undone holds."""

    id: int
    verdict: Verdict
    a: str
    b: str
    reason: str
    recorded: str
    """UTC, ISO 8601."""
    undone: str | None = None
    """When it was taken back; None while it holds or a later one on the same pair does."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two entities that may be one: for a person to decide, never merged by itself."""

    a: LedgerEntity
    b: LedgerEntity
    score: float
    """How alike the names are, in (0, 1]."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A rejection as the quarantine keeps it."""

    id: str
    rejection: Rejection
    ontology: str
    """Version of the ontology by which it was refused."""
    recorded: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a ledger holds."""

    path: str | None
    """None in memory."""
    size: int
    """Bytes on disk."""
    id: str
    sequence: int
    changed: str | None
    """When it last changed: UTC, ISO 8601; None for an empty one."""
    ontology: str | None
    """Version of the ontology that it was last written with."""
    items: int
    entities: int
    facts: Mapping[str, int]
    """Status → facts."""
    events: int
    observations: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rule → rows in the quarantine."""
    decisions: int = 0
    """Decisions in force."""
