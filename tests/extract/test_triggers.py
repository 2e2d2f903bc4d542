"""Words that tell relations, and where they stand to two names."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from kg.errors import OntologyError
from kg.extract.triggers import TriggerWords, places
from kg.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def words() -> TriggerWords:
    return TriggerWords.load()


def test_every_relation_of_the_file_is_one_of_the_ontology(words: TriggerWords) -> None:
    told = {relation for relations in words.relations.values() for relation in relations}
    assert told <= set(Schema.load().properties)


def test_the_longest_word_counts(words: TriggerWords) -> None:
    (found,) = words.find("甲全资收购乙")
    assert (found.start, found.end) == (1, 5) and "acquired" in found.relations


def test_where_a_word_stands_is_told_by_zone_names_and_pauses(words: TriggerWords) -> None:
    def place(text: str, first: int, second: int, named: list[int]) -> str:
        return places(words.find(text), text, named, first, second)["acquired"]

    # A and B stand for names: between them, behind both, and with a pause and another name in between.
    assert place("A收购B", 0, 3, [0, 3]) == "b0000"
    assert place("A对B收购", 0, 2, [0, 2]) == "a0000"
    assert place("A说,B收购C", 0, 6, [0, 3, 6]) == "b1010"


def test_a_preposition_says_which_part_a_name_plays(words: TriggerWords) -> None:
    assert words.preposition("甲由乙收购", 2) == "由"
    assert words.preposition("日前,乙", 3) == "^"
    assert words.preposition("我们乙", 2) == ""


def test_cues_are_told_by_where_they_stand(words: TriggerWords) -> None:
    found = words.cues("甲拟收购乙", (2, 4), 0, 4)
    assert "t拟" in found and "tplanned" in found
    assert "cdenied" in words.cues("甲收购乙一事不实", (1, 3), 0, 3)


@pytest.mark.parametrize(
    ("table", "acquired", "uses"), [("[taken]\nother = 0.5\nuses = 0.9", 0.5, 0.9), ("", 0.6, 0.6)]
)
def test_how_sure_the_model_must_be_is_for_the_file_to_say(
    tmp_path: Path, table: str, acquired: float, uses: float
) -> None:
    words = TriggerWords.load(changed(tmp_path, table))
    assert (words.taken("acquired"), words.taken("uses")) == (acquired, uses)


@pytest.mark.parametrize("value", ["1.5", "-0.1", "'much'", "[0.5]"])
def test_what_is_no_probability_is_refused_with_its_file(tmp_path: Path, value: str) -> None:
    with pytest.raises(OntologyError, match=r"triggers\.toml.*Compare"):
        TriggerWords.load(changed(tmp_path, f"[taken]\nother = {value}"))


def changed(folder: Path, table: str) -> Path:
    """The packaged file with another table of probabilities."""
    packaged = (files("kg.ontology") / "patterns" / "triggers.toml").read_text(encoding="utf-8")
    path = folder / "triggers.toml"
    path.write_text(packaged.split("[taken]")[0] + table, encoding="utf-8")
    return path
