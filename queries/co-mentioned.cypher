// purpose: The entities that most often stand in the same items as an entity
// param: entity (entity) — the entity
// param: limit (integer, 20) — rows at most
// column: entity — name of the entity
// column: other — the entity mentioned with it
// column: class — its class
// column: items — how many items mention both
// column: related — whether a statement joins the two
// example: kg query co-mentioned -p entity=蓝湖科技
UNWIND $entity AS id
MATCH (e:Entity {id: id})<-[:MENTIONS]-(i:NewsItem)-[:MENTIONS]->(o:Entity)
WHERE o.id <> e.id
WITH e, o, count(DISTINCT i) AS items
OPTIONAL MATCH (e)-[r]-(o)
WHERE r.statement IS NOT NULL
RETURN e.name AS entity, o.name AS other, o.class AS class, items, count(r) > 0 AS related
ORDER BY items DESC, other
LIMIT $limit
