"""A running endpoint over a small ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from endpoint import serving

from kg.web.server import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from endpoint import Client


@pytest.fixture(scope="session")
def client(corpus_file: Path) -> Iterator[Client]:
    with serving(corpus_file, Limits(seconds=20, rows=1000, request=20_000)) as opened:
        yield opened
