"""Carry out the headline figures under the first version's numbers and rules, and step by step under those of
the second, and write the page that says what changed and why (what-changed.md, zh/what-changed.md).

    python docs/make_changes.py [--seeds 20] [--workers 2] [--store FOLDER]

Runs are kept in the store, so that an interrupted series goes on; 20 runs a seed. What the first version had
stands below, once; what it has now is taken from the declarations.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.progress import progress_bar
from sim.experiments.workplace import Workplace, run_planned
from sim.model.parameters import PARAMETERS
from sim.model.programmes.describe import describe
from sim.results.engines import PlannedRun
from sim.results.files import replace_text
from sim.results.pool_engine import PoolEngine
from sim.results.store import open_store
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.tables import MechanismSettings
from sim.text import in_language, say

DOCS = Path(__file__).resolve().parent
PAGES = {"en": DOCS / "what-changed.md", "zh": DOCS / "zh" / "what-changed.md"}
CITIES = ("vicious_cycle", "subsidy_only", "fallback_only", "package")
OUTCOMES = {
    "cycle_share_last_year": 100.0,
    "collection_last_year": 100.0,
    "satisfaction_last_year": 100.0,
    "public_cost": 1e-6,
}
RULES = tuple(name for name, on in MechanismSettings().model_dump().items() if on)  # of the second version
# Defaults of the first version that published figures contradict.
PUBLISHED = {
    "service.cost_growth": 0.01, "service.overhead": 0.05, "payment.share_free_rider": 0.33,
    "payment.sanction_weight": 0.8, "payment.vacant_bill_share": 0.6, "satisfaction.burden_norm": 0.015,
    "trust.disclosure": 0.2, "committee.monitoring": 0.5, "committee.oversight_integrity": 0.05,
    "committee.price_step": 0.1, "committee.fatigue": 0.012,
}  # fmt: skip
PROGRAMMES = {
    "publicity": {"best": 0.8, "habituation": 0.25},
    "legal_enforcement": {"success": 0.7, "deterrence": 4.0},
    "mediation": {"settled": 0.94, "paying": 0.4},
    "public_revenue_rules": {"leak_stopped": 0.6},
    "rectification_drive": {"audit": 0.6},
    "performance_award": {"high_award": 0.06, "low_award": 0.03},
    "self_management": {"fatigue": 0.02},
}
# Defaults before they were taken from one joint set of the calibration of the second version.
CALIBRATED = {
    "payment.base": 1.2,
    "payment.satisfaction_weight": 6,
    "payment.satisfaction_reference": 0.6,
    "payment.threshold_mean": 0.55,
    "payment.habit_weight": 1,
    "payment.burden_weight": 12,
    "service.returns": 0.8,
    "service.monitoring_gap": 0.2,
    "service.cost_growth": 0.025,
    "service.overhead": 0.12,
    "service.cross_subsidy": 0.03,
    "service.floor": 0.45,
    "basis.skim": 0.2,
    "satisfaction.quality_weight": 0.6,
    "satisfaction.condition_weight": 0.4,
    "condition.wear": 0.003,
    "complaints.base": 0.05,
    "ballot.turnout_founding": 0.82,
    "ballot.turnout_renewal": 0.78,
    "ballot.initiative": 0.008,
    "ballot.doors": 60,
    "market.self_activism": 0.42,
    "market.exit_hazard": 0.12,
    "charging.consent": 0.8,
    "start.price_follows_cost": 0,
}
# The start of before: as drawn, and who manages an estate whatever it is worth to a company.
DRAWN: dict[str, Any] = {"spin_up": 0, "parameters.start.modes_follow_worth": 0.0}
STEPS = ("first", "published", "rules", "start", "now")
WORDS = {
    "en": {
        "title": "# What changed in the numbers",
        "head": "Written by `python docs/make_changes.py` ({seeds} seeds, 1 to {seeds}; model {model}). A figure is the mean over seeds of the last "
        "year of each city's run (public cost: of the whole run), in brackets the 5th to the 95th percentile of the seeds. Each column adds one cause "
        "to the one before, in this order; another order would share the change out otherwise.",
        "columns": ("city", "figure", "first version", "and published values", "and the rules of the second version", "and a start that those leave", "and calibrated: today"),
        "cycle_share_last_year": "in the cycle, %", "collection_last_year": "yearly collection, %",
        "satisfaction_last_year": "satisfaction, %",
        "public_cost": "public cost, million yuan",
        "between": " to ",
        "published": "## Published values",
        "published_head": "Defaults that sources contradict. What some of them do to the model was known when they were changed, and decided none.",
        "settings": ("key", "before", "now", "source"),
        "rules": "## Rules of the second version",
        "rules_text": "They are on unless a scenario switches them off (`[mechanisms]`): {rules}. What each one does stands in [the model](model.md); "
        "`estate ablate` takes each away. To have the first version's world again, set them to `false` (`estate migrate --keep-world` writes that into an "
        "old scenario) and the defaults below to what they were.",
        "start": "## The start",
        "start_text": "The shipped cities live five years before month 0 (`spin_up = 60`, before 0), and within a type companies run the estates "
        "whose fees cover most of their cost (`start.modes_follow_worth` 1, before 0): [month 0](model.md#5-month-0).",
        "calibrated": "## Calibrated",
        "calibrated_head": "One joint set: the member nearest the centre of the posterior ([calibration](calibration.md)).",
    },
    "zh": {
        "title": "# 数字有哪些变化",
        "head": "由 `python docs/make_changes.py` 生成（种子1至{seeds}，共{seeds}个；模型{model}）。各数为每座城市最后一年的均值（公共成本为整个运行期），"
        "括号内为各种子的第5至第95百分位。每一列在前一列的基础上加上一个原因；换一种先后次序，各原因所占的份额会不同。",
        "columns": ("城市", "指标", "第一版", "改用已发表的数值", "加上第二版的规则", "加上由规则形成的起点", "再经校准：现在"),
        "cycle_share_last_year": "处于循环，%", "collection_last_year": "年收缴率，%", "satisfaction_last_year": "满意度，%",
        "public_cost": "公共成本，百万元",
        "between": "至",
        "published": "## 已发表的数值",
        "published_head": "与来源矛盾的默认值。改动时已知其中一些对模型有何影响，但没有据此取舍。",
        "settings": ("键", "原值", "现值", "来源"),
        "rules": "## 第二版的规则",
        "rules_text": "除非情景关闭（`[mechanisms]`），这些规则都生效：{rules}。各自的作用见[模型](model.md)，`estate ablate` 可逐项去掉。"
        "要回到第一版的世界，把它们设为 `false`（`estate migrate --keep-world` 会写入旧情景），并把下面的默认值改回原值。",
        "start": "## 起点",
        "start_text": "随附的城市在第0个月之前先过五年（`spin_up = 60`，原为0）；同一类中，企业管理的是收费最能覆盖成本的小区"
        "（`start.modes_follow_worth` 为1，原为0）：见[第0个月](model.md)。",
        "calibrated": "## 校准",
        "calibrated_head": "一组联合的参数：最接近后验中心的成员（[校准](calibration.md)）。",
    },
}  # fmt: skip


def world(name: str, step: str) -> Scenario:
    """A city as it was at a step: "now" as it is, and going back from there."""
    back = STEPS[::-1].index(step)
    settings: dict[str, Any] = {}
    plain = load(name)
    if back >= 1:
        settings |= {f"parameters.{key}": value for key, value in CALIBRATED.items()}
    if back >= 2:
        settings |= DRAWN
    if back >= 3:
        settings |= {f"mechanisms.{rule}": False for rule in RULES}
    if back >= 4:
        settings |= {f"parameters.{key}": value for key, value in PUBLISHED.items()}
        for programme in plain.interventions:
            for key, value in PROGRAMMES.get(programme.kind, {}).items():
                if key not in programme.model_fields_set:
                    settings[f"interventions.{programme.name}.{key}"] = value
    own = {f"parameters.{group}.{key}" for group, one in plain.parameters.items() for key in one}
    return with_overrides(plain, {key: value for key, value in settings.items() if key not in own})


def figures_of(seeds: Sequence[int], at: Workplace) -> dict[tuple[str, str], dict[str, np.ndarray]]:
    """Outcomes over seeds, in the units of the page, by city and step."""
    places = [(city, step) for city in CITIES for step in STEPS]
    planned = [PlannedRun(world(*place), seed) for place in places for seed in seeds]
    found = run_planned(planned, at)
    found.require_complete()
    summaries = iter([summary.scalars for _, summary in found])
    return {
        place: {
            name: factor * np.array([float(one[name]) for one in group]) for name, factor in OUTCOMES.items()
        }
        for place in places
        for group in [[next(summaries) for _ in seeds]]
    }


def cell(values: np.ndarray, between: str) -> str:
    """Mean, and in brackets the 5th to the 95th percentile."""
    low, high = np.percentile(values, (5, 95))
    return f"{values.mean():.1f} ({low:.1f}{between}{high:.1f})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table of Markdown."""
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def changed(before: Mapping[str, float]) -> list[list[str]]:
    """Key, value before, value now and source of parameters."""
    return [[f"`{key}`", f"{value:g}", f"{PARAMETERS[key].default:g}", PARAMETERS[key].source]
            for key, value in before.items()]  # fmt: skip


def changed_settings() -> list[list[str]]:
    """The same of settings of programmes."""
    rows = []
    for kind, settings in PROGRAMMES.items():
        known = {one.key: one for one in describe(kind).settings}
        rows += [
            [f"`{kind}.{key}`", f"{value:g}", f"{known[key].default:g}", known[key].source]
            for key, value in settings.items()
        ]
    return rows


def page(found: Mapping[tuple[str, str], Mapping[str, np.ndarray]], seeds: int, lang: str) -> str:
    """The page in a language."""
    from sim.fingerprint import model_source_hash

    words: dict[str, Any] = WORDS[lang]
    rows = [
        [str(load(city).title.in_language(lang)), words[name], *(cell(found[city, step][name], words["between"]) for step in STEPS)]
        for city in CITIES
        for name in OUTCOMES
    ]  # fmt: skip
    with in_language(lang):
        rules = ", ".join(f"`{rule}` ({say(f'setting.mechanisms.{rule}')})" for rule in RULES)
    return "\n".join(
        [
            words["title"], "", words["head"].format(seeds=seeds, model=model_source_hash()[:8]), "",
            *table(words["columns"], rows), "",
            words["published"], "", words["published_head"], "",
            *table(words["settings"], [*changed(PUBLISHED), *changed_settings()]), "",
            words["rules"], "", words["rules_text"].format(rules=rules), "",
            words["start"], "", words["start_text"], "",
            words["calibrated"], "", words["calibrated_head"], "",
            *table(words["settings"], changed(CALIBRATED)), "",
        ]
    )  # fmt: skip


def main() -> None:
    """Run everything and write both pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--store", type=Path, default=None)
    asked = parser.parse_args()
    with open_store(asked.store) as store, progress_bar() as report:
        at = Workplace(PoolEngine(asked.workers), store, progress=report)
        found = figures_of(range(1, asked.seeds + 1), at)
    for lang, file in PAGES.items():
        replace_text(file, page(found, asked.seeds, lang))
    print("written:", ", ".join(str(file) for file in PAGES.values()))


if __name__ == "__main__":
    main()
