"""The server: connections, limits, routes. It is read-only, and listens on this machine unless told otherwise."""

from __future__ import annotations

import io
import ipaddress
import re
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kg import __version__
from kg.errors import KgError, LimitError
from kg.sparql.formats import GRAPHS, choose, named
from kg.sparql.workers import Answer
from kg.web import protocol
from kg.web.description import Description
from kg.web.messages import Problem, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from types import FrameType, TracebackType

    from kg.sparql.view import SparqlView

__all__ = ["Limits", "Server"]

_HTML: Final = "text/html"
_AUTHORITY: Final = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_FAREWELL: Final = 5.0
"""Seconds that what runs may take to end when the server stops."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask for. Times are in seconds, sizes in bytes."""

    seconds: float = 60.0
    """From the query to the last byte of its result."""
    rows: int | None = 1_000_000
    size: int | None = 1 << 30
    """Of a result."""
    request: int = 1 << 20
    """Of a request's body."""
    arriving: float = 20.0
    """How long a request may take to arrive, and a connection to be idle."""
    sending: float = 30.0
    """How long a client may take for 64 KiB of its result."""
    patience: float = 10.0
    """How long a query waits for others to end."""
    connections: int = 128


class Server:
    """Serves one ledger. A context manager that closes the port and the view.

    `port` 0 takes a free one. `origins` are those of web pages from elsewhere that may read the answers
    (`https://yasgui.example`), `*` any: by default none may, or whatever page is open in a browser could read a ledger
    that is served to this machine alone. Raises KgError where the port cannot be had.
    """

    def __init__(
        self,
        view: SparqlView,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        limits: Limits | None = None,
        origins: Collection[str] = (),
        log: bool = False,
    ) -> None:
        self._view = view
        self.origins = frozenset(origins)
        self.limits = limits or Limits()
        self.log = log
        self._description = Description(view)
        self._ended = threading.Event()
        self._ended.set()
        self.routes: Mapping[str, Callable[[Request], Response]] = {
            "/": self._home,
            "/sparql": self._sparql,
            "/.well-known/void": self._void,
        }
        """Path → what answers it. It raises Problem for what cannot be answered."""
        try:
            self._http = _Http(self, host, port)
        except OSError as error:
            raise KgError(
                f"{host}:{port}: cannot listen there ({error.strerror or error}); choose another --host or --port"
            ) from error

    @property
    def url(self) -> str:
        """Where the server is, with a slash at the end."""
        host, port = self._http.server_address[:2]
        name = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"http://{name}:{port}/"

    @property
    def private(self) -> bool:
        """Whether only this machine can reach it."""
        return ipaddress.ip_address(str(self._http.server_address[0])).is_loopback

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self) -> None:
        """Serve until `stop` is called, or the process is told to end by SIGINT or SIGTERM; then end in good order."""
        self._ended.clear()
        before = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before[number] = signal.signal(number, self._told_to_end)
        try:
            self._http.serve_forever(poll_interval=0.1)
            self._http.rest(_FAREWELL)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._ended.set()

    def stop(self) -> None:
        """End `run`. What is being answered has some seconds to end."""
        if not self._ended.is_set():
            threading.Thread(target=self._http.shutdown, daemon=True).start()

    def close(self) -> None:
        self.stop()
        self._ended.wait()
        self._http.server_close()
        self._view.close()

    def _told_to_end(self, number: int, frame: FrameType | None) -> None:
        self.stop()

    # -- routes

    def answer(self, request: Request) -> Response:
        """The response to a request; it never raises."""
        try:
            route = self.routes.get(request.path)
            if route is None:
                raise Problem(404, f"There is nothing at {request.path}; queries go to /sparql.")
            if request.method == "OPTIONS":
                return Response(204, {"Allow": protocol.METHODS})
            if request.method not in protocol.METHODS.split(", "):
                raise Problem(405, f"{request.method} is not for reading.", Allow=protocol.METHODS)
            return route(request)
        except Problem as problem:
            return problem.response
        except LimitError as error:
            return Response.text(503, str(error))
        except KgError as error:
            return Response.text(500, str(error))

    def _home(self, request: Request) -> Response:
        _read_only(request)
        return Response(303, {"Location": "/sparql"})

    def _sparql(self, request: Request) -> Response:
        operation = protocol.read(request)
        if operation is None:
            return self._describe(request, self._description.service, page=True)
        limits = self.limits
        return protocol.answer(
            operation,
            self._view,
            seconds=limits.seconds,
            rows=limits.rows,
            size=limits.size,
            patience=limits.patience,
        )

    def _void(self, request: Request) -> Response:
        _read_only(request)
        return self._describe(request, self._description.dataset)

    def _describe(self, request: Request, describe: Callable[..., bytes], *, page: bool = False) -> Response:
        kinds = [kind for form in GRAPHS for kind in form.types]
        chosen = choose(request.accept, [*kinds, _HTML] if page else kinds)
        if chosen == _HTML:
            policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
            headers = {"Content-Type": f"{_HTML}; charset=utf-8", "Content-Security-Policy": policy}
            return Response(200, headers, self._description.page())
        form = chosen and named(GRAPHS, chosen)
        if not form:
            raise protocol.unacceptable()
        return Response(200, {"Content-Type": form.content_type}, describe(request.origin, form))


def _read_only(request: Request) -> None:
    if request.method == "POST":
        raise Problem(405, "There is nothing to post here; queries go to /sparql.", Allow="GET, HEAD, OPTIONS")


# ---- connections ----------------------------------------------------------------------------------------------------


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, owner: Server, host: str, port: int) -> None:
        self.owner = owner
        self._room = threading.BoundedSemaphore(owner.limits.connections)
        self._running = 0
        self._changed = threading.Condition()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        # The base class looks the name of the address up, which may take long and is of no use.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            with suppress(OSError):
                request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n")
            self.shutdown_request(request)
            return
        with self._changed:
            self._running += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """Wait until nothing is answered any more, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running, seconds)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception() if sys.version_info >= (3, 12) else sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"kg: {type(error).__name__}: {error}", file=sys.stderr)


class _Arriving(io.RawIOBase):
    """Reads a connection, and gives up when a request as a whole takes too long to arrive."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._until = 0.0
        self.begin()

    def begin(self) -> None:
        self._until = time.monotonic() + self._seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = f"kg/{__version__}"
    sys_version = ""
    server: _Http

    def setup(self) -> None:
        super().setup()
        self._arriving = _Arriving(self.connection, self.server.owner.limits.arriving)
        self.rfile = io.BufferedReader(self._arriving)

    def handle_one_request(self) -> None:
        self._arriving.begin()
        super().handle_one_request()

    def _respond(self) -> None:
        began = time.perf_counter()
        response = self._response()
        status, sent = response.status, 0
        try:
            sent = self._send(response)
        except KgError as error:
            # The status is out already: that the result is not whole, only a broken connection can say.
            status = 0
            self.close_connection = True
            self.log_error("%s", error)
        except OSError:
            status = 0
            self.close_connection = True
        if self.server.owner.log:
            seconds = time.perf_counter() - began
            told = f"{status or 'broken off'} {sent} bytes {seconds:.3f} s"
            print(f"{self.client_address[0]} {self.command} {self.path[:200]!a} {told}", file=sys.stderr, flush=True)

    do_GET = do_HEAD = do_POST = do_OPTIONS = do_PUT = do_DELETE = do_PATCH = _respond

    def _response(self) -> Response:
        path, _, query = self.path.partition("?")
        host = self.headers.get("Host", "")
        try:
            if self.request_version == "HTTP/1.1" and not host:
                raise Problem(400, "A request must have a Host header.")
            if host and self.server.owner.private and not _is_here(host):
                # A page may point a name of its own at this machine, and would then be no page from elsewhere.
                raise Problem(421, f"This server is for this machine alone, and not {host[:100]!a}.")
            body = self._body()
        except Problem as problem:
            self.close_connection = True
            return problem.response
        origin = f"http://{host}" if _AUTHORITY.fullmatch(host) else self.server.owner.url.rstrip("/")
        return self.server.owner.answer(Request(self.command, path, query, self.headers, body, origin))

    def _body(self) -> bytes:
        most = self.server.owner.limits.request
        if "Transfer-Encoding" in self.headers:
            raise Problem(411, "Send the body in one piece, with a Content-Length.")
        told = self.headers.get("Content-Length")
        if told is None:
            if self.command == "POST":
                raise Problem(411, "A POST must have a Content-Length.")
            return b""
        if not told.isdecimal() or not told.isascii():
            raise Problem(400, "The Content-Length is no number.")
        if int(told) > most:
            raise Problem(413, f"A request may have {most} bytes, not {told}.")
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        try:
            body = self.rfile.read(int(told))
        except TimeoutError as error:
            raise Problem(408, "The request took too long to arrive.") from error
        if len(body) < int(told):
            raise Problem(400, "The body is shorter than its Content-Length.")
        return body

    def handle_expect_100(self) -> bool:
        return True

    def _send(self, response: Response) -> int:
        """Send a response; how many bytes its body had."""
        self.connection.settimeout(self.server.owner.limits.sending)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Vary", "Accept, Origin")
        origin = self.headers.get("Origin", "")
        if origin and not self.server.owner.origins.isdisjoint((origin, "*")):
            self.send_header("Access-Control-Allow-Origin", origin)
            for name, value in _CORS.items():
                self.send_header(name, value)
        whole = response.body if isinstance(response.body, bytes) else None
        chunked = whole is None and self.request_version == "HTTP/1.1"
        if whole is not None and response.status != 204:
            self.send_header("Content-Length", str(len(whole)))
        elif chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif whole is None:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        sent = 0
        parts: Iterable[bytes] = response.body if not isinstance(response.body, bytes) else (response.body,)
        try:
            for part in parts if self.command != "HEAD" else ():
                if part:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
                    sent += len(part)
            if chunked and self.command != "HEAD":
                self.wfile.write(b"0\r\n\r\n")
        finally:
            if isinstance(parts, Answer):
                parts.close()
        return sent

    def log_message(self, format: str, *args: Any) -> None:
        if self.server.owner.log:
            print(f"{self.client_address[0]} {format % args}", file=sys.stderr, flush=True)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Told with the time that it took, by `_respond`."""


def _is_here(host: str) -> bool:
    """Whether the Host header names this machine to itself."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


_CORS: Final = {
    "Access-Control-Allow-Methods": protocol.METHODS,
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}
"""What a page from elsewhere may do that may read at all: there are no cookies, and nothing can be changed."""
