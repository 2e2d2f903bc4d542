"""For every shape an example that it passes and one that it refuses: by hand for those written by hand, else made.

In an example `id:SHAPE.good` is the node that conforms and `id:SHAPE.bad` the one that does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.schema import QualifierDef, Schema

PREFIXES = """
@prefix kg: <https://w3id.org/kg-news/ontology#> .
@prefix id: <https://w3id.org/kg-news/id/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
id:item a kg:NewsItem ; dcterms:title "蓝湖完成融资"@zh .
id:firm a kg:Company ; skos:prefLabel "蓝湖科技"@zh .
id:fund a kg:InvestmentFirm ; skos:prefLabel "云杉资本"@zh .
id:words a kg:Evidence ; kg:sentence "云杉资本投资蓝湖科技。" ; kg:start 0 ; kg:end 11 ; prov:wasQuotedFrom id:item .
id:money a kg:Amount ; kg:literal "近2亿元" ; kg:low 190000000.0 ; kg:high 200000000.0 ; kg:currency "CNY" ;
    kg:approximate true .
"""

STATEMENT = (
    "a kg:Statement ; kg:status kg:asserted ; kg:confidence 0.9 ; kg:sources 1 ; kg:evidence id:words ;"
    " prov:wasDerivedFrom id:item ;"
)
RAISED = f"{STATEMENT} rdf:subject id:firm ; rdf:predicate kg:raisedFrom ; rdf:object id:fund"

HAND = {
    "Statement": (RAISED, RAISED.replace("rdf:object id:fund", "rdf:object id:firm")),
    "Order": (
        'kg:from "2020-Q2" ; kg:to "2020-06"^^xsd:gYearMonth',
        'kg:from "2020-H2" ; kg:to "2020"^^xsd:gYear , "2019-Q4"',
    ),
    "Confidence": ("kg:confidence 1.0", "kg:confidence 0.0"),
    "Evidence": (
        'a kg:Evidence ; kg:sentence "甲收购乙。" ; kg:start 3 ; kg:end 8 ; prov:wasQuotedFrom id:item',
        'a kg:Evidence ; kg:sentence "甲收购乙。" ; kg:start 8 ; kg:end 8 ; prov:wasQuotedFrom id:item',
    ),
    "Amount": (
        'a kg:Amount ; kg:literal "数亿元" ; kg:low 200000000.0 ; kg:currency "CNY" ; kg:approximate true',
        'a kg:Amount ; kg:literal "2亿元" ; kg:low 2.0 ; kg:high 1.0 ; kg:currency "CNY" ; kg:approximate false',
    ),
    "Observation": (
        'a kg:Observation ; kg:indicator "出货量" ; kg:change "+8% YoY" ; kg:period "2021-Q1/Q3"',
        'a kg:Observation ; kg:indicator "出货量" ; kg:period "2021-Q1/Q3"',
    ),
    "Named": ('a kg:Place ; skos:prefLabel "滨江"@zh ; skos:altLabel "滨江区"@zh', "a kg:Place"),
    "NewsItem": (
        'a kg:NewsItem ; dcterms:title "快讯"@zh ; dcterms:issued "2021-11-03"^^xsd:date',
        'a kg:NewsItem ; dcterms:title "快讯"@zh ; dcterms:issued "昨日"',
    ),
    "Known": ("kg:acquired id:firm ; a kg:Company ; skos:prefLabel '启明'@zh", "kg:bought id:firm"),
    "Predicate": ("rdf:predicate kg:acquired", "rdf:predicate kg:bought"),
    "Exclusive": (
        "a kg:Product , kg:Technology ; skos:prefLabel '鸿蒙'@zh",
        "a kg:Person , kg:Company ; skos:prefLabel '蓝湖'@zh",
    ),
}
"""Shape → what is said of the good node, and of the bad one."""

FORMS = {
    "Date": (['"2021"^^xsd:gYear', '"2021-11-03"^^xsd:date', '"2021-H1"'], ['"2021-13"', '"0999"^^xsd:gYear', "5"]),
    "Year": (['"2021"^^xsd:gYear'], ['"2021-11"^^xsd:gYearMonth', '"2021"']),
    "Period": (
        ['"2021"', '"2021-Q1/Q3"', '"2021-01/2021-09"', '"2021-02-28/03-31"', '"2019/2021"'],
        ['"2021-02-30"', '"Q1"', '"2021/"', '"2021-04-31"'],
    ),
    "Percent": (['"51%"', '"约10%-20%"', '"百分之三十"'], ['"51"', '"一半"', "51"]),
    "Change": (['"+25.4% YoY"', '"-1.9pp YoY"'], ['"25.4%"', '"增长"']),
    "Integer": (["5", '"+5"'], ['"五"', "5.0"]),
    "Text": (['"首席财务官"'], ['" "', "5"]),
    "Number": (["5", "5.5"], ['"5"', "5.0e0"]),
    "Count": (["0", '"5"^^xsd:nonNegativeInteger'], ["-1", "5.5"]),
}
"""Form → literals that are of it, and that are not."""

VALUES = {
    "date": '"2021-11-03"^^xsd:date',
    "year": '"2021"^^xsd:gYear',
    "amount": "id:money",
    "percent": '"51%"',
    "integer": "5",
    "string": '"文字"',
}


def made(schema: Schema) -> Iterator[tuple[str, str]]:
    """Shape and Turtle, for all shapes that are made from the ontology."""
    for name, relation in schema.properties.items():
        good, bad = relation.domain[0], outside(schema, relation.domain)
        good_object, bad_object = relation.range[0], outside(schema, relation.range)
        yield (
            name,
            f"{entity(f'{name}.good', good)} ; kg:{name} id:{name}.o . {entity(f'{name}.o', good_object)} ."
            f"{entity(f'{name}.bad', bad)} ; kg:{name} id:{name}.o .",
        )
        shape = f"{name}-statement"
        values = " ; ".join(f"kg:{q.name} {value(q)}" for q in relation.qualifiers)
        told = f"{STATEMENT} rdf:predicate kg:{name} ; rdf:subject id:{shape}.s ; rdf:object"
        yield (
            shape,
            f"{entity(f'{shape}.s', good)} . {entity(f'{shape}.o', good_object)} . {entity(f'{shape}.x', bad_object)} ."
            f"id:{shape}.good {told} id:{shape}.o ; {values} . id:{shape}.bad {told} id:{shape}.x .",
        )
    for name, event in schema.events.items():
        fillers = " . ".join(entity(f"{name}.{role.name}", role.range[0]) for role in event.roles.values())
        roles = [f"kg:{r} id:{name}.{r}" for r in event.roles if r != event.self_role]
        values = "".join(f" ; kg:{v.name} {value(v)}" for v in event.values.values())
        label = 'skos:prefLabel "大会"@zh ; ' if event.self_role else ""
        bad = [r for r in roles if r != f"kg:{event.main} id:{name}.{event.main}"]
        if event.self_role:
            bad = [f"kg:{next(r for r in event.roles if r != event.self_role)} id:item"]
        told = f"a kg:{name} ; {label} kg:status kg:planned"
        yield (
            name,
            f"{fillers} . id:{name}.good {told} ; {' ; '.join(roles)}{values} ."
            f"id:{name}.bad {' ; '.join((told, *bad))} .",
        )
    for name in dict.fromkeys((*schema.roles, *schema.values)):
        users = [e for e in schema.events.values() if name in e.roles or name in e.values]
        relations = [r for r in schema.properties.values() if r.qualifier(name)]
        good = f"a kg:{users[0].name}" if users else f"rdf:predicate kg:{relations[0].name}"
        label = '; skos:prefLabel "大会"@zh ' if good == "a kg:Conference" else ""
        told = f"kg:{name} id:item" if name in schema.roles else f'kg:{name} "某"'
        # Only its place is right: the good node is bad in other ways.
        yield f"{name}-place", f"id:{name}-place.good {good} {label}; {told} . id:{name}-place.bad {told} ."
    for name, attribute in schema.attributes.items():
        of = f"a kg:{attribute.domain} ; " if attribute.domain else ""
        if attribute.range is None:
            if of:
                yield (
                    f"{name}-field",
                    f"id:{name}-field.good {of}kg:{name} id:item . id:{name}-field.bad kg:{name} id:item .",
                )
            continue
        good = {
            "Mention": f"id:{name}-field.mention",
            "Status": "kg:planned",
            "Evidence": "id:words",
            "Agent": "id:firm",
            "Event": f"id:{name}-field.event",
            "string": '"USD"',
            "decimal": "0.5",
            "boolean": "true",
            "nonNegativeInteger": "1",
        }[attribute.range]
        bad = "7" if attribute.range == "string" else '"某"'
        yield (
            f"{name}-field",
            f"id:{name}-field.event a kg:Event . id:{name}-field.mention a kg:Mention ."
            f"id:{name}-field.good {of}kg:{name} {good} ."
            f"id:{name}-field.bad {of}kg:{name} {bad} .",
        )


def outside(schema: Schema, classes: Iterable[str]) -> str:
    """A class of which nothing is of any of these."""
    wanted = set(classes)
    return next(c for c in ("Place", "Award", "Person", "Company") if not wanted & {c, *schema.superclasses(c)})


def entity(name: str, cls: str) -> str:
    return f'id:{name} a kg:{cls} ; skos:prefLabel "某"@zh'


def value(definition: QualifierDef) -> str:
    if definition.terms:
        return f'"{definition.values[0]}"'
    if definition.datatype == "entity":
        return f"id:nameless.{definition.name}"
    return VALUES[definition.datatype]


def turtle(schema: Schema) -> str:
    """All examples as one graph."""
    hand = [f"id:{name}.good {good} . id:{name}.bad {bad} ." for name, (good, bad) in HAND.items()]
    nameless = [f'id:nameless.{role} rdfs:label "某物"@zh .' for role in schema.roles]
    return "\n".join((PREFIXES, *nameless, *hand, *(text for _, text in made(schema))))


def forms() -> str:
    """Targets for the forms of values, to be added to the shapes."""
    return "\n".join(f"kgsh:{name} sh:targetNode {' , '.join((*good, *bad))} ." for name, (good, bad) in FORMS.items())
