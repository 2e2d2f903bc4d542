"""Text in XML, so that every parser reads what was written: line ends and tabs included."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["attribute", "content"]

_SPECIAL: Final = re.compile('[&<>"\r\n\t]')
_CONTENT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"} | {c: f"&#{ord(c)};" for c in "\r\n\t"}
)


def attribute(text: str) -> str:
    """Text as an attribute's value, with its quotes.

    >>> attribute('a "b"\\n')
    '"a &quot;b&quot;&#10;"'
    """
    return f'"{text.translate(_ATTRIBUTE)}"' if _SPECIAL.search(text) else f'"{text}"'


def content(text: str) -> str:
    """Text between tags."""
    return text.translate(_CONTENT) if _SPECIAL.search(text) else text
