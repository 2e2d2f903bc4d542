"""The ledger as SPARQL sees it: a store that is up to date, and workers that ask it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.export.triples import prefixes
from kg.graph.base import DEFAULT_LIMIT, DEFAULT_TIMEOUT, Result
from kg.sparql.replica import Replica
from kg.sparql.workers import Gone, Workers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.ledger import Ledger
    from kg.schema import Schema
    from kg.sparql.workers import Answer

__all__ = ["SparqlView", "Terms"]

Terms = dict[str, list[str]]
"""Variable → a term: `[iri]`, or `[text, datatype]`."""
_TRIES: Final = 4


@dataclass(frozen=True)
class SparqlView:
    """Answers SPARQL. Safe to use from several threads."""

    replica: Replica
    schema: Schema
    workers: Workers = field(default_factory=Workers)

    @classmethod
    def open(cls, folder: Path | None, ledger: Ledger, schema: Schema, ontology: Path | None = None) -> SparqlView:
        """The view of a ledger, with its store in a folder, or in a temporary one; `ontology` is as for `Replica`.
        Nothing is read or built yet."""
        return cls(Replica(folder, ledger, schema, ontology), schema)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes that a query need not declare; `kg` is the ontology, `id` the data."""
        return prefixes(self.schema)

    def query(
        self,
        query: str,
        bound: Terms | None = None,
        *,
        timeout: float | None = DEFAULT_TIMEOUT,
        limit: int | None = DEFAULT_LIMIT,
    ) -> Result:
        """Run one query, for rows of plain values.

        SELECT gives its variables as columns; ASK one row with `answer`; CONSTRUCT and DESCRIBE `subject`, `predicate`
        and `object`. IRIs and dates come as `str`, numbers as `int` or `float`, what is not bound as None. `bound` are
        variables with the terms that they have; a SELECT must name them.

        Raises QueryError where the query does not parse, would write or ask elsewhere; LimitError where it takes too
        long or too much memory; GraphError where no store can be made.
        """
        started = time.perf_counter()
        with self.ask(query, {"plain": True, "rows": limit, "bound": bound or {}}, timeout=timeout) as answer:
            text = b"".join(answer)
            rows = tuple(tuple(json.loads(line)) for line in text.splitlines())
            columns, cut = tuple(answer.head["columns"]), bool(answer.ending.get("truncated"))
        warnings = (f"only the first {len(rows)} rows are shown: raise the limit, or add LIMIT",) if cut else ()
        return Result(columns, rows, cut, time.perf_counter() - started, warnings)

    def ask(
        self, query: str, request: Mapping[str, Any], *, timeout: float | None, patience: float | None = None
    ) -> Answer:
        """Run one query, for the bytes of its result; `request` says in which form, as `kg.sparql.worker` takes it."""
        whole = {"prefixes": self.prefixes, "base": self.schema.base_iri, **request, "query": query}
        for trial in range(_TRIES):
            folder = self.replica.current()
            try:
                return self.workers.ask(folder, whole, timeout=timeout, patience=patience)
            except Gone:
                if trial == _TRIES - 1:
                    raise
                if trial:
                    self.replica.discard(folder)
        raise AssertionError("not reached")

    def close(self) -> None:
        self.workers.close()
        self.replica.close()
