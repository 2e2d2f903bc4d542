"""Names by a trained model: a linear-chain CRF over letters that sees what word lists and grammar proposed.

So it is a second opinion, not a first one: where the grammar is right it learns to follow, where it is not, the
letters, the words around and their kinds decide. Trained by `kg.training.tagger`; run by crfsuite.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.errors import OntologyError
from kg.extract.analysis import Mention
from kg.extract.merging import merge
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.extract.words import Word, Words
    from kg.text import Sentence

__all__ = ["Tagger", "Token", "features", "tokens"]

MODEL = "names.crf"
_NONE = "-"


class Token:
    """A Chinese letter, or a run of other letters or digits, with the word that holds it."""

    __slots__ = ("end", "start", "text", "word")

    def __init__(self, start: int, end: int, text: str, word: int) -> None:
        self.start, self.end, self.text, self.word = start, end, text, word


def tokens(words: Words, start: int, end: int) -> list[Token]:
    """The tokens of `[start, end)` of the text."""
    found: list[Token] = []
    index = bisect_right(words.starts, start) - 1
    string, starts = words.string, words.starts
    while index < len(words.words) and starts[index] < end:
        lo, hi = max(starts[index], start), min(starts[index + 1], end)
        at = lo
        while at < hi:
            letter = string[at]
            stop = at + 1
            if letter < "\u2e80" and letter.isalnum():
                while stop < hi and string[stop] < "\u2e80" and string[stop].isalnum():
                    stop += 1
            if letter != " ":
                found.append(Token(at, stop, string[at:stop], index))
            at = stop
        index += 1
    return found


def _told(word: Word) -> tuple[str, str, str, str]:
    """What is known about a word wherever it stands: kind, word class, ending, class in the word lists."""
    ending = _NONE if word.suffix is None else word.suffix.type + ("!" if word.whole else "")
    entry = _NONE if word.entry is None else word.entry.type + ("?" if word.doubtful else "")
    return str(int(word.kind)), word.tag or _NONE, ending, entry


def _shape(text: str) -> str:
    """Latin and digits by their shape, Chinese as it is."""
    if text[0] >= "\u2e80" or not text[0].isalnum():
        return text
    if text.isdecimal():
        return f"9{min(len(text), 4)}"
    if text.isupper():
        return f"A{min(len(text), 5)}"
    return "Aa" if text[0].isupper() else "aa" if text.islower() else "aA"


def features(words: Words, found: Sequence[Token], proposed: Sequence[Mention]) -> list[list[str]]:
    """The features of each token; `proposed` are mentions by other means, sorted, without overlap."""
    count = len(found)
    texts = ["<", "<", *(_shape(t.text) for t in found), ">", ">"]
    told = [_told(words.words[t.word]) for t in found]
    kinds, starts = words.kinds, words.starts
    rule = [_NONE] * count
    source = [_NONE] * count
    at = bisect_left(proposed, found[0].start, key=lambda m: m.start) if found else 0
    for mention in proposed[at:]:
        if mention.start >= found[-1].end:
            break
        first = True
        for i in range(bisect_left(found, mention.start, key=lambda t: t.start), count):
            if found[i].start >= mention.end:
                break
            rule[i] = ("B" if first else "I") + mention.type
            source[i] = f"{mention.by}{int(mention.confidence * 5)}"
            first = False
    result: list[list[str]] = []
    for i, token in enumerate(found):
        a, b, c, d, e = texts[i : i + 5]
        w = token.word
        begin, end = starts[w], starts[w + 1]
        place = ("S" if token.end >= end else "B") if token.start == begin else ("E" if token.end >= end else "M")
        word = words.words[w].text if len(words.words[w].text) < 8 else "…"
        before = words.words[w - 1].text if w else "<"
        after = words.words[w + 1].text if w + 1 < len(kinds) else ">"
        _, tag, ending, entry = told[i]
        behind = told[i + 1] if i + 1 < count else None
        next_word = _told(words.words[w + 1]) if w + 1 < len(kinds) else ("0", _NONE, _NONE, _NONE)
        beyond = _told(words.words[w + 2]) if w + 2 < len(kinds) else ("0", _NONE, _NONE, _NONE)
        result.append(
            [
                "0" + c,
                "1" + b,
                "2" + d,
                "3" + a,
                "4" + e,
                "5" + b + c,
                "6" + c + d,
                "7" + a + b,
                "8" + d + e,
                "9" + b + c + d,
                "w" + place + word,
                "x" + before,
                "y" + after,
                "z" + before + "|" + word,
                "u" + word + "|" + after,
                f"k{place}{kinds[w]}",
                f"l{kinds[w - 1] if w else 0}{kinds[w]}{next_word[0]}",
                "t" + place + tag,
                "s" + place + ending,
                "n" + place + next_word[2],
                "o" + next_word[2] + "|" + beyond[2],
                "e" + place + entry,
                "r" + rule[i],
                "q" + rule[i] + source[i],
                "p" + (rule[i - 1] if i else "<") + rule[i] + (rule[i + 1] if behind else ">"),
                f"v{int(w in words.valued)}",
            ]
        )
    return result


_ADDRESSED = re.compile("^.(?:先生|女士|小姐|总|董)$")
"""Who is named so is named in full elsewhere: a reference, not a name."""
_LEAST = 0.5
_SURE = 0.8
_CERTAIN = 0.97
_FIRM = frozenset(("lexicon", "quote", "series", "alias"))
"""What these propose stands, unless the model is sure of a longer name there."""


def _ordinary(words: Words, mention: Mention) -> bool:
    """Whether a name would be made of ordinary words alone."""
    first, last = words.at(mention.start), words.at(mention.end - 1)
    return all(
        words.kinds[i] in (Kind.NOUN, Kind.VERB, Kind.BREAK, Kind.TITLE, Kind.HEAD, Kind.NUMBER, Kind.DUAL, Kind.INNER)
        and words.words[i].suffix is None
        for i in range(first, last + 1)
    )


class Tagger:
    """Runs the model; one may serve many threads, one after the other."""

    def __init__(self, model: bytes) -> None:
        import pycrfsuite

        self._model = model  # crfsuite reads it in place
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path | None = None) -> Tagger:
        """The packaged model or another one. Raises OntologyError where it cannot be read."""
        file = path if path is not None else files("kg.extract").joinpath("models", MODEL)
        try:
            return cls(file.read_bytes())
        except (OSError, ValueError) as error:
            raise OntologyError(f"{file}: no readable model ({error}); train one with `make models`") from error

    def judge(self, words: Words, sentences: Sequence[Sentence], proposed: Sequence[Mention]) -> list[Mention]:
        """The names of the text, sorted, without overlap: what was proposed and what the model finds, weighed."""
        kept: list[Mention] = []
        found = [m for m in self.find(words, sentences, proposed) if m.confidence >= _LEAST]
        taken: set[int] = set()
        for mention in proposed:
            at = bisect_right(found, mention.start, key=lambda m: m.end)
            near = list(enumerate(found[at : bisect_left(found, mention.end, key=lambda m: m.start)], at))
            firm = mention.by in _FIRM
            if not near:
                if firm or mention.confidence >= _SURE:
                    kept.append(mention)
                continue
            _, best = max(near, key=lambda n: n[1].confidence)
            if (best.start, best.end) == (mention.start, mention.end):
                if firm or (mention.type != best.type and best.confidence < _SURE and mention.confidence >= _SURE):
                    kept.append(replace(mention, confidence=max(mention.confidence, best.confidence)))
                    taken.update(i for i, _ in near)
                continue
            longer = best.start <= mention.start and mention.end <= best.end
            if firm and not (longer and best.confidence >= _SURE):
                kept.append(mention)
                taken.update(i for i, _ in near)
        for i, mention in enumerate(found):
            if i in taken or (mention.type == "Person" and _ADDRESSED.search(mention.name)):
                continue
            if not _ordinary(words, mention) or mention.confidence >= _CERTAIN:
                kept.append(mention)
        return merge(kept)

    def find(self, words: Words, sentences: Sequence[Sentence], proposed: Sequence[Mention]) -> Iterator[Mention]:
        """The names of the text, sorted, without overlap; confidence is the least certain letter's probability."""
        for sentence in sentences:
            found = tokens(words, sentence.start, sentence.end)
            if not found:
                continue
            seen = features(words, found, proposed)
            with self._lock:
                self._tagger.set(seen)
                labels = self._tagger.tag()
                i = 0
                while i < len(labels):
                    if labels[i] == "O":
                        i += 1
                        continue
                    first, type_ = i, labels[i][1:]
                    sure = self._tagger.marginal(labels[i], i)
                    i += 1
                    while i < len(labels) and labels[i] == "I" + type_:
                        sure = min(sure, self._tagger.marginal(labels[i], i))
                        i += 1
                    lo, hi = found[first].start, found[i - 1].end
                    yield Mention(lo, hi, words.string[lo:hi], type_, round(sure, 3), "crf")
