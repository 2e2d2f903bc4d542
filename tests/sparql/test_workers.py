"""Queries run apart, within their limits, and are answered whole or not at all."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from kg.errors import LimitError, QueryError
from kg.sparql import worker as module
from kg.sparql.worker import read_frame
from kg.sparql.workers import Busy, Gone, Refused, Unacceptable, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NODES = 400
ODD = ['"},{"', "},{", '\\"', "a\nb", 'x"y', "\t", "</result>", "&lt;/result>", "", ",", "\r\n", '""', "雪\n"]
"""What could be taken for the end of a row."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "db"
    store = ox.Store(str(path))
    store.extend(
        ox.Quad(ox.NamedNode(f"a:{n}"), ox.NamedNode("a:p"), ox.Literal(ODD[n % len(ODD)] * (1 + n % 7) + str(n % 3)))
        for n in range(NODES)
    )
    store.flush()
    return path


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()


def asked(workers: Workers, folder: Path, query: str, timeout: float | None = 20, **request: Any) -> bytes:
    with workers.ask(folder, {"query": query, **request}, timeout=timeout) as answer:
        return b"".join(answer)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("part", [1, 7, 100, 1 << 16])
def test_rows_are_counted_whatever_is_in_them(
    folder: Path, form: str, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, so that the parts can be made small."""
    monkeypatch.setattr(module, "_PART", part)
    store = ox.Store.read_only(str(folder))
    for projection, rows in (("?s ?o", NODES), ("?o", 3), ("?none", NODES), ("?o", 2), ("?o", 1)):
        for limit in {max(1, rows - 1), rows}:
            out = io.BytesIO()
            query = f"SELECT {projection} {{ ?s a:p ?o }} LIMIT {rows}"
            request = {"query": query, "tables": form, "rows": limit, "prefixes": {"a": "a:"}}
            module._Session(store, out).answer(request)
            assert ending(out) == ({"error": "rows", "text": "rows"} if limit < rows else {})


def ending(out: io.BytesIO) -> dict[str, Any]:
    out.seek(0)
    while (frame := read_frame(out))[0] not in (b"E", b""):
        pass
    return dict(json.loads(frame[1]))


@pytest.mark.parametrize(
    ("query", "request_", "error"),
    [
        ("SELECT nothing", {}, QueryError),
        ("INSERT DATA { <a:x> <a:y> 1 }", {}, QueryError),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {}, Refused),
        ("SELECT * { ?s ?p ?o }", {"tables": None, "graphs": "turtle"}, Unacceptable),
        ("SELECT * { ?s ?p ?o }", {"size": 100}, LimitError),
        ("SELECT * { ?s ?p ?o }", {"rows": NODES - 1}, LimitError),
        ("CONSTRUCT WHERE { ?s ?p ?o }", {"rows": NODES - 1, "graphs": "jsonld"}, LimitError),
        ("SELECT * { ?s ?p ?o }", {"bound": {"nothing": ["a:1"]}}, QueryError),
    ],
)
def test_what_fails_says_how(
    workers: Workers, folder: Path, query: str, request_: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        asked(workers, folder, query, **{"tables": "json", **request_})
    assert asked(workers, folder, "ASK {}", tables="json") == b'{"head":{},"boolean":true}'


def test_syntax_errors_say_where_in_one_line(workers: Workers, folder: Path) -> None:
    with pytest.raises(QueryError, match=r"^SPARQL: error at 1:11: .{0,200}$"):
        asked(workers, folder, "SELECT * {", tables="json")


def test_time_is_limited(workers: Workers, folder: Path) -> None:
    cross = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with pytest.raises(LimitError, match=r"0\.5 seconds"):
        asked(workers, folder, cross, timeout=0.5, tables="json")
    rows = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with workers.ask(folder, {"query": rows, "tables": "json"}, timeout=1.0) as answer, pytest.raises(LimitError):
        for _ in answer:
            pass


def test_memory_and_stack_are_limited(folder: Path) -> None:
    pool = Workers(1, memory=100 << 20)
    try:
        assert asked(pool, folder, "ASK {}", tables="csv") == b"true"
        with pytest.raises(LimitError, match="memory"):
            asked(pool, folder, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i", tables="csv")
        with pytest.raises(LimitError, match="nested"):
            asked(pool, folder, f"ASK {{ FILTER({'(' * 100_000}1{')' * 100_000}) }}", tables="csv")
        assert asked(pool, folder, "ASK {}", tables="csv") == b"true"
    finally:
        pool.close()


def test_no_more_run_at_once_than_may(folder: Path) -> None:
    pool = Workers(1)
    try:
        with pool.ask(folder, {"query": "ASK {}", "tables": "csv"}, timeout=20), pytest.raises(Busy):
            pool.ask(folder, {"query": "ASK {}", "tables": "csv"}, timeout=20, patience=0.05)
        assert asked(pool, folder, "ASK {}", tables="csv") == b"true"
    finally:
        pool.close()


def test_answer_that_is_left_alone_gives_its_worker_back(folder: Path) -> None:
    pool = Workers(1)
    try:
        for _ in range(3):
            with pool.ask(folder, {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }", "tables": "csv"}, timeout=20) as answer:
                next(iter(answer))
        assert asked(pool, folder, "ASK {}", tables="csv") == b"true"
    finally:
        pool.close()


def test_store_that_is_gone(workers: Workers, tmp_path: Path) -> None:
    with pytest.raises(Gone):
        asked(workers, tmp_path / "no such", "ASK {}", tables="csv")


def test_many_threads(folder: Path) -> None:
    pool, found = Workers(3), []

    def ask(n: int) -> None:
        query = f"SELECT ?o {{ <a:{n}> <a:p> ?o }}"
        for _ in range(5):
            found.append((n, asked(pool, folder, query, plain=True, rows=10)))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.close()
    assert len(found) == 40
    for n, rows in found:
        assert json.loads(rows) == [ODD[n % len(ODD)] * (1 + n % 7) + str(n % 3)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process give this up")
def test_worker_opens_no_connection() -> None:
    code = (
        "import socket\nfrom kg.sparql.confinement import refuse_connections\nrefuse_connections()\n"
        "try:\n socket.socket()\nexcept PermissionError:\n print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are told apart by signals")
def test_worker_ends_with_the_one_that_started_it(folder: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom kg.sparql.workers import Workers\n"
        f"w = Workers(1)\na = w.ask(Path({str(folder)!r}), {{'query': 'ASK {{}}', 'tables': 'csv'}}, timeout=20)\n"
        "print(a._worker._process.pid, flush=True)\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the worker lives on")
