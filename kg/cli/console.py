"""What the commands share: options, the ledger that they open, how they print and show progress."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from kg.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.config import Settings
    from kg.knowledge import KnowledgeGraph

__all__ = [
    "Group",
    "Place",
    "count_line",
    "data",
    "date_option",
    "db_option",
    "json_option",
    "lines",
    "loader_option",
    "name_argument",
    "opened",
    "parameters",
    "progress_bar",
    "room",
    "standard_input",
]

db_option = click.option("--db", metavar="FILE", help="The ledger's file.  [default: kg.db, KG_DB, or db in kg.toml]")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
loader_option = click.option(
    "--loader", metavar="NAME", help="Take every source for this kind: newsletter, text, jsonl …"
)
date_option = click.option(
    "--date", metavar="DATE", help="The documents' date, where they tell none: 2021-11 or 2021-11-03."
)
name_argument = click.argument("name")


class Group(click.Group):
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


@contextmanager
def opened(settings: Settings, db: str | None, *, new: bool = False, write: bool = False) -> Iterator[KnowledgeGraph]:
    """The ledger of the settings or the option; unless it is `new`, it must be there."""
    from kg.knowledge import KnowledgeGraph

    path = db or settings.db
    if not new and path != ":memory:" and not Path(path).exists():
        raise UsageError(f"no ledger at {path}; load something first (kg load PATH --db {path}) or name one with --db")
    ontology = Path(settings.ontology) if settings.ontology else None
    with KnowledgeGraph(path, ontology=ontology, read_only=not (new or write)) as graph:
        yield graph


@contextmanager
def standard_input(paths: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "-" not in paths:
        yield paths
        return
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder, "stdin")
        held.write_bytes(sys.stdin.buffer.read())
        yield tuple(str(held) if p == "-" else p for p in paths)


def parameters(given: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"-p takes NAME=VALUE, not '{pair}'")
        found[key] = value
    return found


def lines(given: Iterable[str]) -> None:
    for line in given:
        click.echo(line)


def data(value: Any) -> None:
    click.echo(json.dumps(_jsonable(value), ensure_ascii=False, indent=None if not sys.stdout.isatty() else 2))


def _jsonable(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {k: _jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(v) for v in value]
    return value


def room() -> int:
    """Columns for a table: those of the terminal; a file or a program gets every cell whole."""
    if not sys.stdout.isatty():
        return sys.maxsize
    return max(60, shutil.get_terminal_size((120, 24)).columns)


class Place(Protocol):
    """How far something has come."""

    @property
    def source(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def items(self) -> int: ...
    @property
    def share(self) -> float: ...


@contextmanager
def count_line() -> Iterator[Callable[[str, int, int | None], None] | None]:
    """What is being done and how far it is, on a terminal's standard error; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = 0.0

    def tell(stage: str, done: int, of: int | None) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown > 0.05:
            shown = now
            click.echo(f"\r\x1b[K{stage} {done:,}" + (f" of {of:,}" if of else ""), err=True, nl=False)

    try:
        yield tell
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def progress_bar() -> Iterator[Callable[[Place], None] | None]:
    """A bar on a terminal's standard error; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = 0.0

    def tell(place: Place) -> None:
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
