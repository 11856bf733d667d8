"""What an ablation has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="ablation",
    results=("ablate:Ablation",),
    load="sim.results.saved:load_found",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    shown="words:shown",
    reproduce="ablate:again",
    charts={"ablation_matrix": Chart("chart:ablation_matrix"), "ablation_rows": Chart("chart:ablation_rows")},
    commands="command:add_commands",
    functions={"ablate": "ablate:ablate"},
    saved={"ablation": "ablate:Ablation", "ablation.arm": "ablate:Ablated"},
    sheets="sheets:sheets_of",
)
