"""Word lists that cannot be read are told with their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import OntologyError
from kg.extract.posts import PostWords
from kg.patterns import read_patterns

if TYPE_CHECKING:
    from pathlib import Path


def test_the_packaged_file_and_one_of_your_own(tmp_path: Path) -> None:
    own = tmp_path / "posts.toml"
    own.write_text('[posts]\nformer = ["原"]\n', encoding="utf-8")
    assert read_patterns("posts.toml", own, lambda data: data["posts"]) == {"former": ["原"]}
    assert "前任" in read_patterns("posts.toml", None, lambda data: data["posts"])["former"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"[posts", "Compare with the packaged posts.toml"),
        (b"\xff\xfe", "Compare with the packaged posts.toml"),
        (b"[posts]\n", "missing or misformed entry 'former'"),
        (b"[posts]\nformer = 3\n", "missing or misformed entry"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(tmp_path: Path, content: bytes, complaint: str) -> None:
    own = tmp_path / "posts.toml"
    own.write_bytes(content)
    with pytest.raises(OntologyError, match=complaint) as caught:
        PostWords.load(own)
    assert str(own) in str(caught.value)
