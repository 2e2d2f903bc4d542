"""Training of the name tagger (`kg.extract.tagger`) on annotated passages.

Word lists know many of the names that the passages have, and news will have names that they do not. So every passage is
read several times, with different names taken out of the lists: the tagger learns how far to trust them, and what names
look like that nobody knows.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from kg.extract.extractor import Extractor
from kg.extract.tagger import features, tokens
from kg.training.annotated import Mark, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kg.extract.analysis import Analysis
    from kg.schema import Schema
    from kg.text import Text

__all__ = ["Example", "examples", "marked", "train"]

Spans: TypeAlias = list[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence."""

    features: list[list[str]]
    labels: list[str]


def offsets(text: Text) -> dict[int, int]:
    """Where a letter of the source stands in `Text.string`."""
    found: dict[int, int] = {}
    for at in range(len(text.string)):
        span, _ = text.source_span(at, at + 1)
        found.setdefault(span.start, at)
    return found


def marked(analysis: Analysis, marks: Iterable[Mark]) -> list[tuple[int, int, Mark]]:
    """The marks with their offsets in `Text.string`."""
    at = offsets(analysis.text)
    found = []
    for mark in marks:
        if mark.start in at and mark.end - 1 in at:
            found.append((at[mark.start], at[mark.end - 1] + 1, mark))
    return found


def examples(passages: Sequence[Passage], extractor: Extractor) -> list[Example]:
    """The sentences of passages with what `extractor` proposes in them."""
    made: list[Example] = []
    for passage in passages:
        analysis, proposals = extractor.propose(passage.item())
        names = [(lo, hi, m.type) for lo, hi, m in marked(analysis, passage.marks) if m.type]
        for sentence in analysis.text.sentences:
            found = tokens(proposals.words, sentence.start, sentence.end)
            if not found:
                continue
            labels = ["O"] * len(found)
            for lo, hi, type_ in names:
                first = True
                for i in range(bisect_left(found, lo, key=lambda t: t.start), len(found)):
                    if found[i].start >= hi:
                        break
                    labels[i] = ("B" if first else "I") + type_
                    first = False
            made.append(Example(features(proposals.words, found, proposals.mentions), labels))
    return made


def silver(texts: Iterable[tuple[str, Sequence[tuple[int, int, str]]]], extractor: Extractor) -> list[Example]:
    """Sentences of corpora that mark some names only: those, and what word lists and grammar are sure of, are taken for
    all. So the tagger sees plain news as it is, most of which names nothing."""
    passages = []
    for number, (text, given) in enumerate(texts):
        bare = Passage(f"silver-{number}", "2020-01-01", "wire", text, (), ())
        analysis, proposals = extractor.propose(bare.item())
        at = offsets(analysis.text)
        names = [(at[a], at[b - 1] + 1, type_) for a, b, type_ in given if a in at and b - 1 in at]
        taken = list(names)
        for m in proposals.mentions:
            if m.confidence >= _SURE and not any(m.start < b and a < m.end for a, b, _ in names):
                taken.append((m.start, m.end, m.type))
        for m in proposals.mentions:
            # The corpus says where the name ends, the grammar of what class it is.
            same = next((i for i, n in enumerate(taken) if n[:2] == (m.start, m.end)), None)
            if same is not None:
                taken[same] = (m.start, m.end, m.type)
        back = {v: k for k, v in at.items()}
        marks = tuple(
            Mark(back[a], back[b - 1] + 1, analysis.text.surface[a:b], type_, (analysis.text.surface[a:b],))
            for a, b, type_ in sorted(taken)
            if a in back and b - 1 in back
        )
        passages.append(replace(bare, marks=marks))
    return examples(passages, extractor)


_SURE = 0.75


def read_several_times(
    passages: Sequence[Passage], schema: Schema, *, times: int = 3, seed: int = 1, ontology: Path | None = None
) -> list[Example]:
    """Examples of passages, first with all names in the word lists, then with more and more of theirs taken out."""
    rng = random.Random(seed)
    names = sorted({n for p in passages for all_ in p.names().values() for n in all_})
    made = examples(passages, Extractor.load(schema, folder=ontology, models=False))
    for turn in range(1, times):
        out = [n for n in names if rng.random() < turn / (times - 1)]
        made += examples(passages, Extractor.load(schema, folder=ontology, exclude=out, models=False))
    return made


def train(path: Path, made: Iterable[Example], *, l1: float = 0.2, l2: float = 0.02, iterations: int = 120) -> None:
    """Train on examples and write the model."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    for example in made:
        trainer.append(example.features, example.labels)
    trainer.set_params({"c1": l1, "c2": l2, "max_iterations": iterations, "feature.possible_transitions": True})
    trainer.train(str(path))
