// purpose: Acquisitions in a period
// param: from (date, 0001) — first day of the period
// param: to (date-end, 9999) — last day of the period
// column: date — when, at the precision told; the day of the report where no date is told
// column: buyer — who bought
// column: target — what was bought
// column: stake — share in percent, where told
// column: amount — price as printed, where told
// column: sources — independent origins
// column: evidence — the best sentence
// example: kg query acquisitions -p from=2021 -p to=2021
MATCH (a:Entity)-[r:ACQUIRED]->(b:Entity)
WHERE coalesce(r.date_start, r.first_seen) <= $to AND coalesce(r.date_end, r.first_seen) >= $from
RETURN coalesce(r.date, r.first_seen) AS date, a.name AS buyer, b.name AS target, r.stake AS stake, r.amount AS amount,
       r.sources AS sources, r.evidence AS evidence
ORDER BY coalesce(r.date_start, r.first_seen) DESC, buyer, target
