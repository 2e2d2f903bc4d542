"""The cases of conformance.cypher, and when two answers count as alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph.base import Result

__all__ = ["Case", "answer", "cases"]

_FILE: Final = Path(__file__).with_name("conformance.cypher")
_ORDERED = re.compile(r"\bORDER BY\b(?!.*\b(?:RETURN|WITH)\b)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    name: str
    cypher: str
    params: dict[str, Any] = field(default_factory=dict)


def cases() -> Iterator[Case]:
    """Every case but the head of the file."""
    for block in re.split(r"\n\s*\n", _FILE.read_text(encoding="utf-8"))[1:]:
        lines = block.strip("\n").split("\n")
        name, given, rest = lines[0].removeprefix("// "), {}, lines[1:]
        if rest[0].startswith("// params: "):
            given, rest = json.loads(rest[0].removeprefix("// params: ")), rest[1:]
        yield Case(name, "\n".join(rest), given)


def answer(cypher: str, result: Result) -> tuple[tuple[str, ...], list[str]]:
    """Columns and rows as they compare: in order where the query orders its last result, else as a bag.

    Types count (1 is not 1.0); the last digits of a fraction do not, since a sum's depend on the order of its parts,
    and the order of a node's labels beyond the first does not, since Neo4j promises none.
    """
    rows = [repr(_comparable(row)) for row in result.rows]
    return result.columns, rows if _ORDERED.search(cypher) else sorted(rows)


def _comparable(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {k: _comparable(v) for k, v in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [_comparable(v) for v in value]
    return value
