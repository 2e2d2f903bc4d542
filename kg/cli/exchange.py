"""Commands that take over what others hold: import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import count_line, data, db_option, json_option, lines, opened

if TYPE_CHECKING:
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

    with opened(settings, db, new=True) as graph, count_line() as tell:
        report = graph.import_rdf(
            *paths,
            mapping=mapping,
            min_confidence=settings.min_confidence if min_confidence is None else min_confidence,
            progress=tell and (lambda name, done: tell(Path(name).name, done, None)),
        )
    if as_json:
        data(report)
    else:
        lines(render.report(report))
    return 0 if report.ok else 1
