"""SPARQL: the ledger's triples in a store beside it, and queries that cannot outrun their limits or call out."""
