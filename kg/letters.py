"""Spellings of one letter: traditional and simplified, full-width and ASCII, and the key that names are matched by."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

__all__ = ["BLANK", "IGNORABLE", "fold", "ignorable", "simplified_letters", "simplify"]

BLANK = r"\s"
IGNORABLE = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc\U000e0000-\U000e0fff"
    # Glyphs of a font without a letter behind them (PDF bullets), and halves of broken surrogate pairs.
    r"\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff"
)
"""Body of a character class: what carries no meaning in a text, such as controls, zero-width and direction marks."""
_VOID = re.compile(f"[{BLANK}{IGNORABLE}]+")
_UNNAMED = dict.fromkeys(map(ord, "“”„‟‘’‚‛\"'`´「」『』《》〈〉«»‹›·•・‧∙⋅"))


@cache
def simplified_letters() -> dict[int, int]:
    """OpenCC's table of letters, for `str.translate`. Of several simplified letters the first, usual one is taken."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(letter): ord(simple.split(" ")[0]) for letter, simple in pairs}


def simplify(text: str) -> str:
    """Traditional letters as simplified ones, code point by code point, so that offsets stay.

    >>> simplify("聯發科技與臺積電")
    '联发科技与台积电'
    """
    return text if text.isascii() else text.translate(simplified_letters())


def fold(name: str) -> str:
    """The key under which spellings of one name meet: no case, width, blanks, quotes or dots; simplified letters.

    Folding a key again changes nothing.

    >>> fold("《ＤＥＰＡ 協定》") == fold("depa协定")
    True
    """
    previous = name
    while True:
        key = _VOID.sub("", previous).translate(_UNNAMED)
        if not key.isascii():
            key = unicodedata.normalize("NFKC", key).translate(simplified_letters())
        key = key.casefold()
        if key == previous or key.isascii():
            return key
        previous = key


def ignorable(text: str) -> bool:
    """Whether nothing of a text would be left without blanks and letters without meaning."""
    return not _VOID.sub("", text[:4096]) and not _VOID.sub("", text[4096:])
