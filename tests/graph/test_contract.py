"""What every graph engine keeps to, whichever it is: `kg.graph.base.View` and `Result`, the rows of a `Projection`, and
what brings a graph up to date. Each test runs on the embedded graph and on a real Neo4j."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from graph_corpus import Writer, documents

from kg.errors import GraphError, LimitError, QueryError
from kg.graph.base import BASE_LABELS, NodeRow
from kg.graph.embedded import EmbeddedGraph
from kg.graph.neo4j import Neo4jGraph
from kg.graph.project import Projection
from kg.graph.push import push
from kg.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.graph.base import View
    from kg.graph.project import Stamp
    from kg.schema import Schema

ENGINES = ["embedded", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))]


@dataclass
class Graph:
    """A graph of a ledger on one engine."""

    view: View
    refresh: Callable[[], None]
    stamp: Callable[[], Stamp | None]

    def column(self, cypher: str, **params: object) -> list[Any]:
        return [row[0] for row in self.view.query(cypher, params, limit=None).rows]

    def rows(self) -> list[str]:
        """Every node and relationship but the stamp, sorted."""
        nodes = self.column("MATCH (n) WHERE NOT n:Projection RETURN n")
        return _sorted([{**n, "labels": _labels(n["labels"])} for n in nodes]) + _sorted(
            self.column("MATCH ()-[r]->() RETURN r")
        )


@pytest.fixture(params=ENGINES)
def graph(request: pytest.FixtureRequest, ledger: Ledger, schema: Schema) -> Iterator[Graph]:
    """The corpus on one engine."""
    yield from _opened(request, ledger, schema)


@pytest.fixture(params=ENGINES, scope="module")
def asked(request: pytest.FixtureRequest, schema: Schema) -> Iterator[Graph]:
    """The corpus on one engine, for tests that change nothing."""
    with Ledger.open(":memory:", schema) as ledger:
        for document in documents(schema):
            ledger.add(document)
        yield from _opened(request, ledger, schema)


def _opened(request: pytest.FixtureRequest, ledger: Ledger, schema: Schema) -> Iterator[Graph]:
    if request.param == "embedded":
        embedded = EmbeddedGraph.open(None, ledger, schema)
        yield Graph(embedded, lambda: embedded.refresh() and None, lambda: embedded.stamp)
        return
    server = request.getfixturevalue("neo4j_server")
    server.clear()
    with Neo4jGraph.connect(server.uri, server.auth, None, schema) as neo4j:

        def refresh() -> None:
            push(ledger, schema, server.uri, server.auth)

        refresh()
        yield Graph(neo4j, refresh, lambda: neo4j.stamp)


def _labels(labels: list[str] | tuple[str, ...]) -> list[str]:
    return [labels[0], *sorted(labels[1:])]


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


def projected(ledger: Ledger, schema: Schema) -> list[str]:
    """What a graph of the ledger must hold, told by the projection alone."""
    rows = list(Projection(ledger, schema).rows())
    nodes = [
        {"id": r.id, "name": r.properties["name"], "labels": _labels((r.base, *r.labels)), **r.properties}
        for r in rows
        if isinstance(r, NodeRow)
    ]
    edges = [
        {"type": r.type, "start": r.start, "end": r.end, **r.properties} for r in rows if not isinstance(r, NodeRow)
    ]
    return _sorted(nodes) + _sorted(edges)


# ---- what is shown, and keeping up


def test_every_row_is_there_and_nothing_else(graph: Graph, ledger: Ledger, schema: Schema) -> None:
    assert graph.rows() == projected(ledger, schema)


def test_stamp_tells_the_state(graph: Graph, ledger: Ledger, schema: Schema) -> None:
    assert graph.stamp() == Projection(ledger, schema).stamp
    ledger.forget("n-y")
    assert graph.stamp() != Projection(ledger, schema).stamp
    graph.refresh()
    assert graph.stamp() == Projection(ledger, schema).stamp
    assert graph.column("MATCH (p:Projection) RETURN count(p)") == [1]


def test_new_items_arrive(graph: Graph, ledger: Ledger, schema: Schema) -> None:
    w = Writer(schema, "n-new", "蓝湖科技完成D轮融资", "2023-01-05")
    w.entity("蓝湖科技", "Company").entity("南山资本", "InvestmentFirm").entity("下届算力大会", "Conference")
    w.says("南山资本投资蓝湖科技D轮。").state("蓝湖科技", "raisedFrom", "南山资本", round="D")
    w.says("下届算力大会已举行。").happens("Conference", {"name": ["下届算力大会"]}, date="2022-12")
    ledger.add(w.document())
    before = graph.rows()
    graph.refresh()
    assert graph.rows() == projected(ledger, schema) != before
    assert graph.column("MATCH ()-[r:RAISED_FROM {round: 'D'}]->(i) RETURN i.name") == ["南山资本"]
    # The plan came true: it is no claim any more.
    assert graph.column("MATCH (c:Conference {name: '下届算力大会'}) RETURN c:Claim") == [False]


def test_a_second_refresh_changes_nothing(graph: Graph) -> None:
    before, stamp = graph.rows(), graph.stamp()
    graph.refresh()
    assert (graph.rows(), graph.stamp()) == (before, stamp)


@pytest.mark.parametrize("item", ["n-b", "n-b2", "n-p", "n-x", "n-k", "n-f"])
def test_items_are_taken_back_and_told_again(graph: Graph, ledger: Ledger, schema: Schema, item: str) -> None:
    before = graph.rows()
    ledger.forget(item)
    graph.refresh()
    assert graph.rows() == projected(ledger, schema) != before
    ledger.add(next(d for d in documents(schema) if d.item.id == item))
    graph.refresh()
    assert graph.rows() == projected(ledger, schema)


def test_everything_is_taken_back(graph: Graph, ledger: Ledger) -> None:
    for item in list(ledger.items()):
        ledger.forget(item.id)
    graph.refresh()
    assert graph.rows() == []


def test_entities_are_merged_and_the_merge_undone(graph: Graph, ledger: Ledger, schema: Schema) -> None:
    before = graph.rows()
    a, b = (ledger.find(name)[0].id for name in ("蓝湖科技", "蓝湖云"))
    decision = ledger.merge(a, b)
    graph.refresh()
    assert graph.rows() == projected(ledger, schema) != before
    ledger.undo(decision.id)
    graph.refresh()
    assert graph.rows() == before


def test_entities_are_split(graph: Graph, ledger: Ledger, schema: Schema) -> None:
    a, b = (ledger.find(name)[0].id for name in ("远山资本", "江流创投"))
    ledger.merge(a, b)
    graph.refresh()
    together = graph.rows()
    decision = ledger.split(a, b)
    graph.refresh()
    assert graph.rows() == projected(ledger, schema) != together
    ledger.undo(decision.id)
    graph.refresh()
    assert graph.rows() == projected(ledger, schema) == together


def test_what_a_user_wrote_lasts_until_it_is_built_anew(graph: Graph) -> None:
    told = graph.view.query("MATCH (p:Person) SET p.note = '见面' RETURN p.note AS note", write=True)
    assert told.rows == (("见面",),)
    assert graph.column("MATCH (p:Person) RETURN p.note") == ["见面"]


# ---- what a query may


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Entity {id: 'x', name: 'x'})",
        "MATCH (n:Person) SET n.name = 'x'",
        "MATCH (n:Person) SET n:Company",
        "MATCH (n) DETACH DELETE n",
        "MATCH ()-[r]->() DELETE r",
        "MERGE (n:Entity {id: 'x'}) RETURN n",
        "MATCH (n:Person) REMOVE n.name",
        "UNWIND [1] AS x CREATE (:Entity {id: toString(x)}) RETURN x",
        "CREATE INDEX FOR (n:Entity) ON (n.class)",
    ],
)
def test_reading_changes_nothing(asked: Graph, cypher: str) -> None:
    before = asked.rows()
    with pytest.raises(QueryError, match="only reading is allowed"):
        asked.view.query(cypher)
    assert asked.rows() == before


@pytest.mark.parametrize(
    ("cypher", "word"),
    [
        ("MATCH (n:Person RETURN n", "RETURN"),
        ("RETURN foo", "foo"),
        ("RETURN $nothing", "nothing"),
        ("RETURN nosuch(1)", "nosuch"),
        ("MATCH (n:Person)", "RETURN"),
        ("RETURN 1 / 0", "zero"),
        ("MATCH (n) WITH n.name RETURN 1", "AS"),
        ("RETURN 1 AS a, 2 AS a", "same name"),
        ("MATCH (n:Person) RETURN n {.name}, n", "same name"),
        ("RETURN date('2021-02-30')", "30"),
        ("MATCH (n) RETURN n LIMIT -1", "non-negative"),
        ("RETURN 9223372036854775807 + 1", "overflow"),
        ("", ""),
    ],
)
def test_wrong_query_is_a_query_error(asked: Graph, cypher: str, word: str) -> None:
    with pytest.raises(QueryError, match=f"(?i){word}"):
        asked.view.query(cypher)


def test_time_limit(asked: Graph) -> None:
    with pytest.raises(LimitError, match=r"longer than 0\.2 seconds"):
        asked.view.query("MATCH (a)-[*1..10]-(b), (c)-[*1..10]-(d) RETURN count(*)", timeout=0.2)
    assert asked.column("RETURN 1") == [1]


@pytest.mark.parametrize("limit", [1, 5])
def test_row_limit_says_so(asked: Graph, limit: int) -> None:
    cypher = "MATCH (n:Entity) RETURN n.name ORDER BY n.name"
    cut, whole = asked.view.query(cypher, limit=limit), asked.view.query(cypher, limit=None)
    assert (cut.truncated, whole.truncated) == (True, False)
    assert cut.rows == whole.rows[:limit]
    assert cut.columns == whole.columns == ("n.name",)
    (warning,) = cut.warnings
    assert f"first {limit}" in warning


def test_row_limit_that_just_suffices_says_nothing(asked: Graph) -> None:
    result = asked.view.query("UNWIND [1, 2, 3] AS x RETURN x", limit=3)
    assert (len(result), result.truncated, result.warnings) == (3, False, ())


def test_no_rows_have_columns_nonetheless(asked: Graph) -> None:
    result = asked.view.query("MATCH (n:Person {name: '没有'}) RETURN n.name AS name, n.class")
    assert (result.columns, result.rows) == (("name", "n.class"), ())


# ---- what comes back


def test_rows_as_dicts(asked: Graph) -> None:
    result = asked.view.query("MATCH (p:Person) RETURN p.name AS 姓名, 1 AS one")
    assert list(result) == [{"姓名": "林清", "one": 1}]
    assert result.seconds > 0


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -7, 2**53, 0.5, -1e-9, 1e300, "", "蓝湖", "𠮷'\"\\\n"),
        *([], [1, "二", None, [True]], {}, {"a": {"b": [1.0]}}),
    ],
    ids=repr,
)
def test_values_come_back_as_they_went(asked: Graph, value: object) -> None:
    (row,) = asked.view.query("RETURN $value AS value", {"value": value}).rows
    assert repr(row[0]) == repr(value)


def test_node(asked: Graph) -> None:
    (node,) = asked.column("MATCH (n:InvestmentFirm {name: '远山资本'}) RETURN n")
    assert list(node)[:3] == ["id", "name", "labels"]
    assert node["labels"] == ["Entity", "Agent", "Company", "InvestmentFirm", "Organization"]
    assert (node["name"], node["class"], node["aliases"]) == ("远山资本", "InvestmentFirm", ["远山"])
    assert {"title", "type"}.isdisjoint(node)


def test_base_label_is_first(asked: Graph) -> None:
    for node in asked.column("MATCH (n) WHERE NOT n:Projection RETURN n"):
        assert node["labels"][0] in BASE_LABELS
        assert node["labels"][1:] == sorted(node["labels"][1:])


def test_relationship_names_its_ends_by_id(asked: Graph) -> None:
    (ends,) = asked.column("MATCH (a)-[:ACQUIRED]->(b) RETURN [a.id, b.id]")
    (alone,) = asked.column("MATCH ()-[r:ACQUIRED]->() RETURN r")
    assert list(alone)[:3] == ["type", "start", "end"]
    assert (alone["type"], [alone["start"], alone["end"]], alone["stake"]) == ("ACQUIRED", ends, 70.0)


def test_path(asked: Graph) -> None:
    (path,) = asked.column("MATCH p = (:Person)-[:FOUNDED]->()-[:HEADQUARTERED_IN]->() RETURN p")
    assert path.keys() == {"nodes", "relationships"}
    assert [n["name"] for n in path["nodes"]] == ["林清", "蓝湖科技", "杭州"]
    assert [r["type"] for r in path["relationships"]] == ["FOUNDED", "HEADQUARTERED_IN"]
    assert path["relationships"][1]["end"] == path["nodes"][2]["id"]


def test_temporal_values_are_iso_8601(asked: Graph) -> None:
    cypher = (
        "RETURN date('2021-11-03') AS a, [date('2021-11')] AS b, datetime('2021-11-03T10:00:00.50+08:00') AS c, "
        "duration('P14DT3.25S') AS d, localtime('10:00') AS e"
    )
    assert asked.view.query(cypher).rows == (
        ("2021-11-03", ["2021-11-01"], "2021-11-03T10:00:00.5+08:00", "P14DT3.25S", "10:00:00"),
    )


# ---- words that nothing has


@pytest.mark.parametrize(
    ("cypher", "word", "near"),
    [
        ("MATCH (n:Compnay) RETURN n.name", "label Compnay", "Company"),
        ("MATCH ()-[r:RAISED_FORM]->() RETURN r.round", "relationship type RAISED_FORM", "RAISED_FROM"),
        ("MATCH (n:Person) RETURN n.nmae", "property nmae", "name"),
        ("MATCH (n:Person {nmae: '林清'}) RETURN n.name", "property nmae", "name"),
        ("MATCH (n:Person) WHERE n.round = $x RETURN n.name", "property round", "RAISED_FROM"),
        ("MATCH (n:`Compnay`) WHERE n.`nmae` = $x RETURN n.name", "label Compnay", "Company"),
    ],
)
def test_unknown_word_is_warned_of_once(asked: Graph, cypher: str, word: str, near: str) -> None:
    result = asked.view.query(cypher, {"x": 1})
    about = [w for w in result.warnings if word in w]
    assert len(about) == 1
    assert near in about[0]
    # The engine's own notice of it is not given as well.
    assert len(result.warnings) == max(1, cypher.count("`") // 2)


def test_known_words_are_not_warned_of(asked: Graph) -> None:
    cypher = (
        "MATCH (c:Company)-[r:RAISED_FROM {round: $round}]->(i:InvestmentFirm) WHERE r.amount_low > 1 RETURN i.name"
    )
    assert asked.view.query(cypher, {"round": "B"}).warnings == ()


# ---- nobody answers


def test_address_where_nobody_answers_is_a_graph_error(schema: Schema) -> None:
    with pytest.raises(GraphError, match="cannot be reached"):
        Neo4jGraph.connect("bolt://127.0.0.1:1", None, None, schema)
