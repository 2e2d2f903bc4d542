"""Clients that others wrote take the endpoint for what it says it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

if TYPE_CHECKING:
    from endpoint import Client

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
NAMES = "SELECT ?name { ?s a kg:Person ; rdfs:label ?name }"
KG = "https://w3id.org/kg-news/ontology#"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("how", ["urlencoded", "postdirectly"])
def test_sparqlwrapper(client: Client, method: str, how: str) -> None:
    from SPARQLWrapper import CSV, JSON, RDFXML, TURTLE, XML, SPARQLWrapper

    if how == "postdirectly" and method == "GET":
        how = "urlencoded"
    wrapper = SPARQLWrapper(client.endpoint)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(how)
    wrapper.setQuery(NAMES)
    wrapper.setReturnFormat(JSON)
    found: Any = wrapper.queryAndConvert()
    assert [row["name"]["value"] for row in found["results"]["bindings"]] == ["林清"]
    wrapper.setReturnFormat(XML)
    assert "林清" in wrapper.queryAndConvert().toxml()  # type: ignore[union-attr]
    wrapper.setReturnFormat(CSV)
    assert wrapper.queryAndConvert() == "name\r\n林清\r\n".encode()
    wrapper.setQuery("ASK { ?s a kg:Person }")
    wrapper.setReturnFormat(JSON)
    assert wrapper.queryAndConvert()["boolean"] is True  # type: ignore[call-overload, index]
    wrapper.setQuery("CONSTRUCT WHERE { ?s a kg:Person }")
    wrapper.setReturnFormat(TURTLE)
    assert b"a kg:Person" in wrapper.queryAndConvert()  # type: ignore[operator]
    wrapper.setReturnFormat(RDFXML)
    assert len(wrapper.queryAndConvert()) == 1  # type: ignore[arg-type]


def test_sparqlwrapper_is_told_what_is_wrong(client: Client) -> None:
    from SPARQLWrapper import SPARQLExceptions, SPARQLWrapper

    wrapper = SPARQLWrapper(client.endpoint)
    wrapper.setQuery("SELECT nothing")
    with pytest.raises(SPARQLExceptions.QueryBadFormed, match="SPARQL: error at 1:"):
        wrapper.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(client: Client, method: Any) -> None:
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = rdflib.Graph(SPARQLStore(client.endpoint, method=method))
    (row,) = graph.query(f"PREFIX kg: <{KG}> {NAMES}", initNs={"rdfs": rdflib.RDFS})
    assert row[0] == rdflib.Literal("林清", lang="zh")  # type: ignore[index]
    (person,) = graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{KG}Person"))
    assert graph.value(person, rdflib.RDFS.label) == rdflib.Literal("林清", lang="zh")
    assert (person, rdflib.URIRef(f"{KG}founded"), None) in graph
    built = graph.query(f"CONSTRUCT {{ ?s a <{KG}Person> }} WHERE {{ ?s a <{KG}Person> }}")
    assert len(list(built)) == 1


def test_service_of_another_store(client: Client) -> None:
    """Another engine asks us for a part of its query."""
    store = ox.Store()
    name = ox.NamedNode("http://example.org/name")
    store.add(ox.Quad(ox.NamedNode("http://example.org/1"), name, ox.Literal("林清", language="zh")))
    query = (
        "SELECT ?who ?company { ?who <http://example.org/name> ?name "
        f"SERVICE <{client.endpoint}> {{ ?p rdfs:label ?name ; kg:founded/rdfs:label ?company }} }}"
    )
    prefixes = {"kg": KG, "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
    rows = [(r["who"].value, r["company"].value) for r in store.query(query, prefixes=prefixes)]  # type: ignore[union-attr]
    assert rows == [("http://example.org/1", "蓝湖科技")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not there")
def test_curl(client: Client) -> None:
    def curl(*options: str) -> str:
        command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "20", *options]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode()

    ways = (
        ("--get", "--data-urlencode", f"query={NAMES}", client.endpoint),
        ("--data-urlencode", f"query={NAMES}", client.endpoint),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", NAMES, client.endpoint),
        ("--http1.0", "--get", "--data-urlencode", f"query={NAMES}", client.endpoint),
    )
    for way in ways:
        assert json.loads(curl(*way))["results"]["bindings"][0]["name"]["value"] == "林清"
    big = f"{NAMES} # {'很长' * 2000}"
    assert "林清" in curl("--header", "Content-Type: application/sparql-query", "--data-binary", big, client.endpoint)
    assert "sd:Service" in curl(client.endpoint)
    assert "void:Dataset" in curl(client.server.url + ".well-known/void")
