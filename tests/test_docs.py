"""The documents do what they say: every block is run, in order, in an empty folder for each page.

What a block is, its first line tells:

- `python`: run, with the names of the page's blocks before it; a `text` block right after it is what it prints;
- `console`: lines that begin with `$ ` are commands, what follows is their output; where a line is `kg: …`, the command
  must fail;
- `… file=NAME`, `… append=NAME`: the block is written to that file;
- all others are only read.

In an output, … stands for anything, alone in a line for any number of lines; how many blanks there are does not matter.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Ran

ROOT = Path(__file__).parents[1]
GENERATED = ("cli.md", "queries.md", "vocabulary.md")
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in GENERATED),
]


class Block(NamedTuple):
    line: int
    language: str
    options: dict[str, str]
    text: str


def blocks(page: Path) -> list[Block]:
    found = []
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(r"^```(?P<info>\S[^\n]*)\n(?P<text>.*?)^```$", text, re.M | re.S):
        language, *options = match["info"].split()
        pairs = dict(option.split("=", 1) for option in options)
        found.append(Block(text.count("\n", 0, match.start()) + 1, language, pairs, match["text"]))
    return found


def fits(printed: str, told: str) -> bool:
    """Whether an output is as told."""
    pattern = ""
    for line in told.strip().splitlines():
        if line.strip() == "…":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            words = [re.escape(part) for part in re.split(r"\s+", line.strip())]
            pattern += r"\s+".join(words).replace("…", "[^\n]*?") + r"[^\S\n]*\n"
    lines = "".join(f"{line.strip()}\n" for line in printed.strip().splitlines())
    return re.fullmatch(pattern, lines) is not None


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with its output as told."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more.strip()
        yield command, output


@pytest.fixture
def shell(run: Callable[..., Ran], here: Path) -> Callable[[str], tuple[int, str]]:
    """Runs a command as a shell would; one of ours without any shell's sign in this process, which is faster."""
    import shlex

    def command(line: str) -> tuple[int, str]:
        plain, _, target = line.partition(" > ")
        if plain.startswith("kg ") and not re.search(r"[|<>&;$`]|\\", re.sub(r"'[^']*'|\"[^\"$`]*\"", "", plain)):
            ran = run(*shlex.split(plain)[1:])
            if target:
                (here / target).write_text(ran.out, encoding="utf-8")
            return ran.code, ("" if target else ran.out) + ran.err
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", line], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
        )
        return done.returncode, done.stdout + done.stderr

    return command


@pytest.fixture
def server_of_page(page: Path, here: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What neo4j.md tells is told of an empty server."""
    if page.name == "neo4j.md":
        server = request.getfixturevalue("neo4j_empty")
        monkeypatch.setenv("NEO4J_URI", server.uri)
        monkeypatch.setenv("NEO4J_PASSWORD", server.auth[1])


@pytest.mark.parametrize(
    "page",
    [pytest.param(p, marks=[pytest.mark.xdist_group("neo4j")] if p.name == "neo4j.md" else []) for p in PAGES],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_every_block_of_the_documents_runs(
    page: Path,
    here: Path,
    server_of_page: None,
    shell: Callable[[str], tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    all_blocks = blocks(page)
    monkeypatch.syspath_prepend(str(here))
    for block, after in zip_longest(all_blocks, all_blocks[1:]):
        where = f"{page.name}, line {block.line}"
        if "file" in block.options or "append" in block.options:
            target = here / (block.options.get("file") or block.options["append"])
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("w" if "file" in block.options else "a", encoding="utf-8") as stream:
                stream.write(block.text)
        elif block.language == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(block.text, where, "exec"), names)
            if after is not None and after.language == "text" and not after.options:
                assert fits(printed.getvalue(), after.text), f"{where} prints\n{printed.getvalue()}"
        elif block.language == "console":
            for command, told in commands(block.text):
                code, output = shell(command)
                failing = any(line.startswith("kg: ") for line in told.splitlines())
                assert (code != 0) == failing, f"{where}: {command} ends with {code}\n{output}"
                assert not told.strip() or fits(output, told), f"{where}: {command} prints\n{output}"


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_generated_pages_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_examples_in_docstrings_run(one_extractor: None) -> None:
    import doctest

    import kg
    from kg import knowledge, render

    for module in (kg, knowledge, render):
        failed, _ = doctest.testmod(module)
        assert failed == 0, module.__name__


@pytest.mark.parametrize(
    ("printed", "told", "right"),
    [
        ("a  b\n", "a b", True),
        ("a\nx\ny\nb\n", "a\n…\nb", True),
        ("a 12 s\n", "a … s", True),
        ("a\n", "b", False),
        ("a\nb\n", "a", False),
    ],
)
def test_outputs_are_compared_loosely(printed: str, told: str, right: bool) -> None:
    assert fits(printed, told) is right
