# %% [markdown]
# # 05 Tipping points and hysteresis
#
# **Question: can one and the same estate come to rest in a good state as well as in a bad one, where is the edge between them, and does
# support that lifted an estate have to stay for ever?**

# %%
# %matplotlib inline
import sim

# %% [markdown]
# ## The map
#
# Estates of one type start at different collection rates, under different amounts of added income for the company, and are left
# alone until they settle. All runs have one seed (seed 1), so that the map is one draw of luck; `seeds` takes more. The lines are the fixed points of the mean-field map, the points are agent-based runs.

# %%
with sim.progress_bar() as progress:
    found = sim.tipping("vicious_cycle", types=["commodity"], low=0.0, high=0.4, values=4, months=240, hold=12,
                        estates=10, households=100, progress=progress)

# %%
sim.charts.bifurcation(found).figure

# %%
found.widths

# %% [markdown]
# ## There and back
#
# Now the same estates live through a rise of the support and then its fall, step by step. If the way back is not the way out, the
# past of an estate matters: that is hysteresis.

# %%
sim.charts.hysteresis(found).figure

# %%
loop = found.loops.assign(gap=found.loops["back"] - found.loops["out"])
loop.round(3).style.format("{:.3f}", subset=["out", "back", "gap"]).set_caption("One draw, seed 1")

# %% [markdown]
# ## What was learned

# %%
for sentence in found.sentences():
    print(sentence)

# %% [markdown]
# * Where two states are stable, the starting point decides: two estates alike in everything may end at opposite ends. The
#   amount that *prevents* a fall is then smaller than the amount that *reverses* one, so acting early is cheap.
# * Where the loop stays open on the way back, support that comes for a time can do for good what it did; where it closes, its end
#   is the end of the effect. The chart says which holds where, for this type of estate.
# * The mean-field map is for understanding. It leaves out luck, differences between owners and companies that leave; where it and
#   the runs differ, believe the runs.
# * A start that was still moving when the runs ended widens the range: the sentences above count them. More `months` settles it.
