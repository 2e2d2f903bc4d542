"""What `kg load` and `kg extract` read, take and refuse, and how `kg forget` undoes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from texts import ROUND, SAMPLE, STORY, triples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

    Run = Callable[..., Ran]


# ---- load, forget, dump ----------------------------------------------------------------------------------------------


def test_load_ends_with_an_account(run: Run, here: Path) -> None:
    ran = run("load", SAMPLE)
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[0] == ["read", "accepted", "rejected", "skipped"]
    assert lines[1] == ["items", "14", "14", "0", "0"]
    assert [line[0] for line in lines[2:5]] == ["statements", "events", "observations"]
    assert ran.out.splitlines()[-1].startswith("1 source in ")
    assert (here / "kg.db").exists()


def test_loading_twice_changes_nothing(run: Run, sample: Path) -> None:
    before = run("dump").out
    ran = run("load", SAMPLE)
    assert ["items", "14", "0", "0", "14"] in [line.split() for line in ran.out.splitlines()]
    assert run("load", SAMPLE, "--again").code == 0
    assert run("dump").out == before


def test_forgetting_an_item_and_loading_it_again_gives_the_same(run: Run, sample: Path) -> None:
    before = run("dump").out
    profile = run("show", "Keep", "--json").json
    ran = run("forget", profile["items"][0])
    assert ran.code == 0
    assert ran.out.startswith(f"forgot {profile['items'][0]}: ")
    assert run("show", "Keep").code == 2
    assert run("query", "MATCH (c {name: 'Keep'}) RETURN c.name").out == ""
    assert run("load", SAMPLE).code == 0
    assert run("dump").out == before
    assert run("check").out == "no problems found\n"


def test_load_as_json(run: Run, story: Path) -> None:
    report = run("load", story, "--json").json
    assert report["items"] == {"read": 1, "accepted": 1, "rejected": 0, "skipped": 0}
    assert report["failed"] == []


def test_load_reads_folders_globs_and_standard_input(run: Run, here: Path) -> None:
    for folder in ("a", "a/b"):
        (here / folder).mkdir()
        (here / folder / "蓝湖.txt").write_text(STORY.replace("B轮", f"{folder[-1].upper()}轮"), encoding="utf-8")
    (here / "a" / "ignored.png").write_bytes(b"\x89PNG")
    assert run("load", "a", "--json").json["items"]["accepted"] == 2
    assert run("load", "a/*.txt", "a/b/*.txt", "--json").json["items"]["skipped"] == 2
    assert run("load", "-", "--json", given=STORY.encode()).json["items"]["accepted"] == 1


def test_a_confidence_that_must_be_reached(run: Run, story: Path) -> None:
    report = run("load", story, "--min-confidence", "1", "--json").json
    assert report["statements"]["skipped"] == report["statements"]["read"] > 0
    assert run("load", story, "--min-confidence", "2").code == 2


def test_some_sources_fail_and_the_others_are_loaded(run: Run, story: Path, here: Path) -> None:
    (here / "leer.txt").write_text(" \n\n", encoding="utf-8")
    ran = run("load", story, "leer.txt")
    assert ran.code == 1
    assert "failed: leer.txt: is empty; there is nothing to load" in ran.out
    assert ["items", "1", "1", "0", "0"] in [line.split() for line in ran.out.splitlines()]
    listed = run("rejects", "list", "--json").rows
    assert [(row["stage"], row["rule"], row["source"]) for row in listed] == [("read", "unreadable-source", "leer.txt")]


# ---- what a text file may be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends_say_the_same(run: Run, here: Path, encoding: str, newline: str) -> None:
    file = here / "story.txt"
    file.write_bytes(STORY.replace("\n", newline).encode(encoding))
    ran = run("extract", file)
    assert ran.code == 0
    assert triples(ran.rows) >= ROUND
    text = STORY.replace("\n", newline)
    for row in ran.rows:
        if row["kind"] == "statement":
            evidence = row["evidence"]
            assert text[evidence["start"] : evidence["end"]] == evidence["text"]


def test_traditional_letters_are_kept_and_understood(run: Run, here: Path) -> None:
    text = STORY
    for simplified, traditional in zip("蓝亿轮资云领远总", "藍億輪資雲領遠總", strict=True):
        text = text.replace(simplified, traditional)
    (here / "big5.txt").write_bytes(text.encode("big5hkscs", errors="ignore"))
    rows = run("extract", "big5.txt").rows
    assert ("藍湖科技", "raisedFrom", "雲杉資本") in triples(rows)


def test_full_width_digits_and_letters_are_read(run: Run, here: Path) -> None:
    wide = STORY.replace("11月3日", "１１月３日").replace("2亿元B轮", "２亿元Ｂ轮")
    (here / "wide.txt").write_text(wide, encoding="utf-8")
    rows = run("extract", "wide.txt").rows
    assert triples(rows) >= ROUND
    lead = next(r for r in rows if r["kind"] == "statement" and r["object"]["name"] == "云杉资本")
    assert lead["qualifiers"]["round"] == "B"
    assert lead["qualifiers"]["date"] == "2021-11-03"
    assert lead["qualifiers"]["amount"]["low"] == 200_000_000


def test_garbage_in_a_text_is_passed_over_and_told(run: Run, here: Path) -> None:
    (here / "story.txt").write_bytes(STORY.replace("11月3日", "\x01\x02▓▓░ ### 11月3日").encode() + b"\xff\xfe\xfa\n")
    ran = run("load", "story.txt")
    assert ran.code == 0
    assert "places could not be decoded" in ran.out
    assert run("query", "MATCH ({name: '蓝湖科技'})-[:RAISED_FROM]->(i) RETURN i.name").rows


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is a PNG image, not text"),
        (b"%PDF-1.7\n", "pdftotext"),
        (bytes(range(256)) * 40, "is binary, not text"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "is a program"),
    ],
)
def test_what_is_no_text_is_refused_in_clear_words(run: Run, here: Path, content: bytes, words: str) -> None:
    (here / "thing.txt").write_bytes(content)
    ran = run("load", "thing.txt")
    assert ran.code == 1
    assert "failed: thing.txt: is " in ran.out
    assert words in ran.out
    assert run("status", "--json").json["items"] == 0
    extracted = run("extract", "thing.txt")
    assert (extracted.code, extracted.rows[0]["kind"]) == (1, "reject")
    assert extracted.err.startswith("kg: thing.txt: ")


def test_a_file_of_50_mb_is_refused_as_one_item(run: Run, here: Path) -> None:
    body = STORY[STORY.index("11月3日") :]
    (here / "big.txt").write_text(STORY + body * (50 * 2**20 // len(body.encode())), encoding="utf-8")
    ran = run("load", "big.txt")
    assert ran.code == 1
    assert "item-too-long 1" in ran.out
    reason = run("rejects", "list", "--json").rows[0]["reason"]
    assert "at most 200,000 are taken as one item; split it" in reason


def test_a_file_above_the_limit_is_not_even_read(run: Run, here: Path) -> None:
    with (here / "huge.txt").open("wb") as file:
        file.truncate(65 * 2**20)
    ran = run("load", "huge.txt")
    assert ran.code == 1
    assert "huge.txt: is too large (65.0 MiB, and at most 64.0 MiB are read)" in ran.out


# ---- extract ---------------------------------------------------------------------------------------------------------


def test_extract_prints_rows_and_stores_nothing(run: Run, here: Path) -> None:
    ran = run("extract", SAMPLE)
    assert ran.code == 0
    kinds = {row["kind"] for row in ran.rows}
    assert kinds >= {"item", "entity", "statement", "event", "observation"}
    items = [row for row in ran.rows if row["kind"] == "item"]
    assert len(items) == 14
    known = {row["id"] for row in items}
    assert all(row["item"] in known for row in ran.rows if row["kind"] != "item")
    assert all(row["id"][0].isalpha() for row in items)
    assert not (here / "kg.db").exists()


def test_extract_reads_standard_input_and_keeps_given_ids(run: Run, here: Path) -> None:
    row = {"id": 7, "title": "蓝湖科技完成B轮融资", "published": "2021-11-03", "text": STORY.split("\n\n")[-1]}
    ran = run("extract", "-", "--loader", "jsonl", given=json.dumps(row).encode())
    assert ran.rows[0]["id"] == "7"
    assert triples(ran.rows) >= ROUND


def test_the_date_of_a_document_is_given(run: Run, here: Path) -> None:
    text = STORY.replace("日期: 2021-11-03\n\n", "")
    (here / "story.txt").write_text(text, encoding="utf-8")
    row = run("extract", "story.txt", "--loader", "text", "--date", "2019-12").rows[0]
    assert row["published"] == "2019-11-03"
    wrong = run("extract", "story.txt", "--date", "gestern")
    assert (wrong.code, wrong.err) == (2, "kg: 'gestern' is no date; write 2021-11-03, 2021-11 or 2021\n")


def test_names_can_be_left_out_of_the_lexicon(run: Run, here: Path) -> None:
    (here / "names.txt").write_text("华为\n腾讯\n", encoding="utf-8")
    ran = run("extract", SAMPLE, "--without", "names.txt")
    assert ran.code == 0
    assert ran.rows
