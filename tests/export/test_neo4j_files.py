"""What is written for Neo4j, taken by a real one: the script through the driver, the CSV by its own importer."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA, Told
from hostile import HELD, HOSTILE

from kg.export import formats
from kg.export.graphs import after
from kg.export.rdf import export
from kg.export.rows import EdgeRow, prepared
from kg.export.script import cypher_value
from kg.graph.base import PROJECTION, NodeRow
from kg.graph.project import Projection
from kg.graph.push import push

if TYPE_CHECKING:
    from pathlib import Path

    from neo4j_server import Server

    from kg.ledger import Ledger

Shape = tuple[dict[tuple[str, str], Any], dict[tuple[str, str, str, str], Any]]


@pytest.fixture
def ledger(ledger: Ledger) -> Ledger:
    """With an item whose every text is hostile, and one whose id looks like that of an entity."""
    told = Told(HOSTILE, title=HOSTILE)
    lake = told.entity("\\u0027]) //", "Company", HOSTILE)
    told.says(lake, "raisedFrom", told.entity("云杉", "InvestmentFirm"), round=HOSTILE, sentence="x" * 70_000)
    ledger.add(told.document)
    other = Told(lake.id)
    other.entity("蓝湖科技")
    ledger.add(other.document)
    return ledger


def wanted(ledger: Ledger) -> Shape:
    """Base label and id → labels and properties; type, ends and statement → properties."""
    nodes, edges = {}, {}
    for row in prepared(Projection(ledger, SCHEMA).rows(), by_label=True):
        if isinstance(row, NodeRow):
            nodes[row.base, row.id] = ({row.base, *row.labels}, row.properties)
        elif isinstance(row, EdgeRow):
            edges[row.type, row.start, row.end, row.key] = row.properties
    return nodes, edges


def found(server: Server) -> Shape:
    nodes, edges = {}, {}
    with server.driver() as driver:
        query = f"MATCH (n) WHERE NOT n:{PROJECTION} RETURN labels(n) AS labels, properties(n) AS p"
        for record in driver.execute_query(query).records:
            base = next(label for label in BASES if label in record["labels"])
            nodes[base, record["p"]["id"]] = (set(record["labels"]), record["p"])
        query = "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.id AS a, b.id AS b, properties(r) AS p"
        for record in driver.execute_query(query).records:
            told = record["p"]
            key = told.get("statement") or " ".join([record["type"], *([told["event"]] if "event" in told else [])])
            edges[record["type"], record["a"], record["b"], key] = told
    return nodes, edges


def same(one: Shape, other: Shape) -> bool:
    for a, b in zip(one, other, strict=True):
        assert a.keys() == b.keys()
        for key, value in b.items():
            assert a[key] == value, key
    return True


BASES = ("Entity", "Event", "Claim", "NewsItem", "Observation", "Literal")
"""As a further label only those to the right of the base label stand at a node."""


def script(ledger: Ledger, path: Path) -> list[str]:
    export(ledger, SCHEMA, "cypher", path)
    return [s.strip() for s in path.read_text(encoding="utf-8").split(";\n") if s.strip()]


def test_a_script_makes_the_graph_and_changes_nothing_the_second_time(
    ledger: Ledger, tmp_path: Path, neo4j_empty: Server
) -> None:
    statements = script(ledger, tmp_path / "graph.cypher")
    with neo4j_empty.driver() as driver:
        for _ in range(2):
            for statement in statements:
                driver.execute_query(statement)
            nodes, edges = found(neo4j_empty)
            assert same((nodes, edges), wanted(ledger))
        assert HELD in {p.get("headline") for _, p in nodes.values()}
        names = {r["name"] for r in driver.execute_query("SHOW CONSTRAINTS YIELD name").records}
        assert "kg_entity_id" in names


def test_values_come_back_as_they_were_written(neo4j_empty: Server) -> None:
    values = [
        HELD,
        "\\u0027",
        "\\\\u0027 \\'",
        "'; MATCH (n) DETACH DELETE n; //",
        "`",
        "é\u2028",
        1,
        -2.5,
        1e300,
        1e16,
    ]
    values += [5e-324, 2**63 - 1, True, False, [], ["a'", "\\"], ""]
    with neo4j_empty.driver() as driver:
        for value in values:
            assert driver.execute_query(f"RETURN {cypher_value(value)} AS v").records[0]["v"] == value


def test_a_script_holds_one_statement_between_two_ends(ledger: Ledger, tmp_path: Path) -> None:
    statements = script(ledger, tmp_path / "graph.cypher")
    assert all(s.split(None, 1)[0] in ("CREATE", "UNWIND", "//") for s in statements)
    assert sum(s.count("\n{") for s in statements) == sum(map(len, wanted(ledger)))


def test_the_importer_makes_the_graph_and_a_push_goes_on_from_it(
    ledger: Ledger, tmp_path: Path, neo4j_server: Server
) -> None:
    from neo4j_server import admin, start

    folder = tmp_path / "csv"
    report = export(ledger, SCHEMA, "neo4j-admin", folder)
    assert report.triples == sum(map(len, wanted(ledger)))
    home = tmp_path / "home"
    script = home / "neo4j-admin"
    home.mkdir()
    script.write_text(admin(home), encoding="utf-8")
    script.chmod(0o755)
    done = subprocess.run(
        ["sh", str(folder / "import.sh")],
        env={**os.environ, "NEO4J_ADMIN": str(script)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with start(home, keep=True) as server:
        nodes, edges = wanted(ledger)
        for _, properties in nodes.values():
            # The importer has no empty lists: it leaves them out.
            for name in [n for n, value in properties.items() if value == []]:
                del properties[name]
        assert same(found(server), (nodes, edges))
        assert push(ledger, SCHEMA, server.uri, server.auth).way == "nothing"
        third = Told("3", "2022-01-01")
        third.says(third.entity("蓝湖科技"), "acquired", third.entity("青岚", "Company"))
        ledger.add(third.document)
        assert push(ledger, SCHEMA, server.uri, server.auth).way == "changes"
        assert ("Entity", SCHEMA.entity_id("青岚", "Company")) in found(server)[0]


def test_the_command_to_import_names_the_files(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "my csv"
    export(ledger, SCHEMA, "neo4j-admin", folder)
    told = after(formats.named("neo4j-admin"), folder)
    assert told.startswith("neo4j-admin database import full neo4j ")
    assert f"--nodes='{folder}/nodes-Entity.csv'" in told or f"'--nodes={folder}/nodes-Entity.csv'" in told
    assert "--multiline-fields=true" in told
    names = {p.name for p in folder.iterdir()}
    assert {n for n in names if n.endswith(".csv")} == {n for n in names if n in told}


def test_only_a_whole_graph_has_a_stamp(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, SCHEMA, "neo4j-admin", tmp_path / "csv", provenance="none")
    assert not (tmp_path / "csv" / "nodes-Projection.csv").exists()
    shutil.rmtree(tmp_path / "csv")


def test_a_row_larger_than_the_importer_reads_at_once_is_told(empty: Ledger, tmp_path: Path) -> None:
    told = Told("1")
    told.says(told.entity("蓝湖"), "acquired", told.entity("启明"), sentence="长" * 1_500_000)
    empty.add(told.document)
    export(empty, SCHEMA, "neo4j-admin", tmp_path / "csv")
    assert "--read-buffer-size=10m" in (tmp_path / "csv" / "import.sh").read_text(encoding="utf-8")
