"""Whether a fact happened: which cue decides, from where it may decide, and what only looks like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.errors import OntologyError
from kg.extract.status import StatusCues, settle
from kg.model import STATUSES

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import Status


@pytest.fixture(scope="module")
def cues() -> StatusCues:
    return StatusCues.load()


def judge(cues: StatusCues, text: str) -> tuple[Status, str | None]:
    """The status of the fact whose trigger stands in brackets: 拟[收购]."""
    start, end = text.index("["), text.index("]") - 1
    plain = text.replace("[", "").replace("]", "")
    low = max(plain.rfind(mark, 0, start) for mark in ",;:!?。") + 1
    high = min((i for mark in ",;!?。" if (i := plain.find(mark, end)) >= 0), default=len(plain))
    return cues.status(plain, low, high, start, end)


PLANNED = [
    "他将于明年卸任,届时由李雷[接任]总裁",
    "云图科技拟以10亿元[收购]星海网络51%股权",
    "云图科技将[收购]星海网络",
    "云图科技宣布将以10亿元的价格[收购]星海网络",
    "云图科技计划于明年[收购]星海网络",
    "云图科技拟出资10亿元,[收购]星海网络51%股权",
    "云图科技与星海网络达成[收购]协议",
    "云图科技同意以10亿美元[收购]星海网络",
    "云图科技将向蓝天资本[出售]旗下物流业务",
    "双方将在金融科技领域展开[合作]",
    "云图科技提交[上市]申请",
    "云图科技正在洽谈C轮[融资]",
    "云图科技正寻求新一轮[融资]",
    "云图科技启动C轮[融资]",
    "云图科技有望年内[上市]",
    "云图科技预计[上市]后市值达百亿",
    "云图科技力争明年[登陆]科创板",
    "若[收购]完成,云图科技将成为行业第一",
    "云图科技[收购]星海网络预计明年完成",
    "云图科技[收购]星海网络尚未完成交割",
    "公司拟将募集资金用于[收购]星海网络",
    "董事会审议通过[收购]星海网络的议案",
    "云图科技即将[发布]新款手机",
    "云图科技希望通过[收购]星海网络进入欧洲",
    "云图科技与星海网络签署[收购]意向书",
    "云图科技正筹备赴港[上市]",
    "云图科技已着手[收购]星海网络",
    "拟[收购]星海网络的云图科技发布财报",
    "云图科技更新招股书,拟在科创板[上市]",
    "云图科技承诺未来三年[投资]50亿元",
    "云图科技将出资10亿元[收购]星海网络",
    "云图科技将发行股份[购买]星海网络51%股权",
    "股东蓝天资本计划90个自然日内,以大宗交易方式[减持]公司股份",
    "云图科技拟在6个月内,以不高于5元/股的价格[增持]星海网络",
    "董事会审议通过关于为子公司提供[担保]的议案",
    "云图科技将于年底完成对星海网络的[收购]",
]

RUMOURED = [
    "据知情人士透露,云图科技正考虑扩产;公司还在洽谈[收购]星海网络",
    "据知情人士透露,云图科技正考虑[收购]星海网络",
    "传云图科技将[收购]星海网络",
    "市场传云图科技有意[收购]星海网络",
    "据传云图科技已[收购]星海网络",
    "云图科技或将[收购]星海网络",
    "云图科技可能[收购]星海网络",
    "云图科技收购星海网络的传闻未经证实,消息称已[收购]",
    "有消息称,云图科技已秘密[收购]星海网络",
]

DENIED = [
    "云图科技否认[收购]星海网络",
    "云图科技并未与星海网络[合作]",
    "云图科技未与星海网络达成任何[合作]",
    "云图科技没有[收购]星海网络",
    "云图科技[收购]星海网络的传闻不实",
    "有消息称云图科技将[收购]星海网络。对此,云图科技予以否认。",
    "市场传闻云图科技拟[收购]星海网络。云图科技回应称不实。",
    "云图科技从未[投资]过星海网络",
    "云图科技表示,不会[收购]星海网络",
    "网传云图科技被星海网络[收购],公司辟谣称该消息不实",
    "云图科技暂无[上市]计划",
]

CANCELLED = [
    "云图科技终止[收购]星海网络",
    "云图科技[收购]星海网络的计划被取消",
    "云图科技对星海网络的[收购]宣告失败",
    "云图科技原计划[收购]星海网络,但最终告吹",
    "云图科技撤回[上市]申请",
    "星海网络拒绝了云图科技的[收购]要约",
    "云图科技与星海网络的[合并]谈判破裂",
    "云图科技终止了对星海网络的[收购]",
    "证监会终止云图科技[IPO]审核",
    "云图科技取消与星海网络的[合并]",
]

ENDED = [
    "他曾[担任]云图科技总裁",
    "他已辞去云图科技[总裁]职务",
    "云图科技原[总经理]王明",
    "云图科技与星海网络终止[合作]",
    "云图科技已退出星海网络[股东]行列",
    "云图科技于2015年在纳斯达克[上市],后退市",
    "云图科技前[CEO]李雷加入星海网络",
]

ASSERTED = [
    "云图科技在纽约[上市],代码YT;7月有媒体称其考虑私有化,公司随即否认",
    "部分产品仍将由云图科技[代工]",
    "云图科技宣布[收购]星海网络",
    "云图科技[收购]了星海网络",
    "云图科技已完成对星海网络的[收购]",
    "云图科技签署收购协议并已完成[收购]",
    "云图科技将其持有的星海网络30%股权[转让]给蓝天资本",
    "云图科技将旗下物流业务[出售]给蓝天资本",
    "云图科技计划将本轮[融资]用于研发",
    "云图科技完成B轮[融资],计划将资金用于研发",
    "双方在签约仪式上宣布[建立]战略合作伙伴关系,将在金融科技领域展开合作",
    "双方将继续[合作]",
    "国家火炬计划[支持]的企业",
    "计算机将数据[传输]给服务器",
    "云图科技传统业务[采用]新架构",
    "云图科技传播公司[获得]A轮融资",
    "未来汽车[完成]A轮融资",
    "云图科技曾[获得]红杉资本投资",
    "投资方未透露,云图科技[完成]B轮融资",
    "云图科技没有披露本轮[融资]金额",
    "云图科技已于日前完成[收购]",
    "云图科技宣布与星海网络[合作],双方将共同开发新产品",
    "云图科技证实了此前的传闻,已[收购]星海网络",
    "云图科技否认终止与星海网络[合作]",
    "今年以来,云图科技不断[投资]人工智能企业",
    "云图科技不仅[投资]星海网络,还投资了蓝天资本",
    "蓝湖[完成]10亿元C+轮融资,成为新晋独角兽",
    "北京市某局对云图科技[处以]20万元罚款",
    "拟人化机器人公司[完成]A轮融资",
    "云图科技没有停下脚步,又[收购]了星海网络",
    "名将网络[获得]A轮融资",
    "云图科技与星海网络[签署]战略合作框架协议",
    "计划上市的云图科技近日[收购]了星海网络",
    "云图科技有望超额完成目标,此前其[收购]了星海网络",
    "云图科技[收购]星海网络案已正式交割",
    "6月3日,云图科技将星海网络[起诉]至法院",
    "云图科技于11月21日将2200万股进行[质押]",
    "云图科技将星海网络[出售]给蓝天资本",
    "云图科技将通过此次[收购]加强研发",
    "云图科技将于明年推出新品,此前已[获得]多轮融资",
    "云图科技为星海网络提供的[担保]尚未解除",
    "原告放弃利息、违约金、滞纳金及手续费等[诉讼]请求",
    "甲公司将支付6000万美元以了结有关其误导用户的[诉讼]",
]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (text, status)
        for status, texts in (
            ("planned", PLANNED),
            ("rumoured", RUMOURED),
            ("denied", DENIED),
            ("cancelled", CANCELLED),
            ("ended", ENDED),
            ("asserted", ASSERTED),
        )
        for text in texts
    ],
)
def test_status(cues: StatusCues, text: str, status: str) -> None:
    found, cue = judge(cues, text)
    assert found == status
    assert (cue is None) == (status == "asserted")


def test_the_cue_is_the_word_that_decided(cues: StatusCues) -> None:
    assert judge(cues, "云图科技拟[收购]星海网络") == ("planned", "拟")
    assert judge(cues, "据知情人士透露,云图科技拟[收购]星海网络") == ("rumoured", "知情人士")
    assert judge(cues, "云图科技[收购]星海网络的传闻不实") == ("denied", "不实")


def test_a_cue_in_another_sentence_decides_nothing(cues: StatusCues) -> None:
    assert judge(cues, "公司拟扩产。云图科技[收购]星海网络。公司将公布财报。") == ("asserted", None)
    assert judge(cues, "云图科技[收购]星海网络。对此前的传闻,别家公司予以否认。") == ("asserted", None)


def test_the_most_doubtful_cue_wins(cues: StatusCues) -> None:
    order = [
        "云图科技[收购]星海网络",
        "云图科技拟[收购]星海网络",
        "据传云图科技拟[收购]星海网络",
        "据传云图科技终止[收购]星海网络",
        "云图科技否认据传的[收购]",
    ]
    found = [judge(cues, text)[0] for text in order]
    assert found == ["asserted", "planned", "rumoured", "cancelled", "denied"]
    assert [STATUSES.index(s) for s in found] == sorted((STATUSES.index(s) for s in found), reverse=True)


@pytest.mark.parametrize(
    ("told", "settled"),
    [
        (["planned", "asserted"], "asserted"),
        (["rumoured", "planned"], "planned"),
        (["rumoured", "denied"], "denied"),
        (["planned", "cancelled", "asserted"], "cancelled"),
        (["asserted", "ended"], "ended"),
        ([], "asserted"),
    ],
)
def test_settle(told: list[Status], settled: str) -> None:
    assert settle([(status, status) for status in told])[0] == settled


def test_long_clauses_are_read_near_the_trigger_only(cues: StatusCues) -> None:
    text = "拟" + "云" * 100_000 + "收购" + "云" * 100_000 + "告吹"
    assert cues.status(text, 0, len(text), 100_001, 100_003) == ("asserted", None)


def test_a_broken_file_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "status.toml"
    path.write_text('[not_cues]\nwords = []\n[[cue]]\nstatus = "maybe"\nscope = "before"\n', encoding="utf-8")
    with pytest.raises(OntologyError, match="maybe"):
        StatusCues.load(path)
