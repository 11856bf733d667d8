"""The work of `estate calibrate`: fit, say what was learned and how far to trust it, write the ensemble."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.terminal import console, table
from sim.cli.workplace_options import WorkplaceOptions
from sim.errors import StudyError
from sim.evidence.patterns import CALIBRATION, load_patterns
from sim.experiments.ensemble import FOLDER
from sim.experiments.unmeasured import stated_ranges
from sim.outputs.catalog import parameter_name
from sim.results.folder import add
from sim.scenario.overrides import parse_setting
from sim.studies.calibration.calibration import (
    DISCREPANCY,
    FREE,
    Calibration,
    Settings,
    calibrate,
    check_free,
)
from sim.studies.calibration.design import Laboratory, ranges_of
from sim.studies.calibration.variants import AS_IT_IS
from sim.studies.calibration.words import SILENT_WORDS
from sim.studies.score_card.words import between, reported, title_of_pattern
from sim.studies.score_card.work import show as show_scores
from sim.text import figures, message, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table


class Order(NamedTuple):
    """What was asked for on the command line."""

    file: Path | None
    free: tuple[str, ...]
    runs: int
    members: int
    name: str
    method: str
    seed: int
    truths: int
    scored: int
    variants: tuple[str, ...]
    out: Path | None
    charts: bool
    lang: str
    workplace_options: WorkplaceOptions


def carry_out(order: Order) -> None:
    """Calibrate, print, write."""
    _check_name(order.name)
    screen = console()
    begun = time.perf_counter()
    patterns, _ = load_patterns(order.file)
    free = stated_ranges(order.free, "--free") or FREE
    variants = stated_variants(order.variants)
    fitted = [pattern for pattern in patterns if pattern.use == CALIBRATION and pattern.measurable]
    if fitted:
        settings = Settings(order.name, order.method, order.runs, order.members, order.seed, DISCREPANCY)
        check_free(order.out or FOLDER, settings, ranges_of(free, fitted), fitted)
    with order.workplace_options.opened(screen) as workplace:
        if fitted:
            each = Laboratory(fitted, ranges_of(free, fitted)).runs_a_set
            screen.print(
                say(
                    "calibration.plan",
                    patterns=len(fitted),
                    free=len(free),
                    each=each,
                    runs=figures.count(order.runs),
                    scored=order.scored,
                )
            )
            screen.print(say("calibration.resumed"), style="dim")
        try:
            calibration = calibrate(
                patterns,
                free=free,
                runs=order.runs,
                members=order.members,
                name=order.name,
                method=order.method,
                seed=order.seed,
                truths=order.truths,
                scored=order.scored,
                variants=variants,
                workplace=workplace,
            )
        except KeyboardInterrupt:
            screen.print(say("calibration.stopped"))
            raise
    seconds = figures.count(time.perf_counter() - begun)
    screen.print(
        say(
            "calibration.done",
            runs=figures.count(calibration.runs),
            executed=figures.count(calibration.executed),
            seconds=seconds,
        )
    )
    show(screen, calibration)
    path = calibration.save(order.out or FOLDER)
    if order.charts:
        from sim.studies.calibration.chart import save_posterior_chart

        add(path.parent, [save_posterior_chart(calibration, path)], f"{order.name}.json")
    screen.print()
    name = shlex.quote(order.name if order.out is None else str(path))
    screen.print(say("calibration.written", file=path, name=name), soft_wrap=True)


def _check_name(name: str, place: str = "--name") -> None:
    if not name or not all(letter.isalnum() or letter in "-_" for letter in name):
        allowed = message("calibration.error.name")
        raise StudyError(message("problem.instead", place=place, found=repr(name), allowed=allowed))


def stated_variants(stated: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Variants by name from NAME:KEY=VALUE[,KEY=VALUE]. StudyError for another form, or a name twice."""
    variants: dict[str, dict[str, Any]] = {}
    for text in stated:
        name, colon, settings = text.partition(":")
        if not colon or not settings or name in variants:
            allowed = message("calibration.error.variant")
            raise StudyError(message("problem.instead", place="--variant", found=repr(text), allowed=allowed))
        _check_name(name, "--variant")
        variants[name] = dict(parse_setting(one) for one in settings.split(","))
    return variants


def show(screen: Console, calibration: Calibration) -> None:
    """Print sentences, what to beware of, the parameters, the patterns, and the
    score card over the ensemble."""
    screen.print()
    for line in calibration.sentences():
        screen.print(line)
    for line in calibration.warnings():
        screen.print(f"! {line}", style="yellow")
    screen.print()
    screen.print(_parameters(calibration))
    screen.print()
    screen.print(_patterns(calibration))
    if calibration.weights is not None:
        screen.print()
        screen.print(_variants(calibration.weights))
    if calibration.scores is not None:
        screen.print()
        show_scores(screen, calibration.scores)


def _parameters(calibration: Calibration) -> Table:
    parameters_table = table(
        say("calibration.parameters"),
        say("calibration.parameter"),
        say("calibration.range"),
        say("calibration.default"),
        say("calibration.median"),
        say("calibration.interval"),
        say("calibration.narrower"),
        say("calibration.inside"),
        right=1,
    )
    for row in calibration.parameters.sort_values("narrower", ascending=False, kind="stable").itertuples():
        inside = (
            f"{figures.share(row.inside_50, 0)} / {figures.share(row.inside_90, 0)}"
            if calibration.coverage is not None
            else NO_VALUE
        )
        parameters_table.add_row(
            f"{parameter_name(row.parameter)} [{row.parameter}]",
            f"{row.low:.3g}–{row.high:.3g}",
            f"{row.default:.3g}",
            f"{row.p50:.3g}",
            f"{row.p5:.3g}–{row.p95:.3g}",
            figures.share(row.narrower, 0),
            inside,
        )
    return parameters_table


def _variants(weights: pd.DataFrame) -> Table:
    variants_table = table(
        say("calibration.variants"),
        say("calibration.variant"),
        say("calibration.cities"),
        say("calibration.foretold"),
        say("calibration.behind"),
        say("calibration.weight"),
        right=1,
    )
    for row in weights.itertuples():
        behind = NO_VALUE if row.behind == 0 else f"{row.behind:.1f} ± {row.error:.1f}"
        name = say("calibration.as_it_is") if row.variant == AS_IT_IS else str(row.variant)
        variants_table.add_row(
            name, figures.count(row.cities), f"{row.foretold:.1f}", behind, figures.share(row.weight, 0)
        )
    return variants_table


def _patterns(calibration: Calibration) -> Table:
    patterns_table = table(
        say("calibration.patterns"),
        say("score_card.pattern"),
        say("score_card.reported"),
        say("calibration.before"),
        say("calibration.after"),
        right=1,
    )
    for pattern, row in zip(calibration.patterns, calibration.statistics.to_dict("records"), strict=True):
        title, target = title_of_pattern(pattern), reported(pattern)
        if row["silent"]:
            patterns_table.add_row(title, target, SILENT_WORDS[row["silent"]], "")
            continue
        ranges = [
            between(row[f"{when}_p5"], row[f"{when}_p95"], pattern.told_unit) for when in ("before", "after")
        ]
        patterns_table.add_row(title, target, *ranges)
    return patterns_table
