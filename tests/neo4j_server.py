"""A Neo4j Community of its own, on the loopback interface: for tests and benchmarks, and for `make neo4j`.

    python tests/neo4j_server.py            starts one for a user, until Ctrl-C
    python tests/neo4j_server.py --fetch    fetches what that needs, and no more

It needs a JDK (17 or newer) and Maven. The jars are those of tests/java/pom.xml. The server ends with whoever started
it, however that ends: it reads a pipe.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jars import JAVA, KEPT, NEO4J, Missing, found

if TYPE_CHECKING:
    from types import TracebackType

    from neo4j import Driver

__all__ = ["Missing", "Server", "admin", "fetch", "start"]

_ROOT: Final = Path(__file__).parents[1]
_USER: Final = "neo4j"
_START: Final = 180.0
"""Seconds that a server may take to answer; some 6 on a machine that does nothing else."""
_OPENED: Final = ("java.nio", "java.lang", "sun.nio.ch", "java.util.concurrent")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. Leaving it as a context ends it."""

    uri: str
    auth: tuple[str, str] | None
    home: Path
    process: subprocess.Popen[str]

    def driver(self) -> Driver:
        import neo4j

        return neo4j.GraphDatabase.driver(self.uri, auth=self.auth, notifications_min_severity="OFF")

    def clear(self) -> None:
        """Remove all nodes, relationships, constraints and indexes. Raises RuntimeError where the server has ended."""
        if (code := self.process.poll()) is not None:
            raise RuntimeError(f"the Neo4j of the tests has ended by itself or was killed (exit code {code})")
        with self.driver() as driver:
            driver.execute_query("MATCH (n) DETACH DELETE n")
            for kind in ("CONSTRAINT", "INDEX"):
                found, _, _ = driver.execute_query(f"SHOW {kind}{'ES' if kind == 'INDEX' else 'S'} YIELD name, type")
                for name in (r["name"] for r in found if r["type"] != "LOOKUP"):
                    driver.execute_query(f"DROP {kind} `{name}`")

    def stop(self) -> None:
        """End the server; it has ended when this returns."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    home: Path, *, port: int = 0, password: str = "", keep: bool = False, heap: str = "512m", steady: bool = False
) -> Server:
    """Start a server with its data in `home` and wait until it answers.

    Without a `port` it takes any that is free; without a password it asks for none. Data that is not to `keep` goes
    with the server. `steady` starts slower and answers faster in the long run, which is for benchmarks. Raises Missing
    where Java or the jars are not here, RuntimeError where the server does not start.
    """
    java = found("java")
    classpath = NEO4J.classpath()
    home.mkdir(parents=True, exist_ok=True)
    swift = () if steady else ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    command = [
        *(java, f"-Xmx{heap}", *swift, *(f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in _OPENED)),
        *("-cp", classpath, str(JAVA / "Server.java"), str(home), str(port), password, "keep" if keep else "discard"),
    ]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Ctrl-C is for us: we end the server in order.
            start_new_session=True,
        )
        assert process.stdout is not None
        late = threading.Timer(_START, process.kill)
        late.start()
        try:
            said = process.stdout.readline().strip()
        except BaseException:
            process.kill()
            raise
        finally:
            late.cancel()
        if not said.isdigit():
            process.kill()
            process.wait()
            errors.seek(0)
            raise RuntimeError(_explained(errors.read(), home, port))
    return Server(f"bolt://127.0.0.1:{said}", (_USER, password) if password else None, home, process)


def admin(home: Path) -> str:
    """A script that runs `neo4j-admin` on the data of a server in `home` that does not run."""
    java = [found("java"), "-Xmx512m", "-XX:TieredStopAtLevel=1"]
    java += [f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in _OPENED]
    words = shlex.join([*java, "-cp", NEO4J.classpath(), "org.neo4j.cli.AdminTool"])
    (home / "conf").mkdir(parents=True, exist_ok=True)
    place = shlex.quote(str(home))
    return f'#!/bin/sh\nNEO4J_HOME={place} NEO4J_CONF={place}/conf exec {words} "$@"\n'


def _explained(told: str, home: Path, port: int) -> str:
    """Why a server did not start, of what it said."""
    if "Address already in use" in told:
        return f"port {port} is taken; choose another (make neo4j PORT=7688)"
    if "FileLockException" in told:
        return f"another Neo4j has its data in {home}; end it first"
    return f"Neo4j did not start:\n{told[-4000:]}"


def fetch() -> None:
    """Fetch the jars, if they are not here. Raises Missing where Maven is not here or fails."""
    NEO4J.fetch()


def main() -> int:
    parser = argparse.ArgumentParser(description="A Neo4j Community on the loopback interface, until Ctrl-C.")
    parser.add_argument("--fetch", action="store_true", help="only fetch what it needs")
    parser.add_argument("--port", type=int, default=7687)
    options = parser.parse_args()
    try:
        fetch()
        if options.fetch:
            return 0
        password = os.environ.get("NEO4J_PASSWORD", "")
        server = start(KEPT / "home", port=options.port, password=password, keep=True, steady=True)
    except (Missing, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    told = f"user {_USER}, the password is NEO4J_PASSWORD's" if password else "it asks for no password"
    print(
        f"Neo4j answers at {server.uri}; {told}. Its data stay in {server.home.relative_to(_ROOT)}.\n"
        f"From another terminal:  NEO4J_PASSWORD={shlex.quote(password) if password else ''} kg push {server.uri}\n"
        "Ctrl-C ends it.",
        flush=True,
    )
    with server, suppress(KeyboardInterrupt):
        return server.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
