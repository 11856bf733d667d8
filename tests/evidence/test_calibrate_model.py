"""Calibration of the model itself, on few runs: it narrows what the patterns speak of and
covers known parameters."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import binom

from sim.outputs.catalog import parameter_name
from sim.studies.calibration.calibration import calibrate

FREE = ("committee.participation", "payment.base", "satisfaction.quality_weight", "grievance.decay")


@pytest.mark.slow
def test_known_parameters_are_found_again_on_the_model(tmp_path: Path) -> None:
    """A few minutes. 90 % intervals that are right hold so many of the truths nearly always (binomial, one
    in a hundred): 17 of 24. Truths are sets with a value of every pattern, which few of so few runs have.

    On so few runs intervals of single parameters can be too narrow: then the calibration must say so itself.
    """
    found = calibrate(free=FREE, runs=700, members=60, truths=24, scored=0, store=tmp_path)
    tried = found.coverage
    assert tried is not None and 10 <= tried.truths <= 24
    least = float(binom.ppf(0.01, tried.truths, 0.9)) / tried.truths
    assert tried.share("outcome", 0.9)[0] >= least
    said = " ".join(found.warnings("en"))
    for name in FREE:
        assert tried.share(name, 0.9)[0] >= least or parameter_name(name) in said, name
    assert tried.width["committee.participation"] < 0.6, "committees say much of participation"
    assert found.parameters.set_index("parameter").loc["committee.participation", "narrower"] > 0.2
    assert found.foreseen is not None and found.foreseen > 0.8
