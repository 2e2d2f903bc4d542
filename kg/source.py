"""Reading a file as text: which encoding it is in, and whether it is text at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError
from kg.letters import ignorable, simplify

__all__ = ["MAX_BYTES", "Source", "read_source"]

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that `read_source` takes unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, decoded. Line ends are kept as given; a byte order mark is not part of the text."""

    name: str
    """The file's name, never its path."""
    text: str
    date: str | None = None
    """The document's date as the caller knows it."""
    encoding: str = "utf-8"
    """Python's name of the codec."""
    damaged: int = 0
    """How many places of the file could not be decoded and are U+FFFD in the text, or hold NUL."""


_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", "turn it into text first, for example with `pdftotext FILE.pdf FILE.txt`"),
    (b"PK\x03\x04", "a zip archive or an Office document", "unpack it, or save the document as plain text (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document", "save it as plain text (UTF-8)"),
    (b"{\\rtf", "an RTF document", "save it as plain text (UTF-8)"),
    (b"\x89PNG", "a PNG image", "run text recognition on it first"),
    (b"\xff\xd8\xff", "a JPEG image", "run text recognition on it first"),
    (b"GIF8", "a GIF image", "run text recognition on it first"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first with `gunzip`"),
    (b"BZh", "a bzip2 archive", "unpack it first with `bunzip2`"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"SQLite format 3\x00", "an SQLite database", "if it is a ledger, name it with --db"),
    (b"\x7fELF", "a program", "give a text file"),
)
_NOT_TEXT = "is binary, not text; give a text file (UTF-8, UTF-16, GB18030 or Big5)"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等"
    "部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线"
    "内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设"
    "及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热"
    "领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八"
    "离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备"
    "半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属"
    "圆包火住调满县局照参红细引听该铁价严融投股券银亿司企创盘讯网智能芯"
)
"""Letters that make up most of any Chinese page; a page decoded wrongly holds few of them."""
_PUNCTUATION = frozenset("“”‘’—…·、。《》【】〈〉「」『』！（），：；？％＋－～　")
_REPLACEMENT = "\ufffd"


def read_source(path: Path | str, *, date: str | None = None, max_bytes: int = MAX_BYTES) -> Source:
    """Read and decode a file.

    Known are UTF-8 and UTF-16 with or without byte order mark, GB18030 (with GBK and GB2312), and Big5 where the text
    reads clearly better as that. A few broken places are replaced by U+FFFD and counted in `Source.damaged`.

    Raises SourceError for a file that is missing, empty, binary, larger than `max_bytes` or in another encoding.
    """
    path = Path(path)
    name = path.name
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
            size = max(file.seek(0, 2), len(data)) if file.seekable() else len(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"{name}: cannot be read ({reason}); check the path and your right to read it") from error
    if size > max_bytes:
        limit = f"{size / 2**20:,.1f} MiB, and at most {max_bytes / 2**20:,.1f} MiB are read"
        raise SourceError(f"{name}: is too large ({limit}); split it into several files, or raise the limit")
    for magic, kind, remedy in _BINARY:
        if data.startswith(magic):
            raise SourceError(f"{name}: is {kind}, not text; {remedy}")
    text, encoding, damaged = _decode(data, name)
    if ignorable(text):
        raise SourceError(f"{name}: is empty; there is nothing to load")
    if _controls(text) > _bearable(text[:65536]):
        raise SourceError(f"{name}: {_NOT_TEXT}")
    if damaged > _bearable(text):
        remedy = f"fetch it again, or drop the broken places with `iconv -c -f {encoding} -t utf-8`"
        raise SourceError(f"{name}: is damaged {encoding} with {damaged:,} unreadable places; {remedy}")
    return Source(name, text, date, encoding, damaged)


def _decode(data: bytes, name: str) -> tuple[str, str, int]:
    """Text, codec and number of broken places."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _replaced(data[len(mark) :], encoding)
    utf8 = text, _, damage = _replaced(data, "utf-8")
    nuls = text.count("\0")
    # GB18030 and Big5 hold hardly a sequence that is valid in UTF-8, so real UTF-8 shows even where it is damaged.
    if nuls <= _bearable(text) and (not damage or sum(_REPLACEMENT != c > "\u07ff" for c in text) > 10 * damage):
        return text, "utf-8", damage + nuls
    best, best_score = utf8, 0.8
    for encoding in ("utf-16-le", "utf-16-be") if nuls else ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be"):
        candidate = _replaced(data, encoding)
        score = _plausibility(candidate[0]) if candidate[2] <= _bearable(candidate[0]) else 0.0
        # The first ones are the rule: another encoding must read clearly better.
        if score > best_score + (0.1 if best is not utf8 else 0.0):
            best, best_score = candidate, score
    if best is not utf8:
        return best
    if nuls > _bearable(text) or _controls(text) > 40:
        raise SourceError(f"{name}: {_NOT_TEXT}")
    if damage > _bearable(text):
        remedy = "convert it with `iconv -f ENCODING -t utf-8`"
        raise SourceError(f"{name}: is neither UTF-8 nor UTF-16, GB18030 or Big5; {remedy}")
    return text, "utf-8", damage + nuls


def _replaced(data: bytes, encoding: str) -> tuple[str, str, int]:
    try:
        return data.decode(encoding), encoding, 0
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        return text, encoding, text.count(_REPLACEMENT)


def _bearable(text: str) -> int:
    """How many broken places a text may have: one in a thousand letters, and a few in a short one."""
    return max(3, len(text) // 1000)


def _controls(text: str) -> int:
    return sum(c < " " and not c.isspace() for c in text[:65536])


def _plausibility(text: str) -> float:
    """How much a text reads like Chinese, 0 to 2: the share of GB 2312's everyday letters and of the commonest ones.

    English, digits and layout count for both.
    """
    sample = simplify(text[:20000])
    letters = [c for c in sample if not c.isascii()]
    if not letters:
        plain = sum(c.isprintable() or c.isspace() for c in sample) / max(1, len(sample))
        return 2 * plain if plain > 0.98 else 0.0
    usual = common = 0
    for letter in letters:
        if letter in _COMMON or letter in _PUNCTUATION:
            common += 1
            usual += 1
        elif "\u4e00" <= letter <= "\u9fff":
            code = letter.encode("gb2312", errors="ignore")
            usual += bool(code) and code[0] < 0xD8
    return (usual + common) / len(letters)
