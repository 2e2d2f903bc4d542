"""Training of the relation model (`kg.extract.pairs`) on annotated passages."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from kg.errors import UsageError
from kg.extract.analysis import Mention
from kg.extract.pairs import NOWHERE, Pairs, fits, rivals, status_features
from kg.extract.weights import Trees, Weights
from kg.model import STATUSES
from kg.training.annotated import Passage
from kg.training.tagger import marked, offsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scipy.sparse import csr_matrix

    from kg.extract.analysis import Analysis
    from kg.extract.candidates import Candidate
    from kg.extract.extractor import Extractor
    from kg.extract.skeleton import Skeleton
    from kg.model import Status
    from kg.schema import Schema
    from kg.training.corpora import EventSentence, PairRow

__all__ = ["PairExample", "examples"]


@dataclass(slots=True)
class PairExample:
    """A pair of names with the relations that hold between them, `predicate+` from the first to the second."""

    passage: str
    candidate: Candidate
    labels: set[str] = field(default_factory=set)
    statuses: dict[str, str] = field(default_factory=dict)
    about: frozenset[str] | None = None
    """The labels that the source tells about, True or not; None for all."""
    sentence: int = 0
    analysis: Analysis | None = None
    skel: Skeleton | None = None

    @property
    def left(self) -> str:
        return self.candidate.left.cls

    @property
    def right(self) -> str:
        return self.candidate.right.cls

    @property
    def features(self) -> list[str]:
        return self.candidate.features

    @property
    def own(self) -> dict[str, list[str]]:
        return self.candidate.own


def gold_mentions(analysis: Analysis, passage: Passage) -> tuple[list[Mention], dict[tuple[int, int], str]]:
    """The marked names as mentions, and the first name of the entity at each place."""
    mentions, owners = [], {}
    for lo, hi, mark in marked(analysis, passage.marks):
        if mark.type:
            mentions.append(Mention(lo, hi, mark.surface, mark.type, 1.0, "gold"))
            owners[lo, hi] = mark.names[0]
    return sorted(mentions, key=lambda m: m.start), owners


def examples(passages: Iterable[Passage], extractor: Extractor) -> list[PairExample]:
    """The pairs of names of each passage, the names as marked."""
    made: list[PairExample] = []
    for passage in passages:
        item = passage.item()
        bare, _ = extractor.propose(item)
        mentions, owners = gold_mentions(bare, passage)
        analysis = extractor.analyse(item, mentions)
        made += _examples(passage, analysis, owners, extractor)
    return made


def _owner(analysis: Analysis, referent: int, owners: dict[tuple[int, int], str]) -> str | None:
    named = Counter(
        owners[m.start, m.end]
        for m in (analysis.mentions[i] for i in analysis.referents[referent].mentions)
        if (m.start, m.end) in owners
    )
    return named.most_common(1)[0][0] if named else None


def _examples(
    passage: Passage, analysis: Analysis, owners: dict[tuple[int, int], str], extractor: Extractor
) -> list[PairExample]:
    found = extractor.by_wordings(analysis).told()
    entity = [_owner(analysis, i, owners) for i in range(len(analysis.referents))]
    symmetric = {name for name, p in extractor.schema.properties.items() if p.symmetric}
    wanted: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for r in passage.relations:
        wanted[r.subject, r.object].append((r.predicate, r.status))
    made: list[tuple[int, Candidate, PairExample]] = []
    places: dict[tuple[str, str, str], list[tuple[int, int, int, str, str]]] = defaultdict(list)
    for sentence, skel, c in extractor.relations.candidates(analysis, found):
        example = PairExample(passage.id, c, sentence=sentence, analysis=analysis, skel=skel)
        pairs = [
            (entity[x.referent], entity[y.referent])
            for n, x in enumerate(c.left.members)
            for k, y in enumerate(c.right.members)
            if c.first != c.second or k > n
        ]
        counts: Counter[tuple[str, str]] = Counter()
        for x, y in pairs:
            if x is None or y is None or x == y:
                continue
            for predicate, status in wanted.get((x, y), ()):
                counts[predicate + "+", status] += 1
            for predicate, status in wanted.get((y, x), ()):
                counts[predicate + ("+" if predicate in symmetric else "-"), status] += 1
            for sign, ends in (("+", (x, y)), ("-", (y, x))):
                for predicate, status in wanted.get(ends, ()):
                    label = predicate + ("+" if predicate in symmetric else sign)
                    far = c.second - c.first + (100 if c.first < 0 else 0)
                    places[predicate, *ends].append((far, sentence, len(made), label, status))
        made.append((sentence, c, example))
        del counts
    # A relation is told once or twice, its two names stand together more often: where they are nearest it is told.
    unsure: set[int] = set()
    for told in places.values():
        told.sort()
        nearest = told[0][0]
        for far, _, number, label, status in told:
            if far == nearest:
                made[number][2].labels.add(label)
                made[number][2].statuses[label] = status
            else:
                unsure.add(number)
    return [e for n, (_, _, e) in enumerate(made) if e.labels or n not in unsure]


# ---- weights ---------------------------------------------------------------------------------------------------------

_FOLDS = 4


def fit(
    made: Sequence[PairExample], schema: Schema, *, strength: float = 0.5, least: int = 2, rarest: int = 6
) -> Weights:
    """The relation model: its linear part on all examples, the trees on what that part says of examples that it was
    not trained on. Labels have at least `rarest` examples, features are seen `least` times."""
    names = sorted({e.passage for e in made if e.about is None})
    random.Random(3).shuffle(names)
    fold = {name: i % _FOLDS for i, name in enumerate(names)}
    rows: list[list[float]] = []
    right: list[bool] = []
    for k in range(_FOLDS):
        weights = _linear([e for e in made if fold.get(e.passage) != k], schema, strength, least, rarest)
        pairs = Pairs(weights, schema)
        sentences: dict[tuple[str, int], list[PairExample]] = defaultdict(list)
        for e in made:
            if fold.get(e.passage) == k:
                sentences[e.passage, e.sentence].append(e)
        for examples_ in sentences.values():
            truth = {id(e.candidate): e.labels for e in examples_}
            found = [f for e in examples_ for f in pairs.findings(e.candidate)]
            rows += rivals(found)
            right += [f.name in truth[id(f.candidate)] for f in found]
    whole = _linear(made, schema, strength, least, rarest)
    return replace(whole, trees=_trees(rows, right))


def _linear(made: Sequence[PairExample], schema: Schema, strength: float, least: int, rarest: int) -> Weights:
    """One logistic regression over pairs and labels. Each feature has a weight for each label; where a relation's own
    words stand has one for all relations too, so that rare ones profit from frequent ones."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    seen = Counter(f for e in made for f in e.features)
    vocabulary = sorted(f for f, n in seen.items() if n >= least)
    row = {f: i for i, f in enumerate(vocabulary)}
    counts = Counter(label for e in made for label in e.labels)
    labels = sorted(label for label, n in counts.items() if n >= rarest)
    count = len(labels)
    allowed = {
        kinds: [n for n, label in enumerate(labels) if fits(schema, label, *kinds)]
        for kinds in {(e.left, e.right) for e in made}
    }
    places: Counter[str] = Counter()
    for e in made:
        for n in allowed[e.left, e.right]:
            for place in e.own.get(labels[n][:-1], NOWHERE):
                places[labels[n][-1] + place] += 1
                places[labels[n] + place] += 1
    shared = {name: i for i, name in enumerate(sorted(name for name, n in places.items() if n >= least))}
    base = (len(vocabulary)) * count
    columns: list[Any] = []
    lengths: list[int] = []
    wanted: list[bool] = []
    weight: list[float] = []
    for e in made:
        known = np.array([row[f] for f in e.features if f in row], dtype=np.int64) * count
        for n in allowed[e.left, e.right]:
            label = labels[n]
            if e.about is not None and label not in e.about:
                continue
            places_ = [
                base + count + shared[sign + place]
                for place in e.own.get(label[:-1], NOWHERE)
                for sign in (label[-1], label)
                if sign + place in shared
            ]
            columns.append(np.concatenate([known + n, np.array([base + n, *places_], dtype=np.int64)]))
            lengths.append(len(columns[-1]))
            wanted.append(label in e.labels)
            weight.append(1.0 if e.about is None else _SILVER)
    if not any(wanted):
        raise UsageError(
            f"too few examples: a relation needs {rarest} in three quarters of the passages; annotate more"
        )
    flat = np.concatenate(columns)
    used, flat = np.unique(flat, return_inverse=True)
    matrix = csr_matrix(
        (np.ones(len(flat), dtype=np.float64), flat, np.cumsum([0, *lengths])), shape=(len(lengths), len(used))
    )
    model = LogisticRegression(C=strength, solver="liblinear", tol=1e-2, fit_intercept=False)
    model.fit(matrix, np.array(wanted), sample_weight=np.array(weight))
    everything = np.zeros(base + count + len(shared), dtype=np.float32)
    everything[used] = model.coef_[0]
    table = everything[: base + count].reshape(len(vocabulary) + 1, count)
    values = everything[base + count :]
    by_name = {name: float(values[i]) for name, i in shared.items()}
    none = np.zeros((1, len(STATUSES)), dtype=np.float32)
    return Weights(tuple(labels), tuple(vocabulary), table, by_name, (), none)


_SILVER = 0.3
"""How much an example of a corpus weighs that was annotated for something else."""


def _trees(rows: list[list[float]], right: list[bool]) -> Trees:
    import numpy as np
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=40, learning_rate=0.15, max_leaf_nodes=7, max_depth=_DEPTH, min_samples_leaf=20, random_state=1
    )
    table = np.array(rows, dtype=np.float32)
    model.fit(table, np.array(right))
    trees = [stage[0].tree_ for stage in model.estimators_]
    most = max(t.node_count for t in trees)
    shape = (len(trees), most)
    column, left, child = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    threshold, value = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for n, t in enumerate(trees):
        own = np.arange(t.node_count)
        leaf = t.children_left < 0
        column[n, : t.node_count] = np.where(leaf, 0, t.feature)
        threshold[n, : t.node_count] = t.threshold
        left[n, : t.node_count] = np.where(leaf, own, t.children_left)
        child[n, : t.node_count] = np.where(leaf, own, t.children_right)
        value[n, : t.node_count] = model.learning_rate * t.value[:, 0, 0]
    share = float(np.mean(right))
    return Trees(column, threshold, left, child, value, math.log(share / (1 - share)))


_DEPTH = 5


def fit_status(
    made: Sequence[PairExample], weights: Weights, schema: Schema, extractor: Extractor, *, strength: float = 1.0
) -> Weights:
    """Weights that tell the status of a relation that holds, from the features of its pair and the cues of the text."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    pairs = Pairs(weights, schema)
    features: list[list[str]] = []
    wanted: list[int] = []
    for e in made:
        if e.about is not None:
            continue
        for f in pairs.findings(e.candidate):
            if f.name in e.labels and e.analysis is not None and e.skel is not None:
                trigger = pairs.trigger(f)
                told = extractor.relations.cues_at(e.analysis, e.skel, f, trigger)
                features.append(status_features(f, e.skel.text, trigger, told, extractor.relations.triggers))
                wanted.append(STATUSES.index(cast("Status", e.statuses[f.name])))
    seen = Counter(f for found in features for f in found)
    vocabulary = sorted(f for f, n in seen.items() if n >= _STATUS_LEAST)
    found = np.zeros((len(vocabulary) + 1, len(STATUSES)), dtype=np.float32)
    found[-1] = _NEVER
    if len(set(wanted)) < 2:  # nothing to tell apart
        found[-1, wanted[0] if wanted else STATUSES.index("asserted")] = 0.0
        return replace(weights, status_vocabulary=tuple(vocabulary), statuses=found)
    model = LogisticRegression(C=strength, tol=1e-3, max_iter=300)
    asserted = STATUSES.index("asserted")
    doubt = np.array([1.0 if status == asserted else _DOUBT for status in wanted])
    model.fit(_matrix(features, {f: i for i, f in enumerate(vocabulary)}), np.array(wanted), sample_weight=doubt)
    for n, status in enumerate(model.classes_ if len(model.classes_) > 2 else model.classes_[1:]):
        found[:-1, status] = model.coef_[n]
        found[-1, status] = model.intercept_[n]
    if len(model.classes_) == 2:
        found[-1, model.classes_[0]] = 0.0
    return replace(weights, status_vocabulary=tuple(vocabulary), statuses=found)


_NEVER = -30.0
_STATUS_LEAST = 2
_DOUBT = 2.0
"""What did not happen and is told as if it had is worse than the reverse, so it weighs more."""


def _matrix(features: Sequence[Sequence[str]], row: dict[str, int]) -> csr_matrix:
    import numpy as np
    from scipy.sparse import csr_matrix

    indices = [[row[f] for f in found if f in row] for found in features]
    pointers = np.cumsum([0, *(len(r) for r in indices)])
    flat = np.fromiter((i for r in indices for i in r), dtype=np.int32)
    return csr_matrix((np.ones(len(flat), dtype=np.float32), flat, pointers), shape=(len(features), len(row)))


# ---- from corpora of others ------------------------------------------------------------------------------------------

FEWFC = {
    "收购": ("acquired", ("sub-org", "sub-per"), ("obj-org",)),
    "投资": ("raisedFrom", ("obj",), ("sub",)),
    "担保": ("guarantees", ("sub-org",), ("obj-org",)),
    "起诉": ("sued", ("sub-org", "sub-per"), ("obj-org", "obj-per")),
    "判决": ("sued", ("sub-org", "sub-per"), ("obj-org", "obj-per")),
    "减持": ("holdsStakeIn", ("sub",), ("obj",)),
}
"""Event type of FewFC → relation, and the roles of its subject and its object."""
_UNLIKE = {
    "acquired": ("acquired", "holdsStakeIn", "raisedFrom", "controls"),
    "raisedFrom": ("raisedFrom", "acquired", "holdsStakeIn"),
    "guarantees": ("guarantees", "sued", "acquired"),
    "sued": ("sued", "guarantees", "partnersWith"),
    "holdsStakeIn": ("holdsStakeIn", "acquired"),
}
FINRE = {
    "收购": ("acquired", "+"), "被收购": ("acquired", "-"), "拟收购": ("acquired", "+"), "被拟收购": ("acquired", "-"),
    "入股": ("holdsStakeIn", "+"), "被入股": ("holdsStakeIn", "-"), "持股": ("holdsStakeIn", "+"),
    "被持股": ("holdsStakeIn", "-"), "增持": ("holdsStakeIn", "+"), "被增持": ("holdsStakeIn", "-"),
    "注资": ("raisedFrom", "-"), "被注资": ("raisedFrom", "+"), "成立": ("founded", "+"), "被成立": ("founded", "-"),
    "合作": ("partnersWith", "+"), "签约": ("partnersWith", "+"), "竞争": ("competesWith", "+"),
}  # fmt: skip
"""Relation of FinRE → relation, and whether head or tail is its subject."""
_PLAIN = frozenset(("unknown", "分析", "自己", "商讨"))
"""Relations of FinRE under which none of ours holds."""


def from_fewfc(rows: Iterable[EventSentence], extractor: Extractor) -> list[PairExample]:
    """Pairs of those who take part in one event, or in different events, of a sentence of FewFC."""
    made: list[PairExample] = []
    for number, row in enumerate(rows):
        told: dict[tuple[tuple[int, int], tuple[int, int]], str] = {}
        spans: dict[tuple[int, int], str] = {}
        kinds = {event.type for event in row.events}
        for event in row.events:
            if event.type not in FEWFC:
                continue
            predicate, subjects, objects = FEWFC[event.type]
            ends = [[(a.start, a.end) for a in event.arguments if a.role in wanted] for wanted in (subjects, objects)]
            for a in event.arguments:
                if a.role in subjects or a.role in objects:
                    spans[a.start, a.end] = "Person" if a.role.endswith("-per") else "Company"
            told.update({(s, o): predicate for s in ends[0] for o in ends[1]})
        if len(spans) < 2 or kinds - set(FEWFC):
            continue
        made += _given(f"fewfc-{number}", row.text, spans, told, extractor)
    return made


def from_finre(rows: Iterable[PairRow], extractor: Extractor) -> list[PairExample]:
    """The pairs of FinRE whose relation says that one of ours holds, or that none does."""
    grouped: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        grouped[row.sentence, row.head, row.tail].add(row.relation)
    made: list[PairExample] = []
    for number, ((text, head, tail), relations) in enumerate(grouped.items()):
        if not relations <= (FINRE.keys() | _PLAIN):
            continue
        places = [(at, at + len(name)) for name in (head, tail) if (at := text.find(name)) >= 0]
        if len(places) < 2 or (places[0][0] < places[1][1] and places[1][0] < places[0][1]):
            continue
        told = {}
        for relation in relations & FINRE.keys():
            predicate, sign = FINRE[relation]
            told[(places[0], places[1]) if sign == "+" else (places[1], places[0])] = predicate
        made += _given(f"finre-{number}", text, dict.fromkeys(places, "Company"), told, extractor)
    return made


def _given(
    name: str,
    text: str,
    spans: dict[tuple[int, int], str],
    told: dict[tuple[tuple[int, int], tuple[int, int]], str],
    extractor: Extractor,
) -> list[PairExample]:
    """Examples of the pairs of given names among whatever else the sentence names."""
    item = Passage(name, "2020-01-01", "wire", text, (), ()).item()
    found = extractor.analyse(item)
    at = offsets(found.text)
    places = {(at[a], at[b - 1] + 1): (a, b) for a, b in spans if a in at and b - 1 in at}
    others = [m for m in found.mentions if not any(m.start < b and a < m.end for a, b in places)]
    classes = {(m.start, m.end): m.type for m in found.mentions}
    given = [
        Mention(a, b, found.text.surface[a:b], classes.get((a, b), spans[where]), 1.0, "gold")
        for (a, b), where in places.items()
    ]
    analysis = extractor.analyse(item, sorted([*others, *given], key=lambda m: m.start))
    by_wordings = extractor.by_wordings(analysis).told()
    owner = {
        analysis.referent_of[i]: places[m.start, m.end]
        for i, m in enumerate(analysis.mentions)
        if (m.start, m.end) in places and i in analysis.referent_of
    }
    symmetric = {n for n, p in extractor.schema.properties.items() if p.symmetric}
    made = []
    for _, _, c in extractor.relations.candidates(analysis, by_wordings):
        pairs = [
            (owner[x.referent], owner[y.referent])
            for x in c.left.members
            for y in c.right.members
            if x.referent in owner and y.referent in owner and x.referent != y.referent
        ]
        if not pairs or c.first == c.second or c.first < 0:
            continue
        example = PairExample(name, c)
        about: set[str] = set()
        for x, y in pairs:
            for ends, sign in (((x, y), "+"), ((y, x), "-")):
                predicate = told.get(ends)
                if predicate is not None:
                    label = predicate + ("+" if predicate in symmetric else sign)
                    example.labels.add(label)
                    example.statuses[label] = "asserted"
                    about.add(label)
                    if predicate not in symmetric:
                        about.add(predicate + ("-" if sign == "+" else "+"))
        if not example.labels:
            about = {p + s for p in _UNLIKE for s in "+-"} | {"partnersWith+", "competesWith+"}
            if name.startswith("fewfc"):
                about = {p + s for p in {*told.values()} for s in "+-"}
        example.about = frozenset(about)
        made.append(example)
    return made
