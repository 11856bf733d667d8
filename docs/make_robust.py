"""Make the example of docs/robust.md anew and print what it says in both languages.

    python docs/make_robust.py

About 2,000 runs of a city of 60 estates; those in the store are not run again.
"""

from __future__ import annotations

import sys

import sim

PLANS = ("vicious_cycle", "subsidy_only", "fallback_only")


def main() -> int:
    """Carry the example out and print what it says."""
    found = sim.robust(
        *(sim.scaled(name, 60) for name in PLANS),
        overrides={"city.households": 6000},
        months=48,
        thresholds={"cycle_share": 0.35},
        factors={"types.*.vacancy": (0.02, 0.45)},
        ensemble="calibrated",
        variants={
            "memoryless": {"mechanisms.persistence": False},
            "no_skimming": {"mechanisms.price_basis": False},
        },
        futures=150,
        progress=True,
    )
    for language in ("en", "zh"):
        print(*found.sentences(language), sep="\n")
    for name in ("plans", "worlds"):
        print(found.tables()[name].to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
