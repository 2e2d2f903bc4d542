// purpose: What a company makes, launches and licenses: products, technologies, projects
// param: company (entity) — the company
// column: company — name of the company
// column: product — name of the product, technology or project
// column: class — its class
// column: relations — DEVELOPED, LAUNCHED
// column: date — the earliest date told
// column: evidence — one sentence for each relation
// example: kg query products -p company=蓝湖科技
UNWIND $company AS id
MATCH (c:Entity {id: id})-[r:DEVELOPED|LAUNCHED]->(p:Entity)
WITH c, p, r ORDER BY type(r), r.statement
WITH c, p, collect(DISTINCT type(r)) AS relations, min(r.date) AS date, collect(r.evidence) AS evidence
RETURN c.name AS company, p.name AS product, p.class AS class, relations, date, evidence
ORDER BY company, class, product
