// purpose: What the graph holds: nodes by class and relationships by type
// column: kind — node or relationship
// column: name — class of entity or event, base label of others, type of relationship
// column: count — how many
// example: kg query overview
CALL {
  MATCH (n)
  WHERE NOT n:Projection
  RETURN 'node' AS kind, coalesce(n.class, head(labels(n))) AS name, count(*) AS count
  UNION ALL
  MATCH ()-[r]->()
  RETURN 'relationship' AS kind, type(r) AS name, count(*) AS count
}
RETURN kind, name, count
ORDER BY kind, count DESC, name
