"""Commands that give away: export, push, vocabulary, completion."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import data, db_option, json_option, opened
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.config import Settings

__all__ = ["completion", "export", "push", "vocabulary"]


@click.command()
@click.option(
    "--format",
    "form",
    metavar="NAME",
    help="turtle, ntriples, nquads, trig, rdfxml, jsonld, graphml or csv.  [default: by FILE's suffix]",
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, allow_dash=True), required=True, metavar="FILE", help="- prints."
)
@click.option(
    "--provenance",
    type=click.Choice(["graphs", "none"]),
    default="graphs",
    show_default=True,
    help="Whether each statement brings its evidence along.",
)
@db_option
@click.pass_obj
def export(settings: Settings, form: str | None, output: str, provenance: str, db: str | None) -> None:
    """Write the graph as RDF or GraphML."""
    form = form or _form(output)
    out = sys.stdout.buffer if output == "-" else Path(output)
    with opened(settings, db) as graph:
        report = graph.export(form, out, provenance=provenance)
    if output != "-":
        click.echo(f"{output}: {report}")


_SUFFIXES = {
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".jsonld": "jsonld",
    ".graphml": "graphml",
    ".rdf": "rdfxml",
}


def _form(output: str) -> str:
    """The format that a file's suffix tells; Turtle for a pipe."""
    suffix = Path(output).suffix
    if output != "-" and suffix not in _SUFFIXES:
        raise UsageError(
            f"{output}: the suffix tells no format; end it in {', '.join(_SUFFIXES)}, or say --format NAME"
        )
    return _SUFFIXES.get(suffix, "turtle")


@click.command()
@click.argument("uri")
@click.option("--database", metavar="NAME", help="The database; NEO4J_DATABASE, else the server's default.")
@click.option("--replace", is_flag=True, help="Replace a graph that shows another ledger.")
@db_option
@click.pass_obj
def push(settings: Settings, uri: str, database: str | None, replace: bool, db: str | None) -> None:
    """Bring a Neo4j database up to date.

    URI is as neo4j://localhost or bolt://localhost:7687.

    The user is NEO4J_USERNAME (default neo4j), the password NEO4J_PASSWORD; without one, you are asked.
    """
    user = os.environ.get("NEO4J_USERNAME", "neo4j")
    with opened(settings, db) as graph:
        password = os.environ.get("NEO4J_PASSWORD")
        if password is None:
            password = click.prompt(f"Password of {user}", hide_input=True, err=True) if sys.stdin.isatty() else ""
        auth = (user, password) if password else None
        pushed = graph.push(uri, auth, database or os.environ.get("NEO4J_DATABASE"), replace_other=replace)
    how = "all anew" if pushed.full else "what changed"
    click.echo(f"{uri}: {pushed.written} rows written, {pushed.removed} removed ({how}) in {pushed.seconds:.1f} s")


@click.command()
@click.option("--copy", metavar="FOLDER", help="Write the packaged ontology, word lists and wordings there, to edit.")
@click.option("--html", metavar="FILE", help="Write it as a web page.")
@click.option("--shapes", "as_shapes", is_flag=True, help="Print its SHACL shapes as Turtle.")
@json_option
@click.pass_obj
def vocabulary(settings: Settings, copy: str | None, html: str | None, as_shapes: bool, as_json: bool) -> None:
    """The ontology: classes, relations, events, as Markdown, HTML or JSON, and as SHACL."""
    from kg import vocabulary as words
    from kg.schema import Schema

    if copy:
        words.copy(Path(copy))
        click.echo(f"{copy}: kg.ttl, patterns and lexicon; KG_ONTOLOGY={copy} uses them, as does kg.toml's ontology")
        return
    folder = Path(settings.ontology) if settings.ontology else None
    schema = Schema.load(folder / "kg.ttl" if folder else None, base_iri=settings.base_iri)
    if html:
        from kg.handbook import page

        Path(html).write_text(page(schema), encoding="utf-8", newline="\n")
        click.echo(f"{html}: {len(schema.classes)} classes, {len(schema.properties)} relations")
    elif as_shapes:
        from kg import shapes

        click.echo(shapes.turtle(schema, folder), nl=False)
    elif as_json:
        data(words.data(schema))
    else:
        click.echo(words.markdown(schema))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    For bash: eval "$(kg completion bash)".
    """
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    if maker is None:  # the choice above has no other
        raise UsageError(f"no completion for {shell}")
    click.echo(maker(ctx.find_root().command, {}, "kg", "_KG_COMPLETE").source())
