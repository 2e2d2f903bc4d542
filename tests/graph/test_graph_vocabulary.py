import pytest

from kg.graph.vocabulary import Vocabulary
from kg.query import named_queries
from kg.schema import Schema


@pytest.fixture(scope="module")
def vocabulary(schema: Schema) -> Vocabulary:
    return Vocabulary.of(schema)


@pytest.mark.parametrize(
    ("cypher", "word", "hint"),
    [
        ("MATCH (c:Compnay) RETURN c.name", "Compnay", "Company"),
        ("MATCH (c) WHERE c:Compnay RETURN c.name", "Compnay", "Company"),
        ("MATCH (c:Company|Organisation) RETURN c.name", "Organisation", "Organization"),
        ("MATCH ()-[r:RAISED_FORM]->() RETURN r.round", "RAISED_FORM", "RAISED_FROM"),
        ("MATCH ()-[:WON|:WONN*1..3]->() RETURN 1", "WONN", "WON"),
        ("MATCH ()-[:融资]->() RETURN 1", "融资", "RAISED_FROM"),
        ("MATCH (n:Entity {nmae: 'x'}) RETURN n", "nmae", "name"),
        ("MATCH (n) RETURN n.frist_seen", "frist_seen", "first_seen"),
        ("MATCH (n) RETURN n {.nmae}", "nmae", "name"),
        ("MATCH (n) WHERE EXISTS { MATCH (n)-[:SIGND]->() } RETURN n", "SIGND", "SIGNED"),
        ("RETURN [x IN nodes(p) WHERE x:Perso | x.id]", "Perso", "Person"),
    ],
)
def test_unknown_word_is_named_with_the_nearest(vocabulary: Vocabulary, cypher: str, word: str, hint: str) -> None:
    (warning,) = vocabulary.check(cypher)
    assert word in warning
    assert hint in warning


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (c:Company)-[r:RAISED_FROM]->(i:InvestmentFirm) RETURN c.name, i.name, r.round, r.amount, r.amount_low",
        "MATCH (p:Person)-[r:WORKS_FOR]->() RETURN r.title, r.from, r.to",
        "MATCH (e:FundingRound) RETURN e.valuation_high, e.currency, e.valuation_currency, e.date_start",
        "MATCH (n) RETURN 'MATCH (x:Foo)', \"(y:Bar {baz: 1})\" // (z:Qux)",
        "MATCH (n) /* (x:Foo) */ RETURN {foo: n.name} AS m",
        "WITH {foo: 1} AS m RETURN m.foo, $p.bar, date.truncate('month', date())",
        "RETURN [x IN nodes(p) WHERE x:Claim | x]",
        "MATCH (n:$label) RETURN n",
        "CALL { MATCH (n:Person) RETURN n } RETURN n.name",
    ],
)
def test_known_words_strings_and_comments_pass(vocabulary: Vocabulary, cypher: str) -> None:
    assert vocabulary.check(cypher) == ()


def test_inverse_is_explained(vocabulary: Vocabulary) -> None:
    (warning,) = vocabulary.check("MATCH ()-[:INVESTED_IN]->() RETURN 1")
    assert "RAISED_FROM" in warning


def test_title_of_a_node_is_explained_but_not_of_a_relationship(vocabulary: Vocabulary) -> None:
    (warning,) = vocabulary.check("MATCH (n:NewsItem)-[r]->() RETURN n.title, r.title")
    assert "headline" in warning


def test_named_queries_use_known_words_only(vocabulary: Vocabulary) -> None:
    assert {n: w for n, q in named_queries().items() if (w := vocabulary.check(q.text))} == {}
