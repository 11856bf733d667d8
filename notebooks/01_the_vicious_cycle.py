# %% [markdown] lang="en"
# # 01 The vicious cycle
#
# **Question: if nobody does anything, which residential estates fall into the cycle of unpaid fees, poor service, refusal
# and decay, and which part of the cycle holds them there?**
#
# The city is an ordinary one: 300 estates of four types, ten years, no public programme.

# %% [markdown] lang="zh"
# # 01 恶性循环
#
# **问题：如果什么也不做，哪些小区会陷入“欠费、服务差、拒缴费、失修”的恶性循环？是循环中的哪一环把它们困住？**
#
# 所用的是一座普通城市：四种类型共300个小区，十年，没有任何政府措施。

# %%
# %matplotlib inline
import pandas as pd

import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %% [markdown] lang="en"
# ## Twenty draws
#
# A run is one draw of luck. So the scenario is run with twenty seeds, and what is said of it is said over all of them: the median, and
# how far single draws lie apart.

# %% [markdown] lang="zh"
# ## 二十次抽样
#
# 一次运行只是随机因素的一次抽样。因此用二十个随机种子各运行一次，所述结果都是对全部运行而言：中位数，以及各次运行相差多远。

# %%
with sim.progress_bar() as progress:
    draws = sim.repeat("vicious_cycle", 20, progress=progress)
sim.charts.fan(draws).figure

# %%
for sentence in draws.sentences():
    print(sentence)

# %% [markdown] lang="en"
# The four measures that drive each other, over the same draws.

# %% [markdown] lang="zh"
# 同样这些运行中，互相推动的四项指标。

# %%
sim.charts.fan(draws, series=("collection", "quality", "satisfaction", "condition")).figure

# %% [markdown] lang="en"
# ## Who falls
#
# The share of estates in the cycle (*spiralling* and *collapsed* together) by type: the median of the draws, and their lowest and
# highest. A stage is a reading of the outcomes; no rule of the model looks at it.

# %% [markdown] lang="zh"
# ## 哪些小区陷入循环
#
# 各类型中处于循环的小区占比（*恶性循环*与*瓦解*合计）：各次运行的中位数、最低值和最高值。阶段只是对结果的归类，模型中没有规则依据它行事。

# %%
months = [month for month in (1, 24, 60, draws.months) if month <= draws.months]
types = {name: str(kind.title) for name, kind in sim.load("vicious_cycle").types.items()}
columns = {"lowest": say("lowest", "最低"), "median": say("median", "中位"), "highest": say("highest", "最高")}
by_type = pd.concat({say(f"month {month}", f"第{month}个月"): draws.by_type("cycle", month)[[*columns]].rename(columns=columns) for month in months}, axis=1)
by_type.rename(index=types).style.format("{:.0%}").set_caption(say("Share of estates in the cycle, by type", "处于循环的小区占比，按类型"))

# %% [markdown] lang="en"
# ## One draw, looked at closely
#
# Of the twenty, the one whose share of estates in the cycle lies nearest to the median. Its charts say which draw they are of. Left in the
# first: how many estates stand in which stage. Right: how much of the fee is paid. The mean over estates that bill hides the slide, since
# an estate that collapses bills nobody and leaves that mean; over all estates it counts as nothing paid.

# %% [markdown] lang="zh"
# ## 细看其中一次
#
# 取二十次中循环内小区占比最接近中位数的一次，图上注明是哪一次。第一张图左侧：各阶段各有多少小区；右侧：物业费缴纳了多少。
# 只对仍在收费的小区求平均会掩盖下滑，因为瓦解的小区不再收费，也就退出了这一平均；对全部小区求平均时，它们按未缴计。

# %%
seed = draws.nearest_median("cycle_share_last_year")
with sim.progress_bar() as progress:
    run = sim.run("vicious_cycle", seed=seed, progress=progress)
sim.charts.overview(run).figure

# %% [markdown] lang="en"
# Ribbons are estates that move from one stage to another within a year.

# %% [markdown] lang="zh"
# 色带是一年之内从一个阶段转到另一个阶段的小区。

# %%
sim.charts.stages(run).figure

# %% [markdown] lang="en"
# ## One estate's life
#
# In the same draw, the estate that fell from the best first-year collection among those that ended collapsed: it had something to lose.

# %% [markdown] lang="zh"
# ## 一个小区的经历
#
# 同一次运行中，最终瓦解的小区里第一年收缴率最高的一个：它原本有可失去的东西。

# %%
last = run.estates[run.estates["month"] == run.months].set_index("estate")
first_year = run.estates[run.estates["month"] <= 12].groupby("estate")["collection_rate"].mean()
fallen = first_year[last["stage"] == "collapsed"].dropna()
estate = int(fallen.idxmax()) if len(fallen) else int(first_year.idxmin())
sim.charts.estate_life(run, estate=estate).figure

# %%
run.events[run.events["estate"] == estate][["month", "kind", "cause", "size"]].head(12)

# %% [markdown] lang="en"
# ## Which loop holds them there
#
# The model has loops that can be switched off one at a time: what a loop acts on then stays at its starting value. The
# same seeds are used each time, so the changes are paired. A small city of 100 estates is enough for this.

# %% [markdown] lang="zh"
# ## 哪个循环把它们困住
#
# 模型中的各个循环可以逐一关闭：被关闭的循环所作用的量停在起始值。每次使用相同的随机种子，所以各项变化是成对比较的。用100个小区的小城市就够了。

# %%
with sim.progress_bar() as progress:
    ablation = sim.ablate("small_city", replications=6, pairs=False, progress=progress)
sim.charts.ablation_matrix(ablation).figure

# %%
for sentence in ablation.sentences():
    print(sentence)

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
start, end = (draws.by_type("cycle", month)["median"] for month in (1, draws.months))
first, final, change = say("first month", "第1个月"), say("last month", "最后一个月"), say("change", "变化")
pd.DataFrame({first: start, final: end, change: end - start}).rename(index=types).style.format("{:+.0%}", subset=[change]).format(
    "{:.0%}", subset=[first, final]).set_caption(say("Median over the draws", "各次运行的中位数"))

# %%
share = draws.outcomes["cycle_share_last_year"]
middle, first_seed = pd.Series(share).median(), share[0]
print(say(f"Share of estates in the cycle in the last year, over {len(draws)} draws: {share.min():.0%} to {share.max():.0%}, median "
          f"{middle:.0%}; seed 1 alone would have said {first_seed:.0%}.",
          f"末年处于循环的小区占比，{len(draws)}次运行：{share.min():.0%}至{share.max():.0%}，中位数{middle:.0%}；"
          f"只看种子1会得出{first_seed:.0%}。"))

# %% [markdown] lang="en"
# * The mean of a city hides its cycle: estates part ways, and the table above says which types end up where.
# * Most of what happens to an estate has a date and a cause in `run.events`: a notice, a tender without bidders, a vote that
#   missed its quorum.
# * Which loop is the trap is not a matter of opinion: it is the one without which fewer estates are in the cycle on average. It need
#   not be the same one for every type of estate, and the sentences above say where no single loop, taken away, lowers that beyond doubt.
# * One seed is one story: the line above says how far twenty of them lie apart. What a policy changes on average, and what may happen
#   with it in one city, is the subject of [02](02_comparing_interventions.ipynb), and how far results rest on what nobody has measured that of [04](04_what_we_do_not_know.ipynb).

# %% [markdown] lang="zh"
# * 全市平均值掩盖循环：小区走向两端，上表说明哪些类型最终处于哪里。
# * 小区遭遇的大多数事情在`run.events`中有日期和原因：撤场通知、无人投标的选聘、未达法定比例的表决。
# * 哪个循环是陷阱不靠主观判断：去掉它之后，处于循环的小区平均减少的，就是它。各类型小区的陷阱未必相同；上面的语句也说明了哪些类型去掉任何单个循环都不能确定地降低这一占比。
# * 一个随机种子只是一种经过：上一行说明二十次相差多远。政策平均改变什么、在单个城市中可能出现什么，见[02](02_comparing_interventions.zh.ipynb)；
#   结果在多大程度上取决于无人测量过的数值，见[04](04_what_we_do_not_know.zh.ipynb)。
