from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from documents import SCHEMA, Told

from kg.errors import OntologyError, UsageError
from kg.export.alignments import Alignments
from kg.export.context import CONTEXT, make_context
from kg.export.rdf import export
from kg.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger

SAME = ox.NamedNode("http://www.w3.org/2002/07/owl#sameAs")


@pytest.mark.parametrize(
    ("printed", "factor", "currency", "qudt", "ucum"),
    [
        ("亿美元", 1e8, "USD", "currency/USD", None),
        ("元", 1, "CNY", "currency/CNY", None),
        ("万亿元", 1e12, "CNY", "currency/CNY", None),
        ("亿千瓦时", 1e8, None, "unit/KiloW-HR", "kW.h"),
        ("%", 1, None, "unit/PERCENT", "%"),
        ("万部", 1e4, None, None, None),
        ("个百分点", 1, None, None, None),
        (None, 1, None, None, None),
    ],
)
def test_units_in_the_terms_of_others(
    printed: str | None, factor: float, currency: str | None, qudt: str | None, ucum: str | None
) -> None:
    unit = Alignments.load(SCHEMA).unit(printed)
    told = (unit.factor, unit.currency, unit.qudt and unit.qudt.removeprefix("http://qudt.org/vocab/"), unit.ucum)
    assert told == (factor, currency, qudt, ucum)


def test_what_is_known_elsewhere_says_so(empty: Ledger) -> None:
    told = Told("1")
    told.entity("華為", "Company")
    told.entity("蓝湖", "Company")
    empty.add(told.document)
    export(empty, SCHEMA, "turtle", out := io.BytesIO())
    same = [q.object for q in ox.parse(out.getvalue(), ox.RdfFormat.TURTLE) if q.predicate == SAME]
    assert same == [ox.NamedNode("http://www.wikidata.org/entity/Q160120")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[Person]\n'马云' = 'Q1137062'", "people"),
        ("[Compny]\n'华为' = 'Q1'", "Company"),
        ("[Company]\n'华为' = '160120'", "Q…"),
        ("[Company]\n'华为' = 'http://x/<a>'", "Q…"),
        ("[Company", "sameas.toml"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "sameas.toml").write_text(text, encoding="utf-8")
    with pytest.raises(OntologyError, match=words):
        Alignments.load(SCHEMA, tmp_path)


def test_a_folder_of_ones_own_is_used_as_far_as_it_goes(empty: Ledger, tmp_path: Path) -> None:
    (tmp_path / "sameas.toml").write_text("[Company]\n'蓝湖' = 'https://example.org/lake'", encoding="utf-8")
    told = Told("1")
    told.entity("蓝湖", "Company")
    empty.add(told.document)
    export(empty, SCHEMA, "ntriples", out := io.BytesIO(), ontology=tmp_path)
    assert "<https://example.org/lake>" in out.getvalue().decode()


def test_the_context_gives_short_names_their_meaning() -> None:
    document: dict[str, Any] = {
        "@context": make_context(SCHEMA),
        "@id": "id:e1",
        "@type": "Company",
        "raisedFrom": "id:e2",
        "investedIn": "id:e3",
    }
    kg, data = SCHEMA.iri, SCHEMA.base_iri
    found = {
        (q.subject.value, q.predicate.value.rsplit("#")[-1], q.object.value)
        for q in ox.parse(json.dumps(document).encode(), ox.RdfFormat.JSON_LD)
    }
    assert found == {
        (f"{data}e1", "type", f"{kg}Company"),
        (f"{data}e1", "raisedFrom", f"{data}e2"),
        (f"{data}e3", "raisedFrom", f"{data}e1"),
    }


@pytest.mark.parametrize("context", [None, CONTEXT])
def test_json_ld_says_the_same_in_a_namespace_of_ones_own(ledger: Ledger, context: str | None) -> None:
    own = Schema.load(base_iri="https://news.example/data/")
    export(ledger, own, "jsonld", told := io.BytesIO(), context=context)
    export(ledger, own, "ntriples", plain := io.BytesIO())
    text = told.getvalue().decode()
    if context is not None:
        # As a reader has it who fetches the published context.
        text = text.replace(f'"{CONTEXT}"', json.dumps(make_context(SCHEMA)), 1)
    read = {str(q) for q in ox.parse(text.encode(), ox.RdfFormat.JSON_LD)}
    assert read == {str(q) for q in ox.parse(plain.getvalue(), ox.RdfFormat.N_TRIPLES)}
    assert not any("kg-news/id/" in quad for quad in read)


@pytest.mark.parametrize("provenance", ["rdf12", "rdfstar"])
def test_a_format_without_that_syntax_is_misuse(ledger: Ledger, provenance: str) -> None:
    with pytest.raises(UsageError, match="turtle or ntriples"):
        export(ledger, SCHEMA, "jsonld", io.BytesIO(), provenance=provenance)


def test_a_part_is_exported_with_all_that_it_points_to(ledger: Ledger, tmp_path: Path) -> None:
    from kg.selection import Selection

    seen: list[tuple[str, int, int | None]] = []
    report = export(
        ledger,
        SCHEMA,
        "turtle",
        tmp_path / "x.ttl",
        selection=Selection(predicates=("won",)),
        progress=lambda *told: seen.append(told),
    )
    quads = list(ox.parse(path=tmp_path / "x.ttl"))
    assert report.triples == len(quads) and seen[-1][1] == seen[-1][2]
    subjects = {q.subject for q in quads}
    used = {q.object for q in quads if str(q.object).startswith(f"<{SCHEMA.base_iri}")}
    assert {o for o in used - subjects if "extractor" not in str(o)} == set()
    assert sum(q.predicate.value == f"{SCHEMA.iri}evidence" for q in quads) == 1
