"""The command that saves what can be read of a damaged ledger: recover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import data, json_option, lines, room

if TYPE_CHECKING:
    from kg.config import Settings

__all__ = ["recover"]


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="NEW", help="The new ledger's file."
)
@json_option
@click.pass_obj
def recover(settings: Settings, file: Path, output: Path, as_json: bool) -> int:
    """Save what is whole of a damaged ledger into a new one.

    FILE is not changed. Items of which anything is damaged are left out and listed: load their
    sources into the new ledger. Exit code 1 where there are some.
    """
    from kg import recovery, render
    from kg.schema import Schema

    schema = Schema.load(Path(settings.ontology) / "kg.ttl" if settings.ontology else None)
    found = recovery.recover(file, output, schema)
    if as_json:
        data(found)
    else:
        click.echo(f"{output}: {found.items} items, {found.rejections} rejections, {found.decisions} decisions")
        if found.lost:
            click.echo(f"left out {len(found.lost)}; load their sources: kg load SOURCE… --db {output}")
            rows = [(lost.source or "?", lost.id or "?", lost.title or "?", lost.reason) for lost in found.lost]
            lines(render.table(("source", "item", "title", "reason"), rows, room=room()))
        lines(found.problems)
    return 1 if found.lost else 0
