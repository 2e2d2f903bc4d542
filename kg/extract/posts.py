"""What a post beside a person says: that they work there, founded it, or are its member."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kg.extract.drafts import Filler
from kg.extract.status import settle
from kg.measures import either
from kg.patterns import read_patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from kg.extract.drafts import Draft
    from kg.extract.skeleton import Post
    from kg.model import Status, Value

    Left: TypeAlias = tuple[int | None, str]
    """Which post somebody left: where (None: it is not told), and the title, empty for whichever it was."""

__all__ = ["PostWords", "left"]

_HOLDS = ("worksFor", "asserted")


@dataclass(frozen=True, slots=True)
class PostWords:
    """The words of `ontology/patterns/posts.toml`."""

    former: frozenset[str]
    founder: re.Pattern[str]
    honorific: re.Pattern[str]
    trades: re.Pattern[str]
    """Without an organisation, no post at the company that the news is about: 分析师, 律师."""
    public: re.Pattern[str]
    """Posts that companies do not have: 教授, 部长."""

    @classmethod
    def load(cls, path: Path | None = None) -> PostWords:
        """Read posts.toml (default: the packaged one). Raises OntologyError where a list is missing."""
        return read_patterns("posts.toml", path, cls._of)

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> PostWords:
        posts = data["posts"]
        return cls(
            frozenset(posts["former"]),
            re.compile(either(posts["founder"])),
            re.compile(f"^(?:{either(posts['honorific'])})$"),
            re.compile(f"(?:{either(posts['trades'])})$"),
            re.compile(either(posts["public"])),
        )

    def split(self, relation: Draft) -> Iterator[Draft]:
        """是公司创始人兼总裁 says two things, that somebody founded it and works there: a draft for each."""
        title = relation.values.get("title")
        if relation.target != "worksFor" or not isinstance(title, str) or not self.founder.search(title):
            yield relation
            return
        yield replace(relation, target="founded", values={}, statuses=[("asserted", None)])
        if self._beside_founding(title):
            yield relation

    def _beside_founding(self, title: str) -> str:
        return self.founder.sub("", title).strip("兼、及和")

    def read(self, post: Post) -> Iterator[tuple[str, Mapping[str, Value], tuple[Status, str | None]]]:
        """Predicate, qualifiers, and status with its cue, for each thing that the post says; none for 先生 or 网友."""
        if self.honorific.match(post.title):
            return
        status: tuple[Status, str | None] = ("ended", post.prefix) if post.prefix in self.former else ("asserted", None)
        if self.founder.search(post.title):
            yield "founded", {}, ("asserted", None)
            if not self._beside_founding(post.title):
                return
        yield "worksFor", {"title": post.title}, status

    def leave(self, events: Iterable[Draft], posts: Sequence[Post]) -> None:
        """董事长李明辞职: whoever leaves without a word of what leaves the post that stands beside the name."""
        for d in events:
            people = d.roles.get("person", ())
            if d.target != "Appointment" or d.values.get("action") != "left" or len(people) != 1:
                continue
            held = [post for post in posts if post.person.referent == people[0].referent]
            employers = [post.organization for post in held if post.organization is not None]
            if employers and not d.roles.get("organization"):
                d.roles["organization"] = [Filler.of(employers[-1], d.sentence)]
            there = {None, *(f.referent for f in d.roles.get("organization", ()))}
            held = [p for p in held if (p.organization and p.organization.referent) in there]
            told = [(post.title, *what) for post in held for what in self.read(post)]
            titles = {title for title, predicate, _, (status, _) in told if (predicate, status) == _HOLDS}
            if len(titles) == 1 and "title" not in d.values:
                (d.values["title"],) = titles


def left(events: Iterable[Draft]) -> dict[int, set[Left]]:
    """Who left, by the events of an item, and which post."""
    gone: dict[int, set[Left]] = {}
    for e in events:
        if e.target == "Appointment" and settle(e.statuses)[0] in ("asserted", "ended"):
            title = str(e.values.get("title", ""))
            places: set[int | None] = {f.referent for f in e.roles.get("organization", ())}
            for f in e.roles.get("person" if e.values.get("action") == "left" else "predecessor", ()):
                gone.setdefault(f.referent, set()).update((at, title) for at in places or {None})
    return gone
