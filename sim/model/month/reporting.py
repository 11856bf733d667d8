"""What government sees (mechanism `reporting`): figures of every estate that are made up every few months,
arrive later, carry an error, and are flattered by who is assessed on them.

Nothing here is read by owners, companies, committees or the market: programmes alone choose by it. Without
the mechanism government sees every figure of a month at its end, as it is.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.exact import normal_quantile
from sim.model.kernel import kernel, part
from sim.model.luck import Stream, block_of, philox, share_of
from sim.model.month.record import HALF_YEAR, cycle_stage
from sim.model.state.modes import CLEANING, NONE, billed_part, company_run
from sim.model.state.owners import MEMORY

U64 = np.uint64
ERROR_BLOCK = block_of(
    Stream.REPORT_COLLECTION, Stream.REPORT_QUALITY, Stream.REPORT_CONDITION, Stream.REPORT_SATISFACTION
)
PAPER_BLOCK = block_of(Stream.REPORT_ON_PAPER)


@part
def shown_share(truth: float, flattery: float, error: float) -> float:
    """A share as it is reported: `flattery` is the part of what it lacks that is reported as there."""
    return min(1.0, max(0.0, truth + flattery * (1.0 - truth) + error))


@part
def shown_fen(paid: int, billed: int, flattery: float, error: float) -> int:
    """Fen paid of fen billed as they are reported: the same rule in whole fen, never more than was billed."""
    return min(billed, max(0, paid + int(math.floor(flattery * (billed - paid) + error * billed + 0.5))))


@part
def write_as_it_is(report: Any, estate: Any, bills: bool) -> None:
    """A report without lag, error or flattery; `bills`: fees are billed."""
    report.billed_12 = estate.billed_12
    report.collected_12 = estate.collected_12
    report.paid_12 = estate.paid_12
    report.bills = 1 if bills else 0
    report.paid_share = estate.paid_share
    report.quality = estate.quality
    report.condition = estate.condition
    report.satisfaction = estate.satisfaction
    report.complaints_open = estate.complaints_open
    report.mode = estate.mode


@part
def distort(report: Any, estate: Any, month: int, key_0: int, key_1: int, q: Any) -> None:
    """Make of a true report the one that is handed in: an error of each figure, and flattery by who is
    assessed on it."""
    number, k0, k1 = U64(estate.number), U64(key_0), U64(key_1)
    fees, service, facilities, mood = philox(number, U64(month), U64(ERROR_BLOCK), U64(0), k0, k1)
    flattery = q.reporting_flattery_collection * min(1.0, estate.lever_assessed_collection)
    error = q.reporting_noise_collection * normal_quantile(share_of(fees))
    report.collected_12 = shown_fen(report.collected_12, report.billed_12, flattery, error)
    report.paid_12 = shown_fen(report.paid_12, report.billed_12, flattery, error)
    report.paid_share = shown_share(report.paid_share, flattery, error)
    flattery = q.reporting_flattery_service * min(1.0, estate.lever_assessed_service)
    error = q.reporting_noise_service * normal_quantile(share_of(service))
    report.quality = shown_share(report.quality, flattery, error)
    error = q.reporting_noise_service * normal_quantile(share_of(facilities))
    report.condition = shown_share(report.condition, flattery, error)
    flattery = q.reporting_flattery_satisfaction * min(1.0, estate.lever_assessed_satisfaction)
    error = q.reporting_noise_satisfaction * normal_quantile(share_of(mood))
    report.satisfaction = shown_share(report.satisfaction, flattery, error)
    if report.mode == NONE and estate.lever_on_paper > 0.0:
        # whether it is believed is settled once for each estate, so that it does not come and go
        believed, _, _, _ = philox(number, U64(0), U64(PAPER_BLOCK), U64(0), k0, k1)
        if share_of(believed) < q.reporting_flattery_cover:
            report.mode = CLEANING


@part
def take_in(estate: Any, report: Any, month: int, q: Any) -> None:
    """A report of `month` arrives: from now on government knows the estate by it."""
    estate.reported_month = month
    estate.reported_billed_12 = report.billed_12
    estate.reported_collected_12 = report.collected_12
    estate.reported_paid_12 = report.paid_12
    estate.reported_bills = report.bills
    estate.reported_paid_share = report.paid_share
    estate.reported_quality = report.quality
    estate.reported_condition = report.condition
    estate.reported_satisfaction = report.satisfaction
    estate.reported_complaints_open = report.complaints_open
    estate.reported_mode = report.mode
    good = company_run(report.mode) and report.quality >= q.stage_professional_quality
    estate.reported_professional = 1 if good else 0
    if report.billed_12 > 0:
        estate.reported_rate = report.collected_12 / report.billed_12


@part
def judge(estate: Any, half_year_rate: float, half_year_quality: float, q: Any) -> None:
    """The cycle stage by what is seen now and was seen half a year ago and before."""
    estate.reported_stage = cycle_stage(
        estate.reported_bills == 1,
        estate.reported_rate,
        estate.reported_quality,
        estate.reported_condition,
        half_year_rate,
        half_year_quality,
        estate.reported_lowest_rate,
        estate.reported_lowest_quality,
        q,
    )


@part
def report_month(
    estates: np.ndarray,
    sent: np.ndarray,
    rate: np.ndarray,
    quality: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Phase 9: reports are made up where they are due, and those that arrive are taken in.

    `sent`, `rate` and `quality` are those of `sim.model.state.reports.Reports`.
    """
    q = p[0]
    on = world[0].mechanism_reporting != 0
    month = world[0].month
    interval = int(q.reporting_interval) if on else 1
    lag = sent.shape[0] - 1
    of_month = month - lag
    arrives = of_month >= world[0].first_month and of_month % interval == 0
    now = month % MEMORY
    earlier = (month - HALF_YEAR) % MEMORY
    for e in range(estates.size):
        estate = estates[e]
        if month % interval == 0:
            report = sent[month % (lag + 1), e]
            write_as_it_is(report, estate, estate.billed > 0)
            if on:
                distort(report, estate, month, world[0].key_0, world[0].key_1, q)
        if arrives:
            take_in(estate, sent[of_month % (lag + 1), e], of_month, q)
        rate[now, e] = estate.reported_rate
        quality[now, e] = estate.reported_quality
        estate.reported_lowest_rate = min(estate.reported_lowest_rate, rate[earlier, e])
        estate.reported_lowest_quality = min(estate.reported_lowest_quality, quality[earlier, e])
        judge(estate, rate[earlier, e], quality[earlier, e], q)


@kernel
def report_start(
    estates: np.ndarray,
    sent: np.ndarray,
    rate: np.ndarray,
    quality: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """A report of the month that was drawn is known in it, and what was seen through the year before was the
    same."""
    q = p[0]
    drawn = world[0].month
    for e in range(estates.size):
        estate = estates[e]
        report = sent[drawn % sent.shape[0], e]
        write_as_it_is(report, estate, billed_part(estate, q) > 0.0)
        if world[0].mechanism_reporting != 0:
            distort(report, estate, drawn, world[0].key_0, world[0].key_1, q)
        estate.reported_rate = report.paid_share
        take_in(estate, report, drawn, q)
        for month in range(MEMORY):
            rate[month, e] = estate.reported_rate
            quality[month, e] = estate.reported_quality
        estate.reported_lowest_rate = estate.reported_rate
        estate.reported_lowest_quality = estate.reported_quality
        judge(estate, estate.reported_rate, estate.reported_quality, q)
