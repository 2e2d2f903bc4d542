// purpose: A shortest chain of statements between two entities
// param: a (entity) — where it begins
// param: b (entity) — where it ends
// param: limit (integer, 1) — how many of the equally short chains
// column: hops — how many statements
// column: names — the entities on the way
// column: relations — the type of each statement
// column: sentences — the best sentence of each statement
// example: kg query path -p a=蓝湖科技 -p b=远山资本
// Only types that join two entities are followed: no news item, no claim, no event node. The list is checked by a test.
UNWIND $a AS a_id
UNWIND $b AS b_id
WITH a_id, b_id
WHERE a_id <> b_id
MATCH (a:Entity {id: a_id}), (b:Entity {id: b_id})
MATCH p = allShortestPaths((a)-[:ACQUIRED|ADVISED_BY|APPLIED_TO_JOIN|ATTENDED|COMPETES_WITH|CONTROLS|DEPOSITARY_OF|DEVELOPED|
           EDUCATED_AT|FOUNDED|GUARANTEES|HEADQUARTERED_IN|HOLDS_STAKE_IN|HOSTED|JOINED|LAUNCHED|
           LED_PROJECT|LICENSED_TO|LISTED_ON|LOCATED_IN|MEMBER_OF|OPERATES_IN|PARTNERS_WITH|PART_OF|
           PENALIZED|PUBLISHED|RAISED_FROM|SIGNED|SPUN_OFF_FROM|SUBSIDIARY_OF|SUED|SUPPLIES|USES|WON|
           WORKS_FOR*..8]-(b))
RETURN length(p) AS hops, [n IN nodes(p) | n.name] AS names, [r IN relationships(p) | type(r)] AS relations,
       [r IN relationships(p) | r.evidence] AS sentences
ORDER BY hops, names, relations
LIMIT $limit
