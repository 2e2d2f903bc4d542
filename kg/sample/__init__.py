"""A newsletter written for this project, to try the tool on. `python -m kg.sample` shows what becomes of it."""
