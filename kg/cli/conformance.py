"""The command that holds RDF against the ontology: validate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.console import data, db_option, json_option, lines, opened
from kg.errors import KgError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.config import Settings
    from kg.conformance import Conformance, Finding

__all__ = ["validate"]

_MOST = 20
"""How many findings of one shape are shown; the report has all."""


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("-o", "--output", metavar="FILE", help="Write the SHACL report there, as Turtle.")
@click.option("--all", "everything", is_flag=True, help=f"Show all findings, not the first {_MOST} of each shape.")
@json_option
@db_option
@click.pass_context
def validate(
    ctx: click.Context, files: tuple[str, ...], output: str | None, everything: bool, as_json: bool, db: str | None
) -> None:
    """Audit the ledger, or RDF files, with SHACL.

    FILE is Turtle, N-Triples, N-Quads, TriG, RDF/XML or JSON-LD by its suffix; - reads Turtle from standard input.
    Several files are one graph. Exit codes: 0 conforms, 1 does not, 2 misused.
    """
    settings: Settings = ctx.obj
    if files and db:
        raise UsageError("the ledger (--db) or files, not both")
    report = _of_files(settings, files) if files else _of_ledger(settings, db)
    if output:
        try:
            Path(output).write_text(report.turtle(), encoding="utf-8", newline="\n")
        except OSError as error:
            raise KgError(f"{output}: cannot be written ({error.strerror}); check the path.") from error
    if as_json:
        data(
            {
                "conforms": report.conforms,
                "triples": report.triples,
                "seconds": round(report.seconds, 3),
                "findings": list(report.findings),
            }
        )
    else:
        lines(_told(report, None if everything else _MOST))
        if output:
            click.echo(f"{output}: the SHACL report")
    if not report.conforms:
        ctx.exit(1)


def _of_ledger(settings: Settings, db: str | None) -> Conformance:
    with opened(settings, db) as graph:
        return graph.validate()


def _of_files(settings: Settings, files: tuple[str, ...]) -> Conformance:
    from kg import conformance
    from kg.schema import Schema

    folder = Path(settings.ontology) if settings.ontology else None
    graph = None
    for name in files:
        given = sys.stdin.buffer.read() if name == "-" else None
        read = conformance.read(Path(name), given)
        graph = read if graph is None else graph + read
    if graph is None:  # there is one file at least
        raise UsageError("name a file")
    schema = Schema.load(folder / "kg.ttl" if folder else None, base_iri=settings.base_iri)
    return conformance.of_ontology(graph, schema, folder)


def _told(report: Conformance, most: int | None) -> Iterator[str]:
    for shape, findings in report.shapes():
        first = findings[0]
        yield click.style(f"{shape} {first.label_zh} ({first.label_en}): {len(findings)}", bold=True)
        for finding in findings[:most]:
            yield from _finding(finding)
        if most is not None and len(findings) > most:
            yield f"  … and {len(findings) - most} more (--all shows them)"
        yield ""
    if report.conforms:
        yield f"conforms: {report.triples:,} triples in {report.seconds:.1f} s"
    else:
        shapes = len({finding.shape for finding in report.findings})
        what = f"{len(report.findings)} finding{'s'[: len(report.findings) > 1]} of {shapes} shape{'s'[: shapes > 1]}"
        yield f"does not conform: {what}, {report.triples:,} triples in {report.seconds:.1f} s"


def _finding(finding: Finding) -> Iterator[str]:
    mark = "" if finding.severity == "violation" else f"{finding.severity}: "
    yield f"  {mark}{finding.name}  {click.style(f'<{finding.focus}>', dim=True)}"
    where = " ".join(filter(None, (finding.path, None if finding.value is None else f"= {finding.value}")))
    if where:
        yield f"    {where}"
    yield f"    {finding.message_zh}; {finding.message_en}"
    if finding.sentence and finding.sentence != finding.name:
        yield f"    “{finding.sentence}”"
