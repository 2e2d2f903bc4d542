// purpose: The posts of a person, current and former
// param: person (entity) — the person; namesakes that were not found to be one person all answer
// column: person — name of the person
// column: person_id — tells namesakes apart
// column: title — the post
// column: organization — where
// column: from — since when, where told
// column: to — until when, where told
// column: current — false where an item says that it is over
// column: last_seen — date of the newest item that says it
// column: evidence — the best sentence
// example: kg query posts -p person=林清
UNWIND $person AS id
MATCH (p:Entity {id: id})-[r:WORKS_FOR]->(o:Entity)
RETURN p.name AS person, p.id AS person_id, r.title AS title, o.name AS organization, r.from AS from, r.to AS to,
       r.status = 'asserted' AS current, r.last_seen AS last_seen, r.evidence AS evidence
ORDER BY person, person_id, current DESC, coalesce(r.from, r.last_seen, '') DESC, organization, title
