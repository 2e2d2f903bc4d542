"""The store shows the ledger, however it came to be what it is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from documents import SCHEMA, Told
from graph_corpus import Unrest, Writer, documents

from kg.export.alignments import Alignments
from kg.export.rdf import export
from kg.ledger import Ledger
from kg.schema import Schema
from kg.sparql import replica as module
from kg.sparql.quads import Quads
from kg.sparql.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.model import Document


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as opened:
        for document in documents(SCHEMA):
            opened.add(document)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kg.sparql"


def quads(folder: Path) -> set[str]:
    return {str(quad) for quad in ox.Store.read_only(str(folder))}


def fresh(ledger: Ledger) -> set[str]:
    return kept(Quads(ledger, SCHEMA, Alignments.load(SCHEMA)))


def kept(quads: Iterable[ox.Quad]) -> set[str]:
    """Quads as a store holds them: it writes numbers of derived types as their base type."""
    store = ox.Store()
    store.extend(quads)
    return set(map(str, store))


def never(*_: object) -> int:
    raise AssertionError("the store was built anew")


def test_dataset_is_that_of_trig(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    export(ledger, SCHEMA, "trig", tmp_path / "kg.trig")
    told = kept(ox.parse(path=tmp_path / "kg.trig"))
    shown = quads(Replica(folder, ledger, SCHEMA).current())
    assert shown < told
    # What the file has beside is how each item told it, which no named graph holds.
    named = {str(q) for q in ox.parse(path=tmp_path / "kg.trig") if isinstance(q.graph_name, ox.NamedNode)}
    assert named <= shown
    assert any(isinstance(q.graph_name, ox.NamedNode) for q in ox.parse(path=tmp_path / "kg.trig"))


def test_store_is_kept(ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Replica(folder, ledger, SCHEMA).current()
    monkeypatch.setattr(Replica, "_made", never)
    assert Replica(folder, ledger, SCHEMA).current() == first


def variation(n: int) -> Document:
    """Items that name the same things otherwise, so that names, classes and what qualifiers name move."""
    company, fund = ("蓝湖", "远山资本") if n % 2 else ("蓝湖科技", "远山")
    w = Writer(SCHEMA, f"n-v{n}", f"短讯{n}", f"2021-12-{n + 1:02d}")
    w.entity(company, "Company", *(("蓝湖科技",) if n % 3 else ())).entity(fund, "InvestmentFirm")
    w.entity("算力大会", "Conference").entity("林清", "Person").entity("科技创新奖", "Award")
    if n % 2:
        w.entity("天目", "Project").entity("激光雷达", "Product")
    if n % 3 == 0:
        w.entity("传感器", "Product")
    w.says(f"{fund}拟投资{company}，算力大会由{company}主办，林清凭天目获奖。")
    held = w.happens(
        "Conference", {"name": ["算力大会"], "host": [company]}, "planned" if n == 2 else "asserted", 0.5 + n / 20
    )
    w.state(company, "hosted", "算力大会", "planned" if n == 2 else "asserted", event=held)
    w.state("林清", "won", "科技创新奖", year="2020", project="天目")
    w.state(fund, "supplies", company, product="激光雷达、传感器")
    w.state(company, "raisedFrom", fund, "planned" if n < 4 else "asserted", round="D" if n < 3 else "E")
    plan = w.happens("Investment", {"investor": [fund], "company": [company]}, "planned")
    w.state(fund, "holdsStakeIn", company, "rumoured", event=plan)
    w.measures("出货量", float(n), "万台", company)
    return w.state("林清", "worksFor", company, title="CEO").state("林清", "worksFor", company, title="总监").document()


@pytest.mark.parametrize("seed", range(6))
def test_taking_up_changes_equals_building(
    ledger: Ledger, folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random arrivals, departures, merges and splits, a few at a time."""
    unrest = Unrest(ledger, documents(SCHEMA) + [variation(n) for n in range(6)], seed)
    shown = Replica(folder, ledger, SCHEMA)
    shown.current()
    monkeypatch.setattr(Replica, "_built", never)
    for _ in range(20):
        unrest.goes_on()
        assert difference(quads(shown.current()), fresh(ledger)) == ([], [])


def test_another_namespace_or_list_of_names_is_built_anew(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    Replica(folder, ledger, SCHEMA).current()
    own = Schema.load(base_iri="https://news.example/data/")
    moved = quads(Replica(folder, ledger, own).current())
    assert any("<https://news.example/data/" in quad for quad in moved)
    assert not any(SCHEMA.base_iri in quad for quad in moved)
    (tmp_path / "sameas.toml").write_text("[Company]\n'蓝湖科技' = 'https://example.org/lake'", encoding="utf-8")
    assert any("example.org/lake" in quad for quad in quads(Replica(folder, ledger, own, tmp_path).current()))


def difference(one: set[str], other: set[str]) -> tuple[list[str], list[str]]:
    return sorted(one - other), sorted(other - one)


def test_plain_triple_stays_as_long_as_a_fact_tells_it(ledger: Ledger, folder: Path) -> None:
    shown = Replica(folder, ledger, SCHEMA)
    told = Told("两个职务", "2022")
    zhang, lake = told.entity("张伟", "Person"), told.entity("蓝湖科技")
    told.says(zhang, "worksFor", lake, title="总裁")
    told.says(zhang, "worksFor", lake, title="董事")
    ledger.add(told.document)
    again = Told("两个职务", "2022")
    again.says(again.entity("张伟", "Person"), "worksFor", again.entity("蓝湖科技"), title="董事")
    shown.current()
    ledger.add(again.document)
    store = ox.Store.read_only(str(shown.current()))
    plain = ox.NamedNode(SCHEMA.iri + "worksFor")
    tellers = list(store.quads_for_pattern(ox.NamedNode(SCHEMA.base_iri + zhang.id), plain, None))
    assert len(tellers) == 2
    assert {type(q.graph_name) for q in tellers} == {ox.DefaultGraph, ox.NamedNode}


@pytest.mark.parametrize("damage", ["no pointer", "odd pointer", "no stamp", "odd stamp", "other form", "no tables"])
def test_damaged_store_is_built_anew(
    ledger: Ledger, folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = Replica(folder, ledger, SCHEMA).current()
    if damage == "no pointer":
        (folder / "current").unlink()
    elif damage == "odd pointer":
        (folder / "current").write_text("../kg.db", encoding="utf-8")
    elif damage == "no stamp":
        (current / "stamp.json").unlink()
    elif damage == "odd stamp":
        (current / "stamp.json").write_text("[]", encoding="utf-8")
    elif damage == "other form":
        monkeypatch.setattr(module, "_form", lambda: "another")
    else:
        for file in current.glob("*.sst"):
            file.unlink()
        ledger.forget("n-y")
    assert quads(Replica(folder, ledger, SCHEMA).current()) == fresh(ledger)


def test_other_ledger_and_older_state_are_built_anew(ledger: Ledger, folder: Path) -> None:
    Replica(folder, ledger, SCHEMA).current()
    with Ledger.open(":memory:", SCHEMA) as other:
        assert quads(Replica(folder, other, SCHEMA).current()) == set()


def test_a_history_that_is_lost_is_not_gone_on_from(tmp_path: Path, folder: Path) -> None:
    """An old copy of the ledger is put back; what is loaded then takes the numbers of what is lost, and more."""
    first, *others = documents(SCHEMA)
    db = tmp_path / "copied.db"
    with Ledger.open(db, SCHEMA) as ledger:
        ledger.add(first)
    old = db.read_bytes()
    with Ledger.open(db, SCHEMA) as ledger:
        ledger.add(others[0])
        Replica(folder, ledger, SCHEMA).current()
    db.write_bytes(old)
    with Ledger.open(db, SCHEMA) as ledger:
        for document in others[1:3]:
            ledger.add(document)
        assert quads(Replica(folder, ledger, SCHEMA).current()) == fresh(ledger)


def test_old_generations_go(ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GRACE", 0)
    shown = Replica(folder, ledger, SCHEMA)
    for item in ("n-y", "n-c", "n-b2"):
        shown.current()
        ledger.forget(item)
    shown.current()
    assert len([f for f in folder.iterdir() if f.is_dir()]) == 2
    assert (folder / "current").read_text(encoding="utf-8") in {f.name for f in folder.iterdir()}


def test_readers_go_on_while_generations_come_and_go(
    ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GRACE", 0)
    reader = ox.Store.read_only(str(Replica(folder, ledger, SCHEMA).current()))
    before = set(map(str, reader))
    for item in ("n-y", "n-c", "n-b2"):
        ledger.forget(item)
        Replica(folder, ledger, SCHEMA).current()
    assert set(map(str, reader)) == before


def test_folder_that_cannot_be_written(ledger: Ledger, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    shown = Replica(tmp_path / "file", ledger, SCHEMA)
    assert quads(shown.current()) == fresh(ledger)
    assert "temporary folder" in caplog.text
    place = shown.current()
    shown.close()
    assert not place.exists()


def test_two_at_once_both_succeed(ledger: Ledger, folder: Path, tmp_path: Path) -> None:
    found: list[set[str]] = []

    def build() -> None:
        with Ledger.open(tmp_path / "kg.db", SCHEMA, read_only=True) as own:
            found.append(quads(Replica(folder, own, SCHEMA).current()))

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [fresh(ledger)] * 4
