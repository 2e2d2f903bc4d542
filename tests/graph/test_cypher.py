"""The embedded graph and a real Neo4j give equal answers: to every case of conformance.cypher, to the named queries and
to generated ones. What they answer otherwise is in differences.toml, and holds too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from answers import ROWS
from conformance import Case, answer, cases
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kg.errors import KgError
from kg.graph.differences import Difference, differences, found_in
from kg.graph.embedded import EmbeddedGraph
from kg.graph.neo4j import Neo4jGraph
from kg.graph.push import push
from kg.query import named_queries, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j_server import Server

    from kg.graph.base import View
    from kg.ledger import Ledger
    from kg.schema import Schema


@pytest.fixture(scope="module")
def embedded(corpus: Ledger, schema: Schema) -> EmbeddedGraph:
    return EmbeddedGraph.open(None, corpus, schema)


@pytest.fixture(scope="module")
def neo4j(neo4j_server: Server, corpus: Ledger, schema: Schema) -> Iterator[Neo4jGraph]:
    neo4j_server.clear()
    with Neo4jGraph.connect(neo4j_server.uri, neo4j_server.auth, None, schema) as graph:
        push(corpus, schema, neo4j_server.uri, neo4j_server.auth)
        yield graph


CASES = list(cases())


def test_cases_are_many_and_each_has_its_name() -> None:
    assert len(CASES) >= 300
    assert len({c.name for c in CASES}) == len({c.cypher for c in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_case_is_answered_alike(case: Case, embedded: EmbeddedGraph, neo4j: Neo4jGraph) -> None:
    here, there = (g.query(case.cypher, case.params) for g in (embedded, neo4j))
    assert answer(case.cypher, here) == answer(case.cypher, there)


NAMED = {name: [dict(p) for n, p, *_ in ROWS if n == name] or [{}] for name in named_queries()}


@pytest.mark.parametrize("name", NAMED)
def test_named_query_is_answered_alike(name: str, corpus: Ledger, embedded: EmbeddedGraph, neo4j: Neo4jGraph) -> None:
    query = named_queries()[name]
    told = 0
    for params in NAMED[name]:
        here, there = (run(query, graph, corpus, params) for graph in (embedded, neo4j))
        assert answer(query.text, here) == answer(query.text, there)
        told += len(here)
    assert told


# ---- what differs


@pytest.mark.parametrize("difference", differences(), ids=lambda d: d.name)
def test_difference_is_one_and_is_told(difference: Difference, embedded: EmbeddedGraph, neo4j: Neo4jGraph) -> None:
    here, there = _told(embedded, difference.example), _told(neo4j, difference.example)
    assert here != there
    if difference.refused:
        assert isinstance(here, str)
        assert not isinstance(there, str)
        assert f"\n{difference}" in here
    else:
        warnings = embedded.query(difference.example).warnings
        assert warnings if difference.pattern is None else str(difference) in warnings


@pytest.mark.parametrize("difference", differences(), ids=lambda d: d.name)
def test_what_is_to_be_written_instead_is_answered_alike(
    difference: Difference, embedded: EmbeddedGraph, neo4j: Neo4jGraph
) -> None:
    here = embedded.query(difference.instead)
    assert answer(difference.instead, here) == answer(difference.instead, neo4j.query(difference.instead))
    assert here.rows
    assert set(here.warnings) <= {str(difference)}


def test_cases_are_warned_of_only_where_numbers_decide() -> None:
    """A warning that most queries get says nothing: of the cases, which are answered alike, few have one."""
    warned = {d.name for case in CASES for d in found_in(case.cypher, refused=False)}
    assert warned <= {
        "division by zero",
        "large and small fractions as text",
        "roots and logarithms out of range",
        "whole numbers and fractions that are equal",
    }
    assert not any(found_in(q.text, refused=False) for q in named_queries().values())


def _told(graph: View, cypher: str) -> object:
    """The answer, or what the error says."""
    try:
        return answer(cypher, graph.query(cypher))
    except KgError as error:
        return str(error)


# ---- generated queries

_CLASSES = st.sampled_from(["Entity", "Company", "Organization", "InvestmentFirm", "Person", "Agent", "Event", "Claim"])
_TYPES = st.sampled_from(
    ["RAISED_FROM", "WORKS_FOR", "FOUNDED", "ACQUIRED", "MENTIONS", "INVESTORS", "SUBJECT", "OPERATES_IN", "SUED"]
)
_TEXTS = st.sampled_from(["'蓝湖科技'", "'远山资本'", "'林清'", "'asserted'", "'2021-11-03'", "'B'", "''", "'蓝'"])
_NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "0.9", "3", "30000000", "-1"])
_NODE_TEXT = st.sampled_from(["name", "class", "status", "date", "evidence", "first_seen", "predicate", "round"])
_EDGE_TEXT = st.sampled_from(["statement", "status", "round", "title", "date", "first_seen", "evidence", "role"])
_EDGE_NUMBER = st.sampled_from(["confidence", "sources", "amount_low", "amount_high", "year"])


@st.composite
def _pattern(draw: st.DrawFn) -> str:
    """A path of one or two steps from `a` by `r` to `b`, and maybe on to `c`."""
    a, b = (draw(st.one_of(st.just(""), _CLASSES.map(":{}".format))) for _ in "ab")
    kind = draw(
        st.one_of(st.just(""), _TYPES.map(":{}".format), st.tuples(_TYPES, _TYPES).map(lambda t: f":{t[0]}|{t[1]}"))
    )
    left, right = draw(st.sampled_from([("-", "->"), ("<-", "-"), ("-", "-")]))
    on = draw(st.sampled_from(["", "", "-[:RAISED_FROM]->(c)", "<-[:MENTIONS]-(c:NewsItem)", "--(c:Person)"]))
    return f"(a{a}){left}[r{kind}]{right}(b{b}){on}"


@st.composite
def _text(draw: st.DrawFn) -> str:
    read = draw(st.one_of(_NODE_TEXT.map("a.{}".format), _NODE_TEXT.map("b.{}".format), _EDGE_TEXT.map("r.{}".format)))
    form = draw(
        st.sampled_from(
            [
                "{}",
                "{}",
                "left({}, 2)",
                "coalesce({}, '无')",
                "toUpper({})",
                "{} + '号'",
                "CASE WHEN a:Organization THEN {} ELSE '' END",
                "substring({}, 1)",
                "reverse({})",
            ]
        )
    )
    return form.format(read)


@st.composite
def _number(draw: st.DrawFn) -> str:
    read = draw(_EDGE_NUMBER.map("r.{}".format) | st.just("size(a.name)") | st.just("size(labels(b))") | _NUMBERS)
    form = draw(
        st.sampled_from(
            [
                "{}",
                "{}",
                "{} + 1",
                "{} * 2",
                "{} / 3",
                "{} % 7",
                "-({})",
                "abs({})",
                "round({})",
                "toInteger({})",
                "CASE WHEN {} > 0 THEN 1 ELSE 0.5 END",
            ]
        )
    )
    return form.format(read)


_TRUTH = st.recursive(
    st.one_of(
        st.tuples(_text(), st.sampled_from(["=", "<>", "<", ">=", "STARTS WITH", "CONTAINS"]), _TEXTS).map(" ".join),
        st.tuples(_number(), st.sampled_from(["=", "<>", "<", "<=", ">"]), _NUMBERS).map(" ".join),
        st.tuples(_text(), st.sampled_from(["IS NULL", "IS NOT NULL", "IN ['B', '蓝湖科技', null]"])).map(" ".join),
        _CLASSES.map("a:{}".format),
        st.sampled_from(
            [
                "(a)-[:RAISED_FROM]->()",
                "EXISTS { (b)<-[:MENTIONS]-() }",
                "COUNT { (a)--() } > 2",
                "any(x IN a.aliases WHERE x CONTAINS '蓝')",
                "all(x IN r.items WHERE x STARTS WITH 'n-')",
                "r.ended",
            ]
        ),
    ),
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.tuples(inner, st.sampled_from([" AND ", " OR ", " XOR "]), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
    ),
    max_leaves=3,
)
_AGGREGATES = st.one_of(
    st.sampled_from(["count(*)", "count(r.round)", "count(DISTINCT a)", "sum(r.sources)", "count(b)"]),
    _text().map("min({})".format),
    _text().map("count(DISTINCT {})".format),
    _number().map("max({})".format),
    _number().map("sum({})".format),
)


@st.composite
def _query(draw: st.DrawFn) -> str:
    optional = draw(st.booleans())
    match = f"MATCH {draw(_pattern())}"
    if optional:
        match = f"MATCH (a:Organization) OPTIONAL {re.sub(r'[(]a:?[a-zA-Z]*[)]', '(a)', match)}"
    where = f" WHERE {draw(_TRUTH)}" if draw(st.booleans()) else ""
    if draw(st.booleans()):
        keys = draw(st.lists(st.one_of(_text(), _number()), min_size=0, max_size=2, unique=True))
        items = [*keys, *draw(st.lists(_AGGREGATES, min_size=1, max_size=2, unique=True))]
        distinct = ""
    else:
        whole = st.sampled_from(["type(r)", "r", "b", "a.aliases"])
        items = draw(st.lists(st.one_of(_text(), _number(), whole), min_size=1, max_size=3))
        distinct = draw(st.sampled_from(["", "DISTINCT "]))
    named = ", ".join(f"{item} AS c{i}" for i, item in enumerate(items))
    text = f"{match}{where} RETURN {distinct}{named}"
    if draw(st.booleans()) and not any(i in ("r", "b", "a.aliases") for i in items):
        # All columns are keys, so rows that tie are equal and their order says nothing.
        ways = [f"c{i}{draw(st.sampled_from(['', ' DESC']))}" for i in range(len(items))]
        text += f" ORDER BY {', '.join(ways)}"
        text += draw(st.sampled_from(["", " LIMIT 3", " SKIP 1", " SKIP 1 LIMIT 2"]))
    return text


@settings(
    max_examples=300,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cypher=_query())
def test_generated_query_is_answered_alike(cypher: str, embedded: EmbeddedGraph, neo4j: Neo4jGraph) -> None:
    assume(not found_in(cypher, refused=False))
    assert answer(cypher, embedded.query(cypher)) == answer(cypher, neo4j.query(cypher))
