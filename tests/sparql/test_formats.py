from __future__ import annotations

import pytest

from kg.sparql.formats import GRAPHS, TABLES, best, choose


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("application/sparql-results+xml", "xml"),
        ("application/json", "json"),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.9", "tsv"),
        ("text/csv; q=0.5 , */*;q=0.1", "csv"),
        ("text/*", "json"),
        ("text/*;q=0.9, application/sparql-results+xml;q=1.0", "xml"),
        ("*/*, application/sparql-results+json;q=0", "json"),
        ("application/*;q=0.2, text/csv;q=0.3, application/sparql-results+json;q=0.1", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv;charset=utf-8;q=0.8, application/xml;q=0.7", "csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "xml"),
        ("text/csv;q=oops, application/xml", "xml"),
        ("text/csv;q=nan, application/xml;q=0.1", "xml"),
        ("text/csv;q=7, application/xml", "xml"),
        ("text/html", None),
        ("text/csv;q=0", None),
        ("*/csv", None),
        ("nonsense", None),
        (",,;", None),
    ],
)
def test_best_format_for_tables(accept: str | None, name: str | None) -> None:
    found = best(accept, TABLES)
    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "turtle"),
        ("application/rdf+xml", "rdfxml"),
        ("text/turtle;q=0.5, application/ld+json", "jsonld"),
        ("application/sparql-results+json, application/rdf+xml;q=0.3", "rdfxml"),
        ("text/plain", "ntriples"),
        ("application/sparql-results+json", None),
    ],
)
def test_best_format_for_graphs(accept: str | None, name: str | None) -> None:
    found = best(accept, GRAPHS)
    assert (found and found.name) == name


def test_choose_takes_the_first_of_equals() -> None:
    assert choose("text/html, text/turtle", ["text/turtle", "text/html"]) == "text/turtle"
    assert choose("text/html, text/turtle;q=0.9", ["text/turtle", "text/html"]) == "text/html"
    assert choose("*/*", []) is None
