"""How the terms of others become ours: the files of `ontology/mappings/`, checked against the ontology."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kg.errors import OntologyError, UnknownNameError

if TYPE_CHECKING:
    import collections.abc as abc
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from kg.schema import Schema

__all__ = ["Mapping", "RelationMapping"]

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class RelationMapping:
    """How one property of theirs becomes a relation of ours."""

    relation: str
    reverse: bool = False
    """Their object is our subject."""
    values: frozenset[str] = frozenset()
    """What leads on from a node between the two ends; empty where there is none."""
    qualifiers: abc.Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Ours → theirs."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """One file. All names of theirs are whole IRIs."""

    name: str
    """The file's, without suffix."""
    about: str
    confidence: float
    languages: tuple[str, ...]
    labels: tuple[str, ...]
    """Best first."""
    aliases: tuple[str, ...]
    class_properties: tuple[str, ...]
    classes: abc.Mapping[str, str]
    relations: abc.Mapping[str, RelationMapping]
    numbers: frozenset[str]
    currencies: frozenset[str]

    @classmethod
    def all(cls, schema: Schema, folder: Path | None = None, name: str | None = None) -> tuple[Mapping, ...]:
        """The mappings of a folder laid out like the packaged ontology, by their names; the packaged ones where it has
        none. With a name, only that.

        Raises UnknownNameError where there is none of that name, OntologyError, naming file and entry, for one that
        speaks of what the ontology does not have.
        """
        own = folder / "mappings" if folder is not None else None
        place: Path | Traversable = own if own is not None and own.is_dir() else files("kg.ontology") / "mappings"
        known = {p.name.removesuffix(".toml"): p for p in place.iterdir() if p.name.endswith(".toml")}
        if name is not None:
            if name not in known:
                raise UnknownNameError("mapping", name, tuple(sorted(known)))
            known = {name: known[name]}
        return tuple(cls._read(schema, key, known[key]) for key in sorted(known))

    @classmethod
    def _read(cls, schema: Schema, name: str, place: Path | Traversable) -> Mapping:
        try:
            return _Reading(schema, name, tomllib.loads(place.read_text(encoding="utf-8"))).mapping()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise OntologyError(f"{place}: {error}. Compare with the packaged mappings.") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OntologyError(
                f"mappings/{name}.toml: missing or misformed entry {error}. Compare with the packaged mappings."
            ) from error


class _Reading:
    def __init__(self, schema: Schema, name: str, data: abc.Mapping[str, Any]) -> None:
        self._schema, self._name, self._data = schema, name, data
        self._prefixes = {
            prefix: [spaces] if isinstance(spaces, str) else [*spaces]
            for prefix, spaces in data.get("prefixes", {}).items()
        }

    def mapping(self) -> Mapping:
        data, names = self._data, self._data["names"]
        classes = {
            iri: self._known(ours, self._schema.classes, "class")
            for cls, ours in data["classes"].items()
            for iri in self._iris(cls)
        }
        relations: dict[str, RelationMapping] = {}
        for entry in data.get("relations", ()):
            for iri in self._iris(entry["property"]):
                relations.setdefault(iri, self._relation(entry))
        amounts = data.get("amounts", {})
        return Mapping(
            self._name,
            str(data.get("about", self._name)),
            float(data.get("confidence", 0.9)),
            tuple(str(language).lower() for language in data.get("languages", ["zh", "", "en"])),
            self._list(names.get("label", ())),
            self._list(names.get("alias", ())),
            ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", *self._list(data.get("class_properties", ()))),
            classes,
            relations,
            frozenset(self._list(amounts.get("number", ()))),
            frozenset(self._list(amounts.get("currency", ()))),
        )

    def _relation(self, entry: abc.Mapping[str, Any]) -> RelationMapping:
        relation = self._known(entry["relation"], self._schema.properties, "relation")
        known = {q.name for q in self._schema.properties[relation].qualifiers}
        qualifiers = {}
        for ours, theirs in entry.get("qualifiers", {}).items():
            self._known(ours, known, f"qualifier of {relation}")
            qualifiers[ours] = frozenset(self._list([theirs] if isinstance(theirs, str) else theirs))
        values = frozenset(self._iris(entry["value"])) if "value" in entry else frozenset()
        return RelationMapping(relation, bool(entry.get("reverse", False)), values, qualifiers)

    def _known(self, name: str, known: abc.Collection[str], what: str) -> str:
        if name not in known:
            near = ", ".join(self._schema.nearest(name, 3))
            hint = f"; did you mean {near}?" if near else ""
            raise OntologyError(f"mappings/{self._name}.toml: '{name}' is no {what}{hint}")
        return name

    def _list(self, names: abc.Iterable[str]) -> tuple[str, ...]:
        return tuple(iri for name in names for iri in self._iris(name))

    def _iris(self, name: str) -> list[str]:
        prefix, colon, local = name.partition(":")
        if colon and prefix in self._prefixes:
            return [space + local for space in self._prefixes[prefix]]
        if not _IRI.fullmatch(name) or not name.partition(":")[2].startswith("/"):
            raise OntologyError(
                f"mappings/{self._name}.toml: '{name}' has a prefix that [prefixes] does not tell, and is no whole IRI"
            )
        return [name]
