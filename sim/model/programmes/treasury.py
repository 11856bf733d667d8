"""What programmes may spend, whose hands they may use, and the events they leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.month.votes import FIRST_FREE_MATTER, Matter, hold_votes
from sim.model.programmes.purse import affordable, claims_met, divided, whole_fen
from sim.model.state.events import Cause, Event
from sim.model.state.modes import SELF, company_run
from sim.text import message
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.words import TIERS

if TYPE_CHECKING:
    from sim.model.month.step import Clockwork
    from sim.model.programmes.programme_state import ProgrammeState
    from sim.model.start.start import State

PUBLIC = (*TIERS, "state")  # whose money counts against a programme's own yearly budget
LIMITED = (*TIERS, "estate_funds")  # who can pay only what is on the account
CHANCES = ("lever_dismissal", "lever_disclosure")  # two programmes at 0.9 make 0.99, not certainty


def read_only(table: np.ndarray) -> np.ndarray:
    """A view that cannot be written to."""
    view = table.view()
    view.flags.writeable = False
    return view


class Treasury:
    """The money and staff side of `Policy`: payments of the acting programme, claims on staff, events."""

    def __init__(self, state: State, clockwork: Clockwork) -> None:
        """On one city; nobody is acting yet."""
        self._state = state
        self._clockwork = clockwork
        self._acting: ProgrammeState | None = None
        self._relief: dict[str, float] = {}
        self._space = clockwork.events.size  # what the phases of one month may write at most
        self.estates = read_only(state.estates)
        self.companies = read_only(state.companies)
        self.government = read_only(state.government)
        self.balances = read_only(state.books.balances)

    @property
    def month(self) -> int:
        """The month being simulated."""
        return int(self._state.world["month"][0])

    @property
    def year(self) -> int:
        """The year being simulated, from 0: budgets are of years."""
        return (self.month - 1) // MONTHS_PER_YEAR

    @property
    def acting(self) -> ProgrammeState:
        """What the programme that is acting is at."""
        if self._acting is None:
            raise RuntimeError(message("declare.nobody_acts"))
        return self._acting

    def relief(self, name: str) -> float:
        """What programmes that ease the work of others granted last month (see RELIEFS)."""
        return self._relief.get(name, 0.0)

    def managed(self, rows: np.ndarray) -> np.ndarray:
        """True for each estate of `rows` that a company runs."""
        mode = self.estates["mode"][rows]
        return np.asarray(company_run(mode))

    def spend(self, bearer: str, rows: np.ndarray, fen: Any, to: str = "suppliers") -> np.ndarray:
        """Pay `fen` (int64, a number or one for each row) for every estate in `rows`;
        returns True for each that was paid.

        The bearer is the estate's own body of a tier, its company, owners or fund, or a named outside party;
        the payee likewise. Public bodies and funds pay in the given order until nothing is left; what public
        money lacked is written as an event once a year.
        """
        return self.spend_together({bearer: fen}, rows, to)

    def spend_together(
        self, shares: Mapping[str, Any], rows: np.ndarray, to: str = "suppliers"
    ) -> np.ndarray:
        """Like `spend`, with several bearers who pay their shares for an estate together or not at all."""
        amounts = np.array([np.broadcast_to(whole_fen(fen), rows.shape) for fen in shares.values()], np.int64)
        paid, payers = self._charge(tuple(shares), amounts, rows)
        self._book(tuple(shares), payers, amounts, to, rows, paid)
        return paid

    def pay_manager(self, bearer: str | Mapping[str, float], rows: np.ndarray, fen: np.ndarray) -> np.ndarray:
        """Pay `fen` to whoever manages each estate and is paid by owners: its company, or
        the fund of a self-managed one.

        `bearer` is one payer, or several with their shares of the sum. The money counts as the manager's
        income of this month (lever_company_income must be declared). Returns True for each row that was paid;
        estates without such a manager are not.
        """
        self._require("lever_company_income")
        parts = {bearer: whole_fen(fen)} if isinstance(bearer, str) else divided(whole_fen(fen), bearer)
        company, owners = self.managed(rows), self.estates["mode"][rows] == SELF
        has = np.flatnonzero(company | owners)
        amounts = np.array([part[has] for part in parts.values()], np.int64)
        done, payers = self._charge(tuple(parts), amounts, rows[has])
        for part, to in ((company[has] & done, "companies"), (owners[has] & done, "estate_funds")):
            self._book(tuple(parts), payers, amounts, to, rows[has], part)
        paid = np.zeros(rows.size, bool)
        paid[has] = done
        self.move("lever_company_income", rows[paid], whole_fen(fen)[paid])
        return paid

    def _charge(
        self, bearers: tuple[str, ...], amounts: np.ndarray, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which rows their bearers can pay, and the payers' accounts; writes the event
        where public money was lacking."""
        programme_state = self.acting
        undeclared = [bearer for bearer in bearers if bearer not in programme_state.programme.payers]
        if undeclared:
            raise PermissionError(
                message(
                    "declare.not_payer",
                    kind=programme_state.programme.kind,
                    payer=", ".join(undeclared),
                )
            )
        payers = np.array([self.accounts_of(bearer, rows) for bearer in bearers], np.int64)
        checked = np.array([bearer in LIMITED for bearer in bearers])
        public = np.array([bearer in PUBLIC for bearer in bearers])
        paid = np.zeros(rows.size, bool)
        if rows.size:
            limit = self._left_this_year(programme_state)
            missing, spent = affordable(self.balances, payers, amounts, checked, public, limit, paid)
            programme_state.spent += spent
            self._warn(float(missing) / FEN_PER_YUAN, Event.BUDGET_EXHAUSTED)
        return paid, payers

    def _book(
        self,
        bearers: tuple[str, ...],
        payers: np.ndarray,
        amounts: np.ndarray,
        to: str,
        rows: np.ndarray,
        paid: np.ndarray,
    ) -> None:
        """Write the payments of the rows marked in `paid` into the ledger."""
        if not paid.any():
            return
        payees = self.accounts_of(to, rows[paid])
        for number, bearer in enumerate(bearers):
            name = self.acting.programme.name
            self._state.books.pay(name, bearer, to, payers[number, paid], payees, amounts[number, paid])
            if bearer == "companies":  # what it costs the estate's manager counts when that manager reckons
                np.add.at(self._state.estates["lever_company_charge"], rows[paid], amounts[number, paid])
                self._clockwork.touched_levers.add("lever_company_charge")

    def _left_this_year(self, programme_state: ProgrammeState) -> int:
        """Fen of its own yearly budget that a programme may still spend; -1 for no limit."""
        if programme_state.year != self.year:
            programme_state.year, programme_state.spent = self.year, 0
        limit = programme_state.yearly_limit()
        return limit if limit < 0 else max(0, limit - programme_state.spent)

    def accounts_of(self, kind: str, rows: np.ndarray) -> np.ndarray:
        """The account of each estate's own body of a tier, company, owners or fund; or of an outside
        party."""
        estates, government = self.estates, self.government
        if kind == "city":
            return np.full(rows.size, government["account"][0])
        if kind in TIERS:
            column = {"district": "district_body"}.get(kind, kind)
            return np.asarray(government["account"][estates[column][rows]])
        if kind == "companies":
            company = estates["company"][rows]
            if company.size and company.min() < 0:
                raise ValueError(message("declare.no_company"))
            return np.asarray(self.companies["account"][company])
        if kind in ("owners", "estate_funds"):
            return np.asarray(estates["owners_account" if kind == "owners" else "fund_account"][rows])
        return np.full(rows.size, self._state.books.account(kind))

    def claim_staff(self, tier: str, rows: np.ndarray, persons: float) -> np.ndarray:
        """Claim staff time of each estate's street or community this month; True where there was enough left.

        Programmes earlier in the scenario claim first; what could not be had is
        written as an event once a year.
        """
        government = self._state.government
        needed = persons * max(0.0, 1.0 - self.relief("policy.staff"))
        met, free = claims_met(government["staff_free"], self.estates[tier][rows], needed)
        government["staff_free"] = free
        self._warn(needed * float(np.count_nonzero(~met)), Event.STAFF_EXHAUSTED)
        return met

    def vote_on_funds(self, rows: np.ndarray, approval: float, canvassing: float) -> np.ndarray:
        """Let the owners of each estate in `rows` vote on paying for works, which needs three quarters of
        those taking part [P048].

        `approval` is the chance that a participant approves, `canvassing` the participation that mobilisation
        adds. Returns True where it passed; a refusal is written as an event.
        """
        state = self._state
        passed, took_part, approved = np.zeros(rows.size, bool), np.zeros(rows.size), np.zeros(rows.size)
        matter = int(Matter.FUNDS) + FIRST_FREE_MATTER * (
            self.acting.address % 2**28
        )  # a vote of its own for each programme
        majority, quorum = (
            float(state.parameters[f"committee_{name}"][0]) for name in ("special_majority", "quorum")
        )
        hold_votes(
            rows,
            matter,
            approval,
            canvassing,
            majority,
            state.owners,
            state.estates,
            state.world,
            state.parameters,
            passed,
            took_part,
            approved,
        )
        for kind, cause, refused, size in (
            (Event.FUNDS_INQUORATE, Cause.QUORUM_MISSED, took_part < quorum, took_part),
            (Event.FUNDS_REFUSED, Cause.REJECTED, took_part >= quorum, approved),
        ):
            refused = refused & ~passed
            self.events(rows[refused], kind, cause, size[refused])
        return passed

    def move(self, lever: str, rows: np.ndarray, amount: Any) -> None:
        """Add `amount` to a declared lever of the estates in `rows` for this month;
        chances add up as chances do."""
        self._require(lever)
        if rows.size:
            column = self._state.estates[lever]
            column[rows] += amount * (1.0 - column[rows]) if lever in CHANCES else amount
            self._clockwork.touched_levers.add(lever)

    def _require(self, lever: str) -> None:
        programme = self.acting.programme
        if lever not in programme.levers:
            raise PermissionError(message("declare.not_lever", kind=programme.kind, lever=lever))

    def _warn(self, missing: float, kind: Event) -> None:
        """One event a year and programme for money or staff that was not there."""
        year = self.year
        if missing > 0.0 and self.acting.warned.get(kind) != year:
            self.acting.warned[kind] = year
            self.event(-1, kind, Cause.BUDGET, missing)

    def event(self, estate: int, kind: Event, cause: Cause, size: float, company: int = -1) -> None:
        """Write one event; an estate of -1 stands for the whole city."""
        self.events(np.array([estate]), kind, cause, size, company)

    def events(self, rows: np.ndarray, kind: Event, cause: Cause, sizes: Any, companies: Any = -1) -> None:
        """Write one event for each estate in `rows`, of the acting programme."""
        if rows.size == 0:
            return
        world, clockwork = self._state.world, self._clockwork
        first = int(world["events"][0])
        last = first + rows.size
        if last + self._space > clockwork.events.size:  # leave the phases as much space as without programmes
            room = np.zeros(last + rows.size + self._space, clockwork.events.dtype)
            room[:first] = clockwork.events[:first]
            clockwork.events = room
        block = clockwork.events[first:last]
        block["month"], block["estate"], block["company"] = self.month, rows, companies
        block["kind"], block["cause"], block["size"] = int(kind), int(cause), sizes
        block["programme"] = self.acting.index
        world["events"] = last
