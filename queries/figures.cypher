// purpose: The figures that an institution reported
// param: institution (entity) — who reported them
// param: indicator (string, any) — only indicators that contain these words
// column: institution — name of the institution
// column: indicator — what is measured
// column: scope — the place or group measured
// column: period — ISO 8601 interval, year, half or quarter
// column: value — the number in its unit
// column: unit — the unit as printed
// column: change — signed, with its basis
// column: evidence — the sentence
// example: kg query figures -p institution=国家统计局
UNWIND $institution AS id
MATCH (i:Entity {id: id})<-[:REPORTED_BY]-(o:Observation)
WHERE $indicator IS NULL OR o.indicator CONTAINS $indicator
RETURN i.name AS institution, o.indicator AS indicator, o.scope AS scope, o.period AS period, o.value AS value,
       o.unit AS unit, o.change AS change, o.evidence AS evidence
ORDER BY institution, indicator, scope, coalesce(o.date_start, ''), period, o.id
