from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from kg.handbook import page
from kg.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA = Schema.load()
VOID = {"meta", "input", "br"}


class Reader(HTMLParser):
    """What a browser would see: anchors, links, what it would fetch; and whether all that opens closes."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.targets.append(str(given["href"]))
        elif tag in ("script", "link", "img", "iframe") or "src" in given:
            self.fetched.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def html() -> str:
    return page(SCHEMA)


@pytest.fixture(scope="module")
def seen(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def test_every_term_has_its_anchor_once(seen: Reader) -> None:
    groups = (SCHEMA.classes, SCHEMA.properties, SCHEMA.inverses, SCHEMA.roles, SCHEMA.values, SCHEMA.statuses)
    terms = {name for group in (*groups, SCHEMA.lists, SCHEMA.records, SCHEMA.attributes) for name in group}
    assert terms <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))


def test_links_lead_somewhere(seen: Reader) -> None:
    inner = {target.removeprefix("#") for target in seen.targets if target.startswith("#")}
    assert inner <= set(seen.ids)
    outer = [target for target in seen.targets if not target.startswith("#")]
    assert "http://www.w3.org/ns/org#Organization" in outer


def test_the_page_asks_for_nothing(html: str, seen: Reader) -> None:
    assert seen.fetched == []
    assert not re.search(r"@import|url\(", html)


def test_both_languages_say_as_much(html: str) -> None:
    counts = [len(re.findall(f'<(?:span|text)[^>]* lang="{language}">', html)) for language in ("zh", "en")]
    assert counts[0] == counts[1] > 1000


def section(html: str, name: str) -> str:
    return html.split(f'<article id="{name}">')[1].split("</article>")[0]


def test_a_relation_shows_ends_qualifiers_and_alignments(html: str) -> None:
    shown = section(html, "raisedFrom")
    for target in ("Organization", "Agent", "round", "investedIn", "FundingRound"):
        assert f'href="#{target}"' in shown
    assert '<strong><a href="#round"' in shown
    assert "http://www.wikidata.org/entity/P1951" in shown
    assert SCHEMA.properties["raisedFrom"].example in shown


def test_an_event_shows_what_it_implies_in_both_languages(html: str) -> None:
    shown = section(html, "Appointment")
    assert re.search(r'若</span>.*?href="#action".*?为</span>.*?<code>appointed</code>', shown)
    assert re.search(r'only if the event is</span>.*?href="#asserted".*?href="#ended"', shown)


def test_the_diagram_has_every_relation(html: str) -> None:
    drawing = html.split("<svg viewBox")[1].split("</svg>")[0]
    assert set(re.findall(r'<a href="#(\w+)"><g class="relation', drawing)) == set(SCHEMA.properties)
    curves = sum(len(r.domain) + len(r.range) for r in SCHEMA.properties.values())
    assert drawing.count("<path") == curves


def test_the_command_writes_the_page(run: Callable[..., object], here: Path, html: str) -> None:
    ran = run("vocabulary", "--html", "words.html")
    assert "words.html: 44 classes" in ran.out  # type: ignore[attr-defined]
    assert (here / "words.html").read_text(encoding="utf8") == html
    assert run("vocabulary", "--html", "no/such/folder.html").code == 1  # type: ignore[attr-defined]
