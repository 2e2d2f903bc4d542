"""The ledger: every statement with its evidence, in one SQLite file, and the views that everything else reads.

What items say is only ever added with them and taken back with them. All that is told across items (which entity a name
means, whether something happened, how sure it is) is derived, so that it never depends on the order of loading, and an
item that is forgotten leaves no trace in it.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from kg.accounts import Changes, Decision, Forgotten, LedgerEntity, Likeness, Quarantined, Receipt, Status, Tally
from kg.arrivals import BATCH, Arrivals
from kg.audit import problems
from kg.decisions import Decisions
from kg.dump import dump, item_rows
from kg.entities import Entities
from kg.errors import UnknownNameError
from kg.facts import Facts
from kg.groups import Groups
from kg.intake import Intake
from kg.journal import Journal
from kg.link import Linker
from kg.model import STATUSES, Event, Observation, Rejection
from kg.quarantine import Quarantine
from kg.store import Store
from kg.tables import is_minted, key_of
from kg.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from kg.facts import Testified
    from kg.intake import Rows
    from kg.model import Document, Fact, JsonObject, NewsItem, Summary
    from kg.model import Status as FactStatus
    from kg.rollup import Testimony
    from kg.schema import Schema
    from kg.views import Naming, Roles

__all__ = [
    "Changes",
    "Decision",
    "Forgotten",
    "Ledger",
    "LedgerEntity",
    "Likeness",
    "Quarantined",
    "Receipt",
    "Status",
    "Tally",
]


class Ledger:
    """A ledger, open. It is a context manager that closes it.

    Views are read lazily; take a list before writing. Threads may share a ledger; processes open their own, and may
    read while one writes. A second writer waits for the first, up to the timeout.

    >>> with Ledger.open(":memory:", schema) as ledger:                                 # doctest: +SKIP
    ...     ledger.add(document)
    ...     [fact.predicate for fact in ledger.facts(status="planned")]
    """

    def __init__(self, store: Store, schema: Schema) -> None:
        self.schema = schema
        self._store = store
        self._linker = Linker(store)
        self._entities = Entities(store, schema, self._linker)
        groups = Groups(store, schema, self._linker)
        self._facts = Facts(store, schema, self._linker, self._entities, groups)
        self._views = Views(store, self._linker, self._entities, groups)
        self._journal = Journal(store, schema, self._linker, groups.of)
        self._quarantine = Quarantine(store, schema)
        self._decisions = Decisions(store, schema, self._linker, self._journal)
        self._intake = Intake(schema)
        self._arrivals = Arrivals(store, self._journal, self._quarantine, self._intake)

    @classmethod
    def open(cls, path: Path | str, schema: Schema, *, read_only: bool = False, timeout: float = 10.0) -> Ledger:
        """Open the ledger in a file, or begin one where there is no file; `:memory:` keeps it in memory.

        `timeout` is in seconds: how long a write waits for another process. Raises LedgerError where the file is no
        ledger, is damaged, is of a newer kg, or cannot be read or written.
        """
        return cls(Store.open(path, read_only=read_only, timeout=timeout), schema)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    @property
    def path(self) -> Path | None:
        """The file; None in memory."""
        return self._store.path

    @property
    def id(self) -> str:
        """What tells this ledger from all others, for its whole life."""
        return cast("str", self._state("id"))

    @property
    def sequence(self) -> int:
        """Grows with every change."""
        return cast("int", self._state("sequence"))

    def lineage(self, sequence: int) -> str:
        """Tells the history up to a sequence number from that of a copy of the file that went another way: equal for
        equal histories."""
        row = self._store.one(
            "SELECT token FROM lineage WHERE sequence <= ? ORDER BY sequence DESC LIMIT 1", (sequence,)
        )
        return row[0] if row else ""

    def _state(self, column: str) -> object:
        row = self._store.one(f"SELECT {column} FROM state")
        return row[0] if row else None

    # -- writing

    def add(self, document: Document) -> Receipt:
        """Keep what a document says, in one transaction.

        The same item, read the same way, changes nothing. Where its content or what was made of it differs from what
        the ledger holds under its id, the old is taken back as `forget` does, and the new takes its place.
        """
        return self.put(self._intake.rows(document), lambda: document)

    def put(self, rows: Rows, document: Callable[[], Document]) -> Receipt:
        """As `add`, with rows that `kg.intake` made of the document elsewhere, by this ontology. The document is asked
        for only where the ledger refuses something of it."""
        return self._arrivals.one(rows, document)

    def add_all(self, documents: Iterable[Document], *, batch: int = BATCH) -> Iterator[Receipt]:
        """Add many documents, several in one transaction, which is faster. An item is there when its receipt is given:
        receipts come after their transaction. It is lazy: no more than `batch` documents are asked for, or what came
        within five seconds, before their receipts are given. Where the documents end in an error, those before it are
        kept, and it is raised after their receipts."""
        return self._arrivals.many(documents, batch)

    @contextmanager
    def bulk(self, *, batch: int = BATCH) -> Iterator[None]:
        """Writes within follow one another in few transactions, which is faster. All are there at the end; where the
        process is killed before, up to `batch` of the last may be missing, each wholly. Other writers wait meanwhile.
        """
        with self._store.batching(batch):
            yield

    @contextmanager
    def announced(self) -> Iterator[None]:
        """For long work of many writes: whoever waits for one of them in vain is told which process it is, and since
        when. Raises StorageError where nothing can be written."""
        with self._store.announced():
            yield

    def holds(self, item: NewsItem) -> bool:
        """Whether the item is there with the same content, however it was read: then it need not be read again."""
        row = self._store.one("SELECT content FROM item WHERE id = ?", (item.id,))
        return row is not None and row[0] == self._intake.content(item)

    def reject(self, rejection: Rejection) -> bool:
        """Quarantine what never became a document. False where the same is there already."""
        row = self._intake.rejection(rejection)
        return self._store.write(lambda: bool(self._quarantine.put([row])) and self._journal.step() > 0)

    def forget(self, item: str) -> Forgotten:
        """Take back everything that an item says: afterwards the ledger is as if it had never come.

        Decisions stay. Raises UnknownNameError where there is no such item.
        """
        return self._store.write(lambda: self._erase(item))

    def _erase(self, item: str) -> Forgotten:
        row = self._store.one("SELECT key FROM item WHERE id = ?", (item,))
        if row is None:
            raise UnknownNameError("item", item, self._near_items(item))
        return self._journal.erase(row[0], item, self._journal.step())

    def _near_items(self, item: str) -> tuple[str, ...]:
        rows = self._store.all(
            "SELECT id FROM item WHERE instr(id, ?) OR instr(title, ?) OR id LIKE ? ORDER BY id LIMIT 5",
            (item, item, f"{item[:4]}%"),
        )
        return tuple(i for (i,) in rows)

    # -- views

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All views within show one state of the ledger, whatever other processes write meanwhile."""
        with self._store.reading():
            yield

    def items(self, *, since: int | None = None) -> Iterator[NewsItem]:
        """News items, without their text. With `since`: those that came after that sequence number."""
        return self._views.items(None if since is None else self.changes(since).items)

    def item(self, identifier: str) -> NewsItem | None:
        return next(self._views.items((identifier,)), None)

    def entities(self, *, since: int | None = None, ids: Iterable[str] | None = None) -> Iterator[LedgerEntity]:
        """Canonical entities; with `ids`, those that these ids stand for, with `since`, those that changed."""
        wanted = self.changes(since).entities if since is not None else ids
        return self._entities.all(None if wanted is None else _keys("e", wanted))

    def entity(self, identifier: str) -> LedgerEntity | None:
        """The entity that an id stands for, canonical or not; None where there is none."""
        return self._entities.get(identifier)

    def find(self, name: str, limit: int = 10) -> list[LedgerEntity]:
        """Entities of a name, in any spelling that `kg.text.fold` makes equal: those that bear it as name or alias, or
        else those with a name that begins with it, or else holds it. Most mentioned first."""
        return self._entities.find(name, limit)

    def nearest(self, name: str, n: int = 5) -> tuple[str, ...]:
        """Names that come close to one that nothing bears, best first."""
        return self._entities.nearest(name, n)

    def facts(
        self,
        *,
        predicate: str | None = None,
        status: FactStatus | None = None,
        entity: str | None = None,
        since: int | None = None,
        ids: Iterable[str] | None = None,
    ) -> Iterator[Fact]:
        """Facts with all their evidence, in the order of their ids; those that every filter given lets through.

        `entity` is an end, by any of its ids; `ids` are of facts or of statements in them; `since` a sequence number.
        """
        wanted = self.changes(since).facts if since is not None else ids
        keys = None if wanted is None else _keys("s", wanted)
        return self._facts.read(keys=keys, predicate=predicate, status=status, entity=entity)

    def summaries(self) -> Iterator[Summary]:
        """All facts, several times faster and each with its best sentence alone, in an order that is only made to be
        fast."""
        return self._facts.summaries()

    def fact(self, identifier: str) -> Fact | None:
        """The fact that a statement's id belongs to; None where there is none."""
        return next(self.facts(ids=(identifier,)), None)

    def testimonies(self, fact: str) -> list[Testimony]:
        """What each item says about a fact, oldest first: how plan, rumour and report followed one another."""
        return self._facts.testimonies(fact)

    def events(
        self,
        *,
        type: str | None = None,
        status: FactStatus | None = None,
        entity: str | None = None,
        since: int | None = None,
        ids: Iterable[str] | None = None,
    ) -> Iterator[Event]:
        """Events, in the order of their ids; filters as for `facts`, `entity` in any role."""
        wanted = self.changes(since).events if since is not None else ids
        keys = None if wanted is None else _keys("v", wanted)
        return self._views.events(keys=keys, type=type, status=status, entity=entity)

    def observations(
        self, *, entity: str | None = None, since: int | None = None, ids: Iterable[str] | None = None
    ) -> Iterator[Observation]:
        """Observations, in the order of their ids; `entity` is who reported them."""
        wanted = self.changes(since).observations if since is not None else ids
        return self._views.observations(keys=None if wanted is None else _keys("b", wanted), entity=entity)

    def mentions(
        self, *, since: int | None = None, entity: str | None = None, item: str | None = None
    ) -> Iterator[tuple[str, str]]:
        """Ids of items with the canonical ids of the entities they mention, each pair once. `since` gives those of
        items that came after; that a mention went, or now means another entity, `changes` tells."""
        return self._views.mentions(since=since or 0, entity=entity, item=item)

    # What is told, with how it was told: ids as minted, names as each item gives them. For exports that lose nothing.

    def testified(
        self,
        *,
        predicate: str | None = None,
        status: FactStatus | None = None,
        ids: Iterable[str] | None = None,
    ) -> Iterator[Testified]:
        """As `facts`, each with what every item says of it; see `testimonies`."""
        keys = None if ids is None else _keys("s", ids)
        return self._facts.testified(keys=keys, predicate=predicate, status=status)

    def void(self) -> Iterator[tuple[str, list[Testimony]]]:
        """Statements that are no facts, since their two ends became one: the relation, and what items say of it."""
        return self._facts.void()

    def told_events(
        self, *, type: str | None = None, ids: Iterable[str] | None = None
    ) -> Iterator[tuple[Event, Roles]]:
        """As `events`, each with its roles as minted, in the item's order."""
        return self._views.told_events(keys=None if ids is None else _keys("v", ids), type=type)

    def told_observations(self, *, ids: Iterable[str] | None = None) -> Iterator[tuple[Observation, str | None]]:
        """As `observations`, each with its reporter as minted."""
        return self._views.told_observations(keys=None if ids is None else _keys("b", ids))

    def namings(self, *, ids: Iterable[str] | None = None) -> Iterator[tuple[NewsItem, list[Naming]]]:
        """Items in the order of their ids, each with what it calls the entities that it mentions."""
        return self._views.namings(ids)

    def rows(self) -> dict[str, int]:
        """Rows of the tables of items, entities, statements, events and observations: what a progress needs."""
        return {table: self._count(table) for table in ("item", "entity", "statement", "event", "observation")}

    def changes(self, since: int) -> Changes:
        """Ids of all that was added, changed or went since a sequence number."""
        return self._views.changes(since)

    # -- quarantine

    def rejections(
        self, *, item: str | None = None, rule: str | None = None, stage: str | None = None, source: str | None = None
    ) -> Iterator[Quarantined]:
        """What was refused and why, oldest first."""
        return self._quarantine.rows(item, rule, stage, source)

    def rejection(self, identifier: str) -> Quarantined:
        """One of them by its id. Raises UnknownNameError where there is none."""
        return self._quarantine.get(identifier)

    def dismiss(self, identifiers: Iterable[str]) -> int:
        """Drop rejections that are settled otherwise, say by a corrected file; how many there were.

        Raises UnknownNameError, and drops none, where one of them is not there.
        """
        ids = [self.rejection(identifier).id for identifier in identifiers]

        def dismiss() -> int:
            dropped = self._quarantine.remove(ids)
            if dropped:
                self._journal.step()
            return dropped

        return self._store.write(dismiss)

    def replay(self, validate: Callable[[Document, Schema], Document]) -> Tally:
        """Try again what was refused, by the present ontology; what passes moves into the ledger with its evidence.

        Tried are candidates of items that are there, unless it was their evidence that was wrong; `read` counts these.
        """
        return self._quarantine.replay(validate, self._intake, self._journal)

    # -- decisions

    def merge(self, a: str, b: str, reason: str = "") -> Decision:
        """Decide that two entities are one, whatever the rules of kg.link say.

        Raises UnknownNameError where one is not there, UsageError where their classes exclude each other or a decision
        keeps them apart.
        """
        return self._decisions.merge(self._known(a), self._known(b), reason)

    def split(self, a: str, b: str, reason: str = "") -> Decision:
        """Decide that two entities are not one, whatever the rules of kg.link say. Give minted ids: two that are one
        now are told apart by `LedgerEntity.members`."""
        return self._decisions.split(self._known(a), self._known(b), reason)

    def undo(self, decision: int) -> Decision:
        """Take a decision back. Raises UnknownNameError where there is none in force of that number."""
        return self._decisions.undo(decision)

    def decisions(self) -> list[Decision]:
        """All decisions, oldest first, those taken back too."""
        return self._decisions.all()

    def candidates(self) -> Iterator[Likeness]:
        """Pairs of entities of one kind that are not one, are not decided upon, and have names alike."""
        return self._entities.likely()

    def _known(self, identifier: str) -> tuple[str, LedgerEntity]:
        entity = self.entity(identifier)
        if entity is None:
            raise UnknownNameError("entity", identifier, self.nearest(identifier))
        return identifier, entity

    # -- the whole

    def dump(self, out: TextIO | Path) -> int:
        """Write the canonical dump (see kg.dump): equal for ledgers that hold the same. How many lines it has."""
        with self._store.reading():
            if isinstance(out, Path):
                with out.open("w", encoding="utf-8", newline="\n") as stream:
                    return dump(self._store, self.schema, stream)
            return dump(self._store, self.schema, out)

    def told_by(self, item: str) -> list[JsonObject]:
        """The rows of the dump for one item, with every name that it gives: equal where two ledgers hold the same of
        it. Empty where there is no such item."""
        with self._store.reading():
            return list(item_rows(self._store, item))

    def check(self) -> list[str]:
        """What is wrong with the file or between its tables, one sentence each; empty where all is well."""
        with self._store.reading():
            return list(problems(self._store, self.schema, self._linker))

    def status(self) -> Status:
        """What the ledger holds, counted."""
        with self._store.reading():
            facts = self._facts.count()
            rejected = dict(self._store.all("SELECT rule, COUNT(*) FROM quarantine GROUP BY rule ORDER BY rule"))
            return Status(
                path=None if self.path is None else str(self.path),
                size=self._store.size,
                id=self.id,
                sequence=self.sequence,
                changed=cast("str | None", self._state("changed")),
                ontology=cast("str | None", self._state("version")),
                items=self._count("item"),
                entities=self._count("entity") - self._count("canonical"),
                facts={status: facts[status] for status in reversed(STATUSES) if status in facts},
                events=self._count("event"),
                observations=self._count("observation"),
                rejected=rejected,
                decisions=self._count("decision WHERE undone IS NULL"),
            )

    @property
    def extent(self) -> int:
        """About how many nodes and relationships a graph of it has: quick to tell, for showing progress."""
        return sum(map(self._count, ("item", "entity", "mention", "statement", "event", "event_role", "observation")))

    def _count(self, table: str) -> int:
        row = self._store.one(f"SELECT COUNT(*) FROM {table}")
        return int(row[0]) if row else 0


def _keys(prefix: str, ids: Iterable[str]) -> list[int]:
    return [key_of(i) for i in ids if is_minted(i, prefix)]
