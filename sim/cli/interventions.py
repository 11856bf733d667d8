"""`estate interventions`: all of them in a table, or one with everything that is declared about it."""

from __future__ import annotations

from sim.cli.terminal import console, table
from sim.interventions import describe as words


def show_all(lang: str) -> None:
    """Print a line for every intervention: kind, label, who pays, and the scenarios that use it."""
    zh = lang == "zh"
    made = table(
        "",
        *(
            ("种类", "名称", "谁出钱", "使用它的情景")
            if zh
            else ("kind", "name", "who pays", "scenarios that use it")
        ),
    )
    made.columns[0].no_wrap = True
    for kind in words.kinds():
        one = words.describe(kind)
        payers = ("、" if zh else ", ").join(words.bearer(payer, lang) for payer in one.payers)
        made.add_row(kind, one.label.in_language(lang), payers, ", ".join(one.scenarios) or "–")
    console().print(made)


def show_one(kind: str, lang: str) -> None:
    """Print mechanism, known risk, levers, payers, settings, evidence and scenarios of one intervention."""
    from rich.markdown import Markdown

    console().print(Markdown(words.as_text(words.describe(kind), lang)))
