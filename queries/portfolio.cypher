// purpose: The companies that an investor put money into
// param: investor (entity) — a fund, a company or a person
// column: investor — name of the investor
// column: company — name of the company
// column: round — the round
// column: role — lead, follow, sole or existing, where told
// column: amount — amount as printed
// column: date — when, at the precision told
// column: industries — industries of the company
// column: evidence — the best sentence
// example: kg query portfolio -p investor=远山资本
UNWIND $investor AS id
MATCH (i:Entity {id: id})<-[r:RAISED_FROM]-(c:Entity)
OPTIONAL MATCH (c)-[:OPERATES_IN]->(s:Industry)
WITH i, r, c, s ORDER BY s.name
WITH i, r, c, collect(DISTINCT s.name) AS industries
RETURN i.name AS investor, c.name AS company, r.round AS round, r.role AS role, r.amount AS amount, r.date AS date,
       industries, r.evidence AS evidence
ORDER BY investor, coalesce(r.date_start, '9999') DESC, company, round
