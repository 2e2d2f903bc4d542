"""Whole extraction of odd texts: it ends with a document whose evidence is cut from the text, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.extract.extractor import Extractor
from kg.model import Block, Document, NewsItem, Span

EXTRACTOR = Extractor.load()
PIECES = st.sampled_from(
    [
        "腾讯",
        "阿里巴巴",
        "收购",
        "投资",
        "与",
        "、",
        ",",
        "。",
        "“",
        "”",
        "(",
        ")",
        "《",
        "😀",
        "GGV",
        "3亿元",
        "B轮",
        "2021年",
        "董事长",
        "马化腾",
        "拟",
        "否认",
        "的",
        "该公司",
        "双方",
        "乱",
        "A",
        "\u202e",
        "\u200b",
        "\x07",
        "\n",
        " ",
    ]
)


def read(text: str) -> Document:
    item = NewsItem("1", "", text, (Block("paragraph", (Span(0, len(text)),)),), "odd", reference="2024-01-01")
    document = EXTRACTOR.extract(item)
    for statement in document.statements:
        evidence = statement.evidence
        assert evidence.text == text[evidence.start : evidence.end]
        assert 0 < statement.confidence <= 1
    return document


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=60))
def test_any_jumble_of_pieces_is_read(pieces: list[str]) -> None:
    read("".join(pieces))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    "text",
    [
        "腾讯与阿里巴巴合作," * 1500,
        "1234567890" * 1000,
        "abc Def " * 1000,
        "😀🚀" * 3000,
        "".join(map(chr, range(1, 32))) * 200,
        "\u202e腾讯\u202c收购" * 800,
        "“" * 1000 + "腾讯" + "”" * 1000,
        "“腾讯(阿里(" * 600,
        "、".join(["腾讯", "百度", "京东", "小米"] * 500),
    ],
    ids=["sentence", "digits", "latin", "emoji", "control", "turned", "quotes", "brackets", "list"],
)
def test_long_odd_texts_are_read(text: str) -> None:
    read(text)
