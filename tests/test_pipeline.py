"""Whatever goes wrong, and wherever: what was read is accounted for, and the others go on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from documents import SCHEMA, Told
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import pipeline, reading
from kg.errors import LedgerError, UnknownNameError, UsageError
from kg.ledger import Ledger
from kg.loading import ItemError, Record
from kg.model import Document, Rejection, Span
from kg.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.intake import Rows
    from kg.model import NewsItem
    from kg.schema import Schema
    from kg.source import Source

COUNT = 4


def _document(number: int) -> Document:
    """Three statements, an event, an observation; one statement is of a relation that does not exist."""
    told = Told(f"新闻{number}", "2021-11-03")
    company = told.entity(f"蓝湖{number}")
    fund = told.entity("云杉资本", "InvestmentFirm")
    round_ = told.happens("FundingRound", {"company": [company], "investors": [fund]}, date="2021-11-03")
    told.says(company, "raisedFrom", fund, event=round_.id, round="A")
    told.says(company, "partnersWith", fund, confidence=0.4)
    told.observes("营收", float(number), company)
    told.statements.append(replace(told.says(company, "uses", fund), predicate="knows"))
    told.statements.pop(-2)
    return told.document


class Loader:
    """Gives the documents' items; the numbers in `broken` fail, and after `stop` records it breaks off."""

    name = "fake"
    description = "for tests"
    suffixes = (".txt",)

    def __init__(self, broken: dict[int, Exception] | None = None, stop: int | None = None) -> None:
        self.broken = broken or {}
        self.stop = stop

    def accepts(self, source: Source) -> float:
        return 1.0

    def records(self, source: Source) -> Iterator[Record]:
        for number in range(1, COUNT + 1):
            if number - 1 == self.stop:
                raise OSError("the line went dead")
            yield Record(number, number, None)

    def item(self, source: Source, record: Record) -> NewsItem:
        if error := self.broken.get(record.number):
            raise error
        return _document(record.number).item


class Extractor:
    schema = SCHEMA

    def __init__(self, broken: tuple[int, ...] = ()) -> None:
        self.broken = {f"新闻{n}" for n in broken}

    def extract(self, item: NewsItem, /) -> Document:
        if item.id in self.broken:
            raise ZeroDivisionError("by zero")
        return _document(int(item.id[2:]))


@pytest.fixture
def news(tmp_path: Path) -> str:
    file = tmp_path / "news.txt"
    file.write_text("新闻", encoding="utf-8")
    return str(file)


def _use(monkeypatch: pytest.MonkeyPatch, loader: Loader) -> None:
    monkeypatch.setattr(pipeline, "choose", lambda source, name=None: loader)


def _load(news: str, ledger: Ledger, extractor: Extractor | None = None, **options: object) -> pipeline.LoadReport:
    report = pipeline.load([news], ledger, extractor or Extractor(), **options)  # type: ignore[arg-type]
    assert report.balanced
    assert sum(report.rules.values()) == len(list(ledger.rejections()))
    return report


def _rules(ledger: Ledger) -> list[tuple[str, str]]:
    return sorted((q.rejection.stage, q.rejection.rule) for q in ledger.rejections())


def test_a_load_counts_what_it_read_before_it_looks_at_it(
    monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger
) -> None:
    _use(monkeypatch, Loader())
    report = _load(news, ledger)
    assert (report.items.read, report.items.accepted) == (COUNT, COUNT)
    assert (report.statements.read, report.statements.accepted, report.statements.rejected) == (12, 8, 4)
    assert (report.events.read, report.events.accepted) == (COUNT, COUNT)
    assert (report.observations.read, report.observations.accepted) == (COUNT, COUNT)
    assert report.rules == {"vocabulary": COUNT}
    assert report.ok
    again = _load_twice(news, ledger)
    assert (again.items.read, again.items.skipped, again.statements.read) == (COUNT, COUNT, 0)
    anew = _load_twice(news, ledger, again=True)
    assert (anew.items.skipped, anew.statements.read, anew.statements.skipped) == (COUNT, 12, 12)


def _load_twice(news: str, ledger: Ledger, **options: object) -> pipeline.LoadReport:
    report = pipeline.load([news], ledger, Extractor(), **options)  # type: ignore[arg-type]
    assert report.balanced
    return report


# ---- a failure in every stage ----------------------------------------------------------------------------------------


def test_a_loader_that_breaks_off_keeps_what_came_before(
    monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger
) -> None:
    _use(monkeypatch, Loader(stop=2))
    report = _load(news, ledger)
    assert (report.items.read, report.items.accepted) == (2, 2)
    assert not report.ok
    assert "after 2 items: OSError: the line went dead" in report.failed[0]
    assert ("read", "internal-error") in _rules(ledger)


def test_a_loader_that_gives_nothing_has_failed(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    _use(monkeypatch, Loader(stop=0))
    report = _load(news, ledger)
    assert (report.items.read, report.sources, len(report.failed)) == (0, 1, 1)


def test_a_source_without_items_is_told(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    empty = Loader()
    empty.records = lambda source: iter(())  # type: ignore[method-assign]
    _use(monkeypatch, empty)
    report = _load(news, ledger)
    assert report.failed == ["news.txt: the loader 'fake' finds no item in it; name another one with --loader"]
    assert _rules(ledger) == [("read", "no-items")]


def test_an_item_that_cannot_be_built(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    refused = ItemError("bad-date", "news.txt, line 2: '昨天' is no date", Span(0, 2))
    _use(monkeypatch, Loader({2: refused, 3: KeyError("text")}))
    report = _load(news, ledger)
    assert (report.items.read, report.items.accepted, report.items.rejected) == (4, 2, 2)
    rows = {q.rejection.rule: q.rejection for q in ledger.rejections(stage="read")}
    assert rows["bad-date"].text == "新闻"
    assert "line 3" in rows["internal-error"].reason
    assert "KeyError" in rows["internal-error"].reason
    assert report.ok


def test_an_item_that_extraction_fails_at(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    _use(monkeypatch, Loader())
    report = _load(news, ledger, Extractor((1, 4)))
    assert (report.items.read, report.items.accepted, report.items.rejected) == (4, 2, 2)
    assert report.statements.read == 6
    failed = [q.rejection for q in ledger.rejections(stage="extract")]
    assert [r.item for r in failed] == ["新闻1", "新闻4"]
    assert all(r.rule == "internal-error" and "ZeroDivisionError: by zero" in r.reason for r in failed)


def test_an_item_that_validation_fails_at(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    def fails(document: Document, schema: Schema) -> Document:
        if document.item.id == "新闻3":
            raise RecursionError("too deep")
        return validate(document, schema)

    _use(monkeypatch, Loader())
    monkeypatch.setattr(reading, "validate", fails)
    report = _load(news, ledger)
    assert (report.items.accepted, report.items.rejected) == (3, 1)
    assert (report.statements.read, report.statements.accepted, report.statements.rejected) == (12, 6, 6)
    assert (report.events.rejected, report.observations.rejected) == (1, 1)
    failed = [q.rejection for q in ledger.rejections(item="新闻3")]
    assert len([r for r in failed if r.candidate is None]) == 1
    assert len([r for r in failed if r.candidate is not None]) == 5


def test_what_validation_forgets_is_refused(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    def forgets(document: Document, schema: Schema) -> Document:
        checked = validate(document, schema)
        return replace(checked, statements=checked.statements[1:], observations=())

    _use(monkeypatch, Loader())
    monkeypatch.setattr(reading, "validate", forgets)
    report = _load(news, ledger)
    assert (report.statements.read, report.statements.accepted, report.statements.rejected) == (12, 4, 8)
    assert (report.observations.read, report.observations.rejected) == (4, 4)
    assert report.rules["lost"] == 8


def test_an_item_that_cannot_be_stored(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    put = ledger.put

    def fails(rows: Rows, document: Callable[[], Document]) -> object:
        if rows.item[0] == "新闻2":
            raise MemoryError("too much")
        if rows.item[0] == "新闻3":
            raise LedgerError("this row is too long")
        return put(rows, document)

    _use(monkeypatch, Loader())
    monkeypatch.setattr(ledger, "put", fails)
    report = _load(news, ledger)
    assert (report.items.accepted, report.items.rejected) == (2, 2)
    assert (report.statements.read, report.statements.accepted, report.statements.rejected) == (12, 4, 8)
    rules = {q.rejection.item: q.rejection.rule for q in ledger.rejections(stage="store")}
    assert rules == {"新闻2": "internal-error", "新闻3": "ledger"}


def test_a_ledger_that_cannot_be_written_ends_the_load(
    monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger
) -> None:
    def full(*_: object) -> None:
        raise LedgerError("the disk is full")

    _use(monkeypatch, Loader())
    monkeypatch.setattr(ledger, "put", full)
    monkeypatch.setattr(ledger, "reject", full)
    with pytest.raises(LedgerError, match="full"):
        pipeline.load([news], ledger, Extractor())


def test_a_loader_that_cannot_be_chosen_is_a_failure_of_that_source(
    monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger
) -> None:
    def fails(source: Source, name: str | None = None) -> Loader:
        raise AttributeError("no such thing")

    monkeypatch.setattr(pipeline, "choose", fails)
    report = _load(news, ledger)
    assert "AttributeError" in report.failed[0]
    assert _rules(ledger) == [("read", "internal-error")]


@given(st.lists(st.sampled_from(["", "item", "extract", "validate", "store"]), min_size=COUNT, max_size=COUNT))
@settings(deadline=None)
def test_the_account_holds_whatever_fails(failures: list[str]) -> None:
    at = {f"新闻{n}": stage for n, stage in enumerate(failures, 1)}
    broken = {n: RuntimeError("item") for n, stage in enumerate(failures, 1) if stage == "item"}

    def check(document: Document, schema: Schema) -> Document:
        if at[document.item.id] == "validate":
            raise RuntimeError("validate")
        return validate(document, schema)

    with pytest.MonkeyPatch.context() as patch, Ledger.open(":memory:", SCHEMA) as ledger:
        put = ledger.put

        def store(rows: Rows, document: Callable[[], Document]) -> object:
            if at[rows.item[0]] == "store":
                raise RuntimeError("store")
            return put(rows, document)

        patch.setattr(pipeline, "expand", lambda paths: [_Named("news.txt")])
        patch.setattr(pipeline, "read_source", lambda path, date=None: _Plain())
        patch.setattr(reading, "validate", check)
        patch.setattr(ledger, "put", store)
        _use(patch, Loader(broken))
        broken_extractor = Extractor(tuple(n for n, stage in enumerate(failures, 1) if stage == "extract"))
        report = _load("news.txt", ledger, broken_extractor)
        assert report.items.read == COUNT
        assert report.items.accepted == failures.count("") == len(list(ledger.items()))
        made = COUNT - failures.count("item") - failures.count("extract")
        assert report.statements.read == 3 * made
        assert report.statements.accepted == 2 * failures.count("")


class _Named:
    def __init__(self, name: str) -> None:
        self.name = name


class _Plain:
    name, text, date, encoding, damaged = "news.txt", "新闻", None, "utf-8", 0


# ---- sources ---------------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ledger: Ledger
) -> None:
    (tmp_path / "a.txt").write_bytes(b"%PDF-1.4\n\x00\x01")
    (tmp_path / "b.txt").write_bytes(b"")
    (tmp_path / "c.txt").write_text("新闻", encoding="utf-8")
    _use(monkeypatch, Loader())
    report = pipeline.load([str(tmp_path)], ledger, Extractor())
    assert (report.sources, len(report.failed), report.items.accepted) == (3, 2, COUNT)
    assert not report.ok
    assert {q.rejection.source for q in ledger.rejections(rule="unreadable-source")} == {"a.txt", "b.txt"}


def test_an_id_met_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ledger: Ledger) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("新闻", encoding="utf-8")

    class Other(Loader):
        def item(self, source: Source, record: Record) -> NewsItem:
            item = super().item(source, record)
            return replace(item, title="另一条") if source.name == "b.txt" and record.number == 1 else item

    _use(monkeypatch, Other())
    report = _load(str(tmp_path), ledger)
    assert (report.items.read, report.items.accepted, report.items.skipped, report.items.rejected) == (8, 4, 3, 1)
    assert "of another item in a.txt" in next(ledger.rejections(rule="duplicate-id")).rejection.reason


def test_an_id_of_another_source_takes_no_ones_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ledger: Ledger
) -> None:
    (tmp_path / "a.txt").write_text("新闻", encoding="utf-8")
    (tmp_path / "b.txt").write_text("新闻", encoding="utf-8")

    class Other(Loader):
        def item(self, source: Source, record: Record) -> NewsItem:
            item = super().item(source, record)
            return replace(item, source="乙报", title="另一条") if source.name == "b.txt" else item

    _use(monkeypatch, Other())
    _load(str(tmp_path / "a.txt"), ledger)
    report = pipeline.load([str(tmp_path / "b.txt")], ledger, Extractor())
    assert report.balanced
    assert (report.items.accepted, report.items.rejected, report.replaced) == (0, COUNT, 0)
    assert "乙报" not in {item.source for item in ledger.items()}
    assert "or kg forget" in next(ledger.rejections(rule="duplicate-id")).rejection.reason


@pytest.mark.parametrize("date", ["昨天", "2021-13", "2021-01/2021-03", "03.11.2021"])
def test_a_date_that_is_none_is_refused_before_anything_is_read(news: str, ledger: Ledger, date: str) -> None:
    with pytest.raises(UsageError, match="is no date; write 2021-11-03"):
        pipeline.load([news], ledger, Extractor(), date=date)
    assert not list(ledger.rejections())


def test_an_unknown_loader_or_path_is_the_callers_mistake(news: str, ledger: Ledger) -> None:
    with pytest.raises(UnknownNameError, match="newsletter"):
        pipeline.load([news], ledger, Extractor(), loader="newsleter")
    with pytest.raises(UsageError, match="no such file"):
        pipeline.load([f"{news}.gone"], ledger, Extractor())


# ---- options ---------------------------------------------------------------------------------------------------------


def test_what_is_less_sure_is_skipped_and_counted(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    _use(monkeypatch, Loader())
    report = _load(news, ledger, min_confidence=0.5)
    assert (report.statements.accepted, report.statements.skipped) == (4, 4)
    assert [f.predicate for f in ledger.facts()] == ["raisedFrom"] * 4


def test_a_statement_does_not_point_to_an_event_that_was_skipped(
    monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger
) -> None:
    class Unsure(Extractor):
        def extract(self, item: NewsItem, /) -> Document:
            document = super().extract(item)
            return replace(document, events=tuple(replace(e, confidence=0.3) for e in document.events))

    _use(monkeypatch, Loader())
    report = _load(news, ledger, Unsure(), min_confidence=0.5)
    assert (report.events.read, report.events.skipped) == (COUNT, COUNT)
    assert all(not fact.events for fact in ledger.facts())
    assert ledger.check() == []


def test_progress_is_told_after_each_item(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ledger: Ledger) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("新闻", encoding="utf-8")
    _use(monkeypatch, Loader({3: KeyError("x")}))
    seen: list[pipeline.Progress] = []
    pipeline.load([str(tmp_path)], ledger, Extractor(), progress=seen.append)
    assert [(p.source, p.done, p.items) for p in seen] == [(n, d, 4) for n in ("a.txt", "b.txt") for d in (1, 2, 3, 4)]
    shares = [p.share for p in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_new_version_of_an_item_is_counted(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    _use(monkeypatch, Loader())
    _load(news, ledger)

    class Less(Extractor):
        def extract(self, item: NewsItem, /) -> Document:
            return replace(super().extract(item), statements=())

    report = _load_twice_with(news, ledger, Less())
    assert (report.items.accepted, report.replaced) == (COUNT, COUNT)
    assert not list(ledger.facts())


def _load_twice_with(news: str, ledger: Ledger, extractor: Extractor) -> pipeline.LoadReport:
    report = pipeline.load([news], ledger, extractor, again=True)
    assert report.balanced
    return report


def test_extract_gives_what_load_would_keep(monkeypatch: pytest.MonkeyPatch, news: str, ledger: Ledger) -> None:
    refused = ItemError("bad-date", "news.txt, line 1: '昨天' is no date")
    _use(monkeypatch, Loader({1: refused}, stop=3))
    report = pipeline.LoadReport()
    found = list(pipeline.extract([news], Extractor((2,)), report=report))
    rules = [f.rule if isinstance(f, Rejection) else f.item.id for f in found]
    assert rules == ["bad-date", "internal-error", "新闻3", "internal-error"]
    document = found[2]
    assert isinstance(document, Document)
    assert (len(document.statements), len(document.rejections)) == (2, 1)
    assert len(report.failed) == 1
    assert not list(ledger.items())


def test_extract_is_lazy(monkeypatch: pytest.MonkeyPatch, news: str) -> None:
    _use(monkeypatch, Loader())
    extractor = Extractor((2,))
    first = next(pipeline.extract([news], extractor))
    assert isinstance(first, Document)
