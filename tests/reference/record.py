"""The reference record: twelve-month figures, coverage ladder and cycle stage, from full histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import COLLAPSED, HEALTHY, MARKET, NONE, RECOVERING, SOE, SPIRALLING, STRAINED, UNIT

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate

YEAR, HALF = 12, 6


class History:
    """What is remembered of one estate, month by month; before the start it was as at the start."""

    def __init__(self, estate: Estate) -> None:
        """A year like the starting state."""
        kinds = ("billed", "collected", "income", "own_income", "spending", "overhead")
        estate.own_income = own_income(estate)
        self.money: dict[str, list[int]] = {name: [getattr(estate, name)] * YEAR for name in kinds}
        start = estate.collected / estate.billed if estate.billed > 0 else estate.paid_share
        self.yearly_rate = [start] * YEAR
        self.quality = [estate.quality] * YEAR


def stage_of(
    city: ReferenceCity,
    condition: float,
    billed: bool,
    rates: list[float],
    qualities: list[float],
) -> int:
    """The cycle stage, from what residents have now and every month before (docs/model.md, phase 8)."""
    p = city.p
    small, yearly, quality = p.stage_movement, rates[-1], qualities[-1]
    has = [(quality, p.stage_collapsed_quality, p.stage_healthy_quality)]
    has.append((condition, p.stage_collapsed_condition, p.stage_healthy_condition))
    if billed:
        has.append((yearly, p.stage_collapsed_collection, p.stage_healthy_collection))
    if any(value < floor for value, floor, _ in has):
        return COLLAPSED
    if all(value >= standard for value, _, standard in has):
        return HEALTHY
    judged = [rates, qualities] if billed else [qualities]
    if all(course[-1] < min(course[:-HALF]) - small for course in judged):
        return SPIRALLING
    changes = [course[-1] - course[-1 - HALF] for course in judged]
    if min(changes) >= -small and max(changes) > small:
        return RECOVERING
    return STRAINED


def own_income(estate: Estate) -> int:
    """What the manager got from owners, the estate's own public revenue and the employer behind it."""
    own = estate.income - estate.lever_company_income - estate.lever_value_added
    return max(own, estate.spending) if estate.mode == UNIT else own


def climb_ladder(estate: Estate, city: ReferenceCity, charging: bool) -> None:
    """Nominal, charging, professional and break-even coverage."""
    estate.nominal = int(estate.mode != NONE)
    estate.charging = int(charging)
    run = estate.mode in (MARKET, SOE)
    estate.professional = int(run and estate.quality >= city.p.stage_professional_quality)
    covered = estate.income_12 >= estate.spending_12 + estate.overhead_12 and estate.spending_12 > 0
    estate.break_even = int(charging and covered)


def record_start(estate: Estate, city: ReferenceCity) -> None:
    """Month 0: as if the start had lasted."""
    billed = estate.billed_part > 0.0
    for name, months in estate.history.money.items():
        setattr(estate, name + "_12", sum(months))
    history = estate.history
    estate.missed_before = estate.billed_12 - estate.collected_12
    estate.paid_12 = estate.collected_12
    estate.billed_months = YEAR if estate.billed > 0 else 0
    estate.lowest_rate, estate.lowest_quality = history.yearly_rate[0], estate.quality
    estate.stage = stage_of(city, estate.condition, billed, history.yearly_rate, history.quality)
    climb_ladder(estate, city, billed and estate.paid_share > 0.0)


def record_month(estate: Estate, history: History, city: ReferenceCity) -> None:
    """Add the month to the history and read the figures off it."""
    estate.own_income = own_income(estate)
    for name, months in history.money.items():
        months.append(getattr(estate, name))
        setattr(estate, name + "_12", sum(months[-YEAR:]))
    billed = estate.billed > 0
    bills, paid = history.money["billed"][-YEAR:], history.money["collected"][-YEAR:]
    estate.billed_months = sum(1 for fen in bills if fen > 0)
    before = max(
        0, YEAR - (city.month - city.first_month)
    )  # months of the last twelve that lie before the start
    estate.missed_before = sum(bills[:before]) - sum(paid[:before])
    estate.paid_12 = estate.billed_12 - estate.missed_before - estate.open_12
    yearly = estate.collected_12 / estate.billed_12 if estate.billed_12 > 0 else history.yearly_rate[-1]
    history.yearly_rate.append(yearly)
    history.quality.append(estate.quality)
    estate.lowest_rate = min(history.yearly_rate[:-HALF])
    estate.lowest_quality = min(history.quality[:-HALF])
    estate.stage = stage_of(city, estate.condition, billed, history.yearly_rate, history.quality)
    climb_ladder(estate, city, estate.billed_part > 0.0 and billed and estate.collected > 0)
