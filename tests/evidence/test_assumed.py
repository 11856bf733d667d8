"""How much of a result rests on assumed parameters, and what `estate evidence` prints."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.errors import ResultError
from sim.evidence.assumed import share_assumed
from sim.results.folder import write
from sim.scenario import load, to_data, with_overrides

INDICES = pd.DataFrame(
    [
        ("payment.trust_weight", "cycle_share", 0.3, 0.2),
        ("payment.base", "cycle_share", 0.5, 0.4),
        ("arrears.limitation", "cycle_share", 0.2, 0.1),
        ("grievance.decay", "cycle_share", -0.01, 0.0),
        ("payment.base", "exits", math.nan, math.nan),
        ("payment.base", "collection_last_year", 0.5, 0.4),
    ],
    columns=["parameter", "outcome", "total", "first"],
)


def analysed(folder: Path, months: int) -> Path:
    """The folder of a sensitivity analysis of so many months."""
    scenario = with_overrides(load("small_city"), {"months": months, "spin_up": 0})
    told = {"scenario": to_data(scenario), "analyses": {}}
    return write(folder, "sensitivity", "some key", told, {"sobol": INDICES})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return analysed(tmp_path, 6)


def test_shares_follow_the_indices(folder: Path) -> None:
    found = share_assumed(folder)
    share = found["cycle_share"]
    assert (share.assumed, share.calibrated, share.measured) == pytest.approx((0.3, 0.5, 0.2))
    assert (
        share.method == "sobol"
        and share.factors == 4
        and share.largest[0] == ("payment.trust_weight", pytest.approx(0.3))
    )
    assert math.isnan(found["exits"].assumed), "an outcome that does not vary rests on nothing in particular"


def test_a_folder_without_a_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="no manifest"):
        share_assumed(tmp_path)
    write(tmp_path, "sensitivity", "one", {}, {"other": INDICES})
    with pytest.raises(ResultError, match="neither a table sobol nor morris"):
        share_assumed(tmp_path)
    write(tmp_path, "sensitivity", "one", {}, {"morris": INDICES})
    with pytest.raises(ResultError, match="mean_size"):
        share_assumed(tmp_path)
    (tmp_path / "morris.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ResultError, match=r"morris\.csv: damaged or changed"):
        share_assumed(tmp_path)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("entry", [[], ["payment.base"], ["payment.norm_weight"], ["P066"], ["D51"]])
def test_the_command_shows_every_kind_of_entry(entry: list[str], lang: str) -> None:
    result = CliRunner().invoke(app, ["evidence", *entry, "--lang", lang])
    assert result.exit_code == 0, result.output
    assert "payment." in result.output


@pytest.mark.parametrize(("months", "short"), [(6, True), (11, True), (12, False), (24, False)])
def test_the_command_weighs_a_sensitivity_result(tmp_path: Path, months: int, short: bool) -> None:
    """Of under a year it says of which months the figures of a year are; of a year and more it does not."""
    folder = analysed(tmp_path, months)
    result = CliRunner().invoke(
        app, ["evidence", "--sensitivity", str(folder), "--lang", "en"], env={"COLUMNS": "250"}
    )
    assert result.exit_code == 0 and "30%" in result.output
    assert (f"here of months 1 to {months} only" in result.output) == short
    assert ("only" in result.output) == short


def test_an_unknown_entry_is_one_clear_error() -> None:
    result = CliRunner().invoke(app, ["evidence", "P9999", "--lang", "en"])
    assert result.exit_code == 2
