"""Training of the two models that extraction uses: names and relations."""

from __future__ import annotations

import random
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.extract.extractor import Extractor
from kg.extract.tagger import MODEL as NAMES
from kg.extract.weights import MODEL as RELATIONS
from kg.training import pairs, tagger
from kg.training.annotated import read_passages
from kg.training.corpora import read_fewfc, read_finre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.schema import Schema
    from kg.training.annotated import Passage
    from kg.training.corpora import EventSentence, PairRow

__all__ = ["Trained", "own_passages", "train"]

_SENTENCES = {"fewfc": 2000, "finre": 1000}
"""How many sentences of each corpus the tagger reads as plain news."""
_PARTIES = ("sub-org", "obj-org", "target-company", "sub-per", "obj-per")


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training read and wrote."""

    passages: int
    sentences: int
    pairs: int
    files: tuple[Path, ...]

    def __str__(self) -> str:
        wrote = ", ".join(str(file) for file in self.files)
        return f"{self.passages} passages: {self.sentences} sentences for names, {self.pairs} pairs of names; {wrote}"


def own_passages() -> list[Path]:
    """The packaged files of annotated passages, sorted by name."""
    folder = files("kg.training") / "passages"
    return sorted(Path(str(file)) for file in folder.iterdir() if file.name.endswith(".txt"))


def train(
    folder: Path,
    schema: Schema,
    *,
    annotated: Sequence[Path] = (),
    corpora: Path | None = None,
    ontology: Path | None = None,
    extra: Sequence[Passage] = (),
    progress: Callable[[str], object] = lambda _: None,
) -> Trained:
    """Train both models on the packaged passages, `annotated` files and `extra` passages; write them to `folder`.

    `corpora` is a folder with `fewfc/train.jsonl` and `finre/train.tsv`: real news that keeps the tagger from seeing
    names everywhere, and further examples of relations. `ontology` is a folder as `Extractor.load` takes it. Minutes on
    one core; the same input gives the same weights. Needs scikit-learn (the extra `train`). Raises UsageError for
    passages that are not well formed.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise UsageError("training needs scikit-learn; install it with: pip install 'kg-news[train]'") from error
    passages = [*read_passages([*own_passages(), *annotated], schema), *extra]
    bare = Extractor.load(schema, folder=ontology, models=False)
    folder.mkdir(parents=True, exist_ok=True)
    fewfc = list(read_fewfc(corpora / "fewfc" / "train.jsonl")) if corpora else []
    finre = list(read_finre(corpora / "finre" / "train.tsv")) if corpora else []

    progress(f"relations: pairs of names of {len(passages)} passages")
    made = pairs.examples(passages, bare)
    made += pairs.from_fewfc(fewfc, bare)
    made += pairs.from_finre(finre, bare)
    progress(f"relations: weights from {len(made)} pairs")
    weights = pairs.fit(made, schema)
    weights = pairs.fit_status(made, weights, schema, bare)
    weights.save(folder / RELATIONS)

    progress("names: sentences")
    sentences = tagger.read_several_times(passages, schema, ontology=ontology)
    sentences += tagger.silver(_plain(fewfc, finre), bare)
    progress(f"names: weights from {len(sentences)} sentences")
    tagger.train(folder / NAMES, sentences)
    return Trained(len(passages), len(sentences), len(made), (folder / NAMES, folder / RELATIONS))


def _plain(
    fewfc: Sequence[EventSentence], finre: Sequence[PairRow]
) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Sentences of corpora with the names that they mark."""
    rng = random.Random(1)
    for row in rng.sample(fewfc, min(len(fewfc), _SENTENCES["fewfc"])):
        yield (
            row.text,
            [
                (a.start, a.end, "Person" if a.role.endswith("-per") else "Company")
                for event in row.events
                for a in event.arguments
                if a.role in _PARTIES
            ],
        )
    by_sentence = {row.sentence: row for row in finre}
    for pair in rng.sample(list(by_sentence.values()), min(len(by_sentence), _SENTENCES["finre"])):
        ends = [(at, at + len(n), "Company") for n in (pair.head, pair.tail) if (at := pair.sentence.find(n)) >= 0]
        if len(ends) == 2 and (ends[0][1] <= ends[1][0] or ends[1][1] <= ends[0][0]):
            yield pair.sentence, ends
