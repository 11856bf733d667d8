"""Write docs/outcomes.md and docs/zh/outcomes.md from the registry of outcomes, or tell
whether they are up to date.

python docs/make_outcomes.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES, POPULATION_WORDS, SERIES, Figure, Series
from sim.text import in_language
from sim.text.figures import unit_name

HERE = Path(__file__).parent
PAGES = {"en": HERE / "outcomes.md", "zh": HERE / "zh" / "outcomes.md"}
WORDS = {
    "en": {
        "title": "# Outcomes",
        "about": "Every figure of a run, as `sim/results/outcomes.py` defines it. Written by `docs/make_outcomes.py`; do not edit by hand.",
        "default": "What a comparison shows unless told otherwise, the headline first",
        "run": "## Of a run",
        "series": "## Month by month",
        "heads": ("id", "meaning", "unit", "over", "better"),
        "since": "from month",
        "of_year": "What is “of the last 12 months” begins in month 12, the first that has twelve months behind it: month by month before, late payment of more and more bills would come to count, and it would rise for that alone, and whether an estate covers its cost over twelve months (self-sustaining, on support, break-even) would rest on months that nobody simulated. A mean over the last year of a run of under 23 months takes the months from month 12 on. Runs shorter than 12 months have no start value of it; in their last month it is of the months there are, and is called so.",
        "better": ("less", "–", "more"),
    },
    "zh": {
        "title": "# 结果指标",
        "about": "一次运行的每个数字，以 `sim/results/outcomes.py` 的定义为准。本页由 `docs/make_outcomes.py` 生成，请勿手工修改。",
        "default": "比较时默认显示的指标，第一个为主要指标",
        "run": "## 整次运行",
        "series": "## 逐月",
        "heads": ("代号", "含义", "单位", "统计范围", "何者为好"),
        "since": "起始月",
        "of_year": "“近12个月”的指标自第12月起才有数值：此前账单不足12个月，可以补缴的账单逐月增多，指标会单因此而上升；小区12个月是否收支相抵（自我维持、依靠外部支持、收支平衡）则会取决于未经模拟的月份。不足23个月的运行，其末年平均值只计第12月及以后。不足12个月的运行没有起始值，最后一个月的数值只含已有的月份，并照此标明。",
        "better": ("少", "–", "多"),
    },
}


def page(language: str) -> str:
    """The whole page in a language."""
    words = WORDS[language]
    with in_language(language):
        default = [f"- `{name}`" for name in DEFAULT_OUTCOMES]
        lines = [str(words["title"]), "", str(words["about"]), "", str(words["default"]), "", *default, ""]
        for part, table in (("run", OUTCOMES), ("series", SERIES)):
            said = [str(words["of_year"]), ""] if part == "series" else []
            lines += [str(words[part]), "", *said, *_rows(table, words), ""]  # type: ignore[arg-type]
    return "\n".join(lines).rstrip("\n") + "\n"


def _rows(table: dict[str, Figure], words: dict[str, object]) -> list[str]:
    heads, better = list(words["heads"]), list(words["better"])  # type: ignore[call-overload]
    monthly = any(isinstance(figure, Series) for figure in table.values())
    heads += [str(words["since"])] if monthly else []
    rows = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for name, figure in table.items():
        over = POPULATION_WORDS[figure.population]
        cells = [f"`{name}`", figure.name, unit_name(figure.unit), over, better[figure.better + 1]]
        cells += [str(figure.since)] if isinstance(figure, Series) else []
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def main() -> int:
    """Write or check the pages; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="only tell whether the pages are up to date")
    stale = [
        file
        for language, file in PAGES.items()
        if not file.exists() or file.read_text(encoding="utf-8") != page(language)
    ]
    if parser.parse_args().check:
        for file in stale:
            print(
                f"{file.relative_to(HERE.parent)} is out of date: run python docs/make_outcomes.py",
                file=sys.stderr,
            )
        return 1 if stale else 0
    for language, file in PAGES.items():
        file.write_text(page(language), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
