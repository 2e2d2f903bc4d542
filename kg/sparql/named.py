"""Named SPARQL queries: how their parameters become terms, and their rows one table.

A parameter is a variable that is written `$name` and stands in the projection, since the engine substitutes no other.
An entity is bound to its IRI; where a name means several, the query is run for each. What may be anything is not bound
at all, which is what SPARQL means by a variable. Columns that the header does not name, parameters above all, are left
out of the rows.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from kg.graph.base import DEFAULT_LIMIT, DEFAULT_TIMEOUT, Result
from kg.sparql.worker import XSD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.ledger import Ledger
    from kg.query import NamedQuery
    from kg.sparql.view import SparqlView, Terms

__all__ = ["bindings", "run"]

_TYPES = {"integer": "integer", "number": "decimal", "boolean": "boolean"}


def run(
    query: NamedQuery,
    view: SparqlView,
    ledger: Ledger,
    given: Mapping[str, object],
    *,
    timeout: float | None = DEFAULT_TIMEOUT,
    limit: int | None = DEFAULT_LIMIT,
) -> Result:
    """Bind the parameters and run a named query. `timeout` holds for each entity that a name may mean.

    Raises what `NamedQuery.bind` and `SparqlView.query` raise.
    """
    results = [
        view.query(query.text, bound, timeout=timeout, limit=limit)
        for bound in bindings(query, given, ledger, view.schema.base_iri)
    ]
    declared = tuple(c.name for c in query.columns)
    rows = [tuple(row[result.columns.index(c)] for c in declared) for result in results for row in result.rows]
    warnings = tuple(dict.fromkeys(w for result in results for w in result.warnings))
    cut = any(result.truncated for result in results) or (limit is not None and len(rows) > limit)
    return Result(declared, tuple(rows[:limit]), cut, sum(r.seconds for r in results), warnings)


def bindings(query: NamedQuery, given: Mapping[str, object], ledger: Ledger, base: str) -> Iterator[Terms]:
    """The terms to run a query with, once for each entity that is meant."""
    bound = query.bind(given, ledger)
    choices: dict[str, list[list[str]]] = {}
    for parameter in query.parameters:
        value = bound[parameter.name]
        if parameter.type == "entity":
            choices[parameter.name] = [[base + identifier] for identifier in value]
        elif value is not None:
            choices[parameter.name] = [_term(parameter.type, value)]
    names = [name for name, terms in choices.items() if terms]
    for terms in product(*(choices[name] for name in names)):
        yield dict(zip(names, terms, strict=True))


def _term(kind: str, value: Any) -> list[str]:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return [text, XSD + _TYPES.get(kind, "string")]
