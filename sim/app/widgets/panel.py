"""The settings at the side of a page: scenario, starting conditions, measures, parameters.
Contents appear when opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from sim.app.core.affordable import offered
from sim.app.core.session import Session
from sim.app.core.setting import GROUPS, SEED, Choice, Lever, Measure, months_lever
from sim.model.programmes.describe import Description
from sim.model.programmes.lever_words import BEARERS
from sim.text import message, say
from sim.text.figures import unit_name
from sim.text.joins import bracketed, labelled, listed

Changed = Callable[[], object]
PLACES = {
    "city": message("app.city"),
    "companies": message("app.companies"),
    "government": message("app.government"),
    "loops": message("app.loops"),
    "mechanisms": message("app.mechanisms"),
}


def when_opened(expansion: ui.expansion, fill: Callable[[], object]) -> None:
    """Hundreds of elements on every page would make all pages slow; what is folded
    away is made when first wanted."""
    filled = False

    def opened(event: ValueChangeEventArguments[Any]) -> None:
        nonlocal filled
        if event.value and not filled:
            filled = True
            with expansion:
                fill()

    expansion.on_value_change(opened)


def explain(about: Description) -> None:
    """How a measure works, its known risk, who pays."""
    payers = listed(BEARERS[name] for name in about.payers)
    for name, text in (
        (say("app.how"), str(about.mechanism)),
        (say("app.risk"), str(about.risk)),
        (say("app.payers"), payers),
    ):
        if text:
            ui.label(name).classes("font-bold")
            ui.label(text)


class Panel:
    """The controls of a session's setting; calls `changed` after each change, `rebuilt` when
    another scenario is chosen."""

    def __init__(self, session: Session, changed: Changed, rebuilt: Changed, measures: bool = True) -> None:
        """Builds the controls where it is made; `measures` False leaves out what is of no account
        on a page without measures."""
        self.session, self.changed, self.rebuilt = session, changed, rebuilt
        self._scenario()
        if measures:
            self._plain()
        self._starts()
        if measures:
            self._measures()
        self._parameters()

    def _set(self, choice: Choice) -> None:
        self.session.choice = choice
        self.changed()

    def _set_plain(self, name: str, value: int) -> None:
        self._set(replace(self.session.choice, **{name: value}))  # type: ignore[arg-type]

    def _scenario(self) -> None:
        session = self.session
        titles = {name: str(word) for name, word in offered(session.limits).items()}

        def chosen(event: ValueChangeEventArguments[Any]) -> None:
            if event.value in titles:
                session.choice = Choice.of(event.value)
                self.rebuilt()

        ui.select(titles, value=session.choice.scenario, label=say("app.scenario"), on_change=chosen).classes(
            "w-full"
        ).mark("scenario")
        base = session.choice.board.scenario
        ui.label(str(base.description)).classes("estate-small")

        def undo() -> None:
            session.choice = Choice.of(session.choice.scenario)
            self.rebuilt()

        ui.button(say("app.reset"), on_click=undo).props("flat no-caps dense").mark("reset")

    def _plain(self) -> None:
        session = self.session
        with ui.row().classes("w-full no-wrap"):
            for name, lever in (
                ("months", months_lever(session.choice.board.scenario, session.limits)),
                ("seed", SEED),
            ):
                self._number(
                    lever,
                    getattr(session.choice, name),
                    partial(self._set_plain, name),
                    say("app.seed_help") if name == "seed" else "",
                )

    def _starts(self) -> None:
        session = self.session
        board = session.choice.board
        headings = {f"types.{name}": str(kind.title) for name, kind in board.scenario.types.items()}
        with ui.expansion(say("app.starts"), icon="tune").classes("estate-measure").mark("starts") as outer:

            def fill() -> None:
                for prefix, levers in board.starts.items():
                    heading = headings.get(prefix) or str(PLACES[prefix])
                    with ui.expansion(heading).classes("w-full") as inner:
                        when_opened(inner, partial(self._controls, levers))

        when_opened(outer, fill)

    def _measures(self) -> None:
        ui.label(say("app.measures")).classes("text-lg font-bold")
        on = self.session.choice.on
        for measure in sorted(self.session.choice.board.measures, key=lambda measure: measure.name not in on):
            self._measure(measure)

    def _measure(self, measure: Measure) -> None:
        session = self.session
        with ui.element("div").classes("estate-measure"):

            def flip(event: ValueChangeEventArguments[Any]) -> None:
                self._set(session.choice.switched(measure.name, bool(event.value)))

            ui.checkbox(
                str(measure.label),
                value=measure.name in session.choice.on,
                on_change=flip,
            ).mark(f"on-{measure.name}")
            with (
                ui.expansion(say("app.show_settings"))
                .classes("w-full estate-small")
                .props("dense")
                .mark(f"more-{measure.name}") as inner
            ):
                when_opened(inner, lambda: self._about(measure))

    def _about(self, measure: Measure) -> None:
        """How a measure works, its risk, who pays, then its settings and which estates it is aimed at."""
        explain(measure.about)
        self._controls(measure.levers)
        ui.label(say("app.aimed_at")).classes("font-bold")
        self._controls(measure.targets)

    def _parameters(self) -> None:
        board = self.session.choice.board
        with ui.expansion(say("app.parameters"), icon="science").classes("estate-measure") as outer:

            def fill() -> None:
                for group, levers in board.parameters.items():
                    with ui.expansion(GROUPS[group]).classes("w-full") as inner:
                        when_opened(inner, partial(self._controls, levers))

        when_opened(outer, fill)

    def _controls(self, levers: Iterable[Lever]) -> None:
        for lever in levers:
            self.control(lever)

    def control(self, lever: Lever) -> None:
        """The control of one lever."""
        session = self.session
        value, label = session.choice.value(lever), str(lever.label)

        def moved(new: Any) -> None:
            self._set(session.choice.moved(lever, new))

        if lever.kind == "switch":
            ui.checkbox(label, value=bool(value), on_change=lambda event: moved(bool(event.value))).mark(
                lever.key
            )
        elif lever.kind in ("choice", "several"):
            several = lever.kind == "several"

            def picked(event: ValueChangeEventArguments[Any]) -> None:
                given = event.value or []
                try:
                    moved(lever.read(",".join(given) if several else str(given)))
                except ValueError as error:
                    ui.notify(labelled(label, str(error)), type="warning")

            shown = [lever.written(one) for one in value] if several else lever.written(value)
            ui.select(lever.labels(), value=shown, label=label, multiple=several, on_change=picked).classes(
                "w-full"
            ).props("dense" + (" use-chips" if several else "")).mark(lever.key)
        else:
            self._number(lever, value, moved)

    def _number(
        self, lever: Lever, value: float | None, moved: Callable[[Any], None], hint: str = ""
    ) -> None:
        """A number: a field, and a slider where the range is narrow enough to drag through."""
        unit = unit_name(lever.unit)
        label = bracketed(str(lever.label), unit)
        bounds = say("app.range", low=_short(lever.low), high=_short(lever.high))
        field = ui.number(
            label,
            value=value,
            min=lever.low,
            max=lever.high,
            step=1 if lever.kind == "whole" else None,
            precision=None,
        )
        field.classes("w-full").props(
            f'dense debounce=350 hint="{hint or bounds}"'
            + (f' placeholder="{say("app.empty")}"' if lever.optional else "")
        ).mark(lever.key)

        def typed(event: ValueChangeEventArguments[Any]) -> None:
            if event.value is None and lever.optional:
                field.props(remove="error")
                moved(None)
                return
            try:
                new = lever.bounded(float(event.value))
            except (TypeError, ValueError):
                field.props(f'error error-message="{bounds}"')
                return
            field.props(remove="error")
            moved(new)

        field.on_value_change(typed)
        if (
            lever.kind == "number"
            and lever.unit == "share"
            and lever.low is not None
            and lever.high is not None
            and value is not None
        ):
            ui.slider(min=lever.low, max=lever.high, step=0.01, value=value).props(
                f'aria-label="{_plain(label)}" label'
            ).bind_value(field)


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:,.10g}"


def _plain(text: str) -> str:
    return text.replace('"', "'")
