"""Which files are read, in which encoding, and in which words others are refused."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

from kg.errors import SourceError
from kg.source import read_source

if TYPE_CHECKING:
    from pathlib import Path

SIMPLIFIED = (
    "星河智能完成B轮融资\r\n3月8日，星河智能宣布完成3亿元B轮融资，由蓝海资本领投。"
    "公司表示，资金将用于芯片研发与市场拓展。\r\n"
)
TRADITIONAL = (
    "星河智能完成B輪融資\n3月8日，星河智能宣布完成3億元B輪融資，由藍海資本領投。"
    "公司表示，資金將用於晶片研發與市場拓展。\n"
)


def write(folder: Path, data: bytes, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("mark", "codec", "encoding"),
    [
        (b"", "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
        (b"", "utf-16-le", "utf-16-le"),
        (b"", "utf-16-be", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
        (b"", "gbk", "gb18030"),
        (b"", "gb18030", "gb18030"),
    ],
)
def test_encodings_are_recognised_and_line_ends_kept(tmp_path: Path, mark: bytes, codec: str, encoding: str) -> None:
    source = read_source(write(tmp_path, mark + SIMPLIFIED.encode(codec)), date="2021-03")
    assert source.text == SIMPLIFIED
    assert (source.name, source.date, source.encoding, source.damaged) == ("a.txt", "2021-03", encoding, 0)


@pytest.mark.parametrize(("codec", "encoding"), [("big5", "big5hkscs"), ("gbk", "gb18030"), ("utf-16-le", "utf-16-le")])
def test_traditional_letters_in_any_encoding(tmp_path: Path, codec: str, encoding: str) -> None:
    source = read_source(write(tmp_path, TRADITIONAL.encode(codec)))
    assert (source.text, source.encoding) == (TRADITIONAL, encoding)


@pytest.mark.parametrize(
    "text", ["百度", "中标", "融资3亿元", "GGV纪源资本领投A轮", "融資", "Ardent Labs raised 3 m\n"]
)
@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "utf-16"])
def test_short_texts(tmp_path: Path, text: str, codec: str) -> None:
    assert read_source(write(tmp_path, text.encode(codec))).text == text


def test_a_few_broken_places_are_counted(tmp_path: Path) -> None:
    data = (SIMPLIFIED * 40).encode()
    source = read_source(write(tmp_path, data[:3001] + b"\xff\xfe" + data[3001:]))
    assert source.encoding == "utf-8"
    assert source.damaged == source.text.count("\ufffd") > 0


def test_many_broken_places_are_too_many(tmp_path: Path) -> None:
    data = b"\xff".join(SIMPLIFIED.encode() for _ in range(40))
    with pytest.raises(SourceError, match=r"a\.txt: is damaged utf-8 with .* unreadable places; .*iconv"):
        read_source(write(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF, not text; .*pdftotext"),
        (b"PK\x03\x04\x14\x00", "is a zip archive or an Office document, not text; .*save"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG image"),
        (b"\x1f\x8b\x08\x00", "is a gzip archive, not text; unpack"),
        (bytes(range(256)) * 40, "is binary, not text"),
        (b"\x00\x01\x02\x03" * 400, "is binary, not text"),
        (b"abc\x01\x02\x03\x04\x05" * 400, "is binary, not text"),
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (codecs.BOM_UTF8 + "\u200b\n".encode(), "is empty"),
        ("Größe, Maß und Übermut: süße Äpfel für Öttinger. ".encode("latin-1") * 9, "is neither UTF-8 nor .*iconv"),
    ],
)
def test_what_is_no_text_is_refused_with_a_remedy(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.txt: {message}"):
        read_source(write(tmp_path, data))


def test_large_and_missing_files(tmp_path: Path) -> None:
    path = write(tmp_path, b"x" * 1001)
    with pytest.raises(SourceError, match=r"too large .*split it"):
        read_source(path, max_bytes=1000)
    assert len(read_source(path, max_bytes=1001).text) == 1001
    with pytest.raises(SourceError, match=r"^b\.txt: cannot be read .*check the path"):
        read_source(tmp_path / "b.txt")
    with pytest.raises(SourceError, match="cannot be read"):
        read_source(tmp_path)
