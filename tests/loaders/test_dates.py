"""When news and newsletters are from."""

from __future__ import annotations

import pytest
from kg.loaders.dates import document_date, file_date, iso_date, latest_date, own_date


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("newsletter-2021-11.txt", "2021-11"),
        ("周报20211105.txt", "2021-11-05"),
        ("2021年11月5日周报.txt", "2021-11-05"),
        ("digest_2021_11_05.md", "2021-11-05"),
        ("digest-202111.md", "2021-11"),
        ("a-2021.txt", "2021"),
        ("周报-第52期.txt", None),
        ("12345678.txt", None),
        ("20211399.txt", None),
    ],
)
def test_dates_in_names(name: str, date: str | None) -> None:
    assert file_date(name) == date


@pytest.mark.parametrize("text", ["昨天", "", "2021-02-30", "2021-13", "1636000000", "2021-H3", "11月3日"])
def test_what_is_no_date(text: str) -> None:
    assert iso_date(text) is None


@pytest.mark.parametrize(
    ("lead", "date"),
    [
        ("11月3日，2020年度大会在京召开。", "2021-11-03"),
        ("当地时间11月2日，某组织发布数据。", "2021-11-02"),
        ("新华社北京11月4日电，甲公司上市。", "2021-11-04"),
        ("记者11月3日从甲公司获悉，乙公司上市。", "2021-11-03"),
        ("3日，甲公司宣布上市。", "2021-11-03"),
        ("5月30日，甲公司宣布上市。", "2021-05-30"),
        ("2021年1月30日，甲公司宣布上市。", "2021-01-30"),
        ("甲公司为乙市企业提供服务，其2021年1月30日的合同到期。", None),
        ("2019年5月30日，甲公司宣布上市。", None),
        ("2021年10月31日，甲公司上市。", "2021-10-31"),
        ("甲公司上市。11月3日，公司敲钟。", "2021-11-03"),
        ("11月3日至5日，大会在京举行。", "2021-11-03"),
        ("近日，甲公司上市。11月3日，公司敲钟。", None),
        ("昨日，甲公司宣布将于11月23日上市。", None),
        ("甲公司将于11月23日上市。", None),
        ("截至9月30日，甲公司收入3亿元。", None),
        ("甲公司成立于2021年10月1日。", None),
        ("甲公司于2017年5月3日成立。", None),
        ("甲公司上市。乙公司上市。11月3日，丙公司上市。", None),
        ("今年1—9月，收入增长。", None),
        ("", None),
    ],
)
def test_the_date_that_a_lead_tells(lead: str, date: str | None) -> None:
    assert own_date(lead, "2021-11-05") == date


def test_dates_at_the_turn_of_the_year() -> None:
    assert own_date("12月30日，甲公司上市。", "2022-01-05") == "2021-12-30"
    assert own_date("1月2日，甲公司上市。", "2022-01-05") == "2022-01-02"
    assert own_date("11月3日，甲公司上市。", None) is None
    assert own_date("2021年11月3日，甲公司上市。", None) == "2021-11-03"


def test_the_latest_date_of_a_text() -> None:
    text = "2019年3月1日递交申请，2021年11月上市，2021年11月3日敲钟，将于2025年1月1日前完成，自2023-01-01起施行。"
    assert latest_date(text) == "2021-11-03"
    assert latest_date("没有日期") is None


def test_what_tells_the_date_of_a_document_best() -> None:
    leads = ["2021年11月3日，甲公司上市。", "2021年11月2日，乙公司上市。", "2017年5月1日，丙公司上市。"]
    text = "2021年10月1日"
    assert document_date("2021-12-01", "2021年11月5日 第12期", "a-2020.txt", leads, text) == "2021-12-01"
    assert document_date(None, "2021年11月5日 第12期", "a-2020.txt", leads, text) == "2021-11-05"
    assert document_date(None, "某周报", "a-2021-11.txt", leads, text) == "2021-11-03"
    assert document_date(None, "某周报", "a-2021-12.txt", leads, text) == "2021-12"
    assert document_date(None, "", "a.txt", leads, text) == "2021-11-03"
    assert document_date(None, "", "a.txt", [], text) == "2021-10-01"
    assert document_date(None, "", "a.txt", [], "") is None
