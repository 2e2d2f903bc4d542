"""Training of what ships in `kg/extract/models`: from annotated passages and licensed corpora to plain weights."""
