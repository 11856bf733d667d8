"""Write the score card of a real run into the documentation: score-card.md and
zh/score-card.md with their charts; and into the package, for the briefs of results (sim/evidence/
score_card.json).

    python docs/make_score_card.py [--replications 40] [--ensemble calibrated] [--workers 2]

Every pattern with the parameters as they are, with each feedback loop off in turn, and, where an ensemble is
named, over it. Readings are kept in the store, so that an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from sim.evidence.patterns import CALIBRATION, CONSISTENCY, HELD_OUT, USE_WORDS, USES, load_patterns
from sim.evidence.shipped_card import FILE, as_data
from sim.experiments.ensemble import as_ensemble, doubt_line
from sim.experiments.progress import progress_bar
from sim.experiments.workplace import Workplace
from sim.fingerprint import model_source_hash
from sim.outputs.style import owner, write
from sim.results.files import replace_text
from sim.results.pool_engine import PoolEngine
from sim.results.store import open_store
from sim.studies.score_card import words
from sim.studies.score_card.chart import score_card_chart
from sim.studies.score_card.score_card import ScoreCard, effect, validate
from sim.text import in_language, language

DOCS = Path(__file__).resolve().parent
SHOWN = 16  # hex digits of a hash
# The prose of this page, which no other part of the project says: not in the catalogs, which ship with the
# package.
WORDS = {
    "en": {
        "title": "Validation score card",
        "intro": (
            "What a credible model must reproduce: some patterns are used for calibration, some are **held "
            "out** and never fitted to, and some test what went in and count as neither. Misses stay misses. "
            "[Which patterns, and why](patterns.md). Written from a real run by `python "
            "docs/make_score_card.py`."
        ),
        "count": (
            "{passed} of {fit} calibration patterns pass, and {held} of {held_of} held-out ones. Consistency "
            "checks, which do not count: {check} of {check_of}."
        ),
        "as_is": "With the parameters as they are",
        "over": "Over the ensemble {name}",
        "alt": "reported range and simulation of every pattern",
        "sources": "sources",
        "made": "{runs} replications, seeds {first} to {last}; model {model}, values {digest}.",
        "loops": "With each loop off",
        "loops_note": (
            "A cell is the mean with that loop off; “breaks” and “mends” mark verdicts that change, and "
            "“(unsure)” those that other seeds might turn back. A pattern that breaks without a loop owes "
            "itself to that loop."
        ),
    },
    "zh": {
        "title": "验证成绩单",
        "intro": (
            "可信的模型应当重现的情况：一部分用于校准，一部分留作检验（**拟合时从不使用**），另有一些检查"
            "的是输入，两边都不计。不符的照实列出。[选了哪些模式、为什么](patterns.md)。由 `"
            "python docs/make_score_card.py` 根据真实运行写成。"
        ),
        "count": (
            "校准模式：{fit}项中通过{passed}项；留作检验的：{held_of}项中通过{held"
            "}项。一致性检查（不计入）：{check_of}项中通过{check}项。"
        ),
        "as_is": "参数取现值",
        "over": "参数集合 {name}",
        "alt": "每项模式的报道范围与模拟结果",
        "sources": "依据",
        "made": ("{runs}次重复，种子{first}至{last}；模型 {model}，数值 {digest}。"),
        "loops": "关闭每个循环后",
        "loops_note": (
            "单元格为关闭该循环时的均值；写明“不再成立”“转为成立”的是结论改变的，带（未定）的换一批种子可"
            "能又变回来。一项模式因某个循环关闭而不再成立，说明这个循环是该模式的成因之一。"
        ),
    },
}


def word(key: str, **values: object) -> str:
    """One of WORDS in the current language."""
    return WORDS[language()][key].format(**values)


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Lines of a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def scores(card: ScoreCard) -> list[str]:
    """The counts and one table for each use."""
    counts = card.counts()
    (passed, fit), (held, held_of), (check, check_of) = (
        counts[use] for use in (CALIBRATION, HELD_OUT, CONSISTENCY)
    )
    told = {"passed": passed, "fit": fit, "held": held, "held_of": held_of}
    lines = [
        word("count", check=check, check_of=check_of, **told),
        "",
        doubt_line(card.ensemble_facts),
        "",
    ]
    head = [*words.heads_of(card), word("sources")]
    for use in USES:
        rows = []
        for score in card.of_use(use):
            title, kind, reported, simulated, single, judged, off = words.row_of(score)
            judged = judged if score.passed else f"**{judged}**"
            rows.append(
                [title, kind, reported, simulated, single, judged, off, " ".join(score.pattern.sources)]
            )
        lines += [f"### {USE_WORDS[use]}", ""]
        if words.uses_by_kind(use):
            lines += [words.by_kind(card, use), ""]
        lines += [*table(head, rows), ""]
    lines += not_measurable(card)
    runs = word(
        "made",
        runs=len(card.seeds),
        first=card.seeds[0],
        last=card.seeds[-1],
        model=model_source_hash(),
        digest=card.digest()[:SHOWN],
    )
    return [*lines, runs, ""]


def not_measurable(card: ScoreCard) -> list[str]:
    """What does not count yet, and which mechanism it needs."""
    if not card.not_measurable:
        return []
    rows = [list(words.needed_row(score.pattern)) for score in card.not_measurable]
    return [f"### {words.needed_title(card)}", "", *table(list(words.needed_heads()), rows), ""]


def ablation(card: ScoreCard) -> list[str]:
    """One row a pattern, one column a loop."""
    assert card.loops is not None
    rows = []
    for place, on in enumerate(card.scores):
        if not on.pattern.measurable:
            continue
        row = [words.title_of_pattern(on.pattern), words.all_on(on)]
        for off in (every[place] for every in card.loops.scores.values()):
            what, text = effect(on, off), words.amount(off.mean, on.pattern.told_unit)
            told = f"{text} **{words.EFFECT_WORDS[what]}**{words.unsure_without(on, off)}"
            row.append(told if what in words.TURNED else text)
        rows.append(row)
    lines = [f"## {word('loops')}", "", word("loops_note"), ""]
    return [*lines, *table(list(words.loop_heads(card)), rows), ""]


def page(card: ScoreCard, over: ScoreCard | None, lang: str) -> str:
    """The whole page."""
    images = "../images" if lang == "zh" else "images"
    with in_language(lang):
        lines = [
            f"# {word('title')}",
            "",
            word("intro"),
            "",
            f"## {word('as_is')}",
            "",
            f"![{word('alt')}]({images}/score_card.{lang}.png)",
            "",
            *scores(card),
        ]
        if over is not None and over.ensemble is not None:
            lines += [
                f"## {word('over', name=over.ensemble.name)}",
                "",
                f"![{word('alt')}]({images}/score_card_ensemble.{lang}.png)",
                "",
                *scores(over),
            ]
        return "\n".join([*lines, *ablation(card)])


def main() -> None:
    """Run, draw, write."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--replications", type=int, default=40)
    asked.add_argument("--ensemble", default=None)
    asked.add_argument("--workers", type=int, default=None)
    asked.add_argument("--store", type=Path, default=None)
    given = asked.parse_args()
    patterns, _ = load_patterns()
    ensemble = as_ensemble(given.ensemble)
    with open_store(given.store) as store, progress_bar() as report:
        place = Workplace(PoolEngine(given.workers), store, progress=report)
        card = validate(patterns, replications=given.replications, ablate=True, workplace=place)
        over = None
        if ensemble is not None:
            place = replace(place, ensemble=ensemble)
            over = validate(patterns, replications=given.replications, workplace=place)
    scores = [one for use in USES for one in card.of_use(use)]
    shipped = as_data(scores, card.seeds, model_source_hash(), card.digest()[:SHOWN])
    replace_text(FILE, json.dumps(shipped, indent=1) + "\n")
    for lang in ("en", "zh"):
        for one, name in ((card, "score_card"), (over, "score_card_ensemble")):
            if one is not None:
                file = DOCS / "images" / f"{name}.{lang}.png"
                with in_language(lang):
                    write(owner(score_card_chart(one)), file, word("title"), word("alt"))
        replace_text((DOCS / "zh" if lang == "zh" else DOCS) / "score-card.md", page(card, over, lang))


if __name__ == "__main__":
    main()
