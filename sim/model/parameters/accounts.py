"""How public money of different years is added up; no rule of the model reads these."""

from sim.model.parameters.registry import Parameter as P

ACCOUNTS = (
    P(
        "accounts.inflation",
        0.0,
        -0.1,
        0.5,
        "per year",
        plausible=(0.0, 0.03),
    ),
    P(
        "accounts.discount_rate",
        0.08,
        0.0,
        0.5,
        "per year",
        plausible=(0.04, 0.08),
    ),
)
