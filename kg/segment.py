"""Words of Chinese text, from a private jieba tokenizer with the lexicon's names as user words.

The tables that jieba's dictionary yields (frequencies, word classes, how often a letter stands in a given name) are
built once and kept in the user's own cache folder; without a writable one they are built anew, half a second slower.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Segmenter", "cache_folder"]

# Raised whenever the content of the cached tables changes.
_FORMAT = 5
_USER_FREQUENCY = 2000


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
    frequency: dict[str, int]
    tags: dict[str, str]
    total: int
    given: dict[str, float]
    family: dict[str, float]


class Segmenter:
    """Cuts normalised text into words and knows what jieba's dictionary says about a word.

    >>> segmenter = Segmenter()
    >>> segmenter.cut("商务部部长致信")
    ['商务部', '部长', '致信']
    """

    def __init__(self, words: Iterable[str] = (), cache: Path | None = None) -> None:
        """A tokenizer of its own, with `words` kept whole.

        `cache` is the folder of the tables made from jieba's dictionary; by default `cache_folder()`.
        """
        import jieba

        tables = _load_tables(cache if cache is not None else cache_folder())
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ = tables.frequency
        tokenizer.total = tables.total
        tokenizer.initialized = True
        self._tokenizer: Any = tokenizer
        self._tags = tables.tags
        self._given = tables.given
        self._family = tables.family
        self._total = tables.total
        self._dictionary: dict[str, int] = {}
        self.keep(words)

    def keep(self, words: Iterable[str]) -> None:
        """Keep these words whole from now on."""
        table = self._tokenizer.FREQ
        for word in words:
            known = table.get(word, 0)
            self._dictionary.setdefault(word, known)
            if known < _USER_FREQUENCY:
                table[word] = _USER_FREQUENCY
                for length in range(1, len(word)):
                    table.setdefault(word[:length], 0)

    def cut(self, string: str) -> list[str]:
        """The words in order; joined they are `string` again. Linear in its length."""
        return list(self._tokenizer.cut(string, HMM=False))

    def tag(self, word: str) -> str:
        """jieba's word class (`n`, `v`, `ns`, `nr` …) of a dictionary word, empty for others."""
        return self._tags.get(word, "")

    def frequency(self, word: str) -> int:
        """How often jieba's dictionary counts the word, user words left out; 0 for unknown words."""
        known = self._dictionary.get(word)
        return int(self._tokenizer.FREQ.get(word, 0)) if known is None else known

    def given_name(self, letters: str) -> float:
        """How much more the letters look like a Chinese given name than like running text (natural log odds)."""
        given = self._given
        return sum(given.get(letter, -3.0) for letter in letters)

    def family_name(self, letter: str) -> float:
        """How much more the letter looks like a family name than like running text (natural log odds)."""
        return self._family.get(letter, -4.0)


def _load_tables(folder: Path) -> _Tables:
    import marshal

    import jieba

    dictionary = Path(jieba.__file__).with_name("dict.txt")
    stat = dictionary.stat()
    stamp = (_FORMAT, jieba.__version__, stat.st_size, int(stat.st_mtime), sys.version_info[:2])
    path = folder / f"words-{_FORMAT}-{sys.version_info[0]}{sys.version_info[1]}.marshal"
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        saved = marshal.loads(path.read_bytes())
        if saved[0] == stamp:
            return _Tables(*saved[1:])
    tables = _build_tables(dictionary)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and renamed, so that two processes starting at once never read half a file.
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(marshal.dumps((stamp, tables.frequency, tables.tags, tables.total, tables.given, tables.family)))
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
            for length in range(1, len(word)):
                frequency.setdefault(word[:length], 0)
            for letter in word:
                letters[letter] = letters.get(letter, 0) + number
            if tag == "nr" and len(word) == 3:
                families[word[0]] = families.get(word[0], 0) + 1
                for letter in word[1:]:
                    names[letter] = names.get(letter, 0) + 1
    given, family = _log_odds(names, letters), _log_odds(families, letters)
    return _Tables(frequency, tags, total, given, family)


def _log_odds(names: dict[str, int], letters: dict[str, int]) -> dict[str, float]:
    """For each letter, log of its share among the names over its share in running text, smoothed and capped at ±4."""
    in_text, in_names = sum(letters.values()), sum(names.values())
    return {
        letter: max(-4.0, min(4.0, math.log((count + 0.5) / in_names) - math.log((letters[letter] + 50) / in_text)))
        for letter, count in ((letter, names.get(letter, 0)) for letter in letters)
    }
