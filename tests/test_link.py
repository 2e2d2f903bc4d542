"""Which entity a name means across items."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA, Told, items
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import UnknownNameError, UsageError
from kg.ledger import Ledger
from kg.link import WITNESSES, partition
from kg.model import Node
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model import Document


def one(ledger: Ledger, *nodes: Node) -> bool:
    found = [ledger.entity(node.id) for node in nodes]
    assert all(found)
    return len({entity.id for entity in found if entity}) == 1


# ---- declared aliases -----------------------------------------------------------------------------------------------


def test_a_declared_alias_joins_the_two_names(ledger: Ledger) -> None:
    long, short = Told("甲"), Told("乙")
    a = long.entity("蓝湖科技有限公司", "Company", "蓝湖")
    b = short.entity("蓝湖", "Company")
    ledger.add(short.document)
    ledger.add(long.document)
    assert one(ledger, a, b)
    entity = ledger.entity(b.id)
    assert entity is not None
    assert entity.id == min(a.id, b.id)
    assert entity.members == tuple(sorted((a.id, b.id)))
    assert {entity.name, *entity.aliases} == {"蓝湖科技有限公司", "蓝湖"}


def test_spellings_of_one_name_are_one_by_their_id(ledger: Ledger) -> None:
    for item, name in (("甲", "聯發科技"), ("乙", "联发科技"), ("丙", "《联发科技》")):
        t = Told(item)
        t.entity(name)
        ledger.add(t.document)
    (entity,) = ledger.entities()
    assert {entity.name, *entity.aliases} == {"聯發科技", "联发科技", "《联发科技》"}


def test_an_alias_of_another_kind_joins_nothing(ledger: Ledger) -> None:
    t, u = Told("甲"), Told("乙")
    company, product = t.entity("蓝湖科技", "Company", "蓝湖"), u.entity("蓝湖", "Product")
    ledger.add(t.document), ledger.add(u.document)
    assert not one(ledger, company, product)


def test_an_alias_of_two_organisations_joins_neither(ledger: Ledger) -> None:
    told = [Told(i) for i in ("甲", "乙", "丙")]
    a = told[0].entity("上海交通大学", "University", "交大")
    b = told[1].entity("西安交通大学", "University", "交大")
    c = told[2].entity("交大", "University")
    for t in told:
        ledger.add(t.document)
    assert not one(ledger, a, b)
    assert not one(ledger, a, c)
    ledger.forget("乙")
    assert one(ledger, a, c)


def test_an_alias_of_two_that_are_one_anyway_joins_all_three(ledger: Ledger) -> None:
    told = [Told(i) for i in ("甲", "乙", "丙")]
    nodes = [
        told[0].entity("蓝湖科技有限公司", "Company", "蓝湖", "蓝湖科技"),
        told[1].entity("蓝湖科技", "Company", "蓝湖"),
        told[2].entity("蓝湖", "Company"),
    ]
    for t in told:
        ledger.add(t.document)
    assert one(ledger, *nodes)


def test_two_that_a_statement_relates_are_not_one(ledger: Ledger) -> None:
    t, u = Told("甲"), Told("乙")
    group = t.entity("蓝湖控股集团", "Company", "蓝湖")
    ledger.add(t.document)
    part = u.entity("蓝湖", "Company")
    ledger.add(u.document)
    assert one(ledger, group, part)
    v = Told("丙")
    v.says(v.entity("蓝湖", "Company"), "subsidiaryOf", v.entity("蓝湖控股集团", "Company"))
    ledger.add(v.document)
    assert not one(ledger, group, part)
    assert [f.predicate for f in ledger.facts()] == ["subsidiaryOf"]
    ledger.forget("丙")
    assert one(ledger, group, part)


# ---- people ---------------------------------------------------------------------------------------------------------


def person(item: str, name: str, predicate: str, other: str, type_: str) -> tuple[Told, Node]:
    t = Told(item)
    node = t.entity(name, "Person")
    qualifiers = {"title": "总裁"} if predicate == "worksFor" else {}
    t.says(node, predicate, t.entity(other, type_), **qualifiers)
    return t, node


@pytest.mark.parametrize(
    ("predicate", "other", "type_"),
    [("worksFor", "蓝湖", "Company"), ("won", "星火奖", "Award"), ("ledProject", "星火计划", "Project")],
)
def test_namesakes_with_a_witness_are_one(ledger: Ledger, predicate: str, other: str, type_: str) -> None:
    (t, a), (u, b) = (person(item, "张伟", predicate, other, type_) for item in ("甲", "乙"))
    ledger.add(t.document), ledger.add(u.document)
    assert a.id != b.id
    assert one(ledger, a, b)


def test_namesakes_without_a_witness_are_two(ledger: Ledger) -> None:
    t, a = person("甲", "张伟", "worksFor", "蓝湖", "Company")
    u, b = person("乙", "张伟", "worksFor", "云杉", "Company")
    v, c = person("丙", "李娜", "worksFor", "云杉", "Company")
    for told in (t, u, v):
        ledger.add(told.document)
    assert not one(ledger, a, b)
    assert not one(ledger, b, c)


def test_a_place_is_no_witness(ledger: Ledger) -> None:
    (t, a), (u, b) = (person(item, "张伟", "worksFor", "法国", "Country") for item in ("甲", "乙"))
    ledger.add(t.document), ledger.add(u.document)
    assert not one(ledger, a, b)


def test_a_conference_that_both_attend_is_a_witness(ledger: Ledger) -> None:
    nodes = []
    for item in ("甲", "乙"):
        t = Told(item)
        nodes.append(t.entity("张伟", "Person"))
        t.happens("Conference", {"name": [t.entity("远望论坛", "Conference")], "participants": nodes[-1:]})
        ledger.add(t.document)
    assert one(ledger, *nodes)


def test_witnesses_that_become_one_make_people_one(ledger: Ledger) -> None:
    t, a = person("甲", "张伟", "worksFor", "蓝湖", "Company")
    u, b = person("乙", "张伟", "worksFor", "蓝湖科技有限公司", "Company")
    v = Told("丙")
    v.entity("蓝湖科技有限公司", "Company", "蓝湖")
    ledger.add(t.document), ledger.add(u.document)
    assert not one(ledger, a, b)
    ledger.add(v.document)
    assert one(ledger, a, b)
    facts = list(ledger.facts())
    assert len(facts) == 1
    assert facts[0].items == ("乙", "甲")
    ledger.forget("丙")
    assert not one(ledger, a, b)


def test_a_chain_breaks_where_its_middle_goes(ledger: Ledger) -> None:
    t, a = person("甲", "张伟", "worksFor", "蓝湖", "Company")
    u, b = person("乙", "张伟", "worksFor", "云杉", "Company")
    v = Told("丙")
    middle = v.entity("张伟", "Person")
    v.says(middle, "worksFor", v.entity("蓝湖"), "ended", title="总裁")
    v.says(middle, "worksFor", v.entity("云杉"), title="总裁")
    for told in (t, u, v):
        ledger.add(told.document)
    assert one(ledger, a, b, middle)
    ledger.forget("丙")
    assert not one(ledger, a, b)


# ---- decisions ------------------------------------------------------------------------------------------------------


def two(ledger: Ledger) -> tuple[Node, Node]:
    t, u = Told("甲"), Told("乙")
    a, b = t.entity("蓝湖科技"), u.entity("青山软件")
    investor = "云杉资本"
    t.says(a, "raisedFrom", t.entity(investor, "InvestmentFirm"), round="A")
    u.says(b, "raisedFrom", u.entity(investor, "InvestmentFirm"), round="A")
    ledger.add(t.document), ledger.add(u.document)
    return a, b


def test_a_merge_makes_two_statements_one_fact_until_it_is_undone(ledger: Ledger) -> None:
    a, b = two(ledger)
    before = {fact.id for fact in ledger.facts()}
    decision = ledger.merge(a.id, b.id, "更名")
    (fact,) = ledger.facts()
    assert one(ledger, a, b)
    assert fact.id == min(before)
    assert fact.items == ("乙", "甲")
    assert fact.sources == 2
    assert [d.verdict for d in ledger.decisions()] == ["merge"]
    assert ledger.undo(decision.id).undone is not None
    assert {fact.id for fact in ledger.facts()} == before
    with pytest.raises(UnknownNameError):
        ledger.undo(decision.id)


def test_a_split_wins_over_what_items_declare(ledger: Ledger) -> None:
    t, u = Told("甲"), Told("乙")
    a, b = t.entity("蓝湖科技有限公司", "Company", "蓝湖"), u.entity("蓝湖")
    ledger.add(t.document), ledger.add(u.document)
    assert one(ledger, a, b)
    decision = ledger.split(a.id, b.id, "两家公司")
    assert not one(ledger, a, b)
    v = Told("丙")
    v.entity("蓝湖科技有限公司", "Company", "蓝湖")
    ledger.add(v.document)
    assert not one(ledger, a, b)
    ledger.undo(decision.id)
    assert one(ledger, a, b)


def test_the_later_of_two_decisions_holds(ledger: Ledger) -> None:
    a, b = two(ledger)
    ledger.merge(a.id, b.id)
    later = ledger.split(a.id, b.id)
    assert not one(ledger, a, b)
    ledger.undo(later.id)
    assert one(ledger, a, b)


def test_a_merge_that_other_decisions_forbid_is_refused_and_leaves_nothing(ledger: Ledger) -> None:
    a, b = two(ledger)
    t = Told("丙")
    c = t.entity("赤岩数据")
    ledger.add(t.document)
    ledger.merge(a.id, c.id)
    ledger.split(b.id, c.id)
    sequence = ledger.sequence
    with pytest.raises(UsageError, match="undo"):
        ledger.merge(a.id, b.id)
    assert ledger.sequence == sequence
    assert len(ledger.decisions()) == 2


def test_what_cannot_be_one_is_refused(ledger: Ledger) -> None:
    t = Told("甲")
    company, someone, product = t.entity("蓝湖"), t.entity("张伟", "Person"), t.entity("湖光", "Product")
    ledger.add(t.document)
    for other in (someone, product):
        with pytest.raises(UsageError, match="nothing is both"):
            ledger.merge(company.id, other.id)
    with pytest.raises(UsageError):
        ledger.merge(company.id, company.id)
    with pytest.raises(UnknownNameError):
        ledger.merge(company.id, "e0000000000000001")


def test_decisions_outlast_the_items_they_are_about(ledger: Ledger) -> None:
    (t, a), (u, b) = person("甲", "张伟", "worksFor", "蓝湖", "Company"), person("乙", "张伟", "won", "星火奖", "Award")
    ledger.add(t.document), ledger.add(u.document)
    ledger.merge(a.id, b.id)
    ledger.forget("乙")
    assert ledger.entity(b.id) is None
    ledger.add(u.document)
    assert one(ledger, a, b)


# ---- candidates -----------------------------------------------------------------------------------------------------


def test_likeness_yields_candidates_and_merges_nothing(ledger: Ledger) -> None:
    t = Told("甲")
    a, b, _ = t.entity("蓝湖科技"), t.entity("蓝湖科技集团"), t.entity("云杉资本", "InvestmentFirm")
    ledger.add(t.document)
    u, c = person("乙", "张伟", "worksFor", "蓝湖", "Company")
    v, d = person("丙", "张伟", "worksFor", "云杉", "Company")
    ledger.add(u.document), ledger.add(v.document)
    found = {frozenset((x.a.id, x.b.id)): x.score for x in ledger.candidates()}
    assert frozenset((a.id, b.id)) in found
    assert found[frozenset((c.id, d.id))] == 1.0
    assert len({e.id for e in ledger.entities()}) == 7
    ledger.split(c.id, d.id)
    assert frozenset((c.id, d.id)) not in {frozenset((x.a.id, x.b.id)) for x in ledger.candidates()}


# ---- any order, and an independent account --------------------------------------------------------------------------


def test_partition_does_not_depend_on_order() -> None:
    members = range(1, 7)
    merges, splits = [(1, 2), (2, 3)], [(1, 3)]
    shared = {(9, 9): [4, 5, 6], (9, 8): [3, 4]}
    expected = partition(members, merges, splits, {}, (), shared)
    assert expected == {1: 1, 2: 1, 3: 3, 4: 3, 5: 3, 6: 3}
    for order in itertools.permutations(merges):
        again = {key: list(reversed(v)) for key, v in reversed(shared.items())}
        assert partition(reversed(members), order, splits, {}, (), again) == expected


def expected_groups(documents: Iterable[Document]) -> set[frozenset[str]]:
    """Groups by the rules as told, from the documents, by repeated comparison of all pairs."""
    documents = list(documents)
    types = {e.id: e.type for d in documents for e in d.entities}
    kinds = {e: SCHEMA.kind(t) for e, t in types.items()}
    preferred, aliases, seen = defaultdict(set), defaultdict(set), defaultdict(set)
    related = set()
    for d in documents:
        for e in d.entities:
            preferred[e.id].add(fold(e.name))
            aliases[e.id].update(map(fold, e.aliases))
        circles = [(s.subject, s.object) for s in d.statements]
        related |= {frozenset((s.subject.id, s.object.id)) for s in d.statements if isinstance(s.object, Node)}
        circles += [tuple(n for nodes in e.roles.values() for n in nodes) for e in d.events]
        for circle in circles:
            for p in circle:
                seen[p.id] |= {n.id for n in circle if kinds[n.id] in WITNESSES}
    group = {e: frozenset((e,)) for e in types}

    def join(a: str, b: str) -> bool:
        if group[a] == group[b]:
            return False
        both = group[a] | group[b]
        for member in both:
            group[member] = both
        return True

    changed = True
    while changed:
        changed = False
        for a, b in itertools.permutations(types, 2):
            if kinds[a] != kinds[b]:
                continue
            if kinds[a] == "person":
                with_a, with_b = ({group[w] for w in seen[e]} for e in (a, b))
                changed |= bool(preferred[a] & preferred[b] and with_a & with_b) and join(a, b)
                continue
            for alias in (aliases[a] - preferred[a]) & preferred[b]:
                declarers = {
                    group[e]
                    for e in types
                    if kinds[e] == kinds[a] and alias in aliases[e] and alias not in preferred[e]
                }
                changed |= len(declarers) == 1 and frozenset((a, b)) not in related and join(a, b)
    return set(group.values())


@settings(deadline=None, max_examples=150)
@given(items(5))
def test_groups_are_those_that_the_rules_give(documents: list[Document]) -> None:
    with Ledger.open(":memory:", SCHEMA) as ledger, Ledger.open(":memory:", SCHEMA) as together:
        for document in documents:
            ledger.add(document)
        assert {frozenset(e.members) for e in ledger.entities()} == expected_groups(documents)
        assert len(list(together.add_all(documents))) == len(documents)
        assert {frozenset(e.members) for e in together.entities()} == expected_groups(documents)
        assert together.check() == []
        assert sorted(together.summaries(), key=lambda f: f.id) == [f.summary for f in together.facts()]
        for document in documents[: len(documents) // 2]:
            ledger.forget(document.item.id)
        rest = documents[len(documents) // 2 :]
        assert {frozenset(e.members) for e in ledger.entities()} == expected_groups(rest)


@settings(deadline=None, max_examples=60)
@given(items(4), st.data())
def test_decisions_and_items_may_come_in_any_order(documents: list[Document], data: st.DataObject) -> None:
    ids = sorted({e.id for d in documents for e in d.entities if e.type != "Person"})
    pairs = data.draw(st.lists(st.tuples(*[st.sampled_from(ids)] * 2), max_size=2)) if len(ids) > 1 else []
    pairs = [(a, b) for a, b in pairs if a != b]
    with Ledger.open(":memory:", SCHEMA) as once, Ledger.open(":memory:", SCHEMA) as twice:
        for ledger in (once, twice):
            for document in documents if ledger is once else reversed(documents):
                ledger.add(document)
            for a, b in pairs:
                ledger.split(a, b)
        for document in documents:
            twice.forget(document.item.id)
        for document in documents:
            twice.add(document)
        assert [e.members for e in once.entities()] == [e.members for e in twice.entities()]
        assert twice.check() == []


def test_people_who_come_together_follow_decisions_as_those_who_come_one_by_one() -> None:
    documents, people = [], []
    for number in range(40):
        told = Told(f"第{number}号")
        person = told.entity("张伟" if number % 3 else "李娜", "Person")
        told.says(person, "worksFor", told.entity(("蓝湖科技", "青岚智能")[number % 2]))
        if number % 5 == 0:
            told.says(person, "worksFor", told.entity("白石软件"))
        documents.append(told.document)
        people.append(person.id)
    with Ledger.open(":memory:", SCHEMA) as alone, Ledger.open(":memory:", SCHEMA) as together:
        for ledger in (alone, together):
            for document in documents[:8]:
                ledger.add(document)
            # Who comes next may be seen with both sides of the split, and is one with one of them only.
            ledger.split(people[1], people[5], "两个人")
            ledger.merge(people[0], people[2], "改名")
        for document in documents[8:]:
            alone.add(document)
        assert len(list(together.add_all(documents[8:]))) == len(documents) - 8
        groups = [{frozenset(e.members) for e in ledger.entities()} for ledger in (alone, together)]
        assert groups[0] == groups[1]
        assert max(map(len, groups[0])) > 3
        assert together.check() == []
