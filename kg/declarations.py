"""What an ontology file declares, read into plain values and checked term by term."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from kg.errors import OntologyError
from kg.model import STATUSES, UNREALISED
from kg.terms import (
    ABSENT,
    PRESENT,
    AttributeDef,
    ClassDef,
    EventDef,
    Implication,
    ListDef,
    PropertyDef,
    QualifierDef,
    RoleDef,
    StatusDef,
    Term,
    nearest_first,
)
from kg.turtle import KG, Entry, Node, TurtleFile, closest, first_literal, local_name, whole_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Declarations", "OntologyFile", "is_namespace"]

_META = frozenset(
    f"meta:{name}"
    for name in re.split(
        r"\s+",
        "baseIri identityKind kind qualifier identifiedBy role mainRole selfRole value datatype use range oneOf term "
        "is implies relation subject object carry source set given without where orAbsent status of becomes happened",
    )
)
_DATATYPES = ("date", "year", "amount", "percent", "integer", "string")
_ALIGNMENTS = ("rdfs:subClassOf", "rdfs:subPropertyOf", "skos:closeMatch", "skos:relatedMatch", "skos:exactMatch")

_T = TypeVar("_T")
_Words: TypeAlias = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Declarations:
    """What one ontology declares, in the file's order. Mappings must not be changed."""

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
    lists: Mapping[str, ListDef]
    records: Mapping[str, Term]
    attributes: Mapping[str, AttributeDef]


class OntologyFile(TurtleFile):
    """An ontology as written. Every complaint names file, line, subject, what is wrong, and what would be right."""

    def declarations(self) -> Declarations:
        """Raises OntologyError at the first thing that is wrong."""
        self._check_words()
        base_iri, version = self._header()
        # In this order, so that what others refer to is there.
        named = [node for node in self.graph if node.startswith("kg:")]
        self.kinds: dict[Node, str] = {node: self._kind(node) for node in named}
        self.lists = {node: self._list(node) for node in self._all("list")}
        self.statuses = self._statuses()
        self.excluded = self._excluded()
        self.classes = {local_name(n): self._class(n) for n in self._all("class")}
        self._check_tree(self.classes, "rdfs:subClassOf")
        self.roles = {
            local_name(n): RoleDef(*self._words(n), range=self._end(n, "rdfs:range")) for n in self._all("role")
        }
        self.values = {local_name(n): self._value(n) for n in self._all("value")}
        inverses = {local_name(n): self._inverse(n) for n in self._all("inverse")}
        self.back = {of: name for name, of in inverses.items()}
        self.properties = {local_name(n): self._relation(n) for n in self._all("relation")}
        self._check_tree(self.properties, "rdfs:subPropertyOf")
        self.events = {local_name(n): self._event(n) for n in self._all("class") if "meta:mainRole" in self.graph[n]}
        rules = [(node, rule) for node in self._all("class") for rule in self.graph[node].get("meta:implies", ())]
        return Declarations(
            version=version,
            fingerprint=hashlib.blake2b(self.data, digest_size=6).hexdigest(),
            base_iri=base_iri,
            iri=KG,
            classes=self.classes,
            properties=self.properties,
            inverses=inverses,
            inverse_terms={local_name(n): Term(*self._words(n)) for n in self._all("inverse")},
            events=self.events,
            implications=tuple(self._implication(node, rule) for node, rule in rules),
            statuses=self.statuses,
            roles=self.roles,
            values=self.values,
            lists={local_name(n): ListDef(*self._words(n), terms=terms) for n, terms in self.lists.items()},
            records={local_name(n): Term(*self._words(n)) for n in self._all("record")},
            attributes={local_name(n): self._attribute(n) for n in self._all("attribute")},
        )

    # -- terms

    def _header(self) -> tuple[str, str]:
        headers = [node for node, entry in self.graph.items() if "owl:Ontology" in entry.get("rdf:type", ())]
        if len(headers) != 1:
            raise OntologyError(f"{self.name}: {len(headers)} ontology headers; write one `<…> a owl:Ontology`.")
        entry = self.graph[headers[0]]
        base_iri, version = first_literal(entry, "meta:baseIri"), first_literal(entry, "owl:versionInfo")
        if not version:
            raise OntologyError(f"{self.name}: the ontology has no version; give its header an owl:versionInfo.")
        if not is_namespace(base_iri):
            raise OntologyError(
                f"{self.name}: data have no namespace; give the header a meta:baseIri ending in / or #."
            )
        return base_iri, version

    def _kind(self, node: Node) -> str:
        entry = self.graph[node]
        # A file of version 0.1 has its marks among the types, which OWL would take for individuals.
        types = (*entry.get("meta:kind", ()), *entry.get("rdf:type", ()))
        if "owl:Class" in types:
            return "record" if "meta:Record" in types else "class"
        for mark in ("meta:ValueList", "kg:Status", "meta:Role", "meta:Value", "meta:Attribute"):
            if mark in types:
                return {"meta:ValueList": "list"}.get(mark, local_name(mark).lower())
        if "owl:ObjectProperty" in types:
            return "inverse" if "owl:inverseOf" in entry and "rdfs:domain" not in entry else "relation"
        if not types:
            self.fail(node, "is not declared; correct the name, or say what it is: `a owl:Class` …")
        self.fail(
            node,
            "is of no kind known here; `a owl:Class`, `a owl:ObjectProperty`, `…; meta:kind meta:Role` or `meta:Value`",
        )

    def _words(self, node: Node) -> _Words:
        """Name, labels and definitions, all of which a term must have, and its example, which it may have."""
        found = [local_name(node)]
        for predicate, lang in (
            ("rdfs:label", "zh"),
            ("rdfs:label", "en"),
            ("skos:definition", "en"),
            ("skos:definition", "zh"),
        ):
            found.append(first_literal(self.graph[node], predicate, lang))
            if not found[-1]:
                self.fail(node, f'has no {local_name(predicate)} in {lang}; add {predicate} "…"@{lang}')
        name, zh, en, definition, definition_zh = found
        return name, zh, en, definition, definition_zh, first_literal(self.graph[node], "skos:example", "zh")

    def _class(self, node: Node) -> ClassDef:
        entry = self.graph[node]
        # No entity is a record, so what excludes records says nothing here.
        excluded = [other for other in self.excluded.get(node, ()) if self.kinds.get(other) != "record"]
        return ClassDef(
            *self._words(node),
            parents=self._known(
                node, "class", "rdfs:subClassOf", [p for p in entry.get("rdfs:subClassOf", ()) if p[:3] == "kg:"]
            ),
            kind=first_literal(entry, "meta:identityKind") or None,
            disjoint=frozenset(self._known(node, "class", "owl:disjointWith", excluded)),
            alignments=_alignments(entry),
        )

    def _excluded(self) -> dict[Node, set[Node]]:
        """What each class is said to exclude, both ways."""
        found: dict[Node, set[Node]] = {}
        for node, entry in self.graph.items():
            groups = [{node, other} for other in entry.get("owl:disjointWith", ())]
            if "owl:AllDisjointClasses" in entry.get("rdf:type", ()):
                groups.append({*self.members(entry, "owl:members")})
            for group in groups:
                for member in group:
                    found.setdefault(member, set()).update(group - {member})
        return found

    def _role(self, node: Node) -> RoleDef:
        return RoleDef(*self._words(node), range=self._end(node, "rdfs:range"))

    def _value(self, node: Node) -> QualifierDef:
        datatype = first_literal(self.graph[node], "meta:datatype")
        if datatype not in _DATATYPES:
            self.fail(node, f"has the datatype '{datatype}'; give it a meta:datatype: {', '.join(_DATATYPES)}")
        return QualifierDef(*self._words(node), datatype=datatype)

    def _relation(self, node: Node) -> PropertyDef:
        entry = self.graph[node]
        uses = [(use, True) for use in entry.get("meta:identifiedBy", ())]
        uses += [(use, False) for use in entry.get("meta:qualifier", ())]
        qualifiers = tuple(replace(self._use(node, use), identifying=identifying) for use, identifying in uses)
        self._once(node, [q.name for q in qualifiers])
        domain, range_ = self._end(node, "rdfs:domain"), self._end(node, "rdfs:range")
        symmetric = "owl:SymmetricProperty" in entry.get("rdf:type", ())
        if symmetric and {*domain} != {*range_}:
            self.fail(node, "is symmetric, but its domain is not its range; make them the same")
        above = [p for p in entry.get("rdfs:subPropertyOf", ()) if p[:3] == "kg:"]
        return PropertyDef(
            *self._words(node),
            domain=domain,
            range=range_,
            qualifiers=qualifiers,
            symmetric=symmetric,
            inverse=self.back.get(local_name(node)),
            parents=self._known(node, "relation", "rdfs:subPropertyOf", above),
            alignments=_alignments(entry),
        )

    def _inverse(self, node: Node) -> str:
        return self._known(node, "relation", "owl:inverseOf", self.graph[node]["owl:inverseOf"])[0]

    def _attribute(self, node: Node) -> AttributeDef:
        ends = {end: given[0] for end in ("domain", "range") if (given := self.graph[node].get(f"rdfs:{end}"))}
        for end, value in ends.items():
            if value[:3] == "kg:" and self.kinds.get(value) not in ("class", "record"):
                self.fail(node, f"has the {end} {value}, which is no class; correct the name or declare it")
        domain = local_name(ends["domain"]) if "domain" in ends else None
        functional = "owl:FunctionalProperty" in self.graph[node].get("rdf:type", ())
        range_ = local_name(ends["range"]) if "range" in ends else None
        return AttributeDef(*self._words(node), domain=domain, range=range_, functional=functional)

    def _list(self, node: Node) -> tuple[Term, ...]:
        terms = []
        for entry in map(self.entry, self.graph[node].get("meta:term", ())):
            labels = (first_literal(entry, "rdfs:label", language) for language in ("zh", "en"))
            term = Term(first_literal(entry, "meta:is"), *labels)
            if not (term.name and term.label_zh and term.label_en):
                self.fail(node, 'has an incomplete word; write [ meta:is "…" ; rdfs:label "…"@zh , "…"@en ]')
            terms.append(term)
        if not terms:
            self.fail(node, 'is a list without words; add meta:term [ meta:is "…" ; rdfs:label … ]')
        self._once(node, [t.name for t in terms])
        return tuple(terms)

    def _statuses(self) -> dict[str, StatusDef]:
        nodes = self._all("status")[::-1]
        happened = {n: first_literal(self.graph[n], "meta:happened") == "true" for n in nodes}
        statuses = {local_name(n): StatusDef(*self._words(n), happened=happened[n]) for n in nodes}
        if tuple(statuses) != STATUSES or {n for n, s in statuses.items() if not s.happened} != UNREALISED:
            order = ", ".join(STATUSES[::-1])
            raise OntologyError(f"{self.name}: the statuses must be, least doubtful first, {order}; restore them.")
        return statuses

    # -- events

    def _event(self, node: Node) -> EventDef:
        entry = self.graph[node]
        roles = {role.name: role for role in (self._event_role(node, use) for use in entry.get("meta:role", ()))}
        values = [self._use(node, use) for use in entry.get("meta:value", ())]
        self._once(node, [*(self._used(node, use) for use in entry.get("meta:role", ())), *(v.name for v in values)])
        main, *own = (local_name(n) for key in ("meta:mainRole", "meta:selfRole") for n in entry.get(key, ())[:1])
        for role in (main, *own):
            self._get(node, role, roles, f"role of {local_name(node)}")
        named = {value.name: value for value in values}
        return EventDef(*self._words(node), roles=roles, values=named, main=main, self_role=own[0] if own else None)

    def _event_role(self, node: Node, use: Node) -> RoleDef:
        role = self._get(node, self._used(node, use), self.roles, "role")
        narrowed = self._known(
            node, "class", "meta:range", self.entry(use).get("meta:range", ()) if use[:2] == "_:" else ()
        )
        for cls in narrowed:
            if not {cls, *nearest_first(cls, self.classes)} & {*role.range}:
                wide = " or ".join(role.range)
                self.fail(node, f"takes {cls} in the role {role.name}, whose range is {wide}; widen that range")
        return replace(role, range=narrowed or role.range)

    def _use(self, node: Node, use: Node) -> QualifierDef:
        """A value or qualifier as used by an event or relation, which may narrow it."""
        name = self._used(node, use)
        if name in self.roles:
            role = self.roles[name]
            words = (role.name, role.label_zh, role.label_en, role.definition, role.definition_zh, role.example)
            return QualifierDef(*words, datatype="entity", range=role.range)
        value = self._get(node, name, self.values, "value or role")
        for words_of in self.entry(use).get("meta:oneOf", ()) if use[:2] == "_:" else ():
            value = replace(value, terms=self._get(node, words_of, self.lists, "list of words"))
        return value

    def _implication(self, node: Node, rule: Node) -> Implication:
        event = self._get(node, local_name(node), self.events, "event (one needs roles and a meta:mainRole)")
        entry = self.entry(rule)
        name, subject, object_ = (self._one(node, entry, f"meta:{key}") for key in ("relation", "subject", "object"))
        relation = self._get(node, name, self.properties, "relation")
        parts: dict[str, RoleDef | QualifierDef] = {**event.values, **event.roles}
        known = {q.name: q for q in relation.qualifiers}
        for role in (subject, object_):
            self._get(node, role, event.roles, f"role of {event.name}")
        when: dict[str, tuple[str, ...]] = {}
        for key, mark in (("meta:given", PRESENT), ("meta:without", ABSENT)):
            for name in map(local_name, entry.get(key, ())):
                self._get(node, name, parts, f"role or value of {event.name}")
                when[name] = (mark,)
        for condition in entry.get("meta:where", ()):
            name = self._used(node, condition)
            value = self._get(node, name, event.values, f"value of {event.name}")
            optional = first_literal(self.entry(condition), "meta:orAbsent") == "true"
            when[name] = (*self._chosen(node, condition, value), *((ABSENT,) if optional else ()))
        qualifiers: dict[str, str] = {}
        for carried in entry.get("meta:carry", ()):
            name = self._used(node, carried)
            source = local_name(self.entry(carried).get("meta:source", (name,))[0]) if carried[:2] == "_:" else name
            wanted = self._get(node, name, known, f"qualifier of {relation.name}").datatype
            part = self._get(node, source, parts, f"role or value of {event.name}")
            given = part.datatype if isinstance(part, QualifierDef) else "entity"
            if given != wanted:
                self.fail(node, f"hands {source} ({given}) on as {name} ({wanted}); carry a value of that datatype")
            qualifiers[name] = source
        fixed: dict[str, str] = {}
        for setting in entry.get("meta:set", ()):
            name = self._used(node, setting)
            qualifier = self._get(node, name, known, f"qualifier of {relation.name}")
            fixed[name] = self._chosen(node, setting, qualifier)[0]
        statuses: dict[str, str] = {}
        for line in entry.get("meta:status", ()):
            before, after = (self._one(node, self.entry(line), key) for key in ("meta:of", "meta:becomes"))
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
                    self.fail(node, f"has {predicate}, which means nothing here; {closest(predicate, _META)}")

    def _check_tree(self, terms: Mapping[str, ClassDef] | Mapping[str, PropertyDef], link: str) -> None:
        for name, term in terms.items():
            if any(name in (p, *nearest_first(p, terms)) for p in term.parents):
                self.fail(f"kg:{name}", f"stands above itself; cut the circle of {link} at one place")

    # -- small things

    def _all(self, kind: str) -> list[Node]:
        return [node for node, k in self.kinds.items() if k == kind]

    def _end(self, node: Node, predicate: str) -> tuple[str, ...]:
        """The classes of a domain or range; a union's in its order."""
        given: Sequence[Node] = self.graph[node].get(predicate, ())
        if len(given) == 1 and given[0].startswith("_:"):
            given = self.members(self.entry(given[0]), "owl:unionOf")
        elif len(given) > 1:
            self.fail(node, f"has two {predicate}, which would mean both at once; write one, with owl:unionOf ( … )")
        if not given:
            self.fail(
                node, f"has no {predicate}; write {predicate} kg:… or {predicate} [ a owl:Class ; owl:unionOf ( … ) ]"
            )
        return self._known(node, "class", predicate, given)

    def _one(self, node: Node, entry: Entry, key: str) -> str:
        """The local name of the one object that there must be."""
        given = entry.get(key, ())
        if len(given) != 1:
            self.fail(node, f"has a [ … ] with {len(given)} {key}; write {key} once in it")
        return local_name(given[0])

    def _used(self, node: Node, use: Node) -> str:
        """The name meant by `kg:stage` or by `[ meta:use kg:stage ; … ]`."""
        return self._one(node, self.entry(use), "meta:use") if use.startswith("_:") else local_name(use)

    def _chosen(self, node: Node, use: Node, value: QualifierDef) -> tuple[str, ...]:
        """The words after `meta:is`, each of them in the value's closed list if it has one."""
        words = tuple(self.entry(use).get("meta:is", ()))
        if not words:
            self.fail(node, f'names no word of {value.name}; write [ meta:use kg:{value.name} ; meta:is "…" ]')
        for word in words:
            if value.terms and word not in value.values:
                self.fail(node, f"speaks of the {value.name} '{word}'; its list has {', '.join(value.values)}")
        return words

    def _get(self, node: Node, name: str, known: Mapping[str, _T], what: str) -> _T:
        if name not in known:
            self.fail(node, f"speaks of '{name}', which is no {what}; {closest(name, known)}")
        return known[name]

    def _known(self, node: Node, kind: str, where: str, others: Iterable[Node]) -> tuple[str, ...]:
        names = tuple(map(local_name, others))
        for name in names:
            if self.kinds.get(f"kg:{name}") != kind:
                near = closest(name, map(local_name, self._all(kind)))
                self.fail(node, f"has {where} {name}, which is no {kind}; {near} or declare it")
        return names

    def _once(self, node: Node, names: list[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                self.fail(node, f"names {name} twice; strike one")


def is_namespace(iri: str) -> bool:
    """Whether IRIs can begin so: http or https, none of the letters that no IRI has, and / or # at the end."""
    return re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+[/#]", iri) is not None


def _alignments(entry: Entry) -> tuple[tuple[str, str], ...]:
    return tuple((p, whole_iri(o)) for p in _ALIGNMENTS for o in entry.get(p, ()) if not o.startswith(("kg:", "_:")))
