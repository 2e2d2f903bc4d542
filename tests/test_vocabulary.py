from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from kg.vocabulary import data, markdown

if TYPE_CHECKING:
    from kg.schema import Schema


@pytest.fixture(scope="module")
def page(schema: Schema) -> str:
    return markdown(schema)


def section(page: str, title: str) -> str:
    return page.split(f"\n{title}\n")[1].split("\n## ")[0]


def test_every_term_is_on_the_page(schema: Schema, page: str) -> None:
    classes = section(page, "## Classes")
    for cls in schema.classes.values():
        assert f"- **{cls.name}** {cls.label_zh}: {cls.definition} {cls.definition_zh}" in classes
    relations = section(page, "## Relations")
    for prop in schema.properties.values():
        assert f"`{prop.name}`<br>`{prop.relationship_type}` | {prop.label_zh}" in relations
        assert prop.definition in relations
        assert prop.definition_zh in relations
    for event in schema.events.values():
        assert f"### {event.name} {event.label_zh}" in page
    for status in schema.statuses.values():
        assert status.definition_zh in section(page, "## Statuses")
    for value in schema.values.values():
        assert f"| `{value.name}` | {value.label_zh} | {value.datatype} |" in section(page, "## Values and qualifiers")


def test_classes_are_a_tree(page: str) -> None:
    classes = section(page, "## Classes")
    depths = dict(re.findall(r"^( *)- \*\*(\w+)\*\*", classes, re.MULTILINE)[i][::-1] for i in range(5))
    assert depths == {"Agent": "", "Person": "  ", "Organization": "  ", "Company": "    ", "InvestmentFirm": "      "}
    assert "  - Country 国家: see above" in classes


def test_a_relation_shows_ends_qualifiers_and_what_it_is_related_to(page: str) -> None:
    lines = {line.split("`")[1]: line for line in section(page, "## Relations").splitlines() if line.startswith("| `")}
    assert "Organization → Agent" in lines["raisedFrom"]
    assert "**`round`**, `date`, `amount`, `role` (lead 领投, follow 跟投" in lines["raisedFrom"]
    assert "Read the other way round: `investedIn` 投资." in lines["raisedFrom"]
    assert "Organization ↔ Organization" in lines["partnersWith"]
    assert "Under `partOf`." in lines["subsidiaryOf"]
    assert "Agent, Project → Product, Technology, Project" in lines["developed"]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("FundingRound 融资", "- `company` **raisedFrom** `lead`; with date, round, amount; role = lead"),
        (
            "FundingRound 融资",
            "- `company` **raisedFrom** `investors`; where lead is not told; with date, round, amount",
        ),
        (
            "Partnership 合作",
            "- `parties` **partnersWith** `parties` (all pairs); where counterparties is not told; with",
        ),
        ("Listing 上市", "- `company` **listedOn** `exchange`; where stage is listed; with date, amount, ticker"),
        ("Appointment 任免", "where action is appointed or is not told; with title, from from date"),
        (
            "Appointment 任免",
            "where action is left; with title, to from date; ended, and only if the event is asserted or ended",
        ),
        ("Investment 投资", "where stake is told; with date, stake"),
        (
            "Conference 会议",
            "- **`name`** 会议 (Conference): The conference itself. 会议本身。 It is the event itself.",
        ),
        ("Accession 加入", "- `stage` (applied 申请, joined 加入, left 退出) 阶段 (string): "),
    ],
)
def test_an_event_shows_what_it_implies(page: str, event: str, line: str) -> None:
    assert line in page.split(f"### {event}\n")[1].split("\n### ")[0]


def test_the_page_is_whole_markdown(page: str) -> None:
    assert page.startswith("# The vocabulary\n")
    assert page.endswith("\n")
    assert "\n\n\n" not in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        widths = {line.count("|") for line in table.splitlines()}
        assert len(widths) == 1, table.splitlines()[0]
    assert len(rows) > 80


def test_data_survive_json(schema: Schema) -> None:
    whole = data(schema)
    assert json.loads(json.dumps(whole, ensure_ascii=False)) == whole
    assert whole["version"] == schema.version
    assert [c["name"] for c in whole["classes"]] == list(schema.classes)
    assert [e["name"] for e in whole["events"]] == list(schema.events)


def test_data_hold_what_programs_need(schema: Schema) -> None:
    whole = data(schema)
    raised = next(r for r in whole["relations"] if r["name"] == "raisedFrom")
    assert raised["type"] == "RAISED_FROM"
    assert (raised["domain"], raised["range"]) == (["Organization"], ["Agent"])
    assert raised["label"] == {"zh": "融资自", "en": "raised from"}
    assert [q["name"] for q in raised["qualifiers"] if q["identifying"]] == ["round"]
    role = next(q for q in raised["qualifiers"] if q["name"] == "role")
    assert role["words"][0] == {"name": "lead", "label": {"zh": "领投", "en": "leads"}}
    firm = next(c for c in whole["classes"] if c["name"] == "InvestmentFirm")
    assert firm["labels"] == ["InvestmentFirm", "Company", "Organization", "Agent"]
    assert "Product" in firm["disjoint"]
    listing = next(e for e in whole["events"] if e["name"] == "Listing")
    assert [r["name"] for r in listing["roles"] if r["main"]] == ["company"]
    assert listing["implies"][0]["when"] == {"stage": ["listed"]}
    assert whole["inverses"][0]["of"] == "raisedFrom"
