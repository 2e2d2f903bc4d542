"""A Neo4j that is pushed into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.graph.comparison import Difference, diff
from kg.graph.push import Pushed, push

if TYPE_CHECKING:
    from neo4j_server import Server

    from kg.ledger import Ledger
    from kg.schema import Schema


class Place:
    """A database and what is done to it here."""

    def __init__(self, server: Server, schema: Schema) -> None:
        self.server = server
        self.schema = schema
        self._driver = server.driver()

    def run(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        return [dict(r) for r in self._driver.execute_query(cypher, parameters).records]

    def push(self, ledger: Ledger, **options: Any) -> Pushed:
        return push(ledger, self.schema, options.pop("uri", self.server.uri), self.server.auth, **options)

    def diff(self, ledger: Ledger) -> Difference:
        return diff(ledger, self.schema, self.server.uri, self.server.auth)

    def empty(self) -> None:
        self.run("MATCH (n) DETACH DELETE n")

    def close(self) -> None:
        self._driver.close()
