"""Run each measure alone at its defaults on the default city and write what it came to into
interventions-table.md and zh/interventions-table.md.

    python docs/make_interventions_table.py [--seeds 20] [--doses] [--workers 2] [--store FOLDER]

Every measure is compared with the same city, seed and luck without it, once with the parameters at their
defaults and once over an ensemble (`--ensemble`, default calibrated; seed r with member r). `--doses` adds
each measure at half and at twice its amounts. Runs are kept in the store, so that an interrupted series goes
on where it stopped.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.ensemble import Ensemble, load_ensemble, planned_runs_over
from sim.experiments.intervals import LEAST_PAIRS, estimate_of
from sim.experiments.progress import progress_bar
from sim.experiments.workplace import Workplace, run_planned
from sim.fingerprint import model_source_hash
from sim.model.programmes.base import Intervention
from sim.model.programmes.describe import kinds
from sim.no_effect import without_effect
from sim.results.engines import PlannedRun
from sim.results.files import replace_text
from sim.results.outcomes import OUTCOMES
from sim.results.pool_engine import PoolEngine
from sim.results.store import open_store
from sim.results.summary import RunSummary
from sim.scenario import Scenario, load, load_programmes
from sim.scenario.overrides import with_programmes
from sim.text import in_language

DOCS = Path(__file__).resolve().parent
CITY, MEMBERS = "vicious_cycle", "calibrated"
DEFAULTS, OVER = "defaults", "ensemble"
DOSES = (0.5, 1.0, 2.0)
# Columns of the table: outcome, by what its difference is multiplied so that more is better, decimals.
GAINS: tuple[tuple[str, str, float, int], ...] = (
    ("out", "cycle_share_last_year", -100.0, 1),
    ("households", "cycle_households_share_last_year", -100.0, 1),
    ("collected", "collected_per_household_last_year", 1.0, 0),
    ("satisfaction", "satisfaction_last_year", 100.0, 1),
    ("cost", "public_cost", 1e-4, 0),
)
# What a measure may make worse beside its aim; the one that it moved most surely for the worse is told.
HARMS = (
    "worst_decile_satisfaction",
    "inequality_last_year",
    "exits",
    "suits",
    "group_refusals",
    "complaints_last_year",
    "served_without_fee_last_year",
    "on_support_last_year",
    "skimmed_last_year",
    "arrears_end",
    "state_owned_losses",
    "collection_billing_last_year",
)
HARMFUL = {"suits": 1, "served_without_fee_last_year": 1, "on_support_last_year": 1}  # more of these is worse
WORDS = {
    "en": {
        "title": "The table of interventions",
        "intro": (
            "Each measure alone, from month 1 with its default settings, on `{city}` ({months} months), against the same city with "
            "the same luck without it: mean over {pairs} paired seeds, with its 95 % interval. Written by `python "
            "docs/make_interventions_table.py --seeds {pairs}{doses}`; model {model}. How to read it: [intervals](intervals.md). It is "
            "what this model says of a made-up city, and no forecast for any real one."
        ),
        "few": "Of {pairs} seeds there is no interval: this page is not of a full run.",
        "head": (
            "measure", "estates out of the cycle, points", "the same over the ensemble", "households out, points",
            "collected, yuan a household and year", "satisfaction, points", "public cost, 10,000 yuan in all",
            "what got worse most surely",
        ),
        "columns": (
            "Out of the cycle, collected and satisfaction are of the last year, cost of the whole run (below 0: saved). "
            "\"Over the ensemble\": {members} members of `{ensemble}`, seed r with member r. What got worse is the outcome among "
            "{harms} whose interval excludes 0 by most; \"–\" where none does."
        ),
        "ways": "How each works, and what it rests on",
        "way": "**{label}** (`{kind}`). {mechanism} Known risk: {risk} Rests on: {rows}.",
        "no_rows": "no evidence",
        "idle": "**It did nothing here**: {why}.",
        "doses": "Dose and response",
        "dose_intro": (
            "Estates out of the cycle, points, with a measure's amounts at half, at and at twice their defaults (as far as they may be). "
            "What has no amounts is not here."
        ),
        "dose_head": ("measure", "amounts", "half", "default", "twice"),
        "to": " to ", "between": ", ", "colon": ": ",
        "evidence": "[{row}](evidence.md)",
    },
    "zh": {
        "title": "措施一览表",
        "intro": (
            "每项措施单独实施，自第1个月起，采用默认设置；城市为`{city}`（{months}个月），与其他条件和随机扰动都相同、但不实施该措施的城市相比："
            "{pairs}对种子的均值及其95%区间。由`python docs/make_interventions_table.py --seeds {pairs}{doses}`写成；模型{model}。"
            "如何解读见[区间](intervals.md)。这是本模型对一座虚构城市的回答，不是对任何真实城市的预测。"
        ),
        "few": "只有{pairs}个种子，没有区间：本页不是完整运行的结果。",
        "head": (
            "措施", "脱离循环的小区，百分点", "参数集合下同一指标", "脱离循环的住户，百分点", "实收，元/户·年", "满意度，百分点",
            "公共成本，合计万元", "最确定的负面变化",
        ),
        "columns": (
            "脱离循环、实收和满意度为最后一年的值，成本为全程合计（小于0为节省）。“参数集合下”：`{ensemble}`的{members}组参数，第r个种子配第r组。"
            "最确定的负面变化：在{harms}中，区间不含0且离0最远的一项；没有则为“–”。"
        ),
        "ways": "各项措施的机理与依据",
        "way": "**{label}**（`{kind}`）。{mechanism}已知风险：{risk}依据：{rows}。",
        "no_rows": "无证据",
        "idle": "**在此不起作用**：{why}。",
        "doses": "剂量与效果",
        "dose_intro": "措施的各项数额取默认值的一半、默认值和两倍（在允许范围内）时，脱离循环的小区（百分点）。没有数额可调的措施不列。",
        "dose_head": ("措施", "数额", "一半", "默认", "两倍"),
        "to": "至", "between": "、", "colon": "：",
        "evidence": "[{row}](../evidence.md)",
    },
}  # fmt: skip


class Arm(NamedTuple):
    """One measure (or none) at one dose, over the parameters as they are or an ensemble."""

    kind: str
    dose: float
    over: str


def amounts_of(kind: type[Intervention]) -> tuple[str, ...]:
    """The settings that say how much of a measure there is: those without which it is idle, in the order of
    their declaration, and no share of time or staff that it takes from others."""
    named = {name for group in kind.idle_without for name in group}
    numbers = [name for name, field in kind.model_fields.items() if isinstance(field.default, int | float)]
    return tuple(name for name in numbers if name in named and kind.model_fields[name].default)


def programme_of(kind: type[Intervention], dose: float) -> dict[str, Any]:
    """A measure at its defaults, its amounts multiplied by a dose as far as their ranges go."""
    table: dict[str, Any] = {"kind": kind.programme_kind, "name": "measure"}
    for name in amounts_of(kind) if dose != 1.0 else ():
        field = kind.model_fields[name]
        low = max([rule.ge for rule in field.metadata if getattr(rule, "ge", None) is not None], default=None)
        high = min(
            [rule.le for rule in field.metadata if getattr(rule, "le", None) is not None], default=None
        )
        value = field.default * dose
        value = value if low is None else max(low, value)
        value = value if high is None else min(high, value)
        table[name] = max(1, round(value)) if isinstance(field.default, int) else float(value)
    return table


def world_of(city: Scenario, arm: Arm) -> Scenario:
    """The city with a measure; without one where the arm names none."""
    if not arm.kind:
        return city
    kind = load_programmes()[arm.kind]
    assert issubclass(kind, Intervention)
    return with_programmes(city, programme_of(kind, arm.dose))


def carry_out(
    city: Scenario, arms: Sequence[Arm], seeds: Sequence[int], members: Ensemble, at: Workplace
) -> dict[Arm, list[dict[str, float]]]:
    """The outcomes of every run, by arm, in the order of the seeds."""
    planned: list[PlannedRun] = []
    for arm in arms:
        ensemble = members if arm.over == OVER else None
        planned += planned_runs_over(world_of(city, arm), seeds, ensemble)
    found = run_planned(planned, at)
    found.require_complete()
    runs: list[RunSummary] = [run for _, run in found]
    return {
        arm: [run.scalars for run in runs[place * len(seeds) : (place + 1) * len(seeds)]]
        for place, arm in enumerate(arms)
    }


def difference(
    found: Mapping[Arm, Sequence[Mapping[str, float]]], arm: Arm, outcome: str, factor: float = 1.0
) -> np.ndarray:
    """What a measure changed in an outcome, seed by seed, times a factor."""
    without = found[Arm("", 1.0, arm.over)]
    pairs = zip(found[arm], without, strict=True)
    return np.array([factor * (run[outcome] - plain[outcome]) for run, plain in pairs], np.float64)


def written(values: np.ndarray, decimals: int, lang: str) -> str:
    """A mean with its interval, where there are enough pairs for one."""

    def number(value: float) -> str:
        text = f"{value:+,.{decimals}f}"
        return text if float(text.replace(",", "")) else text[1:]  # no sign before 0

    estimate = estimate_of(values)
    mean = number(estimate.mean)
    if values.size < LEAST_PAIRS or np.isnan(estimate.interval.low):
        return mean
    low, high = number(estimate.interval.low), number(estimate.interval.high)
    return f"{mean} ({low}{WORDS[lang]['to']}{high})"


def worst_of(found: Mapping[Arm, Sequence[Mapping[str, float]]], arm: Arm) -> tuple[str, np.ndarray] | None:
    """The outcome that a measure moved most surely for the worse: mean over standard error, of those whose
    interval excludes 0; None where there is none or too few pairs to say."""
    worst, most = None, 0.0
    for name in HARMS:
        values = difference(found, arm, name)
        values = values[~np.isnan(values)]
        if values.size < LEAST_PAIRS:
            continue
        interval = estimate_of(values).interval
        if not (interval.low > 0.0 or interval.high < 0.0):
            continue
        bad = HARMFUL.get(name, -OUTCOMES[name].better) * float(values.mean())
        error = float(values.std(ddof=1)) / np.sqrt(values.size) or 1e-12
        if bad > 0.0 and bad / error > most:
            worst, most = (name, difference(found, arm, name)), bad / error
    return worst


def harm_words(found: Mapping[Arm, Sequence[Mapping[str, float]]], arm: Arm, lang: str) -> str:
    """That outcome in words, with by how much."""
    worst = worst_of(found, arm)
    if worst is None:
        return "–"
    name, values = worst
    unit = OUTCOMES[name].unit
    factor, decimals = {"share": (100.0, 1), "yuan": (1e-4, 0)}.get(unit, (1.0, 2 if not unit else 1))
    if unit == "yuan/household/month":
        decimals = 2
    return OUTCOMES[name].name + WORDS[lang]["colon"] + written(factor * values, decimals, lang)


def row_of(found: Mapping[Arm, Sequence[Mapping[str, float]]], kind: str, lang: str) -> list[str]:
    """The row of a measure."""
    arm, doubt = Arm(kind, 1.0, DEFAULTS), Arm(kind, 1.0, OVER)
    cells = [written(difference(found, arm, name, factor), places, lang) for _, name, factor, places in GAINS]
    _, name, factor, places = GAINS[0]
    cells.insert(1, written(difference(found, doubt, name, factor), places, lang))
    label = load_programmes()[kind].label().in_language(lang)
    return [label, *cells, harm_words(found, arm, lang)]


def way_of(kind: str, city: Scenario, lang: str) -> str:
    """How a measure works, its known risk, what it rests on, and why it did nothing where that is known."""
    words, made = WORDS[lang], load_programmes()[kind]
    assert issubclass(made, Intervention)
    rows = words["between"].join(words["evidence"].format(row=row) for row in made.evidence)
    line = words["way"].format(
        label=made.label().in_language(lang),
        kind=kind,
        mechanism=made.how_it_works().in_language(lang),
        risk=made.known_risk().in_language(lang),
        rows=rows or words["no_rows"],
    )
    idle = [str(one) for one in without_effect(world_of(city, Arm(kind, 1.0, DEFAULTS)))]
    return line + "".join(" " + words["idle"].format(why=one) for one in idle)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def page(
    found: Mapping[Arm, Sequence[Mapping[str, float]]],
    city: Scenario,
    members: Ensemble,
    pairs: int,
    doses: Sequence[float],
    lang: str,
) -> str:
    """The whole page in a language."""
    words = WORDS[lang]
    with in_language(lang):
        harms = words["between"].join(OUTCOMES[name].name for name in HARMS)
        told = {"city": city.name, "months": city.months, "pairs": pairs, "model": model_source_hash()}
        lines = [f"# {words['title']}", "", words["intro"].format(doses=" --doses" if doses else "", **told)]
        if pairs < LEAST_PAIRS:
            lines += ["", words["few"].format(pairs=pairs)]
        rows = [row_of(found, kind, lang) for kind in kinds()]
        lines += ["", *table(words["head"], rows), ""]
        facts = {"members": len(members.members), "ensemble": members.name, "harms": harms}
        lines += [words["columns"].format(**facts), "", f"## {words['ways']}", ""]
        lines += [f"- {way_of(kind, city, lang)}" for kind in kinds()]
        if doses:
            lines += ["", f"## {words['doses']}", "", words["dose_intro"], ""]
            lines += table(words["dose_head"], dose_rows(found, lang))
    return re.sub(r"[ ]+$", "", "\n".join(lines), flags=re.MULTILINE) + "\n"


def dose_rows(found: Mapping[Arm, Sequence[Mapping[str, float]]], lang: str) -> list[list[str]]:
    """What half and twice as much of each measure that has amounts came to."""
    _, name, factor, places = GAINS[0]
    rows = []
    for kind in kinds():
        made = load_programmes()[kind]
        assert issubclass(made, Intervention)
        if amounts := amounts_of(made):
            cells = [
                written(difference(found, Arm(kind, dose, DEFAULTS), name, factor), places, lang)
                for dose in DOSES
            ]
            named = WORDS[lang]["between"].join(f"`{one}`" for one in amounts)
            rows.append([made.label().in_language(lang), named, *cells])
    return rows


def arms_of(doses: Sequence[float]) -> list[Arm]:
    """Everything that is run: the city without and with each measure, twice; and the doses."""
    arms = [Arm(kind, 1.0, over) for over in (DEFAULTS, OVER) for kind in ("", *kinds())]
    for kind in kinds():
        made = load_programmes()[kind]
        assert issubclass(made, Intervention)
        arms += [Arm(kind, dose, DEFAULTS) for dose in doses if dose != 1.0 and amounts_of(made)]
    return arms


def main() -> None:
    """Run, and write both pages."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seeds", type=int, default=20)
    given.add_argument("--ensemble", default=MEMBERS)
    given.add_argument("--doses", action="store_true")
    given.add_argument("--workers", type=int, default=None)
    given.add_argument("--store", type=Path, default=None)
    given.add_argument("--out", type=Path, default=DOCS, help="folder of the pages (default: docs)")
    options = given.parse_args()
    seeds, doses = range(1, options.seeds + 1), DOSES if options.doses else ()
    city, members = load(CITY), load_ensemble(options.ensemble)
    assert not city.interventions
    with open_store(options.store) as store, progress_bar() as report:
        at = Workplace(PoolEngine(options.workers), store, progress=report)
        found = carry_out(city, arms_of(doses), seeds, members, at)
    for lang in WORDS:
        folder = options.out if lang == "en" else options.out / lang
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "interventions-table.md"
        replace_text(file, page(found, city, members, len(seeds), doses, lang))
        print(file)


if __name__ == "__main__":
    main()
