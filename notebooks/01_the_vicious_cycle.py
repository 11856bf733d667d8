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

# %%
with sim.progress_bar() as progress:
    run = sim.run("vicious_cycle", seed=1, progress=progress)
run

# %% [markdown]
# ## Ten years in one picture
#
# Left: how many estates stand in which stage. A stage is a reading of the outcomes; no rule of the model looks at it. *Spiralling* and
# *collapsed* together are "in the cycle". Right: how much of the fee is paid. The mean over estates that bill hides the slide, since
# an estate that collapses bills nobody and leaves that mean; over all estates it counts as nothing paid.

# %%
sim.charts.overview(run).figure

# %% [markdown]
# The four measures that drive each other. Lines are means weighted by households, bands run from the 10th to the 90th percentile of
# estates.

# %%
sim.charts.cycle(run).figure

# %% [markdown]
# ## Who falls
#
# Ribbons are estates that move from one stage to another within a year.

# %%
sim.charts.stages(run).figure

# %%
in_cycle = run.estates["stage"].isin(["spiralling", "collapsed"])
by_type = run.estates.assign(in_cycle=in_cycle).groupby(["type", "month"], observed=True)["in_cycle"].mean().unstack("month")
years = by_type[[month for month in (1, 24, 60, run.months) if month in by_type]]
years.rename(columns=lambda month: f"month {month}").style.format("{:.0%}").set_caption("Share of estates in the cycle, by type")

# %% [markdown]
# ## One estate's life
#
# The estate that fell from the best first-year collection among those that ended collapsed: it had something to lose.

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
start, end = by_type[1], by_type[run.months]
pd.DataFrame({"first month": start, "last month": end, "change": end - start}).style.format("{:+.0%}", subset=["change"]).format(
    "{:.0%}", subset=["first month", "last month"])

# %% [markdown]
# * The mean of a city hides its cycle: estates part ways, and the table above says which types end up where.
# * Most of what happens to an estate has a date and a cause in `run.events`: a notice, a tender without bidders, a vote that
#   missed its quorum. Falling takes years; the events come late.
# * Which loop is the trap is not a matter of opinion: it is the one without which fewer estates are in the cycle. It need not be
#   the same one for every type of estate, and where no single loop does it, several hold the estate together.
# * One seed is one story. How far results differ by luck is the subject of [02](02_comparing_interventions.ipynb), and how far they
#   rest on what nobody has measured that of [04](04_what_we_do_not_know.ipynb).
