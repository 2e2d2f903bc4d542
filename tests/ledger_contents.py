"""What a ledger holds, to be compared."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.ledger import Ledger


def text(ledger: Ledger) -> str:
    out = io.StringIO()
    ledger.dump(out)
    return out.getvalue()


def views(ledger: Ledger) -> dict[str, Any]:
    """Everything that readers see, by id."""
    return {
        "items": {i.id: i for i in ledger.items()},
        "entities": {e.id: e for e in ledger.entities()},
        "facts": {f.id: f for f in ledger.facts()},
        "events": {e.id: e for e in ledger.events()},
        "observations": {o.id: o for o in ledger.observations()},
        "mentions": set(ledger.mentions()),
    }
