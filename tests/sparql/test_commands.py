"""kg sparql and kg queries, and the same from Python."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

import kg
from kg.errors import LimitError, QueryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

    Run = Callable[..., Ran]

FOUNDERS = "SELECT ?who ?what { ?p kg:founded ?c . ?p rdfs:label ?who . ?c rdfs:label ?what } ORDER BY ?who"


def test_rows(run: Run, sample: Path) -> None:
    ran = run("sparql", FOUNDERS)
    assert ran.code == 0
    assert {"who": "王宁", "what": "Keep"} in ran.rows
    assert run("sparql", FOUNDERS, "--format", "json").json == ran.rows
    assert run("sparql", FOUNDERS, "--format", "csv").out.splitlines()[0] == "who,what"
    assert "row" in run("sparql", FOUNDERS, "--format", "table").out.splitlines()[-1]
    assert run("sparql", "ASK { ?s a kg:Company }").rows == [{"answer": True}]
    described = run("sparql", "CONSTRUCT WHERE { ?s a kg:Award }").rows
    assert {"subject", "predicate", "object"} == set(described[0])


def test_standard_formats(run: Run, sample: Path) -> None:
    told = json.loads(run("sparql", FOUNDERS, "--format", "srj").out)
    assert told["head"]["vars"] == ["who", "what"]
    assert run("sparql", FOUNDERS, "--format", "srx").out.startswith("<?xml")
    assert run("sparql", FOUNDERS, "--format", "tsv").out.startswith("?who\t?what\n")
    for form, kind in (("turtle", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)):
        graph = run("sparql", "CONSTRUCT WHERE { ?s a kg:Award }", "--format", form).out
        assert len(list(ox.parse(graph, kind))) > 0
    wrong = run("sparql", FOUNDERS, "--format", "turtle")
    assert (wrong.code, "srj" in wrong.err) == (2, True)
    assert run("sparql", "DESCRIBE id:x", "--format", "srx").code == 2
    assert run("sparql", "awards", "--format", "srx").code == 2


def test_limits(run: Run, sample: Path) -> None:
    ran = run("sparql", "SELECT * { ?s ?p ?o }", "--limit", "3")
    assert len(ran.rows) == 3
    assert "only the first 3 rows" in ran.err
    assert run("sparql", "SELECT * { ?s ?p ?o }", "--limit", "3", "--format", "srx").code == 1
    late = run("sparql", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.5")
    assert late.code == 1
    assert "--timeout" in late.err


def test_files_and_standard_input(run: Run, sample: Path) -> None:
    (sample.parent / "mine.rq").write_text(FOUNDERS, encoding="utf-8")
    rows = run("sparql", FOUNDERS).rows
    assert run("sparql", "mine.rq").rows == rows
    assert run("sparql", "-", given=FOUNDERS.encode()).rows == rows


def test_named(run: Run, sample: Path) -> None:
    rows = run("sparql", "funding-rounds", "-p", "investor=软银愿景基金").rows
    assert [(row["company"], row["round"]) for row in rows] == [("Keep", "F")]
    assert run("sparql", "no-such-query").code == 2
    assert run("sparql", "sources").code == 2
    assert run("sparql", FOUNDERS, "-p", "x=1").code == 2


def test_misuse(run: Run, sample: Path) -> None:
    for query in ("SELECT nothing", "INSERT DATA { <a:b> <a:c> 1 }", "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }"):
        ran = run("sparql", query)
        assert (ran.code, ran.out) == (2, "")
    assert run("sparql", "ASK {}", "--db", "none.db").code == 2
    assert run("serve", "--db", "none.db").code == 2


def test_queries_lists_both_languages(run: Run, here: Path) -> None:
    listed = run("queries", "--json").json
    assert {(q["name"], q["language"]) for q in listed} >= {("timeline", "cypher"), ("timeline", "sparql")}
    assert {q["language"] for q in run("queries", "--json", "--language", "sparql").json} == {"sparql"}
    both = run("queries", "timeline").out
    assert "// purpose" in both
    assert "# purpose" in both
    assert run("queries", "awards").out.startswith("# purpose")
    assert run("queries", "timeline", "--language", "sparql").out.startswith("# purpose")
    assert run("queries", "no-such-query").code == 2


def test_library(sample: Path) -> None:
    with kg.open(sample) as graph:
        result = graph.sparql(FOUNDERS)
        assert ("王宁", "Keep") in result.rows
        assert result.columns == ("who", "what")
        assert graph.sparql("awards").columns[0] == "winner_name"
        numbers = graph.sparql("SELECT ?n ?b ?d ?x { VALUES (?n ?b ?d) { (7 true 1.5) } }").rows
        assert numbers == ((7, True, 1.5, None),)
        with pytest.raises(QueryError):
            graph.sparql("SELECT nothing")
        with pytest.raises(UsageError, match="named"):
            graph.sparql(FOUNDERS, {"x": 1})
        with pytest.raises(LimitError):
            graph.sparql("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.3)
        assert graph.sparql("SELECT * { ?s ?p ?o }", limit=2).truncated
    assert (sample.parent / "kg.sparql" / "current").exists()


def test_library_in_memory() -> None:
    with kg.open(":memory:") as graph:
        assert graph.sparql("ASK { ?s ?p ?o }").rows == ((False,),)
        place = graph.triples.replica.current()
    assert not place.exists()


def test_damaged_store_is_noticed_and_built_anew(sample: Path) -> None:
    with kg.open(sample) as graph:
        graph.sparql("ASK {}")
        store = graph.triples.replica.current()
    for file in store.glob("MANIFEST*"):
        file.unlink()
    with kg.open(sample) as graph:
        assert graph.sparql("ASK { ?s ?p ?o }").rows == ((True,),)
        assert graph.triples.replica.current() != store
