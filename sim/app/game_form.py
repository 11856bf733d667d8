"""The form in which a team says how much each measure may spend this year."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from sim.app.game import Decision, Game, Team
from sim.app.game_money import told
from sim.app.game_view import UNIT, costs_public
from sim.app.levers import described
from sim.app.panel import explain, when_opened
from sim.app.session import Session
from sim.text import say
from sim.text.figures import money

Submit = Callable[[Decision, int], None]


class DecisionForm:
    """Built for one version of a team; what it hands in carries that version, so that two browsers cannot spend twice."""

    def __init__(self, session: Session, game: Game, team: Team, submit: Submit) -> None:
        """Builds the form where it is made, filled with what the team submitted, or did last year."""
        self.session, self.game, self.team, self.submit = session, game, team, submit
        self.version = team.version
        before = team.decisions[-1] if team.decisions else {}
        self.decision: Decision = dict(team.chosen if team.chosen is not None else before)
        ui.label(say("app.game_money", left=money(game.left(team)), yearly=money(game.rules.yearly))).classes(
            "text-lg font-bold"
        ).mark("game-money")
        ui.label(told(game.rules)).classes("estate-small").mark("game-payers")
        ui.label(say("app.game_decide")).classes("estate-small")
        spent = dict(team.years[-1].spent) if team.years else {}
        for kind in game.rules.measures:
            self._measure(kind, spent.get(kind))
        self.sum = ui.label("").classes("font-bold").props("role=status aria-live=polite").mark("game-sum")
        ui.button(say("app.game_submit"), icon="check", on_click=self._hand_in).props(
            "no-caps color=primary size=lg"
        ).classes("w-full").mark("submit")
        status = say("app.game_submitted" if team.chosen is not None else "app.game_not_submitted")
        ui.label(status).classes("estate-small").props("role=status").mark("game-status")
        self._add_up()

    def _measure(self, kind: str, spent: int | None) -> None:
        about = described(kind)
        public = costs_public(kind)
        label = str(about.label)
        with ui.element("div").classes("estate-measure"):
            with ui.row().classes("items-center justify-between w-full no-wrap"):
                box = ui.checkbox(label, value=kind in self.decision).mark(f"buy-{kind}")
                field = None
                if public:
                    share = max(1, self.game.rules.yearly // 4 // UNIT)
                    field = ui.number(
                        value=self.decision.get(kind, share * UNIT) / UNIT,
                        min=0,
                        precision=1,
                        step=5,
                        suffix=say("app.game_yuan_unit"),
                    )
                    field.props(f'dense outlined debounce=200 aria-label="{label}"').classes(
                        "estate-amount"
                    ).mark(f"yuan-{kind}")
                else:
                    ui.label(say("app.game_no_public_cost")).classes("estate-small")

            def changed() -> None:
                if box.value:
                    self.decision[kind] = _yuan(field.value) if field is not None else 0
                else:
                    self.decision.pop(kind, None)
                self._add_up()

            box.on_value_change(changed)
            if field is not None:
                field.on_value_change(changed)
            if spent is not None and public:
                ui.label(say("app.game_last_year", yuan=money(spent))).classes("estate-small")
            self._about(kind)

    def _about(self, kind: str) -> None:
        with ui.expansion(say("app.how")).classes("w-full estate-small").props("dense") as folded:
            pass
        when_opened(folded, lambda: explain(described(kind)))

    def _add_up(self) -> None:
        asked = sum(self.decision.values())
        rest = self.game.left(self.team) - asked
        self.sum.set_text(say("app.game_asked", asked=money(asked), rest=money(rest)))
        self.sum.style("color: #b30000" if rest < 0 else "color: #111")

    def _hand_in(self) -> None:
        self.submit(dict(self.decision), self.version)


def _yuan(value: float | None) -> int:
    """Whole yuan of a field; an empty or impossible one is nothing."""
    return max(0, round((value or 0.0) * UNIT)) if value is None or abs(value) < 1e9 else 10**13
