"""The `rdfstar` export as RDF4J reads it, the parser of neosemantics, in the version that neosemantics 5.7 names.

neosemantics takes a literal on a quoted triple for a property of the relationship that the triple is, and takes nothing
else of a quoted triple. So each must be told without quotes as well, and bear literals alone.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

import pytest
from documents import SCHEMA
from jars import JAVA, RDF4J, Missing, found

from kg.export.rdf import export
from kg.graph.rows import fact_rows
from kg.ledger import Ledger
from kg.model import Node, happened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KG, ID, XSD = SCHEMA.iri, SCHEMA.base_iri, "http://www.w3.org/2001/XMLSchema#"
KINDS = {bool: "boolean", int: "integer", float: "double", str: "string"}


class Read(NamedTuple):
    """A triple; a quoted one is a tuple of three."""

    subject: str | tuple[str, ...]
    predicate: str
    object: str | tuple[str, ...]
    datatype: str | None


@pytest.fixture(scope="module")
def rdf4j() -> Callable[[Path], list[Read]]:
    try:
        command = [found("java"), "-XX:TieredStopAtLevel=1", "-cp", RDF4J.classpath(), str(JAVA / "Star.java")]
    except Missing as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no RDF4J: {error}")

    def read(file: Path) -> list[Read]:
        done = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return [_read(line.split(" ")) for line in done.stdout.splitlines()]

    return read


def _read(fields: list[str]) -> Read:
    def term(field: str) -> str | tuple[str, ...]:
        parts = tuple(unquote_plus(part) for part in field.split(","))
        return parts if len(parts) > 1 else parts[0]

    subject, predicate, object_, *datatype = fields
    return Read(term(subject), unquote_plus(predicate), term(object_), unquote_plus(datatype[0]) if datatype else None)


@pytest.mark.parametrize("format", ["turtle", "ntriples"])
def test_what_a_relationship_bears_stands_on_its_quoted_triple(
    ledger: Ledger, tmp_path: Path, rdf4j: Callable[[Path], list[Read]], format: str
) -> None:
    """N-Triples is Turtle, too."""
    out = tmp_path / "star"
    written = export(ledger, SCHEMA, format, out, provenance="rdfstar").triples
    told = rdf4j(out)
    assert len(told) == written
    assert all(isinstance(triple.object, str) for triple in told)

    expected = defaultdict(set)
    for fact in ledger.facts():
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
    plain = {(triple.subject, triple.predicate, triple.object) for triple in told if triple.datatype is None}
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
