"""A running endpoint over a small ledger, and a client that sends what it is told, letter by letter."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from documents import SCHEMA

from kg.ledger import Ledger
from kg.sparql.view import SparqlView
from kg.sparql.workers import Workers
from kg.web.server import Limits, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Got:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def type(self) -> str:
        return self.headers.get_content_type()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass(frozen=True)
class Client:
    server: Server
    ledger: Ledger

    @property
    def endpoint(self) -> str:
        return f"{self.server.url}sparql"

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Got:
        host = self.server.url.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, told)
            response = connection.getresponse()
            return Got(response.status, response.msg, response.read())
        finally:
            connection.close()

    def get(self, fields: Any, **headers: str) -> Got:
        return self.send("GET", f"/sparql?{urlencode(fields, doseq=True)}", **headers)

    def form(self, fields: Any, **headers: str) -> Got:
        body = urlencode(fields, doseq=True).encode()
        return self.send("POST", "/sparql", body, Content_Type="application/x-www-form-urlencoded", **headers)

    def direct(self, query: str, fields: Any = (), **headers: str) -> Got:
        target = f"/sparql?{urlencode(fields, doseq=True)}" if fields else "/sparql"
        return self.send("POST", target, query.encode(), **{"Content_Type": "application/sparql-query", **headers})


@contextmanager
def serving(db: Path, limits: Limits, *, workers: int = 2, memory: int = 1 << 30) -> Iterator[Client]:
    with Ledger.open(db, SCHEMA) as ledger:
        opened = SparqlView.open(db.with_suffix(".sparql"), ledger, SCHEMA)
        view = SparqlView(opened.replica, SCHEMA, Workers(workers, memory=memory))
        with Server(view, limits=limits) as server:
            thread = threading.Thread(target=server.run)
            thread.start()
            try:
                yield Client(server, ledger)
            finally:
                server.stop()
                thread.join()
