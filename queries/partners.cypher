// purpose: Whom an organisation works with
// param: organization (entity) — the organisation
// column: organization — name of the organisation
// column: partner — name of the partner
// column: partner_class — its class
// column: field — what they work on together, where told
// column: kind — kind of partnership, where told
// column: date — when, at the precision told
// column: status — asserted, or ended where it is over
// column: evidence — the best sentence
// example: kg query partners -p organization=蓝湖科技
UNWIND $organization AS id
MATCH (o:Entity {id: id})-[r:PARTNERS_WITH]-(p:Entity)
RETURN o.name AS organization, p.name AS partner, p.class AS partner_class, r.field AS field, r.kind AS kind,
       r.date AS date, r.status AS status, r.evidence AS evidence
ORDER BY organization, coalesce(r.date_start, '9999') DESC, partner, field
