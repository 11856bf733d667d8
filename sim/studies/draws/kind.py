"""What the draws of a scenario have, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="draws",
    results=("repeated:Repeated",),
    sentences="repeated:sentences_of",
    charts={"fan": Chart("fan:fan", "fan:fan_alt")},
    functions={"Repeated": "repeated:Repeated", "repeat": "repeated:repeat"},
)
