// purpose: Who builds on a product or technology
// param: technology (entity) — the product or technology
// column: technology — name of the product or technology
// column: user — the organisation, product or project that uses it
// column: user_class — its class
// column: date — when, at the precision told
// column: evidence — the best sentence
// example: kg query users -p technology=星河芯片
UNWIND $technology AS id
MATCH (t:Entity {id: id})<-[r:USES]-(u:Entity)
RETURN t.name AS technology, u.name AS user, u.class AS user_class, r.date AS date, r.evidence AS evidence
ORDER BY technology, user, coalesce(r.date_start, '9999')
