"""A Cypher script: what `cypher-shell` reads, and every driver statement by statement."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any, Final

from kg.graph.push import constraints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.export.rows import EdgeRow, GraphRows
    from kg.graph.base import NodeRow

__all__ = ["cypher_value", "statements", "write_script"]

_BATCH: Final = 200
"""Rows in one statement: parsers take long for very long ones."""
_PLAIN: Final = re.compile(r"[^\W\d]\w*")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def write_script(rows: GraphRows, out: IO[bytes]) -> None:
    """Write all rows as statements that end in a semicolon and a line break.

    Running it again changes nothing: nodes and relationships are merged by their ids. It never takes anything away:
    what a newer state of the ledger no longer holds stays where an older script put it.
    """
    out.write(b"// A graph of kg. Run it with: cypher-shell -f FILE\n")
    for statement in statements(rows):
        out.write(f"{statement};\n".encode())


def statements(rows: GraphRows) -> Iterator[str]:
    """The statements of a script in order, without semicolons, each to be run in a transaction of its own."""
    yield from constraints(rows.schema)
    yield from _batches((_merge_node(node), cypher_value(node.properties)) for node in rows.nodes())
    yield from _batches((_merge_edge(edge), _ends(edge)) for edge in rows.edges())


def _batches(given: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Rows that the same words merge, put together; what is held grows with the ontology, not with the graph."""
    held: dict[str, list[str]] = {}
    for words, row in given:
        rows = held.setdefault(words, [])
        rows.append(row)
        if len(rows) == _BATCH:
            yield _statement(words, held.pop(words))
    for words, rows in sorted(held.items()):
        yield _statement(words, rows)


def _statement(words: str, rows: list[str]) -> str:
    told = ",\n".join(rows)
    return f"UNWIND [\n{told}\n] AS row\n{words}"


def _merge_node(node: NodeRow) -> str:
    labels = "".join(f" SET n:{_name(label)}" for label in node.labels)
    return f"MERGE (n:{node.base} {{id: row.id}}) SET n = row{labels}"


def _merge_edge(edge: EdgeRow) -> str:
    mark = next((name for name in ("statement", "event") if name in edge.properties), None)
    which = f" {{{mark}: row.p.{mark}}}" if mark else ""
    return (
        f"MATCH (a:{edge.start_base} {{id: row.a}}) MATCH (b:{edge.end_base} {{id: row.b}})\n"
        f"MERGE (a)-[r:{_name(edge.type)}{which}]->(b) SET r = row.p"
    )


def _ends(edge: EdgeRow) -> str:
    return cypher_value({"a": edge.start, "b": edge.end, "p": edge.properties})


def cypher_value(value: Any) -> str:
    """A value as Cypher writes it.

    >>> print(cypher_value({"name": "O'Neill\\n", "n": 1e16, "on": True, "all": ["a"]}))
    {name: 'O\\'Neill\\n', n: 1e16, on: true, all: ['a']}
    """
    kind = type(value)
    if kind is str:
        return f"'{value.translate(_ESCAPES)}'"
    if kind is bool:
        return "true" if value else "false"
    if kind is dict:
        return f"{{{', '.join(f'{_name(name)}: {cypher_value(one)}' for name, one in value.items())}}}"
    if kind is list:
        return f"[{', '.join(map(cypher_value, value))}]"
    # Cypher's numbers have no plus in the exponent.
    return repr(value).replace("e+", "e")


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"`{name.replace('`', '``')}`"
