"""People: Chinese names by family name and company, foreign ones by their letters, and the posts beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.analysis import Mention, Title
from kg.extract.words import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extract.words import Words
    from kg.lexicon import Lexicon
    from kg.segment import Segmenter

__all__ = ["PeopleFinder"]

_DOTTED = re.compile(
    r"[\u3400-\u9fffA-Z][\u3400-\u9fffA-Za-z.]{0,11}(?:·[\u3400-\u9fffA-Z][\u3400-\u9fffA-Za-z]{0,11}){1,4}"
)
_LATIN_NAME = re.compile(r"[A-Z][a-z'\-]{1,14}(?: [A-Z][a-z]{0,2}\.?(?= ))?(?: [A-Z][a-zA-Z'\-]{1,15}){0,2}")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LISTING = frozenset("、和与及")
_NO_ENDING = frozenset("某部路镇村乡县市省区厂店站局院所校馆楼街巷")
"""No given name ends in these."""
_COMMON = 2000
"""Words more frequent than this are no part of a name."""
_ENOUGH = 2.5
_CHIEF_OFFICER = re.compile(r"(?:集团|联席|全球)?首席[\u3400-\u9fff]{2,8}?官")
_CHIEF = re.compile(r"[部局厅署省市区县州院行所]长")


class PeopleFinder:
    """Recognises people and titles in an item's words."""

    def __init__(self, lexicon: Lexicon, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._lexicon = lexicon
        self._surnames = set("".join(lexicon.words("people", "surnames")))
        self._compound = set(lexicon.words("people", "compound_surnames"))
        self._compound_heads = {name[0] for name in self._compound}
        self._foreign = set("".join(lexicon.words("people", "transliteration")))
        self._says = set(lexicon.words("people", "says"))
        self._named = set(lexicon.words("people", "named"))
        self._follows = set(lexicon.words("people", "follows"))
        self._ministries = set(lexicon.words("people", "ministries"))
        self._no_posts = set(lexicon.words("words", "titles", "no_posts"))
        self._before = set(lexicon.words("words", "titles", "before"))

    def resembles(self, name: str) -> float:
        """How much letters look like a Chinese name (natural log odds); far below zero without a family name."""
        if name[:1] not in self._surnames or not 2 <= len(name) <= 3:
            return -9.0
        return self._segmenter.family_name(name[0]) + self._segmenter.given_name(name[1:])

    # ---- titles ----

    def titles(self, words: Words) -> Iterator[tuple[Title, int, int]]:
        """Posts with the words `[first, last)` that they take."""
        for found in _CHIEF_OFFICER.finditer(words.string):
            first, last = words.at(found.start()), words.at(found.end() - 1)
            if words.is_edge(found.start()) and not any(words.kinds[i] == Kind.TITLE for i in range(first, last + 1)):
                yield Title(found.start(), found.end(), found.group()), first, last + 1
        index, count = 0, len(words.words)
        while index < count:
            if words.kinds[index] != Kind.TITLE:
                index += 1
                continue
            first, last = index, index + 1
            while first > 0 and words.words[first - 1].text in self._before:
                first -= 1
            if first < index or words.words[index].text not in self._no_posts:
                start, end = words.starts[first], words.starts[last]
                yield Title(start, end, words.string[start:end]), first, last
            index = last

    def chiefs(self, words: Words) -> Iterator[tuple[Mention, Title]]:
        """Departments that are named only within the post of their head: 贸易与出口增长部长."""
        for index in range(1, len(words.words)):
            text = words.words[index].text
            if text == "长" and words.words[index - 1].suffix is not None and words.kinds[index - 1] != Kind.BREAK:
                end = words.starts[index]
                head = words.string[end - 1]
                if head not in "部局厅署" or len(words.words[index - 1].text) < 2:
                    continue
                first = self._department(words, index - 1)
                name = words.string[words.starts[first] : end]
                yield (
                    Mention(words.starts[first], end - 1, name, "GovernmentBody", 0.85, "title"),
                    Title(end - 1, end + 1, head + "长"),
                )
            elif text in ("部长", "副部长", "大臣", "局长", "署长") and words.kinds[index - 1] >= Kind.NOUN:
                head = "部" if text.endswith("部长") else {"局长": "局", "署长": "署"}.get(text, "部")
                before = words.words[index - 1]
                if before.suffix is not None and before.suffix.type == "GovernmentBody":
                    continue
                first = self._department(words, index)
                start, end = words.starts[first], words.starts[index]
                name = words.string[start:end] + head
                if head == "部" and not (
                    words.kinds[first] == Kind.PLACE
                    or self._lexicon.known(name)
                    or words.string[start:end] in self._ministries
                ):
                    continue
                if end - start >= 2:
                    yield (
                        Mention(start, end, name, "GovernmentBody", 0.8, "title"),
                        Title(end, words.starts[index + 1], text),
                    )

    def _department(self, words: Words, index: int) -> int:
        first = index
        while first > 0 and index - first < 10:
            kind = words.kinds[first - 1]
            if kind >= Kind.NOUN:
                first -= 1
                if kind == Kind.PLACE:
                    break
            elif (
                words.words[first - 1].text in _LISTING
                and first - 1 > 0
                and words.kinds[first - 2] in (Kind.NOUN, Kind.INNER, Kind.DUAL)
            ):
                first -= 2
            else:
                break
        return first

    # ---- people ----

    def people(self, words: Words) -> Iterator[Mention]:
        """Names of people with the evidence of what stands beside them."""
        yield from self._dotted(words)
        kinds, count = words.kinds, len(words.words)
        last_end = -1
        index = 0
        while index < count:
            word = words.words[index]
            text, kind = word.text, kinds[index]
            if kind == Kind.BREAK and len(text) > 1:
                index += 1
                continue
            if (
                text[0] in self._surnames
                and len(text) <= 4
                and kind not in (Kind.TITLE, Kind.HEAD, Kind.KNOWN)
                and (len(text) == 1 or word.frequency < _COMMON or kind == Kind.PROPER)
            ):
                found = self._chinese(words, index, last_end)
                if found is not None:
                    mention, index = found
                    last_end = mention.end
                    yield mention
                    continue
            if (kind in (Kind.PROPER, Kind.LETTER) and text[0] in self._foreign) or word.tag == "nrt":
                found = self._transliterated(words, index, last_end)
                if found is not None:
                    mention, index = found
                    last_end = mention.end
                    yield mention
                    continue
            if kind == Kind.LATIN and text[0].isupper() and len(text) > 1 and not text.isupper():
                found = self._latin(words, index, last_end)
                if found is not None:
                    mention, index = found
                    last_end = mention.end
                    yield mention
                    continue
            index += 1

    def _chinese(self, words: Words, index: int, last_end: int) -> tuple[Mention, int] | None:
        string, start = words.string, words.starts[index]
        left = self._left(words, index, last_end)
        best: tuple[float, int] | None = None
        compound = string[start : start + 2] in self._compound
        for length in (3, 2, 4) if compound else (3, 2):
            if compound and length == 2:
                continue
            end = start + length
            name = string[start:end]
            if words.kinds[words.at(end - 1)] in (Kind.TITLE, Kind.HEAD) and end - start > 1:
                continue
            if name[-1:] in _NO_ENDING:
                continue
            if len(name) < length or not _HAN.fullmatch(name) or not words.is_edge(end):
                continue
            score = (
                self._score(words, index, name, end, compound)
                + left
                + self._right(words, words.at(end) if end < len(string) else len(words.words), name)
            )
            if score > 0.5 and string.find(name, end) >= 0:
                score += 0.7
            if compound and length == 4:
                score += 0.8
            if best is None or score > best[0]:
                best = score, end
        if best is None or best[0] < _ENOUGH:
            return None
        score, end = best
        confidence = min(0.95, 0.5 + 0.1 * (score - _ENOUGH))
        return Mention(start, end, string[start:end], "Person", confidence, "name"), words.at(end) if end < len(
            string
        ) else len(words.words)

    def _score(self, words: Words, index: int, name: str, end: int, compound: bool) -> float:
        """How much the letters themselves look like a name."""
        given = name[2:] if compound else name[1:]
        family = 3.0 if compound else self._segmenter.family_name(name[0])
        total = family + self._segmenter.given_name(given) * (2.0 / len(given) if compound else 1.0)
        score = 0.5 * max(-6.0, min(8.0, total))
        inside = []
        i = index
        while i < len(words.words) and words.starts[i] < end:
            inside.append((words.words[i], words.kinds[i]))
            i += 1
        if len(inside) == 1:
            word, kind = inside[0]
            if word.tag in ("nr", "nrfg"):
                score += 1.0 if len(name) == 3 and kind == Kind.PROPER else 0.3 if kind == Kind.PROPER else -1.5
            elif kind != Kind.PROPER:
                score -= 3.0
        else:
            for word, kind in inside:
                if len(word.text) == 1:
                    score -= 0.5 if kind == Kind.BREAK and word.text != name[0] else 0.0
                elif kind != Kind.PROPER and word.tag not in ("nr", "nz", "nrt"):
                    score -= 1.5 if word.frequency > 300 else 0.7 if word.tag != "ns" else 0.2
        return score - (1.0 if len(name) == 2 else 0.0)

    def _left(self, words: Words, index: int, last_end: int) -> float:
        """What the word before says for a name here."""
        if index == 0:
            return 0.3
        before, kind = words.words[index - 1], words.kinds[index - 1]
        start = words.starts[index]
        if kind == Kind.TITLE:
            return 3.5
        if before.text in _LISTING and index > 1:
            entry = words.words[index - 2].entry
            if last_end == words.starts[index - 1] or (entry is not None and entry.type == "Person"):
                return 2.5
        if before.text in ("为", "是", "系") and index > 1 and words.kinds[index - 2] == Kind.TITLE:
            return 3.0
        if before.text == "了" and index > 1 and words.words[index - 2].text in self._named:
            return 2.0
        if before.text in self._named or before.text.endswith(
            ("股东", "控制人", "人", "者", "哥", "妹", "姐", "弟", "友", "同学")
        ):
            return 1.5
        if start > 0 and words.string[start - 1] in ',。;:!?\n“"(':
            return 0.4
        if kind == Kind.KNOWN or (before.suffix is not None and kind != Kind.BREAK):
            return 0.8
        return 0.0

    def _right(self, words: Words, after: int, name: str) -> float:
        """What the word behind says for a name before it."""
        if after >= len(words.words):
            return 0.0
        word, kind = words.words[after], words.kinds[after]
        text = word.text
        if kind == Kind.TITLE or (
            text in self._before and after + 1 < len(words.words) and words.kinds[after + 1] == Kind.TITLE
        ):
            return 3.0
        if text in self._says:
            return 2.0
        if text in ("公司", "集团", "股份", "方面", "旗下"):
            return -3.0
        if text == "(" or text == "等":
            return 0.5
        if text in "、和与":
            return 0.5
        if text in self._follows:
            return 0.5
        if kind in (Kind.LETTER, Kind.PROPER):
            return -1.0
        if word.suffix is not None and kind != Kind.BREAK:
            return -1.0
        if kind in (Kind.INNER, Kind.NOUN):
            return -0.3
        return 0.0

    def _transliterated(self, words: Words, index: int, last_end: int) -> tuple[Mention, int] | None:
        string, start = words.string, words.starts[index]
        last, foreign = index, self._foreign
        while (last < len(words.words) and words.kinds[last] in (Kind.PROPER, Kind.LETTER)) or (
            last < len(words.words) and words.words[last].tag == "nrt"
        ):
            if not all(letter in foreign for letter in words.words[last].text):
                break
            last += 1
        if last == index:
            return None
        end = words.starts[last]
        length = end - start
        if not 2 <= length <= 8 or string[end : end + 1] == "·" or (start and string[start - 1] == "·"):
            return None
        whole = words.words[index] if last == index + 1 else None
        score = self._left(words, index, last_end) + self._right(words, last, string[start:end])
        score += 1.0 if length >= 3 else 0.0
        if whole is not None and whole.tag == "nrt" and length >= 3:
            score += 1.0
        if score < _ENOUGH + 0.5:
            return None
        return Mention(
            start, end, string[start:end], "Person", min(0.9, 0.5 + 0.1 * (score - _ENOUGH)), "foreign"
        ), last

    def _latin(self, words: Words, index: int, last_end: int) -> tuple[Mention, int] | None:
        start = words.starts[index]
        found = _LATIN_NAME.match(words.string, start)
        if found is None or not words.is_edge(found.end()):
            return None
        after = words.at(found.end()) if found.end() < len(words.string) else len(words.words)
        left = self._left(words, index, last_end)
        right = self._right(words, after, found.group())
        many = " " in found.group()
        if not ((left >= 2.5 and (many or right >= 1.0)) or (right >= 3.0 and many) or (many and right >= 2.0)):
            return None
        return Mention(start, found.end(), found.group(), "Person", 0.75 if left >= 2.5 else 0.6, "foreign"), after

    def _dotted(self, words: Words) -> Iterator[Mention]:
        string = words.string
        if "·" not in string:
            return
        for found in _DOTTED.finditer(string):
            start, end = found.span()
            first_dot, last_dot = string.index("·", start), string.rindex("·", start, end)
            begin = self._first_part(words, start, first_dot)
            finish = self._last_part(words, last_dot + 1, end)
            if begin is None or finish is None:
                continue
            start, end = begin, finish
            right = words.words[words.at(end)] if end < len(string) else None
            if right is not None and right.suffix is not None and right.kind != Kind.BREAK:
                continue
            yield Mention(start, end, string[start:end], "Person", 0.8, "foreign")

    def _first_part(self, words: Words, start: int, dot: int) -> int | None:
        """Where the first part of a dotted name begins: the foreign letters before the dot."""
        at = dot
        while at > start and dot - at < 7:
            letter = words.string[at - 1]
            if letter not in self._foreign and not letter.isascii():
                break
            index = words.at(at - 1)
            if words.starts[index + 1] == at and (
                words.kinds[index] in (Kind.TITLE, Kind.HEAD, Kind.KNOWN)
                # The word at the dot is part of the name although it may mean something (科林·, 马克·).
                or (
                    at < dot
                    and len(words.words[index].text) > 1
                    and words.kinds[index] in (Kind.NOUN, Kind.VERB, Kind.INNER, Kind.BREAK)
                )
            ):
                break
            at -= 1
        return at if at < dot else None

    def _last_part(self, words: Words, begin: int, end: int) -> int | None:
        at = begin
        while at < end and at - begin < 8:
            letter = words.string[at]
            if letter not in self._foreign and not letter.isascii():
                break
            index = words.at(at)
            if (
                words.starts[index] == at
                and at > begin
                # A single letter that foreign names are written with (莫, 思) ends no name, whatever else it means.
                and len(words.words[index].text) > 1
                and (words.kinds[index] in (Kind.TITLE, Kind.BREAK, Kind.HEAD) or words.words[index].text in self._says)
            ):
                break
            at += 1
        return at if at > begin else None
