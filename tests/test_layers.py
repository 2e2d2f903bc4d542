"""The house stands on its floors: what lies lower never imports what lies higher, nor anything heavy early."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FOLDERS = {"kg": "kg", "kg.loaders": "loaders", "kg.queries": "queries", "kg.ontology": "ontology"}

FLOORS = (
    ("errors", "files", "model"),
    # Words and terms.
    ("letters", "source", "text", "patterns", "measures", "dates", "values"),
    ("terms", "turtle", "declarations", "schema", "vocabulary", "shapes", "diagram", "handbook", "ontology"),
    ("accounts", "codec", "config", "loading"),
    ("segment", "lexicon"),
    ("extract", "validate"),
    # The ledger's rooms.
    (
        "tables",
        "sqlite",
        "store",
        "scratch",
        "link",
        "groups",
        "newcomers",
        "intake",
        "stored",
        "rollup",
        "entities",
        "facts",
        "journal",
        "decisions",
        "quarantine",
    ),
    ("views", "arrivals", "dump", "audit", "ledger", "recovery"),
    ("graph", "lookup", "query", "queries", "findings", "explore", "selection", "export", "sparql", "conformance"),
    ("reading", "workers", "pipeline", "rdf", "gold", "scores", "evaluate"),
    ("training", "benchmark"),
    ("knowledge", "render", "sample"),
    ("", "cli", "web", "sample.__main__"),
)
"""Low to high; names within `kg`, of modules or packages. The nameless one is `kg` itself, the door."""

HEAVY = ("dask", "distributed", "jieba", "kglite", "neo4j", "networkx", "opencc", "pandas", "pyarrow", "rdflib")


@cache
def modules() -> dict[str, Path]:
    found = {}
    for package, folder in FOLDERS.items():
        for file in sorted((ROOT / folder).rglob("*.py")):
            parts = file.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join([package, *parts]).removesuffix(".__init__")] = file
    return found


def imported(name: str, *, early: bool = False) -> Iterator[str]:
    """Modules that a module imports; with `early`, only those that are imported when it is."""
    path = modules()[name]
    nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if early and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if early and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            for _ in range(node.level - 1):
                package = package.rpartition(".")[0]
            base = f"{package}.{node.module}" if node.level and node.module else node.module or package
            for alias in node.names:
                yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules() else base
        nodes.extend(ast.iter_child_nodes(node))


def ours(name: str) -> set[str]:
    return {module for module in imported(name) if module in modules() and module != name}


def floor(module: str) -> int:
    """The floor of the longest name in FLOORS that is the module's or a package's above it."""
    inner = module.removeprefix("kg").removeprefix(".")
    fits = [
        (len(name), level)
        for level, names in enumerate(FLOORS)
        for name in names
        if inner == name or (name and inner.startswith(f"{name}."))
    ]
    assert fits, f"{module} is on no floor: name it in FLOORS"
    return max(fits)[1]


def rooms() -> list[str]:
    return [m for m in modules() if m != "kg.loaders" and not m.startswith("kg.loaders.")]


@pytest.mark.parametrize("module", rooms())
def test_nothing_leans_on_what_stands_above_it(module: str) -> None:
    above = sorted(m for m in ours(module) if m in rooms() and floor(m) > floor(module))
    assert not above, f"{module} imports {', '.join(above)} from a higher floor"


def test_no_two_modules_lean_on_each_other() -> None:
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"a circle: {' → '.join((*way, module))}"
        if module not in done:
            for other in sorted(ours(module)):
                visit(other, (*way, module))
            done.add(module)

    for module in modules():
        visit(module, ())


def test_kg_never_imports_its_loaders() -> None:
    for module in rooms():
        assert not [m for m in imported(module) if m == "kg.loaders" or m.startswith("kg.loaders.")], module


def test_loaders_lean_on_the_ground_floors_only() -> None:
    highest = floor("kg.loading")
    for module in modules():
        if module.startswith("kg.loaders"):
            above = [m for m in ours(module) if not m.startswith("kg.loaders") and floor(m) > highest]
            assert not above, f"{module} imports {above}"


def test_every_floor_is_lived_on() -> None:
    inner = {m.removeprefix("kg").removeprefix(".") for m in modules()}
    for name in (name for names in FLOORS for name in names):
        assert name in inner, f"{name} in FLOORS is no module any more"


@pytest.mark.parametrize("module", list(modules()))
def test_nothing_heavy_is_imported_early(module: str) -> None:
    early = {name.partition(".")[0] for name in imported(module, early=True)}
    assert not early.intersection(HEAVY)


def test_the_door_and_the_help_cost_nothing() -> None:
    code = (
        "import sys, kg, kg.cli\n"
        "from click.testing import CliRunner\n"
        "assert CliRunner().invoke(kg.cli.cli, ['load', '--help']).exit_code == 0\n"
        f"print([m for m in {(*HEAVY, 'pyoxigraph', 'sqlite3')!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
