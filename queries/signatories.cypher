// purpose: Who signed, applied to join, joined or keeps an agreement
// param: agreement (entity) — the agreement or organisation
// column: agreement — its name
// column: party — name of the party
// column: relation — SIGNED, APPLIED_TO_JOIN, JOINED, MEMBER_OF or DEPOSITARY_OF
// column: date — when, at the precision told
// column: status — asserted, or ended where it is over
// column: evidence — the best sentence
// example: kg query signatories -p agreement=区域贸易协定
UNWIND $agreement AS id
MATCH (a:Entity {id: id})<-[r:SIGNED|APPLIED_TO_JOIN|JOINED|MEMBER_OF|DEPOSITARY_OF]-(p:Entity)
RETURN a.name AS agreement, p.name AS party, type(r) AS relation, r.date AS date, r.status AS status,
       r.evidence AS evidence
ORDER BY agreement, relation, coalesce(r.date_start, '9999'), party
