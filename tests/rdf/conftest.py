"""The ledger that exports are tested with; the tests of what comes in read what goes out."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "export"))

from export.conftest import empty, ledger

__all__ = ["empty", "ledger"]
