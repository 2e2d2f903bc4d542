"""The relation model at work: pairs of names out of an item, judged, and what comes of it in the assembly."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from kg.extract.anaphora import subject_before
from kg.extract.candidates import candidates
from kg.extract.drafts import draft
from kg.extract.folds import lists_folded
from kg.extract.pairs import fits, status_features
from kg.extract.skeleton import Alphabet, Chunk, Member
from kg.model import OMITTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kg.extract.analysis import Analysis
    from kg.extract.assembly import Assembly
    from kg.extract.candidates import Candidate
    from kg.extract.pairs import Finding, Judged, Pairs
    from kg.extract.posts import PostWords
    from kg.extract.skeleton import Skeleton
    from kg.extract.status import StatusCues
    from kg.extract.triggers import TriggerWords
    from kg.model import Status
    from kg.schema import Schema
    from kg.text import Sentence

__all__ = ["RelationFinder"]

DROPPED = 0.1
"""What the wordings found is dropped below this probability."""
_ACTING = (("Organization",), ("Person",), ("Product", "Project"))
_OVERRULING = 0.6
"""How probable a status must be to go before what the cues of the text say."""
_UNSAID = 0.9
"""How sure it is that a sentence speaks of whom the ones before spoke of."""


class RelationFinder:
    """Offers pairs of names to the relation model, and takes its judgement. Holds no state of an item."""

    def __init__(self, schema: Schema, cues: StatusCues, posts: PostWords, triggers: TriggerWords) -> None:
        self.schema = schema
        self.triggers = triggers
        self._alphabet = Alphabet(schema)
        self._cues = cues
        self._posts = posts
        self._known: dict[tuple[str, str], bool] = {}

    def judge(self, analysis: Analysis, assembly: Assembly, pairs: Pairs) -> None:
        """What the relation model finds beside the wordings, and what it thinks of that which they found."""
        told = assembly.told()
        sentences: dict[int, list[Candidate]] = {}
        folded: dict[int, Skeleton] = {}
        for index, skel, found in self.candidates(analysis, told):
            sentences.setdefault(index, []).append(found)
            folded[index] = skel
        best: dict[tuple[int, str, int, int], float] = {}
        new: list[tuple[float, int, Judged]] = []
        for index, judged in zip(sentences, pairs.judge(sentences.values()), strict=True):
            for j in judged:
                f = j.finding
                subject, obj = f.candidate.left, f.candidate.right
                if not f.forward:
                    subject, obj = obj, subject
                known = True
                for x in subject.members:
                    for y in obj.members:
                        for ends in ((x, y), (y, x)) if self.schema.properties[f.predicate].symmetric else ((x, y),):
                            key = index, f.predicate, ends[0].referent, ends[1].referent
                            best[key] = max(best.get(key, 0.0), j.confidence)
                        known &= f.predicate in told.get((x.referent, y.referent), ()) or x.referent == y.referent
                if not known and j.confidence >= self.triggers.taken(f.predicate):
                    new.append((-j.confidence, index, j))
        assembly.weigh(best, DROPPED)
        titles = assembly.titles()
        for _, index, j in sorted(new, key=lambda n: n[:2]):
            self._add_judged(analysis, assembly, pairs, index, folded[index], j, titles)
        assembly.settle_sides()

    def _add_judged(
        self,
        analysis: Analysis,
        assembly: Assembly,
        pairs: Pairs,
        index: int,
        skel: Skeleton,
        judged: Judged,
        titles: Mapping[int, set[str]],
    ) -> None:
        f = judged.finding
        found = f.candidate
        subject, obj = (found.left, found.right) if f.forward else (found.right, found.left)
        chunks = {"subject": subject, "object": obj}
        if found.first == found.second:
            del chunks["object"]
        if f.predicate == "worksFor":
            title = _title_near(skel, found, subject)
            if title is None or all(_holds(titles.get(m.referent, ()), title.text) for m in subject.members):
                return  # That post was found, and where it is.
            chunks["title"] = title
        trigger = pairs.trigger(f)
        match = judged.match(trigger, chunks)
        for made in draft(match, index, skel, analysis, self.schema, self._cues):
            word = made.statuses[0][1]
            told = self.cues_at(analysis, skel, f, trigger)
            status, sure = pairs.status(status_features(f, skel.text, trigger, told, self.triggers))
            if sure < _OVERRULING:
                status = told
            made.statuses = [(status, word or (skel.text[slice(*trigger)] if status != "asserted" else None))]
            for part in self._posts.split(made):
                assembly.add_relation(part)

    def cues_at(self, analysis: Analysis, skel: Skeleton, finding: Finding, trigger: tuple[int, int]) -> Status:
        """What the cues of the text say of the status of a finding, told by the words at `trigger`."""
        low, high = skel.span(*skel.clause(max(finding.candidate.first, 0), finding.candidate.second + 1))
        return self._cues.status(analysis.text.string, low, high, *skel.span(*trigger))[0]

    def candidates(
        self, analysis: Analysis, told: Mapping[tuple[int, int], set[str]]
    ) -> Iterator[tuple[int, Skeleton, Candidate]]:
        """Pairs of names that may stand in a relation, each with its sentence, by index and folded.

        `told` is what the wordings found of two referents.
        """
        for index, sentence in enumerate(analysis.text.sentences):
            skel = lists_folded(analysis, sentence, self._alphabet, self.schema)
            omitted = [] if sentence.kind != "paragraph" else list(self._before(analysis, sentence, skel))
            for candidate in candidates(skel, analysis.word_starts, told, omitted, self.triggers, self._related):
                yield index, skel, candidate

    def _related(self, left: str, right: str) -> bool:
        """Whether the ontology has a relation between names of two classes, in either direction."""
        known = self._known.get((left, right))
        if known is None:
            labels = (name + sign for name in self.schema.properties for sign in "+-")
            known = self._known[left, right] = any(fits(self.schema, label, left, right) for label in labels)
        return known

    def _before(self, analysis: Analysis, sentence: Sentence, skel: Skeleton) -> Iterator[Chunk]:
        """Whom the sentences before speak of: an organisation, a person, a thing. The sentence may leave them out."""
        opening = skel.chunks.get(0)
        for classes in _ACTING:
            if opening is not None and opening.members and self.schema.is_a(opening.cls, classes[0]):
                continue
            referent = subject_before(analysis, sentence.start, classes)
            if referent is not None:
                yield self._omitted(analysis, referent, sentence)
        # 会上, 大会由…主办: the meeting named last.
        for i in range(bisect_left(analysis.mentions, sentence.start, key=lambda m: m.start) - 1, -1, -1):
            if analysis.mentions[i].type == "Conference" and i in analysis.referent_of:
                yield self._omitted(analysis, analysis.referent_of[i], sentence)
                break

    def _omitted(self, analysis: Analysis, referent: int, sentence: Sentence) -> Chunk:
        r = analysis.referents[referent]
        member = Member(referent, sentence.start, sentence.start, _UNSAID * r.confidence, OMITTED)
        return Chunk(r.type, sentence.start, sentence.start, (member,), text=r.name)


def _title_near(skel: Skeleton, found: Candidate, person: Chunk) -> Chunk | None:
    """The title nearest to a person, with no pause in between but where the organisation stands there too."""
    where = found.first if found.left is person and found.first >= 0 else found.second
    other = found.second if where == found.first else found.first
    near = []
    for at, chunk in skel.chunks.items():
        if chunk.cls != "title" or abs(at - where) > _TITLE_REACH:
            continue
        low, high = sorted((at, where))
        between = skel.text[low + 1 : high]
        if not _PAUSE.search(between) or low < other < high or min(other, where) < at < max(other, where):
            near.append((sum(low < n < high and bool(c.members) for n, c in skel.chunks.items()), high - low, at))
    return skel.chunks[min(near)[2]] if near else None


def _holds(titles: Collection[str], title: str) -> bool:
    """Whether a title, or a longer one that ends in it, is among those of a person."""
    return any(known.endswith(title) for known in titles)


_TITLE_REACH = 16
_PAUSE = re.compile("[,;:。!?]")
