"""What the draws of a scenario have, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="draws",
    results=("repeated:Repeated",),
    load="sim.results.saved:load_found",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="repeated:sentences_of",
    warnings="repeated:warnings_of",
    shown="repeated:shown",
    reproduce="repeated:again",
    charts={"fan": Chart("fan:fan", "fan:fan_alt")},
    functions={"Repeated": "repeated:Repeated", "repeat": "repeated:repeat"},
    saved={"draws": "repeated:Repeated"},
    sheets="sheets:sheets_of",
)
