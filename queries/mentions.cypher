// purpose: The items that mention an entity, newest first
// param: entity (entity) — the entity
// column: entity — name of the entity
// column: published — date of the item
// column: headline — its title
// column: source — the file or feed
// column: section — its section, where it has one
// column: item — its id
// example: kg query mentions -p entity=蓝湖科技
UNWIND $entity AS id
MATCH (e:Entity {id: id})<-[:MENTIONS]-(i:NewsItem)
RETURN e.name AS entity, i.published AS published, i.headline AS headline, i.source AS source, i.section AS section,
       i.id AS item
ORDER BY entity, coalesce(published, '') DESC, item
