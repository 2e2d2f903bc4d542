"""What a push writes into a real Neo4j, what it sends again, and what a comparison finds afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from graph_corpus import documents

from kg.errors import GraphError
from kg.graph import push as module
from kg.graph.base import BASE_LABELS
from kg.graph.comparison import Counts
from kg.graph.project import Projection

if TYPE_CHECKING:
    from place import Place

    from kg.ledger import Ledger
    from kg.schema import Schema


# ---- undisturbed -----------------------------------------------------------------------------------------------------


def test_first_push_writes_everything(place: Place, ledger: Ledger, schema: Schema) -> None:
    told: list[float] = []
    pushed = place.push(ledger, progress=lambda p: told.append(p.share))
    assert (pushed.way, pushed.written) == ("whole", len(list(Projection(ledger, schema).rows())))
    assert told == sorted(told)
    assert place.diff(ledger).equal
    labels = place.run("MATCH (n {name: '远山资本'}) RETURN labels(n) AS l")[0]["l"]
    assert {*labels} == {"Entity", "InvestmentFirm", "Company", "Organization", "Agent"}
    edge = place.run("MATCH ({name: '蓝湖科技'})-[r:RAISED_FROM {round: 'C'}]->() RETURN r.evidence AS e LIMIT 1")
    assert edge[0]["e"] == "蓝湖科技完成3000万美元C轮融资，远山资本与江流创投参与。"
    stamps = place.run("MATCH (n:Projection) RETURN properties(n) AS p")
    assert [s["p"] for s in stamps] == [Projection(ledger, schema).stamp.row.properties]


def test_constraints_and_indexes_come_from_the_ontology(place: Place, ledger: Ledger, schema: Schema) -> None:
    place.server.clear()
    place.push(ledger)
    found = place.run("SHOW INDEXES YIELD labelsOrTypes, properties, owningConstraint, type WHERE type = 'RANGE'")
    unique = {f["labelsOrTypes"][0] for f in found if f["owningConstraint"] and f["properties"] == ["id"]}
    assert unique == {*BASE_LABELS, "Projection"}
    named = {f["labelsOrTypes"][0] for f in found if f["properties"] == ["name"]}
    assert named == {"Entity", *schema.classes}
    stated = {f["labelsOrTypes"][0] for f in found if f["properties"] == ["statement"]}
    assert stated == {p.relationship_type for p in schema.properties.values()}


def test_what_changed_is_sent_and_the_graph_follows(place: Place, ledger: Ledger) -> None:
    def follows() -> None:
        assert place.push(ledger).way == "changes"
        assert place.diff(ledger).equal

    place.push(ledger)
    assert place.push(ledger).way == "nothing"
    ledger.forget("n-y")
    follows()
    assert not place.run("MATCH (i:NewsItem {id: 'n-y'}) RETURN i")
    a, b = (ledger.find(name)[0].id for name in ("远山资本", "北岸基金"))
    merged = ledger.merge(a, b)
    follows()
    ledger.undo(merged.id)
    follows()
    (acquirer,) = ledger.find("蓝湖科技")
    ledger.merge(acquirer.id, ledger.find("蓝湖云")[0].id)
    follows()
    ledger.split(*ledger.find("蓝湖科技")[0].members[:2])
    follows()
    for document in documents(ledger.schema):
        ledger.add(document)
    follows()


def test_many_changes_are_compared_instead(place: Place, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    place.push(ledger)
    ledger.forget("n-y")
    ledger.forget("n-x")
    monkeypatch.setattr(module, "_CHANGES", 3)
    pushed = place.push(ledger)
    assert pushed.way == "compared"
    assert pushed.removed > 0
    assert place.diff(ledger).equal


def test_another_ledger_and_what_no_push_wrote_are_replaced_only_when_asked(
    place: Place, ledger: Ledger, larger: Ledger
) -> None:
    place.run("CREATE (:Event {id: 'fest'})-[:AT]->(:Town {name: '杭州'})")
    with pytest.raises(GraphError, match="no push wrote"):
        place.push(ledger)
    assert place.push(ledger, replace_other=True).way == "whole"
    with pytest.raises(GraphError, match="another ledger"):
        place.push(larger)
    assert place.diff(ledger).equal
    assert "another ledger" in (place.diff(larger).note or "")
    assert place.push(larger, replace_other=True).way == "whole"
    assert place.diff(larger).equal
    assert place.run("MATCH (t:Town) RETURN t.name AS name") == [{"name": "杭州"}]


def test_another_ontology_is_compared(place: Place, ledger: Ledger) -> None:
    place.push(ledger)
    place.run("MATCH (n:Projection) SET n.ontology = 'older' WITH n MATCH (c:Conference) REMOVE c:Conference")
    pushed = place.push(ledger)
    assert (pushed.way, pushed.written, pushed.removed) == ("compared", 2, 0)
    assert place.diff(ledger).equal


def test_a_ledger_that_went_back_to_a_copy_is_compared(place: Place, ledger: Ledger) -> None:
    place.push(ledger)
    place.run("MATCH (n:Projection) SET n.sequence = 1000 CREATE (:Claim {id: 's0000000000000000'})")
    assert place.push(ledger).way == "compared"
    assert place.diff(ledger).equal


# ---- edited by hand --------------------------------------------------------------------------------------------------

EDITS: dict[str, tuple[str, dict[str, Counts], dict[str, Counts]]] = {
    "a property": (
        "MATCH (n:Entity {name: '蓝湖科技'}) SET n.aliases = ['蓝湖'], n.rank = 0.5",
        {"Entity": Counts(0, 0, 1)},
        {},
    ),
    "a label": ("MATCH (n:Exchange) REMOVE n:Exchange SET n:`Stock ``X```", {"Entity": Counts(0, 0, 1)}, {}),
    "a relationship's property": (
        "MATCH ()-[r:SUED]->() SET r.confidence = 1",
        {},
        {"SUED": Counts(0, 0, 1)},
    ),
    "a relationship removed": ("MATCH ()-[r:SUED]->() DELETE r", {}, {"SUED": Counts(1, 0, 0)}),
    "a relationship twice": (
        "MATCH (a)-[r:SUED]->(b) CREATE (a)-[s:SUED]->(b) SET s = properties(r)",
        {},
        {"SUED": Counts(0, 1, 0)},
    ),
    "a relationship of an unknown type": (
        "MATCH (a:Exchange), (b:University) CREATE (a)-[:LIKES]->(b)",
        {},
        {"LIKES": Counts(0, 1, 0)},
    ),
    "a relationship turned round": (
        "MATCH (a)-[r:SUED]->(b) CREATE (b)-[s:SUED]->(a) SET s = properties(r) DELETE r",
        {},
        {"SUED": Counts(1, 1, 0)},
    ),
    "a node removed": (
        "MATCH (o:Observation {indicator: '算力规模'}) DETACH DELETE o",
        {"Observation": Counts(1, 0, 0)},
        {"REPORTED_BY": Counts(1, 0, 0)},
    ),
    "nodes added": (
        "CREATE (:Entity {name: '无名'}), (:Entity {id: 5}), (:NewsItem {id: 'n-q'})-[:MENTIONS]->(:Entity {id: ''})",
        {"Entity": Counts(0, 3, 0), "NewsItem": Counts(0, 1, 0)},
        {"MENTIONS": Counts(0, 1, 0)},
    ),
    "the base label of another": (
        "MATCH (c:Claim {status: 'denied'}) SET c:Entity",
        {"Claim": Counts(1, 0, 0), "Entity": Counts(0, 1, 0)},
        {"OBJECT": Counts(1, 1, 0), "SUBJECT": Counts(1, 1, 0)},
    ),
    "a date": (
        "MATCH (n:NewsItem {id: 'n-b'}) SET n.published = date()",
        {"NewsItem": Counts(0, 0, 1)},
        {},
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edits_by_hand_are_found_and_put_right(place: Place, ledger: Ledger, edit: str) -> None:
    cypher, nodes, relationships = EDITS[edit]
    place.push(ledger)
    place.run(cypher)
    found = place.diff(ledger)
    assert (found.nodes, found.relationships) == (nodes, relationships)
    assert not found.equal
    assert {e.kind for e in found.examples} == {*nodes, *relationships}
    assert place.push(ledger).way == "nothing", "the stamp fits: nobody looks"
    assert place.push(ledger, repair=True).way == "compared"
    assert place.diff(ledger).equal


def test_examples_say_which_and_what(place: Place, ledger: Ledger) -> None:
    place.push(ledger)
    (exchange,) = ledger.find("上海证券交易所")
    place.run("MATCH (n:Exchange) REMOVE n:Exchange SET n.class = 'Place', n.mark = true")
    place.run("MATCH (a:Exchange), (b:University) CREATE (a)-[:LIKES]->(b)")
    (suit,) = ledger.facts(predicate="sued")
    place.run("MATCH ()-[r:SUED]->() DELETE r")
    changed, missing = place.diff(ledger).examples
    assert (changed.how, changed.kind, changed.differs) == ("changed", "Entity", ("labels", "class", "mark"))
    assert changed.what == f"{exchange.id} 上海证券交易所"
    assert (missing.how, missing.kind) == ("missing", "SUED")
    assert missing.what == f"{suit.subject.id} → {suit.object.id} ({suit.id})"  # type: ignore[union-attr]


def test_what_others_keep_on_nodes_of_their_own_is_left_alone(place: Place, ledger: Ledger) -> None:
    place.push(ledger)
    place.run("MATCH (n:University) CREATE (:Note {text: '待核'})-[:ABOUT]->(n)<-[:IN]-(:Town)")
    assert place.diff(ledger).equal
    place.push(ledger, repair=True)
    assert place.run("MATCH (:Note)-[:ABOUT]->(:University)<-[:IN]-(:Town) RETURN count(*) AS n") == [{"n": 1}]


def test_lost_constraints_are_made_again(place: Place, ledger: Ledger) -> None:
    place.push(ledger)
    for base in BASE_LABELS:
        place.run(f"DROP CONSTRAINT kg_{base.lower()}_id")
    place.run("MATCH (n:University) CREATE (m) SET m = properties(n) SET m:Entity:University")
    assert place.diff(ledger).nodes == {"Entity": Counts(0, 1, 0)}
    ledger.forget("n-y")
    with pytest.raises(GraphError, match=r"share an id (?s:.*) --repair"):
        place.push(ledger)
    place.push(ledger, repair=True)
    assert place.diff(ledger).equal
    assert place.run("SHOW CONSTRAINTS YIELD name RETURN count(*) AS n")[0]["n"] == len(BASE_LABELS) + 1
