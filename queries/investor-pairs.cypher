// purpose: The pairs of investors that most often put money into the same companies
// param: at_least (integer, 1) — companies that a pair must share
// param: limit (integer, 50) — rows at most
// column: investor — one investor
// column: co_investor — the other
// column: shared — how many companies they share
// column: companies — their names
// example: kg query investor-pairs -p limit=20
// Lists of investors would go with every pair, and take many times the memory.
MATCH (a:Entity)<-[:RAISED_FROM]-(c:Entity)-[:RAISED_FROM]->(b:Entity)
WHERE a.id < b.id
WITH a.id AS a_id, b.id AS b_id, count(DISTINCT c.id) AS shared
WHERE shared >= $at_least
WITH a_id, b_id, shared ORDER BY shared DESC, a_id, b_id LIMIT $limit
MATCH (a:Entity {id: a_id})<-[:RAISED_FROM]-(c:Entity)-[:RAISED_FROM]->(b:Entity {id: b_id})
WITH DISTINCT a, b, shared, c.name AS company ORDER BY company
RETURN a.name AS investor, b.name AS co_investor, shared, collect(company) AS companies
ORDER BY shared DESC, investor, co_investor
