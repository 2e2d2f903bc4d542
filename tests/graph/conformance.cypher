// Questions that every graph engine must answer alike, on the graph of tests/graph_corpus.py.
// A case is a block: its name, maybe its parameters as JSON, and the query. Rows are compared in order where a query
// orders its last result (then no two rows may tie), else as a bag.

// nodes of a class
MATCH (c:Company) RETURN c.name

// nodes of a superclass
MATCH (a:Agent) RETURN a.name

// nodes of two labels
MATCH (n:Organization:Company) RETURN n.name

// nodes of either label
MATCH (n:Person|University) RETURN n.name

// label tested in WHERE
MATCH (n:Entity) WHERE n:Company OR n:Person RETURN n.name

// label tested as a value
MATCH (n:Entity) RETURN n.name, n:Company AS company

// label tested and negated
MATCH (n:Organization) WHERE NOT n:Company RETURN n.name

// count by base label
MATCH (n) WHERE NOT n:Projection RETURN n:Entity AS e, n:Event AS v, n:Claim AS c, n:NewsItem AS i, count(*) AS n

// labels of a node, unwound
MATCH (n {name: '远山资本'}) UNWIND labels(n) AS label RETURN label ORDER BY label

// label among labels
MATCH (n:Entity) WHERE 'InvestmentFirm' IN labels(n) RETURN n.name

// number of labels
MATCH (n:Entity) RETURN n.name, size(labels(n)) AS many

// keys of a node, unwound
MATCH (n:Company {name: '青岚智能'}) UNWIND keys(n) AS key RETURN key ORDER BY key

// keys of a relationship, unwound
MATCH (:Entity {name: '林清'})-[r:WON]->() UNWIND keys(r) AS key RETURN key ORDER BY key

// keys of a map
UNWIND keys({b: 1, a: 2}) AS key RETURN key ORDER BY key

// properties of a node
MATCH (n:Person) RETURN properties(n) AS p

// properties of a relationship
MATCH (:Entity {name: '林清'})-[r:WON]->() RETURN properties(r) AS p

// properties of a map
RETURN properties({a: 1, b: '二'}) AS p

// a node itself
MATCH (n:Person) RETURN n

// an event itself
MATCH (e:FundingRound {round: 'B'}) RETURN e

// a claim itself
MATCH (c:Claim {predicate: 'listedOn', status: 'rumoured'}) RETURN c

// a news item itself
MATCH (i:NewsItem {id: 'n-p'}) RETURN i

// a figure itself
MATCH (o:Observation) RETURN o

// a relationship itself
MATCH (:Company)-[r:ACQUIRED]->() RETURN r

// a relationship with both ends
MATCH (a)-[r:ACQUIRED]->(b) RETURN a, r, b

// a relationship without its ends in the result
MATCH ({name: '林清'})-[r:WORKS_FOR]->() RETURN r ORDER BY r.title

// a path itself
MATCH p = (:Person)-[:FOUNDED]->(:Company) RETURN p

// a list of nodes
MATCH (e:FundingRound {round: 'C'})-[:INVESTORS]->(i) WITH i ORDER BY i.name RETURN collect(i) AS investors

// a map of nodes
MATCH (a)-[:ACQUIRED]->(b) RETURN {buyer: a, target: b} AS deal

// type of a relationship
MATCH ({name: '林清'})-[r]->(o) RETURN type(r) AS type, o.name

// types counted
MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n ORDER BY type

// either type
MATCH (p)-[r:FOUNDED|WORKS_FOR]->(o) RETURN p.name, type(r), o.name, r.title

// type tested in WHERE
MATCH ({name: '林清'})-[r]->(o) WHERE type(r) IN ['FOUNDED', 'WON'] RETURN type(r), o.name

// type tested by label expression
MATCH ({name: '林清'})-[r]->(o) WHERE r:FOUNDED RETURN o.name

// direction left
MATCH (o)<-[:WORKS_FOR]-(p) RETURN o.name, p.name

// no direction
MATCH (a {name: '蓝湖科技'})-[r:SUED]-(b) RETURN b.name

// no direction, any type
MATCH (a:Person)-[r]-(b) RETURN type(r), b.name

// no direction, both ends free
MATCH (a)-[r:SUED]-(b) RETURN a.name, b.name

// parallel relationships
MATCH (a {name: '蓝湖科技'})-[r:RAISED_FROM]->(b {name: '远山资本'}) RETURN r.round

// start and end of a relationship
MATCH ()-[r:PARTNERS_WITH]->() RETURN startNode(r).name AS a, endNode(r).name AS b

// property map of a pattern
MATCH ()-[r:RAISED_FROM {round: 'B', role: 'lead'}]->(i) RETURN i.name

// property in pattern by parameter
// params: {"name": "星河大学"}
MATCH (n {name: $name})<-[r]-(x) RETURN type(r), x.name

// labelled node by parameter map
// params: {"who": {"name": "林清"}}
MATCH (p:Person) WHERE p.name = $who.name RETURN p.name

// two patterns
MATCH (c:Company)-[:RAISED_FROM]->(i), (c)-[:OPERATES_IN]->(s) RETURN c.name, i.name, s.name

// relationship used once in a pattern
MATCH (i)<-[r1:RAISED_FROM]-(c)-[r2:RAISED_FROM]->(j) WHERE i.name < j.name RETURN c.name, i.name, j.name

// the same node twice in a pattern
MATCH (a:Company)-[:RAISED_FROM]->(i)<-[:RAISED_FROM]-(b:Company) WHERE a.name < b.name RETURN a.name, b.name, i.name

// relationships may repeat in two MATCH
MATCH (c {name: '青岚智能'})-[:RAISED_FROM]->(i) MATCH (c)-[:RAISED_FROM]->(j) RETURN i.name, j.name

// cartesian product
MATCH (a:Person), (b:Country) RETURN a.name, b.name

// optional match that finds
MATCH (c:Company) OPTIONAL MATCH (c)-[:HEADQUARTERED_IN]->(p) RETURN c.name, p.name

// optional match that finds nothing
MATCH (p:Person) OPTIONAL MATCH (p)-[r:SUED]->(x) RETURN p.name, r, x, type(r), x.name

// optional match first
OPTIONAL MATCH (n {name: '没有这家公司'}) RETURN n, n.name

// optional match with WHERE
MATCH (c:Company) OPTIONAL MATCH (c)-[r:RAISED_FROM]->(i) WHERE r.round = 'C' RETURN c.name, i.name

// optional match, then count
MATCH (c:Company) OPTIONAL MATCH (c)-[r:RAISED_FROM]->() RETURN c.name, count(r) AS rounds

// optional match, then collect
MATCH (c:Country) OPTIONAL MATCH (c)-[:SIGNED]->(a) RETURN c.name, collect(a.name) AS signed

// two optional matches
MATCH (p:Person) OPTIONAL MATCH (p)-[:SUED]->(x) OPTIONAL MATCH (x)-[:SUED]->(y) RETURN p.name, x.name, y.name

// optional match of a whole chain
MATCH (c:Company) OPTIONAL MATCH (c)-[:SUBSIDIARY_OF]->(m)-[:HEADQUARTERED_IN]->(p) RETURN c.name, m.name, p.name

// match nothing
MATCH (n {name: '没有'}) RETURN n.name

// count of nothing
MATCH (n {name: '没有'}) RETURN count(*) AS n, count(n.name) AS m

// sum, average, extremes of nothing
MATCH (n {name: '没有'}) RETURN sum(n.value) AS s, avg(n.value) AS a, min(n.value) AS lo, max(n.value) AS hi

// collect of nothing
MATCH (n {name: '没有'}) RETURN collect(n.name) AS names

// groups of nothing
MATCH (n {name: '没有'}) RETURN n.class AS class, count(*) AS n

// count all and count values
MATCH (n:Entity) RETURN count(*) AS all, count(n.status) AS some, count(DISTINCT n.class) AS classes

// sum and average of fractions
MATCH (o:Observation) RETURN sum(o.value) AS s, avg(o.value) AS a, min(o.value) AS lo, max(o.value) AS hi

// sum and average of whole numbers
UNWIND [1, 2, 4] AS x RETURN sum(x) AS s, avg(x) AS a

// extremes of strings
MATCH (c:Company) RETURN min(c.name) AS first, max(c.name) AS last

// sum of whole numbers of relationships
MATCH ()-[r:RAISED_FROM]->() RETURN sum(r.sources) AS sources

// collect in order
MATCH (c:Company) WITH c ORDER BY c.name RETURN collect(c.name) AS names

// collect distinct
MATCH (c)-[r:RAISED_FROM]->(i) WITH i ORDER BY i.name RETURN collect(DISTINCT i.name) AS investors

// collect leaves nulls out
UNWIND [1, null, 2] AS x RETURN collect(x) AS xs, count(x) AS n

// collect of maps
MATCH (c {name: '蓝湖科技'})-[r:RAISED_FROM]->(i) WITH r, i ORDER BY r.round, i.name RETURN collect({round: r.round, by: i.name}) AS rounds

// collect and cut
MATCH (c:Company) WITH c ORDER BY c.name RETURN collect(c.name)[..2] AS two, collect(c.name)[-1] AS last

// group by one key
MATCH (c)-[r:RAISED_FROM]->(i) RETURN i.name AS investor, count(*) AS n ORDER BY n DESC, investor

// group by two keys
MATCH (c)-[r:RAISED_FROM]->(i) RETURN c.name, i.name, count(*) AS n

// group by an expression
MATCH (i:NewsItem) RETURN substring(i.published, 0, 4) AS year, count(*) AS n ORDER BY year

// group by null
MATCH (i:NewsItem) RETURN i.section AS section, count(*) AS n

// aggregate of an expression
MATCH ()-[r:RAISED_FROM]->() RETURN max(size(r.evidence)) AS longest, sum(r.amount_low / 1000000) AS millions

// aggregate inside an expression
MATCH (c:Company) RETURN count(c) * 2 + 1 AS n

// aggregate compared
MATCH (c)-[:RAISED_FROM]->(i) WITH i, count(DISTINCT c) AS n WHERE n > 1 RETURN i.name, n

// two levels of grouping
MATCH (c)-[r:RAISED_FROM]->(i) WITH c, count(r) AS n RETURN n, count(c) AS companies ORDER BY n

// distinct rows
MATCH (c)-[:RAISED_FROM]->(i) RETURN DISTINCT c.name

// distinct with nulls
UNWIND [null, 1, null, 1] AS x RETURN DISTINCT x

// distinct lists
UNWIND [[1, 2], [1, 2], [2, 1]] AS x RETURN DISTINCT x

// order by one key
MATCH (c:Company) RETURN c.name ORDER BY c.name

// order descending
MATCH (c:Company) RETURN c.name ORDER BY c.name DESC

// order by two keys
MATCH (c)-[r:RAISED_FROM]->(i) RETURN c.name, r.round, i.name ORDER BY c.name DESC, r.round, i.name

// order by what is not returned
MATCH (i:NewsItem) RETURN i.id ORDER BY i.published DESC, i.id

// order by an alias
MATCH (c:Company) RETURN size(c.name) AS n, c.name AS name ORDER BY n, name

// nulls last ascending
UNWIND [3, null, 1] AS x RETURN x ORDER BY x

// nulls first descending
UNWIND [3, null, 1] AS x RETURN x ORDER BY x DESC

// order of whole numbers and fractions
UNWIND [2, 1.5, 1, 0.5] AS x RETURN x ORDER BY x

// order of booleans
UNWIND [true, false, null] AS x RETURN x ORDER BY x

// order of strings by code point
UNWIND ['b', 'B', 'a', '中', '一', '', 'ab'] AS x RETURN x ORDER BY x

// order of properties that some lack
MATCH (n:Entity) WHERE n:Conference OR n:Award RETURN n.name, n.date ORDER BY n.date, n.name

// order of lists
UNWIND [[1, 2], [1], [0, 5], []] AS x RETURN x ORDER BY x

// limit
MATCH (c:Company) RETURN c.name ORDER BY c.name LIMIT 2

// skip
MATCH (c:Company) RETURN c.name ORDER BY c.name SKIP 2

// skip and limit
MATCH (c:Company) RETURN c.name ORDER BY c.name SKIP 1 LIMIT 2

// skip past the end
MATCH (c:Company) RETURN c.name ORDER BY c.name SKIP 100

// limit none
MATCH (c:Company) RETURN c.name LIMIT 0

// limit by parameter
// params: {"n": 3}
MATCH (c:Company) RETURN c.name ORDER BY c.name LIMIT $n

// limit by expression
MATCH (c:Company) RETURN c.name ORDER BY c.name LIMIT 1 + 1

// limit in the middle
MATCH (c:Company) WITH c ORDER BY c.name LIMIT 1 MATCH (c)-[r]->(x) RETURN c.name, type(r), x.name

// chain of WITH
MATCH (c:Company)-[r:RAISED_FROM]->(i) WITH c, count(i) AS n WITH c.name AS name, n WHERE n >= 2 RETURN name, n ORDER BY name

// WITH renames
MATCH (p:Person) WITH p AS who, p.name AS name MATCH (who)-[:FOUNDED]->(c) RETURN name, c.name

// WITH star
MATCH (p:Person) WITH *, 1 AS one MATCH (p)-[:FOUNDED]->(c) RETURN p.name, one, c.name

// WITH DISTINCT
MATCH (c)-[:RAISED_FROM]->(i) WITH DISTINCT i RETURN i.name

// WITH, then aggregate and match on
MATCH (c:Company) WITH collect(c) AS cs UNWIND cs AS c MATCH (c)-[:SUED]->(d) RETURN c.name, d.name

// return star
MATCH (a:Person)-[:FOUNDED]->(b) WITH a.name AS person, b.name AS company RETURN *

// unwind a list
UNWIND [1, 2, 3] AS x RETURN x, x * x AS square

// unwind nothing
UNWIND [] AS x RETURN x

// unwind null
UNWIND null AS x RETURN x

// unwind a property
MATCH (c {name: '蓝湖科技'}) UNWIND c.aliases AS alias RETURN alias

// unwind an empty property
MATCH (c {name: '青岚智能'}) UNWIND c.aliases AS alias RETURN alias

// unwind maps
UNWIND [{a: 1, b: '甲'}, {a: 2}] AS m RETURN m.a, m.b

// unwind lists of lists
UNWIND [[1, 2], [3]] AS xs UNWIND xs AS x RETURN x

// unwind a parameter
// params: {"names": ["蓝湖科技", "林清", "没有"]}
UNWIND $names AS name OPTIONAL MATCH (n:Entity {name: name}) RETURN name, n.class

// unwind a range
UNWIND range(1, 10, 3) AS x RETURN x

// range down
RETURN range(5, 1, -2) AS xs, range(1, 0) AS none, range(0, 3) AS four

// variable length, bounded
MATCH (p:Person)-[*1..2]->(x:Entity) RETURN DISTINCT x.name

// variable length, exact
MATCH (p:Person)-[*2]->(x:Place) RETURN x.name

// variable length, from zero
MATCH (c:Company {name: '蓝湖云'})-[:SUBSIDIARY_OF*0..2]->(x) RETURN x.name

// variable length, open end
MATCH (c:Company {name: '蓝湖云'})-[:SUBSIDIARY_OF|HEADQUARTERED_IN*]->(x) RETURN x.name

// variable length, upper bound only
MATCH (c {name: '蓝湖云'})-[:SUBSIDIARY_OF|HEADQUARTERED_IN*..2]->(x) RETURN x.name

// variable length, lower bound only
MATCH (c {name: '蓝湖云'})-[:SUBSIDIARY_OF|HEADQUARTERED_IN*2..]->(x) RETURN x.name

// variable length, no direction
MATCH (c {name: '杭州'})-[:HEADQUARTERED_IN|LOCATED_IN|ATTENDED*1..3]-(x) RETURN x.name

// variable length, relationships as a list
MATCH (c {name: '蓝湖云'})-[rs:SUBSIDIARY_OF|HEADQUARTERED_IN*2]->(x) RETURN [r IN rs | type(r)] AS types, x.name

// variable length, every path
MATCH p = (a {name: '远山资本'})-[:RAISED_FROM|COMPETES_WITH*1..2]-(b {name: '青岚智能'}) RETURN length(p) AS n, [x IN nodes(p) | x.name] AS names

// variable length with properties
MATCH (c {name: '林清'})-[rs:WORKS_FOR*1 {title: 'CEO'}]->(x) RETURN x.name

// variable length, same label on the way
MATCH p = (:Person)-[:WORKS_FOR|ATTENDED*2]->(:Conference) WHERE all(n IN nodes(p) WHERE n:Entity) RETURN count(p) AS n

// length, nodes and relationships of a path
MATCH p = ({name: '林清'})-[:FOUNDED]->()-[:HEADQUARTERED_IN]->() RETURN length(p) AS n, [x IN nodes(p) | x.name] AS names, [r IN relationships(p) | type(r)] AS types

// ends of a path
MATCH p = ({name: '林清'})-[:FOUNDED]->()-[:HEADQUARTERED_IN]->() RETURN nodes(p)[0].name AS first, last(nodes(p)).name AS last

// path of one node
MATCH p = (n {name: '林清'}) RETURN length(p) AS n, size(nodes(p)) AS m, relationships(p) AS rs

// shortest path
MATCH (a {name: '林清'}), (b {name: '杭州'}) MATCH p = shortestPath((a)-[:FOUNDED|HEADQUARTERED_IN*..5]->(b)) RETURN length(p) AS n, [x IN nodes(p) | x.name] AS names

// shortest path, no direction
MATCH (a {name: '林清'}), (b {name: '北岸基金'}) MATCH p = shortestPath((a)-[:FOUNDED|RAISED_FROM*..5]-(b)) RETURN length(p) AS n

// shortest path that is not there
MATCH (a {name: '林清'}), (b {name: '新加坡'}) OPTIONAL MATCH p = shortestPath((a)-[:FOUNDED|SIGNED*..5]-(b)) RETURN p

// all shortest paths
MATCH (a {name: '远山资本'}), (b {name: '人工智能'}) MATCH p = allShortestPaths((a)-[:RAISED_FROM|OPERATES_IN*..4]-(b)) RETURN [x IN nodes(p) | x.name] AS names, length(p) AS n

// exists of a property
MATCH (n:Entity) WHERE n.date IS NOT NULL RETURN n.name, n.date

// no such property
MATCH (i:NewsItem) WHERE i.section IS NULL RETURN i.id

// pattern as a predicate
MATCH (c:Company) WHERE (c)-[:RAISED_FROM]->() RETURN c.name

// pattern negated
MATCH (c:Company) WHERE NOT (c)-[:RAISED_FROM]->() RETURN c.name

// pattern between two known nodes
MATCH (a:Company), (b:Company) WHERE (a)-[:SUED]->(b) RETURN a.name, b.name

// exists function of a pattern
MATCH (c:Company) RETURN c.name, exists((c)-[:SUED]->()) AS sued

// exists subquery
MATCH (c:Company) WHERE EXISTS { (c)-[:RAISED_FROM]->(:InvestmentFirm) } RETURN c.name

// exists subquery with MATCH and WHERE
MATCH (c:Company) WHERE EXISTS { MATCH (c)-[r:RAISED_FROM]->(i) WHERE r.round = 'C' } RETURN c.name

// exists subquery negated
MATCH (c:Company) WHERE NOT EXISTS { MATCH (c)-[:RAISED_FROM]->() } RETURN c.name

// exists subquery as a value
MATCH (c:Company) RETURN c.name, EXISTS { (c)-[:SUED]->() } AS sues

// exists subqueries nested
MATCH (p:Person) WHERE EXISTS { MATCH (p)-[:FOUNDED]->(c) WHERE EXISTS { (c)-[:RAISED_FROM]->() } } RETURN p.name

// count subquery
MATCH (c:Company) RETURN c.name, COUNT { (c)-[:RAISED_FROM]->() } AS n

// count subquery in WHERE
MATCH (c:Company) WHERE COUNT { (c)-[:RAISED_FROM]->() } > 2 RETURN c.name

// count subquery with WHERE
MATCH (c:Company) RETURN c.name, COUNT { MATCH (c)-[r:RAISED_FROM]->() WHERE r.round = 'C' } AS n

// size of a pattern comprehension
MATCH (c:Company) RETURN c.name, size([(c)-[:RAISED_FROM]->(i) | i]) AS n

// call subquery, importing WITH
MATCH (c:Company) CALL { WITH c MATCH (c)-[r:RAISED_FROM]->() RETURN count(r) AS n } RETURN c.name, n

// call subquery, scope clause
MATCH (c:Company) CALL (c) { MATCH (c)-[r:RAISED_FROM]->() RETURN count(r) AS n } RETURN c.name, n

// call subquery alone
CALL { MATCH (c:Company) RETURN count(c) AS n } RETURN n

// call subquery with UNION
MATCH (p:Person) CALL { WITH p MATCH (p)-[:FOUNDED]->(x) RETURN x.name AS name UNION WITH p MATCH (p)-[:WON]->(x) RETURN x.name AS name } RETURN p.name, name

// call subquery with LIMIT each
MATCH (c:Company)-[:RAISED_FROM]->() WITH DISTINCT c CALL { WITH c MATCH (c)-[:RAISED_FROM]->(i) RETURN i.name AS investor ORDER BY investor LIMIT 1 } RETURN c.name, investor

// call subquery that finds nothing drops the row
MATCH (c:Company) CALL { WITH c MATCH (c)-[:SUED]->(d) RETURN d.name AS sued } RETURN c.name, sued

// union
MATCH (p:Person) RETURN p.name AS name UNION MATCH (c:Country) RETURN c.name AS name

// union drops doubles
RETURN 1 AS x UNION RETURN 1 AS x

// union all keeps doubles
RETURN 1 AS x UNION ALL RETURN 1 AS x

// union of three
RETURN 1 AS x UNION RETURN 2 AS x UNION RETURN 1 AS x

// list literal and index
RETURN [1, 2, 3][0] AS first, [1, 2, 3][-1] AS last, [1, 2, 3][5] AS none

// slices
RETURN [1, 2, 3, 4][1..3] AS a, [1, 2, 3, 4][..2] AS b, [1, 2, 3, 4][2..] AS c, [1, 2, 3, 4][-2..] AS d, [1][3..] AS e

// list concatenation
RETURN [1, 2] + [3] AS a, [1] + 2 AS b, 0 + [1] AS c

// membership
RETURN 2 IN [1, 2] AS yes, 3 IN [1, 2] AS no, 3 IN [1, null] AS unknown, null IN [1] AS nothing, 1 IN [] AS empty, null IN [] AS never

// membership of lists
RETURN [1] IN [[1], [2]] AS yes, 1 IN [[1]] AS no

// equality of lists
RETURN [1, 2] = [1, 2] AS yes, [1, 2] = [2, 1] AS no, [1, null] = [1, null] AS unknown, [1] = [1, 2] AS shorter

// equality of maps
RETURN {a: 1} = {a: 1} AS yes, {a: 1} = {a: 2} AS no, {a: 1} = {b: 1} AS other

// equality of unlike types
RETURN 1 = '1' AS a, true = 1 AS b, 'a' = ['a'] AS c, 1 = 1.0 AS d

// comparison of unlike types
RETURN 1 < 'a' AS a, true < 1 AS b, 'a' > 1 AS c

// comparison of strings
RETURN 'a' < 'b' AS a, 'B' < 'a' AS b, '一' < '中' AS c, '' < 'a' AS d

// comparison of booleans
RETURN false < true AS a, true > false AS b

// size, head, last, tail, reverse
RETURN size([1, 2]) AS n, head([1, 2]) AS h, last([1, 2]) AS l, tail([1, 2, 3]) AS t, reverse([1, 2, 3]) AS r

// head, last and tail of nothing
RETURN head([]) AS h, last([]) AS l, tail([]) AS t, size([]) AS n, reverse([]) AS r

// list functions of null
RETURN size(null) AS n, head(null) AS h, tail(null) AS t, reverse(null) AS r

// list comprehension
RETURN [x IN range(1, 5) WHERE x % 2 = 1 | x * 10] AS xs

// list comprehension, filter only
RETURN [x IN [1, null, 3] WHERE x IS NOT NULL] AS xs

// list comprehension, map only
RETURN [x IN ['甲', '乙'] | x + '方'] AS xs

// list comprehensions nested
RETURN [x IN [1, 2] | [y IN [10, 20] | x * y]] AS table

// list comprehension of null
RETURN [x IN null | x] AS xs

// reduce
RETURN reduce(total = 0, x IN [1, 2, 3] | total + x) AS sum, reduce(text = '', x IN ['甲', '乙'] | text + x) AS text

// reduce over a path
MATCH p = ({name: '林清'})-[:FOUNDED]->()-[:HEADQUARTERED_IN]->() RETURN reduce(s = '', n IN nodes(p) | s + '/' + n.name) AS path

// reduce of nothing and of null
RETURN reduce(t = 0, x IN [] | t + x) AS nothing, reduce(t = 0, x IN [1, null] | t + x) AS null_

// pattern comprehension
MATCH (p:Person) RETURN p.name, [(p)-[:FOUNDED]->(c) | c.name] AS founded

// pattern comprehension with WHERE
MATCH (c {name: '蓝湖科技'}) RETURN [(c)-[r:RAISED_FROM]->(i) WHERE r.round = 'B' AND r.role = 'lead' | i.name] AS leads

// pattern comprehension that finds nothing
MATCH (p:Person) RETURN [(p)-[:SUED]->(c) | c.name] AS sued

// pattern comprehension of two steps
MATCH (p:Person) RETURN [(p)-[:FOUNDED]->(c)-[:HEADQUARTERED_IN]->(s) | c.name + '@' + s.name] AS seats

// case by value
MATCH (n:Entity) WHERE n:Person OR n:University RETURN n.name, CASE n.class WHEN 'Person' THEN '人' WHEN 'University' THEN '校' ELSE '?' END AS kind

// case by condition
MATCH (o:Observation) RETURN CASE WHEN o.value > 100 THEN 'large' WHEN o.value > 1 THEN 'small' END AS size

// case without ELSE
RETURN CASE 3 WHEN 1 THEN 'one' END AS none

// case of null
RETURN CASE null WHEN null THEN 'null' ELSE 'other' END AS a, CASE WHEN null THEN 1 ELSE 2 END AS b

// case in an aggregate
MATCH (c)-[r:RAISED_FROM]->() RETURN c.name, sum(CASE WHEN r.round = 'C' THEN 1 ELSE 0 END) AS c_rounds

// case in ORDER BY
MATCH (n:Entity) WHERE n:Person OR n:Award RETURN n.name ORDER BY CASE WHEN n:Award THEN 0 ELSE 1 END, n.name

// coalesce
MATCH (i:NewsItem) RETURN i.id, coalesce(i.section, '其他') AS section

// coalesce of several
RETURN coalesce(null, null, 3) AS three, coalesce(null) AS none, coalesce('', 'x') AS empty

// nullIf
RETURN nullIf(1, 1) AS none, nullIf(1, 2) AS one

// null in comparisons
RETURN null = null AS a, null <> null AS b, 1 = null AS c, null < 1 AS d, null IS NULL AS e, null IS NOT NULL AS f

// null in string predicates
RETURN null STARTS WITH 'a' AS a, 'a' CONTAINS null AS b, null ENDS WITH null AS c, null =~ 'a' AS d

// null logic: and
RETURN true AND null AS a, false AND null AS b, null AND null AS c

// null logic: or
RETURN true OR null AS a, false OR null AS b, null OR null AS c

// null logic: xor and not
RETURN true XOR null AS a, NOT null AS b, true XOR true AS c, true XOR false AS d

// null in WHERE drops the row
UNWIND [1, null, 2] AS x WITH x WHERE x > 1 RETURN x

// null in WHERE, negated, drops the row
UNWIND [1, null, 2] AS x WITH x WHERE NOT x > 1 RETURN x

// property of a null
OPTIONAL MATCH (n {name: '没有'}) RETURN n.name IS NULL AS yes, n.name = 'x' AS unknown

// precedence of logic
RETURN true OR false AND false AS a, NOT false AND false AS b, true XOR true OR true AS c

// all, any, none, single
RETURN all(x IN [1, 2] WHERE x > 0) AS a, any(x IN [1, 2] WHERE x > 1) AS b, none(x IN [1, 2] WHERE x > 5) AS c, single(x IN [1, 2] WHERE x = 1) AS d

// all, any, none, single of nothing
RETURN all(x IN [] WHERE x > 0) AS a, any(x IN [] WHERE x > 1) AS b, none(x IN [] WHERE x > 5) AS c, single(x IN [] WHERE x = 1) AS d

// all and any with a null
RETURN all(x IN [1, null] WHERE x > 0) AS a, any(x IN [1, null] WHERE x > 1) AS b, any(x IN [2, null] WHERE x > 1) AS c, all(x IN [0, null] WHERE x > 0) AS d

// none and single with a null
RETURN none(x IN [1, null] WHERE x > 1) AS a, single(x IN [2, null] WHERE x > 1) AS b, none(x IN [2, null] WHERE x > 1) AS c

// predicates over relationships of a path
MATCH p = ({name: '林清'})-[*1..2]->(x:Place) WHERE all(r IN relationships(p) WHERE r.confidence > 0.5) RETURN x.name, length(p) AS n

// any of the aliases
MATCH (n:Entity) WHERE any(a IN n.aliases WHERE a CONTAINS '蓝湖') RETURN n.name

// none of the aliases
MATCH (n:Company) WHERE none(a IN n.aliases WHERE a CONTAINS '蓝湖') RETURN n.name

// isEmpty
RETURN isEmpty([]) AS a, isEmpty('') AS b, isEmpty({}) AS c, isEmpty([1]) AS d

// alias as key
MATCH (n:Entity) WHERE '远山' IN n.aliases RETURN n.name

// dates as parameters
// params: {"since": "2021-11-05", "until": "2021-12-31"}
MATCH (i:NewsItem) WHERE i.published >= $since AND i.published <= $until RETURN i.id, i.published ORDER BY i.published

// dates at their precision
MATCH (e:FundingRound) WHERE e.date_start >= '2021-10-01' AND e.date_end < '2022-06' RETURN e.name, e.date

// year of a date
MATCH (i:NewsItem) RETURN DISTINCT left(i.published, 4) AS year

// month of a date as a number
MATCH (i:NewsItem {id: 'n-b'}) RETURN toInteger(substring(i.published, 5, 2)) AS month

// a date value
RETURN date('2021-11-03') AS d

// parts of a date
WITH date('2021-11-03') AS d RETURN d.year AS y, d.month AS m, d.day AS day

// comparison of date values
RETURN date('2021-11-03') < date('2021-11-04') AS a, date('2021-11-03') = date('2021-11-03') AS b

// a date from parts
RETURN date({year: 2021, month: 2, day: 28}) AS d

// a date as text
RETURN toString(date('2021-11-03')) AS text

// a date and a duration
RETURN date('2021-01-31') + duration({days: 1}) AS next

// a date and months
RETURN date('2021-01-31') + duration({months: 1}) AS next

// days between
RETURN duration.inDays(date('2021-11-03'), date('2021-12-03')).days AS days

// an instant
RETURN datetime('2021-11-03T10:00:00Z') > datetime('2021-11-03T09:00:00Z') AS later

// string functions
RETURN toUpper('abc') AS u, toLower('ABC') AS l, trim('  a ') AS t, lTrim('  a') AS lt, rTrim('a  ') AS rt

// string functions on Chinese
RETURN size('蓝湖科技') AS n, left('蓝湖科技', 2) AS l, right('蓝湖科技', 2) AS r, reverse('蓝湖') AS b

// substring
RETURN substring('蓝湖科技', 2) AS a, substring('蓝湖科技', 1, 2) AS b, substring('蓝湖', 0, 10) AS c, substring('蓝湖', 5) AS d

// replace
RETURN replace('蓝湖科技', '科技', '云') AS a, replace('aaa', 'a', 'b') AS b, replace('abc', 'x', 'y') AS c

// split
RETURN split('甲、乙、丙', '、') AS a, split('abc', '') AS b, split('', ',') AS c, split('a', ',') AS d

// string concatenation
RETURN '甲' + '乙' AS a, '第' + 3 AS b, 1.5 + '倍' AS c

// string concatenation by bars
RETURN '甲' || '乙' AS a, [1] || [2] AS b

// starts, ends, contains
MATCH (n:Entity) WHERE n.name STARTS WITH '蓝' OR n.name ENDS WITH '资本' OR n.name CONTAINS '大会' RETURN n.name

// empty string in everything
RETURN 'abc' STARTS WITH '' AS a, 'abc' ENDS WITH '' AS b, 'abc' CONTAINS '' AS c

// regular expression
MATCH (n:Company) WHERE n.name =~ '.*科技' RETURN n.name

// regular expression matches the whole
RETURN 'abc' =~ 'b' AS part, 'abc' =~ '.b.' AS whole, 'ABC' =~ '(?i)abc' AS caseless

// regular expression of letters
MATCH (n:Company) WHERE n.name =~ '[蓝青].{3}' RETURN n.name

// regular expression with classes
RETURN '2021年' =~ '\\d{4}年' AS year, 'a\nb' =~ 'a.b' AS line

// escapes
RETURN 'it\'s' AS a, "say \"好\"" AS b, 'a\\b' AS c, 'tab\tend' AS d, 'line\nend' AS e, '\u4e2d' AS f

// quotes in quotes
RETURN "it's" AS a, '"好"' AS b

// characters outside the basic plane
RETURN '𠮷野家' AS a, '😀' + '好' AS b, '𠮷' = '𠮷' AS c

// size of characters outside the basic plane
RETURN size('𠮷野家') AS n

// full-width letters
RETURN 'ＡＢ' = 'AB' AS same, toLower('ＡＢ') AS lower

// traditional letters stay
MATCH (n:Entity) WHERE '藍湖科技' IN n.aliases RETURN n.name

// names with backticks
MATCH (`公司`:`Company`) RETURN `公司`.`name` AS `名称` ORDER BY `名称` LIMIT 2

// Chinese variables
MATCH (公司:Company)-[:RAISED_FROM]->(投资方) RETURN 公司.name AS 名称, count(投资方) AS 次数

// toString
RETURN toString(1) AS a, toString(1.5) AS b, toString(true) AS c, toString('x') AS d, toString(null) AS e

// toString of fractions
RETURN toString(1.0) AS a, toString(0.1) AS b, toString(100000.0) AS c, toString(-2.5) AS d

// toInteger
RETURN toInteger('42') AS a, toInteger('4.7') AS b, toInteger(4.7) AS c, toInteger('四') AS d, toInteger(null) AS e, toInteger(-4.7) AS f

// toInteger of blanks and booleans
RETURN toInteger(' 42 ') AS a, toInteger('') AS b, toInteger(true) AS c

// toFloat
RETURN toFloat('1.5') AS a, toFloat(2) AS b, toFloat('x') AS c, toFloat('1e3') AS d, toFloat(null) AS e

// lists converted
RETURN toIntegerList(['1', 'x', 2.7]) AS a, toStringList([1, true, null]) AS b

// whole division
RETURN 7 / 2 AS a, -7 / 2 AS b, 7 / -2 AS c, 6 / 3 AS d

// fractional division
RETURN 7.0 / 2 AS a, 7 / 2.0 AS b, 1 / 3.0 AS c

// modulo
RETURN 7 % 3 AS a, -7 % 3 AS b, 7 % -3 AS c, 7.5 % 2 AS d

// power
RETURN 2 ^ 3 AS a, 2 ^ -1 AS b, 4 ^ 0.5 AS c

// power binds
RETURN -2 ^ 2 AS a, 2 ^ 3 ^ 2 AS b, 2 * 3 ^ 2 AS c

// types of results
RETURN 1 + 1 AS a, 1 + 1.0 AS b, 2 * 0.5 AS c, 3 - 1 AS d

// rounding
RETURN round(2.5) AS a, round(-2.5) AS b, round(3.14159, 2) AS c, floor(2.7) AS d, ceil(2.1) AS e, round(2) AS f

// rounding of halves
RETURN round(0.5) AS a, round(1.5) AS b, round(-0.5) AS c, round(-1.5) AS d

// absolute value and sign
RETURN abs(-3) AS a, abs(-3.5) AS b, sign(-2) AS c, sign(0) AS d, sign(2.5) AS e

// roots and logarithms
RETURN sqrt(16) AS a, round(log(e()), 6) AS b, log10(1000) AS c, exp(0) AS d

// trigonometry
RETURN round(sin(pi() / 2), 6) AS a, round(cos(0), 6) AS b, round(atan2(1, 1), 6) AS c, round(degrees(pi()), 6) AS d

// large whole numbers
RETURN 9223372036854775807 AS max, -9223372036854775808 AS min, 4611686018427387904 AS half

// large numbers as fractions
RETURN 1e308 * 10 AS up, 1e300 AS big, 1.5e-10 AS small

// literals in other bases
RETURN 0xFF AS hex, 0o17 AS octal, 1_000_000 AS grouped

// fractions without a leading digit
RETURN .5 AS half, 1.0e2 AS hundred, -0.0 AS zero

// map literal and keys
RETURN {a: 1, b: {c: 2}}.b.c AS two, {a: 1}['a'] AS one, {a: 1}.z AS none

// map by parameter
// params: {"m": {"a": [1, {"b": "好"}], "n": null}}
RETURN $m.a[1].b AS b, $m.n AS n, $m['a'][0] AS one, $m AS m

// property by name
MATCH (n:Person) RETURN n['name'] AS name, n['no' + 'thing'] AS none

// property name by parameter
// params: {"key": "class"}
MATCH (n:Person) RETURN n[$key] AS class

// map projection
MATCH (n:Person) RETURN n {.name, .class} AS m

// map projection with more
MATCH (n:Person)-[:FOUNDED]->(c) RETURN n {.name, company: c.name, one: 1} AS m

// map projection of everything
MATCH (n:Country) RETURN n {.*} AS m

// map projection of what is lacking
MATCH (n:Person) RETURN n {.name, .status} AS m

// map projection with a variable
MATCH (n:Person) WITH n, 3 AS three RETURN n {.name, three} AS m

// map projection of null
OPTIONAL MATCH (n {name: '没有'}) RETURN n {.name} AS m

// parameters of every kind
// params: {"i": 1, "f": 1.5, "s": "文", "b": true, "l": [1, "二", null], "n": null}
RETURN $i AS i, $f AS f, $s AS s, $b AS b, $l AS l, $n AS n

// parameter in a list
// params: {"classes": ["Person", "University"]}
MATCH (n:Entity) WHERE n.class IN $classes RETURN n.name

// parameter null in a filter
// params: {"class": null}
MATCH (n:Person) WHERE $class IS NULL OR n.class = $class RETURN n.name

// identity of nodes
MATCH (a:Person)-[:FOUNDED]->(c)<-[:WORKS_FOR]-(b) WHERE a = b RETURN a.name, c.name

// inequality of nodes
MATCH (a:Person)-[:FOUNDED]->(c)--(b:Company) WHERE b <> c RETURN DISTINCT b.name

// node in a list of nodes
MATCH (c:Company) WITH collect(c) AS cs MATCH (n:InvestmentFirm) WHERE n IN cs RETURN n.name

// element ids differ
MATCH (a:Person), (b:Country) RETURN elementId(a) = elementId(b) AS same, elementId(a) = elementId(a) AS self

// relationships compared
MATCH ({name: '林清'})-[r:WORKS_FOR]->(c) WITH collect(r) AS rs RETURN size(rs) AS n, rs[0] = rs[0] AS same, rs[0] = rs[1] AS other

// degree by pattern
MATCH (n:Entity) RETURN n.name AS name, COUNT { (n)--() } AS degree ORDER BY degree DESC, name LIMIT 5

// comments
MATCH (p:Person) // a comment with 'quotes' and (:Foo)
/* another { */ RETURN p.name

// keywords in any case
match (p:Person) where p.name is not null return p.name as Name order by Name limit 5

// line breaks
MATCH
  (p:Person)
RETURN
  p.name
  AS
  name

// semicolon at the end
MATCH (p:Person) RETURN p.name;

// columns without alias
MATCH (p:Person) RETURN p.name, size(p.name), 1 + 1

// literals alone
RETURN 1, 'a', true, null, [1], 1.0

// in-place aliases used later
WITH 1 AS a, 2 AS b RETURN a + b AS c, a AS d

// claim with its subject and object
MATCH (s)<-[:SUBJECT]-(c:Claim)-[:OBJECT]->(o) RETURN s.name, c.predicate, c.status, o.name

// claim or event that did not happen
MATCH (c:Claim) RETURN c.name, c.status, c:Event AS event, c:Entity AS entity

// roles of an event
MATCH (e:Acquisition)-[r]->(x) RETURN e.name, type(r), x.name

// entity that is an event
MATCH (k:Conference)-[r]->(x) WHERE r.statement IS NULL RETURN k.name, type(r), x.name, k.status

// items that mention
MATCH (i:NewsItem)-[:MENTIONS]->(n:Person) RETURN i.id, n.name

// items of a statement
MATCH ()-[r:RAISED_FROM]->() WHERE size(r.items) > 1 RETURN r.statement, r.items, r.sources

// figures and who reports them
MATCH (o:Observation)-[:REPORTED_BY]->(x) RETURN o.indicator, o.value, o.unit, x.name

// amounts compared
MATCH (c)-[r:RAISED_FROM]->(i) WHERE r.amount_low >= 30000000 AND r.currency = 'USD' RETURN c.name, i.name, r.amount, r.amount_low

// vague amounts
MATCH (c)-[r:RAISED_FROM]->(i) WHERE r.approximate RETURN c.name, i.name, r.amount_low, r.amount_high

// boolean property negated
MATCH ()-[r:WORKS_FOR]->(o) WHERE NOT coalesce(r.ended, false) RETURN o.name, r.title

// boolean property compared
MATCH ()-[r:WORKS_FOR]->(o) WHERE r.ended = true RETURN o.name

// boolean property alone
MATCH ()-[r:WORKS_FOR]->(o) WHERE r.ended RETURN o.name

// property of a relationship that none has
MATCH ()-[r:WORKS_FOR]->(o) WHERE r.ended IS NULL RETURN o.name, r.title

// arithmetic on properties
MATCH (o:Observation) RETURN o.indicator, o.value * 2 AS twice, o.value / 7 AS part, o.value > 10 AS large

// whole number properties divided
MATCH ()-[r:WON]->() RETURN r.year AS year, r.year / 100 AS century, r.year % 100 AS rest

// chain over several types
MATCH (p:Person)-[:FOUNDED]->(c)-[:RAISED_FROM]->(i) WITH DISTINCT p, c, i ORDER BY i.name RETURN p.name, c.name, collect(i.name) AS investors

// triangle
MATCH (a:Company)-[:COMPETES_WITH]->(b:Company)-[:SUED]->(a) RETURN a.name, b.name

// self loops are none
MATCH (a)-[r]->(a) RETURN count(r) AS n

// common neighbours
MATCH (a {name: '蓝湖科技'})-[:RAISED_FROM]->(i)<-[:RAISED_FROM]-(b) WHERE a <> b RETURN b.name, count(DISTINCT i) AS n

// long chain without variables
MATCH (:Person)-[:FOUNDED]->()-[:RAISED_FROM]->(i)<-[:RAISED_FROM]-(c) RETURN DISTINCT c.name

// anonymous everything
MATCH ()-[]->() RETURN count(*) AS n

// count of a label
MATCH (:Company) RETURN count(*) AS n

// count of a type
MATCH ()-[:RAISED_FROM]->() RETURN count(*) AS n

// count of a type at a label
MATCH (:Company)-[:RAISED_FROM]->(:InvestmentFirm) RETURN count(*) AS n

// count of distinct values
MATCH ()-[r:RAISED_FROM]->() RETURN count(DISTINCT r.round) AS n

// OR across properties
MATCH (n:Entity) WHERE n.name = '林清' OR n.class = 'Country' RETURN n.name

// IN with literals
MATCH (n:Entity) WHERE n.name IN ['林清', '新加坡', '没有'] RETURN n.name

// NOT IN
MATCH (n:Country) WHERE NOT n.name IN ['新加坡'] RETURN n.name

// XOR
MATCH (n:Entity) WHERE (n:Company XOR n:InvestmentFirm) RETURN n.name

// random parts are strings
RETURN size(randomUUID()) AS n

// value types
RETURN valueType(1) AS a, valueType('x') AS b, valueType(null) AS c

// type predicates
UNWIND [1, '1', 1.0, null] AS x RETURN x IS :: INTEGER AS i, x IS :: STRING AS s

// btrim
RETURN btrim('  蓝  ') AS a

// list functions for ordering
UNWIND [3, 1, 2] AS x WITH x ORDER BY x RETURN collect(x) AS xs

// aggregates over a union
CALL { RETURN 1 AS x UNION ALL RETURN 2 AS x } RETURN sum(x) AS s

// procedure: types
CALL db.relationshipTypes() YIELD relationshipType WITH relationshipType AS t WHERE t IN ['FOUNDED', 'WON'] RETURN t ORDER BY t

// null in arithmetic
RETURN 1 + null AS a, null * 2 AS b, -null AS c, null / 2 AS d

// toBoolean
RETURN toBoolean('true') AS a, toBoolean('FALSE') AS b, toBoolean('x') AS c, toBoolean(false) AS d

// other names of functions
RETURN char_length('蓝湖') AS n, character_length('湖') AS m, lower('A') AS l, upper('b') AS u

// deviation of a sample
UNWIND [2.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] AS x RETURN round(stDev(x), 6) AS s

// list comprehension over collected nodes
MATCH (e:FundingRound)-[:INVESTORS]->(i) WITH e, i ORDER BY i.name WITH e, collect(i) AS found RETURN e.name, [i IN found WHERE i.name CONTAINS '资本' | i.name] AS names

// two comparisons
MATCH (c)-[r:RAISED_FROM]->() WHERE '2021-01-01' <= r.date_start AND r.date_start < '2022-01-01' RETURN c.name, r.round

// names in Chinese everywhere
MATCH (公司:Company)-[融资:RAISED_FROM]->(投资方) WITH 公司, 融资, 投资方 WHERE 融资.round = 'C' RETURN 公司.name AS 公司, 投资方 {.name, 轮次: 融资.round} AS 详情 ORDER BY 投资方.name

// Chinese keys of maps
WITH {名称: '甲', 数: [1, 2]} AS 表 RETURN 表.名称 AS 名, [x IN 表.数 | x * 2] AS 倍, 表 AS 全

// Chinese variables in comprehensions
RETURN [甲 IN [1, 2] WHERE 甲 > 1 | 甲 + 1] AS 乙, reduce(和 = 0, 数 IN [1, 2] | 和 + 数) AS 丙, all(丁 IN [1] WHERE 丁 = 1) AS 戊

// Chinese names in subqueries
MATCH (甲:Person) CALL { WITH 甲 MATCH (甲)-[:FOUNDED]->(乙) RETURN count(乙) AS 数 } RETURN 甲.name, 数

// Chinese parameter
// params: {"姓名": "林清"}
MATCH (p:Person {name: $姓名}) RETURN p.name, $姓名 AS 姓名

// columns of Chinese expressions
MATCH (甲:Person) RETURN 甲.name, size(甲.name) + 1, 甲 {.name}

// names in backticks with space
MATCH (`a b`:Person) RETURN `a b`.name AS `the name`

// columns as written
RETURN 1+1, 2 * 3, [1,2][0], 'a'+"b", round(1.5)

// return star in order of names
WITH 3 AS 丙, 1 AS b, 2 AS a RETURN *

// durations
RETURN duration('P1Y2M3DT4.5S') AS a, duration({days: 1, hours: 2}) AS b

// instants
RETURN datetime('2021-11-03T10:00:00+08:00') AS a, localdatetime('2021-11-03T10:00:00.25') AS b, localtime('10:00') AS c

// a map that looks like a duration
RETURN {months: 1, days: 2, seconds: 3} AS m

// dates in lists and maps
RETURN [date('2021-11-03')] AS a, {d: date('2021-11-03')} AS b

// parts of dates
WITH date('2021-11-03') AS d RETURN d.week AS w, d.dayOfWeek AS n, d.quarter AS q

// dates cut
RETURN date.truncate('month', date('2021-11-03')) AS m, date('2021-11') AS a, date('2021') AS b, date('20211103') AS c, date(null) AS d

// dates of items compared
MATCH (i:NewsItem) WHERE date(i.published) > date('2022-01-01') RETURN i.id

// date less a month
RETURN date('2021-03-31') - duration({months: 1}) AS d

// round of negative halves
UNWIND [-2.5, -1.5, -0.5, 0.5, 1.5, -2.6] AS x RETURN round(x) AS r

// round of nothing
RETURN round(null) AS r

// empties
RETURN isEmpty([]) AS a, isEmpty('') AS b, isEmpty([null]) AS c

// order of unlike values
UNWIND ['a', 1, null, true, [1], {a: 1}] AS x RETURN x ORDER BY x

// extremes of unlike values
UNWIND [1, 'a', null, 2.5] AS x RETURN min(x) AS lo, max(x) AS hi

// extremes of lists
UNWIND [[1], [2]] AS x RETURN max(x) AS hi, min(x) AS lo

// order by a list property
MATCH (n:Company) RETURN n.name ORDER BY n.aliases, n.name

// nodes inside lists and maps
MATCH (a:Person)-[r:FOUNDED]->(c) RETURN [a, 1] AS l, {a: a, b: [c.name], r: r} AS m

// relationships of a variable length
MATCH (a:Person)-[r*1..2]->(b:Place) RETURN r

// path against the direction
MATCH p = (a:Person)<-[:MENTIONS]-(b) RETURN p

// division that leaves whole numbers
MATCH (e:AwardGrant) RETURN e.year / 10 AS decade, e.year % 10 AS rest, e.year * 1.0 / 10 AS exact

// strings joined with numbers and dates
MATCH (e:AwardGrant) RETURN e.year + '年' AS year, '编号' + 7 AS number

// count subquery in parentheses
MATCH (c:Company) WHERE NOT (COUNT { (c)--() } > 10) RETURN c.name, (COUNT { (c)-[:RAISED_FROM]->() }) AS n

// exists subquery in parentheses
MATCH (c:Company) WHERE (EXISTS { (c)-[:SUED]->() }) OR (NOT EXISTS { (c)--() }) RETURN c.name

// patterns in parentheses
MATCH (p:Person) WHERE ((p)-[:FOUNDED]->() OR (p)-[:SUED]->()) AND NOT ((p)-[:SUED]->()) RETURN p.name
