"""The server holds against clients that are slow, greedy or hostile, and ends in good order."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from documents import SCHEMA
from endpoint import serving
from graph_corpus import Writer

from kg.errors import KgError
from kg.web.server import Limits, Server

if TYPE_CHECKING:
    from pathlib import Path

    from endpoint import Client

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PAIRS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


def raw(client: Client, *parts: bytes, pause: float = 0.0) -> bytes:
    """What comes back for bytes as they are."""
    host, _, port = client.server.url.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except OSError:
                break
            time.sleep(pause)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionError:
            pass
        return received


# ---- limits


def test_query_that_takes_too_long_is_cut_off_and_others_go_on(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(seconds=1.0)) as client:
        began = time.monotonic()
        slow: list[int] = []
        threads = [threading.Thread(target=lambda: slow.append(client.get({"query": CROSS}).status)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert slow == [503, 503]
        assert time.monotonic() - began < 10
        assert client.get({"query": "ASK {}"}).status == 200
        assert "1 seconds" in client.get({"query": CROSS}).text


def test_more_queries_than_workers_wait_or_are_told_to_come_again(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(seconds=3.0, patience=0.1), workers=1) as client:
        thread = threading.Thread(target=client.get, args=({"query": CROSS},))
        thread.start()
        time.sleep(0.5)
        got = client.get({"query": "ASK {}"})
        assert (got.status, got.headers["Retry-After"]) == (503, "5")
        thread.join()
        assert client.get({"query": "ASK {}"}).status == 200


def test_query_that_takes_all_memory_or_stack_ends_alone(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(seconds=20), memory=200 << 20) as client:
        assert client.get({"query": "ASK {}"}).status == 200
        greedy = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
        got = client.get({"query": greedy})
        assert (got.status, "memory" in got.text) == (503, True)
        deep = f"ASK {{ FILTER({'(' * 100_000}1{')' * 100_000}) }}"
        assert client.direct(deep).status == 503
        assert client.get({"query": "ASK {}"}).status == 200


def test_rows_are_limited_and_never_cut_off_silently(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(seconds=20, rows=100)) as client:
        for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"):
            query = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT "
            assert client.get({"query": f"{query}100"}, Accept=accept).status == 200
            got = client.get({"query": f"{query}101"}, Accept=accept)
            assert (got.status, "LIMIT" in got.text) == (503, True)
        assert client.get({"query": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 100"}).status == 200
        assert client.get({"query": "CONSTRUCT WHERE { ?s ?p ?o }"}).status == 503


def test_large_results_are_streamed_and_broken_off_where_a_limit_strikes(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(seconds=20, rows=None, size=3_000_000)) as client:
        got = client.get({"query": f"{PAIRS} LIMIT 5000"}, Accept="text/csv")
        assert len(got.body) > 200_000
        assert got.headers["Transfer-Encoding"] == "chunked"
        assert got.body.count(b"\n") >= 5001
        with pytest.raises(http.client.IncompleteRead):
            client.get({"query": PAIRS}, Accept="text/csv")


def test_client_that_goes_away_frees_its_worker(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(seconds=20, rows=None, patience=5), workers=1) as client:
        target = f"/sparql?query={quote(PAIRS)}"
        host, _, port = client.server.url.removeprefix("http://").rstrip("/").partition(":")
        connection = socket.create_connection((host, int(port)))
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        connection.close()
        assert client.get({"query": "ASK {}"}).status == 200


def test_requests_have_a_size(client: Client) -> None:
    assert client.direct(f"ASK {{}} # {'x' * 30_000}").status == 413
    assert raw(client, b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 414")
    many = b"".join(b"X-%d: y\r\n" % n for n in range(200))
    assert raw(client, b"GET /sparql HTTP/1.1\r\nHost: localhost\r\n" + many + b"\r\n").startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Transfer-Encoding: chunked", 411),
        (b"X: y", 411),
        (b"Content-Length: -1", 400),
        (b"Content-Length: ten", 400),
        (b"Content-Length: 99999999999999999999", 413),
    ],
)
def test_bodies_must_have_a_length(client: Client, head: bytes, status: int) -> None:
    kind = b"Content-Type: application/sparql-query"
    got = raw(client, b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n" + kind + b"\r\n" + head + b"\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 %d" % status)


def test_host_is_needed(client: Client) -> None:
    assert raw(client, b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(client, b"GET /sparql?query=ASK%20%7B%7D HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_requests_that_arrive_too_slowly_are_given_up(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(arriving=0.8)) as client:
        began = time.monotonic()
        drops = [b"GET /sparql HTTP/1.1\r\n", *(b"X-%d: y\r\n" % n for n in range(20))]
        assert raw(client, *drops, pause=0.2) == b""
        body = (
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/sparql-query\r\nContent-Length: 50\r\n\r\n"
        )
        assert raw(client, body, *[b"A"] * 10, pause=0.2).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - began < 12
        assert client.get({"query": "ASK {}"}).status == 200


def test_connections_are_limited(corpus_file: Path) -> None:
    with serving(corpus_file, Limits(connections=2, arriving=5)) as client:
        host, _, port = client.server.url.removeprefix("http://").rstrip("/").partition(":")
        held = [socket.create_connection((host, int(port))) for _ in range(2)]
        time.sleep(0.3)
        assert client.get({"query": "ASK {}"}).status == 503
        for connection in held:
            connection.close()
        time.sleep(0.3)
        assert client.get({"query": "ASK {}"}).status == 200


def test_connection_is_kept(client: Client) -> None:
    host = client.server.url.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    for query in ("ASK {}", "nonsense", "SELECT * { ?s ?p ?o } LIMIT 10"):
        connection.request("GET", f"/sparql?query={quote(query)}")
        first = connection.sock
        connection.getresponse().read()
        assert connection.sock is first
    connection.close()


# ---- what it says of itself


def test_description(client: Client) -> None:
    got = client.send("GET", "/sparql", Accept="application/n-triples")
    store = ox.Store()
    store.load(got.body, ox.RdfFormat.N_TRIPLES)
    prefixes = {"sd": "http://www.w3.org/ns/sparql-service-description#", "void": "http://rdfs.org/ns/void#"}
    query = (
        "SELECT ?endpoint ?n { ?s a sd:Service ; sd:endpoint ?endpoint ; sd:supportedLanguage sd:SPARQL11Query ; "
        "sd:defaultDataset [ sd:defaultGraph [ void:triples ?n ] ; void:triples ?n ] }"
    )
    (row,) = store.query(query, prefixes=prefixes)  # type: ignore[misc]
    count = client.get({"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
    assert row["endpoint"].value == client.endpoint
    assert row["n"].value == json.loads(count.body)["results"]["bindings"][0]["n"]["value"]
    parts = "SELECT ?n { ?d void:classPartition [ void:class kg:Person ; void:entities ?n ] }"
    (row,) = store.query(parts, prefixes={**prefixes, "kg": SCHEMA.iri})  # type: ignore[misc]
    assert row["n"].value == "1"


def test_description_by_what_is_accepted(client: Client) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = client.send("GET", "/sparql", Accept=browser)
    assert (page.status, page.type) == (200, "text/html")
    assert "<form" in page.text
    assert "{query}" not in page.text
    for accept, kind in ((None, "text/turtle"), ("*/*", "text/turtle"), ("application/ld+json", "application/ld+json")):
        assert client.send("GET", "/sparql", **({"Accept": accept} if accept else {})).type == kind
    assert client.send("GET", "/sparql", Accept="image/png").status == 406
    void = client.send("GET", "/.well-known/void", Accept="application/rdf+xml")
    assert (void.status, void.type) == (200, "application/rdf+xml")
    assert list(ox.parse(void.body, ox.RdfFormat.RDF_XML))


def test_example_on_the_page_runs(client: Client) -> None:
    import html
    import re

    page = client.send("GET", "/sparql", Accept="text/html").text
    query = html.unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[0])
    assert json.loads(client.get({"query": query, "format": "json"}).body)["results"]["bindings"]


def test_other_paths(client: Client) -> None:
    home = client.send("GET", "/")
    assert (home.status, home.headers["Location"]) == (303, "/sparql")
    assert client.send("GET", "/sparql/").status == 404
    assert client.send("GET", "/../../etc/passwd").status == 404
    assert client.send("POST", "/.well-known/void", b"", Content_Length="0").status == 405


# ---- keeping up, starting and ending


def test_what_is_loaded_meanwhile_is_there(corpus_file: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copy(corpus_file, tmp_path / "kg.db")
    with serving(tmp_path / "kg.db", Limits(seconds=20)) as client:
        query = {"query": "ASK { ?s rdfs:label '新来的公司'@zh }", "format": "json"}
        assert json.loads(client.get(query).body)["boolean"] is False
        new = Writer(SCHEMA, "n-new", "新来的", "2022-07-01").entity("新来的公司", "Company").says("新来的公司成立。")
        client.ledger.add(new.document())
        assert json.loads(client.get(query).body)["boolean"] is True
        client.ledger.forget("n-new")
        assert json.loads(client.get(query).body)["boolean"] is False


def test_port_that_is_taken(client: Client) -> None:
    port = int(client.server.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(KgError, match="choose another"):
        Server(client.server._view, port=port)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_serves_until_it_is_told_to_end(corpus_file: Path, number: signal.Signals) -> None:
    start = "import kg.cli; kg.cli.main()"
    command = [sys.executable, "-c", start, "serve", "--db", str(corpus_file), "--port", "0", "--log"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        assert line.startswith("SPARQL endpoint: http://127.0.0.1:")
        url = line.split(": ", 1)[1].strip()
        host = url.removeprefix("http://").partition("/")[0]
        connection = http.client.HTTPConnection(host, timeout=20)
        connection.request("GET", f"/sparql?query={quote('ASK {}')}")
        assert connection.getresponse().read() == b'{"head":{},"boolean":true}'
        connection.close()
        process.send_signal(number)
        assert process.wait(15) == 0
        assert "GET" in process.stderr.read().decode()
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
