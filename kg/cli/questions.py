"""Commands that ask: query, queries, show, neighbours, path, timeline."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from kg.cli.console import data, db_option, json_option, lines, name_argument, opened, parameters, room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.config import Settings
    from kg.graph.base import Result

__all__ = ["find", "neighbours", "path", "queries", "query", "result_lines", "show", "timeline"]


@click.command()
@click.argument("query")
@click.option("-p", "--param", multiple=True, metavar="NAME=VALUE", help="A parameter of the query.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl", "csv"]),
    help="[default: table on a terminal, jsonl elsewhere]",
)
@click.option("--limit", type=click.IntRange(1), help="Rows at the most.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds at the most.")
@click.option("--write", is_flag=True, help="Let the query change the graph (never the ledger).")
@db_option
@click.pass_obj
def query(
    settings: Settings,
    query: str,
    param: tuple[str, ...],
    form: str | None,
    limit: int | None,
    timeout: float | None,
    write: bool,
    db: str | None,
) -> None:
    """Run a named query, or Cypher.

    kg queries lists the named ones. Only reading is allowed unless --write says otherwise.
    """
    with opened(settings, db) as graph:
        result = graph.query(
            query,
            parameters(param),
            limit=limit or settings.limit,
            timeout=timeout or settings.timeout,
            write=write,
        )
    for warning in result.warnings:
        click.echo(f"kg: {warning}", err=True)
    lines(result_lines(result, form or ("table" if sys.stdout.isatty() else "jsonl")))


def result_lines(result: Result, form: str) -> Iterator[str]:
    """The rows in one of the formats that `kg query` knows."""
    from kg import render

    if form == "table":
        yield from render.table(result.columns, result.rows, room=room())
        yield f"{len(result)} {'row' if len(result) == 1 else 'rows'} in {result.seconds * 1000:.0f} ms"
    elif form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows([render.plain(v) for v in row] for row in result.rows)
        yield text.getvalue().rstrip("\n")
    elif form == "json":
        yield json.dumps(list(result), ensure_ascii=False, indent=2)
    else:
        for row in result:
            yield json.dumps(row, ensure_ascii=False)


@click.command()
@click.argument("name", required=False)
@click.option("--language", type=click.Choice(["cypher", "sparql"]), help="Only those of a language.")
@json_option
def queries(name: str | None, language: str | None, as_json: bool) -> None:
    """List the named queries, or show one.

    Shown is its Cypher or SPARQL, under a header that says what it takes and gives. kg query runs the ones, kg sparql
    the others.
    """
    from kg.query import LANGUAGES, get, named_queries

    known = [q for told in LANGUAGES if language in (None, told) for q in named_queries(language=told).values()]
    if name:
        found = [q for q in known if q.name == name]
        if not found:
            get(name, language=language or "cypher")
        if as_json:
            data(found[0] if len(found) == 1 else found)
        else:
            click.echo("\n\n".join(q.text.rstrip() for q in found))
        return
    if as_json:
        data(known)
        return
    from kg import render

    rows = [
        (q.name, q.language, q.purpose, " ".join(p.name if p.required else f"[{p.name}]" for p in q.parameters))
        for q in known
    ]
    lines(render.table(("query", "language", "answers", "parameters"), rows, room=room()))


@click.command()
@name_argument
@db_option
@json_option
@click.pass_obj
def show(settings: Settings, name: str, db: str | None, as_json: bool) -> None:
    """Everything about an entity, each statement with its sentence."""
    from kg import render

    with opened(settings, db) as graph:
        found = graph.show(name)
    if as_json:
        data(found)
    else:
        lines(render.profile(found))


@click.command()
@name_argument
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Entities at the most.")
@db_option
@json_option
@click.pass_obj
def find(settings: Settings, name: str, limit: int, db: str | None, as_json: bool) -> None:
    """Find entities by name, or by a part of it.

    Members are the ids that were taken for one.
    """
    from kg import render
    from kg.errors import UnknownNameError

    with opened(settings, db) as graph:
        found = graph.ledger.find(name, limit)
        if not found:
            raise UnknownNameError("entity", name, graph.ledger.nearest(name))
    if as_json:
        data(found)
    else:
        rows = [(e.id, e.type, e.name, e.aliases, [m for m in e.members if m != e.id]) for e in found]
        lines(render.table(("id", "class", "name", "also", "members"), rows, room=room()))


@click.command()
@name_argument
@click.option("--depth", type=click.IntRange(1, 4), default=1, show_default=True, help="Steps to go.")
@click.option("--predicate", multiple=True, metavar="NAME", help="Only these relations (raisedFrom, partnersWith …).")
@click.option("--direction", type=click.Choice(["out", "in", "both"]), default="both", show_default=True)
@db_option
@json_option
@click.pass_obj
def neighbours(
    settings: Settings, name: str, depth: int, predicate: tuple[str, ...], direction: Any, db: str | None, as_json: bool
) -> None:
    """Who stands around an entity."""
    from kg import render

    with opened(settings, db) as graph:
        found = graph.neighbours(name, depth=depth, predicates=predicate, direction=direction)
    if as_json:
        data(found)
    else:
        lines(render.neighbours(found))


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--max-hops", type=click.IntRange(1, 12), default=6, show_default=True)
@db_option
@json_option
@click.pass_obj
def path(settings: Settings, a: str, b: str, max_hops: int, db: str | None, as_json: bool) -> int:
    """How two entities are linked.

    A shortest chain of what happened; exit code 1 where there is none.
    """
    from kg import render

    with opened(settings, db) as graph:
        found = graph.path(a, b, max_hops=max_hops)
    if as_json:
        data(found)
    elif found is None:
        click.echo(f"no path of at most {max_hops} hops between {a} and {b}")
    else:
        lines(render.link(found))
    return 1 if found is None else 0


@click.command()
@name_argument
@db_option
@json_option
@click.pass_obj
def timeline(settings: Settings, name: str, db: str | None, as_json: bool) -> None:
    """What is told of an entity, by date.

    A date in brackets is that of the news, where the text tells none.
    """
    from kg import render

    with opened(settings, db) as graph:
        found = graph.timeline(name)
    if as_json:
        data(found)
    else:
        lines(render.timeline(found))
