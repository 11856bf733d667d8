"""What pathways have, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="pathways",
    results=("pathways:Pathways",),
    load="sim.results.saved:load_found",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    reproduce="pathways:again",
    scenarios="pathways:scenarios_of",
    charts={
        "metro_map": Chart("chart:metro_map", alt="words:alt_of_map"),
        "good_enough": Chart("chart:good_enough", alt="words:alt_of_months"),
    },
    commands="command:add_commands",
    functions={"pathways": "pathways:pathways"},
    saved={
        "pathways": "pathways:Pathways",
        "pathways.path": "pathways:Pathway",
        "pathways.signpost": "signposts:Signpost",
        "pathways.threshold": "threshold:Threshold",
    },
    sheets="sheets:sheets_of",
)
