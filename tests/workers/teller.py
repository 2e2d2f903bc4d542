"""An extractor for tests of those who extract: quick, and it does what an item's title tells it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents import SCHEMA, Told

if TYPE_CHECKING:
    from kg.model import Document, NewsItem

FAIL, DIE, DIE_ONCE, SLEEP = "失败", "身亡", "昏倒", "慢"
_TIMES = {"recorded", "changed"}
_OWN = (("state", "id"), ("lineage", "token"))


class Teller:
    """Says of each item that its company works with a fund, and in some, less surely, that the fund gave it money."""

    schema = SCHEMA

    def __init__(self, folder: str | Path = ".") -> None:
        self.marks = str(folder)
        """Where it leaves a mark when it dies, and one of each process that it lives in."""

    def extract(self, item: NewsItem, /) -> Document:
        Path(self.marks, f"pid-{os.getpid()}").touch()
        if FAIL in item.title:
            raise ZeroDivisionError("by zero")
        if DIE in item.title:
            _die()
        if DIE_ONCE in item.title:
            mark = Path(self.marks, f"died-{item.id}")
            if not mark.exists():
                mark.touch()
                _die()
        if SLEEP in item.title:
            time.sleep(0.1)
        told = Told(item.id, item.published, title=item.title)
        told.text = item.text
        company, fund = told.entity(item.text.partition("与")[0]), told.entity("云杉资本", "InvestmentFirm")
        told.says(company, "partnersWith", fund, sentence=item.text)
        if len(item.title) % 2:
            told.says(company, "raisedFrom", fund, confidence=0.4, sentence=item.text)
        return replace(told.document, item=item)


class Broken(Teller):
    """Cannot be made ready."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error

    def prepare(self) -> None:
        if self.error is None:
            _die()
        else:
            raise self.error


def _die() -> None:
    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(9)


def news(file: Path, count: int, **titles: str) -> str:
    """A file of that many items; `n3="身亡"` puts that into the title of the third."""
    with file.open("w", encoding="utf-8") as stream:
        for number in range(1, count + 1):
            row: dict[str, Any] = {
                "id": f"n-{number}",
                "title": f"第{number}条{titles.get(f'n{number}', '')}",
                "text": f"蓝湖{number % 7}与云杉资本合作第{number}次。",
                "published": "2021-11-03",
            }
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return str(file)


def processes(folder: Path) -> set[int]:
    """Processes in which a `Teller` extracted."""
    return {int(mark.name.removeprefix("pid-")) for mark in folder.glob("pid-*")}


def rows(ledger: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All tables in the order of their row ids, without what differs between two ledgers: times, the ledger's id and the
    tokens of who wrote it."""
    with sqlite3.connect(ledger) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in tables:
            columns = [c[1] for c in connection.execute(f"PRAGMA table_info({table})") if c[1] not in _TIMES]
            kept = ", ".join(f'"{c}"' for c in columns if (table, c) not in _OWN)
            found[table] = connection.execute(f"SELECT {kept} FROM {table}").fetchall()
    connection.close()
    return found
