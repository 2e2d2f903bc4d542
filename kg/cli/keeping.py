"""Commands that look after the ledger: status, rejects, merge, split, undo, dump, check."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from kg.cli.console import Group, data, db_option, json_option, lines, opened, room
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.config import Settings

__all__ = [
    "check",
    "dump",
    "merge",
    "rejects",
    "rejects_dismiss",
    "rejects_list",
    "rejects_replay",
    "rejects_show",
    "split",
    "status",
    "undo",
]


@click.command()
@db_option
@json_option
@click.pass_obj
def status(settings: Settings, db: str | None, as_json: bool) -> None:
    """What the ledger holds."""
    from kg import render

    with opened(settings, db) as graph:
        found = graph.status()
    if as_json:
        data(found)
    else:
        lines(render.status(found))


@click.group(cls=Group, invoke_without_command=True)
@db_option
@json_option
@click.pass_context
def rejects(ctx: click.Context, db: str | None, as_json: bool) -> None:
    """What was refused, and why. Without a command: list it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(rejects_list, db=db, as_json=as_json)
    elif db or as_json:
        raise UsageError(f"put the options behind the command: kg rejects {ctx.invoked_subcommand} …")


@rejects.command("list")
@click.option("--item", metavar="ID")
@click.option("--rule", metavar="NAME")
@click.option("--stage", type=click.Choice(["read", "extract", "validate", "store"]))
@db_option
@json_option
@click.pass_obj
def rejects_list(
    settings: Settings, item: str | None, rule: str | None, stage: str | None, db: str | None, as_json: bool
) -> None:
    """List rejections, oldest first."""
    from kg import codec, render

    with opened(settings, db) as graph:
        found = list(graph.ledger.rejections(item=item, rule=rule, stage=stage))
    if as_json:
        for q in found:
            click.echo(codec.dumps({"id": q.id, **codec.rejection_to_json(q.rejection)}))
    elif not found:
        click.echo("nothing was refused")
    else:
        rows = [(q.id, q.rejection.stage, q.rejection.rule, q.rejection.reason) for q in found]
        lines(render.table(("id", "stage", "rule", "reason"), rows, room=room()))


@rejects.command("show")
@click.argument("identifier", metavar="ID")
@db_option
@click.pass_obj
def rejects_show(settings: Settings, identifier: str, db: str | None) -> None:
    """Show one rejection whole, as JSON."""
    from kg import codec

    with opened(settings, db) as graph:
        found = graph.ledger.rejection(identifier)
    row = {"id": found.id, **codec.rejection_to_json(found.rejection), "ontology": found.ontology}
    click.echo(json.dumps(row, ensure_ascii=False, indent=2))


@rejects.command("dismiss")
@click.argument("identifiers", nargs=-1, required=True, metavar="ID…")
@db_option
@click.pass_obj
def rejects_dismiss(settings: Settings, identifiers: tuple[str, ...], db: str | None) -> None:
    """Drop rejections that are settled otherwise, say by a corrected file."""
    with opened(settings, db, write=True) as graph:
        click.echo(f"dismissed {graph.ledger.dismiss(identifiers)}")


@rejects.command("replay")
@db_option
@json_option
@click.pass_obj
def rejects_replay(settings: Settings, db: str | None, as_json: bool) -> None:
    """Try again what was refused, after a change of the ontology."""
    from kg.validate import validate

    with opened(settings, db, write=True) as graph:
        tally = graph.ledger.replay(validate)
    if as_json:
        data(tally)
    else:
        click.echo(f"tried {tally.read}: {tally.accepted} accepted now, {tally.rejected} still refused")


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--reason", default="", help="Kept with the decision.")
@db_option
@click.pass_obj
def merge(settings: Settings, a: str, b: str, reason: str, db: str | None) -> None:
    """Decide that two entities are one.

    A and B are names or ids. kg undo takes it back.
    """
    from kg.lookup import entity_named

    with opened(settings, db, write=True) as graph:
        one, other = (entity_named(graph.ledger, n).id for n in (a, b))
        decision = graph.ledger.merge(one, other, reason)
    click.echo(f"decision {decision.id}: {a} and {b} are one")


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--reason", default="", help="Kept with the decision.")
@db_option
@click.pass_obj
def split(settings: Settings, a: str, b: str, reason: str, db: str | None) -> None:
    """Decide that two entities are not one.

    A and B are names or ids. Two that are one now are told apart by the ids that kg find NAME lists as members. kg undo
    takes it back.
    """
    from kg.lookup import entity_named

    with opened(settings, db, write=True) as graph:
        # An id is kept as given: it may be that of a member.
        one, other = (n if graph.ledger.entity(n) else entity_named(graph.ledger, n).id for n in (a, b))
        decision = graph.ledger.split(one, other, reason)
    click.echo(f"decision {decision.id}: {a} and {b} are two")


@click.command()
@click.argument("decision", type=int)
@db_option
@click.pass_obj
def undo(settings: Settings, decision: int, db: str | None) -> None:
    """Take a decision (merge, split) back."""
    with opened(settings, db, write=True) as graph:
        graph.ledger.undo(decision)
    click.echo(f"decision {decision} is taken back")


@click.command()
@db_option
@click.pass_obj
def dump(settings: Settings, db: str | None) -> None:
    """Print the ledger in canonical form.

    Ledgers that hold the same give the same text, whatever the order of loading.
    """
    with opened(settings, db) as graph:
        graph.ledger.dump(sys.stdout)


@click.command()
@db_option
@click.pass_obj
def check(settings: Settings, db: str | None) -> int:
    """Look for damage in the ledger.

    Exit code 1 where there is some. kg recover saves what is whole.
    """
    with opened(settings, db) as graph:
        problems = graph.ledger.check()
    lines(problems or ["no problems found"])
    if problems:
        click.echo(f"What is whole can be saved: kg recover {db or settings.db} -o NEW", err=True)
    return 1 if problems else 0
