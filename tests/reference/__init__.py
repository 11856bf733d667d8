"""A second, slow implementation of the month: one Mesa agent an owner, estate, company and committee, no compiled loop.

Written from the description of the model, to be read. It shares with the fast path the starting state, the parameters,
the formulas of one owner's decisions (sim.month.decisions) and the elementary functions (sim.exact), and nothing else:
draws, money, estates, companies, committees and market are written anew.
"""
