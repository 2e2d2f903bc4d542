"""Named queries, one file each; the header of a file says what it answers."""
