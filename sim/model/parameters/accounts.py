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
        note="0: amounts are as they were paid; every budget, price and wage of the model is nominal",
    ),
    P(
        "accounts.discount_rate",
        0.08,
        0.0,
        0.5,
        "per year",
        plausible=(0.04, 0.08),
        note="8 % is recommended for public projects in China (Economic Evaluation of Construction Projects, 3rd ed., "
        "2006; SL 72-2013 also allows 6 %); relayed by a textbook",
    ),
)
