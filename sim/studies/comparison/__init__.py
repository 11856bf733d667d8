"""Comparison: scenarios run with the same seeds, each with the first; what they change, whom they rescue
and harm, at what price."""
