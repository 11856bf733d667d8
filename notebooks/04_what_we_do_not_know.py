# %% [markdown] lang="en"
# # 04 Sensitivity and what we do not know
#
# **Question: which of the numbers that nobody has measured decide the result, and how much of what the model says stands whatever
# they are?**

# %% [markdown] lang="zh"
# # 04 敏感性与未知
#
# **问题：无人测量过的数值中，哪些决定结果？无论它们取何值，模型的结论有多少仍然成立？**

# %%
# %matplotlib inline
import pandas as pd

import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %% [markdown] lang="en"
# ## What the parameters rest on
#
# Every parameter says where it comes from: *measured* (read off a source), *calibrated* (chosen so that the model meets reported
# patterns) or *assumed*.

# %% [markdown] lang="zh"
# ## 参数的依据
#
# 每个参数都注明来历：*measured*（实测，取自来源）、*calibrated*（校准，使模型符合报道的模式）或*assumed*（假设）。

# %%
parameters = pd.DataFrame([{"key": p.key, "group": p.group, "status": p.status, "has range": p.plausible is not None}
                           for p in sim.PARAMETERS.values()])
pd.crosstab(parameters["group"], parameters["status"], margins=True)

# %% [markdown] lang="en"
# ## Screening
#
# The method of Morris changes one parameter at a time from many starting points, over its plausible range. It is cheap and tells
# what matters at all. Here six starting points, one seed each, and the unmeasured parameters of payment, satisfaction and facilities in a
# small city; leave out `factors` for all of them.

# %% [markdown] lang="zh"
# ## 筛选
#
# Morris法从多个起点出发，每次在合理范围内改变一个参数。它成本低，能看出哪些参数有影响。这里取六个起点，每个一个种子，参数为小城市中缴费、满意度和设施三组未实测的参数；
# 不写`factors`则为全部参数。

# %%
chosen = [p.key for p in sim.PARAMETERS.values()
          if p.status != "measured" and p.plausible and p.group in ("payment", "satisfaction", "condition")]
print(say(f"{len(chosen)} parameters", f"{len(chosen)}个参数"))

# %%
with sim.progress_bar() as progress:
    found = sim.sensitivity("small_city", "morris", size=6, factors=chosen, replications=1, months=60, progress=progress)
for sentence in found.sentences():
    print(sentence)

# %%
sim.charts.tornado(found).figure

# %%
sim.charts.heat_map(found).figure

# %% [markdown] lang="en"
# ## Does the conclusion stand?
#
# A number that depends on an assumption is one thing, a *ranking* of policies that depends on it another. We take the parameter
# that moves the result most to both ends of its range and compare two policies there: the change each makes to the share of estates in the
# cycle, over six seeds. `low` and `high` are the interval of the mean (rough), `range_low` and `range_high` the lowest and highest of the pairs.

# %% [markdown] lang="zh"
# ## 结论是否成立
#
# 数值取决于假设是一回事，政策的*先后次序*取决于假设是另一回事。取影响最大的参数，放在其范围的两端，在那里比较两项政策：各使处于循环的小区占比改变多少，
# 六个种子。`low`、`high`为均值的区间（粗略），`range_low`、`range_high`为各对中的最低和最高值。

# %%
main = found.table[found.table["outcome"] == found.outcomes[0]].sort_values("mean_size", ascending=False).iloc[0]
cities = [sim.scaled(name, 60) for name in ("vicious_cycle", "subsidy_only", "fallback_only")]
rows, ahead, between = [], {}, {}
for end in ("low", "high"):
    with sim.progress_bar() as progress:
        pair = sim.compare(*cities, replications=6, progress=progress, outcomes=["cycle_share_last_year"],
                           overrides={main["parameter"]: main[end]})
    rows.append(pair.differences[["arm", "difference", "low", "high", "range_low", "range_high"]].assign(**{main["parameter"]: main[end]}))
    more = 100 * (pair.paired("subsidy_only", "cycle_share_last_year") - pair.paired("fallback_only", "cycle_share_last_year"))
    ahead[main[end]] = {"subsidy_only": int((more < 0).sum()), "fallback_only": int((more > 0).sum())}
    between[main[end]] = more
stands = pd.concat(rows, ignore_index=True)
stands.round(3)

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
for warning in found.warnings():
    print(warning)
screened = found.table[found.table["outcome"] == found.outcomes[0]].set_index("parameter")
rivals = screened.index[(screened["mean_size_high"] >= main["mean_size_low"]) & (screened.index != main["parameter"])]
sizes = screened["mean_size"].sort_values(ascending=False)
half = (sizes.cumsum() < sizes.sum() / 2).sum() + 1
print(say(f"Of {len(sizes)} parameters, the first {half} make up half of all movement of {found.outcomes[0]}; the first moves it "
          f"{sizes.iloc[0] / sizes.median():.1f} times as much as the median one.",
          f"{len(sizes)}个参数中，前{half}个占{found.outcomes[0]}全部变动的一半；第一个的影响是中位参数的{sizes.iloc[0] / sizes.median():.1f}倍。"))
print(say(f"The parameter that moves {found.outcomes[0]} most on average over the trajectories: {main['parameter']}. "
          f"The intervals of {len(rivals)} others reach as far as its own: {', '.join(rivals) or 'none'}.",
          f"各轨迹平均而言，对{found.outcomes[0]}影响最大的参数：{main['parameter']}。区间与其重叠的另有{len(rivals)}个：{'、'.join(rivals) or '无'}。"))
seeds = len(pair.seeds)
for value, more in ahead.items():
    spread = between[value]
    print(say(f"At {main['parameter']} = {value:g} subsidy_only does more in {more['subsidy_only']} and fallback_only in {more['fallback_only']} of {seeds} seeds; "
              f"subsidy_only less fallback_only, seed by seed: {spread.min():+.1f} to {spread.max():+.1f} points.",
              f"{main['parameter']} = {value:g}时，{seeds}个种子中subsidy_only效果更大的有{more['subsidy_only']}个，fallback_only更大的有{more['fallback_only']}个；"
              f"两者之差（逐个种子）：{spread.min():+.1f}至{spread.max():+.1f}个百分点。"))

# %% [markdown] lang="en"
# * How unequal effects are is printed above, as far as one seed a point shows it. The first few parameters are worth a survey before a decision worth millions; if the
#   evidence allows several values of them, keep them all: [08](08_a_calibrated_ensemble.ipynb).
# * Where the interval of a mean effect is wider than the effect, screening has not settled it: take more trajectories (`size`), more
#   replications, or Sobol indices (`method="both"`).
# * A ranking stands only as far as it was tried: here at both ends of one parameter, all others held, over few seeds. Where the last two lines differ in sign,
#   the parameter decides it.
# * Parameters without a plausible range are held at their values, and are counted in the warning: not varied is not the same as
#   not uncertain.

# %% [markdown] lang="zh"
# * 各参数影响的悬殊程度见上面的输出，以每点一个种子所能显示的为限。在数百万元的决策之前，最前面的几个参数值得先做调查；若证据允许它们取多个值，就把这些值都保留：
#   [08](08_a_calibrated_ensemble.zh.ipynb)。
# * 平均影响的区间比影响本身还宽时，筛选没有得出结论：增加轨迹（`size`）、增加重复，或计算Sobol指数（`method="both"`）。
# * 先后次序只在试过的范围内成立：这里只试了一个参数的两端，其余不变，种子也少。最后两行符号不同时，次序就由该参数决定。
# * 没有合理范围的参数保持固定值，并计入提示：没有改变不等于没有不确定性。
