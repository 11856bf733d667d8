"""The reference rule of what government sees: reports that are late, in error, and flattered (docs/model.md,
phase 9)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.exact import normal_quantile

from .record import HALF, stage_of
from .words import CLEANING, MARKET, NONE, SOE

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate

COLLECTION, QUALITY, CONDITION, SATISFACTION, ON_PAPER = range(100, 105)  # streams of luck
AS_THEY_ARE = ("billed_12", "complaints_open")


@dataclass(frozen=True)
class Report:
    """What one estate reports of one month."""

    month: int
    figures: dict[str, float]
    bills: bool


class Reporting:
    """What a city's government is told, and what it remembers of it."""

    def __init__(self, city: ReferenceCity) -> None:
        """Of month 0: everybody reports at once, and the year before was the same."""
        self.city = city
        self.on = bool(city.mechanisms.reporting)
        self.sent: dict[tuple[int, int], Report] = {}
        self.rates: dict[int, list[float]] = {}
        self.qualities: dict[int, list[float]] = {}
        for estate in city.estates:
            report = self.report_of(estate, city.month, estate.billed_part > 0.0)
            self.sent[estate.row, city.month] = report
            estate.reported_rate = report.figures["paid_share"]
            self.receive(estate, report)
            self.rates[estate.row] = [estate.reported_rate] * 12
            self.qualities[estate.row] = [estate.reported_quality] * 12
            estate.reported_lowest_rate = estate.reported_rate
            estate.reported_lowest_quality = estate.reported_quality
            estate.reported_stage = self.stage_of(estate)

    def run_month(self) -> None:
        """Reports that are due go out, those that have been under way long enough arrive."""
        p, month = self.city.p, self.city.month
        interval, lag = (int(p.reporting_interval), int(p.reporting_lag)) if self.on else (1, 0)
        for estate in self.city.estates:
            if month % interval == 0:
                self.sent[estate.row, month] = self.report_of(estate, month, estate.billed > 0)
            if (estate.row, month - lag) in self.sent:
                self.receive(estate, self.sent[estate.row, month - lag])
            rates, qualities = self.rates[estate.row], self.qualities[estate.row]
            rates.append(estate.reported_rate)
            qualities.append(estate.reported_quality)
            estate.reported_lowest_rate = min(rates[:-HALF])
            estate.reported_lowest_quality = min(qualities[:-HALF])
            estate.reported_stage = self.stage_of(estate)

    def report_of(self, estate: Estate, month: int, bills: bool) -> Report:
        """What is handed in for an estate."""
        p = self.city.p
        shares = ("paid_share", "quality", "condition", "satisfaction")
        names = (*AS_THEY_ARE, "collected_12", "paid_12", *shares, "mode")
        figures = {name: getattr(estate, name) for name in names}
        if not self.on:
            return Report(month, figures, bills)
        assessed = {
            name: min(1.0, getattr(estate, f"lever_assessed_{name}"))
            for name in ("collection", "service", "satisfaction")
        }
        fees = p.reporting_flattery_collection * assessed["collection"]
        service = p.reporting_flattery_service * assessed["service"]
        mood = p.reporting_flattery_satisfaction * assessed["satisfaction"]
        error = p.reporting_noise_collection * self.luck(estate, month, COLLECTION)
        for name in ("collected_12", "paid_12"):
            billed, paid = figures["billed_12"], figures[name]
            shown = math.floor(fees * (billed - paid) + error * billed + 0.5)
            figures[name] = min(billed, max(0, paid + shown))
        errors = {
            "paid_share": (fees, error),
            "quality": (service, p.reporting_noise_service * self.luck(estate, month, QUALITY)),
            "condition": (service, p.reporting_noise_service * self.luck(estate, month, CONDITION)),
            "satisfaction": (mood, p.reporting_noise_satisfaction * self.luck(estate, month, SATISFACTION)),
        }
        for name, (flattery, wrong) in errors.items():
            figures[name] = min(1.0, max(0.0, figures[name] + flattery * (1.0 - figures[name]) + wrong))
        believed = self.city.luck.share(estate.number, 0, ON_PAPER) < p.reporting_flattery_cover
        if estate.mode == NONE and estate.lever_on_paper > 0.0 and believed:
            figures["mode"] = CLEANING
        return Report(month, figures, bills)

    def luck(self, estate: Estate, month: int, stream: int) -> float:
        """A standard normal draw."""
        return float(normal_quantile(self.city.luck.share(estate.number, month, stream)))

    def receive(self, estate: Estate, report: Report) -> None:
        """Government knows the estate by this report from now on."""
        for name, value in report.figures.items():
            setattr(estate, f"reported_{name}", value)
        estate.reported_month = report.month
        estate.reported_bills = int(report.bills)
        billed = report.figures["billed_12"]
        if billed > 0:
            estate.reported_rate = report.figures["collected_12"] / billed
        run = report.figures["mode"] in (MARKET, SOE)
        good = report.figures["quality"] >= self.city.p.stage_professional_quality
        estate.reported_professional = int(run and good)

    def stage_of(self, estate: Estate) -> int:
        """The stage by what is seen now and was seen half a year ago and before."""
        rates, qualities = self.rates[estate.row], self.qualities[estate.row]
        return stage_of(self.city, estate.reported_condition, bool(estate.reported_bills), rates, qualities)
