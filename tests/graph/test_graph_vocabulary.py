import pytest
from graph_corpus import documents

from kg.graph.base import NodeRow
from kg.graph.owners import Owners
from kg.graph.project import Projection
from kg.graph.vocabulary import Vocabulary
from kg.ledger import Ledger
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
        ("MATCH (n:`Persn`) RETURN n.name", "Persn", "Person"),
        ("MATCH (n:Person {`nmae`: $name}) RETURN n.id", "nmae", "name"),
        ("MATCH (n) SET n.nmae = 'x'", "nmae", "name"),
        ("MATCH (n) SET n += {nmae: 'x'}", "nmae", "name"),
        ("MATCH (n) SET n = {nmae: 'x'}", "nmae", "name"),
        ("MATCH (n) REMOVE n.nmae", "nmae", "name"),
        ("MERGE (n:Entity {id: '1'}) ON CREATE SET n:Persn", "Persn", "Person"),
        ("MATCH ()-[r {rond: 'B'}]->() RETURN r", "rond", "round"),
        ("MATCH ()-[r:WON]->() WHERE r.yaer > 2020 RETURN r", "yaer", "year"),
        ("MATCH (公司:Compny) RETURN 公司.name", "Compny", "Company"),
        # Known, but not of these.
        ("MATCH (n:Person) RETURN n.round", "no Person has the property round", "RAISED_FROM"),
        (
            "MATCH (n:Person|University {stake: 3}) RETURN n",
            "no Person or University has the property stake",
            "ACQUIRED",
        ),
        ("MATCH (i:NewsItem) WHERE i.evidence <> '' RETURN i", "no NewsItem has the property evidence", "ACQUIRED"),
        ("MATCH ()-[r:FOUNDED|WON]->() RETURN r.amount", "no FOUNDED or WON has the property amount", "ACQUIRED"),
        ("MATCH (n:Person) RETURN n {.name, .headline}", "no Person has the property headline", "NewsItem"),
        ("MATCH (n:Person) SET n.round = 'B'", "no Person has the property round", "FundingRound"),
        ("MATCH ()-[r:WON]->() RETURN r.type", "type(r)", ""),
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
        "MATCH (n:Person $properties) RETURN n.name",
        "MATCH (n)-[r]->() WHERE r:FOUNDED RETURN n.name",
        "WITH date('2021-11-03') AS d RETURN d.month, d.dayOfWeek",
        "WITH 1 AS x RETURN x IS :: INTEGER",
        "MATCH (e:Conference) RETURN e.date, e.status, e.aliases",
        "MATCH (e:Entity) WHERE e:Conference RETURN e.date",
        "MATCH (n:Person) WHERE n:FundingRound RETURN n.round",
        "MATCH (n:Person) MATCH (n:Claim) RETURN n.predicate",
        "MATCH (n:!Person) RETURN n.round",
        "MATCH (n:Person)-[r]->(m) WITH r AS n RETURN n.round",
        "MATCH (n:Person) RETURN [n IN [1] | n], n.round",
        "MATCH (n:Person) RETURN n.name AS x UNION MATCH (n) RETURN n.round AS x",
        "MATCH (n:Organization|FundingRound) RETURN n.round",
        "MATCH (c:Claim) RETURN c.stake, c.post, c.amount_low, c.date_end",
        "MATCH p = ()-[rs:RAISED_FROM*1..2]->() RETURN [r IN rs | r.round]",
        "CALL { MATCH (n:Person) RETURN n } RETURN n.name",
    ],
)
def test_known_words_strings_and_comments_pass(vocabulary: Vocabulary, cypher: str) -> None:
    assert vocabulary.check(cypher) == ()


def test_inverse_is_explained(vocabulary: Vocabulary) -> None:
    (warning,) = vocabulary.check("MATCH ()-[:INVESTED_IN]->() RETURN 1")
    assert "RAISED_FROM" in warning


def test_owners_have_every_property_of_every_row(schema: Schema) -> None:
    """What the rows of a graph carry is never warned of."""
    owners = Owners.of(schema)
    with Ledger.open(":memory:", schema) as ledger:
        for document in documents(schema):
            ledger.add(document)
        rows = list(Projection(ledger, schema).rows())
    for row in rows:
        if isinstance(row, NodeRow):
            # A label that stands for what the node is otherwise (an organization that is a conference, too) has less.
            assert any(row.properties.keys() <= owners.labels[label] for label in row.labels or (row.base,))
            assert row.properties.keys() <= owners.labels[row.base]
        else:
            assert row.properties.keys() <= owners.types[row.type], row.type


def test_title_of_a_node_is_explained_but_not_of_a_relationship(vocabulary: Vocabulary) -> None:
    (warning,) = vocabulary.check("MATCH (n:NewsItem)-[r]->() RETURN n.title, r.title")
    assert "headline" in warning


def test_named_queries_use_known_words_only(vocabulary: Vocabulary) -> None:
    assert {n: w for n, q in named_queries().items() if (w := vocabulary.check(q.text))} == {}
