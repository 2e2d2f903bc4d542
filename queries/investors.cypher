// purpose: Who put money into a company, round by round
// param: company (entity) — the company that raised money
// column: company — name of the company
// column: round — the round, such as B or Pre-A; empty where no item names it
// column: investor — name of the investor
// column: role — lead, follow, sole or existing, where told
// column: amount — the round's amount as printed, or the investor's own share where that is told
// column: date — when, at the precision told
// column: sources — independent origins
// column: evidence — the best sentence
// example: kg query investors -p company=蓝湖科技
UNWIND $company AS id
MATCH (c:Entity {id: id})-[r:RAISED_FROM]->(i:Entity)
RETURN c.name AS company, r.round AS round, i.name AS investor, r.role AS role, r.amount AS amount, r.date AS date,
       r.sources AS sources, r.evidence AS evidence
ORDER BY company, coalesce(r.date_start, '9999'), round, CASE WHEN r.role IN ['lead', 'sole'] THEN 0 ELSE 1 END, investor
