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
# The comparison is with the same place, same owners and same luck, but no programme, over five seeds. Five are few: the interval says only
# roughly how precisely a mean is known, and the lowest and highest of five pairs hold a sixth in two cases of three. Places are not compared with each other: they
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
table = together.set_index(["arm", "outcome"])[["baseline_mean", "arm_mean", "difference", "low", "high", "range_low", "range_high"]]
table = table.rename(columns={"baseline_mean": "without", "arm_mean": "with", "low": "mean from", "high": "mean to",
                              "range_low": "lowest pair", "range_high": "highest pair"})
points = ["difference", "mean from", "mean to", "lowest pair", "highest pair"]
(100 * table).style.format("{:.1f}").format("{:+.1f}", subset=points).set_caption(
    "Shares in per cent and their differences in points. Mean from, to: 95% interval of the mean difference (rough: five seeds). "
    "Lowest, highest pair: what may happen.")

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
(100 * changes).sort_values("in the cycle").style.format("{:+.1f}").set_caption("Mean differences over five seeds, points")

# %%
cycle = table.xs("in the cycle", level="outcome")
sure = cycle[(cycle["mean to"] < 0) | (cycle["mean from"] > 0)].index
alike = cycle[(cycle["highest pair"] < 0) | (cycle["lowest pair"] > 0)].index
print(f"The interval of the mean change of the share of estates in the cycle leaves out zero in {len(sure)} of {len(cycle)} places: "
      f"{', '.join(sure) or 'none'}. All five seeds change it in the same direction in {len(alike)}: {', '.join(alike) or 'none'}.")
for place in changes.index:
    told = [f"{rung} {100 * row['difference']:+.1f} points on average ({100 * row['lowest pair']:+.1f} to {100 * row['highest pair']:+.1f} in single pairs)"
            for rung, row in table.loc[place].iterrows() if rung.endswith("coverage")]
    print(f"{place}: {'; '.join(told)}.")

# %% [markdown]
# * Somebody managing in name is the lowest rung. How far the rungs above it move differs from place to place: the lines above compare
#   them, and say in how many places the interval of the mean change of the cycle leaves out zero, and in how many all five seeds agree.
# * Part of what a place reports would have happened anyway, and part of what it did shows only against the place without
#   it: a before-and-after figure is not an effect.
# * A place about which little was reported rests on assumptions: read the first table before the last one, and
#   `estate describe NAME` for every figure.
# * Five replications make rough intervals and narrow ranges. For a decision use more, and go through [04](04_what_we_do_not_know.ipynb).
