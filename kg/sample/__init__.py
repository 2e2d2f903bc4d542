"""A newsletter written for this project, to try the tool on."""
