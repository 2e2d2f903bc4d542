"""The words and signs of a Cypher query, with where they stand. Comments and space are none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Token", "closing", "split", "tokens"]

_TOKEN = re.compile(
    r"(?P<gap>//[^\n]*|/\*.*?\*/|\s+)"
    r"|(?P<string>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
    r"|(?P<quoted>`(?:``|[^`])*`)"
    r"|(?P<parameter>\$(?:`[^`]*`|\w+))"
    r"|(?P<number>0[xXoO][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\.\.|.)",
    re.DOTALL,
)
_OPEN = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    kind: str
    """`name`, `quoted` (in backticks), `string`, `parameter`, `number` or `sign`."""
    text: str
    """As it stands in the query, quotes and all."""
    start: int
    end: int

    @property
    def word(self) -> str:
        """A name without its backticks."""
        return self.text[1:-1].replace("``", "`") if self.kind == "quoted" else self.text

    @property
    def is_name(self) -> bool:
        return self.kind in ("name", "quoted")

    def says(self, *words: str) -> bool:
        """Whether this is one of these keywords, in whatever case."""
        return self.kind == "name" and self.text.upper() in words


def tokens(cypher: str) -> list[Token]:
    """
    >>> [t.text for t in tokens("MATCH (n:Person) /* who? */ RETURN n.name // (n)")]
    ['MATCH', '(', 'n', ':', 'Person', ')', 'RETURN', 'n', '.', 'name']
    """
    found: list[Token] = []
    place = 0
    while match := _TOKEN.match(cypher, place):
        kind, text, place = match.lastgroup or "", match.group(), match.end()
        if kind == "number" and text[0] == "." and found and (found[-1].is_name or found[-1].text in (")", "]", ".")):
            # The dot of `m.1` or of `0..1`: no number begins here.
            kind, text, place = "sign", ".", match.start() + 1
        if kind == "number" and cypher.startswith("..", match.start() + text.find(".")) and "." in text:
            text = text[: text.index(".")]
            place = match.start() + len(text)
        if kind != "gap":
            found.append(Token(kind, text, match.start(), place))
    return found


def closing(given: Sequence[Token], opening: int) -> int | None:
    """The place of the bracket that closes the one at `opening`; None where none does."""
    depth = 0
    for i in range(opening, len(given)):
        if given[i].kind == "sign":
            depth += (given[i].text in _OPEN) - (given[i].text in _OPEN.values())
            if depth == 0:
                return i
    return None


def split(given: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts between commas that stand in no further bracket, as places from and to."""
    depth, begin = 0, start
    for i in range(start, end):
        if given[i].kind == "sign":
            depth += (given[i].text in _OPEN) - (given[i].text in _OPEN.values())
            if depth == 0 and given[i].text == ",":
                yield begin, i
                begin = i + 1
    if begin < end:
        yield begin, end
