"""Measure what the decline over twenty years is made of, and what spinning up changes, and write both tables
into model.md and zh/model.md.

    python docs/make_decline.py [--seeds 10] [--workers 2] [--store FOLDER]

The city is `vicious_cycle`, which has no programme. Runs are kept in the store, so that an interrupted series
goes on; 16 runs a seed of twenty years each.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.progress import progress_bar
from sim.experiments.workplace import Workplace, run_planned
from sim.model.engine import Engine
from sim.model.state.modes import managed
from sim.results.engines import PlannedRun
from sim.results.files import replace_text
from sim.results.pool_engine import PoolEngine
from sim.results.store import open_store
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.tables import LoopSettings
from sim.words import STAGES

DOCS = Path(__file__).resolve().parent
PAGES = {"en": DOCS / "model.md", "zh": DOCS / "zh" / "model.md"}
CITY, MONTHS, SPUN = "vicious_cycle", 240, 60
LOOPS = tuple(LoopSettings.model_fields)
CAUSES = ("spread", "growth", "loops")
WITHIN = 36  # months in which a spell without a manager may end
COMMODITY = "commodity"
WORDS = {
    "en": {
        "as it is": "as it is",
        "spread": "every price and cost that of its type (no spread)",
        "growth": "no growth of cost (`service.cost_growth` 0)",
        "loops": "all five loops off",
        "pair": "neither spread nor growth",
        "rest": "none of the three",
        "loop": "loop `{name}` off",
        "decline": (
            "| of the estates, in the cycle | month 0 | after 10 years | after 20 years | more in 20 years |",
            "Mean over seeds 1 to {seeds} (lowest to highest), {spun} months of spinning up. Of the {rise} points "
            "by which the share in the cycle rises in twenty years, the spread of price and cost explains {spread}, "
            "growth of cost {growth}, the loops {loops}, and {rest} are there without any of the three (Shapley "
            "values: the mean over all orders of taking them away). Again: `python docs/make_decline.py --seeds {seeds}`.",
        ),
        "start": (
            "| | without spinning up | after {spun} months |",
            ("companies that leave, in years 1 to 6", "of all exits in ten years, those of years 3 and 4",
             "spiralling estates, month 0 and month 12", "in the cycle, month 0, after 10 and 20 years",
             "commodity estates that lost their manager and have a company again within three years (of how many)",
             "mean price after 20 years, relative to month 0"),
        ),
    },
    "zh": {
        "as it is": "原样",
        "spread": "各小区单价和成本均为该类型的值（无离散）",
        "growth": "成本不增长（`service.cost_growth` 为0）",
        "loops": "五个循环全部关闭",
        "pair": "既无离散也不增长",
        "rest": "三者都去掉",
        "loop": "关闭循环 `{name}`",
        "decline": (
            "| 处于循环的小区占比 | 第0个月 | 10年后 | 20年后 | 20年上升 |",
            "种子1至{seeds}的均值（最低至最高），预热{spun}个月。二十年间处于循环的占比上升{rise}个百分点，其中单价与成本的离散解释{spread}，"
            "成本增长解释{growth}，循环解释{loops}，三者都没有时仍有{rest}（沙普利值：按各种先后次序去掉它们的均值）。重做：`python docs/make_decline.py --seeds {seeds}`。",
        ),
        "start": (
            "| | 不预热 | 预热{spun}个月 |",
            ("第1至6年各年撤场企业数", "十年撤场中第3、4年所占比例", "螺旋下滑的小区，第0和第12个月",
             "处于循环的小区，第0个月、10年和20年后", "失去管理者的商品房小区三年内重新有企业的比例（括号内为小区次数）", "20年后平均单价与第0个月之比"),
        ),
    },
}  # fmt: skip


def world(*gone: str, spun: int = SPUN) -> Scenario:
    """The city without some of the causes (CAUSES, or single loops)."""
    plain = load(CITY)
    assert not plain.interventions
    settings: dict[str, Any] = {"months": MONTHS, "spin_up": spun}
    for cause in gone:
        if cause == "spread":
            keys = ("fee_price_spread", "cost_spread")
            settings |= {f"types.{kind}.{key}": 0.0 for kind in plain.types for key in keys}
        elif cause == "growth":
            settings["parameters.service.cost_growth"] = 0.0
        else:
            settings |= {f"loops.{name}": False for name in (LOOPS if cause == "loops" else (cause,))}
    return with_overrides(plain, settings)


def worlds() -> dict[tuple[str, ...], Scenario]:
    """Every world that a table asks for, by what it is without."""
    some = [gone for size in range(len(CAUSES) + 1) for gone in combinations(CAUSES, size)]
    return {gone: world(*gone) for gone in (*some, *((name,) for name in LOOPS))}


def courses(plans: dict[Any, Scenario], seeds: Sequence[int], at: Workplace) -> dict[Any, np.ndarray]:
    """Share of estates in the cycle (%) in month 0, after ten and after twenty years: (seeds, 3) by world."""
    planned = [PlannedRun(scenario, seed) for scenario in plans.values() for seed in seeds]
    found = run_planned(planned, at)
    found.require_complete()
    shares = [100.0 * run.series["cycle"][[0, MONTHS // 2, MONTHS]] for _, run in found]
    return dict(zip(plans, np.array(shares, np.float64).reshape(len(plans), len(seeds), 3), strict=True))


def shapley(rise: dict[tuple[str, ...], float]) -> dict[str, float]:
    """How much of a rise each cause explains: what taking it away takes away, the mean over all orders."""
    parts = dict.fromkeys(CAUSES, 0.0)
    orders = list(permutations(CAUSES))
    for order in orders:
        for place, cause in enumerate(order):
            before, after = (tuple(c for c in CAUSES if c in order[:end]) for end in (place, place + 1))
            parts[cause] += (rise[before] - rise[after]) / len(orders)
    return parts | {"rest": rise[CAUSES]}


def spell_ends(modes: np.ndarray, companies: np.ndarray) -> Iterator[bool]:
    """Of every time that an estate lost its manager, early enough to be seen for so long: whether it had a
    company within three years. Both (months, estates)."""
    there, run = managed(modes), companies >= 0
    lost = there[:-1] & ~there[1:]
    for month, column in zip(*np.nonzero(lost[: MONTHS - WITHIN]), strict=True):
        yield bool(run[month + 1 : month + 2 + WITHIN, column].any())


def start_of(seed: int, spun: int) -> dict[str, Any]:
    """What shows how a run starts: exits by year, spiralling estates, spells without a manager."""
    with Engine(world(spun=spun), seed, threads=1) as city:
        city.run()
    out = city.outcomes
    assert out is not None
    left = np.array([month for month, _, _, kind, *_ in city.events() if kind == "company_left"])
    spiral = (out.stage == STAGES.index("spiralling")).mean(1)
    rows = np.flatnonzero(city.state.estates["type"] == list(city.scenario.types).index(COMMODITY))
    return {
        "left": np.bincount((left - 1) // 12, minlength=MONTHS // 12),
        "spiral": 100 * spiral[[0, 12]],
        "price": float(out.price[-1].mean() / out.price[0].mean()),
        "spells": list(spell_ends(out.mode[:, rows], out.company[:, rows])),
    }


def spread_of(values: np.ndarray) -> str:
    """Mean (lowest to highest) over seeds."""
    return f"{values.mean():.1f} ({values.min():.1f} to {values.max():.1f})"


def decline_table(found: dict[tuple[str, ...], np.ndarray], seeds: int, lang: str) -> list[str]:
    """The table of what the decline is made of."""
    words = WORDS[lang]
    heading, note = words["decline"]
    between = " to " if lang == "en" else "至"
    rows = [("as it is", ()), *((cause, (cause,)) for cause in CAUSES)]
    rows += [("pair", CAUSES[:2]), ("rest", CAUSES)]
    labelled = [(words[name], gone) for name, gone in rows]
    labelled += [(words["loop"].format(name=name), (name,)) for name in LOOPS]
    lines = [heading, "|---" * 5 + "|"]
    for label, gone in labelled:
        shares = found[gone]
        cells = [f"{shares[:, at].mean():.1f}" for at in (0, 1, 2)]
        cells.append(spread_of(shares[:, 2] - shares[:, 0]).replace(" to ", between))
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    rise = {gone: float((shares[:, 2] - shares[:, 0]).mean()) for gone, shares in found.items()}
    parts = {name: f"{part:.1f}" for name, part in shapley(rise).items()}
    return [*lines, "", note.format(seeds=seeds, spun=SPUN, rise=f"{rise[()]:.1f}", **parts)]


def start_table(
    starts: dict[int, list[dict[str, Any]]], cycle: dict[int, np.ndarray], lang: str
) -> list[str]:
    """The table of what spinning up changes."""
    heading, names = WORDS[lang]["start"]
    columns = []
    for spun, found in starts.items():
        left = np.array([one["left"] for one in found])
        decade = left[:, :10].sum()
        ends = [end for one in found for end in one["spells"]]
        columns.append(
            (
                ", ".join(f"{number:.1f}" for number in left[:, :6].mean(0)),
                f"{100 * left[:, 2:4].sum() / decade:.0f} %",
                ", ".join(f"{share:.1f} %" for share in np.mean([one["spiral"] for one in found], 0)),
                ", ".join(f"{share:.1f} %" for share in cycle[spun].mean(0)),
                f"{100 * np.mean(ends):.1f} % ({len(ends)})",
                f"{np.mean([one['price'] for one in found]):.3f}",
            )
        )
    lines = [heading.format(spun=SPUN), "|---" * 3 + "|"]
    return lines + [
        f"| {name} | {plain} | {spun} |" for name, plain, spun in zip(names, *columns, strict=True)
    ]


def write_between(lang: str, marker: str, lines: list[str]) -> None:
    """Put a table where the page has its marker."""
    text = PAGES[lang].read_text(encoding="utf-8")
    new = f"<!-- {marker} -->\n" + "\n".join(lines) + "\n<!-- end -->"
    changed, times = re.subn(rf"<!-- {marker} -->\n.*?<!-- end -->", lambda _: new, text, flags=re.DOTALL)
    assert times == 1, f"{PAGES[lang]} has {times} places for {marker}"
    replace_text(PAGES[lang], changed)


def main() -> None:
    """Run, and write both pages."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seeds", type=int, default=10)
    given.add_argument("--workers", type=int, default=None)
    given.add_argument("--store", type=Path, default=None)
    options = given.parse_args()
    seeds = range(1, options.seeds + 1)
    plans: dict[Any, Scenario] = dict(worlds()) | {"plain": world(spun=0)}
    with open_store(options.store) as store, progress_bar() as report:
        found = courses(plans, seeds, Workplace(PoolEngine(options.workers), store, progress=report))
    starts = {spun: [start_of(seed, spun) for seed in seeds] for spun in (0, SPUN)}
    cycle = {0: found.pop("plain"), SPUN: found[()]}
    for lang in PAGES:
        write_between(lang, "start", start_table(starts, cycle, lang))
        write_between(lang, "decline", decline_table(found, options.seeds, lang))


if __name__ == "__main__":
    main()
