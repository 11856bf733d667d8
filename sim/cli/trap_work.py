"""The work of `estate tipping` and `estate budget`, and of other commands that ask one thing of a scenario: run, say what was found, write tables, charts and a manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.folders import folder_name, write_results
from sim.cli.place import Place
from sim.cli.terminal import console
from sim.errors import StudyError
from sim.results.folder import check_place
from sim.scenario import Scenario, load
from sim.scenario.overrides import parse_setting, with_overrides
from sim.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RESULTS = Path("results")


class Common(NamedTuple):
    """Options that all of these commands have."""

    settings: Sequence[str]
    out: Path | None
    lang: str
    place: Place

    def changes(self) -> dict[str, Any]:
        """The changed values by key."""
        return dict(parse_setting(text) for text in self.settings)


def show_tipping(name: str, lever: str, options: Mapping[str, Any], common: Common) -> None:
    """Carry out `estate tipping`."""
    from sim.experiments.tipping import tipping
    from sim.experiments.trap_file import TippingStudy, is_trap_study, load_trap_study
    from sim.outputs.trap import bifurcation, hysteresis

    if is_trap_study(name, "tipping"):
        study = load_trap_study(name, TippingStudy)
        console().print(study.question.in_language(common.lang), markup=False)
        _refuse_beside_file(name, {"lever": lever, **options})
        # the file is the question: of the options only --loop, --point, --set and --ensemble are added to it
        added = ("hysteresis", "no_return", *(("seeds",) if common.place.ensemble is not None else ()))
        lever, options = study.lever, study.options() | {key: options[key] for key in added}
        scenario = changed(study.scenario(), common)
    else:
        scenario = changed(name, common)
    check_place_of("tipping", common)
    with common.place.opened(console(), common.lang) as workplace:
        found = tipping(
            scenario,
            lever,
            workplace=workplace,
            **options,
        )
    charts = {
        f"bifurcation_{one.type_name}": bifurcation(found, one.type_name, lang=common.lang)
        for one in found.maps
    }
    charts |= {
        f"hysteresis_{one.type_name}": hysteresis(found, one.type_name, lang=common.lang)
        for one in found.maps
        if one.loop
    }
    finish("tipping", found, charts, common)


def _refuse_beside_file(name: str, options: Mapping[str, Any]) -> None:
    """StudyError for options of `estate tipping` that a file states itself: they would be passed over."""
    from sim.experiments.levers import ADDED_INCOME
    from sim.experiments.tipping import LONGEST_DELAY, MONTHS, VALUES

    plain = {
        "lever": ADDED_INCOME,
        "low": None,
        "high": None,
        "values": VALUES,
        "types": None,
        "world": "alike",
        "months": MONTHS,
        "longest_delay": LONGEST_DELAY,
    }
    said = [key for key, value in plain.items() if options[key] != value]
    if said:
        raise StudyError(
            f"{name}: found options beside the file ({', '.join(said)}), allowed --loop, --point, --set and --ensemble: the file says the rest"
        )


def show_budget(
    name: str, yearly: float | None, menu: Path | None, options: Mapping[str, Any], common: Common
) -> None:
    """Carry out `estate budget`."""
    from sim.experiments.budget import budget
    from sim.experiments.trap_file import BudgetStudy, is_trap_study, load_trap_study
    from sim.outputs.budget import pareto

    asked: dict[str, Any] = dict(options)
    if is_trap_study(name, "budget"):
        study = load_trap_study(name, BudgetStudy)
        console().print(study.question.in_language(common.lang), markup=False)
        asked, yearly = study.options() | asked, study.yearly if yearly is None else yearly
        scenario = changed(study.scenario(), common)
    else:
        scenario = changed(name, common)
    if yearly is None:
        raise StudyError("yearly: found nothing, allowed an amount in yuan, such as --yearly 5e6")
    if menu is not None:
        asked["menu"] = menu
    # the search is kept in the folder that was asked for, or in one for all searches of the scenario, and goes on there
    folder = common.out or RESULTS / f"budget-{scenario.name}"
    check_place_of("budget", common)
    with common.place.opened(console(), common.lang) as workplace:
        found = budget(
            scenario,
            yearly,
            folder=folder,
            workplace=workplace,
            **asked,
        )
    tell(found, common)
    put(found, {"pareto": pareto(found, lang=common.lang)}, "budget", common)


def changed(what: str | Scenario, common: Common) -> Scenario:
    """The scenario of a command (by name, or as a file makes it) with the values that were changed on the command line."""
    scenario = what if isinstance(what, Scenario) else load(what)
    changes = common.changes()
    return with_overrides(scenario, changes) if changes else scenario


def finish(command: str, found: Any, charts: Mapping[str, Axes], common: Common) -> None:
    """Print what was found and put charts, tables, the result itself and a manifest in place together."""
    tell(found, common)
    put(found, charts, command, common)


def check_place_of(kind: str, common: Common) -> None:
    """ResultError, before anything is run, if the folder asked for holds a result of another kind."""
    if common.out is not None:
        check_place(common.out, kind)


def put(found: Any, charts: Mapping[str, Axes], command: str, common: Common) -> None:
    """Put what was found and its charts in the folder asked for, or in one named by its key, and say where."""
    from sim.experiments.saved_found import key_of, kind_of

    key = key_of(found)
    folder = common.out or RESULTS / folder_name(command, [found.scenario.name], key)
    write_results(folder, kind_of(found), key, lambda part: write(found, charts, part, common))
    where(folder, common)


def tell(found: Any, common: Common) -> None:
    """Print what was found, in words."""
    for line in found.sentences(common.lang):
        console().print(line, markup=False)


def where(folder: Path, common: Common) -> None:
    """Print where the results are."""
    console().print(say("command.results", folder=folder), soft_wrap=True, markup=False)


def write(found: Any, charts: Mapping[str, Axes], folder: Path, common: Common) -> None:
    """Write charts (PNG), tables, the result itself and a manifest, which comes last."""
    from sim.experiments.saved_found import save_found
    from sim.outputs import style

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, ax in charts.items():
            style.write(style.owner(ax), folder / f"{name}.png", name, " ".join(found.sentences(common.lang)))
    except OSError as error:
        raise StudyError(f"{folder}: cannot be written ({error.strerror or error})") from None
    save_found(found, folder, {"settings": list(common.settings)})
