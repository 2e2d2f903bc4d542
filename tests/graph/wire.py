"""Connections that break."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from place import Place


class Wire:
    """A proxy before a server that breaks each connection after so many bytes to the server.

    `breaks` holds the counts of bytes that are still to come, the next one first.
    """

    def __init__(self, uri: str, *breaks: int) -> None:
        host, _, port = uri.partition("://")[2].partition(":")
        self._target = (host, int(port))
        self.breaks = list(breaks)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, forth: bool) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                if forth:
                    self.sent += len(data)
                    if self.breaks and self.sent > self.breaks[0]:
                        del self.breaks[0]
                        break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        with suppress(OSError):
            # Closing alone would not end a wait for the next connection.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()


@contextmanager
def wire(place: Place, *breaks: int) -> Iterator[Wire]:
    made = Wire(place.server.uri, *breaks)
    try:
        yield made
    finally:
        made.close()
