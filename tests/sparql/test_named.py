"""Every named SPARQL query is run on a ledger of known content and gives the rows that it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from documents import SCHEMA, Told

from kg.errors import UnknownNameError, UsageError
from kg.ledger import Ledger
from kg.query import PARAMETER_TYPES, get, named_queries, parse
from kg.sparql.named import bindings, run
from kg.sparql.view import SparqlView

if TYPE_CHECKING:
    from collections.abc import Iterator

QUERIES = named_queries(language="sparql")


@pytest.fixture(scope="module")
def view(corpus: Ledger) -> Iterator[SparqlView]:
    opened = SparqlView.open(None, corpus, SCHEMA)
    yield opened
    opened.close()


# Name of the query, parameters, the columns looked at, the rows they hold.
ROWS: list[tuple[str, dict[str, Any], str, list[tuple[Any, ...]]]] = [
    (
        "acquisitions",
        {},
        "buyer_name target amount low_bound high_bound currency stake date",
        [("江流创投", "白石科技", "2亿元", 2e8, 2e8, "CNY", "70%", "2022-05-30")],
    ),
    ("acquisitions", {"low": "300000000"}, "target", []),
    ("acquisitions", {"buyer": "蓝湖科技"}, "target", []),
    (
        "awards",
        {"winner": "林清"},
        "winner_name award_name year rank project",
        [("林清", "科技创新奖", "2020", "一等奖", "天目")],
    ),
    (
        "co-investors",
        {"investor": "远山"},
        "other companies names",
        [("北岸基金", 2, {"蓝湖科技", "青岚智能"}), ("江流创投", 1, {"蓝湖科技"})],
    ),
    (
        "evidence",
        {"entity": "青岚智能", "relation": "acquired"},
        "subject predicate object status confidence sentence",
        [("蓝湖科技", "acquired", "青岚智能", "planned", 0.7, "蓝湖科技拟收购青岚智能。")],
    ),
    (
        "evidence",
        {"entity": "北岸基金"},
        "subject predicate object status",
        [
            ("远山资本", "acquired", "北岸基金", "denied"),
            ("蓝湖科技", "raisedFrom", "北岸基金", "asserted"),
            ("青岚智能", "raisedFrom", "北岸基金", "asserted"),
        ],
    ),
    (
        "funding-rounds",
        {"investor": "远山资本"},
        "company round role amount date",
        [
            ("蓝湖科技", "C", None, "3000万美元", "2022-05"),
            ("蓝湖科技", "B", "lead", "2亿元", "2021-11-02"),
            ("青岚智能", "天使", None, "数千万元", "2021-10"),
        ],
    ),
    ("funding-rounds", {"investor": "北岸基金", "from": "2021-10-15"}, "round", [("B",), ("天使",)]),
    ("funding-rounds", {"investor": "北岸基金", "from": "2021-11"}, "round", [("B",)]),
    (
        "listings",
        {},
        "company exchange_name ticker date status",
        [("白石科技", "上海证券交易所", "600000", "2022-05", "asserted")],
    ),
    ("listings", {"exchange": "上交所"}, "company", [("白石科技",)]),
    (
        "mentions",
        {"entity": "星河大学"},
        "published title",
        [
            ("2021-12-02", "算力大会在杭州举行"),
            ("2021-11-12", "蓝湖科技与星河大学合作"),
            ("2021-11-08", "林清获科技创新奖"),
        ],
    ),
    (
        "posts",
        {"person": "林清"},
        "title organization_name from to current",
        [
            ("教授", "星河大学", None, "2020", False),
            ("董事", "白石科技", None, None, True),
            ("CEO", "蓝湖科技", "2018", None, True),
            ("董事长", "蓝湖科技", None, None, True),
        ],
    ),
    ("posts", {"organization": "白石科技"}, "person_name title", [("林清", "董事")]),
    (
        "sources",
        {"a": "远山资本", "b": "蓝湖"},
        "predicate sources title published",
        [
            ("raisedFrom", 2, "蓝湖科技完成B轮融资", "2021-11-03"),
            ("raisedFrom", 2, "远山资本再投人工智能", "2021-11-05"),
            ("raisedFrom", 1, "蓝湖科技再获3000万美元", "2022-05-10"),
        ],
    ),
    (
        "statements-by-status",
        {"status": "planned"},
        "subject predicate object evidence",
        [("蓝湖科技", "acquired", "青岚智能", "蓝湖科技拟收购青岚智能。")],
    ),
    ("statements-by-status", {"status": "denied", "about": "北岸基金"}, "subject", [("远山资本",)]),
    ("statements-by-status", {"status": "denied", "about": "林清"}, "subject", []),
    (
        "timeline",
        {"entity": "白石科技"},
        "date what status others",
        [
            ("2021-11-08", "worksFor", "asserted", {"林清"}),
            ("2021-11-25", "supplies", "asserted", {"蓝湖科技"}),
            ("2022-05", "listedOn", "asserted", {"上海证券交易所"}),
            ("2022-05-30", "Acquisition", "asserted", {"江流创投"}),
        ],
    ),
]


@pytest.mark.parametrize(("name", "given", "columns", "rows"), ROWS)
def test_rows(
    view: SparqlView, corpus: Ledger, name: str, given: dict[str, Any], columns: str, rows: list[tuple[Any, ...]]
) -> None:
    result = run(QUERIES[name], view, corpus, given)
    found = [tuple(row[c] for c in columns.split()) for row in result]
    # What is put together has no order.
    sets = [[isinstance(value, set) for value in row] for row in rows]
    found = [
        tuple(set(v.split("、")) if s else v for v, s in zip(row, marks, strict=True))
        for row, marks in zip(found, sets, strict=len(found) == len(rows))
    ]
    assert found == rows


def test_every_query_is_tried_and_gives_what_it_says() -> None:
    assert {name for name, *_ in ROWS} == set(QUERIES)
    for query in QUERIES.values():
        assert all(p.type in PARAMETER_TYPES for p in query.parameters)
        assert query.example.startswith(f"kg sparql {query.name}")
        assert query.language == "sparql"


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_columns_are_those_of_the_header(view: SparqlView, corpus: Ledger, name: str) -> None:
    given = {p.name: "蓝湖科技" for p in QUERIES[name].parameters if p.required}
    assert run(QUERIES[name], view, corpus, given).columns == tuple(c.name for c in QUERIES[name].columns)


def test_values_are_bound_and_never_read_as_sparql(view: SparqlView, corpus: Ledger) -> None:
    for hostile in ('planned" } #', "' || true) #", "planned\\", "?told", "<a:b>", "\n}"):
        assert run(QUERIES["statements-by-status"], view, corpus, {"status": hostile}).rows == ()
    with pytest.raises(UnknownNameError):
        run(QUERIES["awards"], view, corpus, {"winner": "> } SELECT * {"})
    with pytest.raises(UsageError, match="number"):
        run(QUERIES["acquisitions"], view, corpus, {"low": "1) || (true"})


def test_name_of_several_is_asked_for_each() -> None:
    with Ledger.open(":memory:", SCHEMA) as ledger:
        for item in ("甲", "乙"):
            told = Told(item, "2022")
            told.says(told.entity("张伟", "Person"), "worksFor", told.entity(f"{item}公司"), title="总裁")
            ledger.add(told.document)
        given = {"person": "张伟"}
        assert len(list(bindings(QUERIES["posts"], given, ledger, SCHEMA.base_iri))) == 2
        view = SparqlView.open(None, ledger, SCHEMA)
        try:
            result = run(QUERIES["posts"], view, ledger, given)
            assert {row["organization_name"] for row in result} == {"甲公司", "乙公司"}
            cut = run(QUERIES["posts"], view, ledger, given, limit=1)
            assert (len(cut), cut.truncated) == (1, True)
        finally:
            view.close()


def test_languages_are_apart() -> None:
    assert "best-supported" not in QUERIES
    assert get("timeline").language == "cypher"
    assert get("timeline", language="sparql").text.startswith("# purpose")
    with pytest.raises(UnknownNameError, match="awards"):
        get("award", language="sparql")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# purpose: x\nSELECT * {}", r"odd\.rq: the header lacks a line '# example"),
        ("# purpose: x\n# example: x\n# param: a (thing) — b\nSELECT $a {}", r"odd\.rq:3"),
        ("# purpose: x\n# example: x\nSELECT $a {}", r"odd\.rq: \$a must stand both"),
        ("# purpose: x\n# example: x\n# odd: x\nSELECT * {}", r"odd\.rq:3: cannot read"),
    ],
)
def test_wrong_headers(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse("odd", text, "sparql")
