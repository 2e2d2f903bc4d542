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
from kg.graph.owners import Owners
from kg.graph.rows import MENTIONS, OBJECT, REPORTED_BY, SUBJECT
from kg.graph.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.schema import Schema

__all__ = ["Vocabulary"]

_NAME = re.compile(r"[^\W\d]\w*")
_CLAUSE: Final = frozenset(
    (
        *("match", "where", "with", "return", "merge", "create", "unwind", "distinct", "exists"),
        *("and", "or", "not", "xor", "in", "on", "as", "by"),
    )
)
"""Words that may stand before the parenthesis of a pattern; any other word before one calls a function."""
_TEMPORAL: Final = frozenset(("date", "datetime", "localdatetime", "time", "localtime", "duration"))
_PARTS: Final = frozenset(
    (
        *("year", "quarter", "month", "week", "day", "dayOfWeek", "dayOfQuarter", "ordinalDay", "weekYear"),
        *("hour", "minute", "second", "millisecond", "microsecond", "nanosecond", "timezone", "offset"),
        *("epochSeconds", "epochMillis", "years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds"),
    )
)
"""What a temporal value is asked for."""
_PROPERTY_MAPS: Final = ("{pattern", "{set")
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
    owners: Owners
    inverses: Mapping[str, str]
    """Relationship type of an inverse → the type that the graph has."""
    schema: Schema

    @classmethod
    def of(cls, schema: Schema) -> Vocabulary:
        """Everything that the rows of a graph under this ontology can carry."""
        types = {MENTIONS, SUBJECT, OBJECT, REPORTED_BY}
        types |= {p.relationship_type for p in schema.properties.values()}
        types |= {r.relationship_type for e in schema.events.values() for r in e.roles.values()}
        inverses = {
            schema.inverse_terms[name].relationship_type: schema.properties[of].relationship_type
            for name, of in schema.inverses.items()
        }
        labels = {*BASE_LABELS, PROJECTION, *schema.classes, *schema.events}
        owners = Owners.of(schema)
        return cls(frozenset(labels), frozenset(types), owners.properties, owners, inverses, schema)

    def check(self, cypher: str) -> tuple[str, ...]:
        """One warning for each word that is not known, with the nearest that are; in order of appearance."""
        return tuple(dict.fromkeys(self._warnings([t.word for t in tokens(cypher) if t.kind != "string"])))

    def _warnings(self, given: list[str]) -> Iterator[str]:
        made, nodes, kinds = _map_keys(given), _node_variables(given), self._kinds(given)
        temporal = any(token.lower() in _TEMPORAL for token in given)
        stack: list[tuple[str, int]] = []
        for i, token in enumerate(given):
            before = given[i - 1] if i else ""
            after = given[i + 1] if i + 1 < len(given) else ""
            within, opening = stack[-1] if stack else ("", 0)
            if token in "([{":
                stack.append((_opened(given, i, [sign for sign, _ in stack]), i))
            elif token in ")]}" and stack:
                stack.pop()
            elif token == ":" and within in _PROPERTY_MAPS:
                if _NAME.fullmatch(before):
                    owner, is_node = _owner(given, opening)
                    yield from self._read(owner, before, is_node or owner in nodes, kinds)
            elif token == ":" and before not in ("|", ":") and before.upper() != "IS" and within != "{":
                relationship = within == "[" and "[" in given[max(0, i - 2) : i]
                for name in _names_after(given, i, "|&" if relationship or within != "[" else "&"):
                    if relationship and name not in self.types:
                        yield self._unknown_type(name)
                    elif not relationship and name not in self.labels:
                        if name in self.types and given[i - 2 : i - 1] not in (["("], ["["]):
                            # A test, which a relationship can stand as well.
                            continue
                        yield self._unknown("label", name, self.labels)
            elif token == "." and _reads_property(given, i):
                owner = before if before not in ("{", ",") else given[opening - 1]
                if owner in kinds or not (after in made or (temporal and after in _PARTS)):
                    yield from self._read(owner, after, owner in nodes, kinds)

    def _read(
        self, owner: str, name: str, is_node: bool, kinds: Mapping[str, tuple[str, frozenset[str]]]
    ) -> Iterator[str]:
        """What is wrong with a property `name` of a variable; `owner` may be what is no variable."""
        word, found = kinds.get(owner, ("", frozenset[str]()))
        if (is_node or word == "label") and name in _META:
            yield _META[name]
        elif name == "type" and word == "type":
            yield f"a relationship has no type among its properties: it is type({owner})"
        elif name not in self.properties:
            yield self._unknown("property", name, self.properties)
        elif found:
            held = self.owners.labels if word == "label" else self.owners.types
            if not any(name in held[k] for k in found):
                what = " or ".join(sorted(found))
                yield f"no {what} has the property {name}; it is found on {', '.join(self.owners.having(name))}"

    def _kinds(self, given: list[str]) -> dict[str, tuple[str, frozenset[str]]]:
        """Variables whose labels, or types, the query tells: all that are ever named of them, so that what is asked
        of such a variable is asked of one of these."""
        found: dict[str, tuple[str, set[str]]] = {}
        vague = {given[i + 1] for i, t in enumerate(given[:-1]) if t.upper() == "AS"}
        vague |= {given[i - 1] for i, t in enumerate(given) if i and t.upper() == "IN"}
        anew = any(t.upper() == "UNION" for t in given)
        for i, name in enumerate(given):
            if not _NAME.fullmatch(name) or i + 1 >= len(given) or not i:
                continue
            opened = given[i - 1]
            if given[i + 1] != ":":
                # In another part of a UNION the same name is another thing.
                if anew and opened in "([" and given[i + 1] in ")]-{*":
                    vague.add(name)
                continue
            relationship = opened == "[" and i > 1 and given[i - 2] == "-"
            known = self.types if relationship else self.labels
            names = set(_names_after(given, i + 1, "|&" if relationship or opened == "(" else "&"))
            if not names or (opened in ("{", ",") and not names <= known):
                continue
            word, so_far = found.setdefault(name, ("type" if relationship else "label", set()))
            so_far |= names
            if not names <= known or given[i + 2] in ("!", "(", "%") or "*" in given[i + 2 : i + 5]:
                vague.add(name)
            if relationship != (word == "type"):
                vague.add(name)
        return {k: (word, frozenset(names)) for k, (word, names) in found.items() if k not in vague}

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


def _names_after(given: list[str], colon: int, joints: str) -> Iterator[str]:
    """The names in `:A|B`, `:A:B`, `:A&B` or `:!A`; a parameter in their place says nothing. In a list comprehension a
    `|` ends them."""
    i = colon + 1
    while i < len(given):
        while i < len(given) and given[i] in ("!", "(", ":"):
            i += 1
        if i >= len(given) or not _NAME.fullmatch(given[i]):
            return
        yield given[i]
        i += 1
        while i + 1 < len(given) and given[i] == ")" and given[i + 1] in joints:
            i += 1
        if i >= len(given) or given[i] not in joints:
            return
        i += 1


def _reads_property(given: list[str], dot: int) -> bool:
    """Whether a dot stands in `x.name` or in the `.name` of a map projection, and not in a number or a function's
    name."""
    before, after, beyond = given[dot - 1] if dot else "", given[dot + 1 : dot + 2], given[dot + 2 : dot + 3]
    if not after or not _NAME.fullmatch(after[0]) or beyond in (["("], ["."]):
        return False
    return before in ("{", ",") or bool(_NAME.fullmatch(before) and given[dot - 2 : dot - 1] != ["."])


def _opened(given: list[str], i: int, stack: list[str]) -> str:
    """The bracket at a place, or what it begins where that is a map of properties."""
    if given[i] != "{":
        return given[i]
    if _opens_pattern_map(given, i, stack):
        return "{pattern"
    return "{set" if i > 2 and given[i - 1] == "=" and _sets(given, i) else "{"


def _sets(given: list[str], i: int) -> bool:
    """Whether a map is what `SET n = {…}` or `SET n += {…}` sets."""
    j = i - 2 if given[i - 2] != "+" else i - 3
    return bool(_NAME.fullmatch(given[j])) and (given[j - 1].upper() == "SET" or given[j - 1] == ",")


def _owner(given: list[str], opening: int) -> tuple[str, bool]:
    """The variable that a map of properties is of, if it has one, and whether it is surely a node's."""
    if given[opening - 1] == "=":
        return given[opening - (2 if given[opening - 2] != "+" else 3)], False
    start = next(j for j in range(opening - 1, -1, -1) if given[j] in "([")
    named = _NAME.fullmatch(given[start + 1]) and start + 1 < opening
    return (given[start + 1] if named else ""), given[start] == "("


def _opens_pattern_map(given: list[str], i: int, stack: list[str]) -> bool:
    """Whether a `{` begins the properties of a node or relationship pattern, and not a map or a subquery."""
    if not stack or stack[-1] not in "([" or i == 0:
        return False
    opening = max((j for j in range(i) if given[j] == stack[-1]), default=0)
    if stack[-1] == "[":
        return opening > 0 and given[opening - 1] in ("-", "<")
    caller = given[opening - 1] if opening else ""
    return not _NAME.fullmatch(caller) or caller.lower() in _CLAUSE


def _map_keys(given: list[str]) -> set[str]:
    """Keys of maps that the query makes itself, which it may read as `map.key`."""
    return {t for i, t in enumerate(given) if given[i + 1 : i + 2] == [":"] and given[i - 1 : i] in (["{"], [","])}


def _node_variables(given: list[str]) -> set[str]:
    found = set()
    for i, token in enumerate(given):
        if token == "(" and i + 2 < len(given) and _NAME.fullmatch(given[i + 1]) and given[i + 2] in (":", ")", "{"):
            caller = given[i - 1] if i else ""
            if not _NAME.fullmatch(caller) or caller.lower() in _CLAUSE:
                found.add(given[i + 1])
    return found
