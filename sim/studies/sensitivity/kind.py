"""What a sensitivity analysis has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="sensitivity",
    results=("sensitivity:Sensitivity",),
    load="sensitivity:load_sensitivity",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    reproduce="sensitivity:again",
    weighs="sim.outputs.report.weighed:shares_of",
    charts={"tornado": Chart("chart:tornado"), "heat_map": Chart("chart:heat_map")},
    commands="command:add_commands",
    functions={"sensitivity": "sensitivity:sensitivity"},
    later=("morris_outcomes", "sobol_outcomes"),
    sheets="sheets:sheets_of",
)
