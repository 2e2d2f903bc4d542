"""A running endpoint over a small ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA
from endpoint import serving
from graph_corpus import documents

from kg.ledger import Ledger
from kg.web.server import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from endpoint import Client


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "kg.db"
    with Ledger.open(path, SCHEMA) as ledger:
        for document in documents(SCHEMA):
            ledger.add(document)
    return path


@pytest.fixture(scope="session")
def client(corpus: Path) -> Iterator[Client]:
    with serving(corpus, Limits(seconds=20, rows=1000, request=20_000)) as opened:
        yield opened
