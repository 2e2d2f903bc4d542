"""A Turtle file as an ontology's author wrote it: terms by their prefixed names, and complaints that name the line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from kg.errors import OntologyError

__all__ = ["KG", "Entry", "Literal", "Node", "TurtleFile", "closest", "first_literal", "local_name", "whole_iri"]

KG = "https://w3id.org/kg-news/ontology#"
_PREFIXES = {
    KG: "kg:",
    "https://w3id.org/kg-news/meta#": "meta:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2001/XMLSchema#": "xsd:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
}

Node: TypeAlias = str
"""`kg:Person`, `_:b1`, a whole IRI, or a literal."""
Entry: TypeAlias = Mapping[str, Sequence[Node]]
"""What a node is said to have: predicate → objects, both in the file's order."""


class Literal(str):
    """A literal among nodes."""

    __slots__ = ("language",)
    language: str | None


class TurtleFile:
    """The file's triples by subject. Every complaint names file, line, subject, what is wrong, and what would be right.

    Raises OntologyError where the file is not Turtle.
    """

    def __init__(self, name: str, data: bytes) -> None:
        import pyoxigraph as ox

        self.name = name
        self.data = data
        self.text = data.decode("utf8", "replace")
        self.graph: dict[Node, dict[str, list[Node]]] = {}
        seen: dict[Any, Node] = {}

        def curie(term: Any) -> Node:
            """Most terms stand in many triples."""
            if term not in seen:
                seen[term] = _curie(term)
            return seen[term]

        try:
            for quad in ox.parse(data, format=ox.RdfFormat.TURTLE):
                entry = self.graph.setdefault(curie(quad.subject), {})
                entry.setdefault(curie(quad.predicate), []).append(curie(quad.object))
        except SyntaxError as error:
            raise OntologyError(f"{name}:{error.lineno}: this is not Turtle: {error.msg}; correct the line.") from error

    def entry(self, node: Node) -> Entry:
        """What is said of a node; nothing of one that is only named."""
        return self.graph.get(node, {})

    def members(self, entry: Entry, predicate: str) -> list[Node]:
        """The members of an RDF list."""
        found: list[Node] = []
        rest = entry.get(predicate, ("rdf:nil",))[0]
        while "rdf:first" in self.entry(rest) and rest not in found:
            found += self.entry(rest)["rdf:first"]
            rest = self.entry(rest).get("rdf:rest", ("rdf:nil",))[0]
        return found

    def fail(self, node: Node, problem: str) -> NoReturn:
        """Raise OntologyError about a node, with the line where the term that it belongs to begins."""
        while node.startswith("_:"):
            # A [ … ] has no name; the term that it stands in has.
            node = next(
                (s for s, e in self.graph.items() if any(node in objects for objects in e.values())), "the file"
            )
        found = re.search(rf"^[ \t]*{re.escape(node)}(?![\w-])", self.text, re.MULTILINE)
        line = f":{self.text.count(chr(10), 0, found.start()) + 1}" if found else ""
        raise OntologyError(f"{self.name}{line}: {node} {problem}.")


def _curie(node: Any) -> Node:
    """A named node as `kg:Person` or a whole IRI, a blank one as `_:…`."""
    kind = type(node).__name__
    if kind == "BlankNode":
        return f"_:{node.value}"
    if kind == "Literal":
        literal = Literal(node.value)
        literal.language = node.language
        return literal
    iri: str = node.value
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return _PREFIXES.get(iri[:cut], iri[:cut]) + iri[cut:]


def whole_iri(node: Node) -> str:
    """`http://www.w3.org/2002/07/owl#Class` of `owl:Class`."""
    head, colon, local = node.partition(":")
    return next((iri + local for iri, prefix in _PREFIXES.items() if prefix == head + colon), node)


def local_name(node: Node) -> str:
    """`Person` of `kg:Person`; of a whole IRI what follows its last # or /."""
    return node[max(node.rfind(":"), node.rfind("/"), node.rfind("#")) + 1 :]


def first_literal(entry: Entry, predicate: str, lang: str | None = None) -> str:
    """The first literal, of that language if one is asked for; empty where there is none."""
    for value in entry.get(predicate, ()):
        if isinstance(value, Literal) and (lang is None or value.language == lang):
            return value.strip()
    return ""


def closest(name: str, known: Iterable[str]) -> str:
    """What to do about a name that is not among the known ones, as the end of a complaint."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 3, 0.5)
    return f"write {' or '.join(near)}" if near else "correct the name"
