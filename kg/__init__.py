"""News as a knowledge graph."""
