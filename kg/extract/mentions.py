"""Mention recognition: the names of an item, each with its class and how sure that is.

Recognisers propose, one step merges. A recogniser is a callable from the analysis to mentions; further ones (a trained
tagger, say) are given to `MentionFinder` and take part in the merge by confidence and length like the built-in ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from kg.extract.analysis import Analysis, Mention
from kg.extract.contexts import ContextFinder
from kg.extract.fields import FieldFinder
from kg.extract.known import KnownFinder
from kg.extract.latin import LatinNames
from kg.extract.merging import bracketed, cuts_value, declared, merge, repeated, shortened, supported
from kg.extract.names import EndingFinder
from kg.extract.namewords import NameWords
from kg.extract.people import PeopleFinder
from kg.extract.quotes import quoted_names
from kg.extract.shortening import ShortForms
from kg.extract.things import ThingFinder
from kg.extract.trimming import Trimmer
from kg.extract.words import ORGANISATIONS, WordKinds, Words

if TYPE_CHECKING:
    from pathlib import Path

    from kg.extract.analysis import Title
    from kg.extract.tagger import Tagger
    from kg.lexicon import Lexicon
    from kg.schema import Schema
    from kg.segment import Segmenter

__all__ = ["MentionFinder", "Recogniser"]

Recogniser: TypeAlias = Callable[[Analysis], Iterable[Mention]]

_WORTH = 0.5
"""Weaker guesses are dropped."""
_SHORTEST = 2
"""Letters of a guess that says nothing: 集团, 大学."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Names that an item has by word lists and grammar alone."""

    words: Words
    mentions: list[Mention]
    """Sorted, without overlap."""
    doubtful: list[Mention]
    """Names of the word lists that are ordinary words as well."""
    titles: list[Title]


class MentionFinder:
    """Finds the names of an item and the posts beside people. Holds word lists only, no state of an item."""

    def __init__(
        self,
        lexicon: Lexicon,
        schema: Schema,
        segmenter: Segmenter,
        recognisers: Sequence[Recogniser] = (),
        patterns: Path | None = None,
        tagger: Tagger | None = None,
    ) -> None:
        """`patterns` is a `names.toml` to read instead of the packaged one. Raises OntologyError where it is wrong."""
        self._tagger = tagger
        self._schema = schema
        self._segmenter = segmenter
        wordings = NameWords.load(lexicon, patterns)
        segmenter.keep(wordings.whole())
        # The dictionary has 大学教授 and its like as one word.
        bodies = [word for word, suffix in lexicon.suffixes.items() if suffix.type in ORGANISATIONS and len(word) > 1]
        segmenter.part(bodies, [post for post in lexicon.words("words", "titles", "base") if not post.isascii()])
        self._kinds = WordKinds(lexicon, segmenter, wordings.verbs(), wordings.acronyms)
        self._known = KnownFinder(lexicon, wordings)
        self._endings = EndingFinder(lexicon)
        self._people = PeopleFinder(lexicon, segmenter)
        self._contexts = ContextFinder(lexicon, wordings, self._people.resembles)
        self._things = ThingFinder(lexicon, wordings)
        self._fields = FieldFinder(lexicon)
        self._forms = ShortForms.of(lexicon)
        self._trimmer = Trimmer(lexicon)
        self._recognisers: tuple[Recogniser, ...] = (LatinNames(wordings.acronyms), *recognisers)

    def propose(self, analysis: Analysis) -> Proposals:
        """What word lists and grammar find, before they are widened over the item."""
        words = Words(analysis, self._segmenter, self._kinds)
        titles = [title for title, _, _ in self._people.titles(words)]
        proposed, doubtful = self._known.find(words)
        for mention, title in self._people.chiefs(words):
            proposed.append(mention)
            titles = [t for t in titles if t.end <= title.start or t.start >= title.end]
            titles.append(title)
        proposed.extend(quoted_names(words))
        proposed.extend(self._endings.find(words))
        proposed.extend(self._people.people(words))
        proposed.extend(self._contexts.find(words))
        proposed.extend(self._things.find(words))
        proposed.extend(self._fields.find(words))
        for recogniser in self._recognisers:
            proposed.extend(recogniser(analysis))
        mentions = merge(supported(m for m in proposed if not cuts_value(analysis, m)))
        return Proposals(words, mentions, doubtful, sorted(titles, key=_start))

    def find(self, analysis: Analysis) -> None:
        """Fill `analysis.mentions` and `analysis.titles`; reads its text and values."""
        proposals = self.propose(analysis)
        words, mentions = proposals.words, proposals.mentions
        if self._tagger is not None:
            judged = self._tagger.judge(words, analysis.text.sentences, mentions)
            mentions = merge(part for m in judged for part in self._trimmer.trim(words, m))
        mentions = self._widen(words, mentions, proposals.doubtful)
        surface = analysis.text.surface
        analysis.word_starts = words.starts
        analysis.mentions = [
            replace(m, name=_shown(surface, m)) for m in mentions if m.confidence >= _WORTH and m.end > m.start
        ]
        analysis.titles = proposals.titles
        proposed = {m.end for m in proposals.mentions if m.type in ORGANISATIONS and m.end - m.start > _SHORTEST}
        analysis.unsure = frozenset(proposed.difference(m.end for m in analysis.mentions))

    def _widen(self, words: Words, mentions: list[Mention], doubtful: list[Mention]) -> list[Mention]:
        """Add what found names tell about others: members of their lists, their short forms, where else they stand."""
        for _ in range(2):
            more = list(self._contexts.listed(words, mentions))
            if not more:
                break
            mentions = merge([*mentions, *more])
        mentions = merge([*mentions, *self._known.vouched(words, doubtful, mentions)])
        mentions = [bracketed(words, m) for m in mentions]
        mentions = merge([*mentions, *declared(words, mentions, self._forms.standing)])
        mentions = merge([*mentions, *shortened(words, mentions, self._forms)])
        mentions = merge([*mentions, *repeated(words, mentions)])
        return merge([*mentions, *self._fields.beside(words, mentions)])


def _start(title: Title) -> int:
    return title.start


def _shown(surface: str, mention: Mention) -> str:
    """The name as the source writes it; a part of it that stands in the post behind (部 of 部长) is kept."""
    extra = len(mention.name) - (mention.end - mention.start)
    shown = surface[mention.start : mention.end]
    return shown + mention.name[-extra:] if extra > 0 else shown
