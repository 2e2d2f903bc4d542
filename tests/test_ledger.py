"""The ledger: what it takes, gives back, shows, and how it accounts for it."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA, Told, items
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import LedgerError, UnknownNameError
from kg.journal import Journal
from kg.ledger import Ledger, Receipt, Tally
from kg.model import Amount, LiteralValue, Node, Rejection, mint
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.intake import Rows
    from kg.ledger import Changes
    from kg.model import Document


def text(ledger: Ledger) -> str:
    out = io.StringIO()
    ledger.dump(out)
    return out.getvalue()


def views(ledger: Ledger) -> dict[str, Any]:
    """Everything that readers see, by id."""
    return {
        "items": {i.id: i for i in ledger.items()},
        "entities": {e.id: e for e in ledger.entities()},
        "facts": {f.id: f for f in ledger.facts()},
        "events": {e.id: e for e in ledger.events()},
        "observations": {o.id: o for o in ledger.observations()},
        "mentions": set(ledger.mentions()),
    }


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


# ---- taking ---------------------------------------------------------------------------------------------------------


def test_what_is_told_is_shown_again(ledger: Ledger) -> None:
    t = funding()
    receipt = ledger.add(t.document)
    assert receipt == Receipt("甲", True, False, Tally(2, 2), Tally(1, 1), Tally(1, 1))
    raised, post = sorted(ledger.facts(), key=lambda f: f.predicate)
    told = t.statements[0]
    assert (raised.id, raised.subject, raised.object) == (told.id, told.subject, told.object)
    assert raised.qualifiers == told.qualifiers
    assert raised.evidence == (told.evidence,)
    assert raised.events == (t.events[0].id,)
    assert (post.status, post.qualifiers) == ("ended", {"title": "总裁", "to": "2021-10"})
    assert (raised.first_seen, raised.last_seen, raised.items) == ("2021-11-03", "2021-11-03", ("甲",))
    assert list(ledger.events()) == t.events
    assert list(ledger.observations()) == t.observations
    assert list(ledger.items()) == [replace(t.item, text="", blocks=())]
    assert ledger.item("甲") == replace(t.item, text="", blocks=())
    assert ledger.item("乙") is None
    assert {e for _, e in ledger.mentions()} == {e.id for e in t.entities.values()}


def test_the_same_again_changes_nothing(ledger: Ledger) -> None:
    ledger.add(funding().document)
    before, sequence = text(ledger), ledger.sequence
    receipt = ledger.add(funding().document)
    assert receipt == Receipt("甲", False, False, Tally(2, 0, 0, 2), Tally(1, 0, 0, 1), Tally(1, 0, 0, 1))
    assert (text(ledger), ledger.sequence) == (before, sequence)
    assert ledger.holds(funding().item)
    assert not ledger.holds(replace(funding().item, text=funding().text.replace("蓝", "青")))


def test_another_content_or_reading_takes_the_place_of_the_old(ledger: Ledger) -> None:
    ledger.add(funding().document)
    t = Told("甲", "2021-11-04")
    t.says(t.entity("青山软件"), "partnersWith", t.entity("云杉资本", "InvestmentFirm"))
    receipt = ledger.add(t.document)
    assert (receipt.added, receipt.replaced) == (True, True)
    with Ledger.open(":memory:", SCHEMA) as other:
        other.add(t.document)
        assert text(ledger) == text(other)
    better = replace(t.document, statements=(replace(t.statements[0], confidence=0.5),))
    assert ledger.add(better).replaced
    assert [f.confidence for f in ledger.facts()] == [0.5]


def test_literal_objects_and_symmetric_statements(ledger: Ledger) -> None:
    t, u = Told("甲"), Told("乙")
    a, b = t.entity("蓝湖"), t.entity("云杉")
    t.says(a, "operatesIn", LiteralValue("人工智能"), sentence="蓝湖做人工智能。")
    t.says(a, "partnersWith", b)
    u.says(u.entity("云杉"), "partnersWith", u.entity("蓝湖"))
    ledger.add(t.document), ledger.add(u.document)
    literal, partners = sorted(ledger.facts(), key=lambda f: f.predicate)
    assert literal.object == LiteralValue("人工智能")
    assert partners.sources == 2
    assert isinstance(partners.object, Node)
    assert partners.subject.id < partners.object.id


# ---- the account ----------------------------------------------------------------------------------------------------


def test_every_candidate_is_accounted_for(ledger: Ledger) -> None:
    t = Told("甲")
    a, b = t.entity("蓝湖"), t.entity("云杉")
    first = t.says(a, "partnersWith", b)
    t.says(a, "partnersWith", b, sentence="另有一句：蓝湖与云杉合作。")
    t.statements.append(first)
    t.refuses(t.says(b, "acquired", a))
    t.statements.append(replace(first, id="s1"))
    t.statements.append(replace(first, id=mint("s", "x"), predicate="loves"))
    t.statements.append(replace(first, id=mint("s", "y"), subject=replace(a, type="Firm")))
    event = t.happens("Partnership", {"parties": [a, b]})
    t.events.append(event)
    t.events.append(replace(event, id="v1"))
    observation = t.observes("营收", 1.0)
    t.observations.append(replace(observation, id=mint("b", "z"), reporter=Node("e1", "无", "Company")))
    receipt = ledger.add(t.document)
    assert receipt.statements == Tally(read=7, accepted=1, rejected=4, skipped=2)
    assert receipt.events == Tally(read=3, accepted=1, rejected=1, skipped=1)
    assert receipt.observations == Tally(read=2, accepted=1, rejected=1, skipped=0)
    assert sorted(q.rejection.rule for q in ledger.rejections()) == [
        "bad-id",
        "bad-id",
        "bad-id",
        "domain",
        "vocabulary",
        "vocabulary",
    ]
    (fact,) = ledger.facts()
    assert len(fact.evidence) == 2
    assert fact.sources == 1


def test_an_entity_of_no_class_is_refused_with_a_hint(ledger: Ledger) -> None:
    t = Told("甲")
    t.entity("蓝湖")
    (known,) = t.document.entities
    ledger.add(replace(t.document, entities=(known, replace(known, id=mint("e", "x"), type="Compny"))))
    (refused,) = ledger.rejections()
    assert refused.rejection.rule == "vocabulary"
    assert "Company" in refused.rejection.reason
    assert len(list(ledger.entities())) == 1


def test_an_event_with_the_id_of_another_items_event_is_refused(ledger: Ledger) -> None:
    t, u = funding("甲"), funding("乙")
    u.events[0] = replace(u.events[0], id=t.events[0].id)
    u.observations[0] = replace(u.observations[0], id=t.observations[0].id)
    ledger.add(t.document)
    receipt = ledger.add(u.document)
    assert receipt.events == Tally(1, 0, 1, 0)
    assert receipt.observations == Tally(1, 0, 1, 0)
    assert {q.rejection.rule for q in ledger.rejections(item="乙")} == {"duplicate-id"}
    ledger.forget("乙")
    assert list(ledger.events()) == t.events


@settings(deadline=None, max_examples=40)
@given(items(3))
def test_nothing_read_vanishes(documents: list[Document]) -> None:
    with Ledger.open(":memory:", SCHEMA) as ledger:
        for document in (*documents, *documents):
            receipt = ledger.add(document)
            given_ = (document.statements, document.events, document.observations)
            for tally, told in zip((receipt.statements, receipt.events, receipt.observations), given_, strict=True):
                assert tally.read == len(told) == tally.accepted + tally.rejected + tally.skipped


# ---- forgetting -----------------------------------------------------------------------------------------------------


def test_forgetting_is_exact(ledger: Ledger) -> None:
    empty = text(ledger)
    t = funding()
    t.refuses(t.says(t.entity("云杉资本", "InvestmentFirm"), "acquired", t.entity("蓝湖科技")))
    ledger.add(t.document)
    full = text(ledger)
    gone = ledger.forget("甲")
    assert (gone.evidence, gone.statements, gone.entities, gone.events, gone.observations, gone.rejections) == (
        2,
        2,
        3,
        1,
        1,
        1,
    )
    assert text(ledger) == empty
    ledger.add(t.document)
    assert text(ledger) == full


def test_forgetting_keeps_what_others_say(ledger: Ledger) -> None:
    ledger.add(funding("甲").document)
    only = views(ledger)
    ledger.add(funding("乙", "2022-01-01").document)
    assert next(ledger.facts(predicate="raisedFrom")).items == ("甲", "乙")
    gone = ledger.forget("乙")
    assert (gone.evidence, gone.statements, gone.entities) == (2, 1, 1)
    assert views(ledger) == only


def test_forgetting_the_unknown_names_what_is_near(ledger: Ledger) -> None:
    ledger.add(funding("简报-2021-11-1").document)
    with pytest.raises(UnknownNameError) as caught:
        ledger.forget("简报-2021-11-2")
    assert caught.value.nearest == ("简报-2021-11-1",)


@settings(deadline=None, max_examples=60)
@given(items(5), st.randoms(use_true_random=False))
def test_any_order_of_loading_gives_the_same(documents: list[Document], chance: Any) -> None:
    shuffled = list(documents)
    chance.shuffle(shuffled)
    with Ledger.open(":memory:", SCHEMA) as one, Ledger.open(":memory:", SCHEMA) as other:
        for document in documents:
            one.add(document)
        for document in shuffled:
            other.add(document)
        assert text(one) == text(other)
        assert views(one) == views(other)


@settings(deadline=None, max_examples=60)
@given(items(4), st.data())
def test_an_item_forgotten_leaves_no_trace_and_comes_back_whole(documents: list[Document], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(documents))
    with Ledger.open(":memory:", SCHEMA) as ledger, Ledger.open(":memory:", SCHEMA) as without:
        for document in documents:
            ledger.add(document)
            if document is not gone:
                without.add(document)
        before, shown = text(ledger), views(ledger)
        ledger.forget(gone.item.id)
        assert text(ledger) == text(without)
        assert views(ledger) == views(without)
        assert ledger.check() == []
        ledger.add(gone)
        assert text(ledger) == before
        assert views(ledger) == shown
        assert ledger.check() == []


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


# ---- quarantine -----------------------------------------------------------------------------------------------------


def test_rejections_are_kept_found_and_dismissed(ledger: Ledger) -> None:
    t = funding()
    rejection = t.refuses(t.says(t.entity("云杉资本", "InvestmentFirm"), "acquired", t.entity("蓝湖科技")))
    ledger.add(t.document)
    broken = Rejection("read", "bad-json", "第3行不是 JSON", source="坏.jsonl", text="\ud800{")
    assert ledger.reject(broken)
    sequence = ledger.sequence
    assert not ledger.reject(broken)
    assert ledger.sequence == sequence
    assert {q.rejection.rule for q in ledger.rejections()} == {"domain", "bad-json"}
    (of_item,) = ledger.rejections(item="甲", stage="validate")
    assert of_item.rejection == rejection
    assert of_item.ontology == SCHEMA.version
    (of_source,) = ledger.rejections(source="坏.jsonl", rule="bad-json")
    assert of_source.rejection.text == "\ufffd{"
    assert ledger.rejection(of_source.id) == of_source
    with pytest.raises(UnknownNameError):
        ledger.rejection("q0000000000000001")
    assert ledger.dismiss([of_source.id]) == 1
    with pytest.raises(UnknownNameError):
        ledger.dismiss([of_item.id, of_source.id])
    assert [q.id for q in ledger.rejections()] == [of_item.id]


def test_an_item_that_is_read_at_last_loses_its_rejections(ledger: Ledger) -> None:
    ledger.reject(Rejection("extract", "internal-error", "失败", item="甲"))
    ledger.add(funding().document)
    assert list(ledger.rejections()) == []


def test_replay_takes_what_the_ontology_takes_now(ledger: Ledger) -> None:
    t = funding()
    company, investor = t.entity("蓝湖科技"), t.entity("云杉资本", "InvestmentFirm")
    t.refuses(t.says(investor, "holdsStakeIn", company, stake="5%"), "vocabulary")
    t.refuses(t.says(company, "worksFor", investor, title="无"), "domain")
    t.refuses(t.says(investor, "controls", company), "evidence")
    ledger.add(t.document)
    before = ledger.sequence
    assert ledger.replay(validate) == Tally(read=2, accepted=1, rejected=1)
    (fact,) = ledger.facts(predicate="holdsStakeIn")
    assert fact.qualifiers == {"stake": "5%"}
    assert fact.items == ("甲",)
    assert {q.rejection.rule for q in ledger.rejections()} == {"domain", "evidence"}
    assert ledger.changes(before).facts == {fact.id}
    assert ledger.replay(validate) == Tally(read=1, accepted=0, rejected=1)
    ledger.forget("甲")
    assert list(ledger.facts()) == []


# ---- many at once ---------------------------------------------------------------------------------------------------


def test_many_at_once_are_as_one_by_one(tmp_path: Path) -> None:
    documents = [funding(str(i), f"2021-11-{i:02d}").document for i in range(1, 13)]
    with (
        Ledger.open(tmp_path / "one.db", SCHEMA) as one,
        Ledger.open(tmp_path / "many.db", SCHEMA) as many,
        Ledger.open(tmp_path / "bulk.db", SCHEMA) as bulk,
    ):
        receipts = [one.add(d) for d in documents]
        assert list(many.add_all(documents, batch=5)) == receipts
        with bulk.bulk(batch=5):
            assert [bulk.add(d) for d in documents] == receipts
            bulk.forget("3")
        one.forget("3"), many.forget("3")
        assert text(one) == text(many) == text(bulk)
        assert many.check() == bulk.check() == []


def test_items_that_are_there_or_come_twice_are_added_in_their_order() -> None:
    first = [funding(str(i), f"2021-11-{i:02d}").document for i in range(1, 6)]
    second = [funding("6").document, funding("2", "2021-12-02").document, funding("7").document, first[2]]
    again = [*second, funding("7", "2021-12-07").document, funding("8").document]
    with Ledger.open(":memory:", SCHEMA) as one, Ledger.open(":memory:", SCHEMA) as many:
        expected = [one.add(d) for d in (*first, *again)]
        assert [*many.add_all(first), *many.add_all(again)] == expected
        assert [(r.added, r.replaced) for r in expected[5:]] == [
            *((True, False), (True, True), (True, False), (False, False), (True, True), (True, False))
        ]
        assert text(one) == text(many)
        assert one.sequence == many.sequence
        assert many.check() == []


def test_documents_that_end_in_an_error_are_kept_up_to_it() -> None:
    def some() -> Iterator[Document]:
        yield funding("甲").document
        yield funding("乙").document
        raise RuntimeError("no more")

    with Ledger.open(":memory:", SCHEMA) as ledger:
        receipts = ledger.add_all(some())
        assert [next(receipts).item, next(receipts).item] == ["甲", "乙"]
        with pytest.raises(RuntimeError, match="no more"):
            next(receipts)
        assert [i.id for i in ledger.items()] == ["甲", "乙"]
        assert ledger.check() == []


def test_an_item_that_says_too_much_does_not_take_those_before_it_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.journal._MOST", 40)
    talkative = funding("乙")
    for n in range(20):
        talkative.says(talkative.entity("蓝湖科技"), "raisedFrom", talkative.entity(f"云杉{n}号", "InvestmentFirm"))
    with Ledger.open(":memory:", SCHEMA) as ledger:
        with pytest.raises(LedgerError, match="乙 says more than 40 things"):
            list(ledger.add_all([funding("甲").document, talkative.document, funding("丙").document]))
        assert [i.id for i in ledger.items()] == ["甲"]
        assert ledger.check() == []


def test_what_is_done_when_a_bulk_write_fails_stays_done(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        with pytest.raises(RuntimeError), ledger.bulk():
            ledger.add(funding("甲").document)
            ledger.add(funding("乙").document)
            raise RuntimeError
        ledger.add(funding("丙").document)
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        assert {i.id for i in ledger.items()} == {"甲", "乙", "丙"}
        assert ledger.check() == []


def test_an_item_that_fails_halfway_leaves_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.add(funding("甲").document)
    before = text(ledger)

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("kg.link.Linker.meet", fail)
        with pytest.raises(RuntimeError):
            ledger.add(funding("乙").document)
    assert text(ledger) == before
    ledger.add(funding("乙").document)
    assert ledger.item("乙") is not None


def test_one_that_fails_in_a_bulk_write_does_not_take_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    write = Journal.write

    def fail_for(self: Journal, items: Sequence[Rows], first: int) -> list[set[int]]:
        taken = write(self, items, first)
        if items[0].item[0] == "丙":
            raise RuntimeError
        return taken

    with Ledger.open(":memory:", SCHEMA) as ledger, Ledger.open(":memory:", SCHEMA) as right:
        for item in "甲乙丁":
            right.add(funding(item).document)
        right.forget("甲")
        monkeypatch.setattr(Journal, "write", fail_for)
        with ledger.bulk():
            ledger.add(funding("甲").document)
            ledger.add(funding("乙").document)
            ledger.forget("甲")
            with pytest.raises(RuntimeError):
                ledger.add(funding("丙").document)
            ledger.add(funding("丁").document)
        assert text(ledger) == text(right)
        assert ledger.check() == []


def test_threads_may_share_a_ledger(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "kg.db", SCHEMA) as ledger:
        threads = [
            threading.Thread(target=lambda n=n: [ledger.add(funding(f"{n}-{i}").document) for i in range(10)])
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(list(ledger.items())) == 40
        assert ledger.check() == []
