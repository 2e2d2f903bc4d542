"""Unknown words in a query: a label, relationship type or property that nothing in the graph can have.

An engine answers such a query with no rows, which reads like "there is none". So the words of a query are compared with
the ontology before it runs. This reads tokens, not grammar: what it cannot place it leaves alone.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.graph.base import BASE_LABELS, PROJECTION
from kg.graph.rows import (
    MENTIONS,
    NODE_PROPERTIES,
    OBJECT,
    RELATIONSHIP_PROPERTIES,
    REPORTED_BY,
    RESERVED,
    SUBJECT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.schema import Schema

__all__ = ["Vocabulary"]

_SKIP = r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|\s+"
_TOKEN = re.compile(rf"(?:{_SKIP})|(?P<token>`[^`]*`|\$?[^\W\d]\w*|\d+(?:\.\d+)?|\.\.|[^\w\s])", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*")
_CLAUSE: Final = frozenset(
    (
        *("match", "where", "with", "return", "merge", "create", "unwind", "distinct", "exists"),
        *("and", "or", "not", "xor", "in", "on", "as", "by"),
    )
)
"""Words that may stand before the parenthesis of a pattern; any other word before one calls a function."""
_META: Final[Mapping[str, str]] = {
    "title": "a node has no title: an item's is headline, a post in an event is post, any node's is name",
    "type": "a node has no type: its class is class, its labels are labels(n)",
    "label": "a node has no label: its labels are labels(n), its name is name",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a query may use."""

    labels: frozenset[str]
    types: frozenset[str]
    properties: frozenset[str]
    inverses: Mapping[str, str]
    """Relationship type of an inverse → the type that the graph has."""
    schema: Schema

    @classmethod
    def of(cls, schema: Schema) -> Vocabulary:
        """Everything that the rows of a graph under this ontology can carry."""
        properties = set(NODE_PROPERTIES | RELATIONSHIP_PROPERTIES)
        for definition in (
            *(q for p in schema.properties.values() for q in p.qualifiers),
            *(v for e in schema.events.values() for v in e.values.values()),
        ):
            names = {definition.name, RESERVED.get(definition.name, definition.name)}
            properties |= names
            if definition.datatype == "amount":
                properties |= {f"{n}_{part}" for n in names for part in ("low", "high", "currency", "approximate")}
                properties |= {"currency", "approximate"}
            elif definition.datatype in ("year", "integer", "percent"):
                properties |= {f"{n}_literal" for n in names}
        types = {MENTIONS, SUBJECT, OBJECT, REPORTED_BY}
        types |= {p.relationship_type for p in schema.properties.values()}
        types |= {r.relationship_type for e in schema.events.values() for r in e.roles.values()}
        inverses = {
            schema.inverse_terms[name].relationship_type: schema.properties[of].relationship_type
            for name, of in schema.inverses.items()
        }
        labels = {*BASE_LABELS, PROJECTION, *schema.classes, *schema.events}
        return cls(frozenset(labels), frozenset(types), frozenset(properties), inverses, schema)

    def check(self, cypher: str) -> tuple[str, ...]:
        """One warning for each word that is not known, with the nearest that are; in order of appearance."""
        return tuple(dict.fromkeys(self._warnings(_tokens(cypher))))

    def _warnings(self, tokens: list[str]) -> Iterator[str]:
        made = _map_keys(tokens)
        nodes = _node_variables(tokens)
        stack: list[str] = []
        for i, token in enumerate(tokens):
            before = tokens[i - 1] if i else ""
            after = tokens[i + 1] if i + 1 < len(tokens) else ""
            if token in "([{":
                stack.append("{pattern" if token == "{" and _opens_pattern_map(tokens, i, stack) else token)
            elif token in ")]}" and stack:
                stack.pop()
            elif token == ":" and stack and stack[-1] == "{pattern":
                if _NAME.fullmatch(before) and before not in self.properties:
                    yield self._unknown("property", before, self.properties)
            elif token == ":" and before != "|" and not (stack and stack[-1] == "{"):
                bracket = bool(stack) and stack[-1] == "["
                relationship = bracket and "[" in tokens[max(0, i - 2) : i]
                for name in _names_after(tokens, i, "|&" if relationship or not bracket else "&"):
                    if relationship and name not in self.types:
                        yield self._unknown_type(name)
                    elif not relationship and name not in self.labels:
                        yield self._unknown("label", name, self.labels)
            elif token == "." and _reads_property(tokens, i):
                if before in nodes and after in _META:
                    yield _META[after]
                elif after not in self.properties and after not in made:
                    yield self._unknown("property", after, self.properties)

    def _unknown_type(self, name: str) -> str:
        if name in self.inverses:
            return f"there is no relationship type {name}: it is {self.inverses[name]} read from the other end"
        return self._unknown("relationship type", name, self.types)

    def _unknown(self, what: str, name: str, known: Iterable[str]) -> str:
        near = difflib.get_close_matches(name.casefold(), [k.casefold() for k in known], n=3, cutoff=0.6)
        found = [k for n in near for k in sorted(known) if k.casefold() == n]
        if what != "property" and not found:
            # The ontology also knows what things are called in Chinese.
            for term in self.schema.nearest(name):
                word = term if what == "label" else self._type_of(term)
                if word in self.labels | self.types and word in known and word not in found:
                    found.append(word)
        hint = f"; did you mean {', '.join(found[:3])}?" if found else ""
        return f"nothing in the graph has the {what} {name}{hint}"

    def _type_of(self, term: str) -> str:
        of = self.schema.inverses.get(term, term)
        return self.schema.properties[of].relationship_type if of in self.schema.properties else ""


def _tokens(cypher: str) -> list[str]:
    return [m["token"].strip("`") for m in _TOKEN.finditer(cypher) if m["token"]]


def _names_after(tokens: list[str], colon: int, joints: str) -> Iterator[str]:
    """The names in `:A|B`, `:A:B`, `:A&B` or `:!A`; a parameter in their place says nothing. In a list comprehension a
    `|` ends them."""
    i = colon + 1
    while i < len(tokens):
        while i < len(tokens) and tokens[i] in ("!", "(", ":"):
            i += 1
        if i >= len(tokens) or not _NAME.fullmatch(tokens[i]):
            return
        yield tokens[i]
        i += 1
        while i + 1 < len(tokens) and tokens[i] == ")" and tokens[i + 1] in joints:
            i += 1
        if i >= len(tokens) or tokens[i] not in joints:
            return
        i += 1


def _reads_property(tokens: list[str], dot: int) -> bool:
    """Whether a dot stands in `x.name` or in the `.name` of a map projection, and not in a number or a function's
    name."""
    before, after, beyond = tokens[dot - 1] if dot else "", tokens[dot + 1 : dot + 2], tokens[dot + 2 : dot + 3]
    if not after or not _NAME.fullmatch(after[0]) or beyond in (["("], ["."]):
        return False
    return before in ("{", ",") or bool(_NAME.fullmatch(before) and tokens[dot - 2 : dot - 1] != ["."])


def _opens_pattern_map(tokens: list[str], i: int, stack: list[str]) -> bool:
    """Whether a `{` begins the properties of a node or relationship pattern, and not a map or a subquery."""
    if not stack or stack[-1] not in "([" or i == 0:
        return False
    opening = max((j for j in range(i) if tokens[j] == stack[-1]), default=0)
    if stack[-1] == "[":
        return opening > 0 and tokens[opening - 1] in ("-", "<")
    caller = tokens[opening - 1] if opening else ""
    return not _NAME.fullmatch(caller) or caller.lower() in _CLAUSE


def _map_keys(tokens: list[str]) -> set[str]:
    """Keys of maps that the query makes itself, which it may read as `map.key`."""
    return {t for i, t in enumerate(tokens) if tokens[i + 1 : i + 2] == [":"] and tokens[i - 1 : i] in (["{"], [","])}


def _node_variables(tokens: list[str]) -> set[str]:
    found = set()
    for i, token in enumerate(tokens):
        if token == "(" and i + 2 < len(tokens) and _NAME.fullmatch(tokens[i + 1]) and tokens[i + 2] in (":", ")", "{"):
            caller = tokens[i - 1] if i else ""
            if not _NAME.fullmatch(caller) or caller.lower() in _CLAUSE:
                found.add(tokens[i + 1])
    return found
