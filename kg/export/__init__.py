"""What leaves the tool: RDF, GraphML, tables."""
