"""Write docs/patterns.md and docs/zh/patterns.md from the shipped patterns, or tell
whether they are up to date.

python docs/make_patterns.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from sim.evidence.patterns import (
    CONSISTENCY,
    KIND_WORDS,
    KINDS,
    REGION_WORDS,
    USE_WORDS,
    USES,
    Pattern,
    load_patterns,
)
from sim.evidence.statistics import COUNTED_WORDS, STATISTIC_WORDS
from sim.results.files import replace_text
from sim.studies.score_card.words import reported
from sim.text import in_language

HERE = Path(__file__).parent
PAGES = {"en": HERE / "patterns.md", "zh": HERE / "zh" / "patterns.md"}
TEXTS = {"en": HERE / "patterns.text", "zh": HERE / "zh" / "patterns.text"}
TABLES = "{{ tables }}"
WORDS = {
    "en": {
        "heads": ("pattern", "class", "what was measured", "statistic", "reported", "figures"),
        "needs": "not yet measurable: needs {needs}",
        "companies": "under companies",
        "counted": "{use}: {counted} count today ({kinds}); {needs} more are not yet measurable.",
        "checks": "{use}: {counted}.",
    },
    "zh": {
        "heads": ("模式", "类别", "统计了什么", "统计量", "报道", "依据"),
        "needs": "尚不能计算，缺：{needs}",
        "companies": "仅限物业企业管理",
        "counted": "{use}：目前计入{counted}项（{kinds}）；另有{needs}项尚不能计算。",
        "checks": "{use}：{counted}项。",
    },
}


def page(language: str) -> str:
    """The whole page in a language."""
    with in_language(language):
        made = "\n".join(_tables(language))
    return TEXTS[language].read_text(encoding="utf-8").replace(TABLES, made)


def _tables(language: str) -> list[str]:
    patterns, words = load_patterns()[0], WORDS[language]
    lines: list[str] = []
    for use in USES:
        mine = [pattern for pattern in patterns if pattern.use == use]
        counted = Counter(pattern.kind for pattern in mine if pattern.measurable)
        kinds = ", ".join(f"{KIND_WORDS[kind]} {counted[kind]}" for kind in KINDS)
        said = words["checks" if use == CONSISTENCY else "counted"]
        told = {"use": USE_WORDS[use], "counted": sum(counted.values()), "kinds": kinds}
        heads = list(words["heads"])
        lines += [f"## {USE_WORDS[use]}", ""]
        lines += [str(said).format(**told, needs=len(mine) - sum(counted.values())), ""]
        lines += [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
        lines += [_row(pattern, language) for pattern in sorted(mine, key=lambda one: KINDS.index(one.kind))]
        lines.append("")
    return lines


def _row(pattern: Pattern, language: str) -> str:
    words, measured = WORDS[language], pattern.measured
    years = "–".join(str(year) for year in dict.fromkeys(measured.years))
    of = [
        measured.of_whom.in_language(language),
        COUNTED_WORDS[measured.counts],
        REGION_WORDS[measured.region],
    ]
    if measured.company_run:
        of.append(str(words["companies"]))
    statistic = f"{STATISTIC_WORDS[pattern.measure.statistic]} (`{pattern.measure.statistic}`)"
    if pattern.needs is not None:
        statistic = str(words["needs"]).format(needs=pattern.needs.in_language(language))
    title = pattern.title.in_language(language)
    if pattern.note is not None:
        title += f"<br>{pattern.note.in_language(language)}"
    with in_language(language):
        told = reported(pattern)
    cells = (title, KIND_WORDS[pattern.kind], f"{'; '.join(of)}; {years}", statistic, told)
    return f"| {' | '.join((*cells, ' '.join(pattern.sources)))} |"


def main() -> int:
    """Write or check the pages; returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    check = asked.parse_args().check
    late = [
        lang for lang, path in PAGES.items() if not path.exists() or path.read_text("utf-8") != page(lang)
    ]
    if not check:
        for language in late:
            replace_text(PAGES[language], page(language))
        return 0
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
