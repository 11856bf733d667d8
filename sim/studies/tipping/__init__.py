"""Tipping: where estates of a type can rest as a lever moves, how wide the trap is,
and the point of no return."""
