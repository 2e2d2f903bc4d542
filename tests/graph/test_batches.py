"""Rows become batches, and are read ahead."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from kg.graph.base import NodeRow, RelationshipRow
from kg.graph.batches import ahead, batched, together
from kg.graph.project import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.ledger import Ledger
    from kg.schema import Schema


def test_batches_are_bounded_sorted_and_hold_every_row_once(ledger: Ledger, schema: Schema) -> None:
    rows = list(Projection(ledger, schema).rows())
    known: set[tuple[str, str]] = set()
    nodes = relationships = 0
    texts: dict[str, None] = {}
    for cypher, part in batched(rows, 3):
        assert 0 < len(part) <= 3
        texts[cypher] = None
        if "CREATE (n:" in cypher:
            base = cypher.split("CREATE (n:")[1].split(":")[0].split(")")[0]
            assert [r["id"] for r in part] == sorted(r["id"] for r in part)
            known |= {(base, r["id"]) for r in part}
            nodes += len(part)
        else:
            keys = [(r["from_id"], r["to_id"]) for r in part]
            assert keys == sorted(keys)
            ends = [label.split(" ")[0] for label in cypher.replace("(b:", "(a:").split("(a:")[1:3]]
            for row in part:
                assert {(ends[0], row["from_id"]), (ends[1], row["to_id"])} <= known
            relationships += len(part)
    assert nodes == sum(isinstance(r, NodeRow) for r in rows)
    assert relationships == sum(isinstance(r, RelationshipRow) for r in rows)
    kinds = {(r.base, r.labels) if isinstance(r, NodeRow) else (r.type, r.start_base, r.end_base) for r in rows}
    assert len(texts) == len(kinds), "one query for each kind"


def test_few_rows_wait_whatever_the_number_of_kinds() -> None:
    waiting = most = 0

    def rows() -> Iterator[RelationshipRow]:
        nonlocal waiting, most
        for number in range(1000):
            waiting += 1
            most = max(most, waiting)
            yield RelationshipRow(f"T{number % 40}", "Entity", f"e{number}", "Entity", "e0", {})

    for _, part in batched(rows(), 10):
        waiting -= len(part)
    assert waiting == 0
    assert most <= 100


def test_transactions_take_several_small_steps_and_divide_large_ones() -> None:
    steps: list[tuple[str, list[Any]]] = [("a", [1, 2]), ("b", [3]), ("c", [4, 5, 6, 7, 8]), ("d", [9])]
    assert list(together(steps, 3)) == [
        [("a", [1, 2]), ("b", [3])],
        [("c", [4, 5, 6])],
        [("c", [7, 8]), ("d", [9])],
    ]
    assert list(together([], 3)) == []


def test_reading_runs_ahead_but_not_far() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for n in range(100):
            made.append(n)
            yield n

    stream = ahead(numbers(), 2)
    assert next(stream) == 0
    deadline = time.monotonic() + 10
    while len(made) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    # One given, two in the queue, one that waits to get in.
    assert len(made) == 4
    assert list(stream) == list(range(1, 100))


def test_what_fails_while_reading_fails_where_it_is_read() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise ValueError("odd")

    stream = ahead(numbers())
    assert next(stream) == 1
    with pytest.raises(ValueError, match="odd"):
        next(stream)


def test_reading_stops_when_nobody_asks_any_more() -> None:
    before = threading.active_count()
    stream = ahead(iter(range(1000)), 2)
    assert next(stream) == 0
    stream.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
