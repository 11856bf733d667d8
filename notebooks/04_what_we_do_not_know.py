# %% [markdown]
# # 04 Sensitivity and what we do not know
#
# **Question: which of the numbers that nobody has measured decide the result, and how much of what the model says stands whatever
# they are?**

# %%
# %matplotlib inline
import pandas as pd

import sim

# %% [markdown]
# ## What the parameters rest on
#
# Every parameter says where it comes from: *measured* (read off a source), *calibrated* (chosen so that the model meets reported
# patterns) or *assumed*.

# %%
parameters = pd.DataFrame([{"key": p.key, "group": p.group, "status": p.status, "has range": p.plausible is not None}
                           for p in sim.PARAMETERS.values()])
pd.crosstab(parameters["group"], parameters["status"], margins=True)

# %% [markdown]
# ## Screening
#
# The method of Morris changes one parameter at a time from many starting points, over its plausible range. It is cheap and tells
# what matters at all. Here six starting points, one seed each, and the unmeasured parameters of payment, satisfaction and facilities in a small city; leave out `factors`
# for all of them.

# %%
chosen = [p.key for p in sim.PARAMETERS.values()
          if p.status != "measured" and p.plausible and p.group in ("payment", "satisfaction", "condition")]
print(len(chosen), "parameters")

# %%
with sim.progress_bar() as progress:
    found = sim.sensitivity("small_city", "morris", size=6, factors=chosen, replications=1, months=60, progress=progress)
for sentence in found.sentences():
    print(sentence)

# %%
sim.charts.tornado(found).figure

# %%
sim.charts.heat_map(found).figure

# %% [markdown]
# ## Does the conclusion stand?
#
# A number that depends on an assumption is one thing, a *ranking* of policies that depends on it another. We take the parameter
# that moves the result most to both ends of its range and compare two policies there: the change each makes to the share of estates in the
# cycle, over five seeds. `low` and `high` are the interval of the mean (rough), `range_low` and `range_high` the lowest and highest of the pairs.

# %%
main = found.table[found.table["outcome"] == found.outcomes[0]].sort_values("mean_size", ascending=False).iloc[0]
rows, ahead = [], {}
for end in ("low", "high"):
    with sim.progress_bar() as progress:
        pair = sim.compare("vicious_cycle", "subsidy_only", "fallback_only", replications=5, progress=progress,
                           outcomes=["cycle_share_last_year"], overrides={"city.estates": 60, main["parameter"]: main[end]})
    rows.append(pair.differences[["arm", "difference", "low", "high", "range_low", "range_high"]].assign(**{main["parameter"]: main[end]}))
    between = pair.paired("subsidy_only", "cycle_share_last_year") - pair.paired("fallback_only", "cycle_share_last_year")
    ahead[main[end]] = {"subsidy_only": int((between < 0).sum()), "fallback_only": int((between > 0).sum())}
stands = pd.concat(rows, ignore_index=True)
stands.round(3)

# %% [markdown]
# ## What was learned

# %%
for warning in found.warnings():
    print(warning)
screened = found.table[found.table["outcome"] == found.outcomes[0]].set_index("parameter")
rivals = screened.index[(screened["mean_size_high"] >= main["mean_size_low"]) & (screened.index != main["parameter"])]
sizes = found.table[found.table["outcome"] == found.outcomes[0]]["mean_size"].sort_values(ascending=False)
half = (sizes.cumsum() < sizes.sum() / 2).sum() + 1
print(f"Of {len(sizes)} parameters, the first {half} make up half of all movement of {found.outcomes[0]}; the first moves it "
      f"{sizes.iloc[0] / sizes.median():.1f} times as much as the median one.")
print(f"The parameter that moves {found.outcomes[0]} most on average over the trajectories: {main['parameter']}. "
      f"The intervals of {len(rivals)} others reach as far as its own: {', '.join(rivals) or 'none'}.")
for value, more in ahead.items():
    print(f"At {main['parameter']} = {value:g} subsidy_only does more in {more['subsidy_only']} and fallback_only in {more['fallback_only']} of 5 seeds.")
always = [policy for policy in ("subsidy_only", "fallback_only") if all(more[policy] == 5 for more in ahead.values())]
print(f"{always[0]} does more in every seed at both ends of its range." if always else
      "Neither policy does more in every seed at both ends: five seeds do not settle that the ranking stands.")

# %% [markdown]
# * How unequal effects are is printed above, as far as one seed a point shows it. The first few parameters are worth a survey before a decision worth millions; if the
#   evidence allows several values of them, keep them all: [08](08_a_calibrated_ensemble.ipynb).
# * Where the interval of a mean effect is wider than the effect, screening has not settled it: take more trajectories (`size`), more
#   replications, or Sobol indices (`method="both"`).
# * Levels are less trustworthy than differences, and differences less than rankings that stand at both ends of the range.
# * Parameters without a plausible range are held at their values, and are counted in the warning: not varied is not the same as
#   not uncertain.
