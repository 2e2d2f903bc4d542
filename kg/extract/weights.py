"""The weights of the relation model as plain arrays, and the file that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.errors import OntologyError
from kg.model import STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.floating[Any]]
    IntArray: TypeAlias = NDArray[np.integer[Any]]

__all__ = ["MODEL", "Trees", "Weights"]

MODEL = "relations.npz"
_SLIGHT = 0.05
"""What weighs less is left out of the file, and features that weigh no more anywhere with it."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted regression trees, each a row of nodes: which column a node asks, its threshold (what is not above goes
    left), its children, and the value of a leaf, whose children are itself."""

    column: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    value: FloatArray
    start: float

    def score(self, rows: FloatArray) -> FloatArray:
        """The log odds of each row."""
        import numpy as np

        trees = np.arange(len(self.column))[None, :]
        at = np.zeros((len(rows), len(self.column)), dtype=np.int64)
        every = np.arange(len(rows))[:, None]
        for _ in range(_DEEPEST):
            goes_left = rows[every, self.column[trees, at]] <= self.threshold[trees, at]
            at = np.where(goes_left, self.left[trees, at], self.right[trees, at])
        total: FloatArray = self.start + self.value[trees, at].sum(axis=1)
        return total


_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Weights:
    """What training makes."""

    labels: tuple[str, ...]
    """Relations with `+` (from the first name to the second) or `-` behind them."""
    vocabulary: tuple[str, ...]
    relations: FloatArray
    """A row a feature and one more for what holds without any, a column a label."""
    shared: dict[str, float]
    """Weights of where a relation's own words stand: for all relations alike, by direction and place (`+b00…`), and for
    one (`acquired+b00…`)."""
    status_vocabulary: tuple[str, ...]
    statuses: FloatArray
    """A row a feature of `status_vocabulary` and one more, columns as in `STATUSES`."""
    trees: Trees | None = None
    """Judge a relation by what else the sentence might tell; None where they were not trained."""

    def save(self, path: Path) -> None:
        """Write a compressed numpy archive."""
        import numpy as np

        shared = {name: value for name, value in self.shared.items() if abs(value) >= _SLIGHT}
        vocabulary, relations = _heavy(self.vocabulary, self.relations)
        cues, statuses = _heavy(self.status_vocabulary, self.statuses)
        words = {
            "labels": self.labels,
            "vocabulary": vocabulary,
            "shared": tuple(shared),
            "status_vocabulary": cues,
        }
        trees = {} if self.trees is None else {name: getattr(self.trees, name) for name in Trees.__slots__}
        arrays: dict[str, Any] = {
            **_sparse("relations", relations),
            **_sparse("statuses", statuses),
            "shared_values": np.array(list(shared.values()), dtype=np.float32),
            **{name: np.frombuffer("\n".join(found).encode(), dtype=np.uint8) for name, found in words.items()},
            **{f"tree_{name}": np.asarray(found) for name, found in trees.items()},
        }
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: Path | None = None) -> Weights:
        """Read the packaged archive or another one. Raises OntologyError where it cannot be read."""
        import numpy as np

        file = path if path is not None else files("kg.extract").joinpath("models", MODEL)
        try:
            with file.open("rb") as stream, np.load(stream) as found:
                labels, vocabulary, names, cues = (
                    tuple(found[name].tobytes().decode().split("\n"))
                    for name in ("labels", "vocabulary", "shared", "status_vocabulary")
                )
                relations = _dense(found, "relations", (len(vocabulary) + 1, len(labels)))
                statuses = _dense(found, "statuses", (len(cues) + 1, len(STATUSES)))
                shared = dict(zip(names, found["shared_values"].tolist(), strict=True))
                trees = None
                if "tree_column" in found:
                    parts = {name: found[f"tree_{name}"] for name in Trees.__slots__}
                    trees = Trees(**{**parts, "start": float(parts["start"])})
                return cls(labels, vocabulary, relations, shared, cues, statuses, trees)
        except (OSError, ValueError, KeyError, IndexError) as error:
            raise OntologyError(f"{file}: no readable model ({error}); train one with `make models`") from error


def _heavy(vocabulary: tuple[str, ...], table: FloatArray) -> tuple[tuple[str, ...], FloatArray]:
    """The features that weigh something, with their rows and the last one."""
    import numpy as np

    kept: NDArray[np.bool_] = np.asarray((np.abs(table) >= _SLIGHT).any(axis=1))
    kept[-1] = True
    return tuple(name for name, keep in zip(vocabulary, kept[:-1].tolist(), strict=True) if keep), table[kept]


def _sparse(name: str, table: FloatArray) -> dict[str, NDArray[Any]]:
    import numpy as np

    rows, columns = np.nonzero(np.abs(table) >= _SLIGHT)
    return {
        f"{name}_rows": rows.astype(np.uint32),
        f"{name}_columns": columns.astype(np.uint8),
        f"{name}_values": table[rows, columns].astype(np.float16),
    }


def _dense(found: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, int]) -> FloatArray:
    import numpy as np

    table = np.zeros(shape, dtype=np.float32)
    table[found[f"{name}_rows"], found[f"{name}_columns"]] = found[f"{name}_values"]
    return table
