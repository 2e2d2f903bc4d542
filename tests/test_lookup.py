"""Names of entities as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from graph_corpus import Writer

from kg.errors import UnknownNameError, UsageError
from kg.explore import profile
from kg.ledger import Ledger
from kg.lookup import entities_named, entity_named

if TYPE_CHECKING:
    from kg.schema import Schema

    pass


@pytest.mark.parametrize("name", ["蓝湖科技", "蓝湖", "藍湖科技", " 蓝湖 科技 "])
def test_any_name_in_any_letters(corpus: Ledger, name: str) -> None:
    assert entity_named(corpus, name).name == "蓝湖科技"
    assert entity_named(corpus, entity_named(corpus, name).id).name == "蓝湖科技"


@pytest.mark.parametrize(("name", "near"), [("蓝湖科枝", "蓝湖科技"), ("远山资", "远山资本"), ("湖科", "蓝湖科技")])
def test_unknown_name_comes_with_the_nearest(corpus: Ledger, name: str, near: str) -> None:
    """A part of a name is not the name: nobody should get another company's profile for a slip."""
    with pytest.raises(UnknownNameError) as caught:
        entity_named(corpus, name)
    assert near in caught.value.nearest


def test_ambiguous_name_lists_the_candidates(schema: Schema) -> None:
    with Ledger.open(":memory:", schema) as ledger:
        for item, company in (("a", "蓝湖科技"), ("b", "青岚智能")):
            w = Writer(schema, item, "任命").entity("王明", "Person").entity(company, "Company")
            ledger.add(w.says(f"王明任{company}CEO。").state("王明", "worksFor", company, title="CEO").document())
        people = entities_named(ledger, "王明")
        assert len(people) == 2
        with pytest.raises(UsageError) as caught:
            profile(ledger, schema, "王明")
        assert all(p.id in str(caught.value) for p in people)
        assert profile(ledger, schema, people[0].id).name == "王明"


def test_preferred_name_wins_over_an_alias(schema: Schema) -> None:
    with Ledger.open(":memory:", schema) as ledger:
        w = Writer(schema, "a", "两家").entity("远山", "Company").entity("北岸基金", "InvestmentFirm", "远山")
        w.entity("青岚智能", "Company").says("远山与北岸基金投资青岚智能。")
        w.state("青岚智能", "raisedFrom", "远山").state("青岚智能", "raisedFrom", "北岸基金")
        ledger.add(w.state("远山", "competesWith", "北岸基金").document())
        assert [e.name for e in entities_named(ledger, "远山")] == ["远山"]
