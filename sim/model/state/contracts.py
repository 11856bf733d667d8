"""The kinds of service contract under which a company holds an estate, and what may end one, as
codes for the compiled phases."""

from __future__ import annotations

# none: nobody holds it, or it was not yet said; early: of the developer; term: chosen by owners, for a term;
# open: gone on without one
CONTRACTS = ("none", "early", "term", "open")
NO_CONTRACT, EARLY, TERM, OPEN = range(4)
# how the company is paid: a lump sum, of which it keeps what it does not spend (包干制), or out of the
# owners' account, at their gain and loss, with a part for itself (酬金制)
BASES = ("lump_sum", "remuneration")
LUMP_SUM, REMUNERATION = range(2)
# what is under way in an estate (column `process`)
NO_PROCESS, NOTICE, DISMISSAL = range(3)
