"""The compiled check and SHACL say the same of what neither has seen.

Candidates are generated, good and bad in every way that RDF can show. Each is judged by `kg.validate` and, as RDF in
one graph with others, by pySHACL. What only the compiled check can see is not generated: whether the words are in the
source and name both ends, and blanks that the export leaves out.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
import rdflib
from documents import SCHEMA
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rdflib import Namespace

from kg import conformance, rollup, shapes
from kg.entities import LedgerEntity
from kg.export.triples import Triples
from kg.model import (
    STATUSES,
    Amount,
    Block,
    Entity,
    Event,
    Evidence,
    LiteralValue,
    NewsItem,
    Node,
    Observation,
    Span,
    Statement,
)
from kg.validate import Names, check_event, check_observation, check_statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from kg.facts import Testified
    from kg.schema import QualifierDef
    from kg.validate import Violation
    from kg.views import Naming, Roles

pytest.importorskip("pyshacl")

SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPES = shapes.turtle(SCHEMA)
ONTOLOGY = (files("kg.ontology") / "kg.ttl").read_bytes()
CLASSES = [c for c in SCHEMA.classes if c in SCHEMA._kinds]

GOOD: dict[str, list[Any]] = {
    "date": ["2019-12", "2020-Q4", "2021", "2021-H1", "2021-Q3", "2021-11", "2021-11-03"],
    "year": ["2021", 2021],
    "amount": [
        Amount("数亿元", 2e8, 1e9, "CNY", True),
        Amount("5亿元", 5e8, 5e8, "CNY"),
        Amount("若干", None, None, "USD", True),
    ],
    "percent": ["51%", "约10%", "百分之三十"],
    "string": ["B", "首席财务官"],
    "entity": ["激光雷达", "激光雷达、传感器"],
}
BAD: dict[str, list[Any]] = {
    "date": ["昨日", "2021-13", "2021-02-30", "0999", 2021, "2021-11-3", "2021-H3"],
    "year": ["2021-11", "21", "二〇二一"],
    "amount": [
        Amount("2亿元", 2.0, 1.0, "CNY"),
        Amount("亏损", -1.0, 1.0, "CNY"),
        Amount("2元", 2.0, 2.0, "元"),
        Amount(" ", 2.0, 2.0, "CNY"),
        Amount("无数", math.inf, None, "CNY"),
        "3亿元",
    ],
    "percent": ["51", "一半", 0.5],
    "string": [" ", 5],
    "entity": [" "],
}


@dataclass
class Case:
    """A candidate in an item of its own."""

    number: int
    item: NewsItem
    candidate: Statement | Event | Observation
    entities: dict[str, Node] = field(default_factory=dict)

    @property
    def verdict(self) -> Violation | None:
        names = Names.of(Entity(n.id, n.name, n.type) for n in self.entities.values())
        if isinstance(self.candidate, Statement):
            return check_statement(self.candidate, self.item, SCHEMA, names)
        if isinstance(self.candidate, Event):
            return check_event(self.candidate, self.item, SCHEMA, names)
        return check_observation(self.candidate, self.item, SCHEMA)


class Told:
    """The cases as an export reads a ledger."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases
        self._statements = {c.candidate.id: c.candidate for c in cases if isinstance(c.candidate, Statement)}

    def rows(self) -> dict[str, int]:
        return {}

    def namings(self) -> Iterator[tuple[NewsItem, list[Naming]]]:
        return ((case.item, []) for case in self._cases)

    def entity(self, identifier: str) -> None:
        return None

    def entities(self) -> Iterator[LedgerEntity]:
        for case in self._cases:
            for node in case.entities.values():
                yield LedgerEntity(node.id, node.name, node.type, ())

    def testified(self) -> Iterator[Testified]:
        for s in self._statements.values():
            what, item = (s.qualifiers, s.status, s.confidence), s.evidence.item
            told = rollup.Testimony(
                item, None, "", s.status, s.confidence, s.qualifiers, s.evidence, None, s.extractor, s.id
            )
            fact = rollup.alone(s.id, s.subject, s.predicate, s.object, *what, item, None, s.evidence, None)
            yield fact, [told]

    def events(self, type: str | None = None) -> Iterable[Event]:
        found = [c.candidate for c in self._cases if isinstance(c.candidate, Event)]
        return [e for e in found if type in (None, e.type)]

    def told_events(
        self, *, type: str | None = None, ids: Collection[str] | None = None
    ) -> Iterator[tuple[Event, Roles]]:
        for e in self.events(type):
            if ids is None or e.id in ids:
                yield e, {role: tuple(n.id for n in nodes) for role, nodes in e.roles.items()}

    def told_observations(self) -> Iterator[tuple[Observation, str | None]]:
        for case in self._cases:
            if isinstance(o := case.candidate, Observation):
                yield o, o.reporter.id if o.reporter else None


@st.composite
def cases(draw: st.DrawFn) -> list[Case]:
    kinds = draw(st.lists(st.sampled_from((statement, statement, event, observation)), min_size=24, max_size=24))
    return [kind(draw, number) for number, kind in enumerate(kinds)]


class Drawn:
    """One case in the making; most of it is right."""

    def __init__(self, draw: st.DrawFn, number: int) -> None:
        self.draw, self.number = draw, number
        self.entities: dict[str, Node] = {}

    def rarely(self) -> bool:
        return self.draw(st.integers(0, 11)) == 7

    def one(self, choices: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(choices))

    def node(self, wanted: Sequence[str]) -> Node:
        fits = [c for c in CLASSES if any(SCHEMA.is_a(c, w) for w in wanted)]
        cls = self.one([*CLASSES, "Compny"]) if self.rarely() else self.one(fits)
        node = Node(f"e{self.number:08x}{len(self.entities):08x}", f"名{self.number}之{len(self.entities)}", cls)
        self.entities[node.id] = node
        return node

    def values(self, known: Sequence[QualifierDef]) -> dict[str, Any]:
        found = {q.name: self.value(q) for q in known if self.draw(st.booleans())}
        if self.rarely():
            found["rounds" if self.rarely() else "ticker"] = "甲"
        return found

    def value(self, definition: QualifierDef) -> Any:
        if self.rarely():
            return "leader" if definition.terms else self.one(BAD[definition.datatype])
        return self.one(definition.values if definition.terms else GOOD[definition.datatype])

    def status(self) -> Any:
        return "perhaps" if self.rarely() else self.one(STATUSES)

    def confidence(self) -> float:
        return self.one((0.0, 1.5, -0.2, math.nan)) if self.rarely() else self.one((0.01, 0.5, 1.0))

    def case(self, make: Any) -> Case:
        sentence = "、".join((*(n.name for n in self.entities.values()), "句号。"))
        if self.rarely():
            sentence = "  "
        item = NewsItem(
            f"新闻{self.number}", "标题", sentence, (Block("paragraph", (Span(0, len(sentence)),)),), "简报.txt"
        )
        evidence = Evidence(item.id, 0, len(sentence), sentence, sentence)
        return Case(self.number, item, make(evidence), self.entities)


def statement(draw: st.DrawFn, number: int) -> Case:
    d = Drawn(draw, number)
    relation = SCHEMA.properties[d.one([*SCHEMA.properties, *["worksFor"] * 8])]
    subject = d.node(relation.domain)
    object_: Node | LiteralValue = d.node(relation.range)
    if d.rarely():
        object_ = subject
    elif d.rarely():
        object_ = LiteralValue("松风资本")
    predicate = d.one(("bought", "investedIn")) if d.rarely() else relation.name
    values, status, confidence = d.values(relation.qualifiers), d.status(), d.confidence()
    if relation.name == "worksFor" and draw(st.booleans()):
        values |= {"from": d.one(GOOD["date"]), "to": d.one(GOOD["date"])}
    key = f"s{number:016x}"
    return d.case(lambda said: Statement(key, subject, predicate, object_, status, confidence, said, "test/1", values))


def event(draw: st.DrawFn, number: int) -> Case:
    d = Drawn(draw, number)
    definition = SCHEMA.events[d.one(list(SCHEMA.events))]
    roles: dict[str, tuple[Node, ...]] = {}
    for role in definition.roles.values():
        if role.name == definition.self_role:
            # Which entity the event is, no RDF shows; it is one of its class.
            node = Node(f"e{number:016x}", f"会{number}", definition.name)
            d.entities[node.id] = node
            roles[role.name] = (node,)
        elif role.name == definition.main or draw(st.booleans()):
            roles[role.name] = tuple(d.node(role.range) for _ in range(draw(st.integers(1, 2))))
    if d.rarely() and not definition.self_role:
        del roles[definition.main]
    if d.rarely():
        roles[d.one(("buyer", "creditor", "winner"))] = (d.node(("Organization",)),)
    type_ = "Merger" if d.rarely() and not definition.self_role else definition.name
    values, status, confidence = d.values(list(definition.values.values())), d.status(), d.confidence()
    return d.case(lambda said: Event(f"v{number:016x}", type_, status, roles, values, confidence, said, "test/1"))


def observation(draw: st.DrawFn, number: int) -> Case:
    d = Drawn(draw, number)
    reporter = d.node(("Agent",)) if draw(st.booleans()) else None
    indicator = " " if d.rarely() else "出货量"
    value = d.one((math.nan, math.inf)) if d.rarely() else d.one((1.5, 8, None))
    period = d.one(("Q1", "2021-13", "2021/", "2021-04-31")) if d.rarely() else d.one(("2021-Q1/Q3", "2021-H1", None))
    change = d.one(("增长", "25%")) if d.rarely() else d.one(("+25.4% YoY", "-1.9pp YoY", None))
    confidence = d.confidence()
    return d.case(
        lambda said: Observation(
            f"b{number:016x}", indicator, value, "亿元", period, "全国", change, reporter, confidence, said, "test/1"
        )
    )


def refused(cases: Sequence[Case]) -> dict[int, list[str]]:
    """Which cases SHACL refuses, with what it says."""
    graph = rdflib.Graph()
    for triple, _ in Triples(Told(cases), SCHEMA, as_told=False):  # type: ignore[arg-type]
        graph.add(tuple(map(conformance._term, triple)))  # type: ignore[arg-type]
    owners = {f"{SCHEMA.base_iri}{node}": case.number for case in cases for node in (case.candidate.id, *case.entities)}
    found: dict[int, list[str]] = {}
    report = conformance.check(graph, SCHEMA, SHAPES, ONTOLOGY).graph
    for result in report.objects(None, SH.result):
        nodes = [str(report.value(result, place)) for place in (SH.focusNode, SH.value)]
        owner = next(owners[key] for node in nodes for key in (node, "/".join(node.split("/")[:6])) if key in owners)
        found.setdefault(owner, []).append(str(report.value(result, SH.sourceShape)))
    return found


def test_the_two_checks_agree() -> None:
    seen: Counter[str | None] = Counter()

    @settings(
        max_examples=20,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def agree(told: list[Case]) -> None:
        audited = refused(told)
        for case in told:
            verdict = case.verdict
            seen[verdict.rule if verdict else None] += 1
            assert (verdict is None) == (case.number not in audited), (
                verdict,
                audited.get(case.number),
                case.candidate,
            )

    agree()
    # The property would be empty if all candidates were good, or all bad.
    assert seen.total() * 0.2 < seen[None] < seen.total() * 0.8, seen
    rules = {"vocabulary", "domain", "range", "self", "datatype", "status", "confidence", "evidence", "number"}
    assert rules | {"order", "main-role"} <= set(seen), seen
