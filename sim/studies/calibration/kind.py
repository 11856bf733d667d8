"""What a calibration has, and where.

What it saves is an ensemble, NAME.csv with NAME.json beside it, read by `sim.load_ensemble`; the runs behind
it are in the store and not in that folder, so that no calibration is loaded, reported on or
carried out again from there.
"""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="ensemble",
    results=("calibration:Calibration",),
    load="",
    report="",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    charts={"posterior": Chart("chart:posterior_chart", "chart:alt_of")},
    commands="command:add_commands",
    functions={"calibrate": "calibration:calibrate"},
)
