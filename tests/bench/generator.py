"""Benchmark graphs and news of any size, made up and the same for the same seed.

What is drawn is shaped like the real thing: few companies are in much of the news and most in little (whom a fact is
about has a power law, P(rank) ∝ rank^-⅔), a fact is told again now and then, an item comes reprinted, people are named
by the item they are in, and some of what is told is planned, rumoured or denied.

    python tests/bench/generator.py documents 10000        # what the ledger is given, counted
    python tests/bench/generator.py news 100 > news.jsonl  # items for `kg load`
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.model import (
    Amount,
    Block,
    Document,
    Entity,
    Event,
    Evidence,
    NewsItem,
    Node,
    Observation,
    Span,
    Statement,
    mint,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.model import Status, Value
    from kg.schema import Schema

__all__ = ["SIZES", "World", "number"]

SIZES: Final = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000, "5m": 5_000_000}
"""Statements in the sizes that are measured."""
_UNITS: Final = {"k": 1_000, "m": 1_000_000}
PER_ITEM: Final = 10
"""Statements that an item tells."""
_STATEMENTS_PER_COMPANY: Final = 8
_EXTRACTOR: Final = "generator/1"
_REMEMBERED: Final = 50_000
"""Nodes that are not made anew: so that what a benchmark needs in memory is not the generator's."""
_MIXES: Final = 2_654_435_761
"""A prime: multiplying by it, modulo a power of the letters' number, gives every number another."""

_STEMS = "蓝湖云杉青山赤岩星远望海天龙科光新材生启明华瑞安博智汇恒达鼎信同创金石宏图越秀江南北辰东方西岭"
_TRADES = [
    "软件",
    "芯片",
    "数据",
    "智能",
    "光电",
    "医药",
    "能源",
    "物流",
    "传感",
    "机器人",
    "材料",
    "通信",
    "航天",
    "食品",
    "影业",
    "教育",
]
_FORMS = ["科技", "集团", "股份", "信息", "技术", "实业"]
_FUNDS = ["资本", "创投", "基金", "投资"]
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
_GIVEN = "伟芳敏静磊洋勇艳杰娟涛明超霞平刚桂英文博宇欣浩然子轩思远嘉"
_CITIES = ["北京", "上海", "深圳", "广州", "杭州", "南京", "成都", "武汉", "西安", "合肥", "苏州", "厦门"]
_EXCHANGES = ["上交所", "深交所", "港交所", "北交所"]
_INDUSTRIES = [
    "人工智能",
    "云计算",
    "新能源",
    "半导体",
    "生物医药",
    "智能制造",
    "自动驾驶",
    "金融科技",
    "物联网",
    "网络安全",
]
_POSTS = ["董事长", "首席执行官", "总裁", "首席技术官", "副总裁", "首席财务官"]
_ROUNDS = ["天使", "Pre-A", "A", "A+", "B", "C", "D", "战略"]
_AMOUNTS: Final = (
    Amount("数千万元", 2e7, 1e8, "CNY", True),
    Amount("1亿元", 1e8, 1e8, "CNY"),
    Amount("2.5亿元", 2.5e8, 2.5e8, "CNY"),
    Amount("3000万美元", 3e7, 3e7, "USD"),
    Amount("近亿元", 9e7, 1e8, "CNY", True),
)
_STATUSES: Final[tuple[tuple[Status, str, float], ...]] = (
    ("planned", "拟", 0.04),
    ("rumoured", "据传", 0.02),
    ("denied", "否认", 0.005),
    ("cancelled", "终止", 0.005),
    ("ended", "此前", 0.01),
)

# Predicate, how often, the sentence. {a} and {b} are the ends.
_SAID: Final = (
    ("raisedFrom", 22, "{cue}{a}宣布完成{amount}{round}轮融资，由{b}领投。"),
    ("partnersWith", 16, "{cue}{a}与{b}签署战略合作协议。"),
    ("worksFor", 14, "{cue}{b}任命{a}为{title}。"),
    ("launched", 12, "{cue}{a}发布{b}。"),
    ("holdsStakeIn", 7, "{cue}{a}持有{b}{stake}的股份。"),
    ("supplies", 7, "{cue}{a}向{b}供货。"),
    ("operatesIn", 6, "{cue}{a}从事{b}业务。"),
    ("acquired", 5, "{cue}{a}以{amount}收购{b}。"),
    ("competesWith", 4, "{cue}{a}与{b}存在竞争。"),
    ("headquarteredIn", 4, "{cue}{a}总部位于{b}。"),
    ("listedOn", 3, "{cue}{a}在{b}挂牌上市。"),
)
_CLASSES: Final = {
    "raisedFrom": ("Company", "InvestmentFirm"),
    "worksFor": ("Person", "Company"),
    "launched": ("Company", "Product"),
    "holdsStakeIn": ("InvestmentFirm", "Company"),
    "operatesIn": ("Company", "Industry"),
    "headquarteredIn": ("Company", "Place"),
    "listedOn": ("Company", "Exchange"),
}
"""Classes of both ends; a company's where nothing is said."""


def number(text: str) -> int:
    """A number as the benchmarks are told it: 340000, 340k or 1m."""
    unit = _UNITS.get(text[-1:].lower())
    return int(text) if unit is None else int(text[:-1]) * unit


@dataclass(frozen=True)
class World:
    """The companies, funds, people and products that the news of one size is about."""

    schema: Schema
    statements: int
    """How many statements the whole has; an item more or less."""
    seed: int = 1

    @property
    def items(self) -> int:
        return max(1, self.statements // PER_ITEM)

    @property
    def companies(self) -> int:
        return max(20, self.statements // _STATEMENTS_PER_COMPANY)

    # -- names: every number has one of its own

    def company(self, number: int) -> str:
        return f"{self._stem(number)}{_TRADES[number % 16]}{_FORMS[number % 6]}"

    def fund(self, number: int) -> str:
        return f"{self._stem(number)}{_FUNDS[number % 4]}"

    def product(self, number: int) -> str:
        return f"{self._stem(number)}{number % 10}号"

    def _stem(self, number: int) -> str:
        """Three or four letters that spell the number, mixed first so that neighbours look different."""
        length = 3 if self.companies * 3 < len(_STEMS) ** 3 else 4
        number = number * _MIXES % len(_STEMS) ** length
        letters = ""
        for _ in range(length):
            number, rest = divmod(number, len(_STEMS))
            letters += _STEMS[rest]
        return letters

    # -- documents

    def documents(self, start: int = 0, stop: int | None = None) -> Iterator[Document]:
        """The documents of items `start` to `stop` (half-open; all by default), each the same whatever was made before
        it. Statements, events and figures have their sentence in the item's text."""
        for number in range(start, self.items if stop is None else stop):
            yield _Item(self, number).document()

    def news(self, count: int, start: int = 0) -> Iterator[dict[str, str]]:
        """Rows of JSON Lines as `kg load` reads them: the texts of the same items, to be extracted."""
        for document in self.documents(start, start + count):
            item = document.item
            yield {"id": item.id, "title": item.title, "text": item.text, "published": item.published or ""}

    @cached_property
    def _nodes(self) -> dict[tuple[str, str], Node]:
        return {}

    def node(self, name: str, cls: str, item: str) -> Node:
        if cls == "Person":
            return Node(self.schema.entity_id(name, cls, item), name, cls)
        key = name, cls
        if (found := self._nodes.get(key)) is None:
            if len(self._nodes) >= _REMEMBERED:
                self._nodes.clear()
            found = self._nodes[key] = Node(self.schema.entity_id(name, cls), name, cls)
        return found


class _Item:
    """One item as it is being written."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.id = f"n{number}"
        self.random = random.Random(world.seed << 40 | number)
        self.published = f"20{15 + number % 10}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
        self.text = ""
        self.nodes: dict[str, Node] = {}
        self.statements: list[Statement] = []
        self.events: list[Event] = []

    def document(self) -> Document:
        # An item is mostly about one company; what it tells of others is about two or three more.
        around = [self._rank(self.world.companies) for _ in range(3)]
        for said in self.random.choices(range(len(_SAID)), [weight for _, weight, _ in _SAID], k=PER_ITEM):
            self._tell(said, around)
        observation = self._figure(around[0])
        reprint = self.number - 1 if self.number % 20 == 19 else self.number
        item = NewsItem(
            self.id,
            f"{self.world.company(around[0])}：第{self.number}号快讯",
            self.text,
            (Block("paragraph", (Span(0, len(self.text)),)),),
            "generated.jsonl",
            None,
            self.published,
            self.published,
            None,
            f"o{reprint}",
        )
        entities = tuple(Entity(n.id, n.name, n.type) for n in self.nodes.values())
        return Document(item, entities, tuple(self.statements), tuple(self.events), (observation,))

    def _rank(self, size: int) -> int:
        """The power law: u³ of a uniform u spreads ranks as rank^-⅔."""
        return int(size * self.random.random() ** 3)

    def _tell(self, said: int, around: Sequence[int]) -> None:
        predicate, _, sentence = _SAID[said]
        draw, schema = self.random, self.world.schema
        first, second = _CLASSES.get(predicate, ("Company", "Company"))
        main = around[0] if draw.random() < 0.6 else draw.choice(around)
        a = self._end(first, main)
        # Whoever is in the news employs; whose share is held is its neighbour as often as a stranger.
        b = self._end(second, main if first == "Person" else self._rank(self.world.companies))
        if a.id == b.id:
            return
        status, cue = self._status()
        values: dict[str, Value] = {}
        if predicate in ("raisedFrom", "partnersWith", "acquired"):
            values["date"] = self.published
        if predicate in ("raisedFrom", "acquired"):
            values["amount"] = draw.choice(_AMOUNTS)
        if predicate == "raisedFrom":
            values["round"] = draw.choice(_ROUNDS)
        if predicate == "worksFor":
            values["title"] = draw.choice(_POSTS)
        if predicate == "holdsStakeIn":
            values["stake"] = f"{draw.randrange(1, 60)}%"
        told = {name: getattr(value, "literal", value) for name, value in values.items()}
        evidence = self._say(sentence.format(a=a.name, b=b.name, cue=cue, **told), cue)
        event = self._event(predicate, a, b, status, values, evidence)
        key = schema.statement_id(predicate, a.id, b.id, values)
        confidence = 0.95 if status == "asserted" else 0.8
        self.statements.append(Statement(key, a, predicate, b, status, confidence, evidence, _EXTRACTOR, values, event))

    def _event(
        self, predicate: str, a: Node, b: Node, status: Status, values: dict[str, Value], evidence: Evidence
    ) -> str | None:
        if predicate == "raisedFrom":
            kind, roles = "FundingRound", {"company": (a,), "lead": (b,)}
        elif predicate == "acquired":
            kind, roles = "Acquisition", {"acquirer": (a,), "target": (b,)}
        else:
            return None
        key = mint("v", self.id, kind, str(len(self.events)))
        self.events.append(Event(key, kind, status, roles, values, 0.95, evidence, _EXTRACTOR))
        return key

    def _figure(self, company: int) -> Observation:
        reporter = self._end("Company", company)
        value = self.random.randrange(10, 9999) / 10
        evidence = self._say(f"{reporter.name}上半年营收{value}亿元，同比增长{company % 40 + 1}%。")
        period, change = f"{self.published[:4]}-H1", f"+{company % 40 + 1}% YoY"
        key = mint("b", self.id, "营收")
        return Observation(key, "营收", value, "亿元", period, None, change, reporter, 0.9, evidence, _EXTRACTOR)

    def _say(self, sentence: str, cue: str = "") -> Evidence:
        start = len(self.text)
        self.text += sentence
        return Evidence(self.id, start, len(self.text), sentence, sentence, cue=cue or None)

    def _status(self) -> tuple[Status, str]:
        drawn = self.random.random()
        for status, cue, share in _STATUSES:
            drawn -= share
            if drawn < 0:
                return status, cue
        return "asserted", ""

    def _end(self, cls: str, company: int) -> Node:
        world, draw = self.world, self.random
        if cls == "Company":
            name = world.company(company)
        elif cls == "InvestmentFirm":
            name = world.fund(self._rank(max(10, world.companies // 10)))
        elif cls == "Product":
            name = world.product(company * 3 + draw.randrange(3))
        elif cls == "Person":
            # A company has a dozen people, whom its items name again and again.
            which = random.Random(company * 12 + draw.randrange(12))
            name = which.choice(_SURNAMES) + "".join(which.choices(_GIVEN, k=2))
        elif cls == "Place":
            name = _CITIES[company % len(_CITIES)]
        elif cls == "Exchange":
            name = _EXCHANGES[company % len(_EXCHANGES)]
        else:
            name = _INDUSTRIES[company % len(_INDUSTRIES)]
        found = world.node(name, cls, self.id)
        return self.nodes.setdefault(found.id, found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["documents", "news"])
    parser.add_argument("size", help="statements for documents (10k, 100k, 1m, 5m or a number), items for news")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    from kg.schema import Schema

    size = number(options.size)
    if options.what == "news":
        for row in World(Schema.load(), size * PER_ITEM, options.seed).news(size):
            json.dump(row, sys.stdout, ensure_ascii=False)
            print()
        return
    world = World(Schema.load(), size, options.seed)
    statements, entities, said = set(), set(), 0
    for document in world.documents():
        said += len(document.statements)
        statements.update(s.id for s in document.statements)
        entities.update(e.id for e in document.entities)
    print(
        f"{world.items:,} items, {said:,} statements, {len(statements):,} of them different, {len(entities):,} entities"
    )


if __name__ == "__main__":
    main()
