"""What a SHACL validator finds wrong with RDF of the vocabulary, told with names and sentences.

pySHACL (the extra `shacl`) applies `kg.shapes`. It audits what is kept or comes from elsewhere; on the way into the
ledger stands `kg.validate`, which is compiled and says the same of a candidate.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from kg.errors import OntologyError, UsageError
from kg.shapes import SHAPES, turtle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import rdflib
    from rdflib.term import Node

    from kg.schema import Schema

__all__ = ["Conformance", "Finding", "check", "of_ontology", "read"]

SH: Final = "http://www.w3.org/ns/shacl#"
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_REIFIES: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of the validator."""

    shape: str
    """The named shape that asks for it, without its namespace: `Evidence`, `acquired-statement`."""
    label_zh: str
    label_en: str
    focus: str
    """The IRI of the node that does not conform."""
    name: str
    """What people call that node."""
    path: str | None
    """The property concerned, `kg:to`; None where the node as a whole is."""
    value: str | None
    """The value concerned, with its name if it has one; None where none is given or it is the node itself."""
    message_zh: str
    message_en: str
    sentence: str | None = None
    """The best words behind it, where the node is a statement, event or figure, or belongs to one."""
    severity: Literal["violation", "warning", "info"] = "violation"


@dataclass(frozen=True, slots=True)
class Conformance:
    """What became of an audit."""

    conforms: bool
    findings: tuple[Finding, ...]
    """By shape, then by node."""
    triples: int
    """How many were looked at."""
    seconds: float
    graph: rdflib.Graph = field(repr=False, compare=False)
    """The report as SHACL has it."""

    def turtle(self) -> str:
        """The SHACL report graph."""
        return self.graph.serialize(format="turtle")

    def shapes(self) -> Iterator[tuple[str, list[Finding]]]:
        """Findings by shape."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.shape, []).append(finding)
        yield from found.items()


def read(path: Path, data: bytes | None = None) -> rdflib.Graph:
    """The triples of an RDF file in any format that pyoxigraph reads, chosen by its suffix; of named graphs too.

    With `data`, these bytes are read in the format of the path's suffix, Turtle where it has none. Of RDF 1.2 reifiers
    subject, predicate and object are told as of statements. Raises UsageError where the file is no RDF.
    """
    import pyoxigraph as ox
    import rdflib

    form = ox.RdfFormat.from_extension(path.suffix.removeprefix(".")) if path.suffix else ox.RdfFormat.TURTLE
    if form is None:
        raise UsageError(f"{path}: the suffix tells no RDF format; end it in .ttl, .nt, .nq, .trig, .rdf or .jsonld")
    graph = rdflib.Graph()
    terms: dict[Any, Node] = {}

    def term(given: Any) -> Node:
        if given not in terms:
            terms[given] = _term(given)
        return terms[given]

    try:
        for quad in ox.parse(data if data is not None else path.read_bytes(), form):
            if isinstance(quad.object, ox.Triple):
                if quad.predicate.value == _REIFIES:
                    told = (quad.object.subject, quad.object.predicate, quad.object.object)
                    for part, end in zip(("subject", "predicate", "object"), told, strict=True):
                        graph.add((term(quad.subject), rdflib.RDF[part], term(end)))
                continue
            graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path}: this is not {form.name}: {error}") from error
    return graph


def _term(given: Any) -> Node:
    import rdflib

    kind = type(given).__name__
    if kind == "NamedNode":
        return rdflib.URIRef(given.value)
    if kind == "BlankNode":
        return rdflib.BNode(given.value)
    if given.language:
        return rdflib.Literal(given.value, lang=given.language)
    datatype = rdflib.URIRef(given.datatype.value)
    if datatype == rdflib.XSD.decimal and not _DECIMAL.fullmatch(given.value):
        # rdflib takes NaN for a decimal, and fails when it compares one. As words it is no number either.
        datatype = rdflib.XSD.string
    # A plain literal and an xsd:string are one thing in RDF 1.1, but not to rdflib.
    return rdflib.Literal(given.value, datatype=None if datatype == rdflib.XSD.string else datatype, normalize=False)


def of_ontology(data: rdflib.Graph, schema: Schema, folder: Path | None = None) -> Conformance:
    """Apply the shapes of an ontology, by default the packaged one; see `check`."""
    from importlib.resources import files

    source = files("kg.ontology") / "kg.ttl" if folder is None else folder / "kg.ttl"
    return check(data, schema, turtle(schema, folder), source.read_bytes())


def check(data: rdflib.Graph, schema: Schema, shapes: str, ontology: bytes) -> Conformance:
    """Apply shapes (Turtle, see `kg.shapes.turtle`) to data; classes are looked up in the ontology (Turtle).

    The data graph is changed: what the ontology says is added to it. Raises UsageError where pySHACL is missing,
    OntologyError where the shapes are none.
    """
    try:
        import pyshacl
        from pyshacl.errors import ReportableRuntimeError
    except ImportError as error:
        raise UsageError("pySHACL is not installed; pip install 'kg-news[shacl]'") from error
    import rdflib

    began, triples = time.perf_counter(), len(data)
    try:
        demands = rdflib.Graph().parse(data=shapes, format="turtle")
    except SyntaxError as error:
        raise OntologyError(f"shapes.ttl: this is not Turtle: {error}") from error
    _name_properties(demands)
    theirs = rdflib.Graph().parse(data=ontology, format="turtle")
    try:
        conforms, graph, _ = pyshacl.validate(data, shacl_graph=demands, ont_graph=theirs, advanced=True, inplace=True)
        if not isinstance(graph, rdflib.Graph):  # pySHACL gives what went wrong in its place
            raise ReportableRuntimeError(str(graph))
    except ReportableRuntimeError as error:
        raise OntologyError(f"shapes.ttl: the shapes cannot be applied: {error}") from error
    for prefix, namespace in (("kg", schema.iri), ("id", schema.base_iri), ("kgsh", SHAPES), ("sh", SH)):
        graph.bind(prefix, namespace)
    findings = _Reader(data, demands, schema).findings(graph)
    return Conformance(bool(conforms), tuple(findings), triples, time.perf_counter() - began, graph)


def _name_properties(shapes: rdflib.Graph) -> None:
    """Give nameless property shapes of named shapes a name, so that a report can say which one it means."""
    from rdflib import BNode, Namespace, URIRef

    sh = Namespace(SH)
    nameless: dict[tuple[Node, Node], list[Node]] = {}
    for shape, demand in shapes.subject_objects(sh.property):
        path = shapes.value(demand, sh.path)
        if isinstance(shape, URIRef) and isinstance(demand, BNode) and isinstance(path, URIRef):
            nameless.setdefault((shape, path), []).append(demand)
    for (shape, path), demands in nameless.items():
        demands.sort(key=lambda demand: sorted(map(str, shapes.objects(demand, sh.message))))
        for number, demand in enumerate(demands, 1):
            named = URIRef(f"{shape}.{_local(path)}" + (f".{number}" if len(demands) > 1 else ""))
            shapes.remove((shape, sh.property, demand))
            shapes.add((shape, sh.property, named))
            for predicate, object_ in list(shapes.predicate_objects(demand)):
                shapes.remove((demand, predicate, object_))
                shapes.add((named, predicate, object_))


class _Reader:
    """Tells results with the names that the data have for their nodes."""

    def __init__(self, data: rdflib.Graph, shapes: rdflib.Graph, schema: Schema) -> None:
        import rdflib

        self._data, self._shapes, self._schema = data, shapes, schema
        self._kg, self._sh = rdflib.Namespace(schema.iri), rdflib.Namespace(SH)
        self._languages = {str(text): text.language for text in shapes.objects(None, self._sh.message)}  # type: ignore[attr-defined]
        self._owner = {prop: shape for shape, prop in shapes.subject_objects(self._sh.property)}

    def findings(self, report: rdflib.Graph) -> list[Finding]:
        found = [self._finding(report, node) for node in report.objects(None, self._sh.result)]
        return sorted(set(found), key=lambda f: (f.shape, f.name, f.focus, f.path or "", f.value or "", f.message_en))

    def _finding(self, report: rdflib.Graph, node: Node) -> Finding:
        from rdflib import RDFS

        source = report.value(node, self._sh.sourceShape)
        shape = self._owner.get(source, source) if source is not None else None
        focus, value = report.value(node, self._sh.focusNode), report.value(node, self._sh.value)
        path = report.value(node, self._sh.resultPath)
        messages = {self._languages.get(str(m)): str(m) for m in report.objects(node, self._sh.resultMessage)}
        english = messages.get("en") or next(iter(messages.values()), "does not conform")
        labels = {x.language: str(x) for x in self._shapes.objects(shape, RDFS.label)}  # type: ignore[attr-defined]
        name = _local(shape)
        severity = _local(report.value(node, self._sh.resultSeverity)).lower()
        return Finding(
            shape=name,
            label_zh=labels.get("zh", name),
            label_en=labels.get("en", name),
            focus=str(focus),
            name=self._called(focus),
            path=None if path is None else self._short(path),
            value=None if value is None or value == focus else self._told(value),
            message_zh=messages.get("zh", english),
            message_en=english,
            sentence=self._sentence(focus, path, value),
            severity=severity if severity in ("warning", "info") else "violation",  # type: ignore[arg-type]
        )

    # -- names

    def _short(self, node: Node) -> str:
        try:
            return self._data.namespace_manager.qname(str(node)) if not str(node).startswith(self._kg) else _kg(node)
        except ValueError:
            return str(node)

    def _called(self, node: Node | None) -> str:
        """`蓝湖科技`, `蓝湖科技 收购 启明软件`, the words of an amount or of evidence; else the end of its IRI."""
        from rdflib import DCTERMS, RDF, RDFS, SKOS

        for naming in (RDFS.label, SKOS.prefLabel, DCTERMS.title, self._kg.literal, self._kg.sentence):
            if (name := self._data.value(node, naming, any=True)) is not None:
                return str(name)
        ends = [self._data.value(node, part, any=True) for part in (RDF.subject, RDF.predicate, RDF.object)]
        if ends[1] is not None:
            relation = self._schema.properties.get(_local(ends[1]))
            said = relation.label_zh if relation else self._short(ends[1])
            return f"{self._called(ends[0])} {said} {self._called(ends[2])}"
        return "?" if node is None else _local(node) or str(node)

    def _told(self, value: Node) -> str:
        import rdflib

        if isinstance(value, rdflib.Literal):
            return str(value)
        name, short = self._called(value), _local(value)
        kinds = sorted(_local(kind) for kind in self._data.objects(value, rdflib.RDF.type))
        told = f" ({', '.join(kinds)})" if kinds and name != short else ""
        return self._short(value) if name == short else f"{name}{told}"

    # -- words

    def _sentence(self, focus: Node | None, path: Node | None, value: Node | None) -> str | None:
        """Of the node; of what an amount or a piece of evidence belongs to; of the statement of a plain triple."""
        from rdflib import RDF, SKOS

        owners = [focus]
        if (focus, SKOS.prefLabel, None) not in self._data:
            owners += sorted(
                (s for s, p in self._data.subject_predicates(focus) if str(p).startswith(self._kg)), key=str
            )
        elif path is not None and value is not None:
            stated = set(self._data.subjects(RDF.predicate, path))
            of_focus = (s for s in self._data.subjects(RDF.subject, focus) if s in stated)
            owners += sorted((s for s in of_focus if (s, RDF.object, value) in self._data), key=str)
        return next((said for owner in owners if (said := self._words(owner))), None)

    def _words(self, node: Node | None) -> str | None:
        if (own := self._data.value(node, self._kg.sentence, any=True)) is not None:
            return str(own)
        evidence: Iterable[Node] = sorted(self._data.objects(node, self._kg.evidence), key=str)
        told = [str(s) for e in evidence for s in self._data.objects(e, self._kg.sentence)]
        return min(told, key=lambda s: (len(s), s)) if told else None


def _kg(node: Node) -> str:
    return f"kg:{_local(node)}"


def _local(node: Node | None) -> str:
    text = "" if node is None else str(node)
    return text[max(text.rfind("#"), text.rfind("/")) + 1 :]
