from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from marked import marked

if TYPE_CHECKING:
    from pathlib import Path

    from kg.schema import Schema

from kg.errors import OntologyError
from kg.extract.folds import skeleton
from kg.extract.skeleton import Alphabet
from kg.extract.wordings import Match, Wordings


def load(folder: Path, schema: Schema, text: str, words: str = "") -> Wordings:
    (folder / "words.toml").write_text(f'[words]\nopening = "(?:并|已)"\nmeans = "价格"\n{words}', encoding="utf8")
    (folder / "test.toml").write_text(text, encoding="utf8")
    return Wordings.load(schema, folder)


def find(wordings: Wordings, schema: Schema, text: str) -> list[Match]:
    analysis = marked(text)
    alphabet = Alphabet(schema)
    return [m for s in analysis.text.sentences for m in wordings.matches(skeleton(analysis, s, alphabet, schema))]


def named(match: Match) -> dict[str, str]:
    return {slot: chunk.text for slot, chunk in match.chunks.items()}


def test_slots_take_what_the_ontology_allows(tmp_path: Path, schema: Schema) -> None:
    wordings = load(tmp_path, schema, "[[wording]]\nrelation = 'acquired'\nsay = ['{subject}~`收购`{object}']")
    found = find(wordings, schema, "[甲公司|Company]收购[乙公司|Company]。[甲公司|Company]收购[大米|Product]。")
    assert [named(m) for m in found] == [{"subject": "甲公司", "object": "乙公司"}]


def test_a_gap_crosses_no_comma_and_no_name(tmp_path: Path, schema: Schema) -> None:
    wordings = load(tmp_path, schema, "[[wording]]\nrelation = 'acquired'\nsay = ['{subject}~`收购`{object}']")
    assert not find(wordings, schema, "[甲公司|Company]称,对手收购[乙公司|Company]。")
    found = find(wordings, schema, "[甲公司|Company]称[乙公司|Company]收购[丙公司|Company]。")
    assert [named(m)["subject"] for m in found] == ["乙公司"]


def test_the_opening_slot_may_be_left_out_where_a_clause_begins(tmp_path: Path, schema: Schema) -> None:
    wordings = load(tmp_path, schema, "[[wording]]\nrelation = 'acquired'\nsay = ['{subject}~`收购`{object}']")
    (found,) = find(wordings, schema, "[甲公司|Company]扩张很快,并收购[乙公司|Company]。")
    assert found.open == ("subject",)
    assert not find(wordings, schema, "[甲公司|Company]扩张很快,对手收购[乙公司|Company]。")


def test_whose_subsidiary_acts_does_not_act(tmp_path: Path, schema: Schema) -> None:
    wordings = load(tmp_path, schema, "[[wording]]\nrelation = 'acquired'\nsay = ['{subject}~`收购`{object}']")
    assert not find(wordings, schema, "[甲公司|Company]的子公司收购[乙公司|Company]。")
    assert find(wordings, schema, "[甲公司|Company]以3亿元的价格收购[乙公司|Company]。")


def test_word_lists_and_fixed_values(tmp_path: Path, schema: Schema) -> None:
    wordings = load(
        tmp_path,
        schema,
        "[[wording]]\nevent = 'Listing'\nvalues = { stage = 'listed' }\nsay = ['{company}~`%rang%`{exchange}']",
        'rang = "登陆|登上"\n',
    )
    (found,) = find(wordings, schema, "[甲公司|Company]登陆[上交所|Exchange]。")
    assert found.wording.values == {"stage": "listed"}


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("relation = 'aquired'\nsay = ['{subject}`收购`{object}']", "acquired"),
        ("event = 'Listing'\nsay = ['{firm}`上市`']", "'firm'"),
        ("event = 'Listing'\nsay = ['{company}上市']", "trigger"),
        ("event = 'Listing'\nsay = ['{company}`上(市|架)`']", "literals"),
        ("event = 'Listing'\nsay = ['{company}(`上市`']", "compile"),
        ("event = 'Listing'\nsay = ['{company}%nolist%`上市`']", "nolist"),
        ("event = 'Listing'\nstatus = 'perhaps'\nsay = ['{company}`上市`']", "perhaps"),
        ("event = 'Listing'\nsays = 1\nsay = ['{company}`上市`']", "says"),
        ("event = 'Listing'\nsay = ['{company:Firm}`上市`']", "Firm"),
        ("say = ['{company}`上市`']", "either"),
    ],
)
def test_a_wrong_wording_is_refused_with_its_file(tmp_path: Path, schema: Schema, table: str, word: str) -> None:
    with pytest.raises(OntologyError, match=word) as error:
        load(tmp_path, schema, f"[[wording]]\n{table}")
    assert "test.toml" in str(error.value)


def test_the_packaged_wordings_load_and_cover_every_relation(schema: Schema) -> None:
    wordings = Wordings.load(schema)
    said = {w.target for w in wordings.all} | {p for w in wordings.all for p, _, _ in w.also}
    implied = {row.property for row in schema.implications if row.event in said}
    # Told by posts beside names or by other relations, never by a wording of their own.
    assert set(schema.properties) - said - implied <= {"partOf"}
    assert set(schema.events) <= said
