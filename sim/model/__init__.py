"""The model: everything that decides a number of a run, hashed as a whole, and
nothing that a reader is told."""
