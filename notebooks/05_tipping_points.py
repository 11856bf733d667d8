# %% [markdown] lang="en"
# # 05 Tipping points and hysteresis
#
# **Question: can one and the same estate come to rest in a good state as well as in a bad one, where is the edge between them, and does
# support that lifted an estate have to stay for ever?**

# %% [markdown] lang="zh"
# # 05 临界点与滞后
#
# **问题：同一个小区能否既停留在良好状态、也停留在恶劣状态？两者的界限在哪里？使小区好转的支持是否必须一直保留？**

# %%
# %matplotlib inline
import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %% [markdown] lang="en"
# ## The map
#
# Estates of one type, all alike, start at different collection rates, under different amounts of added income for the company, and are left
# alone until they settle. All runs have one seed (seed 1), so that the map is one draw of luck; `seeds` takes more. The lines are the fixed points of the mean-field map, the points are agent-based runs.

# %% [markdown] lang="zh"
# ## 状态图
#
# 同一类型、彼此相同的小区，从不同的收缴率出发，企业得到不同数额的额外收入，然后任其变化直至稳定。所有运行用同一个种子（种子1），因此这是一次抽样；`seeds`可以取多个。
# 线是均值近似（平均场）的稳定水平，点是基于主体的模拟。

# %%
with sim.progress_bar() as progress:
    found = sim.tipping("vicious_cycle", types=["commodity"], low=0.0, high=0.5, values=3, months=240, hold=36,
                        estates=10, households=100, progress=progress)

# %%
sim.charts.bifurcation(found).figure

# %%
found.widths.round(3)

# %% [markdown] lang="en"
# ## There and back
#
# Now the same estates live through a rise of the support and then its fall, three years a step. If the way back is not the way out, the
# past of an estate matters: that is hysteresis.

# %% [markdown] lang="zh"
# ## 去而复返
#
# 现在让同样的小区经历支持逐步增加、再逐步减少，每一步三年。如果回程与去程不同，小区的过去就有影响：这就是滞后。

# %%
sim.charts.hysteresis(found).figure

# %%
loop = found.loops.assign(gap=found.loops["back"] - found.loops["out"])[["type", "lever", "out", "back", "gap"]]
loop.style.format("{:.2f}", subset=["lever", "out", "back", "gap"]).set_caption(say("One draw, seed 1", "一次抽样，种子1"))

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
for sentence in found.sentences():
    print(sentence)
before, after = loop["out"].iloc[0], loop["back"].iloc[0]
print(say(f"Without support the estates collect {before:.0%} of their bills before, and {after:.0%} after support that rose to {loop['lever'].max():g} and was taken away again (one draw, seed 1).",
          f"没有支持时，这些小区事先收缴{before:.0%}；支持升到{loop['lever'].max():g}又全部撤走之后，收缴{after:.0%}（一次抽样，种子1）。"))

# %% [markdown] lang="en"
# * Where two states are stable, the starting point decides: two estates alike in everything may end at opposite ends. The
#   amount that *prevents* a fall is then smaller than the amount that *reverses* one, so acting early is cheap.
# * Where the loop stays open on the way back, support that comes for a time can do for good what it did; where it closes, its end
#   is the end of the effect. The last line says which holds here, for this type of estate, in a world of estates that are all alike and whose companies stay.
# * How long a step lasts matters as much as how high it is: support that is too small or too short lifts nothing, and nothing then stays. Try `high=0.4, hold=12`.
# * The city is not this world: its estates differ, companies leave, contracts end and programmes reach estates late. Whether what a subsidy did stays there is asked in
#   [02](02_comparing_interventions.ipynb), and the answer may be another.
# * The mean-field map is for understanding. It leaves out luck, differences between owners and companies that leave; where it and
#   the runs differ, believe the runs.
# * A start that was still moving when the runs ended widens the range: the sentences above count them. More `months` settles it.

# %% [markdown] lang="zh"
# * 两种状态都稳定时，由起点决定：处处相同的两个小区可以走到相反的两端。此时*防止*下滑所需的支持小于*扭转*所需的，所以早行动成本低。
# * 回程时环路不闭合，一段时间的支持就能一直留下它的作用；闭合，则支持结束时效果也结束。上面最后一行说明这里是哪一种——对这一类型的小区，在小区彼此相同、企业不撤场的条件下。
# * 每一步多长与支持多大同样重要：太小或太短的支持什么也抬不起来，自然也留不下什么。可试`high=0.4, hold=12`。
# * 城市不是这样的世界：小区各不相同，企业会撤场，合同会到期，措施到达小区有先后。补贴的作用在那里是否留得住，见[02](02_comparing_interventions.zh.ipynb)，答案可能不同。
# * 均值近似用于理解。它略去了随机因素、业主之间的差别和企业撤场；与模拟不一致时，以模拟为准。
# * 运行结束时仍在变化的起点使范围变宽，上面的语句给出了个数。增加`months`可以得出结论。
