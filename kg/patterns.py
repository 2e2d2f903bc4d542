"""The word lists of `ontology/patterns/`: one way to read such a file, and one way to say what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from kg.errors import OntologyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["read_patterns"]

_T = TypeVar("_T")


def read_patterns(name: str, path: Path | None, build: Callable[[Mapping[str, Any]], _T]) -> _T:
    """What `build` makes of a file: the packaged one of that name, or the one at `path`.

    Raises OntologyError, naming the file, where it cannot be read or `build` misses an entry or cannot take one.
    """
    where = path or files("kg.ontology") / "patterns" / name
    try:
        return build(tomllib.loads(where.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OntologyError(f"{where}: {error}. Compare with the packaged {name}.") from error
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise OntologyError(f"{where}: missing or misformed entry {error}. Compare with the packaged one.") from error
