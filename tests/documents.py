"""Documents for tests of the ledger: by hand in a few words, and generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from kg.model import (
    STATUSES,
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
    Rejection,
    Span,
    Statement,
    mint,
)
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.model import Status, Value

SCHEMA = Schema.load()


class Told:
    """One news item and what it says. Each `says` is a sentence of its own in the item's text."""

    def __init__(self, item: str, published: str | None = None, *, origin: str = "", title: str = "") -> None:
        self.id, self.published, self.origin, self.title = item, published, origin, title or f"标题{item}"
        self.text = ""
        self.entities: dict[str, Entity] = {}
        self.statements: list[Statement] = []
        self.events: list[Event] = []
        self.observations: list[Observation] = []
        self.rejections: list[Rejection] = []

    def entity(self, name: str, type_: str = "Company", *aliases: str) -> Node:
        """An entity that the item mentions; told again, it gets more aliases."""
        identifier = SCHEMA.entity_id(name, type_, self.id)
        known = self.entities.get(identifier)
        others = dict.fromkeys((*(known.aliases if known else ()), *aliases))
        self.entities[identifier] = Entity(identifier, name, type_, tuple(a for a in others if a != name))
        return self.entities[identifier].node

    def evidence(self, sentence: str, cue: str | None = None) -> Evidence:
        start = self.text.find(sentence)
        if start < 0:
            start = len(self.text)
            self.text += sentence
        return Evidence(self.id, start, start + len(sentence), sentence, sentence, cue=cue)

    def says(
        self,
        subject: Node,
        predicate: str,
        object_: Node | LiteralValue,
        status: Status = "asserted",
        confidence: float = 0.9,
        *,
        sentence: str = "",
        event: str | None = None,
        **qualifiers: Value,
    ) -> Statement:
        end = object_.id if isinstance(object_, Node) else object_.value
        told = object_.name if isinstance(object_, Node) else object_.value
        statement = Statement(
            SCHEMA.statement_id(predicate, subject.id, end, qualifiers),
            subject,
            predicate,
            object_,
            status,
            confidence,
            self.evidence(sentence or f"{subject.name}与{told}：{predicate}{status}。"),
            "test/1",
            qualifiers,
            event,
        )
        self.statements.append(statement)
        return statement

    def happens(
        self, type_: str, roles: Mapping[str, Sequence[Node]], status: Status = "asserted", **values: Value
    ) -> Event:
        key = mint("v", self.id, type_, *(n.id for nodes in roles.values() for n in nodes), *map(str, values.values()))
        names = "、".join(n.name for nodes in roles.values() for n in nodes)
        filled = {role: tuple(nodes) for role, nodes in roles.items()}
        event = Event(key, type_, status, filled, values, 0.9, self.evidence(f"{names}：{type_}。"), "test/1")
        self.events.append(event)
        return event

    def observes(self, indicator: str, value: float | None, reporter: Node | None = None) -> Observation:
        observation = Observation(
            mint("b", self.id, indicator, str(value)),
            indicator,
            value,
            "亿元",
            "2021-H1",
            "全国",
            "+5% YoY",
            reporter,
            0.9,
            self.evidence(f"{indicator}为{value}亿元。"),
            "test/1",
        )
        self.observations.append(observation)
        return observation

    def refuses(self, statement: Statement, rule: str = "domain") -> Rejection:
        """Take a statement back and reject it."""
        self.statements.remove(statement)
        span = Span(statement.evidence.start, statement.evidence.end)
        rejection = Rejection(
            "validate", rule, "主语不对", self.id, "简报.txt", span, statement.evidence.text, statement
        )
        self.rejections.append(rejection)
        return rejection

    @property
    def item(self) -> NewsItem:
        block = Block("paragraph", (Span(0, len(self.text)),))
        return NewsItem(
            self.id,
            self.title,
            self.text,
            (block,),
            "简报.txt",
            published=self.published,
            reference=self.published,
            origin=self.origin,
        )

    @property
    def document(self) -> Document:
        return Document(
            self.item,
            tuple(self.entities.values()),
            tuple(self.statements),
            tuple(self.events),
            tuple(self.observations),
            tuple(self.rejections),
        )


# ---- generated ------------------------------------------------------------------------------------------------------

COMPANIES = ("蓝湖科技有限公司", "蓝湖科技", "蓝湖", "云杉资本", "云杉")
PEOPLE = ("张伟", "李娜")
_DATES = (None, "2021", "2021-11", "2021-11-03", "2021-11-05", "2022-01-01")
_AMOUNTS = (
    Amount("数亿元", 2e8, 1e9, "CNY", True),
    Amount("5亿元", 5e8, 5e8, "CNY"),
    Amount("1亿美元", 1e8, 1e8, "USD"),
)


@st.composite
def told(draw: st.DrawFn, item: str) -> Document:
    """A small item on few names, so that items have much in common."""
    t = Told(item, draw(st.sampled_from(_DATES)), origin=draw(st.sampled_from(("", "", "甲", "乙"))))
    pick = lambda names: draw(st.sampled_from(names))  # noqa: E731
    for _ in range(draw(st.integers(0, 2))):
        t.entity(pick(COMPANIES), pick(("Company", "InvestmentFirm", "Organization")), pick(COMPANIES))
    for _ in range(draw(st.integers(0, 3))):
        status, confidence = pick(STATUSES), pick((0.5, 0.9, 1.0))
        kind = draw(st.integers(0, 5))
        if kind == 0:
            company = t.entity(pick(COMPANIES))
            t.says(
                t.entity(pick(PEOPLE), "Person"), "worksFor", company, status, confidence, title=pick(("总裁", "总监"))
            )
        elif kind == 1:
            t.says(t.entity(pick(PEOPLE), "Person"), "won", t.entity(pick(("星火奖", "远望奖")), "Award"), status)
        elif kind == 2:
            a, b = t.entity(pick(COMPANIES)), t.entity(pick(COMPANIES))
            if a != b:
                t.says(a, "partnersWith", b, status, confidence, date=pick(_DATES[1:]))
        elif kind == 3:
            a, b = t.entity(pick(COMPANIES)), t.entity(pick(COMPANIES), "InvestmentFirm")
            if a.id != b.id:
                t.says(a, "raisedFrom", b, status, confidence, round=pick(("A", "B")), amount=pick(_AMOUNTS))
        elif kind == 4:
            roles = {"person": [t.entity(pick(PEOPLE), "Person")], "organization": [t.entity(pick(COMPANIES))]}
            t.happens("Appointment", roles, status, title="总裁")
        else:
            t.observes(pick(("出货量", "营收")), pick((1.5, None)), pick((None, t.entity(pick(COMPANIES)))))
    return t.document


def items(most: int) -> st.SearchStrategy[list[Document]]:
    """One to `most` documents of different items."""
    return st.integers(1, most).flatmap(lambda n: st.tuples(*(told(f"新闻{i}") for i in range(n))).map(list))


def funding(item: str = "甲", published: str | None = "2021-11-03") -> Told:
    """An item with one of everything."""
    t = Told(item, published)
    company, investor = t.entity("蓝湖科技", "Company", "蓝湖"), t.entity("云杉资本", "InvestmentFirm")
    amount = Amount("数千万元", 2e7, 1e8, "CNY", True)
    event = t.happens("FundingRound", {"company": [company], "lead": [investor]}, round="A", amount=amount)
    t.says(company, "raisedFrom", investor, round="A", amount=amount, role="lead", event=event.id)
    t.says(t.entity("张伟", "Person"), "worksFor", company, "ended", 0.8, title="总裁", to="2021-10")
    t.observes("营收", 12.5, company)
    return t
