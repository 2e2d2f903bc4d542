"""The command line. A command is a few lines over one call of the library."""

from __future__ import annotations

import io
import logging
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from kg import __version__
from kg.cli.conformance import validate
from kg.cli.console import Group
from kg.cli.exchange import import_
from kg.cli.giving import completion, export, vocabulary
from kg.cli.keeping import check, dump, merge, rejects, split, status, undo
from kg.cli.learning import evaluate, train
from kg.cli.neo4j import diff, push
from kg.cli.questions import find, neighbours, path, queries, query, show, timeline
from kg.cli.recovery import recover
from kg.cli.serving import serve, sparql
from kg.cli.sources import extract, forget, load, loaders, print_sample
from kg.config import Settings
from kg.errors import KgError, LimitError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["cli", "main"]


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kg")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of a failure.")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Chinese business and technology news as a knowledge graph whose every edge shows its sentence."""
    ctx.obj = Settings.load()


for command in (
    *(load, import_, extract, forget),
    *(query, sparql, queries, find, show, neighbours, path, timeline),
    *(export, push, diff, serve),
    *(status, rejects, merge, split, undo, dump, check, validate, recover),
    *(evaluate, train, vocabulary, loaders, print_sample, completion),
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point of `kg`; ends the process. Exit codes: 0 done, 1 failed, 2 misused, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    handler = logging.StreamHandler()
    # What goes wrong with a cluster ends as one sentence of ours.
    handler.addFilter(lambda record: not record.name.startswith("distributed"))
    logging.basicConfig(format="kg: %(message)s", handlers=[handler])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            # Rows are UTF-8 wherever they go, and no terminal is a reason to fail half-way.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = cli(
            [a for a in given if a != "--debug"],
            prog_name="kg",
            standalone_mode=False,
            color=False if os.environ.get("NO_COLOR") else None,
        )
        sys.stdout.flush()
    except SystemExit:
        # click ends so when the reader of a pipe had enough (kg … | head), which is no failure of ours.
        sys.exit(0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except (Exception, KeyboardInterrupt) as error:
        if debug and not isinstance(error, click.ClickException):
            raise
        message, code = _last_words(error)
        click.echo(f"kg: {message}", err=True)
        sys.exit(code)
    sys.exit(code if isinstance(code, int) else 0)


def _last_words(error: BaseException) -> tuple[str, int]:
    """What a command that failed says, in one line, and its exit code."""
    if isinstance(error, KgError):
        option = " (--timeout)" if isinstance(error, LimitError) else ""
        return f"{error}{option}", error.exit_code
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        return "interrupted; what was done before is kept", 130
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        remedy = f" (see {context.command_path} --help)" if context is not None else ""
        return f"{error.format_message().rstrip('.')}{remedy}", error.exit_code
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}", 1
    return f"{type(error).__name__}: {error}; this is a fault of kg, and kg --debug … shows where", 1
