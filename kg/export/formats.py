"""Which formats there are: their names, the endings of file names that stand for them, and who writes them.

A new format is a line here and a function that writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from kg.errors import UnknownNameError, UsageError
from kg.export.files import GZIP

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMATS", "Format", "Kind", "named", "of_path"]

Kind: TypeAlias = Literal["rdf", "graph", "tables", "cypher"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of exports."""

    name: str
    kind: Kind
    about: str
    suffixes: tuple[str, ...] = ()
    """Of file names, with the dot; the first is the usual one. `.gz` may follow each where `gzip` holds."""
    counts: str = "triples"
    """What the number in an `ExportReport` counts."""
    writer: str = ""
    """`module:function` that takes `GraphRows` and a stream, or a `Folder`; RDF has none, `kg.export.rdf` writes it."""
    files: str = ""
    """Where the format is a folder: what the names of its files fit, without `.gz`."""
    after: str = ""
    """`module:function` that takes the path written and says what to do with it next."""
    by_label: bool = False
    """Whether a node is told apart by its base label and its id, not by its id alone."""
    gzip: bool = True
    aliases: tuple[str, ...] = ()

    @property
    def folder(self) -> bool:
        return bool(self.files)

    @property
    def ours(self) -> re.Pattern[str]:
        """What the names of its files fit."""
        return re.compile(self.files)


_TABLES: Final = r"(nodes|relationships)\."

FORMATS: Final[Mapping[str, Format]] = {
    f.name: f
    for f in (
        Format("turtle", "rdf", "RDF, to read", (".ttl",), aliases=("ttl",)),
        Format("ntriples", "rdf", "RDF, a triple a line", (".nt",), aliases=("nt",)),
        Format("rdfxml", "rdf", "RDF as XML", (".rdf",), aliases=("xml",)),
        Format("trig", "rdf", "RDF with named graphs", (".trig",), "quads"),
        Format("nquads", "rdf", "RDF with named graphs, a quad a line", (".nq",), "quads", aliases=("nq",)),
        Format("jsonld", "rdf", "RDF as JSON", (".jsonld",), aliases=("json-ld", "json")),
        Format(
            "graphml",
            "graph",
            "for Gephi, Cytoscape, networkx",
            (".graphml",),
            "nodes and edges",
            "kg.export.graphml:write_graphml",
        ),
        Format(
            "gexf",
            "graph",
            "for Gephi, with times and colours",
            (".gexf",),
            "nodes and edges",
            "kg.export.gexf:write_gexf",
        ),
        Format(
            "node-link",
            "graph",
            "JSON for networkx and D3",
            (".json",),
            "nodes and edges",
            "kg.export.nodelink:write_node_link",
            aliases=("json", "nodelink"),
        ),
        Format(
            "csv",
            "tables",
            "a folder with two tables, for pandas and databases",
            (".csv",),
            "rows",
            "kg.export.tables:write_csv",
            _TABLES + "csv",
        ),
        Format(
            "csv-excel",
            "tables",
            "the same for spreadsheets: no cell is a formula",
            (),
            "rows",
            "kg.export.tables:write_spreadsheet",
            _TABLES + "csv",
            gzip=False,
            aliases=("excel",),
        ),
        Format(
            "parquet",
            "tables",
            "a folder with two typed tables (needs pyarrow)",
            (".parquet",),
            "rows",
            "kg.export.parquet:write_parquet",
            _TABLES + "parquet",
            gzip=False,
        ),
        Format(
            "neo4j-admin",
            "tables",
            "a folder of CSV for neo4j-admin database import",
            (),
            "rows",
            "kg.export.bulk:write_bulk",
            r"(nodes|relationships)-[\w-]+\.csv|import\.sh|schema\.cypher",
            "kg.export.bulk:next_step",
            by_label=True,
            aliases=("neo4j", "neo4j-csv"),
        ),
        Format(
            "cypher",
            "cypher",
            "a script for cypher-shell",
            (".cypher", ".cql"),
            "nodes and relationships",
            "kg.export.script:write_script",
            by_label=True,
        ),
    )
}


def named(name: str) -> Format:
    """The format of a name. Raises UnknownNameError with the nearest ones."""
    from difflib import get_close_matches

    if name in FORMATS:
        return FORMATS[name]
    wanted = name.lower().removeprefix(".").removesuffix(GZIP)
    also = tuple(f.name for f in FORMATS.values() if wanted in (f.name, *f.aliases))
    raise UnknownNameError("format", name, also or tuple(get_close_matches(wanted, FORMATS, 3, 0.4)) or tuple(FORMATS))


def of_path(path: Path | str) -> Format:
    """The format that a file's name tells. Raises UsageError with the endings that tell one."""
    name = Path(path).name.lower()
    packed = name.endswith(GZIP)
    suffix = Path(name.removesuffix(GZIP)).suffix
    for format in FORMATS.values():
        if suffix in format.suffixes and (format.gzip or not packed):
            return format
    endings = ", ".join(f.suffixes[0] for f in FORMATS.values() if f.suffixes)
    raise UsageError(f"{path}: the suffix tells no format; end it in {endings}, or say --format NAME")
