"""`estate sensitivity`: run the design, say which parameters matter, write tables and charts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.markup import escape

from sim.cli.analysis_words import say
from sim.cli.folders import folder_name, write_results
from sim.cli.place import Place
from sim.cli.terminal import console, table
from sim.errors import StudyError
from sim.experiments.intervals import Range
from sim.experiments.sensitivity import KIND, Sensitivity, sensitivity, sensitivity_of_study
from sim.experiments.sensitivity_analysis import Analysis
from sim.experiments.unmeasured import range_of
from sim.outputs.outcome_words import size_of
from sim.outputs.range_words import range_of_pairs
from sim.outputs.sensitivity_words import mean_effect_bounds, parameter_name, total_bounds
from sim.parameters import PARAMETERS
from sim.results.folder import check_place
from sim.results.outcomes import OUTCOMES
from sim.scenario import parse_setting

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.experiments.workplace import Workplace

RESULTS = Path("results")
ROWS = 10


class Order(NamedTuple):
    """What was asked for on the command line; None and () where nothing was said."""

    scenario: str | None
    study: str | None
    method: str | None
    size: int | None
    factors: tuple[str, ...]
    outcomes: tuple[str, ...]
    replications: int | None
    top: int | None
    seed: int | None
    months: int | None
    settings: tuple[str, ...]
    out: Path | None
    lang: str
    charts: bool
    place: Place

    def asked(self) -> dict[str, Any]:
        """What `sensitivity` is told besides its scenario and workplace, in so far as it was said."""
        said = {
            "method": self.method,
            "size": self.size,
            "factors": factors_of(self.factors),
            "outcomes": self.outcomes or None,
            "replications": self.replications,
            "top": self.top,
            "first_seed": self.seed,
            "months": self.months,
            "overrides": dict(parse_setting(text) for text in self.settings) or None,
        }
        return {key: value for key, value in said.items() if value is not None}


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is run if it cannot be done."""
    if (order.study is None) == (order.scenario is None):
        raise StudyError(say("which_one", order.lang))
    if order.out is not None:
        check_place(order.out, KIND)
    screen = console()
    begun = time.perf_counter()
    with order.place.opened(screen, order.lang) as workplace:
        found = _analyse(order, workplace)
    runs = sum(len(one.points) * one.study.replications for one in found.analyses.values())
    screen.print(
        say(
            "compared",
            order.lang,
            runs=f"{runs:,}",
            executed=f"{found.executed:,}",
            seconds=f"{time.perf_counter() - begun:.1f}",
        )
    )
    show(screen, found, order.lang)
    folder = order.out or RESULTS / folder_name(
        "sensitivity", [found.scenario.name, *found.analyses], found.key
    )
    write_results(folder, KIND, found.key, lambda part: _write(screen, found, part, order))
    screen.print()
    screen.print(say("written", order.lang, folder=folder), soft_wrap=True, markup=False)


def _analyse(order: Order, workplace: Workplace) -> Sensitivity:
    if order.study is None:
        assert order.scenario is not None
        return sensitivity(order.scenario, **order.asked(), workplace=workplace)
    beside = [*order.asked(), *(("ensemble",) if workplace.ensemble is not None else ())]
    if beside:
        raise StudyError(
            f"--study: found beside options for {', '.join(beside)}, allowed alone: the file says all that"
        )
    return sensitivity_of_study(order.study, workplace)


def factors_of(texts: tuple[str, ...], option: str = "--parameter") -> dict[str, tuple[float, float]] | None:
    """Ranges by key of `KEY` (a parameter over its plausible range) or `KEY=LOW:HIGH`; None for no texts."""
    if not texts:
        return None
    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        key, equals, written = text.partition("=")
        parameter = PARAMETERS.get(key.removeprefix("parameters."))
        if not equals and parameter is not None:
            found[parameter.key] = range_of(parameter)
            continue
        try:
            low, high = (float(part) for part in written.split(":"))
        except ValueError:
            raise StudyError(
                f"{option}: found {text!r}, allowed the key of a parameter, or KEY=LOW:HIGH with two numbers"
            ) from None
        found[key] = (low, high)
    return found


def show(screen: Console, found: Sensitivity, lang: str) -> None:
    """Print a sentence per outcome, what to beware of, and the leading parameters of the main outcome."""
    screen.print()
    for line in found.sentences(lang):
        screen.print(line, markup=False)
    for line in found.warnings(lang):
        screen.print(f"! {line}", style="yellow", markup=False)
    for analysis in found.analyses.values():
        screen.print()
        screen.print(
            say(analysis.method, lang, outcome=OUTCOMES[found.outcomes[0]].in_language(lang)),
            style="bold",
            markup=False,
        )
        screen.print(_leading(analysis, found.outcomes[0], lang))


def _leading(analysis: Analysis, outcome: str, lang: str) -> Table:
    columns = (
        ("mean_effect", "mean_interval", "may_happen", "mean_size")
        if analysis.method == "morris"
        else ("total", "interval", "first")
    )
    level = f"{100 * analysis.level:.3g}"
    made = table(
        "", say("parameter", lang), *(say(name, lang, level=level) for name in ("range", *columns)), right=1
    )
    for _, row in analysis.table[analysis.table["outcome"] == outcome].head(ROWS).iterrows():
        key, words = row["parameter"], parameter_name(row["parameter"], lang)
        name = key if words == key else f"{words} [{key}]"
        made.add_row(escape(name), f"{row['low']:g} – {row['high']:g}", *_figures(analysis, row, lang))
    return made


def _figures(analysis: Analysis, row: Any, lang: str) -> list[str]:
    unit = row["unit"]
    if analysis.method == "morris":
        return [
            size_of(row["mean_effect"], unit, lang, sign=True),
            mean_effect_bounds(analysis, row, lang),
            range_of_pairs(Range.of_row(row.to_dict()), unit, lang),
            size_of(row["mean_size"], unit, lang),
        ]
    if row["total"] != row["total"]:
        return ["–", "–", "–"]
    return [
        f"{100 * row['total']:.0f}%",
        total_bounds(analysis, row, lang),
        f"{100 * row['first']:.0f}%",
    ]


def _write(screen: Console, found: Sensitivity, part: Path, order: Order) -> None:
    if order.charts:
        from sim.outputs.sensitivity import save_sensitivity_charts

        with screen.status(say("drawing", order.lang)):
            save_sensitivity_charts(found, part / "charts", order.lang)
    found.save(part)
