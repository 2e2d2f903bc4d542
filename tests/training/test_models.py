"""Training of both models, on a handful of passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.extractor import Extractor
from kg.model import Block, NewsItem, Span
from kg.schema import Schema
from kg.training import models
from kg.training.annotated import read_passages

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BUYERS = ("青禾木", "白石川", "云起山", "明月溪", "长风渡", "清泉石", "远山集", "晨光里")
SOLD = ("银杏林", "蓝海湾", "金沙滩", "红枫叶", "翠竹园", "紫藤架", "玉兰堂", "丹桂苑")


def _passages() -> str:
    said = ("{a}昨天宣布收购{b}。", "{b}日前被{a}收购。", "{a}完成对{b}的收购。")
    found = []
    for n, (a, b) in enumerate(zip(BUYERS, SOLD, strict=True)):
        for form in said:
            text = form.format(a=f"[{a}|Company]", b=f"[{b}|Company]")
            found.append(f"== 2024-01-0{n + 1} wire\n{text}\nacquired: {a} > {b}\n")
        found.append(f"== 2024-02-0{n + 1} wire\n[{a}|Company]和[{b}|Company]的股价昨天都上涨。\n")
    return "\n".join(found)


def test_what_is_trained_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.txt").write_text(_passages(), encoding="utf-8")
    monkeypatch.setattr(models, "own_passages", list)
    told: list[str] = []
    report = models.train(tmp_path / "models", Schema.load(), annotated=[tmp_path / "own.txt"], progress=told.append)
    assert report.passages == 32 and len(report.files) == 2 and all(file.exists() for file in report.files)
    assert told[0] == "relations: pairs of names of 32 passages"
    extractor = Extractor.load(models=tmp_path / "models")
    text = "星河岸昨天宣布收购碧云居。"
    item = NewsItem("1", "", text, (Block("paragraph", (Span(0, len(text)),)),), "test", published="2024-03-01")
    found = {(s.subject.name, s.predicate, getattr(s.object, "name", "")) for s in extractor.extract(item).statements}
    assert found == {("星河岸", "acquired", "碧云居")}


def test_the_packaged_passages_are_well_formed() -> None:
    found = list(read_passages(models.own_passages(), Schema.load()))
    assert len(found) > 2000 and len({p.id for p in found}) == len(found)
    assert sum(not p.relations for p in found) > len(found) / 10
    told = {r.predicate for p in found for r in p.relations}
    assert {"acquired", "raisedFrom", "worksFor", "partnersWith", "supplies", "penalized", "sued", "won"} <= told
    statuses = {r.status for p in found for r in p.relations}
    assert statuses == {"asserted", "planned", "rumoured", "denied", "ended", "cancelled"}
