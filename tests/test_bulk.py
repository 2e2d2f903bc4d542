"""Many items at once are as one by one, also where some fail."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA, funding
from ledger_contents import text

from kg.errors import LedgerError
from kg.journal import Journal
from kg.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.intake import Rows
    from kg.model import Document


def test_many_at_once_are_as_one_by_one(tmp_path: Path) -> None:
    documents = [funding(str(i), f"2021-11-{i:02d}").document for i in range(1, 13)]
    with (
        Ledger.open(tmp_path / "one.db", SCHEMA) as one,
        Ledger.open(tmp_path / "many.db", SCHEMA) as many,
        Ledger.open(tmp_path / "bulk.db", SCHEMA) as bulk,
    ):
        receipts = [one.add(d) for d in documents]
        assert list(many.add_all(documents, batch=5)) == receipts
        with bulk.bulk(batch=5):
            assert [bulk.add(d) for d in documents] == receipts
            bulk.forget("3")
        one.forget("3"), many.forget("3")
        assert text(one) == text(many) == text(bulk)
        assert many.check() == bulk.check() == []


def test_items_that_are_there_or_come_twice_are_added_in_their_order() -> None:
    first = [funding(str(i), f"2021-11-{i:02d}").document for i in range(1, 6)]
    second = [funding("6").document, funding("2", "2021-12-02").document, funding("7").document, first[2]]
    again = [*second, funding("7", "2021-12-07").document, funding("8").document]
    with Ledger.open(":memory:", SCHEMA) as one, Ledger.open(":memory:", SCHEMA) as many:
        expected = [one.add(d) for d in (*first, *again)]
        assert [*many.add_all(first), *many.add_all(again)] == expected
        assert [(r.added, r.replaced) for r in expected[5:]] == [
            *((True, False), (True, True), (True, False), (False, False), (True, True), (True, False))
        ]
        assert text(one) == text(many)
        assert one.sequence == many.sequence
        assert many.check() == []


def test_documents_that_end_in_an_error_are_kept_up_to_it() -> None:
    def some() -> Iterator[Document]:
        yield funding("甲").document
        yield funding("乙").document
        raise RuntimeError("no more")

    with Ledger.open(":memory:", SCHEMA) as ledger:
        receipts = ledger.add_all(some())
        assert [next(receipts).item, next(receipts).item] == ["甲", "乙"]
        with pytest.raises(RuntimeError, match="no more"):
            next(receipts)
        assert [i.id for i in ledger.items()] == ["甲", "乙"]
        assert ledger.check() == []


def test_an_item_that_says_too_much_does_not_take_those_before_it_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.journal._MOST", 40)
    talkative = funding("乙")
    for n in range(20):
        talkative.says(talkative.entity("蓝湖科技"), "raisedFrom", talkative.entity(f"云杉{n}号", "InvestmentFirm"))
    with Ledger.open(":memory:", SCHEMA) as ledger:
        with pytest.raises(LedgerError, match="乙 says more than 40 things"):
            list(ledger.add_all([funding("甲").document, talkative.document, funding("丙").document]))
        assert [i.id for i in ledger.items()] == ["甲"]
        assert ledger.check() == []


def test_what_is_done_when_a_bulk_write_fails_stays_done(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        with pytest.raises(RuntimeError), ledger.bulk():
            ledger.add(funding("甲").document)
            ledger.add(funding("乙").document)
            raise RuntimeError
        ledger.add(funding("丙").document)
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        assert {i.id for i in ledger.items()} == {"甲", "乙", "丙"}
        assert ledger.check() == []


def test_an_item_that_fails_halfway_leaves_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.add(funding("甲").document)
    before = text(ledger)

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("kg.link.Linker.meet", fail)
        with pytest.raises(RuntimeError):
            ledger.add(funding("乙").document)
    assert text(ledger) == before
    ledger.add(funding("乙").document)
    assert ledger.item("乙") is not None


def test_one_that_fails_in_a_bulk_write_does_not_take_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write = Journal.write

    def fail_for(self: Journal, items: Sequence[Rows], first: int) -> list[set[int]]:
        taken = write(self, items, first)
        if items[0].item[0] == "丙":
            raise RuntimeError
        return taken

    with Ledger.open(":memory:", SCHEMA) as ledger, Ledger.open(":memory:", SCHEMA) as right:
        for item in "甲乙丁":
            right.add(funding(item).document)
        right.forget("甲")
        monkeypatch.setattr(Journal, "write", fail_for)
        with ledger.bulk():
            ledger.add(funding("甲").document)
            ledger.add(funding("乙").document)
            ledger.forget("甲")
            with pytest.raises(RuntimeError):
                ledger.add(funding("丙").document)
            ledger.add(funding("丁").document)
        assert text(ledger) == text(right)
        assert ledger.check() == []


def test_threads_may_share_a_ledger(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        threads = [
            threading.Thread(target=lambda n=n: [ledger.add(funding(f"{n}-{i}").document) for i in range(10)])
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(list(ledger.items())) == 40
        assert ledger.check() == []
