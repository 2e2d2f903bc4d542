"""The query operation of the SPARQL 1.1 Protocol: the cases of its test suite, told anew, and what HTTP asks for beside
them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
import pytest

if TYPE_CHECKING:
    from endpoint import Client

SELECT = "SELECT ?s WHERE { ?s a kg:Company } ORDER BY ?s LIMIT 3"
XML = "application/sparql-results+xml"
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def graphs(client: Client) -> list[str]:
    """Names of three graphs, each of a statement."""
    got = client.get({"query": "SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g LIMIT 3"}, Accept=JSON)
    found = [row["g"]["value"] for row in json.loads(got.body)["results"]["bindings"]]
    assert len(found) == 3
    return found


def asked(client: Client, query: str, fields: list[tuple[str, str]], way: str) -> bool:
    """What an ASK query says, sent in one of the three ways."""
    if way == "direct":
        got = client.direct(query, fields, Accept=JSON)
    else:
        got = getattr(client, way)([("query", query), *fields], Accept=JSON)
    assert got.status == 200, got.text
    return bool(json.loads(got.body)["boolean"])


WAYS = pytest.mark.parametrize("way", ["get", "form", "direct"])


# ---- the suite: what must work


@WAYS
def test_query(client: Client, way: str) -> None:
    assert asked(client, "ASK {}", [], way)


@WAYS
def test_query_dataset_default_graphs(client: Client, graphs: list[str], way: str) -> None:
    one = [("default-graph-uri", graphs[0])]
    both = [*one, ("default-graph-uri", graphs[1])]
    count = "ASK {{ {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }} FILTER(?n = {}) }}"
    assert asked(client, count.format(1), one, way)
    assert asked(client, count.format(2), both, way)
    assert asked(client, "ASK { FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }", both, way)


@WAYS
def test_query_dataset_named_graphs(client: Client, graphs: list[str], way: str) -> None:
    told = [("named-graph-uri", graphs[0]), ("named-graph-uri", graphs[1])]
    inside = f"GRAPH <{graphs[0]}> {{ ?a ?b ?c }} GRAPH <{graphs[1]}> {{ ?d ?e ?f }}"
    outside = f"FILTER NOT EXISTS {{ GRAPH <{graphs[2]}> {{ ?g ?h ?i }} }} FILTER NOT EXISTS {{ ?j ?k ?l }}"
    assert asked(client, f"ASK {{ {inside} {outside} }}", told, way)


@WAYS
def test_query_dataset_full(client: Client, graphs: list[str], way: str) -> None:
    told = [("default-graph-uri", graphs[0]), ("named-graph-uri", graphs[1]), ("named-graph-uri", graphs[2])]
    query = f"ASK {{ ?a ?b ?c GRAPH <{graphs[1]}> {{ ?d ?e ?f }} GRAPH <{graphs[2]}> {{ ?g ?h ?i }} }}"
    assert asked(client, query, told, way)
    assert not asked(client, f"ASK {{ GRAPH <{graphs[0]}> {{ ?a ?b ?c }} }}", told, way)


def test_query_multiple_dataset(client: Client, graphs: list[str]) -> None:
    """The dataset of the request wins over that of the query."""
    query = f"ASK FROM <{graphs[1]}> {{ GRAPH <{graphs[2]}> {{ ?a ?b ?c }} }}"
    told = [("default-graph-uri", graphs[0]), ("named-graph-uri", graphs[2])]
    assert asked(client, query, told, "get")
    assert not asked(client, query, told[:1], "get")
    one = f"ASK FROM <{graphs[1]}> {{ {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }} FILTER(?n = 1) }}"
    assert asked(client, one, [], "get")


@pytest.mark.parametrize(
    ("query", "types"),
    [
        (SELECT, {JSON: JSON, XML: XML, "text/csv": "text/csv"} | {t: t for t in ("text/tab-separated-values",)}),
        ("ASK {}", {JSON: JSON, XML: XML}),
        ("DESCRIBE id:nobody", {}),
        ("CONSTRUCT WHERE { ?s a kg:Company }", {}),
    ],
)
def test_query_content_type(client: Client, query: str, types: dict[str, str]) -> None:
    rdf = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
    for accept, told in (types or {t: t for t in rdf}).items():
        got = client.get({"query": query}, Accept=accept)
        assert (got.status, got.type) == (200, told)
        assert got.headers["Vary"] == "Accept, Origin"
        if told.startswith("text/"):
            assert got.headers.get_content_charset() == "utf-8"


def test_results_say_what_the_store_holds(client: Client) -> None:
    rows = json.loads(client.get({"query": SELECT}, Accept=JSON).body)["results"]["bindings"]
    told = [row["s"]["value"] for row in rows]
    assert len(told) == 3
    assert client.get({"query": SELECT}, Accept="text/csv").text.split("\r\n") == ["s", *told, ""]
    assert client.get({"query": SELECT}, Accept="text/tab-separated-values").text.split("\n") == [
        "?s",
        *(f"<{iri}>" for iri in told),
        "",
    ]
    xml = client.get({"query": SELECT}, Accept=XML)
    found = ox.parse_query_results(xml.body, ox.QueryResultsFormat.XML)
    assert [row["s"].value for row in found] == told  # type: ignore[union-attr]
    query = "CONSTRUCT WHERE { ?s a kg:Company }"
    graphs = [
        {
            (str(q.subject), str(q.object))
            for q in ox.parse(client.get({"query": query}, Accept=form.media_type).body, form)
        }
        for form in (ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML)
    ]
    assert graphs[0]
    assert all(graph == graphs[0] for graph in graphs)


# ---- the suite: what must fail


def test_bad_query_method(client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        got = client.send(method, f"/sparql?query={quote('ASK {}')}")
        assert got.status == 405
        assert "GET" in got.headers["Allow"]


@WAYS
def test_bad_multiple_queries(client: Client, way: str) -> None:
    twice = [("query", "ASK {}"), ("query", "SELECT * {}")]
    got = client.direct("ASK {}", twice[:1]) if way == "direct" else getattr(client, way)(twice)
    assert got.status == 400


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"ASK {}", "text/plain"),
        (b"query=ASK%20%7B%7D", None),
        (b"ASK {}", None),
        ("ASK {}".encode("utf-16"), "application/sparql-query; charset=UTF-16"),
        (b"query=ASK%20%7B%7D", "application/x-www-form-urlencoded; charset=latin1"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
    ids=["wrong-media-type", "missing-form-type", "missing-direct-type", "non-utf8", "form-non-utf8", "multipart"],
)
def test_bad_query_types(client: Client, body: bytes, kind: str | None) -> None:
    got = client.send("POST", "/sparql", body, **({"Content_Type": kind} if kind else {}))
    assert got.status == 415
    assert "application/sparql-query" in got.headers["Accept-Post"]


@WAYS
@pytest.mark.parametrize(
    "query", ["ASK {", "SELECT ?x", "", "ASK {} ASK {}", "SELEC * {}", "INSERT DATA { <a:b> <a:c> 1 }"]
)
def test_bad_query_syntax(client: Client, query: str, way: str) -> None:
    got = client.direct(query) if way == "direct" else getattr(client, way)({"query": query})
    assert got.status == 400
    assert got.type == "text/plain"
    assert "SPARQL" in got.text


# ---- beyond the suite


@pytest.mark.parametrize(
    "target", ["/sparql?query=ASK%20%7B%7D%20%23%FF", "/sparql?query=%C3", "/sparql?%FF=1&query=ASK%7B%7D"]
)
def test_parameters_must_be_utf8(client: Client, target: str) -> None:
    assert client.send("GET", target).status == 400


def test_body_must_be_utf8(client: Client) -> None:
    for kind in ("application/sparql-query", "application/x-www-form-urlencoded"):
        got = client.send("POST", "/sparql", b"ASK {} # \xff\xfe", Content_Type=kind)
        assert got.status == 400


def test_chinese_goes_both_ways(client: Client) -> None:
    query = "SELECT ?n { ?s rdfs:label ?n FILTER(?n = '蓝湖科技'@zh) }"
    for got in (client.get({"query": query}), client.form({"query": query}), client.direct(query)):
        assert json.loads(got.body)["results"]["bindings"] == [
            {"n": {"type": "literal", "value": "蓝湖科技", "xml:lang": "zh"}}
        ]


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("iri", ["", "relative", "http://x/ y"])
def test_graphs_must_be_iris(client: Client, name: str, iri: str) -> None:
    got = client.get({"query": "ASK {}", name: iri})
    assert got.status == 400
    assert name in got.text


def test_unknown_graphs_are_empty(client: Client) -> None:
    assert not asked(client, "ASK { ?s ?p ?o }", [("default-graph-uri", "http://example.org/none")], "get")


def test_updates_are_refused(client: Client) -> None:
    update = "INSERT DATA { <a:b> <a:c> <a:d> }"
    assert client.form({"update": update}).status == 403
    assert client.get({"update": update}).status == 403
    assert client.send("POST", "/sparql", update.encode(), Content_Type="application/sparql-update").status == 403
    assert client.direct("LOAD <http://127.0.0.1:1/>").status == 400


def test_parameters_without_a_query(client: Client) -> None:
    assert client.get({"default-graph-uri": "http://example.org/"}).status == 400
    assert client.form({}).status == 400
    assert client.form({"format": "json"}).status == 400


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        (SELECT, "text/turtle", 406),
        ("CONSTRUCT WHERE { ?s a kg:Company }", "text/csv", 406),
        (SELECT, "image/png", 406),
        (SELECT, f"{JSON};q=0", 406),
        (SELECT, "text/turtle, */*;q=0.1", 200),
        (SELECT, "image/png, nonsense, ;q=1, text/csv", 200),
    ],
)
def test_what_cannot_be_accepted(client: Client, query: str, accept: str, status: int) -> None:
    got = client.get({"query": query}, Accept=accept)
    assert got.status == status
    if status == 406:
        assert "text/turtle" in got.text


def test_format_may_be_named(client: Client) -> None:
    assert client.get({"query": SELECT, "format": "csv"}, Accept=JSON).type == "text/csv"
    assert client.get({"query": SELECT, "format": XML}).type == XML
    assert client.get({"query": SELECT, "format": "turtle"}, Accept=JSON).type == JSON
    assert client.get({"query": SELECT, "format": "no such"}, Accept=JSON).type == JSON


def test_head_and_options(client: Client) -> None:
    got = client.send("HEAD", f"/sparql?query={quote(SELECT)}", Accept="text/csv")
    assert (got.status, got.type, got.body) == (200, "text/csv", b"")
    got = client.send("OPTIONS", "/sparql")
    assert got.status == 204
    assert "POST" in got.headers["Allow"]


def test_pages_from_elsewhere_may_read_only_where_they_are_let(client: Client) -> None:
    elsewhere = "https://yasgui.example"
    for origins, let in (((), False), (("https://other.example",), False), ((elsewhere,), True), (("*",), True)):
        client.server.origins = frozenset(origins)
        asked = client.send("OPTIONS", "/sparql", Origin=elsewhere, Access_Control_Request_Method="POST")
        assert asked.status == 204
        for query in (SELECT, "x"):
            got = client.get({"query": query}, Origin=elsewhere)
            assert got.headers.get("Access-Control-Allow-Origin") == (elsewhere if let else None)
            assert "Origin" in got.headers["Vary"]
        assert ("Content-Type" in asked.headers.get("Access-Control-Allow-Headers", "")) == let
        assert "Access-Control-Allow-Origin" not in client.get({"query": SELECT}).headers
    client.server.origins = frozenset()


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:8765", 200), ("[::1]:8765", 200), ("rebound.example", 421), ("", 400)],
)
def test_a_private_server_answers_to_names_of_this_machine_alone(client: Client, host: str, status: int) -> None:
    assert client.get({"query": SELECT}, Host=host).status == status


def test_service_is_refused(client: Client) -> None:
    got = client.get({"query": "SELECT * { { SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } } } }"})
    assert got.status == 403
    assert "SERVICE" in got.text
    assert client.get({"query": "ASK { BIND('SERVICE <x> {}' AS ?x) } # SERVICE"}).status == 200
