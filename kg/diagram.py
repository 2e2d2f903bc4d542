"""The relations of the ontology as one drawing: from which classes on the left to which on the right."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.schema import Schema
    from kg.terms import Term

__all__ = ["svg"]

_ROW: Final = 24
_LEFT, _MIDDLE, _RIGHT, _WIDTH = 150, (390, 530), 770, 920
"""Where the left classes end, the relations lie, the right classes begin, and the drawing ends."""
_HUES: Final = 11


def svg(schema: Schema) -> str:
    """A drawing that links to the terms' anchors; texts have a language and colours a class, for CSS to pick."""
    relations = sorted(
        schema.properties.values(),
        key=lambda r: (min(list(schema.classes).index(c) for c in r.domain), list(schema.properties).index(r.name)),
    )
    rows = {relation.name: (at + 1) * _ROW for at, relation in enumerate(relations)}
    height = (len(rows) + 1) * _ROW
    left = _column({r.name: r.domain for r in relations}, rows, height)
    right = _column({r.name: r.range for r in relations}, rows, height)
    hue = {name: at % _HUES for at, name in enumerate(left)}
    parts = [f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="relations" class="diagram">']
    for relation in relations:
        y = rows[relation.name]
        parts.append(f'<a href="#{relation.name}"><g class="relation h{hue[relation.domain[0]]}">')
        parts += (_curve(_LEFT, left[name], _MIDDLE[0], y) for name in relation.domain)
        parts += (_curve(_MIDDLE[1], y, _RIGHT, right[name]) for name in relation.range)
        parts += _texts(relation, (_MIDDLE[0] + _MIDDLE[1]) / 2, y, "middle")
        parts.append("</g></a>")
    for column, x, anchor in ((left, _LEFT - 8, "end"), (right, _RIGHT + 8, "start")):
        for name, place in column.items():
            parts.append(f'<a href="#{name}"><g class="class">')
            parts += _texts(schema.classes[name], x, place, anchor)
            parts.append("</g></a>")
    return "\n".join((*parts, "</svg>"))


def _column(ends: Mapping[str, Sequence[str]], rows: Mapping[str, int], height: int) -> dict[str, float]:
    """Where classes stand: near the middle of their relations, in that order, evenly apart."""
    places: dict[str, list[int]] = {}
    for relation, classes in ends.items():
        for name in classes:
            places.setdefault(name, []).append(rows[relation])
    ordered = sorted(places, key=lambda name: sum(places[name]) / len(places[name]))
    return {name: (at + 0.5) * height / len(ordered) for at, name in enumerate(ordered)}


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f'<path d="M{x1} {y1:.0f}C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {x2} {y2:.0f}"/>'


def _texts(term: Term, x: float, y: float, anchor: str) -> Iterator[str]:
    for language, label in (("zh", term.label_zh), ("en", term.label_en)):
        yield f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="{anchor}" lang="{language}">{escape(label)}</text>'
