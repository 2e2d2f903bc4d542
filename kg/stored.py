"""An item's own rows as the tables hold them, and whether they still are what was written.

SQLite notices where a page is no page any more, and not where a letter in one is another. So each item keeps the digest
of the rows that it owns: of what it is, what it calls whom, and what it says, with the words that say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from kg.intake import Rows, origin_key
from kg.link import WITNESSES
from kg.model import mint
from kg.tables import first_row, id_of, text_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.store import Store

__all__ = ["is_minted_so", "restorable", "stored"]

_Row: TypeAlias = tuple[Any, ...]


def stored(store: Store, key: int) -> tuple[Rows, int] | None:
    """The rows of the item with a key, with the digest that they have now, and the one that they were written with;
    None where there is no such item. Names and witnesses, which follow from the rest, are left out.

    Raises StorageError where some of it cannot be read.
    """
    found = store.one(
        "SELECT id, title, source, section, published, reference, url, origin, content, reading, digest FROM item"
        " WHERE key = ?",
        (key,),
    )
    if found is None:
        return None
    *item, content, reading, written = found
    low, high = first_row(key), first_row(key + 1)
    rows = Rows(tuple(item), content, reading, origin_key(item[0], item[7]))
    called = store.all("SELECT entity, name, type, origin FROM mention WHERE item = ?", (key,))
    if any(row[3] != rows.origin for row in called):
        rows.origin = -1
    rows.mentions = [row[:3] for row in called]
    rows.entities = list(
        store.among("SELECT key, kind FROM entity WHERE key IN ({})", dict.fromkeys(row[0] for row in called))
    )
    within = "WHERE key >= ? AND key < ? ORDER BY key"
    rows.passages = [
        (number - low, *rest)
        for number, *rest in store.all(
            f'SELECT key, start, "end", field, text, sentence FROM passage {within}', (low, high)
        )
    ]
    rows.evidence = [
        (passage - low, *rest)
        for passage, *rest in store.all(
            "SELECT passage, statement, status, confidence, qualifiers, event, extractor, cue, refs"
            f" FROM evidence {within}",
            (low, high),
        )
    ]
    rows.statements = list(
        store.among("SELECT * FROM statement WHERE key IN ({})", dict.fromkeys(row[1] for row in rows.evidence))
    )
    rows.events = [
        (event, passage - low, *rest)
        for event, passage, *rest in store.all(
            'SELECT key, passage, type, status, confidence, "values", extractor, cue, refs FROM event WHERE item = ?',
            (key,),
        )
    ]
    rows.roles = list(
        store.among("SELECT event, role, number, entity FROM event_role WHERE event IN ({})", _first(rows.events))
    )
    rows.observations = [
        (figure, passage - low, *rest)
        for figure, passage, *rest in store.all(
            "SELECT key, passage, indicator, value, unit, period, scope, change, reporter, confidence, extractor, cue,"
            " refs FROM observation WHERE item = ?",
            (key,),
        )
    ]
    rows.digest = rows.signature(rows.own())
    return rows, written


def is_minted_so(statement: _Row) -> bool:
    """Whether a row of the table `statement` is what was written: by any ontology its key is made of the rest."""
    key, predicate, subject, object_, value, _, marks = statement
    end = value if object_ is None else id_of("e", object_)
    return mint("s", predicate, id_of("e", subject), end, *([marks] if marks else [])) == id_of("s", key)


def restorable(rows: Rows, fold: Callable[[str], str], known: Mapping[str, str]) -> Rows:
    """The rows with kinds (`known` by class), names and witnesses made anew, as `kg.intake` makes them."""
    classes = {entity: type_ for entity, _, type_ in rows.mentions if type_}
    rows.entities = [(entity, known.get(classes.get(entity, ""), kind)) for entity, kind in rows.entities]
    uses: dict[tuple[int, str], list[int]] = {}
    called: dict[int, set[int]] = {}
    for entity, name, type_ in rows.mentions:
        uses.setdefault((entity, name), [0, 0])[0 if type_ else 1] = 1
        if type_:
            called.setdefault(entity, set()).add(text_key(fold(name)))
    rows.names = [(entity, name, fold(name), *use) for (entity, name), use in uses.items()]
    kinds: dict[int, str] = dict(rows.entities)
    together: dict[int, set[int]] = {}
    for event, _, _, entity in rows.roles:
        together.setdefault(event, set()).add(entity)
    groups = [*together.values(), *({row[2], row[3]} for row in rows.statements if row[3] is not None)]
    for group in groups:
        seen = {e for e in group if kinds.get(e, "") in WITNESSES}
        for person in (e for e in group if kinds.get(e) == "person"):
            pairs = rows.witnesses.setdefault(person, set())
            pairs.update((witness, name) for witness in seen for name in called.get(person, ()))
    return rows


def _first(rows: Iterable[_Row]) -> list[int]:
    return [row[0] for row in rows]
