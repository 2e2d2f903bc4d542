"""A linear classifier over string features, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.errors import OntologyError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.floating[Any]]

__all__ = ["Linear"]

_SLIGHT = 0.1


@dataclass(slots=True)
class Linear:
    """Scores are the mean weight of the features, times the root of their number, plus a bias: features are counted as
    a vector of length one."""

    labels: tuple[str, ...]
    vocabulary: tuple[str, ...]
    weights: FloatArray
    """A row a feature, a column a label; the last row is the bias."""
    _rows: dict[str, int] = field(default_factory=dict)

    def scores(self, features: Iterable[str]) -> FloatArray:
        """For each label."""
        import numpy as np

        if not self._rows:
            self._rows.update((name, i) for i, name in enumerate(self.vocabulary))
        told = dict.fromkeys(features)
        rows = [row for row in map(self._rows.get, told) if row is not None]
        found: FloatArray = self.weights[rows].sum(axis=0) / np.sqrt(max(1, len(rows))) + self.weights[-1]
        return found

    def best(self, features: Iterable[str]) -> str:
        return self.labels[int(self.scores(features).argmax())]

    def arrays(self, name: str) -> dict[str, Any]:
        """As arrays of a numpy archive, under a name; what is nearly zero is left out."""
        import numpy as np

        heavy: NDArray[np.bool_] = np.asarray(np.abs(self.weights) >= _SLIGHT)
        heavy[-1] = True
        kept = np.array([bool(row.any()) for row in heavy])
        weights = np.where(heavy, self.weights, 0.0)[kept]
        rows, columns = np.nonzero(weights)
        vocabulary = [name for name, keep in zip(self.vocabulary, kept[:-1].tolist(), strict=True) if keep]
        words = {"labels": self.labels, "vocabulary": vocabulary}
        return {
            f"{name}.rows": rows.astype(np.uint32),
            f"{name}.columns": columns.astype(np.uint8),
            f"{name}.values": weights[rows, columns].astype(np.float16),
            **{f"{name}.{w}": np.frombuffer("\n".join(v).encode(), dtype=np.uint8) for w, v in words.items()},
        }

    @classmethod
    def load(cls, file: str, names: Iterable[str], path: Path | None = None) -> dict[str, Linear]:
        """The classifiers of a packaged archive, or of one at `path`. Raises OntologyError where it cannot be read."""
        import numpy as np

        where = path if path is not None else files("kg.benchmark").joinpath("models", file)
        try:
            with where.open("rb") as stream, np.load(stream) as found:
                read = {}
                for name in names:
                    labels, vocabulary = (
                        tuple(found[f"{name}.{w}"].tobytes().decode().split("\n")) for w in ("labels", "vocabulary")
                    )
                    weights = np.zeros((len(vocabulary) + 1, len(labels)), dtype=np.float32)
                    weights[found[f"{name}.rows"], found[f"{name}.columns"]] = found[f"{name}.values"]
                    read[name] = cls(labels, vocabulary, weights)
                return read
        except (OSError, ValueError, KeyError, IndexError) as error:
            raise OntologyError(f"{where}: no readable model ({error}); train one with `make models`") from error
