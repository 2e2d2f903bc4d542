"""Benchmarks in their own formats: what is read, what is counted, and what is said of files that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg import benchmark
from kg.benchmark import fewfc, finre, ner
from kg.benchmark.counts import Counts
from kg.benchmark.linear import Linear
from kg.errors import OntologyError, UsageError
from kg.extract.extractor import Extractor
from kg.training import linear as fitting

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.load(models=False)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_counts_are_micro_averages() -> None:
    counts = Counts("x")
    counts.score("all").count({1, 2}, {2, 3, 4})
    counts.score("all").count({5}, {5})
    score = counts.score("all")
    assert (score.precision, score.recall, score.f1) == (2 / 3, 2 / 4, 4 / 7)
    assert "0.667  0.500  0.571   (2, 3, 4)" in counts.report()
    assert counts.data()["all"]["right"] == 2


def test_a_classifier_learns_and_comes_back_from_its_file(tmp_path: Path) -> None:
    features = [["收购", "公告"], ["收购"], ["合作"], ["合作", "公告"]] * 3
    model = fitting.fit(features, [{"buy"}, {"buy"}, {"pact"}, {"pact"}] * 3)
    np.savez_compressed(tmp_path / "m.npz", **model.arrays("one"))
    again = Linear.load("m.npz", ("one",), tmp_path / "m.npz")["one"]
    assert again.best(["收购"]) == "buy" and again.best(["合作", "从未见过"]) == "pact"
    with pytest.raises(OntologyError, match=r"m\.npz"):
        Linear.load("m.npz", ("two",), tmp_path / "m.npz")


# ---- FinRE -----------------------------------------------------------------------------------------------------------


def test_rows_of_one_pair_are_one_question(tmp_path: Path) -> None:
    sentence = "星河拟收购银杏"
    file = write(tmp_path / "a.tsv", f"星河\t银杏\t收购\t{sentence}\n星河\t银杏\t拟收购\t{sentence}\n")
    assert finre.merged(file) == {("星河", "银杏", sentence): {"收购", "拟收购"}}


def test_the_order_of_the_names_is_a_feature() -> None:
    forth, back = finre.features("星河", "银杏", "星河收购银杏"), finre.features("银杏", "星河", "星河收购银杏")
    assert "hbw收购" in forth and "tbw收购" in back


def test_finre_is_run_with_the_shipped_model(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tsv", "星河软件\t银杏数据\t合作\t星河软件与银杏数据签署战略合作协议\n")
    score = benchmark.run("finre", file).scores["relations"]
    assert score.gold == 1 and score.right == 1


def test_a_line_of_finre_has_four_columns(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.tsv:1: 2 columns"):
        benchmark.run("finre", write(tmp_path / "a.tsv", "星河\t银杏\n"))


# ---- FewFC -----------------------------------------------------------------------------------------------------------


def test_labels_make_spans() -> None:
    assert fewfc.spans(["O", "Bsub", "Isub", "Bsub", "O", "Idate"]) == {("sub", 1, 3), ("sub", 3, 4)}


def test_fewfc_is_run_with_the_shipped_models(tmp_path: Path) -> None:
    text = "星河软件以3亿元收购银杏数据。"
    event = {
        "type": "收购",
        "trigger": {"span": [8, 10], "text": "收购"},
        "arguments": [
            {"role": "sub-org", "span": [0, 4], "text": "星河软件"},
            {"role": "obj-org", "span": [10, 14], "text": "银杏数据"},
            {"role": "money", "span": [5, 8], "text": "3亿元"},
        ],
    }
    file = write(tmp_path / "a.jsonl", json.dumps({"id": "1", "text": text, "events": [event]}, ensure_ascii=False))
    scores = benchmark.run("fewfc", file).scores
    assert scores["TC"].right == 1 and scores["AC"].gold == 3 and scores["AC"].right >= 2


def test_a_row_of_fewfc_has_events(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.jsonl:1: no row of FewFC"):
        benchmark.run("fewfc", write(tmp_path / "a.jsonl", '{"text": "星河"}'))


# ---- names -----------------------------------------------------------------------------------------------------------


def test_two_columns_are_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.bio", "腾 B-ORG\n讯 I-ORG\n在 O\n深 B-LOC\n圳 I-LOC\n\n马 B-PER\n云 I-PER\n")
    first, second = ner.read(file)
    assert first.text == "腾讯在深圳" and first.names == {("ORG", 0, 2), ("LOC", 3, 5)}
    assert second.names == {("PER", 0, 2)}


def test_cluener_is_read_with_its_types_mapped(tmp_path: Path) -> None:
    label = {"company": {"腾讯": [[0, 1]]}, "position": {"总裁": [[2, 3]]}, "name": {"刘炽平": [[4, 6]]}}
    file = write(tmp_path / "a.json", json.dumps({"text": "腾讯总裁刘炽平", "label": label}, ensure_ascii=False))
    (row,) = ner.read(file)
    assert row.names == {("ORG", 0, 2), ("PER", 4, 7)}


def test_exact_spans_count(tmp_path: Path, extractor: Extractor) -> None:
    file = write(tmp_path / "a.bio", "腾 B-ORG\n讯 I-ORG\n在 O\n深 B-LOC\n圳 I-LOC\n。 O\n")
    scores = ner.evaluate(file, extractor).scores
    assert (scores["all"].right, scores["all"].predicted, scores["all"].gold) == (2, 2, 2)
    assert scores["PER"].f1 == 0.0


def test_a_line_that_is_no_column_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.bio:2: two columns"):
        list(ner.read(write(tmp_path / "a.bio", "腾 B-ORG\n讯\n")))
