// purpose: Reports, white papers and policies that an institution published
// param: publisher (entity, any) — who published them
// param: from (date, 0001) — first day of the period
// param: to (date-end, 9999) — last day of the period
// column: publisher — name of the publisher
// column: report — name of the report
// column: date — when, at the precision told; the day of the report where no date is told
// column: evidence — the best sentence
// example: kg query reports -p publisher=国家统计局
MATCH (d:Report)<-[r:PUBLISHED]-(p:Entity)
WHERE (size($publisher) = 0 OR p.id IN $publisher)
  AND coalesce(r.date_start, r.first_seen, '0001') <= $to AND coalesce(r.date_end, r.first_seen, '9999') >= $from
RETURN p.name AS publisher, d.name AS report, coalesce(r.date, r.first_seen) AS date, r.evidence AS evidence
ORDER BY coalesce(r.date_start, r.first_seen, '') DESC, publisher, report
