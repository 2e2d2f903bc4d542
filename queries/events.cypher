// purpose: What happened in a period
// param: from (date) — first day of the period
// param: to (date-end) — last day of the period
// param: type (string, any) — a class of event such as FundingRound, Acquisition or Conference
// column: date — when, at the precision told; the day of the report where no date is told
// column: event — short name of the event
// column: type — its class
// column: taking_part — entities in its roles
// column: amount — amount, where told
// column: evidence — the best sentence
// example: kg query events -p from=2021-11 -p to=2021-11 -p type=FundingRound
MATCH (e:Event)
WHERE coalesce(e.date_start, e.first_seen) <= $to AND coalesce(e.date_end, e.first_seen) >= $from
  AND ($type IS NULL OR e.class = $type) AND NOT e:Claim
OPTIONAL MATCH (e)-[r]->(x:Entity)
WHERE r.statement IS NULL
WITH e, x ORDER BY x.name
WITH e, collect(DISTINCT x.name) AS taking_part
RETURN coalesce(e.date, e.first_seen) AS date, e.name AS event, e.class AS type, taking_part, e.amount AS amount,
       e.evidence AS evidence
ORDER BY coalesce(e.date_start, e.first_seen), event, e.id
