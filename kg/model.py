"""The values that travel through the tool. All are frozen; none knows where it is stored.

A *date* here is always a `str` in ISO 8601 at the precision that the source gives: `2021`, `2021-11`, `2021-11-03`,
`2021-H1`, `2021-Q3`, and for periods also two such ends joined by a slash, `2021-Q1/Q3`. It never carries a time or a
zone: news dates are local days.

Offsets count Unicode code points and are half-open. They point into the *source text as given*: for files, the decoded
file; for JSON Lines, the value of the record's field.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "OMITTED",
    "STATUSES",
    "UNREALISED",
    "Amount",
    "Block",
    "Document",
    "Entity",
    "Event",
    "Evidence",
    "Fact",
    "Field",
    "LiteralValue",
    "NewsItem",
    "Node",
    "Observation",
    "Rejection",
    "Span",
    "Statement",
    "Status",
    "Summary",
    "Value",
    "happened",
    "mint",
]

Status: TypeAlias = Literal["asserted", "planned", "rumoured", "denied", "ended", "cancelled"]
STATUSES: tuple[Status, ...] = ("denied", "cancelled", "rumoured", "planned", "ended", "asserted")
"""Most doubtful first: where several cues meet in one clause, the first of them holds."""
UNREALISED: frozenset[Status] = frozenset(("denied", "cancelled", "rumoured", "planned"))
"""What did not happen (yet): kept as claims, never as edges."""

Field: TypeAlias = Literal["text", "title"]

OMITTED = "∅"
"""What stands in `Evidence.references` for a name that a clause leaves out: `∅→蓝湖`."""


def happened(status: Status) -> bool:
    """Whether a statement of this status becomes a plain relationship: `asserted` or `ended`."""
    return status not in UNREALISED


def mint(prefix: str, *parts: str) -> str:
    """An id that depends on nothing but its parts: the prefix, then 63 bits of BLAKE2b in hexadecimal.

    >>> mint("e", "organization", "腾讯云") == mint("e", "organization", "腾讯云")
    True
    """
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf8"), digest_size=8).digest()
    return f"{prefix}{int.from_bytes(digest, 'big') >> 1:016x}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points in the source text as given."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Amount:
    """Money as told. `low` and `high` are in units of the currency; None where the text gives no bound.

    数千万元 has low 20 000 000 and high 100 000 000 and is approximate; 10亿元 has both ends 1 000 000 000.
    """

    literal: str
    low: float | None
    high: float | None
    currency: str
    """ISO 4217; CNY where the text says only 元."""
    approximate: bool = False


Value: TypeAlias = str | int | float | Amount
"""What a qualifier or an event's value may be."""


@dataclass(frozen=True, slots=True)
class LiteralValue:
    """A statement's object where that is no entity. `datatype` is an XSD local name such as `string` or `gYear`."""

    value: str
    datatype: str = "string"


@dataclass(frozen=True, slots=True)
class Node:
    """An entity as a statement's end or an event's role names it."""

    id: str
    name: str
    type: str
    """The local name of a class of the ontology."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of one item: its preferred name there, its class, and the other names the item uses for it."""

    id: str
    name: str
    type: str
    aliases: tuple[str, ...] = ()
    """Other surface forms in the item, without `name`, in order of appearance."""

    @property
    def node(self) -> Node:
        return Node(self.id, self.name, self.type)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a statement is said. `text` is the source text of the span, letter by letter; `sentence` reads without the
    source's line breaks and stray blanks."""

    item: str
    start: int
    end: int
    text: str
    sentence: str
    field: Field = "text"
    """Which text of the item the span points into; `title` only where a source keeps the title apart (JSON Lines)."""
    references: tuple[str, ...] = ()
    """Words in the sentence that stand for a name outside of it, as `该公司→蓝湖`; `∅→蓝湖` where nothing does."""
    cue: str | None = None
    """The word that decided the status, where it is not plain assertion."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Subject, predicate, object, and what one item says about them."""

    id: str
    subject: Node
    predicate: str
    object: Node | LiteralValue
    status: Status
    confidence: float
    """In (0, 1]."""
    evidence: Evidence
    extractor: str
    """Name and version of what found it, `patterns/0.1.0`."""
    qualifiers: Mapping[str, Value] = field(default_factory=dict)
    event: str | None = None
    """The id of the event that implies it."""


@dataclass(frozen=True, slots=True)
class Event:
    """An n-ary fact. `roles` hold entities, `values` dates, amounts and words; both by the ontology's names."""

    id: str
    type: str
    status: Status
    roles: Mapping[str, tuple[Node, ...]]
    values: Mapping[str, Value]
    confidence: float
    evidence: Evidence
    extractor: str


@dataclass(frozen=True, slots=True)
class Observation:
    """A number with its meaning. `value` is in `unit` as printed: 8700 and 亿美元.

    Where the text tells only a change (环比增长12%), `value` and `unit` are None.
    """

    id: str
    indicator: str
    value: float | None
    unit: str | None
    period: str | None
    scope: str | None
    change: str | None
    """Signed, with its basis: `+25.4% YoY`, `-1.9pp YoY`."""
    reporter: Node | None
    confidence: float
    evidence: Evidence
    extractor: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that was read and not taken, and why. Nothing that is read ever vanishes: it is this or it is kept."""

    stage: Literal["read", "extract", "validate", "store"]
    rule: str
    """A stable name such as `domain`, `range`, `vocabulary`, `empty-item`, `internal-error`."""
    reason: str
    """A sentence for a person: what was wrong with which value, and what would be right."""
    item: str | None = None
    source: str | None = None
    span: Span | None = None
    text: str = ""
    candidate: Statement | Event | Observation | None = None
    """The candidate refused; None where a whole item was."""


@dataclass(frozen=True, slots=True)
class Block:
    """One logical paragraph: the source spans (lines) that a layout broke it into, in reading order."""

    kind: Literal["title", "heading", "paragraph"]
    spans: tuple[Span, ...]
    field: Field = "text"


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One news item. `blocks` say which parts of `text` belong to it and how its lines join into paragraphs.

    `text` is the whole source text that the spans point into (a newsletter's items share one string).
    """

    id: str
    title: str
    """Joined over lines, without stray blanks."""
    text: str
    blocks: tuple[Block, ...]
    source: str
    """The name of the file or feed it came from, never a path of this machine."""
    section: str | None = None
    published: str | None = None
    """The item's own date: stated by the source or told by its first sentence; None where it has none."""
    reference: str | None = None
    """The date against which 昨日 or 11月3日 are resolved: `published`, else what the document tells."""
    url: str | None = None
    origin: str = ""
    """Fingerprint of the wording: reprints of one text share it, and count as one source."""

    def slice(self, span: Span, field: Field = "text") -> str:
        """The source text of a span, letter by letter."""
        return (self.title if field == "title" else self.text)[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that extraction made of one item; statements are candidates until validated."""

    item: NewsItem
    entities: tuple[Entity, ...] = ()
    statements: tuple[Statement, ...] = ()
    events: tuple[Event, ...] = ()
    observations: tuple[Observation, ...] = ()
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement as all its evidence tells it: what the ledger shows to graphs, queries and exports."""

    id: str
    subject: Node
    predicate: str
    object: Node | LiteralValue
    qualifiers: Mapping[str, Value]
    status: Status
    confidence: float
    sources: int
    """Independent origins: reprints of one text count once."""
    items: tuple[str, ...]
    """Ids of the items that say it, oldest first."""
    evidence: tuple[Evidence, ...]
    """Best first."""
    first_seen: str | None
    last_seen: str | None
    """Dates of the oldest and the newest item that says it; None where none has a date."""
    events: Sequence[str] = ()

    @property
    def summary(self) -> Summary:
        return Summary(
            self.id,
            self.subject,
            self.predicate,
            self.object,
            self.qualifiers,
            self.status,
            self.confidence,
            self.sources,
            self.items,
            self.evidence[0].sentence if self.evidence else None,
            self.first_seen,
            self.last_seen,
            self.events,
        )


class Summary(NamedTuple):
    """What a graph shows of a fact: as `Fact`, with the sentence of its best evidence alone. A ledger has millions of
    them, and a tuple is made in a fraction of the time of a frozen class."""

    id: str
    subject: Node
    predicate: str
    object: Node | LiteralValue
    qualifiers: Mapping[str, Value]
    """Not to be changed: facts may share it."""
    status: Status
    confidence: float
    sources: int
    items: Sequence[str]
    sentence: str | None
    first_seen: str | None
    last_seen: str | None
    events: Sequence[str]


JsonObject: TypeAlias = dict[str, Any]
