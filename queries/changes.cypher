// purpose: What became known since a date, and what plans moved
// param: since (date) — items of this day or later
// param: limit (integer, 200) — rows at most
// column: reported — date of the item that said it first
// column: subject — name of the subject
// column: relation — type of the statement; property where it is a claim
// column: object — name of the object
// column: status — asserted, ended, planned, rumoured, denied or cancelled
// column: sources — independent origins
// column: evidence — the best sentence
// example: kg query changes -p since=2021-11-10
CALL {
  MATCH (s:Entity)-[r]->(o)
  WHERE r.statement IS NOT NULL AND r.first_seen >= $since
  RETURN r.first_seen AS reported, s.name AS subject, type(r) AS relation, o.name AS object, r.status AS status,
         r.sources AS sources, r.evidence AS evidence, r.statement AS key
  UNION ALL
  MATCH (s:Entity)<-[:SUBJECT]-(c:Claim)-[:OBJECT]->(o)
  WHERE c.first_seen >= $since OR c.last_seen >= $since
  RETURN c.last_seen AS reported, s.name AS subject, c.predicate AS relation, o.name AS object, c.status AS status,
         c.sources AS sources, c.evidence AS evidence, c.id AS key
}
RETURN reported, subject, relation, object, status, sources, evidence
ORDER BY reported DESC, subject, relation, object, key
LIMIT $limit
