"""The ledger that exports are tested with: the tests of what comes in read what goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exported import documents

if TYPE_CHECKING:
    from kg.ledger import Ledger


@pytest.fixture
def ledger(empty: Ledger) -> Ledger:
    for document in documents():
        empty.add(document)
    return empty
