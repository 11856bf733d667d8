"""What a run has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="run",
    results=("sim.results.run:Run",),
    load="sim.results.run:load_run",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    scenarios="plan_words:scenarios_of",
    shown="words:shown",
    charts={
        "overview": Chart("chart:overview", "chart:overview_alt"),
        "cycle": Chart("chart:cycle", "chart:cycle_alt"),
        "ladder": Chart("chart:ladder", "chart:ladder_alt"),
        "stages": Chart("stages:stages", "stages:stages_alt"),
        "map": Chart("stages:estate_map", "stages:estate_map_alt", public="estate_map"),
        "money": Chart("chart:money", "chart:money_alt"),
        "modes": Chart("chart:modes", "chart:modes_alt"),
        "estate_life": Chart("life:estate_life", "life:estate_life_alt", needs=("estate",)),
    },
    commands="command:add_commands",
    sheets="sheets:sheets_of",
    functions={"diff": "diff:diff"},
)
