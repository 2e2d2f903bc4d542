"""Names by class with their other names, and the word lists that names are recognised by.

A lexicon is a folder of plain text: `*.txt` lists names of one class, one entity a line (`name | other name | …`, a `?`
before a form that is also an ordinary word), `*.toml` holds word lists. Users may edit both or bring their own folder.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from kg.errors import OntologyError
from kg.text import fold

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

__all__ = ["Entry", "Hit", "Lexicon", "Suffix"]

_LATIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9&.+'\-]*(?: ?[A-Za-z0-9&+][A-Za-z0-9&.+'\-]*){0,5}")
_WORD = re.compile(r"[A-Za-z0-9&.+'\-]+")
_HAS_HAN = re.compile(r"[\u3400-\u9fff]")


class _Source(Protocol):
    @property
    def name(self) -> str: ...
    def read_text(self, encoding: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """An entity that the lexicon knows: its usual name, its class, its other names, in the order of the list."""

    name: str
    type: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A form of an entry that stands at `[start, end)` of the text."""

    start: int
    end: int
    entry: Entry
    doubtful: bool
    """The form is an ordinary word as well."""


@dataclass(frozen=True, slots=True)
class Suffix:
    """What a name may end in (公司, 研究院) and what that makes it."""

    word: str
    type: str
    strength: str
    """`full`: with any words before it; `strong`: not with merely descriptive ones; `weak`: only behind what looks like
    a name by itself."""
    joins: bool
    """与, 和, 及 may stand inside of the name."""
    generic: frozenset[str]
    """Words that with the ending only describe: 社会资本, 上市公司."""
    needs: frozenset[str] = frozenset()
    """Where not empty: the name holds one of these."""


class Lexicon:
    """Known names and word lists. Iterating yields the words that a tokenizer should keep whole."""

    def __init__(
        self,
        entries: Collection[tuple[Entry, frozenset[str]]],
        lists: Mapping[str, Mapping[str, Any]],
        suffixes: Collection[Suffix] = (),
    ) -> None:
        self.entries = tuple(entry for entry, _ in entries)
        # Of a word that several classes end in, the class listed first counts.
        self.suffixes: Mapping[str, Suffix] = {suffix.word: suffix for suffix in reversed(tuple(suffixes))}
        self._lists = lists
        self._forms: dict[str, tuple[Entry, bool]] = {}
        """Forms with Chinese letters, as they stand in normalised text."""
        self._latin: dict[str, tuple[Entry, bool]] = {}
        """Folded forms without."""
        self._folded: dict[str, Entry] = {}
        heads: dict[str, set[int]] = {}
        for entry, doubtful in entries:
            for form in (entry.name, *entry.aliases):
                key, doubt = fold(form), form in doubtful
                self._folded.setdefault(key, entry)
                if _HAS_HAN.search(form):
                    plain = form.replace(" ", "")
                    if plain not in self._forms:
                        self._forms[plain] = (entry, doubt)
                        heads.setdefault(plain[:2], set()).add(len(plain))
                else:
                    self._latin.setdefault(key, (entry, doubt or len(key) < 2))
        self._heads = {head: sorted(lengths, reverse=True) for head, lengths in heads.items()}

    @classmethod
    def load(cls, folder: Path | None = None, exclude: Collection[str] = ()) -> Lexicon:
        """Read the packaged lexicon or another folder.

        Entities with a name or other name in `exclude` are left out whole, so that one can measure how extraction does
        without knowing them. Raises OntologyError where a file is wrong.
        """
        root: Traversable | Path = folder if folder is not None else files("kg.ontology").joinpath("lexicon")
        if not root.is_dir():
            raise OntologyError(f"no lexicon folder at {root}; reinstall the package or name a folder with *.txt lists")
        unwanted = {fold(name) for name in exclude}
        entries: list[tuple[Entry, frozenset[str]]] = []
        lists: dict[str, Mapping[str, Any]] = {}
        suffixes: list[Suffix] = []
        for file in sorted(root.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".txt"):
                entries.extend(
                    (entry, doubtful)
                    for entry, doubtful in _names(file)
                    if not unwanted or not any(fold(form) in unwanted for form in (entry.name, *entry.aliases))
                )
            elif file.name.endswith(".toml"):
                content = _toml(file)
                lists[file.name.removesuffix(".toml")] = content
                suffixes.extend(_suffixes(content.get("suffix", ()), file.name))
        return cls(entries, lists, suffixes)

    def __iter__(self) -> Iterator[str]:
        yield from self._forms
        yield from (word for word in self.suffixes if len(word) > 1 and _HAS_HAN.search(word))
        for name in ("function", "in_names", "heads", "not_names", "ordinary"):
            yield from (word for word in self.words("words", name) if len(word) > 1 and _HAS_HAN.search(word))
        yield from (word for word in self.words("words", "titles", "base") if len(word) > 1 and _HAS_HAN.search(word))

    def words(self, file: str, *path: str) -> tuple[str, ...]:
        """A word list of `<file>.toml`, such as `words("words", "titles", "base")`; empty where there is none."""
        value: Any = self._lists.get(file, {})
        for name in path:
            value = value.get(name, {}) if isinstance(value, Mapping) else {}
        return tuple(value.split()) if isinstance(value, str) else ()

    def known(self, name: str) -> Entry | None:
        """The entry that has this name or other name, blanks, case and traditional letters aside."""
        return self._folded.get(fold(name))

    def known_plain(self, form: str) -> tuple[Entry, bool] | None:
        """The entry of a Chinese form as normalised text has it, and whether the form is an ordinary word too."""
        return self._forms.get(form)

    def hits(self, string: str) -> Iterator[Hit]:
        """The longest known form at each place of a normalised text; hits of different places may overlap."""
        heads, forms = self._heads, self._forms
        for at in range(len(string) - 1):
            lengths = heads.get(string[at : at + 2])
            if lengths is None:
                continue
            for length in lengths:
                found = forms.get(string[at : at + length])
                end = at + length
                if found is None or end > len(string):
                    continue
                if not (_splits_latin(string, at) or _splits_latin(string, end)):
                    yield Hit(at, end, *found)
                    break
        for run in _LATIN.finditer(string):
            yield from self._latin_hits(string, run.start(), run.end())

    def _latin_hits(self, string: str, start: int, end: int) -> Iterator[Hit]:
        words = [(m.start(), m.end()) for m in _WORD.finditer(string, start, end)]
        index = 0
        while index < len(words):
            for last in range(min(len(words), index + 5), index, -1):
                lo, hi = words[index][0], words[last - 1][1]
                text = string[lo:hi]
                found = self._latin.get(fold(text)) or self._latin.get(fold(text.rstrip(".")))
                if found is None:
                    continue
                entry, doubtful = found
                if string[hi - 1] == ".":
                    hi -= 1
                if text.islower() and not entry.name.islower() and text not in entry.aliases:
                    continue
                yield Hit(lo, hi, entry, doubtful)
                index = last - 1
                break
            index += 1


def _splits_latin(string: str, at: int) -> bool:
    """Whether a boundary at `at` would cut a Latin word or a number in two."""
    if not 0 < at < len(string):
        return False
    left, right = string[at - 1], string[at]
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _names(file: _Source) -> Iterator[tuple[Entry, frozenset[str]]]:
    type_ = ""
    for number, line in enumerate(file.read_text(encoding="utf8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            directive, _, value = line.partition(" ")
            if directive != "@class" or not value.strip():
                raise OntologyError(f"{file.name}:{number}: '{line}' is no directive; write '@class Company'")
            type_ = value.strip()
            continue
        if not type_:
            raise OntologyError(f"{file.name}:{number}: a name before any class; begin the file with '@class Company'")
        forms = [form.strip() for form in line.split("|")]
        doubtful = frozenset(form[1:].strip() for form in forms if form.startswith("?"))
        names = [form.removeprefix("?").strip() for form in forms]
        if not all(names):
            raise OntologyError(f"{file.name}:{number}: an empty name in '{line}'; remove the stray '|' or '?'")
        yield Entry(names[0], type_, tuple(dict.fromkeys(names[1:]))), doubtful


def _toml(file: _Source) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf8"))
    except tomllib.TOMLDecodeError as error:
        raise OntologyError(f"{file.name}: {error}; correct the TOML there") from error


def _suffixes(tables: Any, name: str) -> Iterator[Suffix]:
    for number, table in enumerate(tables, 1):
        try:
            type_, words = table["class"], table["words"].split()
        except (KeyError, TypeError, AttributeError) as error:
            raise OntologyError(f"{name}: [[suffix]] number {number} needs class and words (strings)") from error
        strength = table.get("strength", "strong")
        if strength not in ("full", "strong", "weak"):
            raise OntologyError(f"{name}: strength '{strength}' of {type_}; it is full, strong or weak")
        generic = frozenset(table.get("generic", "").split())
        needs = frozenset(table.get("needs", "").split())
        for word in words:
            yield Suffix(word, type_, strength, bool(table.get("joins", False)), generic, needs)
