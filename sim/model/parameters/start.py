"""Parameters of month 0 that no scenario states: how people, committees and funds stand
when the simulation begins."""

from sim.model.parameters.registry import Parameter as P

START = (
    P("start.activism_mean", 0.36, 0, 1, "share"),
    P("start.activism_between", 0.1, 0, 1, "share"),
    P("start.activism_within", 0.15, 0, 1, "share"),
    P("start.activism_least", 0.05, 0, 0.5, "share"),
    P("start.activism_most", 0.9, 0.5, 1, "share"),
    P("start.grievance_legacy", 0.3, 0, 1, "share per unit"),
    P("start.grievance_dissatisfaction", 0.3, 0, 5, "share per unit"),
    P("start.arrears_months", 12, 1, 240, "months"),
    P("start.legacy_spread", 0.5, 0, 1, "relative"),
    P("start.public_revenue_spread", 0.6, 0, 3, "sd of log"),
    P(
        "start.price_follows_cost",
        0.319,
        0,
        1,
        "correlation",
        status="calibrated",
        plausible=(0.0, 0.8),
    ),
    P("start.modes_follow_worth", 1, 0, 1, "correlation", plausible=(0.5, 1.0)),
    P("start.trust", 0.5, 0, 1, "share"),
    P("start.committee_tired", 0.5, 0, 1, "share"),
    P("start.fund_months", 6, 0, 120, "months of income"),
    P("start.reputation", 0.6, 0, 1, "share"),
    P("start.tolerance_least", 3, 1, 120, "months"),
    P("start.threshold_edge", 0.05, 0, 0.5, "share"),
    P("start.condition_least", 0.05, 0, 1, "share"),
    P("start.condition_most", 0.98, 0, 1, "share"),
    P("start.skill_least", 0.3, 0, 1, "share"),
)
