"""Commands that give away: export, vocabulary, completion."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.choosing import selection_options
from kg.cli.console import count_line, data, db_option, json_option, opened
from kg.errors import UsageError
from kg.export.formats import FORMATS, named, of_path

if TYPE_CHECKING:
    from kg.config import Settings
    from kg.selection import Selection

__all__ = ["completion", "export", "vocabulary"]


@click.command()
@click.option(
    "--format",
    "form",
    metavar="NAME",
    help=f"{', '.join(FORMATS)}.  [default: by FILE's suffix]",
)
@click.option("-o", "--output", type=click.Path(allow_dash=True), required=True, metavar="FILE", help="- prints.")
@click.option(
    "--provenance",
    type=click.Choice(["graphs", "none", "rdf12", "rdfstar"]),
    default="graphs",
    show_default=True,
    help="How each statement brings its evidence along: as a node and a named graph, not at all, as a reifier of RDF "
    "1.2, or on a quoted triple for neosemantics.",
)
@click.option("--context", metavar="IRI", help="Let JSON-LD refer to this context; else it is written out.")
@selection_options
@db_option
@click.pass_obj
def export(
    settings: Settings,
    form: str | None,
    output: str,
    provenance: str,
    context: str | None,
    selection: Selection,
    db: str | None,
) -> None:
    """Write the graph as RDF, as a graph or as tables.

    FILE's ending tells the format: .ttl .nt .nq .trig .rdf .jsonld for RDF, .graphml .gexf .json for graphs, .cypher
    for a script, each with .gz after it where it is to be compressed; .csv and .parquet for a folder with two tables.

    `kg import` makes an equal ledger of RDF with its provenance (graphs, rdf12). What was refused is in no export: `kg
    rejects` shows it.
    """
    from kg.export.graphs import after

    # Turtle for a pipe: it is there to be read.
    known = named(form or "turtle") if form or output == "-" else of_path(output)
    out = sys.stdout.buffer if output == "-" else Path(output)
    with opened(settings, db) as graph, count_line() as progress:
        report = graph.export(
            known.name, out, provenance=provenance, selection=selection, context=context, progress=progress
        )
    if isinstance(out, Path):
        click.echo(f"{output}: {report}")
        if told := after(known, out):
            click.echo(told)


@click.command()
@click.option("--copy", metavar="FOLDER", help="Write the packaged ontology, word lists and wordings there, to edit.")
@click.option("--html", metavar="FILE", help="Write it as a web page.")
@click.option("--shapes", "as_shapes", is_flag=True, help="Print its SHACL shapes as Turtle.")
@click.option("--context", is_flag=True, help="Print the context of JSON-LD.")
@json_option
@click.pass_obj
def vocabulary(
    settings: Settings, copy: str | None, html: str | None, as_shapes: bool, context: bool, as_json: bool
) -> None:
    """The ontology: classes, relations, events, as Markdown, HTML or JSON, and as SHACL."""
    from kg import vocabulary as words
    from kg.schema import Schema

    if copy:
        words.copy(Path(copy))
        click.echo(f"{copy}: the ontology with its lists; KG_ONTOLOGY={copy} uses them, as does kg.toml's ontology")
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
    elif context:
        import json

        from kg.export.context import make_context

        click.echo(json.dumps({"@context": make_context(schema)}, ensure_ascii=False, indent=1))
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
