"""Profiles, neighbours, paths and timelines, each with the sentences they rest on."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from kg.errors import UnknownNameError, UsageError
from kg.explore import neighbours, path, profile, timeline
from kg.model import Node

if TYPE_CHECKING:
    from kg.ledger import Ledger
    from kg.schema import Schema

    pass


# ---- profile


def test_profile_of_a_person(corpus: Ledger, schema: Schema) -> None:
    found = profile(corpus, schema, "林清")
    assert (found.type, found.types) == ("Person", ("Person", "Agent"))
    posts = [(r.qualifiers["title"], r.other.name, r.status) for r in found.posts if isinstance(r.other, Node)]
    assert posts[-1] == ("教授", "星河大学", "ended")
    assert sorted(posts[:3]) == [
        ("CEO", "蓝湖科技", "asserted"),
        ("董事", "白石科技", "asserted"),
        ("董事长", "蓝湖科技", "asserted"),
    ]
    assert {r.predicate for r in found.relations} == {"founded", "won", "ledProject"}
    (event,) = found.events
    assert (event.type, event.role, event.label_zh) == ("AwardGrant", "winner", "获奖")
    assert found.items == ("n-p",)


def test_everything_in_a_profile_has_its_sentence(corpus: Ledger, schema: Schema) -> None:
    found = profile(corpus, schema, "蓝湖")
    for thing in (*found.posts, *found.relations, *found.events, *found.figures):
        assert thing.said
        for said in thing.said:
            assert said.sentence
            assert said.title
            assert said.published
    both = [r for r in found.relations if r.predicate == "raisedFrom" and r.sources == 2]
    assert [s.item for s in both[0].said] == ["n-b", "n-b2"]


def test_profile_shows_claims_last_and_both_directions(corpus: Ledger, schema: Schema) -> None:
    relations = profile(corpus, schema, "青岚智能").relations
    statuses = [r.status in ("asserted", "ended") for r in relations]
    assert statuses == sorted(statuses, reverse=True)
    assert False in statuses
    assert ("acquired", "in", "planned") in {(r.predicate, r.direction, r.status) for r in relations}
    assert ("sued", "out", "asserted") in {(r.predicate, r.direction, r.status) for r in relations}
    assert ("competesWith", "out") in {(r.predicate, r.direction) for r in relations}


def test_profile_has_figures_reported_and_of_the_place(corpus: Ledger, schema: Schema) -> None:
    assert [f.indicator for f in profile(corpus, schema, "星河研究院").figures] == ["服务器出货量", "算力规模"]
    (figure,) = profile(corpus, schema, "杭州").figures
    assert (figure.value, figure.unit, figure.period) == (120, "亿次", "2021-H1")


def test_everything_turns_into_json(corpus: Ledger, schema: Schema) -> None:
    found = [
        profile(corpus, schema, "蓝湖"),
        *neighbours(corpus, schema, "蓝湖"),
        path(corpus, schema, "林清", "远山"),
        *timeline(corpus, schema, "蓝湖"),
    ]
    for value in found:
        assert value is not None
        assert json.loads(json.dumps(asdict(value), ensure_ascii=False))


# ---- neighbours


def test_neighbours_by_relation_and_direction(corpus: Ledger, schema: Schema) -> None:
    def names(**options: object) -> list[str]:
        return [n.entity.name for n in neighbours(corpus, schema, "蓝湖科技", **options)]  # type: ignore[arg-type]

    investors = ["北岸基金", "江流创投", "远山资本", "远山资本"]
    for spelling in ("raisedFrom", "RAISED_FROM", "investedIn"):
        assert names(predicates=[spelling]) == investors
    assert names(predicates=["raisedFrom"], direction="in") == []
    assert names(predicates=["partnersWith"], direction="in") == ["星河大学"]
    assert "青岚智能" in names(direction="in")
    assert names(predicates=["acquired"]) == []


def test_neighbours_at_a_distance(corpus: Ledger, schema: Schema) -> None:
    found = neighbours(corpus, schema, "江流创投", depth=2)
    distances = {n.entity.name: n.distance for n in found}
    assert distances["蓝湖科技"] == distances["白石科技"] == 1
    assert distances["林清"] == distances["远山资本"] == 2
    assert "江流创投" not in distances
    far = next(n for n in found if n.entity.name == "星河大学")
    assert far.via.name == "蓝湖科技"
    assert far.relation.said[0].sentence == "蓝湖科技与星河大学就机器翻译达成合作。"


def test_unknown_relation_is_told(corpus: Ledger, schema: Schema) -> None:
    with pytest.raises(UnknownNameError) as caught:
        neighbours(corpus, schema, "蓝湖", predicates=["raisedform"])
    assert "raisedFrom" in caught.value.nearest
    with pytest.raises(UsageError):
        neighbours(corpus, schema, "蓝湖", depth=0)


# ---- path


def test_path_tells_each_hop_with_its_sentence(corpus: Ledger, schema: Schema) -> None:
    link = path(corpus, schema, "林清", "江流创投")
    assert link is not None
    chain = [(h.start.name, h.relation.predicate, h.end.name) for h in link.hops]
    assert chain in (
        [("林清", "founded", "蓝湖科技"), ("蓝湖科技", "raisedFrom", "江流创投")],
        [("林清", "worksFor", "蓝湖科技"), ("蓝湖科技", "raisedFrom", "江流创投")],
        [("林清", "worksFor", "白石科技"), ("白石科技", "acquired", "江流创投")],
    )
    assert all(h.relation.said[0].sentence for h in link.hops)
    assert path(corpus, schema, "林清", "江流创投") == link


def test_path_ignores_claims_and_shared_items(corpus: Ledger, schema: Schema) -> None:
    # The exchange stands beside 远山资本 in one item and in a rumour with 青岚智能; what holds leads through 白石科技.
    link = path(corpus, schema, "远山资本", "上海证券交易所")
    assert link is not None
    assert link.hops[-1].start.name == "白石科技"
    assert path(corpus, schema, "新加坡", "林清") is None


def test_path_is_shortest_and_bounded(corpus: Ledger, schema: Schema) -> None:
    link = path(corpus, schema, "科技创新奖", "市场监管局", max_hops=6)
    assert link is not None
    assert [link.hops[0].start.name, link.hops[-1].end.name] == ["科技创新奖", "市场监管局"]
    assert all(a.end == b.start for a, b in pairwise(link.hops))
    assert path(corpus, schema, "科技创新奖", "市场监管局", max_hops=len(link.hops) - 1) is None
    same = path(corpus, schema, "蓝湖", "蓝湖科技")
    assert same is not None
    assert same.hops == ()


# ---- timeline


def test_timeline_is_in_order_and_tells_an_event_once(corpus: Ledger, schema: Schema) -> None:
    entries = timeline(corpus, schema, "蓝湖科技")
    dated = [e.date for e in entries if e.date]
    assert dated == sorted(dated)
    rounds = [(e.date, e.what, e.others) for e in entries if e.what in ("FundingRound", "raisedFrom")]
    assert [(d, w) for d, w, _ in rounds] == [("2021-11-02", "FundingRound"), ("2022-05", "FundingRound")]
    plan = next(e for e in entries if e.what == "Acquisition")
    assert (plan.status, plan.reported, plan.date) == ("planned", True, "2021-11-15")


def test_timeline_has_figures(corpus: Ledger, schema: Schema) -> None:
    assert [(e.kind, e.date) for e in timeline(corpus, schema, "星河研究院")] == [
        ("figure", "2021-H1"),
        ("figure", "2021-Q3"),
        ("statement", "2022-01-19"),
    ]
