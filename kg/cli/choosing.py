"""Options that choose a part of the ledger, for every command that shows one."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.model import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["selection_options"]

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = (
    click.option("--class", "classes", multiple=True, metavar="NAME", help="Only nodes of this class or below."),
    click.option("--predicate", "predicates", multiple=True, metavar="NAME", help="Only facts of this relation."),
    click.option(
        "--from", "start", metavar="DATE", help="Only what was so on or after that day, month, quarter, year."
    ),
    click.option("--to", "end", metavar="DATE", help="Only what was so on or before it."),
    click.option("--min-confidence", type=float, default=0.0, help="Only what is at least as sure, from 0 to 1."),
    click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only what has this status."),
    click.option("--item", "items", multiple=True, metavar="ID", help="Only what this item says."),
    click.option("--around", multiple=True, metavar="NAME", help="Only the neighbourhood of an entity."),
    click.option("--hops", type=int, default=1, show_default=True, help="How far --around reaches."),
)


def selection_options(command: F) -> F:
    """Give a command options to choose a part of the ledger; it gets them as `selection`. Options that may be given
    several times let through what fits one of them; of different options all must fit."""

    @wraps(command)
    def chosen(*arguments: Any, **options: Any) -> Any:
        from kg.selection import Selection

        names = ("classes", "predicates", "start", "end", "min_confidence", "statuses", "items", "around", "hops")
        selection = Selection(**{name: options.pop(name) for name in names})
        return command(*arguments, selection=selection, **options)

    wrapped: Any = chosen
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]
