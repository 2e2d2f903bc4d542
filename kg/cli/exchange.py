"""Commands that take over what others hold: import."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import data, db_option, json_option, lines, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.config import Settings

__all__ = ["import_"]


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="FILE…", type=click.Path(exists=True, dir_okay=False))
@click.option("--mapping", metavar="NAME", help="Read every file by this mapping alone: schema-org, wikidata …")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Skip what is less sure than this.")
@db_option
@json_option
@click.pass_obj
def import_(
    settings: Settings,
    paths: tuple[str, ...],
    mapping: str | None,
    min_confidence: float | None,
    db: str | None,
    as_json: bool,
) -> int:
    """Read RDF into the ledger: what kg export wrote, or others' data by a mapping.

    FILE ends in .ttl .nt .nq .trig .jsonld or .rdf, each with .gz or without. Exit code 1 where a file could not be
    read, or none of the items was taken.
    """
    from kg import render

    with opened(settings, db, new=True) as graph, _progress() as progress:
        report = graph.import_rdf(
            *paths,
            mapping=mapping,
            min_confidence=settings.min_confidence if min_confidence is None else min_confidence,
            progress=progress,
        )
    if as_json:
        data(report)
    else:
        lines(render.report(report))
    return 0 if report.ok else 1


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None] | None]:
    """A line on a terminal's standard error; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = 0.0

    def tell(name: str, done: int) -> None:
        nonlocal shown
        if (now := time.monotonic()) - shown > 0.1:
            shown = now
            line = f"{Path(name).name}: {done:,} items"
            click.echo(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}", err=True, nl=False)

    try:
        yield tell
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)
