"""What named queries answer on the corpus of `graph_corpus.py`."""

from __future__ import annotations

from typing import Any

ROWS: list[tuple[str, dict[str, Any], str, list[tuple[Any, ...]]]] = [
    (
        "acquisitions",
        {"from": "2022", "to": "2022-05"},
        "date buyer target stake amount",
        [("2022-05-30", "江流创投", "白石科技", 70.0, "2亿元")],
    ),
    ("acquisitions", {"to": "2021"}, "buyer", []),
    (
        "award-winners",
        {"institution": "星河大学"},
        "award year winner institutions project rank",
        [("科技创新奖", 2020, "林清", ["星河大学", "白石科技", "蓝湖科技"], "天目", "一等奖")],
    ),
    ("award-winners", {"award": "科技创新奖", "year": 2019}, "winner", []),
    (
        "best-supported",
        {"limit": 1},
        "subject relation object sources",
        [("蓝湖科技", "RAISED_FROM", "远山资本", 2)],
    ),
    (
        "changes",
        {"since": "2022-06"},
        "reported subject relation object status",
        [
            ("2022-06-01", "江流创投", "ACQUIRED", "白石科技", "asserted"),
            ("2022-06-01", "白石科技", "LISTED_ON", "上海证券交易所", "asserted"),
        ],
    ),
    (
        "co-investors",
        {"company": "蓝湖"},
        "round shared_companies",
        [("B", 2), ("C", 1)],
    ),
    (
        "co-mentioned",
        {"entity": "林清", "limit": 2},
        "entity other items related",
        [("林清", "天目", 1, True), ("林清", "星河大学", 1, True)],
    ),
    (
        "competitors",
        {"company": "青岚智能"},
        "competitor why industries",
        [("蓝湖科技", "told", []), ("蓝湖科技", "same industry", ["人工智能"])],
    ),
    (
        "denied",
        {},
        "claim kind status",
        [
            ("蓝湖科技 上市于 上海证券交易所", "listedOn", "cancelled"),
            ("远山资本 收购 北岸基金", "acquired", "denied"),
        ],
    ),
    ("denied", {"about": "北岸基金"}, "claim", [("远山资本 收购 北岸基金",)]),
    (
        "disputes",
        {"entity": "青岚智能"},
        "plaintiff relation defendant reason date",
        [
            ("市场监管局", "PENALIZED", "青岚智能", "虚假宣传", "2022-01-28"),
            ("青岚智能", "SUED", "蓝湖科技", None, "2022-01"),
        ],
    ),
    (
        "events",
        {"from": "2021-11", "to": "2021-11", "type": "FundingRound"},
        "date taking_part amount",
        [("2021-11-02", ["北岸基金", "蓝湖科技", "远山资本"], "2亿元")],
    ),
    ("events", {"from": "2021-12-01", "to": "2021-12-01"}, "event type", [("算力大会", "Conference")]),
    (
        "figures",
        {"institution": "星河研究院", "indicator": "规模"},
        "indicator scope period value unit change",
        [("算力规模", "杭州", "2021-H1", 120.0, "亿次", "+25.4% YoY")],
    ),
    (
        "funding-by-industry",
        {},
        "industry currency companies rounds amount_low amount_high",
        [("人工智能", "CNY", 2, 2, 2.2e8, 3e8), ("人工智能", "USD", 1, 1, 3e7, 3e7)],
    ),
    (
        "indicator",
        {"indicator": "出货量"},
        "period value unit reporter",
        [("2021-Q3", 3.5, "万台", "星河研究院")],
    ),
    (
        "interlocks",
        {"organization": "白石科技"},
        "person title other other_title",
        [
            ("林清", "董事", "星河大学", "教授"),
            ("林清", "董事", "蓝湖科技", "CEO"),
            ("林清", "董事", "蓝湖科技", "董事长"),
        ],
    ),
    (
        "investor-pairs",
        {"at_least": 2},
        "investor co_investor shared companies",
        [("北岸基金", "远山资本", 2, ["蓝湖科技", "青岚智能"])],
    ),
    (
        "investors",
        {"company": "藍湖科技"},
        "round investor role amount date",
        [
            ("B", "远山资本", "lead", "2亿元", "2021-11-02"),
            ("B", "北岸基金", "follow", "2亿元", "2021-11-02"),
            ("C", "江流创投", None, "3000万美元", "2022-05"),
            ("C", "远山资本", None, "3000万美元", "2022-05"),
        ],
    ),
    (
        "listings",
        {"exchange": "上交所", "from": "2022"},
        "company exchange ticker date",
        [("白石科技", "上海证券交易所", "600000", "2022-05")],
    ),
    (
        "mentions",
        {"entity": "远山"},
        "published headline item",
        [
            ("2022-05-10", "蓝湖科技再获3000万美元", "n-c"),
            ("2021-11-25", "蓝湖发布新芯片", "n-t"),
            ("2021-11-15", "蓝湖科技拟收购青岚智能", "n-x"),
            ("2021-11-05", "远山资本再投人工智能", "n-b2"),
            ("2021-11-03", "蓝湖科技完成B轮融资", "n-b"),
        ],
    ),
    (
        "most-connected",
        {"class": "Company", "limit": 2},
        "name class neighbours statements",
        [("蓝湖科技", "Company", 12, 17), ("青岚智能", "Company", 6, 7)],
    ),
    (
        "ownership",
        {"organization": "蓝湖云"},
        "owner relation owned stake",
        [("远山资本", "HOLDS_STAKE_IN", "蓝湖云", 10.0), ("蓝湖科技", "SUBSIDIARY_OF", "蓝湖云", None)],
    ),
    (
        "partners",
        {"organization": "星河大学"},
        "partner partner_class field date",
        [("蓝湖科技", "Company", "机器翻译", "2021-11-11")],
    ),
    (
        "path",
        {"a": "林清", "b": "江流创投"},
        "hops names relations",
        [(2, ["林清", "白石科技", "江流创投"], ["WORKS_FOR", "ACQUIRED"])],
    ),
    (
        "people",
        {"organization": "星河大学"},
        "person relation title to current",
        [("林清", "WORKS_FOR", "教授", "2020", False)],
    ),
    (
        "planned",
        {"about": "青岚智能"},
        "claim kind status confidence",
        [
            ("收购：蓝湖科技、青岚智能", "Acquisition", "planned", 0.7),
            ("青岚智能 上市于 上海证券交易所", "listedOn", "rumoured", 0.5),
        ],
    ),
    (
        "portfolio",
        {"investor": "北岸基金"},
        "company round industries",
        [("蓝湖科技", "B", ["人工智能"]), ("青岚智能", "天使", ["人工智能"])],
    ),
    (
        "posts",
        {"person": "林清"},
        "title organization from to current",
        [
            ("董事", "白石科技", None, None, True),
            ("董事长", "蓝湖科技", None, None, True),
            ("CEO", "蓝湖科技", "2018", None, True),
            ("教授", "星河大学", None, "2020", False),
        ],
    ),
    (
        "products",
        {"company": "蓝湖"},
        "product class relations date",
        [("星河芯片", "Product", ["DEVELOPED", "LAUNCHED"], "2021-11-24")],
    ),
    ("reports", {"publisher": "星河研究院"}, "report date", [("算力年报", "2022-01-19")]),
    (
        "signatories",
        {"agreement": "区域贸易协定"},
        "party relation date",
        [("新西兰", "APPLIED_TO_JOIN", None), ("新加坡", "SIGNED", "2021-11-18")],
    ),
    (
        "supply-chain",
        {"organization": "白石科技"},
        "side other product",
        [("customer", "蓝湖科技", "星河芯片")],
    ),
    (
        "timeline",
        {"entity": "江流创投"},
        "date what status others",
        [
            ("2022-05", "FundingRound", "asserted", ["蓝湖科技", "远山资本"]),
            ("2022-05-30", "Acquisition", "asserted", ["白石科技"]),
        ],
    ),
    ("users", {"technology": "星河芯片"}, "user user_class", [("青岚智能", "Company")]),
    (
        "weakly-supported",
        {},
        "subject relation object confidence items",
        [("蓝湖科技", "COMPETES_WITH", "青岚智能", 0.5, ["n-m"])],
    ),
]
"""Name of the query, parameters, the columns looked at, the rows they hold."""
