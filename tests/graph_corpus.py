"""Documents made by hand, for tests of everything that reads a ledger. None of it is
news: the companies, people and deals are made up."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.model import (
    Amount,
    Block,
    Document,
    Entity,
    Event,
    Evidence,
    LiteralValue,
    NewsItem,
    Node,
    Observation,
    Span,
    Statement,
    Status,
    Value,
    mint,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.ledger import Ledger
    from kg.schema import Schema

CNY_200M = Amount("2亿元", 2e8, 2e8, "CNY")
CNY_TENS_OF_M = Amount("数千万元", 2e7, 1e8, "CNY", approximate=True)
USD_30M = Amount("3000万美元", 3e7, 3e7, "USD")


class Unrest:
    """Random arrivals, departures, merges and splits in a ledger, the same for the same seed."""

    def __init__(self, ledger: Ledger, pool: Sequence[Document], seed: int) -> None:
        self._ledger = ledger
        self._pool = pool
        self._random = random.Random(seed)
        self._held = {item.id for item in ledger.items()}
        self._decisions: list[int] = []

    def goes_on(self) -> None:
        """Make one to three changes."""
        ledger, rng = self._ledger, self._random
        for _ in range(rng.randint(1, 3)):
            document = rng.choice(self._pool)
            kind = rng.random()
            if document.item.id in self._held and kind < 0.5:
                ledger.forget(document.item.id)
                self._held.discard(document.item.id)
            elif kind > 0.85 and len(self._held) > 2:
                found = [e for e in ledger.entities() if e.type in ("Company", "InvestmentFirm")]
                if self._decisions and kind > 0.95:
                    ledger.undo(self._decisions.pop(rng.randrange(len(self._decisions))))
                elif len(found) > 1:
                    a, b = rng.sample(found, 2)
                    self._decisions.append(ledger.merge(a.id, b.id).id)
            else:
                ledger.add(document)
                self._held.add(document.item.id)


@dataclass
class Writer:
    """Writes one document, sentence by sentence."""

    schema: Schema
    item: str
    title: str
    published: str | None = "2021-11-03"
    section: str | None = None
    origin: str | None = None
    text: str = ""
    classes: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    _evidence: Evidence | None = None

    def says(self, sentence: str) -> Writer:
        """Begin a sentence; what follows is said in it."""
        start = len(self.text)
        self.text += sentence + "\n"
        self._evidence = Evidence(self.item, start, start + len(sentence), sentence, sentence)
        return self

    def entity(self, name: str, cls: str, *aliases: str) -> Writer:
        self.classes[name] = cls
        if aliases:
            self.aliases[name] = aliases
        return self

    def node(self, name: str) -> Node:
        return Node(self.schema.entity_id(name, self.classes[name], self.item), name, self.classes[name])

    def state(
        self,
        subject: str,
        predicate: str,
        object: str | LiteralValue,
        status: Status = "asserted",
        confidence: float = 0.9,
        event: str | None = None,
        **qualifiers: Value,
    ) -> Writer:
        assert self._evidence is not None
        a = self.node(subject)
        b = object if isinstance(object, LiteralValue) else self.node(object)
        named = {k.rstrip("_"): v for k, v in qualifiers.items()}
        key = b.value if isinstance(b, LiteralValue) else b.id
        identity = self.schema.statement_id(predicate, a.id, key, named)
        self.statements.append(
            Statement(identity, a, predicate, b, status, confidence, self._evidence, "hand/1", named, event)
        )
        return self

    def happens(
        self,
        kind: str,
        roles: Mapping[str, Iterable[str]],
        status: Status = "asserted",
        confidence: float = 0.9,
        **values: Value,
    ) -> str:
        """Add an event; its id."""
        assert self._evidence is not None
        identity = mint("v", self.item, kind, str(len(self.events)))
        filled = {role: tuple(self.node(n) for n in names) for role, names in roles.items()}
        self.events.append(Event(identity, kind, status, filled, values, confidence, self._evidence, "hand/1"))
        return identity

    def measures(
        self, indicator: str, value: float | None, unit: str | None, reporter: str | None = None, **told: str
    ) -> Writer:
        assert self._evidence is not None
        self.observations.append(
            Observation(
                id=mint("b", self.item, indicator, told.get("period", ""), told.get("scope", "")),
                indicator=indicator,
                value=value,
                unit=unit,
                period=told.get("period"),
                scope=told.get("scope"),
                change=told.get("change"),
                reporter=self.node(reporter) if reporter else None,
                confidence=0.8,
                evidence=self._evidence,
                extractor="hand/1",
            )
        )
        return self

    def document(self) -> Document:
        item = NewsItem(
            id=self.item,
            title=self.title,
            text=self.text,
            blocks=(Block("paragraph", (Span(0, len(self.text)),)),),
            source="corpus.txt",
            section=self.section,
            published=self.published,
            reference=self.published,
            origin=self.origin or mint("o", self.text),
        )
        entities = tuple(
            Entity(self.node(name).id, name, cls, self.aliases.get(name, ())) for name, cls in self.classes.items()
        )
        return Document(item, entities, tuple(self.statements), tuple(self.events), tuple(self.observations))


def documents(schema: Schema) -> list[Document]:
    """Twelve items about a small market."""
    return [write(schema).document() for write in (_round_b, _round_b_again, _round_c, _person, _market, _plans, _moved,
                                                   _figures, _conference, _agreement, _trade, _courts)]  # fmt: skip


def _round_b(schema: Schema) -> Writer:
    w = Writer(schema, "n-b", "蓝湖科技完成B轮融资", "2021-11-03", "融资")
    w.entity("蓝湖科技", "Company", "蓝湖", "藍湖科技").entity("远山资本", "InvestmentFirm", "远山")
    w.entity("北岸基金", "InvestmentFirm").entity("人工智能", "Industry").entity("杭州", "Place")
    w.says("蓝湖科技11月2日宣布完成2亿元B轮融资，由远山资本领投，北岸基金跟投。")
    round_ = w.happens(
        "FundingRound",
        {"company": ["蓝湖科技"], "lead": ["远山资本"], "investors": ["北岸基金"]},
        round="B",
        amount=CNY_200M,
        date="2021-11-02",
    )
    told: dict[str, Value] = {"round": "B", "amount": CNY_200M, "date": "2021-11-02"}
    w.state("蓝湖科技", "raisedFrom", "远山资本", event=round_, role="lead", **told)
    w.state("蓝湖科技", "raisedFrom", "北岸基金", event=round_, role="follow", **told)
    w.says("蓝湖科技总部位于杭州，主营人工智能。")
    return w.state("蓝湖科技", "headquarteredIn", "杭州").state("蓝湖科技", "operatesIn", "人工智能")


def _round_b_again(schema: Schema) -> Writer:
    w = Writer(schema, "n-b2", "远山资本再投人工智能", "2021-11-05")
    w.entity("蓝湖科技", "Company").entity("远山资本", "InvestmentFirm").entity("青岚智能", "Company")
    w.entity("人工智能", "Industry").entity("北岸基金", "InvestmentFirm")
    w.says("远山资本领投了蓝湖科技的B轮。").state("蓝湖科技", "raisedFrom", "远山资本", confidence=0.8, round="B")
    w.says("远山资本与北岸基金还投了青岚智能数千万元天使轮。")
    round_ = w.happens(
        "FundingRound",
        {"company": ["青岚智能"], "investors": ["远山资本", "北岸基金"]},
        round="天使",
        amount=CNY_TENS_OF_M,
        date="2021-10",
    )
    for investor in ("远山资本", "北岸基金"):
        w.state("青岚智能", "raisedFrom", investor, event=round_, round="天使", amount=CNY_TENS_OF_M, date="2021-10")
    return w.says("青岚智能同属人工智能行业。").state("青岚智能", "operatesIn", "人工智能")


def _round_c(schema: Schema) -> Writer:
    w = Writer(schema, "n-c", "蓝湖科技再获3000万美元", "2022-05-10", "融资")
    w.entity("蓝湖科技", "Company").entity("远山资本", "InvestmentFirm").entity("江流创投", "InvestmentFirm")
    w.says("蓝湖科技完成3000万美元C轮融资，远山资本与江流创投参与。")
    round_ = w.happens(
        "FundingRound",
        {"company": ["蓝湖科技"], "investors": ["远山资本", "江流创投"]},
        round="C",
        amount=USD_30M,
        date="2022-05",
    )
    for investor in ("远山资本", "江流创投"):
        w.state("蓝湖科技", "raisedFrom", investor, event=round_, round="C", amount=USD_30M, date="2022-05")
    return w


def _person(schema: Schema) -> Writer:
    w = Writer(schema, "n-p", "林清获科技创新奖", "2021-11-08")
    w.entity("林清", "Person").entity("蓝湖科技", "Company").entity("星河大学", "University")
    w.entity("科技创新奖", "Award").entity("天目", "Project").entity("白石科技", "Company")
    w.says("蓝湖科技创始人、董事长兼CEO林清，曾任星河大学教授，至2020年。")
    w.state("林清", "founded", "蓝湖科技")
    w.state("林清", "worksFor", "蓝湖科技", title="CEO", from_="2018")
    w.state("林清", "worksFor", "蓝湖科技", title="董事长")
    w.state("林清", "worksFor", "星河大学", "ended", title="教授", to="2020")
    w.says("林清还是白石科技的董事。").state("林清", "worksFor", "白石科技", title="董事")
    w.says("林清凭天目项目获2020年度科技创新奖一等奖。")
    grant = w.happens(
        "AwardGrant", {"winner": ["林清"], "award": ["科技创新奖"], "project": ["天目"]}, year="2020", rank="一等奖"
    )
    w.state("林清", "won", "科技创新奖", event=grant, year="2020", project="天目", rank="一等奖")
    return w.state("林清", "ledProject", "天目")


def _market(schema: Schema) -> Writer:
    w = Writer(schema, "n-m", "蓝湖科技与星河大学合作", "2021-11-12")
    w.entity("蓝湖科技", "Company").entity("星河大学", "University").entity("青岚智能", "Company")
    w.says("蓝湖科技与星河大学就机器翻译达成合作。")
    pact = w.happens(
        "Partnership", {"parties": ["蓝湖科技"], "counterparties": ["星河大学"]}, field="机器翻译", date="2021-11-11"
    )
    w.state("蓝湖科技", "partnersWith", "星河大学", event=pact, field="机器翻译", date="2021-11-11")
    w.says("蓝湖科技的对手是青岚智能。").state("蓝湖科技", "competesWith", "青岚智能", confidence=0.5)
    return w


def _plans(schema: Schema) -> Writer:
    w = Writer(schema, "n-x", "蓝湖科技拟收购青岚智能", "2021-11-15")
    w.entity("蓝湖科技", "Company").entity("青岚智能", "Company").entity("远山资本", "InvestmentFirm")
    w.entity("北岸基金", "InvestmentFirm").entity("上海证券交易所", "Exchange", "上交所")
    w.says("蓝湖科技拟收购青岚智能。")
    plan = w.happens("Acquisition", {"acquirer": ["蓝湖科技"], "target": ["青岚智能"]}, "planned", 0.7)
    w.state("蓝湖科技", "acquired", "青岚智能", "planned", 0.7, plan)
    w.says("据传青岚智能将在上海证券交易所上市。").state("青岚智能", "listedOn", "上海证券交易所", "rumoured", 0.5)
    w.says("远山资本否认收购北岸基金。").state("远山资本", "acquired", "北岸基金", "denied")
    return w.says("蓝湖科技终止赴上海证券交易所上市。").state("蓝湖科技", "listedOn", "上海证券交易所", "cancelled")


def _moved(schema: Schema) -> Writer:
    w = Writer(schema, "n-y", "江流创投收购白石科技", "2022-06-01")
    w.entity("江流创投", "InvestmentFirm").entity("白石科技", "Company").entity("上海证券交易所", "Exchange")
    w.says("江流创投以2亿元收购白石科技70%股权。")
    deal = w.happens(
        "Acquisition",
        {"acquirer": ["江流创投"], "target": ["白石科技"]},
        amount=CNY_200M,
        stake="70%",
        date="2022-05-30",
    )
    w.state("江流创投", "acquired", "白石科技", event=deal, amount=CNY_200M, stake="70%", date="2022-05-30")
    w.says("白石科技2022年5月在上海证券交易所上市。")
    return w.state("白石科技", "listedOn", "上海证券交易所", ticker="600000", date="2022-05")


def _figures(schema: Schema) -> Writer:
    w = Writer(schema, "n-f", "算力年报", "2022-01-20")
    w.entity("星河研究院", "ResearchInstitute").entity("算力年报", "Report").entity("杭州", "Place")
    w.says("星河研究院发布算力年报：2021年上半年杭州算力规模120亿次，同比增长25.4%。")
    w.state("星河研究院", "published", "算力年报", date="2022-01-19")
    return w.measures(
        "算力规模", 120, "亿次", "星河研究院", period="2021-H1", scope="杭州", change="+25.4% YoY"
    ).measures("服务器出货量", 3.5, "万台", "星河研究院", period="2021-Q3")


def _conference(schema: Schema) -> Writer:
    w = Writer(schema, "n-k", "算力大会在杭州举行", "2021-12-02")
    w.entity("算力大会", "Conference").entity("下届算力大会", "Conference").entity("星河大学", "University")
    w.entity("杭州", "Place").entity("蓝湖科技", "Company")
    w.says("由星河大学主办的算力大会12月1日在杭州举行，蓝湖科技出席。")
    w.happens(
        "Conference",
        {"name": ["算力大会"], "host": ["星河大学"], "place": ["杭州"], "participants": ["蓝湖科技"]},
        date="2021-12-01",
    )
    w.state("星河大学", "hosted", "算力大会").state("蓝湖科技", "attended", "算力大会")
    w.state("算力大会", "locatedIn", "杭州")
    w.says("下届算力大会计划2022年12月由星河大学举行。")
    w.happens("Conference", {"name": ["下届算力大会"], "host": ["星河大学"]}, "planned", date="2022-12")
    return w


def _agreement(schema: Schema) -> Writer:
    w = Writer(schema, "n-a", "协定生效", "2021-11-20")
    w.entity("区域贸易协定", "Agreement").entity("新加坡", "Country").entity("新西兰", "Country")
    w.says("新加坡签署区域贸易协定，新西兰申请加入。")
    w.state("新加坡", "signed", "区域贸易协定", date="2021-11-18")
    return w.state("新西兰", "appliedToJoin", "区域贸易协定")


def _trade(schema: Schema) -> Writer:
    w = Writer(schema, "n-t", "蓝湖发布新芯片", "2021-11-25")
    w.entity("蓝湖科技", "Company").entity("白石科技", "Company").entity("星河芯片", "Product")
    w.entity("青岚智能", "Company").entity("蓝湖云", "Company").entity("远山资本", "InvestmentFirm")
    w.says("蓝湖科技发布自研的星河芯片，青岚智能已采用。")
    launch = w.happens("ProductLaunch", {"organization": ["蓝湖科技"], "product": ["星河芯片"]}, date="2021-11-24")
    w.state("蓝湖科技", "launched", "星河芯片", event=launch, date="2021-11-24").state(
        "蓝湖科技", "developed", "星河芯片"
    )
    w.state("青岚智能", "uses", "星河芯片")
    w.says("白石科技为蓝湖科技代工星河芯片。").state("白石科技", "supplies", "蓝湖科技", product="星河芯片")
    w.says("蓝湖云是蓝湖科技的子公司，远山资本持股10%。")
    return w.state("蓝湖云", "subsidiaryOf", "蓝湖科技").state("远山资本", "holdsStakeIn", "蓝湖云", stake="10%")


def _courts(schema: Schema) -> Writer:
    w = Writer(schema, "n-l", "青岚智能起诉蓝湖科技", "2022-02-01")
    w.entity("蓝湖科技", "Company").entity("青岚智能", "Company").entity("市场监管局", "GovernmentBody")
    w.says("青岚智能起诉蓝湖科技侵权。").state("青岚智能", "sued", "蓝湖科技", date="2022-01")
    w.says("市场监管局因虚假宣传处罚青岚智能。")
    return w.state("市场监管局", "penalized", "青岚智能", reason="虚假宣传", date="2022-01-28")
