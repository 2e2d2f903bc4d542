"""The graph that a user queries: a projection of the ledger onto an engine."""
