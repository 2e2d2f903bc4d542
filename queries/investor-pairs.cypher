// purpose: The pairs of investors that most often put money into the same companies
// param: at_least (integer, 1) — companies that a pair must share
// param: limit (integer, 50) — rows at most
// column: investor — one investor
// column: co_investor — the other
// column: shared — how many companies they share
// column: companies — their names
// example: kg query investor-pairs -p limit=20
MATCH (a:Entity)<-[:RAISED_FROM]-(c:Entity)-[:RAISED_FROM]->(b:Entity)
WHERE a.id < b.id
WITH a, b, c ORDER BY c.name
WITH a, b, collect(DISTINCT c.name) AS companies
WHERE size(companies) >= $at_least
RETURN a.name AS investor, b.name AS co_investor, size(companies) AS shared, companies
ORDER BY shared DESC, investor, co_investor
LIMIT $limit
