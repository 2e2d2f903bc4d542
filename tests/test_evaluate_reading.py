"""Gold and predictions as they are read, and the evaluation as it is told."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from gold_rows import FUND, LAKE, OTHER, claim, entity, event, figure, gold, gold_event, said, score, trap

from kg.errors import UsageError
from kg.evaluate import predictions, read_gold, read_predictions, report
from kg.model import Block, Document, Entity, NewsItem, Rejection, Span

if TYPE_CHECKING:
    from pathlib import Path

    from kg.scores import Evaluation


# ---- reading --------------------------------------------------------------------------------------------------------


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
    return path


def test_gold_is_read_with_its_odd_characters(tmp_path: Path) -> None:
    row = gold("蓝\u2028湖", "sued", "甲")
    assert read_gold(write(tmp_path / "gold.jsonl", "\ufeff" + json.dumps(row, ensure_ascii=False), "", "  ")) == [row]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{", "no JSON"),
        ("[1]", "kind is one of item, triple"),
        ({"kind": "tripel", "item": 1}, "kind is one of item, triple"),
        ({"item": 1, "s": "甲", "p": "sued", "o": "乙"}, "kind is one of item, triple"),
        ({"kind": "triple", "item": 1, "s": "甲"}, "kind triple lacks p, o"),
        ({"kind": "triple", "item": "1", "s": "甲", "p": "sued", "o": "乙"}, 'number, not "1"'),
        ({"kind": "event", "item": 1, "type": "Lawsuit", "roles": []}, None),
        ({"kind": "event", "item": 1, "type": "Lawsuit", "roles": ["甲"]}, "roles must be an object"),
        ({"kind": "claim", "item": 1, "s": "甲", "status": "planned"}, r"lacks s, p and o \(or event and roles\)"),
    ],
)
def test_a_row_that_is_no_gold_is_named_by_file_and_line(tmp_path: Path, row: object, complaint: str | None) -> None:
    path = write(tmp_path / "gold.jsonl", gold("甲", "sued", "乙"), "", row)
    if complaint is None:
        assert len(read_gold(path)) == 2
        return
    with pytest.raises(UsageError, match=rf"^gold\.jsonl:3: .*{complaint}"):
        read_gold(path)


def test_predictions_are_read_from_files_and_streams(tmp_path: Path) -> None:
    rows = [{"kind": "item", "id": "x"}, said(LAKE, "sued", FUND), {"kind": "reject", "rule": "domain"}]
    text = "\n".join(json.dumps(r) for r in [*rows, {"item": 1, "s": "甲", "p": "sued", "o": "乙"}])
    path = write(tmp_path / "pred.jsonl", text)
    assert read_predictions(path) == read_predictions(io.StringIO(text))
    assert len(read_predictions(path)) == 4
    with pytest.raises(UsageError, match="standard input:2: this row of kind statement lacks object"):
        read_predictions(io.StringIO('\n{"kind": "statement", "item": 1, "subject": "甲", "predicate": "sued"}'))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl: cannot be read"):
        read_gold(tmp_path / "none.jsonl")
    (tmp_path / "gbk.jsonl").write_bytes("蓝湖".encode("gbk"))
    with pytest.raises(UsageError, match=r"gbk\.jsonl: this is no UTF-8"):
        read_predictions(tmp_path / "gbk.jsonl")


def test_predictions_of_files_are_the_rows_that_extract_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    item = NewsItem("1", "蓝湖", "蓝湖", (Block("paragraph", (Span(0, 2),)),), "a.txt")
    documents = [Rejection("read", "empty-item", "空"), Document(item, (Entity("e1", LAKE, "Company"),))]
    monkeypatch.setattr("kg.pipeline.extract", lambda paths, extractor, **options: iter(documents))
    rows = predictions(["a.txt"], object())  # type: ignore[arg-type]
    assert [(r["kind"], r.get("name", r.get("title"))) for r in rows] == [("item", "蓝湖"), ("entity", LAKE)]


# ---- for people and programs ----------------------------------------------------------------------------------------


@pytest.fixture
def found() -> Evaluation:
    return score(
        [
            {"kind": "item", "item": 1, "title": "蓝湖融资"},
            gold(LAKE, "raisedFrom", FUND, s_type="Company", o_type="InvestmentFirm", round="A"),
            gold(LAKE, "sued", OTHER, s_type="Company", o_type="Company"),
            trap(LAKE, "acquired", FUND, "planned"),
            claim(LAKE, "acquired", FUND, "planned"),
            gold_event("FundingRound", company=[LAKE]),
            figure(1.0),
        ],
        [
            said(LAKE, "raisedFrom", FUND, round="B"),
            said(LAKE, "acquired", FUND),
            entity(LAKE, "Company"),
            event("FundingRound", company=[LAKE]),
            figure(1.0),
        ],
    )


def test_the_report_shows_every_count(found: Evaluation) -> None:
    lines = [line.split() for line in report(found).splitlines()]
    assert ["triples", "2", "1", "0.500", "2", "0.500", "0.500", "2", "0.500", "0.500"] in lines
    assert ["sued", "0", "0", "–", "1", "0.000", "0.000", "1", "0.000", "0.000"] in lines
    assert ["round", "0", "1", "0.000"] in lines
    assert ["false", "triples", "asserted:", "1", "of", "1", "(planned", "1)"] in lines
    assert ["planned", "1", "0", "1", "0", "0.000"] in lines
    assert ["gold", "has", "no", "triple", "of:", "acquired", "1"] in lines
    assert "“" not in report(found)


def test_the_report_lists_mistakes_with_item_and_sentence(found: Evaluation) -> None:
    text = report(found, errors=True)
    assert f"  1  {LAKE} acquired {FUND}  (planned)  “{LAKE}与{FUND}。”" in text
    assert f"missed (1)\n  1  {LAKE} sued {OTHER}" in text
    assert "(round: gold A, got B)" in text


def test_columns_stand_under_each_other(found: Evaluation) -> None:
    table = report(found).split("\n\n")[0].splitlines()
    assert len({line.index(cell) + len(cell) for line, cell in ((table[0], "pred"), (table[1], "2"))}) == 1


def test_the_data_are_json(found: Evaluation) -> None:
    data = json.loads(json.dumps(found.data()))
    assert data["triples"]["precision"] == 0.5
    assert data["predicates"]["raisedFrom"]["right"] == 1
    assert data["qualifiers"]["round"] == {"asked": 1, "right": 0, "accuracy": 0.0}
    assert data["false_assertions"]["by_reason"] == {"planned": {"rows": 1, "asserted": 1}}
    assert data["claims"]["planned"]["otherwise"] == 1
    assert data["entities"]["class_accuracy"] == 1.0
    assert data["errors"]["missed"] == [{"item": 1, "what": f"{LAKE} sued {OTHER}", "why": "", "sentence": ""}]
