"""Compare: two or more policies on the same owners and the same luck, replicated in the
background, with intervals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from nicegui import run, ui

from sim.app.core.runs import summarised
from sim.app.core.session import Session
from sim.app.core.setting import Choice, address, scenario_of
from sim.app.widgets.look import CHART_FONT, COLOURS, DASHES, columns, head, number_in_browser
from sim.app.widgets.panel import Panel
from sim.app.widgets.player import story
from sim.errors import EstateError
from sim.experiments.intervals import Interval, Range, mean_intervals, range_of
from sim.experiments.rescue import Rescues, count_rescues, fates_by_months
from sim.outputs.catalog import wrapped
from sim.outputs.range_words import how_sure, marked_rough, range_of_pairs
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES, SERIES, window
from sim.results.summary import RunSummary
from sim.studies.comparison.tables import MONTH_RESAMPLES
from sim.studies.comparison.words import rare_rescues
from sim.studies.run.explain import number_of
from sim.text import language, message, say
from sim.text.figures import POINTS, count, decimal, quantity
from sim.text.joins import bracketed, labelled, listed
from sim.units import MONTHS_PER_YEAR

MOST_POLICIES = 4
REPLICATIONS = (6, 10, 20)
AT_ONCE = (
    2  # runs of one page under way at a time, so that one comparison does not fill the queue of the room
)
MONTHLY = ("cycle", "satisfaction", "collection", "quality")
MOST_LISTED = 12
TITLE_WIDTH = 44  # half-width places that the narrowest chart has room for, as a title
ARMS = tuple(f"policy{number}" for number in range(MOST_POLICIES))


@dataclass(frozen=True)
class Monthly:
    """Mean paired difference of one series in every month (NaN where there is none), bounds of the
    mean, and ends of the range."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    range_low: np.ndarray
    range_high: np.ndarray


@dataclass(frozen=True)
class Difference:
    """One policy against the first, over the same seeds."""

    pairs: int
    months: int  # of the runs
    outcomes: dict[str, tuple[float, float, Interval]]  # mean of the first, mean difference, interval
    ranges: dict[str, Range]  # of the differences of single pairs, by outcome
    monthly: dict[str, Monthly]
    rescued: Rescues  # of estates
    rescued_households: Rescues
    estates: tuple[
        tuple[int, int, int], ...
    ]  # first seed: estate, months in the cycle under the first and under this one


def series_of(summary: RunSummary, name: str) -> np.ndarray:
    """A monthly series of a run."""
    return np.asarray(summary.series[name], np.float64)


def difference(first: Sequence[RunSummary], other: Sequence[RunSummary]) -> Difference:
    """Compare two policies seed by seed; both lists in the same order of seeds."""
    names = DEFAULT_OUTCOMES
    base = np.array([[run.scalars[name] for name in names] for run in first])
    paired = np.array([[run.scalars[name] for name in names] for run in other]) - base
    intervals = mean_intervals(paired)
    outcomes = {
        name: (float(base[:, column].mean()), float(paired[:, column].mean()), intervals[column])
        for column, name in enumerate(names)
    }
    before, after = (
        np.array([run.estates["cycle_months_last_year"] for run in runs]) for runs in (first, other)
    )
    fates = fates_by_months(before, after, first[0].months)
    at_risk = before == min(first[0].months, MONTHS_PER_YEAR)
    people = np.array([run.estates["households"] for run in first])
    return Difference(
        len(first),
        first[0].months,
        outcomes,
        {name: range_of(paired[:, column]) for column, name in enumerate(names)},
        {name: _monthly(first, other, name) for name in MONTHLY},
        count_rescues(fates, at_risk),
        count_rescues(fates, at_risk, households=people),
        _most_changed(first[0], other[0]),
    )


def _monthly(first: Sequence[RunSummary], other: Sequence[RunSummary], name: str) -> Monthly:
    paired = np.array([series_of(b, name) - series_of(a, name) for a, b in zip(first, other, strict=True)])
    intervals = mean_intervals(paired, resamples=MONTH_RESAMPLES)
    held = [range_of(month) for month in paired.T]
    # where all pairs agree there is no interval to draw, and where a figure is missing no line
    return Monthly(
        paired.mean(axis=0),
        *(np.array([getattr(one, end) for one in intervals]) for end in ("low", "high")),
        *(np.array([getattr(one, end) for one in held]) for end in ("low", "high")),
    )


def _most_changed(first: RunSummary, other: RunSummary) -> tuple[tuple[int, int, int], ...]:
    """Estates whose months in the cycle differ most, largest first."""
    a, b = (run.estates["cycle_months"].astype(int) for run in (first, other))
    order = np.argsort(-np.abs(b - a), kind="stable")[:MOST_LISTED]
    return tuple((int(e), int(a[e]), int(b[e])) for e in order if a[e] != b[e])


def difference_options(name: str, policies: list[str], differences: list[Difference]) -> dict[str, Any]:
    """One series: the mean difference of each policy from the first, in percentage points, with two bands.

    Light: the range of single pairs; dark: the interval of the mean.
    """
    what = say("app.cycle_share") if name == "cycle" else SERIES[name].of_run(differences[0].months)
    title = wrapped(say("app.difference_of", what=what), TITLE_WIDTH)
    more = 20 * title.count("\n")  # pixels that its lines after the first take
    series: list[dict[str, Any]] = []
    for number, difference in enumerate(differences):
        monthly, colour = difference.monthly[name], COLOURS[number % len(COLOURS)]
        # a band is a stack of its invisible lower edge and its width; ECharts stacks only what has one sign,
        # so "all"
        hidden = {
            "type": "line",
            "stackStrategy": "all",
            "showSymbol": False,
            "silent": True,
            "lineStyle": {"opacity": 0},
            "itemStyle": {"color": colour},
            "tooltip": {"show": False},
        }
        bands = (
            ("range", monthly.range_low, monthly.range_high, 0.1),
            ("band", monthly.low, monthly.high, 0.3),
        )
        for kind, low, high, opacity in bands:
            stacked = hidden | {"stack": f"{kind}{number}"}
            series.append(stacked | {"data": _points(low)})
            area = {"color": colour, "opacity": opacity}
            series.append(stacked | {"data": _points(high - low), "areaStyle": area})
        series.append(
            {
                "type": "line",
                "name": policies[number],
                "data": _points(monthly.mean),
                "showSymbol": False,
                "lineStyle": {"color": colour, "width": 3, "type": DASHES[number % len(DASHES)]},
                "itemStyle": {"color": colour},
            }
        )
    series[-1]["markLine"] = {
        "silent": True,
        "symbol": "none",
        "label": {"show": False},
        "lineStyle": {"color": "#333", "type": "solid"},
        "data": [{"yAxis": 0}],
    }
    months = int(differences[0].monthly[name].mean.size) - 1
    return {
        "title": {
            "text": title,
            "textStyle": {"fontSize": 15, "lineHeight": 20, "fontFamily": CHART_FONT},
            "left": 8,
            "top": 4,
        },
        "textStyle": {"fontFamily": CHART_FONT},
        "aria": {"enabled": True},
        "animation": False,
        "series": series,
        "legend": {
            "top": 28 + more,
            "left": 8,
            "type": "scroll",
            "data": policies,
            "textStyle": {"fontSize": 13},
        },
        "grid": {"left": 56, "right": 18, "top": 66 + more, "bottom": 40},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": "value => value == null ? '–' : "
            + number_in_browser("value", "{minimumFractionDigits: 1, maximumFractionDigits: 1}"),
        },
        "toolbox": {
            "right": 8,
            "feature": {"saveAsImage": {"name": f"difference_{name}", "pixelRatio": 2, "title": "PNG"}},
        },
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": months,
            "name": say("app.month"),
            "nameLocation": "middle",
            "nameGap": 24,
            "interval": 24 if months > 60 else 12,
        },
        "yAxis": {"type": "value", "axisLabel": {"fontSize": 13}},
    }


def _points(values: np.ndarray) -> list[list[float | None]]:
    """Month and percentage points; None where there is no figure."""
    return [
        [month, round(100 * float(value), 3) if np.isfinite(value) else None]
        for month, value in enumerate(values)
    ]


class ComparePage:
    """The page of one session. `policies` are compared with the first of them."""

    def __init__(self, session: Session, policies: list[Choice]) -> None:
        """Builds the page; without policies in the address, nothing is set beside the present setting."""
        self.session = session
        present = session.choice
        self.policies = policies or [replace(present, on=()), *([present] if present.on else [])]
        self.replications = REPLICATIONS[1]
        self.differences: list[Difference] = []
        self.stopped = 0  # rises when what is being computed is no longer wanted
        self._keep()
        self.content = ui.refreshable(self._content)
        self.content()

    def _keep(self) -> None:
        self.session.more = {
            name: address(policy, self.session.lang)[1:]
            for name, policy in zip(ARMS, self.policies, strict=False)
        }

    def _name(self, number: int) -> str:
        """A policy in words: its letter and its measures."""
        policy = self.policies[number]
        labels = [
            str(measure.label) for name in policy.on if (measure := policy.board.measure(name)) is not None
        ]
        return labelled("ABCD"[number], listed(labels) or say("app.no_measure"))

    # what is seen

    def _content(self) -> None:
        session = self.session
        head(session, self._switch)
        with columns():
            with ui.element("div").classes("estate-side"):
                ui.label(say("app.policy_help")).classes("estate-small")
                ui.button(say("app.add_policy"), icon="add", on_click=self._add).props(
                    "no-caps color=primary"
                ).mark("add-policy")
                self.side = ui.refreshable(lambda: Panel(session, session.keep_address, self.side.refresh))
                self.side()
            with ui.element("div").classes("estate-main"):
                self.list = ui.refreshable(self._list)
                self.list()
                self.results = ui.refreshable(self._results)
                self.results()

    def _list(self) -> None:
        with ui.element("section").classes("estate-card"):
            for number in range(len(self.policies)):
                with ui.row().classes("items-center"):
                    ui.label(
                        bracketed(self._name(number), say("app.baseline") if number == 0 else "")
                    ).classes("font-bold")
                    ui.button(icon="delete", on_click=lambda number=number: self._remove(number)).props(
                        f'flat dense aria-label="{say("app.remove")}"'
                    )
            with ui.row().classes("items-center"):
                ui.select(list(REPLICATIONS), label=say("app.replications")).bind_value(
                    self, "replications"
                ).style("min-width: 9rem")
                ui.button(say("app.do_compare"), icon="balance", on_click=self._start).props(
                    "no-caps color=primary"
                ).mark("compare")
            self.status = (
                ui.label("")
                .classes("estate-status")
                .props("role=status aria-live=polite")
                .mark("compare-status")
            )
            self.bar = ui.linear_progress(0, show_value=False)

    def _results(self) -> None:
        for number, difference in enumerate(self.differences, 1):
            with ui.element("section").classes("estate-card"):
                ui.label(say("app.against", policy=self._name(number), first=self._name(0))).classes(
                    "text-lg font-bold"
                )
                self._table(difference)
                ui.label(
                    say(
                        "app.rescued",
                        window=window(difference.months),
                        **_counts(difference.rescued, partial(decimal, digits=1)),
                    )
                )
                ui.label(how_sure_of(difference.rescued)).classes("estate-small")
                ui.label(say("app.rescued_households", **_counts(difference.rescued_households, count)))
                ui.label(how_sure_of(difference.rescued_households)).classes("estate-small")
                for line in rare_rescues(difference.rescued, self._name(number), difference.pairs):
                    ui.label(line).classes("estate-small")
                self._estates(number, difference)
        if self.differences:
            with ui.element("div").classes("estate-charts"):
                for name in MONTHLY:
                    names = [self._name(number) for number in range(1, len(self.differences) + 1)]
                    ui.echart(difference_options(name, names, self.differences)).classes("estate-chart")
            ui.label(say("app.interval_note", pairs=self.differences[0].pairs)).classes("estate-small")

    def _table(self, difference: Difference) -> None:
        heads = [("outcome", "left"), ("first", "right"), ("change", "right")]
        heads += [("interval", "right"), ("may_happen", "right")]
        rows = []
        for name, (base, mean, interval) in difference.outcomes.items():
            word = OUTCOMES[name]
            rows.append(
                {
                    "outcome": word.of_run(difference.months),
                    "first": quantity(base, word.unit),
                    "change": _change(mean, word.unit),
                    "interval": self._interval(interval, word.unit, difference.pairs),
                    "may_happen": range_of_pairs(difference.ranges[name], word.unit),
                }
            )
        columns: list[dict[str, Any]] = [
            {"name": key, "field": key, "label": say(f"app.col_{key}"), "align": align}
            for key, align in heads
        ]
        ui.table(rows=rows, columns=columns, row_key="outcome").props("flat wrap-cells dense").classes(
            "w-full"
        )

    def _interval(self, interval: Interval, unit: str, pairs: int) -> str:
        if not interval.exists:
            return "–"
        low, high = (_change(bound, unit) for bound in (interval.low, interval.high))
        return marked_rough(say("app.bounds", low=low, high=high), interval, pairs)

    def _estates(self, number: int, difference: Difference) -> None:
        session = self.session
        if not difference.estates:
            ui.label(say("app.no_estate_differs"))
            return
        ui.label(say("app.which_differ", seed=session.choice.seed)).classes("font-bold")
        with ui.row():
            scenario = scenario_of(self.policies[0], session.limits)
            for estate, before, after in difference.estates:
                number_shown = number_of(scenario, estate)
                label = say("app.estate_moved", estate=number_shown, before=before, after=after)
                ui.button(label, on_click=lambda estate=estate: self._why(number, estate)).props(
                    "outline no-caps dense"
                )

    # what happens

    def _switch(self) -> None:
        self.session.change_language()
        self.content.refresh()
        self._keep()
        self.session.keep_address()

    def _changed(self) -> None:
        """The policies are others: what was found no longer belongs to them."""
        self.stopped += 1
        self.differences = []
        self._keep()
        self.session.keep_address()
        self.list.refresh()
        self.results.refresh()

    def _add(self) -> None:
        session = self.session
        if len(self.policies) >= MOST_POLICIES:
            ui.notify(say("app.most_policies", most=MOST_POLICIES))
        elif session.choice in self.policies:
            ui.notify(say("app.already_there"))
        else:
            self.policies.append(session.choice)
            self._changed()

    def _remove(self, number: int) -> None:
        del self.policies[number]
        self._changed()

    async def _start(self) -> None:
        self.stopped += 1
        await self.session.guarded(self._compare)

    async def _compare(self) -> None:
        session, mine = self.session, self.stopped
        if len(self.policies) < 2:
            self.status.set_text(say("app.two_needed"))
            return
        first = scenario_of(self.policies[0], session.limits)
        scenarios = [scenario_of(policy, session.limits) for policy in self.policies]
        if any(
            (one.city, one.types, one.months) != (first.city, first.types, first.months) for one in scenarios
        ):
            raise EstateError(message("app.other_city"))
        seeds = [self.policies[0].seed + number for number in range(int(self.replications))]
        total, done, gate = len(scenarios) * len(seeds), 0, asyncio.Semaphore(AT_ONCE)
        self.status.set_text(say("app.replicating", done=0, total=total))

        async def summary_of(scenario: Any, seed: int) -> RunSummary:
            nonlocal done
            async with gate:
                if self.stopped != mine or session.client._deleted:
                    raise asyncio.CancelledError  # nobody waits for it any more
                summary: RunSummary = await session.workers.call(
                    summarised, scenario.model_copy(update={"seed": seed})
                )
            done += 1
            if self.stopped == mine:
                self.bar.set_value(done / total)
                self.status.set_text(say("app.replicating", done=done, total=total))
            return summary

        jobs = [asyncio.ensure_future(summary_of(scenario, seed)) for seed in seeds for scenario in scenarios]
        try:
            runs = await asyncio.gather(*jobs)
        except asyncio.CancelledError:
            return
        except Exception as error:
            self.status.set_text(session.tell(error))
            raise
        finally:
            for job in jobs:
                job.cancel()
        arms = [runs[number :: len(scenarios)] for number in range(len(scenarios))]
        differences = [await run.io_bound(difference, arms[0], other) for other in arms[1:]]
        if self.stopped == mine:
            self.differences = [one for one in differences if one is not None]
            with session.client:
                self.results.refresh()
            self.status.set_text(say("app.compared", pairs=len(seeds)))

    async def _why(self, number: int, estate: int) -> None:
        """The life of one estate under both policies, side by side."""
        session = self.session

        async def tell() -> None:
            lives = []
            for policy in (self.policies[0], replace(self.policies[number], seed=self.policies[0].seed)):
                _, result = await session.workers.run(scenario_of(policy, session.limits))
                lives.append(await run.io_bound(story, result.run, estate, language()) or [])
            with (
                session.client,
                ui.dialog(value=True) as dialog,
                ui.card().classes("estate-story").style("max-width: min(90rem, 97vw); width: 100%"),
            ):
                shown = number_of(scenario_of(self.policies[0], session.limits), estate)
                ui.label(say("app.life_of", estate=shown)).classes("text-xl font-bold")
                with ui.element("div").classes("estate-charts"):
                    for title, lines in zip((self._name(0), self._name(number)), lives, strict=True):
                        with ui.element("div"):
                            ui.label(title).classes("text-lg font-bold")
                            for line in lines:
                                ui.label(line).style(
                                    "padding-left: 1.5rem" if line.startswith("  ") else "font-weight: 600"
                                )
                ui.button(say("app.close"), on_click=dialog.close).props("no-caps autofocus")
                dialog.on("hide", dialog.delete)

        await session.guarded(tell)


def _change(difference: float, unit: str) -> str:
    """A difference with its sign, that of shares in percentage points."""
    return quantity(difference, POINTS if unit == "share" else unit, signed=True)


def _counts(counted: Rescues, written: Callable[[float], str]) -> dict[str, Any]:
    """What a count of rescued and harmed fills the gaps of its sentence with: of estates with one
    decimal, of households in whole."""
    return {name: written(getattr(counted, name)) for name in ("rescued", "harmed", "neither")}


def how_sure_of(counted: Rescues) -> str:
    """How precisely the mean numbers of rescued and harmed are known, and what may happen in a pair."""
    return say(
        "app.rescued_sure",
        rescued=how_sure(counted.rescued_interval, counted.rescued_range, ""),
        harmed=how_sure(counted.harmed_interval, counted.harmed_range, ""),
    )
