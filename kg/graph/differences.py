"""What the embedded graph reads otherwise than Neo4j, as differences.toml tells it, and whether a query has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.graph.tokens import tokens

__all__ = ["Difference", "differences", "found_in"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; the fields are explained in differences.toml."""

    name: str
    example: str
    here: str
    there: str
    instead: str
    refused: bool = False
    pattern: re.Pattern[str] | None = None

    def __str__(self) -> str:
        if self.refused:
            return f"{self.name}: {self.here}; write it like this: {self.instead}"
        return f"{self.name}: {self.here}; in Neo4j {self.there}. The same on both: {self.instead}"


@cache
def differences() -> tuple[Difference, ...]:
    """All that are known, in the order of the file."""
    import tomllib
    from importlib.resources import files

    text = files(__package__).joinpath("differences.toml").read_text(encoding="utf-8")
    return tuple(
        Difference(**{**told, "pattern": re.compile(told["pattern"], re.IGNORECASE) if "pattern" in told else None})
        for told in tomllib.loads(text)["difference"]
    )


def found_in(cypher: str, *, refused: bool) -> tuple[Difference, ...]:
    """Those that a query has, either of what the engine refuses or of what it answers otherwise.

    >>> [d.name for d in found_in("RETURN sqrt(-1), 'toString(1.0)' // 1 / 0", refused=False)]
    ['roots and logarithms out of range']
    """
    read = " ".join("''" if t.kind == "string" else t.word for t in tokens(cypher))
    return tuple(d for d in differences() if d.refused == refused and d.pattern and d.pattern.search(read))
