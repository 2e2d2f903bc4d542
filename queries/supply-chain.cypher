// purpose: The suppliers and customers of an organisation
// param: organization (entity) — the organisation
// column: organization — name of the organisation
// column: side — supplier or customer: what the other is to it
// column: other — name of the other
// column: product — what is supplied, where told
// column: amount — amount as printed, where told
// column: date — when, at the precision told
// column: evidence — the best sentence
// example: kg query supply-chain -p organization=蓝湖科技
UNWIND $organization AS id
MATCH (o:Entity {id: id})-[r:SUPPLIES]-(x:Entity)
RETURN o.name AS organization, CASE WHEN startNode(r).id = id THEN 'customer' ELSE 'supplier' END AS side,
       x.name AS other, r.product AS product, r.amount AS amount, r.date AS date, r.evidence AS evidence
ORDER BY organization, side, other, product, coalesce(r.date_start, '9999')
