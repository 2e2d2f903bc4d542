"""The command line. A command is a few lines over one call of the library."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kg import __version__
from kg.config import Settings
from kg.errors import KgError, LimitError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.graph.base import Result
    from kg.knowledge import KnowledgeGraph
    from kg.pipeline import Progress

__all__ = ["cli", "main"]

_db = click.option("--db", metavar="FILE", help="The ledger's file.  [default: kg.db, KG_DB, or db in kg.toml]")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
_loader = click.option("--loader", metavar="NAME", help="Take every source for this kind: newsletter, text, jsonl …")
_date = click.option("--date", metavar="DATE", help="The documents' date, where they tell none: 2021-11 or 2021-11-03.")
_name = click.argument("name")


class _Group(click.Group):
    """Commands in the order they are written, and a word about the nearest one for a slip of the finger."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.commands, 3, 0.5)
            raise UnknownNameError("command", args[0], tuple(f"{ctx.command_path} {name}" for name in near))
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kg")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of a failure.")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Chinese business and technology news as a knowledge graph whose every edge shows its sentence."""
    ctx.obj = Settings.load()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point of `kg`; ends the process. Exit codes: 0 done, 1 failed, 2 misused, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    logging.basicConfig(format="kg: %(message)s")
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


@contextmanager
def _open(settings: Settings, db: str | None, *, new: bool = False, write: bool = False) -> Iterator[KnowledgeGraph]:
    """The ledger of the settings or the option; unless it is `new`, it must be there."""
    from kg.knowledge import KnowledgeGraph

    path = db or settings.db
    if not new and path != ":memory:" and not Path(path).exists():
        raise UsageError(f"no ledger at {path}; load something first (kg load PATH --db {path}) or name one with --db")
    ontology = Path(settings.ontology) if settings.ontology else None
    with KnowledgeGraph(path, ontology=ontology, read_only=not (new or write)) as graph:
        yield graph


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _dump(value: Any) -> None:
    click.echo(json.dumps(_jsonable(value), ensure_ascii=False, indent=None if not sys.stdout.isatty() else 2))


def _jsonable(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {k: _jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(v) for v in value]
    return value


def _parameters(given: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"-p takes NAME=VALUE, not '{pair}'")
        found[key] = value
    return found


def _room() -> int:
    """Columns for a table: those of the terminal; a file or a program gets every cell whole."""
    if not sys.stdout.isatty():
        return sys.maxsize
    return max(60, shutil.get_terminal_size((120, 24)).columns)


# -- in


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@_loader
@_date
@_db
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Skip what is less sure than this.")
@click.option(
    "--again", is_flag=True, help="Read items anew that the ledger holds: after a change of ontology or wordings."
)
@_json
@click.pass_obj
def load(
    settings: Settings,
    paths: tuple[str, ...],
    loader: str | None,
    date: str | None,
    db: str | None,
    min_confidence: float | None,
    again: bool,
    as_json: bool,
) -> int:
    """Read files, directories and globs into the ledger.

    PATH may be - for standard input. Exit code 1 where a source could not be read to its end, or
    none of the items was taken.
    """
    from kg import render

    with _standard_input(paths) as given, _open(settings, db, new=True) as graph, _progress() as progress:
        report = graph.load(
            *given,
            loader=loader or settings.loader,
            date=date,
            min_confidence=settings.min_confidence if min_confidence is None else min_confidence,
            again=again,
            progress=progress,
        )
    if as_json:
        _dump(report)
    else:
        _print(render.report(report))
    return 0 if report.ok else 1


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None] | None]:
    """A bar on a terminal's standard error; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = 0.0

    def tell(place: Progress) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown > 0.05:
            shown = now
            full = int(place.share * 30)
            line = f"{'━' * full}{' ' * (30 - full)} {place.share:4.0%}  {place.source} {place.done}/{place.items}"
            click.echo(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}", err=True, nl=False)

    try:
        yield tell
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@_loader
@_date
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
    with _standard_input(paths) as given:
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


@contextmanager
def _standard_input(paths: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "-" not in paths:
        yield paths
        return
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder, "stdin")
        held.write_bytes(sys.stdin.buffer.read())
        yield tuple(str(held) if p == "-" else p for p in paths)


@cli.command()
@click.argument("item")
@_db
@_json
@click.pass_obj
def forget(settings: Settings, item: str, db: str | None, as_json: bool) -> None:
    """Take back everything that one item says. ITEM is its id: kg query mentions, kg show NAME --json."""
    with _open(settings, db, write=True) as graph:
        gone = graph.forget(item)
    if as_json:
        _dump(gone)
    else:
        click.echo(
            f"forgot {gone.item}: {gone.evidence} pieces of evidence, {gone.statements} statements, "
            f"{gone.events} events, {gone.observations} figures and {gone.entities} entities that nobody else tells of"
        )


# -- out


@cli.command()
@click.argument("query")
@click.option("-p", "--param", multiple=True, metavar="NAME=VALUE", help="A parameter of the query.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl", "csv"]),
    help="[default: table on a terminal, jsonl elsewhere]",
)
@click.option("--limit", type=click.IntRange(1), help="Rows at the most.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds at the most.")
@click.option("--write", is_flag=True, help="Let the query change the graph (never the ledger).")
@_db
@click.pass_obj
def query(
    settings: Settings,
    query: str,
    param: tuple[str, ...],
    form: str | None,
    limit: int | None,
    timeout: float | None,
    write: bool,
    db: str | None,
) -> None:
    """Run a named query (kg queries lists them) or Cypher."""
    with _open(settings, db) as graph:
        result = graph.query(
            query,
            _parameters(param),
            limit=limit or settings.limit,
            timeout=timeout or settings.timeout,
            write=write,
        )
    for warning in result.warnings:
        click.echo(f"kg: {warning}", err=True)
    _print(_rows(result, form or ("table" if sys.stdout.isatty() else "jsonl")))


def _rows(result: Result, form: str) -> Iterator[str]:
    from kg import render

    if form == "table":
        yield from render.table(result.columns, result.rows, room=_room())
        yield f"{len(result)} {'row' if len(result) == 1 else 'rows'} in {result.seconds * 1000:.0f} ms"
    elif form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows([render.plain(v) for v in row] for row in result.rows)
        yield text.getvalue().rstrip("\n")
    elif form == "json":
        yield json.dumps(list(result), ensure_ascii=False, indent=2)
    else:
        for row in result:
            yield json.dumps(row, ensure_ascii=False)


@cli.command()
@click.argument("name", required=False)
@_json
def queries(name: str | None, as_json: bool) -> None:
    """List the named queries, or show one with its parameters, columns and Cypher."""
    from kg.query import get, named_queries

    if name:
        found = get(name)
        if as_json:
            _dump(found)
        else:
            click.echo(found.text.rstrip())
        return
    known = named_queries()
    if as_json:
        _dump(list(known.values()))
        return
    from kg import render

    rows = [
        (q.name, q.purpose, " ".join(p.name if p.required else f"[{p.name}]" for p in q.parameters))
        for q in known.values()
    ]
    _print(render.table(("query", "answers", "parameters"), rows, room=_room()))


@cli.command()
@_name
@_db
@_json
@click.pass_obj
def show(settings: Settings, name: str, db: str | None, as_json: bool) -> None:
    """Everything about an entity, each statement with its sentence."""
    from kg import render

    with _open(settings, db) as graph:
        found = graph.show(name)
    if as_json:
        _dump(found)
    else:
        _print(render.profile(found))


@cli.command()
@_name
@click.option("--depth", type=click.IntRange(1, 4), default=1, show_default=True, help="Steps to go.")
@click.option("--predicate", multiple=True, metavar="NAME", help="Only these relations (raisedFrom, partnersWith …).")
@click.option("--direction", type=click.Choice(["out", "in", "both"]), default="both", show_default=True)
@_db
@_json
@click.pass_obj
def neighbours(
    settings: Settings, name: str, depth: int, predicate: tuple[str, ...], direction: Any, db: str | None, as_json: bool
) -> None:
    """Who stands around an entity."""
    from kg import render

    with _open(settings, db) as graph:
        found = graph.neighbours(name, depth=depth, predicates=predicate, direction=direction)
    if as_json:
        _dump(found)
    else:
        _print(render.neighbours(found))


@cli.command()
@click.argument("a")
@click.argument("b")
@click.option("--max-hops", type=click.IntRange(1, 12), default=6, show_default=True)
@_db
@_json
@click.pass_obj
def path(settings: Settings, a: str, b: str, max_hops: int, db: str | None, as_json: bool) -> int:
    """How two entities are linked; exit code 1 where they are not."""
    from kg import render

    with _open(settings, db) as graph:
        found = graph.path(a, b, max_hops=max_hops)
    if as_json:
        _dump(found)
    elif found is None:
        click.echo(f"no path of at most {max_hops} hops between {a} and {b}")
    else:
        _print(render.link(found))
    return 1 if found is None else 0


@cli.command()
@_name
@_db
@_json
@click.pass_obj
def timeline(settings: Settings, name: str, db: str | None, as_json: bool) -> None:
    """What is told of an entity, by date; (…) is the date of the news where the text tells none."""
    from kg import render

    with _open(settings, db) as graph:
        found = graph.timeline(name)
    if as_json:
        _dump(found)
    else:
        _print(render.timeline(found))


@cli.command()
@click.option(
    "--format",
    "form",
    metavar="NAME",
    help="turtle, ntriples, nquads, trig, jsonld or graphml.  [default: by FILE's suffix, else turtle]",
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
@_db
@click.pass_obj
def export(settings: Settings, form: str | None, output: str, provenance: str, db: str | None) -> None:
    """Write the graph as RDF or GraphML."""
    form = form or _SUFFIXES.get(Path(output).suffix, "turtle")
    out = sys.stdout.buffer if output == "-" else Path(output)
    with _open(settings, db) as graph:
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
}


@cli.command()
@click.argument("uri")
@click.option("--database", metavar="NAME", help="The database; NEO4J_DATABASE, else the server's default.")
@click.option("--replace", is_flag=True, help="Replace a graph that shows another ledger.")
@_db
@click.pass_obj
def push(settings: Settings, uri: str, database: str | None, replace: bool, db: str | None) -> None:
    """Bring a Neo4j database up to date: kg push neo4j://localhost.

    The user is NEO4J_USERNAME (default neo4j), the password NEO4J_PASSWORD; without one, you are asked.
    """
    user = os.environ.get("NEO4J_USERNAME", "neo4j")
    with _open(settings, db) as graph:
        password = os.environ.get("NEO4J_PASSWORD")
        if password is None:
            password = click.prompt(f"Password of {user}", hide_input=True, err=True) if sys.stdin.isatty() else ""
        auth = (user, password) if password else None
        pushed = graph.push(uri, auth, database or os.environ.get("NEO4J_DATABASE"), replace_other=replace)
    how = "all anew" if pushed.full else "what changed"
    click.echo(f"{uri}: {pushed.written} rows written, {pushed.removed} removed ({how}) in {pushed.seconds:.1f} s")


# -- the ledger


@cli.command()
@_db
@_json
@click.pass_obj
def status(settings: Settings, db: str | None, as_json: bool) -> None:
    """What the ledger holds."""
    from kg import render

    with _open(settings, db) as graph:
        found = graph.status()
    if as_json:
        _dump(found)
    else:
        _print(render.status(found))


@cli.group(cls=_Group, invoke_without_command=True)
@click.pass_context
def rejects(ctx: click.Context) -> None:
    """What was refused, and why. Without a command: list it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(rejects_list)


@rejects.command("list")
@click.option("--item", metavar="ID")
@click.option("--rule", metavar="NAME")
@click.option("--stage", type=click.Choice(["read", "extract", "validate", "store"]))
@_db
@_json
@click.pass_obj
def rejects_list(
    settings: Settings, item: str | None, rule: str | None, stage: str | None, db: str | None, as_json: bool
) -> None:
    """List rejections, oldest first."""
    from kg import codec, render

    with _open(settings, db) as graph:
        found = list(graph.ledger.rejections(item=item, rule=rule, stage=stage))
    if as_json:
        for q in found:
            click.echo(codec.dumps({"id": q.id, **codec.rejection_to_json(q.rejection)}))
    elif not found:
        click.echo("nothing was refused")
    else:
        rows = [(q.id, q.rejection.stage, q.rejection.rule, q.rejection.reason) for q in found]
        _print(render.table(("id", "stage", "rule", "reason"), rows, room=_room()))


@rejects.command("show")
@click.argument("identifier", metavar="ID")
@_db
@click.pass_obj
def rejects_show(settings: Settings, identifier: str, db: str | None) -> None:
    """Show one rejection whole, as JSON."""
    from kg import codec

    with _open(settings, db) as graph:
        found = graph.ledger.rejection(identifier)
    row = {"id": found.id, **codec.rejection_to_json(found.rejection), "ontology": found.ontology}
    click.echo(json.dumps(row, ensure_ascii=False, indent=2))


@rejects.command("dismiss")
@click.argument("identifiers", nargs=-1, required=True, metavar="ID…")
@_db
@click.pass_obj
def rejects_dismiss(settings: Settings, identifiers: tuple[str, ...], db: str | None) -> None:
    """Drop rejections that are settled otherwise, say by a corrected file."""
    with _open(settings, db, write=True) as graph:
        click.echo(f"dismissed {graph.ledger.dismiss(identifiers)}")


@rejects.command("replay")
@_db
@_json
@click.pass_obj
def rejects_replay(settings: Settings, db: str | None, as_json: bool) -> None:
    """Try again what was refused, after a change of the ontology."""
    from kg.validate import validate

    with _open(settings, db, write=True) as graph:
        tally = graph.ledger.replay(validate)
    if as_json:
        _dump(tally)
    else:
        click.echo(f"tried {tally.read}: {tally.accepted} accepted now, {tally.rejected} still refused")


@cli.command()
@click.argument("a")
@click.argument("b")
@click.option("--reason", default="", help="Kept with the decision.")
@_db
@click.pass_obj
def merge(settings: Settings, a: str, b: str, reason: str, db: str | None) -> None:
    """Decide that two entities (names or ids) are one. kg undo takes it back."""
    from kg.explore import entity_named

    with _open(settings, db, write=True) as graph:
        one, other = (entity_named(graph.ledger, n).id for n in (a, b))
        decision = graph.ledger.merge(one, other, reason)
    click.echo(f"decision {decision.id}: {a} and {b} are one")


@cli.command()
@click.argument("a")
@click.argument("b")
@click.option("--reason", default="", help="Kept with the decision.")
@_db
@click.pass_obj
def split(settings: Settings, a: str, b: str, reason: str, db: str | None) -> None:
    """Decide that two entities (minted ids) are not one. kg undo takes it back."""
    with _open(settings, db, write=True) as graph:
        decision = graph.ledger.split(a, b, reason)
    click.echo(f"decision {decision.id}: {a} and {b} are two")


@cli.command()
@click.argument("decision", type=int)
@_db
@click.pass_obj
def undo(settings: Settings, decision: int, db: str | None) -> None:
    """Take a decision (merge, split) back."""
    with _open(settings, db, write=True) as graph:
        graph.ledger.undo(decision)
    click.echo(f"decision {decision} is taken back")


@cli.command()
@_db
@click.pass_obj
def dump(settings: Settings, db: str | None) -> None:
    """Print the canonical dump: equal for ledgers that hold the same, whatever the order of loading."""
    with _open(settings, db) as graph:
        graph.ledger.dump(sys.stdout)


@cli.command()
@_db
@click.pass_obj
def check(settings: Settings, db: str | None) -> int:
    """Look for damage in the ledger; exit code 1 where there is some."""
    with _open(settings, db) as graph:
        problems = graph.ledger.check()
    _print(problems or ["no problems found"])
    return 1 if problems else 0


# -- about


@cli.command("eval")
@click.argument("gold", type=click.Path(exists=True, dir_okay=False))
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option(
    "--pred",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Rows as kg extract prints them; - for standard input.",
)
@_loader
@_date
@click.option("--errors", is_flag=True, help="List what was missed, wrong, or falsely asserted.")
@_json
@click.pass_obj
def evaluate(
    settings: Settings,
    gold: str,
    paths: tuple[str, ...],
    pred: str | None,
    loader: str | None,
    date: str | None,
    errors: bool,
    as_json: bool,
) -> None:
    """Score extraction against a gold file: of PATH… read now, or of rows printed before (--pred)."""
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
        _dump(found.data())
    else:
        click.echo(scoring.report(found, errors=errors))


@cli.command()
@_json
@click.pass_obj
def vocabulary(settings: Settings, as_json: bool) -> None:
    """The ontology: classes, relations, events, as Markdown or JSON."""
    from kg import vocabulary as words
    from kg.schema import Schema

    schema = Schema.load(Path(settings.ontology) / "kg.ttl" if settings.ontology else None)
    if as_json:
        _dump(words.data(schema))
    else:
        click.echo(words.markdown(schema))


@cli.command()
@_json
def loaders(as_json: bool) -> None:
    """The kinds of sources that can be read."""
    from kg import render
    from kg.loading import loaders as installed

    rows = [(loader.name, loader.description, " ".join(loader.suffixes)) for loader in installed().values()]
    if as_json:
        _dump([dict(zip(("name", "description", "suffixes"), row, strict=True)) for row in rows])
    else:
        _print(render.table(("loader", "reads", "files"), rows, room=_room()))


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes SHELL complete kg's commands: eval "$(kg completion bash)"."""
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    if maker is None:  # the choice above has no other
        raise UsageError(f"no completion for {shell}")
    click.echo(maker(cli, {}, "kg", "_KG_COMPLETE").source())
