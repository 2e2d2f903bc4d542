// purpose: Other organisations that an organisation is tied to by people with posts in both
// param: organization (entity) — the organisation
// column: organization — name of the organisation
// column: person — the person in both
// column: title — the post here
// column: other — the other organisation
// column: other_title — the post there
// example: kg query interlocks -p organization=蓝湖科技
UNWIND $organization AS id
MATCH (o:Entity {id: id})<-[r:WORKS_FOR]-(p:Person)-[s:WORKS_FOR]->(x:Entity)
WHERE x.id <> o.id
RETURN o.name AS organization, p.name AS person, r.title AS title, x.name AS other, s.title AS other_title
ORDER BY organization, person, other, title, other_title
