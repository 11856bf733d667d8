"""Play: choose a city and measures, run, and watch every estate month by month;
click one for its life in words."""

from __future__ import annotations

from nicegui import ui

from sim.app.core.runs import Result
from sim.app.core.session import Session
from sim.app.widgets.look import columns, head
from sim.app.widgets.panel import Panel
from sim.app.widgets.player import Player, city_charts, show_story
from sim.results.outcomes import note_on_months
from sim.text import figures, say
from sim.text.joins import labelled, sentences

SETTLED_SECONDS = 0.35  # after the last change, before a run starts by itself


class PlayPage:
    """The page of one session."""

    def __init__(self, session: Session) -> None:
        """Builds the page and runs the setting that it was opened with."""
        self.session = session
        self.automatic = True
        self.held: Result | None = None
        self.timer = ui.timer(SETTLED_SECONDS, self._run, active=False)
        self.content = ui.refreshable(self._content)
        self.content()
        ui.timer(0.05, self._run, once=True)

    def _content(self) -> None:
        session = self.session
        head(session, self._switch)
        with columns():
            with ui.element("div").classes("estate-side"):
                self.side = ui.refreshable(lambda: Panel(session, self._changed, self._rebuilt))
                with ui.row().classes("items-center"):
                    ui.button(say("app.run"), icon="play_arrow", on_click=self._run).props(
                        "no-caps color=primary"
                    ).mark("run")
                    ui.checkbox(say("app.automatic")).bind_value(self, "automatic")
                self.side()
            with ui.element("div").classes("estate-main"):
                self.status = (
                    ui.label(say("app.ready"))
                    .classes("estate-status")
                    .props("role=status aria-live=polite")
                    .mark("status")
                )
                with ui.element("div").classes("estate-view"):
                    player_box = ui.element("div")
                    charts = city_charts()
                    with player_box:
                        self.player = Player(charts, self._tell)
        if self.held is not None:
            self._show(self.held)

    def _switch(self) -> None:
        self.session.change_language()
        self.content.refresh()
        self.session.keep_address()

    def _changed(self) -> None:
        self.session.keep_address()
        if self.automatic:
            self.timer.deactivate()
            with (
                self.session.client
            ):  # the control that was moved may be gone with the scenario that it belonged to
                self.timer = ui.timer(SETTLED_SECONDS, self._run, once=True)

    def _rebuilt(self) -> None:
        self.side.refresh()
        self._changed()

    async def _run(self) -> None:
        await self.session.guarded(self._simulate)

    async def _simulate(self) -> None:
        session = self.session
        self.status.set_text(say("app.running" if session.workers.ready else "app.starting"))
        try:
            result = await session.result()
        except Exception as error:
            self.status.set_text(session.tell(error))
            raise
        if result is not None:
            self._show(result)

    def _show(self, result: Result) -> None:
        self.held = result
        months = result.run.months
        draw = say("draw.one", seed=result.run.seed)
        done = say("app.done", draw=draw, months=figures.quantity(months, "months"))
        if short := note_on_months(months, ()):
            done = sentences((say("run.sentence", words=done), *short))
        self.status.set_text(done)
        with self.session.client:
            ui.page_title(labelled(say("app.title"), draw))
        self.player.show(f"/run/{self.session.key}")

    async def _tell(self, estate: int) -> None:
        session, held = self.session, self.held
        if held is None:
            return

        async def tell() -> None:
            await show_story(session, held.run, estate)

        await session.guarded(tell)
