"""The trap: drag starting collection and one lever over the bifurcation diagram, and watch
where a small city goes."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from sim.app.core.session import Session
from sim.app.core.setting import scenario_of
from sim.app.pages import trap_work
from sim.app.pages.play import SETTLED_SECONDS
from sim.app.pages.trap_work import Curve, Point, Way
from sim.app.widgets.look import columns, head
from sim.app.widgets.panel import Panel
from sim.scenario import EstateType, Scenario, content_hash
from sim.studies.tipping.chart import branches
from sim.studies.tipping.levers import ADDED_INCOME, Lever
from sim.studies.tipping.resting_states import MOST_SEEDS
from sim.studies.tipping.words import lever_name
from sim.text import message, say

KEYS = ("trap_type", "trap_lever", "trap_at", "trap_start")
PARTS = 4  # the curve comes in so many parts, each spread over the whole range
# What the browser says; it fills the gaps itself.
WORDS = {
    "start": message("app.trap_start"),
    "again": message("app.trap_again"),
    "diagram": message("app.trap_diagram"),
    "handle": message("app.trap_handle"),
    "spoken": message("app.trap_spoken", start="{start}", at="{at}"),
    "collection": message("app.trap_collection"),
    "computing": message("app.trap_computing"),
    "stays": message("app.trap_stays", end="{end}"),
    "rises": message("app.trap_rises", start="{start}", end="{end}"),
    "falls": message("app.trap_falls", start="{start}", end="{end}"),
    "seen": message("app.trap_seen", draw="{draw}", month="{month}", end="{end}"),
    "seen_tipping": message(
        "app.trap_seen_tipping",
        draw="{draw}",
        month="{month}",
        end="{end}",
        estates="{estates}",
        above="{above}",
    ),
    "stable": message("app.trap_stable"),
    "tipping": message("app.trap_tipping"),
    "settle": message("app.trap_settle", draw="{draw}"),
    "tip": message("app.trap_tip", first="{first}", last="{last}"),
    "moving": message("app.trap_moving"),
    "mean": message("app.trap_mean"),
}

Moved = Callable[[float, float], Awaitable[None]]


class Diagram(ui.element, component="trap.js"):
    """Draws curve, agents and the city's way over the range of one lever; calls back when
    the handle has been moved."""

    def __init__(
        self, lever: str, bounds: tuple[float, float], at: float, start: float, seed: int, moved: Moved
    ) -> None:
        """`lever` is what the lever is called; `bounds` its range; `at`, `start`: where the handle is; `seed`
        of the draw that is shown."""
        super().__init__()
        self.classes("w-full")
        self.bounds = bounds
        gaps = {"draw": say("draw.one", seed=seed), "first": str(seed), "last": str(seed + MOST_SEEDS - 1)}
        words = {key: _filled(str(word), gaps) for key, word in WORDS.items()}
        self._props["words"] = words | {"lever": lever, "axis": lever, "month": say("app.month")}
        self._props["low"], self._props["high"] = bounds
        self._props["place"] = {"at": at, "start": start}
        self._props["curve"], self._props["lines"] = [], {"stable": [], "tipping": []}
        self._props["agents"], self._props["way"], self._props["turn"] = [], [], 0

        async def let_go(event: GenericEventArguments) -> None:
            handle = event.args if isinstance(event.args, dict) else {}
            value, rate = (_number(handle.get(key)) for key in ("at", "start"))
            if bounds[0] <= value <= bounds[1] and 0.0 <= rate <= 1.0:  # False for NaN, too
                await moved(value, rate)

        self.on("moved", let_go)

    def show_curve(self, curves: Iterable[Curve]) -> None:
        """Draw the mean-field curve from its parts."""
        points = sorted(point for part in curves for point in part.points)
        values = [value for value, _ in points]
        lines = {
            name: branches(
                [(value, rate) for value, rates in points for rate, stable in rates if stable == wanted],
                values,
            )
            for name, wanted in (("stable", True), ("tipping", False))
        }
        self._props["curve"], self._props["lines"] = points, lines
        self.update()

    def show_agents(self, points: Iterable[Point]) -> None:
        """Draw where agent-based runs settle."""
        self._props["agents"] = [point._asdict() for point in points]
        self.update()

    def show_way(self, way: Way, play: bool = True) -> None:
        """Let the browser play the way of the small city (or have it there without playing it)."""
        self._props["way"] = way.months
        self._props["turn"] += int(play)
        self.update()


def _filled(word: str, gaps: Mapping[str, str]) -> str:
    """A word with those of its gaps filled that the page knows before the browser does."""
    for gap, said in gaps.items():
        word = word.replace(f"{{{gap}}}", said)
    return word


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


class TrapPage:
    """The page of one session. What it computes is kept for all who look at the same city, type and lever."""

    def __init__(self, session: Session, given: Mapping[str, str]) -> None:
        """`given`: the page's own part of the address; what is not possible in it is left out."""
        self.session = session
        self.lever, self.type = ADDED_INCOME, ""
        self._read(given)
        self.at, self.start = self._within(given.get("trap_at")), _share(given.get("trap_start"), 0.5)
        self.turn = 0  # rises when what is being computed is no longer wanted
        self.parts: list[Curve] = []
        self.points: list[Point] = []
        self.way: Way | None = None
        self._keep()
        self.timer = ui.timer(SETTLED_SECONDS, self._anew, active=False)
        self.content = ui.refreshable(self._content)
        self.content()
        ui.timer(0.05, self._begin, once=True)

    def _read(self, given: Mapping[str, str]) -> None:
        self.type = given.get("trap_type", "")
        if self.type not in self._types():
            self.type = next(iter(self._types()))
        if given.get("trap_lever") in trap_work.lever_keys():
            self.lever = given["trap_lever"]

    def _within(self, text: str | None) -> float:
        low, high = Lever(self.lever, self.type).bounds()
        value = _share(text, math.nan, low, high)
        return value if low <= value <= high else low + (high - low) / 5

    def _keep(self) -> None:
        values = (self.type, self.lever, f"{self.at:g}", f"{self.start:g}")
        self.session.more = dict(zip(KEYS, values, strict=True))

    # what is seen

    def _content(self) -> None:
        session = self.session
        head(session, self._switch)
        with columns():
            with ui.element("div").classes("estate-side"):
                ui.label(say("app.trap_help")).classes("estate-small")
                titles = {name: str(kind.title) for name, kind in self._types().items()}
                ui.select(
                    titles,
                    value=self.type,
                    label=say("app.trap_type"),
                    on_change=lambda event: self._chosen("type", event.value),
                ).classes("w-full").mark("trap-type")
                names = {key: lever_name(Lever(key, self.type)) for key in trap_work.lever_keys()}
                ui.select(
                    names,
                    value=self.lever,
                    label=say("app.trap_lever"),
                    with_input=True,
                    on_change=lambda event: self._chosen("lever", event.value),
                ).classes("w-full").mark("trap-lever")
                Panel(session, self._changed, self._rebuilt, measures=False)
            with ui.element("div").classes("estate-main"):
                self.view = ui.refreshable(self._view)
                self.view()

    def _view(self) -> None:
        lever = Lever(self.lever, self.type)
        self.status = (
            ui.label(say("app.trap_ready"))
            .classes("estate-status")
            .props("role=status aria-live=polite")
            .mark("trap-status")
        )
        self.diagram = Diagram(
            lever_name(lever), lever.bounds(), self.at, self.start, self.session.choice.seed, self._moved
        )
        self.behind = ui.label("").classes("estate-small").mark("trap-behind")
        ui.label(say("app.trap_shades")).classes("estate-small")
        self.diagram.show_curve(self.parts)
        self.diagram.show_agents(self.points)
        if self.way is not None:
            self.diagram.show_way(self.way, play=False)

    def _types(self) -> dict[str, EstateType]:
        """The types of estate that bill fees: the others have no collection rate."""
        return {
            name: kind
            for name, kind in self.session.choice.board.scenario.types.items()
            if kind.fee_price > 0
        }

    # what happens

    def _switch(self) -> None:
        self.session.change_language()
        self.content.refresh()
        self.session.keep_address()

    def _chosen(self, what: str, value: Any) -> None:
        allowed = self._types() if what == "type" else trap_work.lever_keys()
        if value not in allowed or value == getattr(self, what):
            return
        setattr(self, what, value)
        if what == "lever":
            self.at = self._within(None)
        self._changed()

    def _changed(self) -> None:
        """Something that everything depends on was moved: once no more is, compute anew."""
        self.turn += 1
        self._keep()
        self.session.keep_address()
        self.timer.deactivate()
        with self.session.client:
            self.timer = ui.timer(SETTLED_SECONDS, self._anew, once=True)

    def _rebuilt(self) -> None:
        self._read({"trap_type": self.type, "trap_lever": self.lever})
        self.parts, self.points, self.way = [], [], None
        with self.session.client:
            self.content.refresh()
        self._changed()

    async def _anew(self) -> None:
        """Another city, type or lever: nothing that was computed belongs to it."""
        self.parts, self.points, self.way = [], [], None
        self.view.refresh()
        await self._begin()

    async def _moved(self, at: float, start: float) -> None:
        self.at, self.start = at, start
        self._keep()
        self.session.keep_address()
        await self.session.guarded(self._go)

    async def _begin(self) -> None:
        self.turn += 1
        await self.session.guarded(self._compute)

    async def _compute(self) -> None:
        """The curve in parts, the first way, then agent-based points one after
        another while somebody looks."""
        mine = self.turn
        scenario = self._scenario()
        self.status.set_text(say("app.trap_computing"))
        values = trap_work.sweep(self.lever, trap_work.CURVE)
        for part in range(PARTS):
            curve = await self._made("curve", trap_work.curve, scenario, tuple(values[part::PARTS]))
            if not self._wanted(mine):
                return
            self.parts.append(curve)
            self.diagram.show_curve(self.parts)
            if part == 0:
                await self._go()
        if self._wanted(mine):
            await self._points(scenario, mine)

    async def _points(self, scenario: Scenario, mine: int) -> None:
        values = trap_work.sweep(self.lever, trap_work.POINTS)
        for done, value in enumerate(values):
            self.behind.set_text(say("app.trap_behind", done=done, total=len(values)))
            point = await self._made("agents", trap_work.agents, scenario, value)
            if not self._wanted(mine):
                return
            self.points.append(point)
            self.diagram.show_agents(self.points)
        self.behind.set_text(say("app.trap_behind", done=len(values), total=len(values)))

    async def _go(self) -> None:
        """Let the small city go from where the handle is."""
        session, mine = self.session, self.turn
        at, start = self.at, self.start
        self.status.set_text(say("app.trap_running"))
        try:
            way = await self._made("way", trap_work.way, self._scenario(), at, start)
        except Exception as error:
            self.status.set_text(session.tell(error))
            raise
        if self._wanted(mine) and (at, start) == (self.at, self.start):
            self.way = way
            self.diagram.show_way(way)
            self.status.set_text(say("app.trap_ready"))

    def _scenario(self) -> Scenario:
        return scenario_of(self.session.choice, self.session.limits)

    def _wanted(self, mine: int) -> bool:
        return self.turn == mine and not self.session.client._deleted

    async def _made(self, name: str, work: Any, scenario: Scenario, *given: Any) -> Any:
        key = f"trap {name} {content_hash(scenario)} {self.type} {self.lever} {given}"
        return await self.session.workers.once(key, work, scenario, self.type, self.lever, *given)


def _share(text: str | None, default: float, low: float = 0.0, high: float = 1.0) -> float:
    """A number of an address inside its bounds, else the default."""
    try:
        value = float((text or "")[:40])
    except ValueError:
        return default
    return value if low <= value <= high else default
