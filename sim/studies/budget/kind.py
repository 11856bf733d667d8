"""What a budget search has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="budget",
    results=("budget:BudgetSearch",),
    load="sim.results.saved:load_found",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="report:sentences_of",
    shown="report:shown",
    reproduce="budget:again",
    beforehand="report:beforehand",
    charts={"pareto": Chart("chart:pareto")},
    commands="command:add_commands",
    files={"budget": "budget:BudgetStudy", "menu": "menu:Menu"},
    functions={"budget": "budget:budget"},
    saved={
        "budget": "budget:BudgetSearch",
        "budget.bought": "menu:Bought",
        "budget.failing": "stress:Failing",
        "budget.rival": "rivals:Rival",
        "budget.rescored": "package_value:Rescored",
        "budget.stress": "stress:Stress",
        "budget.valued": "package_value:Valued",
    },
    sheets="sheets:sheets_of",
)
