"""What a robustness of plans has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="robustness",
    results=("robust:Robustness",),
    load="sim.results.saved:load_found",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    reproduce="robust:again",
    scenarios="robust:scenarios_of",
    charts={
        "regret": Chart("chart:regret", "words:regret_alt"),
        "failing_region": Chart("chart:failing_region", "words:region_alt"),
    },
    commands="command:add_commands",
    functions={"robust": "robust:robust"},
    saved={
        "robustness": "robust:Robustness",
        "robustness.rule": "robust:Rule",
        "robustness.world": "worlds:World",
        "robustness.variant": "variants:Variant",
        "discovery": "sim.experiments.discovery:Discovery",
        "discovery.box": "sim.experiments.discovery:Box",
        "discovery.side": "sim.experiments.discovery:Side",
        "discovery.tried": "sim.experiments.discovery:Tried",
        "discovery.share": "sim.experiments.discovery:Share",
    },
    sheets="sheets:sheets_of",
)
