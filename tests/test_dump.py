"""The canonical dump."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from documents import SCHEMA, Told

from kg.codec import from_json
from kg.ledger import Ledger
from kg.model import Amount, Rejection

if TYPE_CHECKING:
    from pathlib import Path


def two_items() -> tuple[Told, Told]:
    t, u = Told("甲", "2021-11-03"), Told("乙", "2021-11-04")
    company = t.entity("蓝湖科技有限公司", "Company", "蓝湖")
    t.says(company, "raisedFrom", t.entity("云杉资本", "InvestmentFirm"), amount=Amount("1亿元", 1e8, 1e8, "CNY"))
    t.happens("FundingRound", {"company": [company]}, round="A")
    t.observes("营收", 3, company)
    u.says(u.entity("蓝湖"), "partnersWith", u.entity("青山软件"), "planned", sentence="蓝湖拟与青山软件合作。")
    u.refuses(u.says(u.entity("蓝湖"), "won", u.entity("青山软件")), "range")
    return t, u


def dumped(ledger: Ledger) -> list[str]:
    out = io.StringIO()
    lines = ledger.dump(out)
    text = out.getvalue().splitlines()
    assert lines == len(text)
    return text


def test_rows_come_back_as_the_values_they_were() -> None:
    t, u = two_items()
    with Ledger.open(":memory:", SCHEMA) as ledger:
        ledger.add(t.document), ledger.add(u.document)
        rows = [json.loads(line) for line in dumped(ledger)]
    kinds = [row["kind"] for row in rows]
    assert kinds == [
        "ledger",
        *("item", "entity", "entity", "statement", "reject"),
        *("item", "entity", "entity", "statement", "event", "observation"),
        "same",
    ]
    read = [from_json(row) for row in rows if row["kind"] in ("statement", "event", "observation", "reject")]
    statement, rejection, *others = read
    assert rejection == u.rejections[0]
    assert others == [t.statements[0], t.events[0], t.observations[0]]
    assert {statement.subject, statement.object} == {u.statements[0].subject, u.statements[0].object}
    assert statement.evidence == u.statements[0].evidence


def test_nothing_of_time_or_arrival_is_in_it(tmp_path: Path) -> None:
    t, u = two_items()
    with Ledger.open(":memory:", SCHEMA) as one, Ledger.open(tmp_path / "kg.db", SCHEMA) as other:
        one.add(t.document), one.add(u.document)
        one.reject(Rejection("read", "empty-item", "空", source="a.txt"))
        other.reject(Rejection("read", "empty-item", "空", source="a.txt"))
        other.add(u.document), other.add(t.document)
        other.forget("甲"), other.add(t.document)
        decision = other.merge(t.entity("蓝湖科技有限公司").id, u.entity("青山软件").id)
        assert dumped(one) != dumped(other)
        other.undo(decision.id)
        assert dumped(one) == dumped(other)
        assert one.id != other.id
        assert one.dump(tmp_path / "one.jsonl") == other.dump(tmp_path / "other.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "other.jsonl").read_bytes()


def test_decisions_in_force_are_in_it_with_their_reason() -> None:
    t, u = two_items()
    with Ledger.open(":memory:", SCHEMA) as ledger:
        ledger.add(t.document), ledger.add(u.document)
        a, b = sorted((t.entity("蓝湖科技有限公司").id, u.entity("蓝湖").id))
        ledger.merge(b, a, "同一家")
        ledger.split(a, b, "两家")
        rows = [json.loads(line) for line in dumped(ledger)]
    assert [row for row in rows if row["kind"] == "decision"] == [
        {"kind": "decision", "verdict": "split", "a": a, "b": b, "reason": "两家"}
    ]
    assert not [row for row in rows if row["kind"] == "same"]
