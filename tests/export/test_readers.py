"""Exports as programs of Java read them: RDF4J, by which GraphDB and neosemantics read, and Jena, which is asked to
refuse whatever it would warn of. What Protégé reads by, the OWL API, `tests/test_owl.py` asks.

neosemantics takes a literal on a quoted triple for a property of the relationship that the triple is, and takes nothing
else of a quoted triple. So each must be told without quotes as well, and bear literals alone.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

import pyoxigraph as ox
import pytest
from documents import SCHEMA
from jars import JAVA, READERS, Missing, found

from kg.export.rdf import export
from kg.graph.rows import fact_rows
from kg.ledger import Ledger
from kg.model import Node, happened

if TYPE_CHECKING:
    from collections.abc import Callable

KG, ID, XSD = SCHEMA.iri, SCHEMA.base_iri, "http://www.w3.org/2001/XMLSchema#"
KINDS = {bool: "boolean", int: "integer", float: "double", str: "string"}


FORMATS = {
    "turtle": ("Turtle", ox.RdfFormat.TURTLE),
    "ntriples": ("N-Triples", ox.RdfFormat.N_TRIPLES),
    "trig": ("TriG", ox.RdfFormat.TRIG),
    "nquads": ("N-Quads", ox.RdfFormat.N_QUADS),
    "jsonld": ("JSON-LD", ox.RdfFormat.JSON_LD),
    "rdfxml": ("RDF/XML", ox.RdfFormat.RDF_XML),
}
"""Format → what Jena calls it, and pyoxigraph."""


class Read(NamedTuple):
    """A triple; a quoted one is a tuple of three. What is not there is empty."""

    subject: str | tuple[str, ...]
    predicate: str
    object: str | tuple[str, ...]
    graph: str = ""
    datatype: str = ""
    language: str = ""


@pytest.fixture(scope="module")
def read_all() -> Callable[[list[tuple[str, str, Path]]], list[list[Read]]]:
    """Reads files by a program, `rdf4j` or `jena`, as a format: what each holds."""
    try:
        command = [found("java"), "-XX:TieredStopAtLevel=1", "-cp", READERS.classpath(), str(JAVA / "Readers.java")]
    except Missing as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no reader of RDF: {error}")

    def read(files: list[tuple[str, str, Path]]) -> list[list[Read]]:
        arguments = [str(word) for file in files for word in file]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        told = [Path(f"{file}.{program}").read_text(encoding="utf-8") for program, _, file in files]
        return [[_read(line.split(" ")) for line in text.splitlines()] for text in told]

    return read


@pytest.fixture(scope="module")
def rdf4j(read_all: Callable[[list[tuple[str, str, Path]]], list[list[Read]]]) -> Callable[[Path], list[Read]]:
    return lambda file: read_all([("rdf4j", "Turtle-star", file)])[0]


def _read(fields: list[str]) -> Read:
    def term(field: str) -> str | tuple[str, ...]:
        parts = tuple(unquote_plus(part) for part in field.split(","))
        return parts if len(parts) > 1 else parts[0]

    subject, predicate, object_, *rest = fields
    return Read(term(subject), unquote_plus(predicate), term(object_), *map(unquote_plus, rest))


def _by_pyoxigraph(file: Path, format: ox.RdfFormat) -> set[Read]:
    told = set()
    for quad in ox.parse(path=str(file), format=format):
        graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value
        end, kind = quad.object, ("", "")
        if isinstance(end, ox.Literal):
            kind = end.datatype.value, end.language or ""
        told.add(Read(quad.subject.value, quad.predicate.value, end.value, graph, *kind))
    return told


def test_rdf4j_and_jena_read_the_same_as_pyoxigraph_in_every_format(
    loaded: Path, tmp_path: Path, read_all: Callable[[list[tuple[str, str, Path]]], list[list[Read]]]
) -> None:
    with Ledger.open(loaded, SCHEMA, read_only=True) as ledger:
        for format in FORMATS:
            export(ledger, SCHEMA, format, tmp_path / format)
    wanted = [
        (program, name, tmp_path / format) for format, (name, _) in FORMATS.items() for program in ("rdf4j", "jena")
    ]
    for (program, _, file), told in zip(wanted, read_all(wanted), strict=True):
        expected = _by_pyoxigraph(file, FORMATS[file.name][1])
        assert len(expected) > 4000
        assert set(told) == expected, (program, file.name)


def test_what_a_relationship_bears_stands_on_its_quoted_triple(
    ledger: Ledger, tmp_path: Path, read_all: Callable[[list[tuple[str, str, Path]]], list[list[Read]]]
) -> None:
    """N-Triples is Turtle, too."""
    files = [tmp_path / format for format in ("turtle", "ntriples")]
    written = {export(ledger, SCHEMA, file.name, file, provenance="rdfstar").triples for file in files}
    told, again = read_all([("rdf4j", "Turtle-star", file) for file in files])
    assert set(told) == set(again)
    assert written == {len(told)}
    assert all(isinstance(triple.object, str) for triple in told)

    expected = defaultdict(set)
    for fact in ledger.summaries():
        if happened(fact.status) and isinstance(fact.object, Node):
            (relationship,) = fact_rows(fact, SCHEMA)[1]
            for name, held in relationship.properties.items():
                for value in held if isinstance(held, list) else [held]:
                    literal = str(value).lower() if isinstance(value, bool) else repr(value)
                    literal = value if isinstance(value, str) else literal
                    triple = (ID + fact.subject.id, KG + fact.predicate, ID + fact.object.id)
                    expected[triple].add((KG + name, literal, f"{XSD}{KINDS[type(value)]}"))
    borne = defaultdict(set)
    for triple in told:
        if isinstance(triple.subject, tuple):
            borne[triple.subject].add((triple.predicate, triple.object, triple.datatype))
    assert len(borne) >= 5
    assert borne == expected
    plain = {(triple.subject, triple.predicate, triple.object) for triple in told if not triple.datatype}
    assert borne.keys() <= plain


def test_a_newsletter_arrives_with_its_relationships(
    loaded: Path, tmp_path: Path, rdf4j: Callable[[Path], list[Read]]
) -> None:
    """Counted: relations that happened, and how many of them say their round, their sources, their confidence."""
    out = tmp_path / "star.ttl"
    with Ledger.open(loaded, SCHEMA, read_only=True) as ledger:
        export(ledger, SCHEMA, "turtle", out, provenance="rdfstar")
        facts = [fact for fact in ledger.facts() if happened(fact.status)]
    told = [triple for triple in rdf4j(out) if isinstance(triple.subject, tuple)]
    ends = {(f.subject.id, f.predicate, f.object.id if isinstance(f.object, Node) else f.object.value) for f in facts}
    assert len({triple.subject for triple in told}) == len(ends) > 20
    counted = Counter(triple.predicate.removeprefix(KG) for triple in told)
    assert counted["statement"] == len(facts)
    assert counted["round"] == len(
        {(f.subject.id, f.object.id, f.qualifiers["round"]) for f in facts if "round" in f.qualifiers}
    )
    assert {triple.datatype for triple in told if triple.predicate == f"{KG}confidence"} == {f"{XSD}double"}
    assert {triple.datatype for triple in told if triple.predicate == f"{KG}sources"} == {f"{XSD}integer"}


def test_what_is_no_turtle_star_is_refused(tmp_path: Path, rdf4j: Callable[[Path], list[Read]]) -> None:
    """So that the tests above could fail: the reifiers of RDF 1.2 are another syntax."""
    out = tmp_path / "other.ttl"
    out.write_text("<http://e/s> <http://e/p> <<( <http://e/a> <http://e/b> <http://e/c> )>> .", encoding="utf-8")
    with pytest.raises(AssertionError, match="RDFParseException"):
        rdf4j(out)
