"""The server that tests are given."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import neo4j
import pytest
from neo4j_server import Missing, start

if TYPE_CHECKING:
    from neo4j_server import Server

HERE = Path(__file__).parent


def test_it_answers_asks_for_its_password_and_can_be_cleared(neo4j_empty: Server) -> None:
    with neo4j_empty.driver() as driver:
        version = driver.execute_query("CALL dbms.components() YIELD versions RETURN versions[0] AS v").records[0]["v"]
        assert version.startswith("5.26.")
        driver.execute_query("CREATE CONSTRAINT one FOR (n:Entity) REQUIRE n.id IS UNIQUE")
        driver.execute_query("CREATE INDEX two FOR (n:Entity) ON (n.name)")
        driver.execute_query("CREATE (:Entity {id: 'a'})-[:WON]->(:Entity {id: 'b'})")
        neo4j_empty.clear()
        assert driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 0
        assert driver.execute_query("SHOW CONSTRAINTS").records == []
    with (
        neo4j.GraphDatabase.driver(neo4j_empty.uri, auth=("neo4j", "not this")) as stranger,
        pytest.raises(neo4j.exceptions.AuthError),
    ):
        stranger.verify_connectivity()


def test_it_ends_with_a_test_run_that_is_killed(neo4j_server: Server, tmp_path: Path) -> None:
    """`neo4j_server` is asked for so that this is skipped where there is none."""
    script = (
        "import time; from pathlib import Path; from neo4j_server import start;"
        f"s = start(Path({str(tmp_path / 'home')!r})); print(s.uri.rpartition(':')[2], flush=True); time.sleep(600)"
    )
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=HERE)
    assert run.stdout is not None
    port = int(run.stdout.readline())
    assert _answers(port)
    run.send_signal(signal.SIGKILL)
    run.wait()
    deadline = time.monotonic() + 60
    while (_answers(port) or (tmp_path / "home").exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _answers(port)
    assert not (tmp_path / "home").exists()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="java is not here: install a JDK"):
        start(tmp_path / "home")


def test_a_taken_port_is_named(neo4j_server: Server, tmp_path: Path) -> None:
    port = int(neo4j_server.uri.rpartition(":")[2])
    with pytest.raises(RuntimeError, match=f"port {port} is taken"):
        start(tmp_path / "home", port=port)
