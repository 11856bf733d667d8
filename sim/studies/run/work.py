"""`estate run`: announce, simulate, sum up, and put the results in place all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.cli.describe import announce
from sim.cli.terminal import console, month_bar
from sim.cli.terminal import say as said
from sim.scenario import Scenario, parse_setting
from sim.studies.run.printed import show_summary
from sim.text import message, say

if TYPE_CHECKING:
    from rich.console import Console

    from sim.results import Run
    from sim.studies.draws.among import Among

RESULTS = Path("results")
HASH_LETTERS = 8


class Order(NamedTuple):
    """What was asked for on the command line."""

    scenario: str
    seed: int | None
    months: int | None
    settings: tuple[str, ...]
    out: Path | None
    lang: str
    threads: int | None
    charts: bool
    ensemble: str | None = None
    member: int | None = None
    among: int | None = None


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is simulated if it cannot be done."""
    from sim.results.folder import check_place, put_in_place, staging
    from sim.results.provenance import KIND, scenario_key
    from sim.runner import resolve

    changes = dict(parse_setting(text) for text in order.settings)
    scenario = _of_member(resolve(order.scenario, order.seed, order.months, changes), order)
    key = scenario_key(scenario)
    folder = order.out or RESULTS / f"{scenario.name}-seed{scenario.seed}-{key[:HASH_LETTERS]}"
    check_place(folder, KIND, key)
    screen = console()
    announce(screen, scenario, changes, folder, order.lang)
    with staging(folder) as part:
        run = _simulate(screen, scenario, order)
        with screen.status(say("run.drawing")):
            _write(run, part, order)
        put_in_place(part, folder)
    show_summary(screen, run)
    _point_to(screen, run, folder, order)
    if order.among is not None:
        _tell_among(screen, run, folder, order, order.among)
    else:
        _tell_known(screen, run)


def _of_member(scenario: Scenario, order: Order) -> Scenario:
    """The scenario with the member that was asked for. StudyError for an ensemble without one: a run has one set of parameters."""
    from sim.errors import StudyError
    from sim.experiments.ensemble import load_ensemble, with_member

    if order.ensemble is None:
        if order.member is not None:
            raise StudyError(message("run.member_alone"))
        return scenario
    ensemble = load_ensemble(order.ensemble)
    if order.member is None or order.member > len(ensemble.members):
        raise StudyError(
            message(
                "run.which_member",
                members=len(ensemble.members),
                name=order.ensemble,
                scenario=order.scenario,
            )
        )
    return with_member(scenario, ensemble.member(order.member - 1))


def _simulate(screen: Console, scenario: Scenario, order: Order) -> Run:
    from sim.runner import run

    with month_bar(screen, order.lang) as advance:
        # printed above the bar, which a first run shows for half a minute before its first month
        return run(
            scenario,
            threads=order.threads,
            progress=advance,
            notice=lambda text: screen.print(said("compiling", order.lang)),
        )


def _write(run: Run, part: Path, order: Order) -> None:
    run.save(part)
    if order.charts:
        from sim import charts

        charts.save_all(run, part / "charts", order.lang)


def _tell_among(screen: Console, run: Run, folder: Path, order: Order, count: int) -> None:
    """Carry out the other draws, which the common store keeps, tell where this one lies, and put them and their fan beside it."""
    from sim.experiments.progress import progress_bar
    from sim.experiments.workplace import Workplace
    from sim.studies.draws.among import among, keep_draws

    screen.print()
    with progress_bar(order.lang) as report:
        found = among(run, count, Workplace(progress=report))
    _print_place(screen, found)
    keep_draws(found, folder)
    if order.charts:
        from sim import charts
        from sim.results.folder import add

        drawn = charts.save(found.draws, "fan", folder / "charts" / "fan", order.lang, run=run)
        add(folder, drawn)
        told = say("draw.fan_in", file=drawn[0])
        screen.print(told, soft_wrap=True, markup=False)


def _tell_known(screen: Console, run: Run) -> None:
    """Where a shipped scenario's run lies among the draws that ship with it, which takes no further run."""
    from sim.studies.draws.among import known_among
    from sim.studies.draws.shipped import of_other_version

    found = known_among(run)
    if found is not None:
        screen.print()
        _print_place(screen, found)
    elif of_other_version(run.scenario, str(run.manifest["model_source_hash"])):
        screen.print()
        screen.print(say("draw.other_version"), style="dim", soft_wrap=True)


def _print_place(screen: Console, found: Among) -> None:
    for line in found.sentences():
        screen.print(line, soft_wrap=True, markup=False)


def _point_to(screen: Console, run: Run, folder: Path, order: Order) -> None:
    """Where the results are, and the command that follows an estate which had a hard time."""
    from sim.studies.run.summary import hard_case

    screen.print()
    screen.print(say("run.written_to", folder=folder), soft_wrap=True)
    if order.charts:
        screen.print(say("run.charts_in", folder=folder / "charts"), soft_wrap=True)
    hint = say("run.explain_hint", folder=folder, estate=hard_case(run))
    screen.print(hint, soft_wrap=True, markup=False)
