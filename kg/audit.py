"""Whether a ledger's file is whole, and whether its tables say the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from kg.codec import values_from_json
from kg.errors import StorageError, UnknownNameError
from kg.intake import marks
from kg.quarantine import COLUMNS, is_whole
from kg.stored import is_minted_so, stored
from kg.tables import ROW_BITS, id_of
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.link import Linker
    from kg.schema import Schema
    from kg.store import Store

__all__ = ["problems"]

_RULES: Final = (
    # What is wrong with each row that the query finds; the first column goes into the braces.
    (
        "evidence {} is of an item that is not there",
        "SELECT key FROM evidence WHERE item NOT IN (SELECT key FROM item)",
    ),
    ("evidence {} is not numbered as its item's", f"SELECT key FROM evidence WHERE key >> {ROW_BITS} <> item"),
    (
        "evidence {} points to a passage that is not its item's",
        "SELECT e.key FROM evidence e LEFT JOIN passage p ON p.key = e.passage"
        f" WHERE p.key IS NULL OR p.key >> {ROW_BITS} <> e.item",
    ),
    (
        "passage {} is of an item that is not there",
        f"SELECT key FROM passage WHERE key >> {ROW_BITS} NOT IN (SELECT key FROM item)",
    ),
    (
        "event {} points to a passage that is not its item's",
        "SELECT v.key FROM event v LEFT JOIN passage p ON p.key = v.passage"
        f" WHERE p.key IS NULL OR p.key >> {ROW_BITS} <> v.item",
    ),
    (
        "observation {} points to a passage that is not its item's",
        "SELECT o.key FROM observation o LEFT JOIN passage p ON p.key = o.passage"
        f" WHERE p.key IS NULL OR p.key >> {ROW_BITS} <> o.item",
    ),
    (
        "statement {} has no evidence",
        "SELECT key FROM statement WHERE key NOT IN (SELECT statement FROM evidence)",
    ),
    ("entity {} is mentioned by no item", "SELECT key FROM entity WHERE key NOT IN (SELECT entity FROM mention)"),
    (
        "entity {} has a mention without a name",
        "SELECT m.entity FROM mention m LEFT JOIN name n ON n.entity = m.entity AND n.name = m.name"
        " WHERE n.name IS NULL",
    ),
    (
        "entity {} has a name that its mentions use otherwise",
        "SELECT n.entity FROM name n WHERE preferred IS NOT"
        " EXISTS (SELECT 1 FROM mention m WHERE m.entity = n.entity AND m.name = n.name AND m.type > '')"
        " OR alias IS NOT"
        " EXISTS (SELECT 1 FROM mention m WHERE m.entity = n.entity AND m.name = n.name AND m.type = '')",
    ),
    ("item {} came after the last change", "SELECT id FROM item WHERE key > (SELECT sequence FROM state)"),
)


def problems(store: Store, schema: Schema, linker: Linker) -> Iterator[str]:
    """What is wrong, one sentence each; nothing where all is well. Reads the whole file."""
    yield from _legible(_of_the_file(store), "the file")
    for sentence, sql in _RULES:
        yield from _legible((sentence.format(key) for (key,) in store.rows(sql)), "a table")
    yield from _legible(_written_otherwise(store), "an item")
    yield from _legible(_keyed_otherwise(store), "a statement or rejection")
    yield from _legible(_named_otherwise(store, schema), "a name")
    yield from _legible(linker.lost_witnesses(), "a witness")
    yield from _legible(linker.problems(), "a link")
    yield from _legible(_minted_otherwise(store, schema), "a statement")


def _legible(found: Iterator[str], what: str) -> Iterator[str]:
    """What is found, and that it ended at something that cannot be read."""
    try:
        yield from found
    except StorageError as error:
        yield str(error)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        # Damage puts numbers where words belong, and words where JSON does.
        yield f"{what} holds what was never written ({type(error).__name__}: {error})"


def _of_the_file(store: Store) -> Iterator[str]:
    for (line,) in store.all("PRAGMA integrity_check"):
        if line != "ok":
            yield f"the file is damaged: {line}"
    if store.one("SELECT 1 FROM state") is None:
        yield "the row of the ledger's state is gone"
    for table, row, parent, _ in store.all("PRAGMA foreign_key_check"):
        yield f"a row of {table} ({row}) points to a row of {parent} that is not there"


def _written_otherwise(store: Store) -> Iterator[str]:
    """Rows that are not what was written: a letter changed, a row lost or added."""
    for (key,) in store.all("SELECT key FROM item ORDER BY key"):
        try:
            found = stored(store, key)
        except (StorageError, ValueError, TypeError) as error:
            yield f"the item of number {key} cannot be read: {error}"
            continue
        if found is not None and found[0].digest != found[1]:
            identifier, title, *_ = found[0].item
            yield f"item {identifier} ('{title}') has other rows than were written; forget it and load its source again"


def _keyed_otherwise(store: Store) -> Iterator[str]:
    """Rows whose key is made of the rest, and is not."""
    for row in store.rows("SELECT * FROM statement"):
        if not is_minted_so(row):
            yield f"statement {id_of('s', row[0])} is not what was written; forget its items and load them again"
    for row in store.rows(f"SELECT {COLUMNS} FROM quarantine"):
        if not is_whole(row):
            yield f"rejection {id_of('q', row[0])} is not what was written; dismiss it"


def _named_otherwise(store: Store, schema: Schema) -> Iterator[str]:
    for entity, name, folded in store.rows("SELECT entity, name, folded FROM name"):
        if fold(name) != folded:
            yield f"the name '{name}' of entity {id_of('e', entity)} is folded as '{folded}'"
    sql = "SELECT DISTINCT e.key, e.kind, m.type FROM entity e JOIN mention m ON m.entity = e.key WHERE m.type > ''"
    for entity, kind, type_ in store.rows(sql):
        if schema.kinds.get(type_, kind) != kind:
            yield f"entity {id_of('e', entity)} is kept as {kind}, and an item calls it {type_}"


def _minted_otherwise(store: Store, schema: Schema) -> Iterator[str]:
    sql = (
        "SELECT s.key, s.predicate, s.subject, s.object, s.value, s.marks, e.qualifiers"
        " FROM statement s JOIN evidence e ON e.key = (SELECT MIN(key) FROM evidence WHERE statement = s.key)"
    )
    for key, predicate, subject, object_, value, marked, qualifiers in store.rows(sql):
        told = values_from_json(json.loads(qualifiers))
        end = value if object_ is None else id_of("e", object_)
        try:
            right = schema.statement_id(predicate, id_of("e", subject), end, told)
        except UnknownNameError:
            yield f"the ontology no longer has the relation {predicate} of {id_of('s', key)}; load its items again"
            continue
        if right != id_of("s", key) or marks(schema, predicate, told) != marked:
            yield f"{id_of('s', key)} would be {right} by the present ontology; load its items again"
