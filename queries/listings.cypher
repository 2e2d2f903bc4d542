// purpose: Companies that went public, and where
// param: exchange (entity, any) — only this exchange
// param: from (date, 0001) — first day of the period
// param: to (date-end, 9999) — last day of the period
// column: company — name of the company
// column: exchange — name of the exchange
// column: ticker — its code, where told
// column: amount — money raised as printed, where told
// column: date — when, at the precision told; the day of the report where no date is told
// column: status — asserted, or ended where it was delisted
// column: evidence — the best sentence
// example: kg query listings -p exchange=上海证券交易所 -p from=2021
MATCH (c:Entity)-[r:LISTED_ON]->(x:Entity)
WHERE (size($exchange) = 0 OR x.id IN $exchange)
  AND coalesce(r.date_start, r.first_seen, '0001') <= $to AND coalesce(r.date_end, r.first_seen, '9999') >= $from
RETURN c.name AS company, x.name AS exchange, r.ticker AS ticker, r.amount AS amount,
       coalesce(r.date, r.first_seen) AS date, r.status AS status, r.evidence AS evidence
ORDER BY coalesce(r.date_start, r.first_seen, '') DESC, company, exchange
