"""Whatever the size of a ledger, an export keeps little of it in memory: how much, `tests/bench/bench_export.py`
measures. Here it is held that what grows with the ledger is sorted and kept in files, and that this changes no byte."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA, Told, items
from hypothesis import HealthCheck, given, settings

from kg import entities
from kg.errors import StorageError
from kg.export.rdf import export
from kg.ledger import Ledger
from kg.scratch import Scratch
from kg.tables import id_of
from kg.validate import validate

if TYPE_CHECKING:
    from kg.model import Document


def written(ledger: Ledger, format: str = "trig") -> bytes:
    out = io.BytesIO()
    export(ledger, SCHEMA, format, out)
    return out.getvalue()


def test_what_is_sorted_is_sorted_in_files(ledger: Ledger) -> None:
    """Facts are, by their ids, with all their evidence."""
    connection = ledger._store.connection
    places = []

    class Out(io.BytesIO):
        def write(self, data: Any) -> int:
            places.append(connection.execute("PRAGMA temp_store").fetchone()[0])
            return super().write(data)

    export(ledger, SCHEMA, "ntriples", Out())
    assert set(places) == {1}
    assert connection.execute("PRAGMA temp_store").fetchone() == (2,)


def test_no_more_entities_are_remembered_than_a_few(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    known = len(list(ledger.entities()))
    expected = written(ledger)
    monkeypatch.setattr(entities, "_HELD", 2)
    ledger._entities._state = None
    assert written(ledger) == expected
    assert len(ledger._entities._nodes) <= 2 < known


def test_what_changed_since_is_read_anew(ledger: Ledger) -> None:
    """Of names, and of statements that are one."""
    before = written(ledger)
    more = Told("9", "2022-01-01")
    lake, fund = more.entity("蓝湖科技股份公司", "Company", "蓝湖科技"), more.entity("云杉资本", "InvestmentFirm")
    more.says(lake, "raisedFrom", fund, round="A")
    ledger.add(more.document)
    assert "蓝湖科技股份公司".encode() in written(ledger)
    ledger.forget("9")
    assert written(ledger) == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents=items(4))
def test_statements_that_are_one_fact_are_found_together_as_each_alone(documents: list[Document]) -> None:
    with Ledger.open(":memory:", SCHEMA) as ledger:
        for document in documents:
            ledger.add(validate(document, SCHEMA))
        everyone = [e.id for e in ledger.entities() if e.type == "Company"]
        for other in everyone[1:]:
            ledger.merge(everyone[0], other)
        groups = ledger._facts._groups
        joined = groups.all()
        keys = [key for (key,) in ledger._store.all("SELECT key FROM statement ORDER BY key")]
        first_of = joined.firsts()
        for key in keys:
            group = groups.of(key)
            assert first_of(key) == (group[0] if len(group) > 1 else None)
            if len(group) > 1:
                assert joined.others(group[0]) == group[1:]
        assert list(joined.keys()) == [key for key in keys if len(groups.of(key)) > 1]
        assert list(joined.void()) == [key for key in keys if ledger.fact(id_of("s", key)) is None]


def test_want_of_room_for_temporary_files_is_told_in_words() -> None:
    scratch = Scratch("PRAGMA max_page_count = 8; CREATE TABLE word (text TEXT);")
    with pytest.raises(StorageError, match=r"temporary file.*full.*Make room"):
        scratch.fill("INSERT INTO word VALUES (?)", ((f"{number:>999}",) for number in range(100)))
    scratch = Scratch("CREATE TABLE word (text TEXT);")
    scratch.fill("INSERT INTO word VALUES (?)", [("a",), ("b",)])
    assert list(scratch.rows("SELECT text FROM word ORDER BY text")) == [("a",), ("b",)]
    with pytest.raises(StorageError, match="temporary file"):
        scratch.one("SELECT nothing FROM word")
