"""Whether a ledger's file is whole, and whether its tables say the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from kg.codec import values_from_json
from kg.errors import UnknownNameError
from kg.intake import marks
from kg.tables import ROW_BITS, id_of

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
    for (line,) in store.all("PRAGMA integrity_check"):
        if line != "ok":
            yield f"the file is damaged: {line}"
    for table, row, parent, _ in store.all("PRAGMA foreign_key_check"):
        yield f"a row of {table} ({row}) points to a row of {parent} that is not there"
    for sentence, sql in _RULES:
        for (key,) in store.rows(sql):
            yield sentence.format(key)
    yield from linker.lost_witnesses()
    yield from linker.problems()
    yield from _minted_otherwise(store, schema)


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
