// purpose: What is planned or rumoured, and did not happen yet
// param: about (entity, any) — only what this entity has a part in
// column: claim — what is said; a statement that follows from an event listed here is not listed again
// column: kind — property or class of event
// column: status — planned or rumoured
// column: about — entities that it is about
// column: date — the date told
// column: reported — date of the item
// column: confidence — in (0, 1]
// column: evidence — the best sentence
// example: kg query planned -p about=蓝湖科技
MATCH (c:Claim)-[r]->(x:Entity)
WHERE c.status IN ['planned', 'rumoured'] AND r.statement IS NULL
WITH c, x ORDER BY x.name, x.id
WITH c, collect(DISTINCT x.id) AS ids, collect(DISTINCT x.name) AS about
OPTIONAL MATCH (e:Event {id: c.event})
WITH c, e, ids, about
WHERE (e IS NULL OR NOT e:Claim) AND (size($about) = 0 OR any(i IN ids WHERE i IN $about) OR c.id IN $about)
RETURN c.name AS claim, coalesce(c.predicate, c.class) AS kind, c.status AS status, about, c.date AS date,
       coalesce(c.last_seen, c.first_seen) AS reported, c.confidence AS confidence, c.evidence AS evidence
ORDER BY coalesce(c.last_seen, c.first_seen, '') DESC, claim, c.id
