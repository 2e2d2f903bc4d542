// purpose: Who owns, controls or founded an organisation, and what it owns: one step up and one down
// param: organization (entity) — the organisation
// column: owner — the owner, controller, founder or parent
// column: relation — ACQUIRED, HOLDS_STAKE_IN, CONTROLS, FOUNDED, SUBSIDIARY_OF, PART_OF or SPUN_OFF_FROM
// column: owned — what is owned or founded
// column: stake — share in percent, where told
// column: date — when, at the precision told
// column: status — asserted, or ended where it is over
// column: evidence — the best sentence
// example: kg query ownership -p organization=蓝湖科技
UNWIND $organization AS id
MATCH (o:Entity {id: id})-[r:ACQUIRED|HOLDS_STAKE_IN|CONTROLS|FOUNDED|SUBSIDIARY_OF|PART_OF|SPUN_OFF_FROM]-(x:Entity)
WITH r, startNode(r) AS s, endNode(r) AS e, type(r) IN ['SUBSIDIARY_OF', 'PART_OF', 'SPUN_OFF_FROM'] AS upward
RETURN CASE WHEN upward THEN e.name ELSE s.name END AS owner, type(r) AS relation,
       CASE WHEN upward THEN s.name ELSE e.name END AS owned, r.stake AS stake, r.date AS date, r.status AS status,
       r.evidence AS evidence
ORDER BY relation, owner, owned, coalesce(r.date_start, '9999')
