"""The ledger as RDF: Turtle, N-Triples, TriG, N-Quads, JSON-LD and RDF/XML, written by pyoxigraph as it is read.

What happened (asserted, ended) is a plain triple, `<腾讯云> kg:partnersWith <神州信息>`. Every statement, whatever its
status, is also a node `kg:Statement` with `rdf:subject`, `rdf:predicate`, `rdf:object`, its status, qualifiers and
confidence, and with its evidence: the sentence, where it stands, and the item it is from (PROV-O). Formats that have
named graphs hold each triple that happened in one more graph, whose name is the statement: there the metadata are about
the graph. So the default graph, and the union of all graphs, are the same triples in every format.

There are no blank nodes: evidence and amounts have IRIs made from what they belong to, so two exports of one ledger are
the same bytes.
"""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import SourceError, UnknownNameError
from kg.export import UNWRITABLE
from kg.model import Amount, LiteralValue, Node, happened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import rdflib

    from kg.ledger import Ledger
    from kg.model import Event, Evidence, Fact, NewsItem, Observation, Value
    from kg.schema import Schema

__all__ = ["FORMATS", "ExportReport", "export", "to_rdflib"]

FORMATS: dict[str, ox.RdfFormat] = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_GRAPHS = frozenset(("trig", "nquads", "jsonld"))
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_PREFIXES = {
    "rdf": _RDF,
    "rdfs": _RDFS,
    "xsd": _XSD,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
}
_TYPE = ox.NamedNode(_RDF + "type")
_LABEL = ox.NamedNode(_RDFS + "label")
_ALIAS = ox.NamedNode(_PREFIXES["skos"] + "altLabel")
_DERIVED = ox.NamedNode(_PREFIXES["prov"] + "wasDerivedFrom")
_DATES = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "date"),
    (re.compile(r"\d{4}-\d\d"), "gYearMonth"),
    (re.compile(r"\d{4}"), "gYear"),
)
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote."""

    format: str
    triples: int
    """Quads count as such where the format has named graphs. Nodes and edges together for GraphML."""
    seconds: float

    def __str__(self) -> str:
        return f"{self.triples:,} {self.format} statements in {self.seconds:.1f} s"


def export(
    ledger: Ledger, schema: Schema, format: str, out: Path | IO[bytes], *, provenance: str = "graphs"
) -> ExportReport:
    """Write the ledger's graph to a file or a binary stream.

    `format` is one of `FORMATS` or `graphml`. With provenance `none` only what happened is written: entities, plain
    triples, events and figures. A file appears when it is whole, never half. Raises UnknownNameError for another
    format, SourceError where the file cannot be written.
    """
    if format != "graphml" and format not in FORMATS:
        raise UnknownNameError("format", format, (*FORMATS, "graphml"))
    began = time.perf_counter()
    if isinstance(out, Path):
        try:
            with tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=f".{out.name}.") as folder:
                draft = Path(folder, out.name)
                with draft.open("wb") as stream:
                    count = _write(ledger, schema, format, stream, provenance)
                draft.replace(out)
        except OSError as error:
            raise SourceError(f"{out}: cannot be written: {error.strerror or error}") from error
    else:
        count = _write(ledger, schema, format, out, provenance)
    return ExportReport(format, count, time.perf_counter() - began)


def _write(ledger: Ledger, schema: Schema, format: str, out: Any, provenance: str) -> int:
    with ledger.reading():
        if format == "graphml":
            from kg.export.tables import write_graphml

            return write_graphml(ledger, schema, out, claims=provenance != "none")
        writer = _Writer(ledger, schema, provenance != "none")
        prefixes = {**_PREFIXES, "kg": writer.vocabulary, "id": schema.base_iri}
        stream = writer.quads() if format in _GRAPHS else writer.triples()
        ox.serialize(stream, out, FORMATS[format], prefixes=prefixes)
        return writer.count


def to_rdflib(ledger: Ledger, schema: Schema) -> rdflib.Graph:
    """The same graph as Turtle has it, as an `rdflib.Graph`; for ledgers that fit in memory."""
    import rdflib

    graph = rdflib.Graph()
    with ledger.reading():
        data = ox.serialize(_Writer(ledger, schema, True).triples(), format=ox.RdfFormat.N_TRIPLES)
    graph.parse(data=data or b"", format="nt")
    for prefix, iri in {**_PREFIXES, "kg": schema.iri.rstrip("#") + "#", "id": schema.base_iri}.items():
        graph.bind(prefix, iri)
    return graph


class _Writer:
    """Turns the views of a ledger into triples, one after the other."""

    def __init__(self, ledger: Ledger, schema: Schema, provenance: bool) -> None:
        self._ledger, self._schema, self._provenance = ledger, schema, provenance
        self.vocabulary = schema.iri.rstrip("#") + "#"
        self.count = 0

    def triples(self) -> Iterator[ox.Triple]:
        """The default graph."""
        for triple, _ in self._all():
            self.count += 1
            yield triple

    def quads(self) -> Iterator[ox.Quad]:
        """The default graph, and each triple that happened once more in the graph of its statement."""
        for triple, graph in self._all():
            self.count += 1
            yield ox.Quad(triple.subject, triple.predicate, triple.object)
            if graph is not None and self._provenance:
                self.count += 1
                yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)

    # -- terms

    def _kg(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(self.vocabulary + name)

    def _id(self, identifier: str, *rest: str) -> ox.NamedNode:
        path = "/".join(quote(part, safe="") for part in (identifier, *rest))
        return ox.NamedNode(self._schema.base_iri + path)

    def _text(self, text: str) -> ox.Literal:
        written = UNWRITABLE.sub("", text)
        return ox.Literal(written, language="zh") if _HAN.search(written) else ox.Literal(written)

    def _typed(self, value: str | float, datatype: str) -> ox.Literal:
        return ox.Literal(str(value), datatype=ox.NamedNode(_XSD + datatype))

    def _plain(self, text: str) -> ox.Literal:
        return ox.Literal(UNWRITABLE.sub("", text))

    def _date(self, date: str) -> ox.Literal:
        for form, datatype in _DATES:
            if form.fullmatch(date):
                return self._typed(date, datatype)
        return self._plain(date)

    def _number(self, value: float) -> ox.Literal:
        return self._typed(f"{value:.12f}".rstrip("0").rstrip(".") or "0", "decimal")

    # -- triples

    def _all(self) -> Iterator[tuple[ox.Triple, ox.NamedNode | None]]:
        for triple in self._things():
            yield triple, None
        for fact in self._ledger.facts():
            statement = self._id(fact.id)
            if happened(fact.status):
                yield self._plain_triple(fact), statement
            if self._provenance:
                for triple in self._statement(fact, statement):
                    yield triple, None
        for event in self._ledger.events():
            if self._provenance or happened(event.status):
                for triple in self._event(event):
                    yield triple, None
        for observation in self._ledger.observations():
            for triple in self._observation(observation):
                yield triple, None

    def _things(self) -> Iterator[ox.Triple]:
        for entity in self._ledger.entities():
            node = self._id(entity.id)
            yield ox.Triple(node, _TYPE, self._kg(entity.type))
            yield ox.Triple(node, _LABEL, self._text(entity.name))
            for alias in entity.aliases:
                yield ox.Triple(node, _ALIAS, self._text(alias))
        if self._provenance:
            for item in self._ledger.items():
                yield from self._item(item)

    def _item(self, item: NewsItem) -> Iterator[ox.Triple]:
        node = self._id(item.id)
        terms = _PREFIXES["dcterms"]
        yield ox.Triple(node, _TYPE, self._kg("NewsItem"))
        yield ox.Triple(node, ox.NamedNode(terms + "title"), self._text(item.title))
        if item.source:
            yield ox.Triple(node, ox.NamedNode(terms + "source"), self._plain(item.source))
        if item.published:
            yield ox.Triple(node, ox.NamedNode(terms + "issued"), self._date(item.published))
        if item.url:
            yield ox.Triple(node, ox.NamedNode(terms + "identifier"), self._plain(item.url))

    def _plain_triple(self, fact: Fact) -> ox.Triple:
        return ox.Triple(self._id(fact.subject.id), self._kg(fact.predicate), self._object(fact.object))

    def _object(self, value: Node | LiteralValue) -> ox.NamedNode | ox.Literal:
        if isinstance(value, Node):
            return self._id(value.id)
        return self._typed(UNWRITABLE.sub("", value.value), value.datatype)

    def _statement(self, fact: Fact, node: ox.NamedNode) -> Iterator[ox.Triple]:
        yield ox.Triple(node, _TYPE, self._kg("Statement"))
        yield ox.Triple(node, ox.NamedNode(_RDF + "subject"), self._id(fact.subject.id))
        yield ox.Triple(node, ox.NamedNode(_RDF + "predicate"), self._kg(fact.predicate))
        yield ox.Triple(node, ox.NamedNode(_RDF + "object"), self._object(fact.object))
        yield from self._told(node, fact.id, fact.status, fact.confidence, fact.evidence)
        yield ox.Triple(node, self._kg("sources"), self._typed(fact.sources, "nonNegativeInteger"))
        yield from self._values(node, fact.id, fact.qualifiers)
        for event in fact.events:
            yield ox.Triple(node, self._kg("impliedBy"), self._id(event))

    def _told(
        self, node: ox.NamedNode, owner: str, status: str | None, confidence: float, evidence: tuple[Evidence, ...]
    ) -> Iterator[ox.Triple]:
        if status is not None:
            yield ox.Triple(node, self._kg("status"), self._kg(status))
        yield ox.Triple(node, self._kg("confidence"), self._number(confidence))
        if not self._provenance:
            return
        for number, e in enumerate(evidence, 1):
            said = self._id(owner, "evidence", str(number))
            yield ox.Triple(node, self._kg("evidence"), said)
            yield ox.Triple(said, _TYPE, self._kg("Evidence"))
            yield ox.Triple(said, self._kg("sentence"), self._plain(e.sentence))
            yield ox.Triple(said, self._kg("start"), self._typed(e.start, "nonNegativeInteger"))
            yield ox.Triple(said, self._kg("end"), self._typed(e.end, "nonNegativeInteger"))
            yield ox.Triple(said, _DERIVED, self._id(e.item))
            if e.cue:
                yield ox.Triple(said, self._kg("cue"), self._plain(e.cue))

    def _values(self, node: ox.NamedNode, owner: str, values: Mapping[str, Value]) -> Iterator[ox.Triple]:
        for name, value in sorted(values.items()):
            if isinstance(value, Amount):
                amount = self._id(owner, name)
                yield ox.Triple(node, self._kg(name), amount)
                yield ox.Triple(amount, _TYPE, self._kg("Amount"))
                yield ox.Triple(amount, self._kg("literal"), self._plain(value.literal))
                yield ox.Triple(amount, self._kg("currency"), self._plain(value.currency))
                yield ox.Triple(amount, self._kg("approximate"), self._typed(str(value.approximate).lower(), "boolean"))
                if value.low is not None:
                    yield ox.Triple(amount, self._kg("low"), self._number(value.low))
                if value.high is not None:
                    yield ox.Triple(amount, self._kg("high"), self._number(value.high))
            elif isinstance(value, str):
                dated = self._schema.values[name].datatype in ("date", "year") if name in self._schema.values else False
                yield ox.Triple(node, self._kg(name), self._date(value) if dated else self._plain(value))
            else:
                yield ox.Triple(node, self._kg(name), self._number(value))

    def _event(self, event: Event) -> Iterator[ox.Triple]:
        self_role = self._schema.events[event.type].self_role
        node = self._id(event.id)
        yield ox.Triple(node, _TYPE, self._kg(event.type))
        for role, nodes in sorted(event.roles.items()):
            for n in nodes:
                # What the event is called is an entity of its own, which the same class describes.
                same = ox.NamedNode(_PREFIXES["prov"] + "specializationOf")
                yield ox.Triple(node, same if role == self_role else self._kg(role), self._id(n.id))
        yield from self._values(node, event.id, event.values)
        yield from self._told(node, event.id, event.status, event.confidence, (event.evidence,))

    def _observation(self, o: Observation) -> Iterator[ox.Triple]:
        node = self._id(o.id)
        yield ox.Triple(node, _TYPE, self._kg("Observation"))
        for name, value in (("indicator", o.indicator), ("unit", o.unit), ("scope", o.scope), ("change", o.change)):
            if value:
                yield ox.Triple(node, self._kg(name), self._plain(value))
        if o.period:
            yield ox.Triple(node, self._kg("period"), self._plain(o.period))
        if o.value is not None:
            yield ox.Triple(node, self._kg("value"), self._number(o.value))
        if o.reporter is not None:
            yield ox.Triple(node, self._kg("reporter"), self._id(o.reporter.id))
        yield from self._told(node, o.id, None, o.confidence, (o.evidence,))
