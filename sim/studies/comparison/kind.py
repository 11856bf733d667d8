"""What a comparison has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="comparison",
    results=("comparison:Comparison",),
    load="saved:load_comparison",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    reproduce="saved:again",
    scenarios="saved:scenarios_of",
    charts={
        "differences": Chart("chart:differences", "chart:shown_by_month"),
        "rescues": Chart("chart:rescues"),
        "gains": Chart("gains_chart:gains", "gains_chart:shown_gains"),
        "plane": Chart("chart:plane", "chart:priced"),
        "standing": Chart("standing_chart:standing", "decision_words:shown_standing"),
        "acceptability": Chart("chart:acceptability", "chart:priced"),
    },
    commands="command:add_commands",
    sheets="sheets:sheets_of",
    functions={
        "Adaptive": "compare:Adaptive",
        "Decide": "decision:Decide",
        "compare": "compare:compare",
        "withdrawal_test": "withdrawal:withdrawal_test",
    },
)
