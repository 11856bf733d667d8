"""Compare: two or more policies on the same owners and the same luck, replicated in the background, with intervals."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from nicegui import run, ui

from sim.app import tasks
from sim.app.choice import Choice, address, scenario_of
from sim.app.difference_charts import difference_options
from sim.app.differences import MONTHLY, Difference, difference
from sim.app.look import columns, head
from sim.app.panel import Panel
from sim.app.session import Session
from sim.app.story import story
from sim.errors import EstateError
from sim.experiments.intervals import Interval
from sim.experiments.rescue import Rescues
from sim.outputs.range_words import marked_rough, range_of_pairs
from sim.results.outcomes import OUTCOMES
from sim.results.summary import RunSummary
from sim.text import language, message, say
from sim.text.figures import POINTS, decimal, quantity
from sim.text.joins import listed

MOST_POLICIES = 4
REPLICATIONS = (6, 10, 20)
AT_ONCE = (
    2  # runs of one page under way at a time, so that one comparison does not fill the queue of the room
)
ARMS = tuple(f"policy{number}" for number in range(MOST_POLICIES))


class ComparePage:
    """The page of one session. `policies` are compared with the first of them."""

    def __init__(self, session: Session, policies: list[Choice]) -> None:
        """Builds the page; without policies in the address, nothing is set beside the present setting."""
        self.session = session
        present = session.choice
        self.policies = policies or [replace(present, on=()), *([present] if present.on else [])]
        self.replications = REPLICATIONS[1]
        self.found: list[Difference] = []
        self.stopped = 0  # rises when what is being computed is no longer wanted
        self._keep()
        self.content = ui.refreshable(self._content)
        self.content()

    def _keep(self) -> None:
        self.session.more = {
            name: address(policy, self.session.lang)[1:]
            for name, policy in zip(ARMS, self.policies, strict=False)
        }

    def _name(self, place: int) -> str:
        """A policy in words: its letter and its measures."""
        policy = self.policies[place]
        labels = [
            str(measure.label) for name in policy.on if (measure := policy.board.measure(name)) is not None
        ]
        return f"{'ABCD'[place]}: {listed(labels) or say('app.no_measure').rstrip('.。')}"

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
            for place in range(len(self.policies)):
                with ui.row().classes("items-center"):
                    ui.label(self._name(place) + (say("app.baseline") if place == 0 else "")).classes(
                        "font-bold"
                    )
                    ui.button(icon="delete", on_click=lambda place=place: self._remove(place)).props(
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
        for place, found in enumerate(self.found, 1):
            with ui.element("section").classes("estate-card"):
                ui.label(say("app.against", policy=self._name(place), first=self._name(0))).classes(
                    "text-lg font-bold"
                )
                self._table(found)
                ui.label(say("app.rescued", **_counts(found.rescued)))
                ui.label(say("app.rescued_households", **_counts(found.rescued_households)))
                self._estates(place, found)
        if self.found:
            with ui.element("div").classes("estate-charts"):
                for name in MONTHLY:
                    names = [self._name(place) for place in range(1, len(self.found) + 1)]
                    ui.echart(difference_options(name, names, self.found)).classes("estate-chart")
            ui.label(say("app.interval_note", pairs=self.found[0].pairs)).classes("estate-small")

    def _table(self, found: Difference) -> None:
        heads = [("outcome", "left"), ("first", "right"), ("change", "right")]
        heads += [("interval", "right"), ("may_happen", "right")]
        rows = []
        for name, (base, mean, interval) in found.outcomes.items():
            word = OUTCOMES[name]
            rows.append(
                {
                    "outcome": str(word),
                    "first": quantity(base, word.unit),
                    "change": _change(mean, word.unit),
                    "interval": self._interval(interval, word.unit, found.pairs),
                    "may_happen": range_of_pairs(found.ranges[name], word.unit, language()),
                }
            )
        made: list[dict[str, Any]] = [
            {"name": key, "field": key, "label": say(f"app.col_{key}"), "align": align}
            for key, align in heads
        ]
        ui.table(rows=rows, columns=made, row_key="outcome").props("flat wrap-cells dense").classes("w-full")

    def _interval(self, found: Interval, unit: str, pairs: int) -> str:
        if not found.exists:
            return "–"
        low, high = (_change(bound, unit) for bound in (found.low, found.high))
        return marked_rough(say("app.bounds", low=low, high=high), found, pairs)

    def _estates(self, place: int, found: Difference) -> None:
        session = self.session
        if not found.estates:
            ui.label(say("app.no_estate_differs"))
            return
        ui.label(say("app.which_differ", seed=session.choice.seed)).classes("font-bold")
        with ui.row():
            for estate, before, after in found.estates:
                label = say("app.estate_moved", estate=estate, before=before, after=after)
                ui.button(label, on_click=lambda estate=estate: self._why(place, estate)).props(
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
        self.found = []
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

    def _remove(self, place: int) -> None:
        del self.policies[place]
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

        async def one(scenario: Any, seed: int) -> RunSummary:
            nonlocal done
            async with gate:
                if self.stopped != mine or session.client._deleted:
                    raise asyncio.CancelledError  # nobody waits for it any more
                made: RunSummary = await session.workers.call(
                    tasks.summarised, scenario.model_copy(update={"seed": seed})
                )
            done += 1
            if self.stopped == mine:
                self.bar.set_value(done / total)
                self.status.set_text(say("app.replicating", done=done, total=total))
            return made

        jobs = [asyncio.ensure_future(one(scenario, seed)) for seed in seeds for scenario in scenarios]
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
        arms = [runs[place :: len(scenarios)] for place in range(len(scenarios))]
        found = [await run.io_bound(difference, arms[0], other) for other in arms[1:]]
        if self.stopped == mine:
            self.found = [one for one in found if one is not None]
            with session.client:
                self.results.refresh()
            self.status.set_text(say("app.compared", pairs=len(seeds)))

    async def _why(self, place: int, estate: int) -> None:
        """The life of one estate under both policies, side by side."""
        session = self.session

        async def tell() -> None:
            lives = []
            for policy in (self.policies[0], replace(self.policies[place], seed=self.policies[0].seed)):
                _, result = await session.workers.run(scenario_of(policy, session.limits))
                lives.append(await run.io_bound(story, result.run, estate, language()) or [])
            with (
                session.client,
                ui.dialog(value=True) as dialog,
                ui.card().classes("estate-story").style("max-width: min(90rem, 97vw); width: 100%"),
            ):
                ui.label(say("app.life_of", estate=estate)).classes("text-xl font-bold")
                with ui.element("div").classes("estate-charts"):
                    for title, lines in zip((self._name(0), self._name(place)), lives, strict=True):
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


def _counts(counted: Rescues) -> dict[str, Any]:
    """What a count of rescued and harmed fills the gaps of its sentence with."""
    return {name: decimal(getattr(counted, name), 1) for name in ("rescued", "harmed", "neither")}
