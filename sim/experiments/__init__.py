"""Many runs: studies, comparisons, sensitivity and what is found in them.

A `Cell` is one run (a scenario and a seed), `execute` carries it out and gives its `RunSummary`, and
`run_cells` carries out many on an engine, keeping results in a store where no run is ever carried out twice.

    from sim.results.engines import cells_of
    from sim.experiments.workplace import run_cells

    results = run_cells(cells_of(scenario, seeds=range(1, 101)))
    for cell, summary in results: ...
"""
