"""A run: its charts, the told life of one estate, its report and its commands; it is made by
`sim.runner`, read by `sim.results`."""
