"""Write the pages that come from elsewhere: the vocabulary from the ontology, the command line from click, the queries.

`python docs/generate.py` writes them, `python docs/generate.py --check` exits with 1 where one is stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kg import vocabulary
from kg.cli import cli
from kg.export.context import make_context
from kg.query import LANGUAGES, named_queries
from kg.schema import Schema

DOCS = Path(__file__).parent


def command_line() -> str:
    """Every command with its help, as a terminal of 100 columns shows it."""
    lines = ["# Command line", "", "Written from the commands themselves: `make docs`.", ""]

    def page(command: click.Command, name: str) -> None:
        context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100)
        lines.extend([f"## {name}", "", "```text", command.get_help(context), "```", ""])
        if isinstance(command, click.Group):
            for sub in command.commands.values():
                page(sub, f"{name} {sub.name}")

    page(cli, "kg")
    return "\n".join(lines)


def queries() -> str:
    """The named queries with parameters and columns."""
    lines = [
        "# Named queries",
        "",
        "Written from the files in `queries/`: `make docs`. Each is Cypher or SPARQL with a header; `kg query` runs",
        "the ones, `kg sparql` the others.",
        "",
    ]
    for query in (q for language in LANGUAGES for q in named_queries(language=language).values()):
        title = query.name if query.language == "cypher" else f"{query.name} (SPARQL)"
        lines += [f"## {title}", "", query.purpose, ""]
        if query.parameters:
            lines += ["| parameter | type | default | |", "| --- | --- | --- | --- |"]
            for p in query.parameters:
                default = "required" if p.required else f"`{p.default}`" if p.default not in (None, "") else "–"
                lines.append(f"| `{p.name}` | {p.type} | {default} | {p.text} |")
            lines.append("")
        lines += ["| column | |", "| --- | --- |"]
        lines += [f"| `{c.name}` | {c.text} |" for c in query.columns]
        lines += ["", f"    {query.example}", ""]
    return "\n".join(lines)


def context() -> str:
    return json.dumps({"@context": make_context(Schema.load())}, ensure_ascii=False, indent=1) + "\n"


def pages() -> dict[Path, str]:
    return {
        DOCS.parent / "ontology" / "context.jsonld": context(),
        DOCS / "vocabulary.md": vocabulary.markdown(Schema.load()),
        DOCS / "cli.md": command_line(),
        DOCS / "queries.md": queries(),
    }


def main() -> int:
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is stale: make docs", file=sys.stderr)
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
