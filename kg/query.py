"""The named queries: Cypher and SPARQL files whose header says what they answer, what they take and what they give.

A header is the block of `//` lines at the head of a file:

    // purpose: Who put money into a company, round by round
    // param: company (entity) — the company that raised money
    // param: from (date, 0001) — only rounds of this date or later
    // column: investor — name of the investor
    // example: kg query investors -p company=蓝湖科技

In SPARQL (`.rq`) the same lines begin with `#`; `kg.sparql.named` says how its parameters are bound.

A parameter's type is one of `PARAMETER_TYPES`; after a comma stands its default, or `any` where leaving it out lifts
the restriction. The query never sees a name that a user typed where an entity is meant: a parameter of type `entity` is
resolved by the ledger (name or alias, traditional or simplified letters, or an id) and bound to the *list of ids* that
it may mean, an empty list for `any`. So `UNWIND $company AS id MATCH (c:Entity {id: id})` finds it by index on every
engine. A `date` is bound to the first day of what was given, a `date-end` to its last (2021-11 → 2021-11-30).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kg.errors import UnknownNameError, UsageError
from kg.graph.base import DEFAULT_LIMIT, DEFAULT_TIMEOUT
from kg.graph.rows import days_of
from kg.lookup import entities_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from kg.graph.base import Result, View
    from kg.ledger import Ledger

__all__ = ["LANGUAGES", "PARAMETER_TYPES", "Column", "NamedQuery", "Parameter", "get", "named_queries", "parse", "run"]

Scalar: TypeAlias = str | int | float | bool

PARAMETER_TYPES: Final = ("entity", "string", "integer", "number", "boolean", "date", "date-end")

LANGUAGES: Final = {"cypher": (".cypher", "//"), "sparql": (".rq", "#")}
"""Language → the suffix of its files, and what begins a line of a header."""

_LINE = re.compile(r"(?://|#)\s*(?P<key>[a-z]+)\s*:\s*(?P<rest>.*\S)")
_PARAM = re.compile(
    r"(?P<name>\w+)\s*\(\s*(?P<type>[a-z-]+)\s*(?:,\s*(?P<default>[^)]*?)\s*)?\)\s*[—–-]\s*(?P<text>.+)"
)
_COLUMN = re.compile(r"(?P<name>\w+)\s*[—–-]\s*(?P<text>.+)")
_USED = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a named query. `default` is what a user would have typed."""

    name: str
    type: str
    text: str
    required: bool = True
    default: str | None = None
    """None: required, or without restriction where left out."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with a name. `text` is the query as it stands in the file, header and all."""

    name: str
    purpose: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    example: str
    text: str
    language: str = "cypher"

    def bind(self, given: Mapping[str, object], ledger: Ledger) -> dict[str, Any]:
        """The parameters to run the query with.

        Raises UsageError where one is missing, unknown or of the wrong type, and UnknownNameError where no entity has
        the name given.
        """
        known = {p.name for p in self.parameters}
        if unknown := sorted(set(given) - known):
            takes = ", ".join(p.name for p in self.parameters) or "none"
            raise UsageError(f"query '{self.name}' has no parameter '{unknown[0]}'; its parameters: {takes}")
        missing = [p for p in self.parameters if p.required and given.get(p.name) in (None, "")]
        if missing:
            what = ", ".join(f"{p.name} ({p.text})" for p in missing)
            raise UsageError(f"query '{self.name}' needs {what}. Example: {self.example}")
        return {p.name: _bound(self.name, p, given.get(p.name, p.default), ledger) for p in self.parameters}


def run(
    query: NamedQuery,
    view: View,
    ledger: Ledger,
    given: Mapping[str, object] | None = None,
    *,
    timeout: float | None = DEFAULT_TIMEOUT,
    limit: int | None = DEFAULT_LIMIT,
) -> Result:
    """Bind the parameters and run a named query on any engine.

    Raises what `NamedQuery.bind` and `View.query` raise.
    """
    return view.query(query.text, query.bind(given or {}, ledger), timeout=timeout, limit=limit)


def named_queries(folder: Path | None = None, *, language: str = "cypher") -> dict[str, NamedQuery]:
    """The queries of a language that come with the package, and those of `folder`, which win over ours of the same
    name. By name.

    Raises UsageError where a file's header is wrong.
    """
    from importlib.resources import files

    suffix, _ = LANGUAGES[language]
    found: dict[str, NamedQuery] = {}
    for place in (files("kg.queries"), folder):
        if place is not None:
            for file in _files(place.iterdir(), suffix):
                query = parse(file.name.removesuffix(suffix), file.read_text(encoding="utf-8"), language)
                found[query.name] = query
    return dict(sorted(found.items()))


def get(name: str, folder: Path | None = None, *, language: str = "cypher") -> NamedQuery:
    """One named query. Raises UnknownNameError with the nearest names."""
    queries = named_queries(folder, language=language)
    if name in queries:
        return queries[name]
    near = difflib.get_close_matches(name.lower(), queries, n=5, cutoff=0.5)
    near += [n for n in queries if name.lower() in n and n not in near]
    raise UnknownNameError("query", name, tuple(near[:5]))


def parse(name: str, text: str, language: str = "cypher") -> NamedQuery:
    """Read a query file. Raises UsageError, with file and line, where its header is wrong or does not fit the query."""
    suffix, mark = LANGUAGES[language]
    file = f"{name}{suffix}"
    single: dict[str, str] = {}
    parameters: list[Parameter] = []
    columns: list[Column] = []
    body = 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith(mark):
            break
        body = number
        if not (m := _LINE.match(line)):
            continue
        key, rest = m["key"], m["rest"]
        if key == "param":
            parameters.append(_parameter(file, number, rest))
        elif key == "column" and (c := _COLUMN.fullmatch(rest)):
            columns.append(Column(c["name"], c["text"]))
        elif key in ("purpose", "example"):
            single[key] = rest
        else:
            raise UsageError(f"{file}:{number}: cannot read '{line.strip()}'; write '{mark} column: name — text'")
    for key in ("purpose", "example"):
        if key not in single:
            raise UsageError(f"{file}: the header lacks a line '{mark} {key}: …'")
    query = "\n".join(text.splitlines()[body:])
    used, declared = set(_USED.findall(query)), {p.name for p in parameters}
    if used != declared:
        odd = ", ".join(f"${n}" for n in sorted(used ^ declared))
        raise UsageError(f"{file}: {odd} must stand both in the header and in the query")
    return NamedQuery(name, single["purpose"], tuple(parameters), tuple(columns), single["example"], text, language)


def _parameter(file: str, number: int, rest: str) -> Parameter:
    m = _PARAM.fullmatch(rest)
    if m is None or m["type"] not in PARAMETER_TYPES:
        raise UsageError(
            f"{file}:{number}: cannot read '{rest}'; write 'param: name (type, default) — text' "
            f"with one of the types {', '.join(PARAMETER_TYPES)}"
        )
    default = m["default"]
    return Parameter(m["name"], m["type"], m["text"], default is None, None if default == "any" else default)


def _bound(query: str, parameter: Parameter, value: object, ledger: Ledger) -> Scalar | list[str] | None:
    if parameter.type == "entity":
        if value in (None, ""):
            return []
        names = [value] if isinstance(value, str) else list(value) if isinstance(value, (list, tuple)) else [str(value)]
        return sorted({entity.id for name in names for entity in entities_named(ledger, str(name))})
    if value is None or (value == "" and parameter.type != "string"):
        return None
    try:
        return _scalar(parameter.type, value)
    except ValueError as error:
        raise UsageError(
            f"parameter '{parameter.name}' of query '{query}' must be {_ARTICLE[parameter.type]}, not '{value}'"
        ) from error


_ARTICLE: Final = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date such as 2021, 2021-Q3, 2021-11 or 2021-11-03",
    "date-end": "a date such as 2021, 2021-Q3, 2021-11 or 2021-11-03",
}


def _scalar(kind: str, value: object) -> Scalar:
    if kind == "integer":
        if isinstance(value, float) and value != int(value):
            raise ValueError(value)
        return int(value) if isinstance(value, (int, float)) else int(str(value))
    if kind == "number":
        return float(value) if isinstance(value, (int, float)) else float(str(value))
    if kind == "boolean":
        word = str(value).lower()
        if word not in ("true", "false", "yes", "no", "1", "0"):
            raise ValueError(value)
        return word in ("true", "yes", "1")
    if kind in ("date", "date-end"):
        days = days_of(str(value))
        if days is None:
            raise ValueError(value)
        return days[0 if kind == "date" else 1]
    return str(value)


def _files(entries: Iterable[Traversable], suffix: str) -> list[Traversable]:
    return sorted((e for e in entries if e.is_file() and e.name.endswith(suffix)), key=lambda e: e.name)
