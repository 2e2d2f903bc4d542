"""Extraction: from a news item to a document, as a pure function of the item, the ontology and the wordings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.extract.analysis import Analysis
from kg.extract.anaphora import subject_before
from kg.extract.assembly import Assembly
from kg.extract.drafts import Draft, Filler, draft, gather, inferred
from kg.extract.figures import FigureWords
from kg.extract.folds import skeleton
from kg.extract.mentions import MentionFinder, Proposals
from kg.extract.observations import find_observations
from kg.extract.pairs import Pairs
from kg.extract.posts import PostWords, left
from kg.extract.reference import resolve
from kg.extract.relations import RelationFinder
from kg.extract.series import filled_in, made_by, named_one_by_one, part_from_verbs, short_places
from kg.extract.skeleton import Alphabet
from kg.extract.status import StatusCues
from kg.extract.tagger import MODEL as NAMES
from kg.extract.tagger import Tagger
from kg.extract.triggers import TriggerWords
from kg.extract.weights import MODEL as RELATIONS
from kg.extract.wordings import Wordings, choose
from kg.lexicon import Lexicon
from kg.model import OMITTED, Document
from kg.schema import Schema
from kg.segment import Segmenter
from kg.text import normalise
from kg.values import find_values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from kg.extract.analysis import Mention
    from kg.extract.posts import Left
    from kg.extract.skeleton import Post, Skeleton
    from kg.model import NewsItem, Status

    _ReadFrom: TypeAlias = tuple[Path | None, tuple[str, ...], bool | Path]

__all__ = ["EXTRACTOR", "Extractor"]

EXTRACTOR = "kg/0.2.0"
"""Name and version that statements carry; it changes when the same text may give other facts."""


class Extractor:
    """Finds what news items say. Holds word lists and compiled wordings, no state: one may serve many threads.

    >>> extractor = Extractor.load()                                                    # doctest: +SKIP
    >>> [s.predicate for s in extractor.extract(item).statements]                       # doctest: +SKIP
    ['raisedFrom', 'raisedFrom', 'advisedBy']
    """

    def __init__(
        self,
        schema: Schema,
        lexicon: Lexicon,
        wordings: Wordings,
        cues: StatusCues,
        posts: PostWords,
        figures: FigureWords,
        triggers: TriggerWords,
        tagger: Tagger | None = None,
        pairs: Pairs | None = None,
    ) -> None:
        self.schema = schema
        self._read_from: _ReadFrom | None = None
        self._lexicon = lexicon
        self._wordings = wordings
        self._cues = cues
        self._posts = posts
        self._figures = figures
        self._pairs = pairs
        self.relations = RelationFinder(schema, cues, posts, triggers)
        self._alphabet = Alphabet(schema)
        self._foreign = frozenset("".join(lexicon.words("people", "transliteration")))
        self._organizations = frozenset(c for c in schema.classes if schema.is_a(c, "Organization"))
        recognisers = (named_one_by_one, made_by, short_places)
        self._finder = MentionFinder(lexicon, schema, Segmenter(lexicon), recognisers, tagger=tagger)

    @classmethod
    def load(
        cls,
        schema: Schema | None = None,
        *,
        folder: Path | None = None,
        exclude: Collection[str] = (),
        models: bool | Path = True,
    ) -> Extractor:
        """Read the packaged ontology, or a folder laid out like it (`kg.ttl`, `patterns/`, `lexicon/`, and `models/`
        where it has weights of its own).

        Names in `exclude` are left out of the lexicon: so one can measure what extraction does without knowing them.
        `models` is a folder of trained weights (as `kg train` writes them), or False for word lists and wordings alone.
        Raises OntologyError where a file is wrong.
        """
        schema = schema or Schema.load(folder / "kg.ttl" if folder else None)
        patterns = folder / "patterns" if folder else None
        own = folder / "models" if folder and (folder / "models").is_dir() else None
        weights = own if isinstance(models, bool) else models
        extractor = cls(
            schema,
            Lexicon.load(folder / "lexicon" if folder else None, exclude=exclude),
            Wordings.load(schema, patterns),
            StatusCues.load(patterns / "status.toml" if patterns else None),
            PostWords.load(patterns / "posts.toml" if patterns else None),
            FigureWords.load(patterns / "observations.toml" if patterns else None),
            TriggerWords.load(patterns / "triggers.toml" if patterns else None),
            Tagger.load(weights and weights / NAMES) if models else None,
            Pairs.load(schema, weights and weights / RELATIONS) if models else None,
        )
        extractor._read_from = folder and folder.resolve(), tuple(exclude), models
        return extractor

    @property
    def folder(self) -> Path | None:
        """The folder that it was read from, by its whole path; None for the packaged ontology."""
        return self._read_from and self._read_from[0]

    def __reduce__(self) -> tuple[Callable[..., Extractor], _ReadFrom]:
        if self._read_from is None:
            raise TypeError("only an extractor that Extractor.load read can be handed to another process")
        return _read_again, self._read_from

    def propose(self, item: NewsItem) -> tuple[Analysis, Proposals]:
        """What word lists and grammar take for names, before the trained tagger judges it: to train that."""
        text = normalise(item)
        analysis = Analysis(item, text)
        analysis.values = find_values(text.string, item.reference)
        return analysis, self._finder.propose(analysis)

    def analyse(self, item: NewsItem, names: Sequence[Mention] | None = None) -> Analysis:
        """Names, values and references of an item, before relations: for looking at what extraction sees.

        `names` are taken in place of those that recognition would find: to train and measure what comes after it.
        """
        text = normalise(item)
        analysis = Analysis(item, text)
        analysis.values = find_values(text.string, item.reference)
        self._finder.find(analysis)
        if names is not None:
            analysis.mentions = list(names)
        else:
            analysis.mentions = [m for m in analysis.mentions if not _is_byline(analysis, m)]
            part_from_verbs(analysis)
            analysis.mentions = filled_in(analysis, self._organizations, self._foreign)
        resolve(analysis, self.schema, self._lexicon)
        return analysis

    def extract(self, item: NewsItem) -> Document:
        """Everything that the item says, as candidates for validation."""
        return self.read(self.analyse(item))

    def read(self, analysis: Analysis) -> Document:
        """What is said of the names that were found: relations, events, observations."""
        assembly = self.by_wordings(analysis)
        if self._pairs is not None:
            self.relations.judge(analysis, assembly, self._pairs)
        observations = assembly.observations(find_observations(analysis, self._figures))
        return Document(analysis.item, assembly.entities(), assembly.statements(), assembly.events(), observations)

    def by_wordings(self, analysis: Analysis) -> Assembly:
        """What the wordings find."""
        skeletons = [skeleton(analysis, s, self._alphabet, self.schema) for s in analysis.text.sentences]
        events: list[Draft] = []
        relations: list[Draft] = []
        for index, skel in enumerate(skeletons):
            for match in choose(self._wordings.matches(skel)):
                for made in draft(match, index, skel, analysis, self.schema, self._cues):
                    (events if made.is_event else relations).append(made)

        def subject(d: Draft, classes: tuple[str, ...]) -> Filler | None:
            taken = {f.referent for fillers in d.roles.values() for f in fillers}
            referent = self._subject(analysis, d.start, classes, taken)
            return None if referent is None else Filler(referent, d.sentence, 0.8, OMITTED)

        self._posts.leave(events, [post for skel in skeletons for post in skel.posts])
        for d in events:
            self._date_from_lead(d, analysis, skeletons)
        gathered = gather(events, self.schema, subject)
        self._refine(analysis, gathered)
        assembly = Assembly(analysis, self.schema, EXTRACTOR)
        for event in gathered:
            assembly.add_event(event)
        for relation in relations:
            prop = self.schema.properties[relation.target]
            wanted = {"subject": prop.domain, "object": prop.range}
            missing = dict.fromkeys(relation.open, ()) | dict(inferred(relation.infer))
            for end, classes in missing.items():
                if not relation.roles.get(end):
                    filler = _as_before(relation, end, relations) or subject(relation, classes or wanted[end])
                    relation.roles[end] = [] if filler is None else [filler]
            for made in self._posts.split(relation):
                assembly.add_relation(made)
        self._add_asides(analysis, skeletons, assembly, left(gathered))
        self._add_by_name(analysis, assembly)
        return assembly

    def _subject(
        self, analysis: Analysis, offset: int, classes: tuple[str, ...], taken: Collection[int] = ()
    ) -> int | None:
        """The subject that a clause leaves out: of the last clause before it in the sentence that opens with a name of
        these classes, else as `subject_before` says."""
        sentence = analysis.text.sentence_at(offset)
        string = analysis.text.string
        found = None
        for i, mention in enumerate(analysis.mentions):
            if mention.start >= offset:
                break
            referent = analysis.referent_of.get(i)
            if mention.start < sentence.start or referent is None or referent in taken:
                continue
            behind = string[mention.start - 1] if mention.start > sentence.start else ","
            # A clause's subject opens it, or is what a relative clause describes (曾任总裁的X走马上任).
            opens = behind in ",;:" or (behind == "的" and string[mention.end : mention.end + 1] not in "的、,。;")
            # 公司实际控制人X不再担任…: a person behind what describes them, unless a preposition makes them no subject.
            opens = opens or (mention.type == "Person" and behind not in _BEFORE_NO_SUBJECT)
            if opens and any(self.schema.is_a(analysis.referents[referent].type, c) for c in classes):
                found = referent
        if found is not None:
            return found
        before = subject_before(analysis, offset, classes)
        return None if before in taken else before

    def _date_from_lead(self, d: Draft, analysis: Analysis, skeletons: list[Skeleton]) -> None:
        """Give an event of today's news the day that a sentence shortly before it in the paragraph tells."""
        if "date" not in self.schema.events[d.target].values or "date" in d.values or d.background or d.part:
            return
        own = skeletons[d.sentence]
        if own.dates or own.sentence.kind == "title" or d.statuses[0][0] != "asserted":
            return
        for back in range(d.sentence - 1, max(-1, d.sentence - 1 - _LEAD), -1):
            lead = skeletons[back]
            if lead.sentence.kind == "title" or lead.sentence.block != own.sentence.block:
                return
            days = [v.value for v in lead.dates if isinstance(v.value, str) and len(v.value) == len("2021-11-03")]
            if lead.dates:
                if len(days) == 1 and len(lead.dates) == 1:
                    d.values["date"] = days[0]
                return

    def _employer(self, analysis: Analysis, post: Post) -> int | None:
        """Where somebody has a post that is told without an organisation: the one that the title is about, where it is
        about one; else the subject before. Who heads a board works for a company, a professor for no company, and an
        analyst for none that the news tells."""
        if self._posts.trades.search(post.title):
            return None
        named = self._posts.public.search(post.title)
        classes = ("Organization",) if named else ("Company", "InvestmentFirm")
        titles = [s for s in analysis.text.sentences if s.kind == "title"]
        about = {
            analysis.referent_of[i]
            for i, m in enumerate(analysis.mentions)
            for s in titles
            if s.start <= m.start < s.end and i in analysis.referent_of and self.schema.is_a(m.type, "Organization")
        }
        sentence = analysis.text.sentence_at(post.start)
        here = [
            analysis.referent_of[i]
            for i, m in enumerate(analysis.mentions)
            if m.start == sentence.start and i in analysis.referent_of and self.schema.is_a(m.type, "Organization")
        ]
        if not here and len(about) == 1:
            return about.pop()
        return self._subject(analysis, post.start, classes)

    def _refine(self, analysis: Analysis, drafts: list[Draft]) -> None:
        """What fills a role for companies only, and was taken for some organisation, is a company."""
        for d in drafts:
            for name, role in self.schema.events[d.target].roles.items():
                if len(role.range) != 1:
                    continue
                for f in d.roles.get(name, ()):
                    referent = analysis.referents[f.referent]
                    if referent.type == "Organization" and self.schema.is_a(role.range[0], "Organization"):
                        referent.type = role.range[0]

    def _add_asides(
        self, analysis: Analysis, skeletons: list[Skeleton], assembly: Assembly, gone: Mapping[int, set[Left]]
    ) -> None:
        """What is told in passing beside a name: larger places, industries, owners and posts."""
        asserted: tuple[Status, str | None] = ("asserted", None)
        for index, skel in enumerate(skeletons):
            for sector, company in skel.sectors:
                ends = Filler.of(company, index), Filler.of(sector, index)
                assembly.add_statement("operatesIn", ends[0], ends[1], {}, asserted, 0.85, None)
            for place, larger in skel.within:
                ends = Filler.of(place, index), Filler.of(larger, index)
                assembly.add_statement("locatedIn", ends[0], ends[1], {}, asserted, 0.9, None)
            for thing, owner in skel.owned:
                ends = Filler.of(thing, index), Filler.of(owner, index)
                kind = analysis.referents[thing.referent].type
                if not self.schema.is_a(kind, "Organization"):
                    assembly.add_statement("developed", ends[1], ends[0], {}, asserted, 0.75, None)
                    continue
                owned = "subsidiaryOf" if self.schema.is_a(kind, "Company") else "partOf"
                assembly.add_statement(owned, ends[0], ends[1], {}, asserted, 0.9, None)
            unknown = False
            for post in skel.posts:
                organization = None if post.organization is None else Filler.of(post.organization, index)
                # Words before a post may name one that nobody knows: it is not elsewhere then, nor are those with it.
                unknown = organization is None and (unknown or post.start in analysis.unsure)
                if organization is None and not unknown:
                    found = self._employer(analysis, post)
                    organization = None if found is None else Filler(found, index, 0.7, OMITTED)
                if organization is not None:
                    person = Filler.of(post.person, index)
                    titles = {
                        title for at, title in gone.get(person.referent, ()) if at in (None, organization.referent)
                    }
                    for predicate, qualifiers, status in self._posts.read(post):
                        if predicate == "worksFor" and ("" in titles or post.title in titles):
                            status = ("ended", "离任")
                        assembly.add_statement(predicate, person, organization, qualifiers, status, 0.92, None)

    def _add_by_name(self, analysis: Analysis, assembly: Assembly) -> None:
        """What names tell: 软通动力创新研究院 is part of 软通动力, 腾讯数字生态大会 is hosted by 腾讯."""
        owners = {
            name: i
            for i, r in enumerate(analysis.referents)
            if self.schema.is_a(r.type, "Organization") and r.confidence >= _SURE_OWNER
            for name in (r.name, *r.aliases)
            if len(name) > 1
        }
        for i, r in enumerate(analysis.referents):
            if not r.mentions or r.type not in _TELLING:
                continue
            bare = r.name.lstrip("0123456789年度第届")
            owner = max(
                (n for n in owners if bare.startswith(n) and bare != n and owners[n] != i), key=len, default=None
            )
            if owner is None:
                continue
            mention = analysis.mentions[r.mentions[0]]
            sentence = analysis.text.sentences.index(analysis.text.sentence_at(mention.start))
            ends = Filler(i, sentence, r.confidence), Filler(owners[owner], sentence, r.confidence, owner)
            if r.type == "Conference":
                assembly.add_statement("hosted", ends[1], ends[0], {}, ("asserted", None), 0.7, None)
            elif not self.schema.is_a(analysis.referents[owners[owner]].type, r.type):
                assembly.add_statement("partOf", ends[0], ends[1], {}, ("asserted", None), 0.8, None)


def _read_again(folder: Path | None, exclude: Collection[str], models: bool | Path) -> Extractor:
    return Extractor.load(folder=folder, exclude=exclude, models=models)


_BYLINE = re.compile(
    r"(?:APP|财经|网|社|记者|客户端|快)?(?:[\u3400-\u9fff]{0,4}报道组)?(?:[^,。;]{0,4}\d{1,2}月\d{1,2}日)?(?:[\u3400-\u9fff]{0,3}电|讯|消息|快讯)"
    r"(?:\([^()]{0,16}\))?"
)
"""Behind the name of a paper or agency that opens a paragraph as its source: 新华社北京5月3日电, 智通财经APP讯."""
_BEFORE_NO_SUBJECT = frozenset("由与和同跟对向给为被将把替比、及")
_TELLING = frozenset(("ResearchInstitute", "Organization", "Conference"))
_SURE_OWNER = 0.7
_LEAD = 2
"""Sentences that a date may lie back."""


def _is_byline(analysis: Analysis, mention: Mention) -> bool:
    """Whether a name only tells which paper or agency a paragraph comes from."""
    string = analysis.text.string
    if mention.start > 0 and string[mention.start - 1] not in "\n(【[":
        return False
    return mention.type in ("Company", "Organization") and _BYLINE.match(string, mention.end) is not None


def _as_before(relation: Draft, end: str, relations: Sequence[Draft]) -> Filler | None:
    """What the last relation of the same kind in the sentence has there: A持有X的10%股份,B持股5%, both of X."""
    if end != "object":
        return None
    earlier = [
        r
        for r in relations
        if r.target == relation.target and r.sentence == relation.sentence and r.start < relation.start
    ]
    return earlier[-1].roles["object"][0] if earlier and earlier[-1].roles.get("object") else None
