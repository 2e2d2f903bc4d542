// purpose: Pairs who invested in the same round of a company, and how many companies they share in all
// param: company (entity) — the company that raised money
// column: company — name of the company
// column: round — the round that both took part in
// column: investor — one investor
// column: co_investor — the other
// column: shared_companies — companies that both have put money into, this one included
// example: kg query co-investors -p company=蓝湖科技
UNWIND $company AS id
MATCH (c:Entity {id: id})-[r:RAISED_FROM]->(a:Entity)
WITH DISTINCT c, r.round AS round, a
MATCH (c)-[s:RAISED_FROM]->(b:Entity)
WHERE a.id < b.id AND coalesce(s.round, '') = coalesce(round, '')
WITH DISTINCT c, round, a, b
MATCH (a)<-[:RAISED_FROM]-(o:Entity)-[:RAISED_FROM]->(b)
RETURN c.name AS company, round, a.name AS investor, b.name AS co_investor, count(DISTINCT o) AS shared_companies
ORDER BY company, round, shared_companies DESC, investor, co_investor
