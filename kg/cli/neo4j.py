"""Commands about a Neo4j that a team runs: push, diff."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from kg.cli.console import data, db_option, json_option, lines, opened, progress_bar, room
from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.config import Settings
    from kg.graph.comparison import Difference
    from kg.graph.push import Pushed
    from kg.knowledge import KnowledgeGraph

__all__ = ["Target", "diff", "push", "pushed_line"]

uri_argument = click.argument("uri", required=False)
database_option = click.option(
    "--database", metavar="NAME", help="The database; NEO4J_DATABASE, else the server's default."
)

_WAYS = {"changes": "what changed", "whole": "everything", "compared": "what differed"}


@dataclass(frozen=True, slots=True)
class Target:
    """A database and how to get into it."""

    uri: str
    auth: tuple[str, str] | None
    database: str | None

    @classmethod
    def of(cls, uri: str | None, database: str | None = None) -> Target:
        """Of what a command is given, and NEO4J_…; a person at a terminal is asked for the password.

        Raises UsageError where there is no URI, or it holds a password.
        """
        from kg.graph.neo4j import check_address

        uri = uri or os.environ.get("NEO4J_URI")
        if not uri:
            raise UsageError("which database? Name it, as neo4j://localhost:7687, or set NEO4J_URI")
        check_address(uri)
        user, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD")
        if password is None and sys.stdin.isatty():
            asked = f"Password of {user} at {uri} (none: Enter)"
            password = click.prompt(asked, hide_input=True, err=True, default="", show_default=False)
        return cls(uri, (user, password) if password else None, database or os.environ.get("NEO4J_DATABASE"))

    def push(self, graph: KnowledgeGraph, **options: bool) -> Pushed:
        with progress_bar() as progress:
            return graph.push(self.uri, self.auth, self.database, progress=progress, **options)


def pushed_line(target: Target, pushed: Pushed) -> str:
    if pushed.way == "nothing":
        return f"{target.uri}: up to date"
    return (
        f"{target.uri}: {pushed.written} rows written, {pushed.removed} removed ({_WAYS[pushed.way]}) "
        f"in {pushed.seconds:.1f} s"
    )


@click.command()
@uri_argument
@database_option
@click.option("--repair", is_flag=True, help="Compare everything, and put right what others changed.")
@click.option("--replace", is_flag=True, help="Replace a graph that shows another ledger, or that no push wrote.")
@db_option
@json_option
@click.pass_obj
def push(
    settings: Settings,
    uri: str | None,
    database: str | None,
    repair: bool,
    replace: bool,
    db: str | None,
    as_json: bool,
) -> None:
    """Bring a Neo4j database up to date.

    URI is as neo4j://localhost:7687, bolt://… or neo4j+s://…; without one, NEO4J_URI's.

    What changed since the last push is sent. A push that was cut off is gone on with by the next one.

    The user is NEO4J_USERNAME (default neo4j), the password NEO4J_PASSWORD; without one, you are asked.
    """
    target = Target.of(uri, database)
    with opened(settings, db) as graph:
        pushed = target.push(graph, repair=repair, replace_other=replace)
    if as_json:
        data(pushed)
    else:
        click.echo(pushed_line(target, pushed))


@click.command()
@uri_argument
@database_option
@click.option("--examples", type=click.IntRange(0), default=3, show_default=True, help="So many of each kind.")
@db_option
@json_option
@click.pass_obj
def diff(
    settings: Settings, uri: str | None, database: str | None, examples: int, db: str | None, as_json: bool
) -> int:
    """Say how a Neo4j database and the ledger differ.

    Missing is what only the ledger has, surplus what only the database has, changed what both have otherwise. Exit
    code 0 where they are equal, 1 where they differ. kg push --repair puts right what differs.

    URI, user and password are as for kg push.
    """
    target = Target.of(uri, database)
    with opened(settings, db) as graph, progress_bar() as progress:
        found = graph.diff(target.uri, target.auth, target.database, examples=examples, progress=progress)
    if as_json:
        data({"equal": found.equal, **_fields(found)})
    else:
        lines(_told(target, found))
    return 0 if found.equal else 1


def _fields(found: Difference) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("nodes", "relationships", "examples", "compared", "note")}


def _told(target: Target, found: Difference) -> Iterator[str]:
    from kg import render

    if found.equal:
        yield f"{target.uri}: equal, {found.compared} nodes and relationships"
    else:
        rows = [
            (kind, c.missing, c.surplus, c.changed) for kind, c in (*found.nodes.items(), *found.relationships.items())
        ]
        yield from render.table(("", "missing", "surplus", "changed"), rows, room=room())
        for example in found.examples:
            differs = f": {', '.join(example.differs)}" if example.differs else ""
            yield f"{example.how}  {example.kind}  {example.what}{differs}"
    if found.note:
        yield f"note: {found.note}"
