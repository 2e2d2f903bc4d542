from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA

from kg.errors import UnknownNameError, UsageError
from kg.model import LiteralValue
from kg.selection import Selected, Selection

if TYPE_CHECKING:
    from kg.ledger import Ledger


def part(ledger: Ledger, **wanted: Any) -> Ledger | Selected:
    return Selection(**wanted).of(ledger, SCHEMA)


def predicates(ledger: Ledger, **wanted: Any) -> list[str]:
    return sorted(f.predicate for f in part(ledger, **wanted).facts())


def names(ledger: Ledger, **wanted: Any) -> set[str]:
    return {e.name for e in part(ledger, **wanted).entities()}


def test_nothing_wanted_is_the_whole_ledger(ledger: Ledger) -> None:
    assert not Selection()
    assert part(ledger) is ledger


def test_classes_choose_nodes_and_what_is_between_them(ledger: Ledger) -> None:
    assert names(ledger, classes=("Company",)) == {"蓝湖科技", "云杉资本", "Sequoia", "启明", "星河"}
    assert predicates(ledger, classes=("Company",)) == ["acquired", "raisedFrom", "raisedFrom", "supplies"]
    assert list(part(ledger, classes=("Company",)).events()) == []
    (event,) = part(ledger, classes=("Company", "FundingRound")).events()
    assert set(event.roles) == {"company", "lead"}
    (event,) = part(ledger, classes=("InvestmentFirm", "FundingRound")).events()
    assert set(event.roles) == {"lead"}
    assert list(part(ledger, classes=("Company",)).observations()) == []
    assert len(list(part(ledger, classes=("Observation",)).observations())) == 2


def test_relations_by_any_of_their_names(ledger: Ledger) -> None:
    told = ["raisedFrom", "raisedFrom"]
    assert predicates(ledger, predicates=("raisedFrom",)) == told
    assert predicates(ledger, predicates=("RAISED_FROM",)) == told
    assert predicates(ledger, predicates=("investedIn", "won")) == [*told, "won"]
    assert names(ledger, predicates=("won",)) == {"张伟", "星火奖"}
    assert list(part(ledger, predicates=("won",)).events()) == []
    assert [i.id for i in part(ledger, predicates=("won",)).items()] == ["1"]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2021-11", "2021-11-30", ["hosted", "raisedFrom", "supplies", "worksFor"]),
        (None, "2020", ["won", "worksFor"]),
        ("2022", None, ["acquired"]),
        ("2021-Q1", "2021-Q2", ["raisedFrom", "worksFor"]),
    ],
)
def test_time_is_when_it_was_so(ledger: Ledger, start: str | None, end: str | None, found: list[str]) -> None:
    assert predicates(ledger, start=start, end=end) == found


def test_time_of_events_and_figures(ledger: Ledger) -> None:
    assert [e.type for e in part(ledger, start="2022").events()] == ["Acquisition"]
    assert len(list(part(ledger, start="2021-06-30", end="2021-06-30").observations())) == 2
    assert not list(part(ledger, start="2021-07").observations())


def test_confidence_and_status(ledger: Ledger) -> None:
    assert predicates(ledger, statuses=("planned", "rumoured")) == ["acquired", "raisedFrom"]
    assert {f.confidence for f in part(ledger, min_confidence=0.95).facts()} == {0.95, 0.97}
    assert [e.type for e in part(ledger, statuses=("denied",)).events()] == ["Acquisition"]
    assert not list(part(ledger, statuses=("denied",)).observations())


def test_what_an_item_says_comes_with_whom_it_mentions(ledger: Ledger) -> None:
    assert predicates(ledger, items=("中文/..编号",)) == ["raisedFrom"]
    assert names(ledger, items=("中文/..编号",)) == {"蓝湖科技", "云杉资本"}
    assert names(ledger, items=("1",)) >= {"远望计划"}
    (fact,) = part(ledger, items=("中文/..编号",)).facts()
    assert len(fact.evidence) == 2


def test_a_neighbourhood_is_what_lies_within_its_steps(ledger: Ledger) -> None:
    assert names(ledger, around=("星火奖",), hops=0) == {"星火奖"}
    assert names(ledger, around=("星火奖",), hops=1) == {"星火奖", "张伟"}
    assert names(ledger, around=("星火奖",), hops=2) == {"星火奖", "张伟", "蓝湖科技"}
    assert names(ledger, around=("蓝湖",)) == {
        *("蓝湖科技", "云杉资本", "Sequoia", "启明", "张伟", "星河", "创新大会"),
    }
    assert predicates(ledger, around=("蓝湖",), predicates=("raisedFrom",)) == ["raisedFrom", "raisedFrom"]
    assert names(ledger, around=("云杉资本",), statuses=("asserted",)) == {"蓝湖科技", "云杉资本"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"classes": ("Company", "FundingRound")},
        {"predicates": ("worksFor",)},
        {"start": "2021-11"},
        {"items": ("中文/..编号",)},
        {"around": ("张伟",), "hops": 2},
        {"min_confidence": 0.9, "statuses": ("asserted",)},
    ],
)
def test_whatever_is_pointed_to_is_there(ledger: Ledger, wanted: dict[str, Any]) -> None:
    chosen = part(ledger, **wanted)
    entities, items = {e.id for e in chosen.entities()}, {i.id for i in chosen.items()}
    facts, events = list(chosen.facts()), list(chosen.events())
    assert facts
    for fact in facts:
        assert fact.subject.id in entities
        assert isinstance(fact.object, LiteralValue) or fact.object.id in entities
        assert items.issuperset(fact.items)
    for event in events:
        assert entities.issuperset(n.id for n in chain.from_iterable(event.roles.values()))
        assert event.evidence.item in items
    for item, entity in chosen.mentions():
        assert item in items and entity in entities
    for entity in entities:
        assert chosen.entity(entity) is not None
    outside = next(e.id for e in ledger.entities() if e.id not in entities)
    assert chosen.entity(outside) is None


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        ({"classes": ("Compagny",)}, UnknownNameError, "Company"),
        ({"predicates": ("raised",)}, UnknownNameError, "raisedFrom"),
        ({"items": ("nix",)}, UnknownNameError, "item"),
        ({"around": ("蓝湖科",)}, UnknownNameError, "蓝湖科技"),
        ({"statuses": ("done",)}, UnknownNameError, "asserted"),
        ({"start": "gestern"}, UsageError, "2021-Q3"),
        ({"start": "2022", "end": "2021"}, UsageError, "earlier"),
        ({"min_confidence": 2}, UsageError, "0 to 1"),
        ({"hops": -1}, UsageError, "hops"),
    ],
)
def test_what_cannot_be_wanted_is_told(ledger: Ledger, wanted: dict[str, Any], error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        part(ledger, **wanted)
