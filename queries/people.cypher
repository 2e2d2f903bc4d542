// purpose: The people of an organisation, current and former, founders included
// param: organization (entity) — the organisation
// column: organization — name of the organisation
// column: person — name of the person
// column: relation — WORKS_FOR or FOUNDED
// column: title — the post, where it is one
// column: from — since when, where told
// column: to — until when, where told
// column: current — false where an item says that it is over
// column: evidence — the best sentence
// example: kg query people -p organization=蓝湖科技
UNWIND $organization AS id
MATCH (o:Entity {id: id})<-[r:WORKS_FOR|FOUNDED]-(p:Person)
RETURN o.name AS organization, p.name AS person, type(r) AS relation, r.title AS title, r.from AS from, r.to AS to,
       r.status = 'asserted' AS current, r.evidence AS evidence
ORDER BY organization, current DESC, relation DESC, person, title
