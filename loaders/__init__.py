"""Loaders: each turns one kind of source into news items. Found through the entry-point group `kg.loaders`."""
