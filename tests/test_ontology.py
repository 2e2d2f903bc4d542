"""The ontology file itself, read by a second parser: what it must hold, and that its OWL says what it should."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, VANN, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

if TYPE_CHECKING:
    from rdflib.term import Node

HEADER = URIRef("https://w3id.org/kg-news/ontology")
KG = Namespace("https://w3id.org/kg-news/ontology#")
META = Namespace("https://w3id.org/kg-news/meta#")

# class: the classes that it stands under
CLASSES = {
    "Agent": "",
    "Person": "Agent",
    "Organization": "Agent",
    "Company": "Organization",
    "InvestmentFirm": "Company",
    "University": "Organization",
    "ResearchInstitute": "Organization",
    "GovernmentBody": "Organization",
    "InternationalOrganization": "Organization",
    "Association": "Organization",
    "Exchange": "Organization",
    "Court": "GovernmentBody",
    "Place": "",
    "Country": "Place Agent",
    "Product": "",
    "Technology": "",
    "Project": "",
    "Report": "",
    "Award": "",
    "Agreement": "",
    "Industry": "",
    "Event": "",
    "Conference": "Event",
    "Observation": "",
    "NewsItem": "",
}

# relation: domain, range, qualifiers with the identifying ones in capitals
RELATIONS = {
    "partnersWith": ("Organization", "Organization", "date field kind"),
    "raisedFrom": ("Organization", "Agent", "date ROUND amount role"),
    "advisedBy": ("Organization", "Organization", "date ROUND"),
    "acquired": ("Agent", "Organization", "date amount stake"),
    "holdsStakeIn": ("Agent", "Organization", "date stake"),
    "controls": ("Agent", "Organization", "date stake"),
    "guarantees": ("Organization", "Agent", "date amount"),
    "spunOffFrom": ("Organization", "Organization", "date"),
    "subsidiaryOf": ("Organization", "Organization", ""),
    "partOf": ("Organization", "Organization", ""),
    "founded": ("Agent", "Organization", "date"),
    "worksFor": ("Person", "Organization Country", "TITLE from to"),
    "educatedAt": ("Person", "University ResearchInstitute", "degree date"),
    "won": ("Person Organization Project Product", "Award", "YEAR date rank PROJECT"),
    "ledProject": ("Person Organization", "Project", "date"),
    "developed": ("Agent Project", "Product Technology Project", "date"),
    "launched": ("Agent", "Product Technology Project", "date"),
    "published": ("Agent", "Report", "date"),
    "supplies": ("Organization", "Organization", "date amount product"),
    "licensedTo": ("Organization", "Organization", "date amount product territory"),
    "uses": ("Organization Product Project", "Product Technology", "date"),
    "signed": ("Agent", "Agreement", "date"),
    "appliedToJoin": ("Agent", "Agreement Organization", "date"),
    "joined": ("Agent", "Agreement Organization", "date"),
    "memberOf": ("Agent", "Organization Agreement", ""),
    "depositaryOf": ("Agent", "Agreement", ""),
    "listedOn": ("Company", "Exchange", "date amount ticker"),
    "sued": ("Agent", "Agent", "date amount"),
    "penalized": ("GovernmentBody", "Agent", "date amount reason"),
    "competesWith": ("Organization", "Organization", ""),
    "operatesIn": ("Organization", "Industry", ""),
    "headquarteredIn": ("Organization", "Place", ""),
    "locatedIn": ("Organization Event Place", "Place", ""),
    "attended": ("Agent", "Event", "role"),
    "hosted": ("Agent", "Event", ""),
}

# event: roles with the main one in capitals, values
EVENTS = {
    "FundingRound": ("COMPANY lead investors advisor", "round amount valuation date"),
    "Investment": ("investor COMPANY", "amount stake date"),
    "Acquisition": ("acquirer TARGET seller", "amount stake date"),
    "StakeChange": ("holder COMPANY counterparty", "action shares stake amount date"),
    "Partnership": ("PARTIES counterparties", "kind field date"),
    "AwardGrant": ("WINNER award project grantor", "year rank date"),
    "ProductLaunch": ("organization PRODUCT", "date"),
    "ReportRelease": ("publisher REPORT", "date"),
    "Appointment": ("PERSON organization predecessor", "title action date"),
    "Establishment": ("ORGANIZATION founder place", "capital date"),
    "Listing": ("COMPANY exchange", "amount ticker stage date"),
    "Signing": ("parties AGREEMENT", "date"),
    "Accession": ("APPLICANT agreement", "stage date"),
    "EntryIntoForce": ("parties AGREEMENT", "date"),
    "Conference": ("NAME host place participants", "date"),
    "Contract": ("SUPPLIER customer product", "amount date"),
    "Penalty": ("authority PARTY", "amount reason date"),
    "Lawsuit": ("plaintiff DEFENDANT court", "cause amount stage date"),
    "Guarantee": ("GUARANTOR party creditor", "amount date"),
    "License": ("licensor LICENSEE product", "territory amount date"),
}

EXCLUSIVE = [
    ("Person", "Organization"),
    ("Organization", "Product"),
    ("Place", "Product"),
    ("Place", "Organization"),
    ("Award", "Agreement"),
    ("Event", "Agent"),
]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph().parse(data=(files("kg.ontology") / "kg.ttl").read_text(encoding="utf8"), format="turtle")


def local(node: Node) -> str:
    return str(node).rpartition("#")[2]


def named(graph: Graph, node: Node) -> list[str]:
    """A class's name, or the names in its union."""
    union = graph.value(node, OWL.unionOf)
    return [local(node)] if union is None else [local(n) for n in Collection(graph, union)]


def used(graph: Graph, subject: Node, *predicates: Node) -> set[str]:
    uses = [use for predicate in predicates for use in graph.objects(subject, predicate)]
    return {local(graph.value(use, META.use) or use) for use in uses}


def split(names: str) -> tuple[set[str], set[str]]:
    """All names, and those in capitals."""
    return {n.lower() for n in names.split()}, {n.lower() for n in names.split() if n.isupper()}


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_stands_where_it_should(graph: Graph, name: str) -> None:
    assert (KG[name], RDF.type, OWL.Class) in graph
    assert {local(p) for p in graph.objects(KG[name], RDFS.subClassOf) if p in KG} == set(CLASSES[name].split())


@pytest.mark.parametrize("name", RELATIONS)
def test_every_relation_has_its_ends_and_qualifiers(graph: Graph, name: str) -> None:
    domain, range_, qualifiers = RELATIONS[name]
    relation = KG[name]
    assert (relation, RDF.type, OWL.ObjectProperty) in graph
    ends = [list(graph.objects(relation, end)) for end in (RDFS.domain, RDFS.range)]
    assert [len(end) for end in ends] == [1, 1], "two domains would mean both at once"
    assert named(graph, ends[0][0]) == domain.split()
    assert named(graph, ends[1][0]) == range_.split()
    every, identifying = split(qualifiers)
    assert used(graph, relation, META.qualifier, META.identifiedBy) == every
    assert used(graph, relation, META.identifiedBy) == identifying


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_its_roles_and_values(graph: Graph, name: str) -> None:
    roles, main = split(EVENTS[name][0])
    assert (KG[name], RDFS.subClassOf, KG.Event) in graph
    assert used(graph, KG[name], META.role) == roles
    assert used(graph, KG[name], META.mainRole) == main
    assert used(graph, KG[name], META.value) == set(EVENTS[name][1].split())


def test_symmetric_inverse_and_sub_properties(graph: Graph) -> None:
    assert {local(p) for p in graph.subjects(RDF.type, OWL.SymmetricProperty)} == {"partnersWith", "competesWith"}
    assert set(graph.subject_objects(OWL.inverseOf)) == {(KG.investedIn, KG.raisedFrom), (KG.foundedBy, KG.founded)}
    below = {(local(a), local(b)) for a, b in graph.subject_objects(RDFS.subPropertyOf) if b in KG}
    assert below == {("subsidiaryOf", "partOf")}


def test_every_term_is_called_and_explained_in_both_languages(graph: Graph) -> None:
    terms = {s for s in graph.subjects(RDF.type, None) if s in KG}
    assert len(terms) > 150
    for term in terms:
        for predicate in (RDFS.label, SKOS.definition):
            texts = [o for o in graph.objects(term, predicate) if str(o).strip()]
            assert sorted(o.language for o in texts) == ["en", "zh"], f"{local(term)} {local(predicate)}"


def test_every_term_has_an_example_and_says_where_it_is_defined(graph: Graph) -> None:
    terms = {s for s in graph.subjects(RDF.type, None) if s in KG}
    for term in terms:
        assert list(graph.objects(term, RDFS.isDefinedBy)) == [HEADER], local(term)
        (example,) = graph.objects(term, SKOS.example)
        assert example.language == "zh", local(term)
        assert example.strip(), local(term)


def test_what_the_file_describes_itself_with_is_explained_too(graph: Graph) -> None:
    terms = {s for s in graph.subjects(RDF.type, None) if s in META}
    assert len(terms) > 30
    for term in terms:
        assert list(graph.objects(term, RDFS.isDefinedBy)) == [HEADER], local(term)
        for predicate in (RDFS.label, RDFS.comment):
            assert sorted(o.language for o in graph.objects(term, predicate)) == ["en", "zh"], local(term)


def test_every_word_of_a_list_has_labels(graph: Graph) -> None:
    words = list(graph.objects(None, META["term"]))
    assert words
    for word in words:
        assert graph.value(word, META["is"]) is not None
        assert {o.language for o in graph.objects(word, RDFS.label)} == {"en", "zh"}


def excluded(graph: Graph, a: str, b: str) -> bool:
    """Whether the two, or classes above them, are declared to be disjoint."""
    pairs = set(graph.subject_objects(OWL.disjointWith))
    for group in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        members = list(Collection(graph, graph.value(group, OWL.members)))
        pairs |= {(x, y) for x in members for y in members if x != y}
    above = [set(graph.transitive_objects(KG[name], RDFS.subClassOf)) for name in (a, b)]
    return any((x, y) in pairs or (y, x) in pairs for x in above[0] for y in above[1])


@pytest.mark.parametrize(("a", "b"), EXCLUSIVE)
def test_classes_that_exclude_each_other_say_so(graph: Graph, a: str, b: str) -> None:
    assert excluded(graph, a, b)


def test_a_country_may_be_place_and_agent(graph: Graph) -> None:
    assert not excluded(graph, "Place", "Agent")
    assert not excluded(graph, "Country", "Country")


def test_properties_are_of_one_kind(graph: Graph) -> None:
    """OWL 2 DL: no property is both of entities and of literals, and what an axiom names is declared."""
    kinds = [
        set(graph.subjects(RDF.type, kind))
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    ]
    assert not (kinds[0] & kinds[1] or kinds[0] & kinds[2] or kinds[1] & kinds[2])
    classes = {s for kind in (OWL.Class, OWL.Restriction) for s in graph.subjects(RDF.type, kind)}
    for predicate in (RDFS.subClassOf, RDFS.domain, OWL.disjointWith):
        assert set(graph.objects(None, predicate)) <= classes, predicate
    assert set(graph.objects(None, RDFS.subPropertyOf)) <= kinds[0]
    annotations = {p for p in graph.predicates() if p in META}
    assert annotations <= kinds[2]


def test_nothing_is_individual_and_class_or_property(graph: Graph) -> None:
    """No punning: what is a class or property is of no class of ours."""
    theirs = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
    terms = {s for kind in theirs for s in graph.subjects(RDF.type, kind)}
    for term in terms:
        assert all(kind in OWL for kind in graph.objects(term, RDF.type)), local(term)
    assert not terms & set(graph.subjects(RDF.type, OWL.NamedIndividual))


def test_everything_that_is_named_is_declared(graph: Graph) -> None:
    declared = set(graph.subjects(RDF.type, None))
    ours = {t for triple in graph for t in triple if isinstance(t, URIRef) and (t in KG or t in META)}
    assert ours <= declared
    builtin = {RDF.type, RDF.first, RDF.rest, RDFS.label, RDFS.comment, RDFS.isDefinedBy, RDFS.domain, RDFS.range}
    builtin |= {RDFS.subClassOf, RDFS.subPropertyOf}
    for predicate in set(graph.predicates()):
        assert predicate in OWL or predicate in builtin or predicate in declared, predicate


def external(path: Path) -> dict[str, tuple[str, str]]:
    """IRI → kind and label."""
    with path.open(encoding="utf8", newline="") as rows:
        return {iri: (kind, label) for iri, kind, label in csv.reader(rows, delimiter="\t")}


def test_every_term_of_another_vocabulary_exists(graph: Graph) -> None:
    """rdflib knows all terms of most of them; the others' are in a list."""
    from rdflib import ORG, PROV, QB, SDO

    vocabularies = (DCTERMS, FOAF, ORG, PROV, QB, RDF, SDO, SKOS, VANN)
    known = external(Path(__file__).parent / "data" / "external-terms.tsv")
    spaces = (OWL, RDFS, KG, META)
    named = {t for triple in graph for t in triple if isinstance(t, URIRef)}
    used = {t for t in named if not any(t in space for space in spaces)}
    used -= {HEADER, *graph.objects(HEADER, DCTERMS.license)}
    for term in used:
        listed = str(term) in known or any(term in vocabulary for vocabulary in vocabularies)
        assert listed or str(term).startswith(("http://www.w3.org/2001/XMLSchema#", f"{HEADER}/")), term
    assert set(known) <= {str(t) for t in used}, "the list has terms that nothing is aligned with"


def test_classes_are_aligned_with_classes_and_relations_with_properties(graph: Graph) -> None:
    known = external(Path(__file__).parent / "data" / "external-terms.tsv")
    for predicate in (SKOS.closeMatch, SKOS.relatedMatch, SKOS.exactMatch):
        for term, other in graph.subject_objects(predicate):
            name = re.split("[/#]", str(other))[-1]
            kind = known[str(other)][0] if str(other) in known else "class" if name[0].isupper() else "property"
            assert kind == ("class" if (term, RDF.type, OWL.Class) in graph else "property"), (local(term), other)


def test_alignments_avoid_terms_that_schema_org_lacks(graph: Graph) -> None:
    aligned = {str(o) for p in (SKOS.closeMatch, SKOS.relatedMatch, RDFS.subClassOf) for o in graph.objects(None, p)}
    assert "https://schema.org/Person" in aligned
    assert not aligned & {"https://schema.org/developer", "https://schema.org/Award"}


def test_header(graph: Graph) -> None:
    header = graph.value(None, RDF.type, OWL.Ontology)
    version = str(graph.value(header, OWL.versionInfo))
    assert str(graph.value(header, OWL.versionIRI)).endswith(f"/{version}")
    assert str(graph.value(header, META.baseIri)) == "https://w3id.org/kg-news/id/"
    assert header == HEADER
    for predicate in (DCTERMS.title, DCTERMS.description):
        assert sorted(o.language for o in graph.objects(header, predicate)) == ["en", "zh"]
    for predicate in (DCTERMS.created, DCTERMS.modified):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(graph.value(header, predicate)))
    assert graph.value(header, DCTERMS.license) is not None
    assert (graph.value(header, DCTERMS.creator), RDF.type, FOAF.Organization) in graph
    assert graph.value(header, VANN.preferredNamespacePrefix) == Literal("kg")
    assert str(graph.value(header, VANN.preferredNamespaceUri)) == str(KG)
