"""Commands that speak SPARQL: sparql, serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import db_option, lines, opened, parameters
from kg.cli.questions import result_lines
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.config import Settings
    from kg.knowledge import KnowledgeGraph

__all__ = ["serve", "sparql"]

_ROWS = ("table", "json", "jsonl", "csv")
_TABLES = {"srj": "json", "srx": "xml", "tsv": "tsv"}
_GRAPHS = ("turtle", "ntriples", "jsonld", "rdfxml")
_WHOLE = 1 << 40
"""Rows where a file is wanted that a standard defines, and half of one would look whole."""


@click.command()
@click.argument("query")
@click.option("-p", "--param", multiple=True, metavar="NAME=VALUE", help="A parameter of a named query.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_ROWS, *_TABLES, *_GRAPHS]),
    help="srj, srx: the standard's JSON and XML. turtle …: for CONSTRUCT and DESCRIBE.  "
    "[default: table on a terminal, jsonl elsewhere]",
)
@click.option("--limit", type=click.IntRange(1), help="Rows at the most.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds at the most.")
@db_option
@click.pass_obj
def sparql(
    settings: Settings,
    query: str,
    param: tuple[str, ...],
    form: str | None,
    limit: int | None,
    timeout: float | None,
    db: str | None,
) -> None:
    """Run a named query, or SPARQL, or a file.

    kg queries lists the named ones. A file ends in .rq; - reads standard input. The prefixes kg, id, rdf, rdfs, xsd,
    skos, dcterms, prov and schema need no declaration.
    """
    from kg.knowledge import is_name

    query = _text(query)
    seconds = timeout or settings.timeout
    with opened(settings, db) as graph:
        if form is None or form in _ROWS:
            result = graph.sparql(query, parameters(param), limit=limit or settings.limit, timeout=seconds)
            for warning in result.warnings:
                click.echo(f"kg: {warning}", err=True)
            lines(result_lines(result, form or ("table" if sys.stdout.isatty() else "jsonl")))
            return
        if is_name(query) or param:
            raise UsageError(f"a named query gives rows; take one of {', '.join(_ROWS)}, not {form}")
        _standard(graph, query, form, limit, seconds)


def _standard(graph: KnowledgeGraph, query: str, form: str, limit: int | None, seconds: float) -> None:
    """The result in a format that a standard defines, as it comes."""
    from kg.sparql.workers import Unacceptable

    request = {
        "tables": _TABLES.get(form),
        "graphs": form if form in _GRAPHS else None,
        "rows": limit or _WHOLE,
    }
    try:
        with graph.triples.ask(query, request, timeout=seconds) as answer:
            for part in answer:
                sys.stdout.buffer.write(part)
    except Unacceptable as error:
        fits = "SELECT and ASK" if form in _GRAPHS else "CONSTRUCT and DESCRIBE"
        other = (*_ROWS, *_TABLES) if form in _GRAPHS else _GRAPHS
        raise UsageError(f"the format {form} is not for {fits}; take one of {', '.join(other)}") from error
    sys.stdout.buffer.flush()


def _text(query: str) -> str:
    if query == "-":
        return sys.stdin.buffer.read().decode("utf-8")
    if query.endswith(".rq") and Path(query).is_file():
        return Path(query).read_text(encoding="utf-8")
    return query


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds that a query may take.")
@click.option("--limit", type=click.IntRange(1), default=1_000_000, show_default=True, help="Rows that it may give.")
@click.option("--workers", type=click.IntRange(1), default=4, show_default=True, help="Queries at once.")
@click.option("--memory", type=click.IntRange(64), default=2048, show_default=True, help="MiB that each may take.")
@click.option(
    "--allow-origin",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    help="Web pages from elsewhere that may ask: https://yasgui.example, or * for any.",
)
@click.option("--log", is_flag=True, help="Tell each request on standard error.")
@db_option
@click.pass_obj
def serve(
    settings: Settings,
    host: str,
    port: int,
    timeout: float | None,
    limit: int,
    workers: int,
    memory: int,
    origins: tuple[str, ...],
    log: bool,
    db: str | None,
) -> None:
    """Offer the ledger as a SPARQL endpoint.

    It answers queries at /sparql and never writes; what is loaded meanwhile is there with the next query. Ctrl-C ends
    it.
    """
    from kg.sparql.view import SparqlView
    from kg.sparql.workers import Workers
    from kg.web.server import Limits, Server

    limits = Limits(seconds=timeout or settings.timeout, rows=limit)
    with opened(settings, db) as graph:
        view = SparqlView(graph.triples.replica, graph.schema, Workers(workers, memory=memory << 20))
        with Server(view, host, port, limits=limits, origins=origins, log=log) as server:
            if not server.private:
                click.echo(f"kg: anybody who reaches {host} can ask this ledger; there is no password", err=True)
            click.echo(f"SPARQL endpoint: {server.url}sparql", err=True)
            server.run()
