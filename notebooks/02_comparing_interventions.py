# %% [markdown]
# # 02 Comparing interventions
#
# **Question: money, a state-owned fallback, rankings, or a package of several: what does each change, for whom, at what public
# cost, how sure is that, and what is left of it once it ends?**

# %%
# %matplotlib inline
import math

import sim

# %% [markdown]
# ## The same city, the same luck
#
# All scenarios start from the same owners and companies and draw the same luck, estate by estate; they differ only by policy. So
# we look at *paired* differences, which need far fewer runs. A city of 60 estates and six seeds keep this short: six are few, so the
# intervals are rough. Two things are said of every difference: how precisely the *mean* is known (its interval, which shrinks with
# replications) and what may happen in a single city (the range of the pairs, which does not).

# %%
with sim.progress_bar() as progress:
    found = sim.compare("vicious_cycle", "subsidy_only", "fallback_only", "rankings_only", "package", "package_reordered",
                        replications=6, overrides={"city.estates": 60}, progress=progress,
                        outcomes=["cycle_share_last_year", "satisfaction_last_year", "collection_last_year",
                                  "collection_billing_last_year", "public_cost"])
for sentence in found.sentences():
    print(sentence)

# %%
for warning in found.warnings():
    print(warning)

# %%
sim.charts.differences(found).figure

# %% [markdown]
# ## Rescued and harmed
#
# A mean can hide estates that a programme makes worse off. Each estate is compared with itself in the city without the programme.
# The table shows the change of the share of estates in the cycle, by type: the mean difference, the interval of that mean (`low`, `high`),
# and the lowest and highest of the six pairs (`range_low`, `range_high`).

# %%
sim.charts.rescues(found).figure

# %%
by_type = found.by_type[found.by_type["measure"].str.startswith("cycle")]
by_type[["arm", "type", "measure", "difference", "low", "high", "range_low", "range_high"]].round(3)

# %% [markdown]
# ## What it costs
#
# Cost is public cost: the fiscal spending of all tiers, net, and the losses of state-owned companies. Effect is estate-years out of the cycle,
# over the whole run as cost is. `price_low` and `price_high` are the interval of the ratio of means, `price_range_low` and
# `price_range_high` the lowest and highest of single pairs, where every pair has a price.

# %%
sim.charts.plane(found).figure

# %%
found.costs[["arm", "verdict", "cost", "effect", "price", "price_low", "price_high", "price_range_low", "price_range_high"]].round(0)

# %% [markdown]
# ## After it ends
#
# Here the subsidy is ended after five years and compared with a city that keeps it and one that never had it.

# %%
with sim.progress_bar() as progress:
    ended = sim.withdrawal_test("subsidy_only", 60, replications=6, overrides={"city.estates": 60}, progress=progress)
for sentence in ended.sentences():
    print(sentence)

# %% [markdown]
# ## What was learned

# %%
def overlapping(best, name):
    """The other arms whose interval of the mean overlaps that of the one found best."""
    others = found.costs[(found.costs["arm"] != best["arm"]) & (found.costs[f"{name}_low"] <= best[f"{name}_high"])
                         & (found.costs[f"{name}_high"] >= best[f"{name}_low"])]
    return ", ".join(others["arm"]) or "no other arm"


def span(low, high):
    """Two ends in words; single pairs have no range where a pair has no price."""
    return "none" if math.isnan(low) else f"{low:,.0f} upwards" if not math.isfinite(high) else f"{low:,.0f} to {high:,.0f}"


runs = len(found.seeds)
cheapest = found.costs.sort_values("price").iloc[0]
largest = found.costs.sort_values("effect").iloc[-1]
print(f"Lowest mean cost of an estate-year out of the cycle, of those that have one: {cheapest['arm']}, {cheapest['price']:,.0f} yuan "
      f"(interval of the mean, rough with {runs} seeds: {span(cheapest['price_low'], cheapest['price_high'])}; "
      f"single pairs: {span(cheapest['price_range_low'], cheapest['price_range_high'])}). "
      f"Its interval overlaps that of: {overlapping(cheapest, 'price')}.")
print(f"Most estate-years out of the cycle on average: {largest['arm']}, {largest['effect']:,.0f} "
      f"(interval of the mean, rough: {span(largest['effect_low'], largest['effect_high'])}; "
      f"single pairs: {span(largest['effect_range_low'], largest['effect_range_high'])}). "
      f"Its interval overlaps that of: {overlapping(largest, 'effect')}.")
below = found.differences.pivot(index="arm", columns="outcome", values="high") < 0
odd = below[below["cycle_share_last_year"] & below["collection_billing_last_year"]].index
billing = found.differences[found.differences["outcome"] == "collection_billing_last_year"].set_index("arm").loc[odd]
print("Fewer estates in the cycle on average and yet a lower mean collection among those that bill (both intervals of the mean lie below "
      f"zero): {', '.join(odd) or 'none'}.")
for arm, row in billing.iterrows():
    print(f"  {arm}: collection among estates that bill {100 * row['difference']:+.1f} points (interval of the mean, rough: {100 * row['low']:+.1f} to "
          f"{100 * row['high']:+.1f}; single pairs: {100 * row['range_low']:+.1f} to {100 * row['range_high']:+.1f}).")

# %% [markdown]
# * What is cheapest and what does most need not be the same programme: decide what an estate-year is worth first
#   (`sim.charts.acceptability(found)` shows how the answer depends on it).
# * Which of two is ahead is open where their intervals overlap; the sentences on which arm is best, above, compare them seed by seed.
# * `collection_last_year` is over all estates, with 0 where nobody bills. Collection over estates that bill (`collection_billing_last_year`)
#   misleads if read alone: a fallback at a low fee may lower it while it takes estates out of the cycle, because estates that billed
#   nobody bill again and enter the mean. The lines printed above say whether that happened here.
# * The same programmes in another order are another policy: compare `package` with `package_reordered`.
# * An effect that lasts only as long as the money is dependence, and the withdrawal test says how much of it there is.
# * Neither the intervals nor the ranges above say anything about parameters that nobody has measured: each was held at one value, so the
#   intervals are of the mean over seeds and the ranges contain luck only. See [04](04_what_we_do_not_know.ipynb) and [08](08_a_calibrated_ensemble.ipynb).
