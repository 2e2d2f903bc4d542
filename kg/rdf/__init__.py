"""RDF that comes in: reading it safely, making of it what the ledger keeps."""
