"""What a file may do to whoever reads it: refused or contained, told with the file's name, and nothing is fetched."""

from __future__ import annotations

import gzip
import socket
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import SourceError, UsageError
from kg.rdf.importing import import_rdf
from kg.rdf.reading import opened

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ledger import Ledger

SCHEMA_ORG = "https://schema.org/"
RDF_XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="https://schema.org/">{}</rdf:RDF>'
FINE = (
    f'<http://x/a> <{SCHEMA_ORG}name> "蓝湖" .\n<http://x/b> <{SCHEMA_ORG}name> "启明" .\n'
    f"<http://x/a> <{SCHEMA_ORG}parentOrganization> <http://x/b> .\n"
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was to be fetched")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def triples(n: int) -> bytes:
    start = b"<http://x/s> <http://x/p> " + b"<<( <http://x/s> <http://x/p> " * n
    return start + b"<http://x/o>" + b" )>>" * n + b" .\n"


NESTED = b"<http://x/s> <http://x/p> " + b"<<( <http://x/s> # )>>\n <http://x/p> " * 2 + b'"o"' + b" )>>" * 2 + b" .\n"
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    + RDF_XML.format('<rdf:Description rdf:about="http://x/s"><s:name>&c;</s:name></rdf:Description>')
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + RDF_XML.format("&a;")
PARAMETER = '<!DOCTYPE l [<!ENTITY % a SYSTEM "http://x/evil.dtd"> %a;]>' + RDF_XML.format("")
DEEP = RDF_XML.format("<rdf:Description><s:knows>" * 20_000)


ASTRAY = [
    ("laughs.rdf", LAUGHS.encode(), "entity 'b'"),
    ("outside.rdf", OUTSIDE.encode(), "entity 'a'"),
    ("parameter.rdf", PARAMETER.encode(), "entity 'a'"),
    ("deep.rdf", DEEP.encode(), "nested more than"),
    ("broken.rdf", b"<rdf:RDF", "no XML"),
    (
        "remote.jsonld",
        b'{"@context": "https://example.org/c", "@id": "http://x/s", "name": "a"}',
        "nothing is fetched",
    ),
    ("file.jsonld", b'{"@context": ["file:///etc/passwd"], "name": "a"}', "nothing is fetched"),
    ("imported.jsonld", b'{"@context": {"@import": "https://example.org/c"}, "name": "a"}', "nothing is fetched"),
    ("inner.jsonld", b'{"http://x/p": {"@context": "https://example.org/c", "a": 1}}', "nothing is fetched"),
    ("deep.jsonld", b"[" * 200_000, "stack"),
    ("relative.ttl", b"<s> <http://x/p> 1 .", "relative IRI"),
    ("relative.nt", b"<s> <http://x/p> <o> .", "relative IRI"),
    (
        "relative.rdf",
        RDF_XML.format('<rdf:Description rdf:about="s"><s:name>a</s:name></rdf:Description>').encode(),
        "relative IRI",
    ),
    ("bytes.ttl", b'<http://x/s> <http://x/p> "\xff\xfe" .', "UTF-8"),
    ("bytes.nq", b'<http://x/s> <http://x/p> "\xc3(" .', "UTF-8"),
    ("bytes.jsonld", b'{"@id": "http://x/s", "http://x/p": "\xff"}', "UTF-8"),
    ("half.ttl", b'<http://x/s> <http://x/p> "\\uD800" .', "not a valid"),
    ("terms.ttl", triples(100_000), "triples within triples"),
    ("terms.nt", triples(100_000), "triples within triples"),
    ("hidden.trig", NESTED, "triples within triples"),
    ("cut.ttl", b"<http://x/s> <http://x/p> [ <http://x/p> " * 5_000, "no Turtle"),
    ("no.ttl.gz", b"<http://x/s>", "compression is damaged"),
    ("half.nt.gz", gzip.compress(FINE.encode() * 100)[:-20], "compression is damaged"),
]
"""Name of a file, its bytes, and words of the refusal."""


@pytest.mark.parametrize(("name", "data", "words"), ASTRAY, ids=[name for name, *_ in ASTRAY])
def test_what_leads_astray_is_refused(tmp_path: Path, empty: Ledger, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "fine.nt").write_text(FINE, encoding="utf-8")
    report = import_rdf([tmp_path / name, tmp_path / "fine.nt"], empty)
    (told,) = report.failed
    assert told.startswith(name) and words in told
    assert not report.ok and report.balanced
    assert [f.predicate for f in empty.facts()] == ["subsidiaryOf"]
    assert [q.rejection.source for q in empty.rejections(rule="unreadable-source")] == [name]


def test_a_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_text(f"{FINE}nonsense\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"^x\.nt:4: this is no N-Triples"), opened(tmp_path / "x.nt"):
        pass


def test_literals_have_a_longest(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_text(f'<http://x/s> <http://x/p> "{"a" * 1001}" .\n', encoding="utf-8")
    with pytest.raises(SourceError, match="literal of 1,001 characters"), opened(tmp_path / "x.nt", longest=1000):
        pass
    with opened(tmp_path / "x.nt") as store:
        assert len(store) == 1


def test_a_file_that_unpacks_without_end_is_left(tmp_path: Path) -> None:
    line = b"#" * 999 + b"\n"
    (tmp_path / "x.nt.gz").write_bytes(gzip.compress(line * 100_000, 9))
    with pytest.raises(SourceError, match="200 times its size"), opened(tmp_path / "x.nt.gz"):
        pass


def test_a_line_without_end_is_left(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_bytes(b'<http://x/s> <http://x/p> "' + b"a" * (20 << 20))
    with pytest.raises(SourceError, match="longer than anything"), opened(tmp_path / "x.nt"):
        pass


def test_a_file_has_a_largest_size(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_text(FINE * 100, encoding="utf-8")
    with pytest.raises(SourceError, match="is larger than"), opened(tmp_path / "x.nt", most=1000):
        pass


def test_a_file_that_tells_no_kind_is_misuse(tmp_path: Path, empty: Ledger) -> None:
    (tmp_path / "x.doc").write_bytes(b"")
    for name, words in (("x.doc", "suffix"), ("none.ttl", "no such file")):
        with pytest.raises(UsageError, match=words):
            import_rdf([tmp_path / name], empty)


def test_namespaces_may_be_entities(tmp_path: Path) -> None:
    """As ontology editors write them."""
    told = '<rdf:Description rdf:about="&s;a"><s:name>a</s:name></rdf:Description>'
    (tmp_path / "x.owl").write_text(
        f'<!DOCTYPE r [<!ENTITY s "{SCHEMA_ORG}">]>{RDF_XML.format(told)}', encoding="utf-8"
    )
    with opened(tmp_path / "x.owl") as store:
        assert [q.subject.value for q in store] == [f"{SCHEMA_ORG}a"]  # type: ignore[union-attr]


PREFIX = "@prefix kg: <https://w3id.org/kg-news/ontology#> . @prefix id: <https://w3id.org/kg-news/id/> . "
PREFIX += "@prefix prov: <http://www.w3.org/ns/prov#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
ITEM = 'id:n1 a kg:NewsItem ; <http://purl.org/dc/terms/title> "t" ; <http://purl.org/dc/terms/source> "s" .\n'
SAID = 'id:e1 a kg:Evidence ; prov:wasQuotedFrom id:n1 ; kg:sentence "蓝湖收购启明" ; kg:extractor "x" ; '
STATEMENT = (
    "id:s0000000000000001 a kg:Statement ; kg:evidence id:e1 ; rdf:predicate kg:acquired ;"
    " rdf:subject id:e0000000000000001 ; rdf:object id:e0000000000000002 .\n"
)


@pytest.mark.parametrize(
    ("rest", "rule"),
    [
        ('kg:start "x" ; kg:end 6 .', "bad-record"),
        ("kg:end 6 .", "bad-record"),
        ("kg:start 99999999999999 ; kg:end 99999999999999999 .", "bad-record"),
        ("kg:start -1 ; kg:end 6 .", "bad-record"),
        ('kg:start 0 ; kg:end 6 ; kg:confidence "sure" ; kg:status kg:asserted .', "bad-record"),
        ("kg:start 0 ; kg:end 5 ; kg:confidence 0.9 ; kg:status kg:asserted .", "evidence"),
        ("kg:start 0 ; kg:end 6 ; kg:confidence 7 ; kg:status kg:asserted .", "domain"),
        ("kg:start 0 ; kg:end 6 ; kg:confidence 0.9 ; kg:status kg:maybe .", "domain"),
        ('kg:start 0 ; kg:end 6 ; kg:references "{" .', "bad-record"),
        ('kg:start 0 ; kg:end 6 ; kg:escapedText "\\\\q" .', "bad-record"),
    ],
)
def test_forged_evidence_is_quarantined(tmp_path: Path, empty: Ledger, rest: str, rule: str) -> None:
    (tmp_path / "x.ttl").write_text(f"{PREFIX}{ITEM}{STATEMENT}{SAID}{rest}\n", encoding="utf-8")
    report = import_rdf([tmp_path / "x.ttl"], empty)
    assert report.balanced and not list(empty.facts())
    assert set(report.rules) & {rule, "vocabulary"}
