# %% [markdown]
# # 06 Writing your own intervention
#
# **Question: a street wants to try something that the model does not have (a clean-up week twice a year). How does one add it, and
# does it do what its friends hope?**

# %%
# %matplotlib inline
import tempfile
from typing import ClassVar

import sim

# %% [markdown]
# ## Thirty lines
#
# An intervention says in two languages how it works and what its risk is, which levers it may move and who may be charged. What it
# does not declare it cannot do. `rows` are the estates that feel it this month; `strength` falls to 0 while it is withdrawn.

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

# %% [markdown]
# ## Into a scenario
#
# A scenario takes it by its kind like any other, with settings that are checked. A mistake is refused in words:

# %%
try:
    sim.with_programmes("small_city", {"kind": "clean_up_week", "perod": 3})
except sim.ScenarioError as error:
    print(error)

# %%
twice_a_year = sim.with_programmes("small_city", {"kind": "clean_up_week", "start": 13}, name="twice_a_year")
every_month = sim.with_programmes("small_city", {"kind": "clean_up_week", "start": 13, "period": 1}, name="every_month")

# %% [markdown]
# One run shows that the money moves, and from whom; what the measure does is asked over seeds below.

# %%
with sim.progress_bar() as progress:
    run = sim.run(twice_a_year, progress=progress)
spent = run.ledger[run.ledger["programme"] == "clean_up_week"].groupby("payer_kind", observed=True)["yuan"].sum()
spent.to_frame(f"yuan in ten years (one draw, seed {run.seed})")

# %% [markdown]
# ## Does it work?
#
# Compared with the same city without it, over five seeds. In the table, `low` and `high` are the interval of the mean (rough with five),
# `range_low` and `range_high` the lowest and highest of the five pairs: what may happen. The store of finished runs knows the model's own source, not a class that lives in a notebook:
# while you change the class, give it a store of its own. `InProcess` runs in this very process, where the class is known on every
# operating system.

# %%
with tempfile.TemporaryDirectory() as store, sim.progress_bar() as progress:
    found = sim.compare("small_city", twice_a_year, every_month, replications=5, months=84, progress=progress,
                        outcomes=["condition_last_year", "satisfaction_last_year", "cycle_share_last_year", "public_cost"],
                        engine=sim.InProcess(), store=store)
    differences, sentences = found.differences, found.sentences()
    figure = sim.charts.differences(found).figure
differences[["arm", "outcome", "unit", "baseline_mean", "difference", "low", "high", "range_low", "range_high"]].round(3)

# %%
figure

# %% [markdown]
# ## What was learned

# %%
for sentence in sentences:
    print(sentence)
rows = differences.set_index(["outcome", "arm"])
mean = rows["difference"].unstack("arm")
times = mean["every_month"] / mean["twice_a_year"]
print(f"On average over {len(found.seeds)} seeds, every month instead of twice a year costs {times['public_cost']:.1f} times as much and adds "
      f"{times['condition_last_year']:.1f} times as much to the condition of facilities.")
for arm in ("twice_a_year", "every_month"):
    row = 100 * rows.loc[("condition_last_year", arm), ["difference", "range_low", "range_high"]].astype(float)
    print(f"{arm}: condition {row['difference']:+.1f} points on average, {row['range_low']:+.1f} to {row['range_high']:+.1f} in single pairs.")

# %% [markdown]
# * A measure is a claim about a *mechanism*: which lever it moves, for whom, at whose cost, with which staff. What it does to estates
#   then follows; it is not written down anywhere.
# * Its risk followed too. What was cleaned decays again as the model's facilities always do, and nothing can be better than as new:
#   compare how many times more the monthly week costs with how many times more it does.
# * In the notebook the class lives as long as the kernel. To keep it, put the same lines into `sim/model/programmes/clean_up_week.py`
#   (imports: see `docs/how-to-add-an-intervention.md`); then scenario files, the command and the general tests know it.
