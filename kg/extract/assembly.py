"""From drafts to the values that leave extraction: nodes with ids, statements and events with their sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract.drafts import first_of_each
from kg.extract.imply import imply
from kg.extract.status import settle
from kg.model import OMITTED, Entity, Event, Evidence, Node, Observation, Span, Statement, mint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.extract.analysis import Analysis
    from kg.extract.drafts import Draft, Filler
    from kg.extract.observations import ObservationDraft
    from kg.model import Status, Value
    from kg.schema import Schema

__all__ = ["Assembly"]

_ONE_WAY = frozenset(("raisedFrom", "acquired", "supplies", "licensedTo", "guarantees", "sued"))


class Assembly:
    """Collects the facts of one item; each is kept once, however often the item tells it."""

    def __init__(self, analysis: Analysis, schema: Schema, extractor: str) -> None:
        self._analysis, self._schema, self._extractor = analysis, schema, extractor
        self._nodes: dict[int, Node] = {}
        self._statements: dict[str, Statement] = {}
        self._told: dict[str, list[tuple[Status, str | None]]] = {}
        self._events: dict[str, Event] = {}
        self._used: set[int] = set()

    # -- nodes and evidence --------

    def node(self, referent: int) -> Node:
        """The entity that a referent of the item is minted to."""
        self._used.add(referent)
        if referent not in self._nodes:
            r = self._analysis.referents[referent]
            item = self._analysis.item.id
            self._nodes[referent] = Node(self._schema.entity_id(r.name, r.type, item), r.name, r.type)
        return self._nodes[referent]

    def _name(self, referent: int) -> str:
        return self._analysis.referents[referent].name

    def evidence(self, sentence: int, fillers: Iterable[Filler], cue: str | None = None) -> Evidence:
        """The sentence as evidence, with what stands in it for names that it does not hold."""
        text, item = self._analysis.text, self._analysis.item
        where = text.sentences[sentence]
        span, field = text.source_span(where.start, where.end)
        references = []
        for f in fillers:
            name = self._analysis.referents[f.referent].name
            if f.via is not None or f.sentence != sentence:
                references.append(f"{f.via or OMITTED}→{name}")
        return Evidence(
            item.id,
            span.start,
            span.end,
            item.slice(span, field),
            text.surface[where.start : where.end].strip(),
            field,
            tuple(dict.fromkeys(references)),
            cue,
        )

    # -- facts --------

    def add_event(self, draft: Draft) -> None:
        """An event and the relations it implies. Where its main role names several, each has an event of its own."""
        definition = self._schema.events[draft.target]
        main = definition.main
        fillers = draft.roles.get(main, [])
        together = main == "parties" or len({f.referent for f in fillers}) == 1
        for group in [fillers] if together else [[f] for f in first_of_each(fillers)]:
            draft.roles[main] = group
            self._add_event(draft, definition.self_role)

    def _add_event(self, draft: Draft, self_role: str | None) -> None:
        status, cue = settle(draft.statuses)
        roles = {
            role: tuple(dict.fromkeys(self.node(f.referent) for f in fillers))
            for role, fillers in draft.roles.items()
            if fillers
        }
        key = [n.id for nodes in roles.values() for n in nodes]
        item = self._analysis.item.id
        event_id = mint("v", item, draft.target, *sorted(key), *(f"{k}={v}" for k, v in sorted(draft.values.items())))
        everyone = [f for fillers in draft.roles.values() for f in fillers]
        confidence = round(draft.confidence * min((f.confidence for f in everyone), default=1.0), 3)
        self._events[event_id] = Event(
            event_id,
            draft.target,
            status,
            roles,
            dict(draft.values),
            confidence,
            self._told_best(draft, fillers=everyone, cue=cue),
            self._extractor,
        )
        for implied in imply(draft, status, self._schema, self._name):
            self.add_statement(
                implied.property,
                implied.subject,
                implied.object,
                implied.qualifiers,
                (implied.status, cue),
                draft.confidence,
                event_id,
            )
        for predicate, subject, obj in draft.also:
            for s in draft.roles.get(subject, ()):
                for o in draft.roles.get(obj, ()):
                    wanted = {q.name for q in self._schema.properties[predicate].qualifiers}
                    values = {k: v for k, v in draft.values.items() if k in wanted and k != "title"}
                    self.add_statement(predicate, s, o, values, (status, cue), draft.confidence, None)

    def _told_best(self, draft: Draft, fillers: list[Filler], cue: str | None) -> Evidence:
        """The sentence that names most of those who take part; of equals one of the body, then the first."""
        text = self._analysis.text

        def names(sentence: int) -> tuple[int, bool, int]:
            here = {f.referent for f in fillers if f.sentence == sentence}
            return len(here), text.sentences[sentence].kind != "title", -sentence

        best = max({draft.sentence, *(f.sentence for f in fillers)}, key=names)
        main = draft.roles[self._schema.events[draft.target].main]
        named = [f for f in fillers if f.sentence == best]
        if not any(f.sentence == best for f in main):
            named += main[:1]
        return self.evidence(best, named, cue)

    def add_relation(self, draft: Draft) -> None:
        """A relation that a wording says directly, between every subject and every object it names."""
        prop = self._schema.properties[draft.target]
        wanted = {q.name for q in prop.qualifiers}
        values = {k: v for k, v in draft.values.items() if k in wanted}
        subjects, objects = draft.roles.get("subject", []), draft.roles.get("object", [])
        pairs = [(s, o) for s in subjects for o in objects]
        if prop.symmetric and not objects:
            pairs = [(s, o) for i, s in enumerate(subjects) for o in subjects[i + 1 :]]
        for s, o in pairs:
            own = {**values, **draft.told.get(o.referent, {}), **draft.told.get(s.referent, {})}
            status = settle(draft.statuses)
            self.add_statement(draft.target, s, o, own, status, draft.confidence, None)

    def add_statement(
        self,
        predicate: str,
        subject: Filler,
        obj: Filler,
        qualifiers: Mapping[str, Value],
        status: tuple[Status, str | None],
        confidence: float,
        event: str | None,
    ) -> None:
        """One statement; told again, it keeps its best evidence, all its qualifiers and the status they settle on."""
        if subject.referent == obj.referent:
            return
        s, o = self.node(subject.referent), self.node(obj.referent)
        statement_id = self._schema.statement_id(predicate, s.id, o.id, qualifiers)
        where = max(subject.sentence, obj.sentence)
        sure = round(confidence * min(subject.confidence, obj.confidence), 3)
        new = Statement(
            statement_id,
            s,
            predicate,
            o,
            status[0],
            sure,
            self.evidence(where, (subject, obj), status[1]),
            self._extractor,
            dict(qualifiers),
            event,
        )
        old = self._statements.get(statement_id)
        told = self._told.setdefault(statement_id, [])
        told.append(status)
        if old is None:
            self._statements[statement_id] = new
            return
        settled, _ = settle(told)
        best = max((old, new), key=lambda x: (x.status == settled, x.evidence.field == "text", x.confidence))
        other = new if best is old else old
        self._statements[statement_id] = Statement(
            statement_id,
            s,
            predicate,
            o,
            settled,
            max(old.confidence, new.confidence),
            best.evidence,
            self._extractor,
            {**other.qualifiers, **best.qualifiers},
            best.event or other.event,
        )

    def told(self) -> dict[tuple[int, int], set[str]]:
        """What was found of two referents so far: the relations from the first to the second, by their names."""
        of = {node.id: referent for referent, node in self._nodes.items()}
        found: dict[tuple[int, int], set[str]] = {}
        for s in self._statements.values():
            if isinstance(s.object, Node):
                found.setdefault((of[s.subject.id], of[s.object.id]), set()).add(s.predicate)
        return found

    def titles(self) -> dict[int, set[str]]:
        """The posts that somebody was found to have so far, whether they still do or not."""
        of = {node.id: referent for referent, node in self._nodes.items()}
        found: dict[int, set[str]] = {}
        for s in self._statements.values():
            if "title" in s.qualifiers:
                found.setdefault(of[s.subject.id], set()).add(str(s.qualifiers["title"]))
        return found

    def weigh(self, sure: Mapping[tuple[int, str, int, int], float], least: float) -> None:
        """Take the relation model's probabilities as a second opinion on what was found in one sentence that names both
        ends; what is less probable than `least` is dropped. Keys are sentence, relation, referents of subject and
        object."""
        of = {node.id: referent for referent, node in self._nodes.items()}
        text = self._analysis.text
        at = {
            (span, field): i for i, s in enumerate(text.sentences) for span, field in [text.source_span(s.start, s.end)]
        }
        doubted: set[str | None] = set()
        for key, found in list(self._statements.items()):
            evidence = found.evidence
            index = at.get((Span(evidence.start, evidence.end), evidence.field))
            if index is None or not isinstance(found.object, Node) or evidence.references:
                continue
            probability = sure.get((index, found.predicate, of[found.subject.id], of[found.object.id]))
            if probability is not None and probability < least:
                del self._statements[key]
                doubted.add(found.event)
            elif probability is not None:
                self._statements[key] = replace(found, confidence=round((found.confidence + probability) / 2, 3))
        # An event all of whose relations are dropped did not take place either.
        for event in doubted - {s.event for s in self._statements.values()} - {None}:
            self._events.pop(str(event), None)

    def settle_sides(self) -> None:
        """Drop what reads two of one side as giver and taker: where S raised from A and from B, A did not raise from B;
        and of A acquired B and B acquired A only the surer one holds."""
        told: dict[str, dict[tuple[str, str], str]] = {}
        for key, s in self._statements.items():
            if s.predicate in _ONE_WAY and isinstance(s.object, Node):
                told.setdefault(s.predicate, {})[s.subject.id, s.object.id] = key
        for pairs in told.values():
            sure = {ends: self._statements[key].confidence for ends, key in pairs.items()}
            givers: dict[str, set[str]] = {}
            for giver, taker in pairs:
                givers.setdefault(taker, set()).add(giver)
            for (a, b), key in pairs.items():
                both = any(min(sure[g, a], sure[g, b]) > sure[a, b] for g in givers.get(a, set()) & givers[b])
                if both or sure.get((b, a), 0.0) >= sure[a, b]:
                    self._statements.pop(key, None)

    # -- what leaves --------

    def statements(self) -> tuple[Statement, ...]:
        return tuple(self._statements.values())

    def events(self) -> tuple[Event, ...]:
        return tuple(self._events.values())

    def observations(self, drafts: Iterable[ObservationDraft]) -> tuple[Observation, ...]:
        """Observations with ids; one told twice in the same words of the same item is one."""
        made: dict[str, Observation] = {}
        text, item = self._analysis.text, self._analysis.item
        for d in drafts:
            reporter = None
            if d.reporter is not None and d.reporter in self._analysis.referent_of:
                reporter = self.node(self._analysis.referent_of[d.reporter])
            key = mint(
                "b", item.id, d.indicator, str(d.value), d.unit or "", d.period or "", d.scope or "", d.change or ""
            )
            span, field = text.source_span(d.start, d.end)
            evidence = Evidence(
                item.id, span.start, span.end, item.slice(span, field), text.surface[d.start : d.end].strip(), field
            )
            made.setdefault(
                key,
                Observation(
                    key,
                    d.indicator,
                    d.value,
                    d.unit,
                    d.period,
                    d.scope,
                    d.change,
                    reporter,
                    d.confidence,
                    evidence,
                    self._extractor,
                ),
            )
        return tuple(made.values())

    def entities(self, least: float = 0.5) -> tuple[Entity, ...]:
        """Everyone whom a fact names, and every other name found with at least this confidence."""
        made: dict[str, Entity] = {}
        for i, r in enumerate(self._analysis.referents):
            if i not in self._used and r.confidence < least:
                continue
            node = self.node(i)
            old = made.get(node.id)
            aliases = (*(old.aliases if old else ()), *r.aliases)
            names = tuple(dict.fromkeys(a for a in aliases if a != node.name))
            made[node.id] = Entity(node.id, old.name if old else node.name, node.type, names)
        return tuple(made.values())
