"""The corpus of `tests/graph_corpus.py` for the tests in here."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from kg.schema import Schema


@pytest.fixture(scope="session")
def schema() -> Schema:
    return Schema.load()
