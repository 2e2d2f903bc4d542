"""Relations by a trained model: for two names of a sentence, which relations hold between them, and how sure that is.

Two steps. A linear model weighs the features of each pair (`kg.extract.candidates`) for each relation that the ontology
allows between the two. Then small trees weigh each finding against its rivals in the sentence: a verb has one object
next to it, and what the wordings found counts too. `kg.training.pairs` trains both on annotated passages.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kg.extract.weights import Weights
from kg.extract.wordings import Match, Wording
from kg.model import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kg.extract.candidates import Candidate
    from kg.extract.skeleton import Chunk
    from kg.extract.triggers import TriggerWords
    from kg.model import Status
    from kg.schema import Schema

__all__ = ["Finding", "Judged", "Pairs", "fits", "rivals", "status_features"]

_HOPELESS = -4.0
"""Log odds below which a finding is not looked at again."""
NOWHERE = ("none",)
"""Where a relation's words stand that the sentence has none of."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation that may hold between the names of a candidate: its label, and the log odds by the linear model."""

    candidate: Candidate
    label: int
    name: str
    score: float

    @property
    def predicate(self) -> str:
        return self.name[:-1]

    @property
    def forward(self) -> bool:
        """From the first name to the second."""
        return self.name[-1] == "+"

    @property
    def subject(self) -> int:
        return self.candidate.first if self.forward else self.candidate.second

    @property
    def object(self) -> int:
        return self.candidate.second if self.forward else self.candidate.first


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with its probability in the end."""

    finding: Finding
    confidence: float

    def match(self, trigger: tuple[int, int], chunks: Mapping[str, Chunk]) -> Match:
        """As if a wording had said it."""
        found = self.finding.candidate
        wording = Wording(None, self.finding.predicate, "pairs", (), (), confidence=self.confidence)
        return Match(wording, max(found.first, 0), found.second + 1, trigger, chunks, {}, ())


_Key: TypeAlias = tuple[str, int]


def rivals(findings: Sequence[Finding]) -> list[list[float]]:
    """For each finding of a sentence, what the trees ask: its own odds and those of the findings it competes with."""
    by_subject: dict[_Key, list[Finding]] = defaultdict(list)
    by_object: dict[_Key, list[Finding]] = defaultdict(list)
    by_predicate: dict[str, list[Finding]] = defaultdict(list)
    by_pair: dict[int, list[Finding]] = defaultdict(list)
    for f in sorted(findings, key=lambda f: -f.score):
        for group in (
            by_subject[f.predicate, f.subject],
            by_object[f.predicate, f.object],
            by_predicate[f.predicate],
            by_pair[id(f.candidate)],
        ):
            if len(group) < 2:  # the best, and the best beside itself
                group.append(f)

    def best(found: Iterable[Finding], but: Finding) -> float:
        return next((f.score for f in found if f is not but), _NO_RIVAL)

    rows = []
    for f in findings:
        c, predicate = f.candidate, f.predicate
        subject, obj = best(by_subject[predicate, f.subject], f), best(by_object[predicate, f.object], f)
        pair, all_ = best(by_pair[id(c)], f), best(by_predicate[predicate], f)
        turned = best(by_subject[predicate, f.object], f), best(by_object[predicate, f.subject], f)
        place = c.own.get(predicate, NOWHERE)[0]
        zone = -1 if place == NOWHERE[0] else "pba".index(place[0])
        left, right = (-1, -1) if zone < 0 else (int(place[1]), int(place[2]))
        rows.append(
            [
                f.score, subject, obj, pair, all_, *turned,
                f.score - subject, f.score - obj, f.score - pair, f.score - all_,
                float(("+" if f.forward else "-") + predicate in c.features),
                float(c.second - c.first), float(f.label), float(zone), float(left), float(right),
                float(len(findings)), float(c.first < 0), float(len(c.left.members)), float(len(c.right.members)),
            ]
        )  # fmt: skip
    return rows


_NO_RIVAL = -9.0


class Pairs:
    """Judges pairs of names by trained weights."""

    def __init__(self, weights: Weights, schema: Schema) -> None:
        import numpy as np

        self._weights = weights
        self._rows = {feature: i for i, feature in enumerate(weights.vocabulary)}
        self._status_rows = {feature: i for i, feature in enumerate(weights.status_vocabulary)}
        self._schema = schema
        self._allowed: dict[tuple[str, str], tuple[int, ...]] = {}
        shared = weights.shared
        self._without = np.array(
            [
                weights.relations[-1, n] + sum(shared.get(sign + w, 0.0) for sign in (name[-1], name) for w in NOWHERE)
                for n, name in enumerate(weights.labels)
            ],
            dtype=np.float32,
        )

    @classmethod
    def load(cls, schema: Schema, path: Path | None = None) -> Pairs:
        """The packaged model or another one. Raises OntologyError where it cannot be read."""
        return cls(Weights.load(path), schema)

    def _labels(self, left: str, right: str) -> tuple[int, ...]:
        """The labels that the ontology allows between names of two classes."""
        found = self._allowed.get((left, right))
        if found is None:
            names = enumerate(self._weights.labels)
            found = tuple(n for n, name in names if fits(self._schema, name, left, right))
            self._allowed[left, right] = found
        return found

    def findings(self, candidate: Candidate) -> list[Finding]:
        """The relations that are not hopeless between the two names."""
        labels = self._labels(candidate.left.cls, candidate.right.cls)
        if not labels:
            return []
        get, names = self._rows.get, self._weights.labels
        rows = [row for row in map(get, candidate.features) if row is not None]
        scores = self._weights.relations[rows].sum(axis=0).tolist()
        found = []
        for n in labels:
            name = names[n]
            own = candidate.own.get(name[:-1])
            score = scores[n]
            if own is None:
                score += float(self._without[n])
            else:
                weigh = self._weights.shared.get
                score += float(self._weights.relations[-1, n])
                score += sum(weigh(name[-1] + place, 0.0) + weigh(name + place, 0.0) for place in own)
            if score > _HOPELESS:
                found.append(Finding(candidate, n, name, score))
        return found

    def judge(self, sentences: Iterable[Sequence[Candidate]]) -> list[list[Judged]]:
        """What may hold in each sentence, with its probability."""
        import numpy as np

        found = [[f for c in candidates for f in self.findings(c)] for candidates in sentences]
        rows = [row for findings in found for row in rivals(findings)]
        if not rows:
            return [[] for _ in found]
        table = np.array(rows, dtype=np.float32)
        odds = table[:, 0] if self._weights.trees is None else self._weights.trees.score(table)
        sure = iter((1.0 / (1.0 + np.exp(-odds))).round(3).tolist())
        return [[Judged(f, next(sure)) for f in findings] for findings in found]

    def status(self, features: Iterable[str]) -> tuple[Status, float]:
        """The status of a relation by its `status_features`, and the probability of that."""
        import numpy as np

        get = self._status_rows.get
        rows = [row for row in map(get, features) if row is not None]
        score = self._weights.statuses[rows].sum(axis=0) + self._weights.statuses[-1]
        odds = np.exp(score - score.max())
        best = int(odds.argmax())
        return STATUSES[best], float(odds[best] / odds.sum())

    def trigger(self, finding: Finding) -> tuple[int, int]:
        """The word of the folded sentence that speaks most for a finding; the two names where none does."""
        c = finding.candidate
        best, where = 0.0, (max(c.first, 0), c.second + 1)
        for text, start, end, place in c.words:
            marks = ["b" + text, "k" + c.kinds + text, "d" + c.kinds + text, "l" + c.kinds + text]
            if place != "b":
                marks = ["a" + c.kinds + text] if place == "a" else ["q" + text]
            rows = [row for row in map(self._rows.get, marks) if row is not None]
            speaks = float(self._weights.relations[rows, finding.label].sum())
            if speaks > best:
                best, where = speaks, (start, end)
        return where


def status_features(
    finding: Finding, text: str, trigger: tuple[int, int], told: Status, words: TriggerWords
) -> list[str]:
    """What bears on the status of a relation, told in the folded sentence `text` by the words at `trigger`; `told` is
    what the cues of status.toml say."""
    c = finding.candidate
    start, end = trigger
    found = [f"={told}", f"={told}|{finding.predicate}", f"p{finding.predicate}", f"w{text[start:end]}"]
    found += words.cues(text, trigger, c.first, c.second)
    for length in (1, 2, 3):
        found.append(f"l{text[max(0, start - length) : start]}")
        found.append(f"r{text[end : end + length]}")
        found.append(f"s{text[max(0, c.first - length) : max(0, c.first)]}")
        found.append(f"f{text[c.first + 1 : c.first + 1 + length]}")
        found.append(f"g{text[c.second + 1 : c.second + 1 + length]}")
        found.append(f"h{text[max(0, c.second - length) : c.second]}")
    return list(dict.fromkeys(found))


def fits(schema: Schema, label: str, left: str, right: str) -> bool:
    """Whether the ontology allows a label between names of two classes."""
    prop = schema.properties.get(label[:-1])
    if prop is None:
        return False  # an ontology of the user's own need not have it
    subject, obj = (left, right) if label[-1] == "+" else (right, left)
    return _within(schema, subject, prop.domain) and _within(schema, obj, prop.range)


def _within(schema: Schema, name: str, classes: Sequence[str]) -> bool:
    if any(schema.is_a(name, c) for c in classes):
        return True
    return name == "Organization" and any(schema.is_a(c, "Organization") for c in classes)
