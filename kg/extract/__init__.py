"""From a news item to what it says. A pure function of the item, the ontology and the wordings."""
