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
WHERE o.id <> id
// An item mentions an entity once. Grouping by ids, and asking of the few that are shown, is many times faster.
WITH id, o.id AS key, o.name AS other, count(*) AS items
ORDER BY items DESC, other, key
LIMIT $limit
MATCH (e:Entity {id: id})
MATCH (o:Entity {id: key})
RETURN e.name AS entity, other, o.class AS class, items,
       EXISTS { (e)-[r]-(o) WHERE r.statement IS NOT NULL } AS related
ORDER BY items DESC, other, key
