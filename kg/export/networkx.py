"""The graph that analysts take home: networkx, with all its algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.export.nodelink import EDGE_NAMES, NODE_NAMES
from kg.export.rows import free_names, prepared
from kg.graph.base import CLAIM, EVENT, NEWS_ITEM, OBSERVATION, NodeRow
from kg.graph.project import Projection
from kg.model import UNREALISED

if TYPE_CHECKING:
    import networkx as nx

    from kg.ledger import Ledger
    from kg.schema import Schema

__all__ = ["to_networkx"]


def to_networkx(
    ledger: Ledger, schema: Schema, *, claims: bool = False, events: bool = True, items: bool = False
) -> nx.MultiDiGraph[str]:
    """The ledger's graph as a `networkx.MultiDiGraph`, in the ledger's order.

    A node's key is its id; its attributes are its properties, `labels` (a list, base label first) and `base`. An edge's
    attributes are its properties and `type`; its key is the statement's id, or the type where it is a role. Without
    `claims` nothing is in it that did not happen; `events` adds events, figures and their roles, `items` the news items
    and what they mention: both join entities that no statement joins, so leave them out for centrality.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    left_out = {NEWS_ITEM} if not items else set()
    if not events:
        left_out |= {EVENT, OBSERVATION}
    for row in prepared(Projection(ledger, schema).rows()):
        if isinstance(row, NodeRow):
            claim = row.base == CLAIM or (row.base == EVENT and CLAIM in row.labels)
            if row.base not in left_out and (claims or not claim):
                told = {"base": row.base, "labels": [row.base, *row.labels]}
                graph.add_node(row.id, **told, **_free(row.properties, NODE_NAMES))
        elif row.start in graph and row.end in graph and (claims or row.properties.get("status") not in UNREALISED):
            graph.add_edge(row.start, row.end, key=row.key, type=row.type, **_free(row.properties, EDGE_NAMES))
    return graph


def _free(properties: dict[str, Any], taken: tuple[str, ...]) -> dict[str, Any]:
    names = free_names(properties, taken)
    return {names[name]: value for name, value in properties.items()}
