"""Rows of JSON say all that the values say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.codec import (
    dumps,
    entity_to_json,
    from_json,
    item_to_json,
    to_json,
    values_from_json,
    values_text,
    values_to_json,
)
from kg.errors import UsageError
from kg.model import (
    STATUSES,
    Amount,
    Entity,
    Event,
    Evidence,
    LiteralValue,
    NewsItem,
    Node,
    Observation,
    Rejection,
    Span,
    Statement,
    mint,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
amounts = st.builds(Amount, words, st.none() | numbers, st.none() | numbers, st.just("CNY"), st.booleans())
values = st.dictionaries(words, words | st.integers() | numbers | amounts, max_size=3)
nodes = st.builds(lambda n: Node(mint("e", n), n, "Company"), words)
evidence = st.builds(
    Evidence,
    st.just("i1"),
    st.integers(0, 9),
    st.integers(9, 99),
    words,
    words,
    st.sampled_from(["text", "title"]),
    st.lists(words, max_size=2).map(tuple),
    st.none() | words,
)
literals = st.builds(LiteralValue, words, st.just("gYear"))
statuses = st.sampled_from(STATUSES)
statements = st.builds(
    Statement,
    words,
    nodes,
    words,
    nodes | literals,
    statuses,
    numbers,
    evidence,
    words,
    values,
    st.none() | words,
)
events = st.builds(
    Event,
    words,
    words,
    statuses,
    st.dictionaries(words, st.lists(nodes, max_size=2).map(tuple), max_size=2),
    values,
    numbers,
    evidence,
    words,
)
observations = st.builds(
    Observation,
    words,
    words,
    st.none() | numbers,
    st.none() | words,
    st.none() | words,
    st.none() | words,
    st.none() | words,
    st.none() | nodes,
    numbers,
    evidence,
    words,
)
rejections = st.builds(
    Rejection,
    st.sampled_from(["read", "extract", "validate", "store"]),
    words,
    words,
    st.none() | words,
    st.none() | words,
    st.none() | st.builds(Span, st.integers(0, 9), st.integers(9, 99)),
    words,
    st.none() | statements | events | observations,
)


@given(statements | events | observations | rejections)
def test_a_row_read_again_is_the_value_it_was_written_from(value: Statement) -> None:
    assert from_json(json.dumps(to_json(value))) == value


@given(values)
def test_values_keep_their_types(given_: dict[str, Amount]) -> None:
    again = values_from_json(json.loads(dumps(values_to_json(given_))))
    assert again == given_
    assert {k: type(v) for k, v in again.items()} == {k: type(v) for k, v in given_.items()}
    assert values_text(given_) == dumps(values_to_json(given_))


def test_a_statement_row_has_the_documented_shape() -> None:
    said = Evidence("i1", 3, 8, "蓝湖\n科技", "蓝湖科技", references=("该公司→蓝湖科技",), cue="拟")
    statement = Statement(
        "s0000000000000001",
        Node("e0000000000000001", "蓝湖科技", "Company"),
        "raisedFrom",
        Node("e0000000000000002", "云杉资本", "InvestmentFirm"),
        "planned",
        0.9,
        said,
        "wordings/0.1.0",
        {"round": "A", "amount": Amount("数千万元", 2e7, 1e8, "CNY", True)},
        "v0000000000000003",
    )
    assert to_json(statement) == {
        "kind": "statement",
        "item": "i1",
        "id": "s0000000000000001",
        "subject": {"id": "e0000000000000001", "name": "蓝湖科技", "type": "Company"},
        "predicate": "raisedFrom",
        "object": {"id": "e0000000000000002", "name": "云杉资本", "type": "InvestmentFirm"},
        "qualifiers": {
            "round": "A",
            "amount": {"literal": "数千万元", "low": 2e7, "high": 1e8, "currency": "CNY", "approximate": True},
        },
        "status": "planned",
        "confidence": 0.9,
        "evidence": {
            "start": 3,
            "end": 8,
            "text": "蓝湖\n科技",
            "sentence": "蓝湖科技",
            "references": ["该公司→蓝湖科技"],
            "cue": "拟",
        },
        "event": "v0000000000000003",
        "extractor": "wordings/0.1.0",
    }


def test_rows_of_items_and_entities() -> None:
    item = NewsItem("i1", "标题", "正文", (), "简报.txt", published="2021-11")
    assert item_to_json(item) == {
        "kind": "item",
        "id": "i1",
        "title": "标题",
        "section": None,
        "published": "2021-11",
        "source": "简报.txt",
    }
    assert entity_to_json(Entity("e1", "蓝湖", "Company", ("蓝湖科技",)), "i1")["aliases"] == ["蓝湖科技"]


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert dumps({"b": 1, "a": "中"}) == '{"a":"中","b":1}' == dumps({"a": "中", "b": 1})
    with pytest.raises(ValueError, match="JSON"):
        dumps(float("nan"))


@pytest.mark.parametrize("row", ['{"kind": "item", "id": "i1"}', "[]", "{", '{"kind": "statement", "id": "s1"}'])
def test_what_is_no_row_is_refused_with_a_reason(row: str) -> None:
    with pytest.raises(UsageError):
        from_json(row)
