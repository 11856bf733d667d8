"""A second, slow implementation of the month: one Mesa agent an owner, estate, company and
committee, no compiled loop.

Written from docs/model.md, to be read. It shares with the fast path the starting state, the parameters, the
names by which luck is addressed and the elementary functions (sim.model.exact), and nothing else: what an
owner decides (formulas.py), draws, money, estates, companies, committees and market are written anew.
"""
