"""The reference record: twelve-month figures, coverage ladder and cycle stage, from full histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import CLEANING, COLLAPSED, HEALTHY, MARKET, NONE, RECOVERING, SOE, SPIRALLING, STRAINED

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate

YEAR, HALF = 12, 6


class History:
    """What is remembered of one estate, month by month; before the start it was as at the start."""

    def __init__(self, estate: Estate) -> None:
        """A year like the starting state."""
        kinds = ("billed", "collected", "income", "spending", "overhead")
        self.money: dict[str, list[int]] = {name: [getattr(estate, name)] * YEAR for name in kinds}
        self.yearly_rate = [estate.paid_share] * YEAR
        self.quality = [estate.quality] * YEAR


def stage_of(
    estate: Estate,
    city: ReferenceCity,
    billed: bool,
    yearly: float,
    rate_change: float,
    quality_change: float,
) -> int:
    """The cycle stage, by the rules that `sim.month.record.cycle_stage` states."""
    p = city.p
    changes = (rate_change, quality_change)
    small = p.stage_movement
    if estate.mode in (NONE, CLEANING) or (billed and yearly < p.stage_collapsed_collection):
        return COLLAPSED
    if all(change < -small for change in changes):
        return SPIRALLING
    standards = [estate.quality >= p.stage_healthy_quality, estate.condition >= p.stage_healthy_condition]
    if billed:
        standards.append(yearly >= p.stage_healthy_collection)
    if all(standards):
        return HEALTHY
    neither_falls = all(change >= -small for change in changes)
    one_rises = any(change > small for change in changes)
    if neither_falls and (
        estate.stage == RECOVERING or (one_rises and estate.stage in (COLLAPSED, SPIRALLING))
    ):
        return RECOVERING
    return STRAINED


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
    billed = estate.full_fee_share(estate.mode) > 0.0
    for name, months in estate.history.money.items():
        setattr(estate, name + "_12", sum(months))
    estate.stage = STRAINED
    estate.stage = stage_of(estate, city, billed, estate.paid_share, 0.0, 0.0)
    climb_ladder(estate, city, billed and estate.paid_share > 0.0)


def record_month(estate: Estate, history: History, city: ReferenceCity) -> None:
    """Add the month to the history and read the figures off it."""
    for name, months in history.money.items():
        months.append(getattr(estate, name))
        setattr(estate, name + "_12", sum(months[-YEAR:]))
    billed = estate.billed > 0
    yearly = estate.collected_12 / estate.billed_12 if estate.billed_12 > 0 else history.yearly_rate[-1]
    history.yearly_rate.append(yearly)
    history.quality.append(estate.quality)
    rate_change = yearly - history.yearly_rate[-1 - HALF]
    quality_change = history.quality[-1] - history.quality[-1 - HALF]
    estate.stage = stage_of(estate, city, billed, yearly, rate_change, quality_change)
    climb_ladder(estate, city, estate.full_fee_share(estate.mode) > 0.0 and billed and estate.collected > 0)
