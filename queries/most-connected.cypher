// purpose: The entities with the most neighbours
// param: class (string, any) — only entities of this class, subclasses included
// param: limit (integer, 20) — rows at most
// column: name — name of the entity
// column: class — its class
// column: neighbours — how many entities it shares a statement with
// column: statements — how many statements
// example: kg query most-connected -p class=Company -p limit=10
MATCH (n:Entity)-[r]-(m:Entity)
WHERE r.statement IS NOT NULL AND ($class IS NULL OR $class IN labels(n))
RETURN n.name AS name, n.class AS class, count(DISTINCT m) AS neighbours, count(r) AS statements
ORDER BY neighbours DESC, statements DESC, name
LIMIT $limit
