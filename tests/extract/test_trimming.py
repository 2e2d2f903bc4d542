from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from analysed import item

from kg.extract.analysis import Analysis, Mention
from kg.extract.trimming import Trimmer
from kg.text import normalise
from kg.values import find_values

if TYPE_CHECKING:
    from kg.extract.mentions import MentionFinder
    from kg.lexicon import Lexicon


def trimmed(finder: MentionFinder, lexicon: Lexicon, text: str, name: str, class_: str) -> list[tuple[str, str]]:
    analysis = Analysis(item(text), normalise(item(text)))
    analysis.values = find_values(analysis.text.string, "2023-06-15")
    words = finder.propose(analysis).words
    start = analysis.text.string.index(name)
    found = Trimmer(lexicon).trim(words, Mention(start, start + len(name), name, class_, 0.9, "crf"))
    return [(m.name, m.type) for m in found]


@pytest.mark.parametrize(
    ("text", "name", "class_", "expected"),
    [
        ("星衡云(下称“公司”)宣布", "星衡云(", "Company", [("星衡云", "Company")]),
        ("*ST银杏公告", "*ST银杏", "Company", [("*ST银杏", "Company")]),
        ("■糖纸科技完成融资", "■糖纸科技", "Company", [("糖纸科技", "Company")]),
        ("由Omnivue Inc.收购", "Omnivue Inc.", "Company", [("Omnivue Inc.", "Company")]),
        ("长城(天津)基金会", "长城(天津)", "Company", [("长城(天津)", "Company")]),
        (
            "由亨利·莫里斯和约翰·布伦特创办",
            "亨利·莫里斯和约翰·布伦特",
            "Person",
            [("亨利·莫里斯", "Person"), ("约翰·布伦特", "Person")],
        ),
        ("法国瓦尔蒙集团宣布", "法国瓦尔蒙集团", "Company", [("法国", "Country"), ("瓦尔蒙集团", "Company")]),
        ("美国银行宣布", "美国银行", "Company", [("美国银行", "Company")]),
        ("由中信资本投资。", "中信资本投资", "InvestmentFirm", [("中信资本", "InvestmentFirm")]),
        ("由长风创投投资8000万元", "长风创投投资", "InvestmentFirm", [("长风创投", "InvestmentFirm")]),
        ("云河投资宣布", "云河投资", "InvestmentFirm", [("云河投资", "InvestmentFirm")]),
    ],
)
def test_names_are_cut_to_what_they_are(
    finder: MentionFinder, lexicon: Lexicon, text: str, name: str, class_: str, expected: list[tuple[str, str]]
) -> None:
    assert trimmed(finder, lexicon, text, name, class_) == expected
