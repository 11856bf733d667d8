"""Many runs: studies, comparisons, sensitivity and what is found in them.

A `PlannedRun` is one run (a scenario and a seed), `execute` carries it out and gives its `RunSummary`, and
`run_planned` carries out many on an engine, keeping results in a store where none is ever carried out twice.

    from sim.results.engines import planned_runs_of
    from sim.experiments.workplace import run_planned

    results = run_planned(planned_runs_of(scenario, seeds=range(1, 101)))
    for planned_run, summary in results: ...
"""
