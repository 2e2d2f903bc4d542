"""Training of FewFC's three steps: `python -m kg.training.fewfc TRAIN.jsonl MODEL.npz`."""

from __future__ import annotations

import gzip
import re
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from kg.benchmark.fewfc import TAGGER, argument_features, sentence_features, trigger_features
from kg.training.corpora import read_fewfc
from kg.training.linear import fit

__all__ = ["train"]


def train(corpus: Path, model: Path) -> None:
    """Train on FewFC's own format; write the linear weights to `model`, the argument tagger beside it."""
    import pycrfsuite

    rows = list(read_fewfc(corpus))
    types = fit([sentence_features(r.text) for r in rows], [{e.type for e in r.events} for r in rows], bias=_BIAS)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for e in row.events:
            words[e.type][row.text[e.start : e.end]] += 1
    features, labels = [], []
    for row in rows:
        for type_ in {e.type for e in row.events}:
            gold = {(e.start, e.end) for e in row.events if e.type == type_}
            pattern = re.compile("|".join(sorted(map(re.escape, words[type_]), key=len, reverse=True)))
            for place in {m.span() for m in pattern.finditer(row.text)} | gold:
                features.append(trigger_features(row.text, type_, *place))
                labels.append({"trigger"} if place in gold else set[str]())
    trigger = fit(features, labels, least=1)
    np.savez_compressed(model, **types.arrays("type"), **trigger.arrays("trigger"))
    trainer = pycrfsuite.Trainer(verbose=False)
    for row in rows:
        for e in row.events:
            told = ["O"] * len(row.text)
            for a in e.arguments:
                if not any(label != "O" for label in told[a.start : a.end]):
                    told[a.start : a.end] = ["B" + a.role, *["I" + a.role] * (a.end - a.start - 1)]
            trainer.append(argument_features(row.text, e.type, e.start, e.end), told)
    trainer.set_params({"c1": 0.3, "c2": 0.01, "max_iterations": 80, "feature.minfreq": 2})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "arguments.crf"
        trainer.train(str(file))
        # Without a time stamp, so that the same weights are the same file.
        model.with_name(TAGGER).write_bytes(gzip.compress(file.read_bytes(), mtime=0))


_BIAS = 0.15
"""Added to each type's score; chosen on a fifth of the training data."""


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]))
