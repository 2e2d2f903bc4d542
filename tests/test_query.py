"""Every named query is run on a graph of known content and gives the rows that it should."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from answers import ROWS

from kg.errors import UnknownNameError, UsageError
from kg.graph.embedded import EmbeddedGraph
from kg.query import PARAMETER_TYPES, get, named_queries, parse, run

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger
    from kg.schema import Schema

QUERIES = named_queries()


@pytest.fixture(scope="module")
def graph(corpus: Ledger, schema: Schema) -> EmbeddedGraph:
    return EmbeddedGraph.open(None, corpus, schema)


@pytest.mark.parametrize(("name", "given", "columns", "rows"), ROWS, ids=lambda v: v if isinstance(v, str) else "")
def test_rows(
    graph: EmbeddedGraph, corpus: Ledger, name: str, given: dict[str, Any], columns: str, rows: list[tuple[Any, ...]]
) -> None:
    result = run(QUERIES[name], graph, corpus, given)
    assert [tuple(row[c] for c in columns.split()) for row in result] == rows
    assert result.warnings == ()


def test_overview_counts_everything(graph: EmbeddedGraph, corpus: Ledger) -> None:
    rows = list(run(QUERIES["overview"], graph, corpus))
    nodes, relationships = graph.shape
    assert sum(r["count"] for r in rows if r["kind"] == "node") == nodes
    assert sum(r["count"] for r in rows if r["kind"] == "relationship") == relationships


def test_every_query_is_tested() -> None:
    assert set(QUERIES) - {row[0] for row in ROWS} == {"overview"}
    assert len(QUERIES) >= 18


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_header_fits_the_query(graph: EmbeddedGraph, corpus: Ledger, name: str) -> None:
    query = QUERIES[name]
    given = {p.name: _SAMPLE[p.type] for p in query.parameters}
    assert run(query, graph, corpus, given).columns == tuple(c.name for c in query.columns)
    assert all(p.type in PARAMETER_TYPES and p.text for p in query.parameters)
    assert all(c.text for c in query.columns)


_SAMPLE: dict[str, object] = {
    "entity": "蓝湖科技",
    "string": "人",
    "integer": "3",
    "number": "0.5",
    "date": "2021-11",
    "date-end": "2021-Q4",
}


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_example_is_a_call_of_the_query(name: str) -> None:
    query = QUERIES[name]
    words = query.example.split()
    assert words[:3] == ["kg", "query", name]
    given = dict(w.split("=", 1) for flag, w in zip(words[3::2], words[4::2], strict=True) if flag == "-p")
    assert set(given) <= {p.name for p in query.parameters}
    assert {p.name for p in query.parameters if p.required} <= set(given)


def test_path_follows_every_relation(schema: Schema) -> None:
    """The path query has to list the types, since an engine may filter only after it chose a path."""
    listed = re.search(r"\[:([A-Z_|\s]+)\*", QUERIES["path"].text)
    assert listed is not None
    assert sorted(re.sub(r"\s", "", listed[1]).split("|")) == sorted(
        p.relationship_type for p in schema.properties.values()
    )


# ---- parameters


def test_missing_parameter_is_named(corpus: Ledger) -> None:
    with pytest.raises(UsageError, match=r"needs company .*kg query investors"):
        QUERIES["investors"].bind({}, corpus)


def test_unknown_parameter_is_named(corpus: Ledger) -> None:
    with pytest.raises(UsageError, match=r"no parameter 'firm'.*company"):
        QUERIES["investors"].bind({"firm": "蓝湖"}, corpus)


@pytest.mark.parametrize(
    ("name", "given", "word"),
    [
        ("most-connected", {"limit": "ten"}, "whole number"),
        ("weakly-supported", {"confidence": "high"}, "number"),
        ("changes", {"since": "昨天"}, "date"),
    ],
)
def test_wrong_type_is_told(corpus: Ledger, name: str, given: dict[str, object], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        QUERIES[name].bind(given, corpus)


def test_dates_become_days_and_defaults_are_typed(corpus: Ledger) -> None:
    bound = QUERIES["listings"].bind({"from": "2021-Q2", "to": "2021-11"}, corpus)
    assert bound == {"exchange": [], "from": "2021-04-01", "to": "2021-11-30"}
    assert QUERIES["listings"].bind({}, corpus) == {"exchange": [], "from": "0001-01-01", "to": "9999-12-31"}
    assert QUERIES["most-connected"].bind({}, corpus) == {"class": None, "limit": 20}


def test_entity_is_found_by_any_of_its_names(corpus: Ledger) -> None:
    (entity,) = corpus.find("蓝湖科技")
    for name in ("蓝湖科技", "藍湖科技", "蓝湖", entity.id):
        assert QUERIES["investors"].bind({"company": name}, corpus) == {"company": [entity.id]}
    both = QUERIES["investors"].bind({"company": ["蓝湖", "青岚智能"]}, corpus)["company"]
    assert len(both) == 2


def test_unknown_entity_comes_with_the_nearest(corpus: Ledger) -> None:
    with pytest.raises(UnknownNameError) as caught:
        QUERIES["investors"].bind({"company": "蓝湖科枝"}, corpus)
    assert "蓝湖科技" in caught.value.nearest


# ---- files


def test_unknown_query_comes_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        get("investor")
    assert "investors" in caught.value.nearest
    assert get("investors").name == "investors"


def test_folder_of_the_user_adds_and_wins(tmp_path: Path, graph: EmbeddedGraph, corpus: Ledger) -> None:
    header = "// purpose: mine\n// column: n — number\n// example: kg query mine\n"
    (tmp_path / "mine.cypher").write_text(f"{header}MATCH (n:Person) RETURN count(n) AS n", encoding="utf-8")
    (tmp_path / "posts.cypher").write_text(f"{header}RETURN 7 AS n", encoding="utf-8")
    assert run(get("mine", tmp_path), graph, corpus).rows == ((1,),)
    assert run(get("posts", tmp_path), graph, corpus).rows == ((7,),)
    assert "investors" in named_queries(tmp_path)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("// column: n — x\n// example: kg query q\nRETURN 1 AS n", "purpose"),
        ("// purpose: p\n// column: n — x\nRETURN 1 AS n", "example"),
        ("// purpose: p\n// example: e\n// param: a (text) — b\nRETURN $a AS n", "q.cypher:3"),
        ("// purpose: p\n// example: e\n// param: a (string) — b\nRETURN 1 AS n", r"\$a"),
        ("// purpose: p\n// example: e\nRETURN $b AS n", r"\$b"),
        ("// purpose: p\n// exmple: e\nRETURN 1 AS n", "q.cypher:2"),
    ],
)
def test_wrong_header_is_told_with_its_place(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        parse("q", text)
