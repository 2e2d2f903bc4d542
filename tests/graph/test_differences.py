"""The list of what the embedded graph reads otherwise. That Neo4j does differ is held by test_cypher.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.graph.differences import Difference, differences, found_in

PAGE = (Path(__file__).parents[2] / "docs" / "cypher.md").read_text(encoding="utf-8")


def test_names_are_unique() -> None:
    assert len({d.name for d in differences()}) == len(differences())


@pytest.mark.parametrize("difference", differences(), ids=lambda d: d.name)
def test_it_is_in_the_documents(difference: Difference) -> None:
    title = difference.name[0].upper() + difference.name[1:]
    section = PAGE[PAGE.index(f"### {title}\n") :]
    section = section[: section.find("\n### ", 1)]
    for text in (difference.here, difference.there, difference.example, difference.instead):
        assert text in section


@pytest.mark.parametrize("difference", [d for d in differences() if d.pattern], ids=lambda d: d.name)
def test_strings_and_comments_have_none_of_it(difference: Difference) -> None:
    text = difference.example.replace("\\", "\\\\").replace('"', '\\"')
    assert difference in found_in(difference.example, refused=difference.refused)
    assert difference in found_in(difference.example.lower(), refused=difference.refused)
    for cypher in (f'RETURN "{text}" AS text', f"RETURN 1 AS one // {text}", f"/* {text} */ RETURN 1 AS one"):
        assert found_in(cypher, refused=difference.refused) == ()


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (a)<-[r]-(b)-->(c) WHERE a.x < 1 AND b.y > 2 RETURN a, b, c",
        "MATCH (a) WHERE NOT a:Company RETURN CASE WHEN a.x > 1 THEN 2 ELSE 3 END AS x",
        "RETURN [x IN [1, 2] WHERE x > 1 | x] AS xs, size([1]) > 0 AS a",
        "RETURN 1 / 2 AS half, 7 % 3 AS rest, toString('x') AS s, sqrt(16) AS root",
        "MATCH (a)-[r]->() WHERE startNode(r).name = 'x' RETURN a, startNode(r).name AS n",
        "MATCH (c:Company) OPTIONAL MATCH (c)-[:SUED]->(d) RETURN c.name, d.name IS NULL AS none ORDER BY c.name",
    ],
)
def test_what_is_alike_is_not_warned_of(cypher: str) -> None:
    assert [d for refused in (True, False) for d in found_in(cypher, refused=refused)] == []
