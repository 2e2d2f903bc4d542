"""The name tagger: tokens, features, and how it is weighed against word lists and grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import OntologyError
from kg.extract.tagger import Tagger, features, tokens
from kg.model import Block, NewsItem, Span
from kg.training.annotated import Mark, Passage
from kg.training.tagger import Example, examples, train

if TYPE_CHECKING:
    from pathlib import Path

    from kg.extract.extractor import Extractor


def item(text: str) -> NewsItem:
    return NewsItem("1", "", text, (Block("paragraph", (Span(0, len(text)),)),), "test", published="2024-01-01")


def test_latin_and_digits_are_one_token(extractor: Extractor) -> None:
    _, proposals = extractor.propose(item("GGV纪源资本投了12家。"))
    words = proposals.words
    found = tokens(words, 0, len(words.string))
    assert [t.text for t in found] == ["GGV", "纪", "源", "资", "本", "投", "了", "12", "家", "。"]


def test_every_token_has_the_same_kinds_of_features(extractor: Extractor) -> None:
    _, proposals = extractor.propose(item("腾讯收购银杏数据。"))
    found = tokens(proposals.words, 0, len(proposals.words.string))
    seen = features(proposals.words, found, proposals.mentions)
    assert len({len(f) for f in seen}) == 1 and len(seen) == len(found)
    assert any(f == "rBCompany" for f in seen[0])


def _passage(text: str, *names: str) -> Passage:
    marks = tuple(Mark(text.index(n), text.index(n) + len(n), n, "Company", (n,)) for n in names)
    return Passage("p", "2024-01-01", "wire", text, marks, ())


def test_a_model_learns_what_it_is_shown(tmp_path: Path, extractor: Extractor) -> None:
    shown = [_passage(f"昨天{n}发布了财报。", n) for n in ("青禾木", "白石川", "云起山", "明月溪", "长风渡", "清泉石")]
    made = examples(shown, extractor)
    assert made[0].labels[2:5] == ["BCompany", "ICompany", "ICompany"]
    train(tmp_path / "names.crf", [Example(e.features, e.labels) for e in made * 5], iterations=40)
    tagger = Tagger.load(tmp_path / "names.crf")
    analysis, proposals = extractor.propose(item("昨天星河岸发布了财报。"))
    found = tagger.judge(proposals.words, analysis.text.sentences, [])
    assert [(m.name, m.type, m.by) for m in found] == [("星河岸", "Company", "crf")]


def test_what_word_lists_know_stands(tmp_path: Path, extractor: Extractor) -> None:
    train(tmp_path / "names.crf", [Example([["0x"]], ["O"])], iterations=2)
    tagger = Tagger.load(tmp_path / "names.crf")
    analysis, proposals = extractor.propose(item("腾讯发布了财报。"))
    found = tagger.judge(proposals.words, analysis.text.sentences, proposals.mentions)
    assert [m.name for m in found] == ["腾讯"]


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"names\.crf"):
        Tagger.load(tmp_path / "names.crf")
