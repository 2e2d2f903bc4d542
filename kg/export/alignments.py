"""What others call it: entities in Wikidata, units in QUDT and UCUM. Both are files of the ontology that users edit."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.errors import OntologyError, UnknownNameError
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.schema import Schema

__all__ = ["Alignments", "Unit"]

_WIKIDATA: Final = "http://www.wikidata.org/entity/"
_QUDT: Final = "http://qudt.org/vocab/unit/"
_QUDT_CURRENCY: Final = "http://qudt.org/vocab/currency/"
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_ITEM = re.compile(r"Q[1-9]\d*")


class Unit(NamedTuple):
    """A unit as printed, taken apart."""

    factor: float
    """What a figure is multiplied with: 1e8 for 亿美元."""
    currency: str | None = None
    """ISO 4217."""
    qudt: str | None = None
    """An IRI."""
    ucum: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Alignments:
    """Names of others, as `sameas.toml` and `units.toml` tell them."""

    same: Mapping[str, str]
    """Id of an entity → its IRI elsewhere."""
    _multipliers: Mapping[str, float]
    _currencies: Mapping[str, str]
    _units: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, schema: Schema, folder: Path | None = None) -> Alignments:
        """Read the files of a folder laid out like the packaged ontology; the packaged ones where it has none.

        Raises OntologyError, naming the file, where one cannot be read or says what cannot be.
        """
        values = _table("patterns/values.toml", folder)
        units = _table("units.toml", folder)
        try:
            return cls(
                _same(schema, _table("sameas.toml", folder)),
                {str(word): float(factor) for word, factor in values["multipliers"].items()},
                {str(word): str(code) for word, code in values["currencies"].items()},
                {str(word): dict(terms) for word, terms in units["units"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OntologyError(
                f"units.toml: missing or misformed entry {error}. Compare with the packaged one."
            ) from error

    @property
    def fingerprint(self) -> str:
        """Equal where the same is told of the same names."""
        tables = (self.same, self._multipliers, self._currencies, self._units)
        text = json.dumps(tables, sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def unit(self, printed: str | None) -> Unit:
        """What a printed unit says: the longest multiplier before it, then a currency or a unit that others know."""
        rest, factor = printed or "", 1.0
        while rest and rest not in self._units and rest not in self._currencies:
            found = max((word for word in self._multipliers if rest.startswith(word)), key=len, default=None)
            if found is None:
                break
            rest, factor = rest[len(found) :], factor * self._multipliers[found]
        currency = self._currencies.get(rest)
        if currency is not None:
            return Unit(factor, currency, f"{_QUDT_CURRENCY}{currency}")
        known = self._units.get(rest, {})
        qudt = known.get("qudt")
        return Unit(factor, None, f"{_QUDT}{qudt}" if qudt else None, known.get("ucum"))


def _same(schema: Schema, tables: Mapping[str, Any]) -> dict[str, str]:
    same = {}
    for cls, names in tables.items():
        try:
            kind = schema.kind(cls)
        except UnknownNameError as error:
            raise OntologyError(f"sameas.toml: [{cls}] is no class of entities: {error}") from error
        if kind == "person":
            raise OntologyError(
                f"sameas.toml: [{cls}] holds people, whom a name does not tell apart; strike the table."
            )
        for name, target in names.items():
            iri = f"{_WIKIDATA}{target}" if _ITEM.fullmatch(str(target)) else str(target)
            if not fold(name) or not _IRI.fullmatch(iri):
                raise OntologyError(f"sameas.toml: {name} = '{target}' is neither Q… nor a whole IRI; correct it.")
            same[schema.entity_id(name, cls)] = iri
    return same


def _table(name: str, folder: Path | None) -> dict[str, Any]:
    own = folder / name if folder is not None else None
    place = own if own is not None and own.is_file() else files("kg.ontology") / name
    try:
        return tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OntologyError(f"{place}: {error}. Compare with the packaged {name}.") from error
