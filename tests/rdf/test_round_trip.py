from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from documents import SCHEMA, Told, items
from hypothesis import HealthCheck, given, settings

from kg.export.context import CONTEXT
from kg.export.rdf import export
from kg.ledger import Ledger
from kg.model import Amount, Evidence
from kg.rdf.importing import import_rdf
from kg.validate import validate

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import Document

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")

LOSSLESS = [
    ("turtle", "graphs", "x.ttl"),
    ("ntriples", "graphs", "x.nt.gz"),
    ("trig", "graphs", "x.trig"),
    ("nquads", "graphs", "x.nq"),
    ("jsonld", "graphs", "x.jsonld"),
    ("rdfxml", "graphs", "x.rdf"),
    ("turtle", "rdf12", "y.ttl"),
    ("ntriples", "rdf12", "y.nt"),
    ("trig", "rdf12", "y.trig.gz"),
    ("nquads", "rdf12", "y.nq"),
]


def dumped(ledger: Ledger) -> str:
    """What a ledger holds, but for what it refused."""
    out = io.StringIO()
    ledger.dump(out)
    return "".join(line for line in out.getvalue().splitlines(keepends=True) if '"kind":"reject"' not in line)


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger with everything that could get lost: merged and void statements, orders, references, odd letters."""
    for source in list(ledger.items()):
        ledger.forget(source.id)
    first = Told("n1", "2021-11-03", origin="o1")
    long, short = first.entity("蓝湖科技有限公司", "Company", "蓝湖"), first.entity("云杉资本", "InvestmentFirm")
    other, person = first.entity("启明", "Company"), first.entity("张伟", "Person")
    money = Amount("数亿元", 2e8, 1e9, "CNY", True)
    round_ = first.happens(
        "FundingRound", {"company": [long], "investors": [short, other]}, amount=money, date="2021-11"
    )
    first.says(long, "raisedFrom", short, amount=money, date="2021-11", round="A", role="lead", event=round_.id)
    first.says(person, "worksFor", long, "ended", 1.0, title="总裁", to="2021-10-31")
    first.says(other, "supplies", long, product="激光雷达、传感器")
    forum = first.entity("创新大会", "Conference")
    meeting = first.happens("Conference", {"name": [forum], "host": [long], "participants": [other, short]}, "planned")
    first.says(long, "hosted", forum, "planned", event=meeting.id)
    first.observes("出货量", 1234.5, long)
    first.observes("增速", None)
    ledger.add(validate(first.document, SCHEMA))

    second = Told("简报/二", "2021-12", title="再说“蓝湖”")
    lake, fund = second.entity("蓝湖"), second.entity("云杉资本", "Organization")
    second.entity("传感器", "Product")
    told = second.says(
        lake, "raisedFrom", fund, "planned", 0.7, round="A", date="2021-H2", sentence="蓝湖拟获云杉资本A轮。"
    )
    second.statements.append(type(told)(*(getattr(told, n) for n in told.__dataclass_fields__)))
    second.says(second.entity("张伟", "Person"), "worksFor", lake, title="总裁")
    second.says(lake, "partnersWith", second.entity("蓝湖科技有限公司"), field="存储")
    said = told.evidence
    text = "该公司\x0c与\n蓝湖、云杉资本"
    odd = Evidence(
        second.id,
        len(second.text),
        len(second.text) + len(text),
        text,
        "该公司与蓝湖、云杉资本",
        "text",
        ("该公司→蓝湖", "∅→云杉资本"),
        "拟",
    )
    second.text += text
    second.statements.append(
        type(told)(*(odd if n == "evidence" else getattr(told, n) for n in told.__dataclass_fields__))
    )
    assert said != odd
    ledger.add(validate(second.document, SCHEMA))

    third = Told("e0123456789abcdef", None)
    third.says(third.entity("李娜", "Person"), "worksFor", third.entity("星河"), title="CEO")
    third.says(third.entity("星河"), "acquired", third.entity("启明", "Organization"))
    ledger.add(validate(third.document, SCHEMA))
    star = next(e.id for e in ledger.find("星河"))
    ledger.merge(star, next(e.id for e in ledger.find("启明")), "同一家公司")
    ledger.split(next(e.id for e in ledger.find("云杉资本")), star, "")
    return ledger


def test_the_ledger_has_what_could_get_lost(full: Ledger) -> None:
    text = dumped(full)
    assert list(full.void())
    assert '"kind":"same"' in text and '"kind":"decision"' in text and "references" in text and "\\f" in text
    assert any(len(told) > 1 for _, told in full.testified())


@pytest.mark.parametrize(("format", "provenance", "name"), LOSSLESS)
def test_there_and_back_is_the_same(full: Ledger, tmp_path: Path, format: str, provenance: str, name: str) -> None:
    file = tmp_path / name
    export(full, SCHEMA, format, file, provenance=provenance)
    with Ledger.open(":memory:", SCHEMA) as again:
        report = import_rdf([file], again)
        assert report.ok and report.balanced
        assert not report.rules
        assert dumped(again) == dumped(full)
        export(again, SCHEMA, format, tmp_path / f"again-{name}", provenance=provenance)
        assert (tmp_path / f"again-{name}").read_bytes() == file.read_bytes()
        sequence = again.sequence
        report = import_rdf([file], again)
        assert report.items.skipped == report.items.read == 3
        assert again.sequence == sequence


def test_what_the_ledger_holds_already_is_left_alone(full: Ledger, tmp_path: Path) -> None:
    export(full, SCHEMA, "trig", tmp_path / "x.trig")
    sequence = full.sequence
    report = import_rdf([tmp_path / "x.trig"], full)
    assert report.balanced and report.items.skipped == 3 and full.sequence == sequence


def test_the_order_of_a_file_says_nothing(full: Ledger, tmp_path: Path) -> None:
    export(full, SCHEMA, "ntriples", tmp_path / "x.nt")
    lines = sorted((tmp_path / "x.nt").read_bytes().splitlines(keepends=True), key=lambda line: line[::-1])
    (tmp_path / "y.nt").write_bytes(b"".join(lines))
    with Ledger.open(":memory:", SCHEMA) as again:
        import_rdf([tmp_path / "y.nt"], again)
        assert dumped(again) == dumped(full)


def test_a_context_of_ours_is_known_without_fetching_it(full: Ledger, tmp_path: Path) -> None:
    export(full, SCHEMA, "jsonld", tmp_path / "x.jsonld", context=CONTEXT)
    assert CONTEXT.encode() in (tmp_path / "x.jsonld").read_bytes()[:200]
    with Ledger.open(":memory:", SCHEMA) as again:
        assert import_rdf([tmp_path / "x.jsonld"], again).ok
        assert dumped(again) == dumped(full)


def test_what_comes_in_can_be_forgotten(full: Ledger, tmp_path: Path) -> None:
    export(full, SCHEMA, "turtle", tmp_path / "x.ttl")
    with Ledger.open(":memory:", SCHEMA) as again:
        import_rdf([tmp_path / "x.ttl"], again)
        for item in [i.id for i in again.items()]:
            again.forget(item)
        assert not list(again.facts()) and not list(again.entities())
        import_rdf([tmp_path / "x.ttl"], again)
        assert dumped(again) == dumped(full)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents=items(4))
def test_whatever_a_ledger_holds_comes_back(documents: list[Document], tmp_path: Path) -> None:
    with Ledger.open(":memory:", SCHEMA) as one, Ledger.open(":memory:", SCHEMA) as other:
        for document in documents:
            one.add(validate(document, SCHEMA))
        export(one, SCHEMA, "nquads", tmp_path / "x.nq")
        report = import_rdf([tmp_path / "x.nq"], other)
        assert report.balanced
        assert dumped(other) == dumped(one)


# ---- one graph in every format --------------------------------------------------------------------------------------


def canonical(data: bytes, form: ox.RdfFormat) -> list[str]:
    """The default graph in canonical form, a line a triple."""
    dataset = ox.Dataset(q for q in ox.parse(data, form) if q.graph_name == ox.DefaultGraph())
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(str(quad) for quad in dataset)


def test_all_formats_hold_isomorphic_graphs(full: Ledger, tmp_path: Path) -> None:
    graphs, first = [], None
    for format, name, reader, form in (
        ("ntriples", "x.nt", "nt", ox.RdfFormat.N_TRIPLES),
        ("turtle", "x.ttl", "turtle", ox.RdfFormat.TURTLE),
        ("trig", "x.trig", "trig", ox.RdfFormat.TRIG),
        ("nquads", "x.nq", "nquads", ox.RdfFormat.N_QUADS),
        ("jsonld", "x.jsonld", "json-ld", ox.RdfFormat.JSON_LD),
        ("rdfxml", "x.rdf", "xml", ox.RdfFormat.RDF_XML),
    ):
        export(full, SCHEMA, format, tmp_path / name)
        data = (tmp_path / name).read_bytes()
        told = canonical(data, form)
        first = first or told
        assert told == first, format
        held = rdflib.Dataset().parse(data=data, format=reader) if format in ("trig", "nquads") else None
        graph = held.default_graph if held is not None else rdflib.Graph().parse(data=data, format=reader)
        graphs.append(rdflib.compare.to_isomorphic(graph))
    assert len(graphs[0]) > 200
    assert all(graph == graphs[0] for graph in graphs)


@pytest.mark.parametrize(
    ("format", "form"), [("turtle", ox.RdfFormat.TURTLE), ("trig", ox.RdfFormat.TRIG), ("nquads", ox.RdfFormat.N_QUADS)]
)
def test_text_is_what_pyoxigraph_would_write(full: Ledger, format: str, form: ox.RdfFormat) -> None:
    """Parsing what is put together by hand gives the triples that pyoxigraph takes as objects."""
    from kg.export.alignments import Alignments
    from kg.export.triples import Triples

    out = io.BytesIO()
    export(full, SCHEMA, format, out)
    told = {(q.subject, q.predicate, q.object, q.graph_name) for q in ox.parse(out.getvalue(), form)}
    made = set()
    for triple, graph in Triples(full, SCHEMA, alignments=Alignments.load(SCHEMA)):
        made.add((*triple, ox.DefaultGraph()))
        if graph is not None and format != "turtle":
            made.add((*triple, graph))
    assert told == made


def test_reifiers_name_the_triple_itself(full: Ledger) -> None:
    out = io.BytesIO()
    export(full, SCHEMA, "turtle", out, provenance="rdf12")
    reifies = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
    found = [q for q in ox.parse(out.getvalue(), ox.RdfFormat.TURTLE) if q.predicate == reifies]
    assert len(found) == len(list(full.facts()))
    assert all(isinstance(q.object, ox.Triple) for q in found)


def test_quoted_triples_bear_literals_only(full: Ledger) -> None:
    """The form that neosemantics reads: the quoted triple is the subject, what is said of it are literals."""
    out = io.BytesIO()
    export(full, SCHEMA, "turtle", out, provenance="rdfstar")
    quoted = [line for line in out.getvalue().decode().split(" .\n") if line.startswith("<< ")]
    happened = [f for f in full.facts() if f.status in ("asserted", "ended")]
    assert len(quoted) == len(happened)
    quads = list(ox.parse(out.getvalue(), ox.RdfFormat.TURTLE))
    reifies = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
    reifiers = {q.subject for q in quads if q.predicate == reifies}
    assert {q.object for q in quads if q.predicate == reifies} <= {q.triple for q in quads}
    told = [q for q in quads if q.subject in reifiers and q.predicate != reifies]
    assert told and all(isinstance(q.object, ox.Literal) for q in told)
    names = {q.predicate.value.rsplit("#")[-1] for q in told}
    assert {"statement", "status", "confidence", "sources", "items", "evidence"} <= names


def test_a_compressed_file_has_no_time_in_it(full: Ledger, tmp_path: Path) -> None:
    for name in ("a.nt.gz", "b.nt.gz"):
        export(full, SCHEMA, "ntriples", tmp_path / name)
    assert (tmp_path / "a.nt.gz").read_bytes() == (tmp_path / "b.nt.gz").read_bytes()
    out = io.BytesIO()
    export(full, SCHEMA, "ntriples", out)
    assert gzip.decompress((tmp_path / "a.nt.gz").read_bytes()) == out.getvalue()
