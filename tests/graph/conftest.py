"""Ledgers for the tests in here to change, and a Neo4j to push them into."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from graph_corpus import documents
from place import Place

from kg.ledger import Ledger

sys.path.append(str(Path(__file__).parents[1] / "bench"))

from generator import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j_server import Server

    from kg.schema import Schema


@pytest.fixture
def ledger(schema: Schema) -> Iterator[Ledger]:
    """A ledger of the corpus in `graph_corpus.py`, in memory."""
    with Ledger.open(":memory:", schema) as opened:
        for document in documents(schema):
            opened.add(document)
        yield opened


@pytest.fixture
def larger(tmp_path: Path, schema: Schema) -> Iterator[Ledger]:
    """Some four hundred rows."""
    with Ledger.open(tmp_path / "larger.db", schema) as opened:
        for _ in opened.add_all(World(schema, 90).documents()):
            pass
        yield opened


@pytest.fixture
def place(neo4j_server: Server, schema: Schema) -> Iterator[Place]:
    here = Place(neo4j_server, schema)
    # Constraints and indexes may stay: making them is what takes long.
    here.empty()
    yield here
    here.close()
