# %% [markdown]
# # 07 A budget and a package
#
# **Question: with two million yuan a year for a city of a hundred estates, which programmes should be bought, in what order and with
# what part of the money, and does the answer survive what we do not know?**

# %%
# %matplotlib inline
import tempfile

import sim

YEARLY = 2_000_000

# %% [markdown]
# ## The search
#
# A menu of generic programmes; for each, whether to buy it, from which month, and with what weight in the budget. Packages are
# judged by three things at once: what they cost, how many estates are out of the cycle, and how satisfied the worst-off tenth of
# households are. There is no single best: the front holds what nothing else beats in all three.
#
# The seeds that chose the packages flatter them. So the front is scored again on seeds that the search never saw, and those
# figures are shown: means over five fresh seeds; `searched_out_of_cycle` is what the search had seen. `gain` is how many more estates are out of
# the cycle than with nothing bought, as a share of all: its mean, the interval of that mean (`gain_low`, `gain_high`; rough with five seeds),
# and the lowest and highest of the five pairs (`gain_range_low`, `gain_range_high`: what may happen). `public_cost` holds what state-owned companies lose more because
# of a package (`state_owned`), which is in no yearly budget.
#
# Then the packages of the front are tried on futures drawn from the plausible ranges of unmeasured parameters.

# %%
with tempfile.TemporaryDirectory() as folder, sim.progress_bar() as progress:
    found = sim.budget("small_city", YEARLY, trials=16, replications=2, stress=4, fresh=5, months=72, folder=folder, progress=progress)

# %%
sim.charts.pareto(found).figure

# %%
front = found.front_table
gains = ["gain", "gain_low", "gain_high", "gain_range_low", "gain_range_high"]
front[["package", "public_cost", "state_owned_losses", "out_of_cycle", *gains, "searched_out_of_cycle", "worst_decile_satisfaction", "fiscal_spending_dearest_year", "what"]].style.format(
    {"public_cost": "{:,.0f}", "state_owned_losses": "{:,.0f}", "fiscal_spending_dearest_year": "{:,.0f}", "out_of_cycle": "{:.0%}", "searched_out_of_cycle": "{:.0%}",
     "worst_decile_satisfaction": "{:.0%}"} | dict.fromkeys(gains, "{:+.1%}")).hide(axis="index")

# %% [markdown]
# ## What was learned

# %%
for sentence in found.sentences():
    print(sentence)

# %%
steps = front.assign(more_cost=front["public_cost"].diff(), more_out=front["out_of_cycle"].diff())
steps[["package", "public_cost", "more_cost", "out_of_cycle", "more_out"]].round(3)

# %% [markdown]
# * The last table is the one to argue about: what the next step along the front costs more, and what it gets more (a step may
#   also be for the worst-off tenth alone). These are differences of means over five seeds: a step that is small beside the intervals of
#   `gain` is not known to be one.
# * A budget is a ceiling and not a target. `fiscal_spending_dearest_year` stays below it, and a package may spend far less because staff,
#   eligible estates or assessment run out first. `public_cost` may lie above it: losses of state-owned companies are no line of the budget.
# * The recommended package is the one that does well enough *most often* over plausible futures, which need not be the one that does
#   best under the default parameters.
# * Sixteen packages, two seeds and four futures show the way and no more. For a decision: hundreds of trials,
#   and at least twenty futures (`estate budget` in the command line goes on where it stopped).
