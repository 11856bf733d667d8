# %% [markdown]
# # 03 Five cities
#
# **Question: what would the programmes that five Chinese places reported have changed, in the model, compared with the same place
# without them?**
#
# The scenarios take starting states and programmes from what each place reported. What it reported as an *outcome* is never an
# input. Every figure says whether it is reported, derived or assumed.

# %%
# %matplotlib inline
import pandas as pd

import sim

PLACES = ("xianning", "pingdingshan", "gaotang", "weihai", "wuhan_hanyang")

# %%
scenarios = {name: sim.load(name) for name in PLACES}
pd.DataFrame([{"place": scenario.title.en, "estates": scenario.city.estates, "months": scenario.months,
               "programmes": len(scenario.interventions), "reported": sum(f.status == "reported" for f in scenario.figures),
               "derived": sum(f.status == "derived" for f in scenario.figures),
               "assumed": sum(f.status == "assumed" for f in scenario.figures)} for scenario in scenarios.values()])

# %% [markdown]
# ## Each place with and without its programmes
#
# The comparison is with the same place, same owners and same luck, but no programme. Places are not compared with each other: they
# start elsewhere, and differ in length and in what is known about them.

# %%
WANTED = {"cycle_share_last_year": "in the cycle", "nominal_end": "nominal coverage", "charging_end": "charging coverage",
          "professional_end": "professional coverage", "satisfaction_last_year": "satisfaction"}
found = {}
for name, scenario in scenarios.items():
    without = sim.with_programmes(scenario, keep=False, name=f"{name}_without")
    with sim.progress_bar() as progress:
        found[name] = sim.compare(without, scenario, replications=5, outcomes=list(WANTED), progress=progress)

# %%
together = pd.concat([comparison.differences for comparison in found.values()])
together["outcome"] = together["outcome"].map(WANTED)
table = together.set_index(["arm", "outcome"])[["baseline_mean", "arm_mean", "difference", "low", "high"]]
table = table.rename(columns={"baseline_mean": "without", "arm_mean": "with"})
table.style.format("{:.1%}").format("{:+.1%}", subset=["difference", "low", "high"])

# %% [markdown]
# ## The ladder of coverage
#
# "Full coverage" may mean any of four things: somebody manages in name; fees are charged; a company serves at a professional
# standard; income covers cost. In the figure, Hanyang, over twenty draws of its luck.

# %%
with sim.progress_bar() as progress:
    hanyang = sim.repeat("wuhan_hanyang", 20, progress=progress)
sim.charts.fan(hanyang, series=("nominal", "charging", "professional", "break_even")).figure

# %% [markdown]
# Who bore the cost, in one draw: the one whose public cost lies nearest to the median of the twenty.

# %%
with sim.progress_bar() as progress:
    run = sim.run("wuhan_hanyang", seed=hanyang.nearest_median("public_cost"), progress=progress)
sim.charts.money(run).figure

# %%
cost = hanyang.table()["public_cost"] / 1e6
print(f"Public cost over {len(hanyang)} draws: median {cost.median():.1f} million yuan ({cost.min():.1f} to {cost.max():.1f}).")

# %% [markdown]
# ## What was learned

# %%
changes = table["difference"].unstack("outcome")
changes.sort_values("in the cycle").style.format("{:+.1%}")

# %%
cycle = table.xs("in the cycle", level="outcome")
sure = cycle[(cycle["high"] < 0) | (cycle["low"] > 0)].index
print(f"The share of estates in the cycle changes beyond luck in {len(sure)} of {len(cycle)} places: {', '.join(sure) or 'none'}.")
for place, row in changes.iterrows():
    print(f"{place}: nominal coverage {row['nominal coverage']:+.1%}, charging {row['charging coverage']:+.1%}, "
          f"professional {row['professional coverage']:+.1%}.")

# %% [markdown]
# * Somebody managing in name is the lowest rung. How far the rungs above it move differs from place to place: the lines above compare
#   them, and say in how many places the change of the cycle is beyond luck.
# * Part of what a place reports would have happened anyway, and part of what it did shows only against the place without
#   it: a before-and-after figure is not an effect.
# * A place about which little was reported rests on assumptions: read the first table before the last one, and
#   `estate describe NAME` for every figure.
# * Five replications make rough intervals. For a decision use more, and go through [04](04_what_we_do_not_know.ipynb).
