"""The relation model: candidates, weights, judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from marked import marked

from kg.errors import OntologyError
from kg.extract.extractor import Extractor
from kg.extract.pairs import Pairs, fits, rivals
from kg.extract.weights import Trees, Weights
from kg.model import STATUSES, Node

if TYPE_CHECKING:
    from pathlib import Path

    from kg.extract.candidates import Candidate


def pairs_of(extractor: Extractor, text: str) -> list[Candidate]:
    return [c for _, _, c in extractor.relations.candidates(marked(text), {})]


def ends(candidate: Candidate) -> tuple[str, str]:
    return candidate.left.text, candidate.right.text


def test_every_two_names_of_a_sentence_are_a_candidate(extractor: Extractor) -> None:
    found = pairs_of(extractor, "[星河软件|Company]收购[银杏数据|Company],[李明|Person]出席。")
    assert [ends(c) for c in found] == [("星河软件", "银杏数据"), ("星河软件", "李明"), ("银杏数据", "李明")]
    assert "acquired" in found[0].own


def test_a_sentence_may_speak_of_whom_the_one_before_spoke(extractor: Extractor) -> None:
    found = pairs_of(extractor, "[星河软件|Company]发布财报。此外还收购了[银杏数据|Company]。")
    assert [(ends(c), c.first) for c in found] == [(("星河软件", "银杏数据"), -1)]


def test_an_enumeration_is_one_name(extractor: Extractor) -> None:
    found = pairs_of(extractor, "[星河软件|Company]投资了[银杏数据|Company]、[蓝海科技|Company]。")
    assert sorted((len(c.left.members), len(c.right.members)) for c in found) == [(1, 2), (2, 2)]


def test_the_ontology_says_which_labels_fit(extractor: Extractor) -> None:
    schema = extractor.schema
    assert fits(schema, "educatedAt+", "Person", "University")
    assert not fits(schema, "educatedAt-", "Person", "University")
    assert fits(schema, "educatedAt-", "University", "Person")
    assert fits(schema, "acquired+", "Company", "Organization")


def _weights() -> Weights:
    vocabulary = ("b收购", "w收购")
    relations = np.array([[4.0, 0.0], [0.0, 0.0], [-2.0, -5.0]], dtype=np.float32)
    statuses = np.zeros((2, len(STATUSES)), dtype=np.float32)
    statuses[0, STATUSES.index("planned")] = 3.0
    statuses[1, STATUSES.index("asserted")] = 1.0
    return Weights(("acquired+", "acquired-"), vocabulary, relations, {"+b0000": 1.5}, ("t拟",), statuses)


def test_the_linear_model_adds_up_its_features(extractor: Extractor) -> None:
    (candidate,) = pairs_of(extractor, "[星河软件|Company]收购[银杏数据|Company]。")
    (finding,) = Pairs(_weights(), extractor.schema).findings(candidate)
    assert (finding.predicate, finding.forward) == ("acquired", True)
    assert finding.score == pytest.approx(4.0 - 2.0 + 1.5)


def test_the_word_that_speaks_most_is_the_trigger(extractor: Extractor) -> None:
    (candidate,) = pairs_of(extractor, "[星河软件|Company]正式收购[银杏数据|Company]。")
    pairs = Pairs(_weights(), extractor.schema)
    (finding,) = pairs.findings(candidate)
    assert pairs.trigger(finding) == (3, 5)


def test_a_status_needs_its_cue(extractor: Extractor) -> None:
    pairs = Pairs(_weights(), extractor.schema)
    assert pairs.status(["t拟"])[0] == "planned"
    assert pairs.status([])[0] == "asserted"


def test_rivals_know_each_other(extractor: Extractor) -> None:
    found = pairs_of(extractor, "[星河软件|Company]收购[银杏数据|Company]和[蓝海|Company]的[云山|Company]。")
    pairs = Pairs(_weights(), extractor.schema)
    findings = [f for c in found for f in pairs.findings(c)]
    rows = rivals(findings)
    assert len({len(row) for row in rows}) == 1 and len(rows) == len(findings) > 1
    assert all(row[0] == f.score for row, f in zip(rows, findings, strict=True))


def test_trees_are_asked_node_by_node() -> None:
    # One tree: column 1 at most 0.5 → -1, else 2.
    trees = Trees(
        np.array([[1, 0, 0]]),
        np.array([[0.5, 0.0, 0.0]]),
        np.array([[1, 1, 2]]),
        np.array([[2, 1, 2]]),
        np.array([[0.0, -1.0, 2.0]]),
        0.25,
    )
    assert trees.score(np.array([[9.0, 0.5], [9.0, 0.6]])).tolist() == [-0.75, 2.25]


def test_weights_come_back_from_their_file_without_features_that_weigh_nothing(tmp_path: Path) -> None:
    file = tmp_path / "relations.npz"
    before = _weights()
    before.save(file)
    after = Weights.load(file)
    assert after.labels == before.labels
    assert (before.vocabulary, after.vocabulary) == (("b收购", "w收购"), ("b收购",))
    assert after.shared == before.shared and after.status_vocabulary == before.status_vocabulary
    assert np.array_equal(after.relations, before.relations[[0, 2]])
    assert np.array_equal(after.statuses, before.statuses)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "relations.npz"
    file.write_bytes(b"PK damaged")
    with pytest.raises(OntologyError, match=r"relations\.npz"):
        Weights.load(file)


def test_the_packaged_model_reads_a_plain_sentence() -> None:
    extractor = Extractor.load()
    document = extractor.read(marked("[星河软件|Company]宣布以3亿元收购[银杏数据|Company]。"))
    (statement,) = [s for s in document.statements if s.predicate == "acquired"]
    assert statement.subject.name == "星河软件" and statement.confidence > 0.5


def _believing(extractor: Extractor, label: str) -> Pairs:
    """A model that takes a relation to hold wherever it may."""
    relations = np.full((1, 1), 9.0, dtype=np.float32)
    statuses = np.zeros((1, len(STATUSES)), dtype=np.float32)
    statuses[0, STATUSES.index("asserted")] = 9.0
    return Pairs(Weights((label,), (), relations, {}, (), statuses), extractor.schema)


@pytest.mark.parametrize(
    ("text", "employers"),
    [
        ("[星河软件|Company]与[银杏数据|Company]政企事务[总经理|title][李明|Person]签约。", {"银杏数据"}),
        ("[星河软件|Company]说,[李明|Person]已是[总经理|title]。", {"星河软件"}),
    ],
)
def test_a_post_that_was_found_is_not_found_elsewhere(extractor: Extractor, text: str, employers: set[str]) -> None:
    analysis = marked(text)
    assembly = extractor.by_wordings(analysis)
    extractor.relations.judge(analysis, assembly, _believing(extractor, "worksFor-"))
    found = {s.object.name for s in assembly.statements() if isinstance(s.object, Node) and s.predicate == "worksFor"}
    assert found == employers
