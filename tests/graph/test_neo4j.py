"""What a push sends, on a driver that only writes down what it is told. A real server is tested elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from graph_corpus import documents
from neo4j import exceptions

from kg.errors import GraphError, LimitError, QueryError
from kg.graph import neo4j as module
from kg.graph.neo4j import Neo4jGraph
from kg.graph.project import Stamp
from kg.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.schema import Schema


class Answer(list[Any]):
    """The records of a query."""

    def consume(self) -> None:
        """Nothing is left to do."""


class Record(list[Any]):
    def values(self) -> list[Any]:
        return list(self)


class Driver:
    """Stands for driver, session and transaction at once."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.stamp: dict[str, Any] | None = None
        self.others = False
        self.fails: Exception | None = None

    def session(self, **_: Any) -> Driver:
        return self

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...

    def verify_connectivity(self) -> None:
        if self.fails:
            raise self.fails

    def execute_read(self, work: Callable[..., Any], *args: Any) -> Any:
        return work(self, *args)

    execute_write = execute_read

    def run(self, cypher: Any, parameters: Any = None, **given: Any) -> Answer:
        if self.fails:
            raise self.fails
        if "RETURN properties(n) AS p" in cypher:
            return Answer([Record([self.stamp])] if self.stamp else [])
        if "RETURN 1 LIMIT 1" in cypher:
            return Answer([Record([1])] if self.others else [])
        if "RETURN count(*) AS n" in cypher:
            return Answer([Record([0])])
        if "RETURN n.id, n.name" in cypher:
            return Answer()
        self.sent.append((cypher, given.get("rows")))
        if "MERGE (n:Projection" in cypher:
            self.stamp = dict(given["rows"][0])
        return Answer()


@pytest.fixture
def driver() -> Driver:
    return Driver()


@pytest.fixture
def graph(driver: Driver, schema: Schema) -> Neo4jGraph:
    return Neo4jGraph(driver, schema)  # type: ignore[arg-type]


@pytest.fixture
def ledger(schema: Schema) -> Iterator[Ledger]:
    with Ledger.open(":memory:", schema) as opened:
        for document in documents(schema):
            opened.add(document)
        yield opened


def rows_of(driver: Driver, pattern: str) -> list[Any]:
    return [row for cypher, rows in driver.sent if re.search(pattern, cypher) for row in rows or ()]


def test_first_push_writes_everything_between_two_stamps(driver: Driver, graph: Neo4jGraph, ledger: Ledger) -> None:
    told: list[int] = []
    pushed = graph.push(ledger, progress=told.append)
    stamps = [rows[0]["sequence"] for cypher, rows in driver.sent if "MERGE (n:Projection" in cypher]
    assert stamps == [-1, ledger.sequence]
    assert "MERGE (n:Projection" in driver.sent[-1][0]
    assert pushed.full
    assert sum(told) == pushed.written + len(stamps)
    edges = rows_of(driver, r"CREATE \(a\)-\[r:")
    assert len([e for e in edges if "statement" in e["properties"]]) == sum(
        1 for f in ledger.facts() if f.status in ("asserted", "ended")
    )
    assert len(rows_of(driver, r"CREATE \(n:Entity")) == ledger.status().entities


def test_queries_are_static_and_match_on_base_labels(driver: Driver, graph: Neo4jGraph, ledger: Ledger) -> None:
    graph.push(ledger)
    texts = [c for c, _ in driver.sent if "CREATE (a)-[r:" in c]
    assert len(texts) == len(set(texts))
    ends = re.compile(r"MATCH \(a:(\w+) \{id: row\.from_id\}\) MATCH \(b:(\w+) \{id: row\.to_id\}\)")
    assert {label for text in texts for label in ends.search(text).groups()} <= {  # type: ignore[union-attr]
        "Entity",
        "Event",
        "Claim",
        "Observation",
        "NewsItem",
    }
    constraints = [c for c, _ in driver.sent if c.startswith("CREATE CONSTRAINT")]
    assert any("FOR (n:Entity) REQUIRE n.id IS UNIQUE" in c for c in constraints)
    assert all("IF NOT EXISTS" in c for c in constraints)


def test_batches_are_bounded_sorted_and_nodes_come_first(
    driver: Driver, graph: Neo4jGraph, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    graph.push(ledger)
    known: set[str] = set()
    for cypher, rows in driver.sent:
        if rows is None or "Projection" in cypher:
            continue
        assert len(rows) <= 3
        if "CREATE (n:" in cypher:
            known.update(r["id"] for r in rows)
        else:
            assert {r["from_id"] for r in rows} | {r["to_id"] for r in rows} <= known
            keys = [(r["from_id"], r["to_id"]) for r in rows]
            assert keys == sorted(keys)


def test_second_push_sends_nothing_and_the_third_what_changed(
    driver: Driver, graph: Neo4jGraph, ledger: Ledger
) -> None:
    graph.push(ledger)
    driver.sent.clear()
    again = graph.push(ledger)
    assert (again.full, again.written, driver.sent) == (False, 0, [])
    gone = {f.id for f in ledger.facts() if f.items == ("n-y",)}
    ledger.forget("n-y")
    third = graph.push(ledger)
    assert not third.full
    assert set(rows_of(driver, r"\[r:ACQUIRED \{statement: id\}\]->\(\) DELETE r")) == gone
    assert "n-y" in rows_of(driver, r"\(n:NewsItem \{id: id\}\) DETACH DELETE n")
    assert driver.stamp is not None
    assert driver.stamp["sequence"] == ledger.sequence


def test_interrupted_push_begins_anew(driver: Driver, graph: Neo4jGraph, ledger: Ledger, schema: Schema) -> None:
    driver.stamp = dict(Stamp(ledger.id, -1, schema.fingerprint).row.properties)
    assert graph.push(ledger).full


def test_graph_of_another_ledger_is_not_replaced_unasked(
    driver: Driver, graph: Neo4jGraph, ledger: Ledger, schema: Schema
) -> None:
    driver.stamp = dict(Stamp("other", 3, schema.fingerprint).row.properties)
    with pytest.raises(GraphError, match="another ledger"):
        graph.push(ledger)
    assert driver.sent == []
    assert graph.push(ledger, replace_other=True).full


def test_nodes_that_no_push_wrote_are_left_alone(driver: Driver, graph: Neo4jGraph, ledger: Ledger) -> None:
    driver.others = True
    with pytest.raises(GraphError, match="no push wrote"):
        graph.push(ledger)
    assert driver.sent == []


@pytest.mark.parametrize(
    ("fails", "kind", "word"),
    [
        (exceptions.ServiceUnavailable("refused"), GraphError, "cannot be reached"),
        (exceptions.AuthError("no"), GraphError, "NEO4J_PASSWORD"),
        (exceptions.CypherSyntaxError("Invalid input"), QueryError, "Invalid input"),
    ],
)
def test_errors_are_ours(driver: Driver, graph: Neo4jGraph, fails: Exception, kind: type[Exception], word: str) -> None:
    if isinstance(fails, exceptions.Neo4jError):
        fails = _coded(fails, word)
    driver.fails = fails
    with pytest.raises(kind, match=word):
        _ = graph.stamp


def _coded(error: exceptions.Neo4jError, message: str) -> exceptions.Neo4jError:
    kind = "Unauthorized" if isinstance(error, exceptions.AuthError) else "SyntaxError"
    section = "Security" if kind == "Unauthorized" else "Statement"
    return exceptions.Neo4jError._hydrate_neo4j(  # type: ignore[attr-defined]
        code=f"Neo.ClientError.{section}.{kind}", message=message
    )


def test_time_limit_of_the_server_is_a_limit(driver: Driver, graph: Neo4jGraph) -> None:
    driver.fails = exceptions.Neo4jError._hydrate_neo4j(  # type: ignore[attr-defined]
        code="Neo.ClientError.Transaction.TransactionTimedOut", message="timed out"
    )
    with pytest.raises(LimitError):
        _ = graph.stamp


def test_nobody_answers(schema: Schema) -> None:
    with pytest.raises(GraphError, match="cannot be reached"):
        Neo4jGraph.connect("bolt://127.0.0.1:1", None, None, schema)
    with pytest.raises(GraphError, match="neo4j://host:7687"):
        Neo4jGraph.connect("http://127.0.0.1:1", None, None, schema)
