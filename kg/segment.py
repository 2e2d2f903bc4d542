"""Words of Chinese text, by jieba's dictionary with the lexicon's names as user words.

The tables that jieba's dictionary yields (frequencies, word classes, how often a letter stands in a given name) are
built once and kept in the user's own cache folder; without a writable one they are built anew, half a second slower.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["Segmenter", "cache_folder"]

# Raised whenever the content of the cached tables changes.
_FORMAT = 6
_USER_FREQUENCY = 2000
_PREFIX = 1.0
"""Logarithms of shares are negative, so this stands for no word."""
_RUN = re.compile(r"(?P<han>[\u3400-\u9fff]+)|(?P<latin>[A-Za-z0-9]+)|.", re.DOTALL)
_LATIN = re.compile(r"[A-Za-z0-9]+")


def cache_folder() -> Path:
    """The user's cache folder for this package, by the platform's custom; it need not exist."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        root = Path(base) if base else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME")
        root = Path(base) if base else Path.home() / ".cache"
    return root / "kg-news"


@dataclass(frozen=True, slots=True)
class _Tables:
    words: dict[str, float]
    """Natural log of each dictionary word's share of all words; `_PREFIX` for what only begins one."""
    tags: dict[str, str]
    total: int
    given: dict[str, float]
    family: dict[str, float]


class Segmenter:
    """Cuts normalised text into words and knows what jieba's dictionary says about a word.

    The cut is jieba's: of all ways to cut a stretch of Chinese into dictionary words the most probable one. Letters
    that no word covers stay single, since what looks like a new word is a question for the recognition of names.

    >>> Segmenter().cut("商务部部长致信")
    ['商务部', '部长', '致信']
    """

    def __init__(self, words: Iterable[str] = (), cache: Path | None = None) -> None:
        """A tokenizer of its own, with `words` kept whole.

        `cache` is the folder of the tables made from jieba's dictionary; by default `cache_folder()`.
        """
        tables = _load_tables(cache if cache is not None else cache_folder())
        self._words = tables.words
        self._tags = tables.tags
        self._given = tables.given
        self._family = tables.family
        self._total = tables.total
        self._log_total = math.log(tables.total)
        self._user: dict[str, int] = {}
        """Words kept whole, with what the dictionary itself says of them."""
        self._mixed: dict[str, list[str]] = {}
        """Words kept whole that begin with Latin, by that beginning, longest first: B站, T3出行."""
        self.keep(words)

    def keep(self, words: Iterable[str]) -> None:
        """Keep these words whole from now on."""
        table, sure = self._words, math.log(_USER_FREQUENCY) - self._log_total
        for word in words:
            if not word or word in self._user:
                continue
            self._user[word] = self.frequency(word)
            latin = _LATIN.match(word)
            if latin is not None and latin.end() < len(word):
                known = self._mixed.setdefault(latin.group(), [])
                known.append(word)
                known.sort(key=len, reverse=True)
            elif table.get(word, _PREFIX) > 0 or table[word] < sure:
                table[word] = sure
                for length in range(1, len(word)):
                    table.setdefault(word[:length], _PREFIX)

    def part(self, beginnings: Iterable[str], endings: Collection[str]) -> None:
        """Forget dictionary words made of a beginning and an ending, so that they are cut in two: 大学|教授."""
        table = self._words
        for beginning in beginnings:
            if beginning in table:
                for ending in endings:
                    word = beginning + ending
                    if word in table and word not in self._user:
                        table[word] = _PREFIX

    def cut(self, string: str) -> list[str]:
        """The words in order; joined they are `string` again. Linear in its length."""
        found: list[str] = []
        end = 0
        for run in _RUN.finditer(string):
            start = run.start()
            if start < end:  # begun by a word that mixes Latin and Chinese
                start = end
                if start >= run.end():
                    continue
            end = run.end()
            if run.lastgroup == "han":
                self._cut_chinese(string[start:end], found)
            elif run.lastgroup == "latin":
                mixed = self._mixed.get(run.group())
                whole = mixed and next((word for word in mixed if string.startswith(word, start)), None)
                found.append(whole or run.group())
                end = start + len(found[-1])
            else:
                found.append(run.group())
        return found

    def _cut_chinese(self, text: str, found: list[str]) -> None:
        table, count = self._words, len(text)
        get = table.get
        rare = -self._log_total
        best = [0.0] * (count + 1)
        ends = [0] * count
        for start in range(count - 1, -1, -1):
            value = get(text[start])
            last = start + 1
            top = (rare if value is None or value > 0 else value) + best[last]
            stop = last
            while value is not None and stop < count:
                stop += 1
                value = get(text[start:stop])
                if value is not None and value <= 0 and value + best[stop] >= top:
                    top, last = value + best[stop], stop
            best[start], ends[start] = top, last
        start = 0
        while start < count:
            last = ends[start]
            found.append(text[start:last])
            start = last

    def tag(self, word: str) -> str:
        """jieba's word class (`n`, `v`, `ns`, `nr` …) of a dictionary word, empty for others."""
        return self._tags.get(word, "")

    def frequency(self, word: str) -> int:
        """How often jieba's dictionary counts the word, user words left out; 0 for unknown words."""
        known = self._user.get(word)
        if known is not None:
            return known
        value = self._words.get(word, _PREFIX)
        return 0 if value > 0 else round(math.exp(value + self._log_total))

    def given_name(self, letters: str) -> float:
        """How much more the letters look like a Chinese given name than like running text (natural log odds)."""
        given = self._given
        return sum(given.get(letter, 0.0) for letter in letters)

    def family_name(self, letter: str) -> float:
        """How much more the letter looks like a family name than like running text (natural log odds)."""
        return self._family.get(letter, -4.0)


def _load_tables(folder: Path) -> _Tables:
    import marshal
    from importlib.metadata import version
    from importlib.util import find_spec

    # jieba itself takes half a second to import, and only its dictionary is needed.
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'jieba'; install it with: pip install jieba")
    dictionary = Path(spec.origin).with_name("dict.txt")
    stat = dictionary.stat()
    stamp = (_FORMAT, version("jieba"), stat.st_size, int(stat.st_mtime), sys.version_info[:2])
    path = folder / f"words-{_FORMAT}-{sys.version_info[0]}{sys.version_info[1]}.marshal"
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        # The collector would go through half a million new strings and find nothing.
        enabled = gc.isenabled()
        gc.disable()
        try:
            saved = marshal.loads(path.read_bytes())
        finally:
            if enabled:
                gc.enable()
        if saved[0] == stamp:
            return _Tables(*saved[1:])
    tables = _build_tables(dictionary)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and renamed, so that two processes starting at once never read half a file.
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(marshal.dumps((stamp, tables.words, tables.tags, tables.total, tables.given, tables.family)))
        Path(file.name).replace(path)
    return tables


def _build_tables(dictionary: Path) -> _Tables:
    frequency: dict[str, int] = {}
    tags: dict[str, str] = {}
    total = 0
    letters: dict[str, int] = {}
    names: dict[str, int] = {}
    families: dict[str, int] = {}
    with dictionary.open(encoding="utf8") as lines:
        for line in lines:
            word, count, tag = line.split()
            number = int(count)
            frequency[word] = number
            tags[word] = tag
            total += number
            for letter in word:
                letters[letter] = letters.get(letter, 0) + number
            if tag == "nr" and len(word) == 3:
                families[word[0]] = families.get(word[0], 0) + 1
                for letter in word[1:]:
                    names[letter] = names.get(letter, 0) + 1
    log_total = math.log(total)
    words = {word: math.log(number) - log_total for word, number in frequency.items() if number}
    for word in frequency:
        for length in range(1, len(word)):
            words.setdefault(word[:length], _PREFIX)
    return _Tables(words, tags, total, _log_odds(names, letters), _log_odds(families, letters))


def _log_odds(names: dict[str, int], letters: dict[str, int]) -> dict[str, float]:
    """For each letter, log of its share among the names over its share in running text, smoothed and capped at ±4."""
    in_text, in_names = sum(letters.values()), sum(names.values())
    return {
        letter: max(-4.0, min(4.0, math.log((count + 0.5) / in_names) - math.log((letters[letter] + 50) / in_text)))
        for letter, count in ((letter, names.get(letter, 0)) for letter in letters)
    }
