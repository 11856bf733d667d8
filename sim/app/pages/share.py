"""Share: the present setting as a link or a scenario file, its charts, data and report to take away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from sim.app.core.affordable import title
from sim.app.core.runs import picture, report, tables
from sim.app.core.session import Session
from sim.app.core.setting import scenario_of
from sim.app.widgets.look import head
from sim.kinds import kinds
from sim.scenario import to_toml
from sim.text import say
from sim.text.joins import bracketed, clauses, labelled, listed


class SharePage:
    """The page of one session."""

    def __init__(self, session: Session, base: str) -> None:
        """`base` is the address of this server as the participant's browser knows it."""
        self.session, self.base = session, base
        self.content = ui.refreshable(self._content)
        self.content()

    @property
    def link(self) -> str:
        """The link that opens the setting on the play page."""
        return self.base + self.session.address("/")

    def _content(self) -> None:
        session = self.session
        head(session, self._switch)
        with (
            ui.element("main").classes("estate-main").style("max-width: 70rem; margin: 0 auto; padding: 1rem")
        ):
            with ui.element("section").classes("estate-card"):
                ui.label(say("app.what_is_shared")).classes("text-lg font-bold")
                for line in self._setting():
                    ui.label(line)
                ui.label(say("app.share_help")).classes("estate-small")
            with ui.element("section").classes("estate-card"):
                ui.input(say("app.link"), value=self.link).props("readonly outlined").classes("w-full").mark(
                    "link"
                )
                with ui.row():
                    ui.button(say("app.copy"), icon="content_copy", on_click=self._copy).props("no-caps")
                    self._button("download_toml", say("app.download_toml"), "description", self._toml)
                    self._button("download_csv", say("app.download_csv"), "table_chart", self._tables)
                    self._button("download_report", say("app.download_report"), "article", self._report)
            with ui.element("section").classes("estate-card"):
                ui.label(say("app.pictures")).classes("text-lg font-bold")
                with ui.row():
                    for name, chart in kinds()["run"].charts.items():
                        if chart.needs:
                            continue
                        button = ui.button(say(f"chart.{name}"), icon="image")
                        button.on_click(
                            lambda name=name, button=button: self._busy(button, lambda: self._picture(name))
                        )
                        button.props("outline no-caps").mark(f"png-{name}")

    def _setting(self) -> list[str]:
        """The setting in words: scenario, measures, and what was changed."""
        session, choice = self.session, self.session.choice
        measures = [
            str(measure.label) for name in choice.on if (measure := choice.board.measure(name)) is not None
        ]
        levers = choice.board.by_key
        return [
            title(choice.scenario, session.limits),
            labelled(say("app.measures"), listed(measures) or say("app.no_measure")),
            clauses(
                (
                    labelled(say("setting.scenario.months"), str(choice.months)),
                    labelled(say("app.seed_word"), str(choice.seed)),
                )
            ),
            *(
                labelled(bracketed(str(levers[key].label), key), levers[key].written(value))
                for key, value in choice.values
            ),
        ]

    def _button(self, name: str, label: str, icon: str, work: Callable[[], Awaitable[None]]) -> None:
        button = ui.button(label, icon=icon).props("no-caps").mark(name)
        button.on_click(lambda: self._busy(button, work))

    async def _busy(self, button: ui.button, work: Callable[[], Awaitable[None]]) -> None:
        """One download at a time for each button, with a sign that it is under way."""
        button.props("loading")
        button.disable()
        try:
            await self.session.guarded(work)
        finally:
            button.props(remove="loading")
            button.enable()

    def _switch(self) -> None:
        self.session.change_language()
        self.content.refresh()
        self.session.keep_address()

    def _copy(self) -> None:
        ui.clipboard.write(self.link)
        ui.notify(say("app.copied"))

    def _name(self, ending: str) -> str:
        return f"{self.session.choice.scenario}_{self.session.choice.seed}{ending}"

    async def _toml(self) -> None:
        ui.download.content(
            to_toml(scenario_of(self.session.choice, self.session.limits)),
            self._name(".toml"),
            "text/plain; charset=utf-8",
        )

    async def _tables(self) -> None:
        await self._made(".zip", "application/zip", tables)

    async def _report(self) -> None:
        await self._made(".html", "text/html; charset=utf-8", report, self.session.lang, self.link)

    async def _picture(self, name: str) -> None:
        await self._made(f"_{name}.png", "image/png", picture, name, self.session.lang)

    async def _made(self, ending: str, kind: str, work: Callable[..., bytes], *given: str) -> None:
        """Let a worker make something of the run, and hand it to the browser."""
        result = await self.session.result()
        if result is None:
            return
        data = await self.session.workers.call(work, result.run, *given)
        with self.session.client:
            ui.download.content(data, self._name(ending), kind)
