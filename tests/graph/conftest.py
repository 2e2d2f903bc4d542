"""The corpus of `tests/graph_corpus.py` for the tests in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from graph_corpus import documents

from kg.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.schema import Schema


@pytest.fixture
def ledger(schema: Schema) -> Iterator[Ledger]:
    """A ledger of it, in memory, for the test to change."""
    with Ledger.open(":memory:", schema) as opened:
        for document in documents(schema):
            opened.add(document)
        yield opened
