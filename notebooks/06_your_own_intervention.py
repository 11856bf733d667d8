# %% [markdown] lang="en"
# # 06 Writing your own intervention
#
# **Question: a street wants to try something that the model does not have (a clean-up week twice a year). How does one add it, and
# does it do what its friends hope?**

# %% [markdown] lang="zh"
# # 06 编写自己的措施
#
# **问题：某街道想试一项模型中没有的措施（每年两次清洁周）。如何加入？它能否做到支持者所希望的？**

# %%
# %matplotlib inline
import tempfile
from typing import ClassVar

import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


# %% [markdown] lang="en"
# ## Thirty lines
#
# An intervention says in two languages how it works and what its risk is, which levers it may move and who may be charged. What it
# does not declare it cannot do. `rows` are the estates that feel it this month; `strength` falls to 0 while it is withdrawn.

# %% [markdown] lang="zh"
# ## 三十行代码
#
# 一项措施用两种语言说明如何起作用、有什么风险，可以改变哪些杠杆，由谁付款。没有声明的，它就不能做。`rows`是当月受其作用的小区；撤出期间`strength`降到0。

# %%
class CleanUpWeek(sim.Intervention, kind="clean_up_week"):
    """Street staff and residents clean up an estate for a week, every so many months."""

    label_en: ClassVar[str] = "clean-up week"
    label_zh: ClassVar[str] = "清洁周"
    mechanism: ClassVar[sim.Word] = sim.Word(zh="街道组织居民集中清理，改善环境，增进信任。", en="The street cleans up with residents: better grounds, more trust.")
    risk: ClassVar[sim.Word] = sim.Word(zh="一阵风：没有后续养护，很快恢复原状。", en="A burst: without upkeep the grounds soon look as before.")
    levers: ClassVar[tuple[str, ...]] = ("lever_condition", "lever_trust")
    payers: ClassVar[tuple[str, ...]] = ("street",)

    period: int = sim.setting(6, 1, 60, "month", en="months between two weeks", zh="间隔月数")
    gain: float = sim.setting(0.02, 0, 1, "share", en="condition gained", zh="设施状况提升")
    staff: float = sim.setting(0.5, 0, 100, "persons", en="street staff that one estate takes", zh="占用街道人手")
    cost: float = sim.setting(2000, 0, 1e6, "yuan", en="cost of one week in one estate", zh="每次费用")

    def act(self, policy, rows, strength):
        if not policy.due(self.period):
            return
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, sim.fen(self.cost))]
        policy.move("lever_condition", rows, self.gain * strength)
        policy.move("lever_trust", rows, 0.1 * strength)

# %% [markdown] lang="en"
# ## Into a scenario
#
# A scenario takes it by its kind like any other, with settings that are checked. A mistake is refused in words:

# %% [markdown] lang="zh"
# ## 加入情景
#
# 情景按种类名使用它，与其他措施一样，设置经过检查。写错时会用文字说明：

# %%
try:
    sim.with_programmes("small_city", {"kind": "clean_up_week", "perod": 3})
except sim.ScenarioError as error:
    print(error)

# %%
twice_a_year = sim.with_programmes("small_city", {"kind": "clean_up_week", "start": 13}, name="twice_a_year")
every_month = sim.with_programmes("small_city", {"kind": "clean_up_week", "start": 13, "period": 1}, name="every_month")

# %% [markdown] lang="en"
# One run shows that the money moves, and from whom; what the measure does is asked over seeds below.

# %% [markdown] lang="zh"
# 运行一次可以看出资金确有支出、由谁支出；措施的作用在下面用多个种子来问。

# %%
with sim.progress_bar() as progress:
    run = sim.run(twice_a_year, progress=progress)
spent = run.ledger[run.ledger["programme"] == "clean_up_week"].groupby("payer_kind", observed=True)["yuan"].sum()
spent.to_frame(say(f"yuan in ten years (one draw, seed {run.seed})", f"十年合计（元；一次抽样，种子{run.seed}）"))

# %% [markdown] lang="en"
# ## Does it work?
#
# Compared with the same city without it, over six seeds. In the table, `low` and `high` are the interval of the mean (rough with six),
# `range_low` and `range_high` the lowest and highest of the six pairs: what may happen. The store of finished runs knows the model's own source, not a class that lives in a notebook:
# while you change the class, give it a store of its own. `InProcess` runs in this very process, where the class is known on every
# operating system.

# %% [markdown] lang="zh"
# ## 有没有作用
#
# 与没有这项措施的同一城市相比，六个种子。表中`low`、`high`为均值的区间（六个种子，粗略），`range_low`、`range_high`为六对中的最低和最高值：可能出现的情形。
# 已完成运行的存储库只认识模型自身的源码，不认识笔记本里的类：修改这个类期间，给它单独的存储库。`InProcess`在本进程中运行，任何操作系统上都认识这个类。

# %%
with tempfile.TemporaryDirectory() as store, sim.progress_bar() as progress:
    found = sim.compare("small_city", twice_a_year, every_month, replications=6, months=84, progress=progress,
                        outcomes=["condition_last_year", "satisfaction_last_year", "cycle_share_last_year", "public_cost"],
                        engine=sim.InProcess(), store=store)
    differences, sentences = found.differences, found.sentences()
    figure = sim.charts.differences(found).figure
differences[["arm", "outcome", "unit", "baseline_mean", "difference", "low", "high", "range_low", "range_high"]].round(3)

# %%
figure

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
for sentence in sentences:
    print(sentence)
rows = differences.set_index(["outcome", "arm"])
mean = rows["difference"].unstack("arm")
times = mean["every_month"] / mean["twice_a_year"]
print(say(f"On average over {len(found.seeds)} seeds, every month instead of twice a year costs {times['public_cost']:.1f} times as much and adds "
          f"{times['condition_last_year']:.1f} times as much to the condition of facilities.",
          f"{len(found.seeds)}个种子平均，每月一次与每年两次相比，成本是{times['public_cost']:.1f}倍，设施设备状况的改善是{times['condition_last_year']:.1f}倍。"))
for arm in ("twice_a_year", "every_month"):
    row = 100 * rows.loc[("condition_last_year", arm), ["difference", "range_low", "range_high"]].astype(float)
    print(say(f"{arm}: condition {row['difference']:+.1f} points on average, {row['range_low']:+.1f} to {row['range_high']:+.1f} in single pairs.",
              f"{arm}：设施设备状况平均{row['difference']:+.1f}个百分点，单对{row['range_low']:+.1f}至{row['range_high']:+.1f}。"))

# %% [markdown] lang="en"
# * A measure is a claim about a *mechanism*: which lever it moves, for whom, at whose cost, with which staff. What it does to estates
#   then follows; it is not written down anywhere.
# * What was cleaned decays again as the model's facilities always do, and nothing can be better than as new:
#   compare how many times more the monthly week costs with how many times more it does. Fewer points a week than at first would say that it saturates; here `gain` is assumed
#   (2 points a week), and so is whatever follows from it.
# * In the notebook the class lives as long as the kernel. To keep it, put the same lines into `sim/model/programmes/clean_up_week.py`
#   (imports: see `docs/how-to-add-an-intervention.md`); then scenario files, the command and the general tests know it.

# %% [markdown] lang="zh"
# * 一项措施是关于*机理*的主张：改变哪个杠杆、对谁、由谁付款、占用哪些人手。它对小区的作用由此推出，没有写在任何地方。
# * 清理过的地方会像模型中的设施一样再次衰退，也不可能比新的更好：比较每月一次的成本是多少倍、作用是多少倍。每次的改善若越来越小，就是趋于饱和；
#   这里的`gain`（每次2个百分点）是假设，由它推出的一切也是。
# * 在笔记本中，这个类与内核同在。要保留它，把同样的代码写入`sim/model/programmes/clean_up_week.py`（导入语句见`docs/zh/how-to-add-an-intervention.md`），
#   情景文件、命令和通用测试就都认识它。
