"""Draws: one scenario over many seeds, and where a single run lies among them."""
