"""Commands that read news: load, extract, forget, loaders, sample."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import (
    data,
    date_option,
    db_option,
    json_option,
    lines,
    loader_option,
    opened,
    progress_bar,
    room,
    standard_input,
)
from kg.cli.neo4j import Target, pushed_line
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.config import Settings

__all__ = ["extract", "forget", "load", "loaders", "print_sample"]


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@loader_option
@date_option
@db_option
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Skip what is less sure than this.")
@click.option(
    "--again", is_flag=True, help="Read items anew that the ledger holds: after a change of ontology or wordings."
)
@click.option("--to", metavar="URI", help="Afterwards, push what changed to this Neo4j; see kg push.")
@click.option(
    "--workers", metavar="N", help="Extract in N processes; auto for one on each core.  [default: 1, or as set]"
)
@click.option("--cluster", metavar="ADDRESS", help="Let the workers of a dask scheduler extract: dask://host:8786.")
@json_option
@click.pass_obj
def load(
    settings: Settings,
    paths: tuple[str, ...],
    loader: str | None,
    date: str | None,
    db: str | None,
    min_confidence: float | None,
    again: bool,
    to: str | None,
    workers: str | None,
    cluster: str | None,
    as_json: bool,
) -> int:
    """Read files, directories and globs into the ledger.

    PATH may be - for standard input. Exit code 1 where a source could not be read to its end, or
    none of the items was taken.
    """
    from kg import render

    target = Target.of(to) if to else None
    if workers is None:
        cluster = cluster or settings.cluster
        workers = "1" if cluster else settings.workers
    with standard_input(paths) as given, opened(settings, db, new=True) as graph:
        with progress_bar() as progress:
            report = graph.load(
                *given,
                loader=loader or settings.loader,
                date=date,
                min_confidence=settings.min_confidence if min_confidence is None else min_confidence,
                again=again,
                workers=_count(workers),
                cluster=cluster,
                progress=progress,
            )
        if as_json:
            data(report)
        else:
            lines(render.report(report))
        if target is not None:
            # What was loaded is told and kept, whatever becomes of this.
            click.echo(pushed_line(target, target.push(graph)), err=as_json)
    return 0 if report.ok else 1


def _count(workers: str) -> int:
    """The number that stands for a setting of workers."""
    if workers == "auto":
        return 0
    if not workers.isdecimal():
        raise UsageError(f"'{workers}' workers are none; give a number from 1, or auto for one on each core")
    return int(workers)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@loader_option
@date_option
@click.option(
    "--without",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Leave these names (one a line) out of the lexicon, to see what is found without knowing them.",
)
@click.pass_obj
def extract(
    settings: Settings, paths: tuple[str, ...], loader: str | None, date: str | None, without: str | None
) -> int:
    """Print what files say as JSON Lines; store nothing. PATH may be - for standard input."""
    from kg import codec, pipeline
    from kg.extract.extractor import Extractor
    from kg.model import Rejection

    folder = Path(settings.ontology) if settings.ontology else None
    names = Path(without).read_text(encoding="utf-8").split("\n") if without else []
    extractor = Extractor.load(folder=folder, exclude={n.strip() for n in names if n.strip()})
    report = pipeline.LoadReport()
    with standard_input(paths) as given:
        read = pipeline.extract(given, extractor, loader=loader or settings.loader, date=date, report=report)
        for found in read:
            if isinstance(found, Rejection):
                click.echo(codec.dumps(codec.rejection_to_json(found)))
                continue
            item = found.item
            click.echo(codec.dumps(codec.item_to_json(item)))
            rows = [codec.entity_to_json(e, item.id) for e in found.entities]
            rows += [codec.statement_to_json(s) for s in found.statements]
            rows += [codec.event_to_json(e) for e in found.events]
            rows += [codec.observation_to_json(o) for o in found.observations]
            rows += [codec.rejection_to_json(r) for r in found.rejections]
            for row in rows:
                click.echo(codec.dumps(row))
    for failure in report.failed:
        click.echo(f"kg: {failure}", err=True)
    return 0 if report.ok else 1


@click.command()
@click.argument("item")
@db_option
@json_option
@click.pass_obj
def forget(settings: Settings, item: str, db: str | None, as_json: bool) -> None:
    """Take back everything that one item says.

    ITEM is its id, which kg query mentions and kg show NAME --json tell.
    """
    with opened(settings, db, write=True) as graph:
        gone = graph.forget(item)
    if as_json:
        data(gone)
    else:
        click.echo(
            f"forgot {gone.item}: {gone.evidence} pieces of evidence, {gone.statements} statements, "
            f"{gone.events} events, {gone.observations} figures and {gone.entities} entities that nobody else tells of"
        )


@click.command()
@json_option
def loaders(as_json: bool) -> None:
    """The kinds of sources that can be read."""
    from kg import render
    from kg.loading import loaders as installed

    rows = [(loader.name, loader.description, " ".join(loader.suffixes)) for loader in installed().values()]
    if as_json:
        data([dict(zip(("name", "description", "suffixes"), row, strict=True)) for row in rows])
    else:
        lines(render.table(("loader", "reads", "files"), rows, room=room()))


@click.command("sample")
def print_sample() -> None:
    """Print the newsletter that comes with kg."""
    from kg.sample import newsletter

    click.echo(newsletter().read_text(encoding="utf-8"), nl=False)
