"""What the command line shows people: tables that know how wide Chinese is, profiles, timelines, reports."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import click

from kg.model import Amount, LiteralValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.accounts import Status, Tally
    from kg.findings import Happening, Link, Neighbour, Profile, Relation, Said, TimelineEntry
    from kg.pipeline import LoadReport

__all__ = ["link", "neighbours", "plain", "profile", "report", "status", "table", "timeline", "width"]

_STATUS_COLOURS = {
    "asserted": None,
    "ended": "bright_black",
    "planned": "yellow",
    "rumoured": "magenta",
    "denied": "red",
    "cancelled": "red",
}


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese letters take two, combining marks none.

    >>> width("腾讯cloud")
    9
    """
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def plain(value: Any) -> str:
    """A value as one line of text: a node by its name, an amount by its words, a list with 、 between."""
    if value is None:
        return ""
    if isinstance(value, Amount):
        return value.literal
    if isinstance(value, LiteralValue):
        return value.value
    if isinstance(value, dict):
        for key in ("name", "literal", "type"):
            if value.get(key):
                return str(value[key])
        return ", ".join(f"{k}={plain(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "、".join(plain(v) for v in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, room: int = 120) -> Iterator[str]:
    """Lines of a table, at most `room` columns wide: the widest cells are cut with …."""
    cells = [[plain(v) for v in row] for row in rows]
    widths = [max([width(c), *(width(row[i]) for row in cells)]) for i, c in enumerate(columns)]
    while sum(widths) + 2 * (len(widths) - 1) > room and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    yield click.style("  ".join(_fit(c, w) for c, w in zip(columns, widths, strict=True)).rstrip(), bold=True)
    for row in cells:
        yield "  ".join(_fit(c, w) for c, w in zip(row, widths, strict=True)).rstrip()


def _fit(text: str, room: int) -> str:
    if width(text) <= room:
        return text + " " * (room - width(text))
    kept = ""
    used = 0
    for letter in text:
        if used + width(letter) > room - 1:
            break
        kept += letter
        used += width(letter)
    return kept + "…" + " " * (room - 1 - used)


def _status(name: str) -> str:
    colour = _STATUS_COLOURS.get(name)
    return "" if name == "asserted" else " " + click.style(f"[{name}]", fg=colour)


def _origins(count: int) -> str:
    return f"{count} {'source' if count == 1 else 'sources'}"


def _values(values: Mapping[str, Any]) -> str:
    return " · ".join(f"{key} {plain(value)}" for key, value in values.items())


def _sentence(said: Sequence[Said], indent: str = "    ") -> Iterator[str]:
    if said:
        first = said[0]
        where = " ".join(filter(None, (first.published, f"《{first.title}》" if first.title else "")))
        yield click.style(f"{indent}“{plain(first.sentence)}”", fg="cyan")
        if where:
            yield click.style(f"{indent}{where}", fg="bright_black")


def _arrow(relation: Relation) -> str:
    name = plain(relation.other.name if hasattr(relation.other, "name") else relation.other)
    arrow = f"–{relation.predicate}→ {name}" if relation.direction == "out" else f"←{relation.predicate}– {name}"
    told = _values(relation.qualifiers)
    counted = f"  ({_origins(relation.sources)}, confidence {relation.confidence:.2f})"
    return f"{arrow}{_status(relation.status)}{'  ' + told if told else ''}{click.style(counted, fg='bright_black')}"


def _relations(heading: str, relations: Sequence[Relation]) -> Iterator[str]:
    if relations:
        yield ""
        yield click.style(heading, bold=True)
        for relation in relations:
            yield f"  {_arrow(relation)}"
            yield from _sentence(relation.said)


def profile(shown: Profile) -> Iterator[str]:
    """Everything about one entity, each statement with its sentence."""
    yield click.style(shown.name, bold=True) + f"  {' < '.join(shown.types)}"
    if shown.aliases:
        yield f"also {'、'.join(shown.aliases)}"
    yield click.style(f"{shown.id} · in {len(shown.items)} items", fg="bright_black")
    yield from _relations("Posts", shown.posts)
    yield from _relations("Relations", shown.relations)
    if shown.events:
        yield ""
        yield click.style("Events", bold=True)
        for event in shown.events:
            yield f"  {event.date or '—':<10}  {event.type}{_status(event.status)}  {_happening(event)}"
            yield from _sentence(event.said)
    if shown.figures:
        yield ""
        yield click.style("Figures", bold=True)
        for f in shown.figures:
            number = f"{plain(f.value)}{f.unit or ''}" if f.value is not None else ""
            yield f"  {f.indicator} {number} {f.change or ''}  {f.period or ''} {f.scope or ''}".rstrip()
            yield from _sentence(f.said)


def _happening(event: Happening) -> str:
    roles = " · ".join(f"{role} {'、'.join(n.name for n in nodes)}" for role, nodes in event.roles.items())
    values = _values({k: v for k, v in event.values.items() if k != "date"})
    return " · ".join(filter(None, (roles, values)))


def neighbours(found: Iterable[Neighbour]) -> Iterator[str]:
    """Neighbours, one or two lines each."""
    for n in found:
        indent = "  " * n.distance
        yield f"{indent}{n.via.name} {_arrow(n.relation)}"
        yield from _sentence(n.relation.said, indent + "    ")


def link(found: Link) -> Iterator[str]:
    """A path, hop by hop."""
    for hop in found.hops:
        yield f"{hop.start.name} {_arrow(hop.relation)}"
        yield from _sentence(hop.relation.said)


def timeline(entries: Iterable[TimelineEntry]) -> Iterator[str]:
    """What is told of an entity, a line and a sentence each."""
    for entry in entries:
        date = f"({entry.date})" if entry.reported and entry.date else entry.date or "—"
        yield f"{date:<12}  {entry.what} {entry.label_zh}  {'、'.join(entry.others)}{_status(entry.status)}"
        yield from _sentence(entry.said)


def _tally(name: str, tally: Tally) -> list[str]:
    return [name, str(tally.read), str(tally.accepted), str(tally.rejected), str(tally.skipped)]


def report(loaded: LoadReport) -> Iterator[str]:
    """The summary of a load."""
    kinds = ("items", "statements", "events", "observations")
    rows = [_tally(kind, getattr(loaded, kind)) for kind in kinds]
    yield from table(("", "read", "accepted", "rejected", "skipped"), rows)
    if loaded.rules:
        yield "rejected by rule: " + ", ".join(f"{rule} {n}" for rule, n in sorted(loaded.rules.items()))
        yield "  why, one by one: kg rejects list"
    for source, places in loaded.damaged.items():
        yield click.style(f"{source}: {places} places could not be decoded; they are U+FFFD in the text", fg="yellow")
    if loaded.replaced:
        yield f"{loaded.replaced} of the accepted items took the place of an older version"
    for failure in loaded.failed:
        yield click.style(f"failed: {failure}", fg="red")
    yield f"{loaded.sources} {'source' if loaded.sources == 1 else 'sources'} in {loaded.seconds:.1f} s"


def status(shown: Status) -> Iterator[str]:
    """What a ledger holds."""
    yield f"ledger     {shown.path or 'in memory'}  ({shown.size / 1e6:.1f} MB)"
    yield f"ontology   {shown.ontology or '—'}"
    yield f"changed    {shown.changed or '—'}  (sequence {shown.sequence})"
    yield f"items      {shown.items}"
    yield f"entities   {shown.entities}"
    facts = ", ".join(f"{name} {n}" for name, n in shown.facts.items())
    yield f"facts      {sum(shown.facts.values())}{f'  ({facts})' if facts else ''}"
    yield f"events     {shown.events}"
    yield f"figures    {shown.observations}"
    rejected = ", ".join(f"{name} {n}" for name, n in shown.rejected.items())
    yield f"rejected   {sum(shown.rejected.values())}{f'  ({rejected})' if rejected else ''}"
    yield f"decisions  {shown.decisions}"
