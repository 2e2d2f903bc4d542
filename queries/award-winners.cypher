// purpose: Who won an award, with institution and project
// param: award (entity, any) — the award
// param: institution (entity, any) — only winners that are this institution, or hold or held a post there
// param: year (integer, any) — year of the award
// column: award — name of the award
// column: year — its year
// column: winner — name of the winner
// column: winner_class — Person, Organization, Project …
// column: institutions — the winner itself where it is an organisation, else where the winner has or had a post
// column: project — what it was given for, where told
// column: rank — class or prize, such as 一等奖
// column: evidence — the best sentence
// example: kg query award-winners -p award=国家科技进步奖 -p year=2020
MATCH (a:Award)<-[r:WON]-(w:Entity)
WHERE (size($award) = 0 OR a.id IN $award) AND ($year IS NULL OR r.year = $year)
OPTIONAL MATCH (w)-[:WORKS_FOR]->(o:Entity)
WITH a, r, w, o ORDER BY o.name, o.id
WITH a, r, w, collect(DISTINCT o.id) AS ids, collect(DISTINCT o.name) AS names
WITH a, r, w, CASE WHEN w:Organization THEN [w.id] ELSE ids END AS ids,
     CASE WHEN w:Organization THEN [w.name] ELSE names END AS institutions
WHERE size($institution) = 0 OR any(i IN ids WHERE i IN $institution)
RETURN a.name AS award, r.year AS year, w.name AS winner, w.class AS winner_class, institutions, r.project AS project,
       r.rank AS rank, r.evidence AS evidence
ORDER BY award, year DESC, rank, winner, project
