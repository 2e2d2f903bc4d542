"""The SPARQL 1.1 Protocol, its query operation (https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from kg.errors import GraphError, LimitError, QueryError
from kg.sparql.formats import GRAPHS, TABLES, best, named
from kg.sparql.workers import Busy, Refused, Unacceptable
from kg.web.messages import Problem, Response

if TYPE_CHECKING:
    from kg.sparql.formats import Format
    from kg.sparql.view import SparqlView
    from kg.web.messages import Request

__all__ = ["METHODS", "Operation", "answer", "read"]

METHODS: Final = "GET, HEAD, POST, OPTIONS"
_FORM: Final = "application/x-www-form-urlencoded"
_DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_MOST_FIELDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation."""

    query: str
    dataset: dict[str, list[str]]
    """`default_graph` and `named_graphs`; empty where the query, or else the store, says which."""
    tables: Format | None
    """How to write what SELECT and ASK give; None where the client takes no such format."""
    graphs: Format | None
    """How to write what CONSTRUCT and DESCRIBE give."""


def read(request: Request) -> Operation | None:
    """The operation that a request asks for; None for a GET without one.

    Raises Problem: 400 where it is malformed, 403 for updates, 406 where the client takes nothing we can write, 415
    where the body is of another type.
    """
    fields = _fields(request.query.encode("ascii", "replace"))
    queries: list[str] = []
    if request.method == "POST":
        kind, charset = request.headers.get_content_type(), request.headers.get_content_charset()
        if "Content-Type" not in request.headers:
            raise _unsupported("a POST must say its Content-Type")
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise _unsupported("the body must not be compressed")
        if kind == _UPDATE:
            raise Problem(403, "This endpoint only answers queries; the data come from the ledger.")
        if kind not in (_FORM, _DIRECT):
            raise _unsupported(f"a query cannot be sent as {kind}")
        if charset not in (None, "utf-8", "us-ascii"):
            raise _unsupported(f"the body must be UTF-8, not {charset}")
        if kind == _FORM:
            fields += _fields(request.body)
        else:
            queries.append(_decoded(request.body))
    queries += [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise Problem(403, "This endpoint only answers queries; the data come from the ledger.")
    if not queries and request.method != "POST" and not fields:
        return None
    if len(queries) != 1:
        raise Problem(400, f"There must be exactly one query, and there are {len(queries)}.")
    default_graphs = [_iri(name, value) for name, value in fields if name == "default-graph-uri"]
    named_graphs = [_iri(name, value) for name, value in fields if name == "named-graph-uri"]
    dataset = {"default_graph": default_graphs, "named_graphs": named_graphs}
    wanted = next((value for name, value in reversed(fields) if name == "format"), "")
    tables = named(TABLES, wanted) or best(request.accept, TABLES)
    graphs = named(GRAPHS, wanted) or best(request.accept, GRAPHS)
    if tables is None and graphs is None:
        raise unacceptable()
    return Operation(queries[0], dataset if default_graphs or named_graphs else {}, tables, graphs)


def answer(
    operation: Operation,
    view: SparqlView,
    *,
    seconds: float,
    rows: int | None = None,
    size: int | None = None,
    patience: float | None = None,
) -> Response:
    """Run the operation. The response is streamed; what fails before its first part is a Problem."""
    request: dict[str, Any] = {
        "dataset": operation.dataset,
        "tables": operation.tables and operation.tables.name,
        "graphs": operation.graphs and operation.graphs.name,
        "rows": rows,
        "size": size,
    }
    try:
        found = view.ask(operation.query, request, timeout=seconds, patience=patience)
    except Refused as error:
        raise Problem(403, str(error)) from error
    except Unacceptable as error:
        raise unacceptable() from error
    except QueryError as error:
        raise Problem(400, str(error)) from error
    except Busy as error:
        raise Problem(503, str(error), Retry_After="5") from error
    except LimitError as error:
        raise Problem(503, str(error)) from error
    except GraphError as error:
        raise Problem(500, str(error)) from error
    form = operation.graphs if found.kind == "graph" else operation.tables
    assert form is not None  # the worker would have said that it is not acceptable
    return Response(200, {"Content-Type": form.content_type}, found)


def unacceptable() -> Problem:
    kinds = ", ".join(form.types[0] for form in (*TABLES, *GRAPHS))
    return Problem(406, f"The result can be written as one of {kinds}; the Accept header takes none that fits.")


def _unsupported(why: str) -> Problem:
    return Problem(415, f"Send the query as {_FORM} or {_DIRECT}: {why}.", Accept_Post=f"{_FORM}, {_DIRECT}")


def _fields(encoded: bytes) -> list[tuple[str, str]]:
    try:
        text = encoded.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Problem(400, "The parameters are not valid UTF-8.") from error
    except ValueError as error:
        raise Problem(400, f"The parameters cannot be read: {error}.") from error


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, f"The query is not valid UTF-8 (byte {error.start}).") from error


def _iri(name: str, value: str) -> str:
    import pyoxigraph as ox

    try:
        return ox.NamedNode(value).value
    except ValueError as error:
        raise Problem(400, f"{name} must be an absolute IRI, not '{value}'.") from error
