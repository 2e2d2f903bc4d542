"""The tables of a ledger, and how ids and keys turn into each other.

Ids are minted by `kg.model.mint`: a letter and 63 bits in hexadecimal. Tables hold the 63 bits as an integer `key`,
half the size of the text and SQLite's own row id where the table has one.

An item's key is the sequence number at which it came in, and the rows that an item owns alone (evidence, passages) are
numbered within it: `item << ROW_BITS | number`. So they lie together, are written in order, and go in one range; and
what was added since a sequence number is a range of keys that needs no log.
"""

from __future__ import annotations

import re
from typing import Final

from kg.model import mint

__all__ = [
    "APPLICATION_ID",
    "FORMAT",
    "OURS",
    "ROW_BITS",
    "SCHEMA",
    "first_row",
    "id_of",
    "is_minted",
    "key_of",
    "text_key",
]

APPLICATION_ID: Final = 0x6B676C67
"""`kglg`, in the file's header: tells our files from other SQLite files."""
FORMAT: Final = 2
"""The header's user version. Raised with every change of the tables."""
ROW_BITS: Final = 20
"""So many bits number the rows of one item."""

_MINTED = re.compile(r"[a-z][0-7][0-9a-f]{15}")


OURS: Final = ("e", "s", "v", "b")
"""What ids of entities, statements, events and observations begin with."""


def is_minted(identifier: str, prefix: str | tuple[str, ...]) -> bool:
    """Whether an id is one that `kg.model.mint` can make with this prefix, or one of these."""
    return identifier.startswith(prefix) and _MINTED.fullmatch(identifier) is not None


def key_of(identifier: str) -> int:
    """The key of a minted id."""
    return int(identifier[1:], 16)


def id_of(prefix: str, key: int) -> str:
    """The id of a key."""
    return f"{prefix}{key:016x}"


def text_key(text: str) -> int:
    """A key for any text."""
    return key_of(mint("t", text))


def first_row(item: int) -> int:
    """The smallest key that a row of the item can have; the smallest of the next item is its end."""
    return item << ROW_BITS


SCHEMA: Final = """
-- One row. `sequence` grows with every change; `ontology` is version and fingerprint of the one last written with.
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, sequence INTEGER NOT NULL, changed TEXT,
  version TEXT, fingerprint TEXT
);
-- Who is in a long write, so that those who wait can be told. A dead process may leave its row behind.
CREATE TABLE writer (pid INTEGER NOT NULL, host TEXT NOT NULL, started TEXT NOT NULL, PRIMARY KEY (pid, host));
-- A token of every process that wrote, from the sequence number on that it wrote first. Where a copy of the file is put
-- back and written to, numbers come again and tokens do not, so that a graph of the lost history is known for one.
CREATE TABLE lineage (token TEXT PRIMARY KEY, sequence INTEGER NOT NULL);

-- `content` fingerprints the item as loaded, `reading` what was made of it, `digest` the rows that it owns.
CREATE TABLE item (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, source TEXT NOT NULL, section TEXT,
  published TEXT, reference TEXT, url TEXT, origin TEXT NOT NULL, content INTEGER NOT NULL, reading INTEGER NOT NULL,
  digest INTEGER NOT NULL, recorded TEXT NOT NULL
);
-- A stretch of an item that evidence points to. `text` is NULL where it equals `sentence`.
CREATE TABLE passage (
  key INTEGER PRIMARY KEY, start INTEGER NOT NULL, "end" INTEGER NOT NULL, field TEXT NOT NULL, text TEXT,
  sentence TEXT NOT NULL
);

CREATE TABLE entity (key INTEGER PRIMARY KEY, kind TEXT NOT NULL);
-- Every name of every entity, once; `preferred` and `alias` say whether some item uses it so.
CREATE TABLE name (
  entity INTEGER NOT NULL REFERENCES entity, name TEXT NOT NULL, folded TEXT NOT NULL, preferred INTEGER NOT NULL,
  alias INTEGER NOT NULL, PRIMARY KEY (entity, name)
) WITHOUT ROWID;
CREATE INDEX name_folded ON name (folded);
-- What an item calls an entity. `type` is empty where the name is an alias there. `origin` is the item's, for counting.
CREATE TABLE mention (
  entity INTEGER NOT NULL REFERENCES entity, name TEXT NOT NULL, type TEXT NOT NULL,
  item INTEGER NOT NULL REFERENCES item, origin INTEGER NOT NULL, PRIMARY KEY (entity, name, type, item)
) WITHOUT ROWID;
CREATE INDEX mention_item ON mention (item);

-- As first minted. Ends of symmetric relations are in the order of their keys. `marks` are the identifying qualifiers.
CREATE TABLE statement (
  key INTEGER PRIMARY KEY, predicate TEXT NOT NULL, subject INTEGER NOT NULL REFERENCES entity,
  object INTEGER REFERENCES entity, value TEXT, datatype TEXT, marks TEXT NOT NULL
);
CREATE INDEX statement_subject ON statement (subject, object);
CREATE INDEX statement_object ON statement (object) WHERE object IS NOT NULL;
-- What one item says of a statement. `refs` is a JSON list, NULL where it is empty.
CREATE TABLE evidence (
  key INTEGER PRIMARY KEY, statement INTEGER NOT NULL REFERENCES statement, item INTEGER NOT NULL, status TEXT NOT NULL,
  confidence REAL NOT NULL, qualifiers TEXT NOT NULL, passage INTEGER NOT NULL, event INTEGER, extractor TEXT NOT NULL,
  cue TEXT, refs TEXT
);
CREATE INDEX evidence_statement ON evidence (statement, item, status, confidence);

CREATE TABLE event (
  key INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item, type TEXT NOT NULL, status TEXT NOT NULL,
  confidence REAL NOT NULL, "values" TEXT NOT NULL, passage INTEGER NOT NULL, extractor TEXT NOT NULL, cue TEXT,
  refs TEXT
);
CREATE INDEX event_item ON event (item);
CREATE TABLE event_role (
  event INTEGER NOT NULL REFERENCES event, role TEXT NOT NULL, number INTEGER NOT NULL,
  entity INTEGER NOT NULL REFERENCES entity, PRIMARY KEY (event, role, number)
) WITHOUT ROWID;
CREATE INDEX event_role_entity ON event_role (entity);

CREATE TABLE observation (
  key INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES item, indicator TEXT NOT NULL, value REAL, unit TEXT,
  period TEXT, scope TEXT, change TEXT, reporter INTEGER REFERENCES entity, confidence REAL NOT NULL,
  passage INTEGER NOT NULL, extractor TEXT NOT NULL, cue TEXT, refs TEXT
);
CREATE INDEX observation_item ON observation (item);
CREATE INDEX observation_reporter ON observation (reporter) WHERE reporter IS NOT NULL;

-- What was refused. `item` is an item's id, which need not be in the ledger; `candidate` is a row of kg.codec.
CREATE TABLE quarantine (
  key INTEGER PRIMARY KEY, item TEXT, stage TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, source TEXT,
  start INTEGER, "end" INTEGER, text TEXT NOT NULL, kind TEXT, candidate TEXT, ontology TEXT NOT NULL,
  recorded TEXT NOT NULL
);
CREATE INDEX quarantine_item ON quarantine (item);

-- What a person decided: that two entities are one (`merge`), or are not (`split`). The last that is not undone holds.
CREATE TABLE decision (
  key INTEGER PRIMARY KEY AUTOINCREMENT, verdict TEXT NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL,
  reason TEXT NOT NULL, recorded TEXT NOT NULL, undone TEXT
);
CREATE INDEX decision_a ON decision (a);
CREATE INDEX decision_b ON decision (b);
-- Made by kg.link from the rows above, in the transaction that changes them: entities whose canonical id is another's.
CREATE TABLE canonical (
  entity INTEGER PRIMARY KEY REFERENCES entity DEFERRABLE INITIALLY DEFERRED,
  canonical INTEGER NOT NULL REFERENCES entity DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX canonical_group ON canonical (canonical);
-- Also made by kg.link: what a person is seen with, under the key of the person's folded name.
CREATE TABLE witness (
  witness INTEGER NOT NULL REFERENCES entity, name INTEGER NOT NULL, person INTEGER NOT NULL REFERENCES entity,
  PRIMARY KEY (witness, name, person)
) WITHOUT ROWID;
CREATE INDEX witness_person ON witness (person);

-- What changed beside additions, which the items' keys tell: ids that went or mean something else since.
CREATE TABLE change (
  sequence INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (sequence, kind, id)
) WITHOUT ROWID;
"""
