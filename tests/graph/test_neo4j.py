"""Addresses, and what goes wrong on the way to a server, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from neo4j import exceptions

from kg.errors import GraphError, LimitError, QueryError, UsageError
from kg.graph.neo4j import Neo4jGraph, check_address

if TYPE_CHECKING:
    from kg.schema import Schema


class Driver:
    """Stands for driver and session: whatever is asked of it fails."""

    def __init__(self, fails: Exception) -> None:
        self._fails = fails

    def session(self, **_: Any) -> Driver:
        return self

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None: ...

    def execute_read(self, *_: Any) -> Any:
        raise self._fails


def _said(section: str, kind: str, message: str = "no") -> exceptions.Neo4jError:
    """What the driver makes of an answer of the server's."""
    code = f"Neo.ClientError.{section}.{kind}"
    return exceptions.Neo4jError._hydrate_neo4j(code=code, message=message)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fails", "kind", "word"),
    [
        (exceptions.ServiceUnavailable("refused"), GraphError, "cannot be reached"),
        (_said("Security", "Unauthorized"), GraphError, "NEO4J_PASSWORD"),
        (_said("Security", "Forbidden", "Create index is not allowed"), GraphError, "not allowed; use an account"),
        (_said("Database", "DatabaseNotFound", "nowhere"), GraphError, "name of the database"),
        (_said("Statement", "SyntaxError", "Invalid input"), QueryError, "Invalid input"),
        (_said("Transaction", "TransactionTimedOut"), LimitError, "time limit"),
    ],
)
def test_errors_are_ours(schema: Schema, fails: Exception, kind: type[Exception], word: str) -> None:
    with pytest.raises(kind, match=word):
        _ = Neo4jGraph(Driver(fails), schema).stamp  # type: ignore[arg-type]


def test_nobody_answers(schema: Schema) -> None:
    with pytest.raises(GraphError, match="cannot be reached"):
        Neo4jGraph.connect("bolt://127.0.0.1:1", None, None, schema)


@pytest.mark.parametrize(
    "uri",
    ["neo4j://localhost", "bolt://[::1]:7687", "neo4j+s://0a1b2c3d.databases.neo4j.io", "bolt+ssc://db.example:7688"],
)
def test_addresses_of_neo4j(uri: str) -> None:
    check_address(uri)


@pytest.mark.parametrize(
    "uri", ["http://localhost:7474", "localhost:7687", "neo4j://", "bolt://host:none", "neo4j:host"]
)
def test_what_is_no_address_is_told_how_one_looks(uri: str) -> None:
    with pytest.raises(UsageError, match=r"neo4j://host:7687"):
        check_address(uri)


@pytest.mark.parametrize("uri", ["neo4j://neo4j:geheim@db:7687", "bolt://:geheim@db", "neo4j://neo4j@db"])
def test_no_password_in_an_address_nor_in_what_is_said_of_it(uri: str) -> None:
    with pytest.raises(UsageError, match="NEO4J_PASSWORD") as caught:
        check_address(uri)
    assert "geheim" not in str(caught.value)
    assert "://db" in str(caught.value)
