"""What a tipping map has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="tipping",
    results=("tipping:Tipping",),
    load="sim.results.saved:load_found",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    shown="words:shown",
    reproduce="tipping:again",
    charts={"bifurcation": Chart("chart:bifurcation"), "hysteresis": Chart("chart:hysteresis")},
    commands="command:add_commands",
    files={"tipping": "tipping:TippingStudy"},
    functions={"tipping": "tipping:tipping"},
    saved={
        "tipping": "tipping:Tipping",
        "tipping.delayed": "no_return:Delayed",
        "tipping.lever": "levers:Lever",
        "tipping.loop": "tipping:Loop",
        "tipping.no_return": "no_return:NoReturn",
        "tipping.settled": "resting_states:Settled",
        "tipping.settling": "resting_states:Settling",
        "tipping.trial": "resting_states:Trial",
        "tipping.type": "tipping:TypeMap",
        "tipping.width": "resting_states:Width",
    },
    sheets="sheets:sheets_of",
)
