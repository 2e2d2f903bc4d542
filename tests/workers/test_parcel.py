"""Items on their way: what belongs to them arrives as it was, where it was; the rest of the source stays behind."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Block, NewsItem, Span
from kg.workers.parcel import length, pack, unpack

TEXTS = ("甲公司完成融资。" * 9, "乙公司任命总裁，丙资本领投。" * 5, "", "🚀丁")


@st.composite
def items(draw: st.DrawFn) -> NewsItem:
    text = draw(st.sampled_from(TEXTS))
    ends = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(ends, ends).map(sorted), max_size=3))
    blocks = tuple(Block("paragraph", (Span(a, b),)) for a, b in pairs)
    if draw(st.booleans()):
        blocks = (Block("title", (Span(0, 2),), "title"), *blocks)
    return NewsItem(draw(st.text("abc", min_size=1)), "标题", text, blocks, "a.txt", section="财经")


@settings(deadline=None)
@given(st.lists(items(), max_size=6))
def test_spans_hold_what_they_held(sent: list[NewsItem]) -> None:
    arrived = unpack(pack(sent))
    assert [replace(i, text="") for i in arrived] == [replace(i, text="") for i in sent]
    for before, after in zip(sent, arrived, strict=True):
        for block in before.blocks:
            for span in block.spans:
                assert after.slice(span, block.field) == before.slice(span, block.field)
        if not any(block.field == "text" for block in before.blocks):
            assert after.text == before.text
        assert length(after) == length(before)


def test_the_rest_of_the_source_stays_behind() -> None:
    text = "新" * 1_000_000
    ends = (0, 10), (500_000, 500_400), (999_000, 999_900)
    sent = [NewsItem(f"n{a}", "标题", text, (Block("paragraph", (Span(a, b),)),), "a.txt") for a, b in ends]
    parcel = pack(sent)
    assert len(parcel) < 10_000
    assert len({id(item.text) for item in unpack(parcel)}) == 1
