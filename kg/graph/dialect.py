"""Cypher as Neo4j reads it, for an engine that reads a little less.

A query is rewritten word by word where that alone makes the engine answer as Neo4j does: names in Chinese, block
comments, some functions, operators and short forms. What is left is in differences.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.graph.tokens import Token, closing, split, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Translation", "translate"]

_CALLS: Final[Mapping[tuple[str, int], str]] = {
    ("char_length", 1): "size({0})",
    ("character_length", 1): "size({0})",
    ("e", 0): "exp(1)",
    ("id", 1): "toInteger(elementId({0}))",
    ("isempty", 1): "(size({0}) = 0)",
    ("lower", 1): "toLower({0})",
    ("nullif", 2): "CASE WHEN ({0}) = ({1}) THEN null ELSE {0} END",
    # Half goes up, whatever the sign.
    ("round", 1): "floor(({0}) + 0.5)",
    ("tobooleanlist", 1): "[kg_x IN {0} | toBoolean(kg_x)]",
    ("tofloatlist", 1): "[kg_x IN {0} | toFloat(kg_x)]",
    ("tointegerlist", 1): "[kg_x IN {0} | toInteger(kg_x)]",
    ("tostringlist", 1): "[kg_x IN {0} | toString(kg_x)]",
    ("upper", 1): "toUpper({0})",
}
"""Function in small letters and number of arguments → what says the same."""
_ENDS: Final = ("ORDER", "SKIP", "OFFSET", "LIMIT", "UNION", "WHERE")
_CLAUSES: Final = (
    *("MATCH", "OPTIONAL", "WITH", "RETURN", "UNWIND", "CALL", "CREATE", "MERGE", "SET", "REMOVE", "DELETE", "DETACH"),
    *("FOREACH", "UNION"),
)
_CONCLUDING: Final = (
    *("RETURN", "CALL", "CREATE", "MERGE", "SET", "REMOVE", "DELETE", "FOREACH", "DROP", "SHOW", "LOAD"),
)
_STANDIN = re.compile(r"kg_u((?:[0-9a-f]+_)+)")


@dataclass(frozen=True, slots=True)
class Translation:
    """A query as the engine reads it."""

    original: str
    cypher: str
    params: dict[str, Any]
    columns: tuple[str, ...] | None
    """What Neo4j calls the columns; None where the query does not tell."""
    everything: bool = False
    """Whether it returns all that it knows, `RETURN *`: Neo4j does so by name."""
    refusal: str | None = None
    """Why Neo4j refuses it, though the engine may let it pass."""

    def restored(self, text: str) -> str:
        """A text of the engine's with the names that the user wrote."""
        return _STANDIN.sub(lambda m: "".join(chr(int(c, 16)) for c in m[1].split("_")[:-1]), text)


def translate(cypher: str, params: Mapping[str, Any] | None = None) -> Translation:
    """The query, and its parameters, for the engine. What is no Cypher at all is left for the engine to refuse."""
    given = tokens(cypher)
    bound = {(_stand_in(name) if not name.isascii() else name): value for name, value in (params or {}).items()}
    columns = _columns(cypher, given)
    head = "\n" * cypher[: given[0].start].count("\n") if given else ""
    text = head + _Writer(cypher, given).text(0, len(given))
    named = None if "*" in (columns or ()) else columns
    return Translation(cypher, text, bound, named, columns == ("*",), _refusal(cypher, given, named or ()))


def _stand_in(name: str) -> str:
    """An ASCII name for a name in other letters; `Translation.restored` undoes it."""
    return "kg_u" + "".join(f"{ord(c):x}_" for c in name)


class _Writer:
    """Writes the tokens of one query anew."""

    def __init__(self, cypher: str, given: Sequence[Token]) -> None:
        self._cypher = cypher
        self._given = given

    def text(self, start: int, end: int) -> str:
        """Tokens from `start` up to `end`, rewritten, with the space between them as it was."""
        out: list[str] = []
        i = start
        while i < end:
            if i > start:
                out.append(self._gap(i))
            text, i = self._one(i, end)
            out.append(text)
        return "".join(out)

    def _gap(self, i: int) -> str:
        """What stands before a token: as it is, or line breaks alone where a comment is in it, so that an error's line
        stays right."""
        between = self._cypher[self._given[i - 1].end : self._given[i].start]
        return between if not between.strip() else "\n" * between.count("\n") or " "

    def _one(self, i: int, end: int) -> tuple[str, int]:
        """The rewritten text at a place, and the next place."""
        token, given = self._given[i], self._given
        before = given[i - 1].text if i else ""
        after = given[i + 1].text if i + 1 < end else ""
        if token.kind == "number":
            return token.text.replace("_", ""), i + 1
        if token.kind == "parameter":
            name = token.text[1:].strip("`")
            return (token.text if name.isascii() else "$" + _stand_in(name)), i + 1
        if token.text == "|" and after == "|" and given[i + 1].start == token.end:
            return "+", i + 2
        if token.text == "(" and i + 2 < end and given[i + 1].says("COUNT") and given[i + 2].text == "{":
            # Else the engine takes it for a node with properties.
            return "(0 + ", i + 1
        if not token.is_name:
            return token.text, i + 1
        if after == "(" and before != "." and (called := self._call(i, end)):
            return called
        if token.word.isascii():
            if before in ("{", ",") and after in (",", "}") and token.kind == "name" and self._in_projection(i):
                return f"{token.text}: {token.text}", i + 1
            return token.text, i + 1
        if before == "." or (before in ("{", ",") and after == ":"):
            return f"`{token.word}`", i + 1
        if before in (":", "&", "|") and not self._is_value(i):
            return token.text, i + 1
        if before in ("{", ",") and after in (",", "}") and self._in_projection(i):
            return f"`{token.word}`: {_stand_in(token.word)}", i + 1
        return _stand_in(token.word), i + 1

    def _call(self, i: int, end: int) -> tuple[str, int] | None:
        close = closing(self._given, i + 1)
        if close is None or close >= end:
            return None
        parts = [self.text(a, b) for a, b in split(self._given, i + 2, close)]
        form = _CALLS.get((self._given[i].text.lower(), len(parts)))
        return (form.format(*parts), close + 1) if form else None

    def _opening(self, i: int) -> int | None:
        """The place of the bracket that a place stands in."""
        depth = 0
        for j in range(i - 1, -1, -1):
            if self._given[j].kind == "sign" and self._given[j].text in ")]}":
                depth += 1
            elif self._given[j].kind == "sign" and self._given[j].text in "([{":
                if depth == 0:
                    return j
                depth -= 1
        return None

    def _in_projection(self, i: int) -> bool:
        """Whether a place stands right in the braces of `n {…}`."""
        j = self._opening(i)
        if j is None or j == 0 or self._given[j].text != "{":
            return False
        owner = self._given[j - 1]
        return owner.is_name and not owner.says("EXISTS", "COUNT", "COLLECT", "CALL", *_CLAUSES)

    def _is_value(self, i: int) -> bool:
        """Whether a name after a sign that may join labels is a value: in a map, or after the bar of a list."""
        j = self._opening(i)
        if j is None or self._given[j].text == "{":
            return j is not None
        return self._given[i - 1].text == "|" and any(t.says("IN") for t in self._given[j:i])


def _clause(given: Sequence[Token], word: str, start: int = 0) -> int | None:
    """The place of the next clause of this name that stands in no bracket."""
    depth = 0
    for i in range(start, len(given)):
        if given[i].kind == "sign":
            depth += (given[i].text in "([{") - (given[i].text in ")]}")
        elif depth == 0 and given[i].says(word) and (i == 0 or given[i - 1].text != "."):
            return i
    return None


def _items(given: Sequence[Token], clause: int) -> list[tuple[int, int]]:
    """The items of the WITH or RETURN at a place."""
    start = clause + 1
    if start < len(given) and given[start].says("DISTINCT"):
        start += 1
    end, depth = len(given), 0
    for i in range(start, len(given)):
        if given[i].kind == "sign":
            depth += (given[i].text in "([{") - (given[i].text in ")]}")
            if depth < 0 or (depth == 0 and given[i].text == ";"):
                end = i
                break
        elif depth == 0 and given[i].says(*_ENDS, *_CLAUSES) and given[i - 1].text not in (".", ":"):
            before = given[i - 1]
            # `x STARTS WITH 'a'` and `x ENDS WITH 'a'` are no clauses, nor is what is called so.
            if not before.says("STARTS", "ENDS", "AS") and i > start:
                end = i
                break
    return list(split(given, start, end))


def _refusal(cypher: str, given: Sequence[Token], columns: Sequence[str]) -> str | None:
    if given and not any(_clause(given, word) is not None for word in _CONCLUDING):
        return "the query gives nothing back: end it with RETURN …"
    if doubled := next((c for i, c in enumerate(columns) if c in columns[:i]), None):
        return f"two columns of the result have the same name, '{doubled}'; name one of them with AS"
    for i, token in enumerate(given):
        if not token.says("WITH") or (i and (given[i - 1].says("STARTS", "ENDS") or given[i - 1].text in (".", ":"))):
            continue
        for a, b in _items(given, i):
            named = b - a >= 3 and given[b - 2].says("AS")
            if not named and not (b - a == 1 and (given[a].is_name or given[a].text == "*")):
                text = cypher[given[a].start : given[b - 1].end]
                return f"what WITH passes on needs a name: write {text} AS …"
    return None


def _columns(cypher: str, given: Sequence[Token]) -> tuple[str, ...] | None:
    clause = _clause(given, "RETURN")
    if clause is None:
        return None
    found = []
    for a, b in _items(given, clause):
        if b - a >= 3 and given[b - 2].says("AS"):
            found.append(given[b - 1].word)
        elif b - a == 1 and given[a].is_name:
            found.append(given[a].word)
        elif b - a > 2 and given[a].is_name and given[a + 1].text == "{" and closing(given, a + 1) == b - 1:
            found.append(cypher[given[a].start : given[a].end])
        else:
            found.append(cypher[given[a].start : given[b - 1].end])
    return tuple(found)
