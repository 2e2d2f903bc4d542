"""What survives a kill: everything that was told, and nothing half. `tests/durability.py` says how that is tried."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is neither fork nor kill -9")

MEMORY = Path("/dev/shm")


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """A kill is the same on a disk in memory, which is faster."""
    folder = MEMORY if os.access(MEMORY, os.W_OK) else tempfile.gettempdir()
    script = Path(__file__).with_name("durability.py")
    return subprocess.run(
        [sys.executable, str(script), *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(folder)},
    )


def test_whoever_is_killed_loses_nothing_and_leaves_nothing_half() -> None:
    ran = run("--kills", "110", "--seed", "1")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["kills"] >= 110
    assert found["completed"] >= 2, "the next run goes on until the work is done"
    assert found["under way"].keys() >= {"load", "project", "load versions", "project changes", "add many", "export"}


def test_what_is_told_before_it_is_kept_would_be_found_out() -> None:
    ran = run("--kills", "40", "--seed", "1", "--early")
    assert ran.returncode == 1
    assert "was told or there before" in ran.stderr
