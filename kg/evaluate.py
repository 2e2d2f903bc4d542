"""How good extraction is: precision and recall against a gold file.

A gold file is JSON Lines, a fact a row, items by number:

    {"kind": "triple", "item": 1, "s": [names], "p": "raisedFrom", "o": [names], "core": true, "q": {"round": "C+"}}
    {"kind": "event", "item": 1, "type": "FundingRound", "roles": {role or value: name, names or literal}}
    {"kind": "observation", "item": 1, "indicator", "value", "unit", "period", "scope", "change"}
    {"kind": "entity", "item": 1, "name": [names], "type": "Company"}
    {"kind": "not", "item": 1, "s", "p", "o", "why"}      a false triple that the text tempts to
    {"kind": "claim", "item": 1, "s", "p", "o", "status"} what is told with another status than asserted

Names are lists of what is accepted. A fact counts once however often it is told; symmetric relations hold both ways,
inverse ones are turned round, a sub-property satisfies its parent; `p_alt` names other predicates that are as good.
Only what is said to have happened (asserted, ended) counts as predicted; `core` facts make the recall that matters,
and a prediction of any gold fact is right.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.model import Amount, Rejection, happened
from kg.text import fold
from kg.values import find_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model import JsonObject
    from kg.pipeline import Reads
    from kg.schema import Schema

__all__ = ["Evaluation", "Score", "evaluate", "predictions", "read_gold", "read_predictions", "report"]


@dataclass(slots=True)
class Score:
    """Counts of one kind. `found` counts gold facts, `right` predictions: one prediction may be of any gold fact."""

    predicted: int = 0
    right: int = 0
    gold: int = 0
    found: int = 0

    @property
    def precision(self) -> float | None:
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        return self.found / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        p, r = self.precision, self.recall
        return None if p is None or r is None else 2 * p * r / (p + r) if p + r else 0.0


@dataclass(slots=True)
class Evaluation:
    """The outcome. Qualifiers, roles and changes are counted on what was found."""

    core: Score = field(default_factory=Score)
    all: Score = field(default_factory=Score)
    predicates: dict[str, Score] = field(default_factory=dict)
    """Against all gold facts of the predicate."""
    qualifiers: dict[str, Score] = field(default_factory=dict)
    entities: Score = field(default_factory=Score)
    events: Score = field(default_factory=Score)
    roles: dict[str, Score] = field(default_factory=dict)
    observations: Score = field(default_factory=Score)
    temptations: int = 0
    """`not` rows."""
    fallen_for: Counter[str] = field(default_factory=Counter)
    """False triples that were asserted, by why they tempt."""
    claims: dict[str, Score] = field(default_factory=dict)
    """By status; predicted counts those found with any status, right those with the gold one."""
    missed: list[JsonObject] = field(default_factory=list)
    """Core facts."""
    wrong: list[JsonObject] = field(default_factory=list)
    asserted: list[JsonObject] = field(default_factory=list)

    def data(self) -> JsonObject:
        """Everything as JSON-able values."""

        def score(s: Score) -> JsonObject:
            counts = {"predicted": s.predicted, "right": s.right, "gold": s.gold, "found": s.found}
            return {**counts, "precision": s.precision, "recall": s.recall, "f1": s.f1}

        return {
            "triples": {"core": score(self.core), "all": score(self.all)},
            "predicates": {k: score(v) for k, v in sorted(self.predicates.items())},
            "qualifiers": {k: score(v) for k, v in sorted(self.qualifiers.items())},
            "entities": score(self.entities),
            "events": score(self.events),
            "roles": {k: score(v) for k, v in sorted(self.roles.items())},
            "observations": score(self.observations),
            "temptations": {"rows": self.temptations, "asserted": dict(self.fallen_for)},
            "claims": {k: score(v) for k, v in sorted(self.claims.items())},
            "errors": {"missed": self.missed, "wrong": self.wrong, "asserted": self.asserted},
        }


# ---- reading --------------------------------------------------------------------------------------------------------


def _rows(lines: Iterable[str], name: str) -> Iterator[JsonObject]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UsageError(f"{name}, line {number}: no JSON ({error}); give JSON Lines, a row a line") from error
            if not isinstance(row, dict):
                raise UsageError(f"{name}, line {number}: a row is an object, not {type(row).__name__}")
            yield row


def read_gold(path: Path) -> list[JsonObject]:
    """The rows of a gold file. Raises UsageError that names the line of a row that is none."""
    rows = list(_rows(path.read_text(encoding="utf-8").splitlines(), path.name))
    for number, row in enumerate(rows, 1):
        if row.get("kind") not in ("item", "triple", "event", "observation", "entity", "not", "claim"):
            raise UsageError(f"{path.name}, row {number}: no kind of gold row: {row.get('kind')!r}")
        if "item" not in row:
            raise UsageError(f"{path.name}, row {number}: the row says no item")
    return rows


def read_predictions(source: Path | IO[str]) -> list[JsonObject]:
    """Rows as `kg extract` prints them. Raises UsageError that names the line of a row that is none."""
    if isinstance(source, Path):
        return list(_rows(source.read_text(encoding="utf-8").splitlines(), source.name))
    return list(_rows(source, "standard input"))


def predictions(
    paths: Iterable[str], extractor: Reads, *, loader: str | None = None, date: str | None = None
) -> list[JsonObject]:
    """The same rows from files read now."""
    from kg import codec, pipeline

    rows: list[JsonObject] = []
    for found in pipeline.extract(paths, extractor, loader=loader, date=date):
        if isinstance(found, Rejection):
            continue
        rows.append(codec.item_to_json(found.item))
        rows += [codec.entity_to_json(e, found.item.id) for e in found.entities]
        rows += [codec.statement_to_json(s) for s in found.statements]
        rows += [codec.event_to_json(e) for e in found.events]
        rows += [codec.observation_to_json(o) for o in found.observations]
    return rows


# ---- names and values -----------------------------------------------------------------------------------------------


def _names(value: Any) -> frozenset[str]:
    listed = value if isinstance(value, list) else [value]
    return frozenset(fold(str(v["name"] if isinstance(v, dict) else v)) for v in listed)


def _amount(value: Any) -> Amount | None:
    if isinstance(value, dict) and "literal" in value:
        value = value["literal"]
    found = [v.value for v in find_values(str(value), None) if isinstance(v.value, Amount)]
    return found[0] if found else None


def _bounds(amount: Amount) -> tuple[float | None, str]:
    return (amount.high if amount.high is not None else amount.low, amount.currency)


def _parts(text: str) -> set[str]:
    return set(filter(None, re.split("[、兼及暨和与/]", fold(text))))


def same_value(name: str, gold: Any, got: Any) -> bool:
    """Whether a value is one of those that gold accepts: amounts by size and currency, the rest by their letters."""
    for want in gold if isinstance(gold, list) else [gold]:
        plain = got.get("literal", got) if isinstance(got, dict) else got
        a, b = fold(str(want)), fold(str(plain))
        if a == b or (name == "stake" and a.lstrip("约") == b.lstrip("约")):
            return True
        if name in ("amount", "capital", "valuation"):
            left, right = _amount(want), _amount(plain)
            if left is not None and right is not None and _bounds(left) == _bounds(right):
                return True
        if name in ("title", "degree", "reason", "product") and _parts(str(want)) & _parts(str(plain)):
            return True
    return False


@dataclass(slots=True)
class _Triple:
    """A predicted statement."""

    item: int
    predicate: str
    subject: str
    object: str
    qualifiers: dict[str, Any]
    status: str
    row: JsonObject


@dataclass(slots=True)
class _Gold:
    """A gold fact: every way to say it, and all rows that tell it (one for each post, say)."""

    item: int
    predicate: str
    ways: list[tuple[str, frozenset[str], frozenset[str]]]
    core: bool
    row: JsonObject
    qualifiers: list[dict[str, Any]]
    matches: list[_Triple] = field(default_factory=list)

    def fits(self, t: _Triple) -> bool:
        return any(p == t.predicate and t.subject in s and t.object in o for p, s, o in self.ways)


class _Reader:
    """Brings gold and predictions to one form."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def oriented(self, predicate: str, s: Any, o: Any) -> tuple[str, Any, Any]:
        if predicate in self._schema.inverses:
            return self._schema.inverses[predicate], o, s
        return predicate, s, o

    def ways(self, row: JsonObject) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        found = []
        for named in (row["p"], *row.get("p_alt", ())):
            predicate, s, o = self.oriented(named, row["s"], row["o"])
            ends = _names(s), _names(o)
            below = [p.name for p in self._schema.properties.values() if predicate in p.parents]
            found += [(p, *ends) for p in (predicate, *below)]
            known = self._schema.properties.get(predicate)
            if known is not None and known.symmetric:
                found.append((predicate, ends[1], ends[0]))
        return found

    def triples(self, rows: Iterable[JsonObject], numbers: dict[str, int]) -> Iterator[_Triple]:
        for row in rows:
            kind = row.get("kind", "triple")
            if kind == "statement" and isinstance(row["object"], dict) and "name" in row["object"]:
                ends = row["subject"]["name"], row["object"]["name"]
                predicate, told, status = row["predicate"], row.get("qualifiers") or {}, row.get("status", "asserted")
            elif kind == "triple":
                ends, predicate, told = (row["s"], row["o"]), row["p"], row.get("q") or {}
                status = "ended" if row.get("ended") else "asserted" if row.get("asserted", True) else "planned"
            else:
                continue
            predicate, s, o = self.oriented(predicate, *ends)
            values = {k: v for k, v in told.items() if v not in (None, "")}
            yield _Triple(_number(row["item"], numbers), predicate, fold(str(s)), fold(str(o)), values, status, row)


def _numbers(rows: Iterable[JsonObject]) -> dict[str, int]:
    """Number of each item: its id where that is a number of at most six digits, else its place in the output."""
    numbers: dict[str, int] = {}
    for row in rows:
        if row.get("kind") == "item":
            _number(row["id"], numbers)
    return numbers


def _number(item: Any, numbers: dict[str, int]) -> int:
    key = str(item)
    if key not in numbers:
        numbers[key] = int(key) if key.isdigit() and len(key) <= 6 else len(numbers) + 1
    return numbers[key]


# ---- counting -------------------------------------------------------------------------------------------------------


def evaluate(gold: list[JsonObject], predicted: list[JsonObject], schema: Schema) -> Evaluation:
    """Score predictions against gold; items that gold does not know are left out."""
    reader, result, numbers = _Reader(schema), Evaluation(), _numbers(predicted)
    items = {row["item"] for row in gold}
    said = [t for t in reader.triples(predicted, numbers) if t.item in items]
    facts = _gold_facts(gold, reader)
    _count_triples(result, facts, [t for t in said if t.status in ("asserted", "ended")])
    _count_temptations(result, gold, reader, said)
    _count_claims(result, gold, reader, said)
    _count_entities(result, gold, predicted, numbers)
    _count_events(result, gold, predicted, numbers, schema)
    _count_observations(result, gold, predicted, numbers)
    return result


def _gold_facts(gold: list[JsonObject], reader: _Reader) -> list[_Gold]:
    facts: dict[tuple[Any, ...], _Gold] = {}
    for row in gold:
        if row["kind"] != "triple":
            continue
        key = (row["item"], row["p"], min(_names(row["s"][:1])), min(_names(row["o"][:1])))
        core = bool(row.get("core", True))
        if key in facts:
            facts[key].core |= core
            facts[key].qualifiers.append(row.get("q") or {})
        else:
            facts[key] = _Gold(row["item"], row["p"], reader.ways(row), core, row, [row.get("q") or {}])
    return list(facts.values())


def _count_triples(result: Evaluation, facts: list[_Gold], said: list[_Triple]) -> None:
    by_item: dict[int, list[_Gold]] = defaultdict(list)
    for fact in facts:
        by_item[fact.item].append(fact)
    counted: set[tuple[Any, ...]] = set()
    for t in said:
        fitting = [fact for fact in by_item[t.item] if fact.fits(t)]
        new = not fitting or any(not fact.matches for fact in fitting)
        for fact in fitting:
            fact.matches.append(t)
        key = (t.item, t.predicate, t.subject, t.object)
        if key in counted or not new:
            continue
        counted.add(key)
        scores = (result.core, result.all, result.predicates.setdefault(t.predicate, Score()))
        for score in scores:
            score.predicted += 1
            score.right += bool(fitting)
        if not fitting:
            result.wrong.append(t.row)
    for fact in facts:
        found = bool(fact.matches)
        for score in (result.all, result.predicates.setdefault(fact.predicate, Score())):
            score.gold += 1
            score.found += found
        if fact.core:
            result.core.gold += 1
            result.core.found += found
            if not found:
                result.missed.append(fact.row)
        for wanted in fact.qualifiers:
            for name, value in wanted.items():
                score = result.qualifiers.setdefault(name, Score())
                score.gold += 1
                score.predicted += found
                right = any(name in t.qualifiers and same_value(name, value, t.qualifiers[name]) for t in fact.matches)
                score.right += right
                score.found += right


def _count_temptations(result: Evaluation, gold: list[JsonObject], reader: _Reader, said: list[_Triple]) -> None:
    for row in gold:
        if row["kind"] != "not" or "p" not in row:
            continue
        result.temptations += 1
        trap = _Gold(row["item"], row["p"], reader.ways(row), False, row, [])
        for t in said:
            over = row["why"] == "ended" and (t.status == "ended" or "to" in t.qualifiers)
            fits = t.item == row["item"] and t.status in ("asserted", "ended") and trap.fits(t) and not over
            wanted = row.get("q") or {}
            told = all(k in t.qualifiers and same_value(k, v, t.qualifiers[k]) for k, v in wanted.items())
            true = not wanted and any(
                g["kind"] == "triple"
                and g["item"] == row["item"]
                and _Gold(g["item"], g["p"], reader.ways(g), False, g, []).fits(t)
                for g in gold
            )
            if fits and told and not true:
                result.fallen_for[row["why"]] += 1
                result.asserted.append(row)
                break


def _count_claims(result: Evaluation, gold: list[JsonObject], reader: _Reader, said: list[_Triple]) -> None:
    for row in gold:
        if row["kind"] != "claim" or "p" not in row:
            continue
        claim = _Gold(row["item"], row["p"], reader.ways(row), False, row, [])
        statuses = {t.status for t in said if t.item == row["item"] and claim.fits(t)}
        score = result.claims.setdefault(row["status"], Score())
        score.gold += 1
        score.predicted += bool(statuses)
        score.right += row["status"] in statuses
        score.found += row["status"] in statuses


def _count_entities(
    result: Evaluation, gold: list[JsonObject], predicted: list[JsonObject], numbers: dict[str, int]
) -> None:
    wanted = [(row["item"], _names(row["name"]), row["type"]) for row in gold if row["kind"] == "entity"]
    items = {row["item"] for row in gold}
    got = {
        (_number(row["item"], numbers), fold(row["name"]), row["type"])
        for row in predicted
        if row.get("kind") == "entity" and _number(row["item"], numbers) in items
    }
    if not wanted:
        return
    result.entities.gold = len(wanted)
    result.entities.predicted = len(got)
    result.entities.found = sum(any(i == w[0] and n in w[1] and t == w[2] for i, n, t in got) for w in wanted)
    result.entities.right = sum(any(i == w[0] and n in w[1] and t == w[2] for w in wanted) for i, n, t in got)


def _filled(row: JsonObject) -> dict[str, Any]:
    """Roles and values of an event row, gold or predicted, in one mapping."""
    return {**(row.get("roles") or {}), **(row.get("values") or {})}


def _count_events(
    result: Evaluation, gold: list[JsonObject], predicted: list[JsonObject], numbers: dict[str, int], schema: Schema
) -> None:
    wanted = [row for row in gold if row["kind"] == "event"]
    items = {row["item"] for row in gold}
    got = [
        row
        for row in predicted
        if row.get("kind") == "event"
        and row.get("asserted", True)
        and happened(row.get("status", "asserted"))
        and _number(row["item"], numbers) in items
    ]
    known = _aliases(gold)

    def agree(want: JsonObject, row: JsonObject) -> dict[str, bool]:
        filled, definition = _filled(row), schema.events[want["type"]]
        agreed = {}
        for name, value in want["roles"].items():
            if name in definition.values:
                agreed[name] = name in filled and same_value(name, value, filled[name])
            else:
                names = {n for x in _names(value) for n in known.get((want["item"], x), {x})}
                agreed[name] = name in filled and bool(names & _names(filled[name]))
        return agreed

    pairs = []
    for i, want in enumerate(wanted):
        for j, row in enumerate(got):
            if row["type"] == want["type"] and _number(row["item"], numbers) == want["item"]:
                agreed = agree(want, row)
                if agreed.get(schema.events[want["type"]].main):
                    pairs.append((-sum(agreed.values()), i, j, agreed))
    taken: dict[int, int] = {}
    for _, i, j, agreed in sorted(pairs, key=lambda p: p[:3]):
        if i in taken or j in taken.values():
            continue
        taken[i] = j
        for name, right in agreed.items():
            score = result.roles.setdefault(name, Score())
            score.gold += 1
            score.predicted += 1
            score.right += right
            score.found += right
    result.events = Score(len(got), len(taken), len(wanted), len(taken))


def _aliases(gold: list[JsonObject]) -> dict[tuple[int, str], frozenset[str]]:
    """All names that gold knows for what has a name, in an item."""
    known: dict[tuple[int, str], frozenset[str]] = {}
    for row in gold:
        if row["kind"] == "triple":
            for end in (row["s"], row["o"]):
                names = _names(end)
                for name in names:
                    known[row["item"], name] = known.get((row["item"], name), frozenset()) | names
    return known


def _signed(change: Any) -> float | None:
    found = re.search(r"([+-]?)(\d+(?:\.\d+)?)", str(change or ""))
    return None if found is None else float(found[2]) * (-1 if found[1] == "-" else 1)


def _count_observations(
    result: Evaluation, gold: list[JsonObject], predicted: list[JsonObject], numbers: dict[str, int]
) -> None:
    wanted = [row for row in gold if row["kind"] == "observation"]
    items = {row["item"] for row in gold}
    got = [row for row in predicted if row.get("kind") == "observation" and _number(row["item"], numbers) in items]
    taken: set[int] = set()
    for want in wanted:
        for j, row in enumerate(got):
            if j in taken or _number(row["item"], numbers) != want["item"]:
                continue
            if want["value"] is not None:
                same = row["value"] == want["value"] and fold(row["unit"] or "") == fold(want["unit"] or "")
            else:
                a, b = fold(want["indicator"]), fold(row["indicator"])
                same = _signed(row["change"]) == _signed(want["change"]) and (a in b or b in a)
            if same:
                taken.add(j)
                break
    result.observations = Score(len(got), len(taken), len(wanted), len(taken))


# ---- showing --------------------------------------------------------------------------------------------------------


def _share(value: float | None) -> str:
    return "    –" if value is None else f"{value:.3f}"


def _line(name: str, score: Score) -> str:
    counts = f"{score.predicted:5d} {score.right:5d} {score.gold:5d} {score.found:5d}"
    return f"{name:<18} {counts}   {_share(score.precision)}  {_share(score.recall)}  {_share(score.f1)}"


def report(found: Evaluation, *, errors: bool = False) -> str:
    """A table for people; with `errors`, also what was missed, wrong, or falsely asserted."""
    lines = ["                    pred right  gold found   prec.  recall  F1"]
    lines += [_line("triples, core", found.core), _line("triples, all", found.all)]
    if found.entities.gold:
        lines.append(_line("entities", found.entities))
    lines += [_line("events", found.events), _line("observations", found.observations)]
    if found.temptations:
        fallen = sum(found.fallen_for.values())
        why = ", ".join(f"{name} {n}" for name, n in found.fallen_for.most_common())
        lines.append(f"false triples asserted: {fallen} of {found.temptations}{f'  ({why})' if why else ''}")
    for title, table in (
        ("predicates, all", found.predicates),
        ("qualifiers of what was found", found.qualifiers),
        ("roles and values of events found", found.roles),
        ("claims by status", found.claims),
    ):
        if table:
            lines += ["", title, *(_line(f"  {name}", score) for name, score in sorted(table.items()))]
    if errors:
        for title, rows in (("missed", found.missed), ("wrong", found.wrong), ("falsely asserted", found.asserted)):
            lines += ["", f"{title}: {len(rows)}", *(f"  {_shown(row)}" for row in rows)]
    return "\n".join(lines)


def _shown(row: JsonObject) -> str:
    if "subject" in row:
        sentence = (row.get("evidence") or {}).get("sentence", "")
        return f"{row['item']}  {row['subject']['name']} {row['predicate']} {row['object']['name']}  “{sentence}”"
    ends = [row[end][0] if isinstance(row[end], list) else row[end] for end in ("s", "o")]
    return f"{row['item']}  {ends[0]} {row['p']} {ends[1]}  {row.get('why') or ''}".rstrip()
