// purpose: The statements with the most independent sources
// param: limit (integer, 50) — rows at most
// column: subject — name of the subject
// column: relation — type of the statement
// column: object — name of the object
// column: sources — independent origins: reprints of one text count once
// column: confidence — in (0, 1]
// column: first_seen — date of the oldest item
// column: last_seen — date of the newest item
// column: evidence — the best sentence
// example: kg query best-supported -p limit=20
MATCH (s:Entity)-[r]->(o)
WHERE r.statement IS NOT NULL
RETURN s.name AS subject, type(r) AS relation, o.name AS object, r.sources AS sources, r.confidence AS confidence,
       r.first_seen AS first_seen, r.last_seen AS last_seen, r.evidence AS evidence
ORDER BY sources DESC, confidence DESC, subject, relation, object, r.statement
LIMIT $limit
