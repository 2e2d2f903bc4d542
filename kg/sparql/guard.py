"""Whether a query would call another server.

The engine's parser is not open to Python, and it reads letter by letter without words of its own (`SERVICE:a{…}` calls
out, `1.SERVICE<…>{…}` too), so what a `<` or a quote begins depends on where it stands. Instead of guessing, every way
in which the letters may be read is followed; a query is clean where none of them meets the keyword.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["calls_out"]

_WORD: Final = re.compile("service", re.IGNORECASE)
_NAME: Final = re.compile(r"[\w-]+")
_PASSED: Final = re.compile(r"\s+|#[^\r\n]*|[?$]\w+")
"""What holds no keyword: blanks, comments, variables."""
_SPANS: Final[dict[str, tuple[re.Pattern[str], ...]]] = {
    "<": (re.compile(r"<[^<>\"{}|^`\x00-\x20]*>"),),
    "'": (
        re.compile(r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''", re.DOTALL),
        re.compile(r"'(?:[^'\\\r\n]|\\.)*'"),
    ),
    '"': (
        re.compile(r'"""(?:"{0,2}(?:[^"\\]|\\.))*"""', re.DOTALL),
        re.compile(r'"(?:[^"\\\r\n]|\\.)*"'),
    ),
}
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U(000[0-9A-Fa-f]{5}|0010[0-9A-Fa-f]{4})")


def calls_out(query: str) -> bool:
    """Whether a query may hold a SERVICE clause: never False where it does.

    It may be True where it does not, for a query that uses `service` as a prefix or puts it where it could be the
    keyword; as a local name (`schema:service`), a variable, in a string, an IRI or a comment it is clean.
    """
    plain = _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), query)
    return _met(query) or (plain != query and _met(plain))


def _met(text: str) -> bool:
    if not _WORD.search(text):
        return False
    ahead, seen = [0], set()
    while ahead:
        place = ahead.pop()
        if place in seen or place >= len(text):
            continue
        seen.add(place)
        letter = text[place]
        if letter in _SPANS:
            ahead += [m.end() for span in _SPANS[letter] if (m := span.match(text, place))]
            if letter == "<":
                # It may be an operator as well; a quote can only open a string.
                ahead.append(place + 1)
        elif text.startswith("//", place):
            # Nowhere but in what was passed over: nothing can be read so.
            continue
        elif m := _PASSED.match(text, place):
            ahead.append(m.end())
        elif m := _NAME.match(text, place):
            if _WORD.search(m[0]) and text[place - 1 : place] != ":":
                return True
            ahead.append(m.end())
        else:
            ahead.append(place + 1)
    return False
