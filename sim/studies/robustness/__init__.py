"""How robust plans are: regret and satisficing over worlds, and where each plan fails."""
