# %% [markdown] lang="en"
# # 10 An adaptive plan
#
# **Question: a plan may wait for a sign instead of a date, and rest when it is no longer needed. Does that save money, what does waiting cost, and
# until when is one plan good enough to be changed for another?**

# %% [markdown] lang="zh"
# # 10 随情况调整的方案
#
# **问题：方案可以不按日期、而等出现某种迹象才启动，不再需要时暂停。这样能省钱吗？等待的代价是什么？一个方案到什么时候还够好、还来得及改行另一个？**

# %%
# %matplotlib inline
import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %% [markdown] lang="en"
# ## Two plans of the same measure
#
# State-owned companies take over estates without a manager in a city of 60 estates: once from month 13 on, and once only while government *sees* a need.
# A condition is data: a figure, a level and for how many months in a row. It starts when the reported share of estates in the cycle has been 35 % or more for three
# months, rests below 25 % and goes on at 35 %. Reports are late and have errors, so that it starts late. No source states such levels: they are choices.

# %% [markdown] lang="zh"
# ## 同一措施的两个方案
#
# 在60个小区的城市中，国有企业接管无人管理的小区：一个方案从第13个月起，另一个只在政府*看到*有需要时才做。条件是数据：一个指标、一个界限、连续几个月。
# 上报的循环内小区占比连续三个月不低于35%时启动，低于25%时暂停，回到35%时恢复。上报有滞后和误差，所以启动会晚。没有来源给出这样的界限：它们是选择。

# %%
base = sim.scaled("vicious_cycle", 60)
fallback = {"kind": "soe_fallback", "start": 13, "capacity": 0.4}
conditions = {"start": {"measure": "in_cycle", "at_least": 0.35, "months": 3},
              "pause": {"measure": "in_cycle", "below": 0.25, "months": 3},
              "resume": {"measure": "in_cycle", "at_least": 0.35, "months": 3}}
by_date = sim.with_programmes(base, fallback, name="by_date")
by_sign = sim.with_programmes(base, fallback | {"when": conditions}, name="by_sign")

# %% [markdown] lang="en"
# When it starts, rests and goes on in one draw (`size`: the figure seen then; of the start, how many estates it may aim at):

# %% [markdown] lang="zh"
# 在一次运行中，它何时启动、暂停和恢复（`size`为当时看到的数值；启动时为可作用的小区数）：

# %%
with sim.progress_bar() as progress:
    run = sim.run(by_sign, seed=1, progress=progress)
run.events[run.events["kind"].astype(str).str.startswith("programme_")][["month", "kind", "cause", "size"]]

# %% [markdown] lang="en"
# ## What waiting changes
#
# Twelve seeds, paired. `low` and `high` are the interval of the mean, `range_low` and `range_high` the lowest and highest of the pairs.

# %% [markdown] lang="zh"
# ## 等待改变了什么
#
# 十二个种子，成对比较。`low`、`high`为均值的区间，`range_low`、`range_high`为各对中的最低和最高值。

# %%
with sim.progress_bar() as progress:
    found = sim.compare(base, by_date, by_sign, replications=12, progress=progress,
                        outcomes=["cycle_share_last_year", "collection_last_year", "public_cost"])
sim.charts.differences(found).figure

# %%
found.costs[["arm", "verdict", "cost", "effect", "price", "price_low", "price_high", "price_range_low", "price_range_high"]].round(0)

# %% [markdown] lang="en"
# ## Until when each plan is good enough
#
# Good enough is here, by choice, that no more than 40 % of estates are in the cycle over twelve months. For every plan the month in which that ceases, and whether one can still change to another then, or
# a year before, so that it is good enough again within two years.

# %% [markdown] lang="zh"
# ## 各方案到何时还够好
#
# 这里把“够好”定为：十二个月平均，处于循环的小区不超过40%。这是一种选择。对每个方案给出何时不再够好，以及那时或提前一年改行另一方案，能否在两年内重新够好。

# %%
with sim.progress_bar() as progress:
    paths = sim.pathways(base, by_date, by_sign, good_while="cycle_share_last_year <= 0.4", replications=12, progress=progress)
paths.plot("metro_map")

# %%
for sentence in paths.sentences():
    print(sentence)

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
for sentence in found.sentences():
    print(sentence)
less = 100 * (found.paired("by_sign", "cycle_share_last_year") - found.paired("by_date", "cycle_share_last_year"))
saved = (found.paired("by_date", "public_cost") - found.paired("by_sign", "public_cost")) / 1e4
price = found.costs.set_index("arm")
apart = price.loc["by_sign", "price_low"] > price.loc["by_date", "price_high"] or price.loc["by_sign", "price_high"] < price.loc["by_date", "price_low"]
print(say(f"Beside the date, the sign leaves {less.min():+.1f} to {less.max():+.1f} points more estates in the cycle in the last year, and costs {saved.min() / 100:.1f} to {saved.max() / 100:.1f} million yuan less a run "
          f"(single pairs, {len(found.seeds)} seeds). What an estate-year out of the cycle costs is {'told apart' if apart else 'not told apart'} between the two (intervals of the mean).",
          f"与按日期相比，按迹象使末年处于循环的小区多{less.min():+.1f}至{less.max():+.1f}个百分点，每次运行少花{saved.min():,.0f}至{saved.max():,.0f}万元"
          f"（单对，{len(found.seeds)}个种子）。每个小区脱离循环一年的成本，两者{'可以区分' if apart else '不能区分'}（均值的区间）。"))

# %% [markdown] lang="en"
# * A plan that waits spends less partly because it does less and later. Compare what an estate-year out of the cycle costs before you call it cheaper; the last line says whether the two can be told apart.
# * Waiting has a price of its own: the sign is a *reported* figure, late and flattered, and what falls meanwhile is dearer to lift ([05](05_tipping_points.ipynb)).
# * Two levels (start at 35 %, rest below 25 %) keep a noisy figure from turning a programme on and off.
# * What is "good enough" decides every month above: try several thresholds. A switch that few runs can judge is said to be so; that is no evidence that it is closed.
# * A signpost is worth watching only if it comes in time oftener than for nothing and does better than the calendar.
# * More: `docs/reacting-plans.md` and `docs/pathways.md`.

# %% [markdown] lang="zh"
# * 等待的方案花得少，部分是因为做得少、做得晚。称它更便宜之前，先比较每个小区脱离循环一年的成本；最后一行说明两者能否区分。
# * 等待本身有代价：迹象是*上报*的数字，滞后且经过粉饰，其间下滑的小区扭转起来更贵（[05](05_tipping_points.zh.ipynb)）。
# * 两个界限分开（35%启动、低于25%暂停），以免有波动的指标使措施时开时停。
# * “够好”的定义决定上面的每一个月份：应试几个界限。能够判断的运行太少时会注明，这并不证明改行已经来不及。
# * 预警指标只有及时出现多于误报、并且比看日历更好时，才值得关注。
# * 详见`docs/zh/reacting-plans.md`和`docs/zh/pathways.md`。
