"""The context of JSON-LD: what short names of the vocabulary mean. A file of the ontology, made from the schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from kg.errors import OntologyError
from kg.export.triples import prefixes

if TYPE_CHECKING:
    from pathlib import Path

    from kg.schema import Schema

__all__ = ["CONTEXT", "make_context", "read_context"]

CONTEXT: Final = "https://w3id.org/kg-news/context.jsonld"
"""The IRI of the packaged context, `ontology/context.jsonld`."""


def read_context(ontology: Path | None = None) -> dict[str, Any]:
    """The context of JSON-LD: that of a folder laid out like the packaged ontology, or the packaged one.

    Raises OntologyError where the file is no context.
    """
    own = ontology / "context.jsonld" if ontology is not None else None
    place = own if own is not None and own.is_file() else files("kg.ontology") / "context.jsonld"
    try:
        found = json.loads(place.read_text(encoding="utf-8"))["@context"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OntologyError(f"{place}: no context of JSON-LD: {error}. Compare with the packaged one.") from error
    if not isinstance(found, dict):
        raise OntologyError(f"{place}: its @context is no object. Compare with the packaged one.")
    return found


def make_context(schema: Schema) -> str:
    """The text of the context for an ontology: its prefixes, then each term by its bare name.

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
    return json.dumps({"@context": terms}, ensure_ascii=False, indent=1) + "\n"
