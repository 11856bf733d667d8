# %% [markdown] lang="en"
# # 07 A budget and a package
#
# **Question: with two million yuan a year for a city of a hundred estates, which programmes should be bought, in what order and with
# what part of the money, and does the answer survive what we do not know?**

# %% [markdown] lang="zh"
# # 07 预算与组合
#
# **问题：一座一百个小区的城市每年有两百万元，应当采取哪些措施、按什么顺序、各用多少钱？考虑到未知的部分，答案还成立吗？**

# %%
# %matplotlib inline
import tempfile

import sim

sim.use_language("en")
YEARLY = 2_000_000

# %% [markdown] lang="en"
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
# of a package (`state_owned_losses`), which is in no yearly budget.
#
# Then the packages of the front are tried on futures drawn from the plausible ranges of unmeasured parameters.

# %% [markdown] lang="zh"
# ## 搜索
#
# 有一份通用措施的清单；对每项措施决定是否采取、从哪个月开始、占预算多大比重。组合同时按三项评判：成本、脱离循环的小区有多少、处境最差的十分之一住户满意度如何。
# 没有唯一的最好：前沿上是在三项上都不被其他组合超过的。
#
# 选出组合的那些种子会高估它们。因此前沿上的组合用搜索没有见过的种子重新评分，显示的是这些数字：五个新种子的均值；`searched_out_of_cycle`是搜索时所见。
# `gain`是与什么也不采取相比，脱离循环的小区增加的占比：均值、均值的区间（`gain_low`、`gain_high`，五个种子，粗略），以及五对中的最低和最高值
# （`gain_range_low`、`gain_range_high`：可能出现的情形）。`public_cost`含国有企业因该组合多出的亏损（`state_owned_losses`），这不在任何年度预算之内。
#
# 然后把前沿上的组合放到由未实测参数的合理范围抽出的各种未来中检验。

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
     "worst_decile_satisfaction": "{:.0%}"} | dict.fromkeys(gains, "{:+.1%}"), na_rep="–").hide(axis="index")

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
for sentence in found.sentences():
    print(sentence)

# %%
steps = front.assign(more_cost=front["public_cost"].diff(), more_out=front["out_of_cycle"].diff())
steps[["package", "public_cost", "more_cost", "out_of_cycle", "more_out", *gains]].round(3)

# %% [markdown] lang="en"
# * The last table is the one to argue about: what the next step along the front costs more, and what it gets more (a step may
#   also be for the worst-off tenth alone). These are differences of means over five seeds: where the intervals of `gain` of two steps overlap, the step
#   is not known to be one.
# * Whether the search was worth its runs stands among the sentences: beside packages drawn at random it may not be told apart with so few trials.
# * A budget is a ceiling and not a target. `fiscal_spending_dearest_year` stays below it, and a package may spend far less because staff,
#   eligible estates or assessment run out first. `public_cost` may lie above it: losses of state-owned companies are no line of the budget.
# * The recommended package is the one that does well enough *most often* over plausible futures, which need not be the one that does
#   best under the default parameters.
# * Sixteen packages, two seeds and four futures show the way and no more. For a decision: hundreds of trials,
#   and at least twenty futures (`estate budget` in the command line goes on where it stopped).

# %% [markdown] lang="zh"
# * 最后一张表值得讨论：沿前沿再走一步，多花多少、多得多少（有的一步只对处境最差的十分之一有利）。这些是五个种子均值之差：两步的`gain`区间重叠时，
#   不能说这一步有所改善。
# * 搜索是否值得，见上面的语句：试得这么少，未必能与随机抽出的组合区分开。
# * 预算是上限，不是目标。`fiscal_spending_dearest_year`不超过它；人手、符合条件的小区或考核先用尽时，组合的支出可能少得多。
#   `public_cost`可以高于它：国有企业亏损不列入预算。
# * 推荐的组合是在各种合理的未来中*最经常*足够好的一个，未必是在默认参数下最好的一个。
# * 十六个组合、两个种子、四种未来只说明做法。用于决策时：试数百个组合，至少二十种未来（命令`estate budget`可从中断处继续）。
