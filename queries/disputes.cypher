// purpose: Lawsuits and penalties that an entity has a part in
// param: entity (entity) — the entity
// column: plaintiff — who sued or fined
// column: relation — SUED or PENALIZED
// column: defendant — against whom
// column: amount — amount as printed, where told
// column: reason — why, where told
// column: date — when, at the precision told
// column: evidence — the best sentence
// example: kg query disputes -p entity=蓝湖科技
UNWIND $entity AS id
MATCH (e:Entity {id: id})-[r:SUED|PENALIZED]-(x:Entity)
WITH r, startNode(r) AS s, endNode(r) AS o
RETURN s.name AS plaintiff, type(r) AS relation, o.name AS defendant, r.amount AS amount, r.reason AS reason,
       r.date AS date, r.evidence AS evidence
ORDER BY coalesce(r.date_start, r.first_seen, '') DESC, plaintiff, relation, defendant
