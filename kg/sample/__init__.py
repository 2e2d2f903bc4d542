"""A newsletter written for this project, to try the tool on. `python -m kg.sample` shows what becomes of it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["newsletter"]


def newsletter() -> Path:
    """The file: fourteen items in Chinese."""
    return Path(__file__).with_name("newsletter.txt")
