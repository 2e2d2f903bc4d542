"""Words that tell relations, and where they stand to two names."""

from __future__ import annotations

import pytest

from kg.extract.triggers import TriggerWords, places
from kg.schema import Schema


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
