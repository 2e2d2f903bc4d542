"""What is read once for all tests of extraction; none of it keeps any state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.extract.extractor import Extractor
from kg.extract.mentions import MentionFinder
from kg.lexicon import Lexicon
from kg.segment import Segmenter

if TYPE_CHECKING:
    from kg.schema import Schema


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="session")
def finder(lexicon: Lexicon, schema: Schema) -> MentionFinder:
    return MentionFinder(lexicon, schema, Segmenter(lexicon))


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """Without the models."""
    return Extractor.load(models=False)
