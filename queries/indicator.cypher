// purpose: An indicator over time, whoever reported it
// param: indicator (string) — words of the indicator
// param: scope (string, any) — only this place or group
// column: indicator — what is measured
// column: scope — the place or group measured
// column: period — ISO 8601 interval, year, half or quarter
// column: value — the number in its unit
// column: unit — the unit as printed
// column: change — signed, with its basis
// column: reporter — who reported it, where told
// column: evidence — the sentence
// example: kg query indicator -p indicator=出货量
MATCH (o:Observation)
WHERE o.indicator CONTAINS $indicator AND ($scope IS NULL OR o.scope CONTAINS $scope)
OPTIONAL MATCH (o)-[:REPORTED_BY]->(i:Entity)
RETURN o.indicator AS indicator, o.scope AS scope, o.period AS period, o.value AS value, o.unit AS unit,
       o.change AS change, i.name AS reporter, o.evidence AS evidence
ORDER BY indicator, scope, coalesce(o.date_start, ''), period, o.id
