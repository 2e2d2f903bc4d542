from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.graph.dialect import translate
from kg.graph.differences import found_in
from kg.graph.tokens import closing, split, tokens
from kg.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kg.schema import Schema


@pytest.mark.parametrize(
    ("cypher", "texts"),
    [
        ("a.b[0..5]", ["a", ".", "b", "[", "0", "..", "5", "]"]),
        ("-[*..2]-", ["-", "[", "*", "..", "2", "]", "-"]),
        (".5 + 1.5e-3 + 0xFF + 1_000", [".5", "+", "1.5e-3", "+", "0xFF", "+", "1_000"]),
        ("$p.a + $`b c`", ["$p", ".", "a", "+", "$`b c`"]),
        (r"'it\'s' + `a``b`", [r"'it\'s'", "+", "`a``b`"]),
        ("a // 'x\n/* b */ c", ["a", "c"]),
        ("'// no comment' 公司", ["'// no comment'", "公司"]),
        ("'never closed", ["'", "never", "closed"]),
    ],
)
def test_tokens(cypher: str, texts: list[str]) -> None:
    found = tokens(cypher)
    assert [t.text for t in found] == texts
    assert [cypher[t.start : t.end] for t in found] == texts


def test_brackets_and_parts() -> None:
    found = tokens("f(a, [b, c], {d: e})")
    assert closing(found, 1) == len(found) - 1
    assert closing(found[:-1], 1) is None
    assert ["".join(t.text for t in found[a:b]) for a, b in split(found, 2, len(found) - 1)] == ["a", "[b,c]", "{d:e}"]


@pytest.mark.parametrize(
    ("cypher", "engine"),
    [
        ("RETURN isEmpty(char_length(x)) AS a", "RETURN (size(size(x)) = 0) AS a"),
        ("RETURN round(round(x), 2) AS a", "RETURN round(floor((x) + 0.5), 2) AS a"),
        ("RETURN a || b AS c", "RETURN a + b AS c"),
        ("MATCH (n:A|B) /* x */ RETURN n", "MATCH (n:A|B) RETURN n"),
        ("MATCH (n) // x\nRETURN n", "MATCH (n) \nRETURN n"),
        ("RETURN n {.name, x} AS m, {a: x} AS k", "RETURN n {.name, x: x} AS m, {a: x} AS k"),
        ("RETURN e.id AS a, e AS b, apoc.e() AS c", "RETURN e.id AS a, e AS b, apoc.e() AS c"),
        ("RETURN 'round(1) || 公司' AS text", "RETURN 'round(1) || 公司' AS text"),
    ],
)
def test_rewriting(cypher: str, engine: str) -> None:
    assert translate(cypher).cypher.split() == engine.split()


def test_names_in_other_letters_are_stood_in_for_and_restored() -> None:
    query = translate("MATCH (公司:Company) WHERE 公司.name = $名 RETURN 公司 {.name, 名称: 1} AS 结果", {"名": "Keep"})
    assert query.cypher.isascii() or "`名称`" in query.cypher
    assert "公司" not in query.cypher
    assert list(query.params.values()) == ["Keep"]
    assert next(iter(query.params)) in query.cypher
    assert query.columns == ("结果",)
    assert "公司.name" in query.restored(query.cypher)


@pytest.mark.parametrize(
    ("cypher", "columns"),
    [
        ("RETURN 1+1, a.b , 'x' AS `y z`", ("1+1", "a.b", "y z")),
        ("MATCH (n) RETURN DISTINCT n {.a}, n.b ORDER BY n LIMIT 1", ("n", "n.b")),
        ("RETURN 1 AS a UNION RETURN 2 AS a", ("a",)),
        ("CALL { RETURN 1 AS a } RETURN a, [x IN [1, 2] | x]", ("a", "[x IN [1, 2] | x]")),
        ("RETURN x STARTS WITH 'a', n.limit;", ("x STARTS WITH 'a'", "n.limit")),
        ("MATCH (n) RETURN *", None),
        ("CALL db.labels()", None),
    ],
)
def test_columns(cypher: str, columns: tuple[str, ...] | None) -> None:
    assert translate(cypher).columns == columns


@pytest.mark.parametrize("cypher", ["MATCH (n) WITH n.name RETURN 1", "MATCH (n) WITH DISTINCT n, 1 RETURN n"])
def test_with_needs_names(cypher: str) -> None:
    refusal = translate(cypher).refusal
    assert refusal
    assert "needs a name: write " in refusal


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n) WHERE n.name STARTS WITH 'a' OR n.name ENDS WITH 'b' WITH n RETURN n.with AS x",
        "MATCH (n) WITH n, 1 AS one, * RETURN n",
        "MATCH (n) WITH n.a AS a WHERE a > 1 WITH a ORDER BY a + 1 LIMIT 2 RETURN a",
        "MATCH (n) SET n.x = 1",
        "",
    ],
)
def test_what_is_in_order_passes(cypher: str) -> None:
    assert translate(cypher).refusal is None


def test_query_without_an_end() -> None:
    assert "end it with RETURN" in (translate("MATCH (n:Person)").refusal or "")


def test_columns_of_one_name() -> None:
    assert "same name, 'n'" in (translate("MATCH (n) RETURN n {.a}, n").refusal or "")


_PIECES = st.sampled_from(
    [
        *"()[]{}:.,|&!*=<>-+/%$`'\";",
        *("MATCH", "RETURN", "WITH", "WHERE", "AS", "IN", "IS", "SET", "UNION", "COUNT", "EXISTS", "CASE", "WHEN"),
        *(
            "n",
            "r",
            "公司",
            "name",
            "Person",
            "WON",
            "round",
            "`a b`",
            "$p",
            "$名",
            "'文'",
            "1",
            "0.5",
            "..",
            "//",
            "/*",
        ),
    ]
)


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(pieces=st.lists(_PIECES, max_size=14), joint=st.sampled_from(["", " "]))
def test_broken_queries_break_nothing(pieces: list[str], joint: str, schema: Schema) -> None:
    """What the engine is to refuse reaches it."""
    cypher = joint.join(pieces)
    found = tokens(cypher)
    assert all(cypher[t.start : t.end] == t.text for t in found)
    translate(cypher, {"名": 1})
    found_in(cypher, refused=True)
    Vocabulary.of(schema).check(cypher)
