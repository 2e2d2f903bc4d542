"""What readers of a ledger see, and what they are told has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from documents import SCHEMA, Told, funding, items
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_contents import views

from kg.ledger import Ledger
from kg.model import Node

if TYPE_CHECKING:
    from kg.ledger import Changes
    from kg.model import Document


# ---- changes --------------------------------------------------------------------------------------------------------


def apply(ledger: Ledger, shown: dict[str, Any], changes: Changes) -> None:
    """What a projection does: take away what changed, add what there is of it now."""
    for sort in ("items", "entities", "facts", "events", "observations"):
        touched = getattr(changes, sort)
        for identifier in touched:
            shown[sort].pop(identifier, None)
        fresh = getattr(ledger, sort)(since=changes.since)
        shown[sort].update((value.id, value) for value in fresh)


def nodes_only(shown: dict[str, Any]) -> dict[str, Any]:
    """The views with ids for nodes: a name that changed elsewhere is the entity's change, not that of its facts."""

    def bare(value: Any) -> Any:
        if isinstance(value, Node):
            return value.id
        return value

    facts = {
        k: (bare(f.subject), bare(f.object), replace(f, subject=None, object=None)) for k, f in shown["facts"].items()
    }
    events = {
        k: ({r: [n.id for n in nodes] for r, nodes in e.roles.items()}, replace(e, roles={}))
        for k, e in shown["events"].items()
    }
    figures = {k: (o.reporter and o.reporter.id, replace(o, reporter=None)) for k, o in shown["observations"].items()}
    return {"items": shown["items"], "entities": shown["entities"], "f": facts, "v": events, "b": figures}


@settings(deadline=None, max_examples=100)
@given(items(4), st.data())
def test_changes_tell_a_projection_all_it_needs(documents: list[Document], data: st.DataObject) -> None:
    with Ledger.open(":memory:", SCHEMA) as ledger:
        shown, since = views(ledger), ledger.sequence
        for _ in range(data.draw(st.integers(2, 7))):
            for _ in range(data.draw(st.integers(1, 2))):
                change(ledger, documents, data)
            changes = ledger.changes(since)
            apply(ledger, shown, changes)
            since = changes.sequence
            assert nodes_only(shown) == nodes_only(views(ledger))
        assert ledger.check() == []
        assert not ledger.changes(since)


def change(ledger: Ledger, documents: list[Document], data: st.DataObject) -> None:
    held = {item.id for item in ledger.items()}
    act = data.draw(st.sampled_from(("add", "add", "add", "forget", "merge", "split", "undo")))
    if act == "add":
        ledger.add(data.draw(st.sampled_from(documents)))
    elif act == "forget" and held:
        ledger.forget(data.draw(st.sampled_from(sorted(held))))
    elif act in ("merge", "split"):
        entities = [e for e in ledger.entities() if act == "split" or e.type != "Person"]
        ids = sorted(m for e in entities for m in e.members if SCHEMA.kind(e.type) == "organization" or act == "split")
        if len(ids) > 1:
            a, b = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
            try:
                getattr(ledger, act)(a, b)
            except Exception as error:
                assert "apart" in str(error)
    elif act == "undo":
        held_ = [d.id for d in ledger.decisions() if d.undone is None]
        if held_:
            ledger.undo(data.draw(st.sampled_from(held_)))


def test_who_speaks_for_one_that_goes_has_changed(ledger: Ledger) -> None:
    people = []
    for item in ("甲", "乙"):
        t = Told(item)
        people.append(t.entity("张伟", "Person"))
        t.says(people[-1], "won", t.entity("星火奖", "Award"))
        ledger.add(t.document)
    first, last = sorted(people, key=lambda node: node.id)
    sequence = ledger.sequence
    ledger.forget("甲" if last is people[0] else "乙")
    assert {first.id, last.id} <= ledger.changes(sequence).entities
    assert [e.members for e in ledger.entities(since=sequence) if e.type == "Person"] == [(first.id,)]


def test_nothing_changed_is_no_change(ledger: Ledger) -> None:
    ledger.add(funding().document)
    assert not ledger.changes(ledger.sequence)
    assert list(ledger.facts(since=ledger.sequence)) == []
    changes = ledger.changes(0)
    assert changes
    assert changes.items == {"甲"}
    assert changes.facts == {f.id for f in ledger.facts()}


# ---- views ----------------------------------------------------------------------------------------------------------


def test_filters(ledger: Ledger) -> None:
    t = funding()
    ledger.add(t.document)
    company = t.entity("蓝湖科技")
    assert {f.predicate for f in ledger.facts(entity=company.id)} == {"raisedFrom", "worksFor"}
    assert [f.predicate for f in ledger.facts(status="ended")] == ["worksFor"]
    assert [f.predicate for f in ledger.facts(predicate="raisedFrom", status="asserted")] == ["raisedFrom"]
    assert list(ledger.facts(predicate="raisedFrom", status="ended")) == []
    assert list(ledger.facts(entity="e0000000000000001")) == list(ledger.facts(entity="unfug")) == []
    assert [e.type for e in ledger.events(entity=company.id, type="FundingRound")] == ["FundingRound"]
    assert list(ledger.events(type="Listing")) == list(ledger.events(status="denied")) == []
    assert [o.indicator for o in ledger.observations(entity=company.id)] == ["营收"]
    assert list(ledger.mentions(entity=company.id)) == [("甲", company.id)]
    assert len(list(ledger.mentions(item="甲"))) == 3
    fact = next(ledger.facts())
    assert ledger.fact(fact.id) == fact
    assert ledger.fact("s0000000000000001") is None


def test_how_reports_followed_one_another(ledger: Ledger) -> None:
    for item, date, status in (
        ("丙", "2021-12", "asserted"),
        ("甲", "2021-10", "rumoured"),
        ("乙", "2021-11", "planned"),
    ):
        t = Told(item, date)
        t.says(t.entity("云杉"), "acquired", t.entity("蓝湖"), status)
        ledger.add(t.document)
    (fact,) = ledger.facts()
    assert fact.status == "asserted"
    assert [t.status for t in ledger.testimonies(fact.id)] == ["rumoured", "planned", "asserted"]


def test_class_and_names_are_what_most_say(ledger: Ledger) -> None:
    for item, name, type_ in (("1", "Intel", "Organization"), ("2", "INTEL", "Company"), ("3", "Intel", "Company")):
        t = Told(item)
        t.entity(name, type_, "英特尔")
        ledger.add(t.document)
    (entity,) = ledger.entities()
    assert (entity.name, entity.type, entity.types) == ("Intel", "Company", ("Company", "Organization"))
    assert entity.aliases == ("英特尔", "INTEL")


def test_finding_by_name(ledger: Ledger) -> None:
    for item, name, aliases in (
        ("1", "臺積電", ("台积电公司",)),
        ("2", "台積電", ()),
        ("3", "蓝湖科技", ("蓝湖",)),
        ("4", "蓝湖智能", ()),
        ("5", "北京蓝湖", ()),
    ):
        t = Told(item)
        t.entity(name, "Company", *aliases)
        ledger.add(t.document)
    assert [e.name for e in ledger.find("台积电")] == ["台積電"]
    assert [e.name for e in ledger.find("蓝湖")] == ["蓝湖科技"], "an exact alias comes before longer names"
    assert {e.name for e in ledger.find("蓝湖智")} == {"蓝湖智能"}
    assert {e.name for e in ledger.find("京蓝")} == {"北京蓝湖"}
    assert len(ledger.find("蓝")) == 2
    assert len(ledger.find("蓝", 1)) == 1
    assert ledger.find("不存在") == ledger.find("") == ledger.find("  ") == []
    assert ledger.nearest("蓝胡科技")[0] == "蓝湖科技"
    assert ledger.nearest("") == ledger.nearest("xyz") == ()


def test_members_of_one_name_are_found_apart(ledger: Ledger) -> None:
    for item, firm in (("1", "蓝湖"), ("2", "云杉")):
        t = Told(item)
        t.says(t.entity("张伟", "Person"), "worksFor", t.entity(firm), title="总裁")
        ledger.add(t.document)
    assert len(ledger.find("张伟")) == 2


def test_status_counts(ledger: Ledger) -> None:
    t = funding()
    t.refuses(t.says(t.entity("云杉资本", "InvestmentFirm"), "acquired", t.entity("蓝湖科技")))
    ledger.add(t.document)
    ledger.add(funding("乙").document)
    u = Told("丙", "2021-12-01")
    u.says(u.entity("蓝湖", "Company"), "raisedFrom", u.entity("云杉资本", "InvestmentFirm"), "denied", round="A")
    ledger.add(u.document)
    status = ledger.status()
    assert (status.items, status.entities, status.events, status.observations) == (3, 3, 2, 2)
    assert dict(status.facts) == {"ended": 1, "denied": 1}
    assert dict(status.rejected) == {"domain": 1}
    assert (status.ontology, status.sequence, status.path) == (SCHEMA.version, 3, None)


@settings(deadline=None, max_examples=40)
@given(items(5))
def test_counts_are_those_of_the_views(documents: list[Document]) -> None:
    with Ledger.open(":memory:", SCHEMA) as ledger:
        for document in documents:
            ledger.add(document)
        status, shown = ledger.status(), views(ledger)
        counts: dict[str, int] = {}
        for fact in shown["facts"].values():
            counts[fact.status] = counts.get(fact.status, 0) + 1
        assert dict(status.facts) == counts
        assert (status.items, status.entities) == (len(shown["items"]), len(shown["entities"]))
        assert (status.events, status.observations) == (len(shown["events"]), len(shown["observations"]))
