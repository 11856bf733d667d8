"""A city of one's own, from a table of its estates."""
