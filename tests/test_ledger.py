"""The ledger: what it takes and refuses, how it accounts for it, and how it forgets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA, Told, funding, items
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_contents import text, views

from kg.errors import UnknownNameError
from kg.ledger import Ledger, Receipt, Tally
from kg.model import LiteralValue, Node, Rejection, mint
from kg.validate import validate

if TYPE_CHECKING:
    from kg.model import Document


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
