"""The files and folders that a graph is written to: which format, what part of it, and what is kept."""

from __future__ import annotations

import gzip
import io
import sys
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from documents import SCHEMA
from graph_forms import FILES, FOLDERS, GRAPHS, contents, node_link, written

from kg.errors import KgError, UnknownNameError, UsageError
from kg.export import formats
from kg.export.networkx import to_networkx
from kg.export.rdf import export
from kg.selection import Selection

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger


# ---- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FOLDERS)
def test_the_same_ledger_gives_the_same_folder(ledger: Ledger, tmp_path: Path, form: str) -> None:
    for name in ("a", "b"):
        export(ledger, SCHEMA, form, tmp_path / name)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("form", FILES)
def test_a_compressed_file_holds_the_same(ledger: Ledger, tmp_path: Path, form: str) -> None:
    paths = [tmp_path / f"a{formats.FORMATS[form].suffixes[0]}.gz", tmp_path / "b.gz"]
    for path in paths:
        export(ledger, SCHEMA, form, path)
        assert gzip.decompress(path.read_bytes()) == written(ledger, form)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    if form == "graphml":
        assert len(nx.read_graphml(paths[0])) == len(to_networkx(ledger, SCHEMA, claims=True, items=True))


@pytest.mark.parametrize("form", FOLDERS)
def test_a_folder_takes_the_place_of_its_own_kind_only(ledger: Ledger, tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    target.mkdir()
    export(ledger, SCHEMA, form, target)
    export(ledger, SCHEMA, form, target)
    (target / "mine.txt").write_text("keep")
    before = contents(target)
    with pytest.raises(UsageError, match=r"out holds mine\.txt"):
        export(ledger, SCHEMA, form, target)
    assert contents(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_folder_one_is_in_is_not_replaced(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="the folder that you are in"):
        export(ledger, SCHEMA, "csv", tmp_path)


def test_what_comes_into_the_folder_meanwhile_is_kept(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "out"
    export(ledger, SCHEMA, "csv", target)

    def late(stage: str, done: int, of: int | None) -> None:
        if stage == "writing":
            (target / "mine.txt").touch()

    with pytest.raises(UsageError, match=r"mine\.txt"):
        export(ledger, SCHEMA, "csv", target, progress=late)
    assert (target / "mine.txt").exists()


def test_a_folder_that_cannot_be_moved_leaves_the_old_one(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path as AnyPath

    target = tmp_path / "out"
    export(ledger, SCHEMA, "csv", target)
    before = contents(target)
    rename = AnyPath.rename

    def fails(self: Path, to: Path) -> Path:
        if self.name == "new":
            raise OSError(28, "No space left on device")
        return rename(self, to)

    monkeypatch.setattr(AnyPath, "rename", fails)
    with pytest.raises(KgError, match="No space left"):
        export(ledger, SCHEMA, "csv", target)
    assert contents(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("form", FOLDERS)
def test_a_folder_cannot_go_down_a_pipe(ledger: Ledger, form: str) -> None:
    with pytest.raises(UsageError, match="several files"):
        written(ledger, form)


def test_parquet_without_pyarrow_says_what_to_do(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'kg-news\[parquet\]'"):
        export(ledger, SCHEMA, "parquet", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_progress_tells_of_reading_then_of_writing(ledger: Ledger) -> None:
    told: list[tuple[str, int, int | None]] = []
    out = io.BytesIO()
    report = export(ledger, SCHEMA, "gexf", out, progress=lambda *place: told.append(place))
    assert told[-1] == ("writing", report.triples, report.triples)


# ---- which part, which format ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", GRAPHS)
def test_a_selection_is_all_that_is_written(ledger: Ledger, tmp_path: Path, form: str) -> None:
    wanted = Selection(predicates=("worksFor",))
    part, whole = (
        export(ledger, SCHEMA, form, tmp_path / "a", selection=wanted),
        export(ledger, SCHEMA, form, tmp_path / "b"),
    )
    assert 0 < part.triples < whole.triples
    if form == "node-link":
        graph = node_link(ledger, selection=wanted)
        assert {d["type"] for *_, d in graph.edges(data=True)} == {"WORKS_FOR", "MENTIONS"}
        assert {d["name"] for _, d in graph.nodes(data=True) if d["base"] == "Entity"} == {"张伟", "蓝湖科技"}
    if form == "neo4j-admin":
        assert (tmp_path / "b" / "nodes-Projection.csv").exists()
        assert not (tmp_path / "a" / "nodes-Projection.csv").exists()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.graphml", "graphml"),
        ("a.graphml.gz", "graphml"),
        ("a.GEXF", "gexf"),
        ("x/a.json.gz", "node-link"),
        ("a.csv", "csv"),
        ("a.parquet", "parquet"),
        ("a.cypher.gz", "cypher"),
        ("a.ttl.gz", "turtle"),
    ],
)
def test_a_name_tells_the_format(name: str, form: str) -> None:
    assert formats.of_path(name).name == form


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.gz", "a.parquet.gz"])
def test_a_name_that_tells_none_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(UsageError, match=r"end it in \.ttl, .*\.graphml, \.gexf, \.json, \.csv, \.parquet, \.cypher"):
        formats.of_path(name)


@pytest.mark.parametrize(
    ("name", "near"), [("json", {"jsonld", "node-link"}), ("gefx", {"gexf"}), ("excel", {"csv-excel"})]
)
def test_a_format_that_is_none_is_refused_with_the_nearest(name: str, near: set[str]) -> None:
    with pytest.raises(UnknownNameError) as refused:
        formats.named(name)
    assert near <= set(refused.value.nearest)


def test_every_format_has_a_writer_and_an_ending_of_its_own() -> None:
    endings = [s for f in formats.FORMATS.values() for s in f.suffixes]
    assert len(endings) == len(set(endings))
    for known in formats.FORMATS.values():
        assert bool(known.writer) == (known.kind != "rdf")
