"""The work of `estate study …`: plan, carry out, say what came of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from sim.cli.place import Place, warn_of
from sim.cli.study_words import say
from sim.cli.terminal import console, table
from sim.errors import StudyError
from sim.experiments.engine import ATTEMPTS, attempt, execute_packed
from sim.experiments.ensemble import doubt_line
from sim.experiments.plan import Plan, plan_study
from sim.experiments.store import Store, open_store
from sim.experiments.study import StudyResult, registered, study, study_states
from sim.experiments.study_file import SCENARIO_FACTOR
from sim.experiments.workplace import Workplace

if TYPE_CHECKING:
    from rich.console import Console

    from sim.experiments.store import FailedRun
    from sim.experiments.study_file import Study

FAILURES_SHOWN = 10


class Order(NamedTuple):
    """What was asked for on the command line."""

    file: str
    lang: str
    place: Place
    retry_failed: bool


def carry_out(order: Order, resume: bool) -> None:
    """Run a study, or go on with it (StudyError if it was never begun). Exit code 1 if runs had to be set aside."""
    screen = console()
    plan = _plan(screen, order.file, order.place.ensemble, order.lang)
    with open_store(order.place.store) as store:
        if resume and not registered(store, plan):
            raise StudyError(say("not_begun", order.lang, folder=store.folder))
        _announce(screen, plan, store, order.lang)
        begun = time.perf_counter()
        try:
            result = study(
                plan,
                workplace=Workplace(order.place.engine(), store),
                retry_failed=order.retry_failed,
                lang=order.lang,
            )
        except KeyboardInterrupt:
            done = sum(status == "done" for status in store.statuses(plan.keys).values())
            screen.print(
                say(
                    "stopped",
                    order.lang,
                    done=done,
                    total=len(set(plan.keys)),
                    file=_asked(order.file, order.place.ensemble),
                ),
                soft_wrap=True,
            )
            raise
        _conclude(screen, result, time.perf_counter() - begun, order)
        if result.missing:
            raise typer.Exit(1)


def _plan(screen: Console, file: str, ensemble: str | None, lang: str) -> Plan:
    with screen.status("") as status:
        return plan_study(
            file,
            lambda done, total: (
                status.update(say("checking", lang, done=done, total=total)) if done % 50 == 0 else None
            ),
            ensemble,
        )


def _announce(screen: Console, plan: Plan, store: Store, lang: str) -> None:
    from sim.kernel import compiled_before

    screen.print(plan.study.title.in_language(lang), style="bold", markup=False)
    screen.print(plan.study.question.in_language(lang), markup=False)
    number, count = len(plan.points), plan.study.replications
    screen.print(
        say("plan", lang, points=f"{number:,}", count=count, runs=f"{len(plan):,}", base=plan.study.base)
    )
    screen.print(
        doubt_line(None if plan.ensemble is None else plan.ensemble.facts(count), lang), markup=False
    )
    warn_of(screen, plan.ensemble, lang)
    screen.print(say("store", lang, folder=store.folder), soft_wrap=True)
    if not compiled_before():
        screen.print(say("compiling", lang))


def _conclude(screen: Console, result: StudyResult, seconds: float, order: Order) -> None:
    lang = order.lang
    failures = result.failures
    found = len(set(result.plan.keys)) - result.executed
    screen.print(
        say("finished", lang, executed=f"{result.executed:,}", found=f"{found:,}", seconds=f"{seconds:.1f}")
    )
    if failures:
        show_failures(screen, failures, _asked(order.file, order.place.ensemble), lang)
    screen.print()
    if result.missing:
        screen.print(say("missing_note", lang), style="yellow")
    else:
        _show_outcomes(screen, result, lang)
        screen.print(f"{say('digest', lang)}: {result.digest()}", soft_wrap=True)
    screen.print(say("written", lang, file=result.save() / "runs.parquet"), soft_wrap=True)


def _show_outcomes(screen: Console, result: StudyResult, lang: str) -> None:
    """Mean of every outcome over all runs, and mean and range over the replications of the lowest and highest point."""
    from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, range_of
    from sim.outputs.outcome_words import level_of, size_of
    from sim.outputs.range_words import range_of_runs
    from sim.results.outcomes import OUTCOMES

    runs, count = result.runs, result.study.replications
    made = table("", *(say(key, lang) for key in ("outcome", "mean", "lowest", "highest", "se")), right=1)
    for name in result.study.outcomes:
        label = OUTCOMES[name].in_language(lang)
        empty = int(runs[name].isna().sum())
        if empty:
            made.add_row(label, say("no_value", lang, number=empty), "", "", "")
            continue
        points, unit = runs.groupby("point")[name], OUTCOMES[name].unit
        means, errors = points.mean(), points.sem()
        shown = [level_of(runs[name].mean(), unit, lang)]
        for point in (means.idxmin(), means.idxmax()):
            found = range_of(points.get_group(point))
            span = f" ({range_of_runs(found, unit, lang)})" if found.exists else ""
            shown.append(level_of(means[point], unit, lang) + span)
        made.add_row(label, *shown, size_of(errors.median(), unit, lang) if count >= LEAST_PAIRS else "–")
    screen.print(made)
    if count < ROUGH_PAIRS:
        screen.print(say("few" if count < LEAST_PAIRS else "rough", lang, count=count), style="yellow")


def _asked(file: str, ensemble: str | None) -> str:
    """What names a study on the command line."""
    return file if ensemble is None else f"{file} --ensemble {ensemble}"


def show_failures(screen: Console, failures: list[FailedRun], file: str, lang: str) -> None:
    """The first runs that were set aside: seed, changes, why, and the commands that try them again."""
    screen.print(say("set_aside", lang, failed=len(failures), attempts=ATTEMPTS), style="red")
    for failed in failures[:FAILURES_SHOWN]:
        screen.print("  " + failed.describe(), markup=False, soft_wrap=True)
        again = f"    {say('again', lang)}: estate study rerun {file} --run {failed.key[:12]}  ({say('or', lang)} {failed.rerun_command})"
        screen.print(again, markup=False, soft_wrap=True)
    if len(failures) > FAILURES_SHOWN:
        screen.print(f"  … {len(failures) - FAILURES_SHOWN}")


def show_status(file: str | None, place: Place, lang: str) -> None:
    """The state of all studies begun in a store, or of one with the runs that were set aside."""
    screen = console()
    with open_store(place.store) as store:
        plan = _plan(screen, file, place.ensemble, lang) if file is not None else None
        states = [state for state in study_states(store) if plan is None or state["id"] == plan.id]
        if plan is not None and not states:
            raise StudyError(say("not_begun", lang, folder=store.folder))
        if not states:
            screen.print(say("no_studies", lang, folder=store.folder))
            return
        made = table(
            "",
            *(say(key, lang) for key in ("study", "id", "begun", "runs", "done", "failed", "missing")),
            right=3,
        )
        for state in states:
            numbers = [f"{state[key]:,}" for key in ("total", "done", "failed", "missing")]
            made.add_row(state["name"], state["id"][:8], state["started"], *numbers)
        screen.print(made)
        if plan is not None and file is not None and (failures := store.failures(plan.keys)):
            show_failures(screen, failures, _asked(file, place.ensemble), lang)


def rerun(file: str, run_id: str, place: Place, lang: str) -> None:
    """Carry out one run of a study here and compare its digest; a run without result is kept. Exit code 1 if it differs."""
    from sim.experiments.engine import Finished
    from sim.experiments.study import register

    screen = console()
    plan = _plan(screen, file, place.ensemble, lang)
    with open_store(place.store) as store:
        key = store.key_of(run_id, plan.keys)
        cell = plan[plan.keys.index(key)]
        changes = ", ".join(f"{name}={value}" for name, value in cell.overrides.items()) or say(
            "base_only", lang
        )
        screen.print(
            say("run_line", lang, run=cell.run_id, seed=cell.seed, changes=changes),
            markup=False,
            soft_wrap=True,
        )
        packed, failure, seconds = attempt(execute_packed, cell)
        if packed is None:
            screen.print(say("raised", lang), style="red")
            screen.print(failure.traceback if failure else "", markup=False, soft_wrap=True)
            raise typer.Exit(1)
        stored = store.digests([key]).get(key)
        if stored is None:
            register(store, plan)
            store.put(Finished(cell, packed, None, 1, seconds))
            store.commit()
            screen.print(say("new", lang, digest=packed.digest), soft_wrap=True)
        elif stored == packed.digest:
            screen.print(say("same", lang, digest=packed.digest), soft_wrap=True)
        else:
            screen.print(
                say("differs", lang, stored=stored, found=packed.digest), style="red", soft_wrap=True
            )
            raise typer.Exit(1)


def export_study(file: str, kind: str, out: Path | None, place: Place, lang: str) -> None:
    """Write a study's runs for other programs."""
    from sim.experiments.export import export
    from sim.experiments.running import CellResults

    screen = console()
    plan = _plan(screen, file, place.ensemble, lang)
    with open_store(place.store) as store:
        if not registered(store, plan):
            raise StudyError(say("not_begun", lang, folder=store.folder))
        store.check_shards(plan.keys)
        result = StudyResult(plan, CellResults(plan, plan.keys, store, 0))
        for path in export(result, kind, out or result.folder):
            screen.print(say("exported", lang, file=path), soft_wrap=True)
        if result.missing:
            screen.print(say("exported_missing", lang, missing=result.missing), style="yellow")


def show_studies(lang: str) -> None:
    """A line for every question that can be named: what it asks, and the command that answers it."""
    from sim.experiments.study_file import list_studies, load_study
    from sim.experiments.trap_file import KINDS, list_trap_studies, load_trap_study

    made = table("", say("answered_by", lang), say("question", lang))
    made.columns[0].no_wrap = True
    for name in list_studies():
        found = load_study(name)[0]
        made.add_row(f"estate {_command_of(found)} {name}", found.title.in_language(lang))
    for name, command in list_trap_studies().items():
        made.add_row(
            f"estate {command} {name}", load_trap_study(name, KINDS[command]).title.in_language(lang)
        )
    console().print(made)


def _command_of(found: Study) -> str:
    """The command that says most about a study: those of scenarios are compared, screens and variance designs analysed."""
    if {factor.key for factor in found.factors} == {SCENARIO_FACTOR}:
        return "compare --study"
    return "sensitivity --study" if found.design.kind in ("morris", "sobol") else "study run"
