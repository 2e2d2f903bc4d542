"""The ontology as one web page: self-contained, in Chinese and English, every term at the anchor of its name.

An IRI of a term, `…/ontology#Company`, leads to its section when the page is served at `…/ontology`.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from kg.diagram import svg
from kg.schema import ABSENT, PRESENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.schema import ClassDef, EventDef, Implication, ListDef, PropertyDef, QualifierDef, Schema, Term

__all__ = ["page"]


def page(schema: Schema) -> str:
    """The whole page as HTML. It asks for nothing from elsewhere, and runs no script."""
    return "\n".join(_Page(schema).lines()) + "\n"


class _Page:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        # In the order in which a name that is there twice is looked up.
        groups = (
            schema.classes,
            schema.records,
            schema.properties,
            schema.inverse_terms,
            schema.roles,
            schema.values,
            schema.statuses,
            schema.lists,
            schema.attributes,
        )
        self._terms: dict[str, Term] = {name: term for group in reversed(groups) for name, term in group.items()}

    def lines(self) -> Iterator[str]:
        schema = self._schema
        yield "<!doctype html>"
        yield '<html lang="zh-Hans">'
        yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>kg 词汇表 · vocabulary {escape(schema.version)}</title>"
        yield f"<style>{(files('kg') / 'handbook.css').read_text(encoding='utf8')}</style></head>"
        yield "<body>"
        yield '<input type="radio" name="language" id="l-zh" checked><input type="radio" name="language" id="l-en">'
        yield "<header>"
        yield '<nav class="switch"><label for="l-zh">中文</label><label for="l-en">English</label></nav>'
        yield f"<h1>{_both('kg 词汇表', 'The vocabulary of kg')}</h1>"
        counts = (
            (len(schema.classes), "个类", "classes"),
            (len(schema.properties), "种关系", "relations"),
            (len(schema.events), "种事件", "kinds of events"),
            (len(schema.statuses), "种状态", "statuses"),
        )
        zh, en = "、".join(f"{n} {z}" for n, z, _ in counts), ", ".join(f"{n} {e}" for n, _, e in counts)
        yield f"<p>{_both(f'第 {schema.version} 版：{zh}。', f'Version {schema.version}: {en}.')}</p>"
        yield f"<dl>{_row('词项命名空间', 'Namespace of terms', _code(schema.iri))}"
        yield f"{_row('数据命名空间', 'Namespace of data', _code(schema.base_iri))}</dl>"
        yield "</header>"
        yield "<main>"
        yield from self._contents()
        yield f'<section><h2 id="overview">{_both("总览", "Overview")}</h2>'
        how = _both(
            "左为主语的类，右为宾语的类。", "Subjects are of the classes on the left, objects of those on the right."
        )
        yield f"<p>{how}</p>"
        yield f"<figure>{svg(schema)}</figure></section>"
        entities = [c for c in schema.classes.values() if c.name not in schema.events]
        yield from self._section("classes", "类", "Classes", map(self._class, entities))
        yield from self._section("relations", "关系", "Relations", map(self._relation, schema.properties.values()))
        yield from self._section(
            "inverses", "反向关系", "Relations read backwards", map(self._inverse, schema.inverses)
        )
        yield from self._section("events", "事件", "Events", map(self._event, schema.events.values()))
        yield from self._section("roles", "角色", "Roles", map(self._role, schema.roles))
        yield from self._section(
            "values", "值与限定词", "Values and qualifiers", map(self._value, schema.values.values())
        )
        yield from self._section("lists", "词表", "Lists of words", map(self._list, schema.lists.values()))
        yield from self._section("statuses", "状态", "Statuses", map(self._status, schema.statuses))
        yield from self._section("records", "记录", "Records", map(self._record, (*schema.records, *schema.attributes)))
        yield "</main></body></html>"

    # -- contents

    def _contents(self) -> Iterator[str]:
        schema = self._schema
        yield f'<nav class="contents"><h2>{_both("类的层次", "Class tree")}</h2>'
        yield from self._tree([c for c in schema.classes.values() if not c.parents])
        for anchor, zh, en, names in (
            ("relations", "关系", "Relations", schema.properties),
            ("roles", "角色", "Roles", schema.roles),
            ("values", "值与限定词", "Values and qualifiers", schema.values),
            ("lists", "词表", "Lists of words", schema.lists),
            ("statuses", "状态", "Statuses", schema.statuses),
            ("records", "记录", "Records", {**schema.records, **schema.attributes}),
        ):
            yield f'<h2><a href="#{anchor}">{_both(zh, en)}</a></h2><p>{" ".join(map(self._link, names))}</p>'
        yield "</nav>"

    def _tree(self, classes: Iterable[ClassDef]) -> Iterator[str]:
        yield "<ul>"
        for cls in classes:
            yield f"<li>{self._link(cls.name)}"
            below = [c for c in self._schema.classes.values() if cls.name in c.parents]
            if below:
                yield from self._tree(below)
            yield "</li>"
        yield "</ul>"

    # -- terms

    def _section(self, anchor: str, zh: str, en: str, terms: Iterable[Iterable[str]]) -> Iterator[str]:
        yield f'<section><h2 id="{anchor}">{_both(zh, en)}</h2>'
        for term in terms:
            yield from term
        yield "</section>"

    def _term(self, term: Term, rows: Iterable[str]) -> Iterator[str]:
        name = term.name
        yield f'<article id="{name}">'
        yield f'<h3><a href="#{name}">{_both(term.label_zh, term.label_en)}</a> {_code(term.name)}</h3>'
        yield f"<p>{_both(term.definition_zh, term.definition)}</p>"
        if term.example:
            yield f'<p class="example" lang="zh-Hans"><b>{_both("例", "Example")}</b> {escape(term.example)}</p>'
        yield f"<dl>{''.join(rows)}</dl>"
        yield "</article>"

    def _class(self, cls: ClassDef) -> Iterator[str]:
        schema = self._schema
        below = [c.name for c in schema.classes.values() if cls.name in c.parents]
        return self._term(
            cls,
            (
                _row("上位类", "Is a", self._links(schema.superclasses(cls.name))),
                _row("下位类", "Kinds", self._links(below)),
                _row(
                    "作主语",
                    "Subject of",
                    self._links(p for p in schema.properties if schema.accepts(p, "domain", cls.name)),
                ),
                _row(
                    "作宾语",
                    "Object of",
                    self._links(p for p in schema.properties if schema.accepts(p, "range", cls.name)),
                ),
                _row("互斥", "Excludes", self._links(c for c in schema.classes if c in cls.disjoint)),
                self._alignments(cls),
            ),
        )

    def _relation(self, relation: PropertyDef) -> Iterator[str]:
        arrow = " ↔ " if relation.symmetric else " → "
        implied = dict.fromkeys(rule.event for rule in self._schema.implications if rule.property == relation.name)
        return self._term(
            relation,
            (
                _row("从 → 到", "From → to", self._links(relation.domain) + arrow + self._links(relation.range)),
                _row("限定词", "Qualifiers", ", ".join(map(self._used, relation.qualifiers))),
                _row("属于", "Is a kind of", self._links(relation.parents)),
                _row("反向", "Backwards", self._links(filter(None, (relation.inverse,)))),
                _row("由此推出", "Follows from", self._links(implied)),
                _row("Cypher", "Cypher", _code(relation.relationship_type)),
                self._alignments(relation),
            ),
        )

    def _inverse(self, name: str) -> Iterator[str]:
        of = self._schema.inverses[name]
        return self._term(self._schema.inverse_terms[name], (_row("反向", "Backwards", self._link(of)),))

    def _event(self, event: EventDef) -> Iterator[str]:
        roles = (
            f"{self._strong(role.name, role.name == event.main)} ({self._links(role.range)})"
            for role in event.roles.values()
        )
        rules = (rule for rule in self._schema.implications if rule.event == event.name)
        implied = "".join(f"<li>{self._implied(rule)}</li>" for rule in rules)
        return self._term(
            event,
            (
                _row("上位类", "Is a", self._links(self._schema.superclasses(event.name))),
                _row("角色", "Roles", ", ".join(roles)),
                _row("值", "Values", ", ".join(map(self._used, event.values.values()))),
                _row("推出", "Implies", f"<ul>{implied}</ul>" if implied else ""),
                self._alignments(self._schema.classes[event.name]),
            ),
        )

    def _role(self, name: str) -> Iterator[str]:
        role = self._schema.roles[name]
        return self._term(
            role,
            (
                _row("范围", "Range", self._links(role.range)),
                _row("用于", "Used by", self._links(self._users(name))),
                _row("Cypher", "Cypher", _code(role.relationship_type)),
            ),
        )

    def _value(self, value: QualifierDef) -> Iterator[str]:
        return self._term(
            value,
            (
                _row("数据类型", "Datatype", _code(value.datatype)),
                _row("用于", "Used by", self._links(self._users(value.name))),
            ),
        )

    def _list(self, words: ListDef) -> Iterator[str]:
        told = "<br>".join(f"{_code(word.name)} {_both(word.label_zh, word.label_en)}" for word in words.terms)
        return self._term(words, (_row("词", "Words", told),))

    def _status(self, name: str) -> Iterator[str]:
        status = self._schema.statuses[name]
        place = _both("关系", "a relationship") if status.happened else _both("主张节点", "a claim")
        return self._term(status, (_row("图中", "In the graph", place),))

    def _record(self, name: str) -> Iterator[str]:
        attribute = self._schema.attributes.get(name)
        if attribute is None:
            return self._term(self._schema.records[name], ())
        of = self._links(filter(None, (attribute.domain,)))
        range_ = attribute.range
        is_ = "" if range_ is None else self._link(range_) if range_ in self._terms else _code(f"xsd:{range_}")
        return self._term(attribute, (_row("属于", "Of", of), _row("是", "Is", is_)))

    # -- parts

    def _users(self, name: str) -> list[str]:
        schema = self._schema
        relations = [r.name for r in schema.properties.values() if r.qualifier(name)]
        return relations + [e.name for e in schema.events.values() if name in e.roles or name in e.values]

    def _used(self, value: QualifierDef) -> str:
        words = "、".join(f"{_code(term.name)} {_both(term.label_zh, term.label_en)}" for term in value.terms)
        return self._strong(value.name, value.identifying) + (f" ({words})" if words else "")

    def _strong(self, name: str, strong: bool) -> str:
        return f"<strong>{self._link(name)}</strong>" if strong else self._link(name)

    def _implied(self, rule: Implication) -> str:
        ends = (rule.subject_role, rule.property, rule.object_role)
        pairs = _both("（两两之间）", " (all pairs)") if rule.subject_role == rule.object_role else ""
        parts = [" ".join(map(self._link, ends)) + pairs]
        for name, allowed in rule.when.items():
            told = {PRESENT: _both("已说明", "is told"), ABSENT: _both("未说明", "is not told")}
            choices = (told.get(word) or f"{_both('为', 'is')} {_code(word)}" for word in allowed)
            parts.append(f"{_both('若', 'where')} {self._link(name)} {_both('或', ' or ').join(choices)}")
        carried = (
            self._link(name) if name == source else f"{self._link(name)} ({self._link(source)})"
            for name, source in rule.qualifiers.items()
        )
        if rule.qualifiers:
            parts.append(f"{_both('带上', 'with')} {', '.join(carried)}")
        parts += (f"{self._link(name)} = {_code(word)}" for name, word in rule.fixed.items())
        for after in dict.fromkeys(rule.status_map.values()):
            before = self._links(status for status, to in rule.status_map.items() if to == after)
            parts.append(f"{_both('仅当事件', 'only if the event is')} {before}: {self._link(after)}")
        return "; ".join(parts)

    def _link(self, name: str) -> str:
        term = self._terms[name]
        return f'<a href="#{name}" title="{name}">{_both(term.label_zh, term.label_en)}</a>'

    def _links(self, names: Iterable[str]) -> str:
        return ", ".join(map(self._link, names))

    def _alignments(self, term: ClassDef | PropertyDef) -> str:
        told = (
            f'{_code(how)} <a href="{escape(iri, quote=True)}" rel="noreferrer">{escape(iri)}</a>'
            for how, iri in term.alignments
        )
        return _row("对应", "Elsewhere", "<br>".join(told))


def _both(zh: str, en: str) -> str:
    return f'<span lang="zh">{escape(zh)}</span><span lang="en">{escape(en)}</span>'


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _row(zh: str, en: str, value: str) -> str:
    return f"<dt>{_both(zh, en)}</dt><dd>{value}</dd>" if value else ""
