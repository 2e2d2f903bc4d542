from __future__ import annotations

from marked import marked

from kg.extract.series import named_one_by_one, part_from_verbs


def test_things_counted_and_named() -> None:
    analysis = marked("这三款芯片分别为针对推理的青云、用于转码的白鹭以及面向网络的玄武。")
    assert [m.name for m in named_one_by_one(analysis)] == ["青云", "白鹭", "玄武"]


def test_a_count_without_names_gives_none() -> None:
    assert list(named_one_by_one(marked("这三款芯片分别为公司带来了新的收入和利润。"))) == []


def test_a_verb_is_no_part_of_a_name() -> None:
    text = "[星河|Company]很忙。[星河投资|InvestmentFirm]云端芯片企业[银杏科技|Company]。"
    analysis = marked(text)
    part_from_verbs(analysis)
    assert [m.name for m in analysis.mentions] == ["星河", "星河", "银杏科技"]


def test_a_firm_keeps_its_name() -> None:
    analysis = marked("[星河|Company]与[星河投资|InvestmentFirm]、[银杏科技|Company]到场。")
    part_from_verbs(analysis)
    assert [m.name for m in analysis.mentions] == ["星河", "星河投资", "银杏科技"]
