"""What can go wrong, as one tree. Each knows the exit code of a command that ends with it.

KgError                 1   anything that `kg` raises on purpose
├── UsageError          2   the caller asked for something that cannot be: unknown name, bad parameter
│   ├── UnknownNameError 2  no entity, query, class or loader of that name; carries the nearest ones
│   └── QueryError      2   Cypher or SPARQL that does not parse, or writes where only reading is allowed
├── SourceError         1   a file that cannot be read as news: binary, empty, too large, broken encoding
├── OntologyError       1   a file of the ontology, the lexicon or the patterns is wrong; names file and remedy
├── LedgerError         1   the ledger cannot be opened, is damaged, is locked, or is of another version
├── GraphError          1   the graph engine failed
├── WorkerError         1   processes or machines that extract cannot be started, reached or trusted
└── LimitError          1   a time or row limit struck
"""

from __future__ import annotations

__all__ = [
    "GraphError",
    "KgError",
    "LedgerError",
    "LimitError",
    "OntologyError",
    "QueryError",
    "SourceError",
    "UnknownNameError",
    "UsageError",
    "WorkerError",
]


class KgError(Exception):
    """Anything that `kg` raises on purpose.

    The message says what is wrong and, after it, what to do about it.
    """

    exit_code: int = 1


class UsageError(KgError):
    """The caller asked for something that cannot be."""

    exit_code = 2


class UnknownNameError(UsageError):
    """Nothing has that name; `nearest` holds up to five names that come close, best first."""

    def __init__(self, what: str, name: str, nearest: tuple[str, ...] = ()) -> None:
        self.what = what
        self.name = name
        self.nearest = nearest
        hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
        super().__init__(f"no {what} named '{name}'.{hint}")


class QueryError(UsageError):
    """A query that does not parse, or writes where only reading is allowed."""


class SourceError(KgError):
    """A file that cannot be read as news."""


class OntologyError(KgError):
    """A file of the ontology, the lexicon or the patterns is wrong."""


class LedgerError(KgError):
    """The ledger cannot be opened, is damaged, is locked, or is of another version."""


class GraphError(KgError):
    """The graph engine failed."""


class WorkerError(KgError):
    """Processes or machines that extract cannot be started, reached or trusted."""


class LimitError(KgError):
    """A time or row limit struck."""
