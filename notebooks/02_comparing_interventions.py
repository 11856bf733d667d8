# %% [markdown]
# # 02 Comparing interventions
#
# **Question: money, a state-owned fallback, rankings, or a package of several: what does each change, for whom, at what public
# cost, how sure is that, and what is left of it once it ends?**

# %%
# %matplotlib inline
import sim

# %% [markdown]
# ## The same city, the same luck
#
# All scenarios start from the same owners and companies and draw the same luck, estate by estate; they differ only by policy. So
# we look at *paired* differences, which need far fewer runs. A city of 60 estates and six seeds keep this short.

# %%
with sim.progress_bar() as progress:
    found = sim.compare("vicious_cycle", "subsidy_only", "fallback_only", "rankings_only", "package", "package_reordered",
                        replications=6, overrides={"city.estates": 60}, progress=progress,
                        outcomes=["cycle_share", "satisfaction_last_year", "collection_last_year", "public_cost"])
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
# The table shows the change of the share of estate-months in the cycle, by type of estate.

# %%
sim.charts.rescues(found).figure

# %%
by_type = found.by_type[found.by_type["measure"] == "cycle"]
by_type[["arm", "type", "difference", "low", "high"]].round(3)

# %% [markdown]
# ## What it costs
#
# Cost is public money, net, of all tiers. Effect is estate-years out of the cycle.

# %%
sim.charts.plane(found).figure

# %%
found.costs[["arm", "verdict", "cost", "effect", "price", "price_low", "price_high"]].round(0)

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
cheapest = found.costs.sort_values("price").iloc[0]
largest = found.costs.sort_values("effect").iloc[-1]
print(f"Cheapest estate-year out of the cycle: {cheapest['arm']}, {cheapest['price']:,.0f} yuan "
      f"({cheapest['price_low']:,.0f} to {cheapest['price_high']:,.0f}).")
moved = found.differences.pivot(index="arm", columns="outcome", values="difference")
odd = moved[(moved["cycle_share"] < 0) & (moved["collection_last_year"] < 0)].index.tolist()
print(f"Fewer estates in the cycle and yet lower collection among those that bill: {', '.join(odd) or 'none'}.")
print(f"Most estate-years out of the cycle: {largest['arm']}, {largest['effect']:,.0f} ({largest['effect_low']:,.0f} to {largest['effect_high']:,.0f}).")

# %% [markdown]
# * What is cheapest and what does most need not be the same programme: decide what an estate-year is worth first
#   (`sim.charts.acceptability(found)` shows how the answer depends on it).
# * Collection alone misleads: it is a mean over estates that bill. A fallback at a low fee may lower it while it takes estates out of the
#   cycle, because estates that billed nobody bill again and enter the mean. The line printed above says whether that happened here.
# * The same programmes in another order are another policy: compare `package` with `package_reordered`.
# * An effect that lasts only as long as the money is dependence, and the withdrawal test says how much of it there is.
# * These intervals are of luck only. They say nothing about parameters that nobody has measured: see
#   [04](04_what_we_do_not_know.ipynb) and [08](08_a_calibrated_ensemble.ipynb).
