"""No query that calls out gets past the guard, however it is written; the engine itself says which do."""

from __future__ import annotations

import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg.sparql.guard import calls_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLEAN = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?service $SERVICE { ?service ?p $SERVICE }",
    "PREFIX s: <https://schema.org/> SELECT * { ?a a s:Service ; s:serviceType ?t ; s:service ?u }",
    "SELECT * { ?s ?p ?o FILTER(CONTAINS(?o, 'SERVICE <http://x/> {}')) }",
    'SELECT * { ?s ?p "it\'s a service" , """two "" lines\nSERVICE """ }',
    "SELECT * { ?s <http://example.org/service#x> ?o } # SERVICE <http://x/> {}",
    "# no SERVICE here\r\nASK { FILTER(1 < 2 && 3 > 2) ?s ?p 'service' }",
    r"ASK { ?s ?p 'a \' service' }",
]
CALLING = [
    "SELECT * { SERVICE @ { ?a ?b ?c } }",
    "SELECT * {SERVICE@{?a ?b ?c}}",
    "SELECT * { service silent @ { ?a ?b ?c } }",
    "SELECT * {SERVICESILENT@{?a ?b ?c}}",
    "PREFIX :@ SELECT * {SERVICE:{?a ?b ?c}}",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE @ { ?a ?b ?c } } } } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE@{?a ?b ?c} } }",
    "SELECT * { ?s ?p ?o MINUS { SERVICE@{?a ?b ?c} } }",
    "SELECT * { ?s ?p true.SERVICE@{?a ?b ?c} }",
    "SELECT * { ?s ?p 'x'SERVICE@{?a ?b ?c} }",
    "SELECT * { ?s ?p 'x'@en.SERVICE@{?a ?b ?c} }",
    "SELECT * { ?s ?p 1.SERVICE@{?a ?b ?c} }",
    "SELECT * { ?s ?p 1e1SERVICE@{?a ?b ?c} }",
    "SELECT * { ?s ?p ?o.SERVICE@{?a ?b ?c} }",
    "PREFIX e: <http://e/> SELECT * { ?s ?p e:a.b.SERVICE@{?a ?b ?c} }",
    "SELECT * { # comment\rSERVICE@{?a ?b ?c}\n}",
    "SELECT * { ?s ?p ?o FILTER(?o<?p||true)SERVICE@{?a ?b ?c} }",
    "SELECT * { ?s ?p ?o FILTER(?o<#>'''\n?p||true) SERVICE @ {?a ?b ?c} #'''\n}",
    'SELECT * { ?s ?p ?o FILTER(?o<#"\n?p||true) SERVICE @ {?a ?b ?c} #">\n}',
    "SELECT * { ?s ?p '''''' . SERVICE@{?a ?b ?c} FILTER('''' != '') }",
    "CONSTRUCT { ?a ?b ?c } WHERE { SERVICE @ { ?a ?b ?c } }",
    "DESCRIBE ?a { SERVICE @ { ?a ?b ?c } }",
    "ASK { SERVICE @ { ?a ?b ?c } }",
]


@pytest.mark.parametrize("query", CLEAN)
def test_clean_queries_pass(query: str) -> None:
    ox.Store().query(query)
    assert not calls_out(query)


@pytest.mark.parametrize("query", CALLING)
def test_queries_that_call_out_do_not(query: str) -> None:
    assert calls_out(query.replace("@{", "<http://127.0.0.1:1/>{").replace("@ ", "<http://127.0.0.1:1/> "))


def test_escaped_letters_do_not_hide_it() -> None:
    assert calls_out(r"SELECT * { \u0053ERVICE <http://x/> { ?a ?b ?c } }")
    assert calls_out(r"SELECT * { SERV\U00000049CE <http://x/> { ?a ?b ?c } }")


@pytest.fixture(scope="module")
def called() -> Iterator[Callable[[str], bool]]:
    """Whether the engine calls out when it runs a query, whose `@` stands for an address of ours."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(self.path)
            self.send_response(500)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:b"), ox.NamedNode("a:c"), ox.Literal("true")))

    def run(query: str) -> bool:
        calls.clear()
        try:
            found = store.query(query.replace("@", f"<http://127.0.0.1:{server.server_port}/>"))
            if not isinstance(found, ox.QueryBoolean):
                list(found)
        except Exception:
            pass
        return bool(calls)

    yield run
    server.shutdown()
    thread.join()
    server.server_close()


PIECES = [
    *(
        "SERVICE",
        "SERVICE",
        "service ",
        "SERVICE SILENT",
        "@",
        "@",
        "{?a ?b ?c}",
        "{?a ?b ?c}",
        "{",
        "}",
        " ",
        "\n",
        "\r",
    ),
    *("'", '"', "'''", '"""', "#", "<", ">", "<#>", "<http://e/#'>", "\\", ".", ";", "true", "1", "1.", "?x", "?o"),
    *("FILTER(", ")", "?o<?x", "||true", "OPTIONAL{", "UNION", "?s ?p ?o", "?s ?p ", "e:a", "e:", ":", "@en", "_:b"),
    *("''", '""', "\\'", "MINUS{", "EXISTS{", "BIND(", " AS ?y)", "(", "^", "/", "?", "*", "\u00e9", "\u00a0"),
]


def test_whatever_calls_out_is_met(called: Callable[[str], bool]) -> None:
    """Queries put together at random, most of them around a clause that calls out."""
    rng = random.Random(7)
    clause = ["SERVICE@{?a ?b ?c}", "SERVICE @ {?a ?b ?c}", "service silent@{?a ?b ?c}"]
    reached = 0
    for _ in range(15_000):
        before = "".join(rng.choices(PIECES, k=rng.randint(0, 4)))
        after = "".join(rng.choices(PIECES, k=rng.randint(0, 3)))
        query = f"PREFIX e:<http://e/> PREFIX :<http://f/> SELECT * {{{before}{rng.choice(clause)}{after}}}"
        if not calls_out(query):
            assert not called(query), query
        elif reached < 200:
            reached += called(query)
    assert reached > 50


def test_long_queries_are_read_in_little_time() -> None:
    for text in ("'" * 20_000, "<" * 20_000, "'''a" * 5_000, '<#>"' * 5_000, "\\'" * 10_000):
        calls_out(f"{text} SERVICE")
