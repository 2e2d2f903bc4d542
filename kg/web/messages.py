"""Requests and responses, apart from how they travel."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Problem", "Request", "Response"]


@dataclass(frozen=True)
class Request:
    """What a client asks. `query` is the part of the target behind `?`, still encoded."""

    method: str
    path: str
    query: str = ""
    headers: Message = field(default_factory=Message)
    body: bytes = b""
    origin: str = ""
    """What the client reached the server by: `http://localhost:8765`."""

    @property
    def accept(self) -> str | None:
        """All Accept headers as one; None where there is none."""
        told = self.headers.get_all("Accept")
        return ", ".join(map(str, told)) if told else None


@dataclass(frozen=True)
class Response:
    """What the server answers. A body in parts is streamed, and closed at the end if it can be."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""

    @classmethod
    def text(cls, status: int, text: str, **headers: str) -> Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, {"Content-Type": "text/plain; charset=utf-8", **told}, f"{text}\n".encode())


class Problem(Exception):
    """A request that cannot be answered; it is answered with a status and a sentence."""

    def __init__(self, status: int, text: str, **headers: str) -> None:
        super().__init__(text)
        self.response = Response.text(status, text, **headers)
