"""What two OWL tools make of the ontology: the OWL API's profile checker, and HermiT, a complete OWL 2 DL reasoner.

Both need a JDK. On a machine of one's own the tests are skipped without one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import owlready2
import pyoxigraph as ox
import pytest

from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(
    shutil.which("javac") is None and not os.environ.get("CI"), reason="no JDK is here; install one, 17 or newer"
)

KG = Schema.load().iri
PREFIXES = f"""
@prefix kg: <{KG}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id: <https://w3id.org/kg-news/id/> .
"""
ONTOLOGY = (files("kg.ontology") / "kg.ttl").read_text(encoding="utf8")
UNSUPPORTED = {f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("date", "gYear", "gYearMonth")}
"""Datatypes that OWL 2 does not have."""


def reasoned(folder: Path, more: str) -> owlready2.World:
    """The ontology with more Turtle, after HermiT had its say; raises OwlReadyInconsistentOntologyError."""
    quads = [*ox.parse(ONTOLOGY, ox.RdfFormat.TURTLE), *ox.parse(PREFIXES + more, ox.RdfFormat.TURTLE)]
    kept = [q for q in quads if not (isinstance(q.object, ox.Literal) and q.object.datatype.value in UNSUPPORTED)]
    file = folder / "kg.nt"
    ox.serialize((q.triple for q in kept), file, ox.RdfFormat.N_TRIPLES)
    world = owlready2.World()
    world.get_ontology(file.as_uri()).load()
    owlready2.sync_reasoner_hermit(world, debug=0)
    return world


def violations(folder: Path, ontology: str) -> list[str]:
    """What keeps an ontology out of OWL 2 DL."""
    file = folder / "kg.owl"
    ox.serialize((q.triple for q in ox.parse(ontology, ox.RdfFormat.TURTLE)), file, ox.RdfFormat.RDF_XML)
    jar = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
    checker = Path(__file__).parent / "data" / "Profile.java"
    done = subprocess.run(
        ["java", "-cp", str(jar), str(checker), str(file)], capture_output=True, text=True, check=True
    )
    axioms = re.search(r"(\d+) axioms", done.stderr)
    assert axioms is not None
    assert int(axioms[1]) > 2000
    return done.stdout.splitlines()


def test_it_is_owl_2_dl(tmp_path: Path) -> None:
    assert violations(tmp_path, ONTOLOGY) == []


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("kg:partOf a owl:TransitiveProperty .", "non-simple"),
        ("kg:Company rdfs:subClassOf kg:Undeclared .", "undeclared"),
        ("kg:amount a owl:DatatypeProperty .", "cannot pun"),
    ],
)
def test_what_is_not_owl_2_dl_is_found(tmp_path: Path, planted: str, said: str) -> None:
    found = " ".join(violations(tmp_path, f"{ONTOLOGY}\n{planted}\n"))
    assert said in found.lower(), found


def test_hermit_and_the_schema_agree_on_what_excludes_what(tmp_path: Path) -> None:
    """Each pair of classes gets a class below both; HermiT finds those that can have no member."""
    schema = Schema.load()
    pairs = list(combinations(schema.classes, 2))
    below = "\n".join(f"id:{a}-{b} a owl:Class ; rdfs:subClassOf kg:{a} , kg:{b} ." for a, b in pairs)
    world = reasoned(tmp_path, below)
    empty = {c.name for c in world.inconsistent_classes()} - {"Nothing"}
    assert empty == {f"{a}-{b}" for a, b in pairs if schema.disjoint(a, b)}
    assert "Person-Company" in empty
    assert "Place-Country" not in empty


CONTRADICTIONS = {
    "a person who is a company": "id:a a kg:Person , kg:Company .",
    "a person who is acquired": "id:a a kg:Company ; kg:acquired id:b . id:b a kg:Person .",
    "an acquired product": "id:a kg:acquired id:b . id:b a kg:Product .",
    "a company under itself": "id:a kg:subsidiaryOf id:a .",
    "two parts of each other": "id:a kg:partOf id:b . id:b kg:subsidiaryOf id:a .",
    "two statuses": "id:a a kg:Statement ; kg:status kg:planned , kg:denied .",
    "an amount that is an event, with a bound in words": 'id:a kg:amount id:b . id:b a kg:Event ; kg:low "much" .',
    "a status of one's own": "id:a a kg:Status ; owl:differentFrom kg:asserted , kg:ended , kg:planned , kg:rumoured ,"
    " kg:cancelled , kg:denied .",
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_a_contradiction_is_found(tmp_path: Path, what: str) -> None:
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reasoned(tmp_path, CONTRADICTIONS[what])


def test_the_sample_as_rdf_does_not_contradict_the_ontology(
    tmp_path: Path, run: Callable[..., object], sample: Path
) -> None:
    run("export", "-o", "news.ttl", "--provenance", "none")
    world = reasoned(tmp_path, (sample.parent / "news.ttl").read_text(encoding="utf8"))
    company = world[f"{KG}Company"]
    assert len(list(company.instances())) > 10
