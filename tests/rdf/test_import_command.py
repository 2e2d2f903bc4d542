from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran


def test_an_export_comes_back(run: Callable[..., Ran], sample: Path) -> None:
    assert run("export", "-o", "x.trig.gz").code == 0
    done = run("import", "x.trig.gz", "--db", "other.db", "--json")
    assert done.code == 0
    assert done.json["items"]["accepted"] == done.json["items"]["read"] == 14
    assert run("import", "x.trig.gz", "--db", "other.db", "--json").json["items"]["skipped"] == 14
    assert run("export", "--db", "other.db", "-o", "y.trig.gz").code == 0
    assert (sample.parent / "x.trig.gz").read_bytes() == (sample.parent / "y.trig.gz").read_bytes()
    kept = [line for line in run("dump").out.splitlines() if '"kind":"reject"' not in line]
    assert kept == run("dump", "--db", "other.db").out.splitlines()


def test_a_file_that_is_refused_fails(run: Callable[..., Ran], here: Path) -> None:
    (here / "x.ttl").write_text("<a> <b> <c> .")
    done = run("import", "x.ttl")
    assert done.code == 1 and "relative IRI" in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "x.doc"), "suffix"),
        (("import", "x.ttl", "--mapping", "wikipedia"), "wikidata"),
        (("export", "-o", "x.rdf", "--provenance", "rdf12"), "no syntax"),
        (("export", "-o", "x.ttl", "--class", "Compny"), "Company"),
        (("export", "-o", "x.ttl", "--around", "无此公司"), "no entity"),
        (("export", "-o", "x.ttl", "--from", "someday"), "no date"),
    ],
)
def test_misuse_is_told(run: Callable[..., Ran], sample: Path, arguments: tuple[str, ...], words: str) -> None:
    for name in ("x.doc", "x.ttl"):
        (sample.parent / name).write_text("")
    done = run(*arguments)
    assert done.code == 2 and words in done.err


def test_a_part_is_exported(run: Callable[..., Ran], sample: Path) -> None:
    assert run("export", "-o", "all.nt").code == 0
    done = run("export", "-o", "part.nt", "--predicate", "raisedFrom", "--predicate", "WORKS_FOR", "--from", "2021")
    assert done.code == 0
    whole, part = ((sample.parent / name).read_text().splitlines() for name in ("all.nt", "part.nt"))
    assert 0 < len(part) < len(whole)
    relations = {line.split()[2] for line in part if "rdf-syntax-ns#predicate>" in line}
    assert {r.rstrip(">").rsplit("#")[-1] for r in relations} == {"raisedFrom", "worksFor"}


def test_the_context_is_printed(run: Callable[..., Ran]) -> None:
    context = run("vocabulary", "--context").json["@context"]
    assert context["raisedFrom"] == {"@id": "kg:raisedFrom", "@type": "@id"}
