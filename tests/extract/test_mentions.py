from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from analysed import analysed, item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.extract.analysis import Analysis, Mention
from kg.extract.mentions import MentionFinder
from kg.schema import Schema
from kg.segment import Segmenter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.extract.extractor import Extractor
    from kg.lexicon import Lexicon


def names(finder: MentionFinder, text: str) -> dict[str, str]:
    return {m.name: m.type for m in analysed(finder, text).mentions}


COMPANIES = [
    ("远帆智造日前宣布完成2亿元B轮融资", "远帆智造"),
    ("由瓴达资本领投，老股东跟投", "瓴达资本"),
    ("公司与深圳市曜恒半导体科技有限公司签约", "深圳市曜恒半导体科技有限公司"),
    ("收购国产数据库厂商朴墨科技", "朴墨科技"),
    ("独角兽企业禾曜宣布裁员", "禾曜"),
    ("珲春集团与腾讯签署协议", "珲春集团"),
    ("澜曦股份(688999.SH)公告称", "澜曦股份"),
    ("投资方包括红杉中国、锦瓴创投和腾讯等", "锦瓴创投"),
    ("英国芯片公司Imagora被收购", "Imagora"),
    ("安科（中国）有限公司成立", "安科（中国）有限公司"),
    ("嘉兴璟曜股权投资合伙企业（有限合伙）持股5%", "嘉兴璟曜股权投资合伙企业（有限合伙）"),
    ("上海華曜科技股份有限公司董事長林建華", "上海華曜科技股份有限公司"),
    ("其子公司禾曜新于2020年成立，禾曜新主营芯片", "禾曜新"),
]


@pytest.mark.parametrize(("text", "name"), COMPANIES)
def test_companies_that_no_list_holds(finder: MentionFinder, lexicon: Lexicon, text: str, name: str) -> None:
    assert lexicon.known(name) is None
    assert names(finder, text).get(name) in ("Company", "InvestmentFirm")


CLASSES = [
    ("据新西兰贸易与投资部长奥康纳介绍", "新西兰贸易与投资部", "GovernmentBody"),
    ("杭州市余杭区人民政府发布通知", "杭州市余杭区人民政府", "GovernmentBody"),
    ("深圳市市场监督管理局立案调查", "深圳市市场监督管理局", "GovernmentBody"),
    ("工信部公布数据", "工信部", "GovernmentBody"),
    ("中国科学院遗传与发育生物学研究所研究员", "中国科学院遗传与发育生物学研究所", "ResearchInstitute"),
    ("中国船舶集团有限公司第七一五研究所研制", "中国船舶集团有限公司第七一五研究所", "ResearchInstitute"),
    ("科大讯飞人工智能研究院开放", "科大讯飞人工智能研究院", "ResearchInstitute"),
    ("曜湖大学教授柴继明获奖", "曜湖大学", "University"),
    ("毕业于石家庄铁道大学", "石家庄铁道大学", "University"),
    ("向杭州市中级人民法院起诉", "杭州市中级人民法院", "Court"),
    ("中国锂电池回收产业联盟成立", "中国锂电池回收产业联盟", "Association"),
    ("在上交所科创板挂牌", "上交所科创板", "Exchange"),
    ("经合组织预计", "经合组织", "InternationalOrganization"),
    ("云与终端事业群总裁", "云与终端事业群", "Organization"),
    ("据《长江晚报》报道", "长江晚报", "Organization"),
    ("发布《中国低空经济发展白皮书》", "中国低空经济发展白皮书", "Report"),
    ("签署《数字贸易合作协定》", "数字贸易合作协定", "Agreement"),
    ("荣获国家技术发明奖二等奖", "国家技术发明奖二等奖", "Award"),
    ("获得IEEE机器人与自动化奖", "IEEE机器人与自动化奖", "Award"),
    ("“高温超导磁体关键技术”项目获奖", "高温超导磁体关键技术", "Project"),
    ("第三届世界智能产业博览会开幕", "世界智能产业博览会", "Conference"),
    ("2021青禾数字生态大会现场", "青禾数字生态大会", "Conference"),
    ("发布墨曜AI推理芯片", "墨曜AI推理芯片", "Product"),
    ("小米14售价公布", "小米14", "Product"),
    ("新一代数据库PolarStone上线", "PolarStone", "Product"),
    ("信曜利单抗获批上市", "信曜利单抗", None),
    ("成为云软件赛道独角兽", "云软件", "Industry"),
    ("代表中方提出申请", "中方", "Country"),
    ("会议在沪举行", "沪", "Place"),
    ("成都高新区招商", "成都高新区", "Place"),
]


@pytest.mark.parametrize(("text", "name", "cls"), [c for c in CLASSES if c[2]])
def test_names_of_every_class(finder: MentionFinder, text: str, name: str, cls: str) -> None:
    assert names(finder, text).get(name) == cls


PEOPLE = [
    ("董事长尤卫峰表示", ["尤卫峰"]),
    ("教授刘若溪主持完成", ["刘若溪"]),
    ("创始人、CEO欧阳晓岚透露", ["欧阳晓岚"]),
    ("由蒂姆·库克森出任", ["蒂姆·库克森"]),
    ("任命高桥健一为社长", ["高桥健一"]),
    ("潘建华、彭承宇、陈宇航等获奖", ["潘建华", "彭承宇", "陈宇航"]),
    ("总裁的职位交给了孙洁，自己退休", ["孙洁"]),
    ("院长为刘多。", ["刘多"]),
    ("首席执行官Sarah Connelly表示", ["Sarah Connelly"]),
]


@pytest.mark.parametrize(("text", "expected"), PEOPLE)
def test_people(finder: MentionFinder, text: str, expected: list[str]) -> None:
    assert [m.name for m in analysed(finder, text).mentions if m.type == "Person"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "公司宣布完成融资，企业获得投资。",
        "上市公司的全资子公司和控股子公司",
        "社会资本、风险资本和民间投资涌入",
        "全球经济增长放缓，市场需求下降。",
        "股东大会和董事会审议通过了议案。",
        "使用开源技术可以节约成本，缩短部署时间。",
        "半导体材料、纳米材料和新能源汽车",
        "会上表示，希望双方深化合作。",
        "此次活动取得了圆满成功。",
    ],
)
def test_ordinary_chinese_holds_no_organisation(finder: MentionFinder, text: str) -> None:
    assert [m for m in analysed(finder, text).mentions if m.type in ("Company", "InvestmentFirm", "Person")] == []


def test_mentions_are_in_order_and_do_not_overlap(finder: MentionFinder) -> None:
    text = "腾讯、阿里巴巴与北京百度网讯科技有限公司在2021腾讯数字生态大会上签署《合作协定》。"
    found = analysed(finder, text).mentions
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_titles_take_the_words_that_make_them(finder: MentionFinder) -> None:
    analysis = analysed(finder, "腾讯高级执行副总裁、首席可持续发展官林建华")
    assert [t.text for t in analysis.titles] == ["高级执行副总裁", "首席可持续发展官"]


def test_forms_of_address_are_no_posts(finder: MentionFinder) -> None:
    assert analysed(finder, "陈章瑞先生代表公司出席").titles == []


def test_a_name_found_once_is_found_everywhere(finder: MentionFinder) -> None:
    analysis = analysed(finder, "青箬完成3亿元C轮融资。此前很少有人知道青箬。\n青箬的模式得到认可。")
    assert [m.name for m in analysis.mentions].count("青箬") == 3


def test_a_declared_alias_is_a_name(finder: MentionFinder) -> None:
    found = names(finder, "浙江曜箬科技股份有限公司（以下简称“曜箬”）公告。曜箬表示。")
    assert found["曜箬"] == "Company"


def test_a_general_word_declared_as_alias_is_no_name(finder: MentionFinder) -> None:
    assert "公司" not in names(finder, "浙江曜箬科技股份有限公司（以下简称“公司”）公告，公司股票停牌。")


def test_a_doubtful_form_needs_words_that_speak_for_it(finder: MentionFinder) -> None:
    assert names(finder, "苹果将向供应商追加订单").get("苹果") == "Company"
    assert "苹果" not in names(finder, "超市里的苹果很便宜")


def test_a_verb_between_two_names_is_part_of_neither(finder: MentionFinder) -> None:
    assert set(names(finder, "腾讯投资燧原科技")) >= {"腾讯", "燧原科技"}


def test_two_names_joined_by_and_are_two(finder: MentionFinder) -> None:
    assert set(names(finder, "清华大学和微软亚洲研究院发布")) >= {"清华大学", "微软亚洲研究院"}


def test_shares_of_a_known_company_are_no_company(finder: MentionFinder) -> None:
    assert names(finder, "百度减持爱奇艺股份。") == {"百度": "Company", "爱奇艺": "Company"}
    assert "爱奇艺股份有限公司" in names(finder, "爱奇艺股份有限公司成立。")


def test_names_keep_the_letters_of_the_source(finder: MentionFinder) -> None:
    assert names(finder, "騰訊控股宣布").get("騰訊控股") == "Company"


def test_a_department_lends_its_last_letter_to_the_post(finder: MentionFinder) -> None:
    analysis = analysed(finder, "智利渔业部长冈萨雷斯表示")
    (body,) = [m for m in analysis.mentions if m.type == "GovernmentBody"]
    assert body.name == "智利渔业部"
    assert all(t.start >= body.end for t in analysis.titles)


def test_further_recognisers_take_part(lexicon: Lexicon) -> None:
    def recogniser(analysis: Analysis) -> Iterable[Mention]:
        at = analysis.text.string.find("某某")
        return [Mention(at, at + 2, "某某", "Organization", 0.9, "crf")] if at >= 0 else []

    finder = MentionFinder(lexicon, Schema.load(), Segmenter(lexicon), (recogniser,))
    assert names(finder, "这是某某的。") == {"某某": "Organization"}


HOSTILE = {
    "no stop": "腾讯宣布与阿里巴巴集团控股有限公司签署协议，" * 4000,
    "one letter": "王" * 100_000,
    "digits": "1234567890" * 10_000,
    "latin": "Abc Def Ghi " * 8_000,
    "quotes": "“《(" * 30_000,
    "dots": "马克·" * 30_000,
    "verbs": "公司宣布" * 25_000,
    "aliases": "(以下简称“" * 15_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_long_and_odd_text_takes_time_in_proportion(finder: MentionFinder, text: str) -> None:
    began = time.process_time()
    analysed(finder, text)
    assert time.process_time() - began < 20


PIECES = [*"的、,。()《》“”·王张由与\nAb1😀", "腾讯", "公司", "有限公司", "CEO", "2021年", "亿元", "完成", "融资"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_mixture_gives_mentions_inside_the_text(finder: MentionFinder, text: str) -> None:
    analysis = analysed(finder, text)
    length = len(analysis.text.string)
    end = 0
    for mention in analysis.mentions:
        assert end <= mention.start < mention.end <= length
        assert 0.5 <= mention.confidence <= 1
        end = mention.end


def test_what_may_be_a_name_before_a_post_is_remembered(finder: MentionFinder) -> None:
    text = "新华集团主席来访。航天建设党委书记、董事长高峰出席。"
    analysis = analysed(finder, text)
    assert "航天建设" not in {m.name for m in analysis.mentions}
    assert text.index("党委书记") in analysis.unsure


def test_a_post_at_somebody_unknown_is_not_at_whoever_was_told_before(extractor: Extractor) -> None:
    document = extractor.extract(item("新华集团主席来访。航天建设党委书记、董事长高峰,总经理李治国出席。"))
    assert not [s for s in document.statements if s.predicate == "worksFor" and s.subject.name in ("高峰", "李治国")]
    document = extractor.extract(item("新华集团宣布合作。党委书记、董事长高峰,总经理李治国出席。"))
    assert {s.subject.name for s in document.statements if s.predicate == "worksFor"} == {"高峰", "李治国"}
