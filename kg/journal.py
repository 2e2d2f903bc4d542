"""Writing into a ledger: the rows of an item come in and go out, and whatever hangs on them is settled with them."""

from __future__ import annotations

from collections import Counter
from operator import itemgetter
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from kg.accounts import Forgotten
from kg.errors import LedgerError
from kg.store import now
from kg.stored import stored
from kg.tables import ROW_BITS, first_row, id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kg.intake import Rows
    from kg.link import Linker
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["Journal"]

_Row: TypeAlias = tuple[Any, ...]
_PREFIX: Final = {"entity": "e", "link": "e", "statement": "s", "event": "v", "observation": "b"}
_MOST: Final = 1 << ROW_BITS


class _Part(NamedTuple):
    """What one item adds, and where."""

    rows: Rows
    item: int
    passage: int
    evidence: int
    """The first keys that its passages and evidence get."""


class Journal:
    """All its methods run within a transaction of the caller's."""

    def __init__(self, store: Store, schema: Schema, linker: Linker, group: Callable[[int], list[int]]) -> None:
        self._store = store
        self._schema = schema
        self._linker = linker
        self._group = group
        """The statements that are one fact with another."""
        self._token = token_hex(8)

    def step(self, steps: int = 1) -> int:
        """The next sequence number, of several the last: every change takes one."""
        self._store.execute(
            "UPDATE state SET sequence = sequence + ?, changed = ?, version = ?, fingerprint = ?",
            (steps, now(), self._schema.version, self._schema.fingerprint),
        )
        row = self._store.one("SELECT sequence FROM state")
        if row is None:
            raise LedgerError("The ledger lost its state row; restore a copy of it.")
        self._store.execute("INSERT OR IGNORE INTO lineage VALUES (?, ?)", (self._token, row[0] - steps + 1))
        return int(row[0])

    def log(self, sequence: int, kind: str, keys: Iterable[int]) -> None:
        """Note what changed otherwise than by an item's coming."""
        prefix = _PREFIX[kind]
        rows = [(sequence, kind, id_of(prefix, key)) for key in keys]
        self._store.many("INSERT OR IGNORE INTO change VALUES (?, ?, ?)", rows)

    # -- coming

    def write(self, items: Sequence[Rows], first: int) -> list[set[int]]:
        """Add items that are not there, under sequence numbers from `first` on. For each, the keys of events and
        observations that are refused, since other items have them, are returned."""
        recorded = now()
        held = [
            (first + n, *rows.item, rows.content, rows.reading, rows.digest, recorded) for n, rows in enumerate(items)
        ]
        self._store.many(f"INSERT INTO item VALUES ({_marks(held[0])})", held)
        parts = []
        for key, rows in enumerate(items, first):
            begin = first_row(key)
            parts.append(_Part(rows, key, begin, begin))
        refused = self._insert(parts, first + len(items) - 1)
        self._sign(key for key, taken in enumerate(refused, first) if taken)
        return refused

    def extend(self, rows: Rows, item: int, sequence: int) -> set[int]:
        """Add to an item that is there; otherwise as `write`."""
        part = _Part(rows, item, self._next("passage", item), self._next("evidence", item))
        (taken,) = self._insert([part], sequence)
        self.log(sequence, "entity", (row[0] for row in rows.entities))
        self.log(sequence, "statement", (row[0] for row in rows.statements))
        self.log(sequence, "event", (row[0] for row in rows.events))
        self.log(sequence, "observation", (row[0] for row in rows.observations))
        # What was made of the item is no longer what its fingerprint says.
        self._store.execute("UPDATE item SET reading = 0 WHERE key = ?", (item,))
        self._sign((item,))
        return taken

    def _sign(self, items: Iterable[int]) -> None:
        """Note the digests of items that own other rows than they brought."""
        for item in items:
            if (found := stored(self._store, item)) is not None:
                self._store.execute("UPDATE item SET digest = ? WHERE key = ?", (found[0].digest, item))

    def _insert(self, parts: Sequence[_Part], sequence: int) -> list[set[int]]:
        """Insert the rows of items, all of one table together: a command for each of a few rows costs more than the
        rows."""
        store = self._store
        for rows, *_ in parts:
            if len(rows.evidence) + len(rows.passages) >= _MOST:
                raise LedgerError(f"the item {rows.item[0]} says more than {_MOST} things; split it.")
        store.many(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)",
            [(passage + row[0], *row[1:]) for rows, _, passage, _ in parts for row in rows.passages],
        )
        people = [key for rows, *_ in parts for key, kind in rows.entities if kind == "person"]
        known = {key for (key,) in store.among("SELECT key FROM entity WHERE key IN ({})", people)}
        known.update(key for key, times in Counter(people).items() if times > 1)
        entities = {row[0]: row for rows, *_ in reversed(parts) for row in reversed(rows.entities)}
        store.many("INSERT OR IGNORE INTO entity VALUES (?, ?)", _in_order(entities.values()))
        renamed = self._name([row for rows, *_ in parts for row in rows.names])
        mentions = [(*row, item, rows.origin) for rows, item, *_ in parts for row in rows.mentions]
        store.many("INSERT OR IGNORE INTO mention VALUES (?, ?, ?, ?, ?)", _in_order(mentions))
        statements = [row for rows, *_ in parts for row in rows.statements]
        store.many("INSERT OR IGNORE INTO statement VALUES (?, ?, ?, ?, ?, ?, ?)", _in_order(statements))
        store.many(
            "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (evidence + number, row[1], item, row[2], row[3], row[4], passage + row[0], *row[5:])
                for rows, item, passage, evidence in parts
                for number, row in enumerate(rows.evidence)
            ],
        )
        taken = self._insert_new(
            "event",
            _EVENT,
            [(r[0], item, *r[2:6], passage + r[1], *r[6:]) for rows, item, passage, _ in parts for r in rows.events],
        )
        taken |= self._insert_new(
            "observation",
            _OBSERVATION,
            [
                (r[0], item, *r[2:10], passage + r[1], *r[10:])
                for rows, item, passage, _ in parts
                for r in rows.observations
            ],
        )
        roles = [row for rows, item, *_ in parts for row in rows.roles if (row[0], item) not in taken]
        store.many("INSERT INTO event_role VALUES (?, ?, ?, ?)", _in_order(roles))
        # What was refused made no witnesses.
        self._link(parts, people, {*people} if taken else known, renamed, sequence)
        return [{key for key, of in taken if of == item} if taken else set() for _, item, *_ in parts]

    def _insert_new(self, table: str, sql: str, rows: list[_Row]) -> set[tuple[int, int]]:
        """Insert rows with key and item; those of them whose key another item has."""
        if not rows or self._store.many(sql, _in_order(rows)) == len(rows):
            return set()
        found = self._store.among(f"SELECT key, item FROM {table} WHERE key IN ({{}})", {row[0] for row in rows})
        owners = dict(found)
        return {row[:2] for row in rows if owners[row[0]] != row[1]}

    def _name(self, names: list[_Row]) -> set[int]:
        """Add names; the entities that have one that they had not, or not in that use."""
        sql = "SELECT entity, name, folded, preferred, alias FROM name WHERE entity IN ({})"
        # Most are known as they are told.
        found = list(self._store.among(sql, {row[0] for row in names}))
        unknown = set(names).difference(found)
        told: dict[_Row, _Row] = {}
        for row in unknown:
            other = told.get(row[:2])
            told[row[:2]] = row if other is None else (*row[:3], row[3] | other[3], row[4] | other[4])
        changing = {row[0] for row in unknown}
        known = {(e, name): use for e, name, _, *use in found if e in changing}
        new, used = [], []
        for key, row in told.items():
            use = known.get(key)
            if use is None:
                new.append(row)
            elif row[3] > use[0] or row[4] > use[1]:
                used.append((row[3] | use[0], row[4] | use[1], *key))
        self._store.many("INSERT INTO name VALUES (?, ?, ?, ?, ?)", _in_order(new))
        self._store.many("UPDATE name SET preferred = ?, alias = ? WHERE entity = ? AND name = ?", used)
        return {row[0] for row in new} | {row[2] for row in used}

    def _next(self, table: str, item: int) -> int:
        """The key of an item's next row in a table."""
        low, high = first_row(item), first_row(item + 1)
        row = self._store.one(f"SELECT MAX(key) FROM {table} WHERE key >= ? AND key < ?", (low, high))
        return low if row is None or row[0] is None else int(row[0]) + 1

    def _link(
        self, parts: Sequence[_Part], people: list[int], known: set[int], renamed: set[int], sequence: int
    ) -> None:
        linker, store = self._linker, self._store
        entities = {key for rows, *_ in parts for key, _ in rows.entities}
        # Whose new names nobody else has is one with nobody, unless somebody decided so.
        touched = linker.decided(entities)
        touched.update(e for (e,) in store.among(_NAMESAKES, renamed))
        roots = dict(store.among("SELECT entity, canonical FROM canonical WHERE entity IN ({})", entities))
        if roots:
            for rows, *_ in parts:
                for _, _, subject, object_, *_ in rows.statements:
                    # A statement between two that are one speaks against it.
                    if object_ is not None and roots.get(subject, subject) == roots.get(object_, object_):
                        touched.add(subject)
        seen = {p: pairs for rows, *_ in parts for p, pairs in rows.witnesses.items() if p not in known}
        alone = [(*pair, p) for p, pairs in seen.items() if p not in touched for pair in pairs]
        store.many("INSERT INTO witness VALUES (?, ?, ?)", sorted(alone))
        for person in known:
            linker.witness(person)
        changed = linker.relink(touched.difference(people) | known)
        # Whoever is met has met all others of that name and witness: so one comes after the other.
        newcomers = {p: seen.get(p, ()) for p in people if p in touched and p not in known}
        changed |= linker.meet(newcomers)
        if changed:
            self.log(sequence, "link", changed)

    # -- going

    def erase(self, item: int, identifier: str, sequence: int) -> Forgotten:
        """Take out an item with all that only it says."""
        store = self._store
        low, high = first_row(item), first_row(item + 1)
        statements = self._column("SELECT DISTINCT statement FROM evidence WHERE key >= ? AND key < ?", low, high)
        events = self._column("SELECT key FROM event WHERE item = ?", item)
        figures = self._column("SELECT key FROM observation WHERE item = ?", item)
        mentions = store.all("SELECT DISTINCT entity, name FROM mention WHERE item = ?", (item,))
        entities = {entity for entity, _ in mentions}
        people = {
            e for e in entities if store.one("SELECT 1 FROM entity WHERE key = ? AND kind = 'person'", (e,)) is not None
        }
        store.execute("INSERT INTO change VALUES (?, 'item', ?)", (sequence, identifier))
        self.log(sequence, "statement", {k for s in statements for k in self._group(s)})
        self.log(sequence, "event", events)
        self.log(sequence, "observation", figures)
        # Whoever speaks for one that goes is told with fewer names.
        self.log(sequence, "entity", entities | {self._linker.canonical(e) for e in entities})
        evidence = store.execute("DELETE FROM evidence WHERE key >= ? AND key < ?", (low, high))
        touched, gone = self._drop_unproved(statements)
        store.many("DELETE FROM event_role WHERE event = ?", [(key,) for key in events])
        store.execute("DELETE FROM event WHERE item = ?", (item,))
        store.execute("DELETE FROM observation WHERE item = ?", (item,))
        store.execute("DELETE FROM passage WHERE key >= ? AND key < ?", (low, high))
        store.execute("DELETE FROM mention WHERE item = ?", (item,))
        touched |= self._drop_unused(mentions) | people
        store.many("DELETE FROM witness WHERE person = ?", [(key,) for key in people])
        dead = [e for e in entities if store.one("SELECT 1 FROM mention WHERE entity = ? LIMIT 1", (e,)) is None]
        store.many("DELETE FROM entity WHERE key = ?", [(key,) for key in dead])
        for person in people.difference(dead):
            self._linker.witness(person)
        rejections = store.execute("DELETE FROM quarantine WHERE item = ?", (identifier,))
        store.execute("DELETE FROM item WHERE key = ?", (item,))
        # Those they spoke for are told of otherwise now, even if the same entity comes again before anybody looks.
        roots = store.among("SELECT DISTINCT canonical FROM canonical WHERE canonical IN ({})", dead)
        former = {key for (key,) in roots}
        self.log(sequence, "link", self._linker.relink(touched.union(dead)) | former)
        return Forgotten(identifier, evidence, gone, len(dead), len(events), len(figures), rejections)

    def _drop_unproved(self, statements: Iterable[int]) -> tuple[set[int], int]:
        """Drop those of the statements that have no evidence. Their ends, and how many they are."""
        ends: set[int] = set()
        gone = 0
        for key in statements:
            if self._store.one("SELECT 1 FROM evidence WHERE statement = ? LIMIT 1", (key,)) is None:
                row = self._store.one("SELECT subject, object FROM statement WHERE key = ?", (key,))
                if row is not None and row[1] is not None:
                    ends.update(row)
                self._store.execute("DELETE FROM statement WHERE key = ?", (key,))
                gone += 1
        return ends, gone

    def _drop_unused(self, mentions: Iterable[_Row]) -> set[int]:
        """Bring names up to date with what mentions are left. Everyone whose names mean something else now."""
        touched: set[int] = set()
        for entity, name in mentions:
            used = "EXISTS (SELECT 1 FROM mention WHERE entity = ? AND name = ? AND type {} '')"
            preferred, alias = self._store.all(f"SELECT {used.format('>')}, {used.format('=')}", (entity, name) * 2)[0]
            row = self._store.one(
                "SELECT folded, preferred, alias FROM name WHERE entity = ? AND name = ?", (entity, name)
            )
            if row is None or row[1:] == (preferred, alias):
                continue
            touched.update(self._column("SELECT entity FROM name WHERE folded = ?", row[0]))
            if preferred or alias:
                self._store.execute(
                    "UPDATE name SET preferred = ?, alias = ? WHERE entity = ? AND name = ?",
                    (preferred, alias, entity, name),
                )
            else:
                self._store.execute("DELETE FROM name WHERE entity = ? AND name = ?", (entity, name))
        return touched

    def _column(self, sql: str, *parameters: Any) -> list[int]:
        return [value for (value,) in self._store.all(sql, parameters)]


_first = itemgetter(0)
_NAMESAKES = (
    "SELECT DISTINCT n.entity FROM name n WHERE n.entity IN ({})"
    " AND EXISTS (SELECT 1 FROM name o WHERE o.folded = n.folded AND o.entity <> n.entity)"
)
_EVENT = "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OBSERVATION = "INSERT OR IGNORE INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _marks(row: _Row) -> str:
    return ", ".join("?" * len(row))


def _in_order(rows: Iterable[_Row]) -> list[_Row]:
    """Rows in the order of their keys, and those of one key in the order given. In a large ledger each row lies on
    another page than the one before it: so each page is looked up, and leaves the cache, once."""
    return sorted(rows, key=_first)
