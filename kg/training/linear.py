"""Fitting of `kg.benchmark.linear` classifiers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kg.benchmark.linear import Linear

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["fit"]


def fit(
    features: Sequence[Sequence[str]],
    labels: Sequence[set[str]],
    *,
    strength: float = 1.0,
    least: int = 2,
    most: int = 1_000_000,
    bias: float = 0.0,
) -> Linear:
    """One linear support vector machine for each label, on features seen at least `least` times, the `most` frequent;
    `bias` is added to each score, to trade precision for recall."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    seen = Counter(f for found in features for f in set(found))
    vocabulary = [f for f, n in seen.most_common(most) if n >= least]
    row = {f: i for i, f in enumerate(vocabulary)}
    known = [sorted({row[f] for f in found if f in row}) for found in features]
    values = np.concatenate([np.full(len(r), 1.0 / np.sqrt(max(1, len(r)))) for r in known])
    flat = np.fromiter((i for r in known for i in r), dtype=np.int32)
    matrix = csr_matrix((values, flat, np.cumsum([0, *map(len, known)])), shape=(len(known), len(vocabulary)))
    names = sorted({label for told in labels for label in told})
    weights = np.zeros((len(vocabulary) + 1, len(names)), dtype=np.float32)
    for n, name in enumerate(names):
        model = LinearSVC(C=strength, random_state=1)
        model.fit(matrix, np.array([name in told for told in labels]))
        weights[:-1, n] = model.coef_[0]
        weights[-1, n] = model.intercept_[0] + bias
    return Linear(tuple(names), tuple(vocabulary), weights)
