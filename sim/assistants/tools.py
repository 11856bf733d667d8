"""What an assistant can ask for: every tool with what it is told, and how it is answered."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationError

from sim.assistants.desk import Answer, Desk, answer_of
from sim.city.key import may_be_quoted
from sim.errors import ScenarioError, StudyError
from sim.problems import Problem, nearest, one_of
from sim.results.outcomes import DEFAULT_OUTCOMES
from sim.runner import resolve
from sim.scenario import Scenario, list_scenarios
from sim.scenario.fields import Table
from sim.scenario.messages import problems_of
from sim.text import in_language, language, languages, message, say
from sim.text.joins import labelled

Value = bool | int | float | str | list[int | float | str]


class Asked(Table):
    """What every tool is told."""

    text_area: ClassVar[str] = "assistant"

    language: str | None = None


class OfScenario(Asked):
    """What is told of a scenario that is to be run."""

    scenario: str
    months: int | None = Field(default=None, ge=1)
    settings: dict[str, Value] = Field(default_factory=dict)

    def resolved(self, seed: int | None = None) -> Scenario:
        """The scenario as it is to be run. ScenarioError if it cannot be."""
        return resolve(self.scenario, seed, self.months, self.settings)


# what there is


class ListAsked(Asked):
    """What is to be listed."""

    what: Literal["scenarios", "interventions", "studies", "results"] = "scenarios"


class DescribeAsked(Asked):
    """A scenario or an intervention."""

    name: str


class EvidenceAsked(Asked):
    """A parameter, figure or source; all parameters without one."""

    entry: str | None = None


def list_what(asked: ListAsked, desk: Desk) -> Answer:
    """Scenarios, interventions, questions or kept results."""
    from sim.cli.describe import show_interventions, show_list
    from sim.studies.study.work import show_studies

    if asked.what == "results":
        lines = [_kept(desk, name) for name in desk.results()] or [say("assistant.none_yet")]
        return _plain(say("assistant.list_results"), lines)
    shown = {"scenarios": show_list, "interventions": show_interventions, "studies": show_studies}[asked.what]
    return _plain(say(f"assistant.list_{asked.what}"), _printed(shown))


def _kept(desk: Desk, name: str) -> str:
    from sim.kinds import kinds
    from sim.results.folder import kind_of, read_manifest

    kind = kinds().get(kind_of(read_manifest(desk.folder / name)))
    return name if kind is None else labelled(name, kind.title)


def describe(asked: DescribeAsked, desk: Desk) -> Answer:
    """What a scenario assumes, or how an intervention works."""
    from sim.cli.describe import show_intervention, show_scenario
    from sim.model.programmes.describe import kinds
    from sim.scenario import load

    if asked.name in kinds():
        return _plain(asked.name, _printed(lambda: show_intervention(asked.name)))
    if asked.name not in list_scenarios() and not asked.name.endswith(".toml"):
        names = [*list_scenarios(), *kinds()]
        raise ScenarioError(
            [Problem("describe", "name", repr(asked.name), one_of(names), nearest(asked.name, names))]
        )
    from sim.outputs.report.common import share_assumed

    scenario = load(asked.name)
    description = _printed(lambda: show_scenario(asked.name))
    return _plain(scenario.title.in_language(language()), description, share_assumed(scenario))


def evidence(asked: EvidenceAsked, desk: Desk) -> Answer:
    """What a number of the model rests on."""
    from sim.cli.credibility import show_entry, show_register

    entry = asked.entry
    if entry is None:
        return _plain(say("rests.all_title"), _printed(show_register))
    return _plain(entry, _printed(lambda: show_entry(entry)))


def _printed(show: Callable[[], None]) -> list[str]:
    """The lines that a command prints."""
    page = io.StringIO()
    with redirect_stdout(page):
        show()
    return [line.rstrip() for line in page.getvalue().splitlines() if line.strip()]


def _plain(title: str, findings: list[str], *limits: str) -> Answer:
    """An answer that no run is behind."""
    told = findings[1:] if findings[:1] == [title] else findings
    return Answer(title, tuple(told), (*limits, say("report.not_forecast")))


# runs


class RunAsked(OfScenario):
    """One run, and how many draws it is placed among."""

    seed: int | None = Field(default=None, ge=0)
    draws: int = Field(default=10, ge=2)


class ExplainAsked(Asked):
    """An estate of a run that was kept."""

    run: str
    estate: int | None = Field(default=None, ge=0)


def run(asked: RunAsked, desk: Desk) -> Answer:
    """One run in detail, among runs with other seeds."""
    from sim.fingerprint import model_source_hash
    from sim.results import load_run
    from sim.results.folder import put_in_place, staging
    from sim.results.provenance import scenario_key
    from sim.runner import run as simulate
    from sim.studies.draws.among import among, keep_draws, shipped_draws

    scenario = asked.resolved(asked.seed)
    known = shipped_draws(scenario, model_source_hash())
    desk.check_work("run", [(scenario, 1 if known is not None else 1 + asked.draws)])
    name = f"run-{scenario.name}-seed{scenario.seed}-{scenario_key(scenario)[:8]}"
    name += "" if known is not None else f"-among{asked.draws}"
    folder = desk.place_for(name)
    if name not in desk.results():
        finished_run = simulate(scenario, notice=lambda text: None)
        with staging(folder) as part:
            finished_run.save(part)
            put_in_place(part, folder)
        if known is None:
            keep_draws(among(finished_run, asked.draws, desk.workplace()), folder)
    return answer_of(load_run(folder).report(), name)


def explain(asked: ExplainAsked, desk: Desk) -> Answer:
    """The life of one estate of a kept run, cause by cause."""
    from sim.results import load_run
    from sim.studies.run.explain import explain_text
    from sim.studies.run.words import hard_case

    held = load_run(desk.result("explain: run", asked.run))
    estate = hard_case(held) if asked.estate is None else asked.estate
    title, *told = explain_text(held, estate)
    part = held.report()
    limits = (say("draw.one", seed=held.seed), say("assistant.one_estate"), *part.sure)
    return Answer(title, tuple(told), limits, more={"estate": estate})


# many runs


class CompareAsked(Asked):
    """Scenarios with the same seeds, the first the baseline."""

    scenarios: list[str] = Field(min_length=2)
    runs: int = Field(default=20, ge=2)
    months: int | None = Field(default=None, ge=1)
    settings: dict[str, Value] = Field(default_factory=dict)
    outcomes: list[str] = Field(default_factory=list)
    ensemble: str | None = None
    level: float = Field(default=0.95, gt=0, lt=1)


class DecideAsked(OfScenario):
    """What to buy with a yearly sum."""

    yearly: float = Field(gt=0)
    payer: str | None = None
    packages: int = Field(default=40, ge=1)
    runs: int = Field(default=4, ge=1)
    fresh: int = Field(default=10, ge=2)
    futures: int = Field(default=0, ge=0)
    ensemble: str | None = None


class TippingAsked(OfScenario):
    """A lever over which the trap is mapped."""

    lever: str = "added_income"
    low: float | None = None
    high: float | None = None
    values: int = Field(default=9, ge=3)
    types: list[str] = Field(default_factory=list)
    settle: int = Field(default=300, ge=24)
    seeds: int = Field(default=1, ge=1)
    hysteresis: bool = False
    no_return: bool = False
    ensemble: str | None = None


def compare(asked: CompareAsked, desk: Desk) -> Answer:
    """What differs between scenarios under the same luck, with intervals."""
    from sim.studies.comparison.arms import prepare
    from sim.studies.comparison.compare import compare as carry_out

    arms = prepare(asked.scenarios, asked.months, asked.settings)
    desk.check_work("compare", [(scenario, asked.runs) for scenario in arms.values()])
    comparison = carry_out(
        *asked.scenarios,
        replications=asked.runs,
        months=asked.months,
        overrides=asked.settings,
        outcomes=tuple(asked.outcomes) or DEFAULT_OUTCOMES,
        workplace=desk.workplace(asked.ensemble, asked.level),
    )
    return _saved(desk, "compare", [arm.name for arm in comparison.arms], comparison)


def decide(asked: DecideAsked, desk: Desk) -> Answer:
    """Which package of programmes a yearly sum buys: a budget search, since nothing else here decides yet."""
    from sim.studies.budget.budget import budget

    base = asked.resolved()
    runs = (asked.packages + 1) * (asked.runs + asked.fresh + 2 * asked.futures)
    desk.check_work("decide", [(base, runs)])
    search = budget(
        base,
        asked.yearly,
        payer=asked.payer,
        trials=asked.packages,
        replications=asked.runs,
        fresh=asked.fresh,
        stress=asked.futures,
        rivals=False,
        folder=desk.place_for(f"search-{base.name}"),
        workplace=desk.workplace(asked.ensemble),
    )
    return _saved(desk, "budget", [base.name], search, say("assistant.decide_is_budget"))


def tipping(asked: TippingAsked, desk: Desk) -> Answer:
    """Where estates of each type can rest, where they tip, and how wide the trap is."""
    from sim.studies.tipping.tipping import tipping as carry_out

    base = resolve(asked.scenario, None, asked.months, asked.settings)
    desk.check("tipping", _work_of_tipping(asked, base))
    result = carry_out(
        base,
        asked.lever,
        low=asked.low,
        high=asked.high,
        values=asked.values,
        types=asked.types or None,
        months=asked.settle,
        seeds=tuple(range(1, asked.seeds + 1)),
        hysteresis=asked.hysteresis,
        no_return=asked.no_return,
        workplace=desk.workplace(asked.ensemble),
    )
    return _saved(desk, "tipping", [base.name], result)


def _work_of_tipping(asked: TippingAsked, base: Scenario) -> float:
    """At least the household-months of a map: what refining the ends of a trap adds is not known before."""
    from sim.experiments.representative import ESTATES, HOUSEHOLDS
    from sim.size import households_of
    from sim.studies.tipping.no_return import FIRST_SEEDS, GRID
    from sim.studies.tipping.resting_states import STARTS
    from sim.studies.tipping.tipping import HOLD, LONGEST_DELAY, STEPS

    types = len(asked.types or base.types)
    points = asked.values * len(STARTS) * asked.seeds * asked.settle
    loop = 2 * STEPS * HOLD if asked.hysteresis else 0
    work = float(types * ESTATES * HOUSEHOLDS * (points + loop))
    if asked.no_return and base.interventions:
        runs = 2 * FIRST_SEEDS * (1 + len(GRID))
        work += runs * households_of(base) * (base.months + LONGEST_DELAY)
    return work


def _saved(desk: Desk, tool: str, names: list[str], result: Any, *limits: str) -> Answer:
    """Keep a result, and tell what its report says."""
    from sim.cli.analysis import folder_name

    name = folder_name(tool, names, result.key)
    if name not in desk.results():
        result.save(desk.place_for(name))
    return answer_of(result.report(), name, (*limits, *result.warnings()))


# a page


class ReportAsked(Asked):
    """Results that were kept."""

    results: list[str] = Field(min_length=1)


def report(asked: ReportAsked, desk: Desk) -> Answer:
    """One self-contained page about kept results."""
    from sim.kinds import load_result
    from sim.outputs.report import write_report

    folders = [desk.result("report: results", name) for name in asked.results]
    page = desk.folder / f"report-{'-'.join(asked.results)[:80]}.{language()}.html"
    write_report(folders, page)
    parts = [load_result(folder).report() for folder in folders]
    return Answer(
        say("assistant.page", number=len(parts)),
        tuple(line for part in parts for line in part.finding),
        tuple(dict.fromkeys(line for part in parts for line in part.sure)),
        files=(str(page),),
    )


# all of them


@dataclass(frozen=True)
class Tool:
    """A tool: what it is told, what answers it, and whether it leaves something in the folder of results."""

    asked: type[Asked]
    answer: Callable[[Any, Desk], Answer]
    writes: bool = False


TOOLS: Mapping[str, Tool] = {
    "list": Tool(ListAsked, list_what),
    "describe": Tool(DescribeAsked, describe),
    "run": Tool(RunAsked, run, writes=True),
    "compare": Tool(CompareAsked, compare, writes=True),
    "decide": Tool(DecideAsked, decide, writes=True),
    "tipping": Tool(TippingAsked, tipping, writes=True),
    "explain": Tool(ExplainAsked, explain),
    "evidence": Tool(EvidenceAsked, evidence),
    "report": Tool(ReportAsked, report, writes=True),
}


def answer(name: str, arguments: Mapping[str, Any], desk: Desk) -> tuple[Answer, str]:
    """Answer a question, with the answer as text. EstateError for an unknown tool, arguments that are
    none, or what cannot be done."""
    if name not in TOOLS:
        raise StudyError(message("problem.instead", place="tool", found=repr(name), allowed=one_of(TOOLS)))
    spoken = arguments.get("language")
    if spoken is not None and spoken not in languages():
        wrong = Problem(name, "language", repr(spoken), one_of(languages()))
        raise ScenarioError([wrong])
    with in_language(spoken):
        asked = _read(name, arguments)
        _refuse_named(name, asked)
        answered = TOOLS[name].answer(asked, desk)
        return answered, answered.text()


def _refuse_named(tool: str, asked: Asked) -> None:
    """StudyError for a file that holds a city's own names: an error about it would quote it, and an answer
    may leave the machine."""
    told = [getattr(asked, key, None) for key in ("scenario", "name")] + list(getattr(asked, "scenarios", ()))
    for given in told:
        if isinstance(given, str) and given.endswith(".toml") and not may_be_quoted(Path(given)):
            allowed = message("export.scenario_of_city")
            raise StudyError(message("problem.instead", place=tool, found=repr(given), allowed=allowed))


def _read(name: str, arguments: Mapping[str, Any]) -> Asked:
    """What a tool was told, checked. ScenarioError with everything that is wrong with it."""
    told, kind = dict(arguments), TOOLS[name].asked
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, kind, told, lambda place: name)) from None


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of what a tool is told, described in the current language."""
    kind = TOOLS[name].asked
    schema = kind.model_json_schema()
    for key, entry in schema["properties"].items():
        label = kind.label_of(key)
        if label is not None:
            entry["description"] = label.in_language(language())
    return {key: value for key, value in schema.items() if key != "description"}
