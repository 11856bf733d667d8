"""Kinds of result, one folder each: what computes it, its tables, words, charts,
section of a report and command.

A folder with a file `kind.py` is a kind of result; nothing else names it. See `sim.kinds`, and
docs/architecture.md for how to add one.
"""
