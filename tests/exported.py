"""News with everything that an export has to write, and that must come in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents import Told

from kg.model import Amount

if TYPE_CHECKING:
    from kg.model import Document


def documents() -> list[Document]:
    """Two items; the second says again what the first said."""
    first = Told("1", "2021-11-03", title="蓝湖完成融资")
    lake = first.entity("蓝湖科技", "Company", "蓝湖", "BlueLake")
    fund, other = first.entity("云杉资本", "InvestmentFirm"), first.entity("Sequoia", "InvestmentFirm")
    money = Amount("数亿元", 2e8, 1e9, "CNY", True)
    round_ = first.happens("FundingRound", {"company": [lake], "lead": [fund]}, round="A", amount=money, date="2021-11")
    first.says(
        lake, "raisedFrom", fund, confidence=0.9, round="A", amount=money, date="2021-11", event=round_.id, role="lead"
    )
    first.says(lake, "raisedFrom", other, "rumoured", 0.6, round="B", date="2021-H1")
    first.says(lake, "acquired", first.entity("启明", "Company"), "planned", 0.8, date="2022")
    zhang = first.entity("张伟", "Person")
    first.says(zhang, "worksFor", lake, "ended", 0.95, title="总裁", to="2021-10-31")
    first.says(zhang, "worksFor", lake, confidence=0.95, title="董事")
    first.says(zhang, "won", first.entity("星火奖", "Award"), project="远望计划", year="2020", rank="一等奖")
    first.entity("远望计划", "Project")
    first.says(first.entity("星河", "Company"), "supplies", lake, product="激光雷达、传感器")
    first.happens(
        "Acquisition", {"acquirer": [lake], "target": [first.entity("启明", "Company")]}, "denied", date="2022"
    )
    forum = first.entity("创新大会", "Conference")
    meeting = first.happens("Conference", {"name": [forum], "host": [lake]}, date="2021-11-02")
    first.says(lake, "hosted", forum, event=meeting.id)
    first.observes("出货量", 1234.5, lake)
    first.observes("增速", None)

    second = Told("中文/..编号", "2021-12", title="再说蓝湖")
    lake, fund = second.entity("蓝湖科技", "Company"), second.entity("云杉资本", "InvestmentFirm")
    second.says(lake, "raisedFrom", fund, confidence=0.7, round="A", sentence="云杉资本参与了蓝湖科技的A轮。")
    return [first.document, second.document]
