"""Pushes into a real Neo4j, undisturbed and cut off, alone and by two, and what a comparison finds afterwards."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graph_corpus import documents

from kg.errors import GraphError
from kg.graph import push as module
from kg.graph.base import BASE_LABELS
from kg.graph.comparison import Counts, Difference, diff
from kg.graph.delivery import Delivery, TooLargeError
from kg.graph.neo4j import Neo4jGraph
from kg.graph.project import Projection
from kg.graph.push import Pushed, push
from kg.ledger import Ledger

sys.path.append(str(Path(__file__).parents[1] / "bench"))

from generator import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Ran
    from neo4j_server import Server

    from kg.schema import Schema


class Place:
    """A database and what is done to it here."""

    def __init__(self, server: Server, schema: Schema) -> None:
        self.server = server
        self.schema = schema
        self._driver = server.driver()

    def run(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        return [dict(r) for r in self._driver.execute_query(cypher, parameters).records]

    def push(self, ledger: Ledger, **options: Any) -> Pushed:
        return push(ledger, self.schema, options.pop("uri", self.server.uri), self.server.auth, **options)

    def diff(self, ledger: Ledger) -> Difference:
        return diff(ledger, self.schema, self.server.uri, self.server.auth)

    def empty(self) -> None:
        self.run("MATCH (n) DETACH DELETE n")

    def close(self) -> None:
        self._driver.close()


@pytest.fixture
def place(neo4j_server: Server, schema: Schema) -> Iterator[Place]:
    here = Place(neo4j_server, schema)
    # Constraints and indexes may stay: making them is what takes long.
    here.empty()
    yield here
    here.close()


@pytest.fixture
def ledger(tmp_path: Path, schema: Schema) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "kg.db", schema) as opened:
        for document in documents(schema):
            opened.add(document)
        yield opened


@pytest.fixture
def larger(tmp_path: Path, schema: Schema) -> Iterator[Ledger]:
    """Some four hundred rows."""
    with Ledger.open(tmp_path / "larger.db", schema) as opened:
        for _ in opened.add_all(World(schema, 90).documents()):
            pass
        yield opened


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


# ---- cut off ---------------------------------------------------------------------------------------------------------


class Cut(Exception):
    """Stands for whatever ends a push from outside."""


def _cutting(after: int) -> Callable[[object], None]:
    """A progress that ends the push when it is told something for the so-manieth time."""
    times = 0

    def told(_: object) -> None:
        nonlocal times
        times += 1
        if times == after:
            raise Cut

    return told


def _cut(place: Place, ledger: Ledger, after: int, **options: Any) -> bool:
    """Push, and cut it off; whether it was not done before."""
    try:
        place.push(ledger, progress=_cutting(after), **options)
    except Cut:
        return True
    return False


def test_a_push_that_is_cut_between_two_transactions_is_gone_on_with(place: Place, ledger: Ledger) -> None:
    for after in (1, 4, 9):
        place.empty()
        assert _cut(place, ledger, after, batch=10)
        held = place.run("MATCH (n) WHERE NOT n:Projection RETURN count(n) AS n")[0]["n"]
        assert held > 0
        assert "cut off" in (place.diff(ledger).note or "")
        assert _cut(place, ledger, 8, batch=10), "what goes on can be cut off as well"
        pushed = place.push(ledger, batch=10)
        assert pushed.way == "compared"
        assert pushed.removed == 0
        assert pushed.written <= place.diff(ledger).compared - held
        assert place.diff(ledger).equal


def test_a_change_of_many_transactions_can_be_cut_anywhere(
    place: Place, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is renamed takes the names of claims and events along: they are lost where only the ledger's changes are
    sent again to a graph that knows the new name already."""
    monkeypatch.setattr(module, "_ONE_TRANSACTION", 0)
    place.push(ledger)
    others = documents(ledger.schema)
    for after in (1, 2, 3, 5, 8, 12, 18, 26, 40):
        # 蓝湖科技, which has claims and events, is called otherwise by turns.
        if ledger.item("n-b") is None:
            for document in others:
                ledger.add(document)
        else:
            for item in ("n-b", "n-x"):
                ledger.forget(item)
        cut = _cut(place, ledger, after, batch=3)
        assert place.push(ledger, batch=50).way == ("compared" if cut else "nothing")
        assert place.diff(ledger).equal


def test_the_ledger_changes_between_a_cut_and_the_next_push(place: Place, larger: Ledger) -> None:
    for number in range(3):
        place.empty()
        assert _cut(place, larger, 4 + 4 * number, batch=20)
        larger.forget(f"n{number}")
        assert place.push(larger).way == "compared"
        assert place.diff(larger).equal


KILLS = int(os.environ.get("KG_TEST_KILLS", "20"))
"""How often a pushing process is killed."""


def _child(path: Path, schema: Schema, server: Server, told: int) -> None:
    """Pushes, and writes a byte to `told` with every transaction."""
    with Ledger.open(path, schema, read_only=True) as ledger:
        push(ledger, schema, server.uri, server.auth, batch=15, progress=lambda _: os.write(told, b".") and None)
    os._exit(0)


def _kill(ledger: Ledger, schema: Schema, server: Server, transactions: int, seconds: float) -> bool:
    """Push in another process and kill it some seconds after so many transactions; whether it was not done before."""
    hears, told = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=_child, args=(ledger.path, schema, server, told))
    process.start()
    os.close(told)
    # Byte by byte, and no more where it is done before.
    while transactions > 0 and os.read(hears, 1):
        transactions -= 1
    time.sleep(seconds)
    os.close(hears)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start at once")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_moment_the_next_push_ends_in_the_same_graph(
    place: Place, larger: Ledger, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(5)
    place.push(larger)
    # Changes go in several transactions, too.
    monkeypatch.setattr(module, "_ONE_TRANSACTION", 40)
    world, killed, pushes = World(schema, 90), 0, 0
    documents_ = list(world.documents())
    for number in range(KILLS):
        if number % 2:
            place.empty()
        for one in draw.sample(range(world.items), 3):
            if larger.item(f"n{one}") is None:
                larger.add(documents_[one])
            else:
                larger.forget(f"n{one}")
        for _ in range(draw.choice((1, 1, 2))):
            pushes += 1
            killed += _kill(larger, schema, place.server, draw.randrange(12), draw.uniform(0, 0.03))
        place.push(larger)
        found = place.diff(larger)
        assert found.equal, (number, found)
        stamps = place.run("MATCH (n:Projection) RETURN n.sequence AS sequence")
        assert stamps == [{"sequence": larger.sequence}]
    assert killed > pushes * 3 // 4, "they were done before they could be killed"


# ---- broken connections ----------------------------------------------------------------------------------------------


class Wire:
    """A proxy before a server that breaks each connection after so many bytes to the server."""

    def __init__(self, uri: str, *breaks: int) -> None:
        host, _, port = uri.partition("://")[2].partition(":")
        self._target = (host, int(port))
        self._breaks = list(breaks)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, forth: bool) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                if forth:
                    self.sent += len(data)
                    if self._breaks and self.sent > self._breaks[0]:
                        del self._breaks[0]
                        break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        with suppress(OSError):
            # Closing alone would not end a wait for the next connection.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()


@contextmanager
def wire(place: Place, *breaks: int) -> Iterator[Wire]:
    made = Wire(place.server.uri, *breaks)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def length(place: Place, larger: Ledger) -> int:
    """Bytes that a whole push sends."""
    with wire(place) as counted:
        place.push(larger, uri=counted.uri, batch=40)
    place.empty()
    return counted.sent


def test_a_connection_that_breaks_is_made_anew_and_nothing_is_written_twice(
    place: Place, larger: Ledger, length: int
) -> None:
    breaks = [length * n // 4 for n in (1, 2, 3)]
    with wire(place, *breaks) as breaking:
        assert place.push(larger, uri=breaking.uri, batch=40).way == "whole"
        assert not breaking._breaks
    assert place.diff(larger).equal


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_server_that_goes_away_is_told_and_the_next_push_goes_on(
    place: Place, larger: Ledger, length: int, part: float
) -> None:
    with wire(place, int(length * part)) as breaking:
        watch = threading.Thread(target=_close_when_broken, args=(breaking,), daemon=True)
        watch.start()
        with pytest.raises(GraphError, match="cannot be reached"):
            place.push(larger, uri=breaking.uri, batch=40, retry=0.5)
    assert not place.diff(larger).equal
    pushed = place.push(larger)
    assert pushed.way == "compared"
    assert place.diff(larger).equal


def _close_when_broken(breaking: Wire) -> None:
    while breaking._breaks:
        time.sleep(0.001)
    breaking.close()


def test_a_transaction_whose_answer_was_lost_is_not_written_twice(
    place: Place, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    import neo4j

    write, lost = neo4j.Session.execute_write, 0

    def losing(session: Any, work: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal lost
        lost += 1
        done = write(session, work, *args, **kwargs)
        if lost % 3 == 0:
            raise neo4j.exceptions.IncompleteCommit("the answer was lost")
        return done

    monkeypatch.setattr(neo4j.Session, "execute_write", losing)
    for batch in (10, 1000):
        place.empty()
        place.push(ledger, batch=batch)
        assert place.diff(ledger).equal
    for item in ("n-y", "n-x", "n-b"):
        ledger.forget(item)
        assert place.push(ledger).way == "changes"
        assert place.diff(ledger).equal
    assert lost > 20


def test_a_transaction_too_large_for_the_server_is_divided(
    place: Place, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Delivery._commit

    def small(delivery: Delivery, steps: Any) -> None:
        if sum(len(rows) for _, rows in steps) > 7:
            raise TooLargeError
        commit(delivery, steps)

    monkeypatch.setattr(Delivery, "_commit", small)
    place.push(ledger)
    assert place.diff(ledger).equal


# ---- two at once -----------------------------------------------------------------------------------------------------


def test_a_second_push_waits_for_the_first(place: Place, larger: Ledger, schema: Schema) -> None:
    began, go_on = threading.Event(), threading.Event()
    done: dict[str, Pushed] = {}

    def slow(_: object) -> None:
        began.set()
        go_on.wait(30)

    assert larger.path is not None

    def first() -> None:
        with Ledger.open(larger.path or "", schema, read_only=True) as own:
            done["first"] = place.push(own, progress=slow, batch=50)

    def second() -> None:
        with Ledger.open(larger.path or "", schema, read_only=True) as own:
            done["second"] = place.push(own)

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert began.wait(30)
    with pytest.raises(GraphError, match="another push is writing"):
        place.push(larger, patience=0.3)
    threads[1].start()
    threads[1].join(0.5)
    assert threads[1].is_alive()
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert (done["first"].way, done["second"].way) == ("whole", "nothing")
    assert place.diff(larger).equal


def test_whoever_was_taken_over_writes_no_more(place: Place, ledger: Ledger, schema: Schema) -> None:
    place.push(ledger)
    stamp = Projection(ledger, schema).stamp
    with (
        Neo4jGraph.connect(place.server.uri, place.server.auth, None, schema) as graph,
        graph.session() as one,
        graph.session() as other,
    ):
        first, second = (Delivery(session, 10, lambda _: None) for session in (one, other))
        first.begin(stamp)
        second.begin(stamp)
        step = ("UNWIND $rows AS row CREATE (:Entity {id: row})", ["e0000000000000001"])
        for late in (lambda: first.send([step]), lambda: first.end(stamp)):
            with pytest.raises(GraphError, match="another push has taken the database over"):
                late()
        second.end(stamp)
        with pytest.raises(GraphError, match="taken"):
            first.send([step])
    assert place.diff(ledger).equal


# ---- the command line ------------------------------------------------------------------------------------------------


def test_push_diff_and_load_to(
    place: Place, run: Callable[..., Ran], sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = place.server
    assert server.auth is not None
    assert "refuses" in run("push", server.uri).err
    monkeypatch.setenv("NEO4J_PASSWORD", server.auth[1])
    first = run("push", server.uri)
    assert (first.code, first.err) == (0, "")
    assert "rows written, 0 removed (everything)" in first.out
    monkeypatch.setenv("NEO4J_URI", server.uri)
    assert run("push").out == f"{server.uri}: up to date\n"
    equal = run("diff")
    assert equal.code == 0
    assert "equal" in equal.out

    place.run("MATCH (n:Entity {name: 'Keep'}) SET n.name = 'Kepp'")
    differs = run("diff")
    assert differs.code == 1
    assert [line.split() for line in differs.out.splitlines()][:2] == [
        ["missing", "surplus", "changed"],
        ["Entity", "0", "0", "1"],
    ]
    assert differs.out.splitlines()[2].endswith("Keep: name")
    told = run("diff", "--json", "--examples", "0")
    assert told.code == 1
    assert told.json["equal"] is False
    assert told.json["nodes"] == {"Entity": {"missing": 0, "surplus": 0, "changed": 1}}
    assert told.json["examples"] == []
    repaired = run("push", "--repair", "--json").json
    assert (repaired["way"], repaired["written"]) == ("compared", 1)
    assert run("diff").code == 0

    story = sample.parent / "story.txt"
    told_there = "蓝湖科技完成B轮融资\n\n日期: 2021-11-03\n\n11月3日，蓝湖科技宣布完成2亿元B轮融资，云杉资本领投。\n"
    story.write_text(told_there, encoding="utf-8")
    loaded = run("load", story, "--to", server.uri)
    assert loaded.code == 0
    assert "(what changed)" in loaded.out.splitlines()[-1]
    assert run("diff").code == 0
    again = run("load", story, "--to", server.uri, "--json")
    assert json.loads(again.out)["items"]["skipped"] == 1
    assert again.err == f"{server.uri}: up to date\n"


def test_a_load_is_kept_where_its_push_fails(run: Callable[..., Ran], here: Path) -> None:
    story = here / "story.txt"
    story.write_text("蓝湖科技总部位于杭州。\n", encoding="utf-8")
    misused = run("load", story, "--to", "localhost:7687")
    assert misused.code == 2
    assert not (here / "kg.db").exists()
    ran = run("load", story, "--to", "bolt://127.0.0.1:1")
    assert ran.code == 1
    assert "cannot be reached" in ran.err
    assert run("status", "--json").json["items"] == 1


def test_push_needs_an_address_without_a_password(run: Callable[..., Ran], sample: Path) -> None:
    nowhere = run("push")
    assert nowhere.code == 2
    assert "NEO4J_URI" in nowhere.err
    for command in ("push", "diff"):
        told = run(command, "neo4j://neo4j:geheim@localhost")
        assert told.code == 2
        assert "geheim" not in told.err
        assert "NEO4J_PASSWORD" in told.err


def test_a_person_at_a_terminal_is_asked_for_the_password(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import click

    from kg.cli.neo4j import Target

    asked: list[str] = []

    def prompt(text: str, **options: Any) -> str:
        assert options["hide_input"]
        asked.append(text)
        return "geheim"

    monkeypatch.setattr(click, "prompt", prompt)
    assert Target.of("neo4j://db").auth is None, "nobody is there to be asked"
    monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": staticmethod(lambda: True)})())
    assert Target.of("neo4j://db").auth == ("neo4j", "geheim")
    monkeypatch.setenv("NEO4J_USERNAME", "reporter")
    monkeypatch.setenv("NEO4J_DATABASE", "news")
    assert Target.of("neo4j://db") == Target("neo4j://db", ("reporter", "geheim"), "news")
    assert len(asked) == 2
    monkeypatch.setenv("NEO4J_PASSWORD", "")
    assert Target.of("neo4j://db", "other") == Target("neo4j://db", None, "other")
    assert len(asked) == 2


def test_the_bar_is_for_terminals_alone(
    place: Place, ledger: Ledger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.cli.console import progress_bar

    with progress_bar() as silent:
        assert silent is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress_bar() as bar:
        place.push(ledger, batch=20, progress=bar)
    shown = capsys.readouterr().err
    assert "% " in shown
    assert "writing" in shown
