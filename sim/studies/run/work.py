"""`estate run`: announce, simulate, sum up, and put the results in place all at once; `estate explain` and
`estate animate`: the told life of one estate of a saved run, and a film of all of them.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.describe import announce, warn_of_figures
from sim.cli.terminal import console, month_bar, print_costs, table
from sim.errors import EstateError, ResultError
from sim.kinds import kinds
from sim.no_effect import settings_of
from sim.outputs.public_money import cost_table
from sim.results.columns import COLUMN_WORDS
from sim.scenario import Scenario
from sim.studies.run.drawing import Painter
from sim.studies.run.reactions import reaction_sentences
from sim.studies.run.words import cycle_by_type, first_month_note, key_changes, label_of, written
from sim.text import figures, language, message, say
from sim.text.joins import bracketed, clauses, labelled
from sim.text.system import reason_of
from sim.units import NO_VALUE
from sim.words import MODE_WORDS, STAGE_WORDS, STAGES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.results import Run
    from sim.studies.draws.among import Among


RESULTS = Path("results")
HASH_LETTERS = 8


class Order(NamedTuple):
    """What was asked for on the command line."""

    scenario: str | None
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
    source: Path | None = None
    at: int | None = None
    keep_state: str | None = None
    svg: bool = False

    @property
    def formats(self) -> tuple[str, ...]:
        """In which its charts are written."""
        return ("png", "svg", "csv") if self.svg else ("png", "csv")


class Source(NamedTuple):
    """The run that another goes on from, and after which month."""

    run: Run
    month: int


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is simulated if it cannot be done."""
    from sim.results.branching import parent_branch, plan_of
    from sim.results.folder import check_place, put_in_place, staging
    from sim.results.provenance import KIND, scenario_key
    from sim.runner import months_to_keep, resolve

    changes = settings_of(order.settings)
    source = _source_of(order)
    if source is not None:
        scenario = plan_of(source.run, source.month, order.scenario, order.months, changes)
        before = parent_branch(source.run, source.month)
    else:
        assert order.scenario is not None  # the command asks for one
        scenario = _of_member(resolve(order.scenario, order.seed, order.months, changes), order)
        before = None
    keep = months_to_keep(_months_in(order.keep_state), scenario.months)
    key = scenario_key(scenario, before)
    folder = order.out or RESULTS / f"{scenario.name}-seed{scenario.seed}-{key[:HASH_LETTERS]}"
    check_place(folder, KIND, key)
    screen = console()
    with ExitStack() as ends:
        painter = ends.enter_context(Painter(order.lang)) if order.charts else None
        announce(screen, scenario, changes, folder)
        if source is not None:
            _tell_source(screen, source)
        if order.scenario is not None:
            warn_of_figures(screen, order.scenario)
        with staging(folder) as part:
            run = _simulate(screen, scenario, order, source, keep)
            run.save(part)
            put_in_place(part, folder)
        _tell_and_draw(screen, run, folder, order, painter)
    _point_to(screen, run, folder, order)
    if order.among is not None:
        _tell_among(screen, run, folder, order, order.among)


def _tell_and_draw(screen: Console, run: Run, folder: Path, order: Order, painter: Painter | None) -> None:
    """Print what came of a run that is in its folder, while its charts are drawn; then put these beside its
    tables. EngineError if one cannot be drawn: the tables and the other charts are there all the same."""
    from sim.results.folder import put_in_place, staging

    with staging(folder) as part:
        if painter is not None:
            names = [name for name, chart in kinds()["run"].charts.items() if not chart.needs]
            painter.begin(folder, part / "charts", names, order.formats)
        unread = False
        try:
            show_summary(screen, run)
            if order.among is None:
                _tell_known(screen, run)
        except SystemExit:
            # Rich ends the command, and is quiet, when nobody reads on (`estate run … | head`)
            if not screen.quiet:
                raise
            unread = True
        if painter is not None:
            with screen.status(say("run.drawing")):
                try:
                    painter.finish()
                finally:
                    put_in_place(part, folder)
        if unread:
            raise SystemExit(1)


def _source_of(order: Order) -> Source | None:
    """The run to go on from; None for a run of its own. EstateError for an option that has no use then."""
    from sim.results import load_run

    if (order.source is None) != (order.at is None):
        raise EstateError(message("run.from_and_at"))
    if order.source is None or order.at is None:
        return None
    for name in ("seed", "ensemble", "member", "among"):
        if getattr(order, name) is not None:
            raise EstateError(message("run.not_with_from", option=f"--{name}"))
    return Source(load_run(order.source), order.at)


def _months_in(text: str | None) -> tuple[int, ...]:
    """The months of a text such as "24,60". EstateError for another."""
    try:
        return tuple(int(part) for part in text.split(",")) if text is not None else ()
    except ValueError:
        allowed = message("run.months_form")
        raise EstateError(
            message("problem.instead", place="--keep-state", found=repr(text), allowed=allowed)
        ) from None


def _tell_source(screen: Console, source: Source) -> None:
    """From which run it goes on, and whether from a state that this kept."""
    kept = max((month for month in source.run.states if month <= source.month), default=0)
    key = "again" if kept == 0 else "kept" if kept == source.month else "between"
    told = say(
        f"branch.goes_on_{key}", run=source.run.key, month=source.month, kept=kept, next=source.month + 1
    )
    screen.print(f"  {told}", soft_wrap=True)


def _of_member(scenario: Scenario, order: Order) -> Scenario:
    """The scenario with the member that was asked for. StudyError for an ensemble without one: a
    run has one set of parameters."""
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
                name=shlex.quote(str(order.ensemble)),
                scenario=shlex.quote(str(order.scenario)),
            )
        )
    return with_member(scenario, ensemble.member(order.member - 1))


def _simulate(
    screen: Console, scenario: Scenario, order: Order, source: Source | None, keep: frozenset[int]
) -> Run:
    from sim.results.branching import carry_out, parent_branch, state_before
    from sim.runner import run

    with month_bar(screen) as advance:
        # printed above the bar, which a first run shows for half a minute before its first month
        if source is not None:
            return carry_out(
                parent_branch(*source),
                scenario,
                state_before(*source),
                threads=order.threads,
                keep_states=keep,
                progress=advance,
                notice=screen.print,
            )
        return run(scenario, threads=order.threads, progress=advance, notice=screen.print, keep_states=keep)


def _tell_among(screen: Console, run: Run, folder: Path, order: Order, count: int) -> None:
    """Carry out the other draws, which the common store keeps, tell where this one lies, and put
    them and their fan beside it."""
    from sim.experiments.progress import progress_bar
    from sim.experiments.workplace import Workplace
    from sim.studies.draws.among import among, keep_draws

    screen.print()
    with progress_bar(order.lang) as report:
        placed = among(run, count, Workplace(progress=report))
    _print_place(screen, placed)
    keep_draws(placed, folder)
    if order.charts:
        from sim import charts
        from sim.results.folder import add

        fan = folder / "charts" / "fan"
        drawn = charts.save(placed.draws, "fan", fan, order.lang, order.formats, run=run)
        add(folder, drawn)
        told = say("draw.fan_in", file=drawn[0])
        screen.print(told, soft_wrap=True)


def _tell_known(screen: Console, run: Run) -> None:
    """Where a shipped scenario's run lies among the draws that ship with it, which takes no further run."""
    from sim.studies.draws.among import known_among, of_other_version

    if run.branch is not None:
        return  # no draw of a scenario
    placed = known_among(run)
    if placed is not None:
        screen.print()
        _print_place(screen, placed)
    elif of_other_version(run.scenario, str(run.manifest["model_source_hash"])):
        screen.print()
        screen.print(say("draw.other_version"), style="dim")


def _print_place(screen: Console, among: Among) -> None:
    for line in among.sentences():
        screen.print(line)


def _point_to(screen: Console, run: Run, folder: Path, order: Order) -> None:
    """Where the results are, and the command that follows an estate which had a hard time."""
    from sim.studies.run.words import hard_case

    screen.print()
    screen.print(say("run.written_to", folder=folder), soft_wrap=True)
    if order.charts:
        screen.print(say("run.charts_in", folder=folder / "charts"), soft_wrap=True)
    hint = say("run.explain_hint", folder=shlex.quote(str(folder)), estate=hard_case(run))
    screen.print(hint, soft_wrap=True)


# the end of `estate run`: key outcomes, stages, who was in the cycle, and who bore the cost

# in the order of the story: leaving, replacement, what follows without one, owners
TOLD_EVENTS = (
    "company_left",
    "company_bankrupt",
    "tender_won",
    "fallback_taken",
    "self_management",
    "cleaning_started",
    "abandoned",
    "committee_formed",
    "committee_dissolved",
    "price_raised",
    "retrofit",
    "small_repairs",
    "budget_exhausted",
    "staff_exhausted",
)
# Stages judge what residents have, whoever manages; these two stand beside them.
WITHOUT_A_COMPANY = ("none", "cleaning")
SMALL = 0.005  # of the largest sum, under which a bearer is not listed


def show_summary(screen: Console, run: Run) -> None:
    """Print what a reader wants to know first."""
    screen.print()
    screen.print(say("run.simulated", seconds=figures.decimal(run.wall_seconds, 1)))
    for part in (_outcomes(run), _stages(run), _cycle(run)):
        screen.print()
        screen.print(part)
    screen.print(say("run.cycle_note"), style="dim")
    screen.print()
    screen.print(say("run.happened"), style="bold")
    screen.print("  " + _happened(run))
    for sentence in reaction_sentences(run):
        screen.print(sentence)
    screen.print()
    screen.print(_money(run))
    screen.print()
    print_costs(screen, cost_table(run.public_cost, run.months))
    screen.print()
    screen.print(_assumed(run.manifest), style="dim")


def _assumed(manifest: Mapping[str, Any]) -> str:
    """What a run rests on, from its manifest; "" for one that an earlier version wrote without it."""
    held = manifest.get("evidence")
    if not held:
        return ""
    return say("rests.assumed_line", **held["parameters"], share=figures.share(held["share_assumed"], 0))


def _outcomes(run: Run) -> Table:
    outcomes = table(
        say("run.outcomes"),
        say("run.outcome"),
        say("run.start"),
        say("run.end"),
        say("run.changed"),
        right=1,
    )
    for column, start, end, _ in key_changes(run):
        label = label_of(column, run.months)
        outcomes.add_row(
            label,
            written(column, start),
            written(column, end),
            _difference(column, start, end),
        )
    outcomes.caption, outcomes.caption_justify = first_month_note(run.months), "left"
    return outcomes


def _difference(column: str, start: float, end: float) -> str:
    """The change with its sign: percentage points for shares, else in the unit of the column."""
    change = end - start
    if change != change:  # NaN
        return ""
    if COLUMN_WORDS[column].unit == "share" and column != "inequality":
        return figures.points(change)
    sign = "+" if change >= 0 else "−"
    return sign + written(column, abs(change))


def _stages(run: Run) -> Table:
    stages = table(say("run.stages"), say("run.stage"), say("run.start"), say("run.end"), right=1)
    size = len(run.estate_table)
    for stage in STAGES:
        shares = [float(run.city[f"stage_{stage}"].iloc[row]) for row in (0, -1)]
        stages.add_row(
            str(STAGE_WORDS[stage]),
            *_estates_of(shares, size),
        )
    for mode in WITHOUT_A_COMPANY:
        shares = [float(run.city[f"mode_{mode}"].iloc[row]) for row in (0, -1)]
        stages.add_row(
            say("run.whatever_stage", mode=MODE_WORDS[mode]), *_estates_of(shares, size), style="dim"
        )
    return stages


def _estates_of(shares: list[float], size: int) -> list[str]:
    """Shares of the estates as their number and the share."""
    return [bracketed(figures.count(share * size), figures.share(share)) for share in shares]


def _cycle(run: Run) -> Table:
    heads = (
        say("run.type"),
        say("run.estates_head"),
        say("run.entered"),
        say("run.collapsed"),
        say("run.left"),
    )
    shares = table(say("run.in_cycle_of_types"), *heads, right=1)
    rows = cycle_by_type(run)
    for row in rows:
        title = run.scenario.types[row.type].title.in_language(language())
        shares.add_row(title, *(f"{number:,}" for number in row[1:]))
    totals = [sum(numbers) for numbers in zip(*(row[1:] for row in rows), strict=True)]
    shares.add_row(say("run.all"), *(f"{number:,}" for number in totals), style="bold")
    return shares


def _happened(run: Run) -> str:
    """How often the telling events happened, in one sentence."""
    from sim.studies.run.explain import what

    counts = Counter(run.events["kind"].astype(str))
    told = (labelled(what(kind), figures.count(counts[kind])) for kind in TOLD_EVENTS if counts[kind])
    return clauses(told) or NO_VALUE


def _money(run: Run) -> Table:
    """Kinds of account by what they paid or received in all, net, largest first."""
    from sim.studies.run.measures import net_by_year
    from sim.studies.run.words import account_name

    net = net_by_year(run).sum().sort_values(ascending=False, kind="stable")
    least = SMALL * float(net.abs().max()) if len(net) else 0.0
    sides = [net[net > least], -net[net < -least][::-1]]
    accounts = table(say("run.money_net"), say("run.net_paid"), "", "   " + say("run.net_received"), "")
    for column in (1, 3):
        accounts.columns[column].justify, accounts.columns[column].no_wrap = "right", True
    for line in range(max(len(side) for side in sides)):
        cells: list[str] = []
        for number, side in enumerate(sides):
            if line < len(side):
                name = ("   " if number else "") + account_name(str(side.index[line]))
                cells += [name, figures.money(float(side.iloc[line]))]
            else:
                cells += ["", ""]
        accounts.add_row(*cells)
    return accounts


# of saved runs


def tell_parting(one: str, other: str, threads: int | None) -> bool:
    """Print of which draws two runs are, where they part, and why; whether they are the same.

    EstateError for what is no run.
    """
    from sim.studies.run.diff import diff

    screen = console()
    with month_bar(screen) as advance:
        parting = diff(one, other, threads=threads, progress=advance, notice=screen.print)
    draws = [say("draw.one", seed=seed) for seed in parting.seeds]
    each = clauses(labelled(name, draw) for name, draw in zip(parting.names, draws, strict=True))
    screen.print(draws[0] if draws[0] == draws[1] else each, style="bold", soft_wrap=True)
    for sentence in parting.sentences():
        screen.print(sentence, soft_wrap=True)
    return parting.same


def tell_life(folder: Path, estate: int, out: Path | None) -> None:
    """Print the told life of an estate and save its chart; ResultError if there is no such run or estate."""
    from sim.outputs.style import save_figure
    from sim.results import load_run
    from sim.studies.run.explain import explain_text
    from sim.studies.run.life import estate_life, estate_life_alt

    run = load_run(folder)
    lines = explain_text(run, estate)
    screen = console()
    screen.print(say("draw.one", seed=run.seed), style="bold")
    for line in (*lines, *reaction_sentences(run)):
        screen.print(line)
    target = out or folder / "charts"
    try:
        target.mkdir(parents=True, exist_ok=True)
        figure, alt = estate_life(run, estate), estate_life_alt(run, estate)
        files = save_figure(figure, target / f"estate-{estate}", ("png", "csv"), lines[0], alt)
    except OSError as error:
        reason = reason_of(error)
        raise ResultError(message("run.chart_unwritten", folder=target, error=reason)) from None
    screen.print()
    screen.print(say("run.life_chart", file=files[0]), soft_wrap=True)


def write_film(folder: Path, out: Path | None, group: str, speed: float) -> None:
    """Write the animation of the run in a folder; ResultError if there is no such
    run or it cannot be written."""
    from sim.results import load_run
    from sim.studies.run.stages import animate, ffmpeg

    run, screen = load_run(folder), console()
    file = out or folder / ("map.mp4" if ffmpeg() is not None else "map.gif")
    try:
        with month_bar(screen) as advance:
            animate(run, file, group=group, frames_per_second=speed, progress=advance)
    except OSError as error:
        raise ResultError(message("run.unwritable", file=file, error=reason_of(error))) from None
    screen.print(
        say("run.film", file=file, size=f"{figures.decimal(file.stat().st_size / 1e6, 2)} MB"), soft_wrap=True
    )
