"""The embedded graph shows the ledger: all of it, nothing else, however it came to its present state."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

import pytest
from graph_corpus import Unrest, Writer, documents

from kg.errors import LimitError, QueryError
from kg.graph import embedded
from kg.graph.embedded import EmbeddedGraph
from kg.graph.engine import load
from kg.ledger import Ledger
from kg.model import happened

if TYPE_CHECKING:
    from pathlib import Path

    from kg.schema import Schema


@pytest.fixture
def graph(ledger: Ledger, schema: Schema) -> EmbeddedGraph:
    return EmbeddedGraph.open(None, ledger, schema)


def built_anew(ledger: Ledger, schema: Schema) -> list[str]:
    return list(EmbeddedGraph.open(None, ledger, schema).dump())


def column(graph: EmbeddedGraph, cypher: str, **params: object) -> list[object]:
    return [row[0] for row in graph.query(cypher, params).rows]


# ---- what it shows


def test_not_one_statement_is_lost(graph: EmbeddedGraph, ledger: Ledger) -> None:
    facts = list(ledger.facts())
    edges = column(graph, "MATCH ()-[r]->() WHERE r.statement IS NOT NULL RETURN r.statement")
    assert sorted(map(str, edges)) == sorted(f.id for f in facts if happened(f.status))
    claims = column(graph, "MATCH (c:Claim) WHERE c.predicate IS NOT NULL RETURN c.id")
    assert sorted(map(str, claims)) == sorted(f.id for f in facts if not happened(f.status))


def test_parallel_relationships_stay_apart(graph: EmbeddedGraph) -> None:
    rounds = "MATCH ({name: '蓝湖科技'})-[r:RAISED_FROM]->({name: '远山资本'}) RETURN r.round ORDER BY r.round"
    assert column(graph, rounds) == ["B", "C"]
    posts = (
        "MATCH (:Person {name: '林清'})-[r:WORKS_FOR]->(:Company {name: '蓝湖科技'}) RETURN r.title ORDER BY r.title"
    )
    assert column(graph, posts) == ["CEO", "董事长"]


def test_only_what_happened_is_a_relationship(graph: EmbeddedGraph) -> None:
    assert graph.query("MATCH (a)-[:ACQUIRED]->(b) RETURN a.name, b.name").rows == (("江流创投", "白石科技"),)
    (former,) = graph.query("MATCH ()-[r:WORKS_FOR {ended: true}]->(o) RETURN r.title, r.to, r.status, o.name").rows
    assert former == ("教授", "2020", "ended", "星河大学")


def test_labels_are_class_and_superclasses(graph: EmbeddedGraph) -> None:
    assert column(graph, "MATCH (n:InvestmentFirm {name: '远山资本'}) RETURN labels(n)") == [
        ["Entity", "Agent", "Company", "InvestmentFirm", "Organization"]
    ]
    assert column(graph, "MATCH (n:Organization:Company) WHERE '藍湖科技' IN n.aliases RETURN n.name") == ["蓝湖科技"]


def test_entity_that_is_an_event_has_its_roles_and_values(graph: EmbeddedGraph) -> None:
    rows = graph.query(
        "MATCH (c:Entity:Conference:Event {name: '算力大会'})-[r:HOST|PLACE|PARTICIPANTS]->(x) "
        "RETURN type(r), x.name, c.date, c.status ORDER BY type(r)"
    ).rows
    assert rows == (
        ("HOST", "星河大学", "2021-12-01", "asserted"),
        ("PARTICIPANTS", "蓝湖科技", "2021-12-01", "asserted"),
        ("PLACE", "杭州", "2021-12-01", "asserted"),
    )
    assert column(graph, "MATCH (c:Conference:Claim) RETURN c.name") == ["下届算力大会"]
    assert column(graph, "MATCH (c:Conference) RETURN count(c)") == [2]


def test_relationship_explains_itself(graph: EmbeddedGraph) -> None:
    (edge,) = column(
        graph, "MATCH (:Entity {name: '蓝湖科技'})-[r:RAISED_FROM {round: 'B', role: 'lead'}]->() RETURN r"
    )
    assert isinstance(edge, dict)
    assert edge["type"] == "RAISED_FROM"
    assert edge["items"] == ["n-b", "n-b2"]
    assert edge["sources"] == 2
    assert (edge["first_seen"], edge["last_seen"]) == ("2021-11-03", "2021-11-05")
    assert edge["evidence"].startswith("蓝湖科技11月2日宣布完成")
    assert (edge["amount"], edge["amount_low"], edge["currency"]) == ("2亿元", 2e8, "CNY")
    assert column(graph, "MATCH (e:FundingRound {id: $id}) RETURN e.round", id=edge["event"]) == ["B"]


def test_observation_and_item(graph: EmbeddedGraph) -> None:
    (row,) = graph.query(
        "MATCH (o:Observation {indicator: '算力规模'})-[:REPORTED_BY]->(i) RETURN o.value, o.unit, o.date_end, i.name"
    ).rows
    assert row == (120.0, "亿次", "2021-06-30", "星河研究院")
    (row,) = graph.query("MATCH (i:NewsItem {id: 'n-b'})-[:MENTIONS]->(e) RETURN i.headline, count(e)").rows
    assert row == ("蓝湖科技完成B轮融资", 5)


def test_returned_nodes_are_clean(graph: EmbeddedGraph) -> None:
    (node,) = column(graph, "MATCH (n:Person) RETURN n")
    assert isinstance(node, dict)
    assert list(node)[:3] == ["id", "name", "labels"]
    assert {"title", "type"}.isdisjoint(node)
    assert column(graph, "MATCH (n:Person) RETURN keys(n)") == [["aliases", "class", "id", "name"]]


def test_ends_of_relationships_are_ids(graph: EmbeddedGraph) -> None:
    ends = column(graph, "MATCH (a)-[:ACQUIRED]->(b) RETURN [a.id, b.id]")[0]
    (alone,) = column(graph, "MATCH ()-[r:ACQUIRED]->() RETURN r")
    assert isinstance(alone, dict)
    assert [alone["start"], alone["end"]] == ends
    (whole,) = column(graph, "MATCH p = (:InvestmentFirm)-[:ACQUIRED]->() RETURN p")
    assert isinstance(whole, dict)
    assert [n["id"] for n in whole["nodes"]] == ends
    assert whole["relationships"][0]["end"] == ends[1]  # type: ignore[index]


def test_dates_of_cypher_are_strings(graph: EmbeddedGraph) -> None:
    assert graph.query("RETURN date('2021-11-03') AS d, [date('2021-11-04')] AS l").rows == (
        ("2021-11-03", ["2021-11-04"]),
    )


# ---- guards


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Entity {id: 'x', name: 'x'})",
        "MATCH (n:Person) SET n.name = 'x'",
        "MATCH (n) DETACH DELETE n",
        "MERGE (n:Entity {id: 'x'}) RETURN n",
        "MATCH (n:Person) REMOVE n.name",
        "CREATE CONSTRAINT FOR ()-[r:X]-() REQUIRE r.statement IS UNIQUE",
    ],
)
def test_reading_never_changes_the_graph(graph: EmbeddedGraph, cypher: str) -> None:
    before = list(graph.dump())
    with pytest.raises(QueryError, match="only reading is allowed"):
        graph.query(cypher)
    assert list(graph.dump()) == before


def test_writing_on_request(graph: EmbeddedGraph) -> None:
    result = graph.query("MATCH (n:Person) SET n.note = '见面'", write=True)
    assert any("lost" in w for w in result.warnings)
    assert column(graph, "MATCH (n:Person) RETURN n.note") == ["见面"]


@pytest.mark.parametrize(
    "cypher", ["MATCH (n:Person RETURN n", "RETURN foo", "RETURN $nothing", "MATCH (n) RETURN n FORMAT CSV"]
)
def test_wrong_queries_are_usage_errors(graph: EmbeddedGraph, cypher: str) -> None:
    with pytest.raises(QueryError):
        graph.query(cypher)


def test_syntax_error_tells_the_place(graph: EmbeddedGraph) -> None:
    with pytest.raises(QueryError, match="col 25"):
        graph.query("MATCH (n:Person) RETURN ]")


def test_time_limit(graph: EmbeddedGraph) -> None:
    with pytest.raises(LimitError, match=r"0\.05 seconds"):
        graph.query("MATCH (a)-[*1..10]-(b), (c)-[*1..10]-(d) RETURN count(*)", timeout=0.05)


def test_row_limit_says_so(graph: EmbeddedGraph) -> None:
    result = graph.query("MATCH (n:Entity) RETURN n.name ORDER BY n.name", limit=2)
    assert (len(result), result.truncated) == (2, True)
    (warning,) = result.warnings
    assert "first 2 of" in warning
    whole = graph.query("MATCH (n:Entity) RETURN n.name ORDER BY n.name", limit=None)
    assert not whole.truncated
    assert whole.rows[:2] == result.rows


def test_unknown_words_are_warned_of(graph: EmbeddedGraph) -> None:
    result = graph.query("MATCH (n:Compnay) RETURN n.name")
    assert result.rows == ()
    assert any("Company" in w for w in result.warnings)


def test_rows_as_dicts(graph: EmbeddedGraph) -> None:
    result = graph.query("MATCH (n:Person) RETURN n.name AS name, 1 AS one")
    assert list(result) == [{"name": "林清", "one": 1}]


# ---- keeping up


def test_forgetting_takes_back_what_only_that_item_said(graph: EmbeddedGraph, ledger: Ledger) -> None:
    ledger.forget("n-y")
    assert graph.refresh()
    assert column(graph, "MATCH ()-[:ACQUIRED]->() RETURN 1") == []
    assert column(graph, "MATCH (e:Acquisition) WHERE NOT e:Claim RETURN 1") == []
    assert not graph.refresh()


def test_plan_that_came_true_becomes_a_relationship(graph: EmbeddedGraph, ledger: Ledger, schema: Schema) -> None:
    assert len(column(graph, "MATCH (c:Claim {predicate: 'acquired', status: 'planned'}) RETURN 1")) == 1
    w = Writer(schema, "n-later", "收购完成", "2022-03-01").entity("蓝湖科技", "Company").entity("青岚智能", "Company")
    w.says("蓝湖科技完成对青岚智能的收购。").state("蓝湖科技", "acquired", "青岚智能", date="2022-02-28")
    ledger.add(w.document())
    graph.refresh()
    assert column(graph, "MATCH (c:Claim {predicate: 'acquired', status: 'planned'}) RETURN 1") == []
    assert column(graph, "MATCH (:Entity {name: '蓝湖科技'})-[r:ACQUIRED]->(b) RETURN b.name") == ["青岚智能"]


def test_merge_and_its_undoing(graph: EmbeddedGraph, ledger: Ledger, schema: Schema) -> None:
    before = list(graph.dump())
    a, b = (ledger.find(name)[0].id for name in ("蓝湖科技", "蓝湖云"))
    decision = ledger.merge(a, b)
    graph.refresh()
    assert list(graph.dump()) == built_anew(ledger, schema) != before
    ledger.undo(decision.id)
    graph.refresh()
    assert list(graph.dump()) == before


@pytest.mark.parametrize("seed", range(6))
def test_replaying_equals_building(schema: Schema, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """Random arrivals, departures, merges and splits, a few at a time."""
    with Ledger.open(":memory:", schema) as ledger:
        unrest = Unrest(ledger, documents(schema) + [_variation(schema, n) for n in range(6)], seed)
        graph = EmbeddedGraph.open(None, ledger, schema)
        for _ in range(25):
            unrest.goes_on()
            graph.refresh()
            assert list(graph.dump()) == built_anew(ledger, schema)
    assert "could not be replayed" not in caplog.text


def test_one_that_went_and_came_back_speaks_for_nobody(ledger: Ledger, schema: Schema) -> None:
    """Another version of an item no longer says that two names are one, so who mentions the one no longer mentions the
    other."""
    root, other = sorted(("晴川", "晴川智能"), key=lambda name: schema.entity_id(name, "Company"))

    def version(*aliases: str):  # type: ignore[no-untyped-def]
        w = Writer(schema, "n-versions", "晴川").entity(root, "Company", *aliases).entity("远山资本", "InvestmentFirm")
        return (
            w.says(f"{root}（{'、'.join(aliases)}）获远山资本投资。").state(root, "raisedFrom", "远山资本").document()
        )

    w = Writer(schema, "n-other", "别家").entity(other, "Company").entity("远山资本", "InvestmentFirm")
    ledger.add(w.says(f"{other}获远山资本投资。").state(other, "raisedFrom", "远山资本").document())
    ledger.add(version(other))
    graph = EmbeddedGraph.open(None, ledger, schema)
    mentions = "MATCH (:NewsItem {id: 'n-other'})-[:MENTIONS]->(c:Company) WHERE c.name STARTS WITH '晴川' RETURN c.id"
    assert column(graph, mentions) == [schema.entity_id(root, "Company")]
    ledger.add(version())
    graph.refresh()
    assert column(graph, mentions) == [schema.entity_id(other, "Company")]
    assert list(graph.dump()) == built_anew(ledger, schema)


def test_readers_never_see_half_a_change(graph: EmbeddedGraph, ledger: Ledger, schema: Schema) -> None:
    """Every state that a reader meets is one that the ledger had: with all of an item, or with nothing of it."""
    item = next(d for d in documents(schema) if d.item.id == "n-c")
    seen: list[tuple[object, ...]] = []
    done = threading.Event()

    def read() -> None:
        cypher = (
            "OPTIONAL MATCH (i:NewsItem {id: 'n-c'}) WITH count(i) AS items "
            "OPTIONAL MATCH ()-[r:RAISED_FROM {round: 'C'}]->() RETURN items, count(r)"
        )
        while not done.is_set():
            seen.append(graph.query(cypher).rows[0])

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        ledger.forget("n-c")
        graph.refresh()
        ledger.add(item)
        graph.refresh()
    done.set()
    for reader in readers:
        reader.join()
    assert len(seen) > 10
    assert set(seen) <= {(0, 0), (1, 2)}


def _variation(schema: Schema, n: int):  # type: ignore[no-untyped-def]
    """Items that name the same entities otherwise, so that preferred names and classes move."""
    company, fund = ("蓝湖", "远山资本") if n % 2 else ("蓝湖科技", "远山")
    w = Writer(schema, f"n-v{n}", f"短讯{n}", f"2021-12-{n + 1:02d}")
    w.entity(company, "Company", *(("蓝湖科技",) if n % 3 else ())).entity(fund, "InvestmentFirm")
    w.entity("算力大会", "Conference").entity("林清", "Person").entity("天目", "Project")
    w.says(f"{fund}拟投资{company}，算力大会由{company}主办，林清出席天目展区。")
    w.happens(
        "Conference", {"name": ["算力大会"], "host": [company]}, "planned" if n == 2 else "asserted", 0.5 + n / 20
    )
    w.state(company, "raisedFrom", fund, "planned" if n < 4 else "asserted", round="D")
    plan = w.happens("Investment", {"investor": [fund], "company": [company]}, "planned")
    w.state(fund, "holdsStakeIn", company, "rumoured", event=plan)
    return w.state("林清", "worksFor", company, title="CEO").document()


# ---- the snapshot


@pytest.fixture
def files(tmp_path: Path, schema: Schema) -> tuple[Path, Path]:
    """A ledger file with the corpus, and where its graph goes."""
    with Ledger.open(tmp_path / "kg.db", schema) as ledger:
        for document in documents(schema):
            ledger.add(document)
    return tmp_path / "kg.db", tmp_path / "kg.kgl"


def test_snapshot_is_kept_and_continued(
    files: tuple[Path, Path], schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, path = files
    with Ledger.open(db, schema) as ledger:
        with EmbeddedGraph.open(path, ledger, schema) as graph:
            whole = list(graph.dump())
        ledger.forget("n-y")
    monkeypatch.setattr(embedded, "build", _never)
    with Ledger.open(db, schema) as ledger, EmbeddedGraph.open(path, ledger, schema) as graph:
        assert len(list(graph.dump())) < len(whole)
        ledger.add(next(d for d in documents(schema) if d.item.id == "n-y"))
        graph.refresh()
        assert list(graph.dump()) == whole


def _never(*_: object) -> None:
    raise AssertionError("the graph was built anew")


@pytest.mark.parametrize("damage", ["half", "flipped", "empty", "other file", "older format"])
def test_damaged_snapshot_is_built_anew(files: tuple[Path, Path], schema: Schema, damage: str) -> None:
    db, path = files
    with Ledger.open(db, schema) as ledger:
        whole = list(EmbeddedGraph.open(path, ledger, schema).dump())
        data = path.read_bytes()
        middle = len(data) // 2
        if damage == "older format":
            import kglite

            engine = kglite.load(str(path))
            engine.cypher("MATCH (p:Projection) SET p.format = 0")
            engine.save(str(path))
        else:
            path.write_bytes(
                {
                    "half": data[:middle],
                    "flipped": data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :],
                    "empty": b"",
                    "other file": b"SQLite format 3\0" * 20,
                }[damage]
            )
        graph = EmbeddedGraph.open(path, ledger, schema)
        assert list(graph.dump()) == whole
        assert graph.stamp == EmbeddedGraph.open(path, ledger, schema).stamp


def test_snapshot_of_a_history_that_is_lost_is_replaced(
    files: tuple[Path, Path], schema: Schema, caplog: pytest.LogCaptureFixture
) -> None:
    """An old copy of the ledger is put back, the graph is not."""
    db, path = files
    old = db.read_bytes()
    pool = [_variation(schema, n) for n in range(4)]
    with Ledger.open(db, schema) as ledger:
        for document in pool[:2]:
            ledger.add(document)
        EmbeddedGraph.open(path, ledger, schema).save()
    later = path.read_bytes()
    db.write_bytes(old)
    with Ledger.open(db, schema) as ledger:
        whole = built_anew(ledger, schema)
        assert list(EmbeddedGraph.open(path, ledger, schema).dump()) == whole
        assert "lost its last changes" in caplog.text
    # What is loaded now takes the numbers of what is lost, and more.
    path.write_bytes(later)
    with Ledger.open(db, schema) as ledger:
        for count, document in enumerate((pool[2], pool[3], *documents(schema)[:1])):
            ledger.add(document)
            if count == 1:
                assert list(EmbeddedGraph.open(path, ledger, schema).dump()) == built_anew(ledger, schema)
                path.write_bytes(later)
        ledger.forget(pool[3].item.id)
        assert list(EmbeddedGraph.open(path, ledger, schema).dump()) == built_anew(ledger, schema)


@pytest.mark.parametrize("seed", range(4))
def test_flipped_and_missing_bytes_are_noticed_wherever_they_are(
    files: tuple[Path, Path], schema: Schema, seed: int
) -> None:
    db, path = files
    rng = random.Random(seed)
    with Ledger.open(db, schema) as ledger:
        EmbeddedGraph.open(path, ledger, schema).save()
    whole = path.read_bytes()
    for _ in range(25):
        data = bytearray(whole)
        at = rng.randrange(len(data))
        if rng.random() < 0.5:
            data[at] ^= 1 << rng.randrange(8)
        else:
            del data[at : at + rng.randrange(1, 2000)]
        path.write_bytes(data)
        assert load(path) is None
    path.write_bytes(whole)
    assert load(path) is not None


def test_snapshot_of_another_ledger_is_replaced(files: tuple[Path, Path], schema: Schema) -> None:
    db, path = files
    with Ledger.open(db, schema) as ledger:
        EmbeddedGraph.open(path, ledger, schema)
    with Ledger.open(":memory:", schema) as other:
        assert EmbeddedGraph.open(path, other, schema).shape == (0, 0)


def test_place_that_cannot_be_written_is_no_error(
    files: tuple[Path, Path], schema: Schema, caplog: pytest.LogCaptureFixture
) -> None:
    db, _ = files
    with Ledger.open(db, schema) as ledger:
        graph = EmbeddedGraph.open(db / "inside" / "kg.kgl", ledger, schema)
        assert graph.shape[0] > 0
    assert "cannot be saved" in caplog.text
