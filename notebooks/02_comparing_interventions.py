# %% [markdown] lang="en"
# # 02 Comparing interventions
#
# **Question: money, a state-owned fallback, rankings, or a package of several: what does each change, for whom, at what public
# cost, how sure is that, and what is left of it once it ends?**

# %% [markdown] lang="zh"
# # 02 比较措施
#
# **问题：给补贴、国企兜底、红黑榜，或几项措施的组合：各改变什么、对谁、公共成本多少、把握有多大，结束之后还剩下什么？**

# %%
# %matplotlib inline
import math

import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %% [markdown] lang="en"
# ## The same city, the same luck
#
# All scenarios start from the same owners and companies and draw the same luck, estate by estate; they differ only by policy. So
# we look at *paired* differences, which need far fewer runs. A city of 60 estates and six seeds keep this short: six are few, so the
# intervals are rough. `sim.scaled` makes it from the city of 300 with its share of everything that estates divide between them: companies, budgets
# and staff of government, capacities of programmes. (Changing `city.estates` alone would leave them as large as before, and each
# estate would get five times as much.)
#
# Two things are said of every difference: how precisely the *mean* is known (its interval, which shrinks with
# replications) and what may happen in a single city (the range of the pairs, which does not).

# %% [markdown] lang="zh"
# ## 同一座城市，同样的随机扰动
#
# 各情景从相同的业主和企业出发，逐个小区取相同的随机数，只有政策不同。因此看*成对*的差值，所需的运行少得多。为节省时间，这里用60个小区、六个随机种子：
# 六个很少，所以区间是粗略的。`sim.scaled`由300个小区的城市按比例缩成这座城市，凡小区之间分摊的都随之缩小：企业数、各级政府的预算和人手、措施的承接能力。
# （若只改`city.estates`，这些仍与原来一样多，每个小区得到的就是五倍。）
#
# 每个差值说明两件事：*均值*有多准（置信区间，随重复次数增加而变窄），以及单个城市可能出现什么（各对差值的范围，不会变窄）。

# %%
arms = [sim.scaled(name, 60) for name in
        ("vicious_cycle", "subsidy_only", "fallback_only", "rankings_only", "package", "package_reordered")]
with sim.progress_bar() as progress:
    found = sim.compare(*arms, replications=6, progress=progress,
                        outcomes=["cycle_share_last_year", "satisfaction_last_year", "collection_last_year",
                                  "collection_billing_last_year", "public_cost"])
for sentence in found.sentences():
    print(sentence)

# %%
for warning in found.warnings():
    print(warning)

# %%
sim.charts.differences(found).figure

# %% [markdown] lang="en"
# ## Rescued and harmed
#
# A mean can hide estates that a programme makes worse off. Each estate is compared with itself in the city without the programme.
# The table shows the change of the share of estates in the cycle, by type: the mean difference, the interval of that mean (`low`, `high`),
# and the lowest and highest of the six pairs (`range_low`, `range_high`).

# %% [markdown] lang="zh"
# ## 脱困与转差
#
# 均值可能掩盖因措施而转差的小区。每个小区与没有措施的城市中的自己相比。下表是各类型中处于循环的小区占比的变化：平均差值（`difference`）、
# 该均值的置信区间（`low`、`high`），以及六对中的最低值和最高值（`range_low`、`range_high`）。

# %%
sim.charts.rescues(found).figure

# %%
by_type = found.by_type[found.by_type["measure"].str.startswith("cycle")]
by_type[["arm", "type", "measure", "difference", "low", "high", "range_low", "range_high"]].round(3)

# %% [markdown] lang="en"
# ## What it costs
#
# Cost is public cost: the fiscal spending of all tiers, net, and the losses of state-owned companies. Effect is estate-years out of the cycle,
# over the whole run as cost is. `price_low` and `price_high` are the interval of the ratio of means, `price_range_low` and
# `price_range_high` the lowest and highest of single pairs, where every pair has a price.

# %% [markdown] lang="zh"
# ## 成本多少
#
# 成本指公共成本：各级财政净支出加国有企业亏损。效果是脱离循环的小区·年，与成本一样按整个运行计。`price`为每个小区脱离循环一年的成本，
# `price_low`、`price_high`是两个均值之比的区间，`price_range_low`、`price_range_high`是单对中的最低和最高值（每一对都有此值时）。

# %%
sim.charts.plane(found).figure

# %%
found.costs[["arm", "verdict", "cost", "effect", "price", "price_low", "price_high", "price_range_low", "price_range_high"]].round(0)

# %% [markdown] lang="en"
# ## After it ends
#
# Here the subsidy is ended after five years and compared with a city that keeps it and one that never had it.

# %% [markdown] lang="zh"
# ## 结束之后
#
# 这里补贴在五年后结束，与一直保留补贴的城市和从未有过补贴的城市相比。

# %%
with sim.progress_bar() as progress:
    ended = sim.withdrawal_test(sim.scaled("subsidy_only", 60), 60, replications=6, progress=progress)
for sentence in ended.sentences():
    print(sentence)

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
def overlapping(best, name):
    """The other arms whose interval of the mean overlaps that of the one found best."""
    others = found.costs[(found.costs["arm"] != best["arm"]) & (found.costs[f"{name}_low"] <= best[f"{name}_high"])
                         & (found.costs[f"{name}_high"] >= best[f"{name}_low"])]
    return say(", ", "、").join(others["arm"]) or say("no other arm", "无")


def span(low, high):
    """Two ends in words; single pairs have no range where a pair has no price."""
    if math.isnan(low):
        return say("none", "无")
    return say(f"{low:,.0f} upwards", f"{low:,.0f}以上") if not math.isfinite(high) else say(f"{low:,.0f} to {high:,.0f}", f"{low:,.0f}至{high:,.0f}")


runs = len(found.seeds)
cheapest = found.costs.sort_values("price").iloc[0]
largest = found.costs.sort_values("effect").iloc[-1]
of_price, of_pairs = span(cheapest["price_low"], cheapest["price_high"]), span(cheapest["price_range_low"], cheapest["price_range_high"])
print(say(f"Lowest mean cost of an estate-year out of the cycle, of those that have one: {cheapest['arm']}, {cheapest['price']:,.0f} yuan "
          f"(interval of the mean, rough with {runs} seeds: {of_price}; single pairs: {of_pairs}). "
          f"Its interval overlaps that of: {overlapping(cheapest, 'price')}.",
          f"每个小区脱离循环一年的平均成本（有此值的情景中）最低：{cheapest['arm']}，{cheapest['price']:,.0f}元（均值的区间，{runs}个种子，粗略：{of_price}；"
          f"单对：{of_pairs}）。区间与其重叠的：{overlapping(cheapest, 'price')}。"))
of_effect, of_pairs = span(largest["effect_low"], largest["effect_high"]), span(largest["effect_range_low"], largest["effect_range_high"])
print(say(f"Most estate-years out of the cycle on average: {largest['arm']}, {largest['effect']:,.0f} "
          f"(interval of the mean, rough: {of_effect}; single pairs: {of_pairs}). Its interval overlaps that of: {overlapping(largest, 'effect')}.",
          f"脱离循环的小区·年平均最多：{largest['arm']}，{largest['effect']:,.0f}（均值的区间，粗略：{of_effect}；单对：{of_pairs}）。"
          f"区间与其重叠的：{overlapping(largest, 'effect')}。"))
below = found.differences.pivot(index="arm", columns="outcome", values="high") < 0
odd = below[below["cycle_share_last_year"] & below["collection_billing_last_year"]].index
billing = found.differences[found.differences["outcome"] == "collection_billing_last_year"].set_index("arm").loc[odd]
print(say("Fewer estates in the cycle on average and yet a lower mean collection among those that bill (both intervals of the mean lie below "
          f"zero): {', '.join(odd) or 'none'}.",
          f"处于循环的小区平均减少，而仍在收费的小区平均收缴率却下降（两个均值的区间都在零以下）：{'、'.join(odd) or '无'}。"))
for arm, row in (100 * billing[["difference", "low", "high", "range_low", "range_high"]]).iterrows():
    print(say(f"  {arm}: collection among estates that bill {row['difference']:+.1f} points (interval of the mean, rough: {row['low']:+.1f} to "
              f"{row['high']:+.1f}; single pairs: {row['range_low']:+.1f} to {row['range_high']:+.1f}).",
              f"  {arm}：仍在收费的小区收缴率{row['difference']:+.1f}个百分点（均值的区间，粗略：{row['low']:+.1f}至{row['high']:+.1f}；"
              f"单对：{row['range_low']:+.1f}至{row['range_high']:+.1f}）。"))

# %% [markdown] lang="en"
# * What is cheapest and what does most need not be the same programme: decide what an estate-year is worth first
#   (`sim.charts.acceptability(found)` shows how the answer depends on it). A low price of a small effect is no reason to expect the same price of a large one.
# * Which of two is ahead is open where their intervals overlap; the sentences on which arm is best, above, compare them seed by seed.
# * `collection_last_year` is over all estates, with 0 where nobody bills. Collection over estates that bill (`collection_billing_last_year`)
#   misleads if read alone: a fallback at a low fee may lower it while it takes estates out of the cycle, because estates that billed
#   nobody bill again and enter the mean. The lines printed above say whether that happened here.
# * The same programmes in another order are another policy: compare `package` with `package_reordered`.
# * An effect that lasts only as long as the money is dependence, and the withdrawal test says how much of it there is.
# * Neither the intervals nor the ranges above say anything about parameters that nobody has measured: each was held at one value, so the
#   intervals are of the mean over seeds and the ranges contain luck only. See [04](04_what_we_do_not_know.ipynb) and [08](08_a_calibrated_ensemble.ipynb).

# %% [markdown] lang="zh"
# * 最便宜的和效果最大的未必是同一项措施：先决定一个小区·年值多少（`sim.charts.acceptability(found)`显示结论如何随之变化）。
#   小效果的低单价，不能推及大效果。
# * 区间重叠时，两者孰先孰后没有定论；前面关于哪个情景最好的语句是逐个种子比较得出的。
# * `collection_last_year`对全部小区计，无人收费的按0计。只看仍在收费的小区（`collection_billing_last_year`）会误导：低收费的兜底可能使它下降，
#   同时让小区脱离循环，因为原先无人收费的小区重新收费，进入了平均。上面的输出说明这里是否如此。
# * 同样的措施换一个顺序，就是另一项政策：比较`package`与`package_reordered`。
# * 资金一停就消失的效果是依赖，撤出检验说明其中有多少是依赖。
# * 以上区间和范围都不涉及无人测量过的参数：它们各取一个固定值，所以区间是对各种子的均值而言，范围只含随机因素。
#   见[04](04_what_we_do_not_know.zh.ipynb)和[08](08_a_calibrated_ensemble.zh.ipynb)。
