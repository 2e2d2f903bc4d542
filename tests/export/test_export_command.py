"""`kg export` into graphs and tables, as a user types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran


def test_the_ending_tells_the_format(run: Callable[..., Ran], sample: Path, here: Path) -> None:
    for name, what in (("g.gexf", "nodes and edges"), ("g.json.gz", "nodes and edges"), ("g.cypher", "relationships")):
        ran = run("export", "-o", name)
        assert ran.code == 0
        assert what in ran.out
        assert (here / name).stat().st_size > 1000
    ran = run("export", "-o", "g.csv")
    assert ran.code == 0
    assert "Keep" in set(pd.read_csv(here / "g.csv" / "nodes.csv").name)


def test_a_graph_goes_down_a_pipe(run: Callable[..., Ran], sample: Path, here: Path) -> None:
    ran = run("export", "--format", "graphml", "-o", "-")
    assert ran.code == 0
    assert "Keep" in dict(nx.parse_graphml(ran.out, force_multigraph=True).nodes(data="name")).values()


def test_the_import_is_told_with_the_files(run: Callable[..., Ran], sample: Path, here: Path) -> None:
    ran = run("export", "--format", "neo4j-admin", "-o", "import")
    assert ran.code == 0
    first, command = ran.out.splitlines()
    assert first.startswith("import: ")
    assert command.startswith("neo4j-admin database import full neo4j --nodes=import/nodes-Claim.csv ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-o", "g.xlsx"), "the suffix tells no format"),
        (("--format", "gefx", "-o", "g"), "gexf"),
        (("--format", "csv", "-o", "-"), "several files"),
        (("-o", "."), "the suffix tells no format"),
        (("--format", "csv", "-o", "."), "the folder that you are in"),
        (("--format", "csv", "-o", "kg.db"), "belongs to the ledger"),
        (("--format", "turtle", "-o", "folder"), "is a folder"),
    ],
)
def test_what_cannot_be_is_refused(
    run: Callable[..., Ran], sample: Path, here: Path, arguments: tuple[str, ...], told: str
) -> None:
    (here / "folder").mkdir()
    ran = run("export", *arguments)
    assert ran.code == 2
    assert told in ran.err
