// purpose: What is told of an entity, in order of time
// param: entity (entity) — the entity
// column: date — when, at the precision told; the day of the report where no date is told
// column: what — type of the statement, or class of the event
// column: status — asserted, ended, planned, rumoured, denied or cancelled
// column: others — the other entities
// column: evidence — the best sentence
// example: kg query timeline -p entity=蓝湖科技
UNWIND $entity AS id
CALL {
  WITH id
  MATCH (e:Entity {id: id})-[r]-(o)
  WHERE r.statement IS NOT NULL AND r.event IS NULL
  RETURN coalesce(r.date, r.first_seen) AS date, coalesce(r.date_start, r.first_seen) AS day, type(r) AS what,
         r.status AS status, [o.name] AS others, r.evidence AS evidence, r.statement AS key
  UNION
  WITH id
  MATCH (e:Entity {id: id})<-[r]-(v:Event)
  WHERE r.statement IS NULL
  WITH DISTINCT id, v
  OPTIONAL MATCH (v)-[s]->(x:Entity)
  WHERE s.statement IS NULL AND x.id <> id
  WITH v, x ORDER BY x.name
  WITH v, collect(DISTINCT x.name) AS names
  RETURN coalesce(v.date, v.first_seen) AS date, coalesce(v.date_start, v.first_seen) AS day, v.class AS what,
         v.status AS status, names AS others, v.evidence AS evidence, v.id AS key
  UNION
  WITH id
  MATCH (e:Entity {id: id})<-[:SUBJECT|OBJECT]-(c:Claim)-[:SUBJECT|OBJECT]->(o)
  WHERE c.event IS NULL
  RETURN coalesce(c.date, c.first_seen) AS date, coalesce(c.date_start, c.first_seen) AS day, c.predicate AS what,
         c.status AS status, [o.name] AS others, c.evidence AS evidence, c.id AS key
}
RETURN date, what, status, others, evidence
ORDER BY coalesce(day, ''), what, key
