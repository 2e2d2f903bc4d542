"""The shapes: each refuses what it should and nothing else, and together they are SHACL."""

from __future__ import annotations

from collections import defaultdict
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
import rdflib
from rdflib import RDF, RDFS, Literal, Namespace, URIRef
from shape_examples import FORMS, HAND, PREFIXES, forms, made, turtle

from kg import conformance, shapes
from kg.errors import OntologyError
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pyshacl = pytest.importorskip("pyshacl")

SCHEMA = Schema.load()
SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPES = shapes.turtle(SCHEMA)
ONTOLOGY = (files("kg.ontology") / "kg.ttl").read_bytes()
NAMES = [*HAND, *(name for name, _ in made(SCHEMA))]
ID = SCHEMA.base_iri


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    return rdflib.Graph().parse(data=SHAPES, format="turtle")


@pytest.fixture(scope="module")
def refused() -> Mapping[str, set[str]]:
    """Shape → the nodes that it refuses, of all examples at once."""
    data = rdflib.Graph().parse(data=turtle(SCHEMA), format="turtle")
    found = defaultdict(set)
    for finding in conformance.check(data, SCHEMA, SHAPES, ONTOLOGY).findings:
        found[finding.shape] |= {finding.focus, finding.value or ""}
    return found


def test_every_shape_has_its_examples(graph: rdflib.Graph) -> None:
    named = {str(s).rpartition("#")[2] for s in graph.subjects(RDF.type, SH.NodeShape) if isinstance(s, URIRef)}
    assert named == {*NAMES, *FORMS}
    assert len(named) > 180


@pytest.mark.parametrize("shape", NAMES)
def test_a_shape_passes_what_is_right_and_refuses_what_is_wrong(refused: Mapping[str, set[str]], shape: str) -> None:
    told = refused[shape]
    # What uses an unknown term is the value, since the term is what does not conform.
    assert f"{ID}{shape}.bad" in told or any(f"{shape}.bad" in node for node in told), sorted(told)
    assert not any(f"{shape}.good" in node for node in told), sorted(told)


def test_the_forms_of_values() -> None:
    shaped = f"{PREFIXES}\n{SHAPES}\n{forms()}"
    found = conformance.check(rdflib.Graph(), SCHEMA, shaped, ONTOLOGY).findings
    literals = rdflib.Graph().parse(
        data=PREFIXES
        + "".join(
            f"id:{n} id:{k} {v} ." for n, pair in FORMS.items() for k, vs in zip("gb", pair, strict=True) for v in vs
        ),
        format="turtle",
    )
    for name in FORMS:
        wrong = {f.focus for f in found if f.shape == name}
        assert wrong == {str(o) for o in literals.objects(URIRef(f"{ID}{name}"), URIRef(f"{ID}b"))}, name


def test_the_shapes_are_shacl() -> None:
    conforms, _, text = pyshacl.validate(
        rdflib.Graph(), shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle"), advanced=True, meta_shacl=True
    )
    assert conforms, text


def test_every_shape_speaks_both_languages(graph: rdflib.Graph) -> None:
    for shape in graph.subjects(RDF.type, SH.NodeShape):
        assert sorted(o.language for o in graph.objects(shape, RDFS.label)) == ["en", "zh"], shape
    for shape in set(graph.subjects(SH.message, None)):
        messages = [o for o in graph.objects(shape, SH.message) if isinstance(o, Literal)]
        assert sorted(str(o.language) for o in messages) == ["en", "zh"], messages


def test_no_shape_is_closed(graph: rdflib.Graph) -> None:
    assert not list(graph.subject_objects(SH.closed))


def test_terms_of_the_hand_written_part_exist(graph: rdflib.Graph) -> None:
    ontology = rdflib.Graph().parse(data=ONTOLOGY, format="turtle")
    kg = Namespace(SCHEMA.iri)
    used = {t for triple in graph for t in triple if isinstance(t, URIRef) and t in kg}
    assert used <= set(ontology.subjects(RDF.type, None))


def test_a_folder_may_bring_its_own(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text("# mine\n", encoding="utf8")
    assert shapes.turtle(SCHEMA, tmp_path).startswith("# mine\n")
    (tmp_path / "shapes.ttl").write_bytes(b"\xff")
    with pytest.raises(OntologyError, match=r"shapes\.ttl: cannot be read"):
        shapes.turtle(SCHEMA, tmp_path)
