"""The words of `names.toml`: beside which words names stand that no list holds."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kg.errors import OntologyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.lexicon import Lexicon

__all__ = ["NameWords", "Rule", "Shape"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What stands beside a word is a name of this class, this sure; `then` must match behind the word."""

    type: str
    confidence: float
    then: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A regular expression whose group `name` is a name of this class."""

    type: str
    confidence: float
    say: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class NameWords:
    """`names.toml` as values."""

    before: Mapping[str, Rule]
    """Words that a name stands right before."""
    after: Mapping[str, Rule]
    """Words that a name stands right behind."""
    shapes: tuple[Shape, ...]
    skip: frozenset[str]
    """Adverbs and times between a subject and its verb."""
    tail: frozenset[str]
    """What stands behind an object and is no part of its name."""
    acronyms: frozenset[str]
    """Latin words that name nothing by themselves: AI, CEO, GDP."""
    products: frozenset[str]
    releases: frozenset[str]
    fields: frozenset[str]
    placing: frozenset[str]

    @classmethod
    def load(cls, lexicon: Lexicon, path: Path | None = None) -> NameWords:
        """Read the packaged file or another one. Raises OntologyError where it is wrong."""
        content = _read(path)
        lists = {
            name: frozenset(content.get(name, "").split())
            for name in ("skip", "tail", "acronyms", "products", "releases", "fields", "placing")
        }
        foreign = "".join(lexicon.words("people", "transliteration"))
        return cls(_rules(content, "before"), _rules(content, "after"), _shapes(content, foreign), **lists)

    def whole(self) -> frozenset[str]:
        """Words that a tokenizer should keep whole."""
        found = {*self.before, *self.after, *self.products, *self.tail, *self.skip, *self.releases}
        return frozenset(word for word in found if len(word) > 1 and not word.isascii())

    def verbs(self) -> frozenset[str]:
        """Those of them that no name reaches over."""
        return frozenset({*self.before, *self.after, *self.skip, *self.releases} - self.products)


def _read(path: Path | None) -> dict[str, Any]:
    file = path if path is not None else files("kg.ontology").joinpath("patterns", "names.toml")
    try:
        return tomllib.loads(file.read_text(encoding="utf8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise OntologyError(f"names.toml: {error}; correct the file or reinstall the package") from error


def _shapes(content: Mapping[str, Any], foreign: str) -> tuple[Shape, ...]:
    shapes = []
    for number, table in enumerate(content.get("shape", ()), 1):
        try:
            shape = Shape(
                str(table["class"]), float(table["confidence"]), re.compile(table["say"].replace("%foreign%", foreign))
            )
        except (KeyError, ValueError, TypeError, re.error) as error:
            raise OntologyError(
                f"names.toml: [[shape]] number {number}: {error!r}; it needs class, confidence, say"
            ) from error
        if "name" not in shape.say.groupindex:
            raise OntologyError(f"names.toml: [[shape]] number {number}: mark the name in it as (?P<name>…)")
        shapes.append(shape)
    return tuple(shapes)


def _rules(content: Mapping[str, Any], name: str) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for number, table in enumerate(content.get(name, ()), 1):
        try:
            then = re.compile(table["then"]) if "then" in table else None
            rule = Rule(str(table["class"]), float(table["confidence"]), then)
            for word in table["words"].split():
                rules.setdefault(word, rule)
        except (KeyError, AttributeError, ValueError, re.error) as error:
            raise OntologyError(
                f"names.toml: [[{name}]] number {number}: {error!r}; it needs class, confidence, words"
            ) from error
    return rules
