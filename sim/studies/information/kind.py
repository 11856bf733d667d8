"""What a value of information has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="information",
    results=("information:Information",),
    load="sim.results.saved:load_found",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    reproduce="information:again",
    scenarios="information:scenarios_of",
    charts={"worth_knowing": Chart("chart:worth_knowing")},
    commands="command:add_commands",
    functions={"value_of_information": "information:value_of_information"},
    saved={"information": "information:Information", "information.row": "information:Known"},
    sheets="sheets:sheets_of",
)
