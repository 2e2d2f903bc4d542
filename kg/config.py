"""Settings of the command line: `kg.toml` in the working directory, over it the environment, over that the options."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command takes where its options say nothing. Each may stand in `kg.toml` or as `KG_…` (`KG_DB`)."""

    db: str = "kg.db"
    """The ledger's file."""
    ontology: str | None = None
    """A folder laid out like the packaged ontology."""
    loader: str | None = None
    min_confidence: float = 0.0
    workers: str = "1"
    """Processes that extract while loading; `auto` for one on each core."""
    cluster: str | None = None
    """A dask scheduler whose workers extract, `dask://host:8786`."""
    timeout: float = 60.0
    """Seconds that a query may take."""
    limit: int = 10_000
    """Rows that a query may give."""

    @classmethod
    def load(cls, file: Path = Path("kg.toml"), environment: Mapping[str, str] | None = None) -> Settings:
        """Read the file, if it is there, and the environment.

        Raises UsageError that names the file and the key, or the variable, for one that is unknown or of a wrong type.
        """
        settings = cls()
        if file.is_file():
            try:
                table = tomllib.loads(file.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise UsageError(f"{file}: not valid TOML: {error}") from error
            for key, value in table.items():
                settings = settings._with(f"{file}: {key}", key, value)
        for key, value in (os.environ if environment is None else environment).items():
            name = key.removeprefix("KG_").lower()
            if key.startswith("KG_") and name in _KINDS:
                settings = settings._with(f"the variable {key}", name, value)
        return settings

    def _with(self, where: str, key: str, value: Any) -> Settings:
        if key not in _KINDS:
            raise UsageError(f"{where}: no such setting; there are {', '.join(_KINDS)}")
        try:
            changed: dict[str, Any] = {key: _KINDS[key](value)}
            return replace(self, **changed)
        except (TypeError, ValueError) as error:
            raise UsageError(f"{where}: {value!r} is no {_KINDS[key].__name__}") from error


_KINDS: dict[str, type[str] | type[int] | type[float]] = {
    f.name: {"float": float, "int": int}.get(str(f.type), str) for f in fields(Settings)
}
