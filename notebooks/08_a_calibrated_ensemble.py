# %% [markdown] lang="en"
# # 08 Working with a calibrated ensemble
#
# **Question: most parameters were never measured. If we keep not one value of each but every set that agrees with what cities
# reported, how sure are we still of what a policy does?**
#
# `estate calibrate` does this for 25 parameters and all patterns that ship, with thousands of runs ([calibration](../docs/calibration.md)). Here it is done in small, with
# four parameters and three patterns, so that every step can be looked at.

# %% [markdown] lang="zh"
# # 08 使用校准集合
#
# **问题：多数参数从未有人测量。如果每个参数不只保留一个值，而是保留所有与各地报道相符的参数组，我们对政策的作用还有多大把握？**
#
# `estate calibrate`对25个参数和随程序提供的全部模式做这件事，需要数千次运行（[校准](../docs/zh/calibration.md)）。这里缩小来做：四个参数、三个模式，以便看清每一步。

# %%
# %matplotlib inline
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %% [markdown] lang="en"
# ## What was reported
#
# Patterns are a file: where to look (scenario, settings), what exactly was measured in the world, what to measure in the model, and
# what was reported. Two are fitted to; the third, of another city, is held out: the fit never sees it.

# %% [markdown] lang="zh"
# ## 报道了什么
#
# 模式写在文件里：看哪里（情景、设置），现实中测量的究竟是什么，在模型中测量什么，报道的数值是多少。两个用于拟合；第三个来自另一城市，留作检验：拟合时不用它。

# %%
patterns = """
[[patterns]]
name = "county"
kind = "level"
scenario = "vicious_cycle"
settings = { "city.estates" = 60, "companies.private" = 8, "months" = 60 }
use = "calibration"
sources = ["P007"]
title = { zh = "一县的平均收缴率", en = "mean collection in a county" }
measured = { of_whom = { en = "the whole county" }, counts = "unstated", company_run = false, region = "centre", years = [2021, 2021] }
measure = { statistic = "yearly_collection_of_estates", months = [25, 60] }
target = { low = 0.65, high = 0.75 }

[[patterns]]
name = "satisfaction"
kind = "level"
scenario = "vicious_cycle"
settings = { "city.estates" = 60, "companies.private" = 8, "months" = 60 }
use = "calibration"
sources = ["N004", "N011d", "N011e"]
title = { zh = "业主满意度的均值", en = "mean satisfaction of owners" }
measured = { of_whom = { en = "owners of residential projects in key cities" }, counts = "owners", company_run = true, region = "china", years = [2023, 2025] }
measure = { statistic = "satisfaction", months = [25, 60], modes = ["market", "soe"] }
target = { low = 0.66, high = 0.74 }

[[patterns]]
name = "estates_over_80"
kind = "spread"
scenario = "vicious_cycle"
settings = { "city.estates" = 60, "companies.private" = 8, "months" = 60 }
use = "held_out"
sources = ["N020a"]
title = { zh = "收缴率80%以上的小区占比", en = "estates that collect 80 % or more" }
measured = { of_whom = { en = "18 estates of Yangzhou" }, counts = "estates", company_run = false, region = "east", years = [2016, 2016] }
measure = { statistic = "estates_collecting", months = [60, 60], collection = [0.8, 1.0] }
target = { low = 0.44, high = 0.84 }
"""

# %% [markdown] lang="en"
# ## Which parameter values agree with it
#
# The ranges are those of the evidence register. Emulators (Gaussian processes) learn how the patterns depend on the parameters, and
# the ensemble is drawn from the sets that agree with the reports, as far as luck and the model's own error allow. The method is tried
# on parameters that are known: an interval of 90 % should hold them nine times in ten.

# %% [markdown] lang="zh"
# ## 哪些参数值与之相符
#
# 范围取自证据登记册。仿真器（高斯过程）学习模式如何随参数变化，再从与报道相符的参数组中抽出集合，相符的程度以随机因素和模型自身误差所允许的为限。
# 方法先用已知的参数检验：90%的区间应当十次中有九次包含它们。

# %%
free = ["satisfaction.condition_weight", "payment.base", "payment.norm_weight", "payment.satisfaction_reference"]
with TemporaryDirectory() as folder, sim.progress_bar() as progress:
    file = Path(folder) / "patterns.toml"
    file.write_text(patterns, encoding="utf-8")
    found = sim.calibrate(file, free=free, runs=160, members=60, truths=20, scored=20, name="small", progress=progress)
found

# %%
found.plot()

# %%
ensemble = found.ensemble
members = pd.DataFrame(ensemble.members)
members.corr().round(2).style.background_gradient(cmap="PuOr", vmin=-1, vmax=1).format("{:.2f}").set_caption(say("Correlation between members", "各成员之间的相关系数"))

# %% [markdown] lang="en"
# Where two parameters are correlated, the reports say something of them together that they do not say of each: an interval for each
# alone would be too wide, and a run with both at their best values would be no member. That is why whole sets are kept.
#
# ## A policy, with and without that doubt
#
# Replication *r* has seed *r* and member *r*, the same in every arm, so that differences are paired. The answer to "how sure" is the *range* of
# the sixteen pairs, their lowest and highest: what may happen in one city. The interval of the mean stands beside it; it says how precisely the
# mean is known, shrinks as replications are added, and answers neither question about luck nor about parameters.

# %% [markdown] lang="zh"
# 两个参数相关时，报道对它们合起来有所说明，而对各自没有：各自的区间会过宽，两者都取最佳值的运行也不属于这个集合。因此保留整组参数。
#
# ## 一项政策，计入与不计入这种不确定性
#
# 第*r*次重复用种子*r*和成员*r*，各情景相同，所以差值是成对的。“有多大把握”由十六对的*范围*（最低和最高值）回答：单个城市可能出现的情形。旁边是均值的区间；
# 它说明均值有多准，随重复次数增加而变窄，既不回答随机因素的问题，也不回答参数的问题。

# %%
arms = ("vicious_cycle", "subsidy_only", "fallback_only")
cities = [sim.scaled(name, 60) for name in arms]
luck, both = say("luck only", "只有随机因素"), say("luck and parameters", "随机因素与参数")
results = {}
for name, held in ((luck, None), (both, ensemble)):
    with sim.progress_bar() as progress:
        results[name] = sim.compare(*cities, replications=16, months=60, outcomes=["cycle_share_last_year"], ensemble=held, progress=progress)

# %%
table = pd.concat([one.differences.assign(of=name) for name, one in results.items()])
table["width"] = table["range_high"] - table["range_low"]
told = table.set_index(["arm", "of"])[["difference", "range_low", "range_high", "width", "low", "high"]]
told.rename_axis(["arm", say("of", "计入")]).style.format("{:+.3f}").set_caption(
    say("Change of the share of estates in the cycle: mean; lowest and highest of 16 pairs and how far they lie apart; 95% interval of the mean",
        "处于循环的小区占比的变化：均值；16对中的最低和最高值及其间距；均值的95%置信区间"))

# %%
sim.charts.differences(results[both]).figure

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
for line in [*found.sentences(), *found.warnings()]:
    print(line)
for arm in arms[1:]:
    narrow, wide = (told.loc[(arm, name)] for name in results)
    below, above = wide["range_high"] < 0, wide["range_low"] > 0
    where = say("below", "低于") if below else say("above", "高于") if above else say("on both sides of", "跨越")
    times = wide["width"] / narrow["width"]
    print(say(f"{arm}: with the parameters uncertain, what may happen (lowest to highest of 16 pairs) spans {times:.1f} times as much "
              f"as with luck only, and lies {where} zero.",
              f"{arm}：参数不确定时，可能出现的情形（16对中的最低至最高值）的间距是只有随机因素时的{times:.1f}倍，{where}零。"))
for name, one in results.items():
    level = one.baseline.scalars["cycle_share_last_year"]
    more = (one.paired("subsidy_only", "cycle_share_last_year") < one.paired("fallback_only", "cycle_share_last_year")).sum()
    print(say(f"{name}: without a policy {level.min():.0%} to {level.max():.0%} of estates are in the cycle, depending on the replication; "
              f"subsidy_only does more than fallback_only in {more} of {len(one.seeds)}.",
              f"{name}：没有政策时，处于循环的小区占{level.min():.0%}至{level.max():.0%}，因各次重复而异；"
              f"{len(one.seeds)}次中subsidy_only效果大于fallback_only的有{more}次。"))

# %% [markdown] lang="en"
# * The range over one value of each parameter answers "would another draw of luck change this?". The range over the ensemble also answers
#   "would another set of parameters that the reports allow?". The second is the one to quote, and results say which of them they give.
#   The interval of the mean answers neither: ten times the replications would shrink it to a third, and the range would stay.
# * Lowest and highest of sixteen pairs hold a seventeenth in about 88 cases of a hundred; from 40 pairs on results give the 5th and 95th percentile.
# * Where the range of a difference hardly widens although levels do, the parameters move all arms alike, and a difference paired by
#   seed and member leaves that out. The lines above say for each arm by how much it widens; a factor near 1 from sixteen pairs is no proof of either.
# * How many patterns the ensemble meets stands above, the held-out one by itself. One that no set comes near is a defect of the model's structure, or of what was compared, which
#   no choice of parameters mends.
# * The ensemble agrees with *these* reports. With others, or with another version of the model, calibrate again; a result warns where
#   an ensemble was made with another model.
# * The full one: `estate calibrate --name mine`, then `--ensemble mine` on any command, or `ensemble="mine"` here.

# %% [markdown] lang="zh"
# * 每个参数只取一个值时，范围回答“换一次随机抽样会不会不同”。对整个集合，范围还回答“换一组报道所允许的参数会不会不同”。应当引用后者；结果会注明给出的是哪一种。
#   均值的区间两者都不回答：重复次数增至十倍，它缩到三分之一，而范围不变。
# * 十六对的最低和最高值之间，第十七对约有88%的机会落入；从40对起，结果给出第5和第95百分位数。
# * 水平变宽而差值的范围几乎不变时，说明参数对各情景的影响相同，按种子和成员成对的差值把它消去了。上面各行说明每个情景变宽多少；十六对得出的接近1的倍数，
#   对哪一边都不是证明。
# * 集合符合几个模式，见上面，留作检验的单独列出。没有任何参数组能接近的模式，是模型结构或所比较内容的缺陷，选什么参数都无法弥补。
# * 集合符合的是*这些*报道。换了报道或模型版本，应重新校准；集合由另一版本的模型得出时，结果会提示。
# * 完整的做法：`estate calibrate --name mine`，然后在任何命令中用`--ensemble mine`，或在这里用`ensemble="mine"`。
