"""Constraints and indexes of a Neo4j database, which come from the ontology."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import GraphError
from kg.graph.base import BASE_LABELS, ENTITY, PROJECTION
from kg.graph.delivery import records, surely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from neo4j import ManagedTransaction, Session

    from kg.schema import Schema

__all__ = ["declare", "statements"]

_SAME: Final = tuple(
    f"MATCH (n:{base}) WITH n.id AS id, collect(n) AS same WHERE id IS NOT NULL AND size(same) > 1 "
    "UNWIND same[1..] AS n DETACH DELETE n"
    for base in BASE_LABELS
)
"""Leaves one of the nodes that share an id; what goes with the others is missing, and found so."""


def declare(session: Session, schema: Schema, *, repair: bool) -> None:
    """Make the constraints and indexes of an ontology that are not there yet.

    With `repair`, nodes that share an id, which keep a constraint from being made, are removed but for one; else they
    raise GraphError.
    """
    import neo4j

    there = {row[0] for row in session.execute_read(records, "SHOW INDEXES YIELD name")}
    constraints, indexes = (
        [cypher for name, cypher in wanted.items() if name not in there]
        for wanted in (_constraints(), _indexes(schema))
    )
    try:
        surely(session, _each, constraints)
    except neo4j.exceptions.Neo4jError as error:
        if "Constraint" not in (error.code or ""):
            raise
        if not repair:
            raise GraphError(f"some nodes share an id ({error.message}); kg push --repair puts that right") from error
        surely(session, _each, _SAME)
        surely(session, _each, constraints)
    surely(session, _each, indexes)
    if constraints or indexes:
        session.run("CALL db.awaitIndexes(600)").consume()


def statements(schema: Schema) -> list[str]:
    """Cypher that makes them all."""
    return [*_constraints().values(), *_indexes(schema).values()]


def _constraints() -> dict[str, str]:
    """Name → Cypher. Nothing is there twice."""
    return {
        f"kg_{base.lower()}_id": (
            f"CREATE CONSTRAINT kg_{base.lower()}_id IF NOT EXISTS FOR (n:{base}) REQUIRE n.id IS UNIQUE"
        )
        for base in (*BASE_LABELS, PROJECTION)
    }


def _indexes(schema: Schema) -> dict[str, str]:
    """Name → Cypher. Names are found under every class, statements under every type."""
    return {
        f"kg_{label.lower()}_name": (f"CREATE INDEX kg_{label.lower()}_name IF NOT EXISTS FOR (n:{label}) ON (n.name)")
        for label in (ENTITY, *(c for c in schema.classes if c != ENTITY))
    } | {
        f"kg_{kind.lower()}": f"CREATE INDEX kg_{kind.lower()} IF NOT EXISTS FOR ()-[r:{kind}]-() ON (r.statement)"
        for kind in (p.relationship_type for p in schema.properties.values())
    }


def _each(tx: ManagedTransaction, commands: Iterable[str]) -> None:
    for cypher in commands:
        tx.run(cypher).consume()
