// purpose: Statements that rest on one source and little confidence: what to check first
// param: confidence (number, 0.7) — below this
// param: limit (integer, 50) — rows at most
// column: subject — name of the subject
// column: relation — type of the statement
// column: object — name of the object
// column: confidence — in (0, 1]
// column: items — ids of the items
// column: evidence — the best sentence
// example: kg query weakly-supported -p confidence=0.6
MATCH (s:Entity)-[r]->(o)
WHERE r.statement IS NOT NULL AND r.sources <= 1 AND r.confidence < $confidence
RETURN s.name AS subject, type(r) AS relation, o.name AS object, r.confidence AS confidence, r.items AS items,
       r.evidence AS evidence
ORDER BY confidence, subject, relation, object, r.statement
LIMIT $limit
