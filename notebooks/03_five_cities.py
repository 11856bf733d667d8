# %% [markdown] lang="en"
# # 03 Five cities
#
# **Question: what would the programmes that five Chinese places reported have changed, in the model, compared with the same place
# without them?**
#
# The scenarios take starting states and programmes from what each place reported. What it reported as an *outcome* is never an
# input. Every figure says whether it is reported, derived or assumed.

# %% [markdown] lang="zh"
# # 03 五个地方
#
# **问题：五个地方报道的措施，与同一地方没有这些措施相比，在模型中改变了什么？**
#
# 情景的起始状态和措施取自各地的报道；各地报道的*结果*从不作为输入。每个数字都注明是报道、推算还是假设。

# %%
# %matplotlib inline
import pandas as pd

import sim

sim.use_language("en")
PLACES = ("xianning", "pingdingshan", "gaotang", "weihai", "wuhan_hanyang")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %%
scenarios = {name: sim.load(name) for name in PLACES}
pd.DataFrame([{say("place", "地方"): str(scenario.title), say("estates", "小区"): scenario.city.estates, say("months", "月数"): scenario.months,
               say("programmes", "措施"): len(scenario.interventions)}
              | {told: sum(figure.status == status for figure in scenario.figures)
                 for status, told in (("reported", say("reported", "报道")), ("derived", say("derived", "推算")), ("assumed", say("assumed", "假设")))}
              for scenario in scenarios.values()], index=PLACES)

# %% [markdown] lang="en"
# ## Each place with and without its programmes
#
# The comparison is with the same place, same owners and same luck, but no programme, over five seeds. Five are few: the interval says only
# roughly how precisely a mean is known, and the lowest and highest of five pairs hold a sixth in two cases of three. Places are not compared with each other: they
# start elsewhere, and differ in length and in what is known about them.

# %% [markdown] lang="zh"
# ## 各地有措施与没有措施
#
# 与同一地方、同样的业主、同样的随机扰动但没有措施的情形相比，五个随机种子。五个很少：区间只大致说明均值有多准，五对的最低和最高值之间，
# 第六对只有三分之二的机会落入。各地之间不作比较：它们起点不同，时间长短和已知的内容也不同。

# %%
WANTED = {"cycle_share_last_year": say("in the cycle", "处于循环"), "nominal_end": say("nominal coverage", "名义覆盖"),
          "charging_end": say("charging coverage", "收费覆盖"), "professional_end": say("professional coverage", "专业化达标覆盖"),
          "satisfaction_last_year": say("satisfaction", "满意度")}
found = {}
for name, scenario in scenarios.items():
    without = sim.with_programmes(scenario, keep=False, name=f"{name}_without")
    with sim.progress_bar() as progress:
        found[name] = sim.compare(without, scenario, replications=5, outcomes=list(WANTED), progress=progress)

# %%
together = pd.concat([comparison.differences for comparison in found.values()])
together["outcome"] = together["outcome"].map(WANTED)
table = together.set_index(["arm", "outcome"])[["baseline_mean", "arm_mean", "difference", "low", "high", "range_low", "range_high"]]
heads = {"baseline_mean": say("without", "没有措施"), "arm_mean": say("with", "有措施"), "difference": say("difference", "差值"),
         "low": say("mean from", "均值区间下端"), "high": say("mean to", "均值区间上端"), "range_low": say("lowest pair", "最低一对"),
         "range_high": say("highest pair", "最高一对")}
points = [heads[name] for name in ("difference", "low", "high", "range_low", "range_high")]
(100 * table).rename(columns=heads).style.format("{:.1f}").format("{:+.1f}", subset=points).set_caption(
    say("Shares in per cent and their differences in points. Mean from, to: 95% interval of the mean difference (rough: five seeds). "
        "Lowest, highest pair: what may happen.",
        "占比（%）及其差值（百分点）。均值区间：平均差值的95%置信区间（五个种子，粗略）。最低、最高一对：可能出现的情形。"))

# %% [markdown] lang="en"
# ## The ladder of coverage
#
# "Full coverage" may mean any of four things: somebody manages in name; fees are charged; a company serves at a professional
# standard; income covers cost. In the figure, Hanyang, over twenty draws of its luck.

# %% [markdown] lang="zh"
# ## 覆盖的阶梯
#
# “全覆盖”可以有四种意思：名义上有人管；收费；企业按专业标准服务；收支平衡。下图是汉阳区二十次抽样的结果。

# %%
with sim.progress_bar() as progress:
    hanyang = sim.repeat("wuhan_hanyang", 20, progress=progress)
sim.charts.fan(hanyang, series=("nominal", "charging", "professional", "break_even")).figure

# %% [markdown] lang="en"
# Who bore the cost, in one draw: the one whose public cost lies nearest to the median of the twenty.

# %% [markdown] lang="zh"
# 谁承担了成本：取二十次中公共成本最接近中位数的一次。

# %%
with sim.progress_bar() as progress:
    run = sim.run("wuhan_hanyang", seed=hanyang.nearest_median("public_cost"), progress=progress)
sim.charts.money(run).figure

# %%
cost = hanyang.table()["public_cost"] / 1e4
print(say(f"Public cost over {len(hanyang)} draws: median {cost.median() / 100:.1f} million yuan ({cost.min() / 100:.1f} to {cost.max() / 100:.1f}).",
          f"{len(hanyang)}次运行的公共成本：中位数{cost.median():,.0f}万元（{cost.min():,.0f}至{cost.max():,.0f}万元）。"))

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
changes = table["difference"].unstack("outcome")
(100 * changes)[[*WANTED.values()]].loc[[*PLACES]].style.format("{:+.1f}").set_caption(
    say("Mean differences over five seeds, points", "五个种子的平均差值，百分点"))

# %%
cycle = table.xs(WANTED["cycle_share_last_year"], level="outcome")
sure = cycle[(cycle["high"] < 0) | (cycle["low"] > 0)].index
alike = cycle[(cycle["range_high"] < 0) | (cycle["range_low"] > 0)].index
print(say(f"The interval of the mean change of the share of estates in the cycle leaves out zero in {len(sure)} of {len(cycle)} places: "
          f"{', '.join(sure) or 'none'}. All five seeds change it in the same direction in {len(alike)}: {', '.join(alike) or 'none'}.",
          f"循环内小区占比的平均变化，其区间不含零的有{len(sure)}个地方（共{len(cycle)}个）：{'、'.join(sure) or '无'}。"
          f"五个种子方向都相同的有{len(alike)}个：{'、'.join(alike) or '无'}。"))
for place in PLACES:
    told = [say(f"{rung} {row['difference']:+.1f} points on average ({row['range_low']:+.1f} to {row['range_high']:+.1f} in single pairs)",
                f"{rung}平均{row['difference']:+.1f}个百分点（单对{row['range_low']:+.1f}至{row['range_high']:+.1f}）")
            for name, rung in WANTED.items() if name.endswith("_end") for row in [100 * table.loc[(place, rung)]]]
    print(say(f"{place}: {'; '.join(told)}.", f"{place}：{'；'.join(told)}。"))

# %% [markdown] lang="en"
# * Somebody managing in name is the lowest rung. How far the rungs above it move differs from place to place: the lines above compare
#   them, and say in how many places the interval of the mean change of the cycle leaves out zero, and in how many all five seeds agree.
# * Part of what a place reports would have happened anyway, and part of what it did shows only against the place without
#   it: a before-and-after figure is not an effect.
# * A place about which little was reported rests on assumptions: read the first table before the last one, and
#   `estate describe NAME` for every figure.
# * Five replications make rough intervals and narrow ranges. For a decision use more, and go through [04](04_what_we_do_not_know.ipynb).

# %% [markdown] lang="zh"
# * 名义上有人管只是最低一级。其上各级变化多少，各地不同：上面几行逐级列出，并说明循环占比的平均变化在几个地方的区间不含零、在几个地方五个种子方向一致。
# * 一地报道的成绩，有一部分本来也会发生；所做的工作，有一部分只有与没有措施的同一地方相比才看得出来：前后对比不是效果。
# * 报道很少的地方建立在假设之上：先看第一张表再看最后一张，每个数字见`estate describe 名称`。
# * 五次重复的区间粗略、范围偏窄。用于决策时应增加重复，并参阅[04](04_what_we_do_not_know.zh.ipynb)。
