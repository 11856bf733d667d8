"""A budget search: what to buy with a yearly sum, and in what order; the Pareto front of packages."""
