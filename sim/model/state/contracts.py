"""The kinds of service contract under which a company holds an estate, and what may end one, as
codes for the compiled phases."""

from __future__ import annotations

# none: nobody holds it, or it was not yet said; early: of the developer; term: chosen by owners, for a term;
# open: gone on without one
CONTRACTS = ("none", "early", "term", "open")
NO_CONTRACT, EARLY, TERM, OPEN = range(4)
# what is under way in an estate (column `process`)
NO_PROCESS, NOTICE, DISMISSAL = range(3)
