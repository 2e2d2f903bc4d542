"""Dates, amounts, shares, quantities, rounds and tickers: what is found, where, and what it is worth."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import OntologyError
from kg.model import Amount
from kg.values import ValueGrammar, ValueMention, find_values

if TYPE_CHECKING:
    from pathlib import Path


def values(text: str, kind: str, reference: str | None = "2021-11-05") -> list[object]:
    return [v.value for v in find_values(text, reference) if v.kind == kind]


def only(text: str, reference: str | None = "2021-11-05") -> ValueMention:
    (found,) = find_values(text, reference)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年11月3日", "2021-11-03"),
        ("2021-11-03", "2021-11-03"),
        ("2021/11/3", "2021-11-03"),
        ("2021.11.03", "2021-11-03"),
        ("2021年11月", "2021-11"),
        ("2021-11", "2021-11"),
        ("2021年", "2021"),
        ("2020年度", "2020"),
        ("2020财年", "2020"),
        ("2021年底", "2021"),
        ("2018年年初", "2018"),
        ("2021年11月底", "2021-11"),
        ("2021年上半年", "2021-H1"),
        ("2021年第三季度", "2021-Q3"),
        ("2021年Q3", "2021-Q3"),
        ("3Q21", "2021-Q3"),
        ("1H21", "2021-H1"),
        ("二〇二一年十一月三日", "2021-11-03"),
        ("一九九八年", "1998"),
        ("民国110年", "2021"),
    ],
)
def test_absolute_dates(text: str, expected: str) -> None:
    found = only(text, None)
    assert (found.kind, found.value, found.literal) == ("date", expected, text)


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("11月3日", "2021-11", "2021-11-03"),
        ("11月3日", "2021", "2021-11-03"),
        ("12月30日", "2022-01-05", "2021-12-30"),
        ("将于11月23日生效", "2021-11-01", "2021-11-23"),
        ("将于1月10日上市", "2021-12-20", "2022-01-10"),
        ("1月10日上市", "2021-12-20", "2021-01-10"),
        ("本月8日", "2021-11-05", "2021-11-08"),
        ("上月底", "2021-01-05", "2020-12"),
        ("今年8月", "2021-11", "2021-08"),
        ("去年", "2021-11", "2020"),
        ("去年底", "2021-11", "2020"),
        ("前年", "2021", "2019"),
        ("明年", "2021", "2022"),
        ("今年上半年", "2021-11", "2021-H1"),
        ("三季度", "2021-11", "2021-Q3"),
        ("四季度", "2022-02", "2021-Q4"),
        ("上半年", "2022-01", "2021-H1"),
        ("下半年", "2021-08", "2021-H2"),
        ("昨日", "2021-11-01", "2021-10-31"),
        ("前天", "2021-11-05", "2021-11-03"),
        ("上周五", "2021-11-05", "2021-10-29"),
        ("本周三", "2021-11-05", "2021-11-03"),
        ("周一", "2021-11-05", "2021-11-01"),
        ("下周一", "2021-11-05", "2021-11-08"),
    ],
)
def test_relative_dates(text: str, reference: str, expected: str) -> None:
    assert values(text, "date", reference) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("前三季度", "2021-Q1/Q3"),
        ("1—9月", "2021-01/09"),
        ("1至9月", "2021-01/09"),
        ("今年1-9月份", "2021-01/09"),
        ("前十个月", "2021-01/10"),
        ("2017年至2019年", "2017/2019"),
        ("2017-2019年", "2017/2019"),
        ("2021年3月至5月", "2021-03/05"),
        ("2020年11月至2021年2月", "2020-11/2021-02"),
        ("11月3日至5日", "2021-11-03/05"),
        ("11月3日至12月5日", "2021-11-03/12-05"),
    ],
)
def test_periods(text: str, expected: str) -> None:
    found = only(text)
    assert (found.kind, found.value) == ("period", expected)


@pytest.mark.parametrize("text", ["近日", "日前", "此前", "不久前", "近期", "上周", "上季度"])
def test_words_that_tell_no_date_have_no_value(text: str) -> None:
    assert (only(text).kind, only(text).value) == ("date", None)


@pytest.mark.parametrize("text", ["11月3日", "昨日", "去年", "上月", "周一", "三季度", "年底"])
def test_without_reference_a_date_is_found_and_open(text: str) -> None:
    assert values(text, "date", None) == [None]


def test_a_reference_without_days_settles_no_yesterday() -> None:
    assert values("昨日和周三", "date", "2021-11") == [None, None]


def test_dates_told_before() -> None:
    text = "2019年3月5日成立,同日开业,同年盈利,次年上市。"
    assert values(text, "date") == ["2019-03-05", "2019-03-05", "2019", "2020"]
    assert values("2019年3月完成A轮,8月完成B轮。10月上市。", "date") == ["2019-03", "2019-08", "2021-10"]
    assert values("2018年、2019年和2020年", "date") == ["2018", "2019", "2020"]
    assert values("2018、2019和2020年", "date") == ["2018", "2019", "2020"]


@pytest.mark.parametrize(
    "text",
    [
        "2021云图生态大会",
        "1990年代",
        "今日头条",
        "较去年同期",
        "奥迪Q3上市",
        "第二季开播",
        "2月30日",
        "13月",
        "3年前景",
        "日前景",
    ],
)
def test_no_dates(text: str) -> None:
    assert [v for v in find_values(text, "2021-11-05") if v.kind in ("date", "period") and v.value is not None] == []


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "approximate"),
    [
        ("10亿元", 1e9, 1e9, "CNY", False),
        ("近10亿美元", None, 1e9, "USD", True),
        ("超过5亿元", 5e8, None, "CNY", True),
        ("逾3000万元", 3e7, None, "CNY", True),
        ("约2亿港元", 2e8, 2e8, "HKD", True),
        ("10余亿元", 1e9, None, "CNY", True),
        ("1000多万美元", 1e7, None, "USD", True),
        ("至少3亿欧元", 3e8, None, "EUR", False),
        ("不超过5亿元", None, 5e8, "CNY", False),
        ("5亿元左右", 5e8, 5e8, "CNY", True),
        ("10亿元以上", 1e9, None, "CNY", True),
        ("数千万元", 2e7, 1e8, "CNY", True),
        ("数亿元", 2e8, 1e9, "CNY", True),
        ("几十亿元", 2e9, 1e10, "CNY", True),
        ("十几亿元", 1.1e9, 2e9, "CNY", True),
        ("上亿元", 1e8, None, "CNY", True),
        ("近亿元", None, 1e8, "CNY", True),
        ("千万级融资", 1e7, 1e8, "CNY", True),
        ("亿元级", 1e8, 1e9, "CNY", True),
        ("数千万级美元", 2e7, 1e8, "USD", True),
        ("百万美元", 1e6, 1e7, "USD", True),
        ("1.2亿-1.5亿元", 1.2e8, 1.5e8, "CNY", False),
        ("100万至200万元", 1e6, 2e6, "CNY", False),
        ("3-5亿元", 3e8, 5e8, "CNY", False),
        ("三千万元", 3e7, 3e7, "CNY", False),
        ("2亿5000万元", 2.5e8, 2.5e8, "CNY", False),
        ("12,345万元", 1.2345e8, 1.2345e8, "CNY", False),
        ("1.5万亿元", 1.5e12, 1.5e12, "CNY", False),
        ("人民币3亿元", 3e8, 3e8, "CNY", False),
        ("约人民币3亿元", 3e8, 3e8, "CNY", True),
        ("5000万人民币", 5e7, 5e7, "CNY", False),
        ("RMB 5亿", 5e8, 5e8, "CNY", False),
        ("US$1.2B", 1.2e9, 1.2e9, "USD", False),
        ("$300 million", 3e8, 3e8, "USD", False),
        ("500亿韩元", 5e10, 5e10, "KRW", False),
        ("3亿日元", 3e8, 3e8, "JPY", False),
        ("200万英镑", 2e6, 2e6, "GBP", False),
        ("5亿新台币", 5e8, 5e8, "TWD", False),
        ("6000万卢比", 6e7, 6e7, "INR", False),
    ],
)
def test_amounts(text: str, low: float | None, high: float | None, currency: str, approximate: bool) -> None:
    found = only(text)
    literal = text.removesuffix("融资")
    assert found.value == Amount(literal, low, high, currency, approximate)
    assert (found.literal, found.approximate) == (literal, approximate)


def test_a_bound_word_that_is_part_of_another_word_makes_no_bound() -> None:
    assert only("节约10亿元").value == Amount("10亿元", 1e9, 1e9, "CNY", False)
    assert only("合约2份").literal == "2份"


def test_an_amount_may_be_followed_by_latin_letters() -> None:
    assert [(v.kind, v.literal) for v in find_values("完成10亿元C+轮融资", None)] == [
        ("amount", "10亿元"),
        ("round", "C+轮"),
    ]


@pytest.mark.parametrize(
    ("text", "value", "unit", "approximate"),
    [
        ("12%", 12.0, "%", False),
        ("12.5个百分点", 12.5, "pp", False),
        ("百分之十五", 15.0, "%", False),
        ("百分之十二点五", 12.5, "%", False),
        ("三成", 30.0, "%", False),
        ("近三成", 30.0, "%", True),
        ("七成半", 75.0, "%", False),
        ("逾50%", 50.0, "%", True),
        ("-1.9%", -1.9, "%", False),
        ("5%-10%", None, "%", True),
    ],
)
def test_percentages(text: str, value: float | None, unit: str, approximate: bool) -> None:
    found = only(text)
    assert (found.kind, found.value, found.unit, found.approximate) == ("percent", value, unit, approximate)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("6.5万家", 6.5, "万家"),
        ("40余项", 40.0, "项"),
        ("两家公司", 2.0, "家"),
        ("300千瓦时", 300.0, "千瓦时"),
        ("100 GWh", 100.0, "GWh"),
        ("五百万辆", 500.0, "万辆"),
        ("10亿股", 10.0, "亿股"),
        ("收报3500.12点", 3500.12, "点"),
        ("月活3.2亿", 3.2, "亿"),
        ("数百家", None, "家"),
        ("100-200人", None, "人"),
    ],
)
def test_quantities(text: str, value: float | None, unit: str) -> None:
    found = only(text)
    assert (found.kind, found.value, found.unit) == ("quantity", value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "第3家",
        "一家",
        "两位数",
        "三元正极",
        "数字",
        "2.5D封装",
        "HBM2e",
        "5G",
        "二级市场的投资",
        "第三十六次",
        "一成立",
    ],
)
def test_no_numbers(text: str) -> None:
    assert find_values(text, None) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天使轮", ["天使"]),
        ("种子轮", ["种子"]),
        ("Pre-A轮", ["Pre-A"]),
        ("PreA轮", ["Pre-A"]),
        ("Pre A轮", ["Pre-A"]),
        ("pre-a+轮", ["Pre-A+"]),
        ("A+轮", ["A+"]),
        ("A1轮", ["A1"]),
        ("B++轮", ["B++"]),
        ("Pre-IPO轮", ["Pre-IPO"]),
        ("战略轮", ["战略"]),
        ("获战略融资", ["战略"]),
        ("首轮融资", ["首轮"]),
        ("IPO轮", ["IPO"]),
        ("A轮及A+轮", ["A", "A+"]),
        ("A、B轮", ["A", "B"]),
        ("天使、Pre-A及A轮", ["天使", "Pre-A", "A"]),
        ("Series A", ["A"]),
        ("B round", ["B"]),
        ("首轮对话", []),
        ("战略投资者", []),
        ("天使投资人", []),
        ("A轮胎", []),
    ],
)
def test_rounds(text: str, expected: list[str]) -> None:
    assert values(text, "round") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(3750.HK)", "3750.HK"),
        ("(300750.SZ)", "300750.SZ"),
        ("(600519)", "600519"),
        ("(NASDAQ:BIDU)", "BIDU"),
        ("(股票代码:688981)", "688981"),
        ("(纳斯达克股票代码:BIDU)", "BIDU"),
        ("(BIDU.US)", "BIDU.US"),
        ("(HK:0700)", "0700.HK"),
    ],
)
def test_tickers(text: str, expected: str) -> None:
    assert (only(text).kind, only(text).value) == ("ticker", expected)


LETTERS = "0123456789一二三十百千万亿年月日元%.,-至近约数几上半季度轮ABQ$(:)第前去今美成个家 、。"


@given(st.text(alphabet=LETTERS, max_size=60), st.sampled_from([None, "2021", "2021-11", "2021-11-05"]))
@settings(max_examples=300, deadline=None)
def test_values_are_in_order_apart_and_cut_from_the_text(text: str, reference: str | None) -> None:
    position = 0
    for value in find_values(text, reference):
        assert position <= value.start < value.end <= len(text)
        assert value.literal == text[value.start : value.end]
        position = value.end


@pytest.mark.parametrize(
    "piece", ["1", "一", "1,", "年", "1-", "近", "11月", "亿", "(", "数千万", "1亿", "2021年", "A"]
)
def test_long_odd_input_takes_linear_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        begin = time.process_time()
        find_values(text, "2021-11")
        return time.process_time() - begin

    find_values("", None)
    assert seconds(40_000) < 12 * max(seconds(10_000), 0.01)


def test_a_broken_file_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "values.toml"
    path.write_text("[multipliers]\n", encoding="utf-8")
    with pytest.raises(OntologyError, match=r"values\.toml"):
        ValueGrammar.load(path)
    path.write_text("multipliers = ", encoding="utf-8")
    with pytest.raises(OntologyError, match="packaged"):
        ValueGrammar.load(path)
