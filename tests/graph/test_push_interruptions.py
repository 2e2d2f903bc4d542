"""Pushes that are cut off or lose their connection, two at once, and what a comparison finds afterwards."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from generator import World
from graph_corpus import documents
from wire import Wire, wire

from kg.errors import GraphError
from kg.graph import push as module
from kg.graph.delivery import Delivery, TooLargeError
from kg.graph.neo4j import Neo4jGraph
from kg.graph.project import Projection
from kg.graph.push import Pushed, push
from kg.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from neo4j_server import Server
    from place import Place

    from kg.schema import Schema


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
        assert not breaking.breaks
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
    while breaking.breaks:
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
