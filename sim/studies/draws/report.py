"""What a report on one run says of the other draws of its scenario: the fan, and where the run lies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.experiments.ensemble import doubt_line
from sim.outputs.catalog import capital
from sim.outputs.public_money import END
from sim.outputs.range_words import KIND
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES, window
from sim.scenario import to_toml
from sim.studies.draws.among import Among, other_seeds
from sim.studies.draws.fan import fan, fan_alt
from sim.studies.draws.repeated import ends_of, middle_and_ends
from sim.text import figures, language, say

if TYPE_CHECKING:
    from sim.results import Run
    from sim.studies.draws.repeated import Repeated


def part_of(draws: Repeated) -> Part:
    """Everything that a reader is told about the draws of a scenario."""
    scenario, lang = draws.scenario, language()
    title = scenario.title.in_language(lang)
    facts = common.facts_of(draws.over)
    command, note = _command(draws)
    sure = (
        say("draw.sure", draws=len(draws), kind=KIND[ends_of(len(draws))]),
        *([] if draws.ensemble and draws.over is None else [doubt_line(facts)]),
        *draws.warnings(),
        common.share_assumed(scenario),
        say("report.not_forecast"),
    )
    rows = [
        *common.size_rows(scenario),
        (say("report.seeds"), f"{min(draws.seeds)}–{max(draws.seeds)} ({len(draws)})"),
        *common.ensemble_rows(facts),
    ]
    return Part(
        say("draw.title", title=title, draws=len(draws)),
        draws.kind.title,
        say("draw.question", title=title),
        common.about(scenario),
        common.setting_table(rows),
        tuple(draws.sentences()),
        (Picture(say("chart.fan"), fan_alt(draws), partial(fan, draws)),),
        (),
        (),
        sure,
        common.assumptions([scenario]),
        (command,) if command else (),
        common.found_traces(draws),
        "",
        note,
        ((f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(draws.over)),
        (_spread(draws),),
        DEFAULT_OUTCOMES,
        (scenario.name,),
    )


def _spread(draws: Repeated) -> Table:
    """Median and ends of every outcome that all draws have."""
    rows = []
    for name in draws.by_outcome["outcome"]:
        told = middle_and_ends(name, draws.outcomes[name])
        rows.append(
            (capital(OUTCOMES[name].of_run(draws.months)), *(told[key] for key in ("median", "low", "high")))
        )
    heads = [say("draw.head_median"), *_heads(draws)]
    return Table(say("draw.spread_title", draws=len(draws)), (say("draw.head_outcome"), *heads), tuple(rows))


def _heads(draws: Repeated) -> list[str]:
    """What the ends of the draws' ranges are, as heads of columns."""
    return [END[f"{ends_of(len(draws))}_{end}"] for end in ("low", "high")]


def _command(draws: Repeated) -> tuple[str, str]:
    """What gives these draws again, and a note; no command where nobody knows the members that they have."""
    if draws.ensemble and draws.over is None:
        return "", say("draw.error.members", ensemble=draws.ensemble)
    scenario, seeds, count = draws.scenario, draws.seeds, len(draws)
    own = not common.shipped(scenario.name, scenario)
    name = f"{scenario.name}.toml" if own else scenario.name
    note = say("report.own_file" if own else "report.same_command")
    if seeds == (seeds[0], *other_seeds(seeds[0], count)) and seeds != tuple(range(1, count + 1)):
        return f"estate run {name} --seed {seeds[0]} --months {scenario.months} --among {count}", note
    given = f"{name!r}, {count}, first={seeds[0]}, months={scenario.months}"
    over = "" if draws.over is None else f", ensemble={draws.over.name + '.csv'!r}"
    return f"sim.repeat({given}{over})", note


def fan_picture(among: Among, run: Run) -> Picture:
    """The fan of the draws of a scenario, with one run of it as a line."""
    return Picture(
        say("chart.fan"),
        fan_alt(among.draws, run=run),
        partial(fan, among.draws, run=run),
    )


def over_draws(among: Among | None) -> tuple[str, ...]:
    """What the draws say together, before anything is said of one of them."""
    if among is None:
        return ()
    cycle, paid = (_at_end(among, series) for series in ("cycle", "collection"))
    return (
        say(
            "draw.found",
            draws=len(among.draws),
            first=min(among.draws.seeds),
            last=max(among.draws.seeds),
            cycle=cycle,
            paid=paid,
            window=window(among.draws.months),
            seed=among.seed,
        ),
    )


def _at_end(among: Among, series: str) -> str:
    """Median and ends of a share in the last month over the draws, in the current language."""
    low, _, median, _, high = (figures.share(float(one)) for one in among.draws.bands[series][:, -1])
    return say("draw.median_and_ends", median=median, low=low, high=high, kind=KIND[among.draws.ends])


def place_table(among: Among, head: str) -> Table:
    """Where the run lies among the draws, outcome by outcome; `head` is that of the column of their names."""
    rows = []
    for name in DEFAULT_OUTCOMES:
        if not among.known(name):
            continue
        told = middle_and_ends(name, among.draws.outcomes[name])
        own = figures.quantity(float(among.own[name]), OUTCOMES[name].unit)
        rank_sentence = say("draw.place", rank=among.rank(name), number=among.number)
        rows.append(
            (
                capital(OUTCOMES[name].of_run(among.draws.months)),
                own,
                rank_sentence,
                *(told[key] for key in ("median", "low", "high")),
            )
        )
    heads = [*(say(f"draw.head_{key}") for key in ("own", "place", "median")), *_heads(among.draws)]
    caption = say("draw.place_title", draws=len(among.draws))
    return Table(caption, (head, *heads), tuple(rows))


def alone(run: Run, among: Among | None) -> tuple[str, ...]:
    """That nothing is known of other draws, and how to know it."""
    return () if among is not None else (say("draw.alone", seed=run.seed),)
