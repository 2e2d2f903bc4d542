"""The ontology, ledgers of known content, the command line in this process, and a Neo4j."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from texts import SAMPLE, STORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from neo4j_server import Server

    from kg.ledger import Ledger
    from kg.schema import Schema


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def schema() -> Schema:
    """The packaged ontology."""
    from documents import SCHEMA

    return SCHEMA


@pytest.fixture
def empty(schema: Schema) -> Iterator[Ledger]:
    """An empty ledger in memory; when the test is over, its check must find nothing wrong."""
    from kg.ledger import Ledger

    with Ledger.open(":memory:", schema) as opened:
        yield opened
        assert opened.check() == []


@pytest.fixture
def ledger(empty: Ledger) -> Ledger:
    """An empty one; some folders have a fuller one for their tests."""
    return empty


@pytest.fixture(scope="session")
def corpus_file(tmp_path_factory: pytest.TempPathFactory, schema: Schema) -> Path:
    """The file of a ledger of the corpus in `graph_corpus.py`. Copy it before writing."""
    from graph_corpus import documents

    from kg.ledger import Ledger

    path = tmp_path_factory.mktemp("corpus") / "kg.db"
    with Ledger.open(path, schema) as ledger:
        for document in documents(schema):
            ledger.add(document)
    return path


@pytest.fixture(scope="session")
def corpus(corpus_file: Path, schema: Schema) -> Iterator[Ledger]:
    """That ledger, which refuses to be written."""
    from kg.ledger import Ledger

    with Ledger.open(corpus_file, schema, read_only=True) as opened:
        yield opened


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("KG_", "NEO4J_")) or name == "NO_COLOR":
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def story(here: Path) -> Path:
    """A file of the working folder with one item of news."""
    file = here / "蓝湖.txt"
    file.write_text(STORY, encoding="utf-8")
    return file


@pytest.fixture
def one_extractor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packaged extractor is read once for all tests; it keeps no state."""
    from kg.extract.extractor import Extractor

    read = Extractor.load

    def load(schema: Any = None, *, folder: Path | None = None, exclude: Any = (), models: Any = True) -> Extractor:
        if folder is not None or exclude or models is not True:
            return read(schema, folder=folder, exclude=exclude, models=models)
        if "packaged" not in _kept:
            _kept["packaged"] = read()
        return _kept["packaged"]

    monkeypatch.setattr(Extractor, "load", load)


_kept: dict[str, Any] = {}


@pytest.fixture
def run(
    here: Path, one_extractor: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Runs a command of `kg` in the working folder; it must never end in a traceback."""
    from kg.cli import main

    def command(*arguments: str | Path, given: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert isinstance(end.value.code, int)
        return Ran(end.value.code, out, err)

    return command


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of the sample newsletter. Copy it before writing."""
    import kg

    path = tmp_path_factory.mktemp("sample") / "kg.db"
    with kg.open(path) as graph:
        report = graph.load(str(SAMPLE))
        assert report.ok
        graph.query("RETURN 1 AS one")
    return path


@pytest.fixture
def sample(here: Path, loaded: Path) -> Path:
    """The sample's ledger as `kg.db` of the working folder."""
    for file in loaded.parent.iterdir():
        shutil.copy(file, here / file.name)
    return here / "kg.db"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup`, one worker runs all tests that need a server, so that there is one."""
    for item in items:
        if "neo4j_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("neo4j"))


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Neo4j that this process alone uses, with a password. Community has one database: whoever needs it empty calls
    `clear`, as `neo4j_empty` does."""
    from neo4j_server import Missing, start

    try:
        server = start(tmp_path_factory.mktemp("neo4j") / "home", password="kg-tests-only")
    except Missing as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no Neo4j: {error}")
    with server:
        yield server


@pytest.fixture
def neo4j_empty(neo4j_server: Server) -> Server:
    """That Neo4j with nothing in it."""
    neo4j_server.clear()
    return neo4j_server
