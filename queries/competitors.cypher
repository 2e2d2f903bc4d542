// purpose: Whom a company competes with: as told, and those in the same industry
// param: company (entity) — the company
// column: company — name of the company
// column: competitor — name of the other
// column: why — told, or same industry
// column: industries — industries of both
// column: evidence — the sentence, where it is told
// example: kg query competitors -p company=蓝湖科技
UNWIND $company AS id
MATCH (c:Entity {id: id})
CALL {
  WITH c
  MATCH (c)-[r:COMPETES_WITH]-(o:Entity)
  RETURN o, 'told' AS why, [] AS industries, r.evidence AS evidence
  UNION
  WITH c
  MATCH (c)-[:OPERATES_IN]->(i:Entity)<-[:OPERATES_IN]-(o:Entity)
  WHERE o.id <> c.id
  WITH o, i ORDER BY i.name
  RETURN o, 'same industry' AS why, collect(DISTINCT i.name) AS industries, null AS evidence
}
RETURN c.name AS company, o.name AS competitor, why, industries, evidence
ORDER BY company, why DESC, competitor
