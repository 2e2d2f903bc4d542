// purpose: Money raised by industry and currency
// param: from (date, 0001) — rounds of this day or later
// param: to (date-end, 9999) — rounds of this day or earlier
// column: industry — name of the industry
// column: currency — ISO 4217
// column: companies — how many companies
// column: rounds — how many rounds with an amount; items that tell of one round count once
// column: amount_low — sum of the lower bounds, in units of the currency
// column: amount_high — sum of the upper bounds where told, else of the lower ones
// example: kg query funding-by-industry -p from=2021
MATCH (e:FundingRound)-[:COMPANY]->(c:Entity)
WHERE NOT e:Claim AND e.currency IS NOT NULL
  AND coalesce(e.date_start, e.first_seen, '0001') <= $to AND coalesce(e.date_end, e.first_seen, '9999') >= $from
// Grouping by ids is several times faster than by nodes.
WITH c.id AS company, e.currency AS currency, coalesce(e.round, e.date, e.first_seen, '') AS round,
     max(coalesce(e.amount_low, e.amount_high)) AS low, max(coalesce(e.amount_high, e.amount_low)) AS high
WITH company, currency, count(round) AS rounds, sum(low) AS low, sum(high) AS high
MATCH (c:Entity {id: company})-[:OPERATES_IN]->(i:Industry)
RETURN i.name AS industry, currency, count(c) AS companies, sum(rounds) AS rounds, sum(low) AS amount_low,
       sum(high) AS amount_high
ORDER BY amount_high DESC, industry, currency
