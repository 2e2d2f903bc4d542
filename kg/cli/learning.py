"""Commands that measure extraction and train its models: eval, train."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kg.cli.console import data, date_option, json_option, loader_option
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.config import Settings

__all__ = ["evaluate", "train"]


@click.command("eval")
@click.argument("gold", type=click.Path(exists=True, dir_okay=False), metavar="GOLD")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option(
    "--pred",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Rows as kg extract prints them; - for standard input.",
)
@loader_option
@date_option
@click.option(
    "--benchmark",
    type=click.Choice(["finre", "fewfc", "ner"]),
    help="GOLD is a file of this benchmark, in its own format; the shipped models are run over it.",
)
@click.option("--errors", is_flag=True, help="List what was missed, wrong, or falsely asserted.")
@json_option
@click.pass_obj
def evaluate(
    settings: Settings,
    gold: str,
    paths: tuple[str, ...],
    pred: str | None,
    loader: str | None,
    date: str | None,
    benchmark: Literal["finre", "fewfc", "ner"] | None,
    errors: bool,
    as_json: bool,
) -> None:
    """Score extraction against a gold file.

    Scored is what PATH… says when read now, or rows that were printed before (--pred).
    """
    if benchmark:
        _benchmark(benchmark, Path(gold), bool(paths or pred), as_json)
        return
    from kg import evaluate as scoring
    from kg.extract.extractor import Extractor
    from kg.schema import Schema

    if bool(paths) == bool(pred):
        raise UsageError("give either the news (PATH…) or what was extracted from it (--pred FILE)")
    schema = Schema.load(Path(settings.ontology) / "kg.ttl" if settings.ontology else None)
    if pred:
        predicted = scoring.read_predictions(sys.stdin if pred == "-" else Path(pred))
    else:
        extractor = Extractor.load(schema, folder=Path(settings.ontology) if settings.ontology else None)
        predicted = scoring.predictions(paths, extractor, loader=loader or settings.loader, date=date)
    found = scoring.evaluate(scoring.read_gold(Path(gold)), predicted, schema)
    if as_json:
        data(found.data())
    else:
        click.echo(scoring.report(found, errors=errors))


def _benchmark(name: Literal["finre", "fewfc", "ner"], path: Path, more: bool, as_json: bool) -> None:
    from kg import benchmark

    if more:
        raise UsageError("--benchmark takes one file in the benchmark's own format, and no news beside it")
    found = benchmark.run(name, path)
    if as_json:
        data(found.data())
    else:
        click.echo(found.report())


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True), metavar="[PATH…]")
@click.option(
    "--corpora",
    type=click.Path(exists=True, file_okay=False),
    metavar="FOLDER",
    help="A folder with fewfc/train.jsonl and finre/train.tsv, to learn from as well.",
)
@click.option("-o", "--output", type=click.Path(file_okay=False), required=True, metavar="FOLDER")
@click.pass_obj
def train(settings: Settings, paths: tuple[str, ...], corpora: str | None, output: str) -> None:
    """Train the models of names and relations.

    They learn from the packaged passages and from yours: PATH… are files of annotated passages, or folders of such
    files (*.txt). Written to FOLDER; an ontology folder of your own (KG_ONTOLOGY) uses its models/.
    """
    from kg.schema import Schema
    from kg.training import models

    ontology = Path(settings.ontology) if settings.ontology else None
    schema = Schema.load(ontology / "kg.ttl" if ontology else None)
    files = [file for path in map(Path, paths) for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
    report = models.train(
        Path(output),
        schema,
        annotated=files,
        corpora=Path(corpora) if corpora else None,
        ontology=ontology,
        progress=lambda told: click.echo(told, err=True),
    )
    click.echo(str(report))
