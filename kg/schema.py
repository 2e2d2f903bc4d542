"""The ontology, read once: what classes, relations and events there are, and what may stand where.

`ontology/kg.ttl` is the only place where they are listed. A `Schema` is that file as plain values: it holds no graph,
can be pickled into worker processes, and answers in constant time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, TypeVar

from kg.errors import OntologyError, UnknownNameError
from kg.model import STATUSES, UNREALISED, mint
from kg.text import fold

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

__all__ = [
    "ABSENT",
    "PRESENT",
    "AttributeDef",
    "ClassDef",
    "EventDef",
    "Implication",
    "PropertyDef",
    "QualifierDef",
    "RoleDef",
    "Schema",
    "StatusDef",
    "Term",
    "relationship_type",
]

PRESENT = "+"
"""In `Implication.when`: the event has the value or role, whatever it is."""
ABSENT = "-"
"""In `Implication.when`: the event lacks the value or role."""


def relationship_type(name: str) -> str:
    """The Cypher relationship type of a relation or role.

    >>> relationship_type("raisedFrom")
    'RAISED_FROM'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


@dataclass(frozen=True, slots=True)
class Term:
    """A name with what it is called and what it means. `definition` is English, `definition_zh` Chinese; the words of
    a closed list have labels only."""

    name: str
    label_zh: str
    label_en: str
    definition: str = ""
    definition_zh: str = ""

    @property
    def relationship_type(self) -> str:
        """What a relation or role is called in Cypher: `raisedFrom` is `RAISED_FROM`."""
        return relationship_type(self.name)


@dataclass(frozen=True, slots=True)
class ClassDef(Term):
    parents: tuple[str, ...] = ()
    kind: str | None = None
    """What the class itself says its ids are minted from; None where it leaves that to a superclass."""
    disjoint: frozenset[str] = frozenset()
    """Classes that it says to exclude, or that say to exclude it; `Schema.disjoint` also knows what follows."""
    alignments: tuple[tuple[str, str], ...] = ()
    """(`rdfs:subClassOf` or `skos:closeMatch` or `skos:relatedMatch`, IRI of another vocabulary)."""


@dataclass(frozen=True, slots=True)
class QualifierDef(Term):
    """A value of an event or a qualifier of a relation, as used there."""

    datatype: str = "string"
    """`date`, `year`, `amount`, `percent`, `integer`, `string`, or `entity`: then its value is an entity's name."""
    identifying: bool = False
    terms: tuple[Term, ...] = ()
    """The closed list's words with their labels; empty where any value goes."""
    range: tuple[str, ...] = ()
    """For `entity`: its classes."""

    @property
    def values(self) -> tuple[str, ...]:
        """The closed list; empty where any value goes."""
        return tuple(term.name for term in self.terms)


@dataclass(frozen=True, slots=True)
class PropertyDef(Term):
    """A relation."""

    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    qualifiers: tuple[QualifierDef, ...] = ()
    """Identifying ones first."""
    symmetric: bool = False
    inverse: str | None = None
    """The name of the same relation read the other way round; data never carry it."""
    parents: tuple[str, ...] = ()
    alignments: tuple[tuple[str, str], ...] = ()

    @property
    def identifying(self) -> tuple[str, ...]:
        return tuple(q.name for q in self.qualifiers if q.identifying)

    def qualifier(self, name: str) -> QualifierDef | None:
        return next((q for q in self.qualifiers if q.name == name), None)


@dataclass(frozen=True, slots=True)
class RoleDef(Term):
    range: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDef(Term):
    roles: Mapping[str, RoleDef] = field(default_factory=dict)
    values: Mapping[str, QualifierDef] = field(default_factory=dict)
    main: str = ""
    """The role that an event cannot be without."""
    self_role: str | None = None
    """The role whose entity is the event itself: a conference's `name`."""


@dataclass(frozen=True, slots=True)
class AttributeDef(Term):
    """A fixed field of a record, for exports. `range` is an XSD local name or a class or record."""

    domain: str | None = None
    range: str = "string"


@dataclass(frozen=True, slots=True)
class StatusDef(Term):
    happened: bool = True


@dataclass(frozen=True, slots=True)
class Implication:
    """A relation that follows from an event: from each entity of one role to each of the other. The same role twice
    means all pairs of its entities."""

    event: str
    subject_role: str
    object_role: str
    property: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Value or role of the event → what it may be: words, `PRESENT`, `ABSENT`. All of them must hold."""
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    """Qualifier ← value of the event. Where that is a role, its entity's name; with several entities, one statement for
    each if the qualifier identifies, else their names joined by 、."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Qualifier = word, unless the text says another of that entity (独家 makes a lead `sole`)."""
    status_map: Mapping[str, str] = field(default_factory=dict)
    """Status of the event → status of the statement; empty: the same; a status not in it implies nothing."""

    def holds(self, values: Mapping[str, object], roles: Mapping[str, Sequence[object]]) -> bool:
        """Whether `when` is met by an event of these values and roles; a role with nobody in it is absent."""
        for name, allowed in self.when.items():
            if name in values:
                if PRESENT not in allowed and values[name] not in allowed:
                    return False
            elif (PRESENT if roles.get(name) else ABSENT) not in allowed:
                return False
        return True

    def status(self, event_status: str) -> str | None:
        """The statement's status; None where an event of this status implies nothing."""
        return self.status_map.get(event_status) if self.status_map else event_status


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """The ontology. Mappings are in the file's order and must not be changed."""

    version: str
    fingerprint: str
    """Changes whenever the file does, also where its version was left as it was."""
    base_iri: str
    """Where the IRIs of data begin."""
    iri: str
    """The namespace of the terms."""
    classes: Mapping[str, ClassDef]
    properties: Mapping[str, PropertyDef]
    inverses: Mapping[str, str]
    """`investedIn` → `raisedFrom`."""
    inverse_terms: Mapping[str, Term]
    events: Mapping[str, EventDef]
    implications: tuple[Implication, ...]
    statuses: Mapping[str, StatusDef]
    """Most doubtful first, as `kg.model.STATUSES`."""
    roles: Mapping[str, RoleDef]
    """Every role with its widest range."""
    values: Mapping[str, QualifierDef]
    """Every value and qualifier; its closed list depends on where it is used."""
    records: Mapping[str, Term]
    attributes: Mapping[str, AttributeDef]
    _ancestors: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _reach: Mapping[str, frozenset[str]] = field(init=False, repr=False)
    _ends: Mapping[tuple[str, str], frozenset[str]] = field(init=False, repr=False)
    _kinds: Mapping[str, str] = field(init=False, repr=False)
    _disjoint: frozenset[tuple[str, str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ancestors = {name: _nearest_first(name, self.classes) for name in self.classes}
        reach = {name: frozenset((name, *above)) for name, above in ancestors.items()}
        ends = {
            (name, end): frozenset(c for c, up in reach.items() if not up.isdisjoint(wanted))
            for name, prop in self.properties.items()
            for end, wanted in (("domain", prop.domain), ("range", prop.range))
        }
        kinds = {
            name: next(kind for c in (name, *above) if (kind := self.classes[c].kind))
            for name, above in ancestors.items()
            if any(self.classes[c].kind for c in (name, *above))
        }
        excluded = {c: frozenset().union(*(self.classes[up].disjoint for up in reach[c])) for c in self.classes}
        pairs = frozenset((a, b) for a in reach for b, to in reach.items() if not excluded[a].isdisjoint(to))
        object.__setattr__(self, "_ancestors", ancestors)
        object.__setattr__(self, "_reach", reach)
        object.__setattr__(self, "_ends", ends)
        object.__setattr__(self, "_kinds", kinds)
        object.__setattr__(self, "_disjoint", pairs)

    @classmethod
    def load(cls, path: Path | None = None) -> Schema:
        """Read an ontology; by default the one that comes with the package.

        Raises OntologyError where the file cannot be read, is not Turtle, or contradicts itself; it names the line.
        """
        source: Path | Traversable = path if path is not None else files("kg.ontology") / "kg.ttl"
        try:
            data = source.read_bytes()
        except OSError as error:
            raise OntologyError(f"{source.name}: cannot be read ({error.strerror}); check the path.") from error
        return _Reader(source.name, data).schema()

    def superclasses(self, name: str) -> tuple[str, ...]:
        """Nearest first, without itself."""
        return self._ancestors[self._class(name)]

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether a class is another or stands under it; False for classes that do not exist."""
        return ancestor in self._reach.get(name, ())

    def accepts(self, prop: str, end: Literal["domain", "range"], cls: str) -> bool:
        """Whether an entity of the class may be the relation's subject (`domain`) or object (`range`)."""
        if prop not in self.properties:
            raise UnknownNameError("relation", prop, self.nearest(prop))
        return cls in self._ends[prop, end]

    def kind(self, cls: str) -> str:
        """What ids of the class are minted from, so that 企业 and 投资机构 of one name are one entity.

        Raises UnknownNameError for a class that is none, or that no entity has (Observation, NewsItem).
        """
        try:
            return self._kinds[cls]
        except KeyError:
            raise UnknownNameError("class of entities", cls, self.nearest(cls)) from None

    def most_specific(self, a: str, b: str) -> str | None:
        """The lower of two classes, None where neither is above the other."""
        return a if self.is_a(a, b) else b if self.is_a(b, a) else None

    def disjoint(self, a: str, b: str) -> bool:
        """Whether nothing can be of both classes; what superclasses exclude counts."""
        return (a, b) in self._disjoint

    def entity_id(self, name: str, cls: str, item: str | None = None) -> str:
        """The id that an entity is minted with. People share names, so a person's also depends on the item."""
        kind = self.kind(cls)
        if kind == "person":
            return mint("e", kind, item or "", fold(name))
        return mint("e", kind, fold(name))

    def statement_id(self, predicate: str, subject_id: str, object_key: str, qualifiers: Mapping[str, Any]) -> str:
        """The id of a statement: it depends on predicate, both ends and the identifying qualifiers alone.

        `object_key` is the object's id, or a literal's value.
        """
        try:
            prop = self.properties[predicate]
        except KeyError:
            raise UnknownNameError("relation", predicate, self.nearest(predicate)) from None
        ends = [subject_id, object_key]
        if prop.symmetric:
            ends.sort()
        marks = [f"{name}={_key(qualifiers[name])}" for name in prop.identifying if qualifiers.get(name) is not None]
        return mint("s", predicate, *ends, *marks)

    def labels(self, cls: str) -> tuple[str, ...]:
        """The Cypher labels of an entity: its class and the superclasses, nearest first, without the base label."""
        return (cls, *self.superclasses(cls))

    def nearest(self, word: str, n: int = 5) -> tuple[str, ...]:
        """Names of classes, relations and events that come close to a word in any spelling, or whose label does; best
        first."""
        from difflib import SequenceMatcher

        wanted = _plain(word)
        scores: dict[str, float] = {}
        for terms in (self.properties, self.classes, self.events, self.inverse_terms):
            for name, term in terms.items():
                for known in (name, term.label_zh, term.label_en):
                    plain = _plain(known)
                    score = SequenceMatcher(None, wanted, plain).ratio()
                    if min(len(wanted), len(plain)) > 1 and (wanted in plain or plain in wanted):
                        score = max(score, 0.7)
                    scores[name] = max(score, scores.get(name, 0.0))
        return tuple(sorted((s for s in scores if scores[s] >= 0.6), key=lambda s: (-scores[s], s))[:n])

    def _class(self, name: str) -> str:
        if name not in self.classes:
            raise UnknownNameError("class", name, self.nearest(name))
        return name


def _key(value: Any) -> str:
    return fold(str(getattr(value, "literal", value)))


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).casefold()


def _nearest_first(name: str, terms: Mapping[str, ClassDef] | Mapping[str, PropertyDef]) -> tuple[str, ...]:
    """Breadth first, so that a class comes before its own superclasses; ends in a cycle too."""
    seen = [name]
    for current in seen:
        seen += [p for p in dict.fromkeys(terms[current].parents) if p not in seen]
    return tuple(seen[1:])


# ---- reading the file -----------------------------------------------------------------------------------------------

_KG = "https://w3id.org/kg-news/ontology#"
_PREFIXES = {
    _KG: "kg:",
    "https://w3id.org/kg-news/meta#": "meta:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2001/XMLSchema#": "xsd:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
}
_META = frozenset(
    f"meta:{name}"
    for name in re.split(
        r"\s+",
        "baseIri identityKind qualifier identifiedBy role mainRole selfRole value datatype use range oneOf term is "
        "implies relation subject object carry source set given without where orAbsent status of becomes happened",
    )
)
_DATATYPES = ("date", "year", "amount", "percent", "integer", "string")
_ALIGNMENTS = ("rdfs:subClassOf", "rdfs:subPropertyOf", "skos:closeMatch", "skos:relatedMatch", "skos:exactMatch")

_T = TypeVar("_T")
_Words: TypeAlias = tuple[str, str, str, str, str]
_Node: TypeAlias = str
"""`kg:Person`, `_:b1`, a whole IRI, or a literal."""
_Entry: TypeAlias = Mapping[str, Sequence[_Node]]


class _Literal(str):
    """A literal among nodes."""

    __slots__ = ("language",)
    language: str | None


class _Reader:
    """Reads one file. Every complaint names file, line, subject, what is wrong, and what would be right."""

    def __init__(self, name: str, data: bytes) -> None:
        import pyoxigraph as ox

        self.name = name
        self.data = data
        self.text = data.decode("utf8", "replace")
        self.graph: dict[_Node, dict[str, list[_Node]]] = {}
        try:
            for quad in ox.parse(data, format=ox.RdfFormat.TURTLE):
                entry = self.graph.setdefault(_curie(quad.subject), {})
                entry.setdefault(_curie(quad.predicate), []).append(_curie(quad.object))
        except SyntaxError as error:
            raise OntologyError(f"{name}:{error.lineno}: this is not Turtle: {error.msg}; correct the line.") from error

    def schema(self) -> Schema:
        self._check_words()
        base_iri, version = self._header()
        # In this order, so that what others refer to is there.
        named = [node for node in self.graph if node.startswith("kg:")]
        self.kinds: dict[_Node, str] = {node: self._kind(node) for node in named}
        self.lists = {node: self._list(node) for node in self._all("list")}
        self.statuses = self._statuses()
        self.excluded = self._excluded()
        self.classes = {_local(n): self._class(n) for n in self._all("class")}
        self._check_tree(self.classes, "rdfs:subClassOf")
        self.roles = {_local(n): RoleDef(*self._words(n), range=self._end(n, "rdfs:range")) for n in self._all("role")}
        self.values = {_local(n): self._value(n) for n in self._all("value")}
        inverses = {_local(n): self._inverse(n) for n in self._all("inverse")}
        self.back = {of: name for name, of in inverses.items()}
        self.properties = {_local(n): self._relation(n) for n in self._all("relation")}
        self._check_tree(self.properties, "rdfs:subPropertyOf")
        self.events = {_local(n): self._event(n) for n in self._all("class") if "meta:mainRole" in self.graph[n]}
        rules = [(node, rule) for node in self._all("class") for rule in self.graph[node].get("meta:implies", ())]
        schema = Schema(
            version=version,
            fingerprint=hashlib.blake2b(self.data, digest_size=6).hexdigest(),
            base_iri=base_iri,
            iri=_KG,
            classes=self.classes,
            properties=self.properties,
            inverses=inverses,
            inverse_terms={_local(n): Term(*self._words(n)) for n in self._all("inverse")},
            events=self.events,
            implications=tuple(self._implication(node, rule) for node, rule in rules),
            statuses=self.statuses,
            roles=self.roles,
            values=self.values,
            records={_local(n): Term(*self._words(n)) for n in self._all("record")},
            attributes={_local(n): self._attribute(n) for n in self._all("attribute")},
        )
        self._check_whole(schema)
        return schema

    # -- terms

    def _header(self) -> tuple[str, str]:
        headers = [node for node, entry in self.graph.items() if "owl:Ontology" in entry.get("rdf:type", ())]
        if len(headers) != 1:
            raise OntologyError(f"{self.name}: {len(headers)} ontology headers; write one `<…> a owl:Ontology`.")
        entry = self.graph[headers[0]]
        base_iri, version = _text(entry, "meta:baseIri"), _text(entry, "owl:versionInfo")
        if not version:
            raise OntologyError(f"{self.name}: the ontology has no version; give its header an owl:versionInfo.")
        if not re.fullmatch(r"https?://\S+[/#]", base_iri):
            raise OntologyError(
                f"{self.name}: data have no namespace; give the header a meta:baseIri ending in / or #."
            )
        return base_iri, version

    def _kind(self, node: _Node) -> str:
        entry = self.graph[node]
        types = entry.get("rdf:type", ())
        if "owl:Class" in types:
            return "record" if "meta:Record" in types else "class"
        for mark in ("meta:ValueList", "kg:Status", "meta:Role", "meta:Value", "meta:Attribute"):
            if mark in types:
                return {"meta:ValueList": "list"}.get(mark, _local(mark).lower())
        if "owl:ObjectProperty" in types:
            return "inverse" if "owl:inverseOf" in entry and "rdfs:domain" not in entry else "relation"
        if not types:
            self._fail(node, "is not declared; correct the name, or say what it is: `a owl:Class` …")
        self._fail(
            node, "is of no kind known here; `a owl:Class`, `a owl:ObjectProperty`, `…, meta:Role`, `…, meta:Value`"
        )

    def _words(self, node: _Node) -> _Words:
        """Name, labels and definitions, all of which a term must have."""
        found = [_local(node)]
        for predicate, lang in (
            ("rdfs:label", "zh"),
            ("rdfs:label", "en"),
            ("skos:definition", "en"),
            ("skos:definition", "zh"),
        ):
            found.append(_text(self.graph[node], predicate, lang))
            if not found[-1]:
                self._fail(node, f'has no {_local(predicate)} in {lang}; add {predicate} "…"@{lang}')
        name, zh, en, definition, definition_zh = found
        return name, zh, en, definition, definition_zh

    def _class(self, node: _Node) -> ClassDef:
        entry = self.graph[node]
        return ClassDef(
            *self._words(node),
            parents=self._known(
                node, "class", "rdfs:subClassOf", [p for p in entry.get("rdfs:subClassOf", ()) if p[:3] == "kg:"]
            ),
            kind=_text(entry, "meta:identityKind") or None,
            disjoint=frozenset(self._known(node, "class", "owl:disjointWith", self.excluded.get(node, ()))),
            alignments=_alignments(entry),
        )

    def _excluded(self) -> dict[_Node, set[_Node]]:
        """What each class is said to exclude, both ways."""
        found: dict[_Node, set[_Node]] = {}
        for node, entry in self.graph.items():
            groups = [{node, other} for other in entry.get("owl:disjointWith", ())]
            if "owl:AllDisjointClasses" in entry.get("rdf:type", ()):
                groups.append({*self._members(entry, "owl:members")})
            for group in groups:
                for member in group:
                    found.setdefault(member, set()).update(group - {member})
        return found

    def _value(self, node: _Node) -> QualifierDef:
        datatype = _text(self.graph[node], "meta:datatype")
        if datatype not in _DATATYPES:
            self._fail(node, f"has the datatype '{datatype}'; give it a meta:datatype: {', '.join(_DATATYPES)}")
        return QualifierDef(*self._words(node), datatype=datatype)

    def _relation(self, node: _Node) -> PropertyDef:
        entry = self.graph[node]
        uses = [(use, True) for use in entry.get("meta:identifiedBy", ())]
        uses += [(use, False) for use in entry.get("meta:qualifier", ())]
        qualifiers = tuple(replace(self._use(node, use), identifying=identifying) for use, identifying in uses)
        self._once(node, [q.name for q in qualifiers])
        domain, range_ = self._end(node, "rdfs:domain"), self._end(node, "rdfs:range")
        symmetric = "owl:SymmetricProperty" in entry.get("rdf:type", ())
        if symmetric and {*domain} != {*range_}:
            self._fail(node, "is symmetric, but its domain is not its range; make them the same")
        above = [p for p in entry.get("rdfs:subPropertyOf", ()) if p[:3] == "kg:"]
        return PropertyDef(
            *self._words(node),
            domain=domain,
            range=range_,
            qualifiers=qualifiers,
            symmetric=symmetric,
            inverse=self.back.get(_local(node)),
            parents=self._known(node, "relation", "rdfs:subPropertyOf", above),
            alignments=_alignments(entry),
        )

    def _inverse(self, node: _Node) -> str:
        return self._known(node, "relation", "owl:inverseOf", self.graph[node]["owl:inverseOf"])[0]

    def _attribute(self, node: _Node) -> AttributeDef:
        ends = {end: given[0] for end in ("domain", "range") if (given := self.graph[node].get(f"rdfs:{end}"))}
        for end, value in ends.items():
            if value[:3] == "kg:" and self.kinds.get(value) not in ("class", "record"):
                self._fail(node, f"has the {end} {value}, which is no class; correct the name or declare it")
        domain = _local(ends["domain"]) if "domain" in ends else None
        return AttributeDef(*self._words(node), domain=domain, range=_local(ends.get("range", "string")))

    def _list(self, node: _Node) -> tuple[Term, ...]:
        self._words(node)
        terms = []
        for entry in map(self._entry, self.graph[node].get("meta:term", ())):
            term = Term(_text(entry, "meta:is"), _text(entry, "rdfs:label", "zh"), _text(entry, "rdfs:label", "en"))
            if not (term.name and term.label_zh and term.label_en):
                self._fail(node, 'has an incomplete word; write [ meta:is "…" ; rdfs:label "…"@zh , "…"@en ]')
            terms.append(term)
        if not terms:
            self._fail(node, 'is a list without words; add meta:term [ meta:is "…" ; rdfs:label … ]')
        self._once(node, [t.name for t in terms])
        return tuple(terms)

    def _statuses(self) -> dict[str, StatusDef]:
        nodes = self._all("status")[::-1]
        found = {n: StatusDef(*self._words(n), happened=_text(self.graph[n], "meta:happened") == "true") for n in nodes}
        statuses = {s.name: s for s in found.values()}
        if tuple(statuses) != STATUSES or {n for n, s in statuses.items() if not s.happened} != UNREALISED:
            order = ", ".join(STATUSES[::-1])
            raise OntologyError(f"{self.name}: the statuses must be, least doubtful first, {order}; restore them.")
        return statuses

    # -- events

    def _event(self, node: _Node) -> EventDef:
        entry = self.graph[node]
        roles = {role.name: role for role in (self._event_role(node, use) for use in entry.get("meta:role", ()))}
        values = [self._use(node, use) for use in entry.get("meta:value", ())]
        self._once(node, [*(self._used(node, use) for use in entry.get("meta:role", ())), *(v.name for v in values)])
        main, *own = (_local(n) for key in ("meta:mainRole", "meta:selfRole") for n in entry.get(key, ())[:1])
        for role in (main, *own):
            self._get(node, role, roles, f"role of {_local(node)}")
        named = {value.name: value for value in values}
        return EventDef(*self._words(node), roles=roles, values=named, main=main, self_role=own[0] if own else None)

    def _event_role(self, node: _Node, use: _Node) -> RoleDef:
        role = self._get(node, self._used(node, use), self.roles, "role")
        narrowed = self._known(
            node, "class", "meta:range", self._entry(use).get("meta:range", ()) if use[:2] == "_:" else ()
        )
        for cls in narrowed:
            if not {cls, *_nearest_first(cls, self.classes)} & {*role.range}:
                wide = " or ".join(role.range)
                self._fail(node, f"takes {cls} in the role {role.name}, whose range is {wide}; widen that range")
        return replace(role, range=narrowed or role.range)

    def _use(self, node: _Node, use: _Node) -> QualifierDef:
        """A value or qualifier as used by an event or relation, which may narrow it."""
        name = self._used(node, use)
        if name in self.roles:
            role = self.roles[name]
            words = (role.name, role.label_zh, role.label_en, role.definition, role.definition_zh)
            return QualifierDef(*words, datatype="entity", range=role.range)
        value = self._get(node, name, self.values, "value or role")
        for words_of in self._entry(use).get("meta:oneOf", ()) if use[:2] == "_:" else ():
            value = replace(value, terms=self._get(node, words_of, self.lists, "list of words"))
        return value

    def _implication(self, node: _Node, rule: _Node) -> Implication:
        event = self._get(node, _local(node), self.events, "event (one needs roles and a meta:mainRole)")
        entry = self._entry(rule)
        name, subject, object_ = (self._one(node, entry, f"meta:{key}") for key in ("relation", "subject", "object"))
        relation = self._get(node, name, self.properties, "relation")
        parts: dict[str, RoleDef | QualifierDef] = {**event.values, **event.roles}
        known = {q.name: q for q in relation.qualifiers}
        for role in (subject, object_):
            self._get(node, role, event.roles, f"role of {event.name}")
        when: dict[str, tuple[str, ...]] = {}
        for key, mark in (("meta:given", PRESENT), ("meta:without", ABSENT)):
            for name in map(_local, entry.get(key, ())):
                self._get(node, name, parts, f"role or value of {event.name}")
                when[name] = (mark,)
        for condition in entry.get("meta:where", ()):
            name = self._used(node, condition)
            value = self._get(node, name, event.values, f"value of {event.name}")
            optional = _text(self._entry(condition), "meta:orAbsent") == "true"
            when[name] = (*self._chosen(node, condition, value), *((ABSENT,) if optional else ()))
        qualifiers: dict[str, str] = {}
        for carried in entry.get("meta:carry", ()):
            name = self._used(node, carried)
            source = _local(self._entry(carried).get("meta:source", (name,))[0]) if carried[:2] == "_:" else name
            wanted = self._get(node, name, known, f"qualifier of {relation.name}").datatype
            part = self._get(node, source, parts, f"role or value of {event.name}")
            given = part.datatype if isinstance(part, QualifierDef) else "entity"
            if given != wanted:
                self._fail(node, f"hands {source} ({given}) on as {name} ({wanted}); carry a value of that datatype")
            qualifiers[name] = source
        fixed: dict[str, str] = {}
        for setting in entry.get("meta:set", ()):
            name = self._used(node, setting)
            qualifier = self._get(node, name, known, f"qualifier of {relation.name}")
            fixed[name] = self._chosen(node, setting, qualifier)[0]
        statuses: dict[str, str] = {}
        for line in entry.get("meta:status", ()):
            before, after = (self._one(node, self._entry(line), key) for key in ("meta:of", "meta:becomes"))
            for status in (before, after):
                self._get(node, status, self.statuses, "status")
            statuses[before] = after
        return Implication(event.name, subject, object_, relation.name, when, qualifiers, fixed, statuses)

    # -- checks

    def _check_words(self) -> None:
        """A misspelt annotation would be passed over in silence, and with it what it says."""
        for node, entry in self.graph.items():
            for predicate in entry:
                if predicate.startswith("meta:") and predicate not in _META:
                    self._fail(node, f"has {predicate}, which means nothing here; {_closest(predicate, _META)}")

    def _check_tree(self, terms: Mapping[str, ClassDef] | Mapping[str, PropertyDef], link: str) -> None:
        for name, term in terms.items():
            if any(name in (p, *_nearest_first(p, terms)) for p in term.parents):
                self._fail(f"kg:{name}", f"stands above itself; cut the circle of {link} at one place")

    def _check_whole(self, schema: Schema) -> None:
        for name in schema.classes:
            node, above = f"kg:{name}", ", ".join(schema.superclasses(name))
            if schema.disjoint(name, name):
                self._fail(node, f"stands under classes that exclude each other ({above}); cut one")
            if schema.is_a(name, "Event") != (name in schema.events) and name != "Event":
                self._fail(node, "is half an event; it needs rdfs:subClassOf kg:Event, meta:role and meta:mainRole")
            if name not in schema._kinds and any(name in classes for classes in schema._ends.values()):
                self._fail(node, "can be an end of relations, but no id can be minted; give it a meta:identityKind")
        for rule in schema.implications:
            relation, roles = schema.properties[rule.property], schema.events[rule.event].roles
            for role, end, wanted in (
                (rule.subject_role, "domain", relation.domain),
                (rule.object_role, "range", relation.range),
            ):
                if not any(schema.is_a(c, w) or schema.is_a(w, c) for c in roles[role].range for w in wanted):
                    holds = " or ".join(wanted)
                    self._fail(
                        f"kg:{rule.event}",
                        f"implies {rule.property}, whose {end} is {holds}, which the role {role} never holds; widen it",
                    )

    # -- small things

    def _all(self, kind: str) -> list[_Node]:
        return [node for node, k in self.kinds.items() if k == kind]

    def _entry(self, node: _Node) -> _Entry:
        return self.graph.get(node, {})

    def _end(self, node: _Node, predicate: str) -> tuple[str, ...]:
        """The classes of a domain or range; a union's in its order."""
        given: Sequence[_Node] = self.graph[node].get(predicate, ())
        if len(given) == 1 and given[0].startswith("_:"):
            given = self._members(self._entry(given[0]), "owl:unionOf")
        elif len(given) > 1:
            self._fail(node, f"has two {predicate}, which would mean both at once; write one, with owl:unionOf ( … )")
        if not given:
            self._fail(
                node, f"has no {predicate}; write {predicate} kg:… or {predicate} [ a owl:Class ; owl:unionOf ( … ) ]"
            )
        return self._known(node, "class", predicate, given)

    def _members(self, entry: _Entry, predicate: str) -> list[_Node]:
        """The members of an RDF list."""
        found: list[_Node] = []
        rest = entry.get(predicate, ("rdf:nil",))[0]
        while "rdf:first" in self._entry(rest) and rest not in found:
            found += self._entry(rest)["rdf:first"]
            rest = self._entry(rest).get("rdf:rest", ("rdf:nil",))[0]
        return found

    def _one(self, node: _Node, entry: _Entry, key: str) -> str:
        """The local name of the one object that there must be."""
        given = entry.get(key, ())
        if len(given) != 1:
            self._fail(node, f"has a [ … ] with {len(given)} {key}; write {key} once in it")
        return _local(given[0])

    def _used(self, node: _Node, use: _Node) -> str:
        """The name meant by `kg:stage` or by `[ meta:use kg:stage ; … ]`."""
        return self._one(node, self._entry(use), "meta:use") if use.startswith("_:") else _local(use)

    def _chosen(self, node: _Node, use: _Node, value: QualifierDef) -> tuple[str, ...]:
        """The words after `meta:is`, each of them in the value's closed list if it has one."""
        words = tuple(self._entry(use).get("meta:is", ()))
        if not words:
            self._fail(node, f'names no word of {value.name}; write [ meta:use kg:{value.name} ; meta:is "…" ]')
        for word in words:
            if value.terms and word not in value.values:
                self._fail(node, f"speaks of the {value.name} '{word}'; its list has {', '.join(value.values)}")
        return words

    def _get(self, node: _Node, name: str, known: Mapping[str, _T], what: str) -> _T:
        if name not in known:
            self._fail(node, f"speaks of '{name}', which is no {what}; {_closest(name, known)}")
        return known[name]

    def _known(self, node: _Node, kind: str, where: str, others: Iterable[_Node]) -> tuple[str, ...]:
        names = tuple(map(_local, others))
        for name in names:
            if self.kinds.get(f"kg:{name}") != kind:
                near = _closest(name, map(_local, self._all(kind)))
                self._fail(node, f"has {where} {name}, which is no {kind}; {near} or declare it")
        return names

    def _once(self, node: _Node, names: list[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                self._fail(node, f"names {name} twice; strike one")

    def _fail(self, node: _Node, problem: str) -> NoReturn:
        while node.startswith("_:"):
            # A [ … ] has no name; the term that it stands in has.
            node = next(
                (s for s, e in self.graph.items() if any(node in objects for objects in e.values())), "the file"
            )
        found = re.search(rf"^[ \t]*{re.escape(node)}(?![\w-])", self.text, re.MULTILINE)
        line = f":{self.text.count(chr(10), 0, found.start()) + 1}" if found else ""
        raise OntologyError(f"{self.name}{line}: {node} {problem}.")


def _alignments(entry: _Entry) -> tuple[tuple[str, str], ...]:
    return tuple((p, _iri(o)) for p in _ALIGNMENTS for o in entry.get(p, ()) if not o.startswith(("kg:", "_:")))


def _curie(node: Any) -> _Node:
    """A named node as `kg:Person` or a whole IRI, a blank one as `_:…`."""
    kind = type(node).__name__
    if kind == "BlankNode":
        return f"_:{node.value}"
    if kind == "Literal":
        literal = _Literal(node.value)
        literal.language = node.language
        return literal
    iri: str = node.value
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return _PREFIXES.get(iri[:cut], iri[:cut]) + iri[cut:]


def _iri(node: _Node) -> str:
    head, colon, local = node.partition(":")
    return next((iri + local for iri, prefix in _PREFIXES.items() if prefix == head + colon), node)


def _local(node: _Node) -> str:
    return node[max(node.rfind(":"), node.rfind("/"), node.rfind("#")) + 1 :]


def _text(entry: _Entry, predicate: str, lang: str | None = None) -> str:
    """The first literal, of that language if one is asked for; empty where there is none."""
    for value in entry.get(predicate, ()):
        if isinstance(value, _Literal) and (lang is None or value.language == lang):
            return value.strip()
    return ""


def _closest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 3, 0.5)
    return f"write {' or '.join(near)}" if near else "correct the name"
