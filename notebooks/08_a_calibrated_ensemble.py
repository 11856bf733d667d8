# %% [markdown]
# # 08 Working with a calibrated ensemble
#
# **Question: most parameters were never measured. If we keep not one value of each but every set that agrees with what cities
# reported, how sure are we still of what a policy does?**
#
# `estate calibrate` does this for twelve parameters and all patterns that ship, in about ten minutes. Here it is done in small, with
# four parameters and three patterns, so that every step can be looked at.

# %%
# %matplotlib inline
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import sim

# %% [markdown]
# ## What was reported
#
# Patterns are a file: where to look (scenario, settings), what exactly was measured in the world, what to measure in the model, and
# what was reported. Two are fitted to; the third, of another city, is held out: the fit never sees it.

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

# %% [markdown]
# ## Which parameter values agree with it
#
# The ranges are those of the evidence register. Emulators (Gaussian processes) learn how the patterns depend on the parameters, and
# the ensemble is drawn from the sets that agree with the reports, as far as luck and the model's own error allow. The method is tried
# on parameters that are known: an interval of 90 % should hold them nine times in ten.

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
members.corr().round(2).style.background_gradient(cmap="PuOr", vmin=-1, vmax=1).format("{:.2f}").set_caption("Correlation between members")

# %% [markdown]
# Where two parameters are correlated, the reports say something of them together that they do not say of each: an interval for each
# alone would be too wide, and a run with both at their best values would be no member. That is why whole sets are kept.
#
# ## A policy, with and without that doubt
#
# Replication *r* has seed *r* and member *r*, the same in every arm, so that differences are paired. The answer to "how sure" is the *range* of
# the sixteen pairs, their lowest and highest: what may happen in one city. The interval of the mean stands beside it; it says how precisely the
# mean is known, shrinks as replications are added, and answers neither question about luck nor about parameters.

# %%
overrides = {"city.estates": 60, "companies.private": 8}
arms = ("vicious_cycle", "subsidy_only", "fallback_only")
results = {}
for name, held in (("luck only", None), ("luck and parameters", ensemble)):
    with sim.progress_bar() as progress:
        results[name] = sim.compare(*arms, replications=16, months=60, outcomes=["cycle_share_last_year"], overrides=overrides,
                                    ensemble=held, progress=progress)

# %%
table = pd.concat([one.differences.assign(of=name) for name, one in results.items()])
table["width"] = table["range_high"] - table["range_low"]
told = table.set_index(["arm", "of"])[["difference", "range_low", "range_high", "width", "low", "high"]]
told = told.rename(columns={"low": "mean from", "high": "mean to"})
told.style.format("{:+.3f}").set_caption(
    "Change of the share of estates in the cycle: mean; lowest and highest of 16 pairs and how far they lie apart; 95% interval of the mean")

# %%
sim.charts.differences(results["luck and parameters"]).figure

# %% [markdown]
# ## What was learned

# %%
for line in [*found.sentences(), *found.warnings()]:
    print(line)
for arm in arms[1:]:
    narrow, wide = (told.loc[(arm, name)] for name in results)
    where = "below" if wide["range_high"] < 0 else "above" if wide["range_low"] > 0 else "on both sides of"
    print(f"{arm}: with the parameters uncertain, what may happen (lowest to highest of 16 pairs) spans {wide['width'] / narrow['width']:.1f} times as much "
          f"as with luck only, and lies {where} zero.")
for name, one in results.items():
    level = one.baseline.scalars["cycle_share_last_year"]
    more = (one.paired("subsidy_only", "cycle_share_last_year") < one.paired("fallback_only", "cycle_share_last_year")).sum()
    print(f"{name}: without a policy {level.min():.0%} to {level.max():.0%} of estates are in the cycle, depending on the replication; "
          f"subsidy_only does more than fallback_only in {more} of {len(one.seeds)}.")

# %% [markdown]
# * The range over one value of each parameter answers "would another draw of luck change this?". The range over the ensemble also answers
#   "would another set of parameters that the reports allow?". The second is the one to quote, and results say which of them they give.
#   The interval of the mean answers neither: ten times the replications would shrink it to a third, and the range would stay.
# * Lowest and highest of sixteen pairs hold a seventeenth in about 88 cases of a hundred; from 40 pairs on results give the 5th and 95th percentile.
# * Where the range of a difference hardly widens although levels do, the parameters move all arms alike, and a difference paired by
#   seed and member leaves that out: one more reason to trust differences before levels.
# * A pattern that no set comes near is named above: it is a defect of the model's structure, which no choice of parameters mends.
# * The ensemble agrees with *these* reports. With others, or with another version of the model, calibrate again; a result warns where
#   an ensemble was made with another model.
# * The full one: `estate calibrate --name mine`, then `--ensemble mine` on any command, or `ensemble="mine"` here.
