# %% [markdown]
# # 01 The vicious cycle
#
# **Question: if nobody does anything, which residential estates fall into the cycle of unpaid fees, poor service, refusal
# and decay, and which part of the cycle holds them there?**
#
# The city is an ordinary one: 300 estates of four types, ten years, no public programme.

# %%
# %matplotlib inline
import pandas as pd

import sim

# %% [markdown]
# ## Twenty draws
#
# A run is one draw of luck. So the scenario is run with twenty seeds, and what is said of it is said over all of them: the median, and
# how far single draws lie apart.

# %%
with sim.progress_bar() as progress:
    draws = sim.repeat("vicious_cycle", 20, progress=progress)
sim.charts.fan(draws).figure

# %%
for sentence in draws.sentences():
    print(sentence)

# %% [markdown]
# The four measures that drive each other, over the same draws.

# %%
sim.charts.fan(draws, series=("collection", "quality", "satisfaction", "condition")).figure

# %% [markdown]
# ## Who falls
#
# The share of estates in the cycle (*spiralling* and *collapsed* together) by type: the median of the draws, and their lowest and
# highest. A stage is a reading of the outcomes; no rule of the model looks at it.

# %%
months = [month for month in (1, 24, 60, draws.months) if month <= draws.months]
by_type = pd.concat({month: draws.by_type("cycle", month)[["lowest", "median", "highest"]] for month in months}, axis=1)
by_type.rename(columns=lambda month: f"month {month}", level=0).style.format("{:.0%}").set_caption("Share of estates in the cycle, by type")

# %% [markdown]
# ## One draw, looked at closely
#
# Of the twenty, the one whose share of estates in the cycle lies nearest to the median. Its charts say which draw they are of. Left in the
# first: how many estates stand in which stage. Right: how much of the fee is paid. The mean over estates that bill hides the slide, since
# an estate that collapses bills nobody and leaves that mean; over all estates it counts as nothing paid.

# %%
seed = draws.nearest_median("cycle_share_last_year")
with sim.progress_bar() as progress:
    run = sim.run("vicious_cycle", seed=seed, progress=progress)
sim.charts.overview(run).figure

# %% [markdown]
# Ribbons are estates that move from one stage to another within a year.

# %%
sim.charts.stages(run).figure

# %% [markdown]
# ## One estate's life
#
# In the same draw, the estate that fell from the best first-year collection among those that ended collapsed: it had something to lose.

# %%
last = run.estates[run.estates["month"] == run.months].set_index("estate")
first_year = run.estates[run.estates["month"] <= 12].groupby("estate")["collection_rate"].mean()
fallen = first_year[last["stage"] == "collapsed"].dropna()
estate = int(fallen.idxmax()) if len(fallen) else int(first_year.idxmin())
sim.charts.estate_life(run, estate=estate).figure

# %%
run.events[run.events["estate"] == estate][["month", "kind", "cause", "size"]].head(12)

# %% [markdown]
# ## Which loop holds them there
#
# The model has loops that can be switched off one at a time: what a loop acts on then stays at its starting value. The
# same seeds are used each time, so the changes are paired. A small city is enough for this.

# %%
with sim.progress_bar() as progress:
    ablation = sim.ablate("small_city", replications=6, pairs=False, progress=progress)
sim.charts.ablation_matrix(ablation).figure

# %%
for sentence in ablation.sentences():
    print(sentence)

# %% [markdown]
# ## What was learned

# %%
start, end = (draws.by_type("cycle", month)["median"] for month in (1, draws.months))
pd.DataFrame({"first month": start, "last month": end, "change": end - start}).style.format("{:+.0%}", subset=["change"]).format(
    "{:.0%}", subset=["first month", "last month"]).set_caption("Median over the draws")

# %%
share = draws.outcomes["cycle_share_last_year"]
print(f"Share of estates in the cycle in the last year, over {len(draws)} draws: {share.min():.0%} to {share.max():.0%}, median "
      f"{pd.Series(share).median():.0%}; seed 1 alone would have said {share[0]:.0%}.")

# %% [markdown]
# * The mean of a city hides its cycle: estates part ways, and the table above says which types end up where.
# * Most of what happens to an estate has a date and a cause in `run.events`: a notice, a tender without bidders, a vote that
#   missed its quorum. Falling takes years; the events come late.
# * Which loop is the trap is not a matter of opinion: it is the one without which fewer estates are in the cycle on average. It need
#   not be the same one for every type of estate, and where no single loop does it, several hold the estate together.
# * One seed is one story: the line above says how far twenty of them lie apart. What a policy changes on average, and what may happen
#   with it in one city, is the subject of [02](02_comparing_interventions.ipynb), and how far results rest on what nobody has measured that of [04](04_what_we_do_not_know.ipynb).
