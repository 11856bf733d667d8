"""The work of `estate tipping` and `estate ablate`: run, say what was found, write tables, charts and a manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.study_work import Order, _engine
from sim.cli.terminal import console
from sim.errors import StudyError
from sim.experiments.files import replace_text
from sim.experiments.progress import progress_bar
from sim.scenario import Scenario, load
from sim.scenario.overrides import parse_setting, with_overrides

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

RESULTS = Path("results")


class Common(NamedTuple):
    """Options that all of these commands have."""

    settings: Sequence[str]
    out: Path | None
    lang: str
    workers: int | None
    in_process: bool
    store: Path | None

    def engine(self) -> Any:
        """The engine that was asked for."""
        return _engine(Order("", None, self.lang, self.workers, None, self.in_process, False))

    def changes(self) -> dict[str, Any]:
        """The changed values by key."""
        return dict(parse_setting(text) for text in self.settings)


def show_tipping(name: str, lever: str, options: Mapping[str, Any], common: Common) -> None:
    """Carry out `estate tipping`."""
    from sim.experiments.tipping import tipping
    from sim.outputs.trap import bifurcation, hysteresis

    scenario = changed(name, common)
    with progress_bar(common.lang) as report:
        found = tipping(scenario, lever, engine=common.engine(), store=common.store, progress=report, **options)
    folder = folder_of(common, "tipping", scenario)
    charts = {f"bifurcation_{one.type_name}": bifurcation(found, one.type_name, lang=common.lang) for one in found.maps}
    charts |= {f"hysteresis_{one.type_name}": hysteresis(found, one.type_name, lang=common.lang) for one in found.maps if one.loop}
    lines = found.sentences(common.lang)
    finish(folder, found.tables(), charts, lines, {"lever": lever, "options": dict(options)}, scenario, found.digest, common)


def show_ablation(name: str, options: Mapping[str, Any], common: Common) -> None:
    """Carry out `estate ablate`."""
    from sim.experiments.ablate import ablate
    from sim.outputs.trap import ablation_matrix

    scenario = changed(name, common)
    with progress_bar(common.lang) as report:
        found = ablate(scenario, engine=common.engine(), store=common.store, progress=report, **options)
    folder = folder_of(common, "ablate", scenario)
    charts = {f"ablation_{group}": ablation_matrix(found, group, lang=common.lang) for group in found.groups}
    finish(folder, {"ablation": found.table}, charts, found.sentences(common.lang), {"options": dict(options)}, scenario, found.digest, common)


def changed(name: str, common: Common) -> Scenario:
    """The scenario of a command with the values that were changed."""
    scenario = load(name)
    changes = common.changes()
    return with_overrides(scenario, changes) if changes else scenario


def folder_of(common: Common, command: str, scenario: Scenario) -> Path:
    """Where the results of a command go."""
    return common.out or RESULTS / f"{command}-{scenario.name}"


def finish(folder: Path, tables: Mapping[str, pd.DataFrame], charts: Mapping[str, Axes], lines: Sequence[str], asked: Mapping[str, Any],
           scenario: Scenario, digest: str, common: Common) -> None:  # fmt: skip
    """Print the sentences and write tables (CSV), charts (PNG) and a manifest, which comes last."""
    from sim.outputs import style
    from sim.results.provenance import git_state, versions
    from sim.scenario import content_hash

    screen = console()
    for line in lines:
        screen.print(line, markup=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            frame.to_csv(folder / f"{name}.csv", index=False)
        for name, ax in charts.items():
            style.write(style.owner(ax), folder / f"{name}.png", name, " ".join(lines))
        manifest = {"scenario": scenario.name, "content_hash": content_hash(scenario), **asked, "digest": digest, "found": list(lines),
                    "files": sorted([f"{name}.csv" for name in tables] + [f"{name}.png" for name in charts]),
                    "versions": versions(), "git": git_state()}  # fmt: skip
        replace_text(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1, default=str) + "\n")
    except OSError as error:
        raise StudyError(f"{folder}: cannot be written ({error.strerror or error})") from None
    screen.print(f"结果：{folder}" if common.lang == "zh" else f"Results in {folder}", soft_wrap=True, markup=False)


