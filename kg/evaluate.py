"""How good extraction is: predictions against a gold file (`kg.gold` says what both look like).

Only what is said to have happened (asserted, ended) counts as predicted; the other statuses are compared with gold's
claims. Names match as `kg.text.fold` has them. A fact counts once, however often and under whatever name it is told.
Symmetric relations hold both ways, and a relation satisfies those that follow from it: `subsidiaryOf` a gold `partOf`.
What follows from a gold fact and says less is neither right nor wrong.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import UnknownNameError
from kg.gold import Frame, Words, names, read_gold, read_predictions, same_value, shown
from kg.model import Rejection
from kg.scores import Accuracy, ClaimScore, EntityScore, Evaluation, Mistake, MistakeKind, Score, report
from kg.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.gold import Key, Triple
    from kg.model import JsonObject
    from kg.pipeline import Reads
    from kg.schema import Schema

__all__ = ["Evaluation", "Score", "evaluate", "predictions", "read_gold", "read_predictions", "report"]


def predictions(
    paths: Iterable[str], extractor: Reads, *, loader: str | None = None, date: str | None = None
) -> list[JsonObject]:
    """The rows that `kg extract` prints for files, read now. What cannot be read leaves no rows."""
    from kg import codec, pipeline

    rows: list[JsonObject] = []
    for found in pipeline.extract(paths, extractor, loader=loader, date=date):
        if not isinstance(found, Rejection):
            rows.append(codec.item_to_json(found.item))
            rows += (codec.entity_to_json(entity, found.item.id) for entity in found.entities)
            rows += (codec.statement_to_json(statement) for statement in found.statements)
            rows += (codec.event_to_json(event) for event in found.events)
            rows += (codec.observation_to_json(observation) for observation in found.observations)
    return rows


def evaluate(gold: Sequence[JsonObject], predicted: Iterable[JsonObject], schema: Schema) -> Evaluation:
    """Score predicted rows against gold rows; predictions of items that gold does not have are left out.

    Raises UnknownNameError where gold has a relation or event that the ontology does not.
    """
    return _Evaluator(gold, list(predicted), schema).result


@dataclass(slots=True)
class _Fact:
    """A gold fact: all rows that have its ends and relation, which differ in qualifiers."""

    item: int
    predicate: str
    rows: list[JsonObject] = field(default_factory=list)
    matches: list[Triple] = field(default_factory=list)

    @property
    def core(self) -> bool:
        return any(row.get("core", True) for row in self.rows)

    @property
    def what(self) -> str:
        return _told(self.rows[0])


class _Evaluator:
    """One comparison."""

    def __init__(self, gold: Sequence[JsonObject], predicted: list[JsonObject], schema: Schema) -> None:
        self.schema = schema
        self.words = Words(schema)
        self.result = Evaluation()
        self.gold: dict[str, list[JsonObject]] = defaultdict(list)
        for row in gold:
            self.gold[row["kind"]].append(row)
        self._check()
        self.items = {row["item"] for row in gold}
        described = [row for row in predicted if row.get("kind") == "item"]
        # The order of the items numbers those whose ids are no numbers.
        self.described = {self.words.number(row["id"]): row for row in described}
        rows = [row for row in predicted if "item" in row and self.words.number(row["item"]) in self.items]
        self.triples = [t for t in map(self.words.triple, rows) if t is not None]
        self.frames = [self.words.frame(row) for row in rows if row.get("kind") == "event"]
        self.observations = [row for row in rows if row.get("kind") == "observation"]
        self.entities = [row for row in rows if row.get("kind") == "entity"]
        self.facts, self.by_key = self._facts()
        self._count_items()
        self._count_triples()
        self._count_qualifiers()
        self._count_traps()
        self._count_claims()
        listed = self._gold_entities()
        if self.entities:
            self._count_entities(listed)
        self._count_events(_aliases(listed))
        self._count_observations()

    def _check(self) -> None:
        for row in self.gold["triple"]:
            predicate, *_ = self.words.oriented(row["p"], None, None)
            if predicate not in self.schema.properties:
                raise UnknownNameError("relation", row["p"], self.schema.nearest(row["p"]))
        for row in self.gold["event"]:
            if row["type"] not in self.schema.events:
                raise UnknownNameError("event", row["type"], self.schema.nearest(row["type"]))

    def _mistake(self, kind: MistakeKind, item: int, what: str, why: str = "", sentence: str = "") -> None:
        self.result.mistakes.append(Mistake(kind, item, what, why, sentence))

    # -- items

    def _count_items(self) -> None:
        for row in self.gold["item"]:
            got = self.described.get(row["item"])
            for name, key in (("title", "title"), ("section", "section"), ("date", "published")):
                if name in row:
                    told = None if got is None else got.get(key)
                    right = got is not None and fold(str(told or "")) == fold(str(row[name] or ""))
                    self.result.items.setdefault(name, Accuracy()).count(right)

    # -- triples

    def _facts(self) -> tuple[list[_Fact], dict[Key, list[_Fact]]]:
        """Gold facts, and which of them a triple of a key says."""
        facts: dict[tuple[object, ...], _Fact] = {}
        by_key: dict[Key, list[_Fact]] = defaultdict(list)
        for row in self.gold["triple"]:
            predicate, *_ = self.words.oriented(row["p"], None, None)
            first = (row["item"], row["p"], *(fold(_preferred(row[end])) for end in ("s", "o")))
            fact = facts.setdefault(first, _Fact(row["item"], predicate))
            fact.rows.append(row)
            for key in sorted(self.words.keys(row)):
                if fact not in by_key[key]:
                    by_key[key].append(fact)
        return list(facts.values()), by_key

    def _count_triples(self) -> None:
        result = self.result
        weaker = {key for row in self.gold["triple"] for key in self.words.weaker_keys(row)}
        over = {key for row in self.gold["not"] if row["why"] == "ended" for key in self.words.keys(row)}
        seen: set[Key] = set()
        for triple in self.triples:
            if not triple.counts:
                continue
            facts = self.by_key.get(triple.key, [])
            new = [fact for fact in facts if not fact.matches]
            for fact in facts:
                fact.matches.append(triple)
            if triple.key in seen or (facts and not new):
                continue
            seen.add(triple.key)
            if self.words.symmetric(triple.predicate):
                seen.add((triple.item, triple.predicate, triple.object, triple.subject))
            if not facts and (triple.key in weaker or (triple.status == "ended" and triple.key in over)):
                continue
            for score in (result.triples, self._predicate(facts[0].predicate if facts else triple.predicate)):
                score.predicted += 1
                score.right += bool(facts)
            if not facts:
                self._mistake("wrong", triple.item, triple.what, sentence=triple.sentence)
        for fact in self.facts:
            for score in (result.triples, self._predicate(fact.predicate)):
                _count_gold(score, bool(fact.matches), fact.core)
            if fact.core and not fact.matches:
                self._mistake("missed", fact.item, fact.what)

    def _predicate(self, name: str) -> Score:
        return self.result.predicates.setdefault(name, Score())

    def _count_qualifiers(self) -> None:
        for fact in self.facts:
            for row in fact.rows if fact.matches else ():
                for name, value in (row.get("q") or {}).items():
                    told = [t.qualifiers.get(name) for t in fact.matches]
                    right = any(same_value(name, value, got, self.schema) for got in told)
                    self.result.qualifiers.setdefault(name, Accuracy()).count(right)
                    if not right:
                        why = _differs(name, value, [got for got in told if got is not None])
                        self._mistake("qualifier", fact.item, fact.what, why, fact.matches[0].sentence)

    def _count_traps(self) -> None:
        for row in self.gold["not"]:
            self.result.traps[row["why"]] += 1
            keys, wanted = self.words.keys(row), row.get("q") or {}
            for triple in self.triples:
                if triple.key not in keys or not triple.counts:
                    continue
                past = row["why"] == "ended" and (triple.status == "ended" or "to" in triple.qualifiers)
                # Without values, the row says that no such fact is there; where gold has it in another way, it is.
                meant = self._agrees(triple, wanted) if wanted else not self.by_key.get(triple.key)
                if meant and not past:
                    self.result.fallen[row["why"]] += 1
                    self._mistake("asserted", triple.item, triple.what, row["why"], triple.sentence)
                    break

    def _agrees(self, triple: Triple, wanted: Mapping[str, Any]) -> bool:
        told = triple.qualifiers
        return all(name in told and same_value(name, v, told[name], self.schema) for name, v in wanted.items())

    # -- claims

    def _count_claims(self) -> None:
        for row in self.gold["claim"]:
            told = self._told_events(row) if "event" in row else self._told_triples(row)
            score = self.result.claims.setdefault(row["status"], ClaimScore())
            score.gold += 1
            statuses = dict.fromkeys(status for status, _ in told)
            if row["status"] in statuses:
                score.right += 1
            elif told:
                score.otherwise += 1
                (status, sentence), *_ = told
                self.result.statuses[row["status"], status] += 1
                self._mistake("claim", row["item"], _told(row), f"{row['status']}, told as {status}", sentence)
            else:
                self._mistake("claim", row["item"], _told(row), f"{row['status']}, not told")

    def _told_triples(self, row: JsonObject) -> list[tuple[str, str]]:
        """Status and sentence of the predictions that a claim may mean: those with its values, where there are any."""
        keys = self.words.keys(row)
        fitting = [t for t in self.triples if t.key in keys]
        exact = [t for t in fitting if self._agrees(t, row.get("q") or {})]
        return [(t.status, t.sentence) for t in exact or fitting]

    def _told_events(self, row: JsonObject) -> list[tuple[str, str]]:
        definition = self.schema.events.get(row["event"])
        if definition is None:
            return []
        main = names(row["roles"].get(definition.main, []))
        return [
            (frame.status, frame.sentence)
            for frame in self.frames
            if frame.item == row["item"] and frame.type == row["event"] and main & _fillers(frame, definition.main)
        ]

    # -- entities

    def _gold_entities(self) -> list[JsonObject]:
        """Gold's entities, or the ends of its triples where it lists none."""
        if self.gold["entity"]:
            return self.gold["entity"]
        found: dict[tuple[int, str], JsonObject] = {}
        for row in self.gold["triple"]:
            for end in ("s", "o"):
                told, type_ = _listed(row[end]), row.get(f"{end}_type")
                new: JsonObject = {"item": row["item"], "name": [], "type": type_, "type_alt": [], "core": False}
                entity = found.setdefault((row["item"], told[0]), new)
                entity["name"] += [name for name in told if name not in entity["name"]]
                entity["type_alt"].append(type_)
                entity["core"] |= bool(row.get("core", True))
        return list(found.values())

    def _count_entities(self, listed: list[JsonObject]) -> None:
        score = self.result.entities = EntityScore(of_triples=not self.gold["entity"])
        owners: dict[tuple[int, str], int] = {}
        for number, entity in enumerate(listed):
            for name in names(entity["name"]):
                owners.setdefault((entity["item"], name), number)
        # A preferred name is its own entity's, also where it is another name of one before it.
        owners.update(((e["item"], fold(_preferred(e["name"]))), number) for number, e in enumerate(listed))
        classes: dict[int, set[str]] = defaultdict(set)
        strangers = set()
        for row in self.entities:
            key = (self.words.number(row["item"]), fold(str(row["name"])))
            if key in owners:
                classes[owners[key]].add(row["type"])
            else:
                strangers.add(key)
        score.predicted, score.named = len(strangers) + len(classes), len(classes)
        for number, entity in enumerate(listed):
            right = bool(classes.get(number, set()) & {entity["type"], *entity.get("type_alt", ())})
            score.right += right
            _count_gold(score, right, bool(entity.get("core", True)))
            if classes.get(number) and not right:
                score.confusions[str(entity["type"]), "/".join(sorted(classes[number]))] += 1

    # -- events

    def _count_events(self, aliases: Mapping[tuple[int, str], frozenset[str]]) -> None:
        gold = [Frame(row["item"], row["type"], row["roles"], "asserted") for row in self.gold["event"]]
        got = [frame for frame in self.frames if frame.counts]
        pairs: list[tuple[int, int, int, dict[str, bool]]] = []
        for a, wanted in enumerate(gold):
            main = self.schema.events[wanted.type].main
            for b, frame in enumerate(got):
                if (frame.item, frame.type) == (wanted.item, wanted.type):
                    agreed = {name: self._fits(wanted, frame, name, aliases) for name in wanted.parts}
                    if agreed.get(main):
                        pairs.append((-sum(agreed.values()), a, b, agreed))
        matched: dict[int, int] = {}
        # Each to at most one other, those that agree in most parts first.
        for _, a, b, agreed in sorted(pairs, key=lambda pair: pair[:3]):
            if a in matched or b in matched.values():
                continue
            matched[a] = b
            for name, right in agreed.items():
                self.result.event_values.setdefault(name, Accuracy()).count(right)
                if not right:
                    told = got[b].parts.get(name)
                    why = _differs(name, gold[a].parts[name], [] if told is None else [told])
                    self._mistake("event value", gold[a].item, got[b].what, why, got[b].sentence)
        good = set(matched.values())
        for b, frame in enumerate(got):
            for score in (self.result.events, self.result.event_types.setdefault(frame.type, Score())):
                score.predicted += 1
                score.right += b in good
            if b not in good:
                self._mistake("event wrong", frame.item, frame.what, sentence=frame.sentence)
        for a, wanted in enumerate(gold):
            for score in (self.result.events, self.result.event_types.setdefault(wanted.type, Score())):
                _count_gold(score, a in matched, True)
            if a not in matched:
                self._mistake("event missed", wanted.item, wanted.what)

    def _fits(self, wanted: Frame, got: Frame, name: str, aliases: Mapping[tuple[int, str], frozenset[str]]) -> bool:
        """Whether a role has one of the entities that gold has there, or a value is one that gold accepts."""
        if name not in got.parts:
            return False
        if name in self.schema.events[wanted.type].values:
            return same_value(name, wanted.parts[name], got.parts[name], self.schema)
        ours = (n for told in names(wanted.parts[name]) for n in aliases.get((wanted.item, told), {told}))
        return not _fillers(got, name).isdisjoint(ours)

    # -- observations

    def _count_observations(self) -> None:
        score, values = self.result.observations, self.result.observation_values
        left = list(self.observations)
        score.predicted = len(left)
        for row in self.gold["observation"]:
            match = next((got for got in left if self._measures(row, got)), None)
            _count_gold(score, match is not None, True)
            if match is None:
                self._mistake("observation missed", row["item"], _figure(row))
                continue
            left.remove(match)
            score.right += 1
            for name, same in (("change", _change(row) == _change(match)), ("period", _alike(row, match, "period"))):
                if row.get(name):
                    values.setdefault(name, Accuracy()).count(same)
        for got in left:
            evidence = got.get("evidence") or {}
            told = evidence.get("sentence") or evidence.get("text") or "" if isinstance(evidence, dict) else ""
            self._mistake("observation wrong", self.words.number(got["item"]), _figure(got), sentence=str(told))

    def _measures(self, row: JsonObject, got: JsonObject) -> bool:
        """Whether a prediction is of the same figure: the same number and unit, or where only a change is told, the
        same change of what is called alike."""
        if self.words.number(got["item"]) != row["item"]:
            return False
        if row["value"] is not None:
            told = got.get("value")
            return told is not None and float(told) == float(row["value"]) and _alike(row, got, "unit")
        a, b = fold(row["indicator"]), fold(got.get("indicator") or "")
        return bool(b) and _change(row) == _change(got) and (a in b or b in a)


def _count_gold(score: Score, found: bool, core: bool) -> None:
    score.gold += 1
    score.found += found
    score.core += core
    score.found_core += found and core


def _listed(value: Any) -> list[str]:
    return [shown(v) for v in value] if isinstance(value, list) else [shown(value)]


def _preferred(value: Any) -> str:
    return _listed(value)[0]


def _fillers(frame: Frame, role: str) -> frozenset[str]:
    return names(frame.parts[role]) if role in frame.parts else frozenset()


def _aliases(listed: Iterable[JsonObject]) -> dict[tuple[int, str], frozenset[str]]:
    """All names that gold knows for what has a name, in an item."""
    known: dict[tuple[int, str], frozenset[str]] = {}
    for entity in listed:
        all_ = names(entity["name"])
        for name in all_:
            known[entity["item"], name] = known.get((entity["item"], name), frozenset()) | all_
    return known


def _told(row: JsonObject) -> str:
    if "event" in row:
        return Frame(row["item"], row["event"], row["roles"], row["status"]).what
    return f"{_preferred(row['s'])} {row['p']} {_preferred(row['o'])}"


def _differs(name: str, gold: Any, got: list[Any]) -> str:
    told = " or ".join(dict.fromkeys(map(shown, got))) or "nothing"
    wanted = " or ".join(_listed(gold))
    return f"{name}: gold {wanted}, got {told}"


def _figure(row: JsonObject) -> str:
    parts = (row.get("indicator"), row.get("value"), row.get("unit"), row.get("change"), row.get("period"))
    return " ".join(str(part) for part in parts if part not in (None, ""))


def _alike(row: JsonObject, got: JsonObject, name: str) -> bool:
    return fold(str(row.get(name) or "")) == fold(str(got.get(name) or ""))


def _change(row: JsonObject) -> float | None:
    """The signed number in `+25.4% YoY`."""
    found = re.search(r"([+-]?)(\d+(?:\.\d+)?)", str(row.get("change") or ""))
    return None if found is None else float(found[1] + found[2])
