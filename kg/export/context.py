"""The context of JSON-LD: what short names of the vocabulary mean. It follows from the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.export.triples import prefixes

if TYPE_CHECKING:
    from kg.schema import Schema

__all__ = ["CONTEXT", "make_context"]

CONTEXT: Final = "https://w3id.org/kg-news/context.jsonld"
"""The IRI of the context of the packaged schema, which is there as `ontology/context.jsonld` to be published."""


def make_context(schema: Schema) -> dict[str, Any]:
    """The context for an ontology: its prefixes, then each term by its bare name.

    Relations, roles and amounts lead to nodes, so their values are IRIs; an inverse is the relation read backwards.
    """
    terms: dict[str, Any] = {**prefixes(schema), "wd": "http://www.wikidata.org/entity/"}
    for name in (*schema.classes, *schema.records):
        terms[name] = f"kg:{name}"
    for name in (*schema.properties, *schema.roles):
        terms[name] = {"@id": f"kg:{name}", "@type": "@id"}
    for name, of in schema.inverses.items():
        terms[name] = {"@reverse": f"kg:{of}", "@type": "@id"}
    for name, value in schema.values.items():
        terms.setdefault(name, {"@id": f"kg:{name}", "@type": "@id"} if value.datatype == "amount" else f"kg:{name}")
    for name, attribute in schema.attributes.items():
        kind = attribute.range
        node = kind in schema.classes or kind in schema.records
        typed = {"@id": f"kg:{name}", "@type": "@id" if node else f"xsd:{kind}"}
        terms.setdefault(name, f"kg:{name}" if kind in (None, "string") else typed)
    return terms
