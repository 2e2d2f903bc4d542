"""The ontology for readers: as Markdown for people, as plain data for programs."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.schema import ABSENT, PRESENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from kg.model import JsonObject
    from kg.schema import ClassDef, EventDef, Implication, PropertyDef, QualifierDef, Schema, Term

__all__ = ["copy", "data", "markdown"]


def copy(folder: Path) -> None:
    """Write the packaged ontology with its wordings and word lists to a folder of one's own, to edit them there.

    Raises UsageError where the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already; name a new folder")

    def write(source: Traversable, target: Path) -> None:
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            for part in source.iterdir():
                if not part.name.startswith(("__", ".")) and not part.name.endswith(".py"):
                    write(part, target / part.name)
        else:
            target.write_bytes(source.read_bytes())

    write(files("kg.ontology"), folder)


# ---- Markdown -------------------------------------------------------------------------------------------------------


def markdown(schema: Schema) -> str:
    """The whole vocabulary as one page, in the ontology's order. It ends with a line break."""
    parts = (_head(schema), _classes(schema), _relations(schema), _events(schema), _values(schema), _records(schema))
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(schema: Schema) -> Iterator[str]:
    yield "# The vocabulary"
    yield ""
    yield f"Version {schema.version}. This page is made from `ontology/kg.ttl`: change that file, never this page."
    yield ""
    counts = (
        (len(schema.classes), "classes"),
        (len(schema.properties), "relations"),
        (len(schema.events), "kinds of events"),
        (len(schema.statuses), "statuses"),
    )
    yield f"{', '.join(f'{n} {what}' for n, what in counts)}."
    yield f"Terms live in `{schema.iri}`, data in `{schema.base_iri}`."
    yield "In Cypher a class is a label and a relation or role is a relationship type in UPPER_SNAKE."


def _classes(schema: Schema) -> Iterator[str]:
    yield from _title("Classes")
    yield "A class is below the class that it is a kind of; an entity has the labels of its class and of all above it."
    yield ""
    shown: set[str] = set()

    def tree(name: str, depth: int) -> Iterator[str]:
        cls = schema.classes[name]
        if name in shown:
            yield f"{'  ' * depth}- {name} {cls.label_zh}: see above"
            return
        shown.add(name)
        yield f"{'  ' * depth}- **{name}** {cls.label_zh}: {cls.definition} {cls.definition_zh}"
        for below in schema.classes.values():
            if name in below.parents:
                yield from tree(below.name, depth + 1)

    for cls in schema.classes.values():
        if not cls.parents:
            yield from tree(cls.name, 0)
    yield ""
    yield "Nothing can be of two classes that exclude each other; what is below them excludes each other too:"
    yield ""
    for cls in schema.classes.values():
        if cls.disjoint:
            yield f"- {cls.name}: {', '.join(name for name in schema.classes if name in cls.disjoint)}"


def _relations(schema: Schema) -> Iterator[str]:
    yield from _title("Relations")
    yield "Two statements of one relation between the same two that differ in a **bold** qualifier are two facts."
    yield ""
    yield from _row("relation", "中文", "from → to", "qualifiers", "meaning")
    yield from _row("---", "---", "---", "---", "---")
    for prop in schema.properties.values():
        arrow = "↔" if prop.symmetric else "→"
        notes = [f"Under {_names(prop.parents)}."] if prop.parents else []
        if prop.inverse:
            notes.append(f"Read the other way round: `{prop.inverse}` {schema.inverse_terms[prop.inverse].label_zh}.")
        yield from _row(
            f"`{prop.name}`<br>`{prop.relationship_type}`",
            prop.label_zh,
            f"{', '.join(prop.domain)} {arrow} {', '.join(prop.range)}",
            ", ".join(map(_qualifier, prop.qualifiers)),
            " ".join((prop.definition, prop.definition_zh, *notes)),
        )


def _events(schema: Schema) -> Iterator[str]:
    yield from _title("Events")
    yield "An event is a node; its roles are relationships to entities, its values properties. Without its **bold**"
    yield "role there is no event. What follows from it carries its id, and its status unless another is told."
    for event in schema.events.values():
        yield ""
        yield f"### {event.name} {event.label_zh}"
        yield ""
        yield f"{event.definition} {event.definition_zh}"
        yield ""
        for role in event.roles.values():
            name = f"**`{role.name}`**" if role.name == event.main else f"`{role.name}`"
            own = " It is the event itself." if role.name == event.self_role else ""
            yield f"- {name} {role.label_zh} ({', '.join(role.range)}): {role.definition} {role.definition_zh}{own}"
        for value in event.values.values():
            yield f"- {_qualifier(value)} {value.label_zh} ({value.datatype}): {value.definition} {value.definition_zh}"
        implied = [rule for rule in schema.implications if rule.event == event.name]
        if implied:
            yield ""
            yield "It implies:"
            yield ""
            yield from (f"- {_implication(rule)}" for rule in implied)


def _values(schema: Schema) -> Iterator[str]:
    yield from _title("Statuses")
    yield "Most doubtful first; where several cues meet, the first of them here holds."
    yield ""
    yield from _row("status", "中文", "in the graph", "meaning")
    yield from _row("---", "---", "---", "---")
    for status in schema.statuses.values():
        place = "relationship" if status.happened else "Claim node"
        yield from _row(f"`{status.name}`", status.label_zh, place, f"{status.definition} {status.definition_zh}")
    yield from _title("Values and qualifiers")
    yield from _row("name", "中文", "datatype", "meaning", "used by")
    yield from _row("---", "---", "---", "---", "---")
    for value in schema.values.values():
        users = [p.name for p in schema.properties.values() if p.qualifier(value.name)]
        users += [e.name for e in schema.events.values() if value.name in e.values]
        meaning = f"{value.definition} {value.definition_zh}"
        yield from _row(f"`{value.name}`", value.label_zh, value.datatype, meaning, ", ".join(users))


def _records(schema: Schema) -> Iterator[str]:
    yield from _title("Records")
    yield "How exports write down observations, amounts, and what is known about statements."
    yield ""
    yield from _row("name", "中文", "of", "is", "meaning")
    yield from _row("---", "---", "---", "---", "---")
    for record in schema.records.values():
        yield from _row(f"`{record.name}`", record.label_zh, "", "", f"{record.definition} {record.definition_zh}")
    for attribute in schema.attributes.values():
        meaning = f"{attribute.definition} {attribute.definition_zh}"
        yield from _row(
            f"`{attribute.name}`", attribute.label_zh, attribute.domain or "", attribute.range or "", meaning
        )
    yield from _title("Other vocabularies")
    yield from _row("term", "is", "term elsewhere")
    yield from _row("---", "---", "---")
    terms: Iterable[ClassDef | PropertyDef] = (*schema.classes.values(), *schema.properties.values())
    for term in terms:
        for relation, iri in term.alignments:
            yield from _row(f"`{term.name}`", relation, f"<{iri}>")


def _title(text: str) -> Iterator[str]:
    yield ""
    yield f"## {text}"
    yield ""


def _row(*cells: str) -> Iterator[str]:
    yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _qualifier(qualifier: QualifierDef) -> str:
    name = f"**`{qualifier.name}`**" if qualifier.identifying else f"`{qualifier.name}`"
    words = ", ".join(f"{term.name} {term.label_zh}" for term in qualifier.terms)
    return f"{name} ({words})" if words else name


def _implication(rule: Implication) -> str:
    """`company` raisedFrom `lead`, with date, round, amount; role = lead."""
    pairs = " (all pairs)" if rule.subject_role == rule.object_role else ""
    parts = [f"`{rule.subject_role}` **{rule.property}** `{rule.object_role}`{pairs}"]
    if rule.when:
        parts.append("where " + " and ".join(_condition(name, allowed) for name, allowed in rule.when.items()))
    if rule.qualifiers:
        carried = (q if q == source else f"{q} from {source}" for q, source in rule.qualifiers.items())
        parts.append(f"with {', '.join(carried)}")
    parts += (f"{name} = {value}" for name, value in rule.fixed.items())
    for after in dict.fromkeys(rule.status_map.values()):
        befores = [before for before, to in rule.status_map.items() if to == after]
        parts.append(f"{after}, and only if the event is {' or '.join(befores)}")
    return "; ".join(parts)


def _condition(name: str, allowed: Sequence[str]) -> str:
    words = [word for word in allowed if word not in (PRESENT, ABSENT)]
    choices = ([f"is {' or '.join(words)}"] if words else []) + (["is told"] if PRESENT in allowed else [])
    choices += ["is not told"] if ABSENT in allowed else []
    return f"{name} {' or '.join(choices)}"


# ---- data -----------------------------------------------------------------------------------------------------------


def data(schema: Schema) -> JsonObject:
    """The whole vocabulary as mappings, lists and strings, ready for JSON; lists in the ontology's order."""
    return {
        "version": schema.version,
        "fingerprint": schema.fingerprint,
        "iri": schema.iri,
        "base_iri": schema.base_iri,
        "classes": [_class_data(schema, cls) for cls in schema.classes.values()],
        "relations": [_relation_data(prop) for prop in schema.properties.values()],
        "inverses": [{**_term_data(term), "of": schema.inverses[name]} for name, term in schema.inverse_terms.items()],
        "events": [_event_data(schema, event) for event in schema.events.values()],
        "statuses": [{**_term_data(status), "happened": status.happened} for status in schema.statuses.values()],
        "values": [_qualifier_data(value) for value in schema.values.values()],
        "lists": [
            {**_term_data(words), "words": [_word_data(word) for word in words.terms]}
            for words in schema.lists.values()
        ],
        "records": [_term_data(record) for record in schema.records.values()],
        "attributes": [{**_term_data(a), "domain": a.domain, "range": a.range} for a in schema.attributes.values()],
    }


def _term_data(term: Term) -> JsonObject:
    return {
        "name": term.name,
        "label": {"zh": term.label_zh, "en": term.label_en},
        "definition": {"zh": term.definition_zh, "en": term.definition},
        "example": term.example,
    }


def _class_data(schema: Schema, cls: ClassDef) -> JsonObject:
    return {
        **_term_data(cls),
        "parents": list(cls.parents),
        "labels": list(schema.labels(cls.name)),
        "disjoint": sorted(other for other in schema.classes if schema.disjoint(cls.name, other)),
        "alignments": [list(pair) for pair in cls.alignments],
    }


def _relation_data(prop: PropertyDef) -> JsonObject:
    return {
        **_term_data(prop),
        "type": prop.relationship_type,
        "domain": list(prop.domain),
        "range": list(prop.range),
        "qualifiers": [{**_qualifier_data(q), "identifying": q.identifying} for q in prop.qualifiers],
        "symmetric": prop.symmetric,
        "inverse": prop.inverse,
        "parents": list(prop.parents),
        "alignments": [list(pair) for pair in prop.alignments],
    }


def _qualifier_data(qualifier: QualifierDef) -> JsonObject:
    words = [_word_data(word) for word in qualifier.terms]
    return {**_term_data(qualifier), "datatype": qualifier.datatype, "words": words, "range": list(qualifier.range)}


def _word_data(word: Term) -> JsonObject:
    return {"name": word.name, "label": {"zh": word.label_zh, "en": word.label_en}}


def _event_data(schema: Schema, event: EventDef) -> JsonObject:
    roles = [
        {**_term_data(role), "type": role.relationship_type, "range": list(role.range), "main": role.name == event.main}
        for role in event.roles.values()
    ]
    implies = [
        {
            "relation": rule.property,
            "subject": rule.subject_role,
            "object": rule.object_role,
            "when": {name: list(allowed) for name, allowed in rule.when.items()},
            "qualifiers": dict(rule.qualifiers),
            "fixed": dict(rule.fixed),
            "status": dict(rule.status_map),
        }
        for rule in schema.implications
        if rule.event == event.name
    ]
    values = [_qualifier_data(value) for value in event.values.values()]
    return {**_term_data(event), "roles": roles, "values": values, "self": event.self_role, "implies": implies}
