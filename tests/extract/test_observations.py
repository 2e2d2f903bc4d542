"""Statistics: value, unit, period, change and indicator as told, and no figure where a number is none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from marked import marked

from kg.errors import OntologyError
from kg.extract.analysis import Analysis
from kg.extract.figures import FigureWords
from kg.extract.observations import ObservationDraft, find_observations
from kg.model import Block, NewsItem, Span
from kg.text import normalise
from kg.values import find_values

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str, reference: str | None = "2021-11") -> list[ObservationDraft]:
    return find_observations(marked(text, reference=reference))


def item(title: str, *paragraphs: str, reference: str | None = "2021-11") -> Analysis:
    """The analysis of an item with a title and paragraphs, without names."""
    text, blocks = "", []
    for number, part in enumerate((title, *paragraphs)):
        blocks.append(Block("paragraph" if number else "title", (Span(len(text), len(text) + len(part)),)))
        text += part + "\n"
    news = NewsItem("n1", title, text, tuple(blocks), "test", None, reference, reference)
    analysis = Analysis(news, normalise(news))
    analysis.values = find_values(analysis.text.string, reference)
    return analysis


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "中国汽车工业协会数据显示,10月新能源汽车销量达到38.3万辆,同比增长1.3倍。",
            [(38.3, "万辆", "2021-10", "+130% YoY")],
        ),
        (
            "前10个月,国产自主品牌乘用车累计销售741.8万辆,市场占有率为43.9%。",
            [(741.8, "万辆", "2021-01/10", None), (43.9, "%", "2021-01/10", None)],
        ),
        ("蓝鲸汽车三季度交付新车2.4万辆,环比增长12%,同比下降3.5%。", [(2.4, "万辆", "2021-Q3", "+12% QoQ")]),
        ("9月,集成电路产量为304亿块,同比增长9.5%。", [(304.0, "亿块", "2021-09", "+9.5% YoY")]),
        ("三季度全球半导体销售额达1448亿美元,环比上升7.4%。", [(1448.0, "亿美元", "2021-Q3", "+7.4% QoQ")]),
        (
            "北星半导体前三季度营收52.3亿元,净利润4.1亿元,毛利率为31.2%,较上年同期提升2.6个百分点。",
            [
                (52.3, "亿元", "2021-Q1/Q3", None),
                (4.1, "亿元", "2021-Q1/Q3", None),
                (31.2, "%", "2021-Q1/Q3", "+2.6pp YoY"),
            ],
        ),
        (
            "今年前三季度,全国实物商品网上零售额75042亿元,同比增长15.2%,占社会消费品零售总额的比重为23.6%。",
            [(75042.0, "亿元", "2021-Q1/Q3", "+15.2% YoY"), (23.6, "%", "2021-Q1/Q3", None)],
        ),
        ("双十一期间,云集市平台成交额达到5403亿元。", [(5403.0, "亿元", None, None)]),
        (
            "截至9月末,三家基础电信企业的移动电话用户总数达16.4亿户,比上年末净增4200万户。",
            [(16.4, "亿户", "2021-09", None)],
        ),
        ("5G手机终端连接数达4.45亿户,比上年末增加2.46亿户。", [(4.45, "亿户", None, None)]),
        (
            "上半年,电信业务收入累计完成7533亿元,同比增长8.7%,增速较一季度提高2.2个百分点。",
            [(7533.0, "亿元", "2021-H1", "+8.7% YoY")],
        ),
        ("6月末,商业银行不良贷款率1.76%,较上季末下降0.05个百分点。", [(1.76, "%", "2021-06", "-0.05pp QoQ")]),
        (
            "江海银行总资产2.6万亿元,较年初增长8.3%;实现净利润198亿元,同比增幅11.4%。",
            [(2.6, "万亿元", None, "+8.3% YTD"), (198.0, "亿元", None, "+11.4% YoY")],
        ),
        (
            "10月CPI同比上涨1.5%,PPI同比上涨13.5%。",
            [(None, None, "2021-10", "+1.5% YoY"), (None, None, "2021-10", "+13.5% YoY")],
        ),
        (
            "2020年我国数字经济规模达39.2万亿元,占GDP比重为38.6%。",
            [(39.2, "万亿元", "2020", None), (38.6, "%", "2020", None)],
        ),
        (
            "艾优咨询报告显示,2021年中国直播电商市场规模为12012亿元,预计2025年将突破2.1万亿元。",
            [(12012.0, "亿元", "2021", None)],
        ),
        ("超六成的受访者表示愿意为会员服务付费。", [(60.0, "%", None, None)]),
        ("调查显示,43.2%的中小企业已经部署了云办公软件。", [(43.2, "%", None, None)]),
        ("第三季度,云图科技净亏损2.3亿元,上年同期净亏损1.1亿元。", [(2.3, "亿元", "2021-Q3", None)]),
        ("云图科技月活跃用户突破3.2亿,日均使用时长为102分钟。", [(3.2, "亿", None, None)]),
        (
            "今年1至8月,全国规模以上工业企业利润总额56051亿元,同比增长49.5%,比2019年同期增长42.8%。",
            [(56051.0, "亿元", "2021-01/08", "+49.5% YoY")],
        ),
        (
            "10月份,中欧班列开行1342列,发送货物12.9万标箱,同比分别增长8%和11%。",
            [(1342.0, "列", "2021-10", "+8% YoY"), (12.9, "万标箱", "2021-10", "+11% YoY")],
        ),
        (
            "截至2021年6月,我国网民规模达10.11亿,互联网普及率达71.6%。",
            [(10.11, "亿", "2021-06", None), (71.6, "%", "2021-06", None)],
        ),
        ("2021财年第二季度,星河软件云业务营收44.5亿美元,同比增长39%。", [(44.5, "亿美元", "2021-Q2", "+39% YoY")]),
        ("国庆假期全国国内旅游出游5.15亿人次,按可比口径同比减少1.5%。", [(5.15, "亿人次", None, "-1.5% YoY")]),
        (
            "该公司2020年研发投入为12.5亿元,占营收的比例达18%。",
            [(12.5, "亿元", "2020", None), (18.0, "%", "2020", None)],
        ),
        ("前三季度,光伏新增装机25.56GW,同比增加6.9GW。", [(25.56, "GW", "2021-Q1/Q3", None)]),
        (
            "9月末,广义货币余额234.28万亿元,同比增长8.3%,增速比上月末高0.1个百分点。",
            [(234.28, "万亿元", "2021-09", "+8.3% YoY")],
        ),
        (
            "深圳前三季度进出口总值2.46万亿元,同比增长14.8%,其中出口1.34万亿元,增长11.2%;进口1.12万亿元,增长19.4%。",
            [
                (2.46, "万亿元", "2021-Q1/Q3", "+14.8% YoY"),
                (1.34, "万亿元", "2021-Q1/Q3", "+11.2% YoY"),
                (1.12, "万亿元", "2021-Q1/Q3", "+19.4% YoY"),
            ],
        ),
    ],
)
def test_figures(text: str, expected: list[tuple[float | None, str | None, str | None, str | None]]) -> None:
    assert [(d.value, d.unit, d.period, d.change) for d in read(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "前三季度人民币存款增加16.61万亿元,同比多增14亿元。",
        "云图科技宣布完成5亿元B轮融资,由蓝天资本领投,投后估值达30亿元。",
        "云图科技以12亿元收购星海网络51%的股权,交易金额较评估值溢价20%。",
        "云图科技因垄断被罚款34.42亿元。",
        "公司注册资本1亿元,成立于2015年,现有员工300余人。",
        "新款手机搭载5000毫安时电池,续航提升30%,售价3999元。",
        "云图科技拟募集资金20亿元,用于建设年产10万台的生产线。",
        "公司计划2025年营收达到100亿元。",
        "星海网络中标国家电网2.3亿元项目。",
        "第3届大会共有500家企业参展。",
        "新技术可将能耗降低40%,效率提高一倍。",
        "该基金规模为50亿元,首期募集20亿元。",
        "张三持有公司15.2%股份,为第二大股东。",
        "蓝天资本管理规模超过300亿元,已投资200多家企业。",
        "云图科技承诺三年净利润不低于4050万元。",
        "蓝天资本以每股12元认购1000万股,持股市值1.2亿元。",
        "法院判决被告支付审计费用6.3万元。",
        "因虚增利润119亿元,公司被立案调查。",
    ],
)
def test_numbers_that_are_no_statistics(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "indicators"),
    [
        ("前三季度,规模以上软件企业完成业务收入8万亿元。", ["规模以上软件企业业务收入"]),
        ("今年前三季度,云图平台投入研发费用5亿元。", ["云图平台投入研发费用"]),
        ("45.1%的开源用户认为开源技术可以缩短工期。", ["认为开源技术可以缩短工期的开源用户"]),
        ("前三季度,机器人、集成电路产量同比分别增长57.8%和43.1%。", ["机器人产量", "集成电路产量"]),
        ("2020年数字经济规模39万亿元,占GDP的比重为38.6%。", ["数字经济规模", "数字经济规模占GDP比重"]),
        ("10月份,云图汽车以3万辆的销量位居第一。", ["云图汽车销量"]),
        ("前三季度,流入新兴国家的直接投资环比增长12%。", ["流入新兴国家的直接投资"]),
    ],
)
def test_indicators(text: str, indicators: list[str]) -> None:
    assert [d.indicator for d in read(text)] == indicators


def test_a_level_and_the_change_before_it_are_one_figure() -> None:
    (figure,) = read("三季度出货量同比增长25.5%,总计达3.46亿台。")
    assert (figure.value, figure.unit, figure.change) == (3.46, "亿台", "+25.5% YoY")


def test_the_number_measured_against_is_no_figure() -> None:
    (figure,) = read("三季度营收9.66亿元,与去年同期的11.3亿元相比下滑14.6%,与上一季度的12亿元相比下滑19.7%。")
    assert (figure.value, figure.change) == (9.66, "-14.6% YoY")
    (loss,) = read("三季度净亏损由2亿元收窄为1.12亿元。")
    assert (loss.indicator, loss.value) == ("净亏损", 1.12)


def test_several_years_with_several_numbers() -> None:
    found = read("2019年、2020年和2021年上半年,公司营收分别为1亿元、2亿元和1.5亿元。")
    assert [(d.value, d.period) for d in found] == [(1.0, "2019"), (2.0, "2020"), (1.5, "2021-H1")]


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("上半年流量1770亿美元,环比增长12%。", "+12% HoH"),
        ("三季度销量10万辆,环比增长12%。", "+12% QoQ"),
        ("10月销量10万辆,环比下降12.0%。", "-12.0% MoM"),
        ("10月制造业PMI为49.2%,比上月下降0.4个百分点。", "-0.4pp MoM"),
        ("10月制造业PMI为49.2%,低于上月0.4个百分点。", "-0.4pp MoM"),
        ("2020年销量10万辆,比2018年增长30%。", "+30% vs 2018"),
        ("2020年销量10万辆,比2019年增长30%。", "+30% YoY"),
        ("三季度销量10万辆,较上半年增长30%。", "+30% HoH"),
        ("三季度营收10亿元,同比增长2.1倍。", "+210% YoY"),
        ("9月末贷款余额10亿元,较年初增长5%。", "+5% YTD"),
    ],
)
def test_changes(text: str, change: str) -> None:
    (figure,) = read(text)
    assert figure.change == change


def test_a_bare_change_goes_on_with_the_basis_told_before() -> None:
    found = read("9月,工业增加值同比增长5.6%,其中装备制造业增加值增长7.5%。")
    assert [d.change for d in found] == ["+5.6% YoY", "+7.5% YoY"]


def test_period_is_carried_over_but_not_from_what_a_figure_is_measured_against() -> None:
    found = find_observations(
        item(
            "云图公布前三季度业绩",
            "数据显示,公司营收12亿元,较2019年增长30%。其中三季度营收5亿元。净利润1亿元,同比增长8%。",
            "研发费用2亿元。",
        )
    )
    assert [(d.value, d.period) for d in found] == [
        (12.0, "2021-Q1/Q3"),
        (5.0, "2021-Q3"),
        (1.0, "2021-Q1/Q3"),
        (2.0, "2021-Q1/Q3"),
    ]


def test_the_longest_period_of_a_sentence_is_carried_over() -> None:
    found = find_observations(item("工业", "前三季度增加值同比增长6%,其中三季度增长5%。利润同比增长9%。"))
    assert [(d.change, d.period) for d in found] == [
        ("+6% YoY", "2021-Q1/Q3"),
        ("+5% YoY", "2021-Q3"),
        ("+9% YoY", "2021-Q1/Q3"),
    ]


def test_months_that_are_quarters_are_called_so() -> None:
    assert [read(f"{told}营收10亿元。")[0].period for told in ("1—9月", "1至6月", "1-8月", "2020年1-12月")] == [
        "2021-Q1/Q3",
        "2021-H1",
        "2021-01/08",
        "2020",
    ]


def test_titles_lend_their_period_and_are_no_figures() -> None:
    found = find_observations(item("前三季度互联网业务收入增25.4%", "规模以上企业完成业务收入11633亿元。"))
    assert [(d.value, d.period) for d in found] == [(11633.0, "2021-Q1/Q3")]


def test_reporter_and_scope_come_from_the_names_found() -> None:
    analysis = marked(
        "[海图统计局|GovernmentBody]发布数据,前三季度[江州|Place]进出口总值2.46万亿元。", reference="2021-11"
    )
    (figure,) = find_observations(analysis)
    assert figure.reporter is not None
    assert analysis.mentions[figure.reporter].name == "海图统计局"
    assert figure.scope == "江州"
    assert read("我国前三季度软件业务收入8万亿元。")[0].scope == "中国"


def test_offsets_bound_the_sentence() -> None:
    analysis = marked("云图发布财报。三季度营收5亿元。股价上涨。", reference="2021-11")
    (figure,) = find_observations(analysis)
    assert analysis.text.string[figure.start : figure.end] == "三季度营收5亿元。"


@pytest.mark.parametrize("piece", ["业务收入1亿元", "同比增长5%", "较2020年", "占", "1%、", "(", "超过约"])
def test_long_odd_input_takes_linear_time(piece: str) -> None:
    def seconds(length: int) -> float:
        analysis = marked(piece * (length // len(piece)))
        begin = time.process_time()
        find_observations(analysis)
        return time.process_time() - begin

    read("")
    assert seconds(40_000) < 12 * max(seconds(10_000), 0.01)


def test_a_broken_file_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "observations.toml"
    path.write_text("[indicators]\n", encoding="utf-8")
    with pytest.raises(OntologyError, match=r"observations\.toml"):
        FigureWords.load(path)
