"""Chinese business and technology news as a knowledge graph whose every edge shows its sentence.

>>> import kg
>>> from kg.sample import newsletter
>>> with kg.open(":memory:") as graph:
...     report = graph.load(newsletter())
...     rows = graph.query("MATCH (c:Company)-[r:LISTED_ON]->(x:Exchange) RETURN c.name, r.evidence LIMIT 1")
>>> report.items.accepted
14
>>> len(rows)
1
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.errors import KgError
    from kg.extract.extractor import Extractor
    from kg.knowledge import KnowledgeGraph, open
    from kg.ledger import Ledger
    from kg.model import Document, Event, Evidence, Fact, NewsItem, Observation, Statement
    from kg.schema import Schema

__version__ = "0.1.0"

__all__ = [
    "Document",
    "Event",
    "Evidence",
    "Extractor",
    "Fact",
    "KgError",
    "KnowledgeGraph",
    "Ledger",
    "NewsItem",
    "Observation",
    "Schema",
    "Statement",
    "__version__",
    "open",
]

_HOME = {
    "Document": "kg.model",
    "Event": "kg.model",
    "Evidence": "kg.model",
    "Extractor": "kg.extract.extractor",
    "Fact": "kg.model",
    "KgError": "kg.errors",
    "KnowledgeGraph": "kg.knowledge",
    "Ledger": "kg.ledger",
    "NewsItem": "kg.model",
    "Observation": "kg.model",
    "Schema": "kg.schema",
    "Statement": "kg.model",
    "open": "kg.knowledge",
}


def __getattr__(name: str) -> Any:
    # Each name is imported when it is first used, so that `import kg` costs nothing.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'kg' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
