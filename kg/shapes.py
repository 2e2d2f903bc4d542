"""The ontology as SHACL: what RDF of it must be like, for any validator.

`ontology/shapes.ttl` is the part that is written by hand. What follows from the ontology is made here: domains and
ranges, of plain triples and of statements; which qualifiers, roles and values stand where, in what form and from which
list; how often; and what no node can be at once.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from kg.errors import OntologyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from kg.schema import AttributeDef, EventDef, PropertyDef, QualifierDef, Schema

__all__ = ["SHAPES", "turtle"]

SHAPES: Final = "https://w3id.org/kg-news/shapes#"
_HEADER: Final = "<https://w3id.org/kg-news/shapes>"
_FORMS: Final = {
    "date": "Date",
    "year": "Year",
    "percent": "Percent",
    "integer": "Integer",
    "string": "Text",
}
"""Datatype of a value → its shape in shapes.ttl."""
_XSD: Final = {"decimal": "Number", "nonNegativeInteger": "Count"}


def turtle(schema: Schema, folder: Path | None = None) -> str:
    """The whole shapes graph as Turtle; its hand-written part is `shapes.ttl` of the folder, if that has one.

    Raises OntologyError where that file cannot be read.
    """
    source: Path | Traversable = files("kg.ontology") / "shapes.ttl"
    if folder is not None and (folder / "shapes.ttl").exists():
        source = folder / "shapes.ttl"
    try:
        written = source.read_text(encoding="utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise OntologyError(f"{source.name}: cannot be read ({error}); check the file.") from error
    return "\n".join((written, *_made(schema))) + "\n"


def _made(schema: Schema) -> Iterator[str]:
    yield f"\n# ---- made from the ontology, version {schema.version} " + "-" * 60
    yield from _predicates(schema)
    for relation in schema.properties.values():
        yield from _relation(schema, relation)
    for event in schema.events.values():
        yield from _event(schema, event)
    for name in dict.fromkeys((*schema.roles, *schema.values)):
        yield from _place(schema, name)
    for attribute in schema.attributes.values():
        yield from _attribute(schema, attribute)
    yield from _exclusions(schema)


# ---- relations ------------------------------------------------------------------------------------------------------


def _predicates(schema: Schema) -> Iterator[str]:
    yield from _shape("Predicate", ("关系", "relation"), "sh:targetSubjectsOf rdf:predicate", "")
    names = " ".join(f"kg:{name}" for name in schema.properties)
    yield f"    sh:property [ sh:path rdf:predicate ; sh:in ( {names} ) ;"
    yield f"        {_message('本体没有这个关系', 'the ontology has no such relation')} ] ."


def _relation(schema: Schema, relation: PropertyDef) -> Iterator[str]:
    name, label = relation.name, (relation.label_zh, relation.label_en)
    ends = []
    for zh, en, wanted in (("主语", "subject", relation.domain), ("宾语", "object", relation.range)):
        told = _message(f"“{label[0]}”的{zh}应为{_or_zh(schema, wanted)}", f"the {en} of {name} is {_or(wanted)}")
        ends.append((_classes(wanted), told))
    (domain, wrong_subject), (range_, wrong_object) = ends
    # The plain triple; by its subject, so that core SHACL finds it.
    yield from _shape(name, label, f"sh:targetSubjectsOf kg:{name}", f"{domain} ; {wrong_subject}")
    yield f"    sh:property [ sh:path kg:{name} ; {range_} ; {wrong_object} ] ."
    # The statement, whether it happened or not.
    about = (f"{label[0]}（陈述）", f"{label[1]} (statement)")
    select = f"SELECT ?this WHERE {{ ?this rdf:predicate kg:{name} }}"
    yield from _shape(f"{name}-statement", about, _target(select), "")
    properties = [
        f"sh:path rdf:subject ; {domain} ; {wrong_subject}",
        f"sh:path rdf:object ; {range_} ; {wrong_object}",
        *(_value(schema, q) for q in relation.qualifiers),
    ]
    yield from _properties(properties)


# ---- events ---------------------------------------------------------------------------------------------------------


def _event(schema: Schema, event: EventDef) -> Iterator[str]:
    label, main = (event.label_zh, event.label_en), event.roles[event.main]
    # One that is an entity has a preferred name, and may be mentioned without being told.
    told = f"[ sh:property [ sh:path kg:{main.name} ; sh:minCount 1 ] , [ sh:path kg:status ; sh:minCount 1 ] ]"
    named = "[ sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ] ]"
    missing = _message(
        f"“{event.label_zh}”须有“{main.label_zh}”和状态", f"{event.name} needs its {main.name} and a status"
    )
    yield from _shape(event.name, label, f"sh:targetClass kg:{event.name}", f"sh:or ( {told} {named} ) ; {missing}")
    properties = []
    for role in event.roles.values():
        zh = f"“{event.label_zh}”的“{role.label_zh}”应为{_or_zh(schema, role.range)}"
        told = _message(zh, f"the {role.name} of {event.name} is {_or(role.range)}")
        properties.append(f"sh:path kg:{role.name} ; {_classes(role.range)} ; {told}")
    properties += [_value(schema, value) for value in event.values.values()]
    properties.append(
        f"sh:path kg:status ; sh:maxCount 1 ; {_message('事件至多有一个状态', 'an event has one status')}"
    )
    yield from _properties(properties)


def _value(schema: Schema, value: QualifierDef) -> str:
    """How a value or qualifier looks where it is used."""
    path = f"sh:path kg:{value.name} ; "
    if value.datatype == "entity":
        # What the ledger knows by name only has no class.
        nameless = "sh:property [ sh:path rdf:type ; sh:maxCount 0 ] , [ sh:path rdfs:label ; sh:pattern '\\\\S' ]"
        classes = " ".join(f"[ sh:class kg:{c} ]" for c in value.range)
        zh = f"“{value.label_zh}”应为{_or_zh(schema, value.range)}"
        told = _message(zh, f"the {value.name} is {_or(value.range)}")
        return f"{path}sh:nodeKind sh:IRI ; sh:or ( {classes} [ {nameless} ] ) ; {told}"
    if value.terms:
        words = " ".join(f'"{word}"' for word in value.values)
        zh = f"“{value.label_zh}”应取自：{'、'.join(value.values)}"
        form, told = f"sh:in ( {words} )", _message(zh, f"the {value.name} is one of {', '.join(value.values)}")
    elif value.datatype == "amount":
        form, told = "sh:class kg:Amount", _message(f"“{value.label_zh}”应为金额", f"the {value.name} is an amount")
    else:
        form = f"sh:node kgsh:{_FORMS[value.datatype]}"
        zh, en = f"“{value.label_zh}”应为{_FORMS_ZH[value.datatype]}", f"the {value.name} is a {value.datatype}"
        told = _message(f"{zh}，且至多一个", f"{en}, told once")
    return f"{path}sh:maxCount 1 ; {form} ; {told}"


_FORMS_ZH: Final = {"date": "日期", "year": "年份", "percent": "百分比", "integer": "整数", "string": "文字"}


def _place(schema: Schema, name: str) -> Iterator[str]:
    """On which statements and events a role, value or qualifier may stand."""
    relations = [r.name for r in schema.properties.values() if r.qualifier(name)]
    events = [e.name for e in schema.events.values() if name in e.roles or name in e.values]
    if not relations and not events:
        return
    # Evidence says what one item told of a statement or an event, where all items together tell it otherwise.
    choices = [f"[ sh:class kg:{cls} ]" for cls in (*events, "Evidence")]
    if relations:
        names = " ".join(f"kg:{relation}" for relation in relations)
        choices.append(f"[ sh:property [ sh:path rdf:predicate ; sh:minCount 1 ; sh:in ( {names} ) ] ]")
    term = schema.roles.get(name) or schema.values[name]
    told = _message(
        f"“{term.label_zh}”不属于此处", f"{name} does not belong here: it is of {_or((*relations, *events))}"
    )
    yield from _shape(
        f"{name}-place", (f"{term.label_zh}（位置）", f"{term.label_en} (place)"), f"sh:targetSubjectsOf kg:{name}", ""
    )
    yield f"    sh:or ( {' '.join(choices)} ) ; {told} ."


# ---- records --------------------------------------------------------------------------------------------------------


def _attribute(schema: Schema, attribute: AttributeDef) -> Iterator[str]:
    """What has a field, and what the field holds; nothing where both may be anything."""
    name, rules = attribute.name, []
    if attribute.domain:
        whose = _message(
            f"“{attribute.label_zh}”只属于{_zh(schema, attribute.domain)}", f"only {attribute.domain} has {name}"
        )
        rules.append(f"sh:class kg:{attribute.domain} ; {whose}")
    if attribute.range is not None:
        most = "sh:maxCount 1 ; " if attribute.functional else ""
        rules.append(f"sh:property [ sh:path kg:{name} ; {most}{_field(schema, attribute, attribute.range)} ]")
    if rules:
        labels = (attribute.label_zh, attribute.label_en)
        yield from _shape(f"{name}-field", labels, f"sh:targetSubjectsOf kg:{name}", "")
        yield f"    {' ; '.join(rules)} ."


def _field(schema: Schema, attribute: AttributeDef, range_: str) -> str:
    name = attribute.name
    if range_ == "Status":
        told = _message("没有这个状态", f"there is no such status; it is {_or(schema.statuses)}")
        return f"sh:in ( {' '.join(f'kg:{status}' for status in schema.statuses)} ) ; {told}"
    if range_ not in schema.classes and range_ not in schema.records:
        told = _message(f"“{attribute.label_zh}”应为 xsd:{range_}", f"the {name} is an xsd:{range_}")
        return f"sh:node kgsh:{_XSD[range_]} ; {told}" if range_ in _XSD else f"sh:datatype xsd:{range_} ; {told}"
    form = f"sh:class kg:{range_}"
    if schema.is_a(range_, "Event"):
        # An event that is an entity itself, as a conference is, has no node of its own.
        nameless = "sh:nodeKind sh:IRI ; sh:property [ sh:path rdf:type ; sh:maxCount 0 ]"
        form = f"sh:or ( [ {form} ] [ {nameless} ] )"
    return f"{form} ; {_message(f'“{attribute.label_zh}”应为{_zh(schema, range_)}', f'the {name} is {range_}')}"


def _exclusions(schema: Schema) -> Iterator[str]:
    """Nodes of several classes are few, so only they are asked for all that exclude each other."""
    select = (
        "SELECT DISTINCT ?this WHERE { ?this rdf:type ?a , ?b . FILTER (STR(?a) < STR(?b)) "
        "FILTER (STRSTARTS(STR(?a), STR(kg:)) && STRSTARTS(STR(?b), STR(kg:))) }"
    )
    yield from _shape("Exclusive", ("互斥", "exclusive classes"), _target(select), "")
    pairs = [(a, b) for a in schema.classes for b in schema.classes if a < b and b in schema.classes[a].disjoint]
    parts = [f"sh:not [ sh:and ( [ sh:class kg:{a} ] [ sh:class kg:{b} ] ) ]" for a, b in pairs]
    told = _message("所属的类互相排斥", "it is of classes that exclude each other")
    yield "    " + " ;\n    ".join((*parts, told)) + " ."


# ---- Turtle ---------------------------------------------------------------------------------------------------------


def _shape(name: str, label: tuple[str, str], target: str, constraints: str) -> Iterator[str]:
    yield ""
    yield f"kgsh:{name} a sh:NodeShape ;"
    yield f"    {target} ;"
    yield f'    rdfs:label "{label[0]}"@zh , "{label[1]}"@en ;'
    if constraints:
        yield f"    {constraints} ;"


def _target(select: str) -> str:
    return f'sh:target [ a sh:SPARQLTarget ; sh:prefixes {_HEADER} ; sh:select "{select}" ]'


def _properties(properties: Iterable[str]) -> Iterator[str]:
    lines = [f"[ {p} ]" for p in properties]
    yield "    sh:property\n        " + " ,\n        ".join(lines) + " ."


def _message(zh: str, en: str) -> str:
    return f'sh:message "{zh}"@zh , "{en}"@en'


def _classes(names: Iterable[str]) -> str:
    """Of one of the classes."""
    choices = [f"sh:class kg:{name}" for name in names]
    return choices[0] if len(choices) == 1 else f"sh:or ( {' '.join(f'[ {choice} ]' for choice in choices)} )"


def _or(names: Iterable[str]) -> str:
    return " or ".join(names)


def _zh(schema: Schema, name: str) -> str:
    return (schema.classes.get(name) or schema.records[name]).label_zh


def _or_zh(schema: Schema, names: Iterable[str]) -> str:
    return "或".join(_zh(schema, name) for name in names)
