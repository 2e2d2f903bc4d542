from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import OntologyError
from kg.lexicon import Lexicon

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def packaged() -> Lexicon:
    return Lexicon.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "firms.txt").write_text(
        "# 例\n@class Company\n青禾科技 | 青禾 | QingHe Tech\n?大树 | 大树集团\n青禾科技园 | 青禾园\n", encoding="utf8"
    )
    (tmp_path / "affixes.toml").write_text(
        '[[suffix]]\nclass = "Company"\nwords = "集团 公司"\ngeneric = "上市"\n', encoding="utf8"
    )
    (tmp_path / "words.toml").write_text('function = "的 了"\n[titles]\nbase = "董事长 CEO"\n', encoding="utf8")
    return tmp_path


def found(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    return [(text[h.start : h.end], h.entry.name) for h in lexicon.hits(text)]


def test_other_names_lead_to_the_entry(folder: Path) -> None:
    lexicon = Lexicon.load(folder)
    assert [entry.name for entry in lexicon.entries] == ["青禾科技", "大树", "青禾科技园"]
    entry = lexicon.known("QINGHE tech")
    assert entry is not None
    assert (entry.name, entry.type, entry.aliases) == ("青禾科技", "Company", ("青禾", "QingHe Tech"))
    assert lexicon.known("白禾") is None


def test_traditional_letters_are_the_same_name(packaged: Lexicon) -> None:
    entry = packaged.known("騰訊")
    assert entry is not None and entry.name == "腾讯"


def test_the_longest_form_counts(folder: Path) -> None:
    assert found(Lexicon.load(folder), "位于青禾科技园的青禾")[0] == ("青禾科技园", "青禾科技园")


def test_a_form_at_the_very_end_is_found_once(folder: Path) -> None:
    assert found(Lexicon.load(folder), "走进青禾") == [("青禾", "青禾科技")]


def test_latin_forms_need_whole_words_and_ignore_blanks(folder: Path) -> None:
    lexicon = Lexicon.load(folder)
    assert found(lexicon, "由QingHe Tech领投") == [("QingHe Tech", "青禾科技")]
    assert found(lexicon, "由QingHeTech领投") == [("QingHeTech", "青禾科技")]
    assert found(lexicon, "由QingHe Technics领投") == []


def test_a_mark_makes_a_form_doubtful(folder: Path) -> None:
    (hit,) = Lexicon.load(folder).hits("大树宣布")
    assert hit.doubtful
    assert not next(iter(Lexicon.load(folder).hits("大树集团宣布"))).doubtful


def test_excluded_names_take_the_whole_entry_with_them(folder: Path) -> None:
    lexicon = Lexicon.load(folder, exclude=["青禾"])
    assert lexicon.known("青禾科技") is None
    assert lexicon.known("青禾科技园") is not None
    assert "青禾科技" not in set(lexicon)


def test_word_lists_and_endings_are_read(folder: Path) -> None:
    lexicon = Lexicon.load(folder)
    assert lexicon.words("words", "titles", "base") == ("董事长", "CEO")
    assert lexicon.words("words", "missing") == ()
    assert lexicon.suffixes["集团"].type == "Company"
    assert "上市" in lexicon.suffixes["公司"].generic


def test_iterating_yields_what_a_tokenizer_keeps_whole(folder: Path) -> None:
    words = set(Lexicon.load(folder))
    assert {"青禾科技", "集团", "董事长"} <= words
    assert "的" not in words


def test_of_an_ending_of_two_classes_the_first_counts(packaged: Lexicon) -> None:
    assert packaged.suffixes["委员会"].type == "GovernmentBody"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", "青禾\n", "a.txt:1"),
        ("a.txt", "@class Company\n青禾 | \n", "a.txt:2"),
        ("a.txt", "@klass Company\n", "a.txt:1"),
        ("a.toml", "words = [", "a.toml"),
        ("a.toml", '[[suffix]]\nwords = "集团"\n', "number 1"),
        ("a.toml", '[[suffix]]\nclass = "Company"\nwords = "集团"\nstrength = "huge"\n', "huge"),
    ],
)
def test_wrong_files_are_named(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf8")
    with pytest.raises(OntologyError, match=told):
        Lexicon.load(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match="no lexicon folder"):
        Lexicon.load(tmp_path / "none")


def test_the_packaged_lists_name_classes_of_the_ontology(packaged: Lexicon) -> None:
    from kg.schema import Schema

    classes = set(Schema.load().classes)
    assert {entry.type for entry in packaged.entries} <= classes
    assert {suffix.type for suffix in packaged.suffixes.values()} <= classes


def test_no_packaged_name_stands_twice_in_its_class(packaged: Lexicon) -> None:
    names = [(entry.type, entry.name) for entry in packaged.entries]
    assert sorted({name for name in names if names.count(name) > 1}) == []
