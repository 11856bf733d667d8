"""Carry out the two shipped studies at their full size and write what they found into the documentation:
study-results.md and zh/study-results.md with their charts.

    python docs/make_studies.py [budget] [sobol] [--workers 2] [--store FOLDER]

`budget` is scenarios/studies/budget_search.toml, about 1,700 small runs; `sobol` is sobol_unmeasured.toml,
7,168. Runs are kept in the store and the packages of the search in results/, so that an interrupted run goes
on; a study that is not named keeps what the page says of it.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from sim.experiments.progress import progress_bar
from sim.experiments.study_file import load_study, load_trap_study
from sim.experiments.workplace import Workplace
from sim.fingerprint import model_source_hash
from sim.outputs.report.model import Part, Table
from sim.outputs.style import write
from sim.results.files import replace_text
from sim.results.pool_engine import PoolEngine
from sim.results.store import open_store
from sim.studies.budget.budget import BudgetStudy
from sim.studies.sensitivity.sensitivity import sensitivity_of_study
from sim.text import in_language, languages

DOCS = Path(__file__).resolve().parent
STUDIES = {"budget": "budget_search", "sobol": "sobol_unmeasured"}
PICTURES = 2  # of a study: the leading ones of its report
# The prose of this page, which no other part of the project says.
WORDS = {
    "en": {
        "title": "Two studies, carried out",
        "intro": (
            "What the shipped studies `budget_search` and `sobol_unmeasured` find at their full size, written "
            "from real runs by `python docs/make_studies.py`. How to read them: [what to buy](budget.md), "
            "[sensitivity](studies.md), [interval and range](intervals.md). They are answers of this model for "
            "a made-up small city, not for any real one."
        ),
        "made": "Again: `{command}`. Model {model}, digest {digest}.",
        "asked": "Asked: {question}",
        "not_yet": "Not carried out at its full size yet: `{study}` (`python docs/make_studies.py {name}`).",
    },
    "zh": {
        "title": "两项研究的结果",
        "intro": (
            "随软件附带的研究 `budget_search` 和 `sobol_unmeasured` 按完整规模运行的结果，由 "
            "`python docs/make_studies.py` 根据真实运行写成。怎样读：[买什么](budget.md)、"
            "[敏感性（英文）](../studies.md)、[区间与范围](intervals.md)。"
            "这是本模型对一座虚构小城市的回答，不是对任何真实城市的回答。"
        ),
        "made": "重做：`{command}`。模型 {model}，摘要 {digest}。",
        "asked": "问题：{question}",
        "not_yet": "尚未按完整规模运行：`{study}`（`python docs/make_studies.py {name}`）。",
    },
}


def path_of(lang: str) -> Path:
    """The page in a language."""
    return (DOCS if lang == "en" else DOCS / lang) / "study-results.md"


def table(shown: Table) -> list[str]:
    """A table of a report in Markdown, with its caption and its note."""
    lines = [shown.columns, ["---"] * len(shown.columns), *shown.rows]
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return [f"### {shown.caption}", "", *rows, "", *([shown.note, ""] if shown.note else [])]


def section(name: str, found: Any, question: Any, lang: str) -> str:
    """What a study found, from its report: its sentences, its leading charts, its tables."""
    part: Part = found.kind.get(found.kind.report)(found)
    words = WORDS[lang]
    lines = [f"## {part.title}", "", words["asked"].format(question=question.in_language(lang)), ""]
    lines += [f"- {line}" for line in part.finding]
    for number, picture in enumerate(part.pictures[:PICTURES]):
        file = DOCS / "images" / f"study_{name}_{number}.{lang}.png"
        write(picture.draw(), file, picture.title, picture.alt)
        up = "" if lang == "en" else "../"
        lines += ["", f"![{picture.title}]({up}images/{file.name})"]
    lines.append("")
    for shown in (*part.programmes, *part.gains, *part.tables):
        if not shown.folded:
            lines += table(shown)
    command = f"python docs/make_studies.py {name}"
    told = {"command": command, "model": model_source_hash(), "digest": found.digest[:16]}
    return "\n".join([*lines, words["made"].format(**told), ""])


def kept(lang: str) -> dict[str, str]:
    """The sections that the page has, by study."""
    file = path_of(lang)
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    found = re.findall(r"<!-- study (\w+) -->\n(.*?)<!-- end -->", text, re.DOTALL)
    return dict(found)


def carry_out(name: str, at: Workplace) -> tuple[Any, Any]:
    """What a study found, and its question."""
    if name == "budget":
        study = load_trap_study(STUDIES[name], BudgetStudy)
        return study.run(workplace=at, folder=Path("results") / "budget-search-docs"), study.question
    asked, _ = load_study(STUDIES[name])
    return sensitivity_of_study(asked, at), asked.question


def main() -> None:
    """Run, draw, write; each page at once, after the last study."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("studies", nargs="*", choices=[*STUDIES, []], default=[])
    given.add_argument("--workers", type=int, default=None)
    given.add_argument("--store", type=Path, default=None)
    options = given.parse_args()
    for name in options.studies or STUDIES:
        with open_store(options.store) as store, progress_bar() as report:
            found, question = carry_out(name, Workplace(PoolEngine(options.workers), store, progress=report))
        for lang in languages():
            with in_language(lang):
                parts = kept(lang) | {name: section(name, found, question, lang)}
            words = WORDS[lang]
            written = [f"<!-- study {key} -->\n{parts[key]}<!-- end -->" for key in STUDIES if key in parts]
            written += [
                words["not_yet"].format(study=STUDIES[key], name=key) for key in STUDIES if key not in parts
            ]
            page = "\n".join([f"# {words['title']}", "", words["intro"], "", "\n\n".join(written), ""])
            replace_text(path_of(lang), page)


if __name__ == "__main__":
    main()
