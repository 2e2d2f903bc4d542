"""The normalised text: one spelling, and every offset back to the source."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.letters import fold, ignorable, simplify
from kg.model import Block, NewsItem, Span
from kg.text import Text, normalise, tidy


def item(*paragraphs: str, title: str = "", apart: bool = False) -> NewsItem:
    """An item whose source is its paragraphs, one a line."""
    text, blocks = "", []
    if apart:
        blocks.append(Block("title", (Span(0, len(title)),), "title"))
    elif title:
        text = title + "\n"
        blocks.append(Block("title", (Span(0, len(title)),)))
    for paragraph in paragraphs:
        blocks.append(Block("paragraph", (Span(len(text), len(text) + len(paragraph)),)))
        text += paragraph + "\n"
    return NewsItem("1", title, text, tuple(blocks), "a.txt")


def sentences(text: Text) -> list[str]:
    return [text.string[s.start : s.end] for s in text.sentences]


# ---- spelling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "string", "surface"),
    [
        ("臺積電，與（ＡＭＤ）", "台积电,与(AMD)", "臺積電，與（AMD）"),
        ("增长２５．４％", "增长25.4%", "增长25．4％"),
        ("⽅正集团", "方正集团", "方正集团"),
        ("㈱日立", "(株)日立", "(株)日立"),
        ("未完…", "未完...", "未完..."),
        ("①芯片", "1芯片", "①芯片"),
        ("“云”、《报告》。", "“云”、《报告》。", "“云”、《报告》。"),
        ("ﾊﾞｲﾄﾞｩ", "バイドゥ", "バイドゥ"),
        ("Nestle\u0301公司", "Nestlé公司", "Nestlé公司"),
        ("甲\u200b\ufeff乙\u202e丙\x07丁\ue005戊", "甲乙丙丁戊", "甲乙丙丁戊"),
        ("e\u200b\u0301", "é", "é"),
        ("葛\U000e0100城", "葛城", "葛城"),
        ("甲´乙", "甲´乙", "甲´乙"),
    ],
)
def test_spelling(source: str, string: str, surface: str) -> None:
    text = normalise(item(source))
    assert (text.string, text.surface) == (string, surface)


@pytest.mark.parametrize(
    ("source", "string"),
    [
        ("企业 A 获 3 亿 元", "企业A获3亿元"),
        ("云服务 Deep  Blue Cloud 上线", "云服务Deep Blue Cloud上线"),
        ("Deep\r\n\r\nBlue", "Deep Blue"),
        ("从 2019\n年到 2021\u3000年", "从2019年到2021年"),
        ("增 5 % ( FDI )", "增5%(FDI)"),
        ("Ardent Labs, a start-up. It sells chips", "Ardent Labs, a start-up. It sells chips"),
        ("Ardent， a lab", "Ardent,a lab"),
        ("Park & Sons", "Park & Sons"),
        (" \u00a0首 尾\t", "首尾"),
    ],
)
def test_blanks_stay_only_between_words_of_latin(source: str, string: str) -> None:
    assert normalise(item(source)).string == string


def test_lines_of_a_block_join_and_blocks_are_set_apart() -> None:
    source = "光年云宣布完\n\n 成融资\n第二段 Deep\nBlue"
    blocks = (
        Block("heading", (Span(0, 6), Span(9, 12))),
        Block("paragraph", (Span(13, 21), Span(22, 26))),
    )
    text = normalise(NewsItem("1", "", source, blocks, "a.txt"))
    assert text.string == "光年云宣布完成融资\n第二段Deep Blue"
    assert [(s.kind, s.block) for s in text.sentences] == [("heading", 0), ("paragraph", 1)]


def test_the_title_kept_apart_has_its_own_offsets() -> None:
    one = item("光年云完成融资。", title="光年云 A 轮", apart=True)
    text = normalise(one)
    assert text.string == "光年云A轮\n光年云完成融资。"
    assert text.source_span(3, 5) == (Span(4, 7), "title")
    assert text.source_span(6, 9) == (Span(0, 3), "text")
    assert text.source_span(0, 9) == (Span(0, 7), "title")


def test_tidy_reads_as_one_line_in_the_letters_of_the_source() -> None:
    assert tidy(["　蘭湖 完成 3 億元，", " 融資 "]) == "蘭湖完成3億元，融資"
    assert tidy(["Blue", "Lake"]) == "Blue Lake"
    assert tidy([]) == ""


def test_ranges_outside_of_the_text_are_refused() -> None:
    text = normalise(item("甲乙"))
    with pytest.raises(ValueError, match="not a range"):
        text.source_span(1, 3)
    assert text.source_span(2, 2) == (Span(2, 2), "text")
    empty = normalise(item())
    assert empty.source_span(0, 0) == (Span(0, 0), "text")
    with pytest.raises(ValueError, match="no sentence"):
        empty.sentence_at(0)


# ---- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("甲公司上市。乙公司未上市；丙呢？好！", ["甲公司上市。", "乙公司未上市;", "丙呢?", "好!"]),
        ("增长 3.5 倍，2.0 版发布。", ["增长3.5倍,2.0版发布。"]),
        ("他说：“订单已满。”随后离场。", ["他说:“订单已满。”", "随后离场。"]),
        ("“买什么？怎么买！”成为话题。", ["“买什么?怎么买!”成为话题。"]),
        ("《你好！明天》开播。热议", ["《你好!明天》开播。", "热议"]),
        ("据悉（另有一家；未披露）已签约。", ["据悉(另有一家;未披露)已签约。"]),
        ('他说:"订单已满。"随后离场。', ['他说:"订单已满。"', "随后离场。"]),
        ("“" + "很长的话。" * 20 + "”完。", ["“很长的话。", *["很长的话。"] * 18, "很长的话。”", "完。"]),
        ("没有合上的“引号。第二句。", ["没有合上的“引号。", "第二句。"]),
        ("何时？！不知道……也许。", ["何时?!", "不知道......也许。"]),
        ("Ardent Inc. rose. It fell. Dr. Wu left.", ["Ardent Inc. rose.", "It fell.", "Dr. Wu left."]),
        ("见http://a.cn/?q=1;r=2一文。", ["见http://a.cn/?q=1;r=2一文。"]),
    ],
)
def test_sentences(source: str, expected: list[str]) -> None:
    assert sentences(normalise(item(source))) == expected


def test_the_sentence_at_an_offset() -> None:
    text = normalise(item("甲。乙。", "丙", title="题"))
    assert [text.string[s.start] for s in map(text.sentence_at, range(len(text.string)))] == list("题题甲甲乙乙乙丙")


def test_a_sentence_of_a_hundred_thousand_letters_takes_no_time() -> None:
    for letters in ("蓝", "“", "（1）", "a ", "e\u0301", "（；"):
        text = normalise(item(letters * 100_000))
        assert text.source_span(99_998, 99_999)[0].end <= 100_000 * len(letters)


# ---- the map back ---------------------------------------------------------------------------------------------------

ODD = st.sampled_from(
    "臺灣後蘭湖Ａｂ１２３，。％：；（）“”《》…㈱㎡℃①⽅ﾊﾞｶﾟか\u3099e\u0301a\u030a\u0323각\u1100\u1161\u11a8ㄱㅏﷺ¨´ª½ǆﬁ"
    "\u200b\ufeff\u202e\u2066\x00\x07\x1b\ue000\ufe0f\U000e0100\u3000\xa0 \t\r\n\u2028\u0085\U0001f600\U00020000豈"
)
LETTERS = st.text(ODD | st.characters(), max_size=60)


def check_map(one: NewsItem, data: st.DataObject) -> None:
    text = normalise(one)
    assert len(text.string) == len(text.surface)
    if not text.string:
        return
    i = data.draw(st.integers(0, len(text.string) - 1))
    j = data.draw(st.integers(i + 1, len(text.string)))
    # Widen to whole source letters: one that expands to three has one place in the source.
    while i > 0 and text.source_span(i - 1, i) == text.source_span(i, i + 1):
        i -= 1
    while j < len(text.string) and text.source_span(j, j + 1) == text.source_span(j - 1, j):
        j += 1
    span, field = text.source_span(i, j)
    again = normalise(item(one.slice(span, field)))
    assert again.string.replace(" ", "") == text.string[i:j].replace(" ", "").replace("\n", "")
    assert again.surface.replace(" ", "") == text.surface[i:j].replace(" ", "").replace("\n", "")


@given(LETTERS, st.data())
def test_a_span_of_the_source_normalises_to_the_text_it_stands_for(source: str, data: st.DataObject) -> None:
    check_map(NewsItem("1", "", source, (Block("paragraph", (Span(0, len(source)),)),), "a"), data)


@given(st.lists(LETTERS, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n", "\n\n ", "\f"]), st.data())
def test_so_it_does_over_lines(lines: list[str], end: str, data: st.DataObject) -> None:
    source, spans = "", []
    for line in lines:
        spans.append(Span(len(source), len(source) + len(line)))
        source += line + end
    check_map(NewsItem("1", "", source, (Block("paragraph", tuple(spans)),), "a"), data)


@given(LETTERS)
def test_the_text_is_nfkc_in_simplified_letters(source: str) -> None:
    source = "".join(c for c in source if not ignorable(c) and " " not in unicodedata.normalize("NFKC", c))
    assert normalise(item(source)).string == simplify(unicodedata.normalize("NFKC", source))


@given(LETTERS)
def test_sentences_cover_the_text_in_order(source: str) -> None:
    text = normalise(item(source, "尾"))
    rest = list(text.string)
    end = 0
    for sentence in text.sentences:
        assert end <= sentence.start < sentence.end
        end = sentence.end
        rest[sentence.start : sentence.end] = [""] * (sentence.end - sentence.start)
    assert set(rest) <= {"", " ", "\n"}


# ---- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("臺積電", "台积电"),
        ("ＧＧＶ 纪源资本", "ggv纪源资本"),
        ("《数据 条例》", "“数据条例”"),
        ("阿尔伯特·爱因斯坦", "阿尔伯特•爱因斯坦"),
        ("Straße", "STRASSE"),
        ("McKay's", "mckay’s"),
    ],
)
def test_spellings_of_a_name_share_one_key(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_other_names_have_other_keys() -> None:
    assert fold("蓝湖A") != fold("蓝湖B")
    assert fold("C+") != fold("C")


@given(LETTERS)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(LETTERS)
def test_simplifying_keeps_offsets(text: str) -> None:
    assert len(simplify(text)) == len(text)
    assert simplify(simplify(text)) == simplify(text)
